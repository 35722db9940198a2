#!/usr/bin/env python3
"""Writes seal/*.json from cases/*.py. With --check it writes nothing and says which files are out of date."""

import json
import sys
from pathlib import Path
from typing import Any

from cases import (
    base64_text,
    binding,
    boundaries,
    file_scope,
    hosts,
    keys,
    path_normalisation,
    seal_syntax,
    signing,
    statuses,
    strip,
    values,
)
from cases.config import CONFIGS

SEAL = Path(__file__).parent / "seal"
DOCUMENTS: dict[str, Any] = {
    "config.json": CONFIGS,
    "statuses.json": statuses.CASES,
    "boundaries.json": boundaries.CASES,
    "hosts.json": hosts.CASES,
    "path-normalisation.json": path_normalisation.CASES,
    "values.json": values.CASES,
    "seal-syntax.json": seal_syntax.CASES,
    "base64.json": base64_text.CASES,
    "binding.json": binding.CASES,
    "keys.json": keys.CASES,
    "file-scope.json": file_scope.CASES,
    "strip.json": strip.CASES,
    "signing.json": signing.CASES,
}


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print("usage: make_vectors.py [--check]", file=sys.stderr)
        return 2
    names = [case["name"] for name, cases in DOCUMENTS.items() if name != "config.json" for case in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        print("names given twice:", *twice, sep="\n  ", file=sys.stderr)
        return 1
    texts = {name: json.dumps(document, indent=2) + "\n" for name, document in DOCUMENTS.items()}
    if arguments:
        present = {path.name: path.read_text() for path in SEAL.glob("*.json")}
        stale = sorted(name for name in texts.keys() | present.keys() if texts.get(name) != present.get(name))
        print(*(f"out of date: {name}" for name in stale), f"{len(stale)} files out of date", sep="\n")
        return 1 if stale else 0
    SEAL.mkdir(exist_ok=True)
    for name, text in texts.items():
        (SEAL / name).write_text(text)
    print(f"wrote {len(names)} cases")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

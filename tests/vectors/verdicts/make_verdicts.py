#!/usr/bin/env python3
"""Writes *.jsonl from groups/*.py. With --check it writes nothing and says which files are out of date.

Needs the standard library and the openssl command line, as the vectors of seals and sessions do.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
# seal.py of the vectors, and `cases` of those of sessions.
sys.path[:0] = [str(HERE), str(HERE.parent / "sessions"), str(HERE.parent)]

from groups import (  # noqa: E402
    attacks,
    browser_score,
    cookie_passes,
    crawlers,
    exemptions,
    forwarded,
    images,
    networks,
    preflight_and_robots,
    sessions,
    sitemaps,
    stages,
    tiers,
    user_agents,
)
from groups.build import CASES, line  # noqa: E402
from groups.signed import SEALS  # noqa: E402

GROUPS = [
    networks,
    forwarded,
    crawlers,
    sessions,
    tiers,
    cookie_passes,
    user_agents,
    stages,
    exemptions,
    preflight_and_robots,
    sitemaps,
    images,
    browser_score,
    attacks,
]


def outputs() -> dict[Path, bytes]:
    for group in GROUPS:
        group.add()
    for file, cases in CASES.items():
        names = [case["name"] for case in cases]
        twice = sorted({name for name in names if names.count(name) > 1})
        assert not twice, (file, twice)
    files = {f"{file}.jsonl": "".join(map(line, cases)).encode() for file, cases in CASES.items()}
    files |= {f"keys/{kid}": SEALS.keys[kid] for kid in ("k1", "k2")}
    return {HERE / name: content for name, content in files.items()}


def main() -> None:
    made = outputs()
    unmade = set(HERE.glob("*.jsonl")) - made.keys()
    stale = [file for file, content in made.items() if not file.exists() or file.read_bytes() != content]
    if "--check" in sys.argv:
        sys.exit("\n".join(f"out of date: {file}" for file in [*stale, *sorted(unmade)]) or None)
    for file in stale:
        file.write_bytes(made[file])
    print(*(f"{len(cases):5} {file}" for file, cases in CASES.items()), f"{sum(map(len, CASES.values())):5}", sep="\n")


if __name__ == "__main__":
    main()

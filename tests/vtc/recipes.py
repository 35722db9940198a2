#!/usr/bin/env python3
"""Compiles every VCL of pages of documentation: recipes.py VMOD VCL_PATH DIR PAGE...

A fragment that does not begin with `vcl 4.1;` is put behind what the pages have everybody write first, or, if it is that itself,
behind a backend alone.
"""

import re
import subprocess
import sys
from pathlib import Path

FENCE = re.compile(r"^```vcl\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BACKEND = """vcl 4.1;
backend default { .host = "192.0.2.1"; }
"""
BEFORE = (
    BACKEND
    + """import provenance;
sub vcl_init { new edge = provenance.policy("/etc/provenance/policy.yaml"); }
include "provenance.vcl";
"""
)


def whole(fragment: str) -> str:
    if fragment.startswith("vcl 4.1;"):
        return fragment
    return (BACKEND if "import provenance;" in fragment else BEFORE) + fragment


def compiles(vcl: str, vcl_path: str, directory: Path, place: str) -> bool:
    name = place.replace(":", "-")
    file = directory / f"{name}.vcl"
    file.write_text(vcl)
    command = ["varnishd", "-C", "-n", str(directory / name), "-p", f"vcl_path={vcl_path}", "-f", str(file)]
    compiler = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if compiler.returncode:
        print(f"the VCL of {place} does not compile:\n{compiler.stderr}")
    return compiler.returncode == 0


def main(vmod: str, vcl_path: str, directory: str, *pages: str) -> int:
    results = []
    for page in map(Path, pages):
        text = page.read_text()
        for fragment in FENCE.finditer(text):
            vcl = whole(fragment[1]).replace("import provenance;", f"import {vmod};")
            line = text.count("\n", 0, fragment.start(1)) + 1
            results.append(compiles(vcl, vcl_path, Path(directory), f"{page.name}:{line}"))
    print(f"{sum(results)} of {len(results)} compile")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

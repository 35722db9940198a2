#!/usr/bin/env python3
"""Compiles every VCL of a page of documentation: recipes.py VMOD VCL_PATH DIR PAGE

A fragment that does not begin with `vcl 4.1;` is put behind what the page has everybody write first.
"""

import re
import subprocess
import sys
from pathlib import Path

FENCE = re.compile(r"^```vcl\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BEFORE = """vcl 4.1;
import provenance;
backend default { .host = "192.0.2.1"; }
sub vcl_init { new edge = provenance.policy("/etc/provenance/policy.yaml"); }
include "provenance.vcl";
"""


def compiles(vcl: str, vcl_path: str, directory: Path, line: int) -> bool:
    file = directory / f"line{line}.vcl"
    file.write_text(vcl)
    command = ["varnishd", "-C", "-n", str(directory / f"line{line}"), "-p", f"vcl_path={vcl_path}", "-f", str(file)]
    compiler = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if compiler.returncode:
        print(f"the VCL in line {line} does not compile:\n{compiler.stderr}")
    return compiler.returncode == 0


def main(vmod: str, vcl_path: str, directory: str, page: str) -> int:
    text = Path(page).read_text()
    results = []
    for fragment in FENCE.finditer(text):
        vcl = fragment[1] if fragment[1].startswith("vcl 4.1;") else BEFORE + fragment[1]
        vcl = vcl.replace("import provenance;", f"import {vmod};")
        line = text.count("\n", 0, fragment.start(1)) + 1
        results.append(compiles(vcl, vcl_path, Path(directory), line))
    print(f"{sum(results)} of {len(results)} compile")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

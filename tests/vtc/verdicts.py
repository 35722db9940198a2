#!/usr/bin/env python3
"""The verdicts of tests/vectors/verdicts, asked of a real Varnish with the VMOD.

    verdicts.py prepare VMOD DIR REPO      writes the policy with its keys, and DIR/verdicts.vcl
    verdicts.py check ADDR PORT REPO       sends each case and compares what Varnish answers

Varnish has the machine's clock, so that cases which hold at one time alone are skipped, and those that HTTP/1.1 cannot carry.
"""

import http.client
import ipaddress
import json
import shutil
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TIMEOUT = 10  # seconds; a Varnish that does not answer fails the test
LEAST = 1_400  # cases, or something is wrong with the vectors

# Fields of a verdict, and the methods that tell them.
TEXTS = {
    "reason": "reason",
    "tier": "tier",
    "ua_class": "ua_class",
    "contact": "contact",
    "client": "client",
    "subject": "subject",
    "session": "session",
    "labels": "labels",
    "provenance": "verify",
    "source": "source",
    "site": "site",
    "generator": "generator",
    "format": "format",
}
# What a method says where the field of a verdict is left out.
WITHOUT = {"session": "none", "provenance": "none"}
OTHERS = {"denied": "denied", "sitemap-denied": "sitemap_denied", "browser-score": "browser_score"}

# A text is put between bars: HTTP takes spaces off the ends of a value.
TEXT = '    if (edge.{method}()) {{ set resp.http.Said-{field} = "|" + edge.{method}() + "|"; }}'
OTHER = "    set resp.http.Said-{field} = edge.{method}();"
VCL = """vcl 4.1;
import {vmod};
backend none none;
sub vcl_init {{
    new edge = provenance.policy("{directory}/policy.yaml");
}}
sub vcl_recv {{
    return (synth(200));
}}
sub vcl_synth {{
{said}
    # Or there would be a part of the answer, and a status that says so.
    unset req.http.Range;
}}
"""


def prepare(vmod: str, directory: Path, repo: Path) -> None:
    verdicts = repo / "tests/vectors/verdicts"
    for folder in ("keys", "crawlers"):
        (directory / folder).mkdir()
    for key in [*(verdicts / "keys").iterdir(), *(repo / "tests/vectors/sessions/keys").iterdir()]:
        copy = directory / "keys" / key.name
        copy.touch(mode=0o640)
        copy.write_bytes(key.read_bytes())
    for name in ("policy.yaml", "crawlers/examplebot.json"):
        shutil.copyfile(verdicts / name, directory / name)
    shutil.copyfile(repo / "policy/user-agents.yaml", directory / "user-agents.yaml")
    said = [TEXT.format(field=field.replace("_", "-"), method=method) for field, method in TEXTS.items()]
    said += [OTHER.format(field=field, method=method) for field, method in OTHERS.items()]
    text = VCL.format(vmod=vmod, directory=directory, said="\n".join(said))
    (directory / "verdicts.vcl").write_text(text)


def cases(repo: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted((repo / "tests/vectors/verdicts").glob("*.jsonl")):
        for line in file.read_text().splitlines():
            case = json.loads(line)
            yield f"{file.stem}: {case['name']}", case


def why_skipped(case: dict[str, Any]) -> str | None:
    if not case.get("http", True):
        return "HTTP/1.1 cannot carry it, or Varnish changes it"
    return None if case.get("any_time") else "holds at one time alone"


def proxy_line(ip: str) -> bytes:
    """The PROXY protocol, version 1, 2.1."""
    family, own = ("TCP4", "127.0.0.1") if ipaddress.ip_address(ip).version == 4 else ("TCP6", "::1")
    return f"PROXY {family} {ip} {own} 1234 80\r\n".encode()


def request(case: dict[str, Any]) -> bytes:
    target = case["path"] + (f"?{case['query']}" if "query" in case else "")
    lines = [f"{case['method']} {target} HTTP/1.1", f"Host: {case['host']}"]
    for name, value in case["headers"].items():
        lines += [f"{name}: {each}" for each in (value if isinstance(value, list) else [value])]
    return proxy_line(case["ip"]) + "\r\n".join([*lines, "", ""]).encode()


def ask(address: tuple[str, int], case: dict[str, Any]) -> http.client.HTTPResponse:
    with socket.create_connection(address, TIMEOUT) as connection:
        connection.sendall(request(case))
        response = http.client.HTTPResponse(connection, method=case["method"])
        response.begin()
        return response


def said(response: http.client.HTTPResponse, field: str) -> str | None:
    value = response.headers[f"Said-{field.replace('_', '-')}"]
    return None if value is None else value.encode("latin-1").decode().removeprefix("|").removesuffix("|")


def differences(case: dict[str, Any], response: http.client.HTTPResponse) -> list[str]:
    if response.status != 200:
        return [f"HTTP status {response.status}"]
    expect = case["expect"]
    expected = {field: expect.get(field, WITHOUT.get(field)) for field in TEXTS}
    expected["denied"] = "true" if expect["action"] == "deny" else "false"
    expected["sitemap_denied"] = "true" if expect["reason"] == "sitemap.restricted" else "false"
    found = [
        f"{field}: expected {value!r}, actual {said(response, field)!r}"
        for field, value in expected.items()
        if said(response, field) != value
    ]
    # Tiers that are not scored have 0. Varnish knows of no TLS by itself, without which a browser's score is another one.
    least, most = expect.get("browser_score_min", 0), expect.get("browser_score_max", 0)
    score = int(said(response, "browser_score"))
    if not least <= score <= most and ("tls" not in case or most == 0):
        found.append(f"browser_score: expected {least} to {most}, actual {score}")
    return found


def check(address: tuple[str, int], repo: Path) -> bool:
    passed, failed, skipped = 0, 0, Counter()
    for name, case in cases(repo):
        if reason := why_skipped(case):
            skipped[reason] += 1
        elif found := differences(case, ask(address, case)):
            failed += 1
            print(f"{name}\n  " + "\n  ".join(found))
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed, {skipped.total()} skipped")
    for reason, count in skipped.items():
        print(f"  {count} skipped: {reason}")
    return failed == 0 and passed >= LEAST


def main(arguments: list[str]) -> int:
    match arguments:
        case ["prepare", vmod, directory, repo]:
            prepare(vmod, Path(directory), Path(repo))
            return 0
        case ["check", addr, port, repo]:
            return 0 if check((addr, int(port)), Path(repo)) else 1
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

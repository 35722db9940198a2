#!/usr/bin/env python3
"""The vectors of tests/vectors/seal, asked of a real Varnish with the VMOD.

    seal_vectors.py prepare VMOD DIR FILE...     writes policies, keys and DIR/vectors.vcl
    seal_vectors.py check ADDR PORT FILE...      sends each case and compares what Varnish answers

A vector has a clock of its own and Varnish has the machine's. So each configuration becomes one policy a status: with `valid`
no genuine seal is too old or too early, with `stale` every one is too old, with `early` times are as configured. A case
that the machine's clock or HTTP rules out is skipped, and the reason is listed.
"""

import http.client
import json
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CENTURY = "36500d"
STATUSES = {"none", "unsigned", "malformed", "unknown_key", "forged", "stale", "valid"}
FIELDS = ("site", "generator", "format", "source")
TIMEOUT = 10  # seconds; a Varnish that does not answer fails the test


def configurations(files: list[Path]) -> dict[str, Any]:
    return json.loads((files[0].parent / "config.json").read_text())


def cases(files: list[Path]) -> Iterator[dict[str, Any]]:
    for file in files:
        if file.name != "config.json":
            yield from (case for case in json.loads(file.read_text()) if "target" in case or "target_hex" in case)


def octets(case: dict[str, Any], key: str) -> bytes:
    return bytes.fromhex(case[f"{key}_hex"]) if f"{key}_hex" in case else case[key].encode()


def policy(config: dict[str, Any], status: str) -> dict[str, Any]:
    """A policy under which a genuine seal is `status`; JSON is YAML."""
    max_age = {"valid": CENTURY, "stale": "1s"}
    skew = CENTURY if status != "early" else f"{max(config['skew'], 1)}s"
    scopes = {"e": "path", "f": "file"}
    return {
        "version": 1,
        "contact": {"email": "noc@example.org", "url": "https://example.org/policy"},
        "provenance": {
            "parameters": config["parameters"],
            "strip": config["strip"],
            "hosts": config["hosts"],
            "skew": skew,
            "keys": [
                {"id": kid, "file": f"{kid}.key", "sign": kid == config["signing_key"]} for kid in config["keys"]
            ],
            "sources": {
                name: {
                    "generators": source["generators"],
                    "max_age": max_age.get(status, f"{source['max_age']}s"),
                    "granularity": "1s",  # for the signer alone, and never longer than max_age
                    "scope": scopes[source["scope"]],
                }
                for name, source in config["sources"].items()
            },
            "rewrites": [{"pattern": pattern, "replacement": new} for pattern, new in config["rewrites"]],
        },
    }


RECV = """
    if (req.http.Policy == "{name}") {{
        set req.http.Status = {name}.verify();
        set req.http.Strip = {name}.strip(req.url);
    }}"""

# An object is asked again behind strip(), and a text is put between bars: HTTP takes spaces off the ends of a value.
SYNTH = """
    if (req.http.Policy == "{name}") {{
        set resp.http.Status = {name}.verify();
        set resp.http.Age-Is = {name}.age();
        set resp.http.Fresh = {name}.is_fresh();
        if ({name}.site()) {{ set resp.http.Site = "|" + {name}.site() + "|"; }}
        if ({name}.generator()) {{ set resp.http.Generator = "|" + {name}.generator() + "|"; }}
        if ({name}.format()) {{ set resp.http.Format = "|" + {name}.format() + "|"; }}
        if ({name}.source()) {{ set resp.http.Source = "|" + {name}.source() + "|"; }}
    }}"""

VCL = """vcl 4.1;
import {vmod};
backend none none;
sub vcl_init {{{init}
}}
sub vcl_recv {{{recv}
    set req.url = req.http.Strip;
    return (synth(200));
}}
sub vcl_synth {{{synth}
    set resp.http.Stripped = "|" + req.url + "|";
    set resp.http.First = req.http.Status;
}}
"""


def prepare(vmod: str, directory: Path, files: list[Path]) -> None:
    names = []
    for config_name, config in configurations(files).items():
        for status in ("valid", "stale", "early"):
            name = f"{config_name}_{status}"
            names.append(name)
            folder = directory / name
            folder.mkdir()
            (folder / "policy.yaml").write_text(json.dumps(policy(config, status)))
            for kid, secret in config["keys"].items():
                key = folder / f"{kid}.key"
                key.touch(mode=0o640)
                key.write_bytes(bytes.fromhex(secret))
    init = "".join(f'\n    new {name} = provenance.policy("{directory}/{name}/policy.yaml");' for name in names)
    recv = "".join(RECV.format(name=name) for name in names)
    synth = "".join(SYNTH.format(name=name) for name in names)
    (directory / "vectors.vcl").write_text(VCL.format(vmod=vmod, init=init, recv=recv, synth=synth))


def sealed_at(case: dict[str, Any]) -> int | None:
    """The time in the seal, where the MAC is right."""
    return int(case["expect"]["message"].rsplit("\n", 1)[1]) if "age" in case["expect"] else None


def why_skipped(case: dict[str, Any], skew: int, now: int) -> str | None:
    if not octets(case, "target").startswith(b"/"):
        return "a request target begins with a slash (RFC 9112, 3.2.1)"
    if any(byte <= 0x20 or byte == 0x7F for byte in octets(case, "target")):
        return "a request target cannot hold spaces and control characters (RFC 9112, 3.2)"
    if any(byte < 0x20 or byte == 0x7F for byte in octets(case, "host")):
        return "a header cannot hold control characters (RFC 9110, 5.5)"
    # With a status that depends on the clock there is always a time.
    sealed, status = sealed_at(case) or 0, case["expect"]["status"]
    if (
        (status == "early" and sealed <= now + max(skew, 1))
        or (status == "stale" and sealed >= now - 1)
        or (status == "valid" and sealed > now + 36500 * 86400)
    ):
        return f"{status} by the vector's clock, and not by this machine's"
    return None


def ask(address: tuple[str, int], case: dict[str, Any]) -> http.client.HTTPResponse:
    status = case["expect"]["status"]
    name = f"{case['config']}_{status if status in ('stale', 'early') else 'valid'}"
    request = b"GET %b HTTP/1.1\r\nHost: %b\r\nPolicy: %b\r\nConnection: close\r\n\r\n"
    with socket.create_connection(address, TIMEOUT) as connection:
        connection.sendall(request % (octets(case, "target"), octets(case, "host"), name.encode()))
        response = http.client.HTTPResponse(connection)
        response.begin()
        response.read()
        return response


def text(response: http.client.HTTPResponse, header: str) -> bytes | None:
    value = response.headers[header]
    return None if value is None else value.encode("latin-1").removeprefix(b"|").removesuffix(b"|")


def differences(case: dict[str, Any], response: http.client.HTTPResponse, before: int, after: int) -> list[str]:
    if response.status != 200:
        return [f"HTTP status {response.status}"]
    expect = case["expect"]
    expected = {"Status": expect["status"].encode(), "First": expect["status"].encode()}
    expected["Stripped"] = octets(expect, "stripped")
    expected["Fresh"] = b"true" if expect["status"] == "valid" else b"false"
    for field in FIELDS:
        value = expect.get(field)
        expected[field.title()] = None if value is None else value.encode()
    found = [
        f"{header}: expected {value!r}, actual {text(response, header)!r}"
        for header, value in expected.items()
        if text(response, header) != value
    ]
    sealed = sealed_at(case)
    oldest = 0 if sealed is None else max(0, after - sealed)
    youngest = 0 if sealed is None else max(0, before - sealed)
    age = float(response.headers["Age-Is"])
    return found if youngest <= age <= oldest else [*found, f"Age: expected {youngest} to {oldest}, actual {age}"]


def check(address: tuple[str, int], files: list[Path]) -> bool:
    configs = configurations(files)
    passed, failed, skipped = Counter(), 0, Counter()
    for case in cases(files):
        before = int(time.time())
        if reason := why_skipped(case, configs[case["config"]]["skew"], before):
            skipped[reason] += 1
            continue
        response = ask(address, case)
        if found := differences(case, response, before, int(time.time())):
            failed += 1
            print(f"{case['name']}\n  " + "\n  ".join(found))
        else:
            passed[case["expect"]["status"]] += 1
    print(f"{passed.total()} passed, {failed} failed, {skipped.total()} skipped")
    for reason, count in skipped.items():
        print(f"  {count} skipped: {reason}")
    for status in STATUSES - passed.keys():
        print(f"  no case passed with the status {status}")
    return failed == 0 and STATUSES <= passed.keys()


def main(arguments: list[str]) -> int:
    match arguments:
        case ["prepare", vmod, directory, *files] if files:
            prepare(vmod, Path(directory), [Path(file) for file in files])
            return 0
        case ["check", addr, port, *files] if files:
            return 0 if check((addr, int(port)), [Path(file) for file in files]) else 1
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

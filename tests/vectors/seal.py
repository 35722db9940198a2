#!/usr/bin/env python3
"""The seal of an image URL: verify, sign, strip. A second implementation, of docs/seal.md alone.

    parse    split_target, pairs, form_decode, Seal.parse
    message  normalise_host, normalise_path, Config.rewrite, message
    decide   verify, sign, strip
    check    `seal.py check FILE...` runs the vectors of this directory (format: README.md)

Hosts, targets and values are bytes all the way: what a client sends need not be UTF-8.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIELDS = ("site", "generator", "format", "seal")
MAX_VALUE = 255  # bytes of a decoded site, generator or format

UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
FORM_SAFE = (UNRESERVED - {ord("~")}) | {ord("*")}  # WHATWG URL, 5.2
ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
PATH_BYTE = re.compile(rb"%([0-9A-Fa-f]{2})|[^\x21-\x7e]", re.DOTALL)
PORT = re.compile(rb":[0-9]*\Z")
SEAL = re.compile(
    rb"1(?P<scope>[ef])"
    rb"\.(?P<kid>[A-Za-z0-9_]{1,16})"
    rb"\.(?P<ts>0|[1-9][0-9]{0,11})"
    rb"\.(?P<mac>[A-Za-z0-9_-]{21}[AQgw])"  # 132 bits carry 128: the last character ends in 0000
)
URL = re.compile(rb"(https?://)([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL | re.IGNORECASE)
AUTHORITY = re.compile(rb"[^\x00-\x20\x7f-\xff@\\]+")


class Refused(Exception):
    """The signer's answer to an input that it must not seal; `code` is the vector's `error`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# What an origin may resolve to another place: an escaped slash or backslash, a backslash, a dot segment. Never rewritten.
LEADS_ELSEWHERE = re.compile(rb"%2F|%5C|\\|/\.\.?(?:/|\Z)")


@dataclass(frozen=True)
class Source:
    name: str
    generators: frozenset[bytes]
    max_age: int  # seconds; a seal of exactly this age is still valid
    granularity: int  # seconds, at least 1
    scope: str  # what the signer uses unless it is told otherwise


@dataclass(frozen=True)
class Config:
    parameters: dict[bytes, str]  # decoded parameter name -> one of FIELDS
    strip: frozenset[bytes]
    keys: dict[str, bytes]
    signing_key: str
    sources: dict[str, Source]
    skew: int  # seconds
    rewrites: list[tuple[re.Pattern[bytes], bytes]]
    hosts: list[bytes]  # empty: every host

    @classmethod
    def compile(cls, document: dict[str, Any]) -> Config:
        return cls(
            parameters={document["parameters"][field].encode(): field for field in FIELDS},
            strip=frozenset(name.encode() for name in document["strip"]),
            keys={kid: bytes.fromhex(secret) for kid, secret in document["keys"].items()},
            signing_key=document["signing_key"],
            sources={
                name: Source(
                    name,
                    frozenset(generator.encode() for generator in source["generators"]),
                    source["max_age"],
                    source["granularity"],
                    source["scope"],
                )
                for name, source in document["sources"].items()
            },
            skew=document["skew"],
            rewrites=[
                (re.compile(pattern.encode()), re.sub(rb"\$(\d)", rb"\\\1", replacement.encode()))
                for pattern, replacement in document["rewrites"]
            ],
            hosts=[host.lower().encode() for host in document["hosts"]],
        )

    def covers(self, host: bytes) -> bool:
        """Whether seals are looked at on this host: `*.a` names what is below a, not a itself."""
        return not self.hosts or any(
            host.endswith(entry[1:]) if entry.startswith(b"*.") else host == entry for entry in self.hosts
        )

    def source_of(self, generator: bytes) -> Source | None:
        return next((s for s in self.sources.values() if generator in s.generators), None)

    def rewrite(self, path: bytes) -> bytes:
        """The path of the file that `path` is a thumbnail of, by the first rewrite that matches."""
        if LEADS_ELSEWHERE.search(path):
            return path
        for pattern, replacement in self.rewrites:
            if match := pattern.fullmatch(path):
                return match.expand(replacement)
        return path


@dataclass(frozen=True)
class Seal:
    scope: str
    kid: str
    ts: int  # seconds since the Unix epoch
    mac: str

    @classmethod
    def parse(cls, text: bytes) -> Seal | None:
        match = SEAL.fullmatch(text)
        if match is None:
            return None
        scope, kid, ts, mac = (part.decode() for part in match.groups())
        return cls(scope, kid, int(ts), mac)

    def __str__(self) -> str:
        return f"1{self.scope}.{self.kid}.{self.ts}.{self.mac}"


def split_target(target: bytes) -> tuple[bytes, bytes | None]:
    path, mark, query = target.partition(b"?")
    return path, query if mark else None


def form_decode(text: bytes) -> bytes:
    """Decodes once; an incomplete escape stays as it is."""
    return ESCAPE.sub(lambda m: bytes.fromhex(m[1].decode()), text.replace(b"+", b" "))


def form_encode(value: bytes) -> bytes:
    encoded = (chr(b) if b in FORM_SAFE else "+" if b == 0x20 else f"%{b:02X}" for b in value)
    return "".join(encoded).encode()


def pairs(query: bytes) -> Iterator[tuple[bytes, bytes]]:
    for piece in filter(None, query.split(b"&")):
        name, _, value = piece.partition(b"=")
        yield form_decode(name), form_decode(value)


def normalise_host(host: bytes) -> bytes:
    """Lower case (ASCII only) and without port; the colons inside of `[...]` are no port's."""
    return PORT.sub(b"", host).lower()


def normalise_path(path: bytes) -> bytes:
    """One pass: unreserved characters stand for themselves, every other escape is upper case."""

    def byte(match: re.Match[bytes]) -> bytes:
        value = int(match[1], 16) if match[1] else match[0][0]
        return bytes([value]) if match[1] and value in UNRESERVED else b"%%%02X" % value

    return PATH_BYTE.sub(byte, path)


def defect(value: bytes) -> str | None:
    """Why a value of site, generator or format cannot be sealed, or None."""
    if len(value) > MAX_VALUE:
        return "too_long"
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return "not_utf8"
    control = any(c < "\x20" or "\x7f" <= c <= "\x9f" for c in text)
    return "control_character" if control else None


def message(config: Config, scope: str, host: bytes, path: bytes, values: list[bytes], ts: int) -> bytes:
    path = normalise_path(path)
    if scope == "f":
        path = config.rewrite(path)
    lines = [b"provenance.v1", scope.encode(), normalise_host(host), path, *values, b"%d" % ts]
    return b"\n".join(lines)


def mac(secret: bytes, text: bytes) -> str:
    tag = hmac.new(secret, text, hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(tag).decode().rstrip("=")


def verify(config: Config, host: bytes, target: bytes, now: int) -> dict[str, Any]:
    """The verdict on a request, with the keys of a vector's `expect` except `stripped`."""
    path, query = split_target(target)
    given: dict[str, list[bytes]] = {field: [] for field in FIELDS}
    for name, value in pairs(query or b""):
        if name in config.parameters:
            given[config.parameters[name]].append(value)
    if not any(given.values()) or not config.covers(normalise_host(host)):
        return {"status": "none"}

    origin: dict[str, Any] = {field: reported(given[field]) for field in FIELDS[:3]}
    generator = None if origin["generator"] is None else origin["generator"].encode()
    source = None if generator is None else config.source_of(generator)
    origin["source"] = source.name if source else "unknown" if generator is not None else None
    if not given["seal"]:
        return {"status": "unsigned", **origin}

    seal = Seal.parse(given["seal"][0])
    values = [given[field][0] if given[field] else b"" for field in FIELDS[:3]]
    if seal is None or any(len(v) > 1 for v in given.values()) or any(map(defect, values)):
        return {"status": "malformed"}
    signed = message(config, seal.scope, host, path, values, seal.ts)
    origin["message"] = signed.decode(errors="backslashreplace")

    secret = config.keys.get(seal.kid)
    if secret is None:
        return {"status": "unknown_key", **origin}
    if not hmac.compare_digest(seal.mac, mac(secret, signed)):
        return {"status": "forged", **origin}
    origin["age"] = max(0, now - seal.ts)
    if seal.ts > now + config.skew:
        return {"status": "early", **origin}
    if source is None or now - seal.ts > source.max_age:
        return {"status": "stale", **origin}
    return {"status": "valid", **origin}


def reported(values: list[bytes]) -> str | None:
    """A value as it may be shown: given once and fit to be sealed."""
    return values[0].decode() if len(values) == 1 and not defect(values[0]) else None


def sign(config: Config, url: bytes, values: list[bytes], source: str, now: int, scope: str | None = None) -> bytes:
    """The URL with its seal over `values`: site, generator, format; `now` is in seconds, below 10^12."""
    if code := next(filter(None, map(defect, values)), None):
        raise Refused(code)
    origin = config.sources.get(source)
    if origin is None:
        raise Refused("unknown_source")
    if values[1] not in origin.generators:
        raise Refused("unknown_generator")
    match = URL.fullmatch(url)
    if not match or not AUTHORITY.fullmatch(match[2]) or not normalise_host(match[2]):
        raise Refused("url")
    scheme, authority, path, query, fragment = (part or b"" for part in match.groups())

    scope = scope or origin.scope
    ts = now - now % origin.granularity
    # A client asks for "/" where a URL has no path (RFC 9110, 4.2.3).
    signed = message(config, scope, authority, path or b"/", values, ts)
    seal = Seal(scope, config.signing_key, ts, mac(config.keys[config.signing_key], signed))

    kept = remove(query, frozenset(config.parameters)).removeprefix(b"?")
    pieces = [kept] if kept else []
    for name, value in zip(config.parameters, [*values, str(seal).encode()], strict=True):
        if value:
            pieces.append(form_encode(name) + b"=" + form_encode(value))
    return scheme + authority + path + b"?" + b"&".join(pieces) + fragment


def strip(config: Config, target: bytes) -> bytes:
    """The target without provenance and tracking parameters: what a cache is to be keyed on."""
    return remove(target, config.strip | frozenset(config.parameters))


def remove(target: bytes, names: frozenset[bytes]) -> bytes:
    """Drops the `&`-separated pieces of the query whose decoded name is one of `names`."""
    path, query = split_target(target)
    pieces = [] if query is None else query.split(b"&")
    kept = [piece for piece in pieces if form_decode(piece.partition(b"=")[0]) not in names]
    if len(kept) == len(pieces):
        return target
    rest = b"&".join(kept)
    return path + b"?" + rest if rest else path


def octets(case: dict[str, Any], key: str) -> bytes:
    """A field of a vector: text is UTF-8, and `<key>_hex` holds what is not."""
    hex_key = f"{key}_hex"
    return bytes.fromhex(case[hex_key]) if hex_key in case else case[key].encode()


def answer(config: Config, case: dict[str, Any]) -> dict[str, Any]:
    """What this implementation says where the vector says `expect`."""
    if "sign" in case:
        ask = case["sign"]
        values = [octets(ask, field) for field in FIELDS[:3]]
        try:
            url = sign(config, octets(ask, "url"), values, ask["source"], ask["now"], ask.get("scope"))
        except Refused as refused:
            return {"error": refused.code}
        return {"url": url.decode()}
    target = octets(case, "target")
    said = verify(config, octets(case, "host"), target, case["now"])
    stripped = strip(config, target)
    key = "stripped_hex" if "stripped_hex" in case["expect"] else "stripped"
    return said | {key: stripped.hex() if key == "stripped_hex" else stripped.decode()}


def check(files: list[Path]) -> bool:
    """Runs every case of the files; whether there were cases and all of them passed."""
    passed = failed = 0
    for file in files:
        if file.name == "config.json":
            continue
        configs = json.loads((file.parent / "config.json").read_text())
        for case in json.loads(file.read_text()):
            actual = answer(Config.compile(configs[case["config"]]), case)
            if actual == case["expect"]:
                passed += 1
                continue
            failed += 1
            print(f"{file.name}: {case['name']}")
            for key in sorted(actual.keys() | case["expect"].keys()):
                pair = [said.get(key, "(absent)") for said in (case["expect"], actual)]
                if pair[0] != pair[1]:
                    print(f"  {key}: expected {pair[0]!r}, actual {pair[1]!r}")
    print(f"{passed} passed, {failed} failed")
    return passed > 0 and failed == 0


def main(arguments: list[str]) -> int:
    if len(arguments) < 2 or arguments[0] != "check":
        print("usage: seal.py check FILE.json...", file=sys.stderr)
        return 2
    return 0 if check([Path(argument) for argument in arguments[1:]]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Writes *.jsonl and keys/jwks.json. With --check it writes nothing and says which files are out of date.

Needs the standard library and the openssl command line. A signature of ES256 differs each time that it is made; one
that stands in a file already is taken over, so that the output changes only where a case does.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from cases import algorithms, claims, encoding, header, places, sizes, subjects, times
from cases.tokens import CASES, HERE, KEYS, b64


def jwk(name: str, **others: Any) -> dict[str, Any]:
    command = ["openssl", "pkey", "-pubin", "-outform", "DER", "-in", str(KEYS / f"{name}.pub.pem")]
    der = subprocess.run(command, check=True, capture_output=True).stdout
    if name.startswith("rs"):
        command = ["openssl", "rsa", "-pubin", "-noout", "-modulus", "-in", str(KEYS / f"{name}.pub.pem")]
        modulus = (
            subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().split("=")[1]
        )
        return {"kty": "RSA", "kid": name, "n": b64(bytes.fromhex(modulus)), "e": "AQAB", **others}
    if name.startswith("es"):
        return {
            "kty": "EC",
            "kid": name,
            "crv": "P-256",
            "x": b64(der[-64:-32]),
            "y": b64(der[-32:]),
            **others,
        }
    return {"kty": "OKP", "kid": name, "crv": "Ed25519", "x": b64(der[-32:]), **others}


def outputs() -> dict[Path, str]:
    keys = [
        {"kty": "AKP", "kid": "of a kind to come", "alg": "ML-DSA-44", "pub": "AAAA"},
        jwk("rs2026a", use="sig", alg="RS256"),
        jwk("es2026", key_ops=["verify"]),
        jwk("ed2026", alg="EdDSA"),
    ]
    for module in (algorithms, claims, encoding, header, places, sizes, subjects, times):
        module.add()
    names = [case["name"] for cases in CASES.values() for case in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    assert not twice, twice
    files = {
        f"{file}.jsonl": "".join(json.dumps(case) + "\n" for case in cases) for file, cases in CASES.items()
    }
    files["keys/jwks.json"] = json.dumps({"keys": keys}, indent=1) + "\n"
    return {HERE / name: text for name, text in files.items()}


def main() -> None:
    stale = {file: text for file, text in outputs().items() if not file.exists() or file.read_text() != text}
    if "--check" in sys.argv:
        sys.exit("\n".join(f"out of date: {file}" for file in stale) or None)
    for file, text in stale.items():
        file.write_text(text)


if __name__ == "__main__":
    main()

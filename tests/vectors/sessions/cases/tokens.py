"""Tokens by the keys of keys/, and the list of cases that the modules beside this one add to."""

import base64
import hashlib
import hmac
import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent.parent
KEYS = HERE / "keys"
NOW = 1_795_176_000
HS = (KEYS / "hs2026").read_bytes()
SUBJECT_KEY = (KEYS / "subject").read_bytes()

TOKEN = re.compile(r"([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})(?![A-Za-z0-9_.=-])")

CASES: dict[str, list[dict[str, Any]]] = {}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments: str, message: bytes) -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        file.write(message)
        file.flush()
        command = ["openssl", *arguments, file.name]
        return subprocess.run(command, check=True, capture_output=True).stdout


def known_es256() -> dict[str, bytes]:
    """Signatures of 64 bytes in the files, by what they sign."""
    known = {}
    for file in HERE.glob("*.jsonl"):
        for signed, signature in TOKEN.findall(file.read_text()):
            known.setdefault(signed, base64.urlsafe_b64decode(signature + "=="))
    return known


KNOWN = known_es256()


def es256(message: bytes) -> bytes:
    if message.decode() in KNOWN:
        return KNOWN[message.decode()]
    der = openssl("dgst", "-sha256", "-sign", str(KEYS / "es2026.private.pem"), message=message)
    integers, at = [], 2
    for _ in range(2):
        length = der[at + 1]
        integers.append(int.from_bytes(der[at + 2 : at + 2 + length], "big").to_bytes(32, "big"))
        at += 2 + length
    return KNOWN.setdefault(message.decode(), b"".join(integers))


def rs256(key: str):
    return lambda m: openssl("dgst", "-sha256", "-sign", str(KEYS / f"{key}.private.pem"), message=m)


def eddsa(message: bytes) -> bytes:
    return openssl(
        "pkeyutl", "-sign", "-inkey", str(KEYS / "ed2026.private.pem"), "-rawin", "-in", message=message
    )


def hs256(secret: bytes):
    return lambda m: hmac.new(secret, m, hashlib.sha256).digest()


def nothing(_: bytes) -> bytes:
    return b""


SIGN = {
    "rs2026a": rs256("rs2026a"),
    "rs2026b": rs256("rs2026b"),
    "es2026": es256,
    "ed2026": eddsa,
    "hs2026": hs256(HS),
}
ALG = {"rs2026a": "RS256", "rs2026b": "RS256", "es2026": "ES256", "ed2026": "EdDSA", "hs2026": "HS256"}
CLAIMS = {
    "iss": "https://auth.example.org",
    "sub": "mw:CentralAuth::42",
    "exp": NOW + 600,
    "rlc": "authed-user",
}


def text(value: Any) -> bytes:
    """JSON of an object; a str is taken as the JSON itself, bytes as they are."""
    if isinstance(value, bytes):
        return value
    return value.encode() if isinstance(value, str) else json.dumps(value, separators=(",", ":")).encode()


def token(key: str = "hs2026", claims: Any = None, header: Any = None, sign: Any = None) -> str:
    """A token by a key; claims, header and the way of signing may differ from what the key would have."""
    header = {"alg": ALG[key], "kid": key, "typ": "JWT"} if header is None else header
    signed = b64(text(header)) + "." + b64(text(CLAIMS if claims is None else claims))
    return signed + "." + b64((sign or SIGN[key])(signed.encode()))


def with_claims(**changed: Any) -> dict[str, Any]:
    """The usual claims, changed; one that is ... is left out."""
    return {name: value for name, value in {**CLAIMS, **changed}.items() if value is not ...}


def subject(account: str) -> str:
    return hmac.new(SUBJECT_KEY, account.encode(), hashlib.sha256).hexdigest()[:16]


def request(
    file: str, name: str, expect: dict[str, Any], policy: str = "default", time: int = NOW, **parts: Any
) -> None:
    CASES.setdefault(file, []).append(
        {"name": name, "policy": f"{policy}.yaml", "time": time, **parts, "expect": expect}
    )


def valid(account: str | None = "42", rate_class: str | None = "authed-user") -> dict[str, Any]:
    return {"status": "valid", "subject": subject(account) if account else None, "class": rate_class}


def case(file: str, name: str, value: str, expect: str | dict[str, Any], **others: Any) -> None:
    """A token in the first cookie."""
    expect = valid() if expect == "valid" else {"status": expect} if isinstance(expect, str) else expect
    request(file, name, expect, headers={"cookie": f"sessionJwt={value}"}, **others)

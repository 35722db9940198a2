"""Tokens and seals, by the keys of the vectors of both."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import seal
from cases import tokens

from .model import Image, Session

VECTORS = Path(__file__).parent.parent.parent
SEALS = seal.Config.compile(json.loads((VECTORS / "seal/config.json").read_text())["default"])

# Signatures of ES256 differ each time: those that the files have are taken over.
for _file in sorted((VECTORS / "verdicts").glob("*.jsonl")):
    for _signed, _signature in tokens.TOKEN.findall(_file.read_text()):
        tokens.KNOWN.setdefault(_signed, tokens.base64.urlsafe_b64decode(_signature + "=="))

IN_FORCE = 2_145_916_800  # 2038-01-01
OVER = 1_577_836_800  # 2020-01-01


def claims(account: str = "42", **changed: Any) -> dict[str, Any]:
    """Claims that make a session until 2038, changed; one that is ... is left out."""
    usual = {
        "iss": "https://auth.example.org",
        "aud": "media",
        "sub": f"mw:CentralAuth::{account}",
        "exp": IN_FORCE,
        "rlc": "authed-user",
    }
    return {name: value for name, value in {**usual, **changed}.items() if value is not ...}


def token(key: str = "hs2026", *, header: Any = None, sign: Any = None, account: str = "42", **changed: Any) -> str:
    return tokens.token(key, claims(account, **changed), header, sign)


def session(account: str | None = "42", rate_class: str | None = "authed-user") -> Session:
    return Session("valid", tokens.subject(account) if account else None, rate_class)


SESSION = session()
COOKIE = {"cookie": f"sessionJwt={token()}"}

PATH = "/wikipedia/commons/a/a9/Example.jpg"
THUMB = "/wikipedia/commons/thumb/a/a9/Example.jpg/120px-Example.jpg"
SINCE = 1_754_006_400  # 2025-08-01


@dataclass(frozen=True)
class Sealed:
    """What a seal covers, in canonical form, and what is asked for with it."""

    scope: str = "e"
    kid: str = "k1"
    host: str = "upload.example.org"
    path: str = PATH
    site: str = "en.wikipedia.org"
    generator: str = "parser"
    format: str = "original"
    ts: int = SINCE

    @property
    def seal(self) -> str:
        values = [self.site, self.generator, self.format]
        lines = ["provenance.v1", self.scope, self.host, self.path, *values, str(self.ts)]
        mac = seal.mac(SEALS.keys[self.kid], "\n".join(lines).encode())
        return f"1{self.scope}.{self.kid}.{self.ts}.{mac}"

    @property
    def query(self) -> str:
        return f"utm_source={self.site}&utm_campaign={self.generator}&utm_content={self.format}&utm_term={self.seal}"

    def image(self, status: str, source: str | None = "web") -> Image:
        """As which it is reported."""
        return Image(status, source, self.site, self.generator, self.format)


SEALED = Sealed()
OF_FILE = replace(SEALED, scope="f")
SHARE = replace(SEALED, generator="share")

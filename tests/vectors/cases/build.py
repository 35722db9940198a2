"""How a case is written.

Nothing here parses, decodes or normalises: what a seal covers is written out by hand in its canonical form, and what a
client sends stands beside it. The MAC is taken over the former, so that the implementation is checked and not echoed.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any

from .config import CONFIGS, SOURCE_OF

MIDNIGHT = 1_795_132_800  # 2026-11-20T00:00:00Z, a multiple of every granularity in use
NOW = MIDNIGHT + 12 * 3600

Case = dict[str, Any]


@dataclass(frozen=True)
class Sealed:
    """What a seal covers, in canonical form; None is a parameter that is absent."""

    scope: str = "e"
    kid: str = "k1"
    host: str = "upload.example.org"
    path: str = "/wikipedia/commons/a/a9/Example.jpg"
    site: str | None = "en.wikipedia.org"
    generator: str | None = "parser"
    format: str | None = "original"
    ts: int | str = MIDNIGHT

    @property
    def message(self) -> str:
        values = [self.site or "", self.generator or "", self.format or ""]
        return "\n".join(["provenance.v1", self.scope, self.host, self.path, *values, str(self.ts)])

    @property
    def tag(self) -> bytes:
        secret = bytes.fromhex(CONFIGS["default"]["keys"].get(self.kid, "00" * 32))
        return hmac.new(secret, self.message.encode(), hashlib.sha256).digest()

    @property
    def mac(self) -> str:
        return base64.urlsafe_b64encode(self.tag[:16]).decode()[:22]

    @property
    def seal(self) -> str:
        return f"1{self.scope}.{self.kid}.{self.ts}.{self.mac}"


EXAMPLE = Sealed()


def text_or_hex(key: str, value: str | bytes) -> Case:
    return {key: value} if isinstance(value, str) else {f"{key}_hex": value.hex()}


def plain_query(seen: Sealed, seal: str, raw: dict[str, str]) -> str:
    """The query in the signer's order; what is not plain text must be given as it is sent."""
    names = {"site": "utm_source", "generator": "utm_campaign", "format": "utm_content"}
    pieces = []
    for field, name in names.items():
        value = raw.get(field, getattr(seen, field))
        if value is None:
            continue
        assert field in raw or re.fullmatch(r"[A-Za-z0-9._-]*", value), value
        pieces.append(f"{name}={value}")
    return "&".join([*pieces, f"utm_term={raw.get('seal', seal)}"])


def verification(
    name: str,
    status: str,
    sealed: Sealed = EXAMPLE,
    *,
    seen: Sealed | None = None,
    raw: dict[str, str] | None = None,
    target: str | bytes | None = None,
    stripped: str | bytes | None = None,
    now: int = NOW,
    config: str = "default",
) -> Case:
    """A request that carries the seal of `sealed`.

    `seen` is what the verifier has to take from the request, in canonical form, where that is not what was sealed.
    `raw` is what the client sends instead of the canonical host, path or value. `target` replaces the whole request
    target, with `{seal}` in the place of the seal; then `stripped` is to be given too, else it is the path.
    """
    seen = seen or sealed
    raw = raw or {}
    path = raw.get("path", seen.path)
    if target is None:
        target = f"{path}?{plain_query(seen, sealed.seal, raw)}"
    elif isinstance(target, str):
        target = target.replace("{seal}", sealed.seal)
    else:
        target = target.replace(b"{seal}", sealed.seal.encode())

    expect: Case = {"status": status}
    if status not in ("none", "malformed"):
        expect |= {"site": seen.site, "generator": seen.generator, "format": seen.format}
        unnamed = None if seen.generator is None else "unknown"
        expect["source"] = SOURCE_OF.get(seen.generator or "", unnamed)
    if status in ("early", "stale", "valid"):
        expect["age"] = max(0, now - int(seen.ts))
    if status in ("unknown_key", "forged", "early", "stale", "valid"):
        expect["message"] = seen.message
    expect |= text_or_hex("stripped", path if stripped is None else stripped)
    return {
        "name": name,
        "config": config,
        "now": now,
        "host": raw.get("host", seen.host),
        **text_or_hex("target", target),
        "expect": expect,
    }


def unsealed(
    name: str,
    status: str,
    target: str | bytes,
    *,
    site: str | None = None,
    generator: str | None = None,
    format: str | None = None,
    stripped: str | bytes = EXAMPLE.path,
    host: str = EXAMPLE.host,
    config: str = "default",
) -> Case:
    """A request whose status does not depend on any seal: none, unsigned or malformed."""
    assert status in ("none", "unsigned", "malformed")
    seen = Sealed(host=host, site=site, generator=generator, format=format)
    return verification(name, status, seen, target=target, stripped=stripped, config=config)


def signing(
    name: str,
    sealed: Sealed,
    url: str,
    signed_url: str,
    *,
    source: str = "web",
    scope: str | None = None,
    now: int = NOW,
    config: str = "default",
) -> Case:
    """`signed_url` has `{query}` in the place of the plain provenance query, or `{seal}` in that of the seal."""
    if "{query}" in signed_url:
        signed_url = signed_url.replace("{query}", plain_query(sealed, sealed.seal, {}))
    request = {
        "url": url,
        "site": sealed.site or "",
        "generator": sealed.generator or "",
        "format": sealed.format or "",
        "source": source,
        "now": now,
    } | ({"scope": scope} if scope else {})
    expect = {"url": signed_url.replace("{seal}", sealed.seal)}
    return {"name": name, "config": config, "sign": request, "expect": expect}


def refusal(name: str, error: str, **changes: str | bytes) -> Case:
    """A signing request that is in order but for `changes`."""
    request: Case = {
        "url": f"https://{EXAMPLE.host}{EXAMPLE.path}",
        "site": EXAMPLE.site,
        "generator": EXAMPLE.generator,
        "format": EXAMPLE.format,
        "source": "web",
        "now": NOW,
    }
    for key, value in changes.items():
        del request[key]
        request |= text_or_hex(key, value)
    return {"name": name, "config": "default", "sign": request, "expect": {"error": error}}

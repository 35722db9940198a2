"""How a case is written: what a client sends, beside what is true of it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import cycle
from typing import Any

from .model import NOW, Truth, verdict

CASES: dict[str, list[dict[str, Any]]] = {}

UPLOAD = "upload.example.org"
WIKI = "en.wikipedia.example.org"

# An address of each network, beyond the ranges of crawlers; and one within.
ADDRESSES = {
    "unknown": ("192.0.3.7", "203.0.113.3"),
    "office": ("192.0.2.7", "192.0.2.17"),
    "private": ("10.3.2.1", "10.9.0.3"),
    "load_balancers": ("10.0.1.3", "10.0.1.3"),
    "cumulus": ("198.51.100.7", "198.51.100.17"),
    "feed": ("198.51.100.75", "198.51.100.67"),
    "scrapers": ("203.0.113.200", "203.0.113.131"),
    "botnet": ("198.51.100.220", "198.51.100.195"),
    "suspects": ("203.0.113.100", "203.0.113.67"),
}


# Who sends bad tokens has only so many of them read: each comes from an address of its own.
HOSTS = cycle(range(140, 250))


def address(truth: Truth) -> str:
    """An address of the network."""
    usual = ADDRESSES[truth.network][truth.is_verified]
    fails = truth.session.status not in ("none", "valid")
    if not fails or truth.network not in ("unknown", "scrapers"):
        return usual
    return f"{usual.rpartition('.')[0]}.{next(HOSTS)}"


def case(
    file: str,
    name: str,
    truth: Truth,
    *,
    ip: str | None = "",
    method: str = "GET",
    host: str = WIKI,
    path: str = "/wiki/Main_Page",
    query: str | None = None,
    headers: dict[str, Any] | None = None,
    version: str | None = None,
    tls: bool | None = None,
    depends_on_time: bool = False,
    http: bool = True,
) -> None:
    """Adds a case.

    `ip`: one of the truth's network unless it is given; None is an address that is not known.
    `depends_on_time`: what is true of it now will not be so in ten years. `http`: a Varnish can be asked it as it is.
    """
    if ip == "":
        ip = address(truth)
    if truth.network == "load_balancers" and "x-forwarded-for" not in (headers or {}):
        # A proxy's own request: through another one.
        headers, ip = {**(headers or {}), "x-forwarded-for": ip}, "10.0.1.1"
    sent = {"user-agent": truth.agent.text, "api-user-agent": truth.agent.api, **(headers or {})}
    sent = {header: value for header, value in sent.items() if value is not None}
    made = {
        "name": name,
        "time": truth.time,
        "ip": ip,
        "method": method,
        "host": host,
        "path": path,
        "query": query,
        "headers": sent,
        "version": version,
        "tls": tls,
        "any_time": (truth.time == NOW and not depends_on_time) or None,
        "http": None if http and ip else False,
        "expect": verdict(truth),
    }
    CASES.setdefault(file, []).append({key: value for key, value in made.items() if value is not None})


def at_all_times(file: str, name: str, truth: Truth, times: dict[str, str], **parts: Any) -> None:
    """The same request at several times."""
    parts.setdefault("depends_on_time", True)
    for time, when in times.items():
        case(file, f"{name}, {when}", replace(truth, time=time), **parts)


def line(case: dict[str, Any]) -> str:
    return json.dumps(case, ensure_ascii=False) + "\n"

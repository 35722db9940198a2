"""What a browser sends beside its user agent, for the tiers that are scored; bands of docs/browser-score.md."""

import json
from dataclasses import replace

from .build import case
from .model import BOT, CRAWLER, NOW, Agent, Session, Truth
from .signed import COOKIE, SEALED, SESSION, VECTORS

BANDS = {"browser": (81, 100), "between": (20, 80), "script": (0, 19)}
# Clients of tests/vectors/browser-score whose headers and band are said there.
FILES = ["current-browsers.jsonl", "older-and-hardened-browsers.jsonl", "scripts.jsonl"]
PER_FILE = 16

FIREFOX = {
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "accept-language": "de,en-US;q=0.7,en;q=0.3",
    "accept-encoding": "gzip, deflate, br, zstd",
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "sec-fetch-site": "none",
    "sec-fetch-user": "?1",
    "upgrade-insecure-requests": "1",
}
TLS = {"tls": True, "version": "2.0"}


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in FIREFOX.items() if name not in names}


def add() -> None:
    known()
    browser = Truth(score=(81, 100))
    whole = {**TLS, "headers": FIREFOX}
    case("browser-score", "Firefox, whole", browser, **whole)
    session = replace(browser, session=SESSION)
    case("browser-score", "Firefox with a session", session, **TLS, headers={**FIREFOX, **COOKIE})
    over = replace(browser, session=Session("bad_signature"))
    forged = {"cookie": f"{COOKIE['cookie'][:-6]}AAAAAA"}
    case("browser-score", "Firefox with a forged session", over, **TLS, headers={**FIREFOX, **forged})
    for network in ("office", "private", "scrapers", "suspects", "cumulus", "feed"):
        case("browser-score", f"Firefox, whole, from {network}", replace(browser, network=network), **whole)
    lifted = Truth("scrapers", has_pass=True, score=(81, 100))
    headers = {**FIREFOX, "cookie": "LetIn=yes-please"}
    case("browser-score", "Firefox with a pass", lifted, host="www.example.org", **TLS, headers=headers)
    case("browser-score", "a bot with a browser's headers is not scored", replace(browser, agent=BOT), **whole)
    verified = Truth(agent=CRAWLER, is_verified=True)
    case("browser-score", "a crawler with a browser's headers is not scored", verified, **whole)
    case(
        "browser-score",
        "a preflight of a whole Firefox",
        replace(browser, asks_for="preflight"),
        method="OPTIONS",
        **TLS,
        headers={
            "accept": "*/*",
            "accept-language": "de",
            "accept-encoding": "gzip, deflate, br, zstd",
            "sec-fetch-dest": "empty",
            "sec-fetch-mode": "cors",
            "sec-fetch-site": "same-site",
            "referer": "https://de.wikipedia.example.org/",
            "origin": "https://de.wikipedia.example.org",
            "access-control-request-method": "GET",
        },
    )
    # "Fetch metadata, taken away: 56" and "in clear text: 56 to 67" of the table in the document.
    fetch = without("sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user")
    case("browser-score", "Firefox without Fetch metadata", Truth(score=(56, 56)), **TLS, headers=fetch)
    clear = {"tls": False, "version": "1.1"}
    case(
        "browser-score",
        "Firefox in clear text",
        Truth(score=(56, 67)),
        **clear,
        headers={**fetch, "accept-encoding": "gzip, deflate"},
    )
    case(
        "browser-score",
        "Firefox through a proxy of HTTP/1.1",
        Truth(score=(88, 90)),
        tls=True,
        version="1.1",
        headers=FIREFOX,
    )
    scripts()


def scripts() -> None:
    for what, headers in {
        "nothing else": {},
        "Accept of a library": {"accept": "*/*"},
        "Accept and Accept-Encoding of a library": {"accept": "*/*", "accept-encoding": "gzip, deflate"},
        "Accept-Encoding of a browser": {"accept-encoding": "gzip, deflate, br, zstd"},
        "any language": {"accept-language": "*"},
        "a header that calls it a browser": {"x-is-browser": "100"},
    }.items():
        case("browser-score", f"a script as Firefox with {what}", Truth(), **TLS, headers=headers)
        case(
            "browser-score",
            f"a script as Firefox with {what}, in clear text",
            Truth(),
            tls=False,
            version="1.1",
            headers=headers,
        )
    sealed = Truth(image=SEALED.image("valid"))
    case(
        "browser-score",
        "a valid seal alone makes no browser",
        sealed,
        host=SEALED.host,
        path=SEALED.path,
        query=SEALED.query,
        **TLS,
    )


def known() -> None:
    """Every n-th line of the vectors of the score that does not need more than a request here has."""
    for file in FILES:
        lines = [json.loads(text) for text in (VECTORS / "browser-score" / file).read_text().splitlines()]
        lines = [each for each in lines if "tls_label" not in each and not each.get("sealed")]
        for entry in lines[:: max(1, len(lines) // PER_FILE)][:PER_FILE]:
            headers = dict(entry["headers"])
            agent = Agent(headers.pop("user-agent", None), entry.get("class", "browser"))
            truth = Truth(agent=agent, score=BANDS[entry["band"]], time=NOW)
            case(
                "browser-score",
                f"{entry['client']}: {entry['request']}",
                truth,
                method=entry.get("method", "GET"),
                host=entry["host"],
                path=entry["path"],
                headers=headers,
                tls=entry["tls"],
                version=entry["version"],
            )

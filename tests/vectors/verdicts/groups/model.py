"""The rules of the documents, as tables: what a verdict says of a request of which everything is known.

Nothing here reads a request. Whoever writes a case says what is true of it (`Truth`), and the tables say what follows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# docs/networks.md, "Networks": the label of each kind.
LABELS = {
    "trusted": "net=trusted",
    "internal": "net=internal",
    "cloud": "cloud={}",
    "client": "client={}",
    "abusive": "abuse={}",
    "shadow": "abuse={}",
    "none": "net=unknown",
}
# policy.yaml; "shadow" is an abusive network that is tried only.
KINDS = {
    "office": "trusted",
    "private": "internal",
    "load_balancers": "internal",
    "cumulus": "cloud",
    "feed": "client",
    "scrapers": "abusive",
    "botnet": "abusive",
    "suspects": "shadow",
    "unknown": "none",
}

BEFORE = "2025-08-17T23:00:00Z"
FIRST_STAGE = "2025-08-18T00:00:00Z"
LAST_STAGE = "2025-09-01T00:00:00Z"
NOW = "2026-11-20T12:00:00Z"
BEFORE_THE_END = "2026-12-31T23:00:00Z"
THE_END = "2027-01-01T00:00:00Z"

# Stages of policy.yaml; times of one form compare as texts.
STAGES = {
    "none": [(FIRST_STAGE, "block")],
    "library_default": [(FIRST_STAGE, "rate"), (LAST_STAGE, "block")],
    "cli": [(FIRST_STAGE, "rate"), (LAST_STAGE, "tried")],
    "mediawiki": [(LAST_STAGE, "block")],
}

# docs/browser-score.md: a library's own user agent, or a browser's and nothing else, reads as a script.
SCRIPT = (0, 19)


@dataclass(frozen=True)
class Agent:
    """A user agent, and what is known of it."""

    text: str | None
    ua_class: str
    contact: str | None = None
    claims: str | None = None  # the crawler that it says it is
    api: str | None = None  # Api-User-Agent


@dataclass(frozen=True)
class Session:
    status: str = "none"
    subject: str | None = None
    rate_class: str | None = None


@dataclass(frozen=True)
class Image:
    """What a URL proves. Of `none` and `malformed`, nothing but the status is reported."""

    status: str = "none"
    source: str | None = None
    site: str | None = None
    generator: str | None = None
    format: str | None = None


BROWSER = Agent("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "browser")
LIBRARY = Agent("python-requests/2.32.3", "library_default")
NOBODY = Agent(None, "none")
CURL = Agent("curl/8.5.0", "cli")
MEDIAWIKI = Agent("MediaWiki/1.39.7", "mediawiki")
APP = Agent("VLC/3.0.20 LibVLC/3.0.20", "other")
BOT = Agent("MyBot/1.0 (bob@example.org)", "bot", "bob@example.org")
CRAWLER = Agent("examplebot/2.1", "other", claims="examplebot")
CRAWLER_WITH_CONTACT = Agent(
    "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://crawler.example.net/bot)",
    "bot",
    "https://crawler.example.net/bot",
    "examplebot",
)


@dataclass(frozen=True)
class Truth:
    """What is true of a request."""

    network: str = "unknown"
    agent: Agent = BROWSER
    is_verified: bool = False  # the crawler that it claims to be
    is_known: bool = True  # whose address it is
    session: Session = field(default_factory=Session)
    has_pass: bool = False
    image: Image = field(default_factory=Image)
    is_hotlink: bool = False  # an unsealed image in a page of somebody else
    asks_for: str = "page"  # or: robots, sitemap, preflight
    is_alone: bool = True  # by GET or HEAD, and without a parameter that a cache would see
    exemption: str | None = None
    score: tuple[int, int] = SCRIPT
    time: str = NOW

    @property
    def kind(self) -> str:
        return KINDS[self.network]


def tier(truth: Truth) -> str:
    """FIELD-FACTS, "Order of decision", with the cookie pass of docs/cookie-pass.md: from F to E and nothing else."""
    given = {"trusted": "A", "internal": "A", "abusive": "F", "shadow": "F"}.get(truth.kind)
    if given is None and truth.is_verified:
        given = "B"
    if truth.session.status == "valid" and given not in ("A", "B"):
        given = "C"
    if given == "F" and truth.has_pass:
        given = "E"
    if given is None and truth.agent.contact:
        given = "D"
    return given or "E"


def labels(truth: Truth) -> str:
    """Network, crawler, image, source: DESIGN 3 and docs/networks.md."""
    pairs = [LABELS[truth.kind].format(truth.network)]
    if truth.agent.claims and truth.is_known:
        pairs.append(f"{'id' if truth.is_verified else 'impostor'}={truth.agent.claims}")
    if truth.image.status != "none":
        pairs.append(f"img={truth.image.status}")
    if truth.image.source:
        pairs.append(f"src={truth.image.source}")
    return ";".join(pairs)


def stages(truth: Truth) -> tuple[str | None, bool]:
    """The stage that is in force, and whether one that blocks is tried beside it (docs/stages.md)."""
    begun = [what for since, what in STAGES.get(truth.agent.ua_class, []) if since <= truth.time]
    in_force = [what for what in begun if what != "tried"]
    return (in_force[-1] if in_force else None), "tried" in begun


def image_rule(truth: Truth) -> tuple[str, str] | None:
    """The rule of policy.yaml that fits what the URL proves, and what it does."""
    image = truth.image
    if image.status == "valid":
        return ("fresh", "free") if truth.is_alone else None
    if image.status == "forged":
        return "forged", "block"
    if image.status == "stale" and image.source == "share":
        return "stale_share", "block"
    if image.status == "malformed":
        return "malformed", "tried"
    return ("hotlink", "block") if truth.is_hotlink and image.status in ("none", "unsigned") else None


def decision(truth: Truth) -> dict[str, Any]:
    """Action and reason: the rules in the order of their pages, the first that has something to say."""
    letter = tier(truth)
    if truth.asks_for == "robots":
        return allow("path.robots")
    if truth.asks_for == "sitemap" and letter not in "ABC":
        return deny("sitemap.restricted")
    if letter in "ABC":
        return allow({"A": "network.trusted", "B": "crawler.verified", "C": "session.valid"}[letter])
    tried = []
    if letter == "F" and truth.kind == "abusive":
        return deny("network.abusive")
    if letter == "F":
        tried.append("deny network.abusive")
    passed_by = None
    in_force, is_tried = stages(truth)
    if truth.asks_for == "preflight":
        passed_by = "cors.preflight"
    elif truth.exemption and in_force:
        passed_by = f"exemption.{truth.exemption}"
    elif not truth.exemption:
        if is_tried:
            tried.append(f"deny ua.{truth.agent.ua_class}")
        if in_force == "block":
            return deny(f"ua.{truth.agent.ua_class}", tried)
    match image_rule(truth):
        case (name, "block"):
            return deny(f"image.{name}", tried)
        case (name, "tried"):
            tried.append(f"deny image.{name}")
        case (name, "free"):
            passed_by = passed_by or f"image.{name}"
    return allow("shadow" if tried else passed_by or "default", tried)


def allow(reason: str, tried: list[str] | None = None) -> dict[str, Any]:
    return {"action": "allow", "status": 200, "reason": reason, "would": next(iter(tried or []), None)}


def deny(reason: str, tried: list[str] | None = None) -> dict[str, Any]:
    return {"action": "deny", "status": 403, "reason": reason, "would": next(iter(tried or []), None)}


def verdict(truth: Truth) -> dict[str, Any]:
    """The fields that are there, as DESIGN 3 names them."""
    letter = tier(truth)
    least, most = truth.score
    scored = letter in "CE"
    decided = decision(truth)
    would = decided.pop("would")
    fields = {
        **decided,
        "tier": letter,
        "ua_class": truth.agent.ua_class,
        "contact": truth.agent.contact,
        "client": truth.agent.claims if truth.is_verified else None,
        "subject": truth.session.subject,
        "session": None if truth.session.status == "none" else truth.session.status,
        "session_class": truth.session.rate_class,
        "browser_score_min": least if scored else None,
        "browser_score_max": most if scored else None,
        "labels": labels(truth),
        "provenance": None if truth.image.status == "none" else truth.image.status,
        "source": truth.image.source,
        "site": truth.image.site,
        "generator": truth.image.generator,
        "format": truth.image.format,
        "would": would,
    }
    return {name: value for name, value in fields.items() if value is not None}

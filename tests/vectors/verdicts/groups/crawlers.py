"""Crawlers: user agent and address together."""

from .build import case
from .model import BROWSER, CRAWLER, CRAWLER_WITH_CONTACT, LIBRARY, Agent, Truth

FIRST, LAST = "203.0.113.0", "203.0.113.15"


def add() -> None:
    for address in (FIRST, LAST, "::ffff:203.0.113.1", "2001:db8:b::", "2001:db8:b::ffff:ffff:ffff:ffff"):
        case("crawlers", f"the crawler from {address}", Truth(agent=CRAWLER, is_verified=True), ip=address)
    for address in ("203.0.112.255", "203.0.113.16", "2001:db8:b:1::", "2001:db8:a:ffff::1", "::1"):
        case("crawlers", f"its user agent from {address}", Truth(agent=CRAWLER), ip=address)
    for address in (FIRST, "2001:db8:b::7"):
        case("crawlers", f"a browser from {address}: the address alone is nothing", Truth(agent=BROWSER), ip=address)
        case("crawlers", f"a library from {address}: the address alone is nothing", Truth(agent=LIBRARY), ip=address)
    names()
    others()
    for truth, ip in ((Truth(agent=CRAWLER, is_verified=True), FIRST), (Truth(agent=CRAWLER), "192.0.3.7")):
        for path, kind in (("/sitemap.xml", "sitemap"), ("/robots.txt", "robots"), ("/keys", "page")):
            who = "the crawler" if truth.is_verified else "its impostor"
            asks = Truth(agent=truth.agent, is_verified=truth.is_verified, asks_for=kind)
            case("crawlers", f"{who} asks for {path}", asks, ip=ip, path=path)
    nobody = Truth(agent=CRAWLER, is_known=False)
    case("crawlers", "without an address nobody is verified and nobody an impostor", nobody, ip=None)


def names() -> None:
    contact = CRAWLER_WITH_CONTACT.contact
    for text, ua_class, who, claims in (
        ("EXAMPLEBOT/2.1", "other", None, "examplebot"),
        ("ExampleBot-Image/1.0", "other", None, "examplebot"),
        ("Mozilla/5.0 (compatible; examplebot/2.1)", "other", None, "examplebot"),
        ("notexamplebot/1.0", "other", None, "examplebot"),
        ("example-bot/2.1", "other", None, None),
        ("examplebo", "other", None, None),
        ("exampleb\u00f6t/2.1", "other", None, None),
        (f"examplebot/2.1 (+{contact})", "bot", contact, "examplebot"),
        ("examplebot/2.1 (ops@crawler.example.net)", "bot", "ops@crawler.example.net", "examplebot"),
        ("python-requests/2.32.3 examplebot", "library_default", None, "examplebot"),
        ("curl/8.5.0 examplebot", "cli", None, "examplebot"),
        (f"{BROWSER.text} examplebot/2.1", "other", None, "examplebot"),
        ("x/1 " + "a" * 1010 + "examplebot", "other", None, "examplebot"),
        ("x/1 " + "a" * 1011 + "examplebot", "other", None, None),
    ):
        agent = Agent(text, ua_class, who, claims)
        shown = text if len(text) < 100 else f"{text[:5]}… of {len(text)} bytes"
        inside = Truth(agent=agent, is_verified=claims is not None)
        case("crawlers", f"{shown!r} from its ranges", inside, ip=FIRST)
        case("crawlers", f"{shown!r} from elsewhere", Truth(agent=agent), ip="192.0.3.7")


def others() -> None:
    """Two crawlers, whose ranges overlap in 198.51.100.24/29."""
    both, theirs = "198.51.100.25", "192.0.0.1"
    other = Agent("OtherBot/1.0", "other", claims="otherbot")
    for name, ip, network, agent, is_verified in (
        ("the second crawler", theirs, "unknown", other, True),
        (
            "the second crawler by its second name",
            theirs,
            "unknown",
            Agent("Other-Crawler", "other", None, "otherbot"),
            True,
        ),
        ("the second crawler from the ranges of the first", FIRST, "unknown", other, False),
        ("the first crawler from the ranges of the second", theirs, "unknown", CRAWLER, False),
        ("the first crawler where ranges overlap", both, "cumulus", CRAWLER, True),
        ("the second crawler where ranges overlap", both, "cumulus", other, True),
        (
            "both names from the ranges of the first",
            FIRST,
            "unknown",
            Agent("otherbot examplebot", "other", None, "examplebot"),
            True,
        ),
        (
            "both names from the ranges of the second",
            theirs,
            "unknown",
            Agent("examplebot otherbot", "other", None, "otherbot"),
            True,
        ),
        (
            "both names where ranges overlap: the first of the policy",
            both,
            "cumulus",
            Agent("otherbot examplebot", "other", None, "examplebot"),
            True,
        ),
        (
            "both names from elsewhere: an impostor of the first of the policy",
            "192.0.3.7",
            "unknown",
            Agent("otherbot examplebot", "other", None, "examplebot"),
            False,
        ),
    ):
        case("crawlers", name, Truth(network, agent, is_verified=is_verified), ip=ip)

"""Tokens: algorithms, places, statuses, and what a session does to a verdict."""

from dataclasses import replace

from cases import tokens

from .build import case
from .model import BOT, BROWSER, LIBRARY, NOBODY, Session, Truth
from .signed import COOKIE, IN_FORCE, OVER, SESSION, session, token

IN = Truth(session=SESSION)
FUTURE = IN_FORCE - 1
FIRST, SECOND = token(account="1"), token("ed2026", account="2")
ONE, TWO = session("1"), session("2")
EXPIRED = token(exp=OVER)
FORGED = token("rs2026a", sign=lambda _: bytes(256))
FOREIGN = token("rs2026a", header={"alg": "RS256", "kid": "elsewhere"})


def add() -> None:
    for key, algorithm in tokens.ALG.items():
        case("sessions", f"{algorithm} by {key}", IN, headers={"cookie": f"sessionJwt={token(key)}"})
    for status, value in {
        "expired": EXPIRED,
        "not_yet": token(nbf=FUTURE),
        "wrong_issuer": token(iss="https://auth.example.net"),
        "wrong_audience": token(aud=["edge", "other"]),
        "unknown_key": FOREIGN,
        "bad_signature": FORGED,
        "malformed": "rubbish",
    }.items():
        truth = Truth(session=Session(status))
        case("sessions", f"{status} makes no session", truth, headers={"cookie": f"sessionJwt={value}"})
        name = f"{status} with a contact is D"
        case("sessions", name, replace(truth, agent=BOT), headers={"cookie": f"sessionJwt={value}"})
        name = f"{status} lifts no abusive network"
        case(
            "sessions",
            name,
            replace(truth, network="scrapers"),
            headers={"authorization": f"Bearer {value}"} if status != "malformed" else {"cookie": "sessionJwt=rubbish"},
        )
    claims()
    places()
    effects()


def claims() -> None:
    for name, found, changed in (
        ("an audience among others", SESSION, {"aud": ["a", "media"]}),
        ("no class", session(rate_class=None), {"rlc": ...}),
        ("a class that the policy does not list", session(rate_class=None), {"rlc": "steward"}),
        ("another class of the policy", session(rate_class="established-user"), {"rlc": "established-user"}),
        ("an account without a prefix", SESSION, {"sub": "42"}),
        ("another prefix, the same account", SESSION, {"sub": "oauth:42"}),
        ("an empty account", session(None), {"sub": "mw:CentralAuth::"}),
        ("no subject", session(None), {"sub": ...}),
        ("sxp in the place of exp", SESSION, {"exp": ..., "sxp": IN_FORCE}),
        ("exp before sxp, and it is over", Session("expired"), {"exp": OVER, "sxp": IN_FORCE}),
        ("exp before sxp, and it is not over", SESSION, {"exp": IN_FORCE, "sxp": OVER}),
        ("no expiry", Session("malformed"), {"exp": ...}),
        ("expiry as a text", Session("malformed"), {"exp": str(IN_FORCE)}),
        ("expiry in milliseconds", Session("malformed"), {"exp": IN_FORCE * 1000}),
        ("nbf that has come", SESSION, {"nbf": OVER}),
        ("no issuer", Session("wrong_issuer"), {"iss": ...}),
        ("no audience", Session("wrong_audience"), {"aud": ...}),
        ("over, and of another issuer: the time first", Session("expired"), {"exp": OVER, "iss": "x"}),
    ):
        case("sessions", f"claims: {name}", Truth(session=found), headers={"cookie": f"sessionJwt={token(**changed)}"})


def places() -> None:
    for name, found, parts in (
        ("a bearer token", ONE, {"headers": {"authorization": f"Bearer {FIRST}"}}),
        ("a scheme in small letters", ONE, {"headers": {"authorization": f"bearer {FIRST}"}}),
        ("a token of the query", ONE, {"query": f"a=b&token={FIRST}&c=d"}),
        ("the second cookie of the policy", ONE, {"headers": {"cookie": f"a=b; otherJwt={FIRST}"}}),
        ("a quoted cookie", ONE, {"headers": {"cookie": f'sessionJwt="{FIRST}"'}}),
        (
            "a bearer before a cookie",
            ONE,
            {"headers": {"authorization": f"Bearer {FIRST}", "cookie": f"sessionJwt={SECOND}"}},
        ),
        ("a cookie before the query", ONE, {"headers": {"cookie": f"otherJwt={FIRST}"}, "query": f"token={SECOND}"}),
        (
            "an opaque bearer hides no cookie",
            TWO,
            {"headers": {"authorization": "Bearer ya29.a0", "cookie": f"sessionJwt={SECOND}"}},
        ),
        (
            "basic authorization hides no cookie",
            TWO,
            {"headers": {"authorization": "Basic YTpi", "cookie": f"sessionJwt={SECOND}"}},
        ),
        (
            "a bearer of another service hides no cookie",
            TWO,
            {"headers": {"authorization": f"Bearer {FOREIGN}", "cookie": f"sessionJwt={SECOND}"}},
        ),
        ("an old cookie hides no good one", TWO, {"headers": {"cookie": f"sessionJwt={EXPIRED}; sessionJwt={SECOND}"}}),
        (
            "a forged cookie ends the search",
            Session("bad_signature"),
            {"headers": {"cookie": f"sessionJwt={FORGED}; sessionJwt={SECOND}"}},
        ),
        (
            "a fourth value is looked at",
            TWO,
            {"headers": {"cookie": f"sessionJwt=a; sessionJwt=b; sessionJwt=c; sessionJwt={SECOND}"}},
        ),
        (
            "a fifth is not",
            Session("malformed"),
            {"headers": {"cookie": f"sessionJwt=a; sessionJwt=b; sessionJwt=c; sessionJwt=d; sessionJwt={SECOND}"}},
        ),
        ("deleted is none", Session(), {"headers": {"cookie": "sessionJwt=deleted"}}),
        ("empty is none", Session(), {"headers": {"cookie": "sessionJwt="}}),
        ("a cookie of another name", Session(), {"headers": {"cookie": f"xsessionJwt={FIRST}; SessionJwt={FIRST}"}}),
        ("an escaped token", Session("malformed"), {"query": f"token={FIRST.replace('.', '%2E')}"}),
        (
            "a token in a header of no policy",
            Session(),
            {"headers": {"x-session-token": FIRST, "proxy-authorization": f"Bearer {FIRST}"}},
        ),
        (
            "of two authorizations the first counts",
            Session(),
            {"headers": {"authorization": ["Basic YTpi", f"Bearer {FIRST}"]}},
        ),
        (
            "of two bearers the first counts",
            Session("expired"),
            {"headers": {"authorization": [f"Bearer {EXPIRED}", f"Bearer {FIRST}"]}},
        ),
        ("of two Cookie lines the first counts", Session(), {"headers": {"cookie": ["a=b", f"sessionJwt={FIRST}"]}}),
    ):
        case("sessions", f"place: {name}", Truth(session=found), **parts)


def effects() -> None:
    """A session passes every filter; it opens sitemaps; it changes nothing for A and B."""
    for what, agent in (("a library", LIBRARY), ("no user agent", NOBODY), ("a bot", BOT), ("a browser", BROWSER)):
        case("sessions", f"{what} with a session", replace(IN, agent=agent), headers=COOKIE)
        sitemap = replace(IN, agent=agent, asks_for="sitemap")
        case("sessions", f"{what} with a session reads a sitemap", sitemap, path="/sitemap.xml", headers=COOKIE)
    for network in ("scrapers", "botnet", "suspects", "feed", "cumulus", "office", "private"):
        case(
            "sessions",
            f"a library with a session from {network}",
            replace(IN, network=network, agent=LIBRARY),
            headers=COOKIE,
        )
    hotlink = replace(IN, is_hotlink=True)
    foreign = {**COOKIE, "referer": "https://gallery.example.com/"}
    case("sessions", "a session meets no rule for images", hotlink, path="/wikipedia/a.jpg", headers=foreign)

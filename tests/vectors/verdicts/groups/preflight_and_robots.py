"""What is never staged: CORS preflights; and never refused: robots.txt."""

from itertools import product

from .build import case
from .model import APP, BOT, BROWSER, CURL, KINDS, LIBRARY, MEDIAWIKI, NOBODY, Truth
from .signed import SEALED

ASKS = {"origin": "https://en.example.org", "access-control-request-method": "GET"}
AGENTS = {
    "a browser": BROWSER,
    "a library": LIBRARY,
    "nobody": NOBODY,
    "curl": CURL,
    "MediaWiki": MEDIAWIKI,
    "a bot": BOT,
    "an app": APP,
}


def add() -> None:
    file = "preflight-and-robots"
    for network, (what, agent) in product(("unknown", "office", "scrapers", "suspects", "cumulus"), AGENTS.items()):
        truth = Truth(network, agent, asks_for="preflight")
        case(file, f"a preflight of {what} from {network}", truth, method="OPTIONS", headers=ASKS, path="/w/api.php")
    for what, parts in {
        "no Origin": {"method": "OPTIONS", "headers": {"access-control-request-method": "GET"}},
        "no method that is asked for": {"method": "OPTIONS", "headers": {"origin": "https://en.example.org"}},
        "an empty Origin": {"method": "OPTIONS", "headers": {**ASKS, "origin": ""}},
        "an empty method that is asked for": {
            "method": "OPTIONS",
            "headers": {**ASKS, "access-control-request-method": " "},
        },
        "GET": {"method": "GET", "headers": ASKS},
        "POST": {"method": "POST", "headers": ASKS},
        "options in small letters": {"method": "options", "headers": ASKS},
    }.items():
        case(file, f"no preflight: {what}", Truth(agent=LIBRARY), path="/w/api.php", **parts)
    forged = Truth(agent=LIBRARY, asks_for="preflight", image=SEALED.image("forged"))
    query = SEALED.query.replace(f".{SEALED.ts}.", f".{SEALED.ts + 1}.")
    case(
        file,
        "a preflight for a forged seal",
        forged,
        method="OPTIONS",
        host=SEALED.host,
        path=SEALED.path,
        query=query,
        headers=ASKS,
    )
    for network, (what, agent) in product(
        KINDS, {"a browser": BROWSER, "a library": LIBRARY, "nobody": NOBODY}.items()
    ):
        truth = Truth(network, agent, asks_for="robots")
        case(file, f"robots.txt for {what} from {network}", truth, path="/robots.txt")
    case(file, "robots.txt by HEAD", Truth("scrapers", asks_for="robots"), path="/robots.txt", method="HEAD")
    case(
        file,
        "robots.txt for an address that is not known",
        Truth(agent=NOBODY, is_known=False, asks_for="robots"),
        ip=None,
        path="/robots.txt",
    )
    for path in (
        "/robots.txt/",
        "//robots.txt",
        "/Robots.txt",
        "/ROBOTS.TXT",
        "/x/robots.txt",
        "/robots.txt;x",
        "/robots.txt%00",
        "/robots%2etxt",
        "/./robots.txt",
        "/robots.txt/../sitemap",
        "/robots.txtx",
        "/robots",
        "/w/../robots.txt",
    ):
        case(file, f"{path} is not robots.txt", Truth("scrapers"), path=path)
    for method in ("POST", "PUT", "OPTIONS", "get", "TRACE"):
        case(file, f"robots.txt by {method}", Truth("scrapers"), path="/robots.txt", method=method)
    for query in ("", "x=1", "title=x", "/../"):
        case(file, f"robots.txt with the query {query!r}", Truth(agent=NOBODY), path="/robots.txt", query=query)

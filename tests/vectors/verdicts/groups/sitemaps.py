"""What is a sitemap, however it is spelled, and who may read it."""

from itertools import product

from .build import case
from .model import BOT, BROWSER, CRAWLER, KINDS, LIBRARY, NOBODY, Truth

SITEMAPS = [
    "/sitemap.xml",
    "/sitemap-enwiki-NS_0-12.xml",
    "/sitemap/index.xml",
    "/sitemap_index.xml",
    "/w/rest.php/site/v1/sitemap/0",
    "/w/rest.php/site/v1/sitemap/0/page/3",
    "/w/rest.php/site/v1/sitemap/",
    "/w/rest.php/site/v1/sitemap",
    "//sitemap.xml",
    "///sitemap.xml",
    "/./sitemap.xml",
    "/.//./sitemap.xml",
    "/sitemap.xml/",
    "/sitemap.xml//",
    "/sitemap.xml/x",
    "/w//rest.php/site///v1/sitemap//0",
    "/w/rest.php//site/v1/sitemap/0",
    "/w/./rest.php/site/v1/sitemap/0",
    "/\\sitemap.xml",
    "/w\\rest.php\\site/v1/sitemap/0",
    "/%5Csitemap.xml",
    "/%2Fsitemap.xml",
    "/%2fsitemap.xml",
    "/w%2frest.php%2Fsite/v1/sitemap/0",
    "/w/rest.php/site/v1%2Fsitemap%2F0",
    "/%73itemap.xml",
    "/sitemap%2exml",
    "/sitemap%2Exml",
    "/%73%69%74%65%6D%61%70.%78%6d%6C",
    "/%2573itemap.xml",
    "/sitemap%252exml",
    "/%252573itemap.xml",
    "/w/%72est.php/site/v1/sitemap/0",
    "/SITEMAP.XML",
    "/Sitemap.xml",
    "/sItEmAp.XmL",
    "/W/REST.PHP/SITE/V1/SITEMAP/0",
    "/%53ITEMAP.xml",
    "/x/../sitemap.xml",
    "/x/y/../../sitemap.xml",
    "/x/%2e%2e/sitemap.xml",
    "/x/%252e%252e/sitemap.xml",
    "/x/..%2fsitemap.xml",
    "/x%2f..%2fsitemap.xml",
    "/x%252f..%252fsitemap.xml",
    "/x\\..\\sitemap.xml",
    "/x/..%5csitemap.xml",
    "/x/..;/sitemap.xml",
    "/x/..;a=b/sitemap.xml",
    "/x/..%3b/sitemap.xml",
    "/w/rest.php/site/v1/x/../sitemap/0",
    "/w/x/../rest.php/site/v1/sitemap/0",
    "/.;/sitemap.xml",
    "/;x=y/sitemap.xml",
    "/;/sitemap.xml",
    "/sitemap.xml;jsessionid=1",
    "/sitemap.xml%3bjsessionid=1",
    "/sitemap.xml;",
    "/sitemap.xml%00",
    "/sitemap.xml%00.jpg",
    "/sitemap.xml%20",
    "/sitemap.xml%3f",
    "/sitemap.xml%23",
    "/sitemap.xml.gz",
    "/sitemap.xml:stream",
    "/sitemap.xml.",
]
OTHERS = [
    "/",
    "/wiki/Sitemap",
    "/wiki/sitemap.xml",
    "/wiki/Sitemap.xml_(disambiguation)",
    "/sitemap",
    "/sitemap.xmlish",
    "/sitemap-of-london",
    "/xsitemap.xml",
    "/w/rest.php/v1/page/Sitemap",
    "/w/rest.php/site/v1/sitemaps",
    "/w/index.php",
    "/wiki/AC%2FDC",
    "/wiki/...And_Justice_for_All",
    "/wiki/100%25",
    "/wiki/../w/load.php",
    "/site-map.xml",
    "/s%69te.xml",
    "/wiki/Sitemap%2Exml",
]


def add() -> None:
    for path in SITEMAPS:
        case("sitemaps", f"{path} is a sitemap", Truth(asks_for="sitemap"), path=path)
    for path in (
        "\\sitemap.xml",
        "\\\\sitemap.xml",
        "http://en.example.org/sitemap.xml",
        "/sitemap.xml\x00",
        "/\tsitemap/../sitemap.xml",
    ):
        case("sitemaps", f"{path!r} is a sitemap", Truth(asks_for="sitemap"), path=path, http=False)
    for path in OTHERS:
        case("sitemaps", f"{path} is none", Truth(), path=path)
    for path in ("/sitemap.xml", "/w/rest.php/site/v1/sitemap/0"):
        for query in ("", "a=b", "title=robots.txt", "/robots.txt"):
            case("sitemaps", f"{path} with the query {query!r}", Truth(asks_for="sitemap"), path=path, query=query)
        for method in ("HEAD", "POST", "PROPFIND", "get"):
            case("sitemaps", f"{path} by {method}", Truth(asks_for="sitemap"), path=path, method=method)
    case("sitemaps", "a sitemap's name in a query is none", Truth(), path="/w/index.php", query="title=/sitemap.xml")
    agents = {"a browser": BROWSER, "a bot": BOT, "a library": LIBRARY, "nobody": NOBODY, "an impostor": CRAWLER}
    for network, (what, agent) in product(KINDS, agents.items()):
        truth = Truth(network, agent, asks_for="sitemap")
        case("sitemaps", f"{what} from {network} asks for a sitemap", truth, path="/sitemap.xml")
    for network in ("unknown", "cumulus", "feed", "scrapers"):
        truth = Truth(network, CRAWLER, is_verified=True, asks_for="sitemap")
        case("sitemaps", f"the crawler from {network} asks for a sitemap", truth, path="/sitemap.xml")
    preflight = {"origin": "https://example.org", "access-control-request-method": "GET"}
    case(
        "sitemaps",
        "a preflight for a sitemap",
        Truth(asks_for="sitemap"),
        path="/sitemap.xml",
        method="OPTIONS",
        headers=preflight,
    )

"""Who is exempt from a stage, and from nothing else."""

from .build import UPLOAD, at_all_times, case
from .model import (
    BEFORE,
    BEFORE_THE_END,
    BROWSER,
    CURL,
    FIRST_STAGE,
    LAST_STAGE,
    LIBRARY,
    MEDIAWIKI,
    NOBODY,
    NOW,
    THE_END,
    Truth,
)

BASIC = {"authorization": "Basic YTpi"}
DISGUISED = [
    "/keys/../wiki/Main_Page",
    "/keys/./x",
    "/keys/..",
    "/keys//x",
    "//keys",
    "/keys/%2e%2e/x",
    "/keys/%2E%2E/x",
    "/keys/..%2fx",
    "/keys/..%2Fx",
    "/keys/..%5cx",
    "/keys/x%00",
    "/keys/%252e%252e/x",
    "/keys/..%252fx",
    "/keys/..%255cx",
    "/keys/..;/x",
    "/keys/..;a=b/x",
    "/keys/..%3b/x",
    "/keys/.;/x",
    "/keys\\..\\x",
    "/keys/\\x",
]
OTHER_PATHS = ["/keysx", "/KEYS", "/key", "/x/keys", "/keys%2F1", "/keys.txt", "/"]
KEYS = [
    "/keys",
    "/keys/",
    "/keys/7",
    "/keys/a/b",
    "/%6beys",
    "/ke%79s/7",
    "/keys/a..b",
    "/keys/...",
    "/keys/a;b=c",
    "/keys/%C3%A9",
]


def add() -> None:
    exempt = Truth(agent=LIBRARY, exemption="keys")
    for path in KEYS:
        case("exemptions", f"exempt path {path}", exempt, path=path)
    for path in [*DISGUISED, *OTHER_PATHS]:
        case("exemptions", f"path {path} is not exempt", Truth(agent=LIBRARY), path=path)
    case("exemptions", "exempt path with a query", exempt, path="/keys", query="a=/../b")
    case("exemptions", "exempt method HEAD", exempt, path="/keys", method="HEAD")
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "get", "Get"):
        case("exemptions", f"method {method} is not exempt", Truth(agent=LIBRARY), path="/keys", method=method)
    classes()
    hosts()
    at_times()
    for network in ("scrapers", "office"):
        truth = Truth(network, LIBRARY)
        case("exemptions", f"an exemption changes nothing for {network}", truth, path="/keys")
    tried = Truth("suspects", LIBRARY, exemption="keys")
    case("exemptions", "where a network is tried, that is told and not the exemption", tried, path="/keys")
    sitemap = Truth("feed", LIBRARY, exemption="feed", asks_for="sitemap")
    case("exemptions", "an exemption opens no sitemap", sitemap, path="/sitemap.xml", depends_on_time=True)
    hotlink = Truth(agent=LIBRARY, exemption="build_server", is_hotlink=True)
    parts = {"path": "/wikipedia/a.jpg", "headers": {**BASIC, "referer": "https://gallery.example.com/"}}
    case("exemptions", "an exemption lifts no rule for images", hotlink, host="ci.example.org", **parts)


def classes() -> None:
    for agent in (NOBODY, CURL, MEDIAWIKI):
        case("exemptions", f"{agent.ua_class} on an exempt path", Truth(agent=agent, exemption="keys"), path="/keys")
        case(
            "exemptions",
            f"{agent.ua_class} is not exempt as a library is",
            Truth(agent=agent),
            host="review.example.org",
        )
    case("exemptions", "a browser is not called exempt", Truth(agent=BROWSER, exemption="keys"), path="/keys")
    case(
        "exemptions", "a class is exempt on a host", Truth(agent=LIBRARY, exemption="review"), host="review.example.org"
    )
    both = Truth(agent=LIBRARY, exemption="keys")
    case("exemptions", "of two that hold the first is told", both, host="review.example.org", path="/keys")


def hosts() -> None:
    exempt = Truth(agent=LIBRARY, exemption="build_server")
    for host in (
        "ci.example.org",
        "CI.Example.ORG",
        "ci.example.org:8443",
        "a.ci.example.org",
        "a.b.ci.example.org:80",
    ):
        case("exemptions", f"exempt host {host}", exempt, host=host, headers=BASIC)
    for host in (
        "xci.example.org",
        "ci.example.org.evil.example",
        "ci.example.com",
        "example.org",
        ".ci.example.org",
        ".ci.example.orgx",
        UPLOAD,
    ):
        case("exemptions", f"host {host} is not exempt", Truth(agent=LIBRARY), host=host, headers=BASIC)
    for headers in (
        {},
        {"authorization": ""},
        {"authorization": "  "},
        {"proxy-authorization": "Basic YTpi"},
        {"x-authorization": "x"},
    ):
        case(
            "exemptions",
            f"exempt host with {headers} is not exempt",
            Truth(agent=LIBRARY),
            host="ci.example.org",
            headers=headers,
        )
    case(
        "exemptions",
        "a header in other letters",
        exempt,
        host="ci.example.org",
        headers={"AUTHORIZATION": "Basic YTpi"},
    )


def at_times() -> None:
    feed = Truth("feed", LIBRARY, exemption="feed")
    when = {
        BEFORE: "before any stage",
        FIRST_STAGE: "in its stage",
        LAST_STAGE: "in its last stage",
        NOW: "long after",
        BEFORE_THE_END: "before its end",
    }
    at_all_times("exemptions", "an exempt network", feed, when)
    at_all_times(
        "exemptions", "an exempt network", Truth("feed", LIBRARY), {THE_END: "in the first instant beyond its end"}
    )
    at_all_times(
        "exemptions",
        "an exempt path, for ever",
        Truth(agent=LIBRARY, exemption="keys"),
        {BEFORE: "before", THE_END: "later"},
        path="/keys",
    )

"""Seals: what a URL proves, and what follows."""

from dataclasses import replace

from .build import UPLOAD, WIKI, case
from .model import BOT, BROWSER, CURL, LIBRARY, Image, Truth
from .signed import COOKIE, IN_FORCE, OF_FILE, OVER, PATH, SEALED, SESSION, SHARE, THUMB

WIDER = THUMB.replace("120px-", "250px-")
API = replace(SEALED, generator="api")
FOREIGN = {"referer": "https://gallery.example.com/page"}


def add() -> None:
    def image(
        name: str, truth: Truth, path: str = PATH, query: str | None = None, host: str = UPLOAD, **parts: object
    ) -> None:
        case("images", name, truth, host=host, path=path, query=query, **parts)

    valid, forged = Truth(image=SEALED.image("valid")), Truth(image=SEALED.image("forged"))
    image("no provenance", Truth())
    image("sealed for the path", valid, query=SEALED.query)
    image("by the second key", valid, query=replace(SEALED, kid="k2").query)
    image("of another source", Truth(image=API.image("valid", "api")), query=API.query)
    for path in (PATH, THUMB, WIDER):
        image(f"sealed for the file, asked for {path}", valid, path, OF_FILE.query)
    for path in (THUMB, "/wikipedia/commons/b/b9/Other.jpg", PATH + "/", PATH.lower(), "/" + PATH):
        image(f"sealed for another path than {path}", forged, path, SEALED.query)
    for path in (
        "/wikipedia/commons/b/b9/Other.jpg",
        "/wikipedia/commons/thumb/a/a9/Other.jpg/120px-Other.jpg",
        "/wikipedia/commons/thumb/a/a9/Example.jpg/../../../b/b9/Other.jpg",
    ):
        image(f"sealed for another file than {path}", forged, path, OF_FILE.query)
    image("an escaped unreserved character is that character", valid, PATH.replace("E", "%45"), SEALED.query)
    image("host in capitals, with a port", valid, host="UPLOAD.example.org:443", query=SEALED.query)
    below = replace(SEALED, host="a.media.example.org")
    image("a host below", valid, host=below.host, query=below.query)
    image("of another host", forged, host=below.host, query=SEALED.query)
    for host in (WIKI, "media.example.org", "upload.example.org.evil.example"):
        image(f"no host of ours, {host}", Truth(), host=host, query=SEALED.query)
    queries(image)
    rules(image)


def queries(image) -> None:
    def changed(what: str, **new: str) -> None:
        old, seen = SEALED.query, replace(SEALED, **new)
        query = seen.query.rpartition("=")[0] + "=" + SEALED.seal
        source = "web" if seen.generator == "parser" else "api"
        assert query != old
        image(f"{what} changed after sealing", Truth(image=seen.image("forged", source)), query=query)

    changed("the site", site="de.wikipedia.org")
    changed("the generator", generator="api")
    changed("the format", format="thumbnail")
    later = SEALED.query.replace(f".{SEALED.ts}.", f".{SEALED.ts + 86_400}.")
    image("the time changed after sealing", Truth(image=SEALED.image("forged")), query=later)
    image(
        "a key that is not held",
        Truth(image=SEALED.image("unknown_key")),
        query=SEALED.query.replace("1e.k1.", "1e.k9."),
    )
    early = replace(SEALED, ts=IN_FORCE)
    image("ahead of its time", Truth(image=early.image("early")), query=early.query)
    nobodys = replace(SEALED, generator="unheard_of")
    image("a generator of no source", Truth(image=nobodys.image("stale", "unknown")), query=nobodys.query)
    unsigned = SEALED.query.rpartition("&")[0]
    image("unsigned", Truth(image=SEALED.image("unsigned")), query=unsigned)
    image(
        "unsigned, the site alone",
        Truth(image=Image("unsigned", None, "en.wikipedia.org")),
        query="utm_source=en.wikipedia.org",
    )
    image(
        "unsigned, a generator of no source",
        Truth(image=Image("unsigned", "unknown", None, "x")),
        query="utm_campaign=x",
    )
    malformed = Truth(image=Image("malformed"))
    seal = SEALED.seal
    for what, value in {
        "empty": "",
        "of another version": "2" + seal[1:],
        "of another scope": "1x" + seal[2:],
        "cut": seal[:-1],
        "with padding": seal + "==",
        "with more behind it": seal + "A",
        "with spare bits set": seal[:-1] + chr(ord(seal[-1]) + 1),
        "with a time of 13 digits": seal.replace(f".{SEALED.ts}.", ".1000000000000."),
        "with a leading zero": seal.replace(".1754", ".01754"),
        "with a negative time": seal.replace(".1754", ".-1754"),
        "with spaces": f"+{seal}",
    }.items():
        image(f"a seal {what}", malformed, query=SEALED.query.replace(seal, value))
    image("a seal given twice", malformed, query=f"{SEALED.query}&utm_term={seal}")
    image("a site given twice", malformed, query=f"{SEALED.query}&utm_source=en.wikipedia.org")
    image("a site with a line feed", malformed, query=SEALED.query.replace("utm_source=en", "utm_source=en%0A"))
    more = Truth(image=SEALED.image("valid"), is_alone=False)
    for query in (f"a=b&{SEALED.query}&c", f"{SEALED.query}&utm_medium=x", f"{SEALED.query}&download"):
        image(f"more than the image is asked for: {query[:3]}…{query[-12:]}", more, query=query)
    for method in ("POST", "PUT", "OPTIONS", "get"):
        image(f"by {method}", more, query=SEALED.query, method=method)
    image("by HEAD", replace(more, is_alone=True), query=SEALED.query, method="HEAD")
    image(
        "a parameter's name escaped",
        Truth(image=SEALED.image("valid")),
        query=SEALED.query.replace("utm_term", "utm%5Fterm"),
    )
    image(
        "an ampersand of HTML",
        Truth(image=Image("unsigned", None, "en.wikipedia.org")),
        query=SEALED.query.replace("&", "&amp;"),
    )


def rules(image) -> None:
    over = replace(SHARE, ts=OVER)
    stale = Truth(image=over.image("stale", "share"))
    image("a share that is over is refused", stale, query=over.query)
    image("a share that is over, with a session", replace(stale, session=SESSION), query=over.query, headers=COOKIE)
    image("a share that is over, from a trusted network", replace(stale, network="office"), query=over.query)
    valid, forged, malformed = (
        Truth(image=SEALED.image("valid")),
        Truth(image=SEALED.image("forged")),
        Truth(image=Image("malformed")),
    )
    bad, broken = SEALED.query.replace("original", "thumbnail"), SEALED.query.replace(SEALED.seal, "x")
    forged = replace(forged, image=replace(SEALED, format="thumbnail").image("forged"))
    for what, change in {
        "a library": {"agent": LIBRARY},
        "curl": {"agent": CURL},
        "a bot": {"agent": BOT},
        "a browser of scrapers": {"network": "scrapers"},
        "a browser of suspects": {"network": "suspects"},
        "a browser of the office": {"network": "office"},
    }.items():
        image(f"a valid seal of {what}", replace(valid, **change), query=SEALED.query)
        image(f"a forged seal of {what}", replace(forged, **change), query=bad)
        image(f"a malformed seal of {what}", replace(malformed, **change), query=broken)
    exempt = replace(valid, network="feed", agent=LIBRARY, exemption="feed")
    image("an exemption is told and not the seal", exempt, query=SEALED.query, depends_on_time=True)
    hotlink = Truth(agent=BROWSER, is_hotlink=True)
    for referer in (
        "https://gallery.example.com/page",
        "http://example.org.evil.example/",
        "https://example.org@evil.example/",
        "https://evil.example:x@www.example.org/",
        "https://evil.example\\@example.org/",
        "android-app://com.example/",
        "example.org",
        "//example.org/",
        "https://xexample.org/",
    ):
        image(f"embedded by {referer}", hotlink, headers={"referer": referer})
    for referer in (
        "https://example.org/a",
        "HTTPS://EN.Example.Org:8443",
        "https://en.example.org?x",
        "http://a.b.example.org/",
        "",
    ):
        image(f"embedded by {referer or 'nobody'}", Truth(), headers={"referer": referer})
    image("a valid seal in a foreign page", valid, query=SEALED.query, headers=FOREIGN)
    image(
        "unsigned in a foreign page",
        replace(hotlink, image=SEALED.image("unsigned")),
        query=SEALED.query.rpartition("&")[0],
        headers=FOREIGN,
    )
    image("a page in a foreign page", Truth(), "/wiki/Main_Page", headers=FOREIGN)
    image("a picture of another kind in a foreign page", Truth(), "/wikipedia/a.png", headers=FOREIGN)
    image("a path that resembles an image pays as one", hotlink, "/wikipedia/..%2fb.jpg", headers=FOREIGN)

"""X-Forwarded-For: from whom it counts, and whose address it tells."""

from typing import Any

from .build import case
from .model import CRAWLER, LIBRARY, Truth

PROXY, OTHER_PROXY, LOCAL = "10.0.1.1", "10.0.1.2", "127.0.0.1"
OFFICE, SCRAPER, CLOUD, NOBODY = "192.0.2.1", "203.0.113.200", "198.51.100.7", "192.0.3.7"
LOST = Truth(is_known=False)


def add() -> None:
    def told(name: str, truth: Truth, lines: Any, ip: str = PROXY, **parts: Any) -> None:
        headers = {"x-forwarded-for": lines}
        case("forwarded", name, truth, ip=ip, headers=headers, **parts)

    case("forwarded", "a trusted proxy that names nobody", LOST, ip=PROXY)
    case("forwarded", "the own machine that speaks for nobody", Truth(), ip=LOCAL)
    for network, address in {
        "office": OFFICE,
        "scrapers": SCRAPER,
        "cumulus": CLOUD,
        "feed": "198.51.100.70",
        "suspects": "203.0.113.64",
        "unknown": NOBODY,
        "private": "10.77.0.1",
    }.items():
        told(f"a trusted proxy speaks for {network}", Truth(network), address)
        told(f"the own machine speaks for {network}", Truth(network), address, LOCAL)
    for what, address in {
        "with a port": f"{SCRAPER}:443",
        "in IPv6": "2001:db8:bad::7",
        "in IPv6 with a port": "[2001:db8:bad::7]:443",
        "in brackets": "[2001:db8:bad::7]",
        "mapped": f"::ffff:{SCRAPER}",
        "in capitals": "2001:DB8:BAD::7",
        "behind spaces": f"   {SCRAPER}  ",
        "behind a tab": f"{NOBODY},\t{SCRAPER}",
    }.items():
        told(f"an address {what}", Truth("scrapers"), address)
    told("a mapped proxy", Truth("scrapers"), SCRAPER, f"::ffff:{PROXY}")
    chains = {
        "what stands left of the client is not read": ("scrapers", f"{OFFICE}, {SCRAPER}"),
        "behind two proxies": ("scrapers", f"{SCRAPER}, {OTHER_PROXY}"),
        "behind two proxies, with a forged address": ("scrapers", f"{OFFICE}, {SCRAPER}, {OTHER_PROXY}"),
        "a forged proxy in front of the client": ("scrapers", f"{PROXY}, {SCRAPER}"),
        "nonsense left of the client": ("scrapers", f"unknown, , ;drop, {SCRAPER}"),
        "all are proxies: the leftmost": ("load_balancers", f"{OTHER_PROXY}, 10.0.1.3"),
        "an internal network that is no proxy ends the walk": ("private", f"{OFFICE}, 10.0.2.1"),
        "no space behind the comma": ("scrapers", f"{OFFICE},{SCRAPER},{OTHER_PROXY}"),
    }
    for name, (network, line) in chains.items():
        told(name, Truth(network), line)
    told("lines are one list", Truth("scrapers"), [OFFICE, SCRAPER])
    told("lines are one list, with proxies at its end", Truth("scrapers"), [f"{OFFICE}, {SCRAPER}", OTHER_PROXY])
    for what in (
        "unknown",
        "_hidden",
        "",
        "example.org",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.1/32",
        "192.0.02.1",
        "0xC0000201",
        "3221225985",
        '"192.0.2.1"',
        "for=192.0.2.1",
        "fe80::1%eth0",
        "192.0.2.1:",
        "192.0.2.1:http",
        "192.0.2.1:99999",
        "[192.0.2.1]",
        "[2001:db8:1::1",
        "2001:db8:1::1]:443",
        "192.0.2.1 192.0.2.2",
    ):
        told(f"{what!r} is nobody", LOST, f"{OFFICE}, {what}")
        told(f"{what!r} alone is nobody", LOST, what)
    told("an empty entry at the end", LOST, f"{OFFICE},")
    told("a proxy's own address counts for nothing behind nonsense", LOST, f"{OFFICE}, unknown, {OTHER_PROXY}")
    for peer, network in ((NOBODY, "unknown"), (SCRAPER, "scrapers"), (CLOUD, "cumulus"), ("10.0.2.1", "private")):
        told(f"{network} is no proxy, whatever it says", Truth(network), OFFICE, peer)
        told(f"{network} says that a proxy stands behind it", Truth(network), f"{OFFICE}, {PROXY}", peer)
    thirty = ", ".join([OTHER_PROXY] * 30)
    told("32 entries are read", Truth("scrapers"), f"{SCRAPER}, {OTHER_PROXY}, {thirty}")
    told("33 are not", LOST, f"{OFFICE}, {OTHER_PROXY}, {OTHER_PROXY}, {thirty}")
    told("four lines are read", Truth("scrapers"), [SCRAPER, *[OTHER_PROXY] * 3], http=False)
    told("where a fifth line would be needed, nobody is known", LOST, [OFFICE, *[OTHER_PROXY] * 4], http=False)
    told("a fifth line that is not needed is no matter", Truth("scrapers"), [*[OFFICE] * 4, SCRAPER], http=False)
    told("a library behind a proxy", Truth("cumulus", LIBRARY), CLOUD)
    told("a crawler behind a proxy", Truth("unknown", CRAWLER, is_verified=True), "203.0.113.1")
    told("its impostor behind a proxy", Truth("unknown", CRAWLER), NOBODY)
    told("a crawler that a stranger speaks for", Truth("unknown", CRAWLER), "203.0.113.1", NOBODY)
    told("a crawler behind a proxy that lost it", Truth(agent=CRAWLER, is_known=False), "203.0.113.1, unknown")
    for header in ("x-real-ip", "forwarded", "x-client-ip", "true-client-ip", "x-originating-ip", "cf-connecting-ip"):
        value = "for=192.0.2.1" if header == "forwarded" else OFFICE
        case("forwarded", f"{header} is nobody's word", Truth("scrapers"), headers={header: value})
        name = f"{header} is nobody's word, also from a proxy"
        case("forwarded", name, LOST, ip=PROXY, headers={header: value})

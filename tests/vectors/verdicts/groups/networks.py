"""The longest prefix, its ends, and what a user agent changes."""

from itertools import product

from .build import ADDRESSES, case
from .model import APP, BOT, BROWSER, CURL, KINDS, LIBRARY, MEDIAWIKI, NOBODY, Truth

EDGES = {
    "office": ["192.0.2.0", "192.0.2.127", "2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff", "::ffff:192.0.2.1"],
    "private": ["10.0.0.0", "10.0.0.255", "10.0.1.16", "10.255.255.255", "fd00::1", "fdff:ffff::1"],
    "load_balancers": ["10.0.1.0", "10.0.1.15", "::ffff:10.0.1.1"],
    "cumulus": ["198.51.100.0", "198.51.100.63", "198.51.100.80", "198.51.100.191", "2001:db8:c::", "2001:db8:c:f::1"],
    "feed": ["198.51.100.64", "198.51.100.79"],
    "scrapers": ["203.0.113.128", "203.0.113.255", "2001:db8:bad::1", "::ffff:203.0.113.128"],
    "botnet": ["198.51.100.192", "198.51.100.255"],
    "suspects": ["203.0.113.64", "203.0.113.127"],
    "unknown": [
        "192.0.2.128",
        "192.0.1.255",
        "2001:db8:2::",
        "2001:db8:0:ffff::1",
        "9.255.255.255",
        "11.0.0.0",
        "fc00::1",
        "fe00::1",
        "198.51.99.255",
        "198.51.101.0",
        "2001:db8:d::",
        "203.0.113.63",
        "203.0.114.0",
        "2001:db8:bac::1",
        "127.0.0.2",
        "::1",
        "0.0.0.0",
        "255.255.255.255",
    ],
}
AGENTS = {
    "a browser": BROWSER,
    "a library": LIBRARY,
    "no user agent": NOBODY,
    "curl": CURL,
    "MediaWiki": MEDIAWIKI,
    "an app": APP,
    "a bot": BOT,
}


def add() -> None:
    for network, addresses in EDGES.items():
        for address in addresses:
            case("networks", f"{address} is of {network}", Truth(network), ip=address)
    for network, (what, agent) in product(KINDS, AGENTS.items()):
        # The exemption of the feed ends.
        exemption = "feed" if network == "feed" else None
        truth = Truth(network, agent, exemption=exemption)
        case("networks", f"{what} from {network}", truth, ip=ADDRESSES[network][0], depends_on_time=bool(exemption))
    for what, agent in AGENTS.items():
        case("networks", f"{what} from an address that is not known", Truth(agent=agent, is_known=False), ip=None)

"""The pass lifts from F to E, and does nothing else."""

from .build import at_all_times, case
from .model import BEFORE_THE_END, BOT, BROWSER, CURL, LIBRARY, NOBODY, NOW, THE_END, Truth
from .signed import COOKIE, SESSION

HOST, OLD, GOOD = "en.beta.example.org", "GoodFriend=1", "GoodFriend=tulip-42-moss"
LIFTED, SHUT = Truth("scrapers", has_pass=True), Truth("scrapers")


def add() -> None:
    def sent(name: str, truth: Truth, cookie: object, host: str = HOST, **parts: object) -> None:
        case("cookie-passes", name, truth, host=host, headers={"cookie": cookie}, **parts)

    for cookie in (
        GOOD,
        f"a=b; {GOOD}",
        f"{GOOD}; a=b",
        f"a=b;{GOOD};c=d",
        'GoodFriend="tulip-42-moss"',
        f"GoodFriend=wrong; {GOOD}",
        f"GoodFriend=a; GoodFriend=b; GoodFriend=c; {GOOD}",
        f"LetIn=x; {GOOD}",
    ):
        sent(f"lifted by {cookie}", LIFTED, cookie)
    for cookie in (
        "GoodFriend=tulip-42-mos",
        "GoodFriend=tulip-42-mosss",
        "GoodFriend=TULIP-42-MOSS",
        "GoodFriend=Tulip-42-moss",
        "GoodFriend=tulip%2D42%2Dmoss",
        "GoodFriend=tulip-42-moss,1",
        "GoodFriend=tulip-42-moss\u200b",
        "GoodFriend=0",
        "GoodFriend=01",
        "GoodFriend=11",
        "GoodFriend=true",
        "GoodFriend=",
        "GoodFriend",
        'GoodFriend=""',
        'GoodFriend="tulip-42-moss',
        "GoodFriend='tulip-42-moss'",
        "GoodFriend= =tulip-42-moss",
        "goodfriend=tulip-42-moss",
        "GOODFRIEND=tulip-42-moss",
        "xGoodFriend=tulip-42-moss",
        "GoodFriendx=tulip-42-moss",
        "Good-Friend=tulip-42-moss",
        "a=GoodFriend=tulip-42-moss",
        "LetIn=tulip-42-moss",
        "LetIn=yes-please",
        f"GoodFriend=a; GoodFriend=b; GoodFriend=c; GoodFriend=d; {GOOD}",
        "GoodFriend=" + "1" * 300,
    ):
        sent(f"not lifted by {cookie[:60]}", SHUT, cookie)
    for host in ("EN.Beta.Example.org", "a.b.beta.example.org", "en.beta.example.org:8443"):
        sent(f"the pass counts on {host}", LIFTED, GOOD, host)
    for host in (
        "beta.example.org",
        ".beta.example.org",
        "xbeta.example.org",
        "en.beta.example.org.evil.example",
        "en.wikipedia.example.org",
        "www.example.org",
        "en.beta.example.org.",
    ):
        sent(f"the pass does not count on {host}", SHUT, GOOD, host)
    sent("a pass of one host", LIFTED, "LetIn=yes-please", "www.example.org")
    sent("a pass of one host does not count below it", SHUT, "LetIn=yes-please", "a.www.example.org")
    sent("of two Cookie lines the first counts", SHUT, ["a=b", GOOD])
    for parts in (
        {"query": GOOD},
        {"headers": {"x-cookie": GOOD}},
        {"headers": {"cookie2": GOOD}},
        {"headers": {"goodfriend": "tulip-42-moss"}},
    ):
        case("cookie-passes", f"no cookie: {parts}", SHUT, host=HOST, **parts)
    times = {NOW: "now", BEFORE_THE_END: "before its end"}
    beta = {"host": HOST, "headers": {"cookie": OLD}}
    at_all_times("cookie-passes", "a value with an end", LIFTED, times, **beta)
    at_all_times("cookie-passes", "a value with an end", SHUT, {THE_END: "in the first instant beyond it"}, **beta)
    at_all_times(
        "cookie-passes",
        "the value that follows",
        LIFTED,
        {THE_END: "when the old one has ended"},
        host=HOST,
        headers={"cookie": GOOD},
    )
    for network in ("office", "private", "cumulus", "feed", "unknown", "botnet", "suspects"):
        for what, agent in (("a browser", BROWSER), ("a bot", BOT)):
            sent(f"a pass in {network}, {what}", Truth(network, agent, has_pass=True), GOOD)
    for what, agent in (("a library", LIBRARY), ("curl", CURL), ("no user agent", NOBODY), ("a bot", BOT)):
        sent(f"the stages hold for {what} with a pass", Truth("scrapers", agent, has_pass=True), GOOD)
    sent("a pass opens no sitemap", Truth("scrapers", has_pass=True, asks_for="sitemap"), GOOD, path="/sitemap.xml")
    both = Truth("scrapers", has_pass=True, session=SESSION)
    sent("a session counts for more than a pass", both, f"{COOKIE['cookie']}; {GOOD}")

"""Classes and contacts of user agents that are well known, said by hand after docs/user-agents.md."""

from .build import case
from .model import BROWSER, Agent, Truth

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1"
WEBVIEW = "Mozilla/5.0 (Linux; Android 13; Pixel 6; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0.0.0 Mobile Safari/537.36"

NONE = ["", "   ", "-"]
LIBRARIES = [
    "python-requests/2.32.3",
    "Python-urllib/3.12",
    "python-httpx/0.27.0",
    "Python/3.11 aiohttp/3.9.5",
    "okhttp/4.12.0",
    "Java/17.0.9",
    "Apache-HttpClient/4.5.14 (Java/17.0.9)",
    "Go-http-client/1.1",
    "Go-http-client/2.0",
    "GuzzleHttp/7",
    "axios/1.7.2",
    "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
    "Scrapy/2.11.2 (+https://scrapy.org)",
    "Dalvik/2.1.0 (Linux; U; Android 13; Pixel 7 Build/TQ3A.230805.001)",
    "CFNetwork/1410.0.3 Darwin/22.6.0",
    "WordPress/6.5",
    "libwww-perl/6.77",
    "PYTHON-REQUESTS/2.32.3",
]
TOOLS = ["curl/8.5.0", "Wget/1.21.4", "curl/8.5.0 julia/1.10", "CURL/8.5.0", "curl"]
BROWSERS = [
    BROWSER.text,
    CHROME,
    SAFARI,
    WEBVIEW,
    f"{WEBVIEW} okhttp/4.12.0",
    f"{CHROME} Edg/142.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
    "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18",
    "Lynx/2.9.0 libwww-FM/2.14 SSL-MM/1.4.1",
    "w3m/0.5.3+git20230121",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/111.0.0.0 Mobile Safari/537.36 (Ecosia android@111.0.5563.116)",
    "Mozilla/5.0 (Linux; Android 11; CUBOT_X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",
]
OTHERS = [
    "VLC/3.0.20 LibVLC/3.0.20",
    "git/2.43.0",
    "MyApp/1.0 CFNetwork/1410 Darwin/22.6.0",
    "MyBot/1.0 python-requests/2.32.3",
    "Mozilla/5.0",
    "Mozilla/5.0 (X11; Linux x86_64)",
    "Googlebot-Image/1.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
    # No contacts: a user agent that names nobody.
    "MyBot/1.0 (bob(at)example.org)",
    "MyBot/1.0 (@bob@social.example)",
    "MyBot/1.0 (www.example.org/bot)",
    "MyBot/1.0 (http://localhost)",
    "MyBot/1.0 (http://192.0.2.7/)",
    "MyBot/1.0 (https://[2001:db8::1]/)",
    "MyBot/1.0 (https://bob:secret@example.org/)",
    "MyBot/1.0 (user:1234)",
    "MyBot/1.0 (app@1.2.0-rc.next)",
    "MyBot/1.0 (http://)",
    "MyBot/1.0 (http://nas.local)",
    "MyBot/1.0 (bob@example.org)" + "x" * 600,
]
BOTS = {
    "MyBot/1.0 (bob@example.org)": "bob@example.org",
    "MyBot/1.0 (mailto:bob@example.org)": "bob@example.org",
    "MyBot/1.0 <bob@example.org>": "bob@example.org",
    "MyBot/1.0 (user+label@example-test.com)": "user+label@example-test.com",
    "MyBot/1.0 (x@163.com)": "x@163.com",
    "MyBot/1.0 (Bob@Example.org)": "Bob@Example.org",
    "MyBot/1.0 (+https://example.org/bot)": "https://example.org/bot",
    "MyBot/1.0 (+http://example.org)": "http://example.org",
    "MyBot/1.0 (+https://github.com/bob/mybot)": "https://github.com/bob/mybot",
    "MyBot/1.0 (https://example.org/bot; bob@example.org)": "bob@example.org",
    "MyBot/1.0 (wikipedia:en; User:Bob)": "Bob",
    "MyBot/1.0 [[User:Bob]]": "Bob",
    "MyBot/1.0 [[User talk:Bob]]": "Bob",
    "MyBot/1.0 (User:Bob/bot.py)": "Bob",
    "python-requests/2.32.3 (bob@example.org)": "bob@example.org",
    "python-requests/2.32.3 (https://example.org/bot)": "https://example.org/bot",
    "curl/8.5.0 (bob@example.org)": "bob@example.org",
    "WordPress/6.5; https://blog.example.org": "https://blog.example.org",
    "Googlebot/2.1 (+http://www.google.com/bot.html)": "http://www.google.com/bot.html",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": "http://www.google.com/bot.html",
    f"{CHROME} (+https://example.org/bot)": "https://example.org/bot",
    "Drakma/2.0.10 (SBCL 2.4.0; Linux; 6.1.0; http://weitz.de/drakma/)": "http://weitz.de/drakma/",
    "MyBot/1.0 (bob@example.org; alice@example.org)": "bob@example.org",
    "MyBot/1.0 (https://example.org/a_(b))": "https://example.org/a_(b)",
}
WIKIS = {
    "MediaWiki/1.39.7": None,
    "MediaWiki/1.39.7 ForeignAPIRepo/2.1": None,
    "MediaWiki/1.43.1 (https://wiki.example.org) ForeignAPIRepo/2.1": "https://wiki.example.org",
    "MediaWiki/1.43.1 (https://wiki.example.org/w/; tech@example.org) ForeignAPIRepo/2.1": "tech@example.org",
}


def shown(text: str) -> str:
    """What stands at the end tells long ones apart."""
    return text if len(text) <= 100 else f"…{text[-80:]}"


def add() -> None:
    def judged(agent: Agent, name: str | None = None, **parts: object) -> None:
        case("user-agents", name or f"{agent.ua_class}: {shown(agent.text or '')!r}", Truth(agent=agent), **parts)

    judged(Agent(None, "none"), "none: no header")
    for ua_class, texts in (
        ("none", NONE),
        ("library_default", LIBRARIES),
        ("cli", TOOLS),
        ("browser", BROWSERS),
        ("other", OTHERS),
    ):
        for text in texts:
            judged(Agent(text, ua_class))
    for text, contact in BOTS.items():
        judged(Agent(text, "bot", contact))
    for text, contact in WIKIS.items():
        judged(Agent(text, "mediawiki", contact))
    for what, text, api, ua_class, contact in (
        ("a browser whose script names a contact", CHROME, "MyGadget/1.0 (bob@example.org)", "bot", "bob@example.org"),
        ("a browser whose script names nobody", CHROME, "MyGadget/1.0", "browser", None),
        ("a browser whose script names a library", CHROME, "python-requests/2.32.3", "browser", None),
        (
            "a library whose script names a contact",
            "python-requests/2.32.3",
            "My/1.0 (bob@example.org)",
            "library_default",
            None,
        ),
        ("no user agent, and a script that names a contact", None, "MyGadget/1.0 (bob@example.org)", "none", None),
        (
            "a bot with another contact in its script",
            "MyBot/1.0 (bob@example.org)",
            "x (al@example.org)",
            "bot",
            "bob@example.org",
        ),
    ):
        judged(Agent(text, ua_class, contact, api=api), f"Api-User-Agent: {what}")
    first = {"user-agent": ["python-requests/2.32.3", CHROME]}
    case(
        "user-agents", "of two user agents the first counts", Truth(agent=Agent(None, "library_default")), headers=first
    )
    first = {"user-agent": [CHROME, "python-requests/2.32.3"]}
    case(
        "user-agents",
        "of two user agents the first counts, a browser's",
        Truth(agent=Agent(None, "browser")),
        headers=first,
    )

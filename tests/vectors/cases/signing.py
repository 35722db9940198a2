"""What a signer makes of a URL, and what it must refuse."""

from dataclasses import replace
from typing import Any

from .build import EXAMPLE, MIDNIGHT, NOW, Case, refusal, signing

PATH = EXAMPLE.path
BASE = f"https://{EXAMPLE.host}"
THUMB = f"{BASE}/wikipedia/commons/thumb/a/a9/Example.jpg/120px-Example.jpg"
FILE = replace(EXAMPLE, scope="f", format="thumbnail")
API = replace(EXAMPLE, generator="api", ts=NOW)
SHARE = replace(EXAMPLE, generator="share")


def over_api(name: str, url: str, signed_url: str, **changes: Any) -> Case:
    """Signed for the API: scope e, so that what the message takes from the URL shows."""
    return signing(f"sign: {name}", replace(API, **changes), url, signed_url, source="api")


def value(name: str, site: str, sent: str) -> Case:
    sealed = replace(API, site=site)
    url = f"{BASE}{PATH}?utm_source={sent}&utm_campaign=api&utm_content=original&utm_term={{seal}}"
    return signing(f"sign: {name}", sealed, BASE + PATH, url, source="api")


CASES = [
    signing("sign: the worked example of docs/seal.md", FILE, THUMB, THUMB + "?{query}"),
    signing(
        "sign: the scope of the source, at the file itself",
        replace(FILE, format="original"),
        BASE + PATH,
        BASE + PATH + "?{query}",
    ),
    signing(
        "sign: scope e asked for where the source has f", EXAMPLE, BASE + PATH, BASE + PATH + "?{query}", scope="e"
    ),
    signing(
        "sign: scope f asked for where the source has e",
        replace(API, scope="f"),
        THUMB,
        THUMB + "?{query}",
        source="api",
        scope="f",
    ),
    signing("sign: the last second of a day gives the first", FILE, THUMB, THUMB + "?{query}", now=MIDNIGHT + 86_399),
    signing("sign: the first second of a day gives itself", FILE, THUMB, THUMB + "?{query}", now=MIDNIGHT),
    signing(
        "sign: a share link is of its minute",
        replace(SHARE, ts=NOW + 60),
        BASE + PATH,
        BASE + PATH + "?{query}",
        source="share",
        now=NOW + 119,
    ),
    signing("sign: time 0", replace(FILE, ts=0), THUMB, THUMB + "?{query}", now=86_399),
    signing("sign: by the key that signs", replace(FILE, kid="k2"), THUMB, THUMB + "?{query}", config="rotated"),
    over_api("an empty site is left out", BASE + PATH, BASE + PATH + "?{query}", site=None),
    over_api("an empty format is left out", BASE + PATH, BASE + PATH + "?{query}", format=None),
    over_api("the seal comes after what is there", f"{BASE}{PATH}?a=1&b", f"{BASE}{PATH}?a=1&b&{{query}}"),
    over_api("an empty query is filled", f"{BASE}{PATH}?", f"{BASE}{PATH}?{{query}}"),
    over_api("empty pieces stay", f"{BASE}{PATH}?a=1&", f"{BASE}{PATH}?a=1&&{{query}}"),
    over_api(
        "unsigned parameters are replaced",
        f"{BASE}{PATH}?utm_source=x&a=1&utm_campaign=index",
        f"{BASE}{PATH}?a=1&{{query}}",
    ),
    over_api("a seal is replaced", f"{BASE}{PATH}?utm_term=1e.k2.0.{'A' * 22}", f"{BASE}{PATH}?{{query}}"),
    over_api(
        "parameters under escaped names are replaced",
        f"{BASE}{PATH}?utm%5Fterm=x&a=1&utm%5fsource=y",
        f"{BASE}{PATH}?a=1&{{query}}",
    ),
    over_api(
        "names that are only stripped stay",
        f"{BASE}{PATH}?utm_medium=m&utm_id=1",
        f"{BASE}{PATH}?utm_medium=m&utm_id=1&{{query}}",
    ),
    over_api(
        "what stays of a query stays byte for byte",
        f"{BASE}{PATH}?A=%zz+%41%2b&UTM_TERM=",
        f"{BASE}{PATH}?A=%zz+%41%2b&UTM_TERM=&{{query}}",
    ),
    over_api("a fragment stays at the end", f"{BASE}{PATH}#top", f"{BASE}{PATH}?{{query}}#top"),
    over_api("a question mark in a fragment begins no query", f"{BASE}{PATH}#a?b#c", f"{BASE}{PATH}?{{query}}#a?b#c"),
    over_api("a query and a fragment", f"{BASE}{PATH}?a=1#utm_term=x", f"{BASE}{PATH}?a=1&{{query}}#utm_term=x"),
    over_api("a port stays in the URL and out of the message", f"{BASE}:8443{PATH}", f"{BASE}:8443{PATH}?{{query}}"),
    over_api(
        "scheme and host stay as they are written",
        f"HTTPS://Upload.Example.ORG{PATH}",
        f"HTTPS://Upload.Example.ORG{PATH}?{{query}}",
    ),
    over_api("http", f"http://upload.example.org{PATH}", f"http://upload.example.org{PATH}?{{query}}"),
    over_api("an IPv6 address", f"http://[::1]:8080{PATH}", f"http://[::1]:8080{PATH}?{{query}}", host="[::1]"),
    over_api(
        "a path is normalised in the message alone",
        f"{BASE}/%61%2c%2541%zz",
        f"{BASE}/%61%2c%2541%zz?{{query}}",
        path="/a%2C%2541%zz",
    ),
    over_api(
        "a path in raw UTF-8",
        f"{BASE}/\u65e5\u672c.svg",
        f"{BASE}/\u65e5\u672c.svg?{{query}}",
        path="/%E6%97%A5%E6%9C%AC.svg",
    ),
    over_api("a URL without a path is asked for as /", BASE, f"{BASE}?{{query}}", path="/"),
    over_api("a query after no path", f"{BASE}?a=1", f"{BASE}?a=1&{{query}}", path="/"),
    signing(
        "sign: a Japanese thumbnail, its file named by escapes",
        replace(FILE, path="/wikipedia/commons/a/a9/%E6%97%A5%E6%9C%AC.svg"),
        f"{BASE}/wikipedia/commons/thumb/a/a9/%e6%97%a5%e6%9c%ac.svg/250px-x.svg.png",
        f"{BASE}/wikipedia/commons/thumb/a/a9/%e6%97%a5%e6%9c%ac.svg/250px-x.svg.png?{{query}}",
    ),
    signing(
        "sign: names that the policy sets",
        replace(FILE, format=None),
        f"{THUMB}?p+seal=0&utm_source=1&src=2&p%20seal=3",
        f"{THUMB}?utm_source=1&src=en.wikipedia.org&gen=parser&p+seal={{seal}}",
        config="other_names",
    ),
    value("a space is a plus sign, and a plus sign an escape", "a b+c", "a+b%2Bc"),
    value("what separates is escaped", "a&b=c#d%e?f/g:h;i", "a%26b%3Dc%23d%25e%3Ff%2Fg%3Ah%3Bi"),
    value("asterisk, hyphen, dot and underscore are not escaped", "*-._", "*-._"),
    value("tilde, quotes, parentheses and exclamation mark are escaped", "~'\"()!", "%7E%27%22%28%29%21"),
    value("UTF-8", "\u0432\u0456\u043a\u0456 \u56f3", "%D0%B2%D1%96%D0%BA%D1%96+%E5%9B%B3"),
    value("U+00A0", "a\u00a0b", "a%C2%A0b"),
    value("255 bytes", "\u00e9" * 127 + "s", "%C3%A9" * 127 + "s"),
    refusal("refuse: a line feed in the site", "control_character", site="a\nb"),
    refusal("refuse: a NUL in the format", "control_character", format="\0"),
    refusal("refuse: DEL in the format", "control_character", format="a\x7f"),
    refusal("refuse: U+0085 in the site", "control_character", site="a\u0085"),
    refusal("refuse: a site that is not UTF-8", "not_utf8", site=b"caf\xe9"),
    refusal("refuse: a site of 256 bytes", "too_long", site="s" * 256),
    refusal("refuse: a format of 256 bytes in 128 characters", "too_long", format="\u00e9" * 128),
    refusal("refuse: a generator that no source names", "unknown_generator", generator="scraper"),
    refusal("refuse: a generator of another source", "unknown_generator", generator="api"),
    refusal("refuse: no generator", "unknown_generator", generator=""),
    refusal("refuse: a generator in another case", "unknown_generator", generator="Parser"),
    refusal("refuse: a source that the policy does not name", "unknown_source", source="mobile"),
    refusal("refuse: the source unknown is no source", "unknown_source", source="unknown"),
    refusal("refuse: a path without a host", "url", url=PATH),
    refusal("refuse: a URL relative to the scheme", "url", url=f"//{EXAMPLE.host}{PATH}"),
    refusal("refuse: another scheme", "url", url=f"ftp://{EXAMPLE.host}{PATH}"),
    refusal("refuse: an empty host", "url", url=f"https://{PATH}"),
    refusal("refuse: a port without a host", "url", url=f"https://:443{PATH}"),
    refusal("refuse: a user before the host", "url", url=f"https://user@{EXAMPLE.host}{PATH}"),
    refusal("refuse: a line feed in the host", "url", url=f"https://upload\n.example.org{PATH}"),
    refusal("refuse: a backslash in the host", "url", url=f"https://evil.example\\.{EXAMPLE.host}{PATH}"),
    refusal("refuse: a host that is not in its xn-- form", "url", url=f"https://caf\u00e9.example.org{PATH}"),
    refusal("refuse: a space before the URL", "url", url=f" {BASE}{PATH}"),
]

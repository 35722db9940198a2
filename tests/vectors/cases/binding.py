"""A seal holds for what it was made for and nothing else: one field is changed after sealing."""

from dataclasses import replace
from typing import Any

from .build import EXAMPLE, MIDNIGHT, NOW, Case, Sealed, verification
from .config import DAY


def changed(name: str, sealed: Sealed = EXAMPLE, **changes: Any) -> Case:
    seen = replace(sealed, **changes)
    seal = f"1{seen.scope}.{seen.kid}.{seen.ts}.{sealed.mac}"
    return verification(f"forged: {name}", "forged", sealed, seen=seen, raw={"seal": seal})


def flipped(position: int) -> str:
    """The MAC with one bit of one character turned over, still canonical."""
    letter = EXAMPLE.mac[position]
    swap = {"A": "Q", "Q": "A", "g": "w", "w": "g"} if position == 21 else {}
    other = swap.get(letter, "B" if letter == "A" else "A")
    return f"1e.k1.{MIDNIGHT}.{EXAMPLE.mac[:position]}{other}{EXAMPLE.mac[position + 1 :]}"


FILE = replace(EXAMPLE, scope="f")

CASES = [
    changed("another host", host="upload.example.com"),
    changed("another path", path="/wikipedia/commons/a/a9/Example.png"),
    changed("a longer path", path="/wikipedia/commons/a/a9/Example.jpg/"),
    changed("another site", site="de.wikipedia.org"),
    changed("another generator", generator="api"),
    changed("another generator of the same source", generator="index"),
    changed("a generator of a source with a longer age", replace(EXAMPLE, generator="share"), generator="dumps"),
    changed("another format", format="thumbnail"),
    changed("a later time", replace(EXAMPLE, ts=MIDNIGHT - 40 * DAY), ts=MIDNIGHT),
    changed("an earlier time", ts=MIDNIGHT - DAY),
    changed("the scope widened from e to f, though the path is the same", scope="f"),
    changed("the scope narrowed from f to e, though the path is the same", FILE, scope="e"),
    changed("the id of another known key", kid="k2"),
    changed("the site dropped", site=None),
    changed("the generator dropped", generator=None),
    changed("the format dropped", format=None),
    changed("a format added", replace(EXAMPLE, format=None), format="original"),
    changed("site and generator swapped", site="parser", generator="en.wikipedia.org"),
    changed(
        "a value moved to the next field", replace(EXAMPLE, site="api", generator=None), site=None, generator="api"
    ),
    changed("a character moved to the next field", site="en.wikipedia.or", generator="gparser"),
    verification("forged: the first character of the MAC", "forged", raw={"seal": flipped(0)}),
    verification("forged: the last character of the MAC", "forged", raw={"seal": flipped(21)}),
    verification(
        "valid: another parameter added is none of the seal's business",
        "valid",
        target=f"{EXAMPLE.path}?download=1&utm_source=en.wikipedia.org&utm_campaign=parser"
        "&utm_content=original&utm_term={seal}&utm_medium=email",
        stripped=f"{EXAMPLE.path}?download=1",
    ),
    verification("valid: the same seal a second time, half a day later", "valid", now=NOW + DAY // 2),
]

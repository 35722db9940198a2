"""What is left of a target: split at &, drop the pieces of those names, join with &. Not one other byte changes."""

from typing import Any

from .build import Case, unsealed


def left(
    name: str,
    target: str | bytes,
    stripped: str | bytes,
    status: str = "unsigned",
    config: str = "default",
    **reported: Any,
) -> Case:
    return unsealed(f"strip: {name}", status, target, stripped=stripped, config=config, **reported)


CASES = [
    left("the only parameter goes with its question mark", "/x?utm_source=b", "/x", site="b"),
    left("the first parameter", "/x?utm_source=b&c=2", "/x?c=2", site="b"),
    left("a parameter in the middle", "/x?a=1&utm_source=b&c=2", "/x?a=1&c=2", site="b"),
    left("the last parameter", "/x?a=1&utm_source=b", "/x?a=1", site="b"),
    left("all four", "/x?utm_term=&utm_content=f&utm_campaign=api&utm_source=s", "/x", "malformed"),
    left(
        "all four, in between others",
        "/x?a&utm_term=&b&utm_content=f&utm_campaign=api&c&utm_source=s&d",
        "/x?a&b&c&d",
        "malformed",
    ),
    left("each of a parameter that is given twice", "/x?utm_source=a&b=1&utm_source=c", "/x?b=1"),
    left("the further names that the policy strips", "/x?utm_medium=a&b=1&utm_id=c", "/x?b=1", "none"),
    left("a name without an equals sign", "/x?utm_source&a", "/x?a", site=""),
    left("an escaped name", "/x?a=1&utm%5fsource=b&%75tm_id=3", "/x?a=1", site="b"),
    left(
        "no name that only begins or ends alike",
        "/x?utm_sourced=1&xutm_source=2&utm_=3",
        "/x?utm_sourced=1&xutm_source=2&utm_=3",
        "none",
    ),
    left("no name in another case", "/x?UTM_SOURCE=1", "/x?UTM_SOURCE=1", "none"),
    left("no name with a space", "/x?utm_source+=1&+utm_id=2", "/x?utm_source+=1&+utm_id=2", "none"),
    left("no name that stands in a value", "/x?a=utm_source&b=utm_id=3", "/x?a=utm_source&b=utm_id=3", "none"),
    left("no name that stands in the path", "/utm_source=1&utm_id=2", "/utm_source=1&utm_id=2", "none"),
    left("nothing of an empty query", "/x?", "/x?", "none"),
    left("nothing of a query of separators", "/x?&&", "/x?&&", "none"),
    left("an empty piece after it stays", "/x?utm_source=b&&a=1", "/x?&a=1", site="b"),
    left("an empty piece before it stays", "/x?a=1&&utm_source=b", "/x?a=1&", site="b"),
    left("one empty piece alone leaves an empty query, which goes", "/x?&utm_source=b", "/x", site="b"),
    left("one trailing separator leaves an empty query, which goes", "/x?utm_source=b&", "/x", site="b"),
    left("two empty pieces leave one separator", "/x?&utm_source=b&", "/x?&", site="b"),
    left(
        "escapes, plus signs and case of all others stay",
        "/%7Ex%2f?A=%zz&b=+%41%2b&utm_source=b&c=%c3%a9",
        "/%7Ex%2f?A=%zz&b=+%41%2b&c=%c3%a9",
        site="b",
    ),
    left("the order of all others stays", "/x?z=1&utm_source=b&a=2&z=3", "/x?z=1&a=2&z=3", site="b"),
    left("a second question mark is a byte of the query", "/x?a?b&utm_source=b?c", "/x?a?b", site="b?c"),
    left("a name after a second question mark is another name", "/x??utm_source=b", "/x??utm_source=b", "none"),
    left("a number sign is a byte like any other", "/x?a#b&utm_source=c#d", "/x?a#b", site="c#d"),
    left("a semicolon does not separate", "/x?a=1;utm_source=b", "/x?a=1;utm_source=b", "none"),
    left("raw bytes stay", b"/\xe9?a=\xff&utm_source=b&\x80", b"/\xe9?a=\xff&\x80", site="b"),
    left("the target that is a query alone", "?utm_source=b", "", site="b"),
    left("the empty target", "", "", "none"),
    left(
        "the names that the policy sets",
        "/x?src=a&gen=api&utm_term=1&p+seal=&utm_source=2",
        "/x?utm_term=1",
        "malformed",
        "other_names",
    ),
]

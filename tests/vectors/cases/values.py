"""How the query is split and decoded, and which values may be sealed."""

from dataclasses import replace

from .build import EXAMPLE, MIDNIGHT, Case, Sealed, unsealed, verification

PATH = EXAMPLE.path
SEAL = f"1e.k1.{MIDNIGHT}.{'A' * 22}"
REST = "utm_campaign=parser&utm_content=original&utm_term={seal}"  # without the site
QUERY = f"utm_source=en.wikipedia.org&{REST}"


def decoded(name: str, value: str, sent: str) -> Case:
    """The site, as it is sealed and as it is sent."""
    return verification(f"valid: {name}", "valid", replace(EXAMPLE, site=value), raw={"site": sent})


def queried(name: str, query: str, sealed: Sealed = EXAMPLE, stripped: str = PATH) -> Case:
    return verification(f"valid: {name}", "valid", sealed, target=f"{PATH}?{query}", stripped=stripped)


def refused(name: str, site: str = "s", generator: str = "parser", format: str = "original") -> Case:
    query = f"utm_source={site}&utm_campaign={generator}&utm_content={format}&utm_term={SEAL}"
    return unsealed(f"malformed: {name}", "malformed", f"{PATH}?{query}")


def repeated(name: str, query: str) -> Case:
    """A parameter twice, though the seal is right for each of its values."""
    return unsealed(f"malformed: {name}", "malformed", f"{PATH}?{query}".replace("{seal}", EXAMPLE.seal))


CASES = [
    decoded("a plus sign in a value is a space", "my site", "my+site"),
    decoded("%20 in a value is a space", "my site", "my%20site"),
    decoded("a raw space in a value is a space", "my site", "my site"),
    decoded("%2B in a value is a plus sign", "my+site", "my%2Bsite"),
    decoded("escapes in lower case", "caf\u00e9", "caf%c3%a9"),
    decoded("escapes in upper case", "caf\u00e9", "caf%C3%A9"),
    decoded("raw UTF-8", "caf\u00e9", "caf\u00e9"),
    decoded("half escaped, half raw", "\u56f3\u9762", "%E5%9B%B3\u9762"),
    decoded("an ampersand, an equals sign and a percent sign, escaped", "a&b=c%d", "a%26b%3Dc%25d"),
    decoded("a value keeps its later equals signs", "a=b=c", "a=b=c"),
    decoded("a semicolon does not separate", "a;utm_content=b", "a;utm_content=b"),
    decoded("a question mark and a number sign are characters of a value", "a?b#c", "a?b#c"),
    decoded("a percent sign at the end stays", "100%", "100%"),
    decoded("a percent sign with one digit stays", "100%4", "100%4"),
    decoded("a percent sign before other than hex digits stays", "100%zz", "100%zz"),
    decoded("a percent sign before an escape stays", "%A", "%%41"),
    decoded("a double-encoded letter is decoded once", "%41", "%2541"),
    decoded("what decoding puts together is not decoded again", "%41", "%4%31"),
    decoded("a value keeps its case", "EN.Wikipedia.org", "EN.Wikipedia.org"),
    decoded("leading and trailing spaces stay", " a ", "+a+"),
    decoded("U+00A0 is no control character", "a\u00a0b", "a%C2%A0b"),
    decoded("U+2028 is no control character", "a\u2028b", "a%E2%80%A8b"),
    decoded("U+FEFF is kept at the start", "\ufeffa", "%EF%BB%BFa"),
    decoded("U+FFFF and U+10FFFF are UTF-8", "\uffff\U0010ffff", "%EF%BF%BF%F4%8F%BF%BF"),
    verification(
        "stale: a generator with a space before it is another generator",
        "stale",
        replace(EXAMPLE, generator=" parser"),
        raw={"generator": "+parser"},
    ),
    queried("the order of the parameters is free", "&".join(reversed(QUERY.split("&")))),
    queried("other parameters do not count", f"a=1&{QUERY}&b=2", stripped=f"{PATH}?a=1&b=2"),
    queried("empty pieces do not count", f"&&{QUERY.replace('&', '&&')}&", stripped=f"{PATH}?&&&&&"),
    queried(
        "names are decoded before they are compared",
        QUERY.replace("utm_source", "%75tm_source").replace("utm_term", "utm%5Fterm").replace("utm_c", "utm%5fc"),
    ),
    queried("the escaped seal is the seal", QUERY.replace("{seal}", EXAMPLE.seal.replace(".", "%2E"))),
    queried("a name without an equals sign has the empty value", f"utm_source&{REST}", replace(EXAMPLE, site="")),
    queried(
        "names are compared in their exact case",
        f"UTM_SOURCE=x&{QUERY}&Utm_Term=y",
        stripped=f"{PATH}?UTM_SOURCE=x&Utm_Term=y",
    ),
    queried(
        "a name with a space before it is another name",
        f"+utm_source=x&{QUERY}&utm_term+=y",
        stripped=f"{PATH}?+utm_source=x&utm_term+=y",
    ),
    queried("a piece without a name is another parameter", f"=x&{QUERY}", stripped=f"{PATH}?=x"),
    queried(
        "an escaped ampersand does not separate",
        f"{REST}&utm_source=a%26utm_term=b",
        replace(EXAMPLE, site="a&utm_term=b"),
    ),
    queried(
        "an escaped equals sign does not end a name", f"{QUERY}&utm_source%3Dx=y", stripped=f"{PATH}?utm_source%3Dx=y"
    ),
    queried("the second question mark belongs to the query", f"a?b&{QUERY}", stripped=f"{PATH}?a?b"),
    unsealed(
        "unsigned: the first question mark ends the path, so the first name is ?utm_term",
        "unsigned",
        f"{PATH}??utm_term={SEAL}&utm_campaign=api",
        generator="api",
        stripped=f"{PATH}??utm_term={SEAL}",
    ),
    verification(
        "valid: names that the policy sets, with a space in one",
        "valid",
        target=f"{PATH}?src=en.wikipedia.org&gen=parser&fmt=original&p%20seal={{seal}}&utm_source=x",
        config="other_names",
    ),
    unsealed(
        "none: the default names mean nothing where the policy sets others",
        "none",
        f"{PATH}?utm_campaign=parser&utm_term={SEAL}",
        stripped=f"{PATH}?utm_campaign=parser&utm_term={SEAL}",
        config="other_names",
    ),
    repeated("the site twice with equal values", f"{QUERY}&utm_source=en.wikipedia.org"),
    repeated("the site twice with different values", f"{QUERY}&utm_source=de.wikipedia.org"),
    repeated("the site twice, once under an escaped name", f"{QUERY}&utm%5Fsource=en.wikipedia.org"),
    repeated("the site twice, once empty", f"utm_source=&{QUERY}"),
    repeated("the generator twice", f"{QUERY}&utm_campaign=parser"),
    repeated("the format twice, once without an equals sign", f"{QUERY}&utm_content"),
    repeated("the seal twice with equal values", f"{QUERY}&utm_term={{seal}}"),
    repeated("the seal twice, once empty", f"{QUERY}&utm_term="),
    refused("a line feed in the site", site="a%0Aparser"),
    refused("a line feed in the generator", generator="parser%0aoriginal"),
    refused("a line feed in the format", format="%0A"),
    refused("a NUL", site="a%00"),
    refused("U+001F", site="%1F"),
    refused("a raw tab", site="a\tb"),
    refused("DEL", site="a%7F"),
    refused("a raw DEL", format="a\x7f"),
    refused("U+0080", site="%C2%80"),
    refused("U+0085", generator="parser%C2%85"),
    refused("U+009F, raw", site="a\u009f"),
    refused("a lone continuation byte", site="%80"),
    refused("the byte FF", generator="%FF"),
    refused("a character cut short", format="%E5%9B"),
    refused("an overlong line feed", site="%C0%8A"),
    refused("an overlong dot", site="%C0%AE"),
    refused("a surrogate", site="%ED%A0%80"),
    refused("beyond U+10FFFF", site="%F4%90%80%80"),
    unsealed(
        "malformed: a raw Latin-1 letter",
        "malformed",
        f"{PATH}?utm_source=caf".encode() + b"\xe9" + f"&utm_campaign=parser&utm_term={SEAL}".encode(),
    ),
]

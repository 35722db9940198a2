"""The host in the message, and the hosts whose requests are looked at."""

from dataclasses import replace
from typing import Any

from .build import EXAMPLE, Case, Sealed, unsealed, verification

PATH = EXAMPLE.path
TRAILING_DOT = replace(EXAMPLE, host="upload.example.org.")
LOOPBACK = replace(EXAMPLE, host="[::1]")
QUERY = "utm_campaign=parser&utm_term=shoes"


def sent_as(name: str, host: str, sealed: Sealed = EXAMPLE, **options: Any) -> Case:
    return verification(name, "valid", sealed, raw={"host": host}, **options)


def unlisted(name: str, host: str) -> Case:
    return unsealed(name, "none", f"{PATH}?{QUERY}", host=host, config="listed_hosts")


CASES = [
    sent_as("valid: a host in upper case", "Upload.EXAMPLE.org"),
    sent_as("valid: a host with a port", "upload.example.org:8080"),
    sent_as("valid: a host with an empty port", "upload.example.org:"),
    sent_as("valid: upper case and a port", "UPLOAD.example.org:443"),
    sent_as("valid: an IPv6 address", "[::1]", LOOPBACK),
    sent_as("valid: an IPv6 address with a port", "[::1]:8080", LOOPBACK),
    sent_as("valid: an IPv6 address in upper case", "[2001:DB8::A]:80", replace(EXAMPLE, host="[2001:db8::a]")),
    sent_as("valid: what follows the colon is no port", "a:b", replace(EXAMPLE, host="a:b")),
    sent_as("valid: only the last colon is a port's", "a:1:2", replace(EXAMPLE, host="a:1")),
    sent_as("valid: a trailing dot stays", "upload.example.org.", TRAILING_DOT),
    sent_as("valid: a trailing dot stays before a port", "upload.example.org.:80", TRAILING_DOT),
    verification("forged: a trailing dot is another host", "forged", seen=TRAILING_DOT),
    verification("forged: another name below the same domain", "forged", seen=replace(EXAMPLE, host="www.example.org")),
    verification(
        "forged: only ASCII letters have a lower case (U+212A KELVIN SIGN)",
        "forged",
        replace(EXAMPLE, host="k.example.org"),
        seen=replace(EXAMPLE, host="\u212a.example.org"),
    ),
    sent_as("valid: a listed host", "upload.example.org", config="listed_hosts"),
    sent_as("valid: a listed host in upper case with a port", "UPLOAD.example.org:80", config="listed_hosts"),
    sent_as(
        "valid: a host below a wildcard",
        "en.wiki.example.org",
        replace(EXAMPLE, host="en.wiki.example.org"),
        config="listed_hosts",
    ),
    sent_as(
        "valid: a host two labels below a wildcard",
        "m.en.wiki.example.org",
        replace(EXAMPLE, host="m.en.wiki.example.org"),
        config="listed_hosts",
    ),
    unlisted("none: a host that is not listed", "other.example.org"),
    unlisted("none: a wildcard is not the name itself", "wiki.example.org"),
    unlisted("none: a wildcard ends at a dot", "evilwiki.example.org"),
    unlisted("none: a name below a listed host", "a.upload.example.org"),
    unlisted("none: a listed host with a trailing dot is not the listed host", "upload.example.org."),
]

"""The last value that passes and the first that does not: times, key ids, lengths."""

from dataclasses import replace

from .build import EXAMPLE, MIDNIGHT, NOW, Case, unsealed, verification
from .config import DAY

PATH = EXAMPLE.path
QUERY = "utm_source=en.wikipedia.org&utm_campaign=parser&utm_content=original"
MAC = "A" * 22
LAST_DAY = 999_999_993_600  # the last multiple of a day that has 12 digits

SHARE = replace(EXAMPLE, generator="share")


def unparsed(name: str, head: str) -> Case:
    return unsealed(name, "malformed", f"{PATH}?{QUERY}&utm_term={head}.{MAC}")


def too_long(name: str, field: str, value: str) -> Case:
    sent = f"utm_campaign=parser&utm_{field}={value}&utm_term=1e.k1.{MIDNIGHT}.{MAC}"
    return unsealed(name, "malformed", f"{PATH}?{sent}")


CASES = [
    verification("valid: sealed this very second", "valid", now=MIDNIGHT),
    verification("valid: ahead by exactly the skew, age 0", "valid", now=MIDNIGHT - 300),
    verification("early: ahead by the skew and a second", "early", now=MIDNIGHT - 301),
    verification("valid: no skew allowed and none needed", "valid", now=MIDNIGHT, config="no_skew"),
    verification("early: no skew allowed and one second ahead", "early", now=MIDNIGHT - 1, config="no_skew"),
    verification("valid: exactly the maximum age", "valid", now=MIDNIGHT + 35 * DAY),
    verification("stale: the maximum age and a second", "stale", now=MIDNIGHT + 35 * DAY + 1),
    verification("valid: share link of exactly an hour", "valid", SHARE, now=MIDNIGHT + 3600),
    verification("stale: share link of an hour and a second", "stale", SHARE, now=MIDNIGHT + 3601),
    verification("valid: time 0 at time 0", "valid", replace(EXAMPLE, ts=0), now=0),
    verification("stale: time 0 today", "stale", replace(EXAMPLE, ts=0)),
    verification("valid: a time of one digit", "valid", replace(EXAMPLE, ts=9), now=10),
    verification("valid: a time of 12 digits", "valid", replace(EXAMPLE, ts=LAST_DAY), now=LAST_DAY + 5),
    verification("early: the greatest time there is", "early", replace(EXAMPLE, ts=999_999_999_999)),
    verification("valid: the granularity is the signer's affair alone", "valid", replace(EXAMPLE, ts=NOW - 4321)),
    unparsed("malformed: a time of 13 digits", "1e.k1.1795132800000"),
    unparsed("malformed: a time with a leading zero", f"1e.k1.0{MIDNIGHT}"),
    unparsed("malformed: the time 00", "1e.k1.00"),
    unparsed("malformed: an empty time", "1e.k1."),
    verification("valid: a key id of 16 characters", "valid", replace(EXAMPLE, kid="abcdefghij_12345")),
    verification("unknown_key: a key id of one character", "unknown_key", replace(EXAMPLE, kid="k")),
    unparsed("malformed: a key id of 17 characters", f"1e.abcdefghij_123456.{MIDNIGHT}"),
    unparsed("malformed: an empty key id", f"1e..{MIDNIGHT}"),
    verification("valid: a site of 255 bytes", "valid", replace(EXAMPLE, site="s" * 255)),
    too_long("malformed: a site of 256 bytes", "source", "s" * 256),
    verification("stale: a generator of 255 bytes, named by no source", "stale", replace(EXAMPLE, generator="g" * 255)),
    unsealed(
        "malformed: a generator of 256 bytes",
        "malformed",
        f"{PATH}?utm_campaign={'g' * 256}&utm_term=1e.k1.{MIDNIGHT}.{MAC}",
    ),
    verification("valid: a format of 255 bytes", "valid", replace(EXAMPLE, format="f" * 255)),
    too_long("malformed: a format of 256 bytes", "content", "f" * 256),
    verification(
        "valid: 255 bytes are counted after decoding",
        "valid",
        replace(EXAMPLE, site="~" * 255),
        raw={"site": "%7E" * 255},
    ),
    verification(
        "valid: 85 characters of 3 bytes each",
        "valid",
        replace(EXAMPLE, site="\u56fe" * 85),
        raw={"site": "%E5%9B%BE" * 85},
    ),
    too_long("malformed: 128 characters of 2 bytes each", "source", "%C3%A9" * 128),
]

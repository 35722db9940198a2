"""The MAC has one spelling: base64url, no padding, 22 characters, the four spare bits zero."""

import base64
import re
from dataclasses import replace

from .build import EXAMPLE, MIDNIGHT, Case, Sealed, unsealed, verification

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def numbered(pattern: str) -> Sealed:
    """The first of the numbered files whose MAC has the pattern: no case depends on luck."""
    paths = (f"/wikipedia/commons/a/a9/Example_{n}.jpg" for n in range(10_000))
    return next(sealed for path in paths if re.search(pattern, (sealed := replace(EXAMPLE, path=path)).mac))


def spelt(name: str, mac: str, sealed: Sealed = EXAMPLE) -> Case:
    query = "utm_source=en.wikipedia.org&utm_campaign=parser&utm_content=original"
    target = f"{sealed.path}?{query}&utm_term=1e.k1.{MIDNIGHT}.{mac}"
    return unsealed(f"malformed: {name}", "malformed", target, stripped=sealed.path)


def spare_bits(bits: int) -> str:
    """The same 16 bytes to a decoder that does not look at the spare bits."""
    last = ALPHABET.index(EXAMPLE.mac[-1])
    return EXAMPLE.mac[:-1] + ALPHABET[last + bits]


MAC = EXAMPLE.mac
HYPHEN = numbered("-")
UNDERSCORE = numbered("_")

CASES = [
    verification("valid: a MAC with a hyphen", "valid", HYPHEN),
    verification("valid: a MAC with an underscore", "valid", UNDERSCORE),
    *(verification(f"valid: a MAC that ends in {end}", "valid", numbered(f"{end}$")) for end in "AQgw"),
    spelt("the standard alphabet's plus sign, escaped", HYPHEN.mac.replace("-", "%2B"), HYPHEN),
    spelt("the standard alphabet's plus sign, which a query decodes to a space", HYPHEN.mac.replace("-", "+"), HYPHEN),
    spelt("the standard alphabet's slash", UNDERSCORE.mac.replace("_", "/"), UNDERSCORE),
    spelt("the lowest spare bit set", spare_bits(1)),
    spelt("the highest spare bit set", spare_bits(8)),
    spelt("all spare bits set", spare_bits(15)),
    spelt("21 characters", MAC[:21]),
    spelt("23 characters", MAC + "A"),
    spelt("no characters", ""),
    spelt("padded", MAC + "=="),
    spelt("padded and escaped", MAC + "%3D%3D"),
    spelt("one padding character in the place of the last", MAC[:21] + "="),
    spelt("all 32 bytes of the HMAC", base64.urlsafe_b64encode(EXAMPLE.tag).decode().rstrip("=")),
    spelt("the 16 bytes in hex", EXAMPLE.tag[:16].hex()),
    spelt("a space within", f"{MAC[:10]}+{MAC[11:]}"),
    spelt("a character outside of ASCII within", f"{MAC[:10]}%C3%A9{MAC[12:]}"),
    verification(
        "forged: the case of a MAC counts", "forged", raw={"seal": f"1e.k1.{MIDNIGHT}.{MAC[:21].swapcase()}{MAC[21]}"}
    ),
    verification(
        "forged: the last 16 bytes of the HMAC are not the first",
        "forged",
        raw={"seal": f"1e.k1.{MIDNIGHT}.{base64.urlsafe_b64encode(EXAMPLE.tag[16:]).decode()[:22]}"},
    ),
]

"""What parses as a seal and what does not. The MACs are right wherever there is something to be right about."""

from dataclasses import replace
from typing import Any

from .build import EXAMPLE, MIDNIGHT, Case, unsealed, verification

MAC = EXAMPLE.mac


def malformed(name: str, sent: str) -> Case:
    query = "utm_source=en.wikipedia.org&utm_campaign=parser&utm_content=original"
    return unsealed(f"malformed: {name}", "malformed", f"{EXAMPLE.path}?{query}&utm_term={sent}")


def sealed_as(name: str, **changes: Any) -> Case:
    """A seal whose MAC covers the very text that is out of grammar."""
    return malformed(name, replace(EXAMPLE, **changes).seal)


CASES = [
    malformed("version 2", "2" + EXAMPLE.seal[1:]),
    malformed("version 0", "0" + EXAMPLE.seal[1:]),
    malformed("no version", EXAMPLE.seal[1:]),
    malformed("version 11", "1" + EXAMPLE.seal),
    malformed("no scope", "1" + EXAMPLE.seal[2:]),
    sealed_as("scope g", scope="g"),
    sealed_as("scope in upper case", scope="E"),
    sealed_as("two scopes", scope="ef"),
    malformed("a hyphen in the key id", f"1e.k-1.{MIDNIGHT}.{MAC}"),
    malformed("a dot in the key id", f"1e.k.1.{MIDNIGHT}.{MAC}"),
    malformed("a letter outside of ASCII in the key id", f"1e.%C3%A9.{MIDNIGHT}.{MAC}"),
    malformed("a space in the key id", f"1e.k+1.{MIDNIGHT}.{MAC}"),
    sealed_as("a minus sign before the time", ts=f"-{MIDNIGHT}"),
    malformed("a plus sign before the time", f"1e.k1.%2B{MIDNIGHT}.{replace(EXAMPLE, ts=f'+{MIDNIGHT}').mac}"),
    sealed_as("an underscore in the time", ts="1_795_132_800"),
    sealed_as("a time in hex", ts="6aff0c80"),
    sealed_as("a time with a fraction", ts=f"{MIDNIGHT}.0"),
    malformed("digits that are not ASCII in the time", f"1e.k1.%D9%A1%D9%A2.{MAC}"),
    malformed("a space before the time", f"1e.k1.+{MIDNIGHT}.{MAC}"),
    malformed("a space after the MAC", EXAMPLE.seal + "+"),
    malformed("a space before the seal", "+" + EXAMPLE.seal),
    malformed("a line feed after the MAC", EXAMPLE.seal + "%0A"),
    malformed("a line feed before the seal", "%0A" + EXAMPLE.seal),
    malformed("a NUL after the MAC", EXAMPLE.seal + "%00"),
    malformed("a fifth field", EXAMPLE.seal + ".x"),
    malformed("an empty fifth field", EXAMPLE.seal + "."),
    malformed("three fields", f"1e.k1.{MIDNIGHT}"),
    malformed("another separator", EXAMPLE.seal.replace(".", ":")),
    malformed("a doubly escaped dot", EXAMPLE.seal.replace(".", "%252E", 1)),
    malformed("quotes around it", f'"{EXAMPLE.seal}"'),
    malformed("a byte that is no UTF-8 after it", EXAMPLE.seal + "%FF"),
    malformed("4,000 characters", "1e." + "k" * 3997),
    verification("unknown_key: the case of a key id counts", "unknown_key", replace(EXAMPLE, kid="K1")),
]

"""Several keys at once, and secrets that are bytes and not text."""

from dataclasses import replace

from .build import EXAMPLE, verification

NEWLINE = replace(EXAMPLE, kid="ends_in_newline")


def resealed(kid: str, as_kid: str) -> dict[str, str]:
    """A seal by the key `kid` that calls itself `as_kid`; the message does not hold the id."""
    return {"seal": replace(EXAMPLE, kid=kid).seal.replace(kid, as_kid, 1)}


CASES = [
    verification("valid: by the key that does not sign", "valid", replace(EXAMPLE, kid="k2")),
    verification("valid: by the old key after another signs", "valid", config="rotated"),
    verification("valid: by the new key after the rotation", "valid", replace(EXAMPLE, kid="k2"), config="rotated"),
    verification(
        "unknown_key: by a key that was taken away", "unknown_key", replace(EXAMPLE, kid="k0"), config="rotated"
    ),
    verification("unknown_key: a right MAC under an id that is not held", "unknown_key", raw=resealed("k1", "k3")),
    verification("forged: by k1 under the id of k2", "forged", raw=resealed("k1", "k2")),
    verification("forged: by k2 under the id of k1", "forged", raw=resealed("k2", "k1")),
    verification("valid: a newline at the end of a secret belongs to it", "valid", NEWLINE),
    verification("valid: a secret longer than a block of SHA-256", "valid", replace(EXAMPLE, kid="over_one_block")),
]

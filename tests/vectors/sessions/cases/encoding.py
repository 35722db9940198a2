"""How a token is spelled."""

from .tokens import HS, NOW, b64, case, hs256, token

JWE_HEADER = b64(b'{"alg":"dir","enc":"A256GCM"}')
SHORT = b64(b'{"alg":"HS256" }')
GOOD = token()
HEADER, CLAIMS, SIGNATURE = GOOD.split(".")

MALFORMED = [
    ("one part", HEADER),
    ("two parts", f"{HEADER}.{CLAIMS}"),
    ("a dot behind it", f"{GOOD}."),
    ("a dot before it", f".{GOOD}"),
    ("two dots behind it", f"{GOOD}.."),
    ("dots alone", ".."),
    ("one dot", "."),
    ("four parts", f"{GOOD}.{SIGNATURE}"),
    ("JWE with five parts", f"{JWE_HEADER}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"),
    ("detached payload", f"{HEADER}..{SIGNATURE}"),
    ("no header", f".{CLAIMS}.{SIGNATURE}"),
    ("no word at all", "null"),
    ("text", "sessionJwt"),
    ("JSON", "{}"),
    ("percent signs", GOOD.replace(".", "%2E")),
    ("a quote at one end", f'"{GOOD}'),
    ("a space within", f"{HEADER}. {CLAIMS}.{SIGNATURE}"),
    ("a tab within", f"{HEADER}.\t{CLAIMS}.{SIGNATURE}"),
    ("a NUL behind it", f"{GOOD}\u0000"),
    ("a letter beyond ASCII", f"{GOOD}é"),
    ("Bearer before it", f"Bearer {GOOD}"),
    ("a comma and another", f"{GOOD},{GOOD}"),
]


def malformed(name: str, value: str) -> None:
    case("encoding", name, value, "malformed")


def add() -> None:
    for name, value in MALFORMED:
        malformed(name, value)
    for at, part in enumerate(("header", "claims", "signature")):
        in_part(at, part)
    malformed("spare bits set in the signature", GOOD[:-1] + successor(GOOD[-1]))
    resigned = f"{SHORT[:-1]}{successor(SHORT[-1])}.{CLAIMS}"
    malformed(
        "spare bits set in the header, and signed so", f"{resigned}.{b64(hs256(HS)(resigned.encode()))}"
    )
    plain = f'{SHORT}.{{"exp":{NOW + 600}}}'
    malformed("claims in plain text, and signed so", f"{plain}.{b64(hs256(HS)(plain.encode()))}")
    case("encoding", "quotes around it, which are no part of a cookie's value", f'"{GOOD}"', "valid")
    case("encoding", "white space behind it, which is no part of a cookie's value", f"{GOOD} \t", "valid")


def in_part(at: int, part: str) -> None:
    parts = GOOD.split(".")
    parts[at] += "=" * (-len(parts[at]) % 4 or 4)
    malformed(f"padding behind the {part}", ".".join(parts))
    parts = GOOD.split(".")
    parts[at] = f"{parts[at][:4]} {parts[at][4:]}"
    malformed(f"a space in the {part}", ".".join(parts))
    parts = GOOD.split(".")
    parts[at] = f"{parts[at][:4]}+{parts[at][5:]}"
    malformed(f"a plus sign in the {part}", ".".join(parts))
    parts[at] = parts[at].replace("+", "/")
    malformed(f"a slash in the {part}", ".".join(parts))
    parts[at] = parts[at].replace("/", "A")[: len(parts[at]) // 4 * 4 + 1] + (
        "A" if len(parts[at]) % 4 == 0 else ""
    )
    malformed(f"a length that no bytes have in the {part}", ".".join(parts))


def successor(character: str) -> str:
    """The character whose lowest spare bit is set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(character) | 1]

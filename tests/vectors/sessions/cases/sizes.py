"""How long a token may be."""

from .tokens import b64, case, text, token, with_claims


def of_length(length: int, key: str = "hs2026") -> str:
    """A token of so many characters, by padding its claims and, where base64url skips that length, its header."""
    for spaces in range(4):
        header = text({"alg": "HS256", "kid": key}) + b" " * spaces
        room = length - len(b64(header)) - 2 - 43
        for padding in range(room * 3 // 4 - 400, room):
            if len(b64(text(with_claims(pad="x" * padding)))) == room:
                return token(claims=with_claims(pad="x" * padding), header=header)
            if padding > room:
                break
    raise AssertionError(length)


def add() -> None:
    for length in (8191, 8192):
        long = of_length(length)
        assert len(long) == length
        case("sizes", f"{length} bytes", long, "valid")
    for length in (8193, 8200, 20_000):
        case("sizes", f"{length} bytes, well signed", of_length(length), "malformed")
    case("sizes", "8,193 bytes without a dot", "e" * 8193, "malformed")
    case("sizes", "8,192 dots", "." * 8192, "malformed")

"""Each algorithm, and the ways to make one pass for another."""

from .tokens import ALG, CLAIMS, HS, KEYS, b64, case, hs256, nothing, rs256, text, token

NOT_OURS = ["none", "None", "NONE", "nOnE", "", "hs256", "HS256 ", "HS384", "HS512"]
NOT_OURS += ["RS384", "PS256", "ES384", "Ed25519"]
PUBLIC = (KEYS / "rs2026a.pub.pem").read_bytes()


def bad(name: str, value: str, status: str = "bad_signature") -> None:
    case("algorithms", name, value, status)


def good(name: str, value: str) -> None:
    case("algorithms", name, value, "valid")


def add() -> None:
    for key, alg in ALG.items():
        by = f"{alg} by {key}"
        good(by, token(key))
        bad(f"{by}, signature of other claims", swapped(key))
        bad(f"{by}, first byte of the signature changed", changed(key))
        bad(f"{by}, signature cut to half", cut(key))
        bad(f"{by}, no signature", token(key, sign=nothing))
        bad(f"{by}, signature of zeros", token(key, sign=zeros(key)))
        other = {"alg": alg, "kid": "rs2026a" if alg != "RS256" else "hs2026"}
        bad(f"{by}, but the kid of another algorithm", token(key, header=other))
        bad(f"{by}, unknown kid", token(key, header={"alg": alg, "kid": "x"}), "unknown_key")
    for key in ("es2026", "ed2026", "hs2026"):
        good(f"{ALG[key]} without kid, where one key has it", token(key, header={"alg": ALG[key]}))
    no_kid = token("rs2026a", header={"alg": "RS256"})
    bad("RS256 without kid, where two keys have it", no_kid, "unknown_key")
    unknown = token("rs2026a", sign=rs256("rs2026c"))
    bad("RS256 by a key that is not ours, under the kid of one that is", unknown)
    bad("RS256 by the second key under the kid of the first", token("rs2026a", sign=rs256("rs2026b")))
    for secret, what in (
        (PUBLIC, "PEM"),
        (PUBLIC.strip(), "PEM without its last newline"),
        (b"", "the empty secret"),
    ):
        for kid in ("rs2026a", "hs2026"):
            forged = token(header={"alg": "HS256", "kid": kid}, sign=hs256(secret))
            bad(f"HS256 by {what} under the kid {kid}", forged)
        bad(f"HS256 by {what} without kid", token(header={"alg": "HS256"}, sign=hs256(secret)))
    names()


def names() -> None:
    """Algorithms by names that no key has."""
    bad("HS256 by the right secret under a kid of RS256", token(header={"alg": "HS256", "kid": "rs2026a"}))
    bad("RS256 in the header, signed as HS256", token(header={"alg": "RS256", "kid": "hs2026"}))
    for alg in NOT_OURS:
        for sign, what in ((nothing, "unsigned"), (hs256(HS), "signed")):
            bad(f'algorithm "{alg}", {what}', token(header={"alg": alg, "kid": "hs2026"}, sign=sign))
    for alg in NOT_OURS[:3]:
        unsigned = token(header={"alg": alg}, sign=nothing)
        bad(f'algorithm "{alg}" without kid', unsigned)
        bad(f'algorithm "{alg}" and no third part', unsigned[:-1], "malformed")
    der = b64(bytes.fromhex("3006020101020101"))
    bad("ES256 with a signature in DER", token("es2026", sign=nothing) + der)
    bad("HS256 cut to 128 bits", token(sign=lambda message: hs256(HS)(message)[:16]))


def swapped(key: str) -> str:
    """Claims that nobody signed, under the signature of others."""
    header, _, signature = token(key).split(".")
    return ".".join([header, b64(text({**CLAIMS, "sub": "mw:CentralAuth::1"})), signature])


def changed(key: str) -> str:
    signed, _, signature = token(key).rpartition(".")
    return f"{signed}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def cut(key: str) -> str:
    signed, _, signature = token(key).rpartition(".")
    return f"{signed}.{signature[: len(signature) // 8 * 4]}"


def zeros(key: str):
    length = {"RS256": 256, "ES256": 64, "EdDSA": 64, "HS256": 32}[ALG[key]]
    return lambda _: bytes(length)

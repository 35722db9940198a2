"""What may stand in a header."""

from .tokens import case, token

HS = {"alg": "HS256", "kid": "hs2026"}
OURS = '"alg":"HS256","kid":"hs2026"'
JWK = {"kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}

MALFORMED = [
    ("kid is a number", '{"alg":"HS256","kid":2026}'),
    ("kid is null", '{"alg":"HS256","kid":null}'),
    ("kid is a list", '{"alg":"HS256","kid":["hs2026"]}'),
    ("alg is a number", '{"alg":256,"kid":"hs2026"}'),
    ("alg is null", '{"alg":null,"kid":"hs2026"}'),
    ("alg is a list", '{"alg":["HS256"],"kid":"hs2026"}'),
    ("no alg", '{"kid":"hs2026"}'),
    ("alg twice", f'{{{OURS},"alg":"HS256"}}'),
    ("alg twice, first none", f'{{"alg":"none",{OURS}}}'),
    ("alg twice, once escaped", f'{{{OURS},"\\u0061lg":"none"}}'),
    ("kid twice", f'{{{OURS},"kid":"rs2026a"}}'),
    ("a list", f"[{{{OURS}}}]"),
    ("a string", '"HS256"'),
    ("null", "null"),
    ("nothing", ""),
    ("cut", f"{{{OURS}"),
    ("a comma too many", f"{{{OURS},}}"),
    ("a comment", f"{{{OURS}/**/}}"),
    ("two objects", f"{{{OURS}}}{{}}"),
    ("a NUL behind it", f"{{{OURS}}}\u0000"),
    ("a byte order mark", f"\ufeff{{{OURS}}}"),
    ("single quotes", "{'alg':'HS256'}"),
    ("a lone surrogate as kid", '{"alg":"HS256","kid":"\\ud800"}'),
]


def add() -> None:
    for name, value in (
        ("crit", ["exp"]),
        ("crit", []),
        ("b64", False),
        ("jwk", JWK),
        ("jku", "https://evil.example/jwks"),
        ("x5u", "https://evil.example/cert"),
        ("x5c", ["MIIB"]),
        ("crit", None),
    ):
        case("header", f"{name}: {value!r:.20}", token(header={**HS, name: value}), "malformed")
    case("header", "jwk with its name escaped", token(header=f'{{{OURS},"\\u006awk":{{}}}}'), "malformed")
    case("header", "jwk in upper case, which is another name", token(header={**HS, "JWK": JWK}), "valid")
    case(
        "header",
        "other members",
        token(header={**HS, "typ": "at+jwt", "cty": "x", "x5t": "y", "n": [{"a": 1}]}),
        "valid",
    )
    case("header", "type of another kind", token(header={**HS, "typ": 7}), "valid")
    kids()
    json_texts()


def kids() -> None:
    for kid in (
        "../../keys/hs2026",
        "/dev/null",
        "hs2026/",
        "hs2026\u0000",
        "HS2026",
        "hs2026 ",
        "",
        "' OR 1=1 --",
        "ключ",
    ):
        case("header", f"kid {kid!r}", token(header={**HS, "kid": kid}), "unknown_key")
    case(
        "header", "kid with an escape in JSON", token(header='{"alg":"HS256","kid":"\\u0068s2026"}'), "valid"
    )


def json_texts() -> None:
    for what, json in MALFORMED:
        case("header", f"header: {what}", token(header=json), "malformed")
    case("header", "header: not UTF-8", token(header=f'{{{OURS},"x":"'.encode() + b'\xff"}'), "malformed")
    case("header", "header: white space around it", token(header=f" \r\n\t{{ {OURS} }} "), "valid")
    case(
        "header",
        "header: a member that is not read, twice",
        token(header=f'{{{OURS},"typ":1,"typ":2}}'),
        "valid",
    )
    case(
        "header",
        "header: lists 2,000 deep",
        token(header=f'{{{OURS},"x":{"[" * 2000}{"]" * 2000}}}'),
        "valid",
    )
    case(
        "header",
        "header: 2,000 lists that do not end",
        token(header=f'{{{OURS},"x":{"[" * 2000}}}'),
        "malformed",
    )
    case(
        "header",
        "header: objects 900 deep as kid",
        token(header='{"alg":"HS256","kid":' + '{"a":' * 900 + "1" + "}" * 901),
        "malformed",
    )

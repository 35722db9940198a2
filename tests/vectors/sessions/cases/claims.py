"""What claims say, and how."""

from .tokens import NOW, case, token, valid, with_claims

EXP = f'"exp":{NOW + 600}'
STRICT = valid(rate_class=None)

MALFORMED = [
    ("a list", f"[{{{EXP}}}]"),
    ("null", "null"),
    ("a number", "7"),
    ("cut", f"{{{EXP}"),
    ("two objects", f"{{{EXP}}}{{}}"),
    ("a comma too many", f"{{{EXP},}}"),
    ("a name without quotes", f"{{exp:{NOW + 600}}}"),
    ("NaN", '{"exp":NaN}'),
    ("Infinity", '{"exp":Infinity}'),
    ("nothing in it", "{}"),
    ("a number with a leading zero", f'{{"exp":0{NOW + 600}}}'),
    ("hexadecimal", '{"exp":0x7fffffff}'),
    ("exp twice", f'{{{EXP},"exp":{NOW + 600}}}'),
    ("exp twice, once escaped", f'{{"exp":1,"\\u0065xp":{NOW + 600}}}'),
    ("sub twice", f'{{{EXP},"sub":"a","sub":"b"}}'),
    ("iss twice", f'{{{EXP},"iss":"a","iss":"b"}}'),
    ("aud twice", f'{{{EXP},"aud":"a","aud":"b"}}'),
    ("nbf twice", f'{{{EXP},"nbf":1,"nbf":1}}'),
    ("rlc twice", f'{{{EXP},"rlc":"a","rlc":"b"}}'),
]


def add() -> None:
    for what, json in MALFORMED:
        case("claims", f"claims: {what}", token(claims=json), "malformed")
    case("claims", "claims: not UTF-8", token(claims=f'{{{EXP},"x":"'.encode() + b'\xc3\x28"}'), "malformed")
    case(
        "claims",
        "claims: white space around them",
        token(claims=f'\n{{ {EXP} ,"sub":"42"}}\n'),
        valid(rate_class=None),
    )
    case(
        "claims",
        "claims: one that is not read, twice",
        token(claims=f'{{{EXP},"sub":"42","x":1,"x":2}}'),
        valid(rate_class=None),
    )
    deep = f'{{{EXP},"sub":"42","x":{"[" * 2500}{"]" * 2500}}}'
    case(
        "claims", "claims: lists 2,500 deep where nothing is read", token(claims=deep), valid(rate_class=None)
    )
    case(
        "claims",
        "claims: lists 2,500 deep as exp",
        token(claims=f'{{"exp":{"[" * 2500}{"]" * 2500}}}'),
        "malformed",
    )
    case(
        "claims",
        "claims: objects 700 deep as aud",
        token(claims=with_claims(aud=deep_object(700))),
        "malformed",
    )
    for name in ("iss", "sub", "rlc"):
        for value in (7, None, True, ["a"], {}):
            case("claims", f"{name} is {value!r}", token(claims=with_claims(**{name: value})), "malformed")
    for value in (7, None, {}, [7], ["media", None], [["media"]]):
        case("claims", f"aud is {value!r}", token(claims=with_claims(aud=value)), "malformed")
    classes()
    parties()


def deep_object(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = {"a": value}
    return value


def classes() -> None:
    for name in ("authed-user", "established-user", "approved-bot"):
        case("claims", f"class {name}", token(claims=with_claims(rlc=name)), valid(rate_class=name))
    for name in ("", "Authed-User", "authed-user ", "staff", "authed-user;net=trusted", "x" * 500):
        case(
            "claims",
            f"class {name!r:.30}, which is not listed",
            token(claims=with_claims(rlc=name)),
            valid(rate_class=None),
        )
    case("claims", "no class", token(claims=with_claims(rlc=...)), valid(rate_class=None))


def parties() -> None:
    ours = with_claims(aud="media")

    def strict(name: str, expect: object, **changed: object) -> None:
        claims = {name: value for name, value in {**ours, **changed}.items() if value is not ...}
        case("claims", f"strict policy: {name}", token("rs2026a", claims=claims), expect, policy="strict")

    strict("first issuer, one audience", STRICT)
    strict("second issuer", STRICT, iss="https://auth.example.net")
    strict("several audiences, one of them ours", STRICT, aud=["x", "api"])
    for issuer in (
        "https://auth.example.org/",
        "https://AUTH.example.org",
        "https://auth.example.com",
        "",
        "x",
    ):
        strict(f"issuer {issuer!r}", "wrong_issuer", iss=issuer)
    strict("no issuer", "wrong_issuer", iss=...)
    for audience in ("Media", "media ", "", [], ["x", "y"], [""]):
        strict(f"audience {audience!r}", "wrong_audience", aud=audience)
    strict("no audience", "wrong_audience", aud=...)
    strict("issuer and audience of others", "wrong_issuer", iss="x", aud="x")
    strict("of another issuer, and over", "expired", iss="x", exp=NOW - 600)
    strict("for others, and not yet", "not_yet", aud="x", nbf=NOW + 600)
    case(
        "claims",
        "any issuer and audience, where the policy names none",
        token(claims=with_claims(iss="https://x.example", aud=["y"])),
        "valid",
    )
    forged = token("rs2026a", claims={**ours, "iss": "x", "exp": 1}, sign=lambda _: bytes(256))
    case("claims", "a bad signature comes before all that it signs", forged, "bad_signature", policy="strict")

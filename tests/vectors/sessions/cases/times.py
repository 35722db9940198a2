"""When a token is in force."""

from .tokens import NOW, case, token, valid, with_claims

STRICT = valid(rate_class=None)


def add() -> None:
    def expiry(name: str, expect: object, policy: str = "default", **changed: object) -> None:
        case("times", name, token(claims=with_claims(**changed)), expect, policy=policy)

    expiry("exp is the next second", "valid", exp=NOW + 1)
    expiry("exp is this second", "expired", exp=NOW)
    expiry("exp has passed", "expired", exp=NOW - 1)
    expiry("exp is zero", "expired", exp=0)
    expiry("exp is negative", "expired", exp=-1)
    expiry("exp is as negative as it gets", "expired", exp=-(2**63))
    expiry("exp is more negative than that", "expired", exp=-(2**70))
    expiry("exp has a fraction, and its second has not come", "valid", exp=NOW + 1.9)
    expiry("exp has a fraction within this second, which is cut off", "expired", exp=NOW + 0.9)
    case(
        "times",
        "exp with an exponent",
        token(claims='{"exp":1.7951766e9,"sub":"42"}'),
        valid(rate_class=None),
    )
    expiry("exp is the last second of the year 9999", "valid", exp=253_402_300_799)
    for name, exp in (
        ("the second after the year 9999", 253_402_300_800),
        ("in milliseconds", (NOW + 600) * 1000),
        ("2^63", 2**63),
        ("2^64", 2**64),
        ("10^30", 10**30),
        ("a text", str(NOW + 600)),
        ("true", True),
        ("null", None),
        ("a list", [NOW + 600]),
        ("an object", {}),
    ):
        expiry(f"exp is {name}", "malformed", exp=exp)
    for number in ("1e309", "1e99999", "-1e309"):
        case("times", f"exp is {number}", token(claims=f'{{"exp":{number},"sub":"42"}}'), "malformed")
    sxp(expiry)
    nbf(expiry)
    leeway()


def sxp(expiry) -> None:
    expiry("sxp alone", "valid", exp=..., sxp=NOW + 600)
    expiry("sxp alone, passed", "expired", exp=..., sxp=NOW - 1)
    expiry("exp counts before sxp, and has passed", "expired", exp=NOW - 1, sxp=NOW + 600)
    expiry("exp counts before sxp, and has not passed", "valid", exp=NOW + 600, sxp=NOW - 1)
    expiry("sxp of another type beside a good exp", "malformed", sxp="never")
    expiry("neither exp nor sxp", "malformed", exp=...)
    expiry("neither exp nor sxp, but iat", "malformed", exp=..., iat=NOW)
    expiry("EXP, which is another name", "malformed", exp=..., EXP=NOW + 600)


def nbf(expiry) -> None:
    expiry("nbf is this second", "valid", nbf=NOW)
    expiry("nbf is the next second", "not_yet", nbf=NOW + 1)
    expiry("nbf has a fraction within this second, which is cut off", "valid", nbf=NOW + 0.9)
    expiry("nbf is negative", "valid", nbf=-5)
    expiry("nbf is a text", "malformed", nbf="0")
    expiry("nbf is too large", "malformed", nbf=10**15)
    expiry("over before it begins", "expired", nbf=NOW + 600, exp=NOW - 600)
    expiry("iat in the future, which is not read", "valid", iat=NOW + 600)


def leeway() -> None:
    def strict(name: str, expect: object, **changed: object) -> None:
        claims = {k: v for k, v in {**with_claims(aud="api"), **changed}.items() if v is not ...}
        case("times", f"leeway of 30 s: {name}", token("es2026", claims=claims), expect, policy="strict")

    strict("exp 29 s ago", STRICT, exp=NOW - 29)
    strict("exp 30 s ago", "expired", exp=NOW - 30)
    strict("nbf in 30 s", STRICT, nbf=NOW + 30)
    strict("nbf in 31 s", "not_yet", nbf=NOW + 31)
    strict("sxp, which this policy does not read", "malformed", exp=..., sxp=NOW + 600)

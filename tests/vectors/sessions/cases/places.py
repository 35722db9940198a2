"""Where a token stands, and which of several counts."""

from .tokens import NOW, nothing, request, token, valid, with_claims

FIRST = token(claims=with_claims(sub="1"))
SECOND = token("ed2026", claims=with_claims(sub="2"))
OVER = token(claims=with_claims(exp=NOW - 1))
FOREIGN = token("rs2026a", header={"alg": "RS256", "kid": "elsewhere"})
FORGED = token("rs2026a", sign=lambda _: bytes(256))
OPAQUE = "Bearer ya29.a0AfB_byC"
ONE, TWO = valid("1"), valid("2")


def add() -> None:
    def case(name: str, expect: object, **parts: object) -> None:
        parts = {"headers": parts.pop("headers", {}), **parts}
        request("places", name, {"status": expect} if isinstance(expect, str) else expect, **parts)

    case("nothing", "none")
    case("no token in what is there", "none", headers={"cookie": "a=b; c"}, query="a=b")
    bearer(case)
    cookies(case)
    several(case)
    query(case)
    case(
        "a policy without bearer does not read it",
        "none",
        policy="strict",
        headers={"authorization": f"Bearer {FIRST}"},
    )
    case("a policy without parameter does not read it", "none", policy="strict", query=f"token={FIRST}")
    case(
        "a policy with one cookie reads no other",
        "none",
        policy="strict",
        headers={"cookie": f"otherJwt={FIRST}"},
    )


def bearer(case) -> None:
    for scheme in ("Bearer ", "bearer ", "BEARER  "):
        case(f"authorization {scheme!r}", ONE, headers={"authorization": f"{scheme}{FIRST}"})
    for value in (
        FIRST,
        f"Bearer:{FIRST}",
        f"Bearer{FIRST}",
        f"Token {FIRST}",
        "Basic YTpi",
        "Bearer",
        "Bearer deleted",
        OPAQUE,
    ):
        case(f"authorization {value[:24]!r} is none", "none", headers={"authorization": value})
    case(
        "a bearer comes before a cookie",
        ONE,
        headers={"authorization": f"Bearer {FIRST}", "cookie": f"sessionJwt={SECOND}"},
    )
    case(
        "an opaque bearer hides no cookie",
        TWO,
        headers={"authorization": OPAQUE, "cookie": f"sessionJwt={SECOND}"},
    )
    case(
        "a bearer of another service hides no cookie",
        TWO,
        headers={"authorization": f"Bearer {FOREIGN}", "cookie": f"sessionJwt={SECOND}"},
    )
    case("a bearer of another service alone", "unknown_key", headers={"authorization": f"Bearer {FOREIGN}"})
    case(
        "the first of two authorization headers counts",
        "none",
        headers={"authorization": ["Basic YTpi", f"Bearer {FIRST}"]},
    )
    case(
        "of two bearers the second is not seen",
        "expired",
        headers={"authorization": [f"Bearer {OVER}", f"Bearer {FIRST}"]},
    )


def cookies(case) -> None:
    case("first cookie of the policy", ONE, headers={"cookie": f"a=b; sessionJwt={FIRST}"})
    case("second cookie of the policy", TWO, headers={"cookie": f"otherJwt={SECOND}; a=b"})
    case(
        "the order of the policy counts, not that of the request",
        ONE,
        headers={"cookie": f"otherJwt={SECOND}; sessionJwt={FIRST}"},
    )
    case("no space behind the semicolon", ONE, headers={"cookie": f"a=b;sessionJwt={FIRST}"})
    for value in ("deleted", "", '""'):
        case(f"cookie {value!r} is none", "none", headers={"cookie": f"sessionJwt={value}"})
        case(
            f"cookie {value!r} hides no other",
            TWO,
            headers={"cookie": f"sessionJwt={value}; otherJwt={SECOND}"},
        )
    case("cookie 'Deleted' is some value", "malformed", headers={"cookie": "sessionJwt=Deleted"})
    case("name in other letters", "none", headers={"cookie": f"SessionJwt={FIRST}"})
    case(
        "name within another",
        "none",
        headers={"cookie": f"xsessionJwt={FIRST}; sessionJwtx={FIRST}; a=sessionJwt={FIRST}"},
    )
    case("of two Cookie lines the first counts", "none", headers={"cookie": ["a=b", f"sessionJwt={FIRST}"]})


def several(case) -> None:
    def line(*values: str) -> dict[str, str]:
        return {"cookie": "; ".join(f"sessionJwt={value}" for value in values)}

    case("two good cookies of one name: the first", ONE, headers=line(FIRST, SECOND))
    case("an old cookie hides no good one", TWO, headers=line(OVER, SECOND))
    case("rubbish hides no good cookie", TWO, headers=line("rubbish", SECOND))
    case("a token of another service hides no good cookie", TWO, headers=line(FOREIGN, SECOND))
    case("a forged token ends the search", "bad_signature", headers=line(FORGED, SECOND))
    unsigned = token(header={"alg": "none", "kid": "hs2026"}, sign=nothing)
    case("an unsigned token costs no verification and hides no good one", TWO, headers=line(unsigned, SECOND))
    confused = token(header={"alg": "HS256", "kid": "rs2026a"})
    case("a token of another algorithm than its key's hides no good one", TWO, headers=line(confused, SECOND))
    case("an unsigned token before a forged one", "bad_signature", headers=line(unsigned, FORGED, SECOND))
    case("a forged token behind a good one is not looked at", ONE, headers=line(FIRST, FORGED))
    case("a fourth cookie is looked at", TWO, headers=line("a", "b", "c", SECOND))
    case("a fifth cookie is not", "malformed", headers=line("a", "b", "c", "d", SECOND))
    case("empty ones do not count", TWO, headers=line("", "deleted", "", "a", "b", "c", SECOND))
    case("the status is that of the first", "expired", headers=line(OVER, "rubbish", FOREIGN))
    case(
        "the status is that of the first, also where a forged one ends the search",
        "malformed",
        headers=line("a", FORGED),
    )


def query(case) -> None:
    case("query parameter", ONE, query=f"a=b&token={FIRST}&c")
    case("query parameter with its name escaped", ONE, query=f"tok%65n={FIRST}")
    case("query parameter in other letters", "none", query=f"Token={FIRST}")
    case("query parameter whose value is escaped", "malformed", query=f"token={FIRST.replace('.', '%2E')}")
    case("query parameter without a value", "none", query="token&token=")
    case("query parameter given twice: the first that is valid", TWO, query=f"token={OVER}&token={SECOND}")
    case(
        "a cookie comes before the query parameter",
        ONE,
        headers={"cookie": f"otherJwt={FIRST}"},
        query=f"token={SECOND}",
    )
    case(
        "an old cookie does not hide the query parameter",
        TWO,
        headers={"cookie": f"sessionJwt={OVER}"},
        query=f"token={SECOND}",
    )

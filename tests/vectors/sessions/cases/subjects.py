"""Whom a session belongs to."""

from .tokens import case, token, valid, with_claims


def add() -> None:
    for sub, account in (
        ("mw:CentralAuth::42", "42"),
        ("42", "42"),
        ("a:b:c:42", "42"),
        (":42", "42"),
        ("mw:CentralAuth::43", "43"),
        ("alice@example.org", "alice@example.org"),
        ("Ünïcödé", "Ünïcödé"),
        (" 42", " 42"),
        ("042", "042"),
        ("x" * 1000, "x" * 1000),
        ("a\nb", "a\nb"),
        ("0", "0"),
    ):
        case("subjects", f"sub {sub!r:.40}", token(claims=with_claims(sub=sub)), valid(account))
    for sub in ("", ":", "mw:CentralAuth::", "::::"):
        case("subjects", f"sub {sub!r}, which names nobody", token(claims=with_claims(sub=sub)), valid(None))
    case("subjects", "no sub, as by client credentials", token(claims=with_claims(sub=...)), valid(None))
    case(
        "subjects",
        "sub with an escape in JSON",
        token(claims='{"exp":1795176600,"sub":"a:\\u0034\\u0032"}'),
        valid("42", None),
    )

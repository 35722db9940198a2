"""Which spellings of a path are one path, and which are not."""

from dataclasses import replace

from .build import EXAMPLE, Case, Sealed, verification

DIRECTORY = "/wikipedia/commons/a/a9/"


def at(name: str) -> Sealed:
    return replace(EXAMPLE, path=DIRECTORY + name)


def same(name: str, canonical: str, sent: str) -> Case:
    return verification(f"valid: in a path, {name}", "valid", at(canonical), raw={"path": DIRECTORY + sent})


def same_bytes(name: str, canonical: str, sent: bytes) -> Case:
    path = DIRECTORY.encode() + sent
    query = b"utm_source=en.wikipedia.org&utm_campaign=parser&utm_content=original&utm_term={seal}"
    return verification(f"valid: in a path, {name}", "valid", at(canonical), target=path + b"?" + query, stripped=path)


def other(name: str, sealed: str, seen: str, sent: str | None = None) -> Case:
    raw = {"path": DIRECTORY + (sent or seen)}
    return verification(f"forged: in a path, {name}", "forged", at(sealed), seen=at(seen), raw=raw)


KYIV = "%D0%9A%D0%B8%D1%97%D0%B2.jpg"
MAP = "%E6%97%A5%E6%9C%AC%E5%9C%B0%E5%9B%B3.svg"
CONCERT = "Concert%2C_%22Gr%C3%B6%C3%9Fe%22_%28Caf%C3%A9%29%2C_2019.jpg"

CASES = [
    same("escaped letters and digits are those letters and digits", "Ab9.jpg", "%41%62%39.jpg"),
    same("escaped hyphen, dot, underscore and tilde are themselves", "a-b_c~.jpg", "a%2Db%5Fc%7e%2Ejpg"),
    same("a raw tilde and a raw exclamation mark, the ends of what stays raw", "!~.jpg", "!~.jpg"),
    same("an escape in lower case is one in upper case", "a%2Cb.jpg", "a%2cb.jpg"),
    same("an escape in mixed case", "%C3%AF.jpg", "%c3%aF.jpg"),
    same("sub-delimiters, colon and at sign stay as they are", "a!$&'()*+,;=:@.jpg", "a!$&'()*+,;=:@.jpg"),
    same(
        "quotes, brackets, braces and a backslash stay raw where they are raw", '"<[{|}]>^`\\.jpg', '"<[{|}]>^`\\.jpg'
    ),
    other("an escaped comma is not a comma", "a,b.jpg", "a%2Cb.jpg"),
    other("an escaped quote is not a quote", 'a"b.jpg', "a%22b.jpg"),
    other("an escaped slash is not a slash", "a/b.jpg", "a%2Fb.jpg"),
    same("an escaped slash stays escaped", "a%2Fb.jpg", "a%2fb.jpg"),
    same("an escaped percent sign stays escaped", "100%25.jpg", "100%25.jpg"),
    same("a double-encoded letter is decoded no further", "%2541.jpg", "%2541.jpg"),
    other("a double-encoded letter is not the letter", "A.jpg", "%2541.jpg"),
    other("a double-encoded comma is not the escaped comma", "a%2Cb.jpg", "a%252Cb.jpg"),
    same("a percent sign at the end stays", "100%", "100%"),
    same("a percent sign with one digit at the end stays", "100%4", "100%4"),
    same("a percent sign before other than hex digits stays", "a%zzb.jpg", "a%zzb.jpg"),
    same("a percent sign before a hex digit and another letter stays", "a%4gb.jpg", "a%4gb.jpg"),
    same("a percent sign before an escape stays", "%A.jpg", "%%41.jpg"),
    same("what decoding puts together is not decoded again", "%41.jpg", "%4%31.jpg"),
    other("an incomplete escape is not an escaped percent sign", "a%zz.jpg", "a%25zz.jpg"),
    same("Cyrillic in upper-case escapes", KYIV, KYIV),
    same("Cyrillic in lower-case escapes", KYIV, KYIV.lower()),
    same("Cyrillic as raw UTF-8", KYIV, "\u041a\u0438\u0457\u0432.jpg"),
    same("Japanese as escapes", MAP, MAP),
    same("Japanese as raw UTF-8", MAP, "\u65e5\u672c\u5730\u56f3.svg"),
    same("commas, quotes, parentheses and umlauts as PHP's rawurlencode writes them", CONCERT, CONCERT),
    same_bytes("a byte that is no UTF-8 is escaped as a byte", "caf%E9.jpg", b"caf\xe9.jpg"),
    same_bytes("the bytes FF and FE are escaped as bytes", "%FF%FE.jpg", b"\xff%fe.jpg"),
    other("composed and decomposed letters are two names", "%C3%A9.jpg", "e%CC%81.jpg"),
    same("a raw space is escaped", "a%20b.jpg", "a b.jpg"),
    same("a plus sign is a plus sign", "a+b.jpg", "a+b.jpg"),
    other("a plus sign is not a space", "a%20b.jpg", "a+b.jpg"),
    other("a plus sign is not an escaped plus sign", "a+b.jpg", "a%2Bb.jpg"),
    same("a raw tab and a raw DEL are escaped", "a%09b%7F.jpg", "a\tb\x7f.jpg"),
    same("an escaped line feed stays escaped and cannot end the line", "a%0Ab.jpg", "a%0ab.jpg"),
    same("a raw line feed is escaped and cannot end the line", "a%0Ab.jpg", "a\nb.jpg"),
    same("an escaped NUL stays escaped", "a%00b.jpg", "a%00b.jpg"),
    same("escaped dots are dots, and dot segments stay", "../a9/./b.jpg", "%2e%2e/a9/%2E/b.jpg"),
    other("dot segments are not resolved", "b.jpg", "../a9/b.jpg"),
    same("empty segments stay", "/b//.jpg", "/b//.jpg"),
    same("a number sign is a character of the path", "a#b.jpg", "a#b.jpg"),
    other("the case of a path counts", "Example.jpg", "example.jpg"),
    verification("valid: an empty path stays empty", "valid", replace(EXAMPLE, path="")),
    verification("valid: the path / is one slash", "valid", replace(EXAMPLE, path="/")),
]

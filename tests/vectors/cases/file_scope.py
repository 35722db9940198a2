"""Scope f holds for a file and all of its thumbnails; scope e for one path."""

from dataclasses import replace

from .build import EXAMPLE, Case, Sealed, verification

FILE = replace(EXAMPLE, scope="f", format="thumbnail")
EXACT = replace(FILE, scope="e")
THUMB = "/wikipedia/commons/thumb/a/a9/Example.jpg"
ARCHIVE = "/wikipedia/commons/thumb/archive/a/a9/20190102030405!Example.jpg"


def covered(name: str, path: str, sealed: Sealed = FILE, config: str = "default") -> Case:
    return verification(f"valid: {name}", "valid", sealed, raw={"path": path}, config=config)


def itself(name: str, path: str, config: str = "default") -> Case:
    """A path that no rewrite matches is its own file."""
    return covered(name, path, replace(FILE, path=path), config)


def uncovered(name: str, sealed: Sealed, path: str, seen_path: str | None = None) -> Case:
    seen = replace(sealed, path=seen_path or path)
    return verification(f"forged: {name}", "forged", sealed, seen=seen, raw={"path": path})


CASES = [
    covered("scope f at the width that was signed", f"{THUMB}/120px-Example.jpg"),
    covered("scope f at another width", f"{THUMB}/3840px-Example.jpg"),
    covered("scope f at any last segment", f"{THUMB}/lossy-page1-250px-Example.jpg.webp"),
    covered("scope f at the file itself", "/wikipedia/commons/a/a9/Example.jpg"),
    uncovered(
        "scope f at another file",
        FILE,
        "/wikipedia/commons/thumb/b/b1/Other.jpg/120px-Other.jpg",
        "/wikipedia/commons/b/b1/Other.jpg",
    ),
    uncovered(
        "scope f at another file whose thumbnail is called after this one",
        FILE,
        "/wikipedia/commons/thumb/b/b1/Other.jpg/120px-Example.jpg",
        "/wikipedia/commons/b/b1/Other.jpg",
    ),
    uncovered(
        "scope f at the file of the same name on another wiki",
        FILE,
        "/wikipedia/de/thumb/a/a9/Example.jpg/120px-Example.jpg",
        "/wikipedia/de/a/a9/Example.jpg",
    ),
    covered(
        "scope e at the width that was signed",
        f"{THUMB}/120px-Example.jpg",
        replace(EXACT, path=f"{THUMB}/120px-Example.jpg"),
    ),
    uncovered(
        "scope e at another width", replace(EXACT, path=f"{THUMB}/120px-Example.jpg"), f"{THUMB}/250px-Example.jpg"
    ),
    uncovered("scope e over the file at a thumbnail", EXACT, f"{THUMB}/120px-Example.jpg"),
    covered(
        "escapes are normalised before the rewrite", "/wikipedia/commons/%74humb/%61/a%39/Example.jpg/120px-Example.jpg"
    ),
    covered(
        "a Cyrillic file name, raw at one width and escaped at signing",
        "/wikipedia/commons/thumb/a/a9/\u041a\u0438\u0457\u0432.jpg/120px-\u041a\u0438\u0457\u0432.jpg",
        replace(FILE, path="/wikipedia/commons/a/a9/%D0%9A%D0%B8%D1%97%D0%B2.jpg"),
    ),
    uncovered(
        "an escaped slash could lead to another file",
        FILE,
        f"{THUMB}/..%2f..%2fb9%2fOther.jpg",
        f"{THUMB}/..%2F..%2Fb9%2FOther.jpg",
    ),
    uncovered("an escaped slash in the name", replace(FILE, path="/wikipedia/commons/a/a9/A%2FB.jpg"),
              "/wikipedia/commons/thumb/a/a9/A%2fB.jpg/120px-A%2fB.jpg",
              "/wikipedia/commons/thumb/a/a9/A%2FB.jpg/120px-A%2FB.jpg"),
    uncovered("an escaped backslash", FILE, f"{THUMB}/..%5c..%5cOther.jpg", f"{THUMB}/..%5C..%5COther.jpg"),
    uncovered("a raw backslash", FILE, f"{THUMB}/..\\Other.jpg"),
    uncovered("a dot segment at the end", FILE, f"{THUMB}/.."),
    uncovered("an escaped dot segment", FILE, f"{THUMB}/%2e%2E", f"{THUMB}/.."),
    uncovered("a segment of one dot", FILE, f"{THUMB}/."),
    uncovered(
        "a dot segment before the thumbnail",
        FILE,
        "/../commons/thumb/a/a9/Example.jpg/120px-Example.jpg",
    ),
    covered("dots that are no segment", f"{THUMB}/120px-..Example..jpg"),
    itself("scope f at a path with a dot segment is for that path", f"{THUMB}/.."),
    itself("scope f at a path that is no thumbnail's is for that path", "/static/logo.png"),
    uncovered(
        "scope f at a path that is no thumbnail's is for no other",
        replace(FILE, path="/static/logo.png"),
        "/static/logo2.png",
    ),
    itself(
        "a directory in upper case is no thumbnail's", "/wikipedia/commons/thumb/A/A9/Example.jpg/120px-Example.jpg"
    ),
    itself(
        "one directory more before thumb is no thumbnail's",
        "/x/wikipedia/commons/thumb/a/a9/Example.jpg/120px-Example.jpg",
    ),
    itself("one segment more at the end is no thumbnail's", f"{THUMB}/120px-Example.jpg/x"),
    itself("an empty last segment is no thumbnail's", f"{THUMB}/"),
    itself("a line feed, escaped, is a character like any other", "/static/a%0Ab.png"),
    uncovered(
        "an old version's thumbnail is matched by no shipped rewrite",
        replace(FILE, path=f"{ARCHIVE}/120px-Example.jpg"),
        f"{ARCHIVE}/250px-Example.jpg",
    ),
    covered(
        "the first rewrite that matches, and no second one after it",
        "/thumb/A.jpg/1px",
        replace(FILE, path="/file/A.jpg"),
        "two_rewrites",
    ),
    covered(
        "the second rewrite where the first does not match",
        "/file/A.jpg",
        replace(FILE, path="/other/A.jpg"),
        "two_rewrites",
    ),
    itself("scope f without rewrites is for the path", f"{THUMB}/120px-Example.jpg", "no_rewrites"),
]

"""Those who try: headers of ours, tokens that were never signed, seals of others, disguises."""

from dataclasses import replace

from cases import tokens

from .build import UPLOAD, case
from .model import BOT, LIBRARY, NOBODY, Agent, Image, Session, Truth
from .signed import COOKIE, IN_FORCE, OF_FILE, PATH, SEALED, Sealed, claims, token

OURS = {
    "x-trusted-request": "A",
    "x-provenance": "net=trusted;id=examplebot",
    "x-is-browser": "100",
    "x-browser-score": "100",
    "x-ua-class": "browser",
    "x-ua-contact": "noc@example.org",
    "x-image-provenance": "valid",
    "x-image-source": "web",
    "x-provenance-fallback": "0",
}
SCRAPER = Truth("scrapers")


def add() -> None:
    headers_of_ours()
    addresses()
    forged_tokens()
    odd_tokens()
    seals()
    user_agents()
    disguises()


def headers_of_ours() -> None:
    whole = {**OURS, **{name.title(): value for name, value in OURS.items()}}
    for name, value in OURS.items():
        for spelled in (name, name.replace("-", "_"), name.upper()):
            case("attacks", f"{spelled} from abuse", SCRAPER, headers={spelled: value})
            case("attacks", f"{spelled} from a library", Truth(agent=LIBRARY), headers={spelled: value})
        case("attacks", f"{name} for a sitemap", Truth(asks_for="sitemap"), path="/sitemap.xml", headers={name: value})
    case("attacks", "all headers of ours at once", SCRAPER, headers=whole)
    hops = {"connection": "X-Provenance, X-Trusted-Request, X-Forwarded-For", "x-forwarded-for": "192.0.2.1"}
    case("attacks", "headers of ours as hop-by-hop", SCRAPER, headers=hops, http=False)


def addresses() -> None:
    for line in (
        "192.0.2.1",
        "127.0.0.1",
        "10.0.1.1",
        "10.0.1.1, 192.0.2.1",
        "192.0.2.1, 10.0.1.1",
        "::1",
        "::ffff:192.0.2.1",
    ):
        case("attacks", f"X-Forwarded-For: {line} from abuse", SCRAPER, headers={"x-forwarded-for": line})
        through = f"{line}, 203.0.113.200"
        case(
            "attacks",
            f"X-Forwarded-For: {through} through a proxy",
            SCRAPER,
            ip="10.0.1.1",
            headers={"x-forwarded-for": through},
        )
    for spelled in ("x_forwarded_for", "x-forwarded-for-", "x-forwarded"):
        case(
            "attacks",
            f"{spelled} through a proxy",
            Truth("load_balancers"),
            ip="10.0.1.1",
            headers={"x-forwarded-for": "10.0.1.2", spelled: "203.0.113.200"},
        )


def forged_tokens() -> None:
    public = (tokens.KEYS / "rs2026a.pub.pem").read_bytes()
    bad = Session("bad_signature")
    for alg in ("none", "None", "NONE", "nOnE", "", "HS384", "HS512", "RS384", "PS256", "hs256"):
        for kid in ("hs2026", "rs2026a", None):
            header = {"alg": alg, **({"kid": kid} if kid else {})}
            value = token(header=header, sign=tokens.nothing)
            case(
                "attacks",
                f"algorithm {alg!r}, kid {kid}, unsigned",
                Truth("scrapers", session=bad),
                headers={"cookie": f"sessionJwt={value}"},
            )
    for what, secret in {"PEM": public, "PEM without its last newline": public.strip(), "nothing": b""}.items():
        for kid in ("rs2026a", "hs2026"):
            value = token(header={"alg": "HS256", "kid": kid}, sign=tokens.hs256(secret))
            case(
                "attacks",
                f"HS256 with {what} as the secret, kid {kid}",
                Truth("scrapers", session=bad),
                headers={"cookie": f"sessionJwt={value}"},
            )
    for key in tokens.ALG:
        header, _, signature = token(key).split(".")
        other = tokens.b64(tokens.text(claims("1")))
        case(
            "attacks",
            f"{key}: claims of another account",
            Truth(session=bad),
            headers={"cookie": f"sessionJwt={header}.{other}.{signature}"},
        )
        zeros = "A" * len(signature)
        case(
            "attacks",
            f"{key}: a signature of zeros",
            Truth(session=bad),
            headers={"cookie": f"sessionJwt={header}.{other}.{zeros}"},
        )
    value = token("rs2026a", sign=tokens.rs256("rs2026c"))
    case(
        "attacks",
        "a key of somebody else under an id of ours",
        Truth(session=bad),
        headers={"authorization": f"Bearer {value}"},
    )


def odd_tokens() -> None:
    malformed = Session("malformed")
    good = token()
    header, payload, signature = good.split(".")
    for what, value in {
        "two parts": f"{header}.{payload}",
        "four parts": f"{good}.x",
        "five parts": f"{good}.x.y",
        "padding": f"{header}==.{payload}.{signature}",
        "the other alphabet": f"{header}.{payload}.+/{signature[2:]}",
        "a header that is no JSON": f"{tokens.b64(b'x')}.{payload}.{signature}",
        "a header that is a list": f"{tokens.b64(b'[]')}.{payload}.{signature}",
        "a dot alone": "..",
        "a very long one": "a" * 5000,
        "9,000 bytes": f"{header}.{tokens.b64(b' ' * 6000)}.{signature}",
    }.items():
        case(
            "attacks",
            f"a token of {what}",
            Truth("scrapers", session=malformed),
            headers={"cookie": f"sessionJwt={value}"},
        )
    unsigned = Truth("scrapers", session=Session("bad_signature"))
    case("attacks", "a token with an empty signature", unsigned, headers={"cookie": f"sessionJwt={header}.{payload}."})
    for member, value in {
        "jwk": {},
        "jku": "https://evil.example/keys",
        "x5u": "https://evil.example/c",
        "x5c": ["MII"],
        "crit": ["b64"],
        "b64": False,
    }.items():
        made = token(header={"alg": "HS256", "kid": "hs2026", member: value})
        case(
            "attacks",
            f"a token with {member} in its header",
            Truth("scrapers", session=malformed),
            headers={"cookie": f"sessionJwt={made}"},
        )
    twice = '{"iss":"https://auth.example.org","aud":"media","sub":"1","sub":"42","exp":%d}' % IN_FORCE
    made = tokens.token("hs2026", twice)
    case(
        "attacks",
        "a token with two subjects",
        Truth("scrapers", session=malformed),
        headers={"cookie": f"sessionJwt={made}"},
    )
    many = "; ".join(f"sessionJwt={letter}" for letter in "abcdefgh")
    case(
        "attacks",
        "eight cookies before a good one",
        Truth("scrapers", session=malformed),
        headers={"cookie": f"{many}; {COOKIE['cookie']}"},
    )


def seals() -> None:
    def image(name: str, status: str, sealed: Sealed, query: str, path: str = PATH, host: str = UPLOAD) -> None:
        case("attacks", name, Truth(image=sealed.image(status)), host=host, path=path, query=query)

    image("a seal on another path", "forged", SEALED, SEALED.query, "/wikipedia/commons/b/b9/Other.jpg")
    image("a seal on another host", "forged", SEALED, SEALED.query, host="a.media.example.org")
    for path in (
        "/wikipedia/commons/thumb/a/a9/Example.jpg/..%2F..%2FOther.jpg",
        "/wikipedia/commons/thumb/a/a9/Example.jpg/..%5cOther.jpg",
        "/wikipedia/commons/thumb/a/a9/Example.jpg/..",
        "/wikipedia/commons/thumb/a/a9/Example.jpg/%2e%2e",
        "/wikipedia/commons/thumb/a/a9/../120px-Example.jpg",
        "/wikipedia/commons//thumb/a/a9/Example.jpg/120px-Example.jpg",
        "/wikipedia/commons/a/a9/Example.jpg%00.php",
        "/wikipedia/commons/a/a9/Example.jpg%2f..%2fOther.jpg",
        "/wikipedia/commons/A/A9/EXAMPLE.JPG",
        "/wikipedia/commons/a/a9/%2545xample.jpg",
    ):
        image(f"a seal of a file on {path}", "forged", OF_FILE, OF_FILE.query, path)
    image("scope e turned into f", "forged", SEALED, SEALED.query.replace("=1e.", "=1f."))
    image("scope f turned into e", "forged", OF_FILE, OF_FILE.query.replace("=1f.", "=1e."))
    image("the id of another key", "forged", SEALED, SEALED.query.replace(".k1.", ".k2."))
    shared = replace(SEALED, generator="share", ts=1_577_836_800)
    query = shared.query.replace("utm_campaign=share", "utm_campaign=parser")
    image("an old share as a page's image", "forged", replace(shared, generator="parser"), query)
    twice = Truth(image=Image("malformed"))
    for query in (
        f"utm_term=x&{SEALED.query}",
        f"{SEALED.query}&utm_term=x",
        f"{SEALED.query}&utm%5fterm=x",
        f"{SEALED.query}&utm_campaign=api",
    ):
        case("attacks", f"a second parameter: {query[:20]}…{query[-20:]}", twice, host=UPLOAD, path=PATH, query=query)
    zeros = SEALED.query.rpartition(".")[0] + "." + "A" * 22
    image("a MAC of zeros", "forged", SEALED, zeros)


def user_agents() -> None:
    for text in ("examplebot/2.1", "Mozilla/5.0 (compatible; ExampleBot/2.1)", "EXAMPLEBOT"):
        agent = Agent(text, "other", claims="examplebot")
        for network in ("unknown", "cumulus", "scrapers"):
            case("attacks", f"{text!r} from {network}", Truth(network, agent))
            sitemap = Truth(network, agent, asks_for="sitemap")
            case("attacks", f"{text!r} from {network} asks for a sitemap", sitemap, path="/sitemap.xml")
    case("attacks", "a contact opens no sitemap", Truth(agent=BOT, asks_for="sitemap"), path="/sitemap.xml")
    case("attacks", "a contact lifts no abuse", Truth("scrapers", BOT))
    huge = Agent("python-requests/2.32.3 " + "x" * 4000, "library_default")
    case("attacks", "a library behind 4,000 letters", Truth(agent=huge))
    hidden = Agent("x" * 3000 + " (bob@example.org)", "other")
    case("attacks", "a contact behind 3,000 letters", Truth(agent=hidden))


def disguises() -> None:
    for path in (
        "/keys/..%2fw/api.php",
        "/keys/../w/api.php",
        "/keys/%252e%252e/w/api.php",
        "/keys/..;/w/api.php",
        "/keys//../w/api.php",
        "/KEYS",
        "/keys\\..\\w",
    ):
        case("attacks", f"{path} as an exempt path", Truth(agent=NOBODY), path=path)
        case("attacks", f"{path} as an exempt path, from abuse", SCRAPER, path=path)
    for path in ("/robots.txt/../wiki/X", "/robots.txt%2f..%2fwiki", "/robots.txt;/../wiki", "/%72obots.txt"):
        case("attacks", f"{path} as robots.txt", Truth(agent=NOBODY), path=path)
    for host in (
        "ci.example.org.evil.example",
        "ci.example.org@evil.example",
        "evil.example#ci.example.org",
        "ci.example.org:80x",
        "ci.example.org.",
    ):
        case(
            "attacks", f"host {host} as an exempt one", Truth(agent=LIBRARY), host=host, headers={"authorization": "x"}
        )

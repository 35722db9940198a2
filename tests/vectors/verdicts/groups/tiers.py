"""Every combination of what makes a tier."""

from itertools import product

from .build import case
from .model import BOT, BROWSER, CRAWLER, CRAWLER_WITH_CONTACT, KINDS, Session, Truth
from .signed import COOKIE, OVER, SESSION, token

PASS = "LetIn=yes-please"
NETWORKS = [name for name in KINDS if name != "load_balancers"]
AGENTS = {
    ("nobody", False): BROWSER,
    ("nobody", True): BOT,
    ("verified", False): CRAWLER,
    ("verified", True): CRAWLER_WITH_CONTACT,
    ("impostor", False): CRAWLER,
    ("impostor", True): CRAWLER_WITH_CONTACT,
}
EXPIRED = f"sessionJwt={token(exp=OVER)}"


def add() -> None:
    for network, who, session, has_pass, contact in product(
        NETWORKS, ("nobody", "verified", "impostor"), (False, True), (False, True), (False, True)
    ):
        with_what = [
            who,
            *(["a session"] if session else []),
            *(["a pass"] if has_pass else []),
            *(["a contact"] if contact else []),
        ]
        truth = Truth(
            network,
            AGENTS[who, contact],
            is_verified=who == "verified",
            session=SESSION if session else Session(),
            has_pass=has_pass,
            # No class that a crawler or a bot has is staged, so that the exemption of the feed concerns nothing.
        )
        cookies = [*([COOKIE["cookie"]] if session else []), *([PASS] if has_pass else [])]
        headers = {"cookie": "; ".join(cookies)} if cookies else None
        case("tiers", f"{network}: {', '.join(with_what)}", truth, host="www.example.org", headers=headers)
    for network in NETWORKS:
        truth = Truth(network, session=Session("expired"))
        case("tiers", f"{network}: a session that is over", truth, headers={"cookie": EXPIRED})

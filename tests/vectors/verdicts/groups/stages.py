"""Classes by the calendar."""

from .build import at_all_times
from .model import (
    APP,
    BEFORE,
    BOT,
    BROWSER,
    CURL,
    FIRST_STAGE,
    LAST_STAGE,
    LIBRARY,
    MEDIAWIKI,
    NOBODY,
    NOW,
    THE_END,
    Agent,
    Truth,
)

TIMES = {
    BEFORE: "before the first stage",
    FIRST_STAGE: "as the first stage begins",
    LAST_STAGE: "as the last stage begins",
    NOW: "long after",
    THE_END: "later still",
}
AGENTS = {
    "nobody": NOBODY,
    "a library": LIBRARY,
    "curl": CURL,
    "MediaWiki": MEDIAWIKI,
    "MediaWiki with a contact": Agent(
        "MediaWiki/1.43.1 (https://wiki.example.org)", "mediawiki", "https://wiki.example.org"
    ),
    "a bot": BOT,
    "a browser": BROWSER,
    "an app": APP,
}


def add() -> None:
    # All stages have begun: what holds now holds for good.
    lasting = {"depends_on_time": False}
    for what, agent in AGENTS.items():
        at_all_times("stages", what, Truth(agent=agent), TIMES, **lasting)
    for network in ("office", "cumulus", "scrapers", "suspects"):
        at_all_times("stages", f"a library from {network}", Truth(network, LIBRARY), TIMES, **lasting)
    at_all_times(
        "stages",
        "curl from suspects: the first that would have refused is told",
        Truth("suspects", CURL),
        TIMES,
        **lasting,
    )

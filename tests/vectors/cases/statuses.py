"""Each status, what it reports, and which comes first where several apply."""

from dataclasses import replace

from .build import EXAMPLE, MIDNIGHT, NOW, unsealed, verification
from .config import DAY

PATH = EXAMPLE.path
QUERY = "utm_source=en.wikipedia.org&utm_campaign=parser&utm_content=original"
NO_MAC = "A" * 22

UNNAMED = replace(EXAMPLE, generator="scraper")
NO_GENERATOR = replace(EXAMPLE, generator=None)
OLD = replace(EXAMPLE, ts=MIDNIGHT - 36 * DAY)
AHEAD = replace(EXAMPLE, ts=MIDNIGHT + DAY)

CASES = [
    unsealed("none: no query", "none", PATH),
    unsealed("none: an empty query", "none", f"{PATH}?", stripped=f"{PATH}?"),
    unsealed("none: other parameters only", "none", f"{PATH}?utm_medium=x&download=1", stripped=f"{PATH}?download=1"),
    unsealed(
        "unsigned: site, generator and format without a seal",
        "unsigned",
        f"{PATH}?{QUERY}",
        site="en.wikipedia.org",
        generator="parser",
        format="original",
    ),
    unsealed("unsigned: the site alone", "unsigned", f"{PATH}?utm_source=newsletter", site="newsletter"),
    unsealed("unsigned: one parameter that is present and empty", "unsigned", f"{PATH}?utm_content=", format=""),
    unsealed(
        "unsigned: a generator that no source names has the source unknown",
        "unsigned",
        f"{PATH}?utm_campaign=spring",
        generator="spring",
    ),
    unsealed(
        "unsigned: a parameter given twice is no value to report",
        "unsigned",
        f"{PATH}?utm_source=a&utm_source=b&utm_campaign=api&utm_campaign=api&utm_content=original",
        format="original",
    ),
    unsealed(
        "unsigned: values that could not be sealed are no values to report",
        "unsigned",
        f"{PATH}?utm_source=a%0Ab&utm_campaign=%FF&utm_content={'a' * 256}",
    ),
    unsealed("malformed: the seal is present and empty", "malformed", f"{PATH}?{QUERY}&utm_term="),
    unsealed("malformed: the seal is present without an equals sign", "malformed", f"{PATH}?{QUERY}&utm_term"),
    unsealed("malformed: the seal is a word", "malformed", f"{PATH}?{QUERY}&utm_term=shoes"),
    verification("unknown_key: a key id that the policy does not hold", "unknown_key", replace(EXAMPLE, kid="k9")),
    verification("forged: a MAC that nobody made", "forged", raw={"seal": f"1e.k1.{MIDNIGHT}.{NO_MAC}"}),
    verification("early: the seal is of tomorrow", "early", AHEAD),
    verification("stale: older than the source allows", "stale", OLD),
    verification("valid: source web", "valid"),
    verification("valid: source api", "valid", replace(EXAMPLE, generator="api")),
    verification("valid: source dumps", "valid", replace(EXAMPLE, generator="dumps")),
    verification("valid: source share", "valid", replace(EXAMPLE, generator="share", ts=NOW - 60)),
    verification(
        "stale: source share after an hour, though web would allow it", "stale", replace(EXAMPLE, generator="share")
    ),
    verification("valid: only the generator is given", "valid", replace(EXAMPLE, site=None, format=None)),
    verification(
        "valid: an empty value seals as an absent one, and is reported as empty", "valid", replace(EXAMPLE, site="")
    ),
    verification("stale: a generator that no source names is granted no age", "stale", replace(UNNAMED, ts=NOW)),
    verification("stale: no generator, so no source", "stale", replace(NO_GENERATOR, ts=NOW)),
    verification("stale: an empty generator, so the source unknown", "stale", replace(EXAMPLE, generator="", ts=NOW)),
    verification("stale: the seal alone, over empty values", "stale", replace(NO_GENERATOR, site=None, format=None)),
    verification("stale: a generator is compared in its exact case", "stale", replace(EXAMPLE, generator="Parser")),
    unsealed(
        "malformed comes before unknown_key",
        "malformed",
        f"{PATH}?{QUERY}&utm_content=original&utm_term=1e.k9.{MIDNIGHT}.{NO_MAC}",
    ),
    verification(
        "unknown_key comes before early and stale",
        "unknown_key",
        replace(AHEAD, kid="k9", generator="scraper"),
    ),
    verification("forged comes before early", "forged", AHEAD, raw={"seal": f"1e.k1.{MIDNIGHT + DAY}.{NO_MAC}"}),
    verification("forged comes before stale", "forged", OLD, raw={"seal": f"1e.k1.{MIDNIGHT - 36 * DAY}.{NO_MAC}"}),
    verification(
        "forged comes before the source unknown", "forged", UNNAMED, raw={"seal": f"1e.k1.{MIDNIGHT}.{NO_MAC}"}
    ),
    verification(
        "early comes before stale for a generator that no source names", "early", replace(UNNAMED, ts=MIDNIGHT + DAY)
    ),
]

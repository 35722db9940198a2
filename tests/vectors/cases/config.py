"""The shared configurations. Every secret here is for tests: consecutive bytes, never random."""

from typing import Any

DAY = 86_400

DEFAULT: dict[str, Any] = {
    "parameters": {
        "site": "utm_source",
        "generator": "utm_campaign",
        "format": "utm_content",
        "seal": "utm_term",
    },
    "strip": ["utm_medium", "utm_id"],
    "keys": {
        "k1": bytes(range(0, 32)).hex(),
        "k2": bytes(range(32, 64)).hex(),
        "ends_in_newline": (b"0123456789abcdef0123456789abcdef" + b"\n").hex(),
        "over_one_block": bytes(range(0, 100)).hex(),
        "abcdefghij_12345": bytes(range(64, 96)).hex(),
    },
    "signing_key": "k1",
    "sources": {
        "web": {
            "generators": ["parser", "index", "imageinfo"],
            "max_age": 35 * DAY,
            "granularity": DAY,
            "scope": "f",
        },
        "api": {
            "generators": ["api", "rest"],
            "max_age": 7 * DAY,
            "granularity": 3600,
            "scope": "e",
        },
        "dumps": {
            "generators": ["dumps"],
            "max_age": 60 * DAY,
            "granularity": DAY,
            "scope": "e",
        },
        "share": {
            "generators": ["share"],
            "max_age": 3600,
            "granularity": 60,
            "scope": "e",
        },
    },
    "skew": 300,
    "rewrites": [
        [
            "^/([^/]+)/([^/]+)/thumb/([0-9a-f])/([0-9a-f]{2})/([^/]+)/[^/]+$",
            "/$1/$2/$3/$4/$5",
        ]
    ],
    "hosts": [],
}

CONFIGS: dict[str, dict[str, Any]] = {
    "default": DEFAULT,
    "rotated": DEFAULT | {"signing_key": "k2"},
    "listed_hosts": DEFAULT | {"hosts": ["upload.example.org", "*.wiki.example.org"]},
    "other_names": DEFAULT
    | {
        "parameters": {"site": "src", "generator": "gen", "format": "fmt", "seal": "p seal"},
        "strip": ["utm_source"],
    },
    "no_skew": DEFAULT | {"skew": 0},
    "two_rewrites": DEFAULT
    | {
        "rewrites": [
            ["^/thumb/([^/]+)/[^/]+$", "/file/$1"],
            ["^/(thumb|file)/([^/]+)(/.*)?$", "/other/$2"],
        ]
    },
    "no_rewrites": DEFAULT | {"rewrites": []},
}

SOURCE_OF = {generator: name for name, source in DEFAULT["sources"].items() for generator in source["generators"]}

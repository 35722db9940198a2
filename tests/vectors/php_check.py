#!/usr/bin/env python3
"""Runs the PHP of docs/seal.md over the vectors: the code that people copy is the code that is tested.

Signing cases are signed as they are. Every `valid` case is sealed again from what it reports, and must give the very
seal that it carries. The page's own calls must give valid URLs, and its worked example must be that of the vectors.
"""

from __future__ import annotations

import hmac
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import seal

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "seal.md"
KEY_FILE = "/etc/provenance/k1.key"
EXAMPLE = "sign: the worked example of docs/seal.md"

DRIVER = r"""
$answers = [];
foreach ( json_decode( stream_get_contents( STDIN ), true, 16, JSON_THROW_ON_ERROR ) as $call ) {
	$call['policy']['key']['secret'] = hex2bin( $call['policy']['key']['secret'] );
	$bytes = array_map( 'hex2bin', $call['bytes'] );
	$values = [ 'site' => $bytes[0], 'generator' => $bytes[1], 'format' => $bytes[2] ];
	try {
		$answer = $call['function'] === 'provenance_seal'
			? provenance_seal( $call['policy'], $call['scope'], $bytes[3], $bytes[4], $values, $call['time'] )
			: provenance_sign_url(
				$call['policy'], $bytes[3], $bytes[0], $bytes[1], $bytes[2],
				$call['source'], $call['time'], $call['scope']
			);
	} catch ( InvalidArgumentException $refusal ) {
		$answer = 'error ' . strstr( $refusal->getMessage(), ':', true );
	}
	$answers[] = bin2hex( $answer );
}
echo json_encode( $answers );
"""


@dataclass(frozen=True)
class Call:
    name: str
    request: dict[str, Any]
    expected: bytes


def policy(config: dict[str, Any], kid: str) -> dict[str, Any]:
    """The configuration of a vector as the PHP takes it: patterns become PCRE, of the keys one signs."""
    return {
        "key": {"id": kid, "secret": config["keys"][kid]},
        "sources": config["sources"],
        "parameters": config["parameters"],
        "rewrites": {f"\x01{pattern}\x01D": replacement for pattern, replacement in config["rewrites"]},
    }


def signing_call(case: dict[str, Any], config: dict[str, Any]) -> Call:
    ask, expect = case["sign"], case["expect"]
    request = {
        "function": "provenance_sign_url",
        "policy": policy(config, config["signing_key"]),
        "bytes": [seal.octets(ask, key).hex() for key in ("site", "generator", "format", "url")],
        "source": ask["source"],
        "scope": ask.get("scope"),
        "time": ask["now"],
    }
    expected = expect["url"] if "url" in expect else f"error {expect['error']}"
    return Call(case["name"], request, expected.encode())


def derived_calls(case: dict[str, Any], document: dict[str, Any]) -> list[Call]:
    """The seal of a `valid` case made again; and its URL, where a URL can ask for that target at that time."""
    host, target, expect = seal.octets(case, "host"), seal.octets(case, "target"), case["expect"]
    path, query = seal.split_target(target)
    config = seal.Config.compile(document)
    sealed = seal.Seal.parse(next(v for n, v in seal.pairs(query or b"") if config.parameters.get(n) == "seal"))
    assert sealed is not None
    values = [(expect[field] or "").encode() for field in seal.FIELDS[:3]]
    request = {
        "function": "provenance_seal",
        "policy": policy(document, sealed.kid),
        "bytes": [part.hex() for part in (*values, host, path)],
        "source": expect["source"],
        "scope": sealed.scope,
        "time": sealed.ts,
    }
    calls = [Call(f"{case['name']} (seal)", request, str(sealed).encode())]

    rounded = sealed.ts % config.sources[expect["source"]].granularity == 0
    if rounded and path.startswith(b"/") and b"#" not in target:
        url = b"https://" + host + target
        signer = replace(config, signing_key=sealed.kid)
        signed = seal.sign(signer, url, values, expect["source"], sealed.ts, sealed.scope)
        expected = signed if signed.endswith(b"=" + str(sealed).encode()) else b"the seal of the vector"
        url_bytes = [*request["bytes"][:3], url.hex()]
        url_request = request | {"function": "provenance_sign_url", "bytes": url_bytes}
        calls.append(Call(f"{case['name']} (URL)", url_request, expected))
    return calls


def calls() -> list[Call]:
    configs = json.loads((HERE / "seal" / "config.json").read_text())
    found = []
    for file in sorted((HERE / "seal").glob("*.json")):
        for case in json.loads(file.read_text()) if file.name != "config.json" else []:
            if "sign" in case:
                found.append(signing_call(case, configs[case["config"]]))
            elif case["expect"]["status"] == "valid":
                found += derived_calls(case, configs[case["config"]])
    return found


def run(php: str, script: str, stdin: str = "") -> Any:
    """The JSON that a script prints; a warning or a notice is a failure like any other."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "seal.php"
        file.write_text(script)
        command = [php, "-n", "-d", "error_reporting=-1", "-d", "display_errors=stderr", str(file)]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        sys.exit(f"php_check: the PHP of {PAGE.name} fails:\n{done.stderr or done.stdout}")
    return json.loads(done.stdout)


def usage_failures(php: str, script: str) -> list[str]:
    """What the page's own use of its functions gives that is not valid at the second of its sealing."""
    document = json.loads((HERE / "seal" / "config.json").read_text())["default"]
    config = seal.Config.compile(document)
    with tempfile.NamedTemporaryFile() as key:
        key.write(config.keys["k1"])
        key.flush()
        script = script.replace(KEY_FILE, key.name)
        urls = run(php, script + "echo json_encode( [ '$sealed' => $sealed, '$link' => $link ] );")
    failures = []
    for variable, url in urls.items():
        host, _, target = url.removeprefix("https://").partition("/")
        ts = int(url.split(".")[-2])
        verdict = seal.verify(config, host.encode(), f"/{target}".encode(), ts)
        if verdict["status"] != "valid":
            failures.append(f"{variable} of {PAGE.name} is {verdict['status']}: {url}")
    return failures


def example_failures(page: str) -> list[str]:
    """What the page has to print for its worked example and does not."""
    cases = json.loads((HERE / "seal" / "signing.json").read_text())
    url = next(case["expect"]["url"] for case in cases if case["name"] == EXAMPLE)
    document = json.loads((HERE / "seal" / "config.json").read_text())["default"]
    host, _, target = url.removeprefix("https://").partition("/")
    verdict = seal.verify(seal.Config.compile(document), host.encode(), f"/{target}".encode(), 1_795_176_000)
    message = verdict["message"]
    tag = hmac.new(bytes.fromhex(document["keys"]["k1"]), message.encode(), "sha256").hexdigest()
    printed = {
        "the message": f"\n```text\n{message}\n```\n",
        "its length": f"{len(message)} bytes",
        "the message for printf": "M='" + message.replace("\n", "\\n") + "'",
        "the key": "K=" + document["keys"]["k1"],
        "the whole HMAC": f"= {tag}\n",
        "the MAC": f"\n{url[-22:]}\n",
        "the URL": f"\n```text\n{url}\n```\n",
        "the rewrite": document["rewrites"][0][0],
    }
    return [
        f"{PAGE.name} does not print {what} of its worked example" for what, text in printed.items() if text not in page
    ]


def main() -> int:
    php = shutil.which("php")
    if php is None:
        sys.exit("php_check: there is no php here; install php-cli")
    page = PAGE.read_text()
    blocks = re.findall(r"^```php\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    block = next((b for b in blocks if "function provenance_sign_url(" in b), None)
    if block is None:
        sys.exit(f"php_check: {PAGE} has no ```php block with function provenance_sign_url()")

    asked = calls()
    answers = run(php, block + DRIVER, json.dumps([call.request for call in asked]))
    failures = [
        f"{call.name}\n  expected {call.expected!r}\n  actual   {answer!r}"
        for call, answer in zip(asked, map(bytes.fromhex, answers), strict=True)
        if answer != call.expected
    ]
    for found in (usage_failures(php, "".join(blocks)), example_failures(page)):
        failures += ["\n".join(found)] if found else []
    print(*failures, f"{len(asked) + 2 - len(failures)} passed, {len(failures)} failed", sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

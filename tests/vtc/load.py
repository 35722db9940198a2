#!/usr/bin/env python3
"""Asks for a URL over and over, until SIGTERM: load.py ADDR PORT HOST URL STATUS FILE

Every answer must be a 200 whose header Status is STATUS; every tenth comes over a connection of its own. Makes FILE after the
first one. Fails if all answers came under one VCL, by their header Edge: then nothing was reloaded while requests ran.
"""

import http.client
import signal
import sys
from pathlib import Path

REQUESTS_A_CONNECTION = 10


def main(addr: str, port: str, host: str, url: str, status: str, started: str) -> int:
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    answers = 0
    edges = set()
    while not stopped:
        connection = http.client.HTTPConnection(addr, int(port))
        for _ in range(REQUESTS_A_CONNECTION):
            connection.request("GET", url, headers={"Host": host})
            response = connection.getresponse()
            response.read()
            if response.status != 200 or response.headers["Status"] != status:
                print(f"after {answers} right answers: {response.status} {response.headers['Status']}")
                return 1
            answers += 1
            edges.add(response.headers["Edge"])
            Path(started).touch()
        connection.close()
    print(f"{answers} right answers under {sorted(edges)}")
    return 0 if len(edges) > 1 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

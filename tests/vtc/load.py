#!/usr/bin/env python3
"""Asks for a URL over and over, until SIGTERM: load.py ADDR PORT HOST URL HEADER VALUE

Every answer must be a 200 whose HEADER is VALUE. Every tenth comes over a connection of its own.
"""

import http.client
import signal
import sys

REQUESTS_A_CONNECTION = 10


def main(addr: str, port: str, host: str, url: str, header: str, value: str) -> int:
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    answers = 0
    while not stopped or answers == 0:
        connection = http.client.HTTPConnection(addr, int(port))
        for _ in range(REQUESTS_A_CONNECTION):
            connection.request("GET", url, headers={"Host": host})
            response = connection.getresponse()
            response.read()
            if response.status != 200 or response.headers[header] != value:
                print(f"after {answers} right answers: {response.status} {response.headers[header]}")
                return 1
            answers += 1
        connection.close()
    print(f"{answers} right answers")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Imported by every Python process of a server under test: notes each host beyond this machine that it asks for, and, where
``RETORT_TEST_CONNECTIONS`` names a file, each connection that it opens anywhere, its own machine included.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from typing import Any

NOTED = os.environ.get("RETORT_TEST_OUTSIDE", "")
CONNECTIONS = os.environ.get("RETORT_TEST_CONNECTIONS", "")
OWN_NAMES = ("", "localhost", "0.0.0.0", "::")


def _is_own(host: str) -> bool:
    if host in OWN_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""  # a path is a socket of this machine
        if CONNECTIONS and isinstance(address, tuple):
            with open(CONNECTIONS, "a", encoding="utf-8") as file:
                file.write(f"{address[0]}:{address[1]}\n")
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host or ""
    if NOTED and not _is_own(host):
        with open(NOTED, "a", encoding="utf-8") as file:
            file.write(f"{event} {host}\n")


if NOTED or CONNECTIONS:
    sys.addaudithook(_watch)

"""The process that serves the page reaches no other machine, whatever a library in it is asked to do.

Lookups are sent by the tools' processes and a model's files are fetched by one of their own, each after its request is in the
ledger. What would connect from here passed by both: Gradio, for one, fetches what ``/gradio_api/file=https://…`` names, and a file that a
page gives as an address.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Iterable
from typing import Any

OWN_NAMES = frozenset(["", "localhost", "0.0.0.0", "::"])
#: Audit events by where their host stands: first, as a name or number, or in the address at the end.
NAMED = frozenset(["socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"])
ADDRESSED = frozenset(["socket.connect", "socket.sendto", "socket.sendmsg", "socket.getnameinfo"])
#: Of these, those that ask nobody about a number.
RESOLVING = frozenset(["socket.getaddrinfo", "socket.gethostbyname"])


def confine_to_this_machine(but: Iterable[str] = ()) -> None:
    """From now on a connection, or the look-up of a name, beyond loopback raises ``PermissionError``; there is no way back.

    ``but`` are hosts that the person who started Retort named for it, such as the database's.
    """
    names = frozenset(but)
    addresses = frozenset(address for name in names for address in _addresses(name))

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in NAMED:
            host = arguments[0]
        elif event in ADDRESSED:
            address = arguments[-1]
            host = address[0] if isinstance(address, tuple) else ""  # a path is a socket of this machine
        else:
            return
        host = host.decode(errors="replace") if isinstance(host, bytes) else host or ""
        if not (host in names or host in addresses or _is_own(host, event)):
            raise PermissionError(f"Retort's page reaches no other machine, and {host} is one.")

    sys.addaudithook(watch)


def _is_own(host: str, event: str) -> bool:
    if host in OWN_NAMES:
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or event in RESOLVING


def _addresses(name: str) -> set[str]:
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(name, None)}
    except OSError:  # whoever connects there says what is wrong
        return set()

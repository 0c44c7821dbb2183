"""Leave for lookups from the command line: hosts that were named with ``--allow``, and a line for each request that leaves."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable

from errors import NetworkNotAllowedError, ToolInputError
from tools.network import OutgoingRequest


class ConsoleNetwork:
    """Says on standard error what is sent, before it is, and how it ended."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = frozenset(allowed)
        self._numbers = itertools.count(1)

    def about_to_send(self, request: OutgoingRequest) -> str:
        number = next(self._numbers)
        body = f" {request.body}" if request.body else ""
        _say(f"request {number} for {request.tool}: {request.method} {request.url}{body}")
        return str(number)

    def answered(self, id: str, status: int | None, received_bytes: int, problem: str) -> None:
        told = f"{status}, {received_bytes:,} bytes" if status is not None else "no answer"
        _say(f"request {id}: {told}{f'; {problem}' if problem else ''}")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def with_flag(error: NetworkNotAllowedError) -> ToolInputError:
    """The refusal as the command line tells it: with the flag that allows the host."""
    return ToolInputError(f"{error.host} is not allowed yet, and nothing was sent: {error.would_send}", "network", f"add --allow {error.host}")  # fmt: skip

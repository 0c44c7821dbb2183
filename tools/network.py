"""What a tool needs to reach another machine: a caller's leave, and a record, before a byte leaves.

A tool runs in a worker. Before it sends, the worker writes ``{"request": …}`` to its parent and waits; the parent looks whether
the caller allows the host, has the caller record the request, and only then writes ``{"go": true}``. After the answer the
worker writes ``{"answered": …}``. ``go`` may say how long to wait first (``tools.pacing``). Who calls a tool without a ``Network`` allows nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from errors import NetworkNotAllowedError, ToolError, shown
from tools.pacing import Pace

LONGEST_RECORDED_BODY = 20_000
NOT_WAITED_FOR = "the call ended before the answer was there"


@dataclass(frozen=True)
class OutgoingRequest:
    """One request as it is really sent; ``body`` is empty for a GET, and cut off at 20,000 characters for the record.

    ``tool`` is the tool for which it is sent.
    """

    host: str
    method: str
    url: str
    body: str
    tool: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


class Network(Protocol):
    """What a caller of ``tools.running.Workers`` gives to let a tool out: which hosts, and who keeps the record.

    It is asked from the thread that made the call.
    """

    @property
    def allowed(self) -> frozenset[str]:
        """Hosts to which requests may be sent; looked at anew before each one."""
        ...

    def about_to_send(self, request: OutgoingRequest) -> str:
        """Record the request, and return an id for it. What this raises ends the call, and nothing is sent."""
        ...

    def answered(self, id: str, status: int | None, received_bytes: int, problem: str) -> None:
        """How the request of this id ended, once for each: its HTTP status (None without one), bytes received as they came over
        the network, and what went wrong in words (empty: nothing).
        """
        ...


class Gate(Protocol):
    """The worker's side: how the one function that sends asks for leave."""

    def ask(self, host: str, method: str, url: str, body: str) -> str:
        """Returns an id once the request is recorded and may leave; raises ``NetworkNotAllowedError``."""
        ...

    def answered(self, id: str, status: int | None, received_bytes: int, problem: str) -> None: ...


#: None: this process may send nothing.
GATE: ContextVar[Gate | None] = ContextVar("gate", default=None)


@dataclass(frozen=True)
class Retrieved:
    """An answer that a tool used: from which host and service, when it came (UTC, ISO 8601), and whether it had been kept."""

    host: str
    source: str
    retrieved_at: str
    from_cache: bool


_RETRIEVED: ContextVar[list[Retrieved] | None] = ContextVar("retrieved", default=None)


@contextmanager
def gathering() -> Iterator[list[Retrieved]]:
    """What is noted by ``note_retrieved`` inside, for the provenance of one call."""
    gathered: list[Retrieved] = []
    token = _RETRIEVED.set(gathered)
    try:
        yield gathered
    finally:
        _RETRIEVED.reset(token)


def note_retrieved(retrieved: Retrieved) -> None:
    gathered = _RETRIEVED.get()
    if gathered is not None:
        gathered.append(retrieved)


class Border:
    """The parent's side of the gate for one call: who may pass, and that each request that left is answered for once."""

    def __init__(self, tool: str, hosts: Iterable[str], network: Network | None, pace: Pace) -> None:
        self._tool, self._hosts, self._network, self._pace = tool, frozenset(hosts), network, pace
        self._under_way: set[str] = set()

    def asked(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """The reply to a worker's ``request``. Raises ``ToolError`` for one that the tool never announced."""
        request = OutgoingRequest(
            host=str(told["host"]),
            method=str(told["method"]),
            url=str(told["url"]),
            body=str(told["body"])[:LONGEST_RECORDED_BODY],
            tool=self._tool,
        )
        address = urlsplit(request.url)
        if request.host not in self._hosts or address.hostname != request.host or address.scheme != "https":
            raise ToolError(f"{self._tool} wanted to send to {shown(request.url)}, which it never asks; it was ended.")
        if self._network is None or request.host not in self._network.allowed:
            return {"go": False}
        id = self._network.about_to_send(request)
        self._under_way.add(id)
        return {"go": True, "id": id, "after_s": self._pace.wait_s(request.host)}

    def answered(self, told: Mapping[str, Any]) -> None:
        id = str(told["id"])
        if self._network is not None and id in self._under_way:
            self._under_way.remove(id)
            self._network.answered(id, told["status"], int(told["received_bytes"]), str(told["problem"]))

    def ended(self) -> None:
        """The call is over: what was sent and not answered by now will not be."""
        while self._network is not None and self._under_way:
            self._network.answered(self._under_way.pop(), None, 0, NOT_WAITED_FOR)


def not_allowed(tool: str, host: str, method: str, url: str, body: str) -> NetworkNotAllowedError:
    """The refusal that says what would be sent."""
    what = f"{method} {url}" + (f" with {shown(body)}" if body else "")
    return NetworkNotAllowedError(host, f"{tool} would send it {what}")

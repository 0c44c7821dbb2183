"""Lookups without a network: a stand-in that answers, a gate that lets pass and takes notes, and a cache of each test's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.tools.lookups.stand_in import StandIn, serving
from tools.network import GATE, OutgoingRequest


@dataclass
class Record:
    """A ``Network`` of a test: ``log`` has what happened, in order."""

    allowed: frozenset[str] = frozenset()
    log: list[tuple] = field(default_factory=list)
    requests: list[OutgoingRequest] = field(default_factory=list)
    on_record: object = None

    def about_to_send(self, request: OutgoingRequest) -> str:
        self.requests.append(request)
        self.log.append(("recorded", request.host))
        if callable(self.on_record):
            self.on_record(request)
        return f"request {len(self.requests)}"

    def answered(self, id: str, status: int | None, received_bytes: int, problem: str) -> None:
        self.log.append(("answered", id, status, received_bytes, problem))


class OpenGate:
    """In the place of the pipe to the parent: lets everything pass."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str, str]] = []
        self.told: list[tuple[str, int | None, int, str]] = []

    def ask(self, host: str, method: str, url: str, body: str) -> str:
        self.asked.append((host, method, url, body))
        return str(len(self.asked))

    def answered(self, id: str, status: int | None, received_bytes: int, problem: str) -> None:
        self.told.append((id, status, received_bytes, problem))


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    with serving() as told:
        monkeypatch.setenv("RETORT_STAND_IN", told.address)
        monkeypatch.setenv("RETORT_CACHE", str(tmp_path / "kept"))
        yield told


@pytest.fixture
def gate(stand_in: StandIn) -> Iterator[OpenGate]:
    opened = OpenGate()
    token = GATE.set(opened)
    yield opened
    GATE.reset(token)

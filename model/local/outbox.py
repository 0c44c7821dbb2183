"""From the decode thread to whoever reads: at once at first, then in pieces of some hundredths of a second.

Waking a reader for each token would make two threads take turns at the interpreter, token by token.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from model.events import Event

TOLD_EVERY_S = 0.03
LOOKED_AT_EVERY_S = 0.05


class Outbox:
    """Events put by one thread and taken by another."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._begun = threading.Event()
        self._closed = threading.Event()
        self._error: BaseException | None = None
        self._taken_from = False

    def put(self, event: Event) -> None:
        self.put_all((event,))

    def put_all(self, events: Sequence[Event]) -> None:
        self._events.extend(events)
        if events and not self._begun.is_set():
            self._begun.set()

    def close(self, error: BaseException | None = None) -> None:
        """No more will come; ``error`` is raised by the reader after what came before it."""
        self._error = error
        self._closed.set()
        self._begun.set()

    def take(self) -> tuple[list[Event], bool]:
        """What has come since the last call, after at most 50 ms, and whether that is all; raises the closing error."""
        if not self._begun.wait(LOOKED_AT_EVERY_S):
            return [], False
        if self._taken_from:
            self._closed.wait(TOLD_EVERY_S)
        self._taken_from = True
        closed = self._closed.is_set()  # looked at before the events are taken: what is put after it is not lost
        events = [self._events.popleft() for _ in range(len(self._events))]
        if closed and not events and self._error is not None:
            raise self._error
        return events, closed and (self._error is None or not events)

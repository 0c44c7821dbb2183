"""From the decode thread to whoever reads: told at once at first, then in pieces of some hundredths of a second.

Waking a reader for each token makes two threads fight over the interpreter, which costs a small model half its speed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from model.events import Event

TOLD_EVERY_S = 0.03


class Outbox:
    """Events put by one thread and read by another."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._events: list[Event] = []
        self._closed = False
        self._error: BaseException | None = None
        self._told_at = 0.0

    def put(self, event: Event) -> None:
        """Called by the decode thread; the reader is woken if it was not just now."""
        self._events.append(event)  # atomic; the reader swaps the list under the lock that ``tell`` takes
        if time.monotonic() - self._told_at >= TOLD_EVERY_S:
            self.tell()

    def tell(self) -> None:
        with self._changed:
            self._told_at = time.monotonic()
            self._changed.notify()

    def close(self, error: BaseException | None = None) -> None:
        with self._changed:
            self._closed, self._error = True, error
            self._changed.notify()

    def __iter__(self) -> Iterator[Event]:
        """The events in order; raises the error that ended them."""
        taken = 0
        while True:
            with self._changed:
                if len(self._events) == taken and not self._closed:
                    self._changed.wait()
                ready, closed, error = self._events[taken:], self._closed, self._error
            taken += len(ready)
            yield from ready
            if closed and len(self._events) == taken:
                if error is not None:
                    raise error
                return

"""Who waits for the one decode thread, in the order they came."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

from errors import ModelError

T = TypeVar("T")


class Line(Generic[T]):
    """The head is being served, the others wait; anyone may leave at any time. Members are told apart by identity."""

    def __init__(self) -> None:
        self._members: deque[T] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def enter(self, member: T) -> None:
        """Raises ``ModelError`` once the line is closed: nobody would ever be served."""
        with self._changed:
            if self._closed:
                raise ModelError("This model has been closed; load it again.")
            self._members.append(member)
            self._changed.notify()

    def leave(self, member: T) -> None:
        """No longer wait or be served; does nothing for who has left."""
        with self._changed:
            self._members = deque(other for other in self._members if other is not member)

    def ahead_of(self, member: T) -> int:
        """How many are served before; 0 for the head, and for who has left."""
        with self._changed:
            return next((place for place, other in enumerate(self._members) if other is member), 0)

    def anyone_within(self, seconds: float) -> bool:
        """Whether somebody is there, or comes in this time; or it is closed."""
        with self._changed:
            return bool(self._changed.wait_for(lambda: self._members or self._closed, seconds))

    def head(self) -> T | None:
        """Waits for the next to serve, who stays in the line; None when it is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._members or self._closed)
            return self._members[0] if self._members else None

    def close(self) -> None:
        """Nobody new may enter; those in the line are still served."""
        with self._changed:
            self._closed = True
            self._changed.notify()

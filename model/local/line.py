"""Who waits for an answer to be begun, in the order they came."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

from errors import ModelBusyError, ModelError

T = TypeVar("T")


class Line(Generic[T]):
    """Of at most ``most``; anyone may leave at any time. Members are told apart by identity."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._members: deque[T] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def __len__(self) -> int:
        return len(self._members)

    def enter(self, member: T, free: int = 0) -> None:
        """``free`` more than the line takes are begun at once. Raises ``ModelBusyError`` where too many wait already, and ``ModelError`` once the line is closed."""
        with self._changed:
            if self._closed:
                raise ModelError("This model has been closed; load it again.")
            if len(self._members) >= self.most + free:
                waiting = f"{self.most} questions wait already, the most that this machine takes"
                raise ModelBusyError(f"{waiting if self.most else 'All places are taken'}; ask again in a minute.")
            self._members.append(member)
            self._changed.notify()

    def go_before(self, member: T) -> None:
        """Whose turn had come and who must wait after all."""
        with self._changed:
            self._members.appendleft(member)

    def leave(self, member: T) -> None:
        """No longer wait; does nothing for who has left."""
        with self._changed:
            self._members = deque(other for other in self._members if other is not member)

    def ahead_of(self, member: T) -> int:
        """How many wait before; 0 for the first, and for who has left."""
        with self._changed:
            return next((place for place, other in enumerate(self._members) if other is member), 0)

    def first(self) -> T | None:
        """Who is next, and stays in the line."""
        with self._changed:
            return self._members[0] if self._members else None

    def anyone_within(self, seconds: float | None) -> bool:
        """Whether somebody waits, or comes in this time (None: however long that is); or it is closed."""
        with self._changed:
            return bool(self._changed.wait_for(lambda: self._members or self._closed, seconds))

    @property
    def is_over(self) -> bool:
        """It is closed, and nobody is left."""
        return self._closed and not self._members

    def close(self) -> None:
        """Nobody new may enter; those in the line are still served."""
        with self._changed:
            self._closed = True
            self._changed.notify()

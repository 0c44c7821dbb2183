"""Which turns are under way, and which conversation each open tab looks at."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from errors import RetortError


class TurnUnderWay(RetortError):
    """A conversation is being answered, and what was asked for would cut into that."""

    def __init__(self) -> None:
        super().__init__("This conversation is still being answered; stop it first, or open a new one.")


class UnderWay:
    """One stop event a conversation, so that a stop stops its own turn only."""

    def __init__(self) -> None:
        self._stops: dict[str, threading.Event] = {}
        self._handed_over: set[threading.Event] = set()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, conversation_id: str) -> Iterator[threading.Event]:
        """The stop event of a new turn; raises ``TurnUnderWay`` if the conversation has one already."""
        stop = threading.Event()
        with self._lock:
            if conversation_id in self._stops:
                raise TurnUnderWay
            self._stops[conversation_id] = stop
        try:
            yield stop
        finally:
            with self._lock:
                if stop in self._handed_over:
                    self._handed_over.remove(stop)
                else:
                    del self._stops[conversation_id]

    def hand_over(self, conversation_id: str, answer: Iterator[object]) -> None:
        """Within ``turn``, whose page is gone: the answer is read to its end here, and is under way until then."""
        with self._lock:
            stop = self._stops[conversation_id]
            self._handed_over.add(stop)

        def read_to_end() -> None:
            try:
                for _ in answer:
                    continue
            finally:
                with self._lock:
                    del self._stops[conversation_id]

        threading.Thread(target=read_to_end, name="answer without its page", daemon=True).start()

    def holds(self, conversation_id: str) -> bool:
        return conversation_id in self._stops

    def refuse(self, conversation_id: str) -> None:
        if self.holds(conversation_id):
            raise TurnUnderWay

    def stop(self, conversation_id: str) -> None:
        with self._lock:
            if (stop := self._stops.get(conversation_id)) is not None:
                stop.set()


class Tabs:
    """What each tab shows: an answer goes on while its reader looks elsewhere, and is painted only where it is shown."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}

    def show(self, tab: str, conversation_id: str) -> None:
        self._shown[tab] = conversation_id

    def shows(self, tab: str, conversation_id: str) -> bool:
        return self._shown.get(tab) == conversation_id

    def close(self, tab: str) -> None:
        self._shown.pop(tab, None)

"""A turn as a person sees it: the answer so far, saved as it grows, told at most twenty times a second."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from app.store import Store, StoredMessage


class Turns:
    """Answers the last question of a conversation and keeps the store up to date while it does."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def answer(self, conversation_id: str, stop: threading.Event) -> Iterator[StoredMessage]:
        """The growing answer, a snapshot at most every 50 ms; the last one is not ``running`` any more.

        ``details["notice"]`` is a sentence while something is waited for, ``details["error"]`` one if it failed,
        ``details["usage"]`` the exact counts at the end, ``details["model"]`` the model's name.
        Closing the iterator stops the generation and saves what there is.
        """
        raise NotImplementedError

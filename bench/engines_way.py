"""A way to have a model answer, as its readers see it: one thread a stream, times of ``time.perf_counter`` in seconds."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

from model.messages import Message

Talk = Sequence[Message]
#: An answer that takes longer has failed.
ANSWER_WITHIN_S = 90.0
#: Without work for so long, an engine is at rest: longer than what ours waits before it reads again what it said.
AT_REST_AFTER_S, AT_REST_WITHIN_S, LOOKED_AT_EVERY_S = 0.3, 20.0, 0.005


@dataclass
class Answer:
    """Filled in as it comes; ``left_at`` is when its reader left it before its end."""

    asked_at: float
    first_at: float | None = None
    ended_at: float = 0.0
    left_at: float | None = None
    tokens: int = 0
    prompt_tokens: int = 0
    text: str = ""

    def hear(self, text: str) -> None:
        if text and self.first_at is None:
            self.first_at = time.perf_counter()
        self.text += text

    @property
    def first_s(self) -> float:
        """Until the first words; until the end where there were none, as the end of an answer is no word."""
        return (self.first_at or self.ended_at) - self.asked_at

    @property
    def tokens_per_s(self) -> float:
        return self.tokens / (self.ended_at - self.asked_at)


class Way(ABC):
    """``streams``: its words come one by one; ``can_be_left``: it computes no further for who has gone.

    ``remembers``: what it has read may serve the next question. ``shares_steps``: a pass of the model is one of several answers.
    ``grain`` is how much ``worked`` rises at rest, too.
    """

    name: str
    streams = True
    can_be_left = True
    remembers = True
    shares_steps = True
    grain = 0.0

    @abstractmethod
    def answer(self, talk: Talk, new_tokens: int, left: threading.Event, answer: Answer) -> None:
        """Read a greedy answer to its end, or until ``left``; ``answer`` has been asked, and all else is filled in."""

    @abstractmethod
    def worked(self) -> float:
        """A number that rises while the engine computes."""

    @abstractmethod
    def close(self) -> None: ...

    def together(self, talks: Sequence[Talk], new_tokens: int) -> list[Answer]:
        """All asked at once, each read by a thread of its own."""
        readers = [Reader(self, talk, new_tokens) for talk in talks]
        return [reader.finish() for reader in readers]


class Reader:
    """Reads one answer in a thread of its own, from now on."""

    def __init__(self, way: Way, talk: Talk, new_tokens: int) -> None:
        self.left = threading.Event()
        self.answer = Answer(time.perf_counter())
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._read, args=(way, talk, new_tokens), daemon=True)
        self._thread.start()

    def _read(self, way: Way, talk: Talk, new_tokens: int) -> None:
        try:
            way.answer(talk, new_tokens, self.left, self.answer)
        except Exception as error:  # raised again where it is waited for
            self._error = error

    def finish(self) -> Answer:
        """The whole answer; raises what reading it raised, and ``TimeoutError``."""
        self._thread.join(max(0.0, self.answer.asked_at + ANSWER_WITHIN_S - time.perf_counter()))
        if self._thread.is_alive():
            self.left.set()
            raise TimeoutError(f"no answer within {ANSWER_WITHIN_S:g} s")
        if self._error is not None:
            raise self._error
        if self.answer.tokens == 0 and not self.left.is_set():
            raise RuntimeError("the answer is empty")
        return replace(self.answer)

    def begins_within(self, seconds: float) -> bool:
        """Whether the first words, or the end, come in this time."""
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            if self.answer.first_at is not None or not self._thread.is_alive():
                return True
            time.sleep(LOOKED_AT_EVERY_S)
        return False


def at_rest(way: Way, after_s: float = AT_REST_AFTER_S) -> float:
    """Waits until it has not worked for so long; when it was last seen to. Raises ``TimeoutError``."""
    began = last = time.perf_counter()
    seen = way.worked()
    while (now := time.perf_counter()) - last < after_s:
        if now - began > AT_REST_WITHIN_S:
            raise TimeoutError(f"it computed on for {AT_REST_WITHIN_S:g} s")
        if (worked := way.worked()) > seen + way.grain:
            seen, last = worked, now
        time.sleep(LOOKED_AT_EVERY_S)
    return last

"""What the page itself has counted since it was started: answers, their times, and the calls of tools."""

from __future__ import annotations

import copy
import threading
import time
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from model.events import FinishReason

#: Upper ends of the ranges that times are counted in, in seconds.
FIRST_TOKEN_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
ANSWER_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0)
RECENT = 50  # answers
#: Why answers end: those of ``model.events.FinishReason``, and "failed".
REASONS = (*get_args(FinishReason), "failed")


class Spread:
    """How often a time fell into which range."""

    def __init__(self, ends: tuple[float, ...]) -> None:
        self._ends = ends
        self._counts = [0] * (len(ends) + 1)  # the last one is of what took longer
        self.total = 0.0

    def add(self, seconds: float) -> None:
        self._counts[bisect_left(self._ends, seconds)] += 1
        self.total += seconds

    def up_to(self) -> list[tuple[float, int]]:
        """Each end with the number of times up to it; the last end is infinite."""
        so_far, told = 0, []
        for end, count in zip((*self._ends, float("inf")), self._counts, strict=True):
            so_far += count
            told.append((end, so_far))
        return told


@dataclass
class Tally:
    """``answers`` are counted by why they ended, ``tool_calls`` by the tool and "ok" or "failed"; ``tokens`` are the
    ``prompt_tokens``, ``reused_tokens`` and ``new_tokens`` of models that keep no figures of their own.
    """

    under_way: int = 0
    answers: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(REASONS, 0)))
    tool_calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)
    first_token_s: Spread = field(default_factory=lambda: Spread(FIRST_TOKEN_S))
    answer_s: Spread = field(default_factory=lambda: Spread(ANSWER_S))
    recent_first_token_s: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))


class Counts:
    """Kept once an answer, never once a token; may be read at any time."""

    def __init__(self) -> None:
        self.started_at = time.time()  #: seconds since 1970
        self._tally = Tally()
        self._lock = threading.Lock()

    def now(self) -> Tally:
        """A copy."""
        with self._lock:
            return copy.deepcopy(self._tally)

    def begun(self) -> None:
        """An answer is under way."""
        with self._lock:
            self._tally.under_way += 1

    def ended(
        self,
        reason: str,
        seconds: float,
        usage: Mapping[str, Any] | None,
        tool_calls: Iterable[tuple[str, bool]],
        *,
        model_counts: bool,
    ) -> None:
        """It came to its end, for this reason and after so many seconds from the question on.

        ``usage`` is that of ``model.events`` as a dict, if it is known; its tokens are left to the model where that counts
        them itself. ``tool_calls`` are the names of tools, and whether each gave a result.
        """
        usage = usage or {}
        with self._lock:
            tally = self._tally
            tally.under_way -= 1
            tally.answers[reason] += 1
            tally.answer_s.add(seconds)
            tally.tool_calls.update((name, "ok" if ok else "failed") for name, ok in tool_calls)
            if (first := usage.get("first_token_s")) is not None:
                tally.first_token_s.add(first)
                tally.recent_first_token_s.append(first)
            if not model_counts:
                kinds = ("prompt_tokens", "reused_tokens", "new_tokens")
                tally.tokens.update({kind: usage.get(kind, 0) for kind in kinds})

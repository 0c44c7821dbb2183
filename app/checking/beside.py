"""Checks an answer while it is being written, in a thread beside it: the stream gives it what there is, and waits for nothing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from app.checking.kept import as_kept, author_text
from app.checking.marks import Mark
from model.messages import Part, ToolResult

#: Of the question, and of what was written before a paragraph, so that it may be about something named there. Characters.
LONGEST_QUESTION, LOOKED_BACK = 2_500, 1_000
#: Between two looks at a growing answer, so that several short paragraphs are one check.
PAUSE_S = 0.3
_logger = logging.getLogger(__name__)


class Checks(Protocol):
    """What is needed of ``app.checking.checker.Checker``."""

    def check(
        self,
        text: str,
        results: Sequence[ToolResult] = (),
        question: str = "",
        stop: threading.Event | None = None,
    ) -> list[Mark]: ...


class Beside:
    """The checks of one answer: paragraphs that have ended while it grows, all of it once it is over.

    ``results`` are those of the conversation before it, oldest first; each result's id is the name of its call in the
    conversation, ``{message id}-{call id}``. ``named`` makes that name of a call of the answer itself.
    """

    def __init__(
        self, checker: Callable[[], Checks], results: Sequence[ToolResult], question: str, message_id: int
    ) -> None:
        self._checker = checker
        self._results, self._question, self._message_id = results, question, message_id
        self._latest: tuple[Sequence[Part], bool] = ((), False)
        self._woken, self._halted, self._ended = threading.Event(), threading.Event(), threading.Event()
        self._hurried = threading.Event()  # set once no pause is to be made any more
        self._thread: threading.Thread | None = None
        self._found: list[Mark] = []
        self._looked_at = 0  # characters of the joined text
        #: Those found so far, as a message keeps them; another list each time there are more.
        self.marks: list[dict[str, Any]] = []

    def look(self, parts: Sequence[Part], *, is_over: bool = False) -> None:
        """The answer as it stands; with ``is_over`` it is whole, and what is found then replaces what was found before."""
        self._latest = (parts, is_over)
        if is_over:
            self._hurried.set()
        self._woken.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="check an answer", daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether the last check has ended, after so many seconds at most."""
        return self._ended.wait(seconds)

    def halt(self) -> None:
        """Nobody waits any more: what runs is stopped, and what was found stays."""
        self._halted.set()
        self._hurried.set()
        self._woken.set()

    def _run(self) -> None:
        try:
            while not self._halted.is_set():
                self._woken.wait()
                self._woken.clear()
                parts, is_over = self._latest
                if is_over:
                    self._check_all(parts)
                    return
                if self._check_ended_paragraphs(parts):
                    self._hurried.wait(PAUSE_S)
        except Exception:  # whatever is wrong with a check, the answer is none the worse for it
            _logger.exception("An answer could not be checked.")
        finally:
            self._ended.set()

    def _check_ended_paragraphs(self, parts: Sequence[Part]) -> bool:
        """Whether there was anything to check."""
        text, places = author_text(parts)
        end = _end_of_paragraphs(text, self._looked_at)
        if end <= self._looked_at:
            return False
        start, self._looked_at = self._looked_at, end
        about = f"{self._question[:LONGEST_QUESTION]}\n\n{text[max(0, start - LOOKED_BACK) : start]}"
        marks = self._checker().check(text[start:end], self._with_own(parts), about, self._halted)
        self._found += [replace(mark, start=mark.start + start, end=mark.end + start) for mark in marks]
        self.marks = as_kept(self._found, places)
        return True

    def _check_all(self, parts: Sequence[Part]) -> None:
        text, places = author_text(parts)
        if not text:
            return
        marks = self._checker().check(text, self._with_own(parts), self._question, self._halted)
        if not self._halted.is_set():
            self.marks = as_kept(marks, places)

    def _with_own(self, parts: Sequence[Part]) -> list[ToolResult]:
        return [*self._results, *named_results(parts, self._message_id)]


def named_results(parts: Sequence[Part], message_id: int) -> list[ToolResult]:
    """The results among the parts of a message, each with the name of its call in the conversation as its id."""
    return [replace(part, id=f"{message_id}-{part.id}") for part in parts if isinstance(part, ToolResult)]


def _end_of_paragraphs(text: str, start: int) -> int:
    """Where the last paragraph that has ended ends, from ``start`` on; a blank line in a fence ends none."""
    end = in_fence = 0
    position = start
    for paragraph in text[start:].split("\n\n")[:-1]:
        position += len(paragraph) + 2
        fences = sum(line.lstrip(" \t>-").startswith(("```", "~~~")) for line in paragraph.split("\n"))
        in_fence = (in_fence + fences) % 2
        end = end if in_fence else position
    return max(start, end)

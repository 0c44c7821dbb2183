"""Who is read next: all answers under way share each pass of the model, and the prompts of new ones are read between.

A pass takes the next token of every answer (with guesses at more, while few are under way) and some tokens of the prompts
of new ones, so that nobody waits for another's prompt and the weights are read once for all.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from errors import ModelError, ModelMemoryError
from model.events import FinishReason
from model.local.answer import Answer
from model.local.blocks import BLOCK, NoRoomError
from model.local.drafts import MOST
from model.local.kernels import onednn
from model.local.line import Line
from model.local.memory import is_out_of_memory
from model.local.prefixes import common
from model.local.reader import Bite, Reader
from model.local.request import Request

RATE_OVER_S = 5.0
#: When nobody has asked for so long, what was said is read again, so many tokens at once.
REREAD_AFTER_S, REREAD_CHUNK = 0.25, 128


@dataclass(frozen=True)
class Pace:
    """Tokens of a prompt in one pass: alone, and beside answers under way; never fewer than ``least`` at once.

    ``rows`` is how many tokens of answers a pass takes before guesses are no longer worth it. ``rereads``: where a token
    read alone is read otherwise than among others, so that what was said is read again before it is kept.
    """

    chunk: int
    beside: int
    least: int = 1
    rows: int = 12
    rereads: bool = False
    onednn_alone: bool = True  # for a pass of a single token


@dataclass
class Counts:
    """Since the start; ``recent`` are times and new tokens of the last passes."""

    passes: int = 0
    finished: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    reused_tokens: int = 0
    new_tokens: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0
    recent: deque[tuple[float, int]] = field(default_factory=deque)

    def tokens_per_s(self) -> float:
        """Over the last passes, those of some seconds before the last one."""
        recent = list(self.recent)
        if len(recent) < 2 or time.perf_counter() - recent[-1][0] > RATE_OVER_S:
            return 0.0
        return sum(new for _, new in recent[1:]) / max(recent[-1][0] - recent[0][0], 1e-6)

    def passed(self, new_tokens: int) -> None:
        now = time.perf_counter()
        self.passes += 1
        self.recent.append((now, new_tokens))
        while now - self.recent[0][0] > RATE_OVER_S:
            self.recent.popleft()


class Scheduler:
    """For one decode thread, which calls ``run``; others may look at ``answers``, ``is_full`` and ``counts``.

    At most ``most`` answers are under way. ``begin`` makes one of a request whose turn has come, ``no_memory`` the error
    for a text of so many tokens that finds none.
    """

    def __init__(
        self,
        reader: Reader,
        line: Line[Request],
        most: int,
        pace: Pace,
        begin: Callable[[Request], Answer],
        no_memory: Callable[[int], ModelMemoryError],
    ) -> None:
        self.reader = reader
        self.answers: list[Answer] = []
        self.counts = Counts()
        self.most = most
        self._line = line
        self._pace = pace
        self._begin = begin
        self._no_memory = no_memory
        self._is_short_of_memory = False
        self._set_aside: list[Answer] = []  # whose memory the others needed
        self._to_reread: deque[Answer] = deque(maxlen=most)

    @property
    def free_places(self) -> int:
        """How many more could be begun at once."""
        return 0 if self.is_full else self.most - len(self.answers) - len(self._set_aside)

    @property
    def is_full(self) -> bool:
        """Whether who comes now waits for another's end."""
        return len(self.answers) + len(self._set_aside) >= self.most or self._is_short_of_memory

    def run(self) -> None:
        """Until the line is closed and all have been answered."""
        with torch.inference_mode():
            while self.answers or self._set_aside or self._wait():
                self._admit()
                self._end_those_over()
                self._pass()

    def fail_all(self, error: ModelError) -> None:
        """The thread has died: nobody may wait for ever for what it was making."""
        for answer in [*self.answers, *self._set_aside]:
            self._fail(answer, error)

    def _wait(self) -> bool:
        """For somebody to come, meanwhile reading again what was said; False if nobody will."""
        while self._to_reread and not self._line.anyone_within(REREAD_AFTER_S):
            self._read_again(self._to_reread.popleft())
        self._line.anyone_within(None)
        return not self._line.is_over

    def _end_those_over(self) -> None:
        for answer in [*self.answers, *self._set_aside]:
            if answer.request.is_over:
                try:
                    self._finish(answer, "stopped")
                except Exception as error:
                    self._fail(answer, error)

    def _admit(self) -> None:
        """Those who wait, as long as there is a place and memory for what they ask."""
        while self._set_aside and self._has_memory_for(len(self._set_aside[0].ids)):
            self.answers.append(self._set_aside.pop(0))
        self._is_short_of_memory = bool(self._set_aside)
        while not self.is_full and (request := self._line.first()) is not None:
            if not self._has_memory_for(len(request.prompt)):
                self._is_short_of_memory = True
                break
            self._line.leave(request)
            request.begun = True
            try:
                self.answers.append(self._begin(request))
            except Exception as error:
                self._close(request, error)

    def _has_memory_for(self, tokens: int) -> bool:
        """Beside what the answers under way still have to read, and a block more for each."""
        promised = sum(-(-answer.unread // BLOCK) + 1 for answer in self.answers)
        return not self.answers or -(-tokens // BLOCK) + promised <= self.reader.free_blocks

    def _pass(self) -> None:
        saying = [answer for answer in self.answers if answer.is_saying]
        # a wrong guess is cut back, which a reader of one text after the other cannot
        guesses = min(MOST, self._pace.rows // len(saying) - 1) if saying and self.reader.reads_together else 0
        prompts = self._next_prompts(self._pace.beside if saying else self._pace.chunk)
        taken = [(answer, self._bite(answer, answer.unread, guesses)) for answer in saying]
        taken += [(answer, self._bite(answer, tokens, 0)) for answer, tokens in prompts]
        bites = [(answer, bite) for answer, bite in taken if bite is not None]
        for few in [bites] if self.reader.reads_together else [[pair] for pair in bites]:
            self._read(few)

    def _next_prompts(self, room: int) -> list[tuple[Answer, int]]:
        """Of those whose prompt is being read, in turn, and how many tokens of each; ``room`` in all.

        One that shares its beginning with another waits for that one.
        """
        reading = [answer for answer in self.answers if not answer.is_saying]
        chosen: list[tuple[Answer, int]] = []
        for answer in reading:
            if room < self._pace.least:
                break
            if answer.text is None:
                if any(self._will_spare(other, answer) for other in reading if other.text is not None):
                    continue
                answer.text = self.reader.begin(answer.keys, self._pace.least)
                if answer.request.new_tokens == 0:
                    answer.request.reused_tokens = len(answer.text.keys)
                    self.counts.prompt_tokens += len(answer.request.prompt)
                    self.counts.reused_tokens += len(answer.text.keys)
            tokens = self._chunk(answer.unread, room)
            if tokens < self._pace.least:
                continue
            room -= tokens
            chosen.append((answer, tokens))
            self.answers.remove(answer)
            self.answers.append(answer)
        return chosen

    def _will_spare(self, other: Answer, answer: Answer) -> bool:
        """Whether the other, whose prompt is being read, will spare this one blocks; what it has read of them is known then."""
        assert other.text is not None
        if not self.reader.reads_together:
            return False
        shared = common(np.array(answer.keys), np.array(other.request.keys)) // BLOCK
        if shared <= self.reader.known(answer.keys) // BLOCK:
            return False
        if len(other.text.keys) < shared * BLOCK:
            return True
        self.reader.keep(other.text)
        return False

    def _chunk(self, unread: int, most: int) -> int:
        """Tokens of a prompt that leave none at its end to be read alone."""
        rest = unread - most
        return most - self._pace.least if 0 < rest < self._pace.least else min(most, unread)

    def _bite(self, answer: Answer, most: int, guesses: int) -> Bite | None:
        """None if there is nothing to read of it in this pass."""
        try:
            return answer.bite(most, guesses)
        except Exception as error:
            self._fail(answer, error)
            return None

    def _read(self, bites: Sequence[tuple[Answer, Bite]]) -> None:
        if not bites:
            return
        rows, before = sum(len(bite.ids) for _, bite in bites), self.counts.new_tokens
        try:
            with onednn(rows > 1 or self._pace.onednn_alone):
                logits = self.reader.read([bite for _, bite in bites])
        except NoRoomError:
            self._set_one_aside()
            return
        except Exception as error:  # one of them; the others go on
            self._read_apart(bites, error)
            return
        for (answer, bite), row in zip(bites, logits, strict=True):
            if rows == 1:
                answer.was_read_alone()
            self._take(answer, bite, row)
        self.counts.passed(self.counts.new_tokens - before)

    def _read_apart(self, bites: Sequence[tuple[Answer, Bite]], error: Exception) -> None:
        """After a pass that failed, each by itself: those fail whose own it is. For want of memory, one is tried again, too."""
        is_memory = is_out_of_memory(error)
        if is_memory:
            self.reader.forget()
        if not self.reader.reads_together or (len(bites) == 1 and not is_memory):
            self._fail(bites[0][0], error)
            return
        for answer, bite in bites:
            try:
                (logits,) = self.reader.read([bite])
            except Exception as its_own:
                self._fail(answer, its_own)
            else:
                if len(bite.ids) == 1:
                    answer.was_read_alone()
                self._take(answer, bite, logits)

    def _take(self, answer: Answer, bite: Bite, logits: torch.Tensor) -> None:
        """Go on with an answer by the logits of its last bite."""
        if answer.unread > 0:
            return
        request, counts = answer.request, self.counts
        try:
            new, right = request.new_tokens, answer.accepted_tokens
            reason = answer.take(logits)
            if new == 0:
                self.reader.keep(bite.text)  # so that who asks with the same instructions meanwhile has them at once
            counts.new_tokens += request.new_tokens - new
            counts.drafted_tokens += bite.wanted - 1
            counts.accepted_tokens += answer.accepted_tokens - right
            if answer.wrong:
                self.reader.cut_back(bite.text, len(bite.text.keys) - answer.wrong)
            if reason is not None:
                self._finish(answer, reason)
        except Exception as error:
            self._fail(answer, error)

    def _finish(self, answer: Answer, reason: FinishReason) -> None:
        self._leave(answer)
        answer.close()
        if (text := answer.text) is not None:
            if self._pace.rereads and answer.alone_from is not None:
                answer.ids, answer.keys = answer.ids[: len(text.keys)], answer.keys[: len(text.keys)]
                self._to_reread.append(answer)
                self.reader.cut_back(text, answer.alone_from)
            self.reader.keep(text)
            self.reader.release(text)
        self.counts.finished += 1
        answer.request.outbox.put(answer.request.finished(reason))
        answer.request.outbox.close()

    def _fail(self, answer: Answer, error: Exception) -> None:
        self._leave(answer)
        if answer.text is not None:
            self.reader.release(answer.text, is_sound=False)
        if isinstance(error, NoRoomError) or is_out_of_memory(error):
            error = self._no_memory(len(answer.ids))
        self._close(answer.request, error)

    def _leave(self, answer: Answer) -> None:
        for answers in (self.answers, self._set_aside):
            if answer in answers:
                answers.remove(answer)

    def _close(self, request: Request, error: Exception) -> None:
        if not isinstance(error, ModelError):
            failed = ModelError(f"The model failed in this answer ({type(error).__name__}: {error}); ask again.")
            failed.__cause__ = error
            error = failed
        self.counts.failed += 1
        request.outbox.close(error)

    def _set_one_aside(self) -> None:
        """There is no memory for all: the one that asked last waits, and is read again when another has ended."""
        last = max(self.answers, key=lambda answer: answer.request.asked_at)
        if len(self.answers) == 1:
            self._fail(last, NoRoomError())
            return
        self.answers.remove(last)
        if last.text is not None:
            self.reader.release(last.text)
        last.text, last.alone_from = None, None
        self._set_aside.append(last)
        self._set_aside.sort(key=lambda answer: answer.request.asked_at)

    def _read_again(self, answer: Answer) -> None:
        """What was said, while nobody waits, as a later prompt would have it read: many tokens at once."""
        keys, prompt = answer.keys, len(answer.request.prompt)
        text = self.reader.begin([*keys, keys[-1]], 1)
        try:
            while prompt <= len(text.keys) <= len(keys) - self._pace.least:
                at = len(text.keys)
                ids = answer.ids[at : at + REREAD_CHUNK]
                self.reader.read([Bite(text, ids, ids)])
                if self._line.anyone_within(0):
                    break
            self.reader.keep(text)
            self.reader.release(text)
        except Exception:  # nobody waits for it: it is read anew when it is asked for
            self.reader.release(text, is_sound=False)

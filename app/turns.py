"""A turn as a person sees it: the answer so far, saved as it grows, told at most twenty times a second."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict, replace
from typing import Any

from app.assistant import Assistant, BudgetEnded, Instructed, Statement, TurnEvent
from app.batches import Progress
from app.calling import Answering, Asking
from app.checking.beside import Beside, Checks, named_results
from app.counts import Counts
from app.loading import ModelSlot
from app.store import Store, StoredMessage, with_part
from errors import RetortError
from model.events import BrokenCall, ChatModel, Finished, FinishReason, Note, Options, TextDelta, ThinkingDelta, Waiting
from model.figures import HasFigures
from model.messages import Part, Text, Thinking, ToolResult

TOLD_EVERY_S = 0.05
#: What is said of an answer that ended before the model did.
CUT_OFF = {
    "length": "Cut off after {count:,} tokens, the most for one answer; ask it to go on.",
    "context": "Cut off after {count:,} tokens: the model’s context is full; begin a new conversation.",
}
#: What a call is counted under whose name the model made up: its words are nobody's to read in the metrics.
UNKNOWN_TOOL = "unknown"
#: Of a long conversation, which Gradio compares with what it sent before at every snapshot.
LONG_CHARACTERS, LONG_TOLD_EVERY_S = 50_000, 0.1
SAVED_EVERY_S = 0.5
WARMED_UP_WITH = "Water, H2O, has a molar mass of 18.02 g/mol."
#: An answer that is whole waits so long for its last marks.
MARKS_AWAITED_S = 5.0


class Turns:
    """Answers the last question of a conversation and keeps the store up to date while it does."""

    def __init__(
        self, store: Store, assistant: Assistant, slot: ModelSlot, checker: Callable[[], Checks] | None = None
    ) -> None:
        """``checker`` gives the one that checks answers, once it is needed; without it none is checked."""
        self._store = store
        self._assistant = assistant
        self._slot = slot
        self._checker = checker
        self.counts = Counts()

    def warm_up(self) -> None:
        """Bring what checks need in the background, so that the first answer does not wait for it; returns at once."""
        if (checker := self._checker) is not None:
            threading.Thread(target=_warm_up, args=[checker], name="warm up checks", daemon=True).start()

    def answer(
        self, conversation_id: str, stop: threading.Event, options: Options | None = None
    ) -> Generator[StoredMessage, None, None]:
        """The growing answer, a snapshot at most every 50 ms (100 in a long conversation); the last is not ``running``.

        ``details["notice"]`` is a sentence while something is waited for, ``details["error"]`` one if it failed,
        ``details["fits"]`` the tokens that memory would have held if that was why,
        ``details["asks"]`` the question (as ``app.permissions.Question``) while a person is asked whether a lookup may ask a host,
        ``details["prompt"]`` the SHA-256 of the model's instructions and ``details["prompt_edited"]`` that they are not ours,
        ``details["notes"]`` are sentences about what the model was given to read,
        ``details["ended"]`` one if a budget ended it, ``details["usage"]`` the exact counts at the end,
        ``details["model"]`` the model's name, ``details["seed"]`` what gives this answer again, and ``details["unchecked"]`` says that its words cannot be relied on,
        ``details["marks"]`` what was checked of it (``app.checking.kept``): of what streams those paragraphs that have ended; the
        rest follows when the answer is whole, in at most five seconds.
        Closing the iterator stops the generation and saves what there is.
        """
        before = self._store.messages(conversation_id)
        history = [stored.message for stored in before]
        is_long = sum(len(message.text) for message in history) > LONG_CHARACTERS
        growing = _Growing(
            self._store,
            self._store.add_message(conversation_id, "assistant", (), "running"),
            LONG_TOLD_EVERY_S if is_long else TOLD_EVERY_S,
            [note for stored in before for note in stored.details.get("notes", ())],
        )
        beside = self._beside(before, growing.message.id)
        began, model, took = time.monotonic(), None, None
        self.counts.begun()
        try:
            model = yield from self._wait_for_model(growing, stop)
            if model is not None:
                asked = replace(options or Options(), tell_waiting=True)
                if asked.seed is None:  # drawn here and kept, so that any answer can be had again
                    asked = replace(asked, seed=secrets.randbelow(2**31))
                growing.note(model=model.name, unchecked=not model.abilities.tools, seed=asked.seed)
                answering = Answering(conversation_id, growing.message.id)
                for event in self._assistant.run(model, history, asked, stop, answering):
                    growing.add(event)
                    if not isinstance(event, Instructed) and growing.is_due():  # of which nothing is shown yet
                        growing.check(beside)
                        yield growing.message
                took = time.monotonic() - began
                yield from self._last_marks(growing, beside, stop)
        except RetortError as error:
            growing.end("failed", error=str(error), fits=getattr(error, "fits", None))
        except Exception as error:
            growing.end("failed", error=f"Something went wrong inside Retort ({type(error).__name__}); ask again.")
            raise
        finally:
            # also when the reader went away (GeneratorExit) or something unforeseen broke: what was said is kept
            stop.set()
            if beside is not None:
                beside.halt()
                growing.mark(beside.marks)
            growing.end("stopped")
            self._count(growing, took or time.monotonic() - began, isinstance(model, HasFigures))
        yield growing.message

    def _beside(self, before: Sequence[StoredMessage], message_id: int) -> Beside | None:
        if self._checker is None:
            return None
        results = [result for stored in before for result in named_results(stored.parts, stored.id)]
        return Beside(self._checker, results, _question(before), message_id)

    def _last_marks(
        self, growing: _Growing, beside: Beside | None, stop: threading.Event
    ) -> Generator[StoredMessage, None, None]:
        """Wait for the check of the whole answer, unless a person stops that; the answer itself can be read meanwhile."""
        if beside is None or growing.message.status != "complete":
            return
        was_stopped = stop.is_set()  # by the end of its time, which is no wish of a person
        beside.look(growing.message.parts, is_over=True)
        until = time.monotonic() + MARKS_AWAITED_S
        while not beside.wait(TOLD_EVERY_S) and time.monotonic() < until and (was_stopped or not stop.is_set()):
            yield growing.message

    def _count(self, growing: _Growing, seconds: float, model_counts: bool) -> None:
        message = growing.message
        results = [part for part in message.parts if isinstance(part, ToolResult)]
        known = self._assistant.tool_names() if results else frozenset()
        self.counts.ended(
            growing.reason if message.status == "complete" else message.status,
            seconds,
            message.details.get("usage"),
            [(result.name if result.name in known else UNKNOWN_TOOL, result.ok) for result in results],
            model_counts=model_counts,
        )

    def _wait_for_model(
        self, growing: _Growing, stop: threading.Event
    ) -> Generator[StoredMessage, None, ChatModel | None]:
        self._slot.start()
        while (model := self._slot.wait(TOLD_EVERY_S)) is None and not stop.is_set():
            status = self._slot.status()
            growing.note(notice=f"The model is still loading ({status.progress:.0%}); your question waits for it.")
            yield growing.message
            self._slot.wait(0.5)
        growing.note(notice=None)
        return model


def _question(before: Sequence[StoredMessage]) -> str:
    """What the answer is about: the last question of a person, and what Retort has asked since."""
    asked: list[str] = []
    for stored in reversed(before):
        if stored.role == "user":
            asked.insert(0, stored.message.text)
            if not stored.is_retorts:
                break
    return "\n\n".join(asked)


def _warm_up(checker: Callable[[], Checks]) -> None:
    try:
        checker().check(WARMED_UP_WITH)
    except Exception:  # the server may be ending; what else is wrong is told where an answer is checked
        return


class _Growing:
    """An answer under way: folds events into parts and writes down what changed."""

    def __init__(
        self, store: Store, message: StoredMessage, told_every_s: float, told_before: Sequence[str] = ()
    ) -> None:
        self.message = message
        self.reason: FinishReason = "stop"
        self._told_before = told_before
        self._store = store
        self._told_every_s = told_every_s
        self._saved_parts = 0
        self._saved_at = self._told_at = 0.0
        self._thinking_since: float | None = None

    def note(self, **details: Any) -> None:
        """Set these details of the answer; None takes one away."""
        if all(self.message.details.get(key) == value for key, value in details.items()):
            return
        kept = {key: value for key, value in {**self.message.details, **details}.items() if value is not None}
        self.message = replace(self.message, details=kept)

    def add(self, event: TurnEvent) -> None:
        if isinstance(event, Instructed):
            told = event.instructions
            self.note(prompt=self._store.keep_prompt(told.text), prompt_edited=told.is_edited or None)
            return
        if isinstance(event, Asking):
            asks = None if event.question is None else asdict(event.question)
            if asks != self.message.details.get("asks"):
                self.note(asks=asks, notice=None)
                self._save()  # so that another tab, or this one after a reload, shows it, too
            return
        if isinstance(event, Waiting):
            before = {1: "Your question is next", 2: "One question is before yours"}
            place = before.get(event.ahead, f"{event.ahead - 1} questions are before yours")
            self.note(notice=f"{place}; it waits until one of those that are being answered ends.")
            return
        if isinstance(event, Note):
            notes = self.message.details.get("notes", [])
            if event.text not in (*notes, *self._told_before):
                self.note(notes=[*notes, event.text])
            return
        if isinstance(event, Progress):
            self.note(notice=None if event.done else event.sentence)  # once there are rows, their table tells
            return
        self.note(notice=None)
        if not isinstance(event, ThinkingDelta):
            self._end_thinking()
        if isinstance(event, ThinkingDelta):
            self._thinking_since = self._thinking_since or time.monotonic()
            self._extend(Thinking(event.text, self._thought_s(), event.tokens))
        elif isinstance(event, TextDelta):
            self._extend(Text(event.text))
        elif isinstance(event, BrokenCall):  # also in the middle of thinking, which is folded away: it is to be seen
            self._append(Text(f"{event.text}\n[not run as a tool call: {event.reason}]\n\n"))
        elif isinstance(event, Statement):
            self._append(Text(event.text, source=event.source))
        elif isinstance(event, BudgetEnded):
            self.note(ended=event.sentence)
        elif isinstance(event, Finished):
            self.reason = event.reason
            self.note(usage=asdict(event.usage))
            if event.reason in CUT_OFF and "ended" not in self.message.details:
                self.note(ended=CUT_OFF[event.reason].format(count=event.usage.new_tokens))
            self.end("stopped" if event.reason == "stopped" else "complete")
        else:
            self._append(event)

    def check(self, beside: Beside | None) -> None:
        """Give what there is to the check beside the answer, and take what it has found."""
        if beside is not None:
            beside.look(self.message.parts)
            self.mark(beside.marks)

    def mark(self, marks: list[dict[str, Any]]) -> None:
        before = self.message
        self.note(marks=marks or None)
        if self.message is not before and before.status != "running":
            self._save()

    def is_due(self) -> bool:
        """Whether it is time since the last snapshot was told; a new one counts as told."""
        now = time.monotonic()
        if now - self._told_at < self._told_every_s:
            return False
        self._told_at = now
        return True

    def end(self, status: Any, **details: Any) -> None:
        """Settle the answer, once: a later call changes nothing."""
        if self.message.status == "running":
            self._end_thinking()
            self.note(notice=None, asks=None, **details)
            self.message = replace(self.message, status=status)
            self._save()

    def _extend(self, more: Text | Thinking) -> None:
        last = self.message.parts[-1] if self.message.parts else None
        if type(last) is type(more) and getattr(last, "source", "author") == "author":
            longer = replace(more, text=last.text + more.text)
            if isinstance(longer, Thinking) and isinstance(last, Thinking):
                longer = replace(longer, tokens=last.tokens + longer.tokens)
            self.message = with_part(self.message, longer, replacing=True)
            if time.monotonic() - self._saved_at > SAVED_EVERY_S:
                self._save()
        else:
            self._append(more)

    def _append(self, part: Part) -> None:
        self.message = with_part(self.message, part)
        self._save()

    def _end_thinking(self) -> None:
        if self._thinking_since is not None:
            thought = self.message.parts[-1]
            assert isinstance(thought, Thinking)
            self.message = with_part(self.message, replace(thought, seconds=self._thought_s()), replacing=True)
            self._thinking_since = None

    def _thought_s(self) -> float:
        return round(time.monotonic() - (self._thinking_since or time.monotonic()), 1)

    def _save(self) -> None:
        self._store.save(self.message, from_part=max(0, self._saved_parts - 1))
        self._saved_parts = len(self.message.parts)
        self._saved_at = time.monotonic()

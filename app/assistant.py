"""One turn: what the model says, the tools it calls, their results back to it, until it is done or a budget ends.

No page and no I/O of its own: a generator of events over one ``ChatModel``. A model that calls tools decides for
itself; for one that cannot, the router reads the person's words, the tools answer, and the model only adds to it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from app.attachments import FILE_READER, READER, Attachments
from app.batches import OVER_FILE, Batches, Progress
from app.calling import Answering, Asking, Calls, Outward, ToolRunner
from app.comments import pointing, shown_names
from app.file_contents import contents_of
from app.handles import Handles
from app.instructions import Instructions, PromptFile
from app.prompts import BROKEN_CALL, MOST_NAMES, comment_prompt, our_prompt
from app.transcript import for_model, for_reading, only_words
from errors import RetortError
from model.events import (
    BrokenCall,
    ChatModel,
    Event,
    Finished,
    FinishReason,
    Note,
    Options,
    TextDelta,
    ThinkingDelta,
    Usage,
    Waiting,
)
from model.messages import File, Image, Message, Text, Thinking, ToolCall, ToolResult, Video

if TYPE_CHECKING:
    from app.routing import Routed, Router


CANNOT_SEE = "{model} cannot see pictures; write what is in it as a name, a SMILES, an InChI or a sequence."
READS_DRAWINGS = "{model} cannot see pictures; a structure that is drawn in one is read by a tool."
#: Tokens of the sentence that a model without tools adds to a tool's answer.
LONGEST_COMMENT = 60
#: Tools after which such a model has nothing to add: a reading is to be confirmed, a table speaks for itself.
SAYS_ALL = frozenset([READER, FILE_READER, OVER_FILE])


@dataclass(frozen=True)
class Statement:
    """A sentence that no model wrote: a tool's summary, or what Retort itself has to say."""

    text: str
    source: Literal["tool", "retort"] = "tool"


@dataclass(frozen=True)
class BudgetEnded:
    """Why the turn ended before the model did."""

    sentence: str


@dataclass(frozen=True)
class Instructed:
    """What the model is told before the conversation, and whether a person has edited it."""

    instructions: Instructions


TurnEvent = (
    Instructed
    | Waiting
    | Note
    | Progress
    | Asking
    | ThinkingDelta
    | TextDelta
    | BrokenCall
    | Statement
    | ToolCall
    | ToolResult
    | BudgetEnded
    | Finished
)


@dataclass(frozen=True)
class Budget:
    tool_calls: int = 8
    seconds: float = 900.0


class _Deadline:
    """Sets ``stop`` when the time is over, unless the turn ends before or what it waits for tells how far it is."""

    def __init__(self, seconds: float, stop: threading.Event) -> None:
        self.passed = False
        self._seconds, self._stop = seconds, stop
        self._over = threading.Event()
        self.put_off()

    def put_off(self) -> None:
        self._at = time.monotonic() + self._seconds

    def _watch(self) -> None:
        while not self._over.wait(max(0.0, self._at - time.monotonic())):
            if time.monotonic() >= self._at:
                self.passed = True
                self._stop.set()
                return

    def __enter__(self) -> _Deadline:
        threading.Thread(target=self._watch, name="deadline of an answer", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()


class Assistant:
    """Holds the tools and the limits; every turn brings its own model, messages and stop.

    Without ``outward`` nothing may leave this machine; without ``prompt`` the instructions are ours.
    """

    def __init__(
        self,
        tools: ToolRunner,
        budget: Budget | None = None,
        outward: Callable[[], Outward] | None = None,
        prompt: PromptFile | None = None,
    ) -> None:
        self._tools = tools
        self._budget = budget or Budget()
        self._outward = outward
        self._prompt = prompt
        self._batches = Batches()
        self._read: dict[str, dict[str, Any]] = {}
        self._router: Router | None = None

    def tool_names(self) -> frozenset[str]:
        """Of the tools, and of what is answered here like one."""
        from app.offering import FIND_TOOL

        return frozenset([*(tool["name"] for tool in self._tools.catalog()), OVER_FILE, FIND_TOOL])

    def run(
        self,
        model: ChatModel,
        messages: Sequence[Message],
        options: Options,
        stop: threading.Event,
        answering: Answering | None = None,
    ) -> Iterator[TurnEvent]:
        """Answer the last message; ends with one ``Finished`` whose usage is that of the whole turn.

        ``answering`` says where the answer is kept, so that what leaves for it can be listed with it. When the time budget ends, the turn is stopped as a person would stop it: ``stop`` is set.
        """
        answer = self._with_own_calls if model.abilities.tools else self._with_routed_calls
        with _Deadline(self._budget.seconds, stop) as deadline:
            if not model.abilities.images and _has_picture(messages[-1]):
                reads = any(tool["name"] == READER for tool in self._tools.catalog())
                yield Statement((READS_DRAWINGS if reads else CANNOT_SEE).format(model=model.name), "retort")
            for event in answer(model, messages, options, stop, answering or Answering()):
                if isinstance(event, (Progress, Asking)):  # a batch may take hours, and so may a person who is asked
                    deadline.put_off()
                if isinstance(event, Finished) and deadline.passed:
                    yield BudgetEnded(f"Stopped after {self._budget.seconds:.0f} s, the most for one answer.")
                    event = replace(event, reason="length")
                yield event

    def _with_own_calls(
        self,
        model: ChatModel,
        messages: Sequence[Message],
        options: Options,
        stop: threading.Event,
        answering: Answering,
    ) -> Iterator[TurnEvent]:
        from app.offering import Offering  # with the router's tables, not needed before the first question

        offering = Offering(self._tools.catalog(), messages)
        attachments = Attachments(messages, self._tools.catalog())
        instructions = self._prompt.current() if self._prompt else Instructions(our_prompt("system_with_tools"), False)
        yield Instructed(instructions)
        prompt = [Message("system", (Text(instructions.text),)), *for_model(attachments.named(messages))]
        usage, made, handles = Usage(), 0, Handles(messages)
        running = Calls(self._tools, self._batches, attachments, stop, answering, self._outward, offering, handles)
        was_corrected = False
        while True:
            parts: list[Any] = []
            broken: BrokenCall | None = None
            reason: FinishReason = "stop"
            for event in model.stream(prompt, offering.schemas(), options, stop):
                if isinstance(event, Finished):
                    usage, reason = usage + event.usage, event.reason
                elif isinstance(event, ToolCall):  # asked twice, a model numbers anew
                    number = 1 + made + sum(isinstance(part, ToolCall) for part in parts)
                    parts.append(replace(event, id=f"call_{number}"))
                elif isinstance(event, (Waiting, Note)):
                    yield event
                elif isinstance(event, BrokenCall):
                    broken = event
                    parts.append(Text(event.text))
                    yield event
                else:
                    _gather(parts, event)
                    yield event
            calls = [part for part in parts if isinstance(part, ToolCall)]
            correction = _correction(broken) if broken and not was_corrected else []
            was_corrected = was_corrected or broken is not None
            if not (calls or correction) or reason == "stopped":
                break
            results = []
            for place, call in enumerate(calls, start=1):
                if made == self._budget.tool_calls:
                    yield BudgetEnded(f"Stopped after {made} tool calls, the most for one answer.")
                    yield Finished(usage, "length")
                    return
                made += 1
                yield call
                result = yield from running.run_once(call, calls[place:])
                results.append(result)
                yield result
            if stop.is_set():
                break
            prompt += [
                Message("assistant", tuple(parts)),
                *([Message("tool", tuple(for_reading(result, handles) for result in results))] if results else []),
                *correction,
            ]
        yield Finished(usage, "stopped" if stop.is_set() else reason)

    def _with_routed_calls(
        self,
        model: ChatModel,
        messages: Sequence[Message],
        options: Options,
        stop: threading.Event,
        answering: Answering,
    ) -> Iterator[TurnEvent]:
        results = []
        attachments = Attachments(messages, self._tools.catalog())
        pictures = attachments.names_in(messages[-1], "image") if attachments.read_by(READER) else []
        wanted = [(READER, {"image": name}) for name in pictures]
        if not _is_retorts(messages[-1]):
            wanted += [(routed.tool, routed.arguments) for routed in self._route(messages, attachments)]
        calls = [
            ToolCall(f"call_{number}", *one) for number, one in enumerate(wanted[: self._budget.tool_calls], start=1)
        ]
        running = Calls(self._tools, self._batches, attachments, stop, answering, self._outward)
        for place, call in enumerate(calls, start=1):
            if stop.is_set():
                break
            yield call
            result = yield from running.run(call, calls[place:])
            results.append(result)
            yield result
        if stop.is_set():
            yield Finished(Usage(), "stopped")
            return
        answered = [result for result in results if result.ok]
        for result in answered:
            yield Statement(result.content["summary"])
        blind = not model.abilities.images and _has_picture(messages[-1])
        if not answered and (results or blind):
            # What such a model would say of an input that was refused, or of a picture unseen, is invention.
            yield Finished(Usage(), "stop")
            return
        if answered and all(result.name in SAYS_ALL for result in answered):
            yield Finished(Usage(), "stop")
            return
        if answered:
            shown = [name for result in answered for name in shown_names(result)]
            yield Instructed(Instructions(our_prompt("system_with_results"), False))
            prompt = comment_prompt(messages[-1].text, shown)
            options = replace(
                options, temperature=0.0, repetition_penalty=1.0, max_new_tokens=LONGEST_COMMENT, digits=False
            )
            yield from pointing(model.stream(prompt, (), options, stop), messages[-1].text, shown[:MOST_NAMES])
            return
        instructions = Instructions(our_prompt("system_without_tools"), False)
        yield Instructed(instructions)
        prompt = [Message("system", (Text(instructions.text),)), *only_words(messages)]
        yield from model.stream(prompt, (), options, stop)

    def _route(self, messages: Sequence[Message], attachments: Attachments) -> list[Routed]:
        """The calls that the last message means; a file that came with it and that none of them takes is read."""
        if self._router is None:
            from app.routing import Router  # with its tables, not needed before the first question

            self._router = Router(self._tools.catalog())
        earlier = [
            value
            for message in messages
            for part in message.parts
            if isinstance(part, ToolCall)
            for value in part.arguments.values()
            if isinstance(value, str)
        ]
        new = attachments.names_in(messages[-1], "file") if attachments.read_by(FILE_READER) else []
        from app.file_requests import calls_on_files

        read = {handle: self._contents(file) for handle, file in attachments.files().items()}
        contents = {handle: contents_of(data) for handle, data in read.items()}
        request = attachments.in_words(messages[-1].text)
        meant = self._router.route(request, context=earlier, files=new, contents=contents)
        return calls_on_files(meant, attachments.entities, read, request)

    def _contents(self, file: File) -> dict[str, Any]:
        """What ``read_file`` tells of a file, once; empty for one that it refuses, as a call will tell the person."""
        if file.sha256 not in self._read:
            try:
                self._read[file.sha256] = self._tools.call(FILE_READER, {"file": file.path}).data
            except RetortError:
                return {}
        return self._read[file.sha256]


def _is_retorts(message: Message) -> bool:
    """Whether the question asks for a correction: what the tools say stands in it already."""
    return any(isinstance(part, Text) and part.source == "retort" for part in message.parts)


def _has_picture(message: Message) -> bool:
    return any(isinstance(part, (Image, Video)) for part in message.parts)


def _correction(broken: BrokenCall) -> list[Message]:
    return [Message("user", (Text(BROKEN_CALL.format(reason=broken.reason)),))]


def _gather(parts: list[Any], event: Event) -> None:
    """Join a delta to the part that it continues."""
    kind = Thinking if isinstance(event, ThinkingDelta) else Text
    if parts and isinstance(parts[-1], kind):
        parts[-1] = kind(parts[-1].text + event.text)  # type: ignore[union-attr]
    else:
        parts.append(kind(event.text))  # type: ignore[union-attr]

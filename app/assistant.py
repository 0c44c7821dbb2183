"""One turn: what the model says, the tools it calls, their results back to it, until it is done or a budget ends.

No page and no I/O of its own: a generator of events over one ``ChatModel``. A model that calls tools decides for
itself; for one that cannot, the router reads the person's words, the tools answer, and the model only adds to it.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from app.handles import Handles
from app.pictures import READER, Pictures
from app.prompts import (
    BROKEN_CALL,
    MOST_NAMES,
    SYSTEM_WITH_TOOLS,
    SYSTEM_WITHOUT_TOOLS,
    comment_prompt,
    pointing_sentence,
)
from errors import RetortError, ToolInputError
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
from model.messages import Image, Message, Text, Thinking, ToolCall, ToolResult, Video
from tools.outputs import ToolResult as Output

if TYPE_CHECKING:
    from app.offering import Offering
    from app.routing import Routed, Router


CANNOT_SEE = "{model} cannot see pictures; write what is in it as a name, a SMILES, an InChI or a sequence."
READS_DRAWINGS = "{model} cannot see pictures; a structure that is drawn in one is read by a tool."
#: Tokens of the sentence that a model without tools adds to a tool's answer.
LONGEST_COMMENT = 60
#: A view's kind in words; a table holds what the values name already.
PICTURES = {"svg": "drawing", "structure3d": "structure in space", "sequence": "sequence", "plot": "plot"}
UNNAMED = frozenset(["smiles", "inchi", "inchikey", "cas", "element"])
UNIT_OF_KEY = re.compile(r"_(da|a2|c|bits|kcal_mol|m_cm)$")


class ToolRunner(Protocol):
    """What the assistant needs of ``tools.running.Workers``."""

    def call(self, name: str, arguments: dict[str, Any], *, cancel: threading.Event | None = None) -> Output: ...

    def catalog(self) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class Statement:
    """A sentence that no model wrote: a tool's summary, or what Retort itself has to say."""

    text: str
    source: Literal["tool", "retort"] = "tool"


@dataclass(frozen=True)
class BudgetEnded:
    """Why the turn ended before the model did."""

    sentence: str


TurnEvent = (
    Waiting | Note | ThinkingDelta | TextDelta | BrokenCall | Statement | ToolCall | ToolResult | BudgetEnded | Finished
)


@dataclass(frozen=True)
class Budget:
    tool_calls: int = 8
    seconds: float = 900.0


class _Deadline:
    """Sets ``stop`` when the time is over, unless the turn ends before."""

    def __init__(self, seconds: float, stop: threading.Event) -> None:
        self.passed = False
        self._stop = stop
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True

    def _pass(self) -> None:
        self.passed = True
        self._stop.set()

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


class Assistant:
    """Holds the tools and the limits; every turn brings its own model, messages and stop."""

    def __init__(self, tools: ToolRunner, budget: Budget | None = None) -> None:
        self._tools = tools
        self._budget = budget or Budget()
        self._router: Router | None = None

    def run(
        self, model: ChatModel, messages: Sequence[Message], options: Options, stop: threading.Event
    ) -> Iterator[TurnEvent]:
        """Answer the last message; ends with one ``Finished`` whose usage is that of the whole turn.

        When the time budget ends, the turn is stopped as a person would stop it: ``stop`` is set.
        """
        answer = self._with_own_calls if model.abilities.tools else self._with_routed_calls
        with _Deadline(self._budget.seconds, stop) as deadline:
            if not model.abilities.images and _has_picture(messages[-1]):
                reads = any(tool["name"] == READER for tool in self._tools.catalog())
                yield Statement((READS_DRAWINGS if reads else CANNOT_SEE).format(model=model.name), "retort")
            for event in answer(model, messages, options, stop):
                if isinstance(event, Finished) and deadline.passed:
                    yield BudgetEnded(f"Stopped after {self._budget.seconds:.0f} s, the most for one answer.")
                    event = replace(event, reason="length")
                yield event

    def _with_own_calls(
        self, model: ChatModel, messages: Sequence[Message], options: Options, stop: threading.Event
    ) -> Iterator[TurnEvent]:
        from app.offering import Offering  # with the router's tables, not needed before the first question

        offering = Offering(self._tools.catalog(), messages)
        pictures = Pictures(messages, self._tools.catalog())
        prompt = [Message("system", (Text(SYSTEM_WITH_TOOLS),)), *for_model(pictures.named(messages))]
        usage, made, seen, handles = Usage(), 0, set[str](), Handles(messages)
        was_corrected = False
        while True:
            parts: list[Any] = []
            broken: BrokenCall | None = None
            reason: FinishReason = "stop"
            for event in model.stream(prompt, offering.schemas(), options, stop):
                if isinstance(event, Finished):
                    usage, reason = usage + event.usage, event.reason
                elif isinstance(event, ToolCall):
                    parts.append(event)
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
            for call in calls:
                if made == self._budget.tool_calls:
                    yield BudgetEnded(f"Stopped after {made} tool calls, the most for one answer.")
                    yield Finished(usage, "length")
                    return
                made += 1
                parts[parts.index(call)] = call = replace(call, id=f"call_{made}")  # asked twice, a model numbers anew
                yield call
                results.append(result := self._call_once(call, handles, seen, offering, pictures, stop))
                yield result
            if stop.is_set():
                break
            prompt += [
                Message("assistant", tuple(parts)),
                *([Message("tool", tuple(_for_reading(result, handles) for result in results))] if results else []),
                *correction,
            ]
        yield Finished(usage, "stopped" if stop.is_set() else reason)

    def _with_routed_calls(
        self, model: ChatModel, messages: Sequence[Message], options: Options, stop: threading.Event
    ) -> Iterator[TurnEvent]:
        results = []
        pictures = Pictures(messages, self._tools.catalog())
        wanted = [(READER, {"image": name}) for name in pictures.names_in(messages[-1]) if pictures.can_be_read]
        wanted += [(routed.tool, routed.arguments) for routed in self._route(messages)]
        for number, (tool, arguments) in enumerate(wanted[: self._budget.tool_calls], start=1):
            if stop.is_set():
                break
            call = ToolCall(f"call_{number}", tool, arguments)
            yield call
            results.append(result := self._call(call, pictures, stop))
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
        if all(result.name == READER for result in answered) and answered:
            yield Finished(Usage(), "stop")  # a reading is to be confirmed; there is nothing yet to be said of it
            return
        if answered:
            shown = [name for result in answered for name in _shown_names(result)]
            prompt = comment_prompt(messages[-1].text, shown)
            options = replace(
                options, temperature=0.0, repetition_penalty=1.0, max_new_tokens=LONGEST_COMMENT, digits=False
            )
            yield from _pointing(model.stream(prompt, (), options, stop), messages[-1].text, shown[:MOST_NAMES])
            return
        prompt = [Message("system", (Text(SYSTEM_WITHOUT_TOOLS),)), *_words(messages)]
        yield from model.stream(prompt, (), options, stop)

    def _route(self, messages: Sequence[Message]) -> list[Routed]:
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
        return self._router.route(messages[-1].text, context=earlier)

    def _call_once(
        self,
        call: ToolCall,
        handles: Handles,
        seen: set[str],
        offering: Offering,
        pictures: Pictures,
        stop: threading.Event,
    ) -> ToolResult:
        """Run a call unless this turn has made it already: a small model may ask the same for ever."""
        key = json.dumps([call.name, call.arguments], sort_keys=True)
        if key in seen:
            return _failed(
                call, ToolInputError(f"{call.name} was called with these arguments before", "", "use that result")
            )
        seen.add(key)
        try:
            call = replace(call, arguments=handles.resolved(call.arguments))
        except ToolInputError as error:
            return _failed(call, error)
        return self._call(call, pictures, stop, offering)

    def _call(
        self, call: ToolCall, pictures: Pictures, stop: threading.Event, offering: Offering | None = None
    ) -> ToolResult:
        try:
            arguments = pictures.resolved(call.name, call.arguments)
            if offering is not None and offering.answers(call.name):
                output = offering.find(call.arguments)
            else:
                output = self._tools.call(call.name, arguments, cancel=stop)
        except RetortError as error:
            return _failed(call, error)
        return ToolResult(call.id, call.name, True, output.model_dump(mode="json"))


def _pointing(events: Iterator[TurnEvent], question: str, shown: Sequence[str]) -> Iterator[TurnEvent]:
    """The events with the text held back until it is whole, and left out where it does more than point at what is shown."""
    written = ""
    for event in events:
        if isinstance(event, TextDelta):
            written += event.text
            continue
        if isinstance(event, Finished):
            if sentence := pointing_sentence(written, question, shown):
                yield TextDelta(sentence)
            event = replace(event, reason="stop") if event.reason == "length" else event
        yield event


def for_model(messages: Sequence[Message]) -> list[Message]:
    """A stored conversation as a model reads it: earlier thinking left out, each answer's calls and results in turns."""
    prompt: list[Message] = []
    handles = Handles()
    for message in messages:
        if message.role != "assistant":
            prompt.append(message)
            continue
        said: list[Any] = []
        results: list[ToolResult] = []
        for part in message.parts:
            if isinstance(part, Thinking):
                continue
            if isinstance(part, ToolResult):
                results.append(_for_reading(part, handles))
                continue
            if results:
                prompt += [Message("assistant", tuple(said)), Message("tool", tuple(results))]
                said, results = [], []
            said.append(part)
        if said:
            prompt.append(Message("assistant", tuple(said)))
        if results:
            prompt.append(Message("tool", tuple(results)))
    return prompt


def _words(messages: Sequence[Message]) -> list[Message]:
    """For a model without tools: what was said, without thinking, calls and results."""
    words = [
        Message(
            message.role,
            tuple(part for part in message.parts if not isinstance(part, (Thinking, ToolCall, ToolResult))),
        )
        for message in messages
    ]
    return [message for message in words if message.parts]


def _shown_names(result: ToolResult) -> list[str]:
    """What can be read of a result on the page, in words: its pictures, then its values without their units."""
    pictures = [PICTURES[view["kind"]] for view in result.content["views"] if view["kind"] in PICTURES]
    values = [UNIT_OF_KEY.sub("", key).replace("_", " ") for key in result.content["data"] if key not in UNNAMED]
    return list(dict.fromkeys([*pictures, *values]))


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


def _for_reading(result: ToolResult, handles: Handles) -> ToolResult:
    """What a model reads of a result: no drawings, no provenance, and the handle of what it holds."""
    if not result.ok:
        return replace(result, content={"error": result.content.get("sentence", "")})
    content = {key: result.content[key] for key in ("summary", "data", "notes") if result.content.get(key)}
    handle = handles.hold(result)
    return replace(result, content={**content, "handle": handle} if handle else content)


def _failed(call: ToolCall, error: RetortError) -> ToolResult:
    told = error.as_json() if isinstance(error, ToolInputError) else {"what": str(error), "where": "", "hint": ""}
    return ToolResult(call.id, call.name, False, {**told, "sentence": str(error)})

"""From a model's text to events: thinking, text and tool calls, the same events however the text was cut.

Two dialects of calls are read, both as complete blocks only:

    <|action_start|><|plugin|>{"name": …, "parameters": {…}}<|action_end|>      Intern-S1
    <tool_call>{"name": …, "arguments": {…}}</tool_call>                        Qwen and its relatives

Text is held back only while it may still become a marker or while a block is open. A block that is not a valid call
is told as it was written, with the reason.
"""

from __future__ import annotations

import json
import re
from typing import Any

from model.events import BrokenCall, Event, TextDelta, ThinkingDelta
from model.messages import ToolCall

_THINK, _THOUGHT = "<think>", "</think>"
#: How each dialect's block begins and what ends it. Prose that only names a marker does not go on with an object.
_BLOCKS = {
    "<|action_start|>": (re.compile(r"\s*<\|plugin\|>\s*\{"), "<|action_end|>"),
    "<tool_call>": (re.compile(r"\s*\{"), "</tool_call>"),
}
_MARKERS = (_THINK, _THOUGHT, *_BLOCKS)
_LONGEST_MARKER = max(map(len, _MARKERS))
_MARKER = re.compile("|".join(map(re.escape, _MARKERS)))
_PLUGIN = "<|plugin|>"
LONGEST_BLOCK = 200_000

#: A valid JSON escape, or a lone backslash: SMILES such as F/C=C\F come unescaped.
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|\\')


class OutputParser:
    """Feed it text as it comes, close it at the end; each call returns the events that are certain by then.

    ``thinking_open`` says that the prompt already ended in ``<think>``.
    """

    def __init__(self, *, thinking_open: bool = False) -> None:
        self._pending = ""
        self._thinking = thinking_open
        self._at_start = True
        self._calls = 0

    @property
    def is_thinking(self) -> bool:
        """Whether what comes next is thinking as far as is known, and no call has begun in it."""
        return self._thinking and not self._pending

    def feed(self, text: str) -> list[Event]:
        self._pending += text
        events: list[Event] = []
        while self._step(events):
            continue
        return events

    def close(self) -> list[Event]:
        """What was still held back is text after all."""
        events: list[Event] = []
        while self._pending:
            while self._step(events):
                continue
            if self._pending:  # an unfinished marker or block: its first character is text, the rest is looked at again
                self._say(self._pending[:1], events)
                self._pending = self._pending[1:]
        return events

    def _step(self, events: list[Event]) -> bool:
        """Take one marker, or all text before the next possible one; False if more text is needed."""
        found = _MARKER.search(self._pending)
        if found is None:
            certain = len(self._pending) - _partial_marker(self._pending)
            self._say(self._pending[:certain], events)
            self._pending = self._pending[certain:]
            return False
        self._say(self._pending[: found.start()], events)
        self._pending = self._pending[found.start() :]
        marker = found.group()
        if marker in (_THINK, _THOUGHT):
            self._thinking = marker == _THINK
            self._at_start = True
            self._pending = self._pending[len(marker) :]
            return True
        return self._block(marker, events)

    def _block(self, marker: str, events: list[Event]) -> bool:
        """A call block at the start of what is pending."""
        opening, end = _BLOCKS[marker]
        rest = self._pending[len(marker) :]
        if opening.match(rest) is None:
            if _may_become(rest, marker):
                return False
            self._say(marker, events)
            self._pending = rest
            return True
        closed = rest.find(end)
        length = closed + len(end)
        if closed < 0 and len(rest) < LONGEST_BLOCK:
            return False
        if closed < 0 or length > LONGEST_BLOCK:
            self._say(marker, events)
            self._pending = rest
            return True
        raw = self._pending[: len(marker) + length]
        self._pending = self._pending[len(raw) :]
        body = rest[:closed].strip().removeprefix(_PLUGIN)
        try:
            name, arguments = read_call(body)
        except ValueError as error:
            events.append(BrokenCall(raw, str(error)))
            return True
        self._calls += 1
        self._at_start = True
        events.append(ToolCall(f"call_{self._calls}", name, arguments))
        return True

    def _say(self, text: str, events: list[Event]) -> None:
        if self._at_start:
            text = text.lstrip()
        if not text:
            return
        self._at_start = False
        kind = ThinkingDelta if self._thinking else TextDelta
        if events and type(events[-1]) is kind:
            events[-1] = kind(events[-1].text + text)  # type: ignore[union-attr]
        else:
            events.append(kind(text))


def read_call(body: str) -> tuple[str, dict[str, Any]]:
    """Name and arguments of a call's JSON; raises ``ValueError`` that says what is wrong with it."""
    try:
        call = json.loads(body, strict=False)
    except (ValueError, RecursionError):
        try:
            call = json.loads(_ESCAPE.sub(_repaired, body), strict=False)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"its JSON is broken, {error}") from None
    if not isinstance(call, dict) or not isinstance(call.get("name"), str) or not call["name"]:
        raise ValueError('it has no "name"')
    arguments = call.get("parameters", call.get("arguments", {}))
    if isinstance(arguments, str):  # some models write the object as a string
        try:
            arguments = json.loads(arguments, strict=False)
        except (ValueError, RecursionError):
            raise ValueError("its arguments are not an object") from None
    if not isinstance(arguments, dict):
        raise ValueError("its arguments are not an object")
    return call["name"], arguments


def _repaired(escape: re.Match[str]) -> str:
    return escape.group() if len(escape.group()) > 1 else "\\\\"


def _partial_marker(text: str) -> int:
    """How many characters at the end of ``text`` may be the beginning of a marker."""
    for length in range(min(len(text), _LONGEST_MARKER - 1), 0, -1):
        if any(marker.startswith(text[-length:]) for marker in _MARKERS):
            return length
    return 0


def _may_become(rest: str, marker: str) -> bool:
    """Whether more text could still make ``rest`` the opening of a block."""
    rest = rest.lstrip()
    if marker != "<|action_start|>":
        return not rest
    if rest.startswith(_PLUGIN):
        return not rest.removeprefix(_PLUGIN).strip()
    return _PLUGIN.startswith(rest)

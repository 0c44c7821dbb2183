"""A model that plays a script: for the tests and the bench, where thinking and tool calls are wanted without weights."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Iterator, Sequence

from model.events import Abilities, Event, Finished, Options, TextDelta, ThinkingDelta, ToolSchema, Usage
from model.messages import Message
from model.parsing import OutputParser

_PIECE = re.compile(r"\s*\S+|\s+")


class ScriptedModel:
    """Each ``stream`` plays the next raw output, word by word as tokens, ``delay_s`` seconds apart.

    ``thinking_open`` plays a model whose prompt ends in ``<think>``, so that its output begins inside its thinking.
    """

    def __init__(
        self,
        turns: Sequence[str],
        abilities: Abilities = Abilities(),
        delay_s: float = 0.0,
        thinking_open: bool = False,
    ) -> None:
        self.name = "scripted"
        self.abilities = abilities
        self._turns = itertools.cycle(turns)
        self._delay_s = delay_s
        self._thinking_open = thinking_open

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], options: Options, stop: threading.Event
    ) -> Iterator[Event]:
        parser = OutputParser(thinking_open=self._thinking_open)
        started = time.perf_counter()
        prompt = sum(len(_PIECE.findall(message.text)) for message in messages)
        new, first_token_s = 0, None
        for piece in _PIECE.findall(next(self._turns)):
            # against the clock, not after the last word: a slow reader does not slow the model
            if stop.wait(max(0.0, started + new * self._delay_s - time.perf_counter())):
                break
            new += 1
            first_token_s = first_token_s or time.perf_counter() - started
            yield from parser.feed(piece)
        if not stop.is_set():
            yield from parser.close()
        usage = Usage(prompt, new, first_token_s, time.perf_counter() - started)
        yield Finished(usage, "stopped" if stop.is_set() else "stop")


def merged(events: Sequence[Event]) -> list[Event]:
    """The events with neighbouring deltas of one kind joined: what a stream says, however it was cut."""
    joined: list[Event] = []
    for event in events:
        last = joined[-1] if joined else None
        if isinstance(event, (TextDelta, ThinkingDelta)) and type(last) is type(event):
            joined[-1] = type(event)(last.text + event.text)  # type: ignore[union-attr]
        else:
            joined.append(event)
    return joined

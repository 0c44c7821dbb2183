"""Retort with a scripted model in place of a real one: thinking and tool calls on the page without weights.

``--script FILE`` names a JSON list of raw model outputs, played one a generation, over and over; ``--rate`` is
their speed in tokens a second; with ``--context N`` the model keeps figures, as the local one does. With ``--marks FILE``, a
JSON list of marks without places, a text is marked where it holds their spans. The rest of the flags are app.py's.
"""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.assistant import Assistant
from app.checking.marks import Mark
from app.instructions import PromptFile
from app.loading import ModelSlot
from app.services import Services, build_checker, build_outward, build_tools, build_uploads
from app.serving import serve
from app.settings import read_settings
from app.store import Store, sqlite_url
from app.turns import Turns
from model.events import Abilities, ChatModel, Event, Finished, Options, ToolSchema
from model.figures import Figures
from model.messages import Message, ToolResult
from model.scripted import ScriptedModel


class ScriptedChecker:
    """Finds what it is told to find: each of the marks where its span stands first."""

    def __init__(self, marks: Sequence[dict[str, Any]]) -> None:
        self._marks = marks

    def check(
        self,
        text: str,
        results: Sequence[ToolResult] = (),
        question: str = "",
        stop: threading.Event | None = None,
    ) -> list[Mark]:
        cards = {result.name: result.id for result in results}
        found = [
            Mark(
                **{
                    "call": {},
                    **mark,
                    "start": start,
                    "end": start + len(mark["span"]),
                    "card": cards.get(mark.get("card", ""), ""),
                }
            )
            for mark in self._marks
            if (start := text.find(mark["span"])) >= 0
        ]
        return sorted(found, key=lambda mark: mark.start)


class CountedModel:
    """Another model with figures: each of its deltas counts as a token, and so much memory as is easy to read."""

    def __init__(self, model: ChatModel, context: int, rate: float) -> None:
        self.name, self.abilities, self.weights = model.name, model.abilities, "words"
        self._model = model
        self._rate = rate
        self._figures = Figures(
            context, most_answering=8, most_waiting=64, weight_bytes=270_000_000, most_cache_bytes=1_000_000_000
        )
        self._lock = threading.Lock()

    def figures(self) -> Figures:
        return replace(self._figures, tokens_per_s=self._rate * self._figures.answering)

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], options: Options, stop: threading.Event
    ) -> Iterator[Event]:
        self._add(answering=1, answering_bytes=200_000_000)
        try:
            for event in self._model.stream(messages, tools, options, stop):
                if isinstance(event, Finished):
                    usage = event.usage
                    self._add(prompt_tokens=usage.prompt_tokens, cache_bytes=50_000_000, finished=1)
                    used = usage.prompt_tokens + usage.new_tokens
                    event = replace(event, usage=replace(usage, context_tokens=self._figures.context, used_tokens=used))
                else:
                    self._add(new_tokens=1)
                yield event
        finally:
            self._add(answering=-1, answering_bytes=-200_000_000)

    def _add(self, **more: int) -> None:
        with self._lock:
            grown = {name: getattr(self._figures, name) + count for name, count in more.items()}
            self._figures = replace(self._figures, **grown)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--script", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--context", type=int, default=0)
    parser.add_argument("--marks", type=Path)
    own, rest = parser.parse_known_args()
    settings = read_settings(rest)
    settings.folder.mkdir(parents=True, exist_ok=True)
    turns = json.loads(own.script.read_text()) * 50
    model: ChatModel = ScriptedModel(turns, abilities=Abilities(tools=True, thinking=True), delay_s=1 / own.rate)
    if own.context:
        model = CountedModel(model, own.context, own.rate)
    store, tools = Store(sqlite_url(settings.folder)), build_tools(settings)
    slot = ModelSlot(lambda progress: model, lambda model: "")
    uploads = build_uploads(settings, settings.folder / "uploads")
    scripted = ScriptedChecker(json.loads(own.marks.read_text())) if own.marks else None
    checker = (lambda: scripted) if scripted else build_checker(tools)
    outward, prompt = build_outward(settings), PromptFile(settings.folder, settings.lock_model)
    turns_of = Turns(store, Assistant(tools, outward=lambda: outward, prompt=prompt), slot, checker)
    serve(Services(store, turns_of, uploads, slot, tools, outward, prompt), settings)


if __name__ == "__main__":
    main()

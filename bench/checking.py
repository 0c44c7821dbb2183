"""What checking beside a stream costs it, and how long 5,000 characters take.

The text is that of labelled answers (tests/app/answers), joined. Its stream comes from a model whose every token takes a fixed
amount of computing without the interpreter's lock, as torch's does, so that a check that takes the processor or the lock shows;
the ways take turns, the median pair. When the stream ends, most of it has been checked, and what the tools said is known. A check of
everything at once is timed with tools that have started and a checker that has asked them nothing yet, over a dozen answers
of other compounds each.
"""

from __future__ import annotations

import hashlib
import json
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from app.assistant import Assistant
from app.checking.beside import Checks
from app.loading import ModelSlot
from app.services import build_checker, build_tools
from app.settings import read_settings
from app.store import Store, sqlite_url
from app.turns import Turns
from bench.rows import Row
from model.events import Abilities, Event, Finished, Options, TextDelta, ToolSchema, Usage
from model.messages import Message, Text
from tools.running import Workers

ANSWERS = Path(__file__).resolve().parents[1] / "tests" / "app" / "answers"
CHARACTERS = 5_000
STREAMS, TEXTS = 5, 5
TOKEN_ROUNDS = 20_000  # of SHA-256: some 10 ms a token, three times as fast as the embedded model on two cores
BAR_S = 0.3


class BusyModel:
    """Says one text, each word of which costs the same work."""

    name, abilities = "busy", Abilities(tools=True)

    def __init__(self, text: str) -> None:
        self._tokens = re.findall(r"\S+\s*", text)
        self.tokens = len(self._tokens)

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], options: Options, stop: threading.Event
    ) -> Iterator[Event]:
        for token in self._tokens:
            hashlib.pbkdf2_hmac("sha256", b"token", b"salt", TOKEN_ROUNDS)
            yield TextDelta(token)
        yield Finished(Usage(new_tokens=self.tokens), "stop")


def measure() -> list[Row]:
    texts = _texts()
    with tempfile.TemporaryDirectory() as name:
        tools = build_tools(read_settings([]))
        try:
            tools.warm_up()
            build_checker(tools)().check("Water, H2O, weighs 18.02 g/mol.")  # imports, here and in a worker
            seconds = [_check_s(tools, text) for text in texts]
            pairs, late = [], []
            for repeat in range(STREAMS):
                folder = Path(name) / str(repeat)
                folder.mkdir()
                store = Store(sqlite_url(folder))
                alone, _ = _stream(store, tools, texts[repeat], None)
                beside, after = _stream(store, tools, texts[repeat], build_checker(tools))
                pairs.append((beside, alone))
                late.append(after)
                store.close()
        finally:
            tools.close()
    what = "tokens/s of a stream of 5,000 characters with checking beside it, against without"
    return [
        Row(what, *sorted(pairs, key=lambda pair: pair[0] / pair[1])[STREAMS // 2], "tokens/s", 0.95),
        Row("from the end of that stream until its last marks", statistics.median(late), BAR_S, "s", 1, at_most=True),
        Row("checking 5,000 characters at once", statistics.median(seconds), BAR_S, "s", 1, at_most=True),
    ]


def _texts() -> list[str]:
    """Five texts of 5,000 characters in whole answers, none in two of them."""
    answers = [
        json.loads(line)["text"]
        for file in sorted(ANSWERS.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    texts: list[str] = []
    joined = ""
    for answer in answers:
        joined += answer + "\n\n"
        if len(joined) >= CHARACTERS:
            texts.append(joined[:CHARACTERS])
            joined = ""
    return texts[:TEXTS]


def _check_s(tools: Workers, text: str) -> float:
    checker = build_checker(tools)()
    started = time.perf_counter()
    checker.check(text)
    return time.perf_counter() - started


def _stream(store: Store, tools: Workers, text: str, checker: Callable[[], Checks] | None) -> tuple[float, float]:
    """Tokens/s from the first snapshot with text until the one with all of it, and the seconds from then until the last."""
    model = BusyModel(text)
    slot = ModelSlot(lambda progress: model, lambda model: "")
    slot.start()
    slot.wait(None)
    conversation = store.create_conversation()
    store.add_message(conversation, "user", [Text("Tell me about these compounds.")])
    seen: list[tuple[float, int]] = []
    for message in Turns(store, Assistant(tools), slot, checker).answer(conversation, threading.Event()):
        length = len(message.message.text)
        if length > (seen[-1][1] if seen else 0):
            seen.append((time.perf_counter(), length))
    (began, first), (ended, last) = seen[0], seen[-1]
    speed = (last - first) / (ended - began) / (len(text) / model.tokens)
    return speed, time.perf_counter() - ended

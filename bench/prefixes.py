"""Time to the first token at turn 6 of a conversation of about 4,000 tokens: what was read before kept, and read anew.

The embedded model, the same conversation and threads, greedy; the ways take turns, medians. A question of one word, and one
of a few lines.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable

from bench.rows import Row
from model.catalog import known_model
from model.embedded import embedded_path
from model.events import Finished, Options, TextDelta, Usage
from model.local.engine import LocalModel
from model.local.loading import load
from model.messages import Message, Text

TURNS_BEFORE = 5
#: Some 800 tokens.
NOTES = " ".join(
    f"On day {day} the flask held {3 * day} mL of water and {day + 7} mg of aspirin, stirred for {day % 5 + 1} hours."
    for day in range(1, 28)
)
SHORT = "?"
LONG = (
    "? Please say in one paragraph which of these days you would repeat first, what you would change in the amount of water "
    "and in the time of stirring, and which of the results you would not trust before the flask has been weighed again."
)
WORDS = ("Why", "How", "When")


def measure() -> list[Row]:
    kept = load(str(embedded_path()))
    known = known_model(str(embedded_path()))
    anew = LocalModel(kept.model, kept.tokenizer, known, kept.abilities, kept.threads, cache_budget=0)
    talk = conversation(lambda asked: _answer(kept, asked, 32)[0])
    time.sleep(2)  # a person reads, and the model meanwhile what it has said
    rows = [_row(kept, anew, talk, question, bar) for question, bar in ((SHORT, 20), (LONG, 10))]
    kept.close()
    anew.close()
    return rows


def conversation(answer: Callable[[list[Message]], str]) -> list[Message]:
    """``TURNS_BEFORE`` questions and the answers to them, some 4,000 tokens; ``answer`` is given what was said until then."""
    talk: list[Message] = []
    for turn in range(1, TURNS_BEFORE + 1):
        talk.append(asking(f"These are my notes of week {turn}. {NOTES} What stands out?"))
        talk.append(Message("assistant", (Text(answer(talk)),)))
    return talk


def asking(text: str) -> Message:
    return Message("user", (Text(text),))


def _row(kept: LocalModel, anew: LocalModel, talk: list[Message], question: str, bar: float) -> Row:
    ways: dict[LocalModel, list[Usage]] = {kept: [], anew: []}
    for word in WORDS:  # asked twice, the same question would be known, too
        for local, usages in ways.items():
            usages.append(_answer(local, [*talk, asking(f"{word}{question}")], 2)[1])
    usage = ways[kept][0]
    new = usage.prompt_tokens - usage.reused_tokens
    what = (
        f"prompt read until the first token, turn 6: {usage.prompt_tokens:,} tokens, {new} of them new, beside all anew"
    )
    speeds = [
        usage.prompt_tokens / statistics.median(usage.first_token_s or 0.0 for usage in usages)
        for usages in ways.values()
    ]
    return Row(what, speeds[0], speeds[1], "tokens/s", bar)


def _answer(local: LocalModel, talk: list[Message], new_tokens: int) -> tuple[str, Usage]:
    options = Options(max_new_tokens=new_tokens, temperature=0.0, repetition_penalty=1.0)
    *events, finished = local.stream(talk, (), options, threading.Event())
    if not isinstance(finished, Finished):
        raise RuntimeError("the stream did not finish")
    return "".join(event.text for event in events if isinstance(event, TextDelta)), finished.usage

"""What is measured of a way to have a model answer, and with which questions: the same for all."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.engines_way import Reader, Talk, Way, at_rest
from bench.prefixes import SHORT, WORDS, asking
from model.messages import Message, Text

#: Of the answers whose speed is measured (long, so that what is read before them counts for little), of those that another comes
#: beside, of this one, and of one that is left.
NEW_TOKENS, OTHERS_TOKENS, FEW_TOKENS, MANY_TOKENS = 96, 48, 8, 256
#: So many answers at once, and of these so many before a question that comes late.
STREAMS, OTHERS = 8, 7
BEGIN_WITHIN_S, OTHERS_BEGIN_WITHIN_S = 60.0, 1.0
#: In the midst of an answer; and a pause between two passes in which it is over: several steps long, and shorter than ours waits
#: before it reads again what it said.
READ_BEFORE_LEAVING_S, OVER_AFTER_S = 0.3, 0.2
PEOPLE = ("chemist", "gardener", "teacher", "sailor", "baker", "doctor", "painter", "farmer")

#: Named values of one measurement.
Values = dict[str, float]


def stories(number: int, count: int) -> list[Talk]:
    """Questions with long answers; of another ``number`` they are new to who remembers."""
    return [
        [asking(f"Number {number}. Tell me a long story about a {person} and her garden.")] for person in PEOPLE[:count]
    ]


def speed(streams: int) -> Callable[[Way, int], Values]:
    """Tokens a second of so many answers together, from when they are asked until the last has ended."""

    def measured(way: Way, number: int) -> Values:
        # where no step is shared, the length of several changes the time alone that it takes to measure them
        length = NEW_TOKENS if way.shares_steps or streams == 1 else OTHERS_TOKENS
        answers = way.together(stories(number, streams), length)
        seconds = max(answer.ended_at for answer in answers) - min(answer.asked_at for answer in answers)
        values = {f"{streams} streams": sum(answer.tokens for answer in answers) / seconds}
        if way.streams and streams == STREAMS:
            values["slowest"] = min(answer.tokens_per_s for answer in answers)
            values["fastest"] = max(answer.tokens_per_s for answer in answers)
            values["fairness"] = values["slowest"] / values["fastest"]
        return values

    return measured


def first_while_others(way: Way, number: int) -> Values:
    """Seconds until the first words to a short question that comes while the others are answered."""
    others = [Reader(way, story, OTHERS_TOKENS) for story in stories(number, OTHERS)]
    until = time.perf_counter() + OTHERS_BEGIN_WITHIN_S
    for other in others:
        other.begins_within(until - time.perf_counter())
    late = Reader(way, [asking(f"Number {number}. What is salt?")], FEW_TOKENS).finish()
    for other in others:
        other.left.set()
    for other in others:
        other.finish()
    return {"first while others": late.first_s}


def left(way: Way, number: int) -> Values:
    """Seconds from when the only reader leaves until the last pass of the model has ended."""
    reader = Reader(way, stories(number, 1)[0], MANY_TOKENS)
    reader.begins_within(BEGIN_WITHIN_S)
    time.sleep(READ_BEFORE_LEAVING_S)
    left_at = time.perf_counter()
    reader.left.set()
    over_at = at_rest(way, OVER_AFTER_S)
    return {"left": max(0.0, over_at - (reader.finish().left_at or left_at))}


def turn_6(way: Way, talk: Sequence[Message]) -> list[Values]:
    """Seconds until the first token after a short question, when the five turns before have been read and answered."""
    talk = list(talk)
    if way.remembers:
        own = Reader(way, talk[:-1], 32).finish()
        talk[-1] = Message("assistant", (Text(own.text),))
        at_rest(way)
    found: list[Values] = []
    for word in WORDS[: 2 if way.remembers else 1]:  # asked twice, the same question would be known, too
        answer = Reader(way, [*talk, asking(f"{word}{SHORT}")], 1).finish()
        found.append({"turn 6": answer.first_s, "turn 6 prompt": answer.prompt_tokens})
        at_rest(way)
    return found


@dataclass(frozen=True)
class Quantity:
    """Measured in each round of every way that it ``applies`` to."""

    name: str
    measured: Callable[[Way, int], Values]
    applies: Callable[[Way], bool] = lambda way: True


ROUNDS_OF = (
    Quantity("one stream", speed(1)),
    Quantity("4 streams", speed(4)),
    Quantity("8 streams", speed(STREAMS)),
    Quantity("first token while others are answered", first_while_others, lambda way: way.streams),
    Quantity("left", left, lambda way: way.can_be_left),
)

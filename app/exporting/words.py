"""What the page and every export say in the same words: of an answer, of a call."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.checking.kept import marks_of
from app.checking.marks import Mark

UNCHECKED = "The model’s own words, not checked"
CHECKED_IN_PART = "The model’s own words, of which only what is marked was checked"
#: Of an answer that came in a file, which anybody may have written.
IMPORTED = "Imported: what stands here was computed elsewhere; python -m app replay makes its calls again."
RETORT_ASKS = "Retort asks for a correction"
LONGEST_ARGUMENT = 60
UNFINISHED = {
    "running": "This answer was still being written when it was exported.",
    "stopped": "Stopped.",
}
KINDS = {"image": "Picture", "video": "Video", "file": "File"}

Message = Mapping[str, Any]


def leading_first(message: Message) -> list[dict[str, Any]]:
    """The parts in the order of the page: what no model wrote stands above the call that shows how it came about."""
    return sorted(message["parts"], key=lambda part: not is_leading(part))


def is_leading(part: Mapping[str, Any]) -> bool:
    return part["type"] == "text" and part.get("source", "author") != "author"


def question_title(message: Message) -> str:
    """Who asks: a person, or Retort for a correction."""
    return RETORT_ASKS if any(part.get("source") == "retort" for part in message["parts"]) else "Question"


def thinking_title(part: Mapping[str, Any]) -> str:
    seconds, tokens = part.get("seconds"), part.get("tokens")
    told = ", ".join(
        filter(None, ("" if seconds is None else f"{seconds:.1f} s", f"{tokens:,} tokens" if tokens else ""))
    )
    return f"Thought for {told}" if told else "Thought"


def ending_of(message: Message) -> Iterator[str]:
    """Sentences below an answer: how it ended, where that was not by itself, and who wrote it at what cost."""
    details = message["details"]
    if details.get("error"):
        yield details["error"]
    elif message["status"] in UNFINISHED:
        yield UNFINISHED[message["status"]]
    elif details.get("ended"):
        yield details["ended"]
    usage, model = details.get("usage") or {}, details.get("model")
    if model:
        written = f", {usage['new_tokens']:,} tokens in {usage['seconds']:.1f} s" if usage.get("new_tokens") else ""
        seed = f", seed {details['seed']}" if details.get("seed") is not None else ""
        yield f"Written by {model}{written}{seed}."


def before_words(message: Message) -> str:
    """What stands before the first words of a model that cannot be relied on."""
    if not message["details"].get("unchecked"):
        return ""
    return f"{CHECKED_IN_PART if marks_in(message) else UNCHECKED}:"


def marks_in(message: Message) -> list[tuple[int, Mark]]:
    """What was checked of an answer, each with the index of its part."""
    return marks_of(message["details"])


def arguments_in_short(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {_short(value)}" for name, value in arguments.items())


def files_in(parts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [part for part in parts if part["type"] in KINDS]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_ARGUMENT else text[: LONGEST_ARGUMENT - 1] + "…"

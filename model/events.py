"""What a model emits while it answers, and the one interface every model has."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from model.messages import Message, ToolCall

FinishReason = Literal["stop", "length", "context", "stopped", "error"]


@dataclass(frozen=True)
class Usage:
    """Exact counts of tokens, and seconds. ``first_token_s`` is None when no token was made.

    ``thinking_tokens`` are those of the new ones that were thought, ``reused_tokens`` those of the prompt that had been
    read before. ``used_tokens`` of the ``context_tokens`` that the model had for it are taken at its end; 0 if not known.
    """

    prompt_tokens: int = 0
    new_tokens: int = 0
    first_token_s: float | None = None
    seconds: float = 0.0
    thinking_tokens: int = 0
    reused_tokens: int = 0
    context_tokens: int = 0
    used_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Of two generations in one turn: counts and seconds add up, the first token is the first one's, and the context
        is as the later one left it.
        """
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.new_tokens + other.new_tokens,
            self.first_token_s if self.first_token_s is not None else other.first_token_s,
            self.seconds + other.seconds,
            self.thinking_tokens + other.thinking_tokens,
            self.reused_tokens + other.reused_tokens,
            max(self.context_tokens, other.context_tokens),
            other.used_tokens or self.used_tokens,
        )


@dataclass(frozen=True)
class ThinkingDelta:
    """``tokens``: how many more have been thought, where the model counts them."""

    text: str
    tokens: int = 0


@dataclass(frozen=True)
class TextDelta:
    text: str


@dataclass(frozen=True)
class BrokenCall:
    """A complete block that is no valid call: as the model wrote it, and what is wrong with it."""

    text: str
    reason: str


@dataclass(frozen=True)
class Waiting:
    """``ahead`` others must end before it begins; told whenever that changes, to who sets ``Options.tell_waiting`` alone."""

    ahead: int


@dataclass(frozen=True)
class Note:
    """A sentence about what the model was given to read, such as that a picture's first frame alone was."""

    text: str


@dataclass(frozen=True)
class Finished:
    """The last event of every stream. ``stopped``: the person stopped it; ``length``: the budget ended, ``context``: the context is full."""

    usage: Usage
    reason: FinishReason


Event = Waiting | Note | ThinkingDelta | TextDelta | ToolCall | BrokenCall | Finished


@dataclass(frozen=True)
class ToolSchema:
    """A tool as a model knows it: a name, a description and the JSON Schema of its arguments."""

    name: str
    description: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Options:
    """How to generate, and what to tell of it. ``None`` means the model's own default."""

    max_new_tokens: int | None = None
    context_tokens: int | None = None  # of prompt and answer together, where memory holds less than the model's context
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None
    seed: int | None = None
    thinking: bool | None = None
    thinking_tokens: int | None = None  # after so many, thinking is brought to its end and the answer begins
    image_tiles: int | None = None  # of a message's pictures together, for a model that cuts them into tiles
    valid_calls: bool = True  # a tool call is held to the schema of its tool, where the model's markers allow it
    digits: bool = True  # False: no token that holds a digit, for words beside numbers that are not the model's own
    one_line: bool = False  # end at the first line break
    tell_waiting: bool = False  # a ``Waiting`` while others are answered first


@dataclass(frozen=True)
class Abilities:
    """What a model can do; the page says what it cannot."""

    tools: bool = False
    images: bool = False
    thinking: bool = False


class ChatModel(Protocol):
    name: str
    abilities: Abilities

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], options: Options, stop: threading.Event
    ) -> Iterator[Event]:
        """Generate one assistant message; ends with exactly one ``Finished``, within one token after ``stop``."""
        ...

"""A conversation as the model's prompt: its own chat template, within its context."""

from __future__ import annotations

import json
import re
import secrets
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from errors import ModelError, UploadError
from model.events import Abilities, ToolSchema
from model.messages import File, Image, Message, Part, Text, ToolCall, ToolResult, Video

if TYPE_CHECKING:
    import torch

#: For a checkpoint that brings none: ChatML.
CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


class Decoded(Protocol):
    """``pixel_values`` are (tiles, 3, height, width); ``notes`` are sentences for the person who sent the picture."""

    @property
    def pixel_values(self) -> torch.Tensor: ...

    @property
    def notes(self) -> Sequence[str]: ...


class Glimpse(Protocol):
    """A picture or video as a model reads it: ``prompt`` stands in the text, ``prepared`` decodes what stands behind it."""

    @property
    def prompt(self) -> str: ...

    @property
    def prepared(self) -> Callable[[], Decoded]: ...


class Eyes(Protocol):
    def look(self, parts: Sequence[Image | Video], most_tiles: int | None) -> Sequence[Glimpse]: ...

    def cost(self, sizes: Sequence[tuple[int, int]], videos: Sequence[int], most_tiles: int | None) -> int: ...


@dataclass(frozen=True)
class Prompt:
    """``seen`` are the pictures and videos among the ids, in order."""

    ids: list[int]
    thinking_open: bool
    seen: tuple[Glimpse, ...] = ()


@dataclass
class _Rendering:
    """One prompt in the making: how to look at pictures, and what stands where in its text."""

    image_tiles: int | None
    seen: dict[str, Glimpse] = field(default_factory=dict)


class ChatFormat:
    """Messages to token ids, for one tokenizer; ``eyes`` where the model can see."""

    def __init__(self, tokenizer: Any, abilities: Abilities, context: int, eyes: Eyes | None = None) -> None:
        self._tokenizer = tokenizer
        self._eyes = eyes
        # no file and no person can write it, since nobody is told
        self._place = f"\ue000{secrets.token_hex(8)}:"
        self._abilities = abilities
        self._context = context
        added = {str(token) for token in getattr(tokenizer, "added_tokens_decoder", {}).values()}
        self._tagged: re.Pattern[str] | None = getattr(tokenizer, "tagged", None)
        self._marks = sorted(
            mark for mark in added | set(tokenizer.all_special_tokens) if len(mark) > 2 and mark[0] in "<["
        )

    def prompt(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSchema],
        thinking: bool | None,
        room: int,
        image_tiles: int | None = None,
        context: int | None = None,
    ) -> Prompt:
        """The ids of a prompt that leaves ``room`` tokens for the answer; the oldest turns go first.

        ``context`` is less than the model's own where memory is short.

        A turn is a question with all that follows it, so that no answer stands without its question; the system's words
        and the last turn stay. Raises ``ModelError`` if these alone are too long, and ``UploadError`` for a picture of the
        last question that cannot be read.
        """
        context = context or self._context
        longest = context - min(room, context // 4)
        prompts: dict[int, Prompt] = {}

        def fits(start: int) -> bool:
            kept = [message for message in messages[:start] if message.role == "system"] + list(messages[start:])
            rendering = _Rendering(image_tiles)
            text = self._rendered(kept, tools, thinking, rendering)
            prompts[start] = self._encoded(text, rendering.seen)
            return len(prompts[start].ids) <= longest

        if fits(0):
            return prompts[0]
        starts = [index for index, message in enumerate(messages) if message.role == "user"] or [len(messages) - 1]
        # the more turns go, the shorter it gets: the first start that fits, found in few renderings
        start = starts[min(bisect_left(starts, True, key=fits), len(starts) - 1)]
        if not fits(start):
            raise ModelError(
                f"The question has {len(prompts[start].ids):,} tokens, instructions and results included, and "
                f"{longest:,} can be read; shorten it."
            )
        return prompts[start]

    def _encoded(self, text: str, seen: dict[str, Glimpse]) -> Prompt:
        """A template may leave a message out, so that only the places in its text count."""
        places = re.findall(f"{re.escape(self._place)}[0-9]+;", text)
        for place in places:
            text = text.replace(place, seen[place].prompt)
        ids = self._tokenizer.encode(text, add_special_tokens=False)
        return Prompt(ids, text.rstrip().endswith("<think>"), tuple(seen[place] for place in places))

    def _rendered(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], thinking: bool | None, rendering: _Rendering
    ) -> str:
        options: dict[str, Any] = {"tools": [_tool(tool) for tool in tools] or None}
        if thinking is not None:
            options["enable_thinking"] = thinking
        asked = max((index for index, message in enumerate(messages) if message.role == "user"), default=0)
        turns = _joined(
            [turn for index, message in enumerate(messages) for turn in self._turns(message, rendering, index == asked)]
        )
        if getattr(self._tokenizer, "chat_template", None) is None:
            options["chat_template"] = CHATML
        try:
            return self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True, **options)
        except Exception as error:  # a template is a program of the checkpoint's, and fails as it likes
            raise ModelError(f"The model's chat template refuses this conversation: {error}") from error

    def _turns(self, message: Message, rendering: _Rendering, is_question: bool) -> list[dict[str, Any]]:
        """As the template takes them. A model without tools reads results as words, and its own calls not at all."""
        if message.role == "tool":
            results = [part for part in message.parts if isinstance(part, ToolResult)]
            told = [self._plain(json.dumps(part.content, ensure_ascii=False)) for part in results]
            if self._abilities.tools:
                return [
                    {"role": "tool", "name": part.name, "content": text}
                    for part, text in zip(results, told, strict=True)
                ]
            return [
                {"role": "user", "content": f"Result of {part.name}: {text}"}
                for part, text in zip(results, told, strict=True)
            ]
        content = self._shown(message, rendering, is_question) + self._plain("".join(map(_words, message.parts)))
        turn: dict[str, Any] = {"role": message.role, "content": content}
        calls = [part for part in message.parts if isinstance(part, ToolCall)]
        if calls and self._abilities.tools:
            turn["tool_calls"] = [
                {"type": "function", "function": {"name": call.name, "arguments": self._plain_arguments(call)}}
                for call in calls
            ]
        elif calls and not turn["content"]:
            return []
        return [turn]

    def _shown(self, message: Message, rendering: _Rendering, is_question: bool) -> str:
        """Its pictures and videos, a line each: a place in the text for one that is seen, else words that say it is not."""
        parts = [part for part in message.parts if isinstance(part, (Image, Video))]
        if self._eyes is None or not parts:
            return "".join(
                f"[{part.type} {self._plain(part.name)}: you cannot see it, and should say so]\n" for part in parts
            )
        try:
            seen = self._eyes.look(parts, rendering.image_tiles)
        except UploadError:
            if is_question:
                raise
            return "".join(
                f"[{part.type} {self._plain(part.name)}: its file cannot be read any more]\n" for part in parts
            )
        lines = []
        for glimpse in seen:
            place = f"{self._place}{len(rendering.seen)};"
            rendering.seen[place] = glimpse
            lines.append(place + "\n")
        return "".join(lines)

    def _plain_arguments(self, call: ToolCall) -> dict[str, Any]:
        return json.loads(self._plain(json.dumps(call.arguments, ensure_ascii=False)))

    def _plain(self, text: str) -> str:
        """What a person, a file or a tool wrote cannot end a turn or begin another's: its markers are broken up."""
        pieces, at = [], 0
        for harmless in self._tagged.finditer(text) if self._tagged else ():
            pieces += [self._broken_up(text[at : harmless.start()]), harmless.group()]
            at = harmless.end()
        return "".join((*pieces, self._broken_up(text[at:])))

    def _broken_up(self, text: str) -> str:
        for mark in self._marks:
            text = text.replace(mark, mark[0] + " " + mark[1:])
        return text


def _words(part: Part) -> str:
    """What a part says in words; reasoning is not sent back."""
    if isinstance(part, Text):
        return part.text
    if isinstance(part, File):
        return f"[{part.type} {part.name}: you cannot see it, and should say so]\n"
    return ""


def _joined(turns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Neighbouring words of one speaker made one turn: some templates insist that speakers alternate."""
    joined: list[dict[str, Any]] = []
    for turn in turns:
        last = joined[-1] if joined else None
        if last and last.keys() == turn.keys() == {"role", "content"} and last["role"] == turn["role"]:
            last["content"] = "\n\n".join(filter(None, (last["content"], turn["content"])))
        else:
            joined.append(turn)
    return joined


def _tool(tool: ToolSchema) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
    }

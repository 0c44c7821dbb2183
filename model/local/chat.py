"""A conversation as the model's prompt: its own chat template, within its context."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from errors import ModelError
from model.events import Abilities, ToolSchema
from model.messages import File, Image, Message, Text, ToolCall, ToolResult, Video

#: For a checkpoint that brings none: ChatML.
CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@dataclass(frozen=True)
class Prompt:
    ids: list[int]
    thinking_open: bool


class ChatFormat:
    """Messages to token ids, for one tokenizer."""

    def __init__(self, tokenizer: Any, abilities: Abilities, context: int) -> None:
        self._tokenizer = tokenizer
        self._abilities = abilities
        self._context = context
        added = {str(token) for token in getattr(tokenizer, "added_tokens_decoder", {}).values()}
        self._marks = sorted(
            mark for mark in added | set(tokenizer.all_special_tokens) if len(mark) > 2 and mark[0] in "<["
        )

    def prompt(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], thinking: bool | None, room: int
    ) -> Prompt:
        """The ids of a prompt that leaves ``room`` tokens for the answer; the oldest turns go first.

        Raises ``ModelError`` if the last message alone is too long.
        """
        room = min(room, self._context // 4)
        kept = list(messages)
        while True:
            text = self._rendered(kept, tools, thinking)
            ids = self._tokenizer.encode(text, add_special_tokens=False)
            if len(ids) + room <= self._context:
                return Prompt(ids, text.rstrip().endswith("<think>"))
            oldest = next((index for index, message in enumerate(kept[:-1]) if message.role != "system"), None)
            if oldest is None:
                raise ModelError(
                    f"The question has {len(ids):,} tokens and this model reads {self._context - room:,}; shorten it."
                )
            del kept[oldest]
            while oldest < len(kept) - 1 and kept[oldest].role in ("assistant", "tool"):
                del kept[oldest]  # an answer without its question would only confuse

    def _rendered(self, messages: Sequence[Message], tools: Sequence[ToolSchema], thinking: bool | None) -> str:
        options: dict[str, Any] = {"tools": [_tool(tool) for tool in tools] or None}
        if thinking is not None:
            options["enable_thinking"] = thinking
        turns = [turn for message in messages for turn in self._turns(message)]
        if getattr(self._tokenizer, "chat_template", None) is None:
            options["chat_template"] = CHATML
        try:
            return self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True, **options)
        except Exception as error:  # a template is a program of the checkpoint's, and fails as it likes
            raise ModelError(f"The model's chat template refuses this conversation: {error}") from error

    def _turns(self, message: Message) -> list[dict[str, Any]]:
        if message.role == "tool":
            results = [part for part in message.parts if isinstance(part, ToolResult)]
            return [
                {
                    "role": "tool",
                    "name": part.name,
                    "content": self._plain(json.dumps(part.content, ensure_ascii=False)),
                }
                for part in results
            ]
        content = "".join(self._words(part) for part in message.parts)
        turn: dict[str, Any] = {"role": message.role, "content": content}
        calls = [part for part in message.parts if isinstance(part, ToolCall)]
        if calls:
            turn["tool_calls"] = [
                {"type": "function", "function": {"name": call.name, "arguments": call.arguments}} for call in calls
            ]
        return [turn]

    def _words(self, part: Any) -> str:
        if isinstance(part, Text):
            return self._plain(part.text)
        if isinstance(part, (Image, Video, File)) and not self._abilities.images:
            return f"[{part.type} {self._plain(part.name)}: you cannot see it, and should say so]\n"
        return ""

    def _plain(self, text: str) -> str:
        """What a person, a file or a tool wrote cannot end a turn or begin another's: its markers are broken up."""
        for mark in self._marks:
            text = text.replace(mark, mark[0] + " " + mark[1:])
        return text


def _tool(tool: ToolSchema) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
    }

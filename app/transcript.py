"""A stored conversation as a model reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.handles import Handles
from model.messages import Message, Thinking, ToolCall, ToolResult


def for_model(messages: Sequence[Message]) -> list[Message]:
    """A stored conversation as a model reads it: earlier thinking left out, each answer's calls and results in turns."""
    prompt: list[Message] = []
    handles = Handles()
    for message in messages:
        if message.role != "assistant":
            prompt.append(message)
            continue
        said: list[Any] = []
        results: list[ToolResult] = []
        for part in message.parts:
            if isinstance(part, Thinking):
                continue
            if isinstance(part, ToolResult):
                results.append(for_reading(part, handles))
                continue
            if results:
                prompt += [Message("assistant", tuple(said)), Message("tool", tuple(results))]
                said, results = [], []
            said.append(part)
        if said:
            prompt.append(Message("assistant", tuple(said)))
        if results:
            prompt.append(Message("tool", tuple(results)))
    return prompt


def only_words(messages: Sequence[Message]) -> list[Message]:
    """For a model without tools: what was said, without thinking, calls and results."""
    words = [
        Message(
            message.role,
            tuple(part for part in message.parts if not isinstance(part, (Thinking, ToolCall, ToolResult))),
        )
        for message in messages
    ]
    return [message for message in words if message.parts]


def for_reading(result: ToolResult, handles: Handles) -> ToolResult:
    """What a model reads of a result: no drawings, no provenance, and the handle of what it holds."""
    if not result.ok:
        return replace(result, content={"error": result.content.get("sentence", "")})
    content = {key: result.content[key] for key in ("summary", "data", "notes") if result.content.get(key)}
    handle = handles.hold(result)
    return replace(result, content={**content, "handle": handle} if handle else content)

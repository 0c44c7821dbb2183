"""The pictures of a conversation as arguments of tools: a model writes ``img_1``, and the tool gets the kept file.

No other path is let through, so that nobody's words can have a tool read a file that was not attached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from errors import ToolInputError, shown
from model.messages import Image, Message, Text

READER = "read_structure_image"


class Pictures:
    """Numbered in the order in which they were attached, the same picture once."""

    def __init__(self, messages: Iterable[Message], catalog: Sequence[Mapping[str, Any]]) -> None:
        self._kept: dict[str, Image] = {}
        for message in messages:
            for part in message.parts:
                if isinstance(part, Image) and part.sha256 not in self._kept:
                    self._kept[part.sha256] = part
        self._arguments = {
            tool["name"]: [
                name
                for name, schema in tool["parameters"].get("properties", {}).items()
                if schema.get("entity") == "image"
            ]
            for tool in catalog
        }
        self.can_be_read = READER in self._arguments

    def names_in(self, message: Message) -> list[str]:
        """``img_1``, … of the pictures attached to this message."""
        order = list(self._kept)
        return [f"img_{order.index(part.sha256) + 1}" for part in message.parts if isinstance(part, Image)]

    def named(self, messages: Sequence[Message]) -> list[Message]:
        """The messages with the name of each attached picture in words, for a model that may hand it to a tool."""
        if not any(self._arguments.values()):
            return list(messages)
        told = []
        for message in messages:
            if names := self.names_in(message):
                called = ", ".join(
                    f"{name} ({part.name})"
                    for name, part in zip(names, (p for p in message.parts if isinstance(p, Image)), strict=True)
                )
                message = replace(message, parts=(*message.parts, Text(f"\n[Attached: {called}]")))
            told.append(message)
        return told

    def resolved(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments with each picture's name replaced by its path; raises ``ToolInputError`` for one not attached."""
        return {
            name: self._path(name, value) if name in self._arguments.get(tool, ()) else value
            for name, value in arguments.items()
        }

    def _path(self, where: str, value: Any) -> str:
        for number, picture in enumerate(self._kept.values(), start=1):
            if value in (f"img_{number}", picture.name):
                return picture.path
        known = ", ".join(f"img_{number}" for number in range(1, len(self._kept) + 1)) or "none so far"
        raise ToolInputError(
            f"{shown(value)} is no picture of this conversation", where, f"attach one; there is {known}"
        )

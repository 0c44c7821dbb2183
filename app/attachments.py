"""What a person attached, as arguments of tools: a model writes ``img_1`` or ``file_1``, and the tool gets the kept file.

No other path is let through, so that nobody's words can have a tool read a file that was not attached.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.schemas import entity_of
from errors import ToolInputError, shown
from model.messages import File, Image, Message, Part, Text

READER = "read_structure_image"
FILE_READER = "read_file"
MOST_TEXT_BYTES = 900_000  # of a file that is handed to a tool as the text of one argument
#: Arguments that take the whole text of a file: what is in it is one thing, or a list in FASTA.
_TAKES_TEXT = frozenset(
    ("molecule", "molecules", "sequence", "nucleotides", "protein", "sequences", "nucleotides_list")
)
_CALLED = {"image": ("img", "picture"), "file": ("file", "file")}


class Attachments:
    """Numbered by kind in the order in which they were attached, the same one once."""

    def __init__(self, messages: Iterable[Message], catalog: Sequence[Mapping[str, Any]]) -> None:
        self._kept: dict[str, dict[str, Image | File]] = {"image": {}, "file": {}}
        for message in messages:
            for part in message.parts:
                if isinstance(part, (Image, File)):
                    self._kept[part.type].setdefault(part.sha256, part)
        self.entities = {  #: of the arguments, by tool and name
            tool["name"]: {name: entity_of(schema) for name, schema in tool["parameters"].get("properties", {}).items()}
            for tool in catalog
        }

    def read_by(self, tool: str) -> bool:
        """Whether there is this tool, for what it reads."""
        return tool in self.entities

    def files(self) -> dict[str, File]:
        """All files of the conversation by their handles."""
        return {self._handle(part): part for part in self._kept["file"].values() if isinstance(part, File)}

    def names_in(self, message: Message, kind: str) -> list[str]:
        """``img_1`` or ``file_1``, … of what of this kind ("image", "file") is attached to this message."""
        found = (self._handle(part) for part in message.parts if isinstance(part, (Image, File)) and part.type == kind)
        return list(dict.fromkeys(found))

    def named(self, messages: Sequence[Message]) -> list[Message]:
        """The messages with the name of each attachment in words, for a model that may hand it to a tool."""
        wanted = {entity for entities in self.entities.values() for entity in entities.values()}
        told = []
        for message in messages:
            usable = [part for part in message.parts if isinstance(part, (Image, File)) and part.type in wanted]
            if usable:
                called = ", ".join(f"{self._handle(part)} ({part.name})" for part in usable)
                kept = [part for part in message.parts if not isinstance(part, File)]
                message = replace(message, parts=(*kept, Text(f"\n[Attached: {called}]")))
            told.append(message)
        return told

    def in_words(self, text: str) -> str:
        """The text with each file's own name replaced by its handle: "what is in drugs.csv?"."""
        for file in sorted(self._kept["file"].values(), key=lambda file: -len(file.name)):
            if file.name:
                text = re.sub(rf"(?<![\w/.]){re.escape(file.name)}(?!\w)", self._handle(file), text)
        return text

    def file(self, value: Any, where: str = "file") -> File:
        """The attached file of this handle or name; raises ``ToolInputError`` where there is none."""
        found = self._find("file", value, where)
        assert isinstance(found, File)
        return found

    def resolved(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments with each attachment's name replaced: by its path where the tool reads files, by its text where
        it reads a molecule or a sequence. Raises ``ToolInputError`` for one that is not attached.
        """
        entities = self.entities.get(tool, {})
        return {name: self._resolve(name, value, entities.get(name, "")) for name, value in arguments.items()}

    def _resolve(self, where: str, value: Any, entity: str) -> Any:
        if entity in self._kept:
            return self._find(entity, value, where).path
        if entity in _TAKES_TEXT and isinstance(value, str) and re.fullmatch(r"file_\d{1,4}", value):
            return _text_of(self.file(value, where), where)
        return value

    def _find(self, kind: str, value: Any, where: str) -> Image | File:
        for kept in self._kept[kind].values():
            if value in (self._handle(kept), kept.name):
                return kept
        handle, called = _CALLED[kind]
        known = ", ".join(f"{handle}_{number}" for number in range(1, len(self._kept[kind]) + 1)) or "none so far"
        raise ToolInputError(
            f"{shown(value)} is no {called} of this conversation", where, f"attach one; there is {known}"
        )

    def _handle(self, part: Part) -> str:
        assert isinstance(part, (Image, File))
        return f"{_CALLED[part.type][0]}_{list(self._kept[part.type]).index(part.sha256) + 1}"


def _text_of(file: File, where: str) -> str:
    path = Path(file.path)
    if path.stat().st_size > MOST_TEXT_BYTES:
        raise ToolInputError(
            f"{shown(file.name)} has {path.stat().st_size / 1e6:.1f} MB",
            where,
            f"at most {MOST_TEXT_BYTES / 1e6:g} MB are taken as one; ask for each of its records instead",
        )
    return path.read_bytes().decode("utf-8-sig", errors="replace")

"""Short names for the molecules and sequences of a conversation: ``mol_1``, ``seq_1``.

A model copies a long SMILES or a protein badly, token by token; a handle it copies well. Each tool result that holds one
is given the next handle, and a handle in a later call's arguments is replaced by the text that it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from errors import ToolInputError
from model.messages import Message, ToolResult

#: Where in a result's data a molecule or a sequence stands, and the kind of handle it gets.
_HELD = (("smiles", "mol"), ("protein", "seq"), ("sequence", "seq"))
_HANDLE = re.compile(r"(?:mol|seq)_[1-9][0-9]{0,3}")


class Handles:
    """The handles of one conversation, numbered in the order in which their molecules and sequences came."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._texts: dict[str, str] = {}
        for message in messages:
            for part in message.parts:
                if isinstance(part, ToolResult):
                    self.hold(part)

    def hold(self, result: ToolResult) -> str | None:
        """The handle of what the result holds, new if it was not seen before; None if it holds nothing of the kind."""
        found = result.content.get("data", {}) if result.ok else {}
        for key, kind in _HELD:
            text = found.get(key)
            if isinstance(text, str) and text:
                known = next((handle for handle, held in self._texts.items() if held == text), None)
                if known is None:
                    known = f"{kind}_{1 + sum(handle.startswith(kind) for handle in self._texts)}"
                    self._texts[known] = text
                return known
        return None

    def resolved(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments with each handle replaced; raises ``ToolInputError`` for one that was never given."""
        return {name: self._resolve(name, value) for name, value in arguments.items()}

    def _resolve(self, where: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolve(where, item) for item in value]
        if not isinstance(value, str) or not _HANDLE.fullmatch(value):
            return value
        if value not in self._texts:
            known = ", ".join(self._texts) or "there is none yet"
            raise ToolInputError(f"There is no '{value}' in this conversation", where, f"known handles: {known}")
        return self._texts[value]

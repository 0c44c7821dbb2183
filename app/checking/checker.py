"""Checks a text against the results of its conversation, and against the tools."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.checking.marks import Mark
from model.messages import ToolResult

if TYPE_CHECKING:
    from app.assistant import ToolRunner


class Checker:
    """Checks texts with these tools; may be used from any thread."""

    def __init__(self, tools: ToolRunner) -> None:
        self._tools = tools

    def check(
        self,
        text: str,
        results: Sequence[ToolResult] = (),
        question: str = "",
        stop: threading.Event | None = None,
    ) -> list[Mark]:
        """The marks of ``text`` in its order, none over another; ``results`` are those of its conversation, oldest first.

        ``question`` may name what the text is about. Never raises for what is written there; ends early, with what there
        is, once ``stop`` is set.
        """
        return []

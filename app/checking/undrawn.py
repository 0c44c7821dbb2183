"""Tools as checks need them: what they compute, without the drawings that nobody would see."""

from __future__ import annotations

import threading
from typing import Any

from tools.network import Network
from tools.outputs import ToolResult
from tools.running import Workers


class Undrawn:
    """The same calls by the same processes; a third of the work of checking an answer was to draw and to read drawings."""

    def __init__(self, tools: Workers) -> None:
        self._tools = tools

    def call(
        self,
        name: str,
        arguments: dict[str, Any],
        *,
        cancel: threading.Event | None = None,
        network: Network | None = None,
    ) -> ToolResult:
        """As ``Workers.call``; of a lookup nothing is asked without a ``network``, and a check gives none."""
        answer = self._tools.call_as_json(name, arguments, cancel=cancel, views="none", network=network)
        return ToolResult.model_validate_json(answer)

    def catalog(self) -> list[dict[str, Any]]:
        return self._tools.catalog()

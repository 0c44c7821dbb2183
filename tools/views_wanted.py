"""Whether anybody will see what a call draws: over the rows of a file nobody does, and drawing takes up to half of a call."""

from __future__ import annotations

from contextvars import ContextVar

#: A tool's ``data``, ``summary`` and ``notes`` are the same either way; only drawings are spared.
VIEWS_WANTED: ContextVar[bool] = ContextVar("views wanted", default=True)

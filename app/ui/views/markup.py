"""The few pieces of markup that every view needs."""

from __future__ import annotations

import html
import json
import math
from typing import Any


def escape(value: object) -> str:
    """``value`` as text that is safe between tags and inside a quoted attribute."""
    # A NUL or another control character is an error in HTML and invisible to a reader.
    return html.escape("".join(c for c in str(value) if c >= " " or c in "\n\t"), quote=True)


def script_json(value: Any) -> str:
    """``value`` as JSON that cannot leave the ``<script type="application/json">`` it stands in.

    Raises ``ValueError`` for values that JSON does not have.
    """
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def number_text(value: int | float) -> str:
    """A number as it is read: up to ten significant digits, a true minus sign, no grouping (it may be copied)."""
    if isinstance(value, int):
        text = str(value)
    elif math.isnan(value):
        return "not a number"
    else:
        text = f"{value:.10g}"
    return text.replace("-", "−")

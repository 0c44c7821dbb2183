"""The strict reader of lists of numbers, given as JSON numbers, as texts, or as one text with separators."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from errors import ToolInputError, shown

MOST_NUMBERS = 10_000
LARGEST, SMALLEST = 1e150, 1e-150  # squares of what lies beyond are no floating-point numbers

Numbers = Annotated[
    list[float] | list[float | str] | str,
    Field(description="Numbers, as a list or as one text with separators", json_schema_extra={"entity": "numbers"}),
]


def parse_numbers(value: list[float] | list[float | str] | str, where: str) -> list[float]:
    """Finite numbers in the order given; raises ``ToolInputError`` that names the first one that is none."""
    parts: Sequence[Any] = value
    if isinstance(value, str):
        if re.search(r"\d,\d", value) and not re.search(r"\d\.\d", value) and re.search(r"[;\s]", value.strip()):
            raise ToolInputError(
                f"{shown(value)} has commas that could be decimal marks or separators", where, "give a list of numbers"
            )
        parts = [part for part in re.split(r"[\s,;]+", value.strip().strip("[](){}")) if part]
    if not parts:
        raise ToolInputError(f"{where} holds no numbers", where, "give a list such as [1.0, 2.0, 3.0]")
    if len(parts) > MOST_NUMBERS:
        raise ToolInputError(f"{where} has {len(parts):,} values", where, f"give at most {MOST_NUMBERS:,}")
    return [_number(part, f"{where}, value {place}") for place, part in enumerate(parts, 1)]


def _number(part: object, where: str) -> float:
    text = str(part).strip().replace("−", "-")
    if not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf(?:inity)?)", text, re.IGNORECASE):
        raise ToolInputError(f"{shown(part)} is not a number", where, "write numbers such as 0.5 or 1e-3")
    value = float(text)
    if not math.isfinite(value) or abs(value) > LARGEST or (value and abs(value) < SMALLEST):
        raise ToolInputError(
            f"{shown(part)} is not a number that can be computed with", where, "leave it out, or correct it"
        )
    return value

"""The column of activities that stands beside a series of molecules: numbers, and gaps that are to be predicted."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from errors import ToolInputError, shown

Activities = Annotated[
    list[float | str | None] | str | None,
    Field(
        description="A measured activity for each molecule, in the same order, on an additive scale such as pIC50; null for one "
        "that is to be predicted"
    ),
]
_GAP = re.compile(r"|\?+|-+|[xX_]|n/?a|none|null|unknown|missing|predict(?:ed)?|to be predicted|tbd", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")


def activity_column(value: Sequence[float | str | None] | str | None, molecules: int) -> list[float | None] | None:
    """One finite number or None (a gap) for each molecule; None where no activities were given.

    Raises ``ToolInputError`` for another number of values, for what is neither a number nor a gap, and for gaps alone.
    """
    if value is None:
        return None
    parts: Sequence[float | str | None] = value
    if isinstance(value, str):
        if re.search(r"\d,\d", value) and not re.search(r"\d\.\d", value) and re.search(r"[;\s]", value.strip()):
            raise ToolInputError(
                f"{shown(value)} has commas that could be decimal marks or separators",
                "activities",
                "give a list of numbers",
            )
        parts = re.split(r"\s*[,;\n]\s*|\s+", value.strip().strip("[]()"))
    if len(parts) != molecules:
        raise ToolInputError(
            f"{len(parts)} activities were given for {molecules} molecules",
            "activities",
            "give one number for each molecule, in the same order, and null for one that is to be predicted",
        )
    column = [_number(part, f"activities, item {number}") for number, part in enumerate(parts, 1)]
    if all(number is None for number in column):
        raise ToolInputError("None of the activities is a number", "activities", "give those that were measured")
    return column


def _number(part: float | str | None, where: str) -> float | None:
    if part is None or (isinstance(part, str) and _GAP.fullmatch(part.strip())):
        return None
    text = part.strip().replace("\u2212", "-") if isinstance(part, str) else str(part)
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise ToolInputError(
            f"{shown(part)} is no activity", where, "give a finite number, or null for what is to be predicted"
        )
    return number

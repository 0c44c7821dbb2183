"""What a column of a table holds, told from its cells one by one, within a fixed memory."""

from __future__ import annotations

import re
from typing import Any

from tools.inputs.tables import are_smiles, is_number

SAMPLE = 20
_OPEN = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")


class ColumnTally:
    """Counts of one column: filled and empty cells, numbers, their least and most, and a few values for a closer look."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.filled = self.empty = self.numbers = 0
        self.least: float | None = None
        self.most: float | None = None
        self._sample: list[str] = []
        self._is_open = False  # a number whose comma could mark thousands or decimals

    def take(self, value: str) -> None:
        text = value.strip()
        if not text:
            self.empty += 1
            return
        self.filled += 1
        if len(self._sample) < SAMPLE:
            self._sample.append(text)
        may_be_number = text[0].isdecimal() or text[0] in "+-."  # most words are told by their first letter
        if not may_be_number or not is_number(text):
            return
        self.numbers += 1
        number = _number(text)
        if number is None:
            self._is_open = True
        else:
            self.least = number if self.least is None else min(self.least, number)
            self.most = number if self.most is None else max(self.most, number)

    @property
    def holds(self) -> str:
        """``numbers``, ``SMILES``, ``text``, ``numbers and text`` or ``nothing``."""
        if not self.filled:
            return "nothing"
        if self.numbers == self.filled:
            return "numbers"
        if are_smiles(self._sample):
            return "SMILES"
        return "numbers and text" if self.numbers >= 0.5 * self.filled else "text"

    def as_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"name": self.name, "holds": self.holds, "filled": self.filled, "empty": self.empty}
        return data | ({"least": self.least, "most": self.most} if self.numbers and not self._is_open else {})

    def as_row(self) -> tuple[str, str, int, int, float | None, float | None]:
        least, most = (None, None) if self._is_open else (self.least, self.most)
        return self.name, self.holds, self.filled, self.empty, least, most


def _number(text: str) -> float | None:
    """A cell as a number; None where one comma could mark thousands or decimals (1,234), or the number is out of range."""
    bare = text.rstrip("% ")
    if "," in bare:
        if _OPEN.fullmatch(bare):
            return None
        bare = bare.replace(",", "") if "." in bare or bare.count(",") > 1 else bare.replace(",", ".")
    try:
        number = float(bare)
    except ValueError:
        return None
    return number if abs(number) < 1e300 else None

"""Numbers of an answer that a tool of its conversation has told, and that are computed anew by nothing else here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.checking.facts import Fact
from app.checking.marks import Mark
from app.checking.numbers import Number, agrees, numbers_in
from app.checking.properties import PROPERTIES

#: Units by the ends of the names of values.
_UNITS = {
    "c": r"°\s?C|degrees", "k": r"K\b", "da": r"Da\b|g/mol|g·mol|u\b|amu", "percent": r"%|percent", "fraction": r"%|percent", "kcal_mol": r"kcal", "kj_mol": r"kJ",
    "g_cm3": r"g/cm|g/mL|g·cm", "pa": r"k?Pa", "ev": r"eV", "pm": r"pm\b", "g": r"m?g\b", "ml": r"mL", "l": r"m?L\b", "mm": r"mM|mm\b", "a2": r"Å",
}  # fmt: skip
#: What is verified as a property, of a thing that is named: where that found nothing, this finds nothing either.
_VERIFIED = frozenset(key for prop in PROPERTIES for key in prop.keys)
FEWEST_DIGITS = 3
LONGEST_BEFORE = 60


def numbers_told(text: str, told: Sequence[Fact]) -> Iterator[Mark]:
    """A mark on each number of three digits or more that a result has, where its name or its unit stands beside it, too."""
    values = [(fact, name, value) for fact in told for name, value in _numbers(fact.data) if name not in _VERIFIED]
    if not values:
        return
    for number in numbers_in(text):
        if number.bounded or len(re.sub(r"\D|^0+", "", number.text)) < FEWEST_DIGITS:
            continue
        before, behind = (
            text[max(0, number.start - LONGEST_BEFORE) : number.start].lower(),
            text[number.end : number.end + 12],
        )
        for fact, name, value in values:
            if _is_value(number, value, name, behind) and _is_named(name, before, behind):
                yield Mark(
                    number.start,
                    number.end,
                    number.text,
                    "tool",
                    f"{name.replace('_', ' ')}: {value:g}",
                    fact.call,
                    "told",
                    fact.card,
                )
                break


def _numbers(data: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in data.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            yield name, float(value)
        elif isinstance(value, Mapping):
            yield from _numbers(value)


def _is_value(number: Number, value: float, name: str, behind: str) -> bool:
    is_percent = name.endswith("fraction") and re.match(r"\s?(?:%|percent)", behind)
    return agrees(number, value * 100 if is_percent else value)


def _is_named(name: str, before: str, behind: str) -> bool:
    words = [word for word in name.lower().split("_") if len(word) > 3]
    if any(word in before for word in words):
        return True
    return any(name.endswith(f"_{end}") and re.match(rf"\s?(?:{unit})", behind) for end, unit in _UNITS.items())

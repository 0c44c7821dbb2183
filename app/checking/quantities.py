"""Numbers with their units, as sums and conversions have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from app.amounts import unit_end, unit_readings
from app.checking.numbers import Number, numbers_in
from app.checking.scope import Scope
from app.checking.sentences import Sentence
from app.checking.things import COMPOUNDS, Thing

#: Words that are units as well.
_WORDS = frozenset(["at", "as", "in", "per", "a", "h", "to", "mol of"])
_SEVERAL_WORDS = re.compile(r"per\b|square|cubic|degree|deg\b|/|\(|[⁻^−-]\d?|mol|[·⋅]|of mercury")
#: Masses of a molecule, which are those of a mole in g/mol: to kg/mol.
_OF_PARTICLES = {"Da": 1e-3, "kDa": 1.0, "amu": 1e-3, "u": 1e-3}
_OF = re.compile(r"\s?(?:of\s+)?(?:the\s+|pure\s+|anhydrous\s+|solid\s+|dry\s+|each\s+)?")


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, which may be empty; ``end`` is behind the unit. ``thing``: the compound behind it that it is of, or ``of``, one before it."""

    number: Number
    unit: str
    end: int
    thing: Thing | None = None
    of: Thing | None = None

    @property
    def start(self) -> int:
        return self.number.start

    @property
    def kind(self) -> str:
        """Of ``_KINDS``, or empty."""
        return _kind_of(self.unit)

    def in_si(self) -> float | None:
        factor = _OF_PARTICLES.get(self.unit) or factor_of(self.unit)
        return None if factor is None else self.number.value * factor


def quantities_in(text: str, sentence: Sentence, scope: Scope, *, in_sums: bool = False) -> Iterator[Quantity]:
    for number in numbers_in(text[sentence.start : sentence.end], in_sums=in_sums):
        moved = replace(number, start=number.start + sentence.start, end=number.end + sentence.start)
        start = moved.end + (text[moved.end : moved.end + 1] == " ")
        is_word = start < sentence.end and text[start] not in "0123456789/·×*()-–−"
        limit = text.find(")", start, sentence.end) if in_sums else -1
        end = unit_end(text[: limit if limit > 0 else sentence.end], start) if is_word else 0
        if end and " " in text[start:end] and not _SEVERAL_WORDS.search(text[start:end]):
            end = start + text[start:end].index(" ")  # "250 kcal bar" is no pressure
        unit = text[start:end] if end and text[start:end] not in _WORDS else ""
        behind = end if unit else moved.end
        yield Quantity(moved, unit, behind, _thing_behind(text, behind, scope))


def _thing_behind(text: str, end: int, scope: Scope) -> Thing | None:
    """The compound that the quantity is of: "18 g of glucose", "0.5 mol NaCl"."""
    match = _OF.match(text, end)
    place = match.end() if match else end
    return next((thing for thing in scope.things(COMPOUNDS) if thing.start == place), None)


@lru_cache(maxsize=512)
def _kind_of(unit: str) -> str:
    if unit in _OF_PARTICLES:
        return "molar mass"
    return next((name for name, dimensions in _KINDS.items() if dimensions in dimensions_of(unit)), "")


@lru_cache(maxsize=512)
def factor_of(unit: str) -> float | None:
    """Of a unit to SI units, 1 without one; None for one that is none or that begins elsewhere than at 0."""
    if not unit:
        return 1.0
    readings = unit_readings(unit)
    if not readings or any(reading.absolute for reading in readings):
        return None
    return float(Fraction(readings[0].factor))


@lru_cache(maxsize=512)
def dimensions_of(unit: str) -> frozenset[str]:
    """Those of every reading of a unit, such as "[mass] [substance]-1"."""
    if not unit:
        return frozenset()
    return frozenset(
        " ".join(f"{base}{power if power != 1 else ''}" for base, power in reading.dimensions)
        for reading in unit_readings(unit)
    )


_KINDS = {
    "molar mass": "[mass] [substance]-1",
    "density": "[length]-3 [mass]",
    "mass": "[mass]",
    "volume": "[length]3",
    "substance": "[substance]",
    "concentration": "[length]-3 [substance]",
}

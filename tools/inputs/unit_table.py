"""The units that can be written here, with their sizes: a table of symbols and names over Pint's definitions.

Pint alone guesses: "kT" is a kilotesla, "cm-1" an error, "Cal" unknown, "A" never an ångström. So the words come from
``assets/tables/units.tsv`` and only their sizes from Pint, in exact fractions; its measured constants are CODATA 2018.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parents[2] / "assets" / "tables" / "units.tsv"
PREFIXES = {
    "Q": 30, "R": 27, "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1,
    "c": -2, "m": -3, "µ": -6, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24, "r": -27, "q": -30,
}  # fmt: skip
PREFIX_NAMES = {
    "exa": "E", "peta": "P", "tera": "T", "giga": "G", "mega": "M", "kilo": "k", "hecto": "h", "deca": "da", "deci": "d",
    "centi": "c", "milli": "m", "micro": "µ", "nano": "n", "pico": "p", "femto": "f", "atto": "a", "zepto": "z",
}  # fmt: skip
#: Kinds whose units must not become others of the same dimension: a becquerel is no hertz, a radian no number.
APART = frozenset(("activity", "dose equivalent", "angle", "cells", "colonies", "counts", "thermal"))

Dimensions = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class UnitEntry:
    """One line of the table. ``kind`` says how it behaves beyond its dimensions (``UnitReading`` tells), or "refused"."""

    symbols: tuple[str, ...]
    names: tuple[str, ...]
    definition: str
    prefixes: tuple[str, ...]
    kind: str
    note: str

    def takes(self, prefix: str) -> bool:
        return not prefix or prefix in self.prefixes


@cache
def entries() -> tuple[UnitEntry, ...]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(_entry(row) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _entry(row: dict[str, str]) -> UnitEntry:
    prefixes = tuple(PREFIXES) if row["prefixes"] == "all" else tuple(row["prefixes"].split())
    return UnitEntry(
        tuple(row["symbols"].split("|")),
        tuple(name for name in row["names"].split("|") if name),
        row["definition"],
        prefixes,
        row["kind"],
        row["note"],
    )


@cache
def by_symbol() -> dict[str, tuple[UnitEntry, ...]]:
    found: dict[str, list[UnitEntry]] = {}
    for entry in entries():
        for symbol in entry.symbols:
            found.setdefault(symbol, []).append(entry)
    return {symbol: tuple(several) for symbol, several in found.items()}


@cache
def by_name() -> dict[str, UnitEntry]:
    """Lower-case English name, also in the plural, to its unit; where two bear it, the first."""
    found: dict[str, UnitEntry] = {}
    for entry in entries():
        for name in entry.names:
            lower = name.lower()
            for form in (lower, f"{lower}s", f"{lower}es", lower.replace("degree ", "degrees ")):
                found.setdefault(form, entry)
    return found


@lru_cache(maxsize=512)
def size(definition: str) -> tuple[Fraction, Dimensions]:
    """How many SI base units a definition of the table is, exactly, and the powers of its dimensions."""
    registry = _registry()
    quantity = registry.Quantity(definition).to_base_units()
    powers = tuple(sorted((name, int(power)) for name, power in quantity.dimensionality.items() if power))
    return Fraction(quantity.magnitude), powers


@cache
def _registry() -> Any:
    import pint  # a third of a second that only conversions need

    return pint.UnitRegistry(non_int_type=Fraction, cache_folder=None)

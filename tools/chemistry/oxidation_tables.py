"""What oxidation states are computed with: Allen electronegativities, usual and known states, and who takes a bond's electrons."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

_TABLE = Path(__file__).parents[2] / "assets" / "tables" / "element_oxidation_states.csv"

ALKALI = frozenset(("Li", "Na", "K", "Rb", "Cs", "Fr"))
ALKALINE_EARTH = frozenset(("Be", "Mg", "Ca", "Sr", "Ba", "Ra"))
HALOGENS = frozenset(("F", "Cl", "Br", "I", "At"))
CHALCOGENS = frozenset(("S", "Se", "Te", "Po"))
METALLOIDS = frozenset(("B", "Si", "Ge", "As", "Sb", "Te"))
NONMETALS = frozenset(
    ("H", "He", "C", "N", "O", "F", "Ne", "P", "S", "Cl", "Ar", "Se", "Br", "Kr", "I", "Xe", "At", "Rn")
)
#: The state of an element that takes all the electrons its shell has room for.
ANION_STATES = MappingProxyType(
    {"F": -1, "Cl": -1, "Br": -1, "I": -1, "At": -1, "O": -2, "S": -2, "Se": -2, "Te": -2, "Po": -2}
    | {"N": -3, "P": -3, "As": -3, "Sb": -3, "Bi": -3, "C": -4, "Si": -4, "Ge": -4}
)
#: Pairs in which usage goes against Allen's values, which lie close together: the second element takes the electrons.
_AGAINST_ALLEN = frozenset(
    [("H", "P"), ("H", "As"), ("H", "Sb"), ("H", "Bi"), ("H", "Te"), ("H", "Po"), ("C", "I"), ("C", "Se"), ("C", "At")]
)
#: Pairs in which Pauling's scale, which many textbooks use, has the opposite order of Allen's; the first takes them here.
_AGAINST_PAULING = frozenset([("N", "Cl"), ("S", "I")])


@dataclass(frozen=True)
class Element:
    """``allen_ev``: Allen electronegativity as mean valence-electron energy in eV, 0 where none is known (metals)."""

    allen_ev: float
    usual: frozenset[int]
    known: frozenset[int]


@lru_cache(maxsize=1)
def _elements() -> dict[str, Element]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {
            row["symbol"]: Element(
                float(row["allen_ev"] or 0),
                frozenset(map(int, row["usual"].split())),
                frozenset(map(int, row["known"].split())),
            )
            for row in csv.DictReader(file)
        }


def element(symbol: str) -> Element:
    return _elements()[symbol]


def is_metal(symbol: str) -> bool:
    return symbol not in NONMETALS and symbol not in METALLOIDS


def takes_electrons(one: str, other: str) -> int:
    """1 where ``one`` takes the electrons of a bond to ``other``, -1 where it gives them, 0 where they are shared."""
    if one == other:
        return 0
    if (one, other) in _AGAINST_ALLEN:
        return -1
    if (other, one) in _AGAINST_ALLEN:
        return 1
    difference = element(one).allen_ev - element(other).allen_ev
    return (difference > 0) - (difference < 0)


def pair_note(one: str, other: str) -> str:
    """What to say of a bond between these elements, where a convention decided; empty for the others."""
    for giver, taker in ((one, other), (other, one)):
        if (giver, taker) in _AGAINST_ALLEN:
            return (
                f"Exception: in {giver}-{taker} bonds {taker} is taken as the negative atom, as textbooks do "
                f"({'H +1' if giver == 'H' else f'{taker} {ANION_STATES[taker]}'.replace('-', '−')}); by Allen's values, which lie "
                f"close together, it would be {giver}."
            )
        if (giver, taker) in _AGAINST_PAULING:
            return (
                f"In {giver}-{taker} bonds the electrons go to {giver} by Allen's electronegativities, which IUPAC recommends; "
                f"by Pauling's, which some textbooks use, they would go to {taker}."
            )
        if giver == "H" and (taker in METALLOIDS or taker == "Al"):
            return f"H is −1 in bonds to {taker}, which is less electronegative (Allen)."
    return ""

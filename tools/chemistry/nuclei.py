"""Nuclei that magnetic resonance observes, and the strict reader of their names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType

from errors import ToolInputError, shown
from tools.inputs.elements import ELEMENT_NAMES, parse_element

EXAMPLES = "give a nucleus such as 1H, 13C, 19F, 31P or 15N"
#: Element to the mass numbers of its stable nuclides with spin (and tritium's), the one observed most first.
#: R. K. Harris et al., NMR nomenclature, Pure Appl. Chem. 2001, 73, 1795, tables 1 to 3.
_MASSES = MappingProxyType({
    "H": (1, 2, 3), "He": (3,), "Li": (7, 6), "Be": (9,), "B": (11, 10), "C": (13,), "N": (15, 14), "O": (17,), "F": (19,),
    "Ne": (21,), "Na": (23,), "Mg": (25,), "Al": (27,), "Si": (29,), "P": (31,), "S": (33,), "Cl": (35, 37), "K": (39, 41),
    "Ca": (43,), "Sc": (45,), "Ti": (47, 49), "V": (51, 50), "Cr": (53,), "Mn": (55,), "Fe": (57,), "Co": (59,), "Ni": (61,),
    "Cu": (63, 65), "Zn": (67,), "Ga": (71, 69), "Ge": (73,), "As": (75,), "Se": (77,), "Br": (81, 79), "Kr": (83,),
    "Rb": (87, 85), "Sr": (87,), "Y": (89,), "Zr": (91,), "Nb": (93,), "Mo": (95, 97), "Tc": (99,), "Ru": (99, 101),
    "Rh": (103,), "Pd": (105,), "Ag": (109, 107), "Cd": (113, 111), "In": (115, 113), "Sn": (119, 117, 115), "Sb": (121, 123),
    "Te": (125, 123), "I": (127,), "Xe": (129, 131), "Cs": (133,), "Ba": (137, 135), "La": (139, 138), "Hf": (179, 177),
    "Ta": (181,), "W": (183,), "Re": (187, 185), "Os": (187, 189), "Ir": (193, 191), "Pt": (195,), "Au": (197,),
    "Hg": (199, 201), "Tl": (205, 203), "Pb": (207,), "Bi": (209,),
})  # fmt: skip
_OTHER_WORDS = MappingProxyType({"proton": "1H", "protons": "1H", "d": "2H", "deuterium": "2H", "tritium": "3H"})
#: Nuclides that are seen only where a compound was labelled with them.
_LABELS_ONLY = frozenset((("H", 2), ("H", 3)))


@dataclass(frozen=True)
class Nucleus:
    """``symbol`` and ``mass`` number; ``atomic_number`` of the element."""

    symbol: str
    mass: int

    def __str__(self) -> str:
        return f"{self.mass}{self.symbol}"

    @property
    def atomic_number(self) -> int:
        return list(ELEMENT_NAMES).index(self.symbol) + 1

    def is_in(self, atomic_number: int, isotope: int) -> bool:
        """Whether an atom of that element, with that isotope label (0 for none), has this nucleus."""
        if atomic_number != self.atomic_number:
            return False
        return isotope == self.mass or (isotope == 0 and (self.symbol, self.mass) not in _LABELS_ONLY)


def parse_nucleus(text: str, where: str = "nucleus") -> Nucleus:
    """``"13C"``, ``"C-13"``, ``"carbon"``, ``"¹³C"``, ``"13C{1H}"``, ``"proton NMR"``; raises ``ToolInputError``."""
    bare = re.sub(r"\{.*\}|\bNMR\b|[\^\[\]()]", " ", unicodedata.normalize("NFKC", text), flags=re.IGNORECASE).strip()
    bare = _OTHER_WORDS.get(bare.lower(), bare)
    if not bare:
        raise ToolInputError(f"{shown(text)} names no nucleus", where, EXAMPLES)
    found = re.fullmatch(r"(\d{1,3})?[\s-]*([A-Za-z]+)[\s-]*(\d{1,3})?", bare)
    if not found or (found[1] and found[3]):
        raise ToolInputError(f"{shown(text)} is not a nucleus", where, EXAMPLES)
    word, number = found[2], found[1] or found[3]
    cased = word.capitalize()
    symbol = cased if (number or len(word) == 1) and cased in ELEMENT_NAMES else parse_element(word, where)
    masses = _MASSES.get(symbol, ())
    if not masses:
        raise ToolInputError(f"No stable nuclide of {ELEMENT_NAMES[symbol]} has a spin", where, EXAMPLES)
    mass = int(number) if number else masses[0]
    if mass not in masses:
        known = " or ".join(f"{one}{symbol}" for one in masses)
        raise ToolInputError(
            f"{mass}{symbol} is not a nucleus that magnetic resonance observes", where, f"give {known}"
        )
    return Nucleus(symbol, mass)

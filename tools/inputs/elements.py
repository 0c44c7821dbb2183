"""Chemical elements by symbol or English name, as strictly as chemistry writes them."""

from __future__ import annotations

import re
from types import MappingProxyType

from rdkit import Chem

from errors import ToolInputError, shown

_TABLE = Chem.GetPeriodicTable()
HIGHEST_ATOMIC_NUMBER = 118

#: Symbol to IUPAC English name, from RDKit's periodic table (IUPAC 2016, up to oganesson).
ELEMENT_NAMES = MappingProxyType(
    {_TABLE.GetElementSymbol(z): _TABLE.GetElementName(z).lower() for z in range(1, HIGHEST_ATOMIC_NUMBER + 1)}
)
#: Names in use beside RDKit's spelling (IUPAC 2005 Red Book, note to Table I), and the symbols of hydrogen's isotopes.
_OTHER_NAMES = MappingProxyType(
    {"aluminum": "Al", "aluminium": "Al", "cesium": "Cs", "caesium": "Cs", "sulphur": "S", "sulfur": "S",
     "wolfram": "W", "natrium": "Na", "kalium": "K"}
)  # fmt: skip
_SYMBOLS_BY_NAME = MappingProxyType({name: symbol for symbol, name in ELEMENT_NAMES.items()} | dict(_OTHER_NAMES))


def element_called(name: str) -> str:
    """The symbol of the element of this English name, whatever its capitals; an empty text for any other word."""
    return _SYMBOLS_BY_NAME.get(name.strip().lower(), "")


def is_known_nuclide(symbol: str, mass_number: int) -> bool:
    """Whether RDKit's table of isotopes (of the NIST) has this nuclide."""
    return symbol in ELEMENT_NAMES and 0 < mass_number < 400 and bool(_TABLE.GetMassForIsotope(symbol, mass_number))


def parse_element(text: str, where: str = "element") -> str:
    """The symbol of the element that ``text`` names: ``"C"`` for ``"C"``, ``"carbon"``, ``"Carbons"`` or ``"carbon atoms"``.

    A symbol must be cased as chemistry cases it: ``"co"`` could be cobalt or carbon monoxide and is refused.
    Raises ``ToolInputError`` for anything that is not one element.
    """
    wanted = re.sub(r"\s+(?:atoms?|elements?)$", "", text.strip(), flags=re.IGNORECASE)
    if not wanted:
        raise ToolInputError("The element is empty", where, "give a symbol such as C or Cl, or an element's name")
    if wanted in ELEMENT_NAMES:
        return wanted
    name = wanted.lower()
    if name not in _SYMBOLS_BY_NAME and len(name) > 4:
        name = name.removesuffix("s")  # carbons, hydrogens
    if name in _SYMBOLS_BY_NAME:
        return _SYMBOLS_BY_NAME[name]
    raise ToolInputError(f"{shown(text)} is not an element", where, _element_hint(wanted))


def _element_hint(wanted: str) -> str:
    cased = wanted[:1].upper() + wanted[1:].lower()
    if cased in ELEMENT_NAMES:
        hint = f"symbols are case-sensitive: write {cased} for {ELEMENT_NAMES[cased]}"
        parts = [letter.upper() for letter in wanted]
        if len(parts) > 1 and all(part in ELEMENT_NAMES for part in parts):
            names = " and ".join(ELEMENT_NAMES[part] for part in parts)
            hint += f"; {''.join(parts)} would be a formula of {names}"
        return hint
    if wanted in ("D", "T"):
        return "it is an isotope of hydrogen: write H"
    if wanted.isdecimal() and 1 <= int(wanted[:4]) <= HIGHEST_ATOMIC_NUMBER:
        return f"for atomic number {int(wanted)} write {_TABLE.GetElementSymbol(int(wanted))}"
    from rapidfuzz import process  # only when a name was misspelt: keeps the import of the parsers light

    close = process.extractOne(wanted.lower()[:40], list(_SYMBOLS_BY_NAME), score_cutoff=75)
    if close:
        return f"perhaps {close[0]} ({_SYMBOLS_BY_NAME[close[0]]}) is meant"
    return "give one symbol such as C or Cl, or an element's English name"

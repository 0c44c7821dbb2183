"""The molar mass of a compound as people name it in a laboratory, hydrates and salts by their common names included."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from errors import ToolInputError, shown
from tools.chemistry.atomic_masses import average_mass, weight_notes
from tools.inputs.formula_complaints import FormulaOrSmiles
from tools.inputs.formulas import ParsedFormula, parse_formula
from tools.inputs.named_formulas import formula_of_structure, parse_formula_or_name

TABLE = Path(__file__).resolve().parents[2] / "assets" / "tables" / "laboratory_names.tsv"
LARGEST_MOLAR_MASS = 1e9  # g/mol: a large virus
_COUNTS = {
    "hemi": Fraction(1, 2), "mono": Fraction(1), "sesqui": Fraction(3, 2), "di": Fraction(2), "tri": Fraction(3),
    "tetra": Fraction(4), "penta": Fraction(5), "hexa": Fraction(6), "hepta": Fraction(7), "octa": Fraction(8),
    "nona": Fraction(9), "deca": Fraction(10), "dodeca": Fraction(12), "": Fraction(1),
}  # fmt: skip
_HYDRATE = re.compile(
    r"(.+?)[\s,-]+\(?(hemi|mono|sesqui|di|tri|tetra|penta|hexa|hepta|octa|nona|deca|dodeca|)hydrate\)?|(.+?)\s+(\d*)\s*H2O",
    re.IGNORECASE,
)
_ANHYDROUS = re.compile(r"^anhydrous\s+|[\s,]+\(?anhydrous\)?$", re.IGNORECASE)
_WATER_IN_FORMULA = re.compile(r"[.·•*]\s*\d*(?:\.\d+)?\s*H2O", re.IGNORECASE)
#: Compounds of carbon alone with other elements, as their atoms stand in a row.
_SKELETONS = frozenset(("OCO", "SCS", "NCCN", "OCCCO"))
NOTE = "Atomic weights: IUPAC 2021, conventional values where IUPAC gives an interval."


@dataclass(frozen=True)
class MolarMass:
    """``value`` in g/mol; ``formula`` is Hill's, empty where the number was given; ``notes`` say how it was found.

    ``hydrate``: water of crystallization is counted in. ``charge``: of an ion, which cannot be weighed alone.
    """

    value: float
    formula: str
    notes: tuple[str, ...]
    hydrate: bool = False
    charge: int = 0


def given_molar_mass(value: float, where: str = "molar_mass_g_per_mol") -> MolarMass:
    """A number that was given; raises ``ToolInputError`` where it cannot be one."""
    if not math.isfinite(value) or not 1 <= value <= LARGEST_MOLAR_MASS:
        raise ToolInputError(f"'{value:g}' g/mol is no molar mass", where, "give it in g/mol, such as 58.44")
    return MolarMass(value, "", (f"The molar mass {value:g} g/mol is the one that was given.",))


def molar_mass_of(text: str, where: str = "molecule") -> MolarMass:
    """By formula, laboratory name, name, CAS number or SMILES; raises ``ToolInputError`` where none fits or several do."""
    bare = _ANHYDROUS.sub("", " ".join(text.split())) if isinstance(text, str) else text
    said = ("The anhydrous compound.",) if bare != text and isinstance(text, str) and "nhydrous" in text else ()
    found = _laboratory_name(bare, where)
    if found:
        return MolarMass(found.value, found.formula, (*said, *found.notes), found.hydrate)
    hydrate = _HYDRATE.fullmatch(bare) if isinstance(bare, str) else None
    if hydrate and not re.search(r"^(?:chloral|sodium hydroxide)$", hydrate[1] or "", re.IGNORECASE):
        return _of_hydrate(hydrate, bare, where)
    parsed = _read(bare, where)
    with_water = bool(_WATER_IN_FORMULA.search(bare)) or any("hydrate" in note for note in parsed.notes)
    return _weighed(parsed, said, with_water)


def _read(text: str, where: str) -> ParsedFormula:
    """A formula or a name; CCO, which could be C2O or a SMILES, as the SMILES, since nobody weighs C2O."""
    try:
        return parse_formula_or_name(text, where)
    except FormulaOrSmiles:
        if "C" not in re.findall(r"[A-Z][a-z]?", text) or text in _SKELETONS:
            raise
    return formula_of_structure(text, where)


def _weighed(parsed: ParsedFormula, said: tuple[str, ...], hydrate: bool) -> MolarMass:
    if not parsed.counts:
        raise ToolInputError(f"{shown(parsed.text)} has no mass that could be weighed", "molecule", "name a compound")
    notes = (*said, *parsed.notes, NOTE, *weight_notes(parsed.counts))
    return MolarMass(average_mass(parsed), parsed.hill, notes, hydrate, parsed.charge)


def _of_hydrate(found: re.Match[str], text: str, where: str) -> MolarMass:
    """The compound with its water: by its own name where that is known, else the two added up."""
    base, count = (found[1], _COUNTS[found[2].lower()]) if found[1] else (found[3], Fraction(found[4] or 1))
    try:
        parsed = parse_formula_or_name(text, where)
        return _weighed(parsed, (), True)
    except ToolInputError:
        dry = molar_mass_of(base, where)
    water = average_mass(parse_formula("H2O"))
    note = f"{shown(text)} was read as {dry.formula} with {float(count):g} H2O."
    number = "" if count == 1 else f"{float(count):g}"
    return MolarMass(dry.value + float(count) * water, f"{dry.formula}·{number}H2O", (note, *dry.notes), True)


@cache
def _laboratory_names() -> dict[str, tuple[str, str]]:
    """Name in lower case, without blanks and hyphens, to formula (empty for what is no compound) and note."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {
            _key(name): (row["formula"], row["note"])
            for row in csv.DictReader(lines, delimiter="\t")
            for name in row["names"].split("|")
        }


def _key(name: str) -> str:
    return re.sub(r"[\s\-_·.•*]+", "", name).lower()


def _laboratory_name(text: str, where: str) -> MolarMass | None:
    row = _laboratory_names().get(_key(text)) if isinstance(text, str) else None
    if not row:
        return None
    formula, note = row
    if not formula:
        raise ToolInputError(f"{shown(text)} has no single molar mass", where, note)
    parsed = parse_formula(formula, where)
    said = (f"{shown(text)} was read as {formula}.", *((note,) if note else ()))
    return MolarMass(average_mass(parsed), parsed.hill, (*said, NOTE, *weight_notes(parsed.counts)), "H2O" in formula)

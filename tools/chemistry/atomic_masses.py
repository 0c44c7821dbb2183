"""Atomic weights and the masses and abundances of isotopes, one source for every tool that weighs a formula.

Atomic weights: standard values of IUPAC 2021 (Prohaska et al., Pure Appl. Chem. 2022, 94, 573), for an element that has an
interval its conventional value; ``assets/tables/atomic_weights.csv``. Abundances: the isotopic compositions of IUPAC 2013 (Meija
et al., Pure Appl. Chem. 2016, 88, 293) as mendeleev has them from CIAAW; for the elements whose composition is an interval, of which
mendeleev has the middle, the representative values of IUPAC 2009 (Berglund and Wieser, Pure Appl. Chem. 2011, 83, 397) as
molmass has them from NIST. Masses of nuclides: AME 2020 (Wang et al., Chin. Phys. C 2021, 45, 030003) as mendeleev has them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rdkit import Chem

from errors import ToolInputError
from tools.chemistry.mendeleev_tables import rows
from tools.inputs.formulas import ATOMIC_NUMBERS, ParsedFormula
from tools.inputs.graph import atoms_of

TABLE = Path(__file__).resolve().parents[2] / "assets" / "tables" / "atomic_weights.csv"
ELECTRON_MASS_DA = 5.485799090441e-4  # CODATA 2022; Da
WEIGHTS_NOTE = (
    "Average mass: standard atomic weights of IUPAC 2021 (conventional values where IUPAC gives an interval); "
    "monoisotopic mass: the most abundant isotope of each element, AME 2020."
)


@dataclass(frozen=True)
class AtomicWeight:
    """``weight`` in Da, or None where no isotope is stable or long-lived; then ``mass_number`` is that of the longest-lived.

    ``standard`` is what IUPAC prints: a value with its uncertainty, ``"63.546(3)"``, or an interval, ``"[32.059, 32.076]"``.
    """

    weight: float | None
    standard: str
    mass_number: int | None


@dataclass(frozen=True)
class Isotope:
    """A nuclide; ``mass`` of the neutral atom in Da, ``abundance`` as a fraction of the atoms of the element."""

    symbol: str
    mass_number: int
    mass: float
    abundance: float


@cache
def atomic_weights() -> dict[str, AtomicWeight]:
    """Symbol to atomic weight, for all 118 elements."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {
            row["symbol"]: AtomicWeight(
                float(row["weight"]) if row["weight"] else None,
                row["standard"],
                int(row["mass_number"]) if row["mass_number"] else None,
            )
            for row in csv.DictReader(lines)
        }


@cache
def nuclide_mass(symbol: str, mass_number: int) -> float:
    """Mass of the neutral atom in Da; raises ``ToolInputError`` for a nuclide that AME 2020 does not have."""
    found = rows(
        "SELECT mass FROM isotopes WHERE atomic_number = ? AND mass_number = ? AND mass IS NOT NULL",
        (ATOMIC_NUMBERS[symbol], mass_number),
    )
    if not found:
        raise ToolInputError(
            f"No mass of the isotope {mass_number}{symbol} is in the table of AME 2020",
            "formula",
            "check its mass number",
        )
    return float(found[0]["mass"])


@cache
def natural_isotopes(symbol: str) -> tuple[Isotope, ...]:
    """The isotopes of an element as it occurs, lightest first; of one without stable isotopes its longest-lived alone."""
    unstable = atomic_weights()[symbol].mass_number
    if unstable is not None:
        return (Isotope(symbol, unstable, nuclide_mass(symbol, unstable), 1.0),)
    abundances = _abundances(symbol)
    return tuple(
        Isotope(symbol, number, nuclide_mass(symbol, number), abundance)
        for number, abundance in sorted(abundances.items())
        if abundance
    )


def _abundances(symbol: str) -> dict[int, float]:
    """Mass number to fraction. mendeleev lacks 180mTa, for which it has the ground state, which does not occur."""
    if symbol != "Ta" and not atomic_weights()[symbol].standard.startswith("["):
        found = rows(
            "SELECT mass_number, abundance FROM isotopes WHERE atomic_number = ? AND abundance > 0",
            (ATOMIC_NUMBERS[symbol],),
        )
        return {row["mass_number"]: row["abundance"] / 100 for row in found}
    from molmass import ELEMENTS

    return {number: isotope.abundance for number, isotope in ELEMENTS[symbol].isotopes.items()}


def most_abundant_isotope(symbol: str) -> Isotope:
    return max(natural_isotopes(symbol), key=lambda isotope: isotope.abundance)


def unlabelled(counts: Mapping[str, int], isotopes: Mapping[tuple[str, int], int]) -> dict[str, int]:
    """The atoms that are not labelled with an isotope: symbol to number, without zeros."""
    left = dict(counts)
    for (symbol, _), count in isotopes.items():
        left[symbol] -= count
    return {symbol: count for symbol, count in left.items() if count}


def average_mass(formula: ParsedFormula) -> float:
    """In Da, electrons of the charge taken into account; labelled atoms weigh what their isotope does."""
    total = labelled_mass(formula.isotopes) - formula.charge * ELECTRON_MASS_DA
    for symbol, count in unlabelled(formula.counts, formula.isotopes).items():
        total += count * atom_weight(symbol)
    return total


def molecule_average_mass(mol: Chem.Mol) -> float:
    """In Da, of the atoms of a structure with its implied hydrogens; the electrons of a charge are not counted, ``*`` weighs 0.

    RDKit's own table has weights that IUPAC revised since (Zn, Ge, Se, Mo, Yb, Hg).
    """
    return sum(
        (atom_weight(atom.GetSymbol(), atom.GetIsotope()) if atom.GetAtomicNum() else 0.0)
        + atom.GetTotalNumHs() * atom_weight("H")
        for atom in atoms_of(mol)
    )


@cache
def atom_weight(symbol: str, mass_number: int = 0) -> float:
    """In Da; of an isotope if its mass number is given, of the longest-lived one where the element has no weight."""
    weight = atomic_weights()[symbol].weight
    if mass_number:
        return nuclide_mass(symbol, mass_number)
    return most_abundant_isotope(symbol).mass if weight is None else weight


def monoisotopic_mass(formula: ParsedFormula) -> float:
    """In Da, of the most abundant isotope of each element, electrons of the charge taken into account."""
    total = labelled_mass(formula.isotopes) - formula.charge * ELECTRON_MASS_DA
    for symbol, count in unlabelled(formula.counts, formula.isotopes).items():
        total += count * most_abundant_isotope(symbol).mass
    return total


def nominal_mass(formula: ParsedFormula) -> int:
    """The sum of the mass numbers of the most abundant isotopes."""
    total = sum(number * count for (_, number), count in formula.isotopes.items())
    for symbol, count in unlabelled(formula.counts, formula.isotopes).items():
        total += count * most_abundant_isotope(symbol).mass_number
    return total


def labelled_mass(isotopes: Mapping[tuple[str, int], int]) -> float:
    """In Da, of the atoms whose isotope the formula names."""
    return sum(nuclide_mass(symbol, number) * count for (symbol, number), count in isotopes.items())


def weight_notes(symbols: Iterable[str]) -> tuple[str, ...]:
    """What must be said of elements that have no atomic weight, or none that holds in general."""
    present = set(symbols)
    found = []
    for symbol in sorted(present, key=ATOMIC_NUMBERS.__getitem__):
        one = atomic_weights()[symbol]
        if one.mass_number is not None:
            found.append(
                f"{symbol} has no stable isotope and no standard atomic weight: the mass of {one.mass_number}{symbol}, its "
                "longest-lived isotope, was used."
            )
    found += [
        f"The atomic weight of {symbol} varies in nature, {atomic_weights()[symbol].standard}: the average mass with it."
        for symbol in ("Li", "S", "Ar", "Pb")
        if symbol in present
    ]
    return tuple(found)

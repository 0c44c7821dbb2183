"""How many atoms, exactly: ``count_atoms``."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from rdkit import Chem

from tools.inputs import ElementSymbol, MoleculeText
from tools.inputs.elements import parse_element
from tools.inputs.formulas import hill_formula
from tools.inputs.graph import atoms_of
from tools.inputs.molecules import parse_molecule
from tools.outputs import Table, ToolOutput
from tools.registry import tool

_ALL = frozenset(("all", "any", "total", "all atoms", "all elements", "atoms"))
_HEAVY = re.compile(r"(?:heavy|non[ -]?hydrogens?)(?: atoms?)?", re.IGNORECASE)


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=("how many atoms", "number of atoms", "count", "atoms", "elemental composition", "composition"),
)
def count_atoms(molecule: MoleculeText, element: ElementSymbol | None = None) -> ToolOutput:
    """Count the atoms of a molecule: how many carbon, hydrogen, oxygen, nitrogen or other atoms, implicit hydrogens included.

    Without ``element`` all atoms; "heavy" counts those that are not hydrogen. Raises ``ToolInputError`` for a wrong molecule or an unknown element.
    """
    parsed = parse_molecule(molecule)
    counts = atom_counts(parsed.mol)
    notes = list(parsed.notes)
    if any(atom.GetAtomicNum() == 1 and atom.GetIsotope() for atom in atoms_of(parsed.mol)):
        notes.append("Deuterium and tritium are counted as hydrogen.")
    notes.append("Hydrogens that the notation leaves out are counted.")
    heavy = sum(counts.values()) - counts.get("H", 0)
    data: dict[str, Any] = {"smiles": parsed.smiles, "count": heavy, "counts": counts, "heavy_atoms": heavy}
    if element is None or element.strip().lower() in _ALL:
        data["count"] = total = sum(counts.values())
        listed = ", ".join(f"{n} {symbol}" for symbol, n in counts.items())
        summary = f"{parsed.label} has {total} atom{'s' * (total != 1)}: {listed}."
    elif _HEAVY.fullmatch(element.strip()):
        summary = f"{parsed.label} has {heavy} heavy atom{'s' * (heavy != 1)}, those that are not hydrogen."
    else:
        symbol = parse_element(element)
        total = counts.get(symbol, 0)
        atoms = "atom" if total == 1 else "atoms"
        summary = f"{parsed.label} has {total} {Chem.GetPeriodicTable().GetElementName(Chem.GetPeriodicTable().GetAtomicNumber(symbol)).lower()} {atoms} ({symbol})."
        data |= {"element": symbol, "count": total}
    table = Table(title=f"Atoms of {parsed.label}", columns=("Element", "Count"), rows=tuple(counts.items()))
    return ToolOutput(summary=summary, data=data, views=(table,), notes=tuple(notes))


def molecular_formula(mol: Chem.Mol) -> str:
    """Hill's formula with the charge as ``-2`` at its end; isotopes are written as their element.

    RDKit's own writes H first even without carbon: HCl for ClH, H3B for BH3.
    """
    return hill_formula(atom_counts(mol), Chem.GetFormalCharge(mol))


def atom_counts(mol: Chem.Mol) -> dict[str, int]:
    """Element symbol to count, in Hill's order (C, H, then by the alphabet)."""
    counts: Counter[str] = Counter()
    for atom in atoms_of(mol):
        counts[atom.GetSymbol()] += 1
        counts["H"] += atom.GetTotalNumHs()
    first = ("C", "H") if counts["C"] else ()
    order = sorted((symbol for symbol in counts if counts[symbol]), key=lambda symbol: (symbol not in first, symbol))
    return {symbol: counts[symbol] for symbol in order}

"""How many atoms, exactly: ``count_atoms``."""

from __future__ import annotations

from collections import Counter

from rdkit import Chem

from tools.inputs import ElementSymbol, MoleculeText
from tools.inputs.elements import parse_element
from tools.inputs.molecules import parse_molecule
from tools.outputs import Table, ToolOutput
from tools.registry import tool


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=("how many atoms", "number of atoms", "count", "atoms", "elemental composition", "composition"),
)
def count_atoms(molecule: MoleculeText, element: ElementSymbol | None = None) -> ToolOutput:
    """Count the atoms of a molecule: how many carbon, hydrogen, oxygen, nitrogen or other atoms, implicit hydrogens included.

    Without ``element`` all atoms. Raises ``ToolInputError`` for a wrong molecule or an unknown element.
    """
    parsed = parse_molecule(molecule)
    counts = atom_counts(parsed.mol)
    notes = list(parsed.notes)
    if any(atom.GetAtomicNum() == 1 and atom.GetIsotope() for atom in list(parsed.mol.GetAtoms())):
        notes.append("Deuterium and tritium are counted as hydrogen.")
    notes.append("Hydrogens that the notation leaves out are counted.")
    if element is None:
        total = sum(counts.values())
        summary = f"{parsed.label} has {total} atoms: {', '.join(f'{n} {symbol}' for symbol, n in counts.items())}."
        data = {"smiles": parsed.smiles, "count": total, "counts": counts}
    else:
        symbol = parse_element(element)
        total = counts.get(symbol, 0)
        atoms = "atom" if total == 1 else "atoms"
        summary = f"{parsed.label} has {total} {Chem.GetPeriodicTable().GetElementName(Chem.GetPeriodicTable().GetAtomicNumber(symbol)).lower()} {atoms} ({symbol})."
        data = {"smiles": parsed.smiles, "element": symbol, "count": total, "counts": counts}
    table = Table(title=f"Atoms of {parsed.label}", columns=("Element", "Count"), rows=tuple(counts.items()))
    return ToolOutput(summary=summary, data=data, views=(table,), notes=tuple(notes))


def atom_counts(mol: Chem.Mol) -> dict[str, int]:
    """Element symbol to count, in Hill's order (C, H, then by the alphabet)."""
    counts: Counter[str] = Counter()
    for atom in list(mol.GetAtoms()):
        counts[atom.GetSymbol()] += 1
        counts["H"] += atom.GetTotalNumHs()
    first = ("C", "H") if counts["C"] else ()
    order = sorted((symbol for symbol in counts if counts[symbol]), key=lambda symbol: (symbol not in first, symbol))
    return {symbol: counts[symbol] for symbol in order}

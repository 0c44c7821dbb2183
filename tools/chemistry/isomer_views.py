"""Isomers as a person sees them: the first ones drawn, and all in a table."""

from __future__ import annotations

from dataclasses import replace

from rdkit import Chem, rdBase

from tools.chemistry.drawing import molecule_svg
from tools.inputs.molecules import ParsedMolecule
from tools.outputs import Table, View

MOST_LISTED = 100
MOST_DRAWN = 12
MOST_DRAWN_ATOMS = 100


def isomer_views(smiles: list[str], title: str) -> tuple[View, ...]:
    """The first twelve drawn, and all in a table."""
    drawings = []
    for number, one in enumerate(smiles[:MOST_DRAWN], 1):
        parsed = replace(_drawn(one), label=one)
        if parsed.mol.GetNumHeavyAtoms() <= MOST_DRAWN_ATOMS:
            drawings.append(
                molecule_svg(parsed, f"{title}, {number}", caption=one if len(one) <= 120 else "", stereo_labels=True)
            )
    rows = tuple(enumerate(smiles, 1))
    return (*drawings, Table(title=title, columns=("Number", "SMILES"), rows=rows))


def _drawn(smiles: str) -> ParsedMolecule:
    with rdBase.BlockLogs():
        return ParsedMolecule(Chem.MolFromSmiles(smiles), smiles, smiles, "smiles", smiles, ())

"""R, S, E and Z by the CIP rules, within a bounded number of steps."""

from __future__ import annotations

from rdkit import Chem, rdBase
from rdkit.Chem import rdCIPLabeler

from tools.inputs.graph import atoms_of, bonds_of

MOST_STEPS = 1_250_000  # about a second; a protein of 20,000 Da takes some 600, a symmetric cage may take no end


def label_by_cip(mol: Chem.Mol) -> bool:
    """Write the label of each assigned atom and bond into ``_CIPCode``; False where the rules take too many steps.

    RDKit's older labels, which stand otherwise, break some of the rules: they are taken off first.
    """
    for part in (*atoms_of(mol), *bonds_of(mol)):
        part.ClearProp("_CIPCode")
    with rdBase.BlockLogs():
        try:
            rdCIPLabeler.AssignCIPLabels(mol, maxRecursiveIterations=MOST_STEPS)
        except RuntimeError:
            for part in (*atoms_of(mol), *bonds_of(mol)):
                part.ClearProp("_CIPCode")
            return False
    return True

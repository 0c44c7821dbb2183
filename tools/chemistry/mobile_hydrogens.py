"""Whether two structures differ only by hydrogens that move: tautomers, as RDKit and InChI each see them."""

from __future__ import annotations

from rdkit import Chem, rdBase

from tools.chemistry.tautomers import tautomers

MOST_ATOMS = 100  # heavy atoms, for RDKit's enumeration
_MORE_SHIFTS = "-KET -15T"  # InChI's options for keto-enol and 1,5 shifts, which the standard InChI leaves out


def tautomer_reasons(a: Chem.Mol, b: Chem.Mol) -> tuple[str, ...]:
    """How RDKit and InChI see the two as tautomers, one sentence each; empty where neither does. Stereo is set aside."""
    bare = [Chem.Mol(mol) for mol in (a, b)]
    for mol in bare:
        Chem.RemoveStereochemistry(mol)
    reasons = []
    if a.GetNumHeavyAtoms() <= MOST_ATOMS:
        sets = [set(tautomers(mol)[0]) for mol in bare]
        if sets[0] & sets[1]:
            reasons.append("RDKit's tautomer transforms (after Sitzmann 2010) lead from one to the other.")
    if _inchi(bare[0]) == _inchi(bare[1]) != "":
        reasons.append("The standard InChI, which merges mobile hydrogens, is the same for both constitutions.")
    elif _inchi(bare[0], _MORE_SHIFTS) == _inchi(bare[1], _MORE_SHIFTS) != "":
        reasons.append("InChI with its keto-enol and 1,5-shift options is the same for both constitutions.")
    return tuple(reasons)


def _inchi(mol: Chem.Mol, options: str = "") -> str:
    with rdBase.BlockLogs():
        return Chem.MolToInchi(mol, options=options)

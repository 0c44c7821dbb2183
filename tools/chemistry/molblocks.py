"""Molecules as blocks of a molfile with the coordinates of a 2D drawing."""

from __future__ import annotations

from rdkit import Chem, rdBase
from rdkit.Chem import rdDepictor

MOST_ATOMS_AT_ONCE = 300  # heavy atoms; the layout of more can take seconds


def laid_out(mol: Chem.Mol) -> tuple[Chem.Mol, bool]:
    """A copy with coordinates, and whether it has double bonds of no configuration: these are drawn crossed, or the coordinates
    would set it.
    """
    copy = Chem.Mol(mol)
    with rdBase.BlockLogs():
        unset = [
            one.centeredOn
            for one in Chem.FindPotentialStereo(Chem.Mol(copy))
            if one.type == Chem.StereoType.Bond_Double and one.specified == Chem.StereoSpecified.Unspecified
        ]
    for bond in unset:
        copy.GetBondWithIdx(bond).SetStereo(Chem.BondStereo.STEREOANY)
    rdDepictor.Compute2DCoords(copy)
    return copy, bool(unset)


def quick_molblock(smiles: str) -> str:
    """The V2000 block of a SMILES that RDKit wrote; empty where it is large, has dummy atoms, or does not read back the same.

    ``convert_notation`` takes ten times as long, since it reads with the strict parsers, and knows what to do in these cases.
    """
    with rdBase.BlockLogs():
        try:
            mol = Chem.MolFromSmiles(smiles)
            if mol is None or not 0 < mol.GetNumHeavyAtoms() <= MOST_ATOMS_AT_ONCE or _has_dummies(mol):
                return ""
            block = Chem.MolToMolBlock(laid_out(mol)[0])
            back = Chem.MolFromMolBlock(block)
            return block if back is not None and Chem.MolToSmiles(back) == Chem.MolToSmiles(mol) else ""
        except (ValueError, RuntimeError):  # what RDKit raises on a molecule that it cannot write
            return ""


def _has_dummies(mol: Chem.Mol) -> bool:
    return any(not atom.GetAtomicNum() for atom in mol.GetAtoms())

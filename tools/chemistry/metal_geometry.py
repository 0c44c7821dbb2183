"""Square-planar centres such as those of cisplatin and transplatin: which ligands lie opposite to each other."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from rdkit import Chem

Geometry = Literal["none", "same", "different", "open"]
_TETRAHEDRAL = (
    Chem.ChiralType.CHI_UNSPECIFIED, Chem.ChiralType.CHI_TETRAHEDRAL_CW, Chem.ChiralType.CHI_TETRAHEDRAL_CCW
)  # fmt: skip
#: OpenSMILES @SP1 to @SP3: the neighbour, in the order of the bonds, that is opposite to the first.
_OPPOSITE_TO_FIRST = {1: 2, 2: 1, 3: 3}


def compared(a: Chem.Mol, b: Chem.Mol) -> Geometry:
    """Whether two drawings of one constitution have the same square-planar geometry.

    "none" where neither has a mark; "open" where one has none, or where the marks are octahedral or others, which are only
    compared as RDKit's canonical SMILES writes them. Ligands that the constitution makes equal count as equal.
    """
    marked = [[atom for atom in mol.GetAtoms() if atom.GetChiralTag() not in _TETRAHEDRAL] for mol in (a, b)]
    if not any(marked):
        return "none"
    if Chem.MolToSmiles(a) == Chem.MolToSmiles(b):
        return "same"
    pairs = [_opposite_pairs(mol, atoms) for mol, atoms in zip((a, b), marked, strict=True)]
    if len(marked[0]) != len(marked[1]) or None in pairs:
        return "open"
    return "same" if pairs[0] == pairs[1] else "different"


def _opposite_pairs(mol: Chem.Mol, marked: list[Chem.Atom]) -> Counter[tuple[tuple[int, int], ...]] | None:
    """For each square-planar atom its two pairs of opposite ligands, as classes of the constitution."""
    bare = Chem.Mol(mol)
    Chem.RemoveStereochemistry(bare)
    classes = list(Chem.CanonicalRankAtoms(bare, breakTies=False))
    found: Counter[tuple[tuple[int, int], ...]] = Counter()
    for atom in marked:
        ligands = [classes[bond.GetOtherAtomIdx(atom.GetIdx())] for bond in atom.GetBonds()]
        permutation = atom.GetUnsignedProp("_chiralPermutation") if atom.HasProp("_chiralPermutation") else 0
        square = atom.GetChiralTag() == Chem.ChiralType.CHI_SQUAREPLANAR
        if not square or len(ligands) != 4 or permutation not in _OPPOSITE_TO_FIRST:
            return None
        opposite = _OPPOSITE_TO_FIRST[permutation]
        rest = [ligand for place, ligand in enumerate(ligands) if place not in (0, opposite)]
        one, other = sorted((ligands[0], ligands[opposite])), sorted(rest)
        found[tuple(sorted(((one[0], one[1]), (other[0], other[1]))))] += 1
    return found

"""Chirality that no tetrahedral centre and no allene shows: where it may be, a molecule is not called achiral."""

from __future__ import annotations

from rdkit import Chem

from tools.chemistry.configurations import has_other_geometry

LARGEST_TRANS_RING = 11  # (E)-cyclooctene is resolved, (E)-cyclodecene and cycloundecene race ever faster
_BIARYL = Chem.MolFromSmarts("a-!@a")
#: [5]-, [6]- and [7]helicene: rings in a row, each fused at the angle, the ends (in one ring alone) in each other's way.
_HELICENES = tuple(
    map(
        Chem.MolFromSmarts,
        (
            "a1a[aR1]a2a(a1)aaa1aaa3aaa4aaa[aR1]a4a3a12",
            "a1a[aR1]a2a(a1)aaa1aaa3aaa4aaa5aaa[aR1]a5a4a3a12",
            "a1a[aR1]a2a(a1)aaa1aaa3aaa4aaa5aaa6aaa[aR1]a6a5a4a3a12",
        ),
    )
)
_CYCLOPHANE = Chem.MolFromSmarts("a1([!a;R])aaa([!a;R])aa1")


def other_chirality(mol: Chem.Mol) -> list[str]:
    """What may make the molecule chiral although none of its stereo elements does, each in words."""
    found = []
    if metals := sorted({atom.GetSymbol() for atom in mol.GetAtoms() if has_other_geometry(atom)}):
        found.append(f"the arrangement around {', '.join(metals)}")
    if any(_is_hindered(mol, *match) for match in mol.GetSubstructMatches(_BIARYL)):
        found.append("hindered rotation about a bond between two aromatic rings")
    if any(mol.HasSubstructMatch(helicene) for helicene in _HELICENES):
        found.append("a helical arrangement of fused rings")
    if any(_is_trans_in_ring(bond) for bond in mol.GetBonds()):
        found.append("a trans double bond in a medium ring")
    if any(_spans_para(mol, match) for match in mol.GetSubstructMatches(_CYCLOPHANE)):
        found.append("an aromatic ring that a bridge holds (planar chirality)")
    return found


def _is_hindered(mol: Chem.Mol, one: int, other: int) -> bool:
    """Two aromatic rings joined by a bond, each unlike at its two sides, with a substituent or ring at both."""
    ranks = list(Chem.CanonicalRankAtoms(mol, breakTies=False))
    bulky = 0
    for pivot, partner in ((one, other), (other, one)):
        sides = [near for near in mol.GetAtomWithIdx(pivot).GetNeighbors() if near.GetIdx() != partner]
        if len(sides) != 2 or ranks[sides[0].GetIdx()] == ranks[sides[1].GetIdx()]:
            return False
        crowded = sum(side.GetDegree() == 3 for side in sides)
        if not crowded:
            return False
        bulky += crowded
    return bulky >= 2


def _is_trans_in_ring(bond: Chem.Bond) -> bool:
    if bond.GetStereo() <= Chem.BondStereo.STEREOANY or not bond.IsInRing():
        return False
    mol = bond.GetOwningMol()
    for atoms, bonds in zip(mol.GetRingInfo().AtomRings(), mol.GetRingInfo().BondRings(), strict=True):
        if bond.GetIdx() in bonds and len(atoms) <= LARGEST_TRANS_RING:
            trans = bond.GetStereo() in (Chem.BondStereo.STEREOE, Chem.BondStereo.STEREOTRANS)
            outside = sum(at not in atoms for at in bond.GetStereoAtoms())
            if trans ^ (outside % 2 == 1):
                return True
    return False


def _spans_para(mol: Chem.Mol, match: tuple[int, ...]) -> bool:
    """Whether one ring runs through both bridge atoms at para places, and the aromatic ring has another substituent."""
    _, bridge, two, three, _, other, six, seven = match
    together = any(bridge in atoms and other in atoms for atoms in mol.GetRingInfo().AtomRings())
    return together and any(mol.GetAtomWithIdx(at).GetDegree() == 3 for at in (two, three, six, seven))

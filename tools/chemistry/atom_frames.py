"""What two molecules have in common, as a graph with chosen labels: bonds without orders, atoms without charges.

Two frames are the same graph exactly when their canonical SMILES are; the order in which RDKit wrote the atoms then maps one
molecule onto the other.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from rdkit import Chem, rdBase

Labels = Sequence[Hashable]  # one for each atom, in its order
MOST_MATCHES = 1000


def mapping(one: Chem.Mol, other: Chem.Mol) -> dict[int, int] | None:
    """The atoms of ``other`` to those of ``one`` where both are the same constitution (stereo aside), else None."""
    orders = []
    for mol in (one, other):
        bare = Chem.Mol(mol)
        Chem.RemoveStereochemistry(bare)
        with rdBase.BlockLogs():
            orders.append((Chem.MolToSmiles(bare), _written_order(bare)))
    (text, order), (other_text, other_order) = orders
    return dict(zip(other_order, order, strict=True)) if text == other_text else None


def frames(
    one: Chem.Mol, other: Chem.Mol, labels: tuple[Labels, Labels], *, cut_metals: bool = False
) -> tuple[Chem.Mol, Chem.Mol]:
    """Both molecules with all bonds single, no charges and no hydrogens counted; each label is kept as a number.

    ``cut_metals`` leaves bonds to metals out.
    """
    numbers = {found: number for number, found in enumerate(sorted({*labels[0], *labels[1]}, key=repr), 1)}
    return _frame(one, labels[0], numbers, cut_metals), _frame(other, labels[1], numbers, cut_metals)


def _frame(mol: Chem.Mol, labels: Labels, numbers: Mapping[Hashable, int], cut_metals: bool) -> Chem.Mol:
    frame = Chem.RWMol()
    for atom, label in zip(mol.GetAtoms(), labels, strict=True):
        plain = Chem.Atom(atom.GetAtomicNum())
        plain.SetIsotope(numbers[label])
        plain.SetNoImplicit(True)
        frame.AddAtom(plain)
    for bond in mol.GetBonds():
        if not (cut_metals and (is_metal(bond.GetBeginAtom()) or is_metal(bond.GetEndAtom()))):
            frame.AddBond(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx(), Chem.BondType.SINGLE)
    result = frame.GetMol()
    result.UpdatePropertyCache(strict=False)
    return result


def matches(one: Chem.Mol, other: Chem.Mol) -> list[dict[int, int]]:
    """Up to 1,000 ways to map the atoms of the frame ``other`` to those of the frame ``one``, the written order first."""
    first = mapping(one, other)
    if first is None:
        return []
    with rdBase.BlockLogs():
        found = one.GetSubstructMatches(other, uniquify=False, maxMatches=MOST_MATCHES)
    others = [dict(enumerate(match)) for match in found]
    right = [
        match
        for match in others
        if all(
            one.GetAtomWithIdx(image).GetIsotope() == other.GetAtomWithIdx(at).GetIsotope()
            for at, image in match.items()
        )
    ]
    return [first, *right]


def is_metal(atom: Chem.Atom) -> bool:
    """Whether an element is a metal (the metalloids B, Si, Ge, As, Sb, Te and At are none)."""
    number = atom.GetAtomicNum()
    ranges = ((3, 4), (11, 13), (19, 31), (37, 50), (55, 84), (87, 118))
    return any(low <= number <= high for low, high in ranges)


def _written_order(mol: Chem.Mol) -> list[int]:
    return [int(at) for at in mol.GetProp("_smilesAtomOutputOrder").strip("[],").split(",") if at.strip()]

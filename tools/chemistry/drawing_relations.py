"""Relations of two drawings of one constitution: the same, stereoisomers, resonance forms, metal bonds drawn or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rdkit import Chem

from tools.chemistry import atom_frames, metal_geometry
from tools.chemistry.neutral_forms import ionized_metals
from tools.chemistry.relation import NOT_DECIDED, Relation, of_stereo
from tools.chemistry.stereo_comparison import compare_stereo


def same_constitution(a: Chem.Mol, b: Chem.Mol) -> Relation | None:
    """Identical or stereoisomers, where atoms, isotopes, charges and bonds are the same."""
    image = atom_frames.mapping(a, b)
    if image is None:
        return None
    bare = Chem.Mol(a)
    Chem.RemoveStereochemistry(bare)
    stereo = compare_stereo(a, b, image, bare, same_bonds=True)
    found = of_stereo(stereo, "Both have the same atoms with the same bonds.")
    geometry = metal_geometry.compared(a, b)
    if geometry == "different" and stereo.outcome in ("same", "open"):
        reason = "Other ligands lie opposite to each other at a square-planar metal (cis and trans)."
        kinds = ("stereoisomers", "diastereomers", "cis/trans isomers")
        return Relation("diastereomers (cis/trans isomers)", kinds, reasons=(*found.reasons, reason), notes=found.notes)
    if geometry == "open" and stereo.outcome == "same":
        reason = "The geometry at a metal is marked in one of the two only, or in a way that is not compared here."
        return replace(
            found, name=NOT_DECIDED, kinds=("not decided",), same=False, decided=False, reasons=(*found.reasons, reason)
        )
    return found


def other_drawing(a: Chem.Mol, b: Chem.Mol) -> Relation | None:
    """Resonance forms and notations: the same atoms with the same hydrogens, bonded alike, the same charge in each component.

    Such structures differ by the places of electrons only. The two forms of a cyclobutadiene or cyclooctatetraene, which are
    isomers of their own, are not among them.
    """
    first, second = ionized_metals(a), ionized_metals(b)
    labels = [
        [
            (atom.GetAtomicNum(), atom.GetIsotope(), atom.GetTotalNumHs(), charge)
            for atom, charge in zip(mol.GetAtoms(), _component_charges(mol), strict=True)
        ]
        for mol in (first, second)
    ]
    frame, other = atom_frames.frames(first, second, (labels[0], labels[1]))
    ways = atom_frames.matches(frame, other)
    if not ways:
        return None
    image = min(ways, key=lambda way: len(_other_bonds(first, second, way)))
    if _bond_shift(first, _other_bonds(first, second, image)):
        return None
    radicals = [sum(atom.GetNumRadicalElectrons() for atom in mol.GetAtoms()) for mol in (a, b)]
    if radicals[0] != radicals[1]:
        reason = f"The same atoms bonded alike, drawn with {radicals[0]} and {radicals[1]} unpaired electrons."
        return Relation("electronic states", ("electronic states",), reasons=(reason,))
    stereo = compare_stereo(first, second, image, frame, same_bonds=False)
    found = of_stereo(
        stereo,
        "The same atoms with the same hydrogens are bonded alike; only bond orders and charges are drawn otherwise.",
    )
    if not found.same:
        return found
    return replace(found, name="identical (resonance forms or another drawing)", kinds=("identical", "resonance forms"))


def component_charges(mol: Chem.Mol) -> list[int]:
    """The charge of each component, in their order."""
    return [sum(mol.GetAtomWithIdx(at).GetFormalCharge() for at in component) for component in Chem.GetMolFrags(mol)]


def _component_charges(mol: Chem.Mol) -> list[int]:
    """For each atom the charge of its component."""
    charges = [0] * mol.GetNumAtoms()
    for component, charge in zip(Chem.GetMolFrags(mol), component_charges(mol), strict=True):
        for at in component:
            charges[at] = charge
    return charges


def _other_bonds(first: Chem.Mol, second: Chem.Mol, image: Mapping[int, int]) -> set[tuple[int, int]]:
    """Bonds of the second, in the numbers of the first, that have another order there."""
    found = set()
    for bond in second.GetBonds():
        ends = sorted((image[bond.GetBeginAtomIdx()], image[bond.GetEndAtomIdx()]))
        here = first.GetBondBetweenAtoms(*ends)
        if here is None or here.GetBondTypeAsDouble() != bond.GetBondTypeAsDouble():
            found.add((ends[0], ends[1]))
    return found


def _bond_shift(mol: Chem.Mol, differing: set[tuple[int, int]]) -> bool:
    """Whether all bonds of a ring of 4 or 8 have changed places."""
    for ring in mol.GetRingInfo().BondRings():
        bonds = [mol.GetBondWithIdx(at) for at in ring]
        pairs = {tuple(sorted((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()))) for bond in bonds}
        if len(ring) in (4, 8) and pairs <= differing:
            return True
    return False


def metal_bonds(a: Chem.Mol, b: Chem.Mol) -> Relation | None:
    """The same but for bonds to metals, which one may draw and the other write as separate ions or molecules."""
    with_metal = [any(atom_frames.is_metal(atom) for atom in mol.GetAtoms()) for mol in (a, b)]
    if not all(with_metal) or Chem.GetFormalCharge(a) != Chem.GetFormalCharge(b):
        return None
    labels = [
        [
            (atom.GetAtomicNum(), atom.GetIsotope(), 0 if atom_frames.is_metal(atom) else atom.GetTotalNumHs())
            for atom in mol.GetAtoms()
        ]
        for mol in (a, b)
    ]
    frame, other = atom_frames.frames(a, b, (labels[0], labels[1]), cut_metals=True)
    ways = atom_frames.matches(frame, other)
    if not ways:
        return None
    bonds_a = _bonds_to_metals(a, dict(zip(range(a.GetNumAtoms()), range(a.GetNumAtoms()), strict=True)))
    image = max(ways, key=lambda way: len(_bonds_to_metals(b, way) & bonds_a))
    bonds_b = _bonds_to_metals(b, image)
    if not bonds_a | bonds_b:
        return None  # nothing but ions: what differs are their charges
    stereo = compare_stereo(a, b, image, frame, same_bonds=False)
    found = of_stereo(stereo, "Apart from the bonds to the metal, the same atoms are bonded alike.")
    if not (bonds_a <= bonds_b or bonds_b <= bonds_a):
        reasons = (*found.reasons, "The metal is bonded to other atoms.")
        kinds = ("constitutional isomers", "coordination isomers")
        return replace(
            found, name="constitutional isomers (other bonds to the metal)", kinds=kinds, same=False, reasons=reasons
        )
    if not found.same:
        return found
    reason = f"The metal has {len(bonds_a)} bonds drawn in a and {len(bonds_b)} in b, the fewer of them in both."
    note = "Which ligands are bound to the metal, and in which geometry, is drawn in one of them at most."
    name = "identical (bonds to the metal drawn in one only)"
    return replace(found, name=name, reasons=(*found.reasons, reason), notes=(*found.notes, note))


def _bonds_to_metals(mol: Chem.Mol, image: Mapping[int, int]) -> set[frozenset[int]]:
    """Each bond to a metal, in the atom numbers that ``image`` gives."""
    return {
        frozenset((image[bond.GetBeginAtomIdx()], image[bond.GetEndAtomIdx()]))
        for bond in mol.GetBonds()
        if atom_frames.is_metal(bond.GetBeginAtom()) or atom_frames.is_metal(bond.GetEndAtom())
    }

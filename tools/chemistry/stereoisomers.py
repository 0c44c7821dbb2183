"""The distinct stereoisomers of one constitution, counted by its symmetry.

Each stereo element (tetrahedral centre, double bond, allene axis) has two states. A symmetry of the constitution, which
moves atoms, turns one assignment of states into another that is the same molecule. So the stereoisomers are the orbits of
the assignments under the symmetries: meso forms, pseudo-asymmetric centres and rings come out right without any rule.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from rdkit import Chem, rdBase

from tools.chemistry.ring_strain import StrainTest
from tools.chemistry.stereo_elements import Element, stereo_elements
from tools.chemistry.symmetries import MOST_SYMMETRIES, Action, Assignment, TooSymmetric, moved, symmetry_actions

__all__ = [
    "MOST_SYMMETRIES", "Action", "Element", "Stereoisomers", "TooSymmetric", "assigned", "isomer_smiles", "stereo_elements",
    "stereoisomers", "symmetry_actions",
]  # fmt: skip

MOST_LISTED_ELEMENTS = 12  # 4,096 assignments; with more the isomers are counted but not listed


@dataclass
class Stereoisomers:
    """``count`` is exact, or None where it cannot be told; ``listed`` are assignments, one for each isomer.

    ``formal`` counts all that differ on paper, ``count`` those that small rings allow; ``achiral`` those of ``count`` that are
    their own mirror images (None where they are not listed).
    """

    elements: tuple[Element, ...]
    formal: int
    count: int | None
    listed: list[Assignment] = field(default_factory=list)
    achiral: int | None = None
    untested_rings: bool = False


def stereoisomers(mol: Chem.Mol) -> Stereoisomers:
    """Count and list the stereoisomers of ``mol``, whatever its own stereo marks; raises ``TooSymmetric``."""
    bare = Chem.Mol(mol)
    Chem.RemoveStereochemistry(bare)
    elements = stereo_elements(bare)
    actions = symmetry_actions(bare, elements)
    formal = _burnside(len(elements), actions)
    strain = StrainTest(bare, {element.at[0] for element in elements if element.kind == "centre"})
    if len(elements) > MOST_LISTED_ELEMENTS:
        count = None if strain.critical or strain.caged else formal
        return Stereoisomers(elements, formal, count)
    mirror = tuple((number, int(element.kind != "double bond")) for number, element in enumerate(elements))
    listed, achiral = [], 0
    for orbit in _orbits(len(elements), actions):
        assignment = min(orbit)
        if strain.critical and not strain.allows(assigned(bare, elements, assignment)):
            continue
        listed.append(assignment)
        achiral += moved(assignment, mirror) in orbit
    untested = bool(strain.critical) and not listed
    if untested:  # nothing could be embedded, not even the form that exists: no judgement is possible
        return Stereoisomers(elements, formal, None, untested_rings=True)
    return Stereoisomers(elements, formal, len(listed), listed, achiral)


def isomer_smiles(mol: Chem.Mol, found: Stereoisomers, most: int) -> list[str]:
    """The SMILES of the first ``most`` listed isomers, canonical where that keeps all marks.

    Isomers that differ only at an axis share one, since RDKit writes no axes.
    """
    bare = Chem.Mol(mol)
    Chem.RemoveStereochemistry(bare)
    written: dict[str, None] = {}
    for assignment in found.listed[:most]:
        isomer = assigned(bare, found.elements, assignment)
        with rdBase.BlockLogs():
            text = Chem.MolToSmiles(isomer)
            canonical = Chem.CanonSmiles(text)
        written.setdefault(text if canonical in written else canonical)
    return list(written)


def assigned(bare: Chem.Mol, elements: tuple[Element, ...], assignment: Assignment) -> Chem.Mol:
    """The molecule with these states; axes, which RDKit does not know, are left out."""
    mol = Chem.Mol(bare)
    tags = (Chem.ChiralType.CHI_TETRAHEDRAL_CW, Chem.ChiralType.CHI_TETRAHEDRAL_CCW)
    places = (Chem.BondStereo.STEREOCIS, Chem.BondStereo.STEREOTRANS)
    for element, state in zip(elements, assignment, strict=True):
        if element.kind == "centre":
            mol.GetAtomWithIdx(element.at[0]).SetChiralTag(tags[state])
        elif element.kind == "double bond" and element.bond >= 0:
            bond = mol.GetBondWithIdx(element.bond)
            bond.SetStereoAtoms(*element.ligands)
            bond.SetStereo(places[state])
    Chem.SetDoubleBondNeighborDirections(mol)
    return mol


def _orbits(size: int, actions: set[Action]) -> Iterator[set[Assignment]]:
    """The classes of assignments that the actions (a group) turn into each other."""
    seen: set[Assignment] = set()
    for assignment in itertools.product((0, 1), repeat=size):
        if assignment not in seen:
            orbit = {moved(assignment, action) for action in actions}
            seen |= orbit
            yield orbit


def _burnside(size: int, actions: set[Action]) -> int:
    """How many orbits there are: the mean number of assignments that an action leaves as they are (Burnside's lemma)."""
    fixed = 0
    for action in actions:
        left, cycles, odd = set(range(size)), 0, False
        while left and not odd:
            at, turns = left.pop(), 0
            start, cycles = at, cycles + 1
            while True:
                at, turned = action[at]
                turns ^= turned
                if at == start:
                    break
                left.discard(at)
            odd = bool(turns)
        fixed += 0 if odd else 2**cycles
    return fixed // len(actions)

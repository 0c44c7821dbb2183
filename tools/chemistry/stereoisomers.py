"""The distinct stereoisomers of one constitution, counted by its symmetry.

Each stereo element (tetrahedral centre, double bond, allene axis) has two states. A symmetry of the constitution, which
moves atoms, turns one assignment of states into another that is the same molecule. So the stereoisomers are the orbits of
the assignments under the symmetries: meso forms, pseudo-asymmetric centres and rings come out right without any rule.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from rdkit import Chem, rdBase

from tools.chemistry.ring_strain import StrainTest

MOST_LISTED_ELEMENTS = 12  # 4,096 assignments; with more the isomers are counted but not listed
MOST_SYMMETRIES = 20_000
_NONE = 4294967295  # RDKit's index for a ligand that is no atom: a hydrogen or lone pair

Assignment = tuple[int, ...]  # 0 or 1 for each element
Action = tuple[tuple[int, int], ...]  # for each element the one that it is moved to, and 1 where its state turns over


class TooSymmetric(Exception):
    """The constitution has more symmetries than are gone through."""


@dataclass(frozen=True)
class Element:
    """``kind``: "centre" (atom ``at[0]``, ``ligands`` in the order of its bonds), "double bond" or "axis" (the end atoms
    ``at``, and at each end the ligand that the state refers to)."""

    kind: str
    at: tuple[int, ...]
    ligands: tuple[int, ...]
    bond: int = -1


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
    actions = _actions(bare, elements)
    formal = _burnside(len(elements), actions)
    strain = StrainTest(bare, {element.at[0] for element in elements if element.kind == "centre"})
    if len(elements) > MOST_LISTED_ELEMENTS:
        count = None if strain.critical or strain.caged else formal
        return Stereoisomers(elements, formal, count)
    mirror = tuple((number, int(element.kind != "double bond")) for number, element in enumerate(elements))
    listed, achiral = [], 0
    for orbit in _orbits(len(elements), actions):
        assignment = min(orbit)
        if strain.critical and not strain.allows(_assigned(bare, elements, assignment)):
            continue
        listed.append(assignment)
        achiral += _moved(assignment, mirror) in orbit
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
        isomer = _assigned(bare, found.elements, assignment)
        with rdBase.BlockLogs():
            text = Chem.MolToSmiles(isomer)
            canonical = Chem.CanonSmiles(text)
        written.setdefault(text if canonical in written else canonical)
    return list(written)


def _assigned(bare: Chem.Mol, elements: tuple[Element, ...], assignment: Assignment) -> Chem.Mol:
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


def stereo_elements(bare: Chem.Mol) -> tuple[Element, ...]:
    """What may have two configurations; one that symmetry makes idle does no harm, the orbits see to that."""
    with rdBase.BlockLogs():
        found = list(Chem.FindPotentialStereo(Chem.Mol(bare)))
    cumulated = list(_cumulated_chains(bare))
    in_chain = {bond for _, bonds in cumulated for bond in bonds}
    elements = []
    for one in found:
        if one.type == Chem.StereoType.Atom_Tetrahedral:
            atom = bare.GetAtomWithIdx(one.centeredOn)
            if not _turns_over(atom):
                ligands = tuple(neighbour.GetIdx() for neighbour in _neighbours_by_bond(atom))
                elements.append(Element("centre", (atom.GetIdx(),), ligands))
        elif one.type == Chem.StereoType.Bond_Double and one.centeredOn not in in_chain:
            bond = bare.GetBondWithIdx(one.centeredOn)
            if any(end.GetSymbol() == "N" and end.GetTotalNumHs() for end in (bond.GetBeginAtom(), bond.GetEndAtom())):
                continue  # C=N-H: the proton exchanges
            first, second, third, fourth = one.controllingAtoms
            ligands = (first if first != _NONE else second, third if third != _NONE else fourth)
            elements.append(
                Element("double bond", (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()), ligands, bond.GetIdx())
            )
    known = {element.at[0] for element in elements if element.kind == "centre"}
    elements += [
        Element("centre", (at,), tuple(near.GetIdx() for near in _neighbours_by_bond(bare.GetAtomWithIdx(at))))
        for at in sorted(_bridgehead_nitrogens(bare) - known)
    ]
    for ends, bonds in cumulated:
        references = []
        for end in ends:
            atom = bare.GetAtomWithIdx(end)
            outer = [
                other.GetIdx() for other in atom.GetNeighbors() if not _joined_by(bare, end, other.GetIdx(), bonds)
            ]
            if outer and atom.GetSymbol() == "C" and atom.GetTotalNumHs() < 2:  # a nitrogen would swing through
                references.append(outer[0])
        if len(references) == 2:
            kind = "axis" if len(bonds) % 2 == 0 else "double bond"
            elements.append(Element(kind, ends, tuple(references)))
    return tuple(elements)


def _turns_over(atom: Chem.Atom) -> bool:
    """Whether an atom that RDKit takes for a centre has no lasting configuration: a mobile proton, a nitrogen that inverts."""
    neighbours = atom.GetNeighbors()
    if atom.GetSymbol() == "N":
        by_proton = atom.GetTotalNumHs() > 0
        in_aziridine = atom.IsInRingSize(3) and all(other.GetSymbol() == "C" for other in neighbours)
        return by_proton or (in_aziridine and atom.GetDegree() == 3 and not _is_bridgehead(atom))
    if atom.GetSymbol() in ("P", "S", "As", "Se"):
        ends = [other for other in neighbours if other.GetSymbol() == "O" and other.GetDegree() == 1]
        orders = [
            atom.GetOwningMol().GetBondBetweenAtoms(atom.GetIdx(), end.GetIdx()).GetBondTypeAsDouble() for end in ends
        ]
        return 2.0 in orders and 1.0 in orders  # P(=O)OH: the two oxygens are one by exchange of the proton
    return False


def _bridgehead_nitrogens(mol: Chem.Mol) -> set[int]:
    """Nitrogens that a bridge holds, so that they cannot turn over (Tröger's base); RDKit passes by those on an arene."""
    rings = [set(ring) for ring in mol.GetRingInfo().AtomRings()]
    bridged = [(one, other) for one, other in itertools.combinations(rings, 2) if len(one & other) >= 3]
    return {
        atom.GetIdx()
        for atom in mol.GetAtoms()
        if atom.GetSymbol() == "N" and atom.GetDegree() == 3 and _is_bridgehead(atom) and not atom.GetIsAromatic()
        if any(atom.GetIdx() in one & other for one, other in bridged)
    }


def _is_bridgehead(atom: Chem.Atom) -> bool:
    return sum(bond.IsInRing() for bond in atom.GetBonds()) == 3


def _neighbours_by_bond(atom: Chem.Atom) -> list[Chem.Atom]:
    return [bond.GetOtherAtom(atom) for bond in atom.GetBonds()]


def _joined_by(mol: Chem.Mol, one: int, other: int, bonds: tuple[int, ...]) -> bool:
    return mol.GetBondBetweenAtoms(one, other).GetIdx() in bonds


def _cumulated_chains(mol: Chem.Mol) -> Iterator[tuple[tuple[int, int], tuple[int, ...]]]:
    """The two end atoms and the bonds of each run of two or more double bonds in a row, outside small rings."""
    middles = {
        atom.GetIdx()
        for atom in mol.GetAtoms()
        if atom.GetSymbol() == "C"
        and atom.GetDegree() == 2
        and all(bond.GetBondType() == Chem.BondType.DOUBLE for bond in atom.GetBonds())
        and not atom.IsInRing()
    }
    while middles:
        waiting, bonds, reached = [middles.pop()], set(), set()
        while waiting:
            atom = mol.GetAtomWithIdx(waiting.pop())
            for bond in atom.GetBonds():
                bonds.add(bond.GetIdx())
                other = bond.GetOtherAtomIdx(atom.GetIdx())
                if other in middles:
                    middles.remove(other)
                    waiting.append(other)
                reached.add(other)
        ends = [at for at in reached if sum(bond.GetIdx() in bonds for bond in mol.GetAtomWithIdx(at).GetBonds()) == 1]
        if len(ends) == 2:
            yield (min(ends), max(ends)), tuple(sorted(bonds))


def _actions(mol: Chem.Mol, elements: tuple[Element, ...]) -> set[Action]:
    """What the symmetries of the constitution do to the states of the elements, each once."""
    number = {(element.kind, frozenset(element.at)): at for at, element in enumerate(elements)}
    keep = {atom for element in elements for atom in element.at}
    actions: set[Action] = set()
    for symmetry in _symmetries(mol, keep):
        action = []
        for element in elements:
            target = number.get((element.kind, frozenset(symmetry[at] for at in element.at)))
            if target is None:  # an image that RDKit does not take for an element: the element is idle there, too
                break
            there = elements[target]
            images = tuple(symmetry[ligand] for ligand in element.ligands)
            if element.kind == "centre":
                turned = _parity([there.ligands.index(image) for image in images])
            else:
                ends = dict(zip(there.at, there.ligands, strict=True))
                turned = sum(ends[symmetry[at]] != image for at, image in zip(element.at, images, strict=True)) % 2
            action.append((target, turned))
        else:
            actions.add(tuple(action))
    return actions


def _symmetries(mol: Chem.Mol, keep: set[int]) -> Iterator[dict[int, int]]:
    """Every renumbering of the atoms that leaves the constitution as it is.

    Atoms that hang on no element (the methyls of a tert-butyl group) are folded into their neighbours first: their
    exchange does nothing to an element, and there may be millions of such exchanges.
    """
    labels = {atom.GetIdx(): repr(_label(atom)) for atom in mol.GetAtoms()}
    near = {
        atom.GetIdx(): {
            bond.GetOtherAtomIdx(atom.GetIdx()): bond.GetBondTypeAsDouble() for bond in atom.GetBonds()
        }
        for atom in mol.GetAtoms()
    }  # fmt: skip
    folded = True
    while folded:
        folded = False
        hanging: dict[int, list[str]] = {}
        leaves = [atom for atom, bonds in near.items() if len(bonds) == 1 and atom not in keep]
        for leaf in leaves:
            neighbour, order = next(iter(near[leaf].items()))
            if neighbour not in keep and neighbour not in leaves:
                hanging.setdefault(neighbour, []).append(f"{order}{labels[leaf]}")
                del near[leaf], near[neighbour][leaf]
                folded = True
        for atom, ends in hanging.items():
            labels[atom] += f"<{','.join(sorted(ends))}>"
    classes = _classes(near, labels)
    order = _search_order(near, classes)
    image: dict[int, int] = {}
    taken: set[int] = set()
    members: dict[int, list[int]] = {}
    for atom in near:
        members.setdefault(classes[atom], []).append(atom)
    found = 0

    def extend(depth: int) -> Iterator[dict[int, int]]:
        nonlocal found
        if depth == len(order):
            found += 1
            if found > MOST_SYMMETRIES:
                raise TooSymmetric
            yield dict(image)
            return
        atom = order[depth]
        placed = [other for other in near[atom] if other in image]
        options = near[image[placed[0]]] if placed else members[classes[atom]]
        for option in options:
            if option in taken or classes[option] != classes[atom]:
                continue
            if all(near[option].get(image[other]) == near[atom][other] for other in placed):
                image[atom] = option
                taken.add(option)
                yield from extend(depth + 1)
                taken.discard(option)
                del image[atom]

    # recursion goes as deep as there are atoms whose image is open; fixed atoms are placed beforehand
    for atom in [one for one in order if len(members[classes[one]]) == 1]:
        image[atom] = atom
        taken.add(atom)
    order = [atom for atom in order if atom not in image]
    yield from extend(0)


def _label(atom: Chem.Atom) -> tuple[int, ...]:
    return (
        atom.GetAtomicNum(), atom.GetIsotope(), atom.GetFormalCharge(), atom.GetTotalNumHs(),
        atom.GetNumRadicalElectrons(),
    )  # fmt: skip


def _classes(near: dict[int, dict[int, float]], labels: dict[int, str]) -> dict[int, int]:
    """The finest classes of atoms that labels and neighbours tell apart."""
    number = {label: place for place, label in enumerate(sorted({labels[atom] for atom in near}))}
    classes = {atom: number[labels[atom]] for atom in near}
    parts = 0
    while len(number) != parts:
        parts = len(number)
        keys = {
            atom: (classes[atom], tuple(sorted((order, classes[other]) for other, order in bonds.items())))
            for atom, bonds in near.items()
        }
        number = {key: place for place, key in enumerate(sorted(set(keys.values())))}  # type: ignore[assignment,type-var,misc]
        classes = {atom: number[key] for atom, key in keys.items()}  # type: ignore[index]
    return classes


def _search_order(near: dict[int, dict[int, float]], classes: dict[int, int]) -> list[int]:
    """The atoms so that each, where possible, follows one of its neighbours; rare classes first."""
    sizes = Counter(classes.values())
    waiting = sorted(near, key=lambda atom: (sizes[classes[atom]], classes[atom], atom))
    order: list[int] = []
    placed: set[int] = set()
    for start in waiting:
        queue = [start]
        while queue:
            atom = queue.pop(0)
            if atom not in placed:
                placed.add(atom)
                order.append(atom)
                queue += sorted(near[atom], key=lambda other: sizes[classes[other]])
    return order


def _parity(permutation: list[int]) -> int:
    return sum(one > other for one, other in itertools.combinations(permutation, 2)) % 2


def _moved(assignment: Assignment, action: Action) -> Assignment:
    result = [0] * len(assignment)
    for state, (target, turned) in zip(assignment, action, strict=True):
        result[target] = state ^ turned
    return tuple(result)


def _orbits(size: int, actions: set[Action]) -> Iterator[set[Assignment]]:
    """The classes of assignments that the actions (a group) turn into each other."""
    seen: set[Assignment] = set()
    for assignment in itertools.product((0, 1), repeat=size):
        if assignment not in seen:
            orbit = {_moved(assignment, action) for action in actions}
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

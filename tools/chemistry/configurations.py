"""Which stereo elements a molecule has, in which configuration, and whether it is chiral: judged by its symmetry.

An element counts where its other state makes another molecule. Whether it does depends on the other elements: C3 of
pentane-2,3,4-triol is a centre between unlike neighbours and none between like ones. Rings tie the states of their
bridgeheads together; those that are tied turn over as one.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from rdkit import Chem, rdBase

from tools.chemistry.cip_labels import label_by_cip
from tools.chemistry.ring_strain import StrainTest
from tools.chemistry.stereo_elements import Element, stereo_elements
from tools.chemistry.stereoisomers import assigned
from tools.chemistry.symmetries import Action, Assignment, TooSymmetric, moved, symmetry_actions

UNASSIGNED = "unassigned"
UNNAMED = "assigned"  # has a configuration that the labeller gives no letter
MOST_OPEN = 10  # units without configuration; 1,024 ways to complete the molecule
MOST_WORK = 4_000_000  # completions × symmetries × elements
_ORDER = {"centre": 0, "double bond": 1, "axis": 2}
#: Elements whose configuration is tetrahedral (or that of an amine, with the lone pair as the fourth ligand).
TETRAHEDRAL = frozenset((5, 6, 7, 8, 14, 15, 16, 32, 33, 34))


@dataclass(frozen=True)
class Configuration:
    """``kind`` "centre", "double bond" or "axis"; ``atoms`` the centre or the two ends; ``label`` R, S, r, s, E, Z, "assigned"
    or "unassigned". ``by_rings``: no mark says it, but the rings leave no other."""

    kind: str
    atoms: tuple[int, ...]
    label: str
    by_rings: bool = False


@dataclass
class Configurations:
    """``found`` in the order of the atoms; ``chiral`` and ``meso`` None where that is open.

    ``nitrogens`` are bridgeheads that follow from a carbon centre and are not counted; ``notes`` say what was not settled.
    """

    found: list[Configuration] = field(default_factory=list)
    chiral: bool | None = False
    meso: bool | None = False
    nitrogens: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Unit:
    """Elements, by number, that turn over together; each with the state that it has when the unit's is 0."""

    members: tuple[tuple[int, int], ...]


def configurations_of_all(mol: Chem.Mol) -> Configurations:
    """The configurations of every component, with one verdict on the whole."""
    places: list[tuple[int, ...]] = []
    parts = Chem.GetMolFrags(mol, asMols=True, fragsMolAtomMapping=places)
    each = [configurations(part) for part in parts]
    whole = Configurations()
    for one, place in zip(each, places, strict=True):
        whole.found += [
            Configuration(element.kind, tuple(place[at] for at in element.atoms), element.label, element.by_rings)
            for element in one.found
        ]
        whole.nitrogens += [place[at] for at in one.nitrogens]
        whole.notes += one.notes
    whole.found.sort(key=lambda one: (_ORDER[one.kind], one.atoms))
    whole.chiral = _mixture_is_chiral(parts, each)
    whole.meso = any(one.meso for one in each) if whole.chiral is False else (False if whole.chiral else None)
    if len(each) > 1 and whole.chiral is False and any(one.chiral for one in each):
        whole.meso = False
        whole.notes.append(
            "The components are mirror images of each other in equal parts: a racemate, achiral as a whole."
        )
    return whole


def _mixture_is_chiral(parts: tuple[Chem.Mol, ...], each: list[Configurations]) -> bool | None:
    """Whether the mirror image of all components together is another mixture; None where that is open."""
    chiral = [part for part, one in zip(parts, each, strict=True) if one.chiral]
    if any(one.chiral is None for one in each):
        return None
    if len({Chem.MolToSmiles(part, isomericSmiles=False) for part in chiral}) == len(chiral):
        return bool(chiral)  # no two of one constitution, so none is the mirror image of another
    if any(element.label == UNASSIGNED for one in each if one.chiral for element in one.found):
        return None
    return Counter(map(Chem.MolToSmiles, chiral)) != Counter(map(mirror_image, chiral))


def mirror_image(mol: Chem.Mol) -> str:
    """The canonical SMILES with every tetrahedral centre turned over."""
    image = Chem.Mol(mol)
    for atom in image.GetAtoms():
        if atom.GetChiralTag() in (Chem.ChiralType.CHI_TETRAHEDRAL_CW, Chem.ChiralType.CHI_TETRAHEDRAL_CCW):
            atom.InvertChirality()
    with rdBase.BlockLogs():
        return Chem.CanonSmiles(Chem.MolToSmiles(image))


def configurations(mol: Chem.Mol) -> Configurations:
    """Those of one component; ``mol`` is sanitized and has no map numbers."""
    bare = Chem.Mol(mol)
    Chem.RemoveStereochemistry(bare)
    elements, notes = _tetrahedral_elements(bare)
    if not elements:
        return Configurations(notes=notes)
    labelled = Chem.Mol(mol)
    if not label_by_cip(labelled):
        notes.append("The CIP rules need too many steps for this molecule: its configurations have no letters.")
    marks = [_state(mol, element) for element in elements]
    result = Configurations(notes=notes)
    try:
        actions = symmetry_actions(bare, elements)
        case = _Case(bare, elements, marks, actions)
    except TooSymmetric:
        result.notes.append(
            "The molecule is too symmetric, with too much unassigned, to say which elements make stereoisomers: all are listed."
        )
        result.chiral = result.meso = None
        result.found = [_named(labelled, element, mark) for element, mark in zip(elements, marks, strict=True)]
        return _ordered(result)
    for unit in case.units:
        case.report(unit, labelled, result)
    result.chiral = case.is_chiral()
    result.meso = case.is_meso(result)
    return _ordered(result)


class _Case:
    """One molecule's elements with their states, the symmetries of its constitution, and the ties of its rings."""

    def __init__(
        self, bare: Chem.Mol, elements: tuple[Element, ...], marks: list[int | None], actions: set[Action]
    ) -> None:
        self.bare, self.elements, self.marks, self.actions = bare, elements, marks, actions
        self.units = self._units()
        self.states = [self._unit_state(unit) for unit in self.units]
        free = sum(state is None for state in self.states)
        if len(actions) == 1:  # without symmetry every completion is a molecule of its own: one stands for all
            self.completions = [next(self._completions())]
        elif free > MOST_OPEN or 2**free * len(actions) * len(elements) > MOST_WORK:
            raise TooSymmetric
        else:
            self.completions = list(self._completions())
        self.images = {one: {moved(one, action) for action in actions} for one in self.completions}

    def _units(self) -> list[_Unit]:
        """Each element alone, or those together that rings tie to each other, unless the marks contradict the ties."""
        number = {element.at[0]: at for at, element in enumerate(self.elements) if element.kind == "centre"}
        strain = StrainTest(self.bare, set(number))
        ties: dict[int, list[tuple[int, int]]] = {}
        if strain.critical:
            whole = assigned(self.bare, self.elements, (0,) * len(self.elements))
            for one, other, same in strain.ties(whole, lambda one, other: self._is_open(number[one], number[other])):
                ties.setdefault(number[one], []).append((number[other], int(not same)))
                ties.setdefault(number[other], []).append((number[one], int(not same)))
        units: list[_Unit] = []
        placed: set[int] = set()
        for start in range(len(self.elements)):
            if start in placed:
                continue
            members, consistent, waiting = {start: 0}, True, [start]
            while waiting:
                at = waiting.pop()
                for near, turn in ties.get(at, ()):
                    if near not in members:
                        members[near] = members[at] ^ turn
                        waiting.append(near)
                    consistent &= members[near] == members[at] ^ turn
            given = {self.marks[at] ^ state for at, state in members.items() if self.marks[at] is not None}  # type: ignore[operator]
            placed |= members.keys()
            if consistent and len(given) < 2:
                units.append(_Unit(tuple(members.items())))
            else:
                units += [_Unit(((at, 0),)) for at in members]
        return units

    def _is_open(self, one: int, other: int) -> bool:
        """Whether it matters that two elements are tied: a mark is missing, one may be a nitrogen, or a symmetry moves them."""
        if self.marks[one] is None or self.marks[other] is None:
            return True
        if any(self.bare.GetAtomWithIdx(self.elements[at].at[0]).GetSymbol() == "N" for at in (one, other)):
            return True
        return any(
            {action[one][0], action[other][0]} == {one, other}
            and (action[one], action[other]) != ((one, 0), (other, 0))
            for action in self.actions
        )

    def _unit_state(self, unit: _Unit) -> int | None:
        """Whether the marks of its members say how the unit is; None where none has one."""
        for at, state in unit.members:
            mark = self.marks[at]
            if mark is not None:
                return mark ^ state
        return None

    def _completions(self) -> Iterator[Assignment]:
        """Every assignment of all elements that agrees with the marks."""
        options = [(0, 1) if state is None else (state,) for state in self.states]
        for states in itertools.product(*options):
            result = [0] * len(self.elements)
            for unit, state in zip(self.units, states, strict=True):
                for at, own in unit.members:
                    result[at] = own ^ state
            yield tuple(result)

    def is_idle(self, unit: _Unit) -> bool:
        """Whether turning the unit over gives the same molecule, however the open elements are."""
        members = {at for at, _ in unit.members}
        return all(
            tuple(state ^ (at in members) for at, state in enumerate(one)) in self.images[one]
            for one in self.completions
        )

    def report(self, unit: _Unit, labelled: Chem.Mol, result: Configurations) -> None:
        """Add the unit's elements to ``result``.

        Two bridgeheads that turn over to the same molecule count where all their ligands differ: those of meso epoxides, not
        those of norbornane or of the adamantane cage.
        """
        numbers = [at for at, _ in unit.members]
        if idle := self.is_idle(unit):
            numbers = [at for at in numbers if len(numbers) == 2 and self._has_unlike_ligands(at)]
        symbols = {at: self.bare.GetAtomWithIdx(self.elements[at].at[0]).GetSymbol() for at in numbers}
        follows = {at for at in numbers if symbols[at] == "N" and (idle or set(symbols.values()) != {"N"})}
        result.nitrogens += [self.elements[at].at[0] for at in follows]
        known = self._unit_state(unit) is not None or idle
        for at in numbers:
            if at in follows:
                continue
            if known and self.marks[at] is None:
                result.found.append(self._by_rings(at))
            else:
                result.found.append(_named(labelled, self.elements[at], self.marks[at]))

    def _has_unlike_ligands(self, number: int) -> bool:
        ranks = Chem.CanonicalRankAtoms(self.bare, breakTies=False, includeChirality=False)
        near = [ranks[atom.GetIdx()] for atom in self.bare.GetAtomWithIdx(self.elements[number].at[0]).GetNeighbors()]
        return len(set(near)) == len(near)

    def _by_rings(self, number: int) -> Configuration:
        """What the rings say of an element without mark, by completing the molecule with it.

        Its letter could depend on what is unassigned, unless its ligands differ by their constitution.
        """
        element = self.elements[number]
        if any(state is None for state in self.states) and not self._has_unlike_ligands(number):
            return Configuration(element.kind, element.at, UNNAMED, by_rings=True)
        whole = assigned(self.bare, self.elements, self.completions[0])
        label_by_cip(whole)
        named = _named(whole, element, self.completions[0][number])
        return replace(named, by_rings=True)

    def is_chiral(self) -> bool | None:
        """Whether the mirror image is another molecule, in every completion (True), in none (False), or in some (None)."""
        verdicts = {self._mirrored(one) not in self.images[one] for one in self.completions}
        return verdicts.pop() if len(verdicts) == 1 else None

    def is_meso(self, result: Configurations) -> bool | None:
        """IUPAC: an achiral member of a set of diastereomers that also has chiral members."""
        if result.chiral is not False:
            return False if result.chiral else None
        if sum(one.kind == "centre" for one in result.found) < 2:
            return False
        one = self.completions[0]  # ties are left aside: a meso epoxide's chiral relative exists on paper alone
        turns = itertools.chain.from_iterable(itertools.combinations(range(len(one)), size) for size in (1, 2))
        for turned in itertools.islice(turns, MOST_WORK // (len(self.actions) * len(self.elements)) + 1):
            other = tuple(state ^ (at in turned) for at, state in enumerate(one))
            mirrored = self._mirrored(other)
            if all(moved(other, action) != mirrored for action in self.actions):
                return True
        return False

    def _mirrored(self, assignment: Assignment) -> Assignment:
        return tuple(
            state ^ (element.kind != "double bond") for state, element in zip(assignment, self.elements, strict=True)
        )


def _tetrahedral_elements(bare: Chem.Mol) -> tuple[tuple[Element, ...], list[str]]:
    """The elements without those at or beside an atom of another geometry, and a note if there are any."""
    elements, left_out = [], set()
    for element in stereo_elements(bare):
        centre = bare.GetAtomWithIdx(element.at[0])
        others = [near for near in centre.GetNeighbors() if has_other_geometry(near)]
        if element.kind == "centre" and (has_other_geometry(centre) or others):
            left_out.add((others[0] if others else centre).GetSymbol())
        else:
            elements.append(element)
    notes = [f"Configurations at and beside {', '.join(sorted(left_out))} are not looked at."] if left_out else []
    return tuple(elements), notes


def has_other_geometry(atom: Chem.Atom) -> bool:
    """Whether an atom's ligands stand in another way than those of carbon: a metal, or more than four of them."""
    bonded = atom.GetDegree() + atom.GetTotalNumHs()
    return bonded > 4 or (bonded > 2 and atom.GetAtomicNum() not in TETRAHEDRAL | {1, 9, 17, 35, 53})


def _state(mol: Chem.Mol, element: Element) -> int | None:
    """0 or 1 as ``stereoisomers.assigned`` has it; None without a mark."""
    if element.kind == "centre":
        tag = mol.GetAtomWithIdx(element.at[0]).GetChiralTag()
        tags = (Chem.ChiralType.CHI_TETRAHEDRAL_CW, Chem.ChiralType.CHI_TETRAHEDRAL_CCW)
        return tags.index(tag) if tag in tags else None
    if element.kind == "axis" or element.bond < 0:
        return None
    bond = mol.GetBondWithIdx(element.bond)
    if bond.GetStereo() <= Chem.BondStereo.STEREOANY:
        return None
    trans = bond.GetStereo() in (Chem.BondStereo.STEREOE, Chem.BondStereo.STEREOTRANS)
    others = sum(ligand not in bond.GetStereoAtoms() for ligand in element.ligands)
    return trans ^ (others % 2)


def _named(labelled: Chem.Mol, element: Element, state: int | None) -> Configuration:
    label = UNASSIGNED
    if state is not None:
        part = (
            labelled.GetAtomWithIdx(element.at[0])
            if element.kind == "centre"
            else labelled.GetBondWithIdx(element.bond)
        )
        label = part.GetProp("_CIPCode") if part.HasProp("_CIPCode") else UNNAMED
    return Configuration(element.kind, element.at, label)


def _ordered(result: Configurations) -> Configurations:
    result.found.sort(key=lambda one: (_ORDER[one.kind], one.atoms))
    result.nitrogens.sort()
    return result

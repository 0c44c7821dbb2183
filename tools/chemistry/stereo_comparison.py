"""Whether two drawings of one constitution have the same configuration, by exact symmetry instead of by labels.

Both molecules' stereo elements are written in the atom numbers of the first. A symmetry of the constitution that turns the
states of the second into those of the first makes them one molecule (so that a meso form drawn in two ways is one); one that
does so after every centre was turned over makes them mirror images. CIP labels are only for the reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rdkit import Chem, rdBase
from rdkit.Chem import rdCIPLabeler

from tools.chemistry.stereo_elements import Element, stereo_elements
from tools.chemistry.symmetries import Action, TooSymmetric, symmetry_actions

Outcome = Literal["same", "open", "enantiomers", "diastereomers", "stereoisomers"]
Key = tuple[str, frozenset[int]]
States = tuple[int | None, ...]  # of each element 0 or 1, None where it is unassigned
_LABELLING_STEPS = 200_000
_TETRAHEDRAL = {Chem.ChiralType.CHI_TETRAHEDRAL_CW: 0, Chem.ChiralType.CHI_TETRAHEDRAL_CCW: 1}
_PLACES = {
    Chem.BondStereo.STEREOCIS: 0, Chem.BondStereo.STEREOZ: 0, Chem.BondStereo.STEREOTRANS: 1, Chem.BondStereo.STEREOE: 1
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """A stereo element in both: its kind, its atoms in each, its CIP label in each ("unassigned" where there is none)."""

    kind: str
    atoms_a: tuple[int, ...]
    atoms_b: tuple[int, ...]
    label_a: str
    label_b: str


@dataclass(frozen=True)
class StereoComparison:
    """``outcome`` "open": they may be the same, but one leaves elements unassigned that the other assigns. "stereoisomers":
    certainly different, but unassigned elements leave open whether they are mirror images. ``detail`` is "epimers", "anomers",
    "E/Z isomers", "cis/trans isomers" or "". ``unassigned`` counts elements that neither assigns; ``uncompared`` says in words what was
    passed over."""

    outcome: Outcome
    detail: str = ""
    differences: tuple[Difference, ...] = ()
    unassigned: int = 0
    axes: int = 0
    uncompared: tuple[str, ...] = field(default=())


def compare_stereo(
    one: Chem.Mol, other: Chem.Mol, image: Mapping[int, int], frame: Chem.Mol, *, same_bonds: bool
) -> StereoComparison:
    """``image`` takes the atoms of ``other`` to those of ``one``; ``frame`` is what both have in common, in the numbers of
    ``one``, and gives the symmetries. ``same_bonds``: also bond orders and hydrogens are the same, so that an element of one is
    an element of both; else only what is an element in both is compared."""
    first = {_key(element): (element, state) for element, state in _elements(one)}
    second = {
        _key(moved): (moved, state)
        for moved, state in (_moved(element, state, image) for element, state in _elements(other))
    }
    keys = [key for key in {**first, **second} if same_bonds or (key in first and key in second)]
    elements = tuple((first.get(key) or second[key])[0] for key in keys)
    states_a = tuple(first[key][1] if key in first else None for key in keys)
    states_b = tuple(
        _relative(element, *second[key]) if key in second else None for element, key in zip(elements, keys, strict=True)
    )
    skipped = tuple(
        f"The configuration that {name} has at {_words(element, one)} (atom numbers of a) was not compared: the other has none there."
        for name, own in (("a", first), ("b", second))
        for key, (element, state) in own.items()
        if key not in keys and state is not None
    )
    if not any(state is not None for state in (*states_a, *states_b)):
        unassigned, axes = _stereogenic(frame, elements)
        return StereoComparison("same", unassigned=unassigned, axes=axes, uncompared=skipped)
    try:
        actions = _symmetries(frame, elements)
    except (TooSymmetric, RecursionError):  # the search goes as deep as there are atoms with an equal
        return _by_smiles(one, other, skipped)
    still = [(number, 0) for number in range(len(elements))]
    idle = {number for number in range(len(elements)) if _turned_alone(still, number) in actions}
    live = [number for number in range(len(elements)) if number not in idle]
    found = _Search(elements, live, states_a, states_b, actions)
    differences = found.differences(one, other, {at: source for source, at in image.items()})
    unassigned = sum(states_a[number] is None and states_b[number] is None for number in live)
    axes = sum(elements[number].kind == "axis" for number in live)
    outcome, detail = found.outcome(frame)
    return StereoComparison(outcome, detail, differences, unassigned, axes, skipped)


class _Search:
    """The symmetry under which the two differ least, as they are and with the second mirrored."""

    def __init__(
        self, elements: tuple[Element, ...], live: list[int], a: States, b: States, actions: set[Action]
    ) -> None:
        self.elements, self.live, self.a, self.b, self.actions = elements, live, a, b, actions
        mirrored = tuple(
            state if state is None or element.kind == "double bond" else 1 - state
            for element, state in zip(elements, b, strict=True)
        )
        self.direct, self.conflicts, self.open = self._best(b)
        _, self.mirror_conflicts, self.mirror_open = self._best(mirrored)

    def _best(self, states: States) -> tuple[Action, list[int], list[int]]:
        best: tuple[int, int, Action] | None = None
        chosen: tuple[Action, list[int], list[int]] = ((), [], [])
        for action in sorted(self.actions):
            turned = _transformed(states, action)
            pairs = [(number, self.a[number], turned[number]) for number in self.live]
            conflicts = [number for number, one, two in pairs if one is not None and two is not None and one != two]
            open_ones = [number for number, one, two in pairs if (one is None) != (two is None)]
            rank = (len(conflicts), len(open_ones), action)
            if best is None or rank < best:
                best, chosen = rank, (action, conflicts, open_ones)
        return chosen

    def outcome(self, frame: Chem.Mol) -> tuple[Outcome, str]:
        if not self.conflicts:
            return ("open", "") if self.open else ("same", "")
        if not self.mirror_conflicts:
            unassigned = any(self.a[number] is None and self.elements[number].kind != "axis" for number in self.live)
            return ("stereoisomers", "") if self.mirror_open or unassigned else ("enantiomers", "")
        if all(self.elements[number].kind == "double bond" for number in self.conflicts):
            return "diastereomers", "E/Z isomers"
        centres = [number for number in self.live if self.elements[number].kind == "centre"]
        if len(self.conflicts) == 1 and len(centres) > 1 and not self.open:
            both = [self.elements[number].at[0] for number in centres]
            in_one_ring = any(set(both) <= set(ring) for ring in Chem.GetSymmSSSR(frame))
            if len(both) == 2 and in_one_ring:
                return "diastereomers", "cis/trans isomers"
            return "diastereomers", "anomers" if _is_anomeric(
                frame, self.elements[self.conflicts[0]].at[0]
            ) else "epimers"
        return "diastereomers", ""

    def differences(self, one: Chem.Mol, other: Chem.Mol, source: Mapping[int, int]) -> tuple[Difference, ...]:
        """What differs or is assigned in one only under the best symmetry, with labels."""
        labelled = [_labelled(mol) for mol in (one, other)]
        came_from = {target: number for number, (target, _) in enumerate(self.direct)}
        found = []
        for number in [*self.conflicts, *self.open]:
            here, there = self.elements[number], self.elements[came_from[number]]
            atoms_b = tuple(source[at] for at in there.at)
            found.append(
                Difference(here.kind, here.at, atoms_b, _label(labelled[0], here.at), _label(labelled[1], atoms_b))
            )
        return tuple(found)


def _elements(mol: Chem.Mol) -> list[tuple[Element, int | None]]:
    bare = Chem.Mol(mol)
    Chem.RemoveStereochemistry(bare)
    elements = list(stereo_elements(bare))
    known = {element.at[0] for element in elements if element.kind == "centre"}
    for (
        atom
    ) in mol.GetAtoms():  # a centre only by the configuration of others, which the bare constitution does not show
        if (
            atom.GetChiralTag() in _TETRAHEDRAL
            and atom.GetIdx() not in known
            and atom.GetSymbol() in ("C", "Si", "Ge", "B")
        ):
            ligands = tuple(bond.GetOtherAtomIdx(atom.GetIdx()) for bond in atom.GetBonds())
            elements.append(Element("centre", (atom.GetIdx(),), ligands))
    return [(element, _state(mol, element)) for element in elements]


def _state(mol: Chem.Mol, element: Element) -> int | None:
    """0 or 1 relative to the element's own ligands; None where it is unassigned."""
    if element.kind == "centre":
        return _TETRAHEDRAL.get(mol.GetAtomWithIdx(element.at[0]).GetChiralTag())
    if element.kind == "axis" or element.bond < 0:
        return None
    bond = mol.GetBondWithIdx(element.bond)
    place = _PLACES.get(bond.GetStereo())
    if place is None:
        return None
    marked = set(bond.GetStereoAtoms())
    return (place + sum(ligand not in marked for ligand in element.ligands)) % 2


def _moved(element: Element, state: int | None, image: Mapping[int, int]) -> tuple[Element, int | None]:
    at = tuple(image[atom] for atom in element.at)
    return Element(element.kind, at, tuple(image[ligand] for ligand in element.ligands), element.bond), state


def _relative(here: Element, there: Element, state: int | None) -> int | None:
    """The state of ``there`` (in the same atom numbers) as it reads with the ligands of ``here``."""
    if state is None or here is there:
        return state
    if here.kind == "centre":
        if set(here.ligands) != set(there.ligands):
            return None
        order = [here.ligands.index(ligand) for ligand in there.ligands]
        turned = sum(one > two for place, one in enumerate(order) for two in order[place + 1 :])
        return (state + turned) % 2
    ends = dict(zip(here.at, here.ligands, strict=True))
    return (state + sum(ends[at] != ligand for at, ligand in zip(there.at, there.ligands, strict=True))) % 2


def _key(element: Element) -> Key:
    return element.kind, frozenset(element.at)


def _transformed(states: States, action: Action) -> States:
    result: list[int | None] = [None] * len(states)
    for state, (target, turned) in zip(states, action, strict=True):
        result[target] = None if state is None else state ^ turned
    return tuple(result)


def _symmetries(frame: Chem.Mol, elements: tuple[Element, ...]) -> set[Action]:
    """What symmetries do to the elements; components without any (water, counter-ions) have no part in it, and are left out.

    Nine waters alone have 362,880 exchanges. Raises ``TooSymmetric``.
    """
    bearing = {at for element in elements for at in element.at}
    kept = [at for piece in Chem.GetMolFrags(frame) if bearing.intersection(piece) for at in piece]
    number = {at: place for place, at in enumerate(sorted(kept))}
    part = Chem.RWMol(frame)
    part.BeginBatchEdit()
    for at in set(range(frame.GetNumAtoms())).difference(kept):
        part.RemoveAtom(at)
    part.CommitBatchEdit()
    part.UpdatePropertyCache(strict=False)
    renumbered = tuple(
        Element(one.kind, tuple(number[at] for at in one.at), tuple(number[at] for at in one.ligands))
        for one in elements
    )
    return symmetry_actions(part.GetMol(), renumbered)


def _turned_alone(still: list[tuple[int, int]], number: int) -> Action:
    return tuple((at, int(at == number)) for at, _ in still)


def _stereogenic(frame: Chem.Mol, elements: tuple[Element, ...]) -> tuple[int, int]:
    """How many elements nobody assigned, and how many of them are axes; those that symmetry makes idle left out."""
    if not elements:
        return 0, 0
    try:
        actions = _symmetries(frame, elements)
    except (TooSymmetric, RecursionError):
        return len(elements), sum(element.kind == "axis" for element in elements)
    still = [(number, 0) for number in range(len(elements))]
    live = [element for number, element in enumerate(elements) if _turned_alone(still, number) not in actions]
    return len(live), sum(element.kind == "axis" for element in live)


def _by_smiles(one: Chem.Mol, other: Chem.Mol, skipped: tuple[str, ...]) -> StereoComparison:
    """For constitutions with more symmetries than are gone through."""
    note = "The molecule is too symmetric to go through its symmetries; canonical SMILES were compared."
    mirrored = Chem.Mol(other)
    for atom in mirrored.GetAtoms():
        if atom.GetChiralTag() in _TETRAHEDRAL:
            atom.InvertChirality()
    outcome: Outcome = "diastereomers"
    if Chem.MolToSmiles(one) == Chem.MolToSmiles(other):
        outcome = "same"
    elif Chem.MolToSmiles(one) == Chem.CanonSmiles(Chem.MolToSmiles(mirrored)):
        outcome = "enantiomers"
    elif any(element.kind != "axis" and state is None for mol in (one, other) for element, state in _elements(mol)):
        outcome = "open"
    return StereoComparison(outcome, uncompared=(*skipped, note))


def _labelled(mol: Chem.Mol) -> Chem.Mol:
    labelled = Chem.Mol(mol)
    with rdBase.BlockLogs():
        try:
            rdCIPLabeler.AssignCIPLabels(labelled, maxRecursiveIterations=_LABELLING_STEPS)
        except RuntimeError:  # its limit of steps; RDKit's older labels stand then
            Chem.AssignStereochemistry(labelled, cleanIt=False, force=True)
    return labelled


def _label(labelled: Chem.Mol, at: tuple[int, ...]) -> str:
    marked = labelled.GetAtomWithIdx(at[0]) if len(at) == 1 else labelled.GetBondBetweenAtoms(*at)
    if marked is None:
        return "unassigned"
    assigned = marked.GetChiralTag() in _TETRAHEDRAL if len(at) == 1 else marked.GetStereo() in _PLACES
    if not assigned:
        return "unassigned"
    return marked.GetProp("_CIPCode") if marked.HasProp("_CIPCode") else "assigned"


def _is_anomeric(frame: Chem.Mol, at: int) -> bool:
    """Whether a carbon bears the ring oxygen of a sugar and a second O, N or S."""
    near = frame.GetAtomWithIdx(at).GetNeighbors()
    in_ring = [
        atom for atom in near if atom.GetSymbol() == "O" and frame.GetBondBetweenAtoms(at, atom.GetIdx()).IsInRing()
    ]
    return len(in_ring) == 1 and sum(atom.GetSymbol() in ("O", "N", "S") for atom in near) == 2


def _words(element: Element, mol: Chem.Mol) -> str:
    return "=".join(f"{mol.GetAtomWithIdx(at).GetSymbol()}{at}" for at in element.at)

"""A molecule as magnetic resonance sees it: its graph, and what keeps its shape while all the rest turns and flips.

Kept are tetrahedral centres, double bonds and allenes, the pyramids of phosphines and sulfoxides, nitrogens that a bridge
holds, and the C-N bonds of tertiary amides. Single bonds turn, rings flip, amines invert, and protons and charges are shared
as ``tools.chemistry.exchange`` finds them.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from rdkit import Chem, rdBase
from rdkit.Chem import rdForceFieldHelpers

from tools.chemistry.conformers import SEED, WAYS, embed
from tools.chemistry.equivalence import LONE_PAIR, Centre, RigidBond, Structure, refined_classes
from tools.chemistry.exchange import NO_EXCHANGE, Exchange, exchange_of, labelled_graph
from tools.chemistry.ring_strain import StrainTest
from tools.chemistry.stereo_elements import stereo_elements

SMALL_RING = 7  # a double bond in it is cis
MEDIUM_RING = 11  # a double bond in it is cis where nothing else is marked
MOST_OPEN = 10
EMBEDDINGS = 6
STEPS = 300
INSIDE_OUT_KCAL_MOL = 40.0  # a cage with a bridgehead turned inwards lies higher by more
_TETRAHEDRAL = frozenset(("C", "Si", "Ge", "Sn", "N", "P", "As", "S", "Se", "B"))
_PYRAMIDAL = frozenset(("P", "As", "Sb", "S", "Se", "Te"))
#: The C-N bond of a tertiary amide or thioamide, not of ureas, carbamates and imides, where it turns fast at 25 °C, and the N-N
#: bond of a nitrosamine (barriers: W. E. Stewart and T. H. Siddall, Chem. Rev. 1970, 70, 517).
_SLOW_BONDS = (
    "[CX3;$(C(=[OX1,SX1])[#6,#1]);!$(C[N][N])]-!@[NX3;H0;+0;!$(N(C=[O,S])C=[O,S]);$(N([#6])([#6])C=[OX1,SX1])]",
    "[NX2;$(N=[OX1])]-!@[NX3;H0;+0;$(N([#6])([#6])N=O)]",
)
_CLOCKWISE, _ANTICLOCKWISE = Chem.ChiralType.CHI_TETRAHEDRAL_CW, Chem.ChiralType.CHI_TETRAHEDRAL_CCW
_CIS = (Chem.BondStereo.STEREOZ, Chem.BondStereo.STEREOCIS)
_TRANS = (Chem.BondStereo.STEREOE, Chem.BondStereo.STEREOTRANS)

Open = tuple[str, int]  # ("centre", atom), ("bond", number of the rigid bond) or ("amide", number of the rigid bond)


class TooManyOpen(Exception):
    """More unmarked stereo elements than are gone through bear on the answer; ``count`` of them."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(count)


@dataclass(frozen=True)
class AveragedMolecule:
    """``heavy``: the molecule as parsed, with the marks that were assumed; ``mol``: the parsed one, marked so only
    where a ring bond is taken as cis, with its hydrogens as atoms after the others. ``structure``: its graph; what is not marked has any state.

    ``open``: the stereo elements without a mark whose state may bear on which atoms are equivalent; ``slow``: the numbers of
    the rigid bonds that are amide bonds; ``assumed_cis``: whether a ring double bond was taken as cis.
    """

    heavy: Chem.Mol
    mol: Chem.Mol
    structure: Structure
    exchange: Exchange
    open: tuple[Open, ...]
    slow: frozenset[int]
    assumed_cis: bool

    def isomers(self) -> Iterator[tuple[Chem.Mol, Structure]]:
        """Every possible state of the open elements that rings allow, as a molecule (hydrogens implied) and as a structure.

        Raises ``TooManyOpen``.
        """
        if len(self.open) > MOST_OPEN:
            raise TooManyOpen(len(self.open))
        strain = StrainTest(self.heavy, {at for kind, at in self.open if kind == "centre"})
        for states in itertools.product((1, -1), repeat=len(self.open)):
            isomer, structure = self._with(dict(zip(self.open, states, strict=True)))
            if not strain.critical or strain.allows(isomer):
                yield isomer, structure

    def _with(self, states: Mapping[Open, int]) -> tuple[Chem.Mol, Structure]:
        isomer = Chem.Mol(self.heavy)
        centres = dict(self.structure.centres)
        bonds = list(self.structure.rigid_bonds)
        for (kind, at), state in states.items():
            if kind == "centre":
                centres[at] = replace(centres[at], state=state)
                isomer.GetAtomWithIdx(at).SetChiralTag(_CLOCKWISE if state > 0 else _ANTICLOCKWISE)
            else:
                bonds[at] = replace(bonds[at], state=state)
                if kind == "bond":
                    _mark(isomer, bonds[at])
        return isomer, replace(self.structure, centres=centres, rigid_bonds=tuple(bonds))

    def with_fast_amides(self) -> AveragedMolecule:
        """The same, with amide bonds that turn."""
        bonds = tuple(bond for number, bond in enumerate(self.structure.rigid_bonds) if number not in self.slow)
        numbers = {id(bond): number for number, bond in enumerate(bonds)}
        left = tuple(
            (kind, at if kind == "centre" else numbers[id(self.structure.rigid_bonds[at])])
            for kind, at in self.open
            if kind != "amide"
        )
        return replace(self, structure=replace(self.structure, rigid_bonds=bonds), open=left, slow=frozenset())

    def topological(self) -> Structure:
        """The constitution alone, with exchange."""
        return replace(self.structure, centres={}, rigid_bonds=())


def averaged(parsed: Chem.Mol, *, exchanging: bool = True) -> AveragedMolecule:
    """The averaged structure of a sanitized molecule; without ``exchanging`` charges and protons stay where they are drawn."""
    mol = Chem.AddHs(parsed)
    exchange = exchange_of(mol) if exchanging else NO_EXCHANGE
    labels, near = labelled_graph(mol, exchange)
    bare = Chem.Mol(parsed)
    Chem.RemoveStereochemistry(bare)
    potential = stereo_elements(bare)
    potential_centres = {element.at[0] for element in potential if element.kind == "centre"}
    centres, open_centres = _centres(mol, exchange, potential_centres)
    bonds, slow, assumed_cis = _rigid_bonds(mol, exchange)
    structure = Structure(labels, near, centres, tuple(bonds))
    classes = refined_classes(labels, near)
    sizes = Counter(classes)
    alike = Counter(_ends_class(bond, classes) for bond in bonds)
    marked = {frozenset(element.at) for element in potential if element.kind != "centre"}
    opened: list[Open] = [("centre", at) for at in open_centres if sizes[classes[at]] > 1]
    for number, bond in enumerate(bonds):
        if alike[_ends_class(bond, classes)] > 1:
            if number in slow:
                opened.append(("amide", number))
            elif frozenset(bond.ends) in marked and bond.state == 0:
                opened.append(("bond", number))
    structure = replace(structure, rigid_bonds=tuple(replace(bond, state=bond.state or 1) for bond in bonds))
    heavy = Chem.Mol(parsed)
    for bond in structure.rigid_bonds:
        if _is_assumed_cis(heavy, bond):
            _mark(heavy, bond)
            _mark(mol, bond)
    found = AveragedMolecule(heavy, mol, structure, exchange, tuple(opened), frozenset(slow), assumed_cis)
    return _with_cages_from_3d(found, bare)


def _ends_class(bond: RigidBond, classes: list[int]) -> tuple[int, ...]:
    return tuple(sorted(classes[end] for end in bond.ends))


def _centres(mol: Chem.Mol, exchange: Exchange, potential: set[int]) -> tuple[dict[int, Centre], list[int]]:
    """The tetrahedral and pyramidal centres, and those of them that could be marked and are not."""
    centres, unmarked = {}, []
    for atom in mol.GetAtoms():
        at = atom.GetIdx()
        if at in exchange.protonated or not _keeps_its_shape(atom, potential):
            continue
        ligands = [bond.GetOtherAtomIdx(at) for bond in atom.GetBonds()]
        ligands += [LONE_PAIR] * (4 - len(ligands))
        tag = atom.GetChiralTag()
        centres[at] = Centre(tuple(ligands), -1 if tag == _ANTICLOCKWISE else 1)  # type: ignore[arg-type]
        if tag not in (_CLOCKWISE, _ANTICLOCKWISE) and at in potential:
            unmarked.append(at)
    return centres, unmarked


def _keeps_its_shape(atom: Chem.Atom, potential: set[int]) -> bool:
    symbol, degree, charge = atom.GetSymbol(), atom.GetDegree(), atom.GetFormalCharge()
    if atom.GetIsAromatic() or any(is_metal(other) for other in atom.GetNeighbors()):
        return False
    if degree == 4 and symbol in _TETRAHEDRAL:
        return symbol != "N" or not any(other.GetAtomicNum() == 1 for other in atom.GetNeighbors())
    if degree != 3:
        return False
    if symbol == "N":
        return atom.GetIdx() in potential
    if symbol in ("P", "As", "Sb"):
        return charge == 0 and atom.GetTotalValence() == 3
    return symbol in _PYRAMIDAL and (charge == 1 or atom.GetTotalValence() == 4)


def is_metal(atom: Chem.Atom) -> bool:
    number = atom.GetAtomicNum()
    return (
        number in (3, 4, 11, 12, 13) or 19 <= number <= 31 or 37 <= number <= 49 or 55 <= number <= 83 or number >= 87
    )


def _rigid_bonds(mol: Chem.Mol, exchange: Exchange) -> tuple[list[RigidBond], set[int], bool]:
    """The rigid bonds (state 0 where nothing is marked), the numbers of the amides among them, and whether one in a ring
    was taken as cis."""
    bonds: list[RigidBond] = []
    assumed = False
    for chain in _chains_of_double_bonds(mol, exchange):
        ends = (chain[0], chain[-1])
        axis = len(chain) % 2 == 1
        ligands = tuple(
            _ligands(mol, end, inner, axis) for end, inner in ((chain[0], chain[1]), (chain[-1], chain[-2]))
        )
        if ligands[0] is None or ligands[1] is None:
            continue
        bond = RigidBond(ends, ligands, 0, axis, chain)  # type: ignore[arg-type]
        state = 0 if len(chain) > 2 else _marked_state(mol.GetBondBetweenAtoms(*ends), bond)
        if state == 0 and _is_assumed_cis(mol, bond):
            state, assumed = 1, True  # the ligands in the ring come first
        bonds.append(replace(bond, state=state))
    slow = set()
    for pattern in _SLOW_BONDS:
        for one, other in mol.GetSubstructMatches(Chem.MolFromSmarts(pattern), maxMatches=1000):
            ligands = (_ligands(mol, one, other, False), _ligands(mol, other, one, False))
            if None not in ligands and not any({one, other} & set(bond.ends) for bond in bonds):
                slow.add(len(bonds))
                bonds.append(RigidBond((one, other), ligands, 0, False, (one, other)))  # type: ignore[arg-type]
    return bonds, slow, assumed


def _is_assumed_cis(mol: Chem.Mol, rigid: RigidBond) -> bool:
    if len(rigid.atoms) != 2 or not 0 < _smallest_ring(mol, *rigid.ends) <= MEDIUM_RING:
        return False
    return mol.GetBondBetweenAtoms(*rigid.ends).GetStereo() not in (*_CIS, *_TRANS)


def _chains_of_double_bonds(mol: Chem.Mol, exchange: Exchange) -> Iterator[tuple[int, ...]]:
    """The atoms of each double bond, or run of them, that is in no small ring and no aromatic or shared system."""
    double = {
        bond.GetIdx(): bond
        for bond in mol.GetBonds()
        if bond.GetBondType() == Chem.BondType.DOUBLE and bond.GetIdx() not in exchange.bonds
    }
    at_atom: dict[int, list[Chem.Bond]] = {}
    for bond in double.values():
        for end in (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()):
            at_atom.setdefault(end, []).append(bond)
    for start, bonds in at_atom.items():
        if len(bonds) != 1:
            continue
        chain, bond = [start], bonds[0]
        while True:
            following = bond.GetOtherAtomIdx(chain[-1])
            chain.append(following)
            onward = [other for other in at_atom[following] if other.GetIdx() != bond.GetIdx()]
            if len(onward) != 1 or mol.GetAtomWithIdx(following).GetDegree() != 2:
                break
            bond = onward[0]
        pairs = list(itertools.pairwise(chain))
        small = any(0 < _smallest_ring(mol, *pair) <= SMALL_RING for pair in pairs)
        if len(at_atom[chain[-1]]) == 1 and chain[0] < chain[-1] and not small:
            yield tuple(chain)


def _ligands(mol: Chem.Mol, end: int, inner: int, axis: bool) -> tuple[int, int] | None:
    """The two ligands at an end, ring atoms first; None where the end has no shape that lasts."""
    atom = mol.GetAtomWithIdx(end)
    others = [bond for bond in atom.GetBonds() if bond.GetOtherAtomIdx(end) != inner]
    others.sort(key=lambda bond: not bond.IsInRing())
    outer = [bond.GetOtherAtomIdx(end) for bond in others]
    if atom.GetSymbol() == "C" and len(outer) == 2:
        return outer[0], outer[1]
    if atom.GetSymbol() != "N" or any(mol.GetAtomWithIdx(other).GetAtomicNum() == 1 for other in outer):
        return None  # the proton of C=N-H moves
    if len(outer) == 2:
        return outer[0], outer[1]
    return (outer[0], LONE_PAIR) if len(outer) == 1 and not axis else None  # in C=C=N-R the nitrogen swings


def _marked_state(bond: Chem.Bond, rigid: RigidBond) -> int:
    stereo = bond.GetStereo()
    if stereo not in (*_CIS, *_TRANS) or len(bond.GetStereoAtoms()) != 2:
        return 0
    state = 1 if stereo in _CIS else -1
    for end, reference in zip((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()), bond.GetStereoAtoms(), strict=True):
        if rigid.ligands[rigid.ends.index(end)][0] != reference:
            state = -state
    return state


def _mark(mol: Chem.Mol, rigid: RigidBond) -> None:
    if len(rigid.atoms) != 2:
        return  # RDKit has no marks for allenes and their like
    bond = mol.GetBondBetweenAtoms(*rigid.ends)
    ends = (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
    bond.SetStereoAtoms(*(rigid.ligands[rigid.ends.index(end)][0] for end in ends))
    bond.SetStereo(Chem.BondStereo.STEREOCIS if rigid.state > 0 else Chem.BondStereo.STEREOTRANS)


def _smallest_ring(mol: Chem.Mol, one: int, other: int) -> int:
    return mol.GetRingInfo().MinBondRingSize(mol.GetBondBetweenAtoms(one, other).GetIdx())


def _with_cages_from_3d(found: AveragedMolecule, bare: Chem.Mol) -> AveragedMolecule:
    """Bridgeheads of cages take the configuration that all embeddings in 3D give them: others would be strained or impossible.

    Where the embeddings differ, as for perhydrophenalene, the bridgeheads stay open.
    """
    open_centres = [at for kind, at in found.open if kind == "centre"]
    heads = {at for at in open_centres if sum(bond.IsInRing() for bond in bare.GetAtomWithIdx(at).GetBonds()) >= 3}
    strain = StrainTest(bare, heads)
    if not strain.caged and len(strain.critical) <= 2:
        return found
    heads = heads if strain.caged else heads & strain.critical
    states = _embedded_states(found, heads)
    if states is None:
        return found
    centres = dict(found.structure.centres)
    heavy = Chem.Mol(found.heavy)
    for at, state in states:
        centres[at] = replace(centres[at], state=state)
        heavy.GetAtomWithIdx(at).SetChiralTag(_CLOCKWISE if state > 0 else _ANTICLOCKWISE)
    left = tuple(one for one in found.open if one[0] != "centre" or one[1] not in heads)
    return replace(found, heavy=heavy, structure=replace(found.structure, centres=centres), open=left)


def _embedded_states(found: AveragedMolecule, heads: set[int]) -> tuple[tuple[int, int], ...] | None:
    """The bridgeheads and their states in all low embeddings, or None where these differ or there are none.

    Without a marked centre the first bridgehead is given +1: the mirror image has the same equivalent atoms.
    """
    centres = found.structure.centres
    energies: dict[tuple[tuple[int, int], ...], float] = {}
    for number in range(EMBEDDINGS):
        shaped = embed(found.mol, WAYS[number % len(WAYS)], SEED + number)
        if shaped is None:
            continue
        turns = {at: _turn(shaped.GetConformer(), at, centre) for at, centre in centres.items()}
        # a tag and a turn in space differ by one sign, the same at every centre
        first = next((at for at in turns if _is_marked(shaped, at)), min(heads))
        sign = turns[first] * centres[first].state
        states = tuple((at, turns[at] * sign) for at in sorted(heads))
        energy = _strain_energy(shaped)
        energies[states] = min(energy, energies.get(states, energy))
    low = [states for states, energy in energies.items() if energy <= min(energies.values()) + INSIDE_OUT_KCAL_MOL]
    return low[0] if len(low) == 1 else None


def _strain_energy(shaped: Chem.Mol) -> float:
    """kcal/mol after some steps of MMFF94, or of UFF where it has no parameters, or 0 where neither has."""
    with rdBase.BlockLogs():
        try:
            if rdForceFieldHelpers.MMFFHasAllMoleculeParams(shaped):
                return rdForceFieldHelpers.MMFFOptimizeMoleculeConfs(shaped, maxIters=STEPS)[0][1]
            if rdForceFieldHelpers.UFFHasAllMoleculeParams(shaped):
                return rdForceFieldHelpers.UFFOptimizeMoleculeConfs(shaped, maxIters=STEPS)[0][1]
        except RuntimeError:  # the minimiser gave up on a shape that cannot be
            return math.inf
    return 0.0


def _is_marked(mol: Chem.Mol, at: int) -> bool:
    return mol.GetAtomWithIdx(at).GetChiralTag() in (_CLOCKWISE, _ANTICLOCKWISE)


def _turn(places: Chem.Conformer, at: int, centre: Centre) -> int:
    """The sense in space of the first three ligands, which are atoms."""
    start = places.GetAtomPosition(at)
    first, second, third = (places.GetAtomPosition(ligand) - start for ligand in centre.ligands[:3])
    return 1 if first.DotProduct(second.CrossProduct(third)) > 0 else -1

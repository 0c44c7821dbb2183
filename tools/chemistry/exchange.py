"""What a structure's one formula hides: charges that resonance shares, and protons that move between like atoms.

The two nitrogens of an imidazole, the oxygens of a carboxylate, the rings of crystal violet and the carbons of a
cyclopentadienide are drawn as different and are not. A candidate is a pair of atoms of one element that a chain of alternating
single and double bonds joins (or, for protons, an acid and its own base anywhere in the molecule); it counts only where the
whole molecule looks the same from both once the charge or proton is taken off.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from rdkit import Chem

from tools.chemistry.equivalence import refined_classes

_PROTON_SITES = frozenset(("N", "O", "S", "Se"))
_LONE_PAIRS = frozenset(("N", "O", "S", "Se"))


@dataclass(frozen=True)
class Candidate:
    """Two like atoms, the bonds between them that change, and whether a proton moves (else a charge)."""

    atoms: tuple[int, int]
    bonds: tuple[int, ...]
    proton: bool


@dataclass(frozen=True)
class Exchange:
    """``sites``: the groups of atoms that share protons; ``charges``: atoms whose charge is shared; ``bonds``: those that are
    single in one formula and double in another."""

    sites: tuple[frozenset[int], ...]
    charges: frozenset[int]
    bonds: frozenset[int]

    @property
    def protonated(self) -> frozenset[int]:
        return frozenset(atom for group in self.sites for atom in group)


NO_EXCHANGE = Exchange((), frozenset(), frozenset())


def exchange_of(mol: Chem.Mol, *, protons: bool = True) -> Exchange:
    """The resonance and, with ``protons``, the exchange of protons in ``mol``, whose hydrogens are atoms."""
    kekule = Chem.Mol(mol)
    Chem.Kekulize(kekule, clearAromaticFlags=True)
    kept = [one for one in _candidates(kekule) if protons or not one.proton]
    while kept:
        labels, near = labelled_graph(mol, _together(kept))
        classes = refined_classes(labels, near)
        alike = [one for one in kept if classes[one.atoms[0]] == classes[one.atoms[1]]]
        if len(alike) == len(kept):
            break
        kept = alike
    return _together(kept)


def labelled_graph(mol: Chem.Mol, exchange: Exchange) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    """What each atom is, and its neighbours; shared charges are left out.

    After the atoms comes one node for each group of sites, to which its sites and all its protons are joined. The orders of
    bonds are left out: with all hydrogens drawn they follow from the rest, but for resonance.
    """
    shared = exchange.charges | exchange.protonated
    group_of = {at: mol.GetNumAtoms() + number for number, group in enumerate(exchange.sites) for at in group}
    labels = []
    near: list[list[int]] = [[] for _ in range(mol.GetNumAtoms() + len(exchange.sites))]
    for atom in mol.GetAtoms():
        charge = "shared" if atom.GetIdx() in shared else str(atom.GetFormalCharge())
        labels.append(f"{atom.GetAtomicNum()} {atom.GetIsotope()} {charge} {atom.GetNumRadicalElectrons()}")
    for bond in mol.GetBonds():
        ends = [bond.GetBeginAtom(), bond.GetEndAtom()]
        ends.sort(key=lambda atom: atom.GetAtomicNum())
        one, other = (atom.GetIdx() for atom in ends)
        if ends[0].GetAtomicNum() == 1:
            other = group_of.get(other, other)
        near[one].append(other)
        near[other].append(one)
    for at, group in group_of.items():
        near[at].append(group)
        near[group].append(at)
    return (*labels, *("protons" for _ in exchange.sites)), tuple(map(tuple, near))


def _together(candidates: list[Candidate]) -> Exchange:
    """The groups that the candidates join; a charge that a group with protons shares moves with them."""
    groups: list[tuple[set[int], bool]] = []
    for one in candidates:
        touched = [group for group in groups if group[0] & set(one.atoms)]
        atoms = set(one.atoms).union(*(group[0] for group in touched))
        protons = one.proton or any(group[1] for group in touched)
        groups = [group for group in groups if group not in touched] + [(atoms, protons)]
    return Exchange(
        tuple(frozenset(atoms) for atoms, protons in groups if protons),
        frozenset(atom for atoms, protons in groups if not protons for atom in atoms),
        frozenset(bond for one in candidates for bond in one.bonds),
    )


def _candidates(mol: Chem.Mol) -> Iterator[Candidate]:
    for atom in mol.GetAtoms():
        charge, symbol = atom.GetFormalCharge(), atom.GetSymbol()
        if symbol in _PROTON_SITES and _hydrogens(atom):
            yield from _joined(mol, atom, 1, 2, charge, proton=True)
            yield from _own_base(mol, atom)
        if charge < 0:
            yield from _joined(mol, atom, 1, 2, charge + 1, proton=False)
        elif charge > 0:
            yield from _joined(mol, atom, 2, 1, charge - 1, proton=False)
            if symbol == "C":
                yield from _joined(mol, atom, 1, 2, charge - 1, proton=False)


def _joined(
    mol: Chem.Mol, start: Chem.Atom, first: int, last: int, charge: int, *, proton: bool
) -> Iterator[Candidate]:
    """Atoms like ``start``, of that charge, at the end of a chain of alternating bonds that begins and ends with those orders."""
    origin = (start.GetIdx(), first)
    came: dict[tuple[int, int], tuple[tuple[int, int], int]] = {}
    waiting = deque([origin])
    while waiting:
        state = waiting.popleft()
        at, order = state
        for bond in mol.GetAtomWithIdx(at).GetBonds():
            if bond.GetBondTypeAsDouble() != order or bond.GetOtherAtom(mol.GetAtomWithIdx(at)).GetAtomicNum() == 1:
                continue
            other = bond.GetOtherAtom(mol.GetAtomWithIdx(at))
            reached = (other.GetIdx(), 3 - order)
            if reached in came or other.GetIdx() == start.GetIdx():
                continue
            came[reached] = (state, bond.GetIdx())
            waiting.append(reached)
            alike = other.GetAtomicNum() == start.GetAtomicNum() and other.GetIsotope() == start.GetIsotope()
            gives = first == 1 or other.GetSymbol() in _LONE_PAIRS
            ends_here = order == last and other.GetFormalCharge() == charge
            if ends_here and alike and gives and _heavy_degree(other) == _heavy_degree(start):
                yield Candidate((start.GetIdx(), other.GetIdx()), _way(came, reached, origin), proton)


def _way(
    came: dict[tuple[int, int], tuple[tuple[int, int], int]], state: tuple[int, int], origin: tuple[int, int]
) -> tuple[int, ...]:
    bonds = []
    while state != origin:
        state, bond = came[state]
        bonds.append(bond)
    return tuple(bonds)


def _own_base(mol: Chem.Mol, acid: Chem.Atom) -> Iterator[Candidate]:
    """COOH and COO-, NH3+ and NH2 in one molecule."""
    for base in mol.GetAtoms():
        if (
            base.GetAtomicNum() == acid.GetAtomicNum()
            and base.GetFormalCharge() == acid.GetFormalCharge() - 1
            and _hydrogens(base) == _hydrogens(acid) - 1
            and _heavy_degree(base) == _heavy_degree(acid)
        ):
            yield Candidate((acid.GetIdx(), base.GetIdx()), (), True)


def _hydrogens(atom: Chem.Atom) -> int:
    return sum(other.GetAtomicNum() == 1 for other in atom.GetNeighbors())


def _heavy_degree(atom: Chem.Atom) -> int:
    return atom.GetDegree() - _hydrogens(atom)

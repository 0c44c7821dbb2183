"""Which atoms of a molecule the symmetry of its time-averaged structure exchanges.

A structure here is a graph of all atoms with a handedness at each tetrahedral centre (CH2 and CH3 among them) and a side at
each rigid double bond; all the rest turns and flips freely. A renumbering of the atoms is a proper symmetry where it keeps
the graph, every handedness and every side, and an improper one where it keeps the graph and the sides and inverts every
handedness: the molecular symmetry group of a nonrigid molecule (H. C. Longuet-Higgins, Mol. Phys. 1963, 6, 445). Its orbits
are the sets of homotopic or enantiotopic atoms; what only a change of some of the centres would exchange is diastereotopic.

The group itself may be huge, so it is never listed. Rings and rigid bonds are clusters, joined by bonds that turn; every
branch of such a tree of clusters gets a number for its shape and one for its mirror image, the smallest branches first.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

LONE_PAIR = -1

Branch = tuple[int | None, int]  # where it hangs, and its first atom; None for the whole molecule seen from that atom
Shape = tuple[int, int]  # the numbers of a branch and of its mirror image


@dataclass(frozen=True)
class RigidBond:
    """Two ends that do not turn against each other, and the two ligands of each (one may be a lone pair).

    ``state`` is +1 where the first ligands of both ends are on one side, else -1; at an ``axis`` (allenes) it is a
    handedness. ``atoms`` are all atoms of the bond or chain.
    """

    ends: tuple[int, int]
    ligands: tuple[tuple[int, int], tuple[int, int]]
    state: int
    axis: bool
    atoms: tuple[int, ...]


@dataclass(frozen=True)
class Centre:
    """Four ligands (one may be a lone pair) and the sense, +1 or -1, in which this order of them goes round."""

    ligands: tuple[int, int, int, int]
    state: int


@dataclass(frozen=True)
class Structure:
    """``labels``: what each atom is; ``near``: its neighbours."""

    labels: tuple[str, ...]
    near: tuple[tuple[int, ...], ...]
    centres: Mapping[int, Centre]
    rigid_bonds: tuple[RigidBond, ...]


def refined_classes(labels: Sequence[Hashable], near: Sequence[Sequence[int]]) -> list[int]:
    """Classes of atoms that labels and neighbours, and theirs, tell apart: unions of the orbits of the bare graph."""
    numbers: dict[Hashable, int] = {}
    classes = [numbers.setdefault(label, len(numbers)) for label in labels]
    members: dict[int, set[int]] = defaultdict(set)
    for atom, number in enumerate(classes):
        members[number].add(atom)
    touched = set(range(len(classes)))  # the atoms beside which a class changed; the others of a class are still alike
    while touched:
        parts: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for atom in sorted(touched):
            parts[classes[atom], *sorted(classes[other] for other in near[atom])].append(atom)
        by_class: dict[int, list[list[int]]] = defaultdict(list)
        for key, part in parts.items():
            by_class[key[0]].append(part)
        changed = set()
        for number, split in by_class.items():
            if sum(map(len, split)) == len(members[number]):  # nobody else is left to keep the number
                split.remove(max(split, key=len))
            for part in split:
                fresh = len(members)
                members[number] -= set(part)
                members[fresh] = set(part)
                changed |= set(part)
                for atom in part:
                    classes[atom] = fresh
        touched = {other for atom in changed for other in near[atom]}
    return classes


def equivalent_sets(structure: Structure, atoms: list[int]) -> list[list[int]]:
    """``atoms`` parted into sets of equivalent ones, each set and the list in the order of the atoms' numbers."""
    shapes = _Shapes(structure)
    sets: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for atom in sorted(atoms):
        sets[tuple(sorted(shapes.of((None, atom))))].append(atom)
    return list(sets.values())


class _Shapes:
    """Numbers for branches: equal where a proper symmetry could carry one into the other."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        bond_of_end = {end: bond for bond in structure.rigid_bonds for end in bond.ends}
        self.bond_of_end = bond_of_end
        labels = tuple(
            (label, atom in structure.centres, bond_of_end[atom].axis if atom in bond_of_end else None)
            for atom, label in enumerate(structure.labels)
        )
        self.classes = refined_classes(labels, structure.near)
        self.cluster = _clusters(structure)
        self.within = [
            [other for other in near if self.cluster[other] == self.cluster[atom]]
            for atom, near in enumerate(structure.near)
        ]
        self.outward = [
            [other for other in near if self.cluster[other] != self.cluster[atom]]
            for atom, near in enumerate(structure.near)
        ]
        self.shapes: dict[Branch, Shape] = {}
        self.known: dict[tuple[int, int], list[Branch]] = defaultdict(list)
        self.count = 0
        for branch in _branches_by_size(self.cluster, self.outward):
            self._number(branch)

    def of(self, branch: Branch) -> Shape:
        if branch not in self.shapes:
            self._number(branch)
        return self.shapes[branch]

    def _number(self, branch: Branch) -> None:
        root, first = branch
        bucket = (-1 if root is None else self.classes[root], self.classes[first])
        for other in self.known[bucket]:
            shape, mirrored = self.shapes[other]
            if self._carries(branch, other, 1):
                self.shapes[branch] = (shape, mirrored)
                return
            if self._carries(branch, other, -1):
                self.shapes[branch] = (mirrored, shape)
                return
        achiral = self._carries(branch, branch, -1)
        self.shapes[branch] = (self.count, self.count if achiral else self.count + 1)
        self.count += 2
        self.known[bucket].append(branch)

    def _carries(self, branch: Branch, other: Branch, sense: int) -> bool:
        """Whether a renumbering carries one branch into the other, with every handedness kept (+1) or inverted (-1)."""
        entries = (branch[0], other[0])
        order = self._order(branch[1])
        return any(
            self._rigid_bonds_agree(image, entries, sense)
            for image in self._cluster_images(order, other[1], entries, sense)
        )

    def _order(self, first: int) -> list[int]:
        """The atoms of a cluster, each after one of its neighbours."""
        order, placed = [first], {first}
        for atom in order:
            for other in self.within[atom]:
                if other not in placed:
                    placed.add(other)
                    order.append(other)
        return order

    def _cluster_images(
        self, order: list[int], start: int, entries: tuple[int | None, int | None], sense: int
    ) -> Iterator[dict[int, int]]:
        """Every way to lay one cluster onto another that keeps its bonds, the branches on it and its centres."""
        place = {atom: depth for depth, atom in enumerate(order)}
        # an atom is tested as soon as it and its neighbours in the cluster have their images
        tested: list[list[int]] = [[] for _ in order]
        for atom in order:
            tested[max(place[atom], *(place[other] for other in self.within[atom]), 0)].append(atom)
        image: dict[int, int] = {}
        taken: set[int] = set()
        options: list[Iterator[int]] = [iter([start])]
        while options:
            depth = len(options) - 1
            atom = order[depth]
            if atom in image:
                taken.discard(image.pop(atom))
            for option in options[-1]:
                if option in taken or not self._fits(atom, option, image, taken):
                    continue
                image[atom] = option
                taken.add(option)
                if all(self._senses(one, image, entries, sense) for one in tested[depth]):
                    break
                taken.discard(image.pop(atom))
            else:
                options.pop()
                continue
            if depth + 1 == len(order):
                yield dict(image)
                continue
            following = order[depth + 1]
            placed = next(other for other in self.within[following] if other in image)
            options.append(iter(self.within[image[placed]]))

    def _fits(self, atom: int, option: int, image: dict[int, int], taken: set[int]) -> bool:
        if self.classes[atom] != self.classes[option] or len(self.within[atom]) != len(self.within[option]):
            return False
        there = {image[other] for other in self.within[atom] if other in image}
        return there == {other for other in self.within[option] if other in taken}

    def _senses(self, atom: int, image: dict[int, int], entries: tuple[int | None, int | None], sense: int) -> set[int]:
        """The senses, +1 or -1, that the ways to lay the branches at an atom onto those at its image give its ligands.

        Empty where there is no way, or at a centre none of the sense asked for.
        """
        there = image[atom]
        own = [other for other in self.outward[atom] if other != entries[0]]
        others = [other for other in self.outward[there] if other != entries[1]]
        side = 0 if sense > 0 else 1
        shapes = [self.shapes[atom, other][side] for other in own]
        targets = [self.shapes[there, other][0] for other in others]
        if sorted(shapes) != sorted(targets):
            return set()
        centre, bond = self.structure.centres.get(atom), self.bond_of_end.get(atom)
        if centre is None and bond is None:
            return {1}
        fixed = {other: image[other] for other in self.within[atom]} | {LONE_PAIR: LONE_PAIR}
        if entries[0] is not None and entries[1] is not None:
            fixed.setdefault(entries[0], entries[1])
        found = set()
        for arrangement in itertools.permutations(range(len(others))):
            if all(shapes[at] == targets[to] for at, to in enumerate(arrangement)):
                moved = fixed | {own[at]: others[to] for at, to in enumerate(arrangement)}
                found.add(self._sense_of(atom, there, moved))
        return found & {sense} if centre is not None else found

    def _sense_of(self, atom: int, there: int, moved: dict[int, int]) -> int:
        centres = self.structure.centres
        if atom in centres:
            here, target = centres[atom], centres[there]
            order = [target.ligands.index(moved[ligand]) for ligand in here.ligands]
            return here.state * target.state * _sign(order)
        own, image = self._ligands_at(atom), self._ligands_at(there)
        return 1 if moved[own[0]] == image[0] else -1

    def _ligands_at(self, end: int) -> tuple[int, int]:
        bond = self.bond_of_end[end]
        return bond.ligands[bond.ends.index(end)]

    def _rigid_bonds_agree(self, image: dict[int, int], entries: tuple[int | None, int | None], sense: int) -> bool:
        for bond in {id(one): one for atom in image if (one := self.bond_of_end.get(atom))}.values():
            first, second = bond.ends
            target = self.bond_of_end[image[first]]
            if image[second] not in target.ends:
                return False
            wanted = bond.state * target.state * (sense if bond.axis else 1)
            ways = itertools.product(
                self._senses(first, image, entries, sense), self._senses(second, image, entries, sense)
            )
            if not any(one * other == wanted for one, other in ways):
                return False
        return True


def _sign(permutation: list[int]) -> int:
    return -1 if sum(one > other for one, other in itertools.combinations(permutation, 2)) % 2 else 1


def _clusters(structure: Structure) -> list[int]:
    """For each atom the number of its cluster: atoms joined by bonds of rings or by rigid bonds."""
    joined: dict[int, set[int]] = defaultdict(set)
    for one, other in _ring_bonds(structure.near):
        joined[one].add(other)
        joined[other].add(one)
    for bond in structure.rigid_bonds:
        for atom in bond.atoms:
            joined[atom] |= set(bond.atoms)
    cluster = [-1] * len(structure.labels)
    for start in range(len(cluster)):
        if cluster[start] < 0:
            waiting = [start]
            while waiting:
                atom = waiting.pop()
                if cluster[atom] < 0:
                    cluster[atom] = start
                    waiting += joined[atom]
    return cluster


def _ring_bonds(near: tuple[tuple[int, ...], ...]) -> Iterator[tuple[int, int]]:
    """The bonds that are no bridges of the graph (R. E. Tarjan, Inf. Process. Lett. 1974, 2, 160)."""
    reached = [-1] * len(near)  # when the search came to an atom
    lowest = [0] * len(near)  # and the earliest atom to which a ring leads back from it or from beyond
    for start in range(len(near)):
        if reached[start] >= 0:
            continue
        order: list[tuple[int, int]] = []
        waiting = [(start, -1)]
        while waiting:
            atom, before = waiting.pop()
            if reached[atom] >= 0:
                continue
            reached[atom] = lowest[atom] = len(order)
            order.append((atom, before))
            waiting += [(other, atom) for other in near[atom] if reached[other] < 0]
        for atom, before in reversed(order):
            for other in near[atom]:
                if other != before:
                    back = reached[other] if reached[other] < reached[atom] else lowest[other]
                    lowest[atom] = min(lowest[atom], back)
        below = dict(order)
        for atom, _ in order:
            for other in near[atom]:
                if reached[other] < reached[atom] and (below[atom] != other or lowest[atom] < reached[atom]):
                    yield atom, other


def _branches_by_size(cluster: list[int], outward: list[list[int]]) -> list[tuple[int, int]]:
    """Every bond between clusters in both directions, so that the branches on a branch come before it."""
    members: dict[int, list[int]] = defaultdict(list)
    for atom, number in enumerate(cluster):
        members[number].append(atom)
    sizes: dict[tuple[int, int], int] = {}
    seen: set[int] = set()
    for start in members:
        if start in seen:
            continue
        order: list[tuple[int, tuple[int, int] | None]] = [(start, None)]  # clusters and the bond that leads to each
        seen.add(start)
        for number, _ in order:
            for atom in members[number]:
                for other in outward[atom]:
                    if cluster[other] not in seen:
                        seen.add(cluster[other])
                        order.append((cluster[other], (atom, other)))
        total = {number: len(members[number]) for number, _ in order}
        for number, bond in reversed(order):
            if bond is not None:
                sizes[bond] = total[number]
                total[cluster[bond[0]]] += total[number]
        for _, bond in order:
            if bond is not None:
                sizes[bond[1], bond[0]] = total[start] - sizes[bond]
    return sorted(sizes, key=lambda bond: (sizes[bond], bond))

"""The symmetries of a constitution, and what they do to the configurations of its stereo elements."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

from rdkit import Chem

from tools.chemistry.stereo_elements import Element
from tools.inputs.graph import atoms_of

MOST_SYMMETRIES = 20_000

Assignment = tuple[int, ...]  # for each element its state, 0 or 1
Action = tuple[tuple[int, int], ...]  # for each element the one that it is moved to, and 1 where its state turns over


class TooSymmetric(Exception):
    """The constitution has more symmetries than are gone through."""


def symmetry_actions(mol: Chem.Mol, elements: tuple[Element, ...]) -> set[Action]:
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
    labels = {atom.GetIdx(): repr(_label(atom)) for atom in atoms_of(mol)}
    phosphazene = _phosphazene_bonds(mol)
    near = {
        atom.GetIdx(): {
            bond.GetOtherAtomIdx(atom.GetIdx()): _order(bond, phosphazene) for bond in atom.GetBonds()
        }
        for atom in atoms_of(mol)
    }  # fmt: skip
    folded = True
    while folded:
        folded = False
        hanging: dict[int, list[str]] = {}
        leaves = [atom for atom, bonds in near.items() if len(bonds) == 1 and atom not in keep]
        for leaf in leaves:
            neighbour, strength = next(iter(near[leaf].items()))
            if neighbour not in keep and neighbour not in leaves:
                hanging.setdefault(neighbour, []).append(f"{strength}{labels[leaf]}")
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


def _order(bond: Chem.Bond, phosphazene: set[int]) -> float:
    return 1.5 if bond.GetIdx() in phosphazene else bond.GetBondTypeAsDouble()


def _phosphazene_bonds(mol: Chem.Mol) -> set[int]:
    """The ring bonds of cyclophosphazenes, which are all alike although they are written as single and double."""
    info = mol.GetRingInfo()
    return {
        bond
        for atoms, bonds in zip(info.AtomRings(), info.BondRings(), strict=True)
        if {mol.GetAtomWithIdx(atom).GetSymbol() for atom in atoms} == {"P", "N"}
        for bond in bonds
    }


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


def moved(assignment: Assignment, action: Action) -> Assignment:
    result = [0] * len(assignment)
    for state, (target, turned) in zip(assignment, action, strict=True):
        result[target] = state ^ turned
    return tuple(result)

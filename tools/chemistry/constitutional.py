"""Every constitutional isomer of a small formula, each once: an exact generator of our own.

Three steps, each free of duplicates by the symmetry of the one before: the connected graphs of the heavy atoms, the
elements on their vertices, the bond orders on their edges. Hydrogens fill the valences that are left. Two bond
patterns that differ by turning an alternating six-ring over (the Kekulé forms of a benzene ring) are one isomer.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rdkit import Chem

#: Bonds of a neutral closed-shell atom: one each, as MOLGEN and surge take them where nothing else is asked for.
VALENCES = {"C": 4, "N": 3, "O": 2, "F": 1, "P": 3, "S": 2, "Cl": 1, "Br": 1, "I": 1}
MOST_NEIGHBOURS = 4
MOST_EXTRA = 2  # above the single bond: a triple bond is the highest

Graph = tuple[int, ...]  # the neighbours of each vertex, as bits
Edges = tuple[tuple[int, int], ...]
Permutation = tuple[int, ...]


@dataclass(frozen=True)
class Isomer:
    """One constitution: an element a vertex, and the order of the bond between two vertices."""

    elements: tuple[str, ...]
    bonds: tuple[tuple[int, int, int], ...]

    def smiles(self, *, kekule: bool = False) -> str:
        """The canonical SMILES, aromatic where RDKit finds it so and no Kekulé form is asked for."""
        mol = Chem.RWMol()
        for element in self.elements:
            mol.AddAtom(Chem.Atom(element))
        for begin, end, order in self.bonds:
            mol.AddBond(begin, end, Chem.BondType.values[order])
        Chem.SanitizeMol(mol)
        if kekule:
            mol = Chem.RWMol(mol)
            for bond, (_, _, order) in zip(mol.GetBonds(), self.bonds, strict=True):
                bond.SetIsAromatic(False)
                bond.SetBondType(Chem.BondType.values[order])
            for atom in mol.GetAtoms():
                atom.SetIsAromatic(False)
        return Chem.MolToSmiles(mol)


class OutOfTime(Exception):
    """The search was stopped before its end."""


def unsaturation(counts: Mapping[str, int]) -> float:
    """Rings plus extra bonds (degree of unsaturation); not an integer, or negative, where no closed shell fits."""
    return 1 + (sum(n * (VALENCES.get(element, 1) - 2) for element, n in counts.items())) / 2


def valence_words(counts: Mapping[str, int]) -> str:
    """What a sentence on a formula must add: " with nitrogen trivalent and sulfur divalent"."""
    words = {"N": "nitrogen trivalent", "P": "phosphorus trivalent", "S": "sulfur divalent"}
    special = [text for element, text in words.items() if counts.get(element)]
    return f" with {' and '.join(special)}" if special else ""


def constitutional_isomers(counts: Mapping[str, int], deadline: float) -> Iterator[Isomer]:
    """The isomers of a formula (element to count, hydrogens included), acyclic ones first.

    ``deadline`` is a value of ``time.monotonic``; raises ``OutOfTime`` when it has passed and isomers may be missing.
    """
    heavy = {element: n for element, n in sorted(counts.items()) if element != "H" and n}
    extra = unsaturation(counts)
    if extra < 0 or extra != int(extra):
        return
    if not heavy:
        return
    size = sum(heavy.values())
    for graph in connected_graphs(size, int(extra), deadline):
        yield from _isomers_of_graph(graph, heavy, int(extra), deadline)


def _isomers_of_graph(graph: Graph, heavy: Mapping[str, int], extra: int, deadline: float) -> Iterator[Isomer]:
    edges = _edges(graph)
    to_place = extra - _cycles(graph)
    symmetries = _automorphisms(graph)
    six_rings = _six_rings(graph, edges)
    number = {frozenset(edge): index for index, edge in enumerate(edges)}
    for elements in _colourings(graph, heavy, symmetries):
        if time.monotonic() > deadline:
            raise OutOfTime
        kept = [one for one in symmetries if all(elements[image] == elements[at] for at, image in enumerate(one))]
        moves = [tuple(number[frozenset((one[a], one[b]))] for a, b in edges) for one in kept[1:]]
        free = [VALENCES[element] - neighbours.bit_count() for element, neighbours in zip(elements, graph, strict=True)]
        seen: set[tuple[int, ...]] = set()
        for orders in _extra_bonds(edges, free, to_place):
            if moves or six_rings:
                if orders in seen:
                    continue
                _add_equivalent(orders, moves, six_rings, seen)
            yield Isomer(elements, tuple((a, b, 1 + order) for (a, b), order in zip(edges, orders, strict=True)))


def _add_equivalent(
    orders: tuple[int, ...], moves: list[Permutation], rings: list[tuple[int, ...]], seen: set[tuple[int, ...]]
) -> None:
    """Add to ``seen`` all that symmetry and turning over alternating six-rings make of ``orders``, itself included."""
    waiting = [orders]
    seen.add(orders)
    while waiting:
        current = waiting.pop()
        images = []
        for move in moves:
            image = [0] * len(current)
            for edge, target in enumerate(move):
                image[target] = current[edge]
            images.append(tuple(image))
        for ring in rings:
            if {current[edge] for edge in ring[::2]} | {current[edge] for edge in ring[1::2]} == {0, 1} and (
                len({current[edge] for edge in ring[::2]}) == len({current[edge] for edge in ring[1::2]}) == 1
            ):
                turned = list(current)
                for edge in ring:
                    turned[edge] = 1 - turned[edge]
                images.append(tuple(turned))
        for one in images:
            if one not in seen:
                seen.add(one)
                waiting.append(one)


def _extra_bonds(edges: Edges, free: list[int], to_place: int) -> Iterator[tuple[int, ...]]:
    """Every way to raise bond orders by ``to_place`` in all, within the free valences of the atoms."""
    orders = [0] * len(edges)
    left = list(free)

    def place(edge: int, remaining: int) -> Iterator[tuple[int, ...]]:
        if remaining == 0:
            yield tuple(orders)
            return
        if edge == len(edges) or sum(left) < 2 * remaining:
            return
        a, b = edges[edge]
        for order in range(min(MOST_EXTRA, left[a], left[b], remaining) + 1):
            orders[edge] = order
            left[a] -= order
            left[b] -= order
            yield from place(edge + 1, remaining - order)
            left[a] += order
            left[b] += order
        orders[edge] = 0

    yield from place(0, to_place)


def _colourings(graph: Graph, heavy: Mapping[str, int], symmetries: list[Permutation]) -> Iterator[tuple[str, ...]]:
    """Every way to put the elements on the vertices within their valences, one of each orbit of the symmetries."""
    degrees = [neighbours.bit_count() for neighbours in graph]
    left = dict(heavy)
    placed: list[str] = []
    seen: set[tuple[str, ...]] = set()

    def place() -> Iterator[tuple[str, ...]]:
        if len(placed) == len(graph):
            yield tuple(placed)
            return
        for element in left:
            if left[element] and VALENCES[element] >= degrees[len(placed)]:
                left[element] -= 1
                placed.append(element)
                yield from place()
                placed.pop()
                left[element] += 1

    for elements in place():
        if len(symmetries) > 1:
            if elements in seen:
                continue
            seen.update(tuple([elements[image] for image in one]) for one in symmetries)
        yield elements


def connected_graphs(size: int, most_cycles: int, deadline: float) -> tuple[Graph, ...]:
    """The connected graphs of ``size`` vertices, none with over 4 neighbours, with at most ``most_cycles`` rings.

    Each has a vertex whose removal leaves it connected, so that all come from those with one vertex less.
    """
    if size == 1:
        return ((0,),)
    found: dict[Graph, None] = {}
    for smaller in connected_graphs(size - 1, most_cycles, deadline):
        if time.monotonic() > deadline:
            raise OutOfTime
        open_to = [vertex for vertex, neighbours in enumerate(smaller) if neighbours.bit_count() < MOST_NEIGHBOURS]
        most = min(MOST_NEIGHBOURS, 1 + most_cycles - _cycles(smaller))
        for degree in range(1, most + 1):
            for joined in itertools.combinations(open_to, degree):
                graph = [*smaller, sum(1 << vertex for vertex in joined)]
                for vertex in joined:
                    graph[vertex] |= 1 << (size - 1)
                if _last_is_foremost(graph):
                    found.setdefault(_canonical(tuple(graph)))
    return tuple(sorted(found, key=lambda graph: (_cycles(graph), graph)))


def _last_is_foremost(graph: list[int]) -> bool:
    """Whether no removable vertex ranks above the last one: each graph need only be made by adding its foremost."""
    degrees = [neighbours.bit_count() for neighbours in graph]
    ranks = [
        (degrees[vertex], sorted(degrees[other] for other in _bits(graph[vertex]))) for vertex in range(len(graph))
    ]
    return not any(rank > ranks[-1] and _removable(graph, vertex) for vertex, rank in enumerate(ranks))


def _removable(graph: list[int], vertex: int) -> bool:
    """Whether the graph stays connected without the vertex."""
    rest = ((1 << len(graph)) - 1) & ~(1 << vertex)
    reached = rest & -rest
    border = reached
    while border:
        near = 0
        for one in _bits(border):
            near |= graph[one]
        border = near & rest & ~reached
        reached |= border
    return reached == rest


def _canonical(graph: Graph) -> Graph:
    """The smallest form of the graph over all numberings that its refined vertex classes allow."""
    best: Graph | None = None
    waiting = [_refined(graph, (0,) * len(graph))]
    while waiting:
        classes = waiting.pop()
        split = _first_class(classes)
        if split is None:
            position = {
                vertex: place for place, vertex in enumerate(sorted(range(len(graph)), key=classes.__getitem__))
            }
            form = [0] * len(graph)
            for vertex, neighbours in enumerate(graph):
                form[position[vertex]] = sum(1 << position[other] for other in _bits(neighbours))
            if best is None or tuple(form) < best:
                best = tuple(form)
            continue
        tried: set[int] = set()
        for vertex in split:
            if graph[vertex] in tried:  # a twin: the same neighbours give the same form
                continue
            tried.add(graph[vertex])
            waiting.append(_refined(graph, tuple(2 * one - (at == vertex) for at, one in enumerate(classes))))
    assert best is not None
    return best


def _refined(graph: Graph, classes: tuple[int, ...]) -> tuple[int, ...]:
    """Split the classes by the classes of the neighbours until nothing changes; numbered in an order free of labels."""
    parts = len(set(classes))
    while True:
        keys = [(classes[at], sorted(classes[other] for other in _bits(near))) for at, near in enumerate(graph)]
        order = sorted({(one, tuple(near)) for one, near in keys})
        number = {key: place for place, key in enumerate(order)}
        classes = tuple(number[one, tuple(near)] for one, near in keys)
        if len(order) == parts:
            return classes
        parts = len(order)


def _first_class(classes: tuple[int, ...]) -> list[int] | None:
    """The vertices of the first class that holds more than one, or None."""
    for one in sorted(set(classes)):
        members = [vertex for vertex, other in enumerate(classes) if other == one]
        if len(members) > 1:
            return members
    return None


def _automorphisms(graph: Graph) -> list[Permutation]:
    """All renumberings that leave the graph as it is, the identity first."""
    classes = _refined(graph, (0,) * len(graph))
    found: list[Permutation] = []
    images: list[int] = []

    def extend(used: int) -> None:
        vertex = len(images)
        if vertex == len(graph):
            found.append(tuple(images))
            return
        for image in range(len(graph)):
            if used >> image & 1 or classes[image] != classes[vertex]:
                continue
            if all((graph[vertex] >> at & 1) == (graph[image] >> images[at] & 1) for at in range(vertex)):
                images.append(image)
                extend(used | 1 << image)
                images.pop()

    extend(0)
    return found


def _six_rings(graph: Graph, edges: Edges) -> list[tuple[int, ...]]:
    """The rings of six vertices, each once, as edge numbers in their order round the ring."""
    number = {frozenset(edge): index for index, edge in enumerate(edges)}
    rings = []

    def walk(path: list[int]) -> None:
        if len(path) == 6:
            if graph[path[-1]] >> path[0] & 1 and path[1] < path[-1]:
                rings.append(tuple(number[frozenset((path[at], path[at - 1]))] for at in range(6)))
            return
        for following in _bits(graph[path[-1]]):
            if following > path[0] and following not in path:
                walk([*path, following])

    for start in range(len(graph)):
        walk([start])
    return rings


def _edges(graph: Graph) -> Edges:
    return tuple((a, b) for a, near in enumerate(graph) for b in _bits(near) if a < b)


def _cycles(graph: Graph) -> int:
    return sum(near.bit_count() for near in graph) // 2 - len(graph) + 1


def _bits(number: int) -> list[int]:
    found = []
    while number:
        low = number & -number
        found.append(low.bit_length() - 1)
        number ^= low
    return found

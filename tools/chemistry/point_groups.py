"""The point group of a set of atoms in space: the operations that carry it into itself, and the Schoenflies symbol they make.

Every operation is found, not looked for by kind: it leaves the centre where it is and carries one pair of atoms onto a pair
like it, which leaves two orthogonal matrices for each such pair. The symbol follows from how many operations there are and
which of them turn, mirror and invert (any textbook of group theory, such as F. A. Cotton, Chemical Applications of Group
Theory, 3rd ed., section 3.14).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

LARGEST_AXIS = 20  # of rotations; a molecule with a higher one would be called linear
_PARALLEL = 1e-2


def is_linear(places: np.ndarray, tolerance: float) -> bool:
    """Whether all atoms (n × 3, Å) lie within ``tolerance`` of one line."""
    centred = places - places.mean(axis=0)
    return bool(np.linalg.svd(centred, full_matrices=False)[1][1:].max(initial=0.0) < tolerance)


def schoenflies(kinds: Sequence[object], places: np.ndarray, tolerance: float) -> str | None:
    """The symbol of the point group of atoms of these kinds at ``places`` (n × 3, Å), each carried at most ``tolerance`` Å
    beside its image; D∞h is written ``"D*h"``. None where the operations found at this tolerance make no group.
    """
    if len(kinds) == 1:
        return "Kh"
    centred = np.asarray(places, dtype=float) - np.mean(places, axis=0)
    if is_linear(centred, tolerance):
        return "D*h" if _carries(-np.eye(3), list(kinds), centred, tolerance) else "C*v"
    return _symbol(list(_operations(list(kinds), centred, tolerance)))


def group_order(symbol: str) -> float:
    """The number of operations of a group; infinite for those of straight molecules."""
    if "*" in symbol:
        return np.inf
    fixed = {"Cs": 2, "Ci": 2, "T": 12, "Td": 24, "Th": 24, "O": 24, "Oh": 48, "I": 60, "Ih": 120}
    if symbol in fixed:
        return fixed[symbol]
    order = int("".join(c for c in symbol if c.isdigit()))
    return order * (2 if symbol[0] == "D" else 1) * (2 if symbol[-1] in "hvd" else 1)


def _operations(kinds: list[object], places: np.ndarray, tolerance: float) -> Iterator[np.ndarray]:
    """The orthogonal matrices that carry the atoms onto atoms of their kind, the identity among them."""
    distances = np.linalg.norm(places, axis=1)
    first, second = _reference(kinds, places, distances, tolerance)
    frame = _frame(places[first], places[second])
    apart = np.linalg.norm(places[first] - places[second])
    found: list[np.ndarray] = []
    for one, other in itertools.permutations(range(len(kinds)), 2):
        if kinds[one] != kinds[first] or kinds[other] != kinds[second]:
            continue
        if abs(distances[one] - distances[first]) > tolerance or abs(distances[other] - distances[second]) > tolerance:
            continue
        if abs(np.linalg.norm(places[one] - places[other]) - apart) > 2 * tolerance:
            continue
        image = _frame(places[one], places[other])
        for handed in (1.0, -1.0):
            rough = image @ np.diag((1.0, 1.0, handed)) @ frame.T
            if (matrix := _refined(rough, kinds, places, tolerance)) is not None and not any(
                np.abs(matrix - known).max() < 0.05 for known in found
            ):
                found.append(matrix)
                yield matrix


def _reference(kinds: list[object], places: np.ndarray, distances: np.ndarray, tolerance: float) -> tuple[int, int]:
    """Two atoms, not in line with the centre, of which there are few of the kind and at the distance."""
    alike = [
        sum(
            kinds[at] == kinds[other] and abs(distances[at] - distances[other]) <= tolerance
            for other in range(len(kinds))
        )
        for at in range(len(kinds))
    ]
    pairs = [
        (alike[one] * alike[other], -area, one, other)
        for one, other in itertools.combinations(range(len(kinds)), 2)
        if (area := float(np.linalg.norm(np.cross(places[one], places[other])))) > 0.3
    ]
    return min(pairs)[2:] if pairs else _widest(places)


def _widest(places: np.ndarray) -> tuple[int, int]:
    pairs = itertools.combinations(range(len(places)), 2)
    return max(pairs, key=lambda pair: float(np.linalg.norm(np.cross(places[pair[0]], places[pair[1]]))))


def _frame(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Columns: the unit vector of ``first``, of the part of ``second`` across it, and of their cross product."""
    along = first / np.linalg.norm(first)
    across = second - along * (along @ second)
    across = across / (np.linalg.norm(across) or 1.0)
    return np.column_stack((along, across, np.cross(along, across)))


def _images(matrix: np.ndarray, kinds: list[object], places: np.ndarray) -> tuple[list[int], float]:
    """For each atom the nearest of its kind to where the matrix carries it, and the largest distance to it in Å."""
    moved = places @ matrix.T
    apart = np.linalg.norm(moved[:, None, :] - places[None, :, :], axis=2)
    same = np.array([[one == other for other in kinds] for one in kinds])
    apart = np.where(same, apart, np.inf)
    nearest = apart.argmin(axis=1)
    return nearest.tolist(), float(apart[np.arange(len(kinds)), nearest].max())


def _carries(matrix: np.ndarray, kinds: list[object], places: np.ndarray, tolerance: float) -> bool:
    nearest, worst = _images(matrix, kinds, places)
    return worst <= tolerance and len(set(nearest)) == len(kinds)


def _refined(rough: np.ndarray, kinds: list[object], places: np.ndarray, tolerance: float) -> np.ndarray | None:
    """The orthogonal matrix that best carries the atoms as the rough one does (Kabsch 1976), or None where one misses."""
    nearest, worst = _images(rough, kinds, places)
    if worst > 4 * tolerance or len(set(nearest)) < len(kinds):
        return None
    left, _, right = np.linalg.svd(places[nearest].T @ places)
    handed = np.sign(np.linalg.det(rough))
    matrix = left @ np.diag((1.0, 1.0, handed * np.sign(np.linalg.det(left @ right)))) @ right
    return matrix if _carries(matrix, kinds, places, tolerance) else None


def _symbol(operations: list[np.ndarray]) -> str | None:
    proper = [matrix for matrix in operations if np.linalg.det(matrix) > 0]
    improper = [matrix for matrix in operations if np.linalg.det(matrix) < 0]
    if improper and len(improper) != len(proper):
        return None
    axes = [axis for matrix in proper if (axis := _axis(matrix)) is not None]
    mirrors = [_axis(-matrix) for matrix in improper if abs(np.trace(matrix) - 1) < _PARALLEL * 10]
    inversion = any(abs(np.trace(matrix) + 3) < _PARALLEL * 10 for matrix in improper)
    turns = len(proper)
    if turns == 1:
        if not improper:
            return "C1"
        return "Ci" if inversion else "Cs"
    main = max(axes, key=lambda axis: sum(_parallel(axis, other) for other in axes))
    order = sum(_parallel(main, other) for other in axes) + 1
    cubic = {12: ("T", "Td", "Th"), 24: ("O", "", "Oh"), 60: ("I", "", "Ih")}
    if turns not in (order, 2 * order):
        names = cubic.get(turns)
        return None if names is None else names[0 if not improper else 2 if inversion else 1] or None
    flat = any(axis is not None and _parallel(axis, main) for axis in mirrors)
    upright = any(axis is not None and abs(axis @ main) < 0.1 for axis in mirrors)
    if order > LARGEST_AXIS:
        return None
    if turns == order:
        if not improper:
            return f"C{order}"
        return f"C{order}h" if flat else f"C{order}v" if upright else f"S{2 * order}"
    if not improper:
        return f"D{order}"
    return f"D{order}h" if flat else f"D{order}d"


def _axis(matrix: np.ndarray) -> np.ndarray | None:
    """The unit vector that a rotation leaves where it is; None for the identity."""
    if np.abs(matrix - np.eye(3)).max() < 0.05:
        return None
    values, vectors = np.linalg.eig(matrix)
    axis = np.real(vectors[:, int(np.abs(values - 1).argmin())])
    return axis / np.linalg.norm(axis)


def _parallel(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(abs(one @ other) > 1 - _PARALLEL)

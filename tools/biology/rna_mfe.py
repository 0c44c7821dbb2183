"""The secondary structure of least free energy: Zuker and Stiegler's dynamic programming over all nested structures.

Three tables over positions i <= j (Zuker and Stiegler, Nucleic Acids Res. 1981, 9, 133): the least energy of i..j closed by the
pair i-j, of i..j as a part of a multiloop with one stem or more, and of the chain up to j. The first two are filled one
diagonal at a time with numpy; O(n³) in time, O(n²) in memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.biology.rna_energies import LONGEST_LOOP, NONE, SHORTEST_HAIRPIN, TURNED, Energies, pair_types

_LEAST_SPAN = SHORTEST_HAIRPIN + 1


@dataclass(frozen=True)
class Loop:
    """``i`` and ``j`` close it (from 0; -1 for the exterior loop); ``energy`` in 0.01 kcal/mol."""

    kind: str
    i: int
    j: int
    energy: int


@dataclass(frozen=True)
class Folding:
    """``pairs[i]`` is the partner of i or -1; ``energy``, in 0.01 kcal/mol, is the sum over ``loops``."""

    pairs: tuple[int, ...]
    loops: tuple[Loop, ...]
    energy: int


class Folder:
    """The tables of one RNA; ``bases`` are numbers, ``letters`` the same in A, C, G and U."""

    def __init__(self, letters: str, bases: list[int], energies: Energies) -> None:
        self.letters, self.bases, self.energies = letters, bases, energies
        self.length = len(bases)
        self.types = pair_types(bases)
        shape = (self.length, self.length)
        self.closed = np.full(shape, NONE, dtype=np.int32)
        self.multi = np.full(shape, NONE, dtype=np.int32)
        self.split = np.full(shape, NONE, dtype=np.int32)  # two stems or more
        self._inner = _InnerLoops(self)
        for span in range(_LEAST_SPAN, self.length):
            self._fill(span)
        self.upto = self._exterior()

    def _fill(self, span: int) -> None:
        """All i with j = i + ``span``."""
        starts = np.flatnonzero(np.diagonal(self.types, span) >= 0)
        if len(starts):
            ends = starts + span
            hairpins = np.array([self.hairpin(int(i), int(i) + span) for i in starts], dtype=np.int32)
            best = np.minimum(hairpins, self._inner.best(starts, ends))
            if span > 2 * _LEAST_SPAN:
                best = np.minimum(best, self.split[starts + 1, ends - 1] + self._closings(starts, ends))
            self.closed[starts, ends] = np.minimum(best, NONE)
            self._inner.note(starts, ends)
        for i in range(self.length - span):
            j = i + span
            self.split[i, j] = self._best_split(i, j)
            one = self.closed[i, j] + self.stem(i, j) if self.closed[i, j] < NONE else NONE
            self.multi[i, j] = min(one, self.split[i, j], self.multi[i + 1, j], self.multi[i, j - 1], NONE)

    def _best_split(self, i: int, j: int) -> int:
        first, last = (
            i + _LEAST_SPAN,
            j - _LEAST_SPAN,
        )  # of the left part's ends, and one before the right part's starts
        if first >= last:
            return NONE
        return min(int((self.multi[i, first:last] + self.multi[first + 1 : last + 1, j]).min()), NONE)

    def _closings(self, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """The pair that closes a multiloop is a stem of it, seen from inside."""
        bases = np.asarray(self.bases)
        pairs = TURNED[self.types[starts, ends]]
        energies = self.energies
        weak = np.array([energies.weak(pair) for pair in range(6)])
        return (
            energies.closing
            + energies.stem
            + energies.mismatches["multi"][pairs, bases[ends - 1], bases[starts + 1]]
            + weak[pairs]
        )

    def hairpin(self, i: int, j: int) -> int:
        return self.energies.hairpin_loop(int(self.types[i, j]), self.bases[i + 1 : j], self.letters[i : j + 1])

    def stem(self, i: int, j: int) -> int:
        """As a stem of a multiloop; at an end of the chain, where no multiloop can be, nothing is added."""
        if i == 0 or j == self.length - 1:
            return NONE
        return self.energies.multi_stem(int(self.types[i, j]), self.bases[i - 1], self.bases[j + 1])

    def outer(self, i: int, j: int) -> int:
        """As a stem of the exterior loop."""
        five = self.bases[i - 1] if i else None
        three = self.bases[j + 1] if j + 1 < self.length else None
        return self.energies.exterior_stem(int(self.types[i, j]), five, three)

    def interior(self, i: int, j: int, p: int, q: int) -> int:
        inner = int(TURNED[self.types[p, q]])
        return self.energies.interior_loop(int(self.types[i, j]), inner, self.bases[i + 1 : p], self.bases[q + 1 : j])

    def _exterior(self) -> list[int]:
        """``upto[j]``: the least energy of the first j bases."""
        upto = [0] * (self.length + 1)
        for j in range(1, self.length + 1):
            best = upto[j - 1]
            for i in range(j - _LEAST_SPAN):
                if self.closed[i, j - 1] < NONE:
                    best = min(best, upto[i] + int(self.closed[i, j - 1]) + self.outer(i, j - 1))
            upto[j] = best
        return upto


class _InnerLoops:
    """The best interior loop, bulge or stack under every pair of a diagonal.

    Most loops cost the sum of a term of their size, one of the outer and one of the inner pair: for these, ``tables`` keep what
    is under an inner pair with its own term; the small ones are looked up whole.
    """

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        energies, length = folder.energies, folder.length
        self.bases = np.asarray(folder.bases)
        self.tables = {
            kind: np.full(length * length, NONE, dtype=np.int32)
            for kind in ("internal", "internal_1n", "internal_23", "bulge")
        }
        self.weak = np.array([energies.weak(pair) for pair in range(6)], dtype=np.int32)
        self.sizes: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
        gathered: dict[str, list[tuple[int, int, int]]] = {kind: [] for kind in self.tables}
        for before in range(LONGEST_LOOP + 1):
            for behind in range(LONGEST_LOOP + 1 - before):
                if (kind := _kind(before, behind)) is not None:
                    gathered[kind].append(
                        (before + behind, (1 + before) * length - 1 - behind, self._of_size(kind, before, behind))
                    )
        for kind, found in gathered.items():
            found.sort()
            unpaired, offsets, costs = (np.array(column, dtype=np.int64) for column in zip(*found, strict=True))
            self.sizes[kind] = unpaired, offsets, costs.astype(np.int32)

    def _of_size(self, kind: str, before: int, behind: int) -> int:
        energies = self.folder.energies
        if kind == "bulge":
            return energies.of_length(energies.bulge, before + behind)
        return energies.of_length(energies.internal, before + behind) + energies.unequal(abs(before - behind))

    def note(self, starts: np.ndarray, ends: np.ndarray) -> None:
        """Pairs whose energy is known can be inner ones from here on."""
        folder = self.folder
        length, closed = folder.length, folder.closed[starts, ends]
        inner = TURNED[folder.types[starts, ends]]
        self.tables["bulge"][starts * length + ends] = closed + self.weak[inner]
        inside = (starts > 0) & (ends < length - 1)
        starts, ends, inner, closed = starts[inside], ends[inside], inner[inside], closed[inside]
        for kind in ("internal", "internal_1n", "internal_23"):
            beside = folder.energies.mismatches[kind][inner, self.bases[ends + 1], self.bases[starts - 1]]
            self.tables[kind][starts * length + ends] = closed + beside

    def best(self, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        folder = self.folder
        pairs = folder.types[starts, ends]
        best = np.full(len(starts), NONE, dtype=np.int32)
        room = int(ends[0] - starts[0]) - 1 - (_LEAST_SPAN + 1)  # unpaired bases that leave a pair within
        if room < 0:
            return best
        flat = starts * folder.length + ends
        for kind, (unpaired, offsets, costs) in self.sizes.items():
            if fitting := int(np.searchsorted(unpaired, room, side="right")):
                under = self.tables[kind][flat[:, None] + offsets[None, :fitting]] + costs[None, :fitting]
                if kind == "bulge":
                    outer = self.weak[pairs]
                else:
                    outer = folder.energies.mismatches[kind][pairs, self.bases[starts + 1], self.bases[ends - 1]]
                best = np.minimum(best, under.min(axis=1) + outer)
        for before, behind in _LOOKED_UP:
            if before + behind <= room:
                best = np.minimum(best, self._looked_up(starts, ends, pairs, before, behind))
        return best

    def _looked_up(
        self, starts: np.ndarray, ends: np.ndarray, pairs: np.ndarray, before: int, behind: int
    ) -> np.ndarray:
        folder, energies, bases = self.folder, self.folder.energies, self.bases
        p, q = starts + 1 + before, ends - 1 - behind
        inner = TURNED[folder.types[p, q]]  # of no pair: any value, as ``closed`` is NONE there
        match before, behind:
            case 0, 0:
                loop = energies.stack[pairs, inner]
            case (0, 1) | (1, 0):
                loop = energies.bulge[1] + energies.stack[pairs, inner]
            case 1, 1:
                loop = energies.one_by_one[pairs, inner, bases[starts + 1], bases[ends - 1]]
            case 1, 2:
                loop = energies.one_by_two[pairs, inner, bases[starts + 1], bases[q + 1], bases[ends - 1]]
            case 2, 1:
                loop = energies.one_by_two[inner, pairs, bases[q + 1], bases[starts + 1], bases[p - 1]]
            case _:
                loop = energies.two_by_two[pairs, inner, bases[starts + 1], bases[p - 1], bases[q + 1], bases[ends - 1]]
        return folder.closed[p, q] + loop


_LOOKED_UP = ((0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 1), (2, 2))


def _kind(before: int, behind: int) -> str | None:
    """Which sum a loop with so many unpaired bases on its sides is; None for those that are looked up whole."""
    less, more = sorted((before, behind))
    if (before, behind) in _LOOKED_UP:
        return None
    if less == 0:
        return "bulge"
    if less == 1:
        return "internal_1n"
    return "internal_23" if (less, more) == (2, 3) else "internal"

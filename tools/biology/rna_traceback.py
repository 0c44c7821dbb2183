"""From the tables of least energies to a structure that has it, with the loops that it is made of."""

from __future__ import annotations

from tools.biology.rna_energies import LONGEST_LOOP, NONE, TURNED
from tools.biology.rna_mfe import Folder, Folding, Loop

_LEAST_SPAN = 4


def least_energy_folding(folder: Folder) -> Folding:
    """One structure of the least free energy; of several, the first that is met."""
    pairs = [-1] * folder.length
    loops: list[Loop] = []
    stems, exterior = _exterior_stems(folder)
    loops.append(Loop("exterior", -1, -1, exterior))
    while stems:
        i, j = stems.pop()
        pairs[i], pairs[j] = j, i
        loop, inner = _closed(folder, i, j)
        loops.append(loop)
        stems += inner
    loops.sort(key=lambda loop: loop.i)
    return Folding(tuple(pairs), tuple(loops), sum(loop.energy for loop in loops))


def _exterior_stems(folder: Folder) -> tuple[list[tuple[int, int]], int]:
    stems, energy, end = [], 0, folder.length
    while end > 0:
        if folder.upto[end] == folder.upto[end - 1]:
            end -= 1
            continue
        last = end - 1
        for i in range(end - _LEAST_SPAN):
            if folder.closed[i, last] < NONE:
                outer = folder.outer(i, last)
                if folder.upto[end] == folder.upto[i] + int(folder.closed[i, last]) + outer:
                    stems.append((i, last))
                    energy += outer
                    end = i
                    break
    return stems, energy


def _closed(folder: Folder, i: int, j: int) -> tuple[Loop, list[tuple[int, int]]]:
    """The loop that the pair i-j closes in its best structure, and the pairs inside it."""
    wanted = int(folder.closed[i, j])
    if folder.hairpin(i, j) == wanted:
        return Loop("hairpin", i, j, wanted), []
    for before in range(min(LONGEST_LOOP, j - i - 2 - _LEAST_SPAN) + 1):
        for behind in range(min(LONGEST_LOOP - before, j - i - 2 - _LEAST_SPAN - before) + 1):
            p, q = i + 1 + before, j - 1 - behind
            if folder.closed[p, q] < NONE:
                energy = folder.interior(i, j, p, q)
                if energy + int(folder.closed[p, q]) == wanted:
                    kind = "stack" if not before + behind else "bulge" if not before * behind else "interior loop"
                    return Loop(kind, i, j, energy), [(p, q)]
    stems = _split(folder, i + 1, j - 1)
    closing = folder.energies.closing + folder.energies.multi_stem(
        int(TURNED[folder.types[i, j]]), folder.bases[j - 1], folder.bases[i + 1]
    )
    return Loop("multiloop", i, j, closing + sum(folder.stem(p, q) for p, q in stems)), stems


def _split(folder: Folder, i: int, j: int) -> list[tuple[int, int]]:
    """The stems of i..j, two or more."""
    wanted = int(folder.split[i, j])
    for middle in range(i + _LEAST_SPAN, j - _LEAST_SPAN):
        if int(folder.multi[i, middle]) + int(folder.multi[middle + 1, j]) == wanted:
            return _parts(folder, i, middle) + _parts(folder, middle + 1, j)
    raise AssertionError("the table of multiloops holds a value that no split has")


def _parts(folder: Folder, i: int, j: int) -> list[tuple[int, int]]:
    """The stems of i..j, one or more; unpaired bases of a multiloop cost nothing."""
    while True:
        wanted = int(folder.multi[i, j])
        if wanted == int(folder.multi[i + 1, j]):
            i += 1
        elif wanted == int(folder.multi[i, j - 1]):
            j -= 1
        elif folder.closed[i, j] < NONE and wanted == int(folder.closed[i, j]) + folder.stem(i, j):
            return [(i, j)]
        else:
            return _split(folder, i, j)

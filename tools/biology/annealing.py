"""Where a primer anneals to a double-stranded template, and with which of its bases.

A primer is written 5' to 3' and is extended from its 3' end, so that its 3' bases must pair; what stands before them may
pair, too, or be a tail. Positions here count from 0, ends are excluded, and both are of the template's given strand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tools.biology.restriction_enzymes import CODES, reverse_complement

_BITS = {"A": 1, "C": 2, "G": 4, "T": 8}
_MISMATCH_COST = (
    3  # a base before a mismatch belongs to the annealing part if more than three pairs follow for each mismatch
)
_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Site:
    """``strand`` 1: the primer reads like the given strand and is extended to higher positions; -1: the other way.

    ``start`` to ``end`` is the part of the template that pairs (``end`` beyond the length where it crosses the origin of a
    circle); ``run`` counts the pairs from the 3' end to the first mismatch; ``mismatches`` are positions in the primer
    from its 5' end, counted from 1, within the part that anneals; ``tail`` is how many 5' bases do not anneal.
    """

    primer: str
    strand: Literal[1, -1]
    start: int
    end: int
    run: int
    tail: int
    mismatches: tuple[int, ...]


@dataclass(frozen=True)
class NearestPlace:
    """The place with most pairs, where a primer does not anneal: ``unpaired`` are positions in the primer from 1."""

    strand: Literal[1, -1]
    start: int
    end: int
    unpaired: tuple[int, ...]


def annealing_sites(primer: str, residues: str, template: str, minimum: int, circular: bool) -> list[Site]:
    """All places where at least ``minimum`` bases at the 3' end of ``residues`` pair without a mismatch, from low to high.

    A code in the primer pairs with each base that it stands for; a code in the template pairs with nothing.
    """
    sites = []
    for strand, along in ((1, template), (-1, reverse_complement(template))):
        runs, rows = _runs(residues, along, circular)
        for end in np.flatnonzero(runs >= minimum) + 1:
            pairs = _pairs(residues, along, circular, rows, int(end))
            tail, mismatches = _annealing_part(pairs)
            start = int(end) - (len(residues) - tail)
            place = (start, int(end)) if strand == 1 else (len(template) - int(end), len(template) - start)
            shift = len(template) if circular and place[0] < 0 else 0
            sites.append(
                Site(primer, strand, place[0] + shift, place[1] + shift, int(runs[end - 1]), tail, mismatches)  # type: ignore[arg-type]
            )
    return sorted(sites, key=lambda site: (site.start, -site.strand))


def nearest_place(residues: str, template: str, circular: bool) -> NearestPlace:
    """Where most bases of a primer pair, wherever its mismatches are."""
    best: tuple[int, int, str, int] | None = None
    for strand, along in ((1, template), (-1, reverse_complement(template))):
        window = _windows(residues, along, circular)
        for first in range(0, len(window), _ROWS_AT_ONCE):
            counts = (window[first : first + _ROWS_AT_ONCE] & _bits(residues) != 0).sum(axis=1)
            at = int(counts.argmax())
            if best is None or counts[at] > best[0]:
                best = (int(counts[at]), strand, along, first + at + 1)
    assert best is not None
    _, strand, along, end = best
    pairs = (_windows(residues, along, circular)[end - 1] & _bits(residues)) != 0
    unpaired = tuple(int(at) + 1 for at in np.flatnonzero(~pairs))
    start = end - len(residues)
    place = (start, end) if strand == 1 else (len(template) - end, len(template) - start)
    return NearestPlace(strand, *place, unpaired)  # type: ignore[arg-type]


def _runs(residues: str, along: str, circular: bool) -> tuple[np.ndarray, np.ndarray]:
    """For each end of the primer's 3' base on ``along``: how many bases pair from there without a mismatch; and the windows."""
    window = _windows(residues, along, circular)
    runs = np.zeros(len(window), dtype=np.int32)
    still = np.arange(len(window))
    bits = _bits(residues)
    for back in range(len(residues)):
        at = len(residues) - 1 - back
        still = still[(window[still, at] & bits[at]) != 0]
        if not len(still):
            break
        runs[still] = back + 1
    return runs, window


def _windows(residues: str, along: str, circular: bool) -> np.ndarray:
    """Row i: the template's bits under the primer when its 3' base lies at i; zeros before the start of a linear one."""
    bits = _bits(along, exact=True)
    before = len(residues) - 1
    lead = np.resize(bits[::-1], before)[::-1] if circular else np.zeros(before, dtype=np.uint8)
    return np.lib.stride_tricks.sliding_window_view(np.concatenate([lead, bits]), len(residues))


def _bits(letters: str, exact: bool = False) -> np.ndarray:
    """``exact``: codes that stand for several bases have no bit, as which of them is there is unknown."""
    table = np.zeros(128, dtype=np.uint8)
    for letter, bases in CODES.items():
        table[ord(letter)] = sum(_BITS[base] for base in bases) if not exact or len(bases) == 1 else 0
    return table[np.frombuffer(letters.encode("ascii"), dtype=np.uint8)]


def _pairs(residues: str, along: str, circular: bool, rows: np.ndarray, end: int) -> list[bool]:
    return list((rows[end - 1] & _bits(residues)) != 0)


def _annealing_part(pairs: list[bool]) -> tuple[int, tuple[int, ...]]:
    """How many 5' bases are a tail, and where mismatches stand in the rest (positions from 1)."""
    score = best = 0
    tail = len(pairs)
    for at in range(len(pairs) - 1, -1, -1):
        score += 1 if pairs[at] else -_MISMATCH_COST
        if pairs[at] and score > best:
            best, tail = score, at
    return tail, tuple(at + 1 for at in range(tail, len(pairs)) if not pairs[at])

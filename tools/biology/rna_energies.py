"""Free energies of the loops of an RNA secondary structure: nearest neighbours, Turner 2004, in units of 0.01 kcal/mol.

``assets/tables/turner_2004.tsv`` has free energies at 37 °C and enthalpies; at another temperature a term is
H - (H - G) T / 310.15 K. Every stem end of a multiloop or of the exterior loop gets the mismatch of the bases beside it, as
in ViennaRNA's default (-d2). Bases are numbers: A 0, C 1, G 2, U 3; pairs: CG 0, GC 1, GU 2, UG 3, AU 4, UA 5, none -1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

TABLE = Path(__file__).resolve().parents[2] / "assets" / "tables" / "turner_2004.tsv"
BASES = "ACGU"
PAIRS = ("CG", "GC", "GU", "UG", "AU", "UA")
NONE = 10_000_000  # more than any energy: impossible
LONGEST_LOOP = 30  # unpaired bases of an interior loop that are tried, and the last one with a tabulated length term
SHORTEST_HAIRPIN = 3
_BODY_K, _ZERO_K = 310.15, 273.15
_FIRST_WEAK = 2  # pairs from here on (GU, UG, AU, UA) cost the terminal AU term
_MISMATCHES = ("hairpin", "internal", "internal_1n", "internal_23", "multi", "exterior")

_Row = tuple[tuple[int | None, ...], tuple[int | None, ...]]


def pair_types(bases: Sequence[int]) -> np.ndarray:
    """``types[a, b]`` of base a (5') with base b, -1 where they do not pair."""
    types = np.full((4, 4), -1, dtype=np.int8)
    for number, pair in enumerate(PAIRS):
        types[BASES.index(pair[0]), BASES.index(pair[1])] = number
    array = np.asarray(bases)
    return types[array[:, None], array[None, :]]


#: The same pair read from its other base: CG is GC from inside.
TURNED = np.array([1, 0, 3, 2, 5, 4], dtype=np.int8)


@dataclass(frozen=True)
class Energies:
    """All terms at one temperature. Mismatches: ``[pair, base after its 5' base, base before its 3' base]``, seen into the loop."""

    stack: np.ndarray
    mismatches: Mapping[str, np.ndarray]
    dangle5: np.ndarray
    dangle3: np.ndarray
    one_by_one: np.ndarray
    one_by_two: np.ndarray
    two_by_two: np.ndarray
    hairpin: np.ndarray
    bulge: np.ndarray
    internal: np.ndarray
    special_hairpins: Mapping[str, int]
    closing: int
    stem: int
    asymmetry: int
    most_asymmetry: int
    terminal_au: int
    per_log_length: float

    def weak(self, pair: int) -> int:
        return self.terminal_au if pair >= _FIRST_WEAK else 0

    def hairpin_loop(self, pair: int, loop: Sequence[int], letters: str) -> int:
        """``loop``: the unpaired bases; ``letters``: the loop with its closing pair, for those that were measured as a whole."""
        size = len(loop)
        if size < SHORTEST_HAIRPIN:
            return NONE
        if letters in self.special_hairpins:
            return self.special_hairpins[letters]
        energy = self.of_length(self.hairpin, size)
        if size == SHORTEST_HAIRPIN:
            return energy + self.weak(pair)
        return energy + int(self.mismatches["hairpin"][pair, loop[0], loop[-1]])

    def interior_loop(self, pair: int, inner: int, before: Sequence[int], behind: Sequence[int]) -> int:
        """Stack, bulge or interior loop; ``inner`` read from inside the loop, ``before`` and ``behind`` the unpaired bases 5' to 3'."""
        sizes = sorted((len(before), len(behind)))
        match sizes:
            case [0, 0]:
                return int(self.stack[pair, inner])
            case [0, 1]:
                return int(self.bulge[1] + self.stack[pair, inner])
            case [0, size]:
                return self.of_length(self.bulge, size) + self.weak(pair) + self.weak(inner)
            case [1, 1]:
                return int(self.one_by_one[pair, inner, before[0], behind[0]])
            case [1, 2] if len(before) == 1:
                return int(self.one_by_two[pair, inner, before[0], behind[0], behind[1]])
            case [1, 2]:
                return int(self.one_by_two[inner, pair, behind[0], before[0], before[1]])
            case [2, 2]:
                return int(self.two_by_two[pair, inner, before[0], before[1], behind[0], behind[1]])
        kind = "internal_1n" if sizes[0] == 1 else "internal_23" if sizes == [2, 3] else "internal"
        mismatch = self.mismatches[kind]
        ends = mismatch[pair, before[0], behind[-1]] + mismatch[inner, behind[0], before[-1]]
        return self.of_length(self.internal, sum(sizes)) + self.unequal(sizes[1] - sizes[0]) + int(ends)

    def unequal(self, difference: int) -> int:
        return min(self.most_asymmetry, difference * self.asymmetry)

    def of_length(self, terms: np.ndarray, size: int) -> int:
        if size <= LONGEST_LOOP:
            return int(terms[size])
        return int(terms[LONGEST_LOOP]) + int(self.per_log_length * math.log(size / LONGEST_LOOP))

    def multi_stem(self, pair: int, five: int, three: int) -> int:
        """A stem of a multiloop, with the bases before its 5' and after its 3' base."""
        return self.stem + int(self.mismatches["multi"][pair, five, three]) + self.weak(pair)

    def exterior_stem(self, pair: int, five: int | None, three: int | None) -> int:
        """A stem of the exterior loop; None at the ends of the chain."""
        if five is not None and three is not None:
            beside = int(self.mismatches["exterior"][pair, five, three])
        elif five is not None:
            beside = int(self.dangle5[pair, five])
        else:
            beside = 0 if three is None else int(self.dangle3[pair, three])
        return beside + self.weak(pair)


@cache
def energies(temperature_c: float) -> Energies:
    """The terms at a temperature in °C."""
    rows, share = _rows(), (temperature_c + _ZERO_K) / _BODY_K

    def scaled(row: _Row) -> list[int]:
        return [
            NONE if free is None or heat is None else int(heat - (heat - free) * share)
            for free, heat in zip(*row, strict=True)
        ]

    def block(term: str, *sizes: int) -> np.ndarray:
        values = [value for (name, _), row in rows.items() if name == term for value in scaled(row)]
        return np.array(values, dtype=np.int32).reshape(sizes)

    mismatches = {kind: block(f"mismatch_{kind}", 6, 4, 4) for kind in _MISMATCHES}
    for kind in ("multi", "exterior"):
        mismatches[kind] = np.minimum(mismatches[kind], 0)
    closing, stem = scaled(rows["multiloop", "unpaired closing stem"])[1:]
    (asymmetry, _), most = scaled(rows["asymmetry", "each most"]), rows["asymmetry", "each most"][0][1]
    return Energies(
        stack=block("stack", 6, 6),
        mismatches=mismatches,
        dangle5=np.minimum(block("dangle5", 6, 4), 0),
        dangle3=np.minimum(block("dangle3", 6, 4), 0),
        one_by_one=block("internal_1x1", 6, 6, 4, 4),
        one_by_two=block("internal_1x2", 6, 6, 4, 4, 4),
        two_by_two=block("internal_2x2", 6, 6, 4, 4, 4, 4),
        hairpin=block("hairpin", 31),
        bulge=block("bulge", 31),
        internal=block("internal", 31),
        special_hairpins={key: scaled(row)[0] for (name, key), row in rows.items() if name == "special_hairpin"},
        closing=closing,
        stem=stem,
        asymmetry=asymmetry,
        most_asymmetry=most or 0,
        terminal_au=scaled(rows["terminal_au", ""])[0],
        per_log_length=(rows["lxc", ""][0][0] or 0) * share,
    )


@cache
def _rows() -> dict[tuple[str, str], _Row]:
    """By term and key: free energies and enthalpies."""
    rows: dict[tuple[str, str], _Row] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith(("#", "term\t")):
            term, key, free, heat = line.split("\t")
            rows[term, key] = _numbers(free), _numbers(heat)
    return rows


def _numbers(text: str) -> tuple[int | None, ...]:
    return tuple(None if word == "-" else round(float(word)) for word in text.split())

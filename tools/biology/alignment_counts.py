"""What an alignment of two rows holds: identical, similar and gapped columns, and the marks between the rows."""

from __future__ import annotations

from dataclasses import dataclass

from tools.biology.scoring import Scoring, scored_letters
from tools.inputs.alphabets import AMBIGUOUS, UNSURE_RESIDUES, Alphabet

GAP = "-"
_UNSURE = {"protein": frozenset(UNSURE_RESIDUES), "dna": AMBIGUOUS, "rna": AMBIGUOUS}


@dataclass(frozen=True)
class Pair:
    """Two rows of equal length with ``-`` for gaps, of one alphabet, and the 1-based first residue of each."""

    a: str
    b: str
    a_start: int
    b_start: int
    alphabet: Alphabet

    @property
    def ends(self) -> tuple[int, int]:
        """The 1-based last residue of each row."""
        a, b = (len(row) - row.count(GAP) for row in (self.a, self.b))
        return self.a_start + a - 1, self.b_start + b - 1

    @property
    def has_end_gap(self) -> bool:
        return GAP in (self.a[0], self.b[0], self.a[-1], self.b[-1])


@dataclass(frozen=True)
class Counts:
    """Columns of an alignment; ``similar`` holds the identical ones, too, as EMBOSS counts."""

    columns: int
    identical: int
    similar: int
    gaps: int


def count_columns(pair: Pair, scoring: Scoring) -> Counts:
    """Identical: one certain residue twice; similar: identical, or a score above 0."""
    marked = marks(pair, scoring)
    gaps = pair.a.count(GAP) + pair.b.count(GAP)
    return Counts(len(marked), marked.count("|"), len(marked) - marked.count(" "), gaps)


def marks(pair: Pair, scoring: Scoring) -> str:
    """``|`` identical, ``:`` a score above 1, ``.`` a smaller one above 0, a blank otherwise, as EMBOSS marks them."""
    scored = [scored_letters(row, pair.alphabet)[0] for row in (pair.a, pair.b)]
    table = {letter: index for index, letter in enumerate(scoring.table.alphabet)}
    scores = scoring.table.tolist()
    marked = []
    for one, other, left, right in zip(pair.a, pair.b, *scored, strict=True):
        if GAP in (one, other):
            marked.append(" ")
        elif is_identical(one, other, pair.alphabet):
            marked.append("|")
        else:
            score = scores[table[left]][table[right]]
            marked.append(":" if score > 1 else "." if score > 0 else " ")
    return "".join(marked)


def is_identical(one: str, other: str, alphabet: Alphabet) -> bool:
    """Whether both letters stand for the same one residue for certain; T and U are one base."""
    if alphabet != "protein":
        one, other = one.replace("U", "T"), other.replace("U", "T")
    return one == other and is_certain(one, alphabet)


def is_certain(letter: str, alphabet: Alphabet) -> bool:
    """Whether it stands for one residue, and is no gap."""
    return letter != GAP and letter not in _UNSURE[alphabet]

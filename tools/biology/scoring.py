"""How alignments are scored: substitution matrices and gap costs, by name."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from typing import Any

from errors import ToolInputError, shown
from tools.inputs.alphabets import NAMES, Alphabet

PROTEIN_MATRICES = ("BLOSUM45", "BLOSUM50", "BLOSUM62", "BLOSUM80", "BLOSUM90", "PAM30", "PAM70", "PAM250")
NUCLEOTIDE_MATRICES = ("NUC.4.4",)
#: What EMBOSS needle and water use without being told.
DEFAULT_MATRIX: dict[Alphabet, str] = {"protein": "BLOSUM62", "dna": "NUC.4.4", "rna": "NUC.4.4"}
GAP_OPEN, GAP_EXTEND = 10.0, 0.5
HIGHEST_COST = 1000.0
_OTHER_NAMES = {"ednafull": "NUC.4.4", "dnafull": "NUC.4.4", "nuc44": "NUC.4.4"}
_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_MATCHES = re.compile(
    rf"(?:match\s*[:=]?\s*)?({_NUMBER})\s*(?:/|,|;|\s)\s*(?:mismatch\s*[:=]?\s*)?({_NUMBER})", re.IGNORECASE
)
_SOURCES = {
    "BLOSUM": "Henikoff and Henikoff 1992",
    "PAM": "Dayhoff et al. 1978",
    "NUC": "NCBI; EDNAFULL in EMBOSS: match 5, mismatch -4, ambiguity codes between",
}


@dataclass(frozen=True, eq=False)
class Scoring:
    """``table`` has the score of each pair of letters; a gap of n residues costs ``gap_open`` + (n - 1) ``gap_extend``."""

    name: str
    table: Any  # Bio.Align.substitution_matrices.Array
    gap_open: float
    gap_extend: float
    notes: tuple[str, ...]

    @property
    def described(self) -> str:
        return f"{self.name}, gap costs {self.gap_open:g} to open and {self.gap_extend:g} to extend"


def scoring_for(alphabet: Alphabet, matrix: str | None, gap_open: float | None, gap_extend: float | None) -> Scoring:
    """The named matrix or ``match/mismatch`` scores, or what EMBOSS uses; raises ``ToolInputError`` for one of another alphabet."""
    notes: list[str] = []
    name, table = _matrix(alphabet, matrix)
    opening = _cost(GAP_OPEN if gap_open is None else gap_open, "gap_open", notes)
    extending = _cost(min(GAP_EXTEND, opening) if gap_extend is None else gap_extend, "gap_extend", notes)
    if extending > opening:
        raise ToolInputError(
            f"Extending a gap costs {extending:g}, more than opening one ({opening:g})",
            "gap_extend",
            "give at most the cost of opening; equal costs are a linear gap cost",
        )
    source = next((said for start, said in _SOURCES.items() if name.startswith(start)), "")
    scored = f"Scored by {name}" + (f" ({source})" if source else "")
    notes.insert(0, f"{scored}; a gap of n residues costs {opening:g} + (n - 1) × {extending:g}, as EMBOSS counts.")
    return Scoring(name, table, opening, extending, tuple(notes))


def scored_letters(residues: str, alphabet: Alphabet) -> tuple[str, list[str]]:
    """The residues in the letters that the matrices have, and notes: U of RNA as T, Sec, Pyl and J as X."""
    if alphabet != "protein":
        return residues.replace("U", "T"), []
    without = sorted(set(residues) & set("UOJ"))
    scored = functools.reduce(lambda text, letter: text.replace(letter, "X"), without, residues)
    return scored, [f"{', '.join(without)} has no scores of its own and is scored as X."] if without else []


def _matrix(alphabet: Alphabet, text: str | None) -> tuple[str, Any]:
    from Bio.Align import substitution_matrices

    if text is None or not text.strip():
        name = DEFAULT_MATRIX[alphabet]
        return name, substitution_matrices.load(name)
    if found := _MATCHES.fullmatch(text.strip()):
        return _match_scores(alphabet, float(found[1]), float(found[2]))
    plain = re.sub(r"[\s_.\-]", "", text).casefold().removeprefix("e" if text.casefold().startswith("eblos") else "")
    plain = plain.removeprefix("e") if plain.startswith("epam") else plain
    known = {re.sub(r"\.", "", one).casefold(): one for one in (*PROTEIN_MATRICES, *NUCLEOTIDE_MATRICES)}
    name = known.get(plain) or _OTHER_NAMES.get(plain, "")
    fitting = PROTEIN_MATRICES if alphabet == "protein" else NUCLEOTIDE_MATRICES
    if name not in fitting:
        what = (
            f"{name} is no matrix for {NAMES[alphabet]}"
            if name
            else f"{shown(text)} is no substitution matrix known here"
        )
        raise ToolInputError(
            what, "matrix", f"choose one of: {', '.join(fitting)}, or match and mismatch scores such as 1/-1"
        )
    return name, substitution_matrices.load(name)


def _match_scores(alphabet: Alphabet, match: float, mismatch: float) -> tuple[str, Any]:
    from Bio.Align import substitution_matrices

    if not (0 < match <= HIGHEST_COST and -HIGHEST_COST <= mismatch < match):
        raise ToolInputError(
            f"Match {match:g} and mismatch {mismatch:g} are no scores to align by", "matrix",
            "a match must score above 0 and above a mismatch, such as 1/-1",
        )  # fmt: skip
    letters = "ARNDCQEGHILKMFPSTWYVBZX" if alphabet == "protein" else "ATGCSWRYKMBVHDN"
    table = substitution_matrices.Array(letters, dims=2)
    for one in letters:
        for other in letters:
            table[one, other] = match if one == other else mismatch
    return f"match {match:g}, mismatch {mismatch:g}", table


def _cost(value: float, where: str, notes: list[str]) -> float:
    cost = abs(value)
    if not math.isfinite(value) or cost > HIGHEST_COST:
        raise ToolInputError(f"{value:g} is no gap cost", where, f"give a number from 0 to {HIGHEST_COST:g}")
    if value < 0:
        notes.append(f"{where} {value:g} was read as a cost of {cost:g}.")
    return cost

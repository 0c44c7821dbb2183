"""How conserved each column of an alignment is: shares, information, and Clustal's marks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tools.biology.alignment_counts import GAP, is_certain
from tools.inputs.alphabets import Alphabet

#: Residues that Clustal (Thompson et al. 1997) marks as strongly (:) and weakly (.) alike, by the Gonnet PAM 250 matrix.
_STRONG = ("STA", "NEQK", "NHQK", "NDEQ", "QHRK", "MILV", "MILF", "HY", "FYW")
_WEAK = ("CSA", "ATV", "SAG", "STNK", "STPA", "SGND", "SNDEQK", "NDEQHK", "NEQHRK", "FVLIM", "HFY")


@dataclass(frozen=True)
class Column:
    """``share``: of the rows that have the commonest residue (gaps count as rows without it); ``information_bits``: log2 of the
    alphabet's size less the Shannon entropy of the residues, times the share of rows without a gap."""

    commonest: str
    share: float
    information_bits: float
    gaps: int
    mark: str


def columns_of(rows: Sequence[str], alphabet: Alphabet) -> list[Column]:
    """One for each column; letters that stand for several residues count neither as residues nor as gaps."""
    size = 20 if alphabet == "protein" else 4
    return [_column("".join(letters), size, alphabet) for letters in zip(*rows, strict=True)]


def _column(letters: str, size: int, alphabet: Alphabet) -> Column:
    certain = [letter for letter in letters if is_certain(letter, alphabet)]
    if alphabet != "protein":
        certain = ["T" if letter == "U" else letter for letter in certain]
    counts = Counter(certain)
    commonest, number = min(counts.items(), key=lambda item: (-item[1], item[0])) if counts else ("", 0)
    entropy = sum(-count / len(certain) * math.log2(count / len(certain)) for count in counts.values())
    gaps = letters.count(GAP)
    information = max(0.0, math.log2(size) - entropy) * (len(letters) - gaps) / len(letters) if certain else 0.0
    return Column(commonest, number / len(letters), information, gaps, _mark(counts, len(letters), alphabet))


def _mark(counts: Counter[str], rows: int, alphabet: Alphabet) -> str:
    if sum(counts.values()) < rows:
        return " "
    if len(counts) == 1:
        return "*"
    if alphabet != "protein":
        return " "
    if any(set(counts) <= set(group) for group in _STRONG):
        return ":"
    return "." if any(set(counts) <= set(group) for group in _WEAK) else " "

"""Distances between aligned sequences, and the trees that they give.

Jukes and Cantor 1969 (proteins: with 19/20 in place of 3/4), Kimura 1980 (two parameters, nucleotides) and Kimura 1983
(proteins: d = -ln(1 - p - 0.2 p²)). All are in substitutions per site; where differences are saturated, none is defined.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from tools.biology.alignment_counts import is_certain
from tools.inputs.alphabets import Alphabet

Model = Literal["identity", "jukes-cantor", "kimura"]
_PURINES, _PYRIMIDINES = frozenset("AG"), frozenset("CTU")


def distance(a: str, b: str, alphabet: Alphabet, model: Model) -> float | None:
    """Of two rows of an alignment, over the columns in which both have a certain residue; None where it is not defined."""
    pairs = [
        (one.replace("U", "T"), other.replace("U", "T")) if alphabet != "protein" else (one, other)
        for one, other in zip(a, b, strict=True)
        if is_certain(one, alphabet) and is_certain(other, alphabet)
    ]
    if not pairs:
        return None
    differing = [(one, other) for one, other in pairs if one != other]
    share = len(differing) / len(pairs)
    if model == "identity":
        return share
    if model == "jukes-cantor":
        most = 19 / 20 if alphabet == "protein" else 3 / 4
        return most * _fall(1 - share / most) if share < most else None
    if alphabet == "protein":
        rest = 1 - share - share**2 / 5
        return _fall(rest) if rest > 0 else None
    transitions = sum({*pair} <= _PURINES or {*pair} <= _PYRIMIDINES for pair in differing) / len(pairs)
    transversions = share - transitions
    first, second = 1 - 2 * transitions - transversions, 1 - 2 * transversions
    return _fall(first) / 2 + _fall(second) / 4 if first > 1e-12 and second > 1e-12 else None


def described(model: Model, alphabet: Alphabet) -> str:
    """The model and its formula, for a sentence."""
    if model == "identity":
        return "share of differing residues (1 - identity)"
    if model == "jukes-cantor":
        return f"Jukes-Cantor (1969), with {'19/20, for proteins' if alphabet == 'protein' else '3/4'}"
    return "Kimura (1983), for proteins" if alphabet == "protein" else "Kimura two-parameter (1980)"


def tree(distances: Sequence[Sequence[float]], kind: Literal["nj", "upgma"], names: Sequence[str]) -> tuple[str, bool]:
    """Newick, with branch lengths, and whether a branch length is negative, as neighbour joining may give."""
    import biotite.sequence.phylo as phylo

    labels = _plain(names)
    if kind == "nj" and len(labels) == 3:
        newick = _star(distances, labels)
    else:
        matrix = np.array(distances, dtype=np.float64)
        found: Any = phylo.neighbor_joining(matrix) if kind == "nj" else phylo.upgma(matrix)
        newick = found.to_newick(labels=labels, round_distance=5)
    newick = re.sub(r"\):-?0(?:\.0*)?;$", ");", newick.replace(":-0.00000", ":0.00000"))
    return newick, bool(re.search(r":-0*\.?0*[1-9]", newick))


def _star(d: Sequence[Sequence[float]], labels: Sequence[str]) -> str:
    """Of three leaves the branch lengths follow from the three distances."""
    lengths = [
        (d[one][two] + d[one][three] - d[two][three]) / 2 for one, two, three in ((0, 1, 2), (1, 0, 2), (2, 0, 1))
    ]
    return "(" + ",".join(f"{label}:{round(length, 5)}" for label, length in zip(labels, lengths, strict=True)) + ");"


def _plain(names: Sequence[str]) -> list[str]:
    """Newick gives brackets, commas, colons, semicolons, quotes and blanks a meaning of their own."""
    labels: list[str] = []
    for name in names:
        label = base = re.sub(r"[\s()\[\],:;'\"]", "_", name)
        number = 2
        while label in labels:
            label, number = f"{base}_{number}", number + 1
        labels.append(label)
    return labels


def _fall(value: float) -> float:
    """-ln of what is left of 1, without a negative zero."""
    return max(0.0, -math.log(value))

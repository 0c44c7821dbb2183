"""Many sequences aligned progressively (Feng and Doolittle 1987) by biotite, along a tree of their pairwise identities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tools.biology.alignment_counts import GAP
from tools.biology.scoring import Scoring, scored_letters
from tools.inputs.alphabets import Alphabet

_CLOSEST = 1e-3  # biotite wants distances above 0, also between equal sequences


def aligned_rows(residues: Sequence[str], alphabet: Alphabet, scoring: Scoring) -> list[str]:
    """A row for each sequence, in their order, in the letters as given; gap costs must be whole numbers."""
    from biotite.sequence.align import SubstitutionMatrix, align_multiple
    from biotite.sequence.phylo import upgma

    scored = [scored_letters(one, alphabet)[0] for one in residues]
    sequences = [_sequence(one, alphabet) for one in scored]
    letters = sequences[0].alphabet
    scores = np.array([[round(_score(scoring, one, other)) for other in letters] for one in letters], dtype=np.int32)
    matrix = SubstitutionMatrix(letters, letters, scores)
    distances = _pairwise(scored, scoring)
    found, *_ = align_multiple(
        sequences,
        matrix,
        gap_penalty=(-round(scoring.gap_open), -round(scoring.gap_extend)),
        terminal_penalty=True,
        distances=distances,
        guide_tree=upgma(distances),
    )
    return [
        "".join(GAP if place < 0 else one[place] for place in found.trace[:, index].tolist())
        for index, one in enumerate(residues)
    ]


def _score(scoring: Scoring, one: str, other: str) -> float:
    known = scoring.table.alphabet
    return scoring.table[one, other] if one in known and other in known else -1


def _sequence(residues: str, alphabet: Alphabet) -> Any:
    from biotite.sequence import NucleotideSequence, ProteinSequence

    return ProteinSequence(residues) if alphabet == "protein" else NucleotideSequence(residues, ambiguous=True)


def _pairwise(scored: Sequence[str], scoring: Scoring) -> np.ndarray:
    """1 - score / the better of the two scores with themselves, of global alignments with free end gaps; 0 to 1."""
    from Bio.Align import PairwiseAligner

    aligner = PairwiseAligner()
    aligner.mode = "global"
    aligner.substitution_matrix = scoring.table
    aligner.open_gap_score, aligner.extend_gap_score = -scoring.gap_open, -scoring.gap_extend
    aligner.end_gap_score = 0.0
    own = [sum(scoring.table[letter, letter] for letter in one) for one in scored]
    distances = np.zeros((len(scored), len(scored)))
    for row, one in enumerate(scored):
        for column in range(row):
            best = min(own[row], own[column])
            share = aligner.score(one, scored[column]) / best if best > 0 else 0.0
            distances[row, column] = distances[column, row] = max(_CLOSEST, 1 - max(0.0, share))
    return distances

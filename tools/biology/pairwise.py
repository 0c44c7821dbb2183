"""Two sequences aligned: ``align_pair``."""

from __future__ import annotations

import itertools
from typing import Annotated, Any, Literal

from Bio.Seq import Seq
from pydantic import Field

from errors import ToolInputError
from tools.argument_forms import also_called
from tools.biology.alignment_counts import GAP, Counts, Pair, count_columns, marks
from tools.biology.scoring import Scoring, scored_letters, scoring_for
from tools.inputs import SequenceText
from tools.inputs.alike_sequences import parse_alike
from tools.inputs.alphabets import NAMES, Alphabet
from tools.inputs.sequences import ParsedSequence
from tools.outputs import AlignmentView, Table, ToolOutput
from tools.registry import tool

MOST_CELLS = 100_000_000  # some 10 s and 300 MB
MOST_LOOKED_AT = 200  # of equally good alignments
MOST_CELLS_LOOKED_AT = 400_000
MOST_COLUMNS_IN_DATA = 2000
MOST_CELLS_REVERSED = 4_000_000
TWILIGHT = 0.25  # identity below which proteins may well be unrelated (Rost, Protein Eng. 1999, 12, 85)

Mode = Annotated[
    Literal["global", "semi-global", "local"],
    also_called(
        {
            "global": "needle|needleman-wunsch|end to end",
            "semi-global": "semi|semiglobal|glocal|overlap|ends free|end gaps free|free end gaps",
            "local": "water|smith-waterman|best region",
        }
    ),
]
GapCost = Annotated[float | None, Field(description="Cost of a gap's first residue (gap_open) or of each further one")]


@tool(
    group="sequence",
    libraries=("biopython",),
    asks=(
        "align", "alignment", "pairwise", "identity", "percent identity", "sequence identity", "similarity of two sequences", "Needleman-Wunsch",
        "Smith-Waterman", "global alignment", "local alignment", "BLOSUM62", "compare two sequences", "how similar are the sequences",
        "needle", "homologous", "differ in sequence",
    ),
    time_limit_s=60,
)  # fmt: skip
def align_pair(
    a: SequenceText,
    b: SequenceText,
    mode: Mode = "global",
    matrix: Annotated[
        str | None, Field(description="BLOSUM62, PAM250, NUC.4.4, … or match/mismatch scores such as 1/-1")
    ] = None,
    gap_open: GapCost = None,
    gap_extend: GapCost = None,
    end_gaps: Annotated[bool, Field(description="Whether gaps at the ends cost as others do (global mode)")] = False,
) -> ToolOutput:
    """Align two DNA, RNA or protein sequences, globally (Needleman-Wunsch) or locally (Smith-Waterman): score, identity, similarity,
    gaps, with the matrix and gap costs named.

    Without other wishes as EMBOSS needle and water: BLOSUM62 or NUC.4.4, gap 10 and 0.5, end gaps free. Raises ``ToolInputError`` for a
    protein against a nucleic acid, a matrix of another alphabet, and sequences that are too long together.
    """
    first, second, notes = _parsed(a, b)
    asked = mode
    if mode == "semi-global":  # what EMBOSS needle calls global
        if end_gaps:
            raise ToolInputError(
                "In a semi-global alignment gaps at the ends cost nothing",
                "end_gaps",
                "leave it false, or take the mode global",
            )
        notes.append("Semi-global: global, with gaps at the ends that cost nothing.")
        mode = "global"
    alphabet: Alphabet = "protein" if first.alphabet == "protein" else "dna"
    scoring = scoring_for(alphabet, matrix, gap_open, gap_extend)
    (one, said), (other, also) = (scored_letters(parsed.residues, alphabet) for parsed in (first, second))
    cells = len(one) * len(other)
    if cells > MOST_CELLS:
        raise ToolInputError(
            f"{len(one):,} and {len(other):,} residues are too long to be aligned together", "b",
            f"the product of the lengths may be {MOST_CELLS:,}: give parts of them",
        )  # fmt: skip
    found = _aligner(scoring, mode, end_gaps).align(one, other)
    names = _names(first, second)
    if mode == "local" and not found.score > 0:
        raise ToolInputError(
            f"No pair of residues of {names[0]} and {names[1]} scores above 0, so that there is no local alignment", "b",
            "align them globally, or check the sequences",
        )  # fmt: skip
    number = _number_of(found)
    best, identities = _most_identical(found, first.residues, second.residues, alphabet, scoring)
    counts = count_columns(best, scoring)
    data = {"mode": asked, "score": round(float(found.score), 4), **_data(best, counts, scoring, first, second)}
    data |= {"end_gaps_cost": end_gaps and mode == "global", "equally_good_alignments": number}
    notes += [*dict.fromkeys((*said, *also)), *scoring.notes, *_conventions(mode, end_gaps)]
    notes += _equally_good(number, identities)
    if mode == "global" and not end_gaps and best.has_end_gap:
        penalized = _aligner(scoring, mode, True).score(one, other)
        notes.append(f"With end gaps that cost as others do the best score is {penalized:g}.")
    notes += _warnings(counts, alphabet, best)
    if alphabet == "dna" and cells <= MOST_CELLS_REVERSED:
        reverse = _aligner(scoring, mode, end_gaps).score(one, str(Seq(other).reverse_complement()))
        if reverse > found.score:
            notes.append(f"The reverse complement of {names[1]} aligns better: score {reverse:g}.")
    summary = (
        f"{'Local' if mode == 'local' else 'Global'} alignment of {names[0]} and {names[1]}: "
        f"{counts.identical:,} of {counts.columns:,} columns identical ({_percent(counts.identical, counts)} %)"
        f"{f', {_percent(counts.similar, counts)} % similar' if alphabet == 'protein' else ''}, "
        f"{counts.gaps:,} gapped, score {found.score:g} ({scoring.described})."
    )
    view = AlignmentView(
        alphabet=first.alphabet,
        names=names,
        rows=(best.a, best.b),
        starts=(best.a_start, best.b_start),
        marks=marks(best, scoring),
        legend="| identical, : score above 1, . score above 0",
        title=f"Alignment of {names[0]} and {names[1]}",
    )
    return ToolOutput(summary=summary, data=data, views=(view, _table(data)), notes=tuple(notes))


def _parsed(a: str, b: str) -> tuple[ParsedSequence, ParsedSequence, list[str]]:
    first, second = parse_alike((a, b), ("a", "b"))
    notes = [f"{where}: {note}" for where, parsed in (("a", first), ("b", second)) for note in parsed.notes]
    notes += [f"{where} was read as {NAMES[one.alphabet]}: {one.why}." for where, one in (("a", first), ("b", second))]
    if first.alphabet != second.alphabet:
        notes.append("DNA was aligned with RNA: T and U were taken as one base.")
    return first, second, notes


def _names(first: ParsedSequence, second: ParsedSequence) -> tuple[str, str]:
    names = (first.name or "a", second.name or "b")
    return names if names[0] != names[1] else (f"{names[0]} (a)", f"{names[1]} (b)")


def _aligner(scoring: Scoring, mode: str, end_gaps: bool) -> Any:
    from Bio.Align import PairwiseAligner

    aligner = PairwiseAligner()
    aligner.mode = mode
    aligner.substitution_matrix = scoring.table
    aligner.open_gap_score, aligner.extend_gap_score = -scoring.gap_open, -scoring.gap_extend
    if mode == "global" and not end_gaps:
        aligner.end_gap_score = 0.0
    return aligner


def _number_of(found: Any) -> int | None:
    """How many alignments have the best score; None where a 64-bit number cannot tell."""
    try:
        return len(found)
    except OverflowError:
        return None


def _most_identical(
    found: Any, a: str, b: str, alphabet: Alphabet, scoring: Scoring
) -> tuple[Pair, tuple[int, int, int]]:
    """Of the first equally good alignments the one with most identities; how many were seen, least and most identities."""
    limit = max(1, min(MOST_LOOKED_AT, MOST_CELLS_LOOKED_AT // (len(a) + len(b))))
    pairs = [_pair(one, a, b, alphabet) for one in itertools.islice(found, limit)]
    identities = [count_columns(pair, scoring).identical for pair in pairs]
    best = identities.index(max(identities))
    return pairs[best], (len(pairs), min(identities), max(identities))


def _pair(alignment: Any, a: str, b: str, alphabet: Alphabet) -> Pair:
    """Rows in the letters as they were given."""
    places = alignment.coordinates.tolist()
    rows: tuple[list[str], list[str]] = ([], [])
    for (a_from, a_to), (b_from, b_to) in zip(*(itertools.pairwise(place) for place in places), strict=True):
        length = max(a_to - a_from, b_to - b_from)
        rows[0].append(a[a_from:a_to] or GAP * length)
        rows[1].append(b[b_from:b_to] or GAP * length)
    return Pair("".join(rows[0]), "".join(rows[1]), places[0][0] + 1, places[1][0] + 1, alphabet)


def _data(
    best: Pair, counts: Counts, scoring: Scoring, first: ParsedSequence, second: ParsedSequence
) -> dict[str, Any]:
    paired = counts.columns - counts.gaps
    shorter = min(len(first.residues), len(second.residues))
    data: dict[str, Any] = {
        "matrix": scoring.name,
        "gap_open": scoring.gap_open,
        "gap_extend": scoring.gap_extend,
        "length": counts.columns,
        "identical": counts.identical,
        "identity": round(counts.identical / counts.columns, 4),
        "identity_percent": _percent(counts.identical, counts),
        "similar": counts.similar,
        "similarity": round(counts.similar / counts.columns, 4),
        "similarity_percent": _percent(counts.similar, counts),
        "gaps": counts.gaps,
        "gaps_percent": _percent(counts.gaps, counts),
        "identity_of_paired_residues": round(counts.identical / paired, 4) if paired else None,
        "identity_of_shorter_sequence": round(counts.identical / shorter, 4),
        "a_start": best.a_start,
        "a_end": best.ends[0],
        "b_start": best.b_start,
        "b_end": best.ends[1],
    }
    if counts.columns <= MOST_COLUMNS_IN_DATA:
        data |= {"aligned_a": best.a, "aligned_b": best.b}
    return data


def _percent(number: int, counts: Counts) -> float:
    return round(100 * number / counts.columns, 1)


def _conventions(mode: str, end_gaps: bool) -> list[str]:
    ends = (
        "Gaps at the ends cost nothing, as in EMBOSS needle." if not end_gaps else "Gaps at the ends cost as others do."
    )
    return [
        *([ends] if mode == "global" else ["Only the region that scores best is aligned; the rest is left out."]),
        "Identity, similarity and gaps are shares of all columns of the alignment, gapped ones counted, as EMBOSS gives them; "
        "similar are identical residues and pairs that score above 0.",
    ]


def _equally_good(number: int | None, seen: tuple[int, int, int]) -> list[str]:
    if number == 1:
        return []
    looked, least, most = seen
    said = f"{number:,} alignments" if number is not None else "More alignments than a 64-bit number can count"
    if number is not None and looked == number:
        said += (
            f" are equally good; that with most identities is shown ({least} to {most})."
            if least < most
            else " are equally good; one is shown."
        )
    else:
        said += f" are equally good; of the first {looked:,} that with most identities is shown ({least} to {most})."
    return [said]


def _warnings(counts: Counts, alphabet: Alphabet, best: Pair) -> list[str]:
    notes = []
    if alphabet == "protein" and counts.identical < TWILIGHT * counts.columns:
        notes.append("Below 25 % identity an alignment alone does not show that proteins are related (Rost 1999).")
    if best.a.count(GAP) + best.b.count(GAP) == counts.columns:
        notes.append("No residue stands beside another: the sequences have no similarity that the scores reward.")
    return notes


def _table(data: dict[str, Any]) -> Table:
    rows = (
        ("Score", data["score"], ""),
        ("Columns", data["length"], ""),
        ("Identical", data["identical"], f"{data['identity_percent']} %"),
        ("Similar", data["similar"], f"{data['similarity_percent']} %"),
        ("Gaps", data["gaps"], f"{data['gaps_percent']} %"),
        ("Aligned of the first", f"{data['a_start']}–{data['a_end']}", ""),
        ("Aligned of the second", f"{data['b_start']}–{data['b_end']}", ""),
        ("Matrix", data["matrix"], ""),
        ("Gap costs", f"{data['gap_open']:g} and {data['gap_extend']:g}", ""),
    )
    return Table(title="Alignment in numbers", columns=("Property", "Value", "Share of the columns"), rows=rows)

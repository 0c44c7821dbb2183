"""Three or more sequences aligned, with conservation, distances and a tree: ``align_many``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Annotated, Any, Literal

from errors import ToolInputError
from tools.argument_forms import also_called
from tools.biology.alignment_counts import GAP
from tools.biology.conservation import Column, columns_of
from tools.biology.evolutionary_distances import described, distance, tree
from tools.biology.progressive_alignment import aligned_rows
from tools.biology.scoring import scoring_for
from tools.inputs import SequencesText
from tools.inputs.alike_sequences import named, parse_alike, separate_texts
from tools.inputs.alphabets import Alphabet
from tools.inputs.sequences import ParsedSequence
from tools.outputs import AlignmentView, Plot, Series, Table, Text, ToolOutput, View
from tools.registry import tool

FEWEST, MOST_SEQUENCES = 3, 100
MOST_CELLS = 300_000_000  # of all pairs together: some 30 s
LONGEST = 6000  # residues of one sequence: biotite needs 13 bytes for each pair of residues
GAP_OPEN, GAP_EXTEND = 10.0, 1.0  # biotite takes whole numbers
MOST_LETTERS_IN_DATA = 20_000
MOST_MATRIX_IN_DATA = 30  # sequences
HARDLY_KNOWN = 2.0  # substitutions per site, beyond which a correction multiplies every error of counting

DistanceModel = Annotated[
    Literal["identity", "jukes-cantor", "kimura"],
    also_called(
        {
            "identity": "p-distance|p|percent identity",
            "jukes-cantor": "jc|jc69|jukes cantor",
            "kimura": "k2p|k80|kimura80",
        }
    ),
]
TreeKind = Annotated[
    Literal["nj", "upgma"], also_called({"nj": "neighbor-joining|neighbour-joining", "upgma": "average linkage"})
]


@tool(
    group="sequence",
    libraries=("biotite", "biopython"),
    asks=(
        "multiple sequence alignment", "multiple alignment", "MSA", "align these sequences", "align sequences", "phylogenetic tree", "tree",
        "phylogeny", "conserved", "conservation", "conserved positions", "Clustal", "consensus", "neighbour joining", "UPGMA", "Newick",
        "evolutionary distance", "Jukes-Cantor", "Kimura", "distance matrix", "homologues",
    ),
    time_limit_s=120,
)  # fmt: skip
def align_many(sequences: SequencesText, model: DistanceModel = "identity", tree_method: TreeKind = "nj") -> ToolOutput:
    """Align three or more sequences: a multiple alignment, the conservation of each column, distances between the sequences (identity,
    Jukes-Cantor or Kimura) and a tree (neighbour joining or UPGMA).

    Distances are in substitutions per site, None where they are saturated. Raises ``ToolInputError`` for fewer than three sequences,
    for proteins beside nucleic acids, and for too many or too long ones.
    """
    texts, wheres, notes = separate_texts(sequences, "sequences")
    if len(texts) < FEWEST:
        raise ToolInputError(
            f"{len(texts)} sequence{' was' if len(texts) == 1 else 's were'} given, and a multiple alignment needs three", "sequences",
            "give three or more, as FASTA records or as a list; use align_pair for two",
        )  # fmt: skip
    if len(texts) > MOST_SEQUENCES:
        raise ToolInputError(
            f"{len(texts)} sequences were given", "sequences", f"give at most {MOST_SEQUENCES} at once"
        )
    parsed = parse_alike(texts, wheres)
    _refuse_too_long(parsed, wheres)
    names = named(parsed)
    alphabet: Alphabet = "protein" if parsed[0].alphabet == "protein" else "dna"
    scoring = scoring_for(alphabet, None, GAP_OPEN, GAP_EXTEND)
    rows = aligned_rows([one.residues for one in parsed], alphabet, scoring)
    columns = columns_of(rows, alphabet)
    distances = [[0.0 if one is other else distance(one, other, alphabet, model) for other in rows] for one in rows]
    for index in range(len(rows)):
        distances[index][index] = 0.0
    newick, said = _tree(distances, tree_method, names, wheres)
    identities = [distance(one, other, alphabet, "identity") for one, other in combinations(rows, 2)]
    compared = [1 - value for value in identities if value is not None]
    mean = sum(compared) / len(compared) if compared else None
    conserved = sum(column.mark == "*" for column in columns)
    summary = (
        f"{len(rows)} {'proteins' if alphabet == 'protein' else 'nucleic acids'} aligned in {len(columns):,} columns: {conserved:,} "
        f"({100 * conserved / len(columns):.1f} %) hold one residue in all"
        f"{f', mean pairwise identity {100 * mean:.1f} %' if mean is not None else ''}."
    )
    data: dict[str, Any] = {
        "count": len(rows),
        "alphabet": alphabet,
        "columns": len(columns),
        "conserved_columns": conserved,
        "mean_identity": None if mean is None else round(mean, 4),
        "names": names,
        "consensus": consensus(columns, alphabet),
        "model": model,
        "tree_method": tree_method,
        "newick": newick,
    }
    if len(rows) <= MOST_MATRIX_IN_DATA:
        data["distances"] = [[_rounded(value) for value in line] for line in distances]
    if sum(map(len, rows)) <= MOST_LETTERS_IN_DATA:
        data["aligned"] = dict(zip(names, rows, strict=True))
    notes += [f"{name}: {note}" for name, one in zip(names, parsed, strict=True) for note in one.notes][:20]
    notes.append(f"Read as {'protein' if alphabet == 'protein' else 'nucleic acids'}; {names[0]}: {parsed[0].why}.")
    if alphabet == "dna" and len({one.alphabet for one in parsed}) > 1:
        notes.append("DNA was aligned with RNA: T and U were taken as one base.")
    notes += [*scoring.notes, *_conventions(model, alphabet, tree_method), *said]
    return ToolOutput(
        summary=summary,
        data=data,
        views=_views(names, parsed[0].alphabet, rows, columns, distances, model, newick),
        notes=tuple(notes),
    )


def consensus(columns: Sequence[Column], alphabet: Alphabet) -> str:
    """The commonest residue where more than half of the rows have it, else x (or n)."""
    other = "x" if alphabet == "protein" else "n"
    return "".join(column.commonest if column.share > 0.5 else other for column in columns)


def _refuse_too_long(parsed: Sequence[ParsedSequence], wheres: Sequence[str]) -> None:
    for one, where in zip(parsed, wheres, strict=True):
        if len(one.residues) > LONGEST:
            raise ToolInputError(
                f"The sequence has {len(one.residues):,} residues",
                where,
                f"at most {LONGEST:,} are aligned with others",
            )
    cells = sum(len(one.residues) * len(other.residues) for one, other in combinations(parsed, 2))
    if cells > MOST_CELLS:
        raise ToolInputError(
            f"{len(parsed)} sequences of {sum(len(one.residues) for one in parsed):,} residues are too much to align at once", "sequences",
            "give fewer or shorter ones, such as 100 of 240 residues or 20 of 1,200",
        )  # fmt: skip


def _tree(
    distances: Sequence[Sequence[float | None]], kind: TreeKind, names: Sequence[str], wheres: Sequence[str]
) -> tuple[str | None, list[str]]:
    undefined = [(one, other) for one, other in combinations(range(len(names)), 2) if distances[one][other] is None]
    if undefined:
        one, other = undefined[0]
        more = f" and {len(undefined) - 1} more pairs" if len(undefined) > 1 else ""
        return None, [
            f"The distance of {names[one]} and {names[other]}{more} is not defined: they differ too much for the model (saturation), or "
            "have no column in common. So there is no tree; model identity always gives one where columns are in common."
        ]
    known = [[value for value in line if value is not None] for line in distances]
    newick, negative = tree(known, kind, names)
    said = []
    if negative:
        said.append("A branch length is negative, as neighbour joining can give where distances do not fit a tree.")
    if max(map(max, known)) > HARDLY_KNOWN:
        said.append(f"Distances above {HARDLY_KNOWN:g} substitutions per site are hardly determined.")
    return newick, said


def _conventions(model: DistanceModel, alphabet: Alphabet, kind: TreeKind) -> list[str]:
    method = (
        "neighbour joining (Saitou and Nei 1987), unrooted"
        if kind == "nj"
        else "UPGMA, rooted, which assumes one rate of change in all branches"
    )
    return [
        "Aligned progressively (Feng and Doolittle 1987) along a UPGMA tree of pairwise scores; gaps at the ends cost as others do. It is a "
        "heuristic: columns beside gaps are the least sure.",
        "Conservation is log2 of the alphabet's size (20 or 4) less the Shannon entropy of a column, times the share of rows without a gap, "
        "in bits; the marks are Clustal's: * one residue, : strongly and . weakly alike ones.",
        f"Distances: {described(model, alphabet)}, over the columns in which both sequences have a certain residue.",
        f"Tree: {method}; without bootstrap values, so that it says nothing of its own certainty.",
    ]


def _views(
    names: Sequence[str],
    alphabet: Alphabet,
    rows: Sequence[str],
    columns: Sequence[Column],
    distances: Sequence[Sequence[float | None]],
    model: str,
    newick: str | None,
) -> tuple[View, ...]:
    places = tuple(float(number) for number in range(1, len(columns) + 1))
    bits = tuple(round(column.information_bits, 3) for column in columns)
    views: list[View] = [
        AlignmentView(
            alphabet=alphabet, names=tuple(names), rows=tuple(rows), starts=(1,) * len(rows), title=f"Alignment of {len(rows)} sequences",
            marks="".join(column.mark for column in columns),
            legend="* one residue" + (", : strongly and . weakly alike (Clustal)" if alphabet == "protein" else ""),
            consensus=consensus(columns, "protein" if alphabet == "protein" else "dna"),
            conservation=bits, conservation_most=math.log2(20 if alphabet == "protein" else 4), conservation_unit="bits",
        ),
        Plot(
            title="Conservation of each column", style="bar", x_label="alignment column", y_label="information (bits)",
            series=(Series(name="information", x=places, y=bits),),
        ),
        Table(
            title=f"Distances ({model})", columns=("", *names),
            rows=tuple((name, *map(_rounded, line)) for name, line in zip(names, distances, strict=True)),
        ),
        Table(
            title="Columns", columns=("Column", "Commonest", "Share", "Information", "Gaps"), units=("", "", "%", "bits", "rows"),
            rows=tuple(
                (number, column.commonest or GAP, round(100 * column.share, 1), round(column.information_bits, 2), column.gaps)
                for number, column in enumerate(columns, 1)
            ),
        ),
    ]  # fmt: skip
    if newick:
        views.append(Text(text=newick, title="Tree (Newick)"))
    return tuple(views)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)

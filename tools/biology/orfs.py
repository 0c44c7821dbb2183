"""Open reading frames on six frames, by either convention: ``find_orfs``."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from Bio.Data import CodonTable
from pydantic import Field

from errors import ToolInputError, shown
from tools.argument_forms import also_called
from tools.biology.genetic_codes import GeneticCodeNumber, code_name, genetic_code
from tools.biology.open_frames import Convention, OpenFrame, open_frames
from tools.inputs import NucleotideText
from tools.inputs.sequences import counted, parse_nucleotides
from tools.outputs import Feature, SequenceView, Table, ToolOutput, View
from tools.registry import tool

_USUAL = 25  # codons: 75 nt, the least length that NCBI's ORFfinder starts with
_SHORT = 300  # nt: in a shorter sequence every ORF is listed unless a least length is given
_MOST_LISTED = 50
_MOST_FEATURES = 500
_MOST_PROTEIN_LETTERS = 6000  # in ``data``, longest ORFs first
_LENGTH = re.compile(r"(\d+)\s*(aa|amino acids?|residues?|codons?|nt|nucleotides?|bp|bases?)?", re.IGNORECASE)
_CONVENTION = Annotated[
    Literal["start-to-stop", "stop-to-stop"],
    also_called({"start-to-stop": "start|ATG to stop|start stop|start codon", "stop-to-stop": "stop|stop stop"}),
]


@tool(
    group="sequence",
    libraries=("biopython",),
    asks=(
        "ORF", "ORFs", "open reading frame", "open reading frames", "six frames", "coding region", "coding sequence in",
        "start codon", "stop codon", "genes in this DNA", "longest ORF", "reading frames",
    ),
)  # fmt: skip
def find_orfs(
    sequence: NucleotideText,
    table: GeneticCodeNumber = 1,
    minimum: Annotated[
        int | str | None,
        Field(
            description="least length in codons (amino acids, without the stop); or a text such as '75 nt', stop included"
        ),
    ] = None,
    convention: _CONVENTION = "start-to-stop",
    starts: Annotated[
        str | list[str],
        Field(description="start codons: ATG, 'table' for all of the genetic code, or a list such as ATG, GTG"),
    ] = "ATG",
    circular: bool = False,
) -> ToolOutput:
    """Find open reading frames (ORFs) on all six frames of DNA or RNA, from start codon to stop or from stop to stop, with any
    NCBI genetic code.

    Coordinates are 1-based, both ends included, on the strand as given. Raises ``ToolInputError`` for a protein, an unknown
    code, or one in which stops cannot be told from residues.
    """
    code = genetic_code(table)
    if set(code.stop_codons) <= code.forward_table.keys():
        raise ToolInputError(
            f"In genetic code {table} every stop codon ({', '.join(code.stop_codons)}) is also a residue, so letters "
            "alone do not tell where a frame ends",
            "table",
            "translate a frame with translate",
        )
    parsed = parse_nucleotides(sequence)
    bases = parsed.residues.replace("U", "T")
    if len(bases) < 3:
        raise ToolInputError(f"{counted(len(bases), parsed.alphabet)} hold no codon", "sequence", "give at least three")
    least, least_unit, how = _least(minimum, len(bases))
    codons = _start_codons(starts, code)
    every, endless = open_frames(bases, table, codons, convention, circular)
    long_enough = [orf for orf in every if _size(orf, least_unit) >= least]
    listed = sorted((orf for orf in long_enough if _counts(orf, convention)), key=_longest_first)
    unfinished = sorted((orf for orf in long_enough if not _counts(orf, convention)), key=_longest_first)
    limit = f"{least:,} {least_unit.rstrip('s') if least == 1 else least_unit}"
    notes = [
        *parsed.notes,
        f"Genetic code {code_name(code)}; stops {', '.join(code.stop_codons)}.",
        _convention_note(convention, codons),
        f"Least length {limit}{how}.",
        "Coordinates are 1-based, both ends included, on the strand as given; frames -1, -2, -3 read the reverse complement "
        "from its base 1, 2, 3.",
        *_circle_notes(circular, endless),
        *_open_notes(convention, listed, unfinished),
    ]
    if set(bases) - set("ACGT"):
        notes.append(
            "A codon with ambiguity codes is a start or a stop only if every reading of it is; others may hide one."
        )
    if not listed:
        shorter = [len(orf.protein) for orf in every if _counts(orf, convention)]
        notes.append(
            f"Shorter ones: {len(shorter)}, up to {max(shorter)} codons." if shorter else "There are no shorter ones."
        )
    data: dict[str, object] = {
        "count": len(listed),
        "partial_count": sum(not orf.complete for orf in (*listed, *unfinished)),
        "length": len(bases),
        "table": table,
        "convention": convention,
        "minimum": limit,
    }
    if listed:
        best = listed[0]
        data |= {
            "longest_start": best.start,
            "longest_end": best.end,
            "longest_strand": best.strand,
            "longest_frame": best.frame,
            "longest_length_nt": best.length,
            "longest_length_aa": len(best.protein),
            "protein": best.protein,
        }
    data["orfs"] = _rows(listed)
    if unfinished:
        data["without_stop"] = _rows(unfinished)
    views: list[View] = [
        SequenceView(
            alphabet=parsed.alphabet,
            residues=parsed.residues,
            title=f"ORFs of {parsed.label}",
            features=tuple(_features([*listed, *unfinished])),
            circular=circular,
        )
    ]
    if listed or unfinished:
        views.append(_table([*listed, *unfinished]))
        best = (listed or unfinished)[0]
        views.append(SequenceView(alphabet="protein", residues=best.protein, title=f"Longest ORF, {_place(best)}"))
    return ToolOutput(
        summary=_summary(parsed.label, listed, unfinished, convention, limit, table),
        data=data,
        views=tuple(views),
        notes=tuple(notes),
    )


def _least(minimum: int | str | None, length: int) -> tuple[int, str, str]:
    """The number, its unit (``codons`` or ``nt``) and, for a note, how it came about."""
    if minimum is None:
        if length < _SHORT:
            return 1, "codons", f", as the sequence is shorter than {_SHORT} nt and none was given"
        return _USUAL, "codons", " (75 nt) as nothing else was asked, as in NCBI's ORFfinder; the stop is not counted"
    written = _LENGTH.fullmatch(str(minimum).strip())
    if written is None or not 1 <= int(written[1][:9]) <= 100_000:
        raise ToolInputError(
            f"{shown(minimum)} is not a least length",
            "minimum",
            "give a number of codons from 1, such as 30, or '90 nt'",
        )
    named = (written[2] or "").lower()
    if named.startswith(("nt", "nuc", "bp", "base")):
        return int(written[1]), "nt", ", as asked; a stop codon that belongs to the ORF is counted"
    return (
        int(written[1]),
        "codons",
        (", as asked; the stop is not counted" + ("" if named else "; for nucleotides write a text such as '90 nt'")),
    )


def _size(orf: OpenFrame, unit: str) -> int:
    return orf.length if unit == "nt" else len(orf.protein)


def _start_codons(starts: str | list[str], code: CodonTable.NCBICodonTable) -> frozenset[str]:
    pieces = (
        re.split(r"[\s,;/|]+", starts.strip()) if isinstance(starts, str) else [str(item).strip() for item in starts]
    )
    codons = [piece.upper().replace("U", "T") for piece in pieces if piece]
    if codons in (["TABLE"], ["ALL"], ["ANY"], ["ALTERNATIVE"]):
        return frozenset(code.start_codons)
    if not codons:
        raise ToolInputError("No start codon is named", "starts", "write ATG, or 'table' for those of the genetic code")
    for codon in codons:
        if not re.fullmatch("[ACGT]{3}", codon):
            raise ToolInputError(
                f"{shown(codon)} is not a codon", "starts", "write ATG, or 'table' for those of the code"
            )
        if codon in code.stop_codons:
            raise ToolInputError(f"{codon} is a stop in genetic code {code.id}", "starts", "name start codons")
    return frozenset(codons)


def _counts(orf: OpenFrame, convention: Convention) -> bool:
    """A start-to-stop frame needs its stop; between stops the ends of the sequence are borders, too."""
    return convention == "stop-to-stop" or orf.complete


def _longest_first(orf: OpenFrame) -> tuple[int, int, int]:
    return -orf.length, -orf.strand, orf.start


def _convention_note(convention: Convention, starts: frozenset[str]) -> str:
    if convention == "stop-to-stop":
        return (
            "Stop to stop: all codons between two stops in frame, neither of them included; the ends of linear DNA count as "
            "borders. No start codon is asked for, and none is translated as Met."
        )
    named = ", ".join(sorted(starts, key=lambda codon: (codon != "ATG", codon)))
    others = "" if starts == {"ATG"} else "; each is translated as Met at the start"
    return (
        f"Start to stop: from the first start codon ({named}{others}) after a stop in frame to the next stop, which is counted "
        "in nt and not in codons. Later starts in the same frame (nested ORFs) are not listed again; ORFs of other frames "
        "that overlap are."
    )


def _circle_notes(circular: bool, endless: int) -> list[str]:
    if not circular:
        return ["Read as linear; circular = true also finds ORFs over the origin of a plasmid."]
    notes = ["Read as a circle: an ORF over the origin has its end before its start."]
    if endless:
        notes.append("Frames that run around the circle without an end, or more than once, are left out.")
    return notes


def _open_notes(convention: Convention, listed: list[OpenFrame], unfinished: list[OpenFrame]) -> list[str]:
    notes = []
    if unfinished:
        notes.append(
            f"Not counted: {len(unfinished)} with a start but no stop before the end of the sequence (partial)."
        )
    if convention == "stop-to-stop" and (partial := sum(not orf.complete for orf in listed)):
        notes.append(f"{partial} of them reach an end of the sequence, where they may go on (partial).")
    return notes


def _rows(orfs: list[OpenFrame]) -> list[dict[str, object]]:
    rows, letters = [], 0
    for orf in orfs[:_MOST_LISTED]:
        row: dict[str, object] = {
            "start": orf.start,
            "end": orf.end,
            "strand": orf.strand,
            "frame": orf.frame,
            "length_nt": orf.length,
            "length_aa": len(orf.protein),
            "partial": _partial(orf),
        }
        letters += len(orf.protein)
        if letters <= _MOST_PROTEIN_LETTERS:
            row["protein"] = orf.protein
        rows.append(row)
    return rows


def _partial(orf: OpenFrame) -> str:
    if orf.complete:
        return "no"
    return "at both ends" if orf.open_5 and orf.open_3 else f"at its {5 if orf.open_5 else 3}' end"


def _place(orf: OpenFrame) -> str:
    return f"{orf.start:,} to {orf.end:,}, strand {'+' if orf.strand == 1 else '-'}, frame {orf.frame}"


def _table(orfs: list[OpenFrame]) -> Table:
    rows = tuple(
        (orf.start, orf.end, "+" if orf.strand == 1 else "-", orf.frame, orf.length, len(orf.protein), orf.first_codon,
         _partial(orf), orf.protein)
        for orf in orfs
    )  # fmt: skip
    columns = ("From", "To", "Strand", "Frame", "Length", "Codons", "First codon", "Partial", "Protein")
    return Table(title="Open reading frames", columns=columns, rows=rows, units=("", "", "", "", "nt", "", "", "", ""))


def _features(orfs: list[OpenFrame]) -> list[Feature]:
    return [
        Feature(
            name=f"ORF {number}, frame {orf.frame}",
            start=orf.start,
            end=orf.end,
            strand=orf.strand,
            group=f"frame {orf.frame}",
            protein=orf.protein + ("*" if orf.length > 3 * len(orf.protein) else ""),
        )
        for number, orf in enumerate(orfs[:_MOST_FEATURES], 1)
    ]


def _summary(
    label: str, listed: list[OpenFrame], unfinished: list[OpenFrame], convention: Convention, least: str, table: int
) -> str:
    kind = f"{convention} ORF{'' if len(listed) == 1 else 's'} of at least {least} by genetic code {table}"
    if not listed:
        also = f", and {len(unfinished)} without its stop" if unfinished else ""
        return f"{label} has no {kind}{also}."
    best = listed[0]
    return f"{label} has {len(listed):,} {kind}; the longest codes for {len(best.protein):,} residues ({_place(best)})."

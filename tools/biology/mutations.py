"""Changing a sequence as a mutation is written, and what follows from it: ``mutate``."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from Bio.Data import CodonTable
from pydantic import Field

from errors import ToolInputError, shown
from tools.biology.codon_usage import parse_host
from tools.biology.genetic_codes import GeneticCodeNumber, code_name, genetic_code, translated
from tools.biology.mutation_notation import Change, parse_changes
from tools.biology.placing_changes import Placed, on_bases, on_protein
from tools.biology.protein_changes import effect_of, protein_change
from tools.biology.site_changes import edited, site_changes
from tools.inputs import SequenceText
from tools.inputs.sequences import ParsedSequence, counted, parse_nucleotides, parse_sequence
from tools.outputs import Feature, SequenceView, Table, ToolOutput, View
from tools.registry import tool

_MOST_LETTERS = 10_000  # of the new sequence in ``data``; the view has it whole


@tool(
    group="sequence",
    libraries=("biopython", "python_codon_tables"),
    asks=(
        "mutate", "mutation", "mutant", "point mutation", "substitution", "site-directed mutagenesis", "missense", "nonsense",
        "silent mutation", "frameshift", "deletion", "insertion", "duplication", "variant", "HGVS", "apply the mutation",
        "change the codon", "codon change", "amino acid change", "effect of the mutation",
    ),
)  # fmt: skip
def mutate(
    sequence: SequenceText,
    change: Annotated[
        str | list[str],
        Field(
            description="A123T, p.Ala123Thr, W53*, c.76A>G, c.76_78del, c.76_77insT, codon 12 GGT>GTT; several with commas",
            json_schema_extra={"entity": "mutation"},
        ),
    ],
    table: GeneticCodeNumber = 1,
    host: Annotated[
        str,
        Field(
            description="whose most used codon is taken where several change as few bases",
            json_schema_extra={"entity": "host"},
        ),
    ] = "E. coli",
    cds_start: Annotated[
        int, Field(description="base at which the coding sequence begins, for c. and codon positions")
    ] = 1,
) -> ToolOutput:
    """Apply mutations to a protein or a coding DNA or RNA (A123T, c.76A>G, a codon change, deletions, insertions): the new
    sequence, the effect on the protein, and restriction sites gained and lost.

    Positions are those of the sequence as given. Raises ``ToolInputError`` where another residue or base stands than the
    change says, and for changes that leave open what changes.
    """
    notes: list[str] = []
    changes = parse_changes(change, notes)
    parsed = _sequence(sequence, changes)
    if parsed.alphabet == "protein":
        return _of_protein(parsed, changes, [*parsed.notes, *notes])
    code, chosen = genetic_code(table), parse_host(host)
    if not 1 <= cds_start <= len(parsed.residues):
        raise ToolInputError(
            f"The sequence has no base {cds_start}", "cds_start", f"choose from 1 to {len(parsed.residues)}"
        )
    bases, offset = parsed.residues.replace("U", "T"), cds_start - 1
    placed = _in_order(
        [on_bases(one, bases, offset, code, chosen, _where(changes, n)) for n, one in enumerate(changes, 1)]
    )
    return _of_bases(parsed, bases, offset, placed, code, [*parsed.notes, *notes])


def _sequence(text: str, changes: list[Change]) -> ParsedSequence:
    needs_bases = any(one.level in ("dna", "codon") for one in changes)
    if not needs_bases:
        return parse_sequence(text)
    try:
        return parse_nucleotides(text)
    except ToolInputError as complaint:
        first = next(one for one in changes if one.level in ("dna", "codon"))
        raise ToolInputError(
            f"{shown(first.text)} changes bases, and {complaint.what}",
            complaint.where,
            "give the coding DNA, or a change such as A123T",
        ) from complaint


def _where(changes: list[Change], number: int) -> str:
    return "change" if len(changes) == 1 else f"change, number {number}"


def _in_order(placed: list[Placed]) -> list[Placed]:
    """Sorted by place; raises ``ToolInputError`` where two change the same letters."""
    ordered = sorted(placed, key=lambda one: (one.edit.start, one.edit.end))
    for one, other in pairwise(ordered):
        if other.edit.start < one.edit.end or (one.edit.start, one.edit.end) == (other.edit.start, other.edit.end):
            raise ToolInputError(
                f"{shown(one.change.text)} and {shown(other.change.text)} change the same place",
                "change",
                "give one of them, or both as one delins",
            )
    return ordered


def _of_protein(parsed: ParsedSequence, changes: list[Change], notes: list[str]) -> ToolOutput:
    old = parsed.residues
    placed = _in_order([on_protein(one, old, _where(changes, n)) for n, one in enumerate(changes, 1)])
    edits = [one.edit for one in placed]
    new = edited(old, edits)
    if not new:
        raise ToolInputError(f"{shown(placed[0].change.text)} leaves no residue", "change", "keep at least one")
    stopped = any("*" in one.change.new for one in placed)
    growth = 0 if stopped else 3 * (len(new) - len(old))
    effect = effect_of(old + "*", new + "*", growth, start_lost=False)
    written = protein_change(old + "*", new + "*", effect, predicted=False)
    notes.append(
        "Positions count the residues as given, the first one as 1. What it does to the protein's work is not computed."
    )
    data = {
        "sequence": new[:_MOST_LETTERS],
        "length": len(new),
        "alphabet": "protein",
        "changes": [one.change.text for one in placed],
        "effect": effect,
        "protein_change": written,
    }
    summary = f"{_texts(placed)} in {parsed.label}: {written}, {effect}; {counted(len(new), 'protein')}."
    view = SequenceView(
        alphabet="protein", residues=new, title=f"{parsed.label}, changed", features=tuple(_features(placed, len(new)))
    )
    return ToolOutput(summary=summary, data=data, views=(view, _table(placed)), notes=tuple(notes))


def _of_bases(
    parsed: ParsedSequence,
    bases: str,
    offset: int,
    placed: list[Placed],
    code: CodonTable.NCBICodonTable,
    notes: list[str],
) -> ToolOutput:
    edits = [one.edit for one in placed]
    new = edited(bases, edits)
    if not new:
        raise ToolInputError(f"{shown(placed[0].change.text)} leaves no base", "change", "keep at least one")
    before = sum(edit.growth for edit in edits if edit.end <= offset)
    old_protein, new_protein = _read(bases[offset:], code), _read(new[offset + before :], code)
    coding_end = offset + 3 * len(old_protein)
    touching = [edit for edit in edits if edit.end > offset and edit.start < coding_end]
    growth = sum(edit.growth for edit in touching)
    first, now = bases[offset : offset + 3], new[offset + before : offset + before + 3]
    start_lost = first in code.start_codons and now not in (first, "ATG")
    effect = effect_of(old_protein, new_protein, growth, start_lost) if touching else "outside the coding region"
    written = protein_change(old_protein, new_protein, effect, predicted=True) if touching else "p.(=)"
    dna = "c." + _joined([_in_hgvs(one, bases, offset, alone=len(placed) == 1) for one in placed])
    gained, lost = site_changes(bases, edits)
    notes += [one.note for one in placed if one.note]
    if len(placed) == 1 and dna.endswith(("del", "dup")) and placed[0].change.level == "dna":
        notes.append("c. is written as HGVS asks: of equal stretches the last (3') one, and a doubled stretch as dup.")
    notes += _coding_notes(bases, offset, old_protein, new_protein, code, start_lost)
    notes.append(
        "Restriction sites: enzymes that New England Biolabs sells, isoschizomers each, in linear DNA; a lost site may stand elsewhere, too."
    )
    out = new.replace("T", "U") if parsed.alphabet == "rna" else new
    data: dict[str, object] = {
        "sequence": out[:_MOST_LETTERS],
        "length": len(new),
        "alphabet": parsed.alphabet,
        "changes": [one.change.text for one in placed],
        "dna_change": dna,
        "effect": effect,
        "protein_change": written,
        "protein": None if start_lost else new_protein.rstrip("*"),
        "protein_length": None if start_lost else len(new_protein.rstrip("*")),
        "codon_changes": _codon_changes(bases, new, placed, offset, code),
        "sites_gained": sorted({enzyme.name for enzyme, _ in gained}),
        "sites_lost": sorted({enzyme.name for enzyme, _ in lost}),
    }
    at = offset + before
    coding = (
        [] if start_lost or not new_protein
        else [Feature(name="CDS", start=at + 1, end=at + 3 * len(new_protein), protein=new_protein)]
    )  # fmt: skip
    views: list[View] = [
        SequenceView(
            alphabet=parsed.alphabet,
            residues=out,
            title=f"{parsed.label}, changed",
            features=tuple(_features(placed, len(new)) + coding),
        ),
        _table(placed),
    ]
    if not start_lost and new_protein.rstrip("*"):
        views.append(SequenceView(alphabet="protein", residues=new_protein.rstrip("*"), title="Its protein"))
    if gained or lost:
        rows = [("gained", e.name, e.written, place + 1) for e, place in gained]
        rows += [("lost", e.name, e.written, place + 1) for e, place in lost]
        views.append(Table(title="Restriction sites", columns=("", "Enzyme", "Site", "First base"), rows=tuple(rows)))
    sites = f"{len(data['sites_gained'])} enzymes gain and {len(data['sites_lost'])} lose a site"  # type: ignore[arg-type]
    summary = f"{_texts(placed)} in {parsed.label}: {dna}, {written}, {effect}; {sites}."
    return ToolOutput(summary=summary, data=data, views=tuple(views), notes=tuple(notes))


def _read(bases: str, code: CodonTable.NCBICodonTable) -> str:
    """The protein up to and with its first stop, as ``*``."""
    whole = translated(bases, code.id)
    protein = whole.split("*")[0]
    stopped = len(protein) < len(whole)
    if bases[:3] in code.start_codons and protein:
        protein = "M" + protein[1:]
    return protein + ("*" if stopped else "")


def _coding_notes(
    bases: str, offset: int, old: str, new: str, code: CodonTable.NCBICodonTable, start_lost: bool
) -> list[str]:
    notes = [
        f"Read as a coding sequence from base {offset + 1}, up to the first stop, by genetic code {code_name(code)}; c. and "
        "codon positions count from there, g. positions from the first base given."
    ]
    if bases[offset : offset + 3] not in code.start_codons:
        notes.append(
            f"It begins with {bases[offset : offset + 3]}, no start codon: cds_start says where a coding sequence begins."
        )
    elif bases[offset : offset + 3] != "ATG":
        notes.append(f"It begins with {bases[offset : offset + 3]}, a start codon in this code, read as Met.")
    left = (len(bases) - offset) - 3 * len(old)
    if old.endswith("*") and left:
        notes.append(f"Its first stop is codon {len(old)}; {left} bases after it are not read.")
    if not old.endswith("*"):
        notes.append("It has no stop codon in this frame: the protein ends where the sequence does.")
    if start_lost:
        notes.append(
            "Without its start codon no protein is certain: none is given. Another codon may start it, less often."
        )
    elif not new.endswith("*") and old.endswith("*"):
        notes.append("After the change no stop follows in this frame; the protein is read to the end of the sequence.")
    elif old != new:
        notes.append(f"The protein had {len(old.rstrip('*'))} residues and has {len(new.rstrip('*'))}.")
    return notes


def _codon_changes(
    old: str, new: str, placed: list[Placed], offset: int, code: CodonTable.NCBICodonTable
) -> list[dict[str, object]]:
    """Codon by codon, where the frame and all places stay as they are."""
    if any(one.edit.growth for one in placed):
        return []
    numbers = sorted(
        {place // 3 for one in placed for place in range(one.edit.start - offset, one.edit.end - offset) if place >= 0}
    )
    rows: list[dict[str, object]] = []
    for number in numbers:
        start = offset + 3 * number
        before, after = old[start : start + 3], new[start : start + 3]
        if len(before) == 3 and before != after:
            rows.append(
                {
                    "codon": number + 1,
                    "old": before,
                    "new": after,
                    "old_residue": translated(before, code.id),
                    "new_residue": translated(after, code.id),
                }
            )
    return rows


def _in_hgvs(placed: Placed, bases: str, offset: int, alone: bool) -> str:
    """The change of bases with what is the same at both ends left out; positions from the coding sequence's first base.

    ``alone``: of equal stretches HGVS names the last one (the 3' rule), and what doubles its left neighbour a duplication.
    """
    start, new = placed.edit.start, placed.edit.new
    old = bases[start : placed.edit.end]
    if placed.change.kind == "inversion":
        return f"{start - offset + 1}_{placed.edit.end - offset}inv"
    if placed.change.kind == "duplication":
        start, old, new = placed.edit.end, "", old
    while old and new and old[0] == new[0]:
        start, old, new = start + 1, old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    while alone and bool(old) != bool(new) and bases[start + len(old) : start + len(old) + 1] == (old or new)[0]:
        start, old, new = start + 1, old[1:] + old[:1], new[1:] + new[:1]
    first, last = start - offset + 1, start - offset + len(old)
    if not old:
        if new and bases[max(0, start - len(new)) : start] == new:
            return f"{_span(first - len(new), first - 1)}dup"
        return f"{first - 1}_{first}ins{new}" if new else "="
    if len(old) == len(new) == 1:
        return f"{first}{old}>{new}"
    return f"{_span(first, last)}del" + (f"ins{new}" if new else "")


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}_{last}"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"[{';'.join(parts)}]"


def _texts(placed: list[Placed]) -> str:
    return ", ".join(one.change.text for one in placed[:6]) + (", …" if len(placed) > 6 else "")


def _features(placed: list[Placed], length: int) -> list[Feature]:
    """Where the new letters stand in the new sequence; of a deletion the letter behind it."""
    features, grown = [], 0
    for one in placed:
        start = one.edit.start + grown + 1
        end = start + max(len(one.edit.new), 1) - 1
        if start <= length:
            features.append(Feature(name=one.change.text, start=start, end=min(end, length), strand=0))
        grown += one.edit.growth
    return features


def _table(placed: list[Placed]) -> Table:
    rows = tuple(
        (one.change.text, one.change.kind, one.edit.start + 1, one.edit.end, one.edit.new or "-") for one in placed
    )
    return Table(title="Changes", columns=("Change", "Kind", "From", "To", "New letters"), rows=rows)

"""Several sequences of one kind: each by the strict parser, and one that alone stays open as the kind that the others are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from errors import ToolInputError
from tools.inputs.alphabets import NAMES, is_surely_nucleic
from tools.inputs.sequences import MOST_CHARACTERS, ParsedSequence, parse_sequence

_GAPS = re.compile(r"(?<=[A-Za-z*])[-.~]+|[-.~]+(?=[A-Za-z*])")


def parse_alike(texts: Sequence[str], wheres: Sequence[str]) -> list[ParsedSequence]:
    """The sequences, all proteins or all nucleic acids; raises ``ToolInputError`` that names the first one that is neither.

    ``wheres`` names the argument and item of each text. DNA and RNA may stand together.
    """
    read: list[ParsedSequence | ToolInputError] = []
    for text, where in zip(texts, wheres, strict=True):
        try:
            read.append(parse_sequence(text, "auto", where))
        except ToolInputError as error:
            read.append(error)
    known = [one for one in read if isinstance(one, ParsedSequence)]
    if not known:
        raise next(one for one in read if isinstance(one, ToolInputError))
    protein = next((place for place, one in enumerate(read) if _is_protein(one)), None)
    kind = known[0].alphabet if protein is None else "protein"
    parsed = []
    for one, text, where in zip(read, texts, wheres, strict=True):
        if isinstance(one, ToolInputError):
            one = _as_kind(kind, text, where, one)
        elif protein is not None and one.alphabet != "protein":
            if is_surely_nucleic(one.residues):
                raise ToolInputError(
                    f"{wheres[protein]} is a protein and {where} is {NAMES[one.alphabet]}", where,
                    "translate the nucleic acid first, or give sequences of one kind",
                )  # fmt: skip
            one = parse_sequence(text, "protein", where)
        parsed.append(one)
    return parsed


def separate_texts(sequences: str | Sequence[str], argument: str) -> tuple[list[str], list[str], list[str]]:
    """One text for each sequence, where each stands ("sequences, item 2"), and notes.

    Reads a list, several FASTA records, or plain sequences on lines of their own; gaps of an alignment are taken out.
    """
    notes: list[str] = []
    if sum(map(len, sequences)) > MOST_CHARACTERS:
        raise ToolInputError(
            f"The sequences have over {MOST_CHARACTERS:,} characters together", argument, "give fewer or shorter ones"
        )
    texts: list[str] = []
    for item in [sequences] if isinstance(sequences, str) else sequences:
        records = re.split(r"^(?=>)", item.strip(), flags=re.MULTILINE)
        if item.lstrip().startswith(">"):
            texts += [record for record in records if record.strip()]
        elif isinstance(sequences, str):
            pieces = [piece for piece in re.split(r"\s*[;,\n\r]\s*", item.strip()) if piece]
            if len(pieces) == 1:
                pieces = item.split()
            texts += pieces
            notes.append(f"Without FASTA headers, each line or item was read as one sequence: {len(pieces)} in all.")
        else:
            texts.append(item)
    wheres = [f"{argument}, item {number}" for number in range(1, len(texts) + 1)]
    degapped = [_without_gaps(text) for text in texts]
    if changed := sum(one != other for one, other in zip(texts, degapped, strict=True)):
        notes.append(f"Gaps in {changed} of the sequences were taken out, and all were aligned afresh.")
    return degapped, wheres, notes


def named(parsed: Sequence[ParsedSequence]) -> list[str]:
    """A name for each, all different: its record's, or ``seq_2``; a repeated one gets a number."""
    names: list[str] = []
    for number, one in enumerate(parsed, 1):
        name, times = one.name or f"seq_{number}", 2
        while name in names:
            name, times = f"{one.name or f'seq_{number}'}_{times}", times + 1
        names.append(name)
    return names


def _is_protein(one: ParsedSequence | ToolInputError) -> bool:
    return isinstance(one, ParsedSequence) and one.alphabet == "protein"


def _as_kind(kind: str, text: str, where: str, complaint: ToolInputError) -> ParsedSequence:
    try:
        return parse_sequence(text, kind, where)  # type: ignore[arg-type]
    except ToolInputError:
        raise complaint from None


def _without_gaps(text: str) -> str:
    header, mark, body = text.partition("\n") if text.startswith(">") else ("", "", text)
    if not re.fullmatch(r"[A-Za-z*\s.~-]*", body) or re.search(r"\b[A-Z][a-z]{2}-[A-Z][a-z]{2}", body):
        return text  # three-letter code has hyphens of its own
    return header + mark + _GAPS.sub("", body)

"""Sequences that an answer derives from others: reverse complements, complements, translations, transcripts."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence

from app.checking.facts import Facts
from app.checking.marks import Mark
from app.checking.scope import Scope
from app.checking.things import Thing
from errors import RetortError
from tools.inputs.three_letter import from_three_letters

_DERIVED = re.compile(
    r"(?P<reverse>reverse[-\s]complement\w*|antisense strand|rev(?:erse)?\.? comp\.?)|(?P<complement>\bcomplement(?:ary)?\b)"
    r"|(?P<translation>read(?:s)? (?:it )?as|→|->|translat\w+|encod\w+|codes? for|\bpeptide\b|protein sequence)|(?P<transcript>transcri\w+|\bmRNA\b)",
    re.IGNORECASE,
)
_OF_IT = re.compile(
    r"(?:complement\w*|translation|transcript|strand)\s+(?:of|to)\s+(?:the\s+)?(?:\w+\s+)?[`'\"*5′-]*$", re.IGNORECASE
)
_IS = re.compile(r"[`'\"*)]*\s*(?:is|=|→|\(|,|i\.e\.,?|in one-letter code is)?\s*[`'\"*(]*", re.IGNORECASE)
_COMPLEMENT = str.maketrans("ACGTU", "TGCAA")
_NUCLEIC = ("dna", "rna")
SHORTEST, MOST_SOURCES = 3, 4


def derived_sequences(
    text: str, things: Sequence[Thing], scope: Scope, facts: Facts, stop: threading.Event | None = None
) -> Iterator[Mark]:
    """A mark on each sequence that is said to be derived from one before it."""
    sequences = [thing for thing in things if thing.kind in ("dna", "rna", "protein")]
    for place, derived in enumerate(sequences):
        if place and (mark := _in_one_letter(text, sequences[place - 1], derived)) is not None:
            yield mark
            continue
        sources = [thing for thing in reversed(sequences[:place]) if thing.kind in _NUCLEIC]
        is_source = _OF_IT.search(text, 0, derived.start)
        if not sources or is_source or (stop is not None and stop.is_set()):
            continue
        said = _said(text, sequences[place - 1], derived, scope, sequences[place - 2].end if place > 1 else 0)
        found = [mark for source in sources[:MOST_SOURCES] if (mark := _checked(source, derived, said, facts, stop))]
        if found:
            yield next((mark for mark in found if mark.verdict == "equal"), found[-1] if len(found) > 1 else found[0])


def _in_one_letter(text: str, long: Thing, short: Thing) -> Mark | None:
    """Of "Arg-Gly-Asp is RGD"."""
    if (
        long.kind != "protein"
        or "-" not in long.text
        or "-" in short.text
        or not _IS.fullmatch(text, long.end, short.start)
    ):
        return None
    ours = from_three_letters(long.text) or ""
    call = {"tool": "protein_report", "arguments": {"sequence": long.text}}
    return Mark(
        short.start, short.end, short.text, "equal" if short.text == ours else "different", ours, call, "sequence"
    )


def _checked(source: Thing, derived: Thing, said: str, facts: Facts, stop: threading.Event | None) -> Mark | None:
    if said == "translation" and derived.kind == "protein":
        return _translated(source, derived, facts, stop)
    if said in ("reverse", "complement", "transcript") and derived.kind in _NUCLEIC:
        return _paired(source, derived, said, facts, stop)
    return None


def _said(text: str, before: Thing, derived: Thing, scope: Scope, last_end: int) -> str:
    """The last words for a derivation between the two, or before both in their sentence."""
    start = scope.sentence_at(before.start).start
    if start < last_end:  # what is said before is said of the sequence before
        start = before.start
    for first, last in ((before.end, derived.start), (start, before.start)):
        found = list(_DERIVED.finditer(text, first, last))
        if found:
            return found[-1].lastgroup or ""
    return ""


def _paired(before: Thing, derived: Thing, said: str, facts: Facts, stop: threading.Event | None) -> Mark | None:
    try:
        fact = facts.ask("sequence_report", {"sequence": before.text}, stop)
    except RetortError:
        return None
    reverse = str(fact.data.get("reverse_complement", ""))
    if not reverse:
        return None
    if said == "transcript":
        allowed = [
            before.text.replace("T", "U"),
            before.text.translate(_COMPLEMENT).replace("T", "U"),
            reverse.replace("T", "U"),
        ]
    else:
        allowed = [reverse, reverse[::-1]] if said == "complement" else [reverse]
    written = derived.text.replace("U", "T") if said != "transcript" else derived.text
    if abs(len(written) - len(before.text)) > max(2, len(before.text) // 5):
        return None
    same = any(written == one.replace("U", "T") if said != "transcript" else written == one for one in allowed)
    return Mark(
        derived.start, derived.end, derived.text, "equal" if same else "different", allowed[0], fact.call, "sequence"
    )


def _translated(before: Thing, derived: Thing, facts: Facts, stop: threading.Event | None) -> Mark | None:
    try:
        fact = facts.ask("translate", {"sequence": before.text}, stop)
    except RetortError:
        return None
    protein = str(fact.data.get("protein", ""))
    written = (from_three_letters(derived.text) or derived.text).rstrip("*")
    if len(written) < SHORTEST or abs(len(written) - len(protein.rstrip("*"))) > max(2, len(protein) // 3):
        return None
    same = written in (protein.rstrip("*"), protein.split("*")[0])
    return Mark(
        derived.start, derived.end, derived.text, "equal" if same else "different", protein, fact.call, "translation"
    )

"""Marks as a person sees them: what stands around a checked statement, what opens from it, and the line that sums up."""

from __future__ import annotations

import json
import re

from app.checking.correcting import is_wrong
from app.checking.kept import marks_of
from app.checking.marks import Mark, summed_up
from app.drawings import LONGEST_SMILES
from app.store import StoredMessage
from app.ui.marked_text import Placed
from app.ui.views import escape

LONGEST_CLAIM = 300
LONGEST_CALL = 2_000
#: Kinds of statements that are not words as they are.
KINDS = {
    "smiles": "SMILES", "inchi": "InChI", "inchikey": "InChIKey", "cas": "CAS number", "dna": "DNA", "rna": "RNA", "logp": "logP",
    "tpsa": "TPSA", "pi": "pI", "tm": "melting temperature", "qed": "QED", "gc": "GC content", "gravy": "GRAVY",
    "fraction_csp3": "fraction of sp³ carbons", "h_bond_donors": "hydrogen-bond donors", "h_bond_acceptors": "hydrogen-bond acceptors",
}  # fmt: skip
_MARKUP = re.compile(r"</?su[bp]>|\*\*|`|\\[()]")
#: What is said where a rule was enough.
BY_FORM = "Looked at by its form alone; no tool was called."


def placed_marks(message: StoredMessage) -> dict[int, list[Placed]]:
    """The marks of a message by the part in which they stand, as ``safe_markdown`` takes them."""
    placed: dict[int, list[Placed]] = {}
    for number, (index, mark) in enumerate(marks_of(message.details, drawn=True)):
        placed.setdefault(index, []).append(Placed(mark.start, mark.end, mark.verdict, f"{message.id}-{number}"))
    return placed


def checks_html(message: StoredMessage, *, offers_correction: bool = False) -> str:
    """One quiet line that sums up what was checked and opens to all of it; empty where nothing was.

    assets/marks.js shows an entry beside its mark in the text. ``offers_correction``: with a button, where something is wrong.
    """
    marks = [mark for _, mark in marks_of(message.details, drawn=True)]
    if not marks:
        return ""
    entries = "".join(
        f"<li{' hidden' * (mark.verdict == 'drawn')}>{_entry(mark, f'{message.id}-{number}')}</li>"
        for number, mark in enumerate(marks)
    )
    button = (
        f'<p class="offers"><button data-action="correct" data-id="{message.id}">Ask for a correction</button></p>'
        if offers_correction and any(map(is_wrong, marks))
        else ""
    )
    summary = summed_up(marks)
    hidden = "" if summary else " hidden"
    return f'<details class="checks quiet"{hidden}><summary>{escape(summary)}</summary><ol>{entries}</ol></details>{button}'


def verdict_words(mark: Mark) -> str:
    """What the check says, and no more than was checked."""
    if mark.verdict == "tool":
        return f"from a tool: {mark.call.get('tool', 'a result of this conversation')}"
    if mark.verdict == "equal":
        return "recomputed: equal within the digits given"
    if mark.verdict == "drawn":
        return "drawn as it is understood; nothing was checked of it"
    if mark.verdict == "different":
        return f"recomputed: {mark.ours}" if mark.ours else "recomputed: different"
    return f"cannot be right: {mark.ours}" if mark.ours else "cannot be right"


def _entry(mark: Mark, name: str) -> str:
    """What opens from a mark: the claim, the verdict, what says so, and the structure where one is meant."""
    kind = (
        f' <span class="quiet">{escape(KINDS.get(mark.kind, mark.kind.replace("_", " ")))}</span>' if mark.kind else ""
    )
    says_ours = mark.verdict in ("tool", "equal") and mark.ours and mark.ours != mark.span
    ours = f'<p class="ours">{escape(mark.ours)}</p>' if says_ours else ""
    card = f'<button data-card="{escape(mark.card)}">Show its card</button>' if mark.card else ""
    structure = _structure(mark)
    drawn = f' data-smiles="{escape(structure)}"' if structure else ""
    return (
        f'<div class="check-entry {mark.verdict}" data-check="{name}"{drawn}><p class="claim"><q>{escape(_claim(mark.span))}</q>{kind}</p>'
        f'<p class="verdict">{escape(verdict_words(mark))}</p>{ours}{_call(mark)}'
        f'<p class="offers">{card}{_copy(mark)}</p></div>'
    )


def _structure(mark: Mark) -> str:
    """What is drawn beside a mark, as SMILES or InChI: what it is about, or what it is itself if that can be read."""
    is_structure = mark.kind in ("smiles", "inchi") and mark.verdict != "invalid"
    structure = mark.smiles or (mark.span if is_structure else "")
    return structure if len(structure) <= LONGEST_SMILES else ""


def _call(mark: Mark) -> str:
    if not mark.call:
        return f'<p class="quiet">{BY_FORM}</p>'
    return f'<p class="call"><code>{escape(_call_text(mark)[:LONGEST_CALL])}</code></p>'


def _copy(mark: Mark) -> str:
    return (
        f'<button data-action="copy" data-text="{escape(_call_text(mark))}">Copy the call</button>' if mark.call else ""
    )


def _call_text(mark: Mark) -> str:
    return json.dumps(mark.call, ensure_ascii=False)


def _claim(span: str) -> str:
    """What was claimed, as it is read: without the signs of Markdown around and within it."""
    text = _MARKUP.sub("", span)
    return text if len(text) <= LONGEST_CLAIM else text[: LONGEST_CLAIM - 1] + "…"

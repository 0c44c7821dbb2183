"""Sequences: numbered blocks of ten that wrap with the page, features marked; only letters are copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.ui.views.markup import escape
from app.ui.views.notation import figure

BLOCK = 10
MOST_IN_BLOCKS = 5_000
MOST_IN_ALL = 1_000_000
MOST_FEATURES = 200
COLOURS = 6
UNITS = {"dna": "bases", "rna": "bases", "protein": "residues"}


def sequence_html(view: Mapping[str, Any]) -> str:
    """A ``SequenceView``: the first 5,000 residues in blocks, the rest as plain letters behind a line that opens."""
    residues = "".join(str(view["residues"]).split())
    unit = UNITS.get(str(view.get("alphabet")), "residues")
    features = list(view.get("features") or ())
    blocks = _blocks(residues[:MOST_IN_BLOCKS], features)
    title = f"{view.get('title', '')} ({len(residues):,} {unit})"
    body = (
        f'<div class="residues" role="group" tabindex="0" aria-label="{escape(title)}">{blocks}</div>'
        + _rest(residues, unit)
        + _feature_list(features)
    )
    return figure("sequence", body, title)


def _blocks(residues: str, features: Sequence[Mapping[str, Any]]) -> str:
    """The number of a block is generated content of the style sheet, so that it is not copied with the letters."""
    marks: list[int | None] = [None] * len(residues)
    for index in reversed(range(min(len(features), MOST_FEATURES))):  # where two overlap the first one shows
        start, end = int(features[index]["start"]), int(features[index]["end"])
        for position in range(max(start, 1) - 1, min(end, len(residues))):
            marks[position] = index
    return "".join(
        f'<span class="block" data-n="{start + 1}">'
        f"{_marked(residues[start : start + BLOCK], marks[start : start + BLOCK])}</span>"
        for start in range(0, len(residues), BLOCK)
    )


def _marked(letters: str, marks: Sequence[int | None]) -> str:
    parts, start = [], 0
    for position in range(1, len(letters) + 1):
        if position == len(letters) or marks[position] != marks[start]:
            text, mark = escape(letters[start:position]), marks[start]
            parts.append(text if mark is None else f'<mark class="f{mark % COLOURS}">{text}</mark>')
            start = position
    return "".join(parts)


def _rest(residues: str, unit: str) -> str:
    if len(residues) <= MOST_IN_BLOCKS:
        return ""
    rest = residues[MOST_IN_BLOCKS:MOST_IN_ALL]
    last = MOST_IN_BLOCKS + len(rest)
    cut = f'<p class="view-note">The rest, to {len(residues):,}, is not shown.</p>' if last < len(residues) else ""
    return (
        f"<details><summary>The first {MOST_IN_BLOCKS:,} {unit} are numbered; "
        f"{MOST_IN_BLOCKS + 1:,} to {last:,} as plain letters</summary>"
        f'<div class="residues plain">{escape(rest)}</div>{cut}</details>'
    )


def _feature_list(features: Sequence[Mapping[str, Any]]) -> str:
    if not features:
        return ""
    items = "".join(
        f'<li><mark class="f{index % COLOURS}">{escape(feature["name"])}</mark> '
        f"{int(feature['start']):,}–{int(feature['end']):,}{_strand(feature)}</li>"
        for index, feature in enumerate(features[:MOST_FEATURES])
    )
    more = len(features) - MOST_FEATURES
    note = f'<p class="view-note">{more:,} more features are not listed.</p>' if more > 0 else ""
    return f'<ul class="features">{items}</ul>{note}'


def _strand(feature: Mapping[str, Any]) -> str:
    return ", reverse strand" if feature.get("strand") == -1 else ""

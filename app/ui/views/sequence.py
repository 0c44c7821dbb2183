"""Sequences and alignments: their letters as text, which ``assets/sequence/viewer.js`` turns into a viewer.

Without a script, and for what reads pages without one, the letters and the list of features are what is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.ui.views.markup import escape
from app.ui.views.notation import figure

MOST_LETTERS = 1_000_000
MOST_FEATURES = 200
MOST_ROWS = 200
MOST_PROTEIN_LETTERS = 50_000
COLOURS = 6
ALPHABETS = ("dna", "rna", "protein")
UNITS = {"dna": "base", "rna": "base", "protein": "residue"}

_ASSETS = Path(__file__).resolve().parents[3] / "assets" / "sequence"
_SCRIPTS = ("letters.js", "strands.js", "alignment.js", "viewer.js")


def viewer_head() -> str:
    """What a page needs in its head to show a viewer; the styles are for its inside only, so the page does not apply them."""
    styles = (_ASSETS / "viewer.css").read_text(encoding="utf-8")
    scripts = "".join(f"<script>{(_ASSETS / name).read_text(encoding='utf-8')}</script>" for name in _SCRIPTS)
    return f'<style id="sequence-style" media="not all">{styles}</style>{scripts}'


def sequence_html(view: Mapping[str, Any]) -> str:
    """A ``SequenceView``: all letters once, up to a million, and up to 200 features."""
    residues = "".join(str(view["residues"]).split())
    alphabet = _alphabet(view)
    features = list(view.get("features") or ())
    unit = UNITS[alphabet] + ("" if len(residues) == 1 else "s")
    title = f"{view.get('title', '')} ({len(residues):,} {unit}{', circular' if view.get('circular') else ''})"
    circle = ' data-circular=""' if view.get("circular") and len(residues) <= MOST_LETTERS else ""
    body = _letters(escape(residues[:MOST_LETTERS]), "residues", alphabet, title, circle) + _cut(len(residues))
    return figure("sequence", body + _feature_list(features), title)


def alignment_html(view: Mapping[str, Any]) -> str:
    """An ``AlignmentView``: its rows below each other, up to 200."""
    rows = [str(row)[:MOST_LETTERS] for row in view["rows"]][:MOST_ROWS]
    title = f"{view.get('title', '')} ({len(view['rows']):,} rows, {len(rows[0]) if rows else 0:,} columns)"
    described = {
        "marks": str(view.get("marks", ""))[:MOST_LETTERS],
        "legend": view.get("legend", ""),
        "consensus": str(view.get("consensus", ""))[:MOST_LETTERS],
        "conservation": " ".join(f"{value:.3g}" for value in (view.get("conservation") or ())[:MOST_LETTERS]),
        "most": f"{view.get('conservation_most') or 0:.4g}",
        "unit": view.get("conservation_unit", ""),
    }
    attributes = "".join(f' data-{name}="{escape(value)}"' for name, value in described.items() if value)
    lines = "".join(
        f'<div data-start="{int(start)}"><b>{escape(name)}</b> <span>{escape(row)}</span></div>'
        for name, start, row in zip(view["names"], view["starts"], rows, strict=False)
    )
    hidden = len(view["rows"]) - len(rows)
    note = f'<p class="view-note">{hidden:,} more rows are not shown.</p>' if hidden > 0 else ""
    body = _letters(lines, "residues aligned", _alphabet(view), title, attributes) + note
    return figure("alignment", body + _cut(max(map(len, view["rows"]), default=0)), title)


def _alphabet(view: Mapping[str, Any]) -> str:
    alphabet = str(view.get("alphabet"))
    return alphabet if alphabet in ALPHABETS else "protein"


def _letters(inside: str, classes: str, alphabet: str, title: str, attributes: str) -> str:
    """Marked for the viewer, unless there is nothing to view."""
    marked = f' data-alphabet="{alphabet}"{attributes}' if inside else ""
    return f'<div class="{classes}" role="group" tabindex="0" aria-label="{escape(title)}"{marked}>{inside}</div>'


def _cut(length: int) -> str:
    if length <= MOST_LETTERS:
        return ""
    return f'<p class="view-note">The first {MOST_LETTERS:,} of {length:,} are shown.</p>'


def _feature_list(features: Sequence[Mapping[str, Any]]) -> str:
    if not features:
        return ""
    colours: dict[str, int] = {}
    items = []
    for feature, protein in zip(features[:MOST_FEATURES], _proteins(features), strict=False):
        colour = colours.setdefault(str(feature.get("group") or feature["name"]), len(colours)) % COLOURS
        items.append(_feature(feature, colour, protein))
    more = len(features) - MOST_FEATURES
    note = f'<p class="view-note">{more:,} more features are neither drawn nor listed.</p>' if more > 0 else ""
    count = f"{len(features):,} feature{'' if len(features) == 1 else 's'}"
    return (
        f'<details class="listed"><summary>{count}</summary><ul class="features">{"".join(items)}</ul></details>{note}'
    )


def _proteins(features: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What each codes for, as long as there is room in a page."""
    letters = 0
    for feature in features:
        protein = str(feature.get("protein") or "")
        letters += len(protein)
        yield protein if letters <= MOST_PROTEIN_LETTERS else ""


def _feature(feature: Mapping[str, Any], colour: int, protein: str) -> str:
    start, end, strand = int(feature["start"]), int(feature["end"]), int(feature.get("strand", 1))
    cuts = " ".join(f"{int(above)}/{int(below)}" for above, below in feature.get("cuts") or ())
    more = (f' data-cuts="{cuts}"' if cuts else "") + (f' data-protein="{escape(protein)}"' if protein else "")
    return (
        f'<li data-at="{start} {end} {strand}"{more}><mark class="f{colour}">{escape(feature["name"])}</mark> '
        f"{start:,}–{end:,}{', reverse strand' if strand == -1 else ''}</li>"
    )

"""Tables: units in the header, numbers to the right; ``assets/views.js`` sorts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.ui.views.markup import escape, number_text
from app.ui.views.notation import notation_html

MOST_ROWS = 500
WHOLE_UP_TO = 30  #: rows that are shown without a box that scrolls
MONOSPACE_COLUMNS = frozenset(
    [
        "smiles",
        "inchi",
        "inchikey",
        "selfies",
        "smarts",
        "sequence",
        "peptide",
        "primer",
        "codon",
        "residues",
        "site",
        "fragment",
    ]
)


def table_html(view: Mapping[str, Any]) -> str:
    """A ``Table`` view; beyond ``MOST_ROWS`` rows a sentence says how many there are."""
    return rows_html(view["columns"], view["rows"], view.get("units") or (), str(view.get("title", "")))


def rows_html(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], units: Sequence[str], title: str, *, sortable: bool = True
) -> str:
    """``sortable``: with buttons in the header, which need the page's script."""
    shown = rows[:MOST_ROWS]
    numeric = [_is_numeric(shown, index) for index in range(len(columns))]
    mono = [bool(MONOSPACE_COLUMNS & set(str(column).lower().replace("_", " ").split())) for column in columns]
    classes = ["number" if n else "mono" if m else "" for n, m in zip(numeric, mono, strict=True)]
    head = "".join(
        _header(column, units[index] if index < len(units) else "", classes[index], sortable)
        for index, column in enumerate(columns)
    )
    body = "".join(
        "<tr>" + "".join(_cell(cell, classes[i] if i < len(classes) else "") for i, cell in enumerate(row)) + "</tr>"
        for row in shown
    )
    note = ""
    if len(rows) > MOST_ROWS:
        note = f'<p class="view-note">The first {MOST_ROWS} of {len(rows):,} rows are shown.</p>'
    elif not rows:
        note = '<p class="view-note">There are no rows.</p>'
    caption = f"<caption>{escape(title)}</caption>" if title else ""
    label = escape(title or "Table")
    long = " long" if len(shown) > WHOLE_UP_TO else ""
    return (
        f'<div class="view table"><div class="table-box{long}" role="region" tabindex="0" aria-label="{label}">'
        f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{note}</div>"
    )


def _header(column: str, unit: str, kind: str, sortable: bool) -> str:
    unit_html = f' <span class="unit">{escape(unit)}</span>' if unit else ""
    if not sortable:
        return f'<th scope="col" class="{kind}">{escape(column)}{unit_html}</th>'
    return (
        f'<th scope="col" class="{kind}" aria-sort="none"><button type="button" class="sort">'
        f"{escape(column)}{unit_html}</button></th>"
    )


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _is_numeric(rows: Sequence[Sequence[Any]], index: int) -> bool:
    """Whether a column holds numbers and gaps only, and at least one number."""
    cells = [row[index] for row in rows if index < len(row) and row[index] is not None]
    return bool(cells) and all(_is_number(cell) for cell in cells)


def _cell(cell: object, kind: str) -> str:
    if cell is None:
        return f'<td class="{kind}"><span class="none" aria-label="no value">–</span></td>'
    if isinstance(cell, bool):
        return f'<td class="{kind}">{"yes" if cell else "no"}</td>'
    if isinstance(cell, int | float):
        return f'<td class="{kind}" data-value="{cell!r}">{number_text(cell)}</td>'
    return f'<td class="{kind}">{escape(cell) if kind == "mono" else notation_html(str(cell))}</td>'

"""A row of the table that ``make bench`` prints: two figures of one run, their ratio, and the bar it must pass."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """``ours`` and ``theirs`` in ``unit``; ``ratio`` is ours over theirs, at least or at most the ``bar``.

    Where ``added``, the bar is on how much more ours are, in ``unit``.
    """

    what: str
    ours: float
    theirs: float
    unit: str
    bar: float
    at_most: bool = False
    added: bool = False

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs

    @property
    def passes(self) -> bool:
        if self.added:
            return self.ours - self.theirs <= self.bar
        return self.ratio <= self.bar if self.at_most else self.ratio >= self.bar


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| measured | Retort | beside | compared | bar | |", "|---|---|---|---|---|---|"]
    for row in rows:
        bar = f"{'≤' if row.at_most else '≥'} {row.bar:g}" if not row.added else f"≤ {row.bar:g} {row.unit} more"
        verdict = "reached" if row.passes else "NOT reached"
        compared = f"{row.ours - row.theirs:+.2f} {row.unit}" if row.added else f"{row.ratio:.2f}"
        lines.append(
            f"| {row.what} | {row.ours:.3g} {row.unit} | {row.theirs:.3g} {row.unit} | {compared} | {bar} | {verdict} |"
        )
    return "\n".join(lines)

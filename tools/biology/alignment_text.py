"""Aligned rows as lines of text, numbered at both ends, with a line of marks below or between them."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH = 60
GAP = "-"
_LONGEST_NAME = 16


def pair_in_lines(names: tuple[str, str], rows: tuple[str, str], starts: tuple[int, int], marks: str) -> str:
    """Two rows with ``marks`` between them, in blocks of 60 columns; ``starts`` are the 1-based first residues."""
    width = max(len(_short(name)) for name in names)
    digits = len(str(max(start + len(row) for start, row in zip(starts, rows, strict=True))))
    lines, at = [], list(starts)
    for first in range(0, len(marks), WIDTH):
        block = []
        for index in (0, 1):
            piece = rows[index][first : first + WIDTH]
            residues = len(piece) - piece.count(GAP)
            begin, end = (at[index], at[index] + residues - 1) if residues else (at[index] - 1, at[index] - 1)
            block.append(f"{_short(names[index]):<{width}}  {begin:>{digits}} {piece} {end}")
            at[index] += residues
        middle = " " * (width + digits + 3) + marks[first : first + WIDTH]
        lines += [block[0], middle.rstrip(), block[1], ""]
    return "\n".join(lines).rstrip() + "\n"


def rows_in_lines(names: Sequence[str], rows: Sequence[str], marks: str) -> str:
    """Any number of rows with ``marks`` below them, in blocks of 60 columns, each row's last residue counted at its end."""
    width = max(len(_short(name)) for name in names)
    lines, at = [], [0] * len(rows)
    for first in range(0, len(marks), WIDTH):
        for index, row in enumerate(rows):
            piece = row[first : first + WIDTH]
            at[index] += len(piece) - piece.count(GAP)
            lines.append(f"{_short(names[index]):<{width}}  {piece} {at[index]}")
        lines += [(" " * (width + 2) + marks[first : first + WIDTH]).rstrip(), ""]
    return "\n".join(lines).rstrip() + "\n"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"

"""The sentences of a plain text, and the rows of its tables, with what each stands under."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_LINE = re.compile(r"[^\n]+")
#: A full stop ends a sentence before a blank and anything but a small letter, unless it shortens a word.
_STOP = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bca)(?<!\bapprox)(?<!\bvs)(?<!\bc)(?<!\bFig)(?<!\bNo)(?<!\bDr)(?<!\bEq)[.!?;]['\")\]*]{0,2}\s+(?=[^\s])"
)
_ITEM = re.compile(r"\s*(?:[-*+•–]|\d{1,3}[.)])\s+")
_RULE = re.compile(r"[\s:|-]+")


@dataclass(frozen=True)
class Sentence:
    """``start`` to ``end`` of the text. ``line``: the number of its line; ``paragraph``: of its paragraph or list.

    ``header``: where a cell of a table stands under, start and end of the header's cell; ``row``: start and end of the first cell.
    """

    start: int
    end: int
    line: int
    paragraph: int
    is_item: bool = False
    header: tuple[int, int] | None = None
    row: tuple[int, int] | None = None


def sentences_of(text: str) -> list[Sentence]:
    """In order; a cell of a table is one."""
    found: list[Sentence] = []
    lines = [(match.start(), match.end()) for match in _LINE.finditer(text)]
    paragraph, last_end, number = 0, 0, 0
    while number < len(lines):
        start, end = lines[number]
        if text.count("\n", last_end, start) > 1:
            paragraph += 1
        last_end = end
        if _is_header(text, lines, number):
            number = _rows(text, lines, number, paragraph, found)
            last_end = lines[number - 1][1]
            continue
        found += _of_line(text, start, end, number, paragraph)
        number += 1
    return found


def _of_line(text: str, start: int, end: int, number: int, paragraph: int) -> Iterator[Sentence]:
    line = text[start:end]
    is_item = bool(_ITEM.match(line))
    at = start
    for stop in _STOP.finditer(text, start, end):
        if text[stop.start()] == ";" and text.count("(", at, stop.start()) > text.count(")", at, stop.start()):
            continue  # within brackets
        yield Sentence(at, stop.end(), number, paragraph, is_item)
        at = stop.end()
    if at < end:
        yield Sentence(at, end, number, paragraph, is_item)


def _is_header(text: str, lines: list[tuple[int, int]], number: int) -> bool:
    """Whether a table begins here: cells, and a rule below."""
    if number + 1 >= len(lines) or "|" not in text[slice(*lines[number])]:
        return False
    rule = text[slice(*lines[number + 1])]
    return "|" in rule and "-" in rule and _RULE.fullmatch(rule) is not None


def _rows(text: str, lines: list[tuple[int, int]], number: int, paragraph: int, found: list[Sentence]) -> int:
    header = _cells(text, *lines[number])
    found += [Sentence(*cell, number, paragraph) for cell in header if cell[0] < cell[1]]
    number += 2
    while (
        number < len(lines)
        and "|" in text[slice(*lines[number])]
        and "\n\n" not in text[lines[number - 1][1] : lines[number][0]]
    ):
        cells = _cells(text, *lines[number])
        for column, cell in enumerate(cells):
            if cell[0] < cell[1]:
                above = header[column] if column < len(header) else None
                found.append(Sentence(*cell, number, paragraph, header=above, row=cells[0] if column else None))
        number += 1
    return number


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Start and end of each cell, without the blanks around it."""
    bounds = [
        start - 1,
        *(place for place in range(start, end) if text[place] == "|" and text[place - 1 : place] != "\\"),
        end,
    ]
    cells = []
    for before, after in pairwise(bounds):
        inner = text[before + 1 : after]
        left = len(inner) - len(inner.lstrip())
        cells.append((before + 1 + left, max(before + 1 + left, before + 1 + len(inner.rstrip()))))
    line = text[start:end]
    first = 1 if line.lstrip().startswith("|") else 0
    return cells[first : len(cells) - 1 if line.rstrip().endswith("|") else len(cells)]

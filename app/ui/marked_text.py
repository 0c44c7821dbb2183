"""Puts marks into Markdown that is already safe: elements around what was checked, which change nothing of how it is read.

A Markdown reader looks at the characters beside ``*`` and ``_`` to see what they mean, and at the beginnings of lines, so an
element must not stand just anywhere: it lies within one line and one table cell, holds no such delimiter, begins after
what makes a line a list item, and never stands where a tag would change what a delimiter beside it may do.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from operator import itemgetter
from typing import NamedTuple

from app.checking.marks import Verdict

#: Of several marks on one thing, the one whose sign is shown comes first.
WEIGHT: tuple[Verdict, ...] = ("invalid", "different", "equal", "tool", "drawn")
INDENT_OF_CODE = 4

#: What begins a line and is no text of it: quotes, list items, headings, boxes of tasks.
_PREFIX = re.compile(r"(?:[ \t]*(?:>[ \t]?|(?:[-*+]|\d{1,9}[.)]|#{1,6})(?:[ \t]+|$)))*[ \t]*(?:\[[ xX]\][ \t]+)?")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_DEEP = re.compile(r"[-*+>.)] {5}")  # what begins so far behind the sign of an item or a quote is code in it
_QUOTE = re.compile(r"(?: {0,3}> ?)+")
#: What may close a heading, and then is no text of it.
_CLOSING = re.compile(r"[ \t]+#+[ \t]*$")
#: Within these a tag would end an entity or an address.
_UNCUT = re.compile(r"&(?:#\w{1,8}|\w{1,31});|(?:www\.|ftp://)\S{1,500}|[\w.+-]{1,80}@[\w.-]{1,200}")
_ESCAPED = re.compile(r"\\[^\w\s]")
_RUN = re.compile(r"\*+|_+|~+")


class Piece(NamedTuple):
    """``shown`` for the characters ``start`` to ``end`` of the text.

    A ``whole`` one has room for no tag inside; in a ``literal`` one no character means anything to Markdown outside of it.
    """

    start: int
    end: int
    shown: str
    whole: bool = False
    literal: bool = False


@dataclass(frozen=True)
class Placed:
    """A mark of a text: characters ``start`` to ``end``, and the ``name`` (letters, digits, ``-``) that leads to its details."""

    start: int
    end: int
    verdict: Verdict
    name: str


def code_lines(lines: Sequence[str | None]) -> frozenset[int]:
    """The lines that are or may be indented code, in which a tag would be read as text; None stands for a line of a fence."""
    found: set[int] = set()
    contents: list[int] = []  # how far the text of each open list item is indented
    after_blank = True
    for number, line in enumerate(lines):
        if line is None:
            contents, after_blank = [], True
            continue
        if not line.strip():
            after_blank = True
            continue
        line = line.expandtabs(INDENT_OF_CODE)
        if (prefix := _PREFIX.match(line)) and _DEEP.search(prefix[0]):
            found.add(number)
        quote = _QUOTE.match(line)
        rest = line[quote.end() :] if quote else line
        text = rest.lstrip(" ")
        indent, item = len(rest) - len(text), _ITEM.match(text)
        while contents and indent < contents[-1] and (after_blank or item):
            contents.pop()
        base = contents[-1] if contents else 0
        if indent - base >= INDENT_OF_CODE:
            found.add(number)
            item = None
        while item is not None:  # an item may begin in an item
            indent, text = indent + item.end(), text[item.end() :]
            contents.append(indent)
            item = _ITEM.match(text)
        after_blank = False
    return frozenset(found)


def with_marks(pieces: Sequence[Piece], marks: Sequence[Placed], closed: Sequence[bool]) -> str:
    """The pieces of a paragraph joined, with an element around each mark; ``closed`` tells of each line whether it takes none.

    What a mark touches of a whole piece is in it as a whole; marks that come to lie on one another share an element.
    """
    text = _Text(pieces, closed)
    tags: list[tuple[int, int, str]] = []
    for start, end, together in _grouped(text, marks):
        parts = text.parts(start, end)
        names = " ".join(f"mark-{mark.name}" for mark in together)
        verdict = min((mark.verdict for mark in together), key=WEIGHT.index)
        for number, (begin, stop) in enumerate(parts, start=1):
            going_on = "" if number == len(parts) else " goes-on"
            opening = f'<span class="checked {verdict}{going_on} {names}" role="button" tabindex="0">'
            tags += [(begin, 1, opening), (stop, 0, "</span>")]  # at one place, what ends before what begins
    written, done = [], 0
    for position, _, tag in sorted(tags):
        written += [text.shown[done:position], tag]
        done = position
    return "".join([*written, text.shown[done:]])


def _grouped(text: _Text, marks: Iterable[Placed]) -> list[tuple[int, int, list[Placed]]]:
    """Where the marks lie in what is shown, those that touch the same characters together."""
    groups: list[tuple[int, int, list[Placed]]] = []
    placed = sorted(((text.place(mark.start, mark.end), mark) for mark in marks), key=lambda one: one[0])
    for (start, end), mark in placed:
        if groups and start < groups[-1][1]:
            first, last, together = groups[-1]
            groups[-1] = (first, max(last, end), [*together, mark])
        else:
            groups.append((start, end, [mark]))
    return groups


class _Text:
    """What is shown of a paragraph, as a Markdown reader sees it."""

    def __init__(self, pieces: Sequence[Piece], closed: Sequence[bool]) -> None:
        self.shown = shown = "".join(piece.shown for piece in pieces)
        self._pieces, position = [], 0
        for piece in filter(lambda piece: piece.end > piece.start, pieces):
            self._pieces.append((piece, position))
            position += len(piece.shown)
        self._inside = bytearray(len(shown) + 1)  # 1: no tag may stand before this character
        self._held = bytearray(len(shown) + 1)  # 1: this character means itself, whatever it is elsewhere
        for piece, at in self._pieces:
            if piece.literal:
                self._hold(at, at + len(piece.shown))
            elif piece.whole:
                self._keep_whole(at, at + len(piece.shown))
        for match in _ESCAPED.finditer(shown):
            if not self._held[match.start()]:
                self._hold(*match.span())
        for match in _UNCUT.finditer(shown):
            self._keep_whole(*match.span())
        self._lines = self._open_lines(closed)
        masked = "".join(" " if held else letter for letter, held in zip(shown, self._held, strict=False))
        self._runs = [match.span() for match in _RUN.finditer(masked)]
        for run in self._runs:
            self._keep_whole(*run)
        self._beginning_at = {run[0]: run for run in self._runs}
        self._ending_at = {run[1]: run for run in self._runs}
        self._able = [run for run in self._runs if any(self._abilities(*run))]
        self._plain = {delimiter for delimiter in "*_~" if self._pairs_plainly(delimiter)}
        bounds = [match.span() for match in re.finditer(r"\|", masked)]
        self._cuts = sorted([*bounds, *self._able])

    def _keep_whole(self, begin: int, stop: int) -> None:
        self._inside[begin + 1 : stop] = b"\1" * (stop - begin - 1)

    def _hold(self, begin: int, stop: int) -> None:
        self._keep_whole(begin, stop)
        self._held[begin:stop] = b"\1" * (stop - begin)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters ``start`` to ``end`` of the written text lie in what is shown, to the ends of whole pieces."""
        begin, stop = self._shown_at(start, is_end=False), self._shown_at(end - 1, is_end=True)
        while self._inside[begin]:
            begin -= 1
        while self._inside[stop]:
            stop += 1
        return begin, max(begin, stop)

    def parts(self, start: int, end: int) -> list[tuple[int, int]]:
        """The stretches between ``start`` and ``end`` around which an element may stand."""
        found = []
        first = bisect_right(self._lines, start, key=itemgetter(1))
        for opening, ending in takewhile(lambda line: line[0] < end, islice(self._lines, first, None)):
            begin, stop = max(start, opening), min(end, ending)
            from_here = islice(self._cuts, bisect_left(self._cuts, begin, key=itemgetter(0)), None)
            cuts = list(takewhile(lambda cut: cut[1] <= stop, from_here))  # noqa: B023 - read at once
            begins, stops = [begin, *(cut[1] for cut in cuts)], [*(cut[0] for cut in cuts), stop]
            found += [part for ends in zip(begins, stops, strict=True) if (part := self._allowed(*ends))]
        return found

    def _shown_at(self, position: int, *, is_end: bool) -> int:
        piece, at = self._pieces[bisect_right(self._pieces, position, key=lambda placed: placed[0].start) - 1]
        return at + (len(piece.shown) * is_end if piece.whole else position - piece.start + is_end)

    def _open_lines(self, closed: Sequence[bool]) -> list[tuple[int, int]]:
        """Of each line that takes marks: where its text begins, and where it ends. A line goes on within a whole piece."""
        found, position, first = [], 0, 0
        breaks = [match.start() for match in re.finditer("\n", self.shown) if not self._held[match.start()]]
        for end in [*breaks, len(self.shown)]:
            line = self.shown[position:end]
            last = first + line.count("\n") + 1
            prefix = _PREFIX.match(self.shown, position, end)
            begin = prefix.end() if prefix else position
            while self._inside[begin]:
                begin += 1
            closing = _CLOSING.search(self.shown, begin, end)
            if not any(closed[first:last]) and any(letter.isalnum() for letter in line):
                found.append((begin, closing.start() if closing else end))
            position, first = end + 1, last
        return found

    def _allowed(self, start: int, end: int) -> tuple[int, int] | None:
        """The stretch without blanks at its ends, made shorter where a tag would change what stands beside it."""
        shown = self.shown
        while start < end and (self._inside[start] or shown[start].isspace() or not self._may_stand(start)):
            start += 1
        while start < end and (self._inside[end] or shown[end - 1].isspace() or not self._may_stand(end)):
            end -= 1
        has_words = start < end and any(letter.isalnum() for letter in shown[start:end])
        return (start, end) if has_words else None

    def _may_stand(self, position: int) -> bool:
        """Whether the delimiters beside a tag at ``position`` may do what they could without it."""
        backslashes = position
        while backslashes and self.shown[backslashes - 1] == "\\":
            backslashes -= 1
        if (position - backslashes) % 2:  # the tag's own bracket would be escaped
            return False
        before, after = self._ending_at.get(position), self._beginning_at.get(position)
        return (before is None or self._stays(*before, after="<")) and (
            after is None or self._stays(*after, before=">")
        )

    def _stays(self, begin: int, stop: int, *, before: str = "", after: str = "") -> bool:
        was, tagged = self._abilities(begin, stop), self._abilities(begin, stop, before, after)
        if self.shown[begin] in self._plain and any(was):  # what a delimiter may do besides is never asked for
            return all(now or not could for could, now in zip(was, tagged, strict=True))
        return was == tagged

    def _pairs_plainly(self, delimiter: str) -> bool:
        """Whether the runs of this delimiter open and close in turns, all of one length."""
        runs = [run for run in self._able if self.shown[run[0]] == delimiter]
        if len({stop - begin for begin, stop in runs}) > 1 or len(runs) % 2:
            return False
        return all(self._abilities(*run)[number % 2] for number, run in enumerate(runs))

    def _abilities(self, begin: int, stop: int, before: str = "", after: str = "") -> tuple[bool, bool]:
        """Whether this run of ``*``, ``_`` or ``~`` may open and close emphasis (CommonMark 0.31.2, 6.2), beside what stands there."""
        before = before or (self.shown[begin - 1] if begin else " ")
        after = after or (self.shown[stop] if stop < len(self.shown) else " ")
        left = not after.isspace() and (not _is_punctuation(after) or before.isspace() or _is_punctuation(before))
        right = not before.isspace() and (not _is_punctuation(before) or after.isspace() or _is_punctuation(after))
        if self.shown[begin] != "_":
            return left, right
        return left and (not right or _is_punctuation(before)), right and (not left or _is_punctuation(after))


def _is_punctuation(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PS"

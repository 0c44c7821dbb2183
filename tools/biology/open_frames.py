"""Open reading frames of both strands, linear or circular: where they lie, and what they code for.

Start to stop: from the first start codon after a stop (or after the sequence's beginning) to the next stop in frame, which
is part of it, as in a CDS. Stop to stop: all codons between two stops in frame; the ends of linear DNA count as borders.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from Bio.Seq import Seq

from tools.biology.genetic_codes import translated

#: Of a circle: after three a frame meets its own stop again, so that the stop before each stop of the last lap but one is seen.
_LAPS = 5
Convention = Literal["start-to-stop", "stop-to-stop"]


@dataclass(frozen=True)
class OpenFrame:
    """``start`` and ``end``: 1-based on the strand as given, ``end`` before ``start`` where it runs over a circle's origin.

    ``frame``: 1, 2, 3 as ``translate`` counts them, negative on the reverse complement. ``length`` is in nt, with the stop
    of a start-to-stop frame. ``open_5`` and ``open_3``: no start or stop (or no stop before it) lies on that side.
    """

    start: int
    end: int
    strand: Literal[1, -1]
    frame: int
    length: int
    protein: str
    first_codon: str
    open_5: bool
    open_3: bool

    @property
    def complete(self) -> bool:
        return not (self.open_5 or self.open_3)


@dataclass(frozen=True)
class _Stretch:
    """Codons between two stops on one strand: 0-based bases ``start`` to ``end`` of the text, without the stops."""

    start: int
    end: int
    protein: str
    after_stop: bool
    before_stop: bool


def open_frames(
    bases: str, table: int, starts: frozenset[str], convention: Convention, circular: bool
) -> tuple[list[OpenFrame], int]:
    """All of them, and how many there are on a circle that run around it more than once (those are left out).

    ``bases`` are DNA; of a circle each frame is given once, wherever its origin is.
    """
    length = len(bases)
    found, endless = [], 0
    for strand, text in ((1, bases), (-1, str(Seq(bases).reverse_complement()))):
        read = text * _LAPS if circular else text
        for stretch in _stretches(read, table):
            if circular and not (_LAPS - 2) * length < stretch.end + 3 <= (_LAPS - 1) * length:
                endless += not stretch.before_stop and not stretch.after_stop
                continue
            trimmed = _from_start(read, stretch, starts) if convention == "start-to-stop" else stretch
            if trimmed is None:
                continue
            if circular and (trimmed.end + 3 - trimmed.start > length):
                endless += 1
                continue
            found.append(_placed(read, trimmed, convention, strand, length))  # type: ignore[arg-type]
    return found, endless


def _stretches(text: str, table: int) -> Iterator[_Stretch]:
    for frame in range(3):
        begin, stopped = 0, False
        protein = translated(text[frame:], table)
        for piece in protein.split("*"):
            end = begin + len(piece)
            last = end == len(protein)
            if piece:
                yield _Stretch(frame + 3 * begin, frame + 3 * end, piece, stopped, not last)
            begin, stopped = end + 1, True


def _from_start(text: str, stretch: _Stretch, starts: frozenset[str]) -> _Stretch | None:
    """From its first start codon, read as Met whatever it is inside a protein."""
    for place in range(stretch.start, stretch.end, 3):
        if text[place : place + 3] in starts:
            protein = "M" + stretch.protein[(place - stretch.start) // 3 + 1 :]
            return _Stretch(place, stretch.end, protein, True, stretch.before_stop)
    return None


def _placed(text: str, stretch: _Stretch, convention: Convention, strand: Literal[1, -1], length: int) -> OpenFrame:
    end = stretch.end + (3 if convention == "start-to-stop" and stretch.before_stop else 0)
    frame = stretch.start % length % 3 + 1
    first, last = stretch.start % length, (end - 1) % length
    if strand == -1:
        first, last = length - 1 - last, length - 1 - first
    return OpenFrame(
        start=first + 1,
        end=last + 1,
        strand=strand,
        frame=strand * frame,
        length=end - stretch.start,
        protein=stretch.protein,
        first_codon=text[stretch.start : stretch.start + 3],
        open_5=not stretch.after_stop,
        open_3=not stretch.before_stop,
    )

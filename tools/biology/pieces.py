"""Pieces of double-stranded DNA with their ends: what restriction enzymes leave, and what ligase joins.

A piece is written along its top strand, from the first to the last base that either strand has: overhangs are part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from errors import ToolInputError
from tools.biology.restriction_enzymes import Enzyme, reverse_complement
from tools.biology.restriction_sites import Cut, cuts_of, excluding_each_other, find_sites


@dataclass(frozen=True)
class End:
    """``kind``: which strand's end protrudes; ``overhang`` in the top strand's letters; ``joins``: whether ligase may use it."""

    kind: Literal["5'", "3'", "blunt"]
    overhang: str = ""
    joins: bool = True

    def __str__(self) -> str:
        return f"{self.kind} {self.overhang}" if self.overhang else "blunt"

    def turned(self) -> End:
        return replace(self, overhang=reverse_complement(self.overhang))


@dataclass(frozen=True)
class Piece:
    """Of part number ``part`` (from 0), its bases ``start`` to ``end`` (from 1; ``end`` lower where it crosses an origin)."""

    part: int
    name: str
    start: int
    end: int
    residues: str
    left: End
    right: End
    strand: Literal[1, -1] = 1
    recut: bool = False  # whether it holds a whole site of an enzyme in the mixture

    def turned(self) -> Piece:
        """The same molecule, read from its other end."""
        return replace(
            self,
            residues=reverse_complement(self.residues),
            left=self.right.turned(),
            right=self.left.turned(),
            strand=-1 if self.strand == 1 else 1,
        )


def whole(part: int, name: str, residues: str) -> Piece:
    """An uncut linear part: blunt at both ends."""
    return Piece(part, name, 1, len(residues), residues, End("blunt"), End("blunt"))


def digested(part: int, name: str, residues: str, circular: bool, enzymes: Sequence[Enzyme]) -> list[Piece]:
    """What a complete digest leaves, in the order of the top strand; empty if a circle is not cut.

    The native ends of a linear part that is cut do not join (what is on them is cut off); an uncut one keeps both.
    """
    sites = [site for enzyme in enzymes for site in find_sites(residues, enzyme, circular)[0]]
    if pairs := excluding_each_other(sites):
        one, other = pairs[0]
        raise ToolInputError(
            f"In {name} the sites of {one.enzyme.name} at {one.start + 1} and {other.enzyme.name} at {other.start + 1} exclude each other",
            f"parts, item {part + 1}",
            "leave one of the enzymes out",
        )
    cuts, _ = cuts_of(sites, residues, circular)
    if not cuts:
        return [] if circular else [whole(part, name, residues)]
    if circular:
        following = [*cuts[1:], _next_round(cuts[0], len(residues))]
        pieces = [_between(part, name, residues, left, right) for left, right in zip(cuts, following, strict=True)]
    else:
        edges: list[Cut | None] = [None, *cuts, None]
        pieces = [_between(part, name, residues, left, right) for left, right in pairwise(edges)]
    return [replace(piece, recut=_holds_site(piece, enzymes)) for piece in pieces if piece is not None]


def _next_round(cut: Cut, length: int) -> Cut:
    return replace(cut, top=cut.top + length, bottom=cut.bottom + length)


def _between(part: int, name: str, residues: str, left: Cut | None, right: Cut | None) -> Piece | None:
    """None where the two cuts leave no base pair, so that the strands fall apart."""
    native = End("blunt", joins=False)
    first = min(left.top, left.bottom) if left else 0
    last = max(right.top, right.bottom) if right else len(residues)
    paired_from = max(left.top, left.bottom) if left else 0
    paired_to = min(right.top, right.bottom) if right else len(residues)
    if paired_from >= paired_to:
        return None
    letters = "".join(residues[place % len(residues)] for place in range(first, last))
    return Piece(
        part,
        name,
        first % len(residues) + 1,
        (last - 1) % len(residues) + 1,
        letters,
        _end(left) if left else native,
        _end(right) if right else native,
    )


def _end(cut: Cut) -> End:
    if cut.top == cut.bottom:
        return End("blunt")
    return End("5'" if cut.top < cut.bottom else "3'", cut.overhang)


def _holds_site(piece: Piece, enzymes: Sequence[Enzyme]) -> bool:
    return any(find_sites(piece.residues, enzyme, circular=False)[0] for enzyme in enzymes)

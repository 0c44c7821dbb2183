"""Where restriction enzymes bind and cut a sequence, linear or circular, and the fragments that they leave.

A position n of a cut means: after base n, counted from 1. Ambiguity codes in the sequence are taken at their word: a site is
there if every reading of the codes has it, and only possible if some readings do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from tools.biology.restriction_enzymes import CODES, Enzyme, overhang_kind, reverse_complement

_FARTHEST = 60  # bases between two sites beyond which neither cut reaches the other's site


@dataclass(frozen=True)
class Site:
    """``start`` is 0-based; ``strand`` is -1 where the site reads on the other strand."""

    enzyme: Enzyme
    start: int
    strand: Literal[1, -1]

    @property
    def end(self) -> int:
        return self.start + len(self.enzyme.site)

    def cuts(self) -> list[tuple[int, int]]:
        """Top and bottom strand: how many bases of the sequence lie before each cut (may lie beyond its ends)."""
        if self.strand == 1:
            return [(self.start + top, self.start + bottom) for top, bottom in self.enzyme.cuts]
        return sorted((self.end - bottom, self.end - top) for top, bottom in self.enzyme.cuts)

    def extent(self) -> tuple[int, int]:
        """What must be whole for the enzyme to cut: the site, and all up to its cuts."""
        places = [self.start, self.end, *(place for cut in self.cuts() for place in cut)]
        return min(places), max(places)


@dataclass(frozen=True)
class Cut:
    """After base ``top`` of the top strand and after base ``bottom`` of the bottom strand (both on the top strand's count).

    On a circle ``top`` runs from 1 to the length; ``bottom`` may lie on the other side of the origin.
    """

    site: Site
    top: int
    bottom: int
    overhang: str  # bases of the top strand between the two cuts

    @property
    def kind(self) -> str:
        return overhang_kind(self.top, self.bottom)


@dataclass(frozen=True)
class Fragment:
    """Bases ``start`` to ``end`` of the top strand, 1-based; ``end`` before ``start`` where it goes over a circle's origin."""

    start: int
    end: int
    length: int
    left: Cut | None
    right: Cut | None


def find_sites(residues: str, enzyme: Enzyme, circular: bool) -> tuple[list[Site], int]:
    """The sites in order, and how many further ones are possible in some reading of ambiguity codes."""
    size = len(enzyme.site)
    if len(residues) < size:
        return [], 0
    read = residues + residues[: size - 1] if circular else residues
    patterns: list[tuple[Literal[1, -1], str]] = [(1, enzyme.site)]
    if not enzyme.palindromic:
        patterns.append((-1, reverse_complement(enzyme.site)))
    sites = [
        Site(enzyme, match.start(), strand)
        for strand, letters in patterns
        for match in _pattern(letters, sure=True).finditer(read)
    ]
    possible = 0
    if set(residues) - set("ACGT"):
        loose = sum(len(_pattern(letters, sure=False).findall(read)) for _, letters in patterns)
        possible = loose - len(sites)
    return sorted(sites, key=lambda site: (site.start, -site.strand)), possible


def site_places(letters: str, residues: str) -> list[int]:
    """0-based places of IUPAC ``letters`` on the strand as written, overlapping ones included."""
    return [match.start() for match in _pattern(letters, sure=True).finditer(residues)]


def cuts_of(sites: Iterable[Site], residues: str, circular: bool) -> tuple[list[Cut], list[Site]]:
    """The cuts in the order of the top strand, and the sites of which a cut would lie beyond an end."""
    length = len(residues)
    cuts: dict[tuple[int, int], Cut] = {}
    beyond = []
    for site in sites:
        for top, bottom in site.cuts():
            if not circular and not (0 < top < length and 0 < bottom < length):
                beyond.append(site)
                continue
            overhang = _between(residues, min(top, bottom), max(top, bottom))
            turn = (top - 1) // length * length if circular else 0
            cuts.setdefault((top - turn, bottom - turn), Cut(site, top - turn, bottom - turn, overhang))
    return sorted(cuts.values(), key=lambda cut: (cut.top, cut.bottom)), beyond


def fragments_of(cuts: list[Cut], length: int, circular: bool) -> list[Fragment]:
    """In 5' to 3' order of the top strand; the fragment with base 1 is the first one, on a circle, too."""
    by_place = {cut.top: cut for cut in reversed(cuts)}
    places = sorted(by_place)
    if not places:
        return [Fragment(1, length, length, None, None)]
    if not circular:
        edges = [0, *places, length]
        return [
            Fragment(left + 1, right, right - left, by_place.get(left), by_place.get(right))
            for left, right in pairwise(edges)
        ]
    last, first = by_place[places[-1]], by_place[places[0]]
    over_origin = Fragment(last.top % length + 1, first.top, length - last.top + first.top, last, first)
    return [over_origin] + [
        Fragment(left + 1, right, right - left, by_place[left], by_place[right]) for left, right in pairwise(places)
    ]


def excluding_each_other(sites: list[Site]) -> list[tuple[Site, Site]]:
    """Pairs of sites of which one cut destroys the other site, whichever comes first: no molecule is cut at both."""
    pairs = []
    ordered = sorted(sites, key=lambda site: site.start)
    for index, site in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.start - site.start > _FARTHEST:
                break
            if _destroys(site, other) and _destroys(other, site):
                pairs.append((site, other))
    return pairs


def _destroys(site: Site, other: Site) -> bool:
    """Whether each cut of ``site`` leaves ``other`` in two, or in part single-stranded."""
    start, end = other.extent()
    return any(min(cut) < end and start < max(cut) for cut in site.cuts())


def _between(residues: str, start: int, end: int) -> str:
    length = len(residues)
    return "".join(residues[place % length] for place in range(start, end))


@cache
def _pattern(site: str, sure: bool) -> re.Pattern[str]:
    """Overlapping matches of an IUPAC site: letters that are within each code (``sure``), or that share a base with it."""
    return re.compile("(?=" + "".join(f"[{_letters(code, sure)}]" for code in site) + ")")


def _letters(code: str, sure: bool) -> str:
    wanted = set(CODES[code])
    if sure:
        return "".join(letter for letter, bases in CODES.items() if set(bases) <= wanted)
    return "".join(letter for letter, bases in CODES.items() if set(bases) & wanted)

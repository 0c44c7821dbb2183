"""Restriction sites that a change of DNA makes or takes away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tools.biology.restriction_enzymes import Enzyme, catalogue_enzymes
from tools.biology.restriction_sites import find_sites

Found = tuple[Enzyme, int]
_REACH = 20  # bases on either side of a change; the longest site has 15


@dataclass(frozen=True)
class Edit:
    """Bases or residues ``start`` to ``end`` (0-based, end not included) give way to ``new``."""

    start: int
    end: int
    new: str

    @property
    def growth(self) -> int:
        return len(self.new) - (self.end - self.start)


def edited(letters: str, edits: Sequence[Edit]) -> str:
    """With all edits made; they are sorted and do not overlap."""
    for edit in reversed(edits):
        letters = letters[: edit.start] + edit.new + letters[edit.end :]
    return letters


def site_changes(old: str, edits: Sequence[Edit]) -> tuple[list[Found], list[Found]]:
    """Sites gained, and sites lost, with the 0-based place of each in the new and in the old sequence (linear DNA)."""
    new = edited(old, edits)
    old_windows, new_windows, grown = [], [], 0
    for edit in edits:
        old_windows.append((edit.start - _REACH, edit.end + _REACH))
        new_windows.append((edit.start + grown - _REACH, edit.start + grown + len(edit.new) + _REACH))
        grown += edit.growth
    gained, lost = [], []
    for enzyme in catalogue_enzymes():
        before, after = _places(old, enzyme, old_windows), _places(new, enzyme, new_windows)
        moved = {_moved(place, edits) for place in before}
        lost += [(enzyme, place) for place in before if _moved(place, edits) not in after]
        gained += [(enzyme, place) for place in after if place not in moved]
    return _without_moved(gained, lost) if any(edit.growth for edit in edits) else (gained, lost)


def _without_moved(gained: list[Found], lost: list[Found]) -> tuple[list[Found], list[Found]]:
    """Which of two equal stretches was inserted or deleted is a matter of words: a site made anew in place of one is the same."""
    made, gone = Counter(enzyme for enzyme, _ in gained), Counter(enzyme for enzyme, _ in lost)
    same = made & gone
    return _less(gained, same), _less(lost, same)


def _less(found: list[Found], same: Counter[Enzyme]) -> list[Found]:
    left = Counter(same)
    kept = []
    for enzyme, place in found:
        if left[enzyme] > 0:
            left[enzyme] -= 1
        else:
            kept.append((enzyme, place))
    return kept


def _moved(place: int, edits: Sequence[Edit]) -> int:
    return place + sum(edit.growth for edit in edits if edit.end <= place)


def _places(letters: str, enzyme: Enzyme, windows: Sequence[tuple[int, int]]) -> list[int]:
    places = set()
    for start, end in windows:
        begin = max(0, start)
        places |= {begin + site.start for site in find_sites(letters[begin : max(0, end)], enzyme, circular=False)[0]}
    return sorted(places)

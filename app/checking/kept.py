"""The marks of an answer as its message keeps them: each with the part of the message in which it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any, get_args

from app.checking.marks import Mark, Verdict
from model.messages import Part, Text

#: Of what an answer's author wrote in one place and in another.
BETWEEN = "\n\n"
MOST_KEPT = 2_000
_VERDICTS = frozenset(get_args(Verdict))
_TEXTS = ("span", "verdict", "ours", "kind", "card", "smiles")


def author_text(parts: Sequence[Part]) -> tuple[str, list[tuple[int, int, int]]]:
    """What the author of an answer wrote, joined, and where each part of it lies: its index, its start and its end."""
    joined, places = "", []
    for index, part in enumerate(parts):
        if isinstance(part, Text) and part.source == "author" and part.text:
            start = len(joined) + (len(BETWEEN) if joined else 0)
            joined += (BETWEEN if joined else "") + part.text
            places.append((index, start, len(joined)))
    return joined, places


def as_kept(marks: Iterable[Mark], places: Sequence[tuple[int, int, int]]) -> list[dict[str, Any]]:
    """Marks of the joined text as ``Mark.as_json``, counted within their ``"part"``; one that lies in no single part is left out."""
    kept = []
    for mark in marks:
        for index, start, end in places:
            if start <= mark.start < mark.end <= end:
                moved = replace(mark, start=mark.start - start, end=mark.end - start)
                kept.append({**moved.as_json(), "part": index})
                break
    return kept[:MOST_KEPT]


def marks_of(details: dict[str, Any], *, drawn: bool = False) -> list[tuple[int, Mark]]:
    """The marks in the details of a message, each with the index of its part; those of what is only ``drawn`` on request.

    A message may have been imported, so what is not of the right shape is passed over.
    """
    kept = details.get("marks")
    marks = [_read(one) for one in kept[:MOST_KEPT]] if isinstance(kept, list) else []
    return [mark for mark in marks if mark is not None and (drawn or mark[1].verdict != "drawn")]


def _read(kept: Any) -> tuple[int, Mark] | None:
    if not isinstance(kept, dict):
        return None
    numbers = [kept.get(name) for name in ("part", "start", "end")]
    texts = [kept.get(name, "") for name in _TEXTS]
    if not all(isinstance(number, int) and not isinstance(number, bool) and number >= 0 for number in numbers):
        return None
    if not all(isinstance(text, str) for text in texts) or kept.get("verdict") not in _VERDICTS:
        return None
    if not isinstance(kept.get("call"), dict):
        return None
    return kept["part"], Mark(**{field.name: kept[field.name] for field in fields(Mark) if field.name in kept})

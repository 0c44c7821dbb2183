"""What a model is asked once something in its answer was found to be wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from app.checking.kept import marks_of
from app.checking.marks import Mark

MOST_LISTED = 20
LONGEST_STATEMENT = 200
LONGEST_CALL = 500
_BEGINNING = "Some statements of your answer above do not agree with what was computed:"
_END = "Write the corrected answer in full, with these values, and do not repeat what was wrong."


def is_wrong(mark: Mark) -> bool:
    return mark.verdict in ("different", "invalid")


def correction_request(details: dict[str, Any]) -> str:
    """The question that asks for a correction of an answer with these details; empty where nothing of it is wrong."""
    return request_of([mark for _, mark in marks_of(details)])


def request_of(marks: Sequence[Mark]) -> str:
    """Each wrong statement as it was written, with the tool's value and the call that gives it."""
    wrong: dict[tuple[str, str], Mark] = {}
    for mark in filter(is_wrong, marks):
        wrong.setdefault((mark.span, mark.ours), mark)
    if not wrong:
        return ""
    listed = [f"- {_line(mark)}" for mark in list(wrong.values())[:MOST_LISTED]]
    return "\n".join([_BEGINNING, *listed, _END])


def _line(mark: Mark) -> str:
    statement = " ".join(mark.span[:LONGEST_STATEMENT].split())
    if mark.verdict == "invalid":
        said = f"“{statement}” cannot be right" + (f": {mark.ours}" if mark.ours else "")
    else:
        said = f"“{statement}” is different when computed" + (f": {mark.ours}" if mark.ours else "")
    call = json.dumps(mark.call, ensure_ascii=False) if mark.call else ""
    return f"{said} ({call})" if 0 < len(call) <= LONGEST_CALL else said

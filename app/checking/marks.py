"""What was found of a statement in an answer, as plain data that the store keeps and the page shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

#: "tool": a result of this conversation says the same; "equal": computed anew, the same within the digits given;
#: "different": it is not; "invalid": it cannot be right by itself, whatever it is about. "drawn": a molecule that can be drawn,
#: of which nothing was checked.
Verdict = Literal["tool", "equal", "different", "invalid", "drawn"]
_NAMES: dict[Verdict, str] = {"tool": "from tools", "equal": "equal", "different": "different", "invalid": "invalid"}


@dataclass(frozen=True)
class Mark:
    """One checked statement: ``span`` stands at ``start`` to ``end`` of the text (characters, the end not included).

    ``ours``: what the tools say, with its unit, or why it is invalid; one short sentence or value. ``call``: the call that
    says so, ``{"tool", "arguments"}``, or empty where only a rule was looked at (a check digit). ``card``: the id of the
    call in this conversation whose result it is, for the verdict "tool". ``smiles``: the structure that is meant, to be drawn.
    """

    start: int
    end: int
    span: str
    verdict: Verdict
    ours: str
    call: dict[str, Any]
    kind: str = ""
    card: str = ""
    smiles: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def summed_up(marks: Sequence[Mark]) -> str:
    """Such as "7 checked: 5 from tools, 1 equal, 1 different"; empty if nothing was checked."""
    counts = Counter(mark.verdict for mark in marks)
    said = ", ".join(f"{counts[verdict]} {name}" for verdict, name in _NAMES.items() if counts[verdict])
    return f"{len(marks) - counts['drawn']} checked: {said}" if said else ""

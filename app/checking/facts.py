"""What the tools say of a thing: asked once, remembered, and told with the call that said it.

A result of the conversation counts before a new call: then the statement is the tool's own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.checking.things import Thing
from errors import RetortError
from model.messages import ToolResult

if TYPE_CHECKING:
    from app.assistant import ToolRunner

MOST_KEPT = 512
AT_ONCE = 2
#: The tool that tells what is known of a kind of thing, and the argument that takes it.
DESCRIBED_BY = {
    "name": ("describe_molecule", "molecule"),
    "smiles": ("describe_molecule", "molecule"),
    "inchi": ("describe_molecule", "molecule"),
    "cas": ("describe_molecule", "molecule"),
    "formula": ("formula_report", "formula"),
    "element": ("element", "symbol"),
    "dna": ("sequence_report", "sequence"),
    "rna": ("sequence_report", "sequence"),
    "protein": ("protein_report", "sequence"),
}


@dataclass(frozen=True)
class Fact:
    """The ``data`` of a result, the ``call`` that gave it, and its ``card`` where it is one of this conversation."""

    data: Mapping[str, Any]
    call: dict[str, Any]
    card: str = ""


class Facts:
    """Answers of the tools; may be used from any thread."""

    def __init__(self, tools: ToolRunner) -> None:
        self._tools = tools
        self._kept: OrderedDict[str, Fact | RetortError] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, tool: str, arguments: Mapping[str, Any], stop: threading.Event | None = None) -> Fact:
        """The answer of a tool; raises ``RetortError`` as the tool does, again and again without asking anew."""
        key = repr((tool, sorted(arguments.items())))
        with self._lock:
            known = self._kept.get(key)
        if known is None:
            known = self._asked(tool, dict(arguments), stop)
            if stop is None or not stop.is_set():
                with self._lock:
                    self._kept[key] = known
                    if len(self._kept) > MOST_KEPT:
                        self._kept.popitem(last=False)
        if isinstance(known, RetortError):
            raise known
        return known

    def _asked(self, tool: str, arguments: dict[str, Any], stop: threading.Event | None) -> Fact | RetortError:
        try:
            data = self._tools.call(tool, arguments, cancel=stop).data
        except RetortError as error:
            return error
        return Fact(data, {"tool": tool, "arguments": arguments})

    def look_up(self, things: Sequence[Thing], stop: threading.Event | None = None) -> None:
        """What is known of many, two at a time, since there are two processes or more that compute."""
        several = list({(thing.kind, thing.text): thing for thing in things}.values())

        def ask_every(first: int) -> None:
            for thing in several[first::AT_ONCE]:
                self.about(thing, stop)

        # daemons, unlike those of an executor: a program that ends does not wait for them
        others = [
            threading.Thread(target=ask_every, args=[first], name="check an answer", daemon=True)
            for first in range(1, AT_ONCE)
        ]
        for other in others:
            other.start()
        ask_every(0)
        for other in others:
            other.join()

    def about(self, thing: Thing, stop: threading.Event | None = None) -> Fact | None:
        """What is known of a thing; None of one that the tools refuse."""
        if thing.kind not in DESCRIBED_BY:
            return None
        tool, argument = DESCRIBED_BY[thing.kind]
        try:
            return self.ask(tool, {argument: thing.text}, stop)
        except RetortError:
            return None


def facts_told(results: Sequence[ToolResult]) -> list[Fact]:
    """Those of a conversation's results, the latest first."""
    return [
        Fact(
            result.content.get("data") or {},
            {"tool": result.name, "arguments": (result.content.get("provenance") or {}).get("arguments", {})},
            result.id,
        )
        for result in reversed(results)
        if result.ok and isinstance(result.content.get("data"), Mapping)
    ]


def told_of(fact: Fact, told: Sequence[Fact]) -> Iterator[Fact]:
    """The results of the conversation that are about the same compound, formula, element or sequence as ``fact``."""
    for one in told:
        if _is_same(fact, one):
            yield one


def _is_same(fact: Fact, other: Fact) -> bool:
    for key in ("inchikey", "symbol"):
        if (mine := fact.data.get(key)) and mine == other.data.get(key):
            return True
    if fact.call["tool"] in ("sequence_report", "protein_report"):
        return fact.call["arguments"]["sequence"] == _sequence_of(other)
    # a formula has the masses of every compound that has it
    return (
        "inchikey" not in fact.data
        and bool(fact.data.get("formula"))
        and fact.data["formula"] == other.data.get("formula")
    )


def _sequence_of(fact: Fact) -> str:
    given = fact.call["arguments"].get("sequence")
    return "".join(given.split()).upper() if isinstance(given, str) else ""

"""Checks a text against the results of its conversation, and against the tools."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from app.checking.facts import Fact, Facts, facts_told
from app.checking.marks import Mark
from model.messages import ToolResult

if TYPE_CHECKING:
    from app.assistant import ToolRunner
    from app.checking.things import Thing

#: Characters of an answer that are looked at.
LONGEST_TEXT = 60_000
MOST_STATEMENTS = 600
#: What nearly every check asks of a thing, and so of all of them first.
LOOKED_UP = frozenset(["name", "smiles", "formula", "protein"])


class Checker:
    """Checks texts with these tools; may be used from any thread."""

    def __init__(self, tools: ToolRunner) -> None:
        self._facts = Facts(tools)

    def check(
        self,
        text: str,
        results: Sequence[ToolResult] = (),
        question: str = "",
        stop: threading.Event | None = None,
    ) -> list[Mark]:
        """The marks of ``text`` in its order, none over another; ``results`` are those of its conversation, oldest first.

        ``question`` may name what the text is about. Never raises for what is written there; ends early, with what there
        is, once ``stop`` is set.
        """
        from app.checking.reading import read  # with the router's tables, which no page needs before the first answer

        reading = read(text[:LONGEST_TEXT])
        marks: list[Mark] = []
        covered = bytearray(len(text) + 1)
        for found in self._found(reading.text, reading.code, facts_told(results), question, stop):
            start, end = reading.span(found.start, found.end)
            if any(covered[start:end]):
                continue
            covered[start:end] = b"\1" * (end - start)
            marks.append(
                Mark(
                    start,
                    end,
                    text[start:end],
                    found.verdict,
                    found.ours,
                    found.call,
                    found.kind,
                    found.card,
                    found.smiles,
                )
            )
        return sorted(marks, key=lambda mark: mark.start)

    def _found(
        self, text: str, code: Sequence[tuple[int, int]], told: list[Fact], question: str, stop: threading.Event | None
    ) -> Iterator[Mark]:
        """Marks at places of the plain text, those that say more before the others."""
        from app.checking.adducts import adducts_in
        from app.checking.arithmetic import sums_in
        from app.checking.conversions import conversions_in
        from app.checking.elements import elements_of_tables, statements_of_elements
        from app.checking.finding import find_things
        from app.checking.identities import Identities
        from app.checking.preparations import preparations_in
        from app.checking.reactions import reactions_in
        from app.checking.reading import read
        from app.checking.scope import Scope
        from app.checking.sentences import sentences_of
        from app.checking.sequences import derived_sequences
        from app.checking.statements import statements_in
        from app.checking.told import numbers_told
        from app.checking.verifying import Verifier

        sentences = sentences_of(text)
        things = sorted([*find_things(text, code), *elements_of_tables(text, sentences)], key=lambda thing: thing.start)
        scope = Scope(text, sentences, things, find_things(read(question[:5_000]).text))
        self._facts.look_up([thing for thing in things if thing.kind in LOOKED_UP], stop)
        reactions = list(reactions_in(text, sentences, self._facts, stop))
        yield from reactions
        yield from derived_sequences(text, things, scope, self._facts, stop)
        inside = [(mark.start, mark.end) for mark in reactions]
        identities = Identities(text, scope, self._facts, told, code, stop)
        for thing in things:
            if _stopped(stop):
                return
            if any(start <= thing.start < end for start, end in inside):
                continue
            found = identities.check(thing)
            if found is not None:
                if found.verdict in ("different", "invalid"):
                    scope.doubt(thing)
                yield Mark(
                    thing.start,
                    thing.end,
                    thing.text,
                    found.verdict,
                    found.ours,
                    found.call,
                    found.kind,
                    found.card,
                    found.smiles,
                )
        yield from statements_of_elements(text, sentences, things, self._facts, stop)
        yield from adducts_in(text, sentences, things, scope, self._facts, stop)
        verifier = Verifier(text, scope, self._facts, told, stop)
        for statement in islice(statements_in(text, sentences, things), MOST_STATEMENTS):
            if _stopped(stop):
                return
            verified = verifier.verify(statement)
            if verified is not None:
                fact = verified.fact
                kind = statement.properties[0].name
                smiles = str(fact.data.get("smiles", ""))
                yield Mark(
                    statement.start,
                    statement.end,
                    "",
                    verified.verdict,
                    verified.ours,
                    fact.call,
                    kind,
                    fact.card if verified.verdict == "tool" else "",
                    smiles,
                )
        yield from sums_in(text, sentences, scope, stop)
        yield from conversions_in(text, sentences, scope, self._facts, stop)
        yield from preparations_in(text, sentences, scope, self._facts, stop)
        yield from numbers_told(text, told)
        yield from self._molecules(things, stop)

    def _molecules(self, things: Sequence[Thing], stop: threading.Event | None) -> Iterator[Mark]:
        """What can be drawn: each structure, and each name where it stands first."""
        named: set[str] = set()
        for thing in things:
            name = thing.text.lower()
            if (
                thing.kind not in ("smiles", "inchi", "name")
                or (thing.kind == "name" and name in named)
                or _stopped(stop)
            ):
                continue
            named.add(name)
            fact = self._facts.about(thing, stop)
            if fact is not None and (smiles := str(fact.data.get("smiles", ""))):
                yield Mark(thing.start, thing.end, thing.text, "drawn", "", fact.call, thing.kind, "", smiles)


def _stopped(stop: threading.Event | None) -> bool:
    return stop is not None and stop.is_set()

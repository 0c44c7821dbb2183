"""A number that gives a property, beside what the tools say of the thing it is about."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.checking.facts import Fact, Facts, told_of
from app.checking.finding import COMPOUNDS, SEQUENCES, Thing
from app.checking.marks import Verdict
from app.checking.numbers import Number, agrees, as_given
from app.checking.properties import Property
from app.checking.scope import Scope, Subject
from app.checking.statements import Statement
from errors import RetortError

#: Words that take a number back, or say that it is another's: nothing before them is a statement of the answer's.
_DOUBTED = re.compile(
    r"\b(?:mistake\w*|incorrect\w*|wrong\w*|erroneous\w*|instead of|rather than|confus\w+|mix(?:ed|ing)? up|not to be|do(?:es)? not|don[’']t|never|cannot|isn[’']t|is not|misquot\w*"
    r"|misprint\w*|typo|claim(?:s|ed)?|suppos\w+|assum\w+|imagin\w+|hypothetical\w*|if|would be|might|e\.g\.|say|let[’']s|not|unlike|versus|vs\.?|should have been|once)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\b(?:experiment\w*|measured|literature|reported|observed|Hansch|shake[-\s]flask|XLog\w*|X?ALogP|predicted by|ChemAxon|ACD|cLogP|octanol)\b",
    re.I,
)
_CRIPPEN = re.compile(r"crippen|RDKit|Wildman", re.IGNORECASE)
#: How far a logP of no stated method may be from Crippen's before it is said to differ.
OTHER_METHODS = 1.5
#: °C: how far melting temperatures by different methods and salts lie from one another.
OTHER_TM = 12.0
METHODS_OF_TM = (
    ("wallace", re.compile(r"wallace|2\s?[×x*·]?\s?\(?\s?A\s?\+\s?T|4\s?\(?\s?G\s?\+\s?C", re.I)),
    ("gc_marmur_doty", re.compile(r"marmur", re.I)),
)
ATOMS = "degrees_of_unsaturation", "electrons", "composition", "nominal_mass_da", "atom_count"


@dataclass(frozen=True)
class Found:
    """What became of a statement; ``ours`` in words."""

    verdict: Verdict
    ours: str
    fact: Fact
    thing: Thing


class Verifier:
    """Statements of one text, against the facts."""

    def __init__(
        self, text: str, scope: Scope, facts: Facts, told: Sequence[Fact], stop: threading.Event | None = None
    ) -> None:
        self._text, self._scope, self._facts, self._told, self._stop = text, scope, facts, told, stop

    def verify(self, statement: Statement) -> Found | None:
        if statement.number.bounded:
            return None
        kinds = frozenset().union(*(_KINDS[about] for prop in statement.properties for about in prop.about))
        subject = self._scope.subject(statement.sentence, statement.start, statement.end, statement.words, kinds)
        things = self._distinct(subject)
        if not things:
            return None
        found = [one for thing in things for one in self._compared(statement, thing)]
        for one in found:
            if one.verdict in ("tool", "equal"):
                return one
        if not found or self._is_doubted(statement):
            return None
        if not subject.sure and self._scope.is_of_another(statement.sentence):
            return None
        return found[0]

    def _distinct(self, subject: Subject) -> list[Thing]:
        things = subject.things[:1] if subject.sure else subject.things
        return list({(thing.kind, thing.text.lower()): thing for thing in things}.values())

    def _is_doubted(self, statement: Statement) -> bool:
        return bool(_DOUBTED.search(self._text, max(statement.sentence.start, statement.start - 90), statement.start))

    def _compared(self, statement: Statement, thing: Thing) -> Iterator[Found]:
        """At most one for each property: equal if any of the values that the tools give for it is."""
        fact = self._facts.about(thing, self._stop)
        if fact is None:
            return
        number = statement.number.scaled(statement.scale)
        for prop in statement.properties:
            known, values = self._values(prop, fact, thing, statement)
            if not values:
                continue
            if any(_is_equal(number, value, prop) for value in values):
                told = next(
                    (
                        one
                        for one in told_of(fact, self._told)
                        if any(_is_equal(number, value, prop) for value in _in_data(prop, one.data, statement))
                    ),
                    None,
                )
                yield Found("tool" if told else "equal", self._worded(values[0], statement, prop), told or known, thing)
                return
            if self._differs(number, values, prop, statement):
                yield Found("different", self._worded(values[0], statement, prop), known, thing)

    def _values(self, prop: Property, fact: Fact, thing: Thing, statement: Statement) -> tuple[Fact, list[float]]:
        if prop.name == "tm":
            return self._melting(thing, statement)
        if prop.name == "average_mass" and thing.kind in ("dna", "rna"):
            return fact, []  # of one strand or two, with or without its phosphates
        values = _in_data(prop, fact.data, statement)
        if not values and set(prop.keys) & set(ATOMS) and fact.data.get("formula") and "inchikey" in fact.data:
            try:
                fact = self._facts.ask("formula_report", {"formula": fact.data["formula"]}, self._stop)
            except RetortError:
                return fact, []
            values = _in_data(prop, fact.data, statement)
        return fact, values

    def _melting(self, thing: Thing, statement: Statement) -> tuple[Fact, list[float]]:
        """By the method that the sentence names, else by nearest neighbours and by the rule of Wallace."""
        said = self._text[statement.sentence.start : statement.sentence.end]
        named = [method for method, words in METHODS_OF_TM if words.search(said)]
        facts = []
        for method in named or ("nearest_neighbour", "wallace"):
            try:
                facts.append(
                    self._facts.ask("melting_temperature", {"sequence": thing.text, "method": method}, self._stop)
                )
            except RetortError:
                continue
        if not facts:
            return Fact({}, {}), []
        return facts[0], [float(fact.data["tm_c"]) for fact in facts]

    def _differs(self, number: Number, values: list[float], prop: Property, statement: Statement) -> bool:
        """Whether no other source or definition would say so either."""
        sentence = self._text[statement.sentence.start : statement.sentence.end]
        distance = min(abs(number.value - value) for value in values)
        if prop.name == "logp":
            if _CRIPPEN.search(sentence):
                return True
            return not _MEASURED.search(sentence) and distance > OTHER_METHODS
        if prop.name == "tm":
            return any(words.search(sentence) for _, words in METHODS_OF_TM) or distance > OTHER_TM
        if prop.name == "pi":
            return distance > 0.5
        if prop.name == "length" and statement.number.hedged:
            return distance > 0.15 * max(values)
        if statement.number.hedged and distance <= 0.02 * abs(values[0]):
            return False
        return distance > prop.definitions

    def _worded(self, value: float, statement: Statement, prop: Property) -> str:
        """Our value, with the unit that the statement has."""
        if prop.integer:
            return f"{value:.0f}"
        unit = self._text[statement.number.end : statement.end] if prop.units else ""
        return f"{as_given(value / statement.scale, statement.number)}{unit}"


_KINDS: dict[str, frozenset[str]] = {"compound": COMPOUNDS, "sequence": SEQUENCES, "element": frozenset(["element"])}


def _in_data(prop: Property, data: Any, statement: Statement) -> list[float]:
    if prop.name == "element_count":
        composition = data.get("composition")
        if not isinstance(composition, dict):
            return []
        entry = composition.get(statement.element)
        return [float(entry["atoms"])] if isinstance(entry, dict) else [0.0] if statement.element else []
    values = [
        data[key]
        for key in prop.keys
        if isinstance(data.get(key), (int, float)) and not isinstance(data.get(key), bool)
    ]
    if prop.name == "stereocentres" and len(values) == 2:
        return [float(sum(values)), float(values[0])]
    return [float(value) for value in values]


def _is_equal(number: Number, ours: float, prop: Property) -> bool:
    if prop.integer:
        return round(number.value) == round(ours)
    return agrees(number, ours, prop.relative, prop.absolute)

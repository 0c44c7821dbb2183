"""A number that gives a property, beside what the tools say of the thing it is about."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.checking.doubts import DENIED, DOUBTED, REPORTED
from app.checking.facts import Fact, Facts, told_of
from app.checking.marks import Verdict
from app.checking.numbers import Number, agrees, as_given
from app.checking.properties import Property
from app.checking.scope import Scope, Subject
from app.checking.statements import Statement
from app.checking.things import COMPOUNDS, DIATOMIC, SEQUENCES, Thing
from errors import RetortError

_MEASURED = re.compile(
    r"\b(?:experiment\w*|measured|literature|reported|observed|Hansch|shake[-\s]flask|XLog\w*|X?ALogP|predicted by|ChemAxon|ACD|cLogP|octanol)\b",
    re.I,
)
_CRIPPEN = re.compile(r"crippen|RDKit|Wildman", re.IGNORECASE)
_COUNTS_ATOMS = re.compile(
    r"\batoms?\b|formula|\b(?:carbons|nitrogens|oxygens|sulfurs|chlorines|fluorines|hydrogens)\b.{0,60}\b(?:carbons?|nitrogens?|oxygens?|sulfurs?|chlorines?|fluorines?|hydrogens?)\b",
    re.IGNORECASE,
)
_CRYSTAL = re.compile(
    r"\b(?:[fb]cc|hcp|cubic|unit cell|space group|lattice|crystal\w*|formula units?|diamond)\b", re.IGNORECASE
)
_ANHYDROUS = re.compile(r"\banhydrous\b[^.;]{0,20}$", re.IGNORECASE)
#: Something named that no table knows, before "has" and the like: a drug by the ending of its name, a formula with abbreviations.
_UNKNOWN = re.compile(
    r"\b(?:[a-z]{4,}(?:ol|ine|in|ide|one|ate|ane|ene|ole|am|ib|il|an|on|um|ose)|(?=\w*[a-z\d][A-Z\d])[A-Z][A-Za-z\d]{2,})\s+(?:has|is|weighs|contains|with)\b|\b[A-Z]{2,6}\s*\(\s*$"
)
#: A mass that is of several, or between two.
_TOGETHER = re.compile(r"\b(?:together|sum of|combined|difference|co-?crystal)\b", re.IGNORECASE)
_WATER = re.compile(r"[·.*•]\d*H2O$")
_PRONOUN = re.compile(
    r"(?:^|,\s|\band\s|\bso\s)\s*(?:it|its|this|these|they|both|each|here|that is|the\s+(?:\w+\s){0,2}(?:peptide|protein|sequence|primer|oligo\w*|strand|fragment|chain|tag|probe|length|content|mass|weight|Tm|pI|GC|molecule|theoretical|calculated|computed|predicted|melting|isoelectric|extinction|net))\b|^\s*(?:[-*•|]|\d[.)]|length|GC|G\+C|T_?m\b|pI\b|MW|mass|molecular|average|mono|theoretical|net|ε|extinction|isoelectric|GRAVY)|:",
    re.IGNORECASE,
)
MOST_THINGS = 16
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
    """What became of a statement; ``ours`` in words. ``is_near``: not equal, but as other sources have it."""

    verdict: Verdict
    ours: str
    fact: Fact
    thing: Thing
    value: float
    is_near: bool = False


class Verifier:
    """Statements of one text, against the facts."""

    def __init__(
        self, text: str, scope: Scope, facts: Facts, told: Sequence[Fact], stop: threading.Event | None = None
    ) -> None:
        self._text, self._scope, self._facts, self._told, self._stop = text, scope, facts, told, stop

    def verify(self, statement: Statement) -> Found | None:
        sentence = statement.sentence
        if statement.number.bounded or DENIED.search(
            self._text[max(sentence.start, statement.start - 60) : statement.start]
        ):
            return None
        if "mass" in statement.properties[0].name and _TOGETHER.search(self._text, sentence.start, sentence.end):
            return None
        if statement.properties[0].name == "atomic_number" and _CRYSTAL.search(
            self._text, sentence.start, sentence.end
        ):
            return None  # Z formula units in a cell
        kinds = self._kinds(statement) or frozenset().union(
            *(_KINDS[about] for prop in statement.properties for about in prop.about)
        )
        subject = self._scope.subject(statement.sentence, statement.start, statement.end, statement.words, kinds)
        if statement.place[1] > 1 and (
            listed := self._scope.listed(statement.sentence, statement.start, statement.place, kinds)
        ):
            subject = Subject(listed, True)
        is_dry = _ANHYDROUS.search(self._text[max(0, statement.start - 30) : statement.start])
        if is_dry and any(_WATER.search(thing.text) for thing in subject.things):
            subject = Subject(
                tuple(_without_water(thing) for thing in subject.things if _WATER.search(thing.text)), True
            )
        things = list({(thing.kind, thing.text.lower()): thing for thing in subject.things}.values())[:MOST_THINGS]
        different: list[Found] = []
        for thing in things:
            for found in self._compared(statement, thing):
                if found.verdict != "different":
                    return found
                different.append(found)
        if not different or any(found.is_near for found in different) or self._is_doubted(statement):
            return None
        if not is_dry and self._scope.is_of_a_relative(statement.sentence, statement.start):
            return None
        return (
            different[0] if subject.sure else next((one for one in different if self._may_differ(statement, one)), None)
        )

    def _kinds(self, statement: Statement) -> frozenset[str]:
        """Of a length: what has residues, or bases, by the words behind the number."""
        if statement.properties[0].name != "length":
            return frozenset()
        said = self._text[statement.number.end : statement.end + 12]
        if re.match(r"[\s-]*(?:aa\b|amino|residue)", said):
            return frozenset(["protein"])
        return (
            frozenset(["dna", "rna"]) if re.match(r"[\s-]*(?:nt\b|bp\b|base|nucleotide|mer\b)", said) else frozenset()
        )

    def _may_differ(self, statement: Statement, found: Found) -> bool:
        """Where it is not said what a number is of: whether it may be meant as ours, and of nothing that is not named."""
        sentence = statement.sentence
        is_here = sentence.start <= found.thing.start < sentence.end
        if self._scope.is_of_another(sentence) and not (is_here and found.thing.kind == "formula"):
            return False
        if (
            not is_here
            and found.thing.kind in COMPOUNDS
            and _UNKNOWN.search(self._text[sentence.start : statement.start])
        ):
            return False
        ratio = statement.number.value * statement.scale / found.value if found.value else 1.0
        is_mass = "mass" in statement.properties[0].name
        is_elsewhere = not sentence.start <= found.thing.start < sentence.end
        alone = (
            statement.properties[0].name != "length"
            and len({thing.text for thing in self._scope.things(SEQUENCES)}) == 1
        )
        if (
            is_elsewhere
            and sentence.header is None
            and found.thing.kind in SEQUENCES
            and not alone
            and not _PRONOUN.search(self._text[sentence.start : statement.start])
        ):
            return is_mass and 0.75 < ratio < 1.33
        inside = [one for one in self._scope.things(COMPOUNDS) if sentence.start <= one.start < sentence.end]
        if len(inside) == 1 and inside[0] is found.thing:
            return not is_mass or 0.2 < ratio < 5
        return not is_mass or (found.thing.start < statement.start and 0.5 < ratio < 2)

    def _is_doubted(self, statement: Statement) -> bool:
        sentence = statement.sentence
        return bool(
            DOUBTED.search(self._text, max(sentence.start, statement.start - 90), statement.start)
            or REPORTED.search(self._text, sentence.start, sentence.end)
        )

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
                yield Found(
                    "tool" if told else "equal",
                    self._worded(values[0], statement, prop),
                    told or known,
                    thing,
                    values[0],
                )
                return
            if statement.near and not 0.93 < number.value / values[0] < 1.07:
                continue
            if any(abs(number.value - value) <= prop.slack * abs(value) for value in values):
                yield Found("different", "", known, thing, values[0], is_near=True)
            elif self._differs(number, values, prop, statement):
                yield Found("different", self._worded(values[0], statement, prop), known, thing, values[0])

    def _values(self, prop: Property, fact: Fact, thing: Thing, statement: Statement) -> tuple[Fact, list[float]]:
        if prop.name == "tm":
            return self._melting(thing, statement)
        if prop.name == "average_mass" and thing.kind in ("dna", "rna"):
            return fact, []  # of one strand or two, with or without its phosphates
        if prop.name == "average_mass" and thing.kind == "element" and thing.text in DIATOMIC:
            weight = float(fact.data["atomic_weight"])
            return fact, [2 * weight, weight]
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
        said = self._text[max(0, statement.sentence.start - 500) : statement.sentence.start] + self._around(statement)
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

    def _around(self, statement: Statement) -> str:
        """The words of the sentence; of a cell, those of its column and its row, too."""
        sentence = statement.sentence
        places = [(sentence.start, sentence.end), *(place for place in (sentence.header, sentence.row) if place)]
        return " ".join(self._text[slice(*place)] for place in places)

    def _differs(self, number: Number, values: list[float], prop: Property, statement: Statement) -> bool:
        """Whether no other source or definition would say so either."""
        sentence = self._around(statement)
        distance = min(abs(number.value - value) for value in values)
        if prop.name == "element_count" and not _COUNTS_ATOMS.search(sentence):
            return False
        if prop.name == "logp" and _MEASURED.search(
            self._text, max(statement.sentence.start, statement.start - 40), statement.start
        ):
            return False
        if prop.name in ("h_bond_donors", "h_bond_acceptors") and "Lipinski" in sentence:
            return False
        if prop.name == "logp":
            if _CRIPPEN.search(sentence):
                return True
            return not _MEASURED.search(sentence) and distance > OTHER_METHODS
        if prop.name == "tm":
            around = self._text[max(0, statement.sentence.start - 500) : statement.sentence.start] + sentence
            return any(words.search(around) for _, words in METHODS_OF_TM) or distance > OTHER_TM
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


def _without_water(thing: Thing) -> Thing:
    return replace(thing, text=_WATER.sub("", thing.text))

"""Quantities that an answer says to be the same: "25 °C = 298.15 K", "18 g of glucose is 0.1 mol"."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from app.checking.doubts import REPORTED, TAKEN_BACK
from app.checking.facts import Facts
from app.checking.marks import Mark
from app.checking.numbers import agrees, as_given
from app.checking.quantities import Quantity, dimensions_of, quantities_in
from app.checking.scope import Scope
from app.checking.sentences import Sentence
from app.checking.things import COMPOUNDS, DIATOMIC, Thing
from errors import RetortError

_ABOUT = r"(?:about|approximately|approx\.|roughly|around|exactly|only|nearly|an?\s+(?:mass|wavelength|wavenumber|frequency|energy|temperature|volume|concentration|pressure|length)\s+of|~|≈|\s)*"
#: Between two quantities that are said to be the same.
_SAME = re.compile(
    r"(?:\s+(?:tablet|dose|capsule|sample|portion|solution|bar|serving|vial|aliquot|stock|batch)s?)?[\s,]*(?:[=≈≃→]|(?:which|that|this|it)?\s*(?:is|are|was|equals?|corresponds?|amounts?|converts?|comes?|works out|translates?)(?:\s+(?:equal|equivalent|the same|exactly|also))?(?:\s+(?:to|as|out to|out as))?"
    rf"|(?:corresponding|equal|equivalent) to|weighs?|contains?|holds?|has a mass of|makes?|i\.e\.,?|that is,?|in other words,?|or|gives?|yields?|→|:)\s*{_ABOUT}",
    re.IGNORECASE,
)
_OPENING = re.compile(rf"\s*\(\s*(?:=|≈|i\.e\.,?|or|equivalent to|equals|that is,?)?\s*{_ABOUT}", re.IGNORECASE)
_CLOSING = re.compile(r"\s*[),;]")
_THAT_IS = re.compile(
    rf"(?:\b(?:that|this|it|which)\s+(?:is|equals|corresponds to|amounts to|makes|becomes)|\bor|=|→)\s*{_ABOUT}$",
    re.IGNORECASE,
)
_NO_VALUE = re.compile(
    r"\s*(?:each|per\b|for the (?:first|second|third|last|former|latter)|of (?:the )?(?:final|total|stock|water|buffer|solvent)|(?:more|less|higher|lower)\b)",
    re.I,
)
_OPERATOR_BEHIND = re.compile(r"\s*[×x·*/÷+−]\s*[\d(]")
_OPERATOR_BEFORE = re.compile(r"[×x·*/÷+−]\s*\(?$")
_CONVERTS = re.compile(
    r"\bconver\w+|\bexpress\w*|\bin (?:kelvin|celsius|fahrenheit|SI units|grams?|moles?|joules?|molar|K|°C|°F)\b", re.I
)
#: A difference of temperatures is no temperature.
_CHANGE = re.compile(r"\b(?:rise|drop|differ\w*|change|increase|decrease|interval|gradient|step)\b|Δ", re.IGNORECASE)
_DEGREES = re.compile(r"[°ºCKF]")
#: How many quantities before "that is" are looked at.
MOST_BEFORE = 4


def conversions_in(
    text: str, sentences: Sequence[Sentence], scope: Scope, facts: Facts, stop: threading.Event | None = None
) -> Iterator[Mark]:
    """A mark on the second of two quantities that are said to be the same."""
    before: list[Quantity] = []
    for sentence in sentences:
        if stop is not None and stop.is_set():
            return
        quantities = [one for one in quantities_in(text, sentence, scope) if one.unit]
        converter = _Converter(text, sentence, scope, facts, stop)
        if sentence.header is None and not REPORTED.search(text, sentence.start, sentence.end):
            for one, other in converter.neighbours(quantities):
                if (mark := converter.beside(one, other)) is not None:
                    yield mark
            if (
                len(quantities) > 2
                and _CONVERTS.search(text, sentence.start, sentence.end)
                and (mark := converter.told(quantities[0], quantities[-1]))
            ):
                yield mark
            if quantities and (mark := converter.that_is(before, quantities[0])) is not None:
                yield mark
        before = [*before, *quantities][-MOST_BEFORE:]


class _Converter:
    """Converts the quantities of one sentence."""

    def __init__(self, text: str, sentence: Sentence, scope: Scope, facts: Facts, stop: threading.Event | None) -> None:
        self._text, self._sentence, self._scope, self._facts, self._stop = text, sentence, scope, facts, stop

    def neighbours(self, quantities: Sequence[Quantity]) -> Iterator[tuple[Quantity, Quantity]]:
        """Each with the next, and over a molar mass in brackets."""
        yield from pairwise(quantities)
        for one, between, other in zip(quantities, quantities[1:], quantities[2:], strict=False):
            if between.kind == "molar mass" and self._text[between.end : between.end + 1] == ")":
                yield replace(one, end=between.end + 1, thing=None, of=one.thing), other

    def beside(self, one: Quantity, other: Quantity) -> Mark | None:
        """Of two with nothing but words for "the same" between them."""
        text = self._text
        gap = text[one.thing.end if one.thing and one.thing.end <= other.start else one.end : other.start]
        in_brackets = bool(_OPENING.fullmatch(gap) and _CLOSING.match(text, other.end))
        is_experiment = {one.kind, other.kind} == {"mass", "substance"} and re.fullmatch(r"\s*,\s*", gap)
        therefore = (
            len(gap) < 40
            and re.search(r"\b(?:is|are|equals|therefore|thus|makes)\b|=", gap)
            and not re.search(r"\d|;|\band\b", gap)
        )
        if not (
            _SAME.fullmatch(gap)
            or in_brackets
            or is_experiment
            or (therefore and dimensions_of(one.unit) & dimensions_of(other.unit))
        ) or _NO_VALUE.match(text, other.end):
            return None
        if _OPERATOR_BEHIND.match(text, other.end) or _OPERATOR_BEFORE.search(text[max(0, one.start - 4) : one.start]):
            return None
        if re.fullmatch(r"\s*,\s*", gap) and {one.kind, other.kind} == {"mass", "substance"}:
            return self._mark(one, other, is_sure=False)
        is_sure = not in_brackets and re.search(r"[=≈→]|equal|correspond|convert|equivalent", gap) is not None
        return self._mark(one, other, is_sure=is_sure)

    def told(self, first: Quantity, last: Quantity) -> Mark | None:
        """Of the first and the last quantity of a sentence that tells how to convert."""
        return self._mark(first, last, is_sure=False) if dimensions_of(first.unit) & dimensions_of(last.unit) else None

    def that_is(self, before: Sequence[Quantity], other: Quantity) -> Mark | None:
        """Of a quantity of an earlier sentence and "that is …": equal to any of them, or else different from the last."""
        if not _THAT_IS.search(self._text[self._sentence.start : other.start]):
            return None
        marks = [
            mark
            for one in reversed(before)
            if dimensions_of(one.unit) & dimensions_of(other.unit) and (mark := self._mark(one, other, is_sure=False))
        ]
        return next((mark for mark in marks if mark.verdict == "equal"), marks[0] if marks else None)

    def _mark(self, one: Quantity, other: Quantity, *, is_sure: bool) -> Mark | None:
        text = self._text
        if one.number.bounded or other.number.bounded or one.unit == other.unit:
            return None
        if _CHANGE.search(text[max(self._sentence.start, one.start - 45) : one.start]) and _DEGREES.search(one.unit):
            return None
        if TAKEN_BACK.search(text, max(self._sentence.start, one.start - 60), other.start):
            return None
        arguments: dict[str, object] = {"value": one.number.value, "from_unit": one.unit, "to_unit": other.unit}
        is_bridged = not dimensions_of(one.unit) & dimensions_of(other.unit)
        if is_bridged and (thing := one.thing or one.of or other.thing or self._only_compound()) is not None:
            arguments["molecule"] = (
                f"{thing.text}2" if thing.kind == "element" and thing.text in DIATOMIC else thing.text
            )
        try:
            fact = self._facts.ask("convert_units", arguments, self._stop)
        except RetortError:
            return None
        ours = float(fact.data["value"])
        rounding = 0.5 * one.number.step / abs(one.number.value) if one.number.value and one.number.step < 1 else 0.0
        same = agrees(other.number, ours, relative=min(rounding, 0.01) + (2e-3 if is_bridged else 2e-4))
        inverse = one.number.value**2 / ours if ours and not is_bridged else 0.0
        is_inverse = bool(inverse) and abs(other.number.value / inverse - 1) < 0.02
        if not same and not ((is_sure and not is_bridged) or is_inverse or _is_near(other.number.value, ours)):
            return None  # two quantities side by side
        said = f"{as_given(ours, other.number)} {other.unit}"
        return Mark(
            other.start,
            other.end,
            text[other.start : other.end],
            "equal" if same else "different",
            said,
            fact.call,
            "conversion",
        )

    def _only_compound(self) -> Thing | None:
        """The compound of the sentence, where it speaks of one."""
        inside = [
            thing for thing in self._scope.things(COMPOUNDS) if self._sentence.start <= thing.start < self._sentence.end
        ]
        return inside[0] if len({thing.text.lower() for thing in inside}) == 1 else None


def _is_near(value: float, ours: float) -> bool:
    """Whether a value may be meant as ours: within a factor of two, or wrong by powers of ten, or a temperature near it."""
    if not value or not ours or value * ours < 0:
        return abs(value - ours) < 100
    ratio = value / ours
    power = math.log10(ratio)
    return 0.4 < ratio < 2.5 or (abs(power) < 7 and abs(power - round(power)) < 0.02)

"""Ions in a mass spectrum: "[M+H]+ of caffeine is at m/z 195.0877", "calcd for C14H14NO+ 212.1070"."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence

from app.checking.doubts import REPORTED
from app.checking.facts import Fact, Facts
from app.checking.marks import Mark
from app.checking.numbers import Number, agrees, as_given, numbers_in
from app.checking.scope import Scope
from app.checking.sentences import Sentence
from app.checking.things import COMPOUNDS, SEQUENCES, Thing
from errors import RetortError

_ADDUCT = re.compile(
    r"\[\s?(\d?M)\s?((?:[+\-−–]\s?\d?[A-Z][A-Za-z0-9]*\s?)+)\](\d?[+\-−–⁺⁻]|\^\{?\d?[+\-−]\}?|[⁰¹²³]?[⁺⁻])"
)
_SIGNS = str.maketrans("−–⁺⁻²³", "--+-23")
_CALCULATED = re.compile(
    r"(?:calcd|calc(?:ulated|[’'.])?d?)\.?\s*(?:mass\s*|m/z\s*)?(?:for|of)\s*[:(]?\s*$", re.IGNORECASE
)
LONGEST_GAP = 60
#: Daltons between the ions of H, Na and K, of which one may stand for another.
MIXED_UP = (21.982, 37.956, 15.974)


def adducts_in(
    text: str,
    sentences: Sequence[Sentence],
    things: Sequence[Thing],
    scope: Scope,
    facts: Facts,
    stop: threading.Event | None = None,
) -> Iterator[Mark]:
    """A mark on each m/z that is given for an adduct of one compound, or calculated for an ion's formula."""
    for sentence in sentences:
        if stop is not None and stop.is_set():
            return
        if REPORTED.search(text, sentence.start, sentence.end):
            continue
        numbers = [
            Number(
                one.value,
                one.step,
                one.start + sentence.start,
                one.end + sentence.start,
                one.text,
                one.hedged,
                one.bounded,
            )
            for one in numbers_in(text[sentence.start : sentence.end])
            if one.step <= 0.011 and one.text[0] not in "+-−"
        ]
        if sentence.header is not None:
            found = _ADDUCT.search(text, *sentence.header) or (
                _ADDUCT.search(text, *sentence.row) if sentence.row else None
            )
            pairs = [(found, numbers[0])] if found and numbers else []
        else:
            pairs = _pairs(text, sentence, numbers)
        for adduct, number in pairs:
            if re.search(r"-d\d", text[sentence.start : adduct.start()]):
                continue  # of what is labelled
            yield from _of_adduct(text, sentence, adduct, number, scope, facts, stop)
        for number in numbers:
            thing = next((one for one in reversed(things) if one.kind == "formula" and one.end <= number.start), None)
            if (
                thing is not None
                and re.fullmatch(r"[⁺⁻+\-−]?\s*[:,=(]?\s*(?:m/z\s*)?[:=]?\s*", text[thing.end : number.start])
                and _CALCULATED.search(text[max(0, thing.start - 30) : thing.start])
            ):
                yield from _of_ion(text, thing, number, facts, stop)


def _pairs(text: str, sentence: Sentence, numbers: list[Number]) -> list[tuple[re.Match[str], Number]]:
    """Each adduct with the number behind it, with no other adduct between."""
    adducts = list(_ADDUCT.finditer(text, sentence.start, sentence.end))
    pairs = []
    for place, adduct in enumerate(adducts):
        limit = adducts[place + 1].start() if place + 1 < len(adducts) else sentence.end
        number = next(
            (one for one in numbers if adduct.end() <= one.start < min(limit, adduct.end() + LONGEST_GAP)), None
        )
        if number is not None:
            pairs.append((adduct, number))
    return pairs


def _of_adduct(
    text: str,
    sentence: Sentence,
    adduct: re.Match[str],
    number: Number,
    scope: Scope,
    facts: Facts,
    stop: threading.Event | None,
) -> Iterator[Mark]:
    name = (
        f"[{adduct[1]}{adduct[2]}]{adduct[3]}".translate(_SIGNS)
        .replace(" ", "")
        .replace("^", "")
        .replace("{", "")
        .replace("}", "")
    )
    subject = scope.subject(sentence, number.start, number.end, None, COMPOUNDS | SEQUENCES)
    different: tuple[Fact, float] | None = None
    formulas: list[str] = []
    for thing in (subject.things or tuple(scope.things(COMPOUNDS)))[:8]:
        fact = facts.about(thing, stop)
        formula = str(fact.data.get("formula", "")) if fact is not None else ""
        if not formula or formula in formulas or thing.kind == "element":
            continue
        formulas.append(formula)
        try:
            fact = facts.ask("isotope_pattern", {"formula": formula, "adduct": name}, stop)
        except RetortError:
            continue
        ours = float(fact.data["monoisotopic_mz"])
        itself = float(fact.data.get("monoisotopic_mass_da", 0.0))  # a formula that is written with its sodium
        if any(agrees(number, one, absolute=0.0011 if number.step < 0.01 else 0.006) for one in (ours, itself)):
            yield Mark(number.start, number.end, number.text, "equal", as_given(ours, number), fact.call, "adduct")
            return
        different = different or (fact, ours)
    if different is not None and _may_be(abs(number.value - different[1]), different[1]):
        fact, ours = different
        yield Mark(number.start, number.end, number.text, "different", as_given(ours, number), fact.call, "adduct")


def _may_be(distance: float, ours: float) -> bool:
    """Whether a number may be meant as ours: near it, or that of another ion."""
    return distance < 0.02 * ours + 3 or any(abs(distance - one) < 0.05 for one in MIXED_UP)


def _of_ion(text: str, thing: Thing, number: Number, facts: Facts, stop: threading.Event | None) -> Iterator[Mark]:
    """The ion itself, or what it is without its charge."""
    charge = {"⁺": "+", "+": "+", "⁻": "-", "−": "-", "-": "-"}.get(text[thing.end : thing.end + 1], "")
    found: list[tuple[Fact, float]] = []
    for formula in dict.fromkeys((f"{thing.text}{charge}", thing.text, f"{thing.text}+" if not charge else thing.text)):
        try:
            fact = facts.ask("formula_report", {"formula": formula}, stop)
        except RetortError:
            continue
        found.append((fact, float(fact.data.get("mz", fact.data["monoisotopic_mass_da"]))))
    for fact, ours in found:
        if agrees(number, ours, absolute=0.0006):
            yield Mark(number.start, number.end, number.text, "equal", as_given(ours, number), fact.call, "adduct")
            return
    if found:
        fact, ours = found[0]
        yield Mark(number.start, number.end, number.text, "different", as_given(ours, number), fact.call, "adduct")

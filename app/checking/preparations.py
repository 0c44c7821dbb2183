"""Amounts that belong together: a mass, its volume and its concentration; a stock and its dilution.

"5.84 g of NaCl in 100 mL is 1 M", "50 µL of 10 mM made up to 5 mL is 0.1 mM", "2 L at 0.789 g/mL weigh 1.58 kg".
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence

from app.checking.doubts import REPORTED
from app.checking.facts import Fact, Facts
from app.checking.marks import Mark, Verdict
from app.checking.numbers import as_given
from app.checking.quantities import Quantity, factor_of, quantities_in
from app.checking.scope import Scope
from app.checking.sentences import Sentence
from app.checking.things import COMPOUNDS, Thing

#: Products of two kinds that are a third: volume times density is mass.
_PRODUCTS = (
    ("volume", "density", "mass"),
    ("volume", "concentration", "substance"),
    ("substance", "molar mass", "mass"),
    ("concentration", "molar mass", "density"),
)
_DILUTES = re.compile(r"\bdilut\w+|\bstock\b|C_?1\s?V_?1|\bmake(?:s|d)? up to\b|\bfinal concentration\b", re.IGNORECASE)
_FOLD = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d)?)\s?[×xX](?=\s+[a-z]|-)", re.IGNORECASE)
_SOLVENT = re.compile(
    r"\s*(?:of\s+)?(?:\w+\s+)?(?:water|buffer|solvent|diluent|medium|TE|methanol|ethanol|DMSO)\b", re.IGNORECASE
)
_PARTIAL = re.compile(r"\b(?:about|with|add)\s*$", re.IGNORECASE)
_RESULT = re.compile(
    r"\b(?:need\w*|weigh\w*|requir\w*|takes?|take|gives?|yields?|get|is|are|use|dissolve|becomes?|contains?|holds?|has|have|mass of)\b[^.;]{0,40}$|[=≈→]\s*$",
    re.IGNORECASE,
)
_THAT_IS = re.compile(
    r"\b(?:that|this|it)\s+(?:is|makes|gives|contains|holds|equals|corresponds)\b|\bin\s+\d", re.IGNORECASE
)
#: What rounding and densities may change, relative.
TOLERANCE = 0.025


def preparations_in(
    text: str, sentences: Sequence[Sentence], scope: Scope, facts: Facts, stop: threading.Event | None = None
) -> Iterator[Mark]:
    """A mark on the number that does not fit, or on the result that does."""
    before: list[Quantity] = []
    for sentence in sentences:
        if stop is not None and stop.is_set():
            return
        quantities = [
            one
            for one in quantities_in(text, sentence, scope)
            if one.unit and not one.number.bounded and not _is_solvent(text, one)
        ]
        if sentence.header is None and not REPORTED.search(text, sentence.start, sentence.end):
            mark = (
                _dissolved(text, sentence, quantities, scope, facts, stop)
                or _diluted(text, sentence, quantities)
                or _thinned(text, sentence, quantities)
                or _product(text, quantities)
                or (
                    _product(text, [*before, *quantities])
                    if _THAT_IS.search(text, sentence.start, sentence.end)
                    else None
                )
            )
            if mark is not None:
                yield mark
        before = quantities


def _is_solvent(text: str, one: Quantity) -> bool:
    """Whether a volume is that of a solvent to begin with."""
    return one.kind == "volume" and bool(
        _SOLVENT.match(text, one.end) or _PARTIAL.search(text[max(0, one.start - 8) : one.start])
    )


def _of_kinds(quantities: Sequence[Quantity], kinds: Sequence[str]) -> list[Quantity] | None:
    """One of each kind, where there are no two."""
    found = [[one for one in quantities if one.kind == kind] for kind in kinds]
    return [ones[0] for ones in found] if all(len(ones) == 1 for ones in found) else None


def _product(text: str, quantities: Sequence[Quantity]) -> Mark | None:
    """Of three quantities of which the last is the product or a factor."""
    for kinds in _PRODUCTS:
        three = _of_kinds(quantities, kinds)
        if (
            three is None
            or len(quantities) > 5
            or "%" in text[min(one.start for one in three) : max(one.end for one in three)]
        ):
            continue
        first, second, product = three
        if not (values := _values(three)):
            continue
        ratio = values[2] / (values[0] * values[1])
        last = max(three, key=lambda one: one.start)
        fitting = {first.start: values[0] * ratio, second.start: values[1] * ratio, product.start: values[2] / ratio}
        wanted = fitting[last.start]
        if abs(ratio - 1) <= TOLERANCE + _rounding(three):
            return _mark(text, last, "equal", wanted, None)
        if _may_be(ratio) and _RESULT.search(text[max(0, last.start - 60) : last.start]):
            return _mark(text, last, "different", wanted, None)
    return None


def _dissolved(
    text: str, sentence: Sentence, quantities: list[Quantity], scope: Scope, facts: Facts, stop: threading.Event | None
) -> Mark | None:
    """m = c · V · M, where a sentence has one of each and one compound."""
    three = _of_kinds(quantities, ("mass", "volume", "concentration"))
    compound = _compound(sentence, scope, three[0]) if three else None
    fact = facts.about(compound, stop) if compound else None
    molar = fact.data.get("average_mass_da") if fact else None
    if three is None or fact is None or molar is None:
        return None
    mass, volume, concentration = three
    if not (values := _values(three)):
        return None
    kilograms = float(molar) / 1000 * values[1] * values[2]
    ratio = values[0] / kilograms
    if abs(ratio - 1) <= TOLERANCE + _rounding(three):
        return _mark(text, mass, "equal", kilograms, fact)
    if not _may_be(ratio):
        return None
    last = max(three, key=lambda one: one.start)
    wrong = mass if last is mass or _RESULT.search(text[sentence.start : mass.start]) else last
    fitting = {mass.start: kilograms, volume.start: values[1] * ratio, concentration.start: values[2] * ratio}
    return _mark(text, wrong, "different", fitting[wrong.start], fact)


def _compound(sentence: Sentence, scope: Scope, mass: Quantity) -> Thing | None:
    inside = [
        thing
        for thing in scope.things(COMPOUNDS)
        if sentence.start <= thing.start < sentence.end and thing.text.lower() not in ("water", "h2o")
    ]
    if scope.is_of_another(sentence):
        return None
    if mass.thing is not None and mass.thing in inside:
        return mass.thing
    return (
        inside[0]
        if len({thing.text.lower() for thing in inside}) == 1
        and inside[0].end < mass.start + 200
        and not scope.is_of_another(sentence)
        else None
    )


def _diluted(text: str, sentence: Sentence, quantities: list[Quantity]) -> Mark | None:
    """C1 V1 = C2 V2, where a sentence speaks of a stock and has two of each."""
    concentrations = [one for one in quantities if one.kind in ("concentration", "density")]
    volumes = [one for one in quantities if one.kind == "volume"]
    if (
        not _DILUTES.search(text, sentence.start, sentence.end)
        or len({one.kind for one in concentrations}) != 1
        or len(concentrations) != 2
        or len(volumes) != 2
    ):
        return None
    weak, strong = sorted(concentrations, key=lambda one: one.in_si() or 0.0)
    small, large = sorted(volumes, key=lambda one: one.in_si() or 0.0)
    if not (values := _values((strong, small, weak, large))):
        return None
    ratio = values[0] * values[1] / (values[2] * values[3])
    last = max((*concentrations, *volumes), key=lambda one: one.start)
    wanted = {
        strong.start: values[0] / ratio,
        small.start: values[1] / ratio,
        weak.start: values[2] * ratio,
        large.start: values[3] * ratio,
    }
    if abs(ratio - 1) <= TOLERANCE + _rounding((strong, small, weak, large)):
        return _mark(text, last, "equal", wanted[last.start], None)
    return _mark(text, last, "different", wanted[last.start], None) if _may_be(ratio) else None


def _thinned(text: str, sentence: Sentence, quantities: list[Quantity]) -> Mark | None:
    """Of a stock that is so many times as strong: "1 L of 1× needs 100 mL of 10×"."""
    folds = [float(fold[1]) for fold in _FOLD.finditer(text, sentence.start, sentence.end)]
    volumes = [one for one in quantities if one.kind == "volume"]
    if len(folds) != 2 or len(volumes) != 2 or folds[0] == folds[1] or not (values := _values(volumes)):
        return None
    small = min(volumes, key=lambda one: one.in_si() or 0.0)
    wanted = max(values) * min(folds) / max(folds)
    ratio = min(values) / wanted
    verdict: Verdict = "equal" if abs(ratio - 1) <= TOLERANCE + _rounding(volumes) else "different"
    return _mark(text, small, verdict, wanted, None) if verdict == "equal" or _may_be(ratio) else None


def _values(quantities: Sequence[Quantity]) -> list[float]:
    """In SI units; empty if one has none there, or is 0."""
    values = [one.in_si() for one in quantities]
    return [value for value in values if value] if all(values) else []


def _rounding(quantities: Sequence[Quantity]) -> float:
    """What the digits given may change, relative."""
    return sum(
        0.5 * one.number.step / abs(one.number.value) for one in quantities if one.number.step < 1 and one.number.value
    )


def _mark(text: str, one: Quantity, verdict: Verdict, value: float, fact: Fact | None) -> Mark:
    ours = f"{as_given(value / (factor_of(one.unit) or 1.0), one.number)} {one.unit}"
    return Mark(one.start, one.end, text[one.start : one.end], verdict, ours, fact.call if fact else {}, "preparation")


def _may_be(ratio: float) -> bool:
    """Whether the numbers are of one preparation at all, one of them wrong: by a factor of a few, or by powers of ten."""
    powers = (1.0, 10.0, 100.0, 1000.0, 0.1, 0.01, 0.001)
    return 0.2 < ratio < 5 or any(abs(ratio * power - 1) < 0.05 for power in powers)

"""Solutions that an answer has made: mass, volume and concentration of one compound, and dilutions of a stock."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Iterator, Sequence

from app.checking.facts import Facts
from app.checking.finding import COMPOUNDS, Thing
from app.checking.marks import Mark
from app.checking.numbers import as_given
from app.checking.quantities import Quantity, factor_of, quantities_in
from app.checking.scope import Scope
from app.checking.sentences import Sentence
from app.checking.verifying import REPORTED

_DILUTES = re.compile(r"\bdilut\w+|\bstock\b|C_?1\s?V_?1|\bmake(?:s|d)? up to\b|\bfinal concentration\b", re.IGNORECASE)
_WATER = re.compile(
    r"\s*(?:of\s+)?(?:\w+\s+)?(?:water|buffer|solvent|diluent|medium|TE|methanol|ethanol|DMSO)\b", re.IGNORECASE
)
_RESULT = re.compile(
    r"\b(?:need\w*|weigh\w*|requir\w*|takes?|take|gives?|yields?|get|is|are|=|≈|use|dissolve|becomes?|to)\b[^.;]{0,40}$",
    re.IGNORECASE,
)
#: What rounding and densities may change.
TOLERANCE = 0.025


def preparations_in(
    text: str, sentences: Sequence[Sentence], scope: Scope, facts: Facts, stop: threading.Event | None = None
) -> Iterator[Mark]:
    """A mark on the number that does not fit, or on the result that does."""
    for sentence in sentences:
        if stop is not None and stop.is_set():
            return
        if REPORTED.search(text, sentence.start, sentence.end) or sentence.header is not None:
            continue
        quantities = [one for one in quantities_in(text, sentence, scope) if one.unit and not one.number.bounded]
        mark = _dissolved(text, sentence, quantities, scope, facts, stop) or _diluted(text, sentence, quantities)
        if mark is not None:
            yield mark


def _dissolved(
    text: str, sentence: Sentence, quantities: list[Quantity], scope: Scope, facts: Facts, stop: threading.Event | None
) -> Mark | None:
    """m = c · V · M, where a sentence has one of each and one compound."""
    by_kind = {kind: [one for one in quantities if one.kind == kind] for kind in ("mass", "volume", "concentration")}
    volumes = [one for one in by_kind["volume"] if not _is_partial(text, one)]
    by_kind["volume"] = volumes or by_kind["volume"]
    if any(len(found) != 1 for found in by_kind.values()):
        return None
    mass, volume, concentration = (by_kind[kind][0] for kind in ("mass", "volume", "concentration"))
    compound = _compound(sentence, scope, mass)
    if compound is None:
        return None
    fact = facts.about(compound, stop)
    molar = fact.data.get("average_mass_da") if fact else None
    values = [one.in_si() for one in (mass, volume, concentration)]
    if fact is None or molar is None or any(not value for value in values):
        return None
    grams = float(molar) / 1000 * values[1] * values[2]  # type: ignore[operator]
    ratio = values[0] / grams  # type: ignore[operator]
    if abs(ratio - 1) <= TOLERANCE + 0.5 * mass.number.step / mass.number.value:
        return Mark(
            mass.start, mass.end, text[mass.start : mass.end], "equal", _in_unit(grams, mass), fact.call, "preparation"
        )
    if not _may_be(ratio):
        return None
    last = max((mass, volume, concentration), key=lambda one: one.start)
    wrong = mass if _RESULT.search(text[sentence.start : mass.start]) or last is mass else last
    ours = {mass.start: grams, volume.start: values[1] * ratio, concentration.start: values[2] * ratio}[wrong.start]  # type: ignore[operator]
    return Mark(
        wrong.start,
        wrong.end,
        text[wrong.start : wrong.end],
        "different",
        _in_unit(ours, wrong),
        fact.call,
        "preparation",
    )


def _compound(sentence: Sentence, scope: Scope, mass: Quantity) -> Thing | None:
    inside = [
        thing
        for thing in scope.things(COMPOUNDS)
        if sentence.start <= thing.start < sentence.end and thing.text.lower() not in ("water", "h2o")
    ]
    if mass.thing is not None and mass.thing in inside:
        return mass.thing
    return inside[0] if len({thing.text.lower() for thing in inside}) == 1 else None


def _is_partial(text: str, one: Quantity) -> bool:
    """Whether a volume is that of the solvent to begin with."""
    return bool(
        _WATER.match(text, one.end) or re.search(r"\b(?:about|in|with)\s*$", text[max(0, one.start - 8) : one.start])
    )


def _diluted(text: str, sentence: Sentence, quantities: list[Quantity]) -> Mark | None:
    """C1 V1 = C2 V2, where a sentence speaks of a stock and has two of each."""
    if not _DILUTES.search(text, sentence.start, sentence.end):
        return None
    concentrations = [one for one in quantities if one.kind == "concentration" or one.unit in ("x", "×", "X")]
    volumes = [
        one
        for one in quantities
        if one.kind == "volume"
        and not re.match(r"\s*of\s+(?:water|buffer|solvent|diluent|medium)", text[one.end : one.end + 16])
    ]
    if len(concentrations) != 2 or len(volumes) != 2 or len({factor_of(one.unit) is None for one in quantities}) != 1:
        return None
    strong, weak = sorted(concentrations, key=lambda one: -(one.in_si() or 0.0))
    small, large = sorted(volumes, key=lambda one: one.in_si() or 0.0)
    values = [one.in_si() for one in (strong, small, weak, large)]
    if any(not value for value in values):
        return None
    ratio = values[0] * values[1] / (values[2] * values[3])  # type: ignore[operator]
    last = max((*concentrations, *volumes), key=lambda one: one.start)
    if abs(ratio - 1) <= TOLERANCE:
        return Mark(
            last.start, last.end, text[last.start : last.end], "equal", text[last.start : last.end], {}, "dilution"
        )
    if not _may_be(ratio):
        return None
    wanted = {
        strong.start: values[0] / ratio,
        small.start: values[1] / ratio,
        weak.start: values[2] * ratio,
        large.start: values[3] * ratio,
    }  # type: ignore[operator]
    return Mark(
        last.start,
        last.end,
        text[last.start : last.end],
        "different",
        _in_unit(wanted[last.start], last),
        {},
        "dilution",
    )


def _in_unit(value: float, one: Quantity) -> str:
    return f"{as_given(value / (factor_of(one.unit) or 1.0), one.number)} {one.unit}"


def _may_be(ratio: float) -> bool:
    """Whether the numbers are of one preparation at all, one of them wrong: by a factor of a few, or by powers of ten."""
    return any(
        0.2 < ratio * power < 5 for power in (1, *itertools.chain.from_iterable((10.0**n, 10.0**-n) for n in (1, 2, 3)))
    )

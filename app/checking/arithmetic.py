"""Sums and conversions that an answer writes out: "25 °C = 298.15 K", "0.125 mol × 58.44 g/mol = 7.305 g"."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from app.amounts import unit_end, unit_readings
from app.checking.facts import Facts
from app.checking.finding import COMPOUNDS, Thing
from app.checking.marks import Mark
from app.checking.numbers import Number, agrees, as_given, numbers_in
from app.checking.scope import Scope
from app.checking.sentences import Sentence
from errors import RetortError

_OPERATORS = {
    "×": "*",
    "x": "*",
    "·": "*",
    "*": "*",
    "⋅": "*",
    "/": "/",
    "÷": "/",
    "+": "+",
    "-": "-",
    "−": "-",
    "–": "-",
    "(": "(",
    ")": ")",
    "[": "(",
    "]": ")",
}
_EQUALS = re.compile(r"\s*(?:=|≈|≃|≅)\s*")
#: Between two quantities that are said to be the same.
_SAME = re.compile(
    r"\s*(?:[=≈≃→]|(?:,\s*)?(?:which\s+)?(?:is|are|was)(?:\s+(?:equal|equivalent|the same as|exactly|about|approximately))?(?:\s+to|\s+as)?|(?:is |are )?equals?(?: to)?|(?:which\s+)?corresponds?(?:ing)? to|(?:is|are) equivalent to|converts? to|amounts? to"
    r"|weighs?|contains?|,?\s*(?:i\.e\.|that is|in other words),?|,?\s*or(?:\s+about|\s+roughly)?|comes? to|has a mass of|makes?)\s*(?:about|approximately|roughly|exactly|a mass of|~|≈)?\s*",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"\s*\(\s*(?:=|≈|~|about|approximately|approx\.|ca\.|i\.e\.,?|or|equivalent to|equals)?\s*", re.IGNORECASE
)
_CLOSING = re.compile(r"\s*\)")
_NO_VALUE = re.compile(
    r"^\s*(?:each|per\b|of (?:the )?(?:final|total|stock|water|buffer|solvent)|in\s+(?:\d|[a-z]+\s+(?:of|volume)))",
    re.I,
)
_DOUBTED = re.compile(
    r"\b(?:if|not|n[’']t|wrong\w*|incorrect\w*|mistake\w*|instead|rather|suppose|claim\w*|confus\w*)\b[^.;]{0,50}$",
    re.I,
)
#: Bridged by a molar mass where the compound is named.
MOST_TOKENS = 60


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, which may be empty; ``end`` is behind the unit."""

    number: Number
    unit: str
    end: int
    thing: Thing | None = None


def equalities(
    text: str, sentences: Sequence[Sentence], scope: Scope, facts: Facts, stop: threading.Event | None = None
) -> Iterator[Mark]:
    """A mark on the last number of each sum, and on the second quantity of each conversion."""
    for sentence in sentences:
        if stop is not None and stop.is_set():
            return
        quantities = [
            _quantity(text, number, sentence, scope) for number in numbers_in(text[sentence.start : sentence.end])
        ]
        yield from _sums(text, sentence, quantities)
        for one, other in pairwise(quantities):
            mark = _converted(text, sentence, one, other, scope, facts, stop)
            if mark is not None:
                yield mark


def _quantity(text: str, number: Number, sentence: Sentence, scope: Scope) -> Quantity:
    moved = Number(
        number.value,
        number.step,
        number.start + sentence.start,
        number.end + sentence.start,
        number.text,
        number.hedged,
        number.bounded,
    )
    blanks = len(text[moved.end : sentence.end]) - len(text[moved.end : sentence.end].lstrip(" "))
    start = moved.end + min(blanks, 1)
    end = unit_end(text[: sentence.end], start) if start < sentence.end and not text[start].isdigit() else 0
    if end and re.match(r"[a-z]{2,}$", text[start:end]) and text[start:end] in ("at", "as", "in", "per", "min"):
        end = end if text[start:end] == "min" else 0
    unit = text[start:end] if end else ""
    return Quantity(moved, unit, end or moved.end, _thing_behind(text, end or moved.end, scope))


def _thing_behind(text: str, end: int, scope: Scope) -> Thing | None:
    """The compound that the quantity is of: "18 g of glucose", "0.5 mol NaCl"."""
    match = re.compile(r"\s?(?:of\s+)?(?:the\s+|pure\s+|anhydrous\s+)?").match(text, end)
    place = match.end() if match else end
    return next((thing for thing in scope.things(COMPOUNDS) if thing.start == place), None)


# --- sums


def _sums(text: str, sentence: Sentence, quantities: list[Quantity]) -> Iterator[Mark]:
    by_start = {quantity.number.start: quantity for quantity in quantities}
    for equals in _EQUALS.finditer(text, sentence.start, sentence.end):
        result = by_start.get(_skip(text, equals.end()))
        if result is None or result.number.bounded:
            continue
        tokens = _expression(text, sentence.start, equals.start(), by_start)
        if tokens is None or sum(isinstance(token, Quantity) for token in tokens) < 2:
            continue
        if re.match(r"\s*[×x·*/÷+−]\s*[\d(]", text[result.end : result.end + 6]):
            continue  # the sum goes on: its other side is looked at from the next sign
        computed = _evaluated(tokens)
        if computed is None or _DOUBTED.search(text, max(sentence.start, equals.start() - 120), equals.start()):
            continue
        yield _sum_mark(text, result, *computed)


def _skip(text: str, place: int) -> int:
    match = re.compile(r"[\s~≈(]*(?:about |approximately )?").match(text, place)
    return match.end() if match else place


def _expression(text: str, start: int, end: int, by_start: dict[int, Quantity]) -> list[Quantity | str] | None:
    """The longest run of numbers, signs and brackets that ends at ``end``; None if there is none."""
    tokens: list[tuple[int, Quantity | str]] = []
    place = start
    while place < end:
        if place in by_start and by_start[place].end <= end + 1:
            quantity = by_start[place]
            tokens.append((place, quantity))
            place = max(quantity.thing.end if quantity.thing and quantity.thing.end <= end else 0, quantity.end)
            continue
        character = text[place]
        if character in _OPERATORS and not (character == "x" and not text[place - 1 : place].isspace()):
            tokens.append((place, _OPERATORS[character]))
        elif not character.isspace():
            tokens.clear()
        place += 1
    values = [token for _, token in tokens]
    while values and isinstance(values[0], str) and values[0] not in "(":
        values.pop(0)
    while values and values.count("(") < values.count(")"):
        values.pop()
    while values and values.count("(") > values.count(")") and values[0] == "(":
        values.pop(0)
    return values if values and len(values) <= MOST_TOKENS else None


def _evaluated(tokens: list[Quantity | str]) -> tuple[float, float | None, float, tuple | None] | None:
    """The value of the bare numbers; that in SI units, or None; what rounding of the numbers may change, relative; the dimensions."""
    names: list[str] = []
    plain: dict[str, float] = {}
    metric: dict[str, float] = {}
    uncertain = 1e-6
    dimensions: list[tuple] = []
    for token in tokens:
        if isinstance(token, str):
            names.append(token)
            continue
        name = f"q{len(plain)}"
        names.append(name)
        plain[name] = token.number.value
        factor = _factor(token.unit)
        metric[name] = token.number.value * factor if factor is not None else math.nan
        if token.number.step < 1 and token.number.value:
            uncertain += 0.5 * token.number.step / abs(token.number.value)
    expression = "".join(names)
    if not re.search(r"q\d+[-+*/]", expression):
        return None
    value, in_si = _computed(expression, plain), _computed(expression, metric)
    if value is None:
        return None
    return value, in_si if in_si is not None and not math.isnan(in_si) else None, uncertain, tuple(dimensions)


def _computed(expression: str, values: dict[str, float]) -> float | None:
    """Plus, minus, times, over and brackets, by their usual order; two values side by side are no sum."""
    tokens = re.findall(r"q\d+|[-+*/()]", expression)
    try:
        value, rest = _added(tokens, values)
    except (IndexError, KeyError, ZeroDivisionError):
        return None
    return value if (not rest and math.isfinite(value)) or (not rest and math.isnan(value)) else None


def _added(tokens: list[str], values: dict[str, float]) -> tuple[float, list[str]]:
    value, tokens = _multiplied(tokens, values)
    while tokens and tokens[0] in "+-":
        sign = 1 if tokens[0] == "+" else -1
        term, tokens = _multiplied(tokens[1:], values)
        value += sign * term
    return value, tokens


def _multiplied(tokens: list[str], values: dict[str, float]) -> tuple[float, list[str]]:
    value, tokens = _factored(tokens, values)
    while tokens and (tokens[0] in "*/" or tokens[0] == "("):
        operator = "*" if tokens[0] == "(" else tokens[0]
        factor, tokens = _factored(tokens if tokens[0] == "(" else tokens[1:], values)
        value = value * factor if operator == "*" else value / factor
    return value, tokens


def _factored(tokens: list[str], values: dict[str, float]) -> tuple[float, list[str]]:
    first, rest = tokens[0], tokens[1:]
    if first == "(":
        value, rest = _added(rest, values)
        if rest[0] != ")":
            raise KeyError(rest[0])
        return value, rest[1:]
    if first == "-":
        value, rest = _factored(rest, values)
        return -value, rest
    return values[first], rest


def _sum_mark(
    text: str, result: Quantity, value: float, in_si: float | None, uncertain: float, _dimensions: tuple | None
) -> Mark:
    number = result.number
    factor = _factor(result.unit)
    candidates = [
        value,
        *([in_si / factor] if in_si is not None and factor else []),
        value * 100 if result.unit in ("%", "percent") else value,
    ]
    end = result.end
    written = text[number.start : end]
    for candidate in candidates:
        if agrees(number, candidate, relative=uncertain + 5e-4):
            return Mark(number.start, end, written, "equal", as_given(candidate, number), {}, "arithmetic")
    # where the units say so, that is our value; a bare product of unlike units is left to the numbers
    ours = candidates[1] if len(candidates) == 3 and factor else value
    return Mark(
        number.start, end, written, "different", f"{as_given(ours, number)}{text[number.end : end]}", {}, "arithmetic"
    )


def _factor(unit: str) -> float | None:
    """Of a unit to SI units, 1 without one; None for one that is none or that begins elsewhere than at 0."""
    if not unit:
        return 1.0
    readings = unit_readings(unit)
    if not readings or any(reading.absolute for reading in readings):
        return None
    return float(Fraction(readings[0].factor))


# --- conversions


def _converted(
    text: str,
    sentence: Sentence,
    one: Quantity,
    other: Quantity,
    scope: Scope,
    facts: Facts,
    stop: threading.Event | None,
) -> Mark | None:
    if not one.unit or not other.unit or one.number.bounded or other.number.bounded or one.unit == other.unit:
        return None
    behind = one.thing.end if one.thing else one.end
    gap = text[behind : other.number.start]
    in_brackets = _OPENING.fullmatch(gap) and _CLOSING.match(text, other.end)
    if not (_SAME.fullmatch(gap) or in_brackets) or _NO_VALUE.match(text[other.end : other.end + 40]):
        return None
    if _DOUBTED.search(text, max(sentence.start, one.number.start - 60), one.number.start):
        return None
    if re.match(r"\s*[×x·*/÷+−]\s*[\d(]", text[other.end : other.end + 6]) or re.search(
        r"[×x·*/÷+−]\s*\(?$", text[max(0, one.number.start - 4) : one.number.start]
    ):
        return None
    arguments: dict[str, object] = {"value": one.number.value, "from_unit": one.unit, "to_unit": other.unit}
    if _dimensions(one.unit) != _dimensions(other.unit):
        if one.thing is None or (in_brackets and not one.thing):
            return None
        arguments["molecule"] = one.thing.text
    try:
        fact = facts.ask("convert_units", arguments, stop)
    except RetortError:
        return None
    ours = float(fact.data["value"])
    written = text[other.number.start : other.end]
    rounding = (
        0.5 * one.number.step / abs(one.number.value)
        if one.number.step < 1 and one.number.value and "molecule" in arguments
        else 0.0
    )
    same = agrees(other.number, ours, relative=rounding + 5e-4 if "molecule" in arguments else 2e-4)
    if not same and in_brackets and not _is_near(other.number.value, ours):
        return None  # two quantities of one kind, side by side
    said = f"{as_given(ours, other.number)} {other.unit}"
    return Mark(other.number.start, other.end, written, "equal" if same else "different", said, fact.call, "conversion")


def _dimensions(unit: str) -> frozenset[str]:
    return frozenset(str(reading.dimensions) for reading in unit_readings(unit))


def _is_near(value: float, ours: float) -> bool:
    """Whether a value may be meant as ours: within a third of it, or wrong by powers of ten only, or a temperature near it."""
    if not value or not ours or value * ours < 0:
        return abs(value - ours) < 60
    ratio = value / ours
    power = math.log10(ratio)
    return 0.5 < ratio < 2 or abs(power - round(power)) < 0.02

"""Sums that an answer writes out: "0.125 mol × 58.44 g/mol = 7.305 g", "9 × 12.011 + 8 × 1.008 = 116.163"."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator, Sequence

from app.checking.marks import Mark
from app.checking.numbers import agrees, as_given
from app.checking.quantities import Quantity, factor_of, quantities_in
from app.checking.scope import Scope
from app.checking.sentences import Sentence
from app.checking.verifying import REPORTED

_OPERATORS = {"×": "*", "x": "*", "·": "*", "*": "*", "⋅": "*", "/": "/", "÷": "/", "+": "+", "-": "-", "−": "-", "–": "-", "(": "(", ")": ")", "[": "(", "]": ")"}
_EQUALS = re.compile(r"\s*(?:=|≈|≃|≅)\s*")
_DOUBTED = re.compile(r"\b(?:not|n[’']t|wrong\w*|incorrect\w*|mistake\w*|instead|rather|claim\w*|confus\w*)\b[^.;]{0,50}$", re.I)
MOST_TOKENS = 60


def sums_in(text: str, sentences: Sequence[Sentence], scope: Scope, stop: threading.Event | None = None) -> Iterator[Mark]:
    """A mark on the last number of each sum."""
    for sentence in sentences:
        if stop is not None and stop.is_set():
            return
        if _EQUALS.search(text, sentence.start, sentence.end):
            yield from _sums(text, sentence, list(quantities_in(text, sentence, scope, in_sums=True)))


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
        if computed is None or REPORTED.search(text, sentence.start, sentence.end) or _DOUBTED.search(text, max(sentence.start, equals.start() - 120), equals.start()):
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
        factor = factor_of(token.unit)
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
    factor = factor_of(result.unit)
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

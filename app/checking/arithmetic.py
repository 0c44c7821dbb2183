"""Sums that an answer writes out: "0.125 mol × 58.44 g/mol = 7.305 g", "9 × 12.011 + 8 × 1.008 = 116.163"."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.checking.doubts import REPORTED, TAKEN_BACK
from app.checking.marks import Mark
from app.checking.numbers import Number, agrees, as_given
from app.checking.quantities import Quantity, factor_of, quantities_in
from app.checking.scope import Scope
from app.checking.sentences import Sentence

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
#: Units with a prefix that a sum without units has not.
_PREFIXED = re.compile(r"[mµnpk](?:mol|g|L|J|M|Pa)\b")
MOST_TOKENS, LONGEST_SUM = 60, 400


def sums_in(
    text: str, sentences: Sequence[Sentence], scope: Scope, stop: threading.Event | None = None
) -> Iterator[Mark]:
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
        if result is None or result.number.bounded or text[result.end : result.end + 1] == "^":
            continue
        tokens = _expression(text, max(sentence.start, equals.start() - LONGEST_SUM), equals.start(), by_start)
        if tokens is None or sum(isinstance(token, Quantity) for token in tokens) < 2:
            continue
        if re.match(r"\s*[×x·*/÷+−]\s*[\d(]", text[result.end : result.end + 6]):
            continue  # the sum goes on: its other side is looked at from the next sign
        computed = _evaluated(tokens)
        if (
            computed is None
            or REPORTED.search(text, sentence.start, sentence.end)
            or TAKEN_BACK.search(text, max(sentence.start, equals.start() - 120), equals.start())
        ):
            continue
        if (mark := _sum_mark(text, result, computed)) is not None:
            yield mark


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
    if tokens and re.match(r"[\w√^!⁰-⁹²³]", text[max(0, tokens[0][0] - 1)]):
        return None  # a function, a root or a power
    if any(isinstance(token, Quantity) and token.unit.startswith("%") for _, token in tokens):
        return None
    values = [token for _, token in tokens]
    while values and isinstance(values[0], str) and values[0] not in "(":
        values.pop(0)
    while values and values.count("(") < values.count(")"):
        values.pop()
    while values and values.count("(") > values.count(")") and values[0] == "(":
        values.pop(0)
    return values if values and len(values) <= MOST_TOKENS else None


@dataclass(frozen=True)
class _Value:
    """Of the bare numbers; in SI units, or None; ``rounding``: what the digits given may change, relative.

    ``has_units``: some of the numbers, or all of them, have a unit.
    """

    plain: float
    in_si: float | None
    rounding: float
    has_units: bool = False
    has_all_units: bool = False


def _evaluated(tokens: list[Quantity | str]) -> _Value | None:
    quantities = [token for token in tokens if isinstance(token, Quantity)]
    names = iter(range(len(quantities)))
    expression = "".join(token if isinstance(token, str) else f"q{next(names)}" for token in tokens)
    if not re.search(r"q\d+[-+*/]|[-+*/]\(*q\d", expression):
        return None
    plain = _computed(expression, [one.number.value for one in quantities])
    in_si = [one.in_si() if one.unit or one.number.value.is_integer() else None for one in quantities]
    if plain is None:
        return None
    rounding = _rounding(expression, [one.number for one in quantities], plain)
    return _Value(
        plain,
        None if None in in_si else _computed(expression, [one for one in in_si if one is not None]),
        rounding,
        any(one.unit for one in quantities),
        all(one.unit for one in quantities),
    )


def _rounding(expression: str, numbers: Sequence[Number], value: float) -> float:
    """What half a unit of the last digit of each number changes, relative."""
    values = [one.value for one in numbers]
    changed = 0.0
    for place, one in enumerate(numbers):
        if one.step < 1:
            other = _computed(expression, [*values[:place], one.value + one.step / 2, *values[place + 1 :]])
            changed += abs(other - value) if other is not None else 0.0
    return changed / abs(value) if value else 0.0


def _computed(expression: str, numbers: Sequence[float]) -> float | None:
    """Plus, minus, times, over and brackets, by their usual order; two values side by side are no sum."""
    values = {f"q{place}": number for place, number in enumerate(numbers)}
    try:
        value, rest = _added(re.findall(r"q\d+|[-+*/()]", expression), values)
    except (IndexError, KeyError, ZeroDivisionError, OverflowError):
        return None
    return value if not rest and math.isfinite(value) else None


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


def _sum_mark(text: str, result: Quantity, value: _Value) -> Mark | None:
    """Equal by the bare numbers or by their units; else ours is by the units, where all have some."""
    number, factor = result.number, factor_of(result.unit)
    by_units = value.in_si / factor if value.in_si is not None and value.has_units and factor and result.unit else None
    plain = None if by_units is not None and value.has_all_units else value.plain
    percent = value.plain * 100 if result.unit in ("%", "percent") else None
    candidates = [plain, by_units, percent]
    written = text[number.start : result.end]
    for candidate in candidates:
        if candidate is not None and agrees(number, candidate, relative=value.rounding + 5e-4):
            return Mark(number.start, result.end, written, "equal", as_given(candidate, number), {}, "arithmetic")
    if plain is None and agrees(number, value.plain, relative=value.rounding + 5e-4):
        return None  # the numbers fit, and the units as we read them do not: neither is said
    if plain is not None and value.plain and number.value and result.unit:
        power = math.log10(abs(number.value / value.plain))
        is_power = abs(power - round(power)) < 0.01 <= abs(power)
        if is_power and (value.has_units or (round(power) % 3 == 0 and _PREFIXED.match(result.unit))):
            return None  # units that were left out may make up for powers of ten
    ours = value.plain if plain is not None or by_units is None else by_units
    return Mark(
        number.start,
        result.end,
        written,
        "different",
        f"{as_given(ours, number)}{text[number.end : result.end]}",
        {},
        "arithmetic",
    )

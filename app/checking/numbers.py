"""Numbers in a text with the digits they are given to, and when two of them are equal."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

#: Characters of a number; a longer one is none that anybody reads.
LONGEST = 40
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_POWER = r"(?:\s?[×x·*]\s?10(?:\^\{?[-−–+]?\d{1,3}\}?|[-−–+]\d{1,3}|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))"
_NUMBER = re.compile(
    # no number: what belongs to a word (C9, COX-2), a longer one (3.2.1), or a name (1,3-butadiene, 2-propanol)
    rf"(?<![\w.,/'′]) (?<!\w[-–]) (?<!\d[:/]) (?P<sign>[-−+](?=\d)|(?<=\s)–(?=\d))?"
    rf"(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|\.\d+)"
    rf"(?P<power>{_POWER}|[eE][-+−]?\d{{1,3}}(?!\w))?"
    r"(?! \.\d | ,\d(?!\d\d\d) | [:/]\d | -[A-Za-z](?!er\b) )(?<![,.])",
    re.VERBOSE,
)
_OPERAND = re.compile(
    _NUMBER.pattern.replace(r"(?<![\w.,/'′]) (?<!\w[-–]) (?<!\d[:/])", r"(?<![\w.,]) (?<!\d:)").replace("[:/]", ":"),
    re.VERBOSE,
)
_WORDS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"no": 0, "single": 1, "a single": 1, "an": 1, "a": 1}
_SPELT = re.compile(rf"(?<![\w-])({'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![\w-])", re.IGNORECASE)
_HEDGE = re.compile(
    r"(?:~|≈|≃|∼|\babout|\bapprox(?:imately|\.)?|\baround|\broughly|\bnearly|\bca\.?|\bcirca|\balmost|\bc\.|\bclose to|\bsome"
    r"|\bon the order of)\s*$",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"(?:[<>≤≥]=?|\b(?:more|less|greater|fewer|lower|higher|larger|smaller|heavier|lighter)\s+than|\bover|\bunder|\babove|\bbelow"
    r"|\bexceed(?:s|ing)?|\bat\s+(?:most|least)|\bup\s+to|\bbeyond|\bminimum of|\bmaximum of|±|\+/-)\s*$",
    re.IGNORECASE,
)
_RANGE_BEFORE = re.compile(r"(?:\d\s?(?:[-–—−~]|to)\s?|\bbetween\s(?:[^.;]{1,20}\sand\s)?|\bfrom\s)$")
_RANGE_AFTER = re.compile(r"\s?(?:[-–—~]|to|±|\+/-|\(\d+\))\s?\d|\s?\+\s*(?:or|and)")


@dataclass(frozen=True)
class Number:
    """``step``: a unit of its last digit given. ``hedged``: said to be approximate. ``bounded``: a bound or a range, no value."""

    value: float
    step: float
    start: int
    end: int
    text: str
    hedged: bool = False
    bounded: bool = False
    spelt: bool = False

    def scaled(self, factor: float) -> Number:
        return replace(self, value=self.value * factor, step=self.step * factor)


def numbers_in(text: str, *, in_sums: bool = False) -> Iterator[Number]:
    """Every number in figures, in order; ``in_sums`` also those on both sides of a slash."""
    for found in (_OPERAND if in_sums else _NUMBER).finditer(text):
        if len(found[0]) <= LONGEST:
            yield _number(found["sign"] or "", found["digits"], found["power"] or "", text, *found.span())


def spelt_in(text: str) -> Iterator[Number]:
    """Small counts in words: "three", "no", "a single"."""
    for found in _SPELT.finditer(text):
        yield Number(_WORDS[found[1].lower()], 1.0, *found.span(), found[0], spelt=True)


def _number(sign: str, digits: str, power: str, text: str, start: int, end: int) -> Number:
    exponent = 0
    if power:
        bare = power.translate(_SUPERSCRIPTS).replace("−", "-").replace("–", "-")
        exponent = int(re.sub(r"^\s?[×x·*]\s?10\^?\{?|^[eE]|\}$", "", bare))
    plain = digits.replace(",", "")
    decimals = len(plain.partition(".")[2])
    value = float(plain) * 10.0**exponent * (-1 if sign and sign != "+" else 1)
    before, after = text[max(0, start - 24) : start], text[end : end + 16]
    hedged = bool(_HEDGE.search(before))
    step = 10.0 ** (exponent - decimals)
    if hedged and not decimals and plain.endswith("0") and plain.strip("0"):
        step *= 10 ** (len(plain) - len(plain.rstrip("0")))  # "about 200": the zeros only hold places
    bounded = bool(_BOUND.search(before) or _RANGE_BEFORE.search(before) or _RANGE_AFTER.match(after))
    return Number(value, step, start, end, text[start:end], hedged, bounded)


def agrees(number: Number, ours: float, relative: float = 0.0, absolute: float = 0.0) -> bool:
    """Whether our value, rounded to the digits given, is the number, or is within a tolerance of it.

    One unit of the last digit is allowed where four or more decimals are given (others round down), or where the number is said
    to be approximate.
    """
    units = 1.0 if number.hedged or 0 < number.step < 0.00051 else 0.5
    allowed = max(units * number.step, relative * abs(ours), absolute)
    return abs(number.value - ours) <= allowed * (1 + 1e-9)


def as_given(ours: float, number: Number) -> str:
    """Our value to the digits of the number, and to at least three that mean something."""
    if ours == 0 or not math.isfinite(ours):
        return f"{ours:g}"
    decimals = max(0, round(-math.log10(number.step))) if 0 < number.step < 1 else 0
    if not 1e-3 <= abs(ours) < 1e7:
        return f"{ours:.4g}"
    if float(ours).is_integer() and number.step >= 1:
        return f"{ours:.0f}"
    least = max(0, 2 - math.floor(math.log10(abs(ours))))
    return f"{ours:.{max(decimals, least)}f}"

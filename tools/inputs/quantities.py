"""Numbers as people write them: 5, "0.25", "0,25", "1e-3", "2.5 × 10^-3"; exact fractions out."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from errors import ToolInputError, shown

LARGEST, SMALLEST = Fraction(10) ** 100, Fraction(10) ** -100
_WRITTEN = re.compile(
    r"([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:\s*[eE]\s*([+-]?\d{1,3})|\s*[x×·*]\s*10\s*(?:\^|\*\*)?\s*\(?([+-]?\d{1,3})\)?)?"
)
_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−–", "0123456789-+--")
_EXAMPLES = "write a number such as 0.25 or 1e-3"


def parse_number(value: float | str, where: str) -> Fraction:
    """Exactly the number as it is written; raises ``ToolInputError`` for what is none, infinite or beyond 1e±100."""
    if isinstance(value, str):
        number, rest = split_number(value, where)
        if rest:
            raise ToolInputError(f"{shown(value)} is not just a number", where, _EXAMPLES)
        return number
    if not math.isfinite(value):
        raise ToolInputError(f"'{value}' is not a number that can be computed with", where, _EXAMPLES)
    return _bounded(Fraction(repr(value) if isinstance(value, float) else value), str(value), where)


def split_number(text: str, where: str) -> tuple[Fraction, str]:
    """The number at the beginning of a text and what follows it, such as a unit."""
    bare = text.strip()
    plain = _with_decimal_point(bare.translate(_POWERS))
    removed = len(bare) - len(plain)
    found = _WRITTEN.match(plain)
    if not found:
        raise ToolInputError(f"{shown(text)} does not begin with a number", where, _EXAMPLES)
    rest = plain[found.end() :]
    if re.match(r"[,']\d", rest):
        raise ToolInputError(
            f"{shown(text)} has a comma that could be a decimal mark or separate thousands", where, _EXAMPLES
        )
    if re.match(r"\s*(?:±|\+/-|-\s*\d|/\s*\d|\.\d)", rest):
        raise ToolInputError(f"{shown(text)} is no single number", where, "give one number")
    power = int(found[2] or found[3] or 0)
    if len(found[1]) > 60:
        raise ToolInputError(f"{shown(text)} has too many digits", where, _EXAMPLES)
    if abs(power) > 150:
        raise ToolInputError(f"{shown(text)} is not a number that can be computed with", where, _EXAMPLES)
    number = _bounded(Fraction(found[1].rstrip(".")) * Fraction(10) ** power, text, where)
    return number, bare[found.end() + removed :].strip()


def _with_decimal_point(text: str) -> str:
    """The number at the beginning with a point for its decimal comma and without separated thousands, where only one is meant.

    ``1,5`` and ``0,125`` can be nothing but decimals, ``1,234,567`` and ``1,234.5`` nothing but thousands; ``1,234`` stays.
    """
    head = re.match(r"[+-]?[\d.,]*\d", text)
    if not head or "," not in head[0]:
        return text
    number = head[0]
    if re.fullmatch(r"[+-]?(?:\d+,(?:\d{1,2}|\d{4,})|0,\d+)", number):
        number = number.replace(",", ".")
    elif re.fullmatch(r"[+-]?[1-9]\d{0,2}(?:(?:,\d{3}){2,}(?:\.\d+)?|,\d{3}\.\d+)", number):
        number = number.replace(",", "")
    elif re.fullmatch(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+,\d+", number):
        number = number.replace(".", "").replace(",", ".")
    return number + text[head.end() :]


def _bounded(number: Fraction, text: str, where: str) -> Fraction:
    if number and not SMALLEST <= abs(number) <= LARGEST:
        raise ToolInputError(f"{shown(text)} is beyond what can be computed with", where, _EXAMPLES)
    return number


def in_words(number: Fraction | float, digits: int = 7) -> str:
    """For a sentence: up to seven significant digits, powers of ten written out."""
    written = f"{float(number):.{digits}g}"
    if "e" not in written:
        return written
    mantissa, power = written.split("e")
    return f"{mantissa}·10^{int(power)}"


def nine_digits(number: Fraction | float) -> float:
    """For data: nine significant digits, more than any measurement has."""
    return float(f"{float(number):.9g}")

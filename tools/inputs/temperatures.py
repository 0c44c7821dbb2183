"""A temperature as a number or as text with its unit; in kelvin out, and a note of how it was read."""

from __future__ import annotations

import math
import re
from typing import Literal

from errors import ToolInputError, shown

ZERO_CELSIUS_K = 273.15
HOTTEST_K = 6000.0
_WRITTEN = re.compile(
    r"([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)\s*(?:°|º|deg(?:rees?)?\.?\s*)?\s*"
    r"(C|K|F|celsius|centigrade|kelvins?|fahrenheit)?",
    re.IGNORECASE,
)
_ROOM = frozenset(("room temperature", "rt", "r.t.", "ambient", "ambient temperature"))
#: Whole numbers that without a unit are far more often kelvin than degrees Celsius.
_OFTEN_KELVIN = frozenset((273.0, 293.0, 298.0))


def parse_temperature(
    value: float | str, unit: Literal["C", "K"] | None = None, where: str = "temperature"
) -> tuple[float, tuple[str, ...]]:
    """Kelvin and notes. A bare number is in °C unless ``unit`` says K; text may carry °C, K or °F.

    Raises ``ToolInputError`` for what is no temperature, lies below absolute zero, or contradicts ``unit``.
    """
    if isinstance(value, str):
        return _from_text(value, unit, where)
    return _in_kelvin(float(value), unit, str(value), where), ()


def _from_text(text: str, unit: Literal["C", "K"] | None, where: str) -> tuple[float, tuple[str, ...]]:
    plain = " ".join(text.replace("−", "-").replace("–", "-").split())
    if plain.lower() in _ROOM:
        return 25 + ZERO_CELSIUS_K, ("Room temperature was taken as 25 °C.",)
    found = _WRITTEN.fullmatch(plain)
    if not found:
        raise ToolInputError(
            f"{shown(text)} is not a temperature", where, "write a number with its unit, as in '25 °C' or '298.15 K'"
        )
    written = found[2][0].upper() if found[2] else None
    if written and unit and written != unit:
        raise ToolInputError(
            f"{shown(text)} contradicts the unit {unit} that was given beside it", where, "give the unit once"
        )
    number = float(found[1])
    if written == "F":
        celsius = (number - 32) / 1.8
        return (
            _in_kelvin(celsius, "C", text, where),
            (f"{number:g} °F was converted to {celsius:.2f} °C.",),
        )
    return _in_kelvin(number, "K" if written == "K" else "C" if written == "C" else unit, text, where), ()


def _in_kelvin(number: float, unit: str | None, text: str, where: str) -> float:
    if not math.isfinite(number):
        raise ToolInputError(
            f"{shown(text)} is not a temperature", where, "give a number in °C, or with temperature_unit K"
        )
    if (
        unit is None
        and number > 0
        and (number in _OFTEN_KELVIN or (abs(number - int(number) - 0.15) < 1e-6 and number > 170))
    ):
        raise ToolInputError(
            f"{shown(text)} could be kelvin or degrees Celsius", where, f"write '{number:g} K' or '{number:g} °C'"
        )
    kelvin = number if unit == "K" else number + ZERO_CELSIUS_K
    if kelvin <= 0:
        raise ToolInputError(
            f"{shown(text)} is not above absolute zero (0 K, -273.15 °C)", where, "check the number and its unit"
        )
    if kelvin > HOTTEST_K:
        raise ToolInputError(f"{shown(text)} is above {HOTTEST_K:,.0f} K", where, "check the number and its unit")
    return kelvin

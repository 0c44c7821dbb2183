"""Concentrations, volumes and masses as a bench needs them: read from text, brought to one kind, written in handy units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from errors import ToolInputError, shown
from tools.chemistry.molar_masses import MolarMass
from tools.chemistry.unit_bridges import MASS, MASS_CONCENTRATION, MOLARITY
from tools.inputs.quantities import in_words, parse_number, split_number
from tools.inputs.unit_table import Dimensions
from tools.inputs.units import UnitReading, parse_unit

#: "molar" in mol/m³, "mass" in kg/m³, "mass fraction" and "volume fraction" as numbers, "molal" in mol/kg of solvent;
#: "counted" is anything else in a volume, such as U/mL or cells/mL, which can only be diluted.
Kind = Literal["molar", "mass", "mass fraction", "volume fraction", "molal", "fold", "counted"]
Given = float | str | None

VOLUME = (("[length]", 3),)
LARGEST_VOLUME_M3 = 1000
DENSEST_KG_PER_M3 = 5000  # more dissolved in a volume than any solution holds
MOST_MOLAR = Fraction(120_000)  # mol/m³: twice that of pure water
_DILUTE = Fraction(1, 100)
_FOLD = re.compile(r"\s*(?:x|X|×|fold|-fold|times)\s*")
_BARE_PERCENT = re.compile(r"%|percent|per cent|pct")


@dataclass(frozen=True)
class Concentration:
    """``value`` in the unit that its kind names; ``text`` as it was written; ``notes`` what was assumed."""

    kind: Kind
    value: Fraction
    text: str
    notes: tuple[str, ...] = ()
    dimensions: Dimensions = ()


def read_concentration(given: Given, unit: str, where: str, density: Fraction | None = None) -> Concentration | None:
    """A concentration above 0 with its unit; None where none was given.

    ``density`` (kg/m³) tells that a bare % is by mass. Raises ``ToolInputError`` for everything else.
    """
    split = _number_and_unit(given, unit, where, "0.1 M, 5 mg/mL, 2 % w/v or 10x")
    if not split:
        return None
    number, unit_text = split
    text = f"{in_words(number)}{'x' if _FOLD.fullmatch(unit_text) else f' {unit_text}'}"
    if number <= 0:
        raise ToolInputError(f"{shown(text)} is not a concentration above 0", where, "give a positive number")
    if _FOLD.fullmatch(unit_text):
        return Concentration("fold", number, text)
    if _BARE_PERCENT.fullmatch(unit_text.strip().lower()):
        if density is None:
            raise ToolInputError(
                f"{shown(text)} does not say of what", where,
                "write % w/v (grams in 100 mL), % w/w (with density_g_per_ml) or % v/v",
            )  # fmt: skip
        return _checked(Concentration("mass fraction", number / 100, text, (f"{text} was read as % w/w.",)), where)
    if unit_text in ("N", "mN"):
        raise ToolInputError(
            f"{shown(text)} is a normality", where, "divide it by the equivalents per mole and give the molarity"
        )
    readings = parse_unit(unit_text, f"{where}, unit")
    for reading in readings:
        if found := _of_reading(number, reading, text):
            return _checked(found, where)
    raise ToolInputError(
        f"{shown(unit_text)} is no unit of concentration",
        where,
        "write M, mM, µM, g/L, mg/mL, % w/v, % w/w, % v/v, molal (mol per kg of solvent) or x",
    )


def _of_reading(number: Fraction, unit: UnitReading, text: str) -> Concentration | None:
    size = number * unit.factor
    if unit.kind == "molality":
        return Concentration("molal", size, text, unit.notes)
    if unit.dimensions == MOLARITY:
        return Concentration("molar", size, text, unit.notes)
    if unit.dimensions == MASS_CONCENTRATION:
        return Concentration("mass", size, text, unit.notes)
    if ("[length]", -3) in unit.dimensions:
        return Concentration("counted", size, text, unit.notes, unit.dimensions)
    if unit.dimensions or unit.basis == "amount" or not unit.terms or all(term.entry is None for term in unit.terms):
        return None
    if unit.basis == "volume":
        return Concentration("volume fraction", size, text, unit.notes)
    said = () if unit.basis else (f"{text} was read as a mass fraction.",)
    return Concentration("mass fraction", size, text, (*unit.notes, *said))


def _checked(found: Concentration, where: str) -> Concentration:
    if found.kind.endswith("fraction") and found.value > 1:
        raise ToolInputError(f"{shown(found.text)} is more than the whole", where, "give at most 100 %")
    if (found.kind == "molar" and found.value > MOST_MOLAR) or (
        found.kind == "mass" and found.value > DENSEST_KG_PER_M3
    ):
        raise ToolInputError(
            f"{shown(found.text)} is more than any solution holds", where, "check the number and its unit"
        )
    return found


def read_amount(given: Given, unit: str, where: str, what: Literal["volume", "mass"]) -> Fraction | None:
    """A volume in m³ or a mass in kg, above 0; None where none was given."""
    split = _number_and_unit(given, unit, where, "250 mL" if what == "volume" else "5 g")
    if not split:
        return None
    number, unit_text = split
    wanted = VOLUME if what == "volume" else MASS
    fitting = [one for one in parse_unit(unit_text, f"{where}, unit") if one.dimensions == wanted]
    if not fitting:
        raise ToolInputError(
            f"{shown(unit_text)} is no unit of {what}",
            where,
            f"write it as in {'250 mL' if what == 'volume' else '5 g'}",
        )
    size = number * fitting[0].factor
    if size <= 0 or size > LARGEST_VOLUME_M3 * (1 if what == "volume" else 5000):
        raise ToolInputError(
            f"'{in_words(number)} {unit_text}' is no {what} that could be prepared",
            where,
            "check the number and its unit",
        )
    return size


def is_mass(given: Given, unit: str) -> bool:
    """Whether a text gives a mass where a volume is usual: the solvent of a molal solution."""
    split = _number_and_unit(given, unit, "volume", "250 mL")
    return bool(split) and any(one.dimensions == MASS for one in parse_unit(split[1], "volume, unit"))  # type: ignore[index]


def _number_and_unit(given: Given, unit: str, where: str, example: str) -> tuple[Fraction, str] | None:
    if given is None:
        return None
    if isinstance(given, str):
        number, rest = split_number(given, where)
        if rest and unit and rest != unit.strip():
            raise ToolInputError(f"{shown(given)} has a unit, and {shown(unit)} was given too", where, "give one unit")
        unit = rest or unit
    else:
        number = parse_number(given, where)
    if not unit.strip():
        raise ToolInputError(f"'{in_words(number)}' has no unit", where, f"write it as in {example}")
    return number, unit.strip()


def as_mass(found: Concentration, molar_mass: MolarMass | None, density: Fraction | None, where: str) -> Fraction:
    """kg of the compound in a m³ of solution; raises ``ToolInputError`` where a property is missing for it."""
    if found.kind == "mass":
        return found.value
    if found.kind == "molar":
        if not molar_mass:
            raise ToolInputError(
                f"{shown(found.text)} needs the molar mass", "compound",
                "name the compound or its formula, or give molar_mass_g_per_mol",
            )  # fmt: skip
        return found.value * Fraction(repr(molar_mass.value)) / 1000
    if found.kind == "mass fraction":
        if density is None:
            example = (
                "about 1.00 for a dilute solution in water" if found.value < _DILUTE else "such as 1.18 for 37 % HCl"
            )
            raise ToolInputError(
                f"{shown(found.text)} is by mass, which needs the density of that solution", where,
                f"give density_g_per_ml ({example}), or a concentration by volume",
            )  # fmt: skip
        return found.value * density
    raise ToolInputError(
        f"{shown(found.text)} cannot be brought to g/L", where, "give both concentrations in M, g/L, % w/v or both in x"
    )


def mass_text(kilograms: Fraction) -> str:
    """``1.461 g``, ``25.0 mg``, ``3.2 µg``: four digits, in the unit of a balance."""
    grams = kilograms * 1000
    for size, unit in (
        (Fraction(1000), "kg"),
        (Fraction(1), "g"),
        (Fraction(1, 1000), "mg"),
        (Fraction(1, 10**6), "µg"),
    ):
        if grams >= size:
            return f"{in_words(grams / size, 4)} {unit}"
    return f"{in_words(grams * 10**9, 4)} ng"


def volume_text(cubic_metres: Fraction) -> str:
    """``250 mL``, ``1 L``, ``12.5 µL``."""
    millilitres = cubic_metres * 10**6
    for size, unit in ((Fraction(1000), "L"), (Fraction(1), "mL"), (Fraction(1, 1000), "µL")):
        if millilitres >= size:
            return f"{in_words(millilitres / size, 4)} {unit}"
    return f"{in_words(millilitres * 10**6, 4)} nL"


def molarity_text(mol_per_m3: Fraction) -> str:
    """``0.1 M``, ``5 mM``, ``20 µM``."""
    for above, size, unit in (
        (Fraction(100), Fraction(1000), "M"),
        (Fraction(1, 10), Fraction(1), "mM"),
        (Fraction(1, 10**4), Fraction(1, 1000), "µM"),
    ):
        if mol_per_m3 >= above:
            return f"{in_words(mol_per_m3 / size, 4)} {unit}"
    return f"{in_words(mol_per_m3 * 10**6, 4)} nM"

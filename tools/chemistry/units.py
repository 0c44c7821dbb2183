"""Units into units, exactly, or what is missing: ``convert_units``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field

from errors import ToolInputError, shown
from tools.chemistry.molar_masses import MolarMass, given_molar_mass, molar_mass_of
from tools.chemistry.unit_bridges import (
    ENERGY,
    MASS_CONCENTRATION,
    MOLALITY,
    MOLAR_ENERGY,
    MOLARITY,
    Bridge,
    Known,
    find_bridge,
)
from tools.inputs import MoleculeOrFormula
from tools.inputs.quantities import in_words, parse_number, split_number
from tools.inputs.unit_names import case_variants
from tools.inputs.unit_table import Dimensions
from tools.inputs.units import UnitReading, parse_unit
from tools.outputs import Table, ToolOutput
from tools.registry import tool

#: What is added to a number in the unit to count from absolute zero.
_ZEROS = {"K": Fraction(0), "°C": Fraction("273.15"), "°F": Fraction("459.67"), "°R": Fraction(0)}
_MEASURED = frozenset(("hartree", "rydberg", "dalton", "bohr", "electron_mass", "proton_mass"))
_CROSS_SECTION = (("[length]", 2), ("[substance]", -1))
_QUANTITIES: dict[str, str] = {
    "[length]": "a length", "[mass]": "a mass", "[time]": "a time", "[temperature]": "a temperature",
    "[substance]": "an amount of substance", "[current]": "an electric current", "": "a pure number",
    "[length]2": "an area", "[length]3": "a volume", "[length]-1": "a wavenumber", "[time]-1": "a frequency",
    "[length]2 [mass] [time]-2": "an energy", "[length]2 [mass] [substance]-1 [time]-2": "an energy per amount",
    "[length]-1 [mass] [time]-2": "a pressure", "[length]2 [mass] [time]-3": "a power", "[length] [mass] [time]-2": "a force",
    "[length]-3 [substance]": "an amount concentration", "[length]-3 [mass]": "a mass concentration or density",
    "[mass] [substance]-1": "a molar mass", "[mass]-1 [substance]": "an amount per mass", "[current] [time]": "an electric charge",
    "[current] [length] [time]": "a dipole moment", "[length] [time]-1": "a speed", "[substance] [time]-1": "a catalytic activity",
    "[angle]": "an angle", "[activity]": "a radioactivity", "[thermal]": "a thermal energy",
    "[length]-1 [mass] [time]-1": "a viscosity", "[length]2 [time]-1": "a kinematic viscosity or diffusion coefficient",
}  # fmt: skip

_UNIT = "A unit such as kcal/mol, cm^-1, °C, mg/mL, µM, mmHg, eV"
NumberOrText = Annotated[
    float | str, Field(description="The number to convert", json_schema_extra={"entity": "quantity"})
]
UnitText = Annotated[str, Field(description=_UNIT, json_schema_extra={"entity": "unit of the quantity"})]
OtherUnitText = Annotated[str, Field(description=_UNIT, json_schema_extra={"entity": "unit"})]


@dataclass(frozen=True)
class _Found:
    """One way to convert: the exact result and everything that was assumed for it."""

    start: UnitReading
    end: UnitReading
    result: Fraction
    factor: Fraction | None
    notes: tuple[str, ...]


@tool(
    group="formula and lab",
    libraries=("pint",),
    asks=(
        "convert", "convert units", "unit conversion", "in kJ/mol", "in kcal/mol", "in eV", "wavelength", "wavenumber",
        "Celsius", "Fahrenheit", "kelvin", "how many grams", "how many moles", "molarity", "units", "kcal", "hartree",
    ),
)  # fmt: skip
def convert_units(
    value: NumberOrText,
    from_unit: UnitText,
    to_unit: OtherUnitText,
    molecule: MoleculeOrFormula | None = None,
    molar_mass_g_per_mol: float | None = None,
    density_g_per_ml: float | None = None,
    temperature_k: float | None = None,
) -> ToolOutput:
    """Convert a number from one unit to another: energy (kcal/mol, kJ/mol, eV, hartree, cm^-1), temperature, pressure,
    concentration, mass, volume; grams to moles or mg/mL to mM with the molecule or its molar mass, volume to mass with a
    density.

    Temperatures are absolute; write Δ°C for a difference. ``value`` in the result has full precision. Raises
    ``ToolInputError`` for units that cannot be converted, or for a molar mass, density or temperature that is missing.
    """
    number = _number(value, from_unit)
    starts, ends = parse_unit(from_unit, "from_unit"), parse_unit(to_unit, "to_unit")
    direct = _distinct([found for start in starts for end in ends if (found := _direct(number, start, end))])
    if len(direct) > 1:
        raise _ambiguous(from_unit, to_unit, direct)
    if direct:
        unused = [molecule, molar_mass_g_per_mol, density_g_per_ml, temperature_k]
        notes = ["The conversion needs no property of a compound; what was given of one was not used."]
        return _output(number, direct[0], notes if any(one is not None for one in unused) else [], {})
    molar_mass = _molar_mass(molecule, molar_mass_g_per_mol)
    known = Known(
        None if molar_mass is None else Fraction(repr(molar_mass.value)) / 1000,
        _positive(density_g_per_ml, "density_g_per_ml", "a density in g/mL", 50, 1000),
        _positive(temperature_k, "temperature_k", "a temperature in kelvin", 1e6, 1),
    )
    ways = [(start, end, bridge) for start in starts for end in ends if (bridge := find_bridge(start, end, known))]
    ready = [way for way in ways if not way[2].missing]
    bridged = _distinct([_bridged(number, *way) for way in ready])
    if len(bridged) > 1:
        raise _ambiguous(from_unit, to_unit, bridged)
    if bridged:
        used, given = _used(bridged[0], known, molar_mass)
        return _output(number, bridged[0], used, given, molecule)
    if ways:
        start, end, bridge = ways[0]
        raise ToolInputError(
            f"{shown(start.text)} to {shown(end.text)} needs {' and '.join(bridge.missing)}", "to_unit",
            _need_hint(start, end),
        )  # fmt: skip
    raise _incompatible(starts, ends)


def _number(value: float | str, from_unit: str) -> Fraction:
    """The number; a text may repeat its unit, as in "25 °C" from °C."""
    if not isinstance(value, str):
        return parse_number(value, "value")
    number, unit = split_number(value, "value")
    if unit and not {one.terms for one in parse_unit(unit, "value")} & {
        one.terms for one in parse_unit(from_unit, "from_unit")
    }:
        raise ToolInputError(
            f"{shown(value)} is a number with the unit {shown(unit)}, and from_unit is {shown(from_unit)}", "value",
            "give the number alone, and its unit as from_unit",
        )  # fmt: skip
    return number


def _direct(number: Fraction, start: UnitReading, end: UnitReading) -> _Found | None:
    """Between units of the same dimensions; None where they are not."""
    if start.dimensions != end.dimensions or (start.basis and end.basis and start.basis != end.basis):
        return None
    difference = "difference" in (start.kind, end.kind)
    if start.absolute and end.absolute:
        kelvin = _kelvin(number, start)
        if kelvin < 0:
            raise ToolInputError(
                f"{in_words(number)} {start.text} is below absolute zero", "value",
                "check the number and its unit; for a difference of temperatures write Δ°C, Δ°F or ΔK",
            )  # fmt: skip
        result = kelvin / end.factor - _zero(end)
        notes = _temperature_notes(number, start, end)
        return _Found(start, end, result, None, (*start.notes, *end.notes, *notes))
    factor = start.factor / end.factor
    notes = [*start.notes, *end.notes]
    if difference:
        notes.append("Converted as a difference of temperatures, without the shift of the zero.")
    elif ("[temperature]", 1) not in start.dimensions and "absolute" in start.kinds | end.kinds:
        notes.append("A degree within a unit is a difference of temperatures.")
    if start.basis != end.basis or (not start.dimensions and start.kind == end.kind == "fraction"):
        notes.append("Both count the same fraction: by mass, by volume or by amount, as it was meant.")
    if start.dimensions == _CROSS_SECTION and start.has("molecule") != end.has("molecule"):
        notes.append(
            "Units alone: a decadic absorption coefficient becomes a cross-section with a further factor of ln 10."
        )
    return _Found(start, end, number * factor, factor, tuple(notes))


def _kelvin(number: Fraction, unit: UnitReading) -> Fraction:
    return (number + _zero(unit)) * unit.factor


def _zero(unit: UnitReading) -> Fraction:
    entry = next(term.entry for term in unit.terms if term.entry)
    return _ZEROS.get(entry.symbols[0], Fraction(0))


def _temperature_notes(number: Fraction, start: UnitReading, end: UnitReading) -> list[str]:
    if _zero(start) == _zero(end):
        return []
    factor = start.factor / end.factor
    return [
        f"Read as an absolute temperature; a difference of {in_words(number)} {start.text} is "
        f"{in_words(number * factor)} {end.text} (write it with Δ)."
    ]


def _bridged(number: Fraction, start: UnitReading, end: UnitReading, bridge: Bridge) -> _Found:
    if bridge.reciprocal and number <= 0:
        raise ToolInputError(
            f"{in_words(number)} {start.text} has no counterpart in {end.text}", "value", "give a number above 0"
        )
    base = _kelvin(number, start) if start.absolute else number * start.factor
    if start.absolute and base < 0:
        raise ToolInputError(f"{in_words(number)} {start.text} is below absolute zero", "value", "check the number")
    try:
        result = bridge.step(base) / end.factor
    except ZeroDivisionError:
        raise ToolInputError(
            f"{in_words(number)} {start.text} leaves no solvent, so that there is no molality", "value",
            "check the concentration and the density",
        ) from None  # fmt: skip
    if end.absolute:
        result -= _zero(end)
    proportional = not bridge.reciprocal and not (start.absolute or end.absolute) and number
    factor = result / number if proportional and "molality" not in start.kinds | end.kinds else None
    return _Found(start, end, result, factor, (*start.notes, *end.notes, *bridge.notes))


def _distinct(found: Sequence[_Found]) -> list[_Found]:
    """One of each result: readings that agree are no ambiguity."""
    return list({one.result: one for one in reversed(found)}.values())[::-1]


def _molar_mass(molecule: str | None, value: float | None) -> MolarMass | None:
    if molecule is not None and value is not None:
        raise ToolInputError(
            "Both a molecule and a molar mass were given", "molar_mass_g_per_mol", "give one of the two"
        )
    if value is not None:
        return given_molar_mass(value)
    return None if molecule is None else molar_mass_of(molecule, "molecule")


def _positive(value: float | None, where: str, what: str, largest: float, to_si: int) -> Fraction | None:
    if value is None:
        return None
    if not 0 < value <= largest:
        raise ToolInputError(f"'{value:g}' is not {what}", where, f"give a number above 0 and up to {largest:g}")
    return Fraction(repr(float(value))) * to_si


def _used(found: _Found, known: Known, molar_mass: MolarMass | None) -> tuple[list[str], dict[str, Any]]:
    """Notes and data of the properties that the way between these dimensions took."""
    bare = find_bridge(found.start, found.end, Known())
    missing = " ".join(bare.missing) if bare else ""
    notes: list[str] = []
    data: dict[str, Any] = {}
    if "molar mass" in missing and molar_mass:
        data["molar_mass_g_per_mol"] = round(molar_mass.value, 4)
        if molar_mass.formula:
            data["formula"] = molar_mass.formula
            notes.append(f"Molar mass {molar_mass.value:.3f} g/mol of {molar_mass.formula}.")
        notes += molar_mass.notes
    elif molar_mass:
        notes.append("The molar mass was not needed.")
    if "density" in missing and known.density:
        data["density_g_per_ml"] = float(known.density / 1000)
        notes.append(f"Density {float(known.density / 1000):g} g/mL, as given.")
    elif known.density:
        notes.append("The density was not needed.")
    if "temperature" in missing and known.temperature:
        data["temperature_k"] = float(known.temperature)
    elif known.temperature:
        notes.append("The temperature was not needed.")
    return notes, data


def _output(
    number: Fraction, found: _Found, more: Sequence[str], given: dict[str, Any], molecule: str | None = None
) -> ToolOutput:
    start, end = found.start.text, found.end.text
    try:
        result = float(found.result)
    except OverflowError:
        raise ToolInputError(
            f"{in_words(number)} {start} is too large in {end}", "value", "choose another unit"
        ) from None
    notes = list(dict.fromkeys((*found.notes, *more)))
    definitions = {term.entry.definition for unit in (found.start, found.end) for term in unit.terms if term.entry}
    if definitions & _MEASURED:
        notes.append(
            "Sizes of hartree, rydberg, bohr, dalton and particle masses: CODATA 2018, known to 10 or more digits."
        )
    data: dict[str, Any] = {
        "value": result,
        "unit": end,
        "from_value": float(number),
        "from_unit": start,
        **({"factor": float(found.factor)} if found.factor is not None else {}),
        **given,
    }
    sentence = f"{in_words(number)} {start} = {in_words(found.result)} {end}"
    if given.get("formula"):
        sentence += f" for {molecule or given['formula']} ({given['molar_mass_g_per_mol']:.2f} g/mol)"
    rows = [(in_words(number), start), (f"{result:.12g}", end)]
    if found.factor is not None:
        rows.append((f"{float(found.factor):.12g}", f"{end} per {start}"))
    table = Table(title=f"{start} to {end}", columns=("Value", "Unit"), rows=tuple(rows))
    return ToolOutput(summary=f"{sentence}.", data=data, views=(table,), notes=tuple(notes))


def _ambiguous(from_unit: str, to_unit: str, found: Sequence[_Found]) -> ToolInputError:
    ways = "; ".join(f"{_quantity(one.start)} ({in_words(one.result)} {one.end.text})" for one in found[:4])
    return ToolInputError(
        f"{shown(from_unit)} to {shown(to_unit)} can be read in {len(found)} ways: as {ways}", "from_unit",
        "write the units so that only one is meant, such as °C, Å, Da or with brackets",
    )  # fmt: skip


def _incompatible(starts: Sequence[UnitReading], ends: Sequence[UnitReading]) -> ToolInputError:
    start, end = starts[0], ends[0]
    what = f"{shown(start.text)} is {_quantity(start)} and {shown(end.text)} is {_quantity(end)}, which cannot be converted"
    return ToolInputError(what, "to_unit", _hint(starts, ends))


def _hint(starts: Sequence[UnitReading], ends: Sequence[UnitReading]) -> str:
    start, end = starts[0], ends[0]
    pair = {start.dimensions, end.dimensions}
    if pair == {MOLALITY, MOLARITY}:
        return "mol/kg could be per kilogram of solvent or of solution: write molal for the former"
    for mistyped, others, side in ((start, ends, "from_unit"), (end, starts, "to_unit")):
        for variant in case_variants(mistyped.text):
            try:
                readings = parse_unit(variant)
            except ToolInputError:
                continue
            if any(one.dimensions == other.dimensions for one in readings for other in others):
                return f"perhaps {variant} is meant as the {side}"
    if pair == {ENERGY, MOLAR_ENERGY}:
        energy = start if start.dimensions == ENERGY else end
        return f"{energy.text} is of an unknown amount: write {energy.text}/mol if an energy per mole is meant, or give it in J, eV or hartree for one particle"
    if (start.has("N") or end.has("N")) and pair & {MOLARITY}:
        return "N is the newton; normality is the molarity times the equivalents per mole, so give M"
    if {start.basis, end.basis} & {"volume", "amount"}:
        return "fractions by mass, volume and amount differ by the compound and its mixture: convert them by mass"
    if "angle" in start.kinds | end.kinds:
        return "an angle is not a pure number here"
    if "activity" in start.kinds | end.kinds:
        return "a radioactivity (Bq) is not a frequency (Hz)"
    return "choose units of the same quantity"


def _need_hint(start: UnitReading, end: UnitReading) -> str:
    if {start.dimensions, end.dimensions} == {(), MASS_CONCENTRATION}:
        if any(unit.has("m") for unit in (start, end)):
            return "in air ppm is by volume, and mg/m³ needs the molar mass, the temperature and the pressure, too"
        return "a dilute solution in water has about 1.00 g/mL"
    read = [note.rstrip(".") for note in (*start.notes, *end.notes) if " was read as " in note]
    return f"or write other units, since {'; '.join(read)}" if read else "give what is missing"


def _quantity(unit: UnitReading) -> str:
    """What a unit measures, in words."""
    if not unit.dimensions and unit.basis:
        return f"{'an amount' if unit.basis == 'amount' else f'a {unit.basis}'} fraction"
    name = _dimensions_text(unit.dimensions)
    return _QUANTITIES.get(name) or f"of the dimensions {name.replace('[', '').replace(']', '')}"


def _dimensions_text(dimensions: Dimensions) -> str:
    return " ".join(name + (str(power) if power != 1 else "") for name, power in dimensions)

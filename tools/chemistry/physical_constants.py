"""Boiling and melting point, vapour pressure, density and heats of a pure compound: ``physical_constants``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError, shown
from tools.chemistry import heats
from tools.chemistry.atomic_masses import molecule_average_mass
from tools.chemistry.constants_tables import constants_table, vapour_pressure_plot
from tools.chemistry.densities import Density, liquid_density, solid_density
from tools.chemistry.phase_points import PhasePoints, is_tabulated, phase_points
from tools.chemistry.source_values import Constant
from tools.chemistry.tabulated_compound import TabulatedCompound, identify
from tools.chemistry.vapour_pressure import (
    Correlation,
    VapourPressure,
    correlations,
    covered_ranges,
    plausible,
    pressure_at,
)
from tools.inputs import CompoundText, TemperatureValue
from tools.inputs.temperatures import ZERO_CELSIUS_K, parse_temperature
from tools.outputs import ToolOutput
from tools.registry import tool

MMHG_PA = 133.322387415
MELTING_TOLERANCE_K = 0.5
CONVENTIONS = (
    "Boiling and sublimation points are at 1 atm (101.325 kPa). All values are looked up in the tables that the package "
    "chemicals collects; group-contribution predictions (Joback and the like) are left out.",
)


@dataclass(frozen=True)
class AtTemperature:
    """What holds at one temperature: ``phase`` at 1 atm is "solid", "liquid", "gas" or "unknown"."""

    kelvin: float
    phase: str
    pressure: VapourPressure | None
    density: Density | None
    vaporization: heats.Heat | None
    remarks: tuple[str, ...]


@tool(
    group="formula and lab",
    libraries=("chemicals", "rdkit"),
    asks=(
        "boiling point", "melting point", "boil", "melt", "boils", "melts", "freezing point", "vapour pressure",
        "vapor pressure", "density", "volatile", "heat of vaporization", "enthalpy of vaporisation", "heat of fusion",
        "critical temperature", "critical point", "critical pressure", "triple point", "sublime", "sublimation",
        "physical constants", "physical properties", "bp", "mp", "dense", "g/mL",
    ),
)  # fmt: skip
def physical_constants(
    compound: CompoundText, temperature: TemperatureValue = 25.0, temperature_unit: Literal["C", "K"] | None = None
) -> ToolOutput:
    """Look up a pure compound's boiling and melting point, and its vapour pressure, density and heat of vaporisation at a
    temperature (°C; 25 °C by default).

    ``temperature`` is a number in °C, or in K with ``temperature_unit`` "K", or text such as "80 °C" or "353 K". Every value
    has its source, and the range of all sources. Vapour pressures come from published fits inside their range only. Raises
    ``ToolInputError`` for a compound that no table holds.
    """
    kelvin, temperature_notes = parse_temperature(temperature, temperature_unit)
    found = identify(compound, is_tabulated)
    _refuse_ion(found)
    _refuse_untabulated(found)
    fits, dropped = plausible(all_fits := correlations(found.cas), None)
    points = phase_points(found.cas, all_fits)
    if points.boiling_k and points.boiling and len(points.boiling.agreeing) > 1:
        fits, dropped = plausible(all_fits, points.boiling_k)
    there = _at_temperature(found, points, fits, kelvin)
    data = _data(found, points, there)
    if not _has_value(data) and not points.on_heating:
        raise ToolInputError(
            f"{_called(found)} is known here, but none of its constants is tabulated", "compound",
            "look it up in a database such as the NIST WebBook",
        )  # fmt: skip
    fractions = [_discarded(one, pressure, points) for one, pressure in dropped]
    notes = (
        *found.notes, *temperature_notes, *points.remarks, *there.remarks, *fractions, *_disagreements(points), *CONVENTIONS
    )  # fmt: skip
    views = [constants_table(found.label, data, points, there.pressure, there.density, there.vaporization)]
    if plot := vapour_pressure_plot(found.label, fits, points, there.pressure):
        views.append(plot)  # type: ignore[arg-type]
    return ToolOutput(summary=_summary(found, data, points, there), data=data, views=tuple(views), notes=notes)


def _refuse_ion(found: TabulatedCompound) -> None:
    """The tables give the melting point of one of its salts to sodium ion."""
    if found.mol is not None and Chem.GetFormalCharge(found.mol):
        raise ToolInputError(
            f"{_called(found)} is an ion, which neither melts nor boils alone",
            "compound",
            "give the salt that is meant",
        )


def _refuse_untabulated(found: TabulatedCompound) -> None:
    if found.cas:
        return
    if found.relatives:
        listed = ", ".join(found.relatives)
        raise ToolInputError(
            f"{shown(found.label)} is in none of the tables, only relatives of it that are other compounds: {listed}",
            "compound", "ask for one of them by its CAS number, if it is meant",
        )  # fmt: skip
    raise ToolInputError(
        f"{shown(found.label)} is in none of the tables of physical constants here", "compound",
        "give the compound's CAS number if you know it",
    )  # fmt: skip


def _at_temperature(
    found: TabulatedCompound, points: PhasePoints, fits: list[Correlation], kelvin: float
) -> AtTemperature:
    phase, condensed, remarks = _phase(points, kelvin)
    celsius = kelvin - ZERO_CELSIUS_K
    pressure = pressure_at(fits, kelvin, condensed) if condensed else None
    if condensed and pressure is None:
        remarks.append(_no_pressure(fits, condensed, celsius))
    density = None
    if phase == condensed == "solid":
        density = solid_density(found.cas, kelvin, _molar_mass(found))
    elif condensed == "liquid" and phase != "unknown":
        density = liquid_density(found.cas, kelvin, points.melting_k, _molar_mass(found))
    if phase == "gas" and density:
        remarks.append(
            f"At {celsius:.1f} °C it is a gas at 1 atm; the density is of the liquid under its own vapour pressure."
        )
    liquid = condensed == "liquid" and phase != "unknown"
    vaporization = heats.vaporization(found.cas, kelvin, points.melting_k) if liquid else None
    if density and density.handbook:
        held = "near 20 or 25 °C; the table does not keep at which" if density.phase == "liquid" else "near 20 to 25 °C"
        remarks.append(f"The density is the handbook's value {held}.")
    return AtTemperature(kelvin, phase, pressure, density, vaporization, tuple(remarks))


def _phase(points: PhasePoints, kelvin: float) -> tuple[str, str, list[str]]:
    """The stable phase at 1 atm, the phase that its vapour stands over (empty past the critical point), and remarks."""
    critical = points.critical_temperature.value if points.critical_temperature else None
    celsius = kelvin - ZERO_CELSIUS_K
    if critical and kelvin >= critical:
        return (
            "gas",
            "",
            [f"{celsius:.1f} °C is above the critical temperature: there is no liquid and no vapour pressure."],
        )
    molten = points.melting_k is not None and kelvin >= points.melting_k - MELTING_TOLERANCE_K
    if points.sublimation and points.sublimation.value:
        return "solid" if kelvin < points.sublimation.value else "gas", "liquid" if molten else "solid", []
    if points.melting_k is not None and not molten:
        return "solid", "solid", []
    if points.boiling_k and kelvin > points.boiling_k:
        return "gas", "liquid", []
    if points.melting_k is not None:
        return "liquid", "liquid", []
    if points.boiling_k:
        return "liquid", "liquid", ["No melting point is tabulated: that it is liquid there is assumed."]
    return (
        "unknown",
        "liquid",
        ["Neither melting nor boiling point is tabulated, so that the phase there is not known."],
    )


def _no_pressure(fits: list[Correlation], phase: str, celsius: float) -> str:
    covered = covered_ranges(fits, phase)
    if not covered:
        other = "liquid" if phase == "solid" else "solid"
        also = f"; those of the {other} do not hold for the {phase}" if covered_ranges(fits, other) else ""
        return f"No vapour-pressure equation of the {phase} is tabulated{also}."
    stretches = " and ".join(f"{low - ZERO_CELSIUS_K:.0f} to {high - ZERO_CELSIUS_K:.0f} °C" for low, high in covered)
    return f"The vapour-pressure equations of the {phase} hold from {stretches}, not at {celsius:.1f} °C; none was extrapolated."


def _molar_mass(found: TabulatedCompound) -> float | None:
    return molecule_average_mass(found.mol) if found.mol is not None else None


def _data(found: TabulatedCompound, points: PhasePoints, there: AtTemperature) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": found.label,
        "cas": found.cas,
        "smiles": found.smiles,
        "formula": CalcMolFormula(found.mol) if found.mol is not None else "",
        "temperature_c": round(there.kelvin - ZERO_CELSIUS_K, 2),
        "temperature_k": round(there.kelvin, 2),
        "phase_at_1_atm": there.phase,
    }
    for name, constant in (
        ("boiling_point", points.boiling), ("sublimation_point", points.sublimation), ("melting_point", points.melting)
    ):  # fmt: skip
        data |= _point(name, constant)
    data |= {
        "critical_temperature_c": _celsius(points.critical_temperature),
        "critical_temperature_k": _value(points.critical_temperature, 1, 2),
        "critical_pressure_kpa": _value(points.critical_pressure, 1000, 0),
        "triple_point_k": round(points.triple_k, 2) if points.triple_k else None,
        "triple_point_kpa": _significant(points.triple_pa / 1000, 4) if points.triple_pa else None,
        "on_heating": points.on_heating or None,
    }
    at_boiling, melting = heats.vaporization_at_boiling(found.cas), heats.fusion(found.cas)
    data |= {
        "heat_of_vaporization_kj_per_mol": round(there.vaporization.value, 1) if there.vaporization else None,
        "heat_of_vaporization_at_boiling_point_kj_per_mol": round(at_boiling.value, 2) if at_boiling else None,
        "heat_of_fusion_kj_per_mol": round(melting.value, 2) if melting else None,
    }
    pressure = there.pressure
    digits = 5 if pressure and pressure.used.source.startswith("IAPWS") else 4
    data |= {
        "vapour_pressure_kpa": _significant(pressure.value / 1000, digits) if pressure else None,
        "vapour_pressure_mmhg": _significant(pressure.value / MMHG_PA, digits) if pressure else None,
        "vapour_pressure_of": pressure.used.phase if pressure else None,
        "vapour_pressure_source": f"{pressure.used.source}, {pressure.used.form}" if pressure else None,
        "vapour_pressure_fit_range_c": _range_c(pressure.used.low, pressure.used.high) if pressure else None,
        "vapour_pressure_min_kpa": _significant(pressure.lowest / 1000, digits) if pressure else None,
        "vapour_pressure_max_kpa": _significant(pressure.highest / 1000, digits) if pressure else None,
        "density_g_per_ml": float(there.density.text) if there.density else None,
        "density_of": there.density.phase if there.density else None,
        "density_source": there.density.source if there.density else None,
    }
    return data


def _point(name: str, constant: Constant | None) -> dict[str, Any]:
    """A temperature and its sources under keys that begin with ``name``; a doubtful one has a key that says so."""
    if constant is None:
        return {} if name == "sublimation_point" else {f"{name}_c": None, f"{name}_k": None}
    if constant.doubt:
        return {f"{name}_c": None, f"{name}_k": None, f"{name}_{constant.doubt}_c": _celsius(constant)}
    given: dict[str, Any] = {f"{name}_c": _celsius(constant), f"{name}_k": _value(constant, 1, 2)}
    if constant.value is None:
        return given | {f"{name}_contradicting_c": [round(one.value - ZERO_CELSIUS_K, 1) for one in constant.outliers]}
    return given | {
        f"{name}_source": constant.source,
        f"{name}_sources": len(constant.agreeing),
        f"{name}_min_c": round(constant.lowest - ZERO_CELSIUS_K, 1),
        f"{name}_max_c": round(constant.highest - ZERO_CELSIUS_K, 1),
    }


def _celsius(constant: Constant | None) -> float | None:
    return None if constant is None or constant.value is None else round(constant.value - ZERO_CELSIUS_K, 1)


def _value(constant: Constant | None, divisor: float, digits: int) -> float | None:
    return None if constant is None or constant.value is None else round(constant.value / divisor, digits)


def _significant(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")


def _range_c(low: float, high: float) -> list[float]:
    return [round(low - ZERO_CELSIUS_K, 1), round(high - ZERO_CELSIUS_K, 1)]


def _has_value(data: dict[str, Any]) -> bool:
    known = ("name", "cas", "smiles", "formula", "temperature_c", "temperature_k", "phase_at_1_atm")
    return any(value not in (None, []) for key, value in data.items() if key not in known)


def _disagreements(points: PhasePoints) -> list[str]:
    notes = []
    for name, constant in (("boiling point", points.boiling), ("melting point", points.melting)):
        if constant is None or not constant.outliers:
            continue
        listed = ", ".join(f"{one.source} {one.value - ZERO_CELSIUS_K:.1f} °C" for one in constant.outliers)
        if constant.value is None:
            notes.append(f"The sources contradict each other on the {name} ({listed}); none is given.")
        else:
            notes.append(f"Left out as outliers of the {name}: {listed}.")
    return notes


def _discarded(one: Correlation, pressure: float, points: PhasePoints) -> str:
    return (
        f"The {one.form} equation of {one.source} was not used: it gives {pressure / 1000:.3g} kPa at the boiling point "
        f"of {_celsius(points.boiling)} °C."
    )


def _summary(found: TabulatedCompound, data: dict[str, Any], points: PhasePoints, there: AtTemperature) -> str:
    said = []
    for name, key, constant in (
        ("boiling point", "boiling_point", points.boiling),
        ("sublimation point", "sublimation_point", points.sublimation),
        ("melting point", "melting_point", points.melting),
    ):
        if constant is not None and data.get(f"{key}_c") is not None:
            said.append(f"{name} {data[f'{key}_c']} °C ({_spread(constant)})")
        elif constant is not None and constant.doubt:
            said.append(f"{constant.doubt} {name} {_celsius(constant)} °C ({constant.source})")
    at = f"at {data['temperature_c']:g} °C"
    if there.pressure:
        said.append(f"vapour pressure {data['vapour_pressure_kpa']:g} kPa {at}")
    if there.density:
        said.append(f"density of the {there.density.phase} {there.density.text} g/mL {at}")
    missing = [
        name for name, key in _MISSED if data.get(key) is None and not (key.startswith("boil") and points.sublimation)
    ]
    tail = f"; no {' and no '.join(missing)} given" if missing else ""
    if not said:
        said.append("none of boiling point, melting point, vapour pressure and density is given")
        tail = ""
    heated = f" On heating: {points.on_heating}." if points.on_heating else ""
    return f"{_called(found)}: {', '.join(said)}{tail}.{heated}"


def _called(found: TabulatedCompound) -> str:
    return found.label if found.label == f"CAS {found.cas}" else f"{found.label} (CAS {found.cas})"


_MISSED = (
    ("boiling point", "boiling_point_c"),
    ("melting point", "melting_point_c"),
    ("vapour pressure", "vapour_pressure_kpa"),
    ("density", "density_g_per_ml"),
)


def _spread(constant: Constant) -> str:
    count = len(constant.agreeing)
    if count == 1:
        return f"one source, {constant.source}"
    low, high = (f"{value - ZERO_CELSIUS_K:.1f}" for value in (constant.lowest, constant.highest))
    return f"{count} sources agree" if low == high else f"{count} sources, {low} to {high} °C"

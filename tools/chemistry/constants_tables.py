"""The table and the vapour-pressure curve that ``physical_constants`` shows."""

from __future__ import annotations

from typing import Any

from tools.chemistry.densities import Density
from tools.chemistry.heats import Heat
from tools.chemistry.phase_points import PhasePoints
from tools.chemistry.source_values import Constant
from tools.chemistry.vapour_pressure import ATMOSPHERE_PA, Correlation, VapourPressure
from tools.inputs.temperatures import ZERO_CELSIUS_K
from tools.outputs import Cell, Plot, Series, Table

CURVE_POINTS = 60
HIGHEST_SHOWN_PA = 3 * ATMOSPHERE_PA


def constants_table(
    label: str,
    data: dict[str, Any],
    points: PhasePoints,
    pressure: VapourPressure | None,
    density: Density | None,
    vaporization: Heat | None,
) -> Table:
    """Every value with its unit, its source and what the other sources say."""
    at = f"at {data['temperature_c']:g} °C"
    rows: list[tuple[Cell, ...]] = []
    for name, constant in (
        ("Boiling point (1 atm)", points.boiling), ("Sublimation point (1 atm)", points.sublimation),
        ("Melting point", points.melting), ("Critical temperature", points.critical_temperature),
    ):  # fmt: skip
        if constant is not None:
            rows.append((name, _celsius(constant.value), "°C", _source(constant), _others(constant)))
    if points.critical_pressure and data["critical_pressure_kpa"]:
        rows.append(("Critical pressure", data["critical_pressure_kpa"], "kPa", _source(points.critical_pressure), ""))
    if points.triple_k:
        rows.append(("Triple point", _celsius(points.triple_k), "°C", "tables of triple points", ""))
    if pressure:
        others = ", ".join(f"{one.source} {value / 1000:.4g}" for one, value in pressure.others)
        source = f"{pressure.used.source}, {pressure.used.form}"
        rows.append(
            (f"Vapour pressure of the {pressure.used.phase} {at}", data["vapour_pressure_kpa"], "kPa", source, others)
        )
    if density:
        others = ", ".join(f"{name} {value:.4g}" for name, value in density.others)
        rows.append((f"Density of the {density.phase} {at}", data["density_g_per_ml"], "g/mL", density.source, others))
    if vaporization:
        value = data["heat_of_vaporization_kj_per_mol"]
        rows.append((f"Heat of vaporisation {at}", value, "kJ/mol", vaporization.source, ""))
    for name, key in (
        ("Heat of vaporisation at the boiling point", "heat_of_vaporization_at_boiling_point_kj_per_mol"),
        ("Heat of fusion", "heat_of_fusion_kj_per_mol"),
    ):
        if data[key] is not None:
            rows.append((name, data[key], "kJ/mol", "CRC Handbook", ""))
    return Table(
        title=f"Physical constants of {label}",
        columns=("Constant", "Value", "Unit", "Source", "Other sources"),
        rows=tuple(rows),
    )


def vapour_pressure_plot(
    label: str, fits: list[Correlation], points: PhasePoints, pressure: VapourPressure | None
) -> Plot | None:
    """The curve of the equation that was used (else of the first of the liquid), up to 3 atm, never past its fit."""
    used = pressure.used if pressure else next((one for one in fits if one.phase == "liquid"), None)
    if used is None:
        return None
    low = max(used.low, points.melting_k or used.low) if used.phase == "liquid" else used.low
    high = min(used.high, points.melting_k or used.high) if used.phase == "solid" else used.high
    steps = [low + (high - low) * step / 2000 for step in range(2001)]
    shown = [(kelvin, used.pressure(kelvin)) for kelvin in steps if low < high]
    within = [(kelvin, value) for kelvin, value in shown if 0 < value <= HIGHEST_SHOWN_PA]
    if len(within) < 3:
        return None
    thinned = within[:: max(1, len(within) // CURVE_POINTS)]
    series = Series(
        name=f"{used.source}, {used.form}",
        x=tuple(round(kelvin - ZERO_CELSIUS_K, 2) for kelvin, _ in thinned),
        y=tuple(float(f"{value / 1000:.4g}") for _, value in thinned),
    )
    return Plot(
        title=f"Vapour pressure of {label} ({used.phase})",
        x_label="Temperature (°C)",
        y_label="Vapour pressure (kPa)",
        series=(series,),
        caption=f"The fit holds from {used.low - ZERO_CELSIUS_K:.1f} to {used.high - ZERO_CELSIUS_K:.1f} °C; shown up to 3 atm.",
    )


def _celsius(kelvin: float | None) -> float | None:
    return None if kelvin is None else round(kelvin - ZERO_CELSIUS_K, 1)


def _source(constant: Constant) -> str:
    return f"{constant.source} ({constant.doubt})" if constant.doubt else constant.source or "contradicting sources"


def _others(constant: Constant) -> str:
    quoted = [one for one in constant.readings if one.source != constant.source]
    return ", ".join(f"{one.source} {one.value - ZERO_CELSIUS_K:.1f}" for one in quoted)

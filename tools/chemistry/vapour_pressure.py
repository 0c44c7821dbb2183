"""Vapour pressure over the liquid or the solid: published equations, each in the range of its fit and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from tools.chemistry.chemicals_tables import folder, row

ATMOSPHERE_PA = 101_325.0
WATER = "7732-18-5"
_FOLDER = "Vapor Pressure/"
_SUBLIMING_METALS = (
    _FOLDER + "Alcock_Itkin_Horrigan_metalic_elements_sublimation.tsv"
)  # keyed by name, not by CAS first
#: An equation that misses one atmosphere at the boiling point by more than this fraction is not used.
MISSED_AT_BOILING = 0.10
MISSED_NEAR_BOILING = 0.30
NEAR_BOILING_K = 60.0
FIRST_CHOICE_WITHIN = 0.03


@dataclass(frozen=True)
class Correlation:
    """``pressure``: kelvin to pascal, valid from ``low`` to ``high`` (K) over the phase "liquid" or "solid"."""

    source: str
    form: str
    phase: str
    low: float
    high: float
    pressure: Callable[[float], float]

    def covers(self, kelvin: float) -> bool:
        return self.low - 0.01 <= kelvin <= self.high + 0.01


@dataclass(frozen=True)
class VapourPressure:
    """Pressures in pascal; ``used`` gave ``value``, ``others`` are the values of the equations that cover it as well."""

    value: float
    used: Correlation
    others: tuple[tuple[Correlation, float], ...]

    @property
    def lowest(self) -> float:
        return min((self.value, *(value for _, value in self.others)))

    @property
    def highest(self) -> float:
        return max((self.value, *(value for _, value in self.others)))


def correlations(cas: str) -> list[Correlation]:
    """Every equation tabulated for a compound, in order of trust (narrow fits first)."""
    from chemicals.iapws import iapws11_Psub, iapws95_Psat  # the equations take 0.2 s to import

    found: list[Correlation] = []
    if cas == WATER:
        found.append(Correlation("IAPWS-95", "equation of state", "liquid", 273.16, 647.0, iapws95_Psat))
        found.append(Correlation("IAPWS R14-08(2011)", "sublimation equation", "solid", 50.0, 273.16, iapws11_Psub))
    builders = (
        _antoine_poling, _wagner_poling, _wagner_mcgarry, _antoine_landolt, _wagner_vdi, _perry, _webbook, _metals,
        _sublimation_landolt, _subliming_metal,
    )  # fmt: skip
    built = (build(cas) for build in builders)
    return [*found, *(one for one in built if one and one.low < one.high)]


def plausible(
    found: list[Correlation], boiling_k: float | None
) -> tuple[list[Correlation], list[tuple[Correlation, float]]]:
    """The equations that give about 1 atm at a boiling point known from several sources, and those that do not.

    Where the boiling point lies outside an equation's range but near it, the equation is only tested, more loosely.
    """
    if boiling_k is None:
        return found, []
    kept: list[Correlation] = []
    dropped: list[tuple[Correlation, float]] = []
    for one in found:
        distance = max(one.low - boiling_k, boiling_k - one.high, 0.0)
        if one.phase == "solid" or distance > NEAR_BOILING_K:
            kept.append(one)
            continue
        pressure = one.pressure(boiling_k)
        allowed = MISSED_NEAR_BOILING if distance else MISSED_AT_BOILING
        if pressure > 0 and abs(math.log(pressure / ATMOSPHERE_PA)) <= math.log1p(allowed):
            kept.append(one)
        else:
            dropped.append((one, pressure))
    return kept, dropped


def pressure_at(found: list[Correlation], kelvin: float, phase: str) -> VapourPressure | None:
    """The vapour pressure by the first equation within 3 % of the middle of all that cover the temperature."""
    values = [(one, one.pressure(kelvin)) for one in found if one.phase == phase and one.covers(kelvin)]
    if not values:
        return None
    middle = median(value for _, value in values)
    close = [pair for pair in values if abs(pair[1] / middle - 1) <= FIRST_CHOICE_WITHIN]
    exact = [pair for pair in values if pair[0].source.startswith("IAPWS")]
    used, value = (exact or close or sorted(values, key=lambda pair: abs(pair[1] - middle)))[0]
    return VapourPressure(value, used, tuple(pair for pair in values if pair[0] is not used))


def covered_ranges(found: list[Correlation], phase: str) -> list[tuple[float, float]]:
    """The temperatures (K) that the equations of a phase cover together, as separate stretches."""
    stretches: list[tuple[float, float]] = []
    for low, high in sorted((one.low, one.high) for one in found if one.phase == phase):
        if stretches and low <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(high, stretches[-1][1]))
        else:
            stretches.append((low, high))
    return stretches


def _figures(table: str, cas: str, *names: str) -> list[float] | None:
    """The named columns of a row as numbers; None where one is missing."""
    cells = row(_FOLDER + table if "/" not in table else table, cas)
    return [float(cells[name]) for name in names] if all(name in cells for name in names) else None


def _antoine_poling(cas: str) -> Correlation | None:
    from chemicals.vapor_pressure import Antoine

    if not (figures := _figures("Antoine Collection Poling.tsv", cas, "A", "B", "C", "Tmin", "Tmax")):
        return None
    a, b, c, low, high = figures
    return Correlation(
        "Poling, Prausnitz and O'Connell 2001", "Antoine", "liquid", low, high, lambda t: Antoine(t, a, b, c)
    )


def _wagner_poling(cas: str) -> Correlation | None:
    from chemicals.vapor_pressure import Wagner

    table = "Wagner Collection Poling.tsv"
    if not (figures := _figures(table, cas, "Tc", "Pc", "A", "B", "C", "D", "Tmin", "Tmax")):
        return None
    *parameters, low, high = figures
    return Correlation(
        "Poling, Prausnitz and O'Connell 2001", "Wagner 2.5-5", "liquid", low, high, lambda t: Wagner(t, *parameters)
    )


def _wagner_mcgarry(cas: str) -> Correlation | None:
    from chemicals.vapor_pressure import Wagner_original

    if not (figures := _figures("Wagner Original McGarry.tsv", cas, "Tc", "Pc", "A", "B", "C", "D", "Tmin")):
        return None
    *parameters, low = figures
    return Correlation(
        "McGarry 1983", "Wagner 3-6", "liquid", low, parameters[0], lambda t: Wagner_original(t, *parameters)
    )


def _wagner_vdi(cas: str) -> Correlation | None:
    from chemicals.vapor_pressure import Wagner

    table = "VDI PPDS Boiling temperatures at different pressures.tsv"
    if not (figures := _figures(table, cas, "Tc", "Pc", "A", "B", "C", "D", "Tm")):
        return None
    *parameters, low = figures
    return Correlation(
        "VDI Heat Atlas 2010", "Wagner 2.5-5", "liquid", low, parameters[0], lambda t: Wagner(t, *parameters)
    )


def _perry(cas: str) -> Correlation | None:
    from chemicals.dippr import EQ101

    table = "Table 2-8 Vapor Pressure of Inorganic and Organic Liquids.tsv"
    if not (figures := _figures(table, cas, "C1", "C2", "C3", "C4", "C5", "Tmin", "Tmax")):
        return None
    *parameters, low, high = figures
    return Correlation("Perry's Handbook, 8th ed.", "DIPPR 101", "liquid", low, high, lambda t: EQ101(t, *parameters))


def _antoine_landolt(cas: str) -> Correlation | None:
    return _antoine_natural("Landolt_antoine_V20.tsv", cas, "", "Landolt-Börnstein IV/20", "liquid")


def _sublimation_landolt(cas: str) -> Correlation | None:
    return _antoine_natural("Landolt_antoine_sublimation_V20.tsv", cas, "", "Landolt-Börnstein IV/20", "solid")


def _webbook(cas: str) -> Correlation | None:
    return _antoine_natural("Misc/webbook_constants.tsv", cas, "Antoine", "NIST WebBook", "liquid")


def _antoine_natural(table: str, cas: str, prefix: str, source: str, phase: str) -> Correlation | None:
    """Antoine's equation in kelvin and pascal with a natural logarithm, as ``chemicals`` converted these collections."""
    from chemicals.vapor_pressure import Antoine

    figures = _figures(table, cas, *(prefix + name for name in ("A", "B", "C", "Tmin", "Tmax")))
    if not figures:
        return None
    a, b, c, low, high = figures
    return Correlation(source, "Antoine", phase, low, high, lambda t: Antoine(t, a, b, c, base=math.e))


def _metals(cas: str) -> Correlation | None:
    from chemicals.dippr import EQ101

    table = "Alcock_Itkin_Horrigan_metalic_elements.tsv"
    if not (figures := _figures(table, cas, "A", "B", "C", "D", "E", "Tmin", "Tmax")):
        return None
    *parameters, low, high = figures
    return Correlation(
        "Alcock, Itkin and Horrigan 1984", "DIPPR 101", "liquid", low, high, lambda t: EQ101(t, *parameters)
    )


def _subliming_metal(cas: str) -> Correlation | None:
    from chemicals.dippr import EQ101

    lines = (folder() / _SUBLIMING_METALS).read_text(encoding="utf-8").splitlines()[1:]
    cells = next((cells for line in lines if (cells := line.split("\t"))[1] == cas), None)
    if cells is None:
        return None
    *parameters, low, high = map(float, cells[2:9])
    return Correlation(
        "Alcock, Itkin and Horrigan 1984", "DIPPR 101", "solid", low, high, lambda t: EQ101(t, *parameters)
    )

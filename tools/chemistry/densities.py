"""Density of a liquid at a temperature by published equations, and of a solid near room temperature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median

from tools.chemistry.chemicals_tables import number, row
from tools.chemistry.vapour_pressure import ATMOSPHERE_PA, WATER

_ORGANIC = "Misc/Physical Constants of Organic Compounds.csv"
_INORGANIC = "Misc/Physical Constants of Inorganic Compounds.csv"
_SOLIDS = "Density/CRC Solid Inorganic Constant Densities.tsv"
_COMMON = "Misc/common_chemistry_data.tsv"
#: The handbooks give densities at 20 or 25 °C; ``chemicals`` did not keep at which, so such a value holds around both.
ROOM_K = (288.0, 303.2)
SOLID_ROOM_K = (273.0, 323.2)
#: Equations of saturated liquids lose their meaning at the critical point.
NEAREST_TO_CRITICAL = 0.99
FIRST_CHOICE_WITHIN = 0.015


@dataclass(frozen=True)
class Density:
    """``value`` in g/mL, with ``decimals`` that mean something; ``phase`` is "liquid" or "solid".

    ``low`` and ``high`` (K) bound the range in which the source holds; ``others`` are (source, g/mL).
    """

    value: float
    source: str
    phase: str
    low: float
    high: float
    decimals: int
    others: tuple[tuple[str, float], ...] = ()
    handbook: bool = False

    @property
    def text(self) -> str:
        """The value with its digits; a handbook's has none that it does not give."""
        return f"{round(self.value, 3):g}" if self.handbook else f"{self.value:.{self.decimals}f}"


def liquid_density(cas: str, kelvin: float, melting_k: float | None, molar_mass: float | None) -> Density | None:
    """g/mL of the liquid, under its own vapour pressure above the boiling point; None outside every range.

    VDI's equation goes before DIPPR 105 of Perry's Handbook: of 25 common solvents at 25 °C it is nearer to the CRC
    Handbook's values. A handbook's value at 20 or 25 °C stands alone only where there is no equation.
    """
    tried = (
        _water(cas, kelvin), _vdi(cas, kelvin, melting_k), _perry(cas, kelvin, molar_mass), _molten(cas, kelvin),
        _handbook(cas, kelvin),
    )  # fmt: skip
    found = [one for one in tried if one]
    if not found:
        return None
    middle = median(one.value for one in found)
    first = next((one for one in found if abs(one.value / middle - 1) <= FIRST_CHOICE_WITHIN), found[0])
    others = tuple((one.source, one.value) for one in found if one is not first)
    return replace(first, others=others)


def solid_density(cas: str, kelvin: float, molar_mass: float | None) -> Density | None:
    """g/mL of the solid near room temperature: CRC Handbook for inorganic solids, else CAS Common Chemistry."""
    low, high = SOLID_ROOM_K
    if not low <= kelvin <= high:
        return None
    value = number(_INORGANIC, cas, "rho") if row(_SOLIDS, cas) else None
    if value:
        return Density(value / 1000, "CRC Handbook", "solid", low, high, 3, handbook=True)
    volume = number(_COMMON, cas, "Vms")
    if volume and molar_mass:
        return Density(molar_mass / volume / 1e6, "CAS Common Chemistry", "solid", low, high, 3, handbook=True)
    return None


def _water(cas: str, kelvin: float) -> Density | None:
    if cas != WATER or not 273.15 <= kelvin <= 640.0:
        return None
    from chemicals.iapws import iapws95_Psat, iapws95_rho

    pressure = max(ATMOSPHERE_PA, iapws95_Psat(kelvin) * 1.000001 if kelvin > 373.1 else 0.0)
    return Density(iapws95_rho(kelvin, pressure) / 1000, "IAPWS-95", "liquid", 273.15, 640.0, 5)


def _vdi(cas: str, kelvin: float, melting_k: float | None) -> Density | None:
    from chemicals.volume import volume_VDI_PPDS

    cells = row("Density/VDI PPDS Density of Saturated Liquids.tsv", cas)
    if not cells or melting_k is None:
        return None
    critical, rho_c, a, b, c, d = (float(cells[name]) for name in ("Tc", "rhoc", "A", "B", "C", "D"))
    return _in_range(
        kelvin, melting_k, critical, "VDI Heat Atlas 2010",
        lambda: volume_VDI_PPDS(kelvin, critical, rho_c, a, b, c, d) / 1000,
    )  # fmt: skip


def _perry(cas: str, kelvin: float, molar_mass: float | None) -> Density | None:
    from chemicals.dippr import EQ105

    cells = row("Density/Perry Parameters 105.tsv", cas)
    if not cells or not molar_mass:
        return None
    c1, c2, c3, c4, low, high = (float(cells[name]) for name in ("C1", "C2", "C3", "C4", "Tmin", "Tmax"))
    return _in_range(
        kelvin, low, high, "Perry's Handbook, 8th ed. (DIPPR 105)",
        lambda: EQ105(kelvin, c1, c2, c3, c4) * molar_mass / 1e6,
    )  # fmt: skip


def _molten(cas: str, kelvin: float) -> Density | None:
    from chemicals.volume import CRC_inorganic

    cells = row("Density/CRC Inorganics densties of molten compounds and salts.tsv", cas)
    if not cells:
        return None
    rho, slope, low, high = (float(cells[name]) for name in ("rho", "k", "Tm", "Tmax"))
    if not low - 0.5 <= kelvin <= high:
        return None
    return Density(CRC_inorganic(kelvin, rho, slope, low) / 1000, "CRC Handbook, molten salts and elements", "liquid", low, high, 3)  # fmt: skip


def _in_range(kelvin: float, low: float, critical: float, source: str, value: Callable[[], float]) -> Density | None:
    if not low - 0.5 <= kelvin <= NEAREST_TO_CRITICAL * critical:
        return None
    return Density(value(), source, "liquid", low, NEAREST_TO_CRITICAL * critical, 3)


def _handbook(cas: str, kelvin: float) -> Density | None:
    """The CRC Handbook's liquid at 20 or 25 °C; entries under 0.1 g/mL are gases."""
    low, high = ROOM_K
    value = number(_ORGANIC, cas, "rho") or number(_INORGANIC, cas, "rho")
    if value is None or value < 100 or not low <= kelvin <= high:
        return None
    return Density(value / 1000, "CRC Handbook (at 20 or 25 °C)", "liquid", low, high, 3, handbook=True)

"""Heats of vaporisation and of fusion from the tables of ``chemicals``, in kJ/mol."""

from __future__ import annotations

from dataclasses import dataclass

from tools.chemistry.chemicals_tables import number, row

_CRC = "Phase Change/CRC Handbook Heat of Vaporization.tsv"
_PERRY = "Phase Change/Table 2-150 Heats of Vaporization of Inorganic and Organic Liquids.tsv"
_VDI = "Phase Change/VDI PPDS Enthalpies of vaporization.tsv"
ROOM_K = 298.15


@dataclass(frozen=True)
class Heat:
    """``value`` in kJ/mol at ``kelvin``, which is None for "at the normal boiling (or melting) point"."""

    value: float
    source: str
    kelvin: float | None = None


def vaporization_at_boiling(cas: str) -> Heat | None:
    value = number(_CRC, cas, "HvapTb")
    return Heat(value / 1000, "CRC Handbook") if value else None


def fusion(cas: str) -> Heat | None:
    value = number("Phase Change/CRC Handbook Heat of Fusion.tsv", cas, "Hfus")
    return Heat(value / 1000, "CRC Handbook") if value else None


def vaporization(cas: str, kelvin: float, melting_k: float | None) -> Heat | None:
    """At the temperature: the CRC Handbook's value if that is 25 °C, else the equation of Perry's Handbook or VDI's."""
    if abs(kelvin - ROOM_K) < 0.6 and (value := number(_CRC, cas, "Hvap298")):
        return Heat(value / 1000, "CRC Handbook", ROOM_K)
    return _perry(cas, kelvin) or _vdi(cas, kelvin, melting_k)


def _perry(cas: str, kelvin: float) -> Heat | None:
    from chemicals.dippr import EQ106

    cells = row(_PERRY, cas)
    if not cells or not float(cells["Tmin"]) <= kelvin <= min(float(cells["Tmax"]), 0.99 * float(cells["Tc"])):
        return None
    parameters = [float(cells[name]) for name in ("Tc", "C1", "C2", "C3", "C4")]
    return Heat(EQ106(kelvin, *parameters) / 1000, "Perry's Handbook, 8th ed. (DIPPR 106)", kelvin)


def _vdi(cas: str, kelvin: float, melting_k: float | None) -> Heat | None:
    from chemicals.phase_change import PPDS12

    cells = row(_VDI, cas)
    if not cells or melting_k is None or not melting_k <= kelvin <= 0.99 * float(cells["Tc"]):
        return None
    parameters = [float(cells[name]) for name in ("Tc", "A", "B", "C", "D", "E")]
    return Heat(PPDS12(kelvin, *parameters) / 1000, "VDI Heat Atlas 2010", kelvin)

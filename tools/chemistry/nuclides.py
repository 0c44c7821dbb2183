"""Isotopes of an element, natural and radioactive, with abundances and half-lives; and how people write a nuclide.

Half-lives and decay modes: NUBASE 2020 (Kondev et al., Chin. Phys. C 2021, 45, 030001) as mendeleev has them; masses and
abundances: ``tools.chemistry.atomic_masses``.
"""

from __future__ import annotations

import re
from typing import Any

from errors import ToolInputError, shown
from tools.chemistry.atomic_masses import atomic_weights, natural_isotopes, nuclide_mass
from tools.chemistry.mendeleev_tables import rows
from tools.inputs.elements import ELEMENT_NAMES, is_known_nuclide, parse_element
from tools.inputs.formulas import ATOMIC_NUMBERS

MOST_RADIOISOTOPES = 4
SHORTEST_S = 1.0  # of a half-life that is listed beside isotopes that occur
_YEAR_S = 31_556_926  # tropical year, as NUBASE counts
_PREFIXES = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18, "Z": 1e21, "Y": 1e24, "m": 1e-3, "u": 1e-6,
             "n": 1e-9, "p": 1e-12, "a": 1e-18, "z": 1e-21, "y": 1e-24, "": 1.0}  # fmt: skip
_UNITS = {"sec": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "year": float(_YEAR_S)}
_PLURALS = {"sec": "s", "minute": "min", "hour": "h", "day": "d", "year": "years"}
_DECAYS = {"A": "α", "B-": "β−", "B+": "β+", "EC": "electron capture", "EC+B+": "β+ or electron capture", "2B-": "2β−",
           "2B+": "2β+", "SF": "spontaneous fission", "IT": "isomeric transition", "n": "neutron emission", "p": "proton emission",
           "2n": "2 neutrons", "2p": "2 protons"}  # fmt: skip
_HYDROGENS = {"D": 2, "deuterium": 2, "T": 3, "tritium": 3, "protium": 1}
LONGEST_NUCLIDE = 40  # characters: "rutherfordium-267" and blanks
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_WRITTEN = re.compile(
    r"\^?\{?([0-9]{1,3})\}?\s*-?([A-Z][a-z]?)|\[([0-9]{1,3})([A-Z][a-z]?)\]|([A-Za-z]+)[\s-]+([0-9]{1,3})"
)


def parse_nuclide(text: str, where: str = "symbol") -> tuple[str, int] | None:
    """Symbol and mass number of ``13C``, ``C-13``, ``carbon-13``, ``[13C]``, ``D`` or ``deuterium``; None for anything else.

    Raises ``ToolInputError`` for a nuclide that is not known.
    """
    if len(text) > LONGEST_NUCLIDE:
        return None
    bare = text.strip().translate(_RAISED)
    number = _HYDROGENS.get(bare) or _HYDROGENS.get(bare.lower() if len(bare) > 1 else "")
    if number:
        return "H", number
    found = _WRITTEN.fullmatch(bare)
    if not found:
        return None
    name, mass = found[2] or found[4] or found[5], int(found[1] or found[3] or found[6])
    symbol = name if name in ELEMENT_NAMES else parse_element(name, where)
    if not is_known_nuclide(symbol, mass):
        raise ToolInputError(
            f"{shown(text)} is no nuclide that is known", where, f"{symbol} alone gives the element and its isotopes"
        )
    return symbol, mass


def isotopes(symbol: str) -> list[dict[str, Any]]:
    """The isotopes that occur, lightest first, then at most four radioactive ones of the longest half-lives."""
    known = _table(symbol)
    occurring = () if _is_made(symbol) else natural_isotopes(symbol)
    natural = [
        _described(symbol, known.get(one.mass_number, {}), one.mass_number, 100 * one.abundance) for one in occurring
    ]
    present = {one.mass_number for one in occurring}
    least = 0.0 if _is_made(symbol) else SHORTEST_S
    others = [one for number, one in known.items() if number not in present and (_seconds(one) or 0) > least]
    others.sort(key=lambda one: -(_seconds(one) or 0))
    return natural + [_described(symbol, one, one["mass_number"], None) for one in others[:MOST_RADIOISOTOPES]]


def nuclide(symbol: str, mass_number: int) -> dict[str, Any]:
    """One isotope: mass in Da, abundance in percent (0 where it does not occur), half-life, main decay, spin and parity."""
    found = _table(symbol).get(mass_number, {})
    natural = {} if _is_made(symbol) else {one.mass_number: one.abundance for one in natural_isotopes(symbol)}
    described = _described(symbol, found, mass_number, 100 * natural.get(mass_number, 0.0))
    if found.get("spin"):
        described["spin"] = f"{found['spin']}{found['parity'] or ''}"
    if described.get("half_life_s"):
        described["decay"] = _decay(found["id"])
    return described


def _is_made(symbol: str) -> bool:
    """Whether the element has no isotopic composition of its own: its isotopes are made, or members of decay series."""
    return atomic_weights()[symbol].weight is None


def _table(symbol: str) -> dict[int, dict[str, Any]]:
    found = rows(
        "SELECT id, mass_number, half_life, half_life_unit, is_radioactive, spin, parity FROM isotopes WHERE atomic_number = ?",
        (ATOMIC_NUMBERS[symbol],),
    )
    return {row["mass_number"]: row for row in found}


def _described(symbol: str, row: dict[str, Any], number: int, abundance_percent: float | None) -> dict[str, Any]:
    described: dict[str, Any] = {"isotope": f"{number}{symbol}", "mass_da": round(nuclide_mass(symbol, number), 6)}
    if abundance_percent is not None:
        described["abundance_percent"] = float(f"{abundance_percent:.6g}")
    seconds = _seconds(row)
    if (symbol, number) == ("Ta", 180):  # the row is of the ground state, which lives for hours and does not occur
        described["half_life"] = "not seen to decay (the isomer 180m, which is the one that occurs)"
    elif seconds:
        described["half_life"] = _half_life(row)
        described["half_life_s"] = float(f"{seconds:.4g}")
    elif abundance_percent and not row.get("is_radioactive"):
        described["half_life"] = "stable"
    return described


def _seconds(row: dict[str, Any]) -> float | None:
    """The half-life in seconds, None for a stable nuclide or one that is not measured."""
    if not row.get("half_life") or not row["half_life_unit"]:
        return None
    prefix, unit = _unit(row["half_life_unit"])
    return float(row["half_life"]) * _PREFIXES[prefix] * _UNITS[unit]


def _unit(written: str) -> tuple[str, str]:
    """``("G", "year")`` of ``"Gyear"``."""
    unit = next(one for one in _UNITS if written.endswith(one))
    return written[: -len(unit)], unit


def _half_life(row: dict[str, Any]) -> str:
    prefix, unit = _unit(row["half_life_unit"])
    value = float(row["half_life"]) * _PREFIXES[prefix]
    if 1e-3 <= value < 1e6:
        return f"{value:,.6g} {_PLURALS[unit]}"
    digits, exponent = f"{value:.3e}".split("e")
    return f"{float(digits):g} × 10{_superscript(int(exponent))} {_PLURALS[unit]}"


def _superscript(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))


def _decay(identifier: int) -> str:
    """The main decay mode in words, empty where none is known."""
    found = rows(
        "SELECT mode FROM isotopedecaymodes WHERE isotope_id = ? AND intensity IS NOT NULL ORDER BY intensity DESC LIMIT 1",
        (identifier,),
    )
    return _DECAYS.get(found[0]["mode"], found[0]["mode"]) if found else ""

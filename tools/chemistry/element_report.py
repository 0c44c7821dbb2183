"""One element: ``element``."""

from __future__ import annotations

import re
from typing import Any

from errors import ToolInputError, shown
from tools.chemistry.atomic_masses import atomic_weights
from tools.chemistry.element_data import EV_KJ_MOL, PREDICTED_FROM, ElementRecord, element_record
from tools.chemistry.nuclides import isotopes, nuclide, parse_nuclide
from tools.inputs import ElementSymbol
from tools.inputs.elements import ELEMENT_NAMES, HIGHEST_ATOMIC_NUMBER, parse_element
from tools.outputs import Table, ToolOutput
from tools.registry import tool

ZERO_CELSIUS_K = 273.15
SPELLINGS = {"Al": "aluminum", "Cs": "cesium", "S": "sulphur"}
NOTES = (
    "Atomic weight: IUPAC 2021. Melting and boiling points at 101.325 kPa, density and electronegativity (Pauling): CRC Handbook, "
    "by mendeleev. Ionisation energy: NIST. Isotopes: IUPAC, AME 2020, half-lives NUBASE 2020.",
    "Radii: covalent, Cordero 2008 (single bonds); van der Waals, CRC Handbook; atomic, Slater 1964 (empirical).",
)
_NUMBER = re.compile(r"(?:Z\s*=?|(?:atomic )?number|element|no\.?)?\s*([0-9]{1,3})", re.IGNORECASE)
_BOTH = re.compile(r"([A-Za-z]+)\s*[(,]\s*([A-Za-z]+)\s*\)?")
_ROWS = (
    ("atomic_number", "Atomic number", ""), ("standard_atomic_weight", "Standard atomic weight", ""), ("group", "Group", ""),
    ("period", "Period", ""), ("block", "Block", ""), ("electron_configuration", "Electron configuration", ""),
    ("electronegativity_pauling", "Electronegativity (Pauling)", ""), ("common_oxidation_states", "Common oxidation states", ""),
    ("oxidation_states", "Oxidation states known", ""), ("state_at_25_c", "State at 25 °C", ""),
    ("melting_point_c", "Melting point", "°C"), ("boiling_point_c", "Boiling point", "°C"),
    ("sublimation_point_c", "Sublimation point", "°C"), ("density_g_cm3", "Density", "g/cm³"),
    ("first_ionization_energy_ev", "First ionisation energy", "eV"),
    ("first_ionization_energy_kj_mol", "First ionisation energy", "kJ/mol"), ("electron_affinity_ev", "Electron affinity", "eV"),
    ("covalent_radius_pm", "Covalent radius (Cordero)", "pm"), ("vdw_radius_pm", "Van der Waals radius", "pm"),
    ("atomic_radius_pm", "Atomic radius (Slater)", "pm"),
)  # fmt: skip


@tool(
    group="formula and lab",
    libraries=("mendeleev", "molmass"),
    asks=(
        "element", "periodic table", "atomic number", "atomic weight", "atomic mass", "electron configuration", "electronegativity", "electron affinity",
        "ionization energy", "melting point of the element", "boiling point of the element", "density of the element",
        "group", "period", "block", "isotopes of", "half-life", "natural abundance", "atomic radius", "covalent radius",
    ),
)  # fmt: skip
def element(symbol: ElementSymbol) -> ToolOutput:
    """Look up a chemical element in the periodic table: atomic number and weight, electron configuration, group, period, block,
    electronegativity, oxidation states, melting and boiling point, density, ionisation energy, radii, isotopes with abundances and
    half-lives.

    ``symbol``: a symbol in its usual case, an English name, an atomic number, or a nuclide such as 13C. Raises ``ToolInputError``
    for a wrong one; "co" could be cobalt or carbon monoxide.
    """
    wanted, asked, said = _read(symbol)
    record = element_record(wanted)
    data = _data(record)
    data["isotopes"] = isotopes(wanted)
    if asked is not None:
        data["nuclide"] = nuclide(wanted, asked)
    notes = [*said, *record.notes, *NOTES]
    other = SPELLINGS.get(wanted)
    if other:
        notes.append(f"{data['name'].capitalize()} is also spelled {other}.")
    if atomic_weights()[wanted].weight is None:
        notes.append(
            f"No stable isotope: [{data['mass_number_longest_lived']}] is the mass number, in IUPAC's table of 2022, of the "
            "longest-lived isotope known then."
        )
    if record.number >= PREDICTED_FROM:
        notes.append("Chemistry of this element is barely known: configuration, states and radii are calculated ones.")
    views = (_properties(data, wanted), _isotopes(data, wanted))
    return ToolOutput(summary=_summary(data, wanted), data=data, views=views, notes=tuple(notes))


def _read(text: str) -> tuple[str, int | None, list[str]]:
    """Symbol, mass number if a nuclide is meant, and notes of how the text was read."""
    bare = text.strip()
    if (number := _NUMBER.fullmatch(bare)) and 1 <= int(number[1]) <= HIGHEST_ATOMIC_NUMBER:
        wanted = list(ELEMENT_NAMES)[int(number[1]) - 1]
        return wanted, None, [f"Read as the atomic number {int(number[1])}: {ELEMENT_NAMES[wanted]}."]
    if number:
        raise ToolInputError(
            f"{shown(text)} is no atomic number",
            "symbol",
            f"give a number from 1 to {HIGHEST_ATOMIC_NUMBER} or a symbol",
        )
    if found := parse_nuclide(bare):
        return (
            found[0],
            found[1],
            [f"Read as the nuclide {found[1]}{found[0]}, an isotope of {ELEMENT_NAMES[found[0]]}."],
        )
    if both := _BOTH.fullmatch(bare):
        first, second = (parse_element(part, "symbol") for part in both.groups())
        if first != second:
            raise ToolInputError(
                f"{shown(text)} names two elements, {first} and {second}", "symbol", "give one of them"
            )
        return first, None, []
    return parse_element(bare, "symbol"), None, []


def _data(record: ElementRecord) -> dict[str, Any]:
    """Flat numbers with their units in the keys; what is not known is None."""
    weight = atomic_weights()[record.symbol]
    energy = record.ionization_energies_ev.get(1)
    return {
        "symbol": record.symbol,
        "name": ELEMENT_NAMES[record.symbol],
        "atomic_number": record.number,
        "atomic_weight": weight.weight,
        "standard_atomic_weight": weight.standard or f"[{weight.mass_number}]",
        "mass_number_longest_lived": weight.mass_number,
        "group": record.group,
        "period": record.period,
        "block": record.block,
        "electron_configuration": record.configuration,
        "electron_configuration_full": record.full_configuration,
        "electronegativity_pauling": record.electronegativity,
        "common_oxidation_states": record.usual_states,
        "oxidation_states": record.known_states,
        "state_at_25_c": record.state,
        "melting_point_k": _rounded(record.melting_k, 2),
        "melting_point_c": _celsius(record.melting_k),
        "boiling_point_k": _rounded(record.boiling_k, 2),
        "boiling_point_c": _celsius(record.boiling_k),
        "sublimation_point_k": _rounded(record.sublimation_k, 2),
        "sublimation_point_c": _celsius(record.sublimation_k),
        "density_g_cm3": record.density,
        "density_g_l": _rounded(record.density * 1000, 3) if record.density and record.state == "gas" else None,
        "density_of": record.density_of,
        "first_ionization_energy_ev": _rounded(energy, 4),
        "first_ionization_energy_kj_mol": _rounded(energy * EV_KJ_MOL if energy else None, 1),
        "second_ionization_energy_ev": _rounded(record.ionization_energies_ev.get(2), 4),
        "electron_affinity_ev": _rounded(record.electron_affinity_ev, 4),
        "covalent_radius_pm": _rounded(record.covalent_pm, 0),
        "vdw_radius_pm": _rounded(record.vdw_pm, 0),
        "atomic_radius_pm": _rounded(record.atomic_pm, 0),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    if value is None:
        return None
    return round(value, digits) if digits else round(value)


def _celsius(kelvin: float | None) -> float | None:
    return None if kelvin is None else round(kelvin - ZERO_CELSIUS_K, 2)


def _summary(data: dict[str, Any], symbol: str) -> str:
    place = f"group {data['group']}" if data["group"] else "no group number"
    weight = data["atomic_weight"]
    weighs = (
        f"no standard atomic weight (IUPAC prints [{data['mass_number_longest_lived']}])"
        if weight is None
        else f"atomic weight {weight:.10g}"
    )
    words = (
        f"{data['name'].capitalize()} ({symbol}), element {data['atomic_number']}: {weighs}, {place}, period {data['period']}, "
        f"{data['block']} block, {data['electron_configuration']}"
    )
    asked = data.get("nuclide")
    if not asked:
        return f"{words}."
    life = asked.get("half_life", "")
    decays = f"half-life {life}" if life[:1].isdigit() else life or "no half-life listed"
    if asked.get("decay"):
        decays += f" ({asked['decay']})"
    share = asked["abundance_percent"]
    abundance = f"natural abundance {share:g} %" if share else "not part of the natural composition"
    return f"{asked['isotope']}: mass {asked['mass_da']} Da, {abundance}, {decays}. {words}."


def _properties(data: dict[str, Any], symbol: str) -> Table:
    rows = tuple((name, _cell(data[key]), unit) for key, name, unit in _ROWS if data[key] not in (None, [], ""))
    return Table(title=f"{data['name'].capitalize()} ({symbol})", columns=("Property", "Value", "Unit"), rows=rows)


def _cell(value: Any) -> Any:
    return ", ".join(f"{one:+d}" if one else "0" for one in value) if isinstance(value, list) else value


def _isotopes(data: dict[str, Any], symbol: str) -> Table:
    return Table(
        title=f"Isotopes of {data['name']}",
        columns=("Isotope", "Mass", "Abundance", "Half-life"),
        rows=tuple(
            (one["isotope"], one["mass_da"], one.get("abundance_percent"), one.get("half_life", ""))
            for one in data["isotopes"]
        ),
        units=("", "Da", "%", ""),
    )

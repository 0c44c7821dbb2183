"""What the offline tables say of a compound's hazards, and what its structure says it must not meet: ``hazards``."""

from __future__ import annotations

from typing import Any

from rdkit.Chem.Descriptors import MolWt  # type: ignore[attr-defined]
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from tools.chemistry import carcinogen_listings as carcinogens
from tools.chemistry.exposure_limits import SOURCE, ExposureLimits, exposure_limits
from tools.chemistry.flammability import Flammability, flammability
from tools.chemistry.phase_points import phase_points
from tools.chemistry.reactive_groups import ReactiveGroup, find_reactive_groups, known_reactive_groups
from tools.chemistry.source_values import Reading
from tools.chemistry.tabulated_compound import TabulatedCompound, identify
from tools.inputs import CompoundText
from tools.inputs.temperatures import ZERO_CELSIUS_K
from tools.outputs import Cell, Table, ToolOutput
from tools.registry import tool

MOLAR_VOLUME_L = 24.45
WIDE_FLASH_K = 10.0
NO_SAFETY = (
    "This is a look-up, not an assessment of safety: what no table lists is unknown, not harmless. Read the supplier's safety "
    "data sheet before any work."
)
CONVENTIONS = (
    NO_SAFETY,
    "GHS classes are not in the offline tables; only a lookup or the safety data sheet gives them.",
    "Exposure limits are those of Ontario as the package chemicals has them, not of the NIOSH, OSHA or the EU; limits change, "
    "and the current list of your own country holds.",
    "Flammability limits are percent by volume in air; where sources differ, NFPA 497 is quoted and all are in the table.",
)


@tool(
    group="formula and lab",
    libraries=("chemicals", "rdkit"),
    asks=(
        "hazard", "hazards", "dangerous", "danger", "safe", "safety", "flash point", "flammable", "flammability",
        "explosive limits", "LFL", "UFL", "autoignition", "exposure limit", "TWA", "STEL", "carcinogen", "carcinogenic",
        "IARC", "toxic", "incompatible", "incompatibilities", "must not be mixed", "store together", "peroxide former",
        "explosive", "reacts with water", "pyrophoric", "what must it not meet",
    ),
)  # fmt: skip
def hazards(compound: CompoundText) -> ToolOutput:
    """Look up a compound's hazards: flash point, autoignition, flammability limits, exposure limits, carcinogen listings (IARC,
    NTP), and the reactive groups of its structure with what they must not meet.

    Each value has its source. What is not in a table is said to be not in the table; no answer says that something is safe.
    Raises ``ToolInputError`` for a text that is no compound.
    """
    found = identify(compound, _is_tabulated)
    boiling_k = phase_points(found.cas, []).boiling_k if found.cas else None
    fire = flammability(found.cas, boiling_k) if found.cas else Flammability((), (), (), (), ())
    limits = exposure_limits(found.cas, found.mol)
    listings = carcinogens.carcinogen_listings(found.cas, found.mol)
    groups = [] if found.mol is None else find_reactive_groups(found.mol)
    data = _data(found, fire, limits, listings, [group for group, _ in groups])
    views: list[Table] = [_listing_table(found.label, fire, limits, listings)]
    if groups:
        views.append(_group_table(found.label, [group for group, _ in groups]))
    notes = (*found.notes, *_remarks(found, fire, limits, listings, bool(groups)), *CONVENTIONS)
    return ToolOutput(summary=_summary(found, data, fire), data=data, views=tuple(views), notes=notes)


def _is_tabulated(cas: str) -> bool:
    fire = flammability(cas, None)
    known = fire.flash or fire.autoignition or fire.lower or exposure_limits(cas, None)
    return bool(known or carcinogens.carcinogen_listings(cas, None))


def _data(
    found: TabulatedCompound,
    fire: Flammability,
    limits: ExposureLimits | None,
    listings: list[carcinogens.Listing],
    groups: list[ReactiveGroup],
) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": found.label,
        "cas": found.cas,
        "smiles": found.smiles,
        "formula": CalcMolFormula(found.mol) if found.mol is not None else "",
    }
    for key, readings in (("flash_point", fire.flash), ("autoignition", fire.autoignition)):
        values = [round(one.value - ZERO_CELSIUS_K, 1) for one in readings]
        data |= _several(key, "_c", values, readings)
    for key, readings in (("lfl", fire.lower), ("ufl", fire.upper)):
        data |= _several(key, "_percent", [round(100 * one.value, 2) for one in readings], readings)
    data |= _limit_data(found, limits)
    by_body = {one.body: one for one in listings}
    iarc, ntp = by_body.get("IARC"), by_body.get("NTP")
    return data | {
        "iarc_group": iarc.listed if iarc else None,
        "iarc_agent": iarc.agent if iarc else None,
        "iarc_source": iarc.source if iarc else None,
        "ntp_listing": ntp.listed if ntp else None,
        "ntp_agent": ntp.agent if ntp else None,
        "reactive_groups": [group.name for group in groups],
        "keep_from": [
            {"group": group.name, "keep_from": list(group.keep_from), "source": group.source} for group in groups
        ],
        "ghs": "not in the offline tables",
        "not_in_the_tables": _missing(data, bool(iarc), bool(ntp)),
    }


def _several(key: str, unit: str, values: list[float], readings: tuple[Reading, ...]) -> dict[str, Any]:
    """The first source's value under ``key + unit``, with the lowest and highest of all sources."""
    if not values:
        return {f"{key}{unit}": None}
    return {
        f"{key}{unit}": values[0],
        f"{key}_source": readings[0].source,
        f"{key}_min{unit}": min(values),
        f"{key}_max{unit}": max(values),
    }


def _limit_data(found: TabulatedCompound, limits: ExposureLimits | None) -> dict[str, Any]:
    """Limits in the unit of the list; ppm of a single compound also as mg/m³ (24.45 L/mol, 25 °C and 1 atm)."""
    data: dict[str, Any] = {}
    for name in ("twa", "stel", "ceiling"):
        number, unit = limits.limits.get(name, (None, "")) if limits else (None, "")
        data[f"{name}_ppm"] = number if unit == "ppm" else None
        data[f"{name}_mg_per_m3"] = number if unit == "mg/m3" else None
        converts = unit == "ppm" and number and limits and not limits.several and ", as " not in limits.agent
        if converts and found.mol is not None:
            data[f"{name}_mg_per_m3"] = float(f"{number * MolWt(found.mol) / MOLAR_VOLUME_L:.3g}")
    data["skin_notation"] = limits.skin if limits else None
    data["exposure_limits_source"] = SOURCE if limits else None
    data["exposure_limits_agent"] = limits.agent[:200] if limits else None
    data["exposure_limits_of_a_class"] = limits.as_class if limits else None
    return data


def _missing(data: dict[str, Any], iarc: bool, ntp: bool) -> list[str]:
    missing = [name for name, key in _LOOKED_UP if data.get(key) is None]
    if all(data[f"{name}_{unit}"] is None for name in ("twa", "stel", "ceiling") for unit in ("ppm", "mg_per_m3")):
        missing.append("exposure limit")
    return missing + ["IARC listing"] * (not iarc) + ["NTP listing"] * (not ntp)


_LOOKED_UP = (
    ("flash point", "flash_point_c"),
    ("autoignition temperature", "autoignition_c"),
    ("lower flammability limit", "lfl_percent"),
    ("upper flammability limit", "ufl_percent"),
)


def _remarks(
    found: TabulatedCompound,
    fire: Flammability,
    limits: ExposureLimits | None,
    listings: list[carcinogens.Listing],
    has_groups: bool,
) -> list[str]:
    notes = []
    if not found.cas:
        relatives = f" (only relatives of it: {', '.join(found.relatives)})" if found.relatives else ""
        notes.append(f"The compound is in none of the tables{relatives}; only its structure was looked at.")
    if found.mol is None:
        notes.append("Without a structure no reactive groups could be looked for.")
    elif not has_groups:
        notes.append(
            f"None of the {len(known_reactive_groups())} reactive groups of the table was found; that says nothing about safety."
        )
    notes += [
        f"{one.source} lists a flash point of {one.value - ZERO_CELSIUS_K:.0f} °C, above the boiling point: it is of a "
        "solution and was left out."
        for one in fire.set_aside
    ]
    flashes = [one.value for one in fire.flash]
    if flashes and max(flashes) - min(flashes) > WIDE_FLASH_K:
        listed = ", ".join(f"{one.source} {one.value - ZERO_CELSIUS_K:.0f} °C" for one in fire.flash)
        notes.append(f"The sources differ on the flash point ({listed}); reckon with the lowest.")
    if limits and limits.as_class:
        notes.append(
            f"The exposure limit is of a class, '{limits.agent}'; whether this compound belongs to it is for its text."
        )
    elif limits and limits.several:
        notes.append(f"The exposure limit is the lowest of several compounds or forms: '{limits.agent}'.")
    if limits and not limits.limits:
        notes.append(f"{SOURCE} list it without a value, as they do for gases that displace oxygen.")
    notes += [
        f"{one.body} does not name this compound; it lists '{one.agent}' as a class."
        for one in listings
        if one.as_class
    ]
    return notes


def _summary(found: TabulatedCompound, data: dict[str, Any], fire: Flammability) -> str:
    said = []
    if data["flash_point_c"] is not None:
        said.append(f"flash point {data['flash_point_c']:g} °C ({data['flash_point_source']})")
    if data["autoignition_c"] is not None:
        said.append(f"autoignition {data['autoignition_c']:g} °C")
    if data["lfl_percent"] is not None or data["ufl_percent"] is not None:
        low, high = (f"{data[key]:g}" if data[key] is not None else "?" for key in ("lfl_percent", "ufl_percent"))
        said.append(f"flammable from {low} to {high} % in air")
    list_name = "Ontario, for a class of compounds" if data["exposure_limits_of_a_class"] else "Ontario"
    for name, title in (("twa", "TWA"), ("stel", "STEL"), ("ceiling", "ceiling")):
        if data[f"{name}_ppm"] is not None:
            said.append(f"{title} {data[f'{name}_ppm']:g} ppm ({list_name})")
        elif data[f"{name}_mg_per_m3"] is not None:
            said.append(f"{title} {data[f'{name}_mg_per_m3']:g} mg/m³ ({list_name})")
    if data["skin_notation"]:
        said.append("absorbed through the skin")
    if data["iarc_group"]:
        agent = "" if data["iarc_agent"].lower() in found.label.lower() else f", listed as '{data['iarc_agent']}'"
        said.append(f"IARC group {data['iarc_group']} ({carcinogens.IARC_MEANINGS[data['iarc_group']]}){agent}")
    if data["ntp_listing"]:
        said.append(f"NTP: {data['ntp_listing']} human carcinogen" if data["ntp_listing"] == "known" else "NTP: reasonably anticipated to be a human carcinogen")  # fmt: skip
    if data["reactive_groups"]:
        said.append(f"reactive groups: {', '.join(data['reactive_groups'])}")
    called = found.label if not found.cas or found.label == f"CAS {found.cas}" else f"{found.label} (CAS {found.cas})"
    missing = f" Not in the tables: {', '.join(data['not_in_the_tables'])}." if data["not_in_the_tables"] else ""
    if not said:
        return (
            f"{called}: nothing was found in the tables or in the structure, which says nothing about safety.{missing}"
        )
    return f"{called}: {'; '.join(said)}.{missing} What is not listed is unknown, not harmless."


def _listing_table(
    label: str, fire: Flammability, limits: ExposureLimits | None, listings: list[carcinogens.Listing]
) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, readings in (("Flash point", fire.flash), ("Autoignition temperature", fire.autoignition)):
        rows += [(name, round(one.value - ZERO_CELSIUS_K, 1), "°C", one.source) for one in readings]
        if not readings:
            rows.append((name, "not in the tables", "", ""))
    for name, readings in (("Lower flammability limit", fire.lower), ("Upper flammability limit", fire.upper)):
        rows += [(name, round(100 * one.value, 2), "% in air", one.source) for one in readings]
        if not readings:
            rows.append((name, "not in the tables", "", ""))
    titles = {
        "twa": "Exposure limit, 8 h average (TWA)",
        "stel": "Exposure limit, 15 min (STEL)",
        "ceiling": "Exposure ceiling",
    }
    given = limits.limits if limits else {}
    rows += [(titles[name], number, unit.replace("m3", "m³"), SOURCE) for name, (number, unit) in given.items()]
    if limits and limits.skin:
        rows.append(("Absorbed through the skin", "yes", "", SOURCE))
    if not given:
        rows.append(("Exposure limits", "not in the tables", "", SOURCE))
    for body in ("IARC", "NTP"):
        one = next((listing for listing in listings if listing.body == body), None)
        if one:
            value = f"group {one.listed}" if body == "IARC" else f"{one.listed} human carcinogen"
            rows.append((f"{body} listing of {one.agent}", value, "", one.source))
        else:
            rows.append((f"{body} listing", "not in the table", "", ""))
    rows.append(("GHS classes", "not in the offline tables", "", ""))
    return Table(title=f"Hazards of {label}", columns=("What", "Value", "Unit", "Source"), rows=tuple(rows))


def _group_table(label: str, groups: list[ReactiveGroup]) -> Table:
    return Table(
        title=f"Reactive groups of {label} and what they must not meet",
        columns=("Group", "What it does", "Keep away from", "Source"),
        rows=tuple((group.name, group.what, "; ".join(group.keep_from), group.source) for group in groups),
    )

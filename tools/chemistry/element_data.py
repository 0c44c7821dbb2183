"""What mendeleev's tables say of an element, with what they have wrong put right from ``assets/tables/element_corrections.csv``.

Melting and boiling points and densities were compared with the CRC Handbook, 97th ed.; estimates of what was never measured are
left out. Oxidation states are those of ``tools.chemistry.oxidation_tables``.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tools.chemistry.mendeleev_tables import rows
from tools.chemistry.oxidation_tables import element as oxidation
from tools.inputs.elements import ELEMENT_NAMES
from tools.inputs.formulas import ATOMIC_NUMBERS

CORRECTIONS = Path(__file__).resolve().parents[2] / "assets" / "tables" / "element_corrections.csv"
EV_KJ_MOL = 96.48533212  # CODATA 2018: 1 eV per particle in kJ/mol
PREDICTED_FROM = 104
ROOM_K = 298.15


@dataclass(frozen=True)
class ElementRecord:
    """Temperatures in K, density in g/cm³, energies in eV, radii in pm; None where nothing reliable is known.

    ``density_of`` says which form at which temperature, ``notes`` what was put right and which allotrope is meant.
    """

    symbol: str
    number: int
    group: int | None
    period: int
    block: str
    configuration: str
    full_configuration: str
    electronegativity: float | None
    usual_states: list[int]
    known_states: list[int]
    state: str | None
    melting_k: float | None
    boiling_k: float | None
    sublimation_k: float | None
    density: float | None
    density_of: str | None
    ionization_energies_ev: dict[int, float]
    electron_affinity_ev: float | None
    covalent_pm: float | None
    vdw_pm: float | None
    atomic_pm: float | None
    notes: tuple[str, ...]


@cache
def _corrections() -> dict[str, dict[str, tuple[str, str]]]:
    """Symbol to property to (value, source)."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    with CORRECTIONS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["symbol"], {})[row["property"]] = row["value"], row["source"]
    return found


def element_record(symbol: str) -> ElementRecord:
    number, right = ATOMIC_NUMBERS[symbol], _corrections().get(symbol, {})
    stored = rows("SELECT * FROM elements WHERE atomic_number = ?", (number,))[0]
    for name in ("density", "covalent_radius_cordero", "electronic_configuration", "group_id", "block"):
        if name in right:
            stored[name] = _value(right[name][0], stored[name])
    point = _phases(number, right)
    configuration = _with_counts(stored["electronic_configuration"])
    state = _state(point)
    energies = rows(
        "SELECT ion_charge, ionization_energy FROM ionizationenergies WHERE atomic_number = ? AND ion_charge < 3 "
        "AND ionization_energy IS NOT NULL",
        (number,),
    )
    affinity = stored["electron_affinity"]
    states = oxidation(symbol)
    return ElementRecord(
        symbol=symbol,
        number=number,
        group=int(stored["group_id"]) if stored["group_id"] else None,
        period=stored["period"],
        block=stored["block"],
        configuration=configuration,
        full_configuration=_without_core(configuration),
        electronegativity=stored["en_pauling"],
        usual_states=sorted(states.usual),
        known_states=sorted(states.known),
        state=state,
        melting_k=point["melting_point"],
        boiling_k=None if point["is_sublimation_point"] else point["boiling_point"],
        sublimation_k=point["boiling_point"] if point["is_sublimation_point"] else None,
        density=float(f"{stored['density']:.6g}") if stored["density"] else None,
        density_of=_density_of(symbol, state, right) if stored["density"] else None,
        ionization_energies_ev={row["ion_charge"] + 1: row["ionization_energy"] for row in energies},
        electron_affinity_ev=affinity if affinity and affinity > 0 and number < PREDICTED_FROM else None,
        covalent_pm=stored["covalent_radius_cordero"],
        vdw_pm=stored["vdw_radius"],
        atomic_pm=stored["atomic_radius"],
        notes=tuple(_notes(symbol, right)),
    )


def _value(written: str, like: Any) -> Any:
    if not written:
        return None
    return float(written) if isinstance(like, float) else written


def _phases(number: int, right: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """The transition points of the allotrope that is meant, the one of the form that melts."""
    found = rows("SELECT * FROM phasetransitions WHERE atomic_number = ?", (number,))
    if not found:
        return {"melting_point": None, "boiling_point": None, "is_sublimation_point": False}
    allotrope = right["allotrope"][0] if "allotrope" in right else ""
    melting = [one for one in found if not one["is_transition"]]
    point = next((one for one in melting if one["allotrope"] == allotrope), melting[0])
    if point["is_sublimation_point"] or ("melting_point" in right and not right["melting_point"][0]):
        point["melting_point"] = None
    return point


def _state(point: dict[str, Any]) -> str | None:
    """At 25 °C and 101.325 kPa."""
    melting, boiling = point["melting_point"], point["boiling_point"]
    if boiling is not None and boiling < ROOM_K:
        return "gas"
    if melting is not None:
        return "liquid" if melting < ROOM_K else "solid"
    return "solid" if point["is_sublimation_point"] else None


def _density_of(symbol: str, state: str | None, right: dict[str, tuple[str, str]]) -> str:
    if state == "gas":
        return "gas at 25 °C and 101.325 kPa"
    form = f"{right['allotrope'][0]}, " if "allotrope" in right and symbol != "Bk" else ""
    return f"{form}{state or 'solid'}, near room temperature"


def _with_counts(configuration: str) -> str:
    """``[Ar] 3d10 4s1`` of ``[Ar] 3d10 4s``."""
    return " ".join(part if part.startswith("[") or len(part) > 2 else f"{part}1" for part in configuration.split())


def _without_core(configuration: str) -> str:
    """With the shells of the noble gas written out."""
    found = re.match(r"\[(\w+)\] ", configuration)
    if not found:
        return configuration
    core = rows("SELECT electronic_configuration FROM elements WHERE symbol = ?", (found[1],))[0]
    return f"{_without_core(_with_counts(core['electronic_configuration']))} {configuration[found.end() :]}"


def _notes(symbol: str, right: dict[str, tuple[str, str]]) -> list[str]:
    """What was put right or left out, and which form the numbers are of."""
    name = ELEMENT_NAMES[symbol].capitalize()
    said = []
    if "allotrope" in right:
        said.append(f"{name}: {right['allotrope'][1]}.")
    if "electronegativity_note" in right:
        value, source = right["electronegativity_note"]
        said.append(f"Electronegativity: the CRC Handbook's; {source} has {value}.")
    if "group_id" in right:
        said.append(
            f"Group and block after {right['group_id'][1]}; many tables put La and Ac in group 3 and the d block."
        )
    titles = {"melting_point": "melting point", "density": "density", "covalent_radius_cordero": "covalent radius",
              "electronic_configuration": "configuration"}  # fmt: skip
    for key, title in titles.items():
        if key in right:
            value, source = right[key]
            said.append(f"No {title} is given: {source}." if not value else f"The {title}: {source}.")
    return said

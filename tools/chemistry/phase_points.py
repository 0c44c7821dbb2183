"""Melting, boiling, sublimation and critical point of a compound: which the sources agree on, and which are none."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass, replace
from pathlib import Path

from tools.chemistry.chemicals_tables import number
from tools.chemistry.source_values import REVIEWED, Constant, Reading, Source, agreed, readings
from tools.chemistry.vapour_pressure import ATMOSPHERE_PA, MISSED_AT_BOILING, Correlation, pressure_at

_ORGANIC = "Misc/Physical Constants of Organic Compounds.csv"
_INORGANIC = "Misc/Physical Constants of Inorganic Compounds.csv"
_HEOS = "Misc/heos_constants.tsv"
_COMMON = "Misc/common_chemistry_data.tsv"
_WEBBOOK = "Misc/webbook_constants.tsv"
_WIKIDATA = "Misc/wikidata_properties.tsv"
_DECOMPOSITION = Path(__file__).resolve().parents[2] / "assets" / "tables" / "decomposition.tsv"
HEOS = "reference equation of state"
BOILING_SOURCES = (
    Source("CRC Handbook", _ORGANIC, "Tb", leeway=1.25),
    Source("CRC Handbook", _INORGANIC, "Tb", leeway=50.0),
    Source(HEOS, _HEOS, "Tb"),
    Source("CAS Common Chemistry", _COMMON, "Tb"),
    Source("NIST WebBook", _WEBBOOK, "Tb"),
    Source("Wikidata", _WIKIDATA, "Tb"),
    Source("Yaws' collection", "Phase Change/Yaws Boiling Points.tsv", "Tb", estimates=True),
)
MELTING_SOURCES = (
    Source("CRC Handbook", _ORGANIC, "Tm", leeway=1.25),
    Source("CRC Handbook", _INORGANIC, "Tm", leeway=50.0),
    Source("CAS Common Chemistry", _COMMON, "Tm"),
    Source("Open Notebook Science", "Phase Change/OpenNotebook Melting Points.tsv", "Tm"),
    Source("NIST WebBook", _WEBBOOK, "Tm"),
    Source("Wikidata", _WIKIDATA, "Tm"),
)
CRITICAL_TABLES = (
    (HEOS, _HEOS),
    ("IUPAC critical data", "Critical Properties/IUPACOrganicCriticalProps.tsv"),
    ("CRC Handbook", "Critical Properties/CRCCriticalOrganics.tsv"),
    ("Mathews 1972", "Critical Properties/Mathews1972InorganicCriticalProps.tsv"),
    ("NIST WebBook", _WEBBOOK),
)
COLDEST_K = 0.5
CONTRADICTED = 1.25
#: Two independent sources, or one and a collection that also estimates (see ``Constant.weight``).
ENOUGH_WEIGHT = 1.75


@dataclass(frozen=True)
class PhasePoints:
    """Points in kelvin, pressures in pascal. Where the compound sublimes, ``boiling`` is None; ``remarks`` say why.

    ``on_heating`` is what else heat does to it, such as "decomposes from about 240 °C and does not melt".
    """

    boiling: Constant | None
    melting: Constant | None
    sublimation: Constant | None
    critical_temperature: Constant | None
    critical_pressure: Constant | None
    triple_k: float | None
    triple_pa: float | None
    remarks: tuple[str, ...]
    on_heating: str = ""

    @property
    def boiling_k(self) -> float | None:
        return self.boiling.value if self.boiling and self.boiling.doubt != "estimate" else None

    @property
    def melting_k(self) -> float | None:
        return self.melting.value if self.melting else None


def is_tabulated(cas: str) -> bool:
    """Whether any source gives a boiling or melting point."""
    return bool(readings(BOILING_SOURCES, cas) or readings(MELTING_SOURCES, cas))


def phase_points(cas: str, equations: list[Correlation]) -> PhasePoints:
    """What the tables hold of a compound; ``equations`` bear a doubtful boiling point out, or contradict it."""
    boiling = agreed(readings(BOILING_SOURCES, cas, COLDEST_K), 5.0, 0.015)
    melting = agreed(readings(MELTING_SOURCES, cas, COLDEST_K), 3.0, 0.01)
    critical_t = agreed(readings([Source(name, table, "Tc") for name, table in CRITICAL_TABLES], cas, 1.0), 3.0, 0.01)
    critical_p = agreed(readings([Source(name, table, "Pc") for name, table in CRITICAL_TABLES], cas, 1e3), 0.0, 0.05)
    triple_k = number(_HEOS, cas, "Tt") or number("Triple Properties/Staveley 1981.tsv", cas, "Tt")
    triple_pa = number(_HEOS, cas, "Pt") or number("Triple Properties/Staveley 1981.tsv", cas, "Pt")
    remarks: list[str] = []
    sublimation = None
    heated = heated_compounds().get(cas)
    if heated:
        remarks.append(heated.sentence)
        boiling = None if heated.boils_never else boiling
        melting = None if heated.melts_never else melting
        sublimation = heated.sublimation
    elif boiling and _sublimes(boiling, melting, triple_pa, equations):
        sublimation, boiling = replace(boiling, doubt=""), None
        remarks.append(
            "It sublimes at 1 atm: its vapour reaches 1 atm below the melting point, so that it has no normal boiling point, "
            "and it melts only under pressure."
        )
    if boiling and boiling.value is not None:
        boiling, said = _weighed(boiling, melting, equations)
        remarks += said
    on_heating = heated.what if heated else ""
    return PhasePoints(
        boiling, melting, sublimation, critical_t, critical_p, triple_k, triple_pa, tuple(remarks), on_heating
    )


@dataclass(frozen=True)
class HeatedCompound:
    """A compound that decomposes or sublimes: what the tables of points do not say."""

    what: str
    sentence: str
    boils_never: bool
    melts_never: bool
    sublimation: Constant | None


@functools.cache
def heated_compounds() -> dict[str, HeatedCompound]:
    """CAS number to what heat does to the compound besides melting and boiling."""
    with _DECOMPOSITION.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t"))
    return {line["cas"]: _heated(line) for line in lines}


def _heated(line: dict[str, str]) -> HeatedCompound:
    source = line["source"].split(",")[0].replace(" of Chemistry and Physics", "")
    what = line["what"]
    sentence = what[:1].upper() + what[1:] if what.startswith("the ") else f"It {what}"
    sublimation = None
    if line["sublimation_c"]:
        kelvin = float(line["sublimation_c"]) + 273.15
        sublimation = Constant(kelvin, source, (Reading(source, kelvin),), ())
    absent = line["absent"].split()
    return HeatedCompound(
        what, f"{sentence} ({line['source']}).", "boiling" in absent, "melting" in absent, sublimation
    )


def _sublimes(
    boiling: Constant, melting: Constant | None, triple_pa: float | None, equations: list[Correlation]
) -> bool:
    """Whether 1 atm is reached below the melting point: by the triple point, a vapour pressure, or the two points."""
    if boiling.value is None or melting is None or melting.value is None:
        return False
    if triple_pa is not None:
        return triple_pa > ATMOSPHERE_PA
    if boiling.value >= melting.value:
        return False
    for phase in ("liquid", "solid"):
        if pressure := pressure_at(equations, melting.value, phase):
            return pressure.value > ATMOSPHERE_PA
    return not boiling.doubt


def _weighed(
    boiling: Constant, melting: Constant | None, equations: list[Correlation]
) -> tuple[Constant | None, list[str]]:
    """A boiling point that one unreviewed source gives, set beside the vapour pressure there: borne out, or not."""
    if boiling.value is None or boiling.weight >= ENOUGH_WEIGHT or boiling.source in REVIEWED:
        return boiling, []
    given = f"{boiling.source} gives a boiling point of {boiling.value - 273.15:.1f} °C"
    if melting and melting.value and boiling.value < melting.value - 1:
        return None, [f"{given}, below the melting point; it was left out."]
    if pressure := pressure_at(equations, boiling.value, "liquid"):
        ratio, source = pressure.value / ATMOSPHERE_PA, pressure.used.source
        if abs(ratio - 1) <= MISSED_AT_BOILING:
            return replace(boiling, doubt=""), [f"{given}; the vapour pressure there bears it out ({source})."]
        if not 1 / CONTRADICTED <= ratio <= CONTRADICTED:
            said = f"{given}, where the vapour pressure would be {ratio:.2g} atm ({source}): they contradict each other"
            return None, [f"{said}, so no boiling point is given."]
    if boiling.doubt:
        return boiling, [
            f"{given}: that collection mixes measured with estimated values, and no other source bears it out. The compound "
            "may decompose before it boils."
        ]
    return replace(boiling, doubt="unconfirmed"), [
        f"{given} and no independent source bears it out: it may be of reduced pressure, a decomposition or a lower limit."
    ]

"""Occupational exposure limits of Ontario, read as the list writes them: by CAS number, and its rows for an element's compounds."""

from __future__ import annotations

import csv
import functools
import re
from dataclasses import dataclass

from rdkit import Chem

from tools.chemistry.chemicals_tables import folder

SOURCE = "Ontario occupational exposure limits"
_TABLE = "Safety/Ontario Exposure Limits.tsv"
_ELEMENTS = "Misc/Element data.csv"
_LIMIT = re.compile(r"\s*([\d.]+)\s*(ppm|mg/m3)\s*")
_COLUMNS = {
    "twa": "Time-Weighted Average Limit (TWA)",
    "stel": "Short-Term Exposure Limit (STEL)",
    "ceiling": "Ceiling Limit (C)",
}


@dataclass(frozen=True)
class ExposureLimits:
    """``limits``: "twa", "stel" or "ceiling" to (number, "ppm" or "mg/m3"); empty for an agent listed without a value.

    ``several``: the row stands for several compounds or forms, and gives the lowest of their limits. ``as_class``: the
    compound is not named itself, but its element's compounds are.
    """

    agent: str
    limits: dict[str, tuple[float, str]]
    skin: bool
    several: bool
    as_class: bool = False


def exposure_limits(cas: str, mol: Chem.Mol | None) -> ExposureLimits | None:
    """The row with the CAS number, else the row for the compounds of an element in it; None for neither."""
    if cas and (line := _by_cas().get(cas)):
        return _read(line, cas)
    for symbol in dict.fromkeys(atom.GetSymbol() for atom in mol.GetAtoms()) if mol is not None else ():
        line = _by_cas().get(_element_cas().get(symbol, ""))
        if line and re.search(r"\bcompounds\b", line["Agent [CAS No.]"], re.IGNORECASE) and mol.GetNumAtoms() > 1:  # type: ignore[union-attr]
            return _read(line, cas, as_class=True)
    return None


def _read(line: dict[str, str], cas: str, *, as_class: bool = False) -> ExposureLimits:
    agent = " ".join(line["Agent [CAS No.]"].split())
    limits = {}
    for name, column in _COLUMNS.items():
        if found := _LIMIT.fullmatch(line[column] or ""):
            limits[name] = (float(found[1]), found[2])
    several = (
        as_class or agent.count("[") > 1 or bool(re.search(r"compounds|forms|soluble|fume|dust", agent, re.IGNORECASE))
    )
    return ExposureLimits(agent, limits, (line["Notations"] or "").strip() == "Skin", several, as_class)


@functools.cache
def _by_cas() -> dict[str, dict[str, str]]:
    with (folder() / _TABLE).open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {cas.strip(): line for line in reversed(lines) for cas in line["CASRN"].split(";") if cas.strip()}


@functools.cache
def _element_cas() -> dict[str, str]:
    with (folder() / _ELEMENTS).open(encoding="utf-8", newline="") as file:
        return {line["element symbol"].strip(): line["CAS"].strip() for line in csv.DictReader(file, delimiter="\t")}

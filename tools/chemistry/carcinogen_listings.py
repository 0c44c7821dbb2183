"""Carcinogen listings of IARC and the NTP: by CAS number, and by the classes of compounds that they list as one."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

from rdkit import Chem

from tools.chemistry.chemicals_tables import row

TABLE = Path(__file__).resolve().parents[2] / "assets" / "tables" / "carcinogen_listings.tsv"
_IARC_TABLE = "Safety/IARC Carcinogen Database.tsv"
_NTP_TABLE = "Safety/National Toxicology Program Carcinogens.tsv"
#: How ``chemicals`` writes the groups of IARC and the NTP (its docstrings of ``IARC_codes`` and ``NTP_codes``).
_IARC_GROUPS = {"1": "1", "11": "2A", "12": "2B", "3": "3", "4": "4"}
_NTP_LISTINGS = {"1": "known", "2": "reasonably anticipated"}
IARC_MEANINGS = {
    "1": "carcinogenic to humans",
    "2A": "probably carcinogenic to humans",
    "2B": "possibly carcinogenic to humans",
    "3": "not classifiable, which is not the same as not carcinogenic",
    "4": "probably not carcinogenic to humans",
}
_CLASS = "class "


@dataclass(frozen=True)
class Listing:
    """``listed`` is IARC's group ("1", "2A", …) or the NTP's "known" or "reasonably anticipated" human carcinogen.

    ``as_class``: the compound is not named itself, but belongs to a class that is listed.
    """

    body: str
    agent: str
    listed: str
    source: str
    as_class: bool = False


def carcinogen_listings(cas: str, mol: Chem.Mol | None) -> list[Listing]:
    """IARC's and the NTP's listing, at most one of each; a listing of the compound goes before one of its class."""
    own = [line for line in _own_lines() if line["key"] == cas]
    classes = [] if mol is None else [line for line in _own_lines() if _in_class(mol, line["key"])]
    found = []
    for body, tabulated in (("IARC", _iarc(cas)), ("NTP", _ntp(cas))):
        newer = next((_listing(line) for line in own if line["list"] == body), None)
        of_class = next((_listing(line) for line in classes if line["list"] == body), None)
        if one := newer or tabulated or of_class:
            found.append(one)
    return found


def _iarc(cas: str) -> Listing | None:
    if not (cells := row(_IARC_TABLE, cas)):
        return None
    volumes = f"IARC Monographs vol. {cells['volumes']}" if cells.get("volumes") else "IARC Monographs"
    year = f" ({cells['year']})" if cells.get("year", "").isdigit() else ""
    return Listing("IARC", cells["description"], _IARC_GROUPS[cells["group"]], f"{volumes}{year}")


def _ntp(cas: str) -> Listing | None:
    if not (cells := row(_NTP_TABLE, cas)):
        return None
    agent = cells["Chemical"].replace("(see", "(see ").replace("(see  ", "(see ")
    return Listing("NTP", agent, _NTP_LISTINGS[cells["Listing"]], "NTP Report on Carcinogens, as chemicals has it")


def _listing(line: dict[str, str]) -> Listing:
    return Listing(line["list"], line["agent"], line["listing"], line["source"], line["key"].startswith(_CLASS))


def _in_class(mol: Chem.Mol, key: str) -> bool:
    return key.startswith(_CLASS) and mol.HasSubstructMatch(_pattern(key.removeprefix(_CLASS)))


@functools.cache
def _pattern(smarts: str) -> Chem.Mol:
    pattern = Chem.MolFromSmarts(smarts)
    if pattern is None:
        raise ValueError(f"the table's SMARTS is broken: {smarts}")
    return pattern


@functools.cache
def _own_lines() -> tuple[dict[str, str], ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

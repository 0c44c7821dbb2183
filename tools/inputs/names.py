"""Compounds by name or CAS number: looked up in tables and, for systematic names, parsed by OPSIN. Never a guess.

Three sources, asked in this order: ``assets/tables/common_names.csv`` (names that the tables miss, or that several
compounds bear), the tables of the ``chemicals`` package (read as files: its own search gives one of several bearers
and takes 1.5 s to load), and OPSIN (a Java program that py2opsin carries; D. M. Lowe et al., J. Chem. Inf. Model.
2011, 51, 739).
"""

from __future__ import annotations

import csv
import importlib.util
import mmap
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rdkit import Chem, rdBase
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError, shown
from tools.inputs.notations import cas_number, spell_greek

LONGEST_NAME = 400
OPSIN_LIMIT_S = 8.0
SHORTEST_SYNONYM = 4  # the tables list CL, CX, … as synonyms; short names count only as principal ones
NO_JAVA = (
    "systematic names need OPSIN: install Java 8 or newer and 'pip install py2opsin', or give a SMILES or CAS number"
)

_COMMON_NAMES = Path(__file__).parents[2] / "assets" / "tables" / "common_names.csv"
_CHEMICALS_TABLES = (
    "chemical identifiers pubchem small.tsv",
    "chemical identifiers example user db.tsv",
    "Inorganic db.tsv",
    "Cation db.tsv",
    "Anion db.tsv",
    "chemical identifiers pubchem large.tsv",
)
_HYDRATES = {
    "mono": 1,
    "di": 2,
    "tri": 3,
    "tetra": 4,
    "penta": 5,
    "hexa": 6,
    "hepta": 7,
    "octa": 8,
    "nona": 9,
    "deca": 10,
}
_SYSTEMATIC = re.compile(
    r"(?:an|en|yn)(?:e|al|ol|one|oic|oate|amine|amide|edi|nitrile)|yl|oxy|ol\b|one\b|ine\b|ide\b|ate\b|ic acid"
    r"|amide|amine|nitrile|ole\b|imine|aldehyde|ether|phenol|benzene|acid\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class NamedStructure:
    """One compound that bears a name. ``principal``: the table calls it so first; else the name is a synonym."""

    name: str
    cas: str
    smiles: str
    source: str
    principal: bool = True
    note: str = ""


def look_up_name(name: str, *, systematic: bool = True) -> list[NamedStructure]:
    """Every compound known by this name or CAS number, principal bearers first; ``[]`` for none.

    Entries whose formula and structure disagree are left out. ``systematic`` False
    asks the tables only, not OPSIN. Raises ``ToolInputError`` on a name over 400 characters.
    """
    wanted = " ".join(spell_greek(name).split())
    if len(wanted) > LONGEST_NAME:
        raise ToolInputError(
            f"{shown(name)} is longer than {LONGEST_NAME} characters", "name", "give one compound's name"
        )
    cas = cas_number(wanted)
    if not wanted:
        return []
    found = _curated(wanted, cas) or _tabulated(wanted, cas)
    if not found and systematic and not cas and looks_systematic(wanted):
        found = _parsed_by_opsin(wanted)
    return sorted(found, key=lambda entry: not entry.principal)


def looks_systematic(name: str) -> bool:
    """Whether a name has the word parts of IUPAC nomenclature, so that asking OPSIN (a second) is worth it."""
    return len(name) >= 5 and bool(_SYSTEMATIC.search(name)) and bool(re.search(r"[a-z]{3}", name, re.IGNORECASE))


def opsin_is_here() -> bool:
    return shutil.which("java") is not None and _opsin_jar() is not None


def close_names(name: str, most: int = 3) -> list[str]:
    """Known names spelt much like this one, best first; for a hint, never for an answer."""
    from rapidfuzz import fuzz, process  # loaded only for misspelt names

    wanted = spell_greek(name).lower()[:LONGEST_NAME]
    found = process.extract(wanted, _names_for_hints(), scorer=fuzz.ratio, score_cutoff=82, limit=most)
    return [match for match, _, _ in found]


@lru_cache(maxsize=1)
def _common_names() -> dict[str, list[NamedStructure]]:
    """Name (lower case) or CAS number to its compounds; several rows may bear one name, as the three xylenes do."""
    with _COMMON_NAMES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table: dict[str, list[NamedStructure]] = {}
    for row in rows:
        names = row["names"].split("|")
        entry = NamedStructure(
            names[0],
            row["cas"],
            row["smiles"],
            f"the table of common names, checked against {row['source']}",
            True,
            row["note"],
        )
        for key in (*names, row["cas"]):
            if key:
                table.setdefault(key.lower(), []).append(entry)
    return table


def _curated(wanted: str, cas: str) -> list[NamedStructure]:
    return list(_common_names().get(cas or wanted.lower(), []))


@lru_cache(maxsize=1)
def _names_for_hints() -> tuple[str, ...]:
    """Curated names, and IUPAC and common names of the small table (the large one has too many to compare in time)."""
    names = [name for name in _common_names() if not name[0].isdigit()]
    for path in _table_paths()[:3]:
        for line in path.read_text(encoding="utf-8").splitlines():
            names += [name.lower() for name in line.split("\t")[7:12]]
    return tuple(dict.fromkeys(names))


@lru_cache(maxsize=1)
def _table_paths() -> tuple[Path, ...]:
    package = importlib.util.find_spec("chemicals")
    if package is None or not package.submodule_search_locations:
        return ()
    folder = Path(package.submodule_search_locations[0]) / "Identifiers"
    return tuple(path for title in _CHEMICALS_TABLES if (path := folder / title).exists())


def _tabulated(wanted: str, cas: str) -> list[NamedStructure]:
    found: dict[str, NamedStructure] = {}
    for path in _table_paths():
        for row in _rows_with(path, (cas or wanted).lower()):
            entry = _entry(row, wanted, cas)
            if entry and entry.cas not in found:
                found[entry.cas] = entry
    closed_shell = [entry for entry in found.values() if "radical" not in entry.name]
    return closed_shell or list(found.values())  # the tables also call the radical CH2OH "methanol"


def _rows_with(path: Path, wanted: str) -> list[list[str]]:
    """Rows of a table of which one cell is ``wanted`` (lower case, as the large table has its names)."""
    rows = []
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        searched = text if path.stat().st_size > 5_000_000 else text[:].lower()
        needle = b"\t" + wanted.encode()
        at = searched.find(needle)
        while at >= 0:
            end = at + len(needle)
            if searched[end : end + 1] in (b"\t", b"\n", b"\r", b""):
                start = text.rfind(b"\n", 0, at) + 1
                stop = text.find(b"\n", at)
                rows.append(text[start : stop if stop >= 0 else len(text)].decode("utf-8").rstrip("\r").split("\t"))
                at = end if stop < 0 else stop
            at = searched.find(needle, max(at, end) if at >= end else end)
    return rows


def _entry(row: list[str], wanted: str, cas: str) -> NamedStructure | None:
    """A row as an entry, or None where it bears the text in another column or contradicts itself."""
    row_cas, formula, smiles, key, iupac, common = row[1], row[2], row[4], row[6], row[7], row[8]
    if (cas and row_cas != cas) or (not cas and wanted.lower() not in (name.lower() for name in row[7:])):
        return None
    if not _is_consistent(smiles, formula, key, " ".join((wanted, iupac, common))):
        return None
    principal = bool(cas) or wanted.lower() in (iupac.lower(), common.lower())
    if not principal and (len(wanted) < SHORTEST_SYNONYM or _is_misspelling(wanted.lower(), common.lower())):
        return None
    return NamedStructure(common or iupac, row_cas, smiles, "the tables of the chemicals package", principal)


def _is_consistent(smiles: str, formula: str, key: str, names: str) -> bool:
    """Whether a row's SMILES has its formula and skeleton, with no bare metal beside acids and the hydrate's waters."""
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
        if mol is None or _composition(CalcMolFormula(mol)) != _composition(formula):
            return False
        if key and Chem.MolToInchiKey(mol)[:14] != key[:14]:
            return False
    parts = smiles.split(".")
    hydrate = re.search(r"\b(mono|di|tri|tetra|penta|hexa|hepta|octa|nona|deca)hydrate\b", names, re.IGNORECASE)
    if hydrate and sum(part in ("O", "[OH2]") for part in parts) != _HYDRATES[hydrate[1].lower()]:
        return False
    return len(parts) == 1 or not any(re.fullmatch(r"\[[A-Z][a-z]?\]", part) for part in parts)


def _is_misspelling(wanted: str, common: str) -> bool:
    """Whether a listed synonym is only a slip from the common name ("asprin"), and no British or American spelling."""
    from rapidfuzz.distance import Levenshtein  # loaded only for synonyms

    if len(wanted) < 5 or not wanted.isalpha() or not common.isalpha():
        return False
    plain = [re.sub("oe|ae", "e", name).replace("ium", "um").replace("ph", "f") for name in (wanted, common)]
    return plain[0] != plain[1] and Levenshtein.distance(*plain) == 1


def _composition(formula: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for symbol, count in re.findall(r"([A-Z][a-z]?)(\d*)", formula):
        counts[symbol] = counts.get(symbol, 0) + int(count or 1)
    return counts


@lru_cache(maxsize=1)
def _opsin_jar() -> Path | None:
    package = importlib.util.find_spec("py2opsin")
    if package is None or not package.submodule_search_locations:
        return None
    return next(iter(sorted(Path(package.submodule_search_locations[0]).glob("opsin-cli-*.jar"))), None)


@lru_cache(maxsize=256)
def _opsin_smiles(name: str) -> str:
    """OPSIN's SMILES of a name, or an empty string where it cannot parse it (or takes longer than 8 s)."""
    java, jar = shutil.which("java"), _opsin_jar()
    if java is None or jar is None:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder) / "name.txt"
        names.write_text(name + "\n", encoding="utf-8")
        command = [java, "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-jar", str(jar), "-osmi", str(names)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=OPSIN_LIMIT_S, check=False)
        except subprocess.TimeoutExpired:
            return ""
    lines = done.stdout.splitlines()
    return lines[0].strip() if done.returncode == 0 and lines else ""


def _parsed_by_opsin(name: str) -> list[NamedStructure]:
    smiles = _opsin_smiles(name)
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles) if smiles else None
    if mol is None or not mol.GetNumAtoms():
        return []
    return [NamedStructure(name, "", smiles, "OPSIN, which parsed the systematic name")]

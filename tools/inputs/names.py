"""Compounds by name or CAS number: looked up in tables and, for systematic names, parsed by OPSIN. Never a guess.

Three sources, asked in this order: ``assets/tables/common_names.csv`` (names that the tables miss, or that several
compounds bear), the tables of the ``chemicals`` package (read as files: its own search gives one of several bearers
and takes 1.5 s to load), and OPSIN (``tools.inputs.opsin``).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from rdkit import Chem, rdBase
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError, shown
from tools.inputs.elements import ELEMENT_NAMES
from tools.inputs.hydrides import lacks_hydrogen, with_its_hydrogens
from tools.inputs.name_checks import contradicts_stock_numbers, is_no_salt_of_that_name, is_the_bare_base
from tools.inputs.name_disputes import is_another_compound, says_its_structure
from tools.inputs.name_tables import rows_with, table_paths
from tools.inputs.name_variants import (
    is_that_ion,
    meso_form,
    with_bracketed_descriptor,
    without_ion,
    without_meso,
)
from tools.inputs.notations import cas_number, formula_elements, spell_greek
from tools.inputs.opsin import find_opsin, parse_systematic_name
from tools.inputs.salt_names import base_of_salt, put_together

LONGEST_NAME = 400
SHORTEST_SYNONYM = 4  # the tables list CL, CX, … as synonyms; short names count only as principal ones
NO_JAVA = (
    "systematic names need OPSIN: install Java 8 or newer and 'pip install py2opsin', or give a SMILES or CAS number"
)

_COMMON_NAMES = Path(__file__).parents[2] / "assets" / "tables" / "common_names.csv"
_NO_COMPOUNDS = _COMMON_NAMES.with_name("names_of_no_compound.csv")
_HYDRATES = {
    "mono": 1, "di": 2, "tri": 3, "tetra": 4, "penta": 5, "hexa": 6, "hepta": 7, "octa": 8, "nona": 9, "deca": 10,
}  # fmt: skip
_SYSTEMATIC = re.compile(
    r"(?:an|en|yn)(?:e|al|ol|one|oic|oate|amine|amide|edi|nitrile)|yl|oxy|ol\b|one\b|ine\b|ide\b|ate\b|ic acid"
    r"|amide|amine|nitrile|ole\b|imine|aldehyde|ether|phenol|benzene|acid\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(r"(?:^|[\s,;])(?:and|or|with|plus|the|is|are|of|what|draw|show)\s", re.IGNORECASE)
_SALTS = {"hydrochloride": "Cl", "hydrobromide": "Br", "hydroiodide": "I", "dihydrochloride": "Cl"}
_ANION = re.compile(r"[a-z](?:ate|ite)$", re.IGNORECASE)
_SUGAR = re.compile(r"\b[DL]-[a-z]+ose\b")
_CONFIGURED = re.compile(r"(?:^|[\s(,-])(?:[DLdl]|(?i:cis|trans)|\([+-]\)|\(?\d*[RSEZ](?:,\d*[RSEZ])*\)?)-")
#: A locant that names an atom, written small: n-, n,n-, o4-, s-; not the s- of s-cis, nor o- and p- of a ring's positions.
_SMALL_LOCANT = re.compile(
    r"(?<![A-Za-z])(?:n(?=\d*'*[,-])|(?<=\()n(?=[ez]\))|o(?=\d)|s(?=-(?!cis|trans|triaz|but))|p(?=\d))"
)
#: Fused rings whose names OPSIN reads as other rings: of the chemicals tables' names of the first kind 23 of 44 that it
#: reads come out wrong, of the second 16 of 16.
_MISREAD = re.compile(r"\[[a-z]\]\[[\d,]+\]benz\w*ep|[a-z]\[[\d,']+-[a-z]:[\d,']+-[a-z]\]", re.IGNORECASE)
_RACEMIC = re.compile(r"\b(?:DL|dl|rac|racemic)\b|\(\+[-/]+\)|\(\+,-\)")


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
    if not wanted or re.search(r"[\ud800-\udfff]", wanted) or what_is_no_compound(wanted):
        return []  # half a pair of UTF-16 is no character of a name, and of no file
    with rdBase.BlockLogs():  # RDKit warns of hydrogen ions among the rows
        found = _curated(wanted, cas) or _tabulated(wanted, cas)
        if systematic and found and not cas and not any(entry.principal for entry in found):
            found += _disputed(found, wanted)
        if not found and systematic and not cas and looks_systematic(wanted):
            found = _parsed_by_opsin(wanted)
        if not found and not cas:
            found = _otherwise_written(wanted, systematic)
    return sorted(found, key=lambda entry: not entry.principal)


def _disputed(found: list[NamedStructure], name: str) -> list[NamedStructure]:
    """What OPSIN reads in a name that the tables list as a synonym of something else."""
    read = _parsed_by_opsin(name) if says_its_structure(name) and looks_systematic(name) else []
    others = [one for one in read if all(is_another_compound(one.smiles, entry.smiles) for entry in found)]
    return [replace(one, principal=False) for one in others]


def _otherwise_written(name: str, systematic: bool) -> list[NamedStructure]:
    """The compounds of a name in a form that no source has: "dichromate ion", "S-limonene", "meso-2,3-dibromobutane"."""
    ion, word = without_ion(name)
    if ion:
        return [entry for entry in look_up_name(ion, systematic=systematic) if is_that_ion(entry.smiles, word)]
    if other := with_bracketed_descriptor(name):
        return look_up_name(other, systematic=systematic)
    if base := base_of_salt(name):
        made = [(entry, *put_together(entry.smiles, name)) for entry in look_up_name(base, systematic=systematic)]
        return [replace(entry, name=name, cas="", smiles=salt, note=note) for entry, salt, note in made if salt]
    if base := without_meso(name):
        found = {meso_form(entry.smiles): entry for entry in look_up_name(base, systematic=systematic)}
        return [
            replace(
                entry, name=name, cas="", smiles=smiles, note="Its meso form, the one that is its own mirror image."
            )
            for smiles, entry in found.items()
            if smiles and len(found) == 1
        ]
    return []


def what_is_no_compound(name: str) -> tuple[str, str] | None:
    """What a name stands for that no single structure bears ("a mixture", "a protein", …), and a hint; else None.

    The ``chemicals`` tables list some with a compound: petroleum ether with benzene, wood with methanol.
    """
    return _no_compounds().get(" ".join(name.lower().split()))


@lru_cache(maxsize=1)
def _no_compounds() -> dict[str, tuple[str, str]]:
    with _NO_COMPOUNDS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name.lower(): (row["what"], row["hint"]) for row in rows for name in row["names"].split("|")}


def looks_systematic(name: str) -> bool:
    """Whether a name has the word parts of IUPAC nomenclature, so that asking OPSIN (half a second once) is worth it."""
    return (
        len(name) >= 5
        and not _ENGLISH.search(name)
        and bool(_SYSTEMATIC.search(name) or _SUGAR.search(name))
        and bool(re.search(r"[a-z]{3}", name, re.IGNORECASE))
    )


def systematic_complaint(name: str) -> str:
    """Why a systematic name has no structure, for a hint: OPSIN's words, or how to get OPSIN; empty for other names."""
    if not looks_systematic(name):
        return ""
    if find_opsin() is None:
        return NO_JAVA
    if _MISREAD.search(name):
        return "fused rings of this kind are misread by OPSIN; give the SMILES"
    smiles, complaint = parse_systematic_name(" ".join(spell_greek(name).split()))
    if "*" in smiles or "just a substituent" in complaint:
        return "it stands for a polymer or for a group with open ends; name one molecule"
    with rdBase.BlockLogs():
        readable = bool(smiles) and Chem.MolFromSmiles(smiles) is not None
    if smiles and not readable:
        return f"its structure {smiles} has a valence that no SMILES is read with here"
    if smiles:
        return "the configuration that it gives is not in the structure found; write its locants, as in (2R)-"
    complaint = re.sub(r"<[^>]*>", "", complaint)
    # that a trivial word is "uninterpretable" says no more than that it is not known
    return (
        ""
        if "uninterpretable" in complaint or not complaint
        else f"read as a systematic name: {complaint.rstrip('!.')}"
    )


def close_names(name: str, most: int = 3) -> list[str]:
    """Known names spelt much like this one, best first; for a hint, never for an answer."""
    from rapidfuzz import fuzz, process  # loaded only for misspelt names

    wanted = spell_greek(name).lower()[:LONGEST_NAME]
    found = process.extract(wanted, _names_for_hints(), scorer=fuzz.ratio, score_cutoff=82, limit=most + 1)
    return [match for match, _, _ in found if match != wanted][:most]


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
        for name in (*names, row["cas"]):
            if name:
                table.setdefault(_key(name), []).append(entry)
    return table


def _key(name: str) -> str:
    """A name as it is compared: capitals do not count, but in a formula, where HF is not Hf nor HI hi."""
    return name if formula_elements(name) else name.lower()


def _curated(wanted: str, cas: str) -> list[NamedStructure]:
    return list(_common_names().get(cas or _key(wanted), []))


@lru_cache(maxsize=1)
def _names_for_hints() -> tuple[str, ...]:
    """Curated names, and IUPAC and common names of the small table (the large one has too many to compare in time)."""
    names = [name for name in _common_names() if not name[0].isdigit()]
    for path in table_paths()[:3]:
        for line in path.read_text(encoding="utf-8").splitlines():
            names += [name.lower() for name in line.split("\t")[7:12]]
    return tuple(dict.fromkeys(names))


def _tabulated(wanted: str, cas: str) -> list[NamedStructure]:
    symbols = [symbol for symbol, _ in formula_elements(wanted.upper() if re.search(r"\d", wanted) else wanted)]
    if {"C", "H"} <= set(symbols) and len(set(symbols)) == len(symbols):
        return []  # the tables list C6H12O6 with inositol and c2h6o with ethanol
    found: dict[str, NamedStructure] = {}
    called: dict[str, list[str]] = {}
    for row in rows_with((cas or wanted).lower()):
        entry = _entry(row, wanted, cas)
        if entry and entry.cas not in found:
            found[entry.cas], called[entry.cas] = entry, row[7:]
    closed_shell = [entry for entry in found.values() if not lacks_hydrogen(entry.smiles)]
    if closed_shell:
        return closed_shell  # the tables also call the radical CH2OH "methanol"
    filled = {number: with_its_hydrogens(entry.smiles, wanted, called[number]) for number, entry in found.items()}
    return [replace(entry, smiles=filled[number][0], note=filled[number][1]) for number, entry in found.items()]


def _entry(row: list[str], wanted: str, cas: str) -> NamedStructure | None:
    """A row as an entry, or None where it bears the text in another column or contradicts itself."""
    row_cas, formula, smiles, key, iupac, common = row[1], row[2], row[4], row[6], row[7], row[8]
    if (cas and row_cas != cas) or (not cas and wanted.lower() not in (name.lower() for name in row[7:])):
        return None
    if not _is_consistent(smiles, formula, key, " ".join((wanted, iupac, common))):
        return None
    if not cas and (not _fits_the_name(smiles, formula, wanted, common) or is_the_bare_base(smiles, wanted, row[7:])):
        return None
    principal = bool(cas) or wanted.lower() in (iupac.lower(), common.lower())
    if not principal and (len(wanted) < SHORTEST_SYNONYM or _is_misspelling(wanted.lower(), common.lower())):
        return None
    return NamedStructure(common or iupac, row_cas, smiles, "the tables of the chemicals package", principal)


def _fits_the_name(smiles: str, formula: str, wanted: str, common: str) -> bool:
    """Whether a structure can bear what a name says.

    The tables list a polymer with its monomer, "L-glucose" with a hexose that has no configuration, "EDTA disodium" with
    the free acid and "citrate" with citric acid; their lower case makes CoCl2 of COCl2.
    """
    if (elements := formula_elements(wanted)) and {symbol for symbol, _ in elements} != set(_composition(formula)):
        return False
    named = _elements_named(wanted)
    if not named <= set(_composition(formula)):
        return False
    if wanted.lower() in ELEMENT_NAMES.values() and named != set(_composition(formula)):
        return False  # sulfur is not hydrogen sulfide
    if _ANION.search(wanted) and common.lower().endswith("acid"):
        return False
    if wanted.lower().endswith(" acid") and Chem.GetFormalCharge(Chem.MolFromSmiles(smiles)):
        return False
    if wanted.lower().startswith("poly") and not common.lower().startswith("poly"):
        return False
    if contradicts_stock_numbers(smiles, wanted):
        return False
    return not _lacks_configuration(smiles, wanted)


def _elements_named(name: str) -> set[str]:
    """Symbols of the elements that words of a name stand for: "disodium" is of sodium, a hydrochloride has chlorine."""
    words = re.findall(r"[a-z]+", name.lower())
    found = {_SALTS[word] for word in words if word in _SALTS}
    for word in words:
        bare = re.sub(r"^(?:mono|di|tri|tetra|penta|hexa)", "", word)
        found |= {symbol for symbol, element in ELEMENT_NAMES.items() if element in (word, bare)}
    return found


def _lacks_configuration(smiles: str, name: str) -> bool:
    if not _CONFIGURED.search(name) or _RACEMIC.search(name):
        return False
    stereo = Chem.FindPotentialStereo(Chem.MolFromSmiles(smiles))
    specified = [element.specified == Chem.StereoSpecified.Specified for element in stereo]
    return bool(specified) and not any(specified)


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
    for written, count in re.findall(r"([A-Z][a-z]?)(\d*)", formula):
        symbol = "H" if written in ("D", "T") else written  # the tables write heavy water D2O
        counts[symbol] = counts.get(symbol, 0) + int(count or 1)
    return counts


def _parsed_by_opsin(name: str) -> list[NamedStructure]:
    """OPSIN's structures: of the name as written and, where that differs, with its locants N, O, S and P in capitals.

    ``n-propylaniline`` may be meant as N-propylaniline, and then is another compound than that of n-propyl on the ring.
    """
    found: dict[str, NamedStructure] = {}
    if _MISREAD.search(name):
        return []
    for written in dict.fromkeys((name, _SMALL_LOCANT.sub(lambda locant: locant[0].upper(), name))):
        smiles, _ = parse_systematic_name(written)
        with rdBase.BlockLogs():
            mol = Chem.MolFromSmiles(smiles) if smiles and "*" not in smiles else None
        if (
            mol is None
            or not mol.GetNumAtoms()
            or _lacks_configuration(smiles, written)
            or is_no_salt_of_that_name(mol, name)
        ):
            continue  # a polymer's repeating unit, whose ends are dummy atoms, is no compound
        note = "" if written == name else f"Its locants were read as capitals: {written}."
        entry = NamedStructure(written, "", smiles, "OPSIN, which parsed the systematic name", note=note)
        found.setdefault(Chem.MolToSmiles(mol), entry)
    return list(found.values())

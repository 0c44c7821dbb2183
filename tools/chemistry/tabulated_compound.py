"""Which tabulated compound is meant: a name, CAS number or structure to one CAS number, or none, and never a relative.

A name or CAS number is certain by itself; a structure is found by its whole InChIKey, stereo and charge included.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Callable
from dataclasses import dataclass

from rdkit import Chem, rdBase
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError
from tools.chemistry.chemicals_tables import folder, rows_with_inchikey, rows_with_skeleton
from tools.inputs import notations
from tools.inputs.elements import ELEMENT_NAMES, parse_element
from tools.inputs.formulas import parse_formula
from tools.inputs.molecules import ParsedMolecule, parse_molecule

_SMILES_ATOMS = frozenset(("B", "C", "N", "O", "F", "P", "S", "I", "H"))
_ELEMENTS = "Misc/Element data.csv"
#: Names of solutions that the tables of names give to what is dissolved (IUPAC Red Book 2005 names the pure compounds).
_SOLUTIONS = frozenset(
    ("hydrochloric acid", "muriatic acid", "hydrofluoric acid", "hydrobromic acid", "hydroiodic acid", "formalin",
     "bleach", "ammonium hydroxide", "aqueous ammonia", "ammonia water", "lye", "caustic soda solution")
)  # fmt: skip
#: Short texts that are well-known compounds both ways: (as a formula, as a SMILES).
_TWO_READINGS = {"CO": ("carbon monoxide", "methanol"), "NO": ("nitrogen monoxide", "hydroxylamine")}
PHOSPHORUS = "7723-14-0"
_LISTED_UNDER = {"12185-10-3": PHOSPHORUS, "10544-50-0": "7704-34-9"}  # P4 and S8 are in the tables as the elements
_PHOSPHORUS_NOTE = (
    "CAS 7723-14-0 is of phosphorus in any form; the tabulated values are of white phosphorus. Red and black phosphorus "
    "differ in all of them."
)


@dataclass(frozen=True)
class TabulatedCompound:
    """``cas`` is empty where no table here knows the compound; ``mol`` is None where only its CAS number is known."""

    label: str
    cas: str
    mol: Chem.Mol | None
    smiles: str
    notes: tuple[str, ...]
    relatives: tuple[str, ...] = ()
    parsed: ParsedMolecule | None = None


def identify(text: str, is_tabulated: Callable[[str], bool], where: str = "compound") -> TabulatedCompound:
    """The one compound that ``text`` names; ``is_tabulated`` tells of a CAS number without a structure whether it has data.

    Raises ``ToolInputError`` for a text that is no compound, or a name that several compounds bear.
    """
    bare = text.strip() if isinstance(text, str) else text
    if bare in _TWO_READINGS:
        formula, smiles = _TWO_READINGS[bare]
        raise ToolInputError(
            f"'{bare}' is {formula} as a formula and {smiles} as a SMILES", where, "name the compound that is meant"
        )
    if (isinstance(bare, str) and "red phosphorus" in bare.lower()) or bare in (
        "black phosphorus",
        "violet phosphorus",
    ):
        raise ToolInputError(
            "The tables hold one entry for phosphorus, with the values of its white form",
            where,
            "ask for white phosphorus",
        )
    symbol = _element_symbol(bare)
    if symbol:
        return _element(symbol, text, where)
    try:
        parsed = parse_molecule(text, where)
    except ToolInputError:
        cas = notations.cas_number(bare) if isinstance(bare, str) else ""
        if cas and int(cas[-1]) == notations.cas_check_digit(cas) and is_tabulated(cas):
            note = f"No structure is tabulated for CAS {cas}; the values were looked up by this number alone."
            return TabulatedCompound(f"CAS {cas}", cas, None, "", (note,))
        raise
    return _of_structure(parsed, bare)


def _element_symbol(text: object) -> str:
    """The element that a bare symbol or name means; letters that are SMILES atoms stay SMILES (S is hydrogen sulfide)."""
    if not isinstance(text, str):
        return ""
    if text in ELEMENT_NAMES:
        return "" if text in _SMILES_ATOMS or text in ("Cl", "Br") else text
    try:
        return parse_element(text) if text.isalpha() and len(text) > 2 else ""
    except ToolInputError:
        return ""


def _element(symbol: str, text: str, where: str) -> TabulatedCompound:
    """An element as it is at room temperature: by its name, or by its CAS number where the names do not know it."""
    name = ELEMENT_NAMES[symbol]
    try:
        parsed = parse_molecule(name, where)
    except ToolInputError:
        cas = _element_numbers().get(symbol, "")
        if not cas:
            raise
        note = f"{text.strip()} was read as the element {name} (CAS {cas})."
        mol = Chem.MolFromSmiles(f"[{symbol}]")
        return TabulatedCompound(name.capitalize(), cas, mol, f"[{symbol}]", (note, *_notes_of(cas, name)))
    found = _of_structure(parsed, name)
    note = f"{text.strip()} was read as the element {name}."
    return found if text.strip().lower() == name else TabulatedCompound(
        found.label, found.cas, found.mol, found.smiles, (note, *found.notes), found.relatives, found.parsed
    )  # fmt: skip


@functools.cache
def _element_numbers() -> dict[str, str]:
    with (folder() / _ELEMENTS).open(encoding="utf-8", newline="") as file:
        return {line["element symbol"].strip(): line["CAS"].strip() for line in csv.DictReader(file, delimiter="\t")}


def _of_structure(parsed: ParsedMolecule, given: str) -> TabulatedCompound:
    label = parsed.label[:1].upper() + parsed.label[1:]
    if parsed.cas:
        number = _LISTED_UNDER.get(parsed.cas, parsed.cas)
        notes = (*parsed.notes, *_notes_of(number, given))
        return TabulatedCompound(label, number, parsed.mol, parsed.smiles, notes, (), parsed)
    keys = _inchikeys(parsed.mol)
    entries = [entry for key in keys for entry in _entries(key, parsed.mol)]
    if not entries:
        relatives = _relatives(keys[0], parsed.mol) if keys else ()
        return TabulatedCompound(label, "", parsed.mol, parsed.smiles, parsed.notes, relatives, parsed)
    cas, name = entries[0]
    note = f"The structure is that of {name} (CAS {cas}): their InChIKeys are equal."
    others = [f"{other} (CAS {number})" for number, other in entries[1:]]
    also = (f"The tables also list {', '.join(others)} with this structure; it was not used.",) if others else ()
    notes = (*parsed.notes, note, *also, *_open_stereo(parsed.mol, name), *_notes_of(cas, given))
    return TabulatedCompound(label if len(label) <= 40 else name, cas, parsed.mol, parsed.smiles, notes, (), parsed)


def _inchikeys(mol: Chem.Mol) -> list[str]:
    """The InChIKey, and that of the form with double bonds for a halogen oxide written with charges, as the tables have it."""
    forms = [mol]
    drawn = Chem.RWMol(mol)
    for atom in drawn.GetAtoms():
        oxides = [one for one in atom.GetNeighbors() if one.GetAtomicNum() == 8 and one.GetFormalCharge() == -1]
        if atom.GetAtomicNum() in (17, 35, 53) and 0 < atom.GetFormalCharge() <= len(oxides):
            for oxide in oxides[: atom.GetFormalCharge()]:
                oxide.SetFormalCharge(0)
                drawn.GetBondBetweenAtoms(atom.GetIdx(), oxide.GetIdx()).SetBondType(Chem.BondType.DOUBLE)
            atom.SetFormalCharge(0)
            forms = [mol, drawn]
    with rdBase.BlockLogs():
        keys = [Chem.MolToInchiKey(form) for form in forms]
    return [key for key in dict.fromkeys(keys) if key]


def _entries(key: str, mol: Chem.Mol) -> list[tuple[str, str]]:
    """(CAS, name) of the rows with this InChIKey whose formula is that of the structure; the smaller tables first."""
    composition = parse_formula(CalcMolFormula(mol)).counts
    found: dict[str, str] = {}
    for cells in rows_with_inchikey(key):
        try:
            listed = parse_formula(cells[2].split("+")[0].split("-")[0]).counts
        except ToolInputError:
            continue
        if dict(listed) == dict(composition):  # the tables give magnetite the structure of FeO
            found.setdefault(cells[1], cells[8] or cells[7])
    return list(found.items())


def _relatives(key: str, mol: Chem.Mol) -> tuple[str, ...]:
    """Tabulated compounds that are not this one: another stereoisomer, charge or isotope, or a component of a salt."""
    found = {f"{cells[8]} (CAS {cells[1]})": None for cells in rows_with_skeleton(key)}
    parts = Chem.GetMolFrags(mol, asMols=True)
    for part in parts if len(parts) > 1 else ():
        if any(atom.GetAtomicNum() == 6 for atom in part.GetAtoms()):
            with rdBase.BlockLogs():
                part_key = Chem.MolToInchiKey(part)
            found |= (
                {f"{cells[8]} (CAS {cells[1]})": None for cells in rows_with_skeleton(part_key)} if part_key else {}
            )
    return tuple(found)[:4]


def _open_stereo(mol: Chem.Mol, name: str) -> tuple[str, ...]:
    with rdBase.BlockLogs():
        stereo = Chem.FindPotentialStereo(Chem.Mol(mol))
    count = sum(element.specified == Chem.StereoSpecified.Unspecified for element in stereo)
    if not count:
        return ()
    return (
        f"The structure leaves {count} stereo element{'s' * (count > 1)} open, and so does the table's for {name}: the values "
        "may be of one isomer or of a mixture.",
    )


def _notes_of(cas: str, given: str) -> tuple[str, ...]:
    notes = []
    if cas == PHOSPHORUS:
        notes.append(_PHOSPHORUS_NOTE)
    if isinstance(given, str) and given.strip().lower() in _SOLUTIONS:
        notes.append(f"'{given.strip()}' is usually a solution in water; the values are of the pure compound.")
    return tuple(notes)

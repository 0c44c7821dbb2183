"""PDB and mmCIF files, checked line by line before gemmi reads them: a broken line is a sentence with its number.

Columns: wwPDB, Atomic Coordinate Entry Format Description, version 3.30 (2012); mmCIF: the PDBx/mmCIF dictionary.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Literal

from errors import ToolInputError, shown

MOST_ATOMS = 300_000
_PDB_BEGINNING = re.compile(
    r"(?:HEADER|OBSLTE|TITLE |COMPND|SOURCE|KEYWDS|EXPDTA|AUTHOR|REVDAT|JRNL  |REMARK|DBREF|SEQRES|CRYST1|ORIGX1|SCALE1|MODEL |NUMMDL|SPLIT |CAVEAT|"
    r"HELIX |SHEET |SSBOND|LINK  |HET   |MASTER)|(?:ATOM  |HETATM)[\d* A-Za-z]{5} "
)
_COORDINATE = re.compile(r" *[-+]?\d*\.?\d+(?:[eE][-+]?\d+)? *", re.ASCII)
#: The columns 23 to 54 as nearly all programs write them, so that one look is enough.
_USUAL_COLUMNS = re.compile(r"(?: {3}\d| {2}[-\d]\d| [-\d]\d\d|[-\d]\d{3}). {3}(?: {0,3}-?\d{1,4}\.\d{3}){3}", re.ASCII)
_EXACT = ("ATOM", "HETATM", "SEQRES", "TER", "MODEL")  # records of which every letter counts
_RESIDUE_NUMBER = re.compile(r" *-?[0-9A-Za-z]+ *")
_CIF_PLACE = re.compile(r"string:(\d+)(?::\d+)?(?:\(\d+\))?:? ?(?:in (\S+): )?(.*)", re.DOTALL)
#: What gemmi raises on a broken file.
_BROKEN = (RuntimeError, ValueError, IndexError, UnicodeDecodeError, OverflowError)


@dataclass(frozen=True, eq=False)
class ParsedStructure:
    """``structure`` is a ``gemmi.Structure`` with its entities set up; ``text`` is what it was read from."""

    structure: Any
    format: Literal["pdb", "mmcif"]
    text: str
    notes: tuple[str, ...]


def looks_like_pdb(text: str) -> bool:
    """Whether a text begins as PDB files do, or has coordinate records where they stand in one."""
    return bool(_PDB_BEGINNING.match(text.lstrip("\n"))) or bool(
        re.search(r"^(?:ATOM  |HETATM)[\d ]{5} ", text[:20_000], re.MULTILINE)
    )


def looks_like_cif(text: str) -> bool:
    """Whether a text is a CIF of any kind: comments, then a data block."""
    lines = (line.strip() for line in text[:20_000].split("\n"))
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return first[:5].lower() == "data_"


def read_structure(text: str, where: str = "file") -> ParsedStructure:
    """Models of a macromolecule from PDB or mmCIF text; raises ``ToolInputError`` for anything else and for broken lines."""
    if looks_like_cif(text):
        return _from_mmcif(text, where)
    if looks_like_pdb(text):
        return _from_pdb(text, where)
    raise ToolInputError(
        "The file is neither in PDB nor in mmCIF format", f"{where}, line 1", "give a PDB or mmCIF file; read_file says what this is"
    )  # fmt: skip


def _in_ascii(text: str, where: str, notes: list[str]) -> str:
    """The text with ? for what is not ASCII, in which both formats are written: gemmi would cut such characters in two.

    Raises ``ToolInputError`` where one stands in a record of atoms or residues.
    """
    if text.isascii():
        return text
    strange = [(number, line) for number, line in enumerate(text.split("\n"), 1) if not line.isascii()]
    for number, line in strange:
        if line.startswith(_EXACT):
            character = next(character for character in line if not character.isascii())
            raise ToolInputError(
                f"{shown(line)} holds U+{ord(character):04X}, which is not ASCII", f"{where}, line {number}", "correct this line, or download the file again"
            )  # fmt: skip
    notes.append(f"Characters that are not ASCII, first in line {strange[0][0]}, were read as question marks.")
    return text.encode("ascii", errors="replace").decode("ascii")


def _from_pdb(text: str, where: str) -> ParsedStructure:
    import gemmi

    notes: list[str] = []
    text = _in_ascii(text, where, notes)
    _check_pdb_lines(text, where, notes)
    try:
        structure = gemmi.read_pdb_string(text)
    except _BROKEN as error:
        found = re.match(r"Problem in line (\d+): ([^\n]*)", str(error))
        place = f"{where}, line {found[1]}" if found else where
        what = found[2].rstrip(":. ") if found else str(error).splitlines()[0][:120] if str(error) else "unreadable"
        raise ToolInputError(
            f"The PDB file is broken: {what}", place, "correct this line, or download the file again"
        ) from None
    return _finished(structure, "pdb", text, where, notes)


def _check_pdb_lines(text: str, where: str, notes: list[str]) -> None:
    """Every coordinate record has its numbers in their columns; what the last lines promise is there."""
    lines = text.split("\n")
    atoms, announced, ended, open_model = 0, None, False, 0
    for number, line in enumerate(lines, 1):
        record = line[:6]
        if line[:4].upper() in ("ATOM", "HETA"):  # gemmi looks at these four letters alone
            atoms += 1
            _check_atom_line(line, number, number >= len(lines) - 1, where)
        elif record == "MODEL ":
            open_model = number
        elif record == "ENDMDL":
            open_model = 0
        elif record == "MASTER" and line[50:55].strip().isdecimal():
            announced = int(line[50:55])
        elif record.rstrip() == "END":
            ended = True
    if not atoms:
        raise ToolInputError("The PDB file has no ATOM or HETATM record", where, "give a file with coordinates")
    if atoms > MOST_ATOMS:
        raise ToolInputError(f"The PDB file has {atoms:,} atoms", where, f"at most {MOST_ATOMS:,} are read")
    models = max(1, sum(line.startswith("MODEL ") for line in lines))
    if announced is not None and announced * (models if models > 1 else 1) != atoms and announced != atoms:
        notes.append(
            f"Its MASTER record announces {announced:,} atoms, but {atoms:,} stand in it: the file is not whole, or was edited."
        )
    elif open_model:
        notes.append(f"Its last model (line {open_model}) has no ENDMDL record: the file may be truncated.")
    elif not ended:
        notes.append("It has no END record: the file may be truncated.")


def _is_usual(line: str) -> bool:
    """Whether an atom line is whole for certain: names and numbers where they belong; others are looked at field by field."""
    return line[34:51:8] == "..." and _USUAL_COLUMNS.fullmatch(line, 22, 54) is not None and not line[12:16].isspace()


def _check_atom_line(line: str, number: int, is_last: bool, where: str) -> None:
    if _is_usual(line):
        return
    fields = (line[30:38], line[38:46], line[46:54])
    if len(line.rstrip()) < 47 or not all(_COORDINATE.fullmatch(field) for field in fields):
        cut = (
            "the file seems to end in the middle of it"
            if is_last and len(line) < 54
            else "columns 31 to 54 must hold x, y and z"
        )
        raise ToolInputError(
            f"{shown(line)} is no whole coordinate record: {cut}", f"{where}, line {number}", "correct it, or download the file again"
        )  # fmt: skip
    if not _RESIDUE_NUMBER.fullmatch(line[22:26]):
        raise ToolInputError(
            f"{shown(line)} has no residue number in columns 23 to 26", f"{where}, line {number}", "correct it, or download the file again"
        )  # fmt: skip
    if not line[12:16].strip():
        raise ToolInputError(
            f"{shown(line)} has no atom name in columns 13 to 16", f"{where}, line {number}", "correct it, or download the file again"
        )  # fmt: skip


def read_cif_blocks(text: str, where: str = "file") -> Any:
    """A ``gemmi.cif.Document``; raises ``ToolInputError`` with the line where the syntax of CIF is broken."""
    import gemmi

    try:
        document = gemmi.cif.read_string(text)
    except _BROKEN as error:
        found = _CIF_PLACE.match(str(error))
        place = f"{where}, line {found[1]}" if found else where
        what = (found[3] if found else str(error)).split("\n")[0][:120] or "unreadable"
        raise ToolInputError(
            f"The CIF file is broken or truncated: {what}", place, "correct it there, or download the file again"
        ) from None
    if not len(document):
        raise ToolInputError("The CIF file has no data block", where, "give a file that begins with data_")
    return document


def _from_mmcif(text: str, where: str) -> ParsedStructure:
    import gemmi

    notes: list[str] = []
    text = _in_ascii(text, where, notes)
    document = read_cif_blocks(text, where)
    holding = [block for block in document if block.find_values("_atom_site.Cartn_x")]
    if not holding:
        raise ToolInputError(
            _what_cif(document), where, "give the coordinates of a macromolecule in mmCIF or PDB format"
        )
    if len(holding) > 1:
        notes.append(
            f"The file holds {len(holding)} data blocks with coordinates; the first, {holding[0].name}, was read."
        )
    sites = holding[0].find("_atom_site.", ["id", "Cartn_x", "Cartn_y", "Cartn_z"])
    if len(sites) > MOST_ATOMS:
        raise ToolInputError(f"The mmCIF file has {len(sites):,} atoms", where, f"at most {MOST_ATOMS:,} are read")
    for place, row in enumerate(sites, 1):
        if not all(_COORDINATE.fullmatch(re.sub(r"\(\d+\)$", "", row[column])) for column in (1, 2, 3)):
            raise ToolInputError(
                f"Atom {shown(row[0])}, number {place} of the _atom_site loop, has no three coordinates", where, "correct it, or download the file again"
            )  # fmt: skip
    try:
        structure = gemmi.make_structure_from_block(holding[0])
    except _BROKEN as error:
        what = str(error).split("\n")[0][:120] or "unreadable"
        raise ToolInputError(
            f"The mmCIF file cannot be read as a structure: {what}", where, "download it again"
        ) from None
    return _finished(structure, "mmcif", text, where, notes)


def _what_cif(document: Any) -> str:
    block = document[0]
    if block.find_values("_atom_site_fract_x"):
        return "The CIF file is the crystal structure of a small molecule, with fractional coordinates"
    if block.find_values("_refln.index_h") or block.find_values("_refln_index_h"):
        return "The CIF file holds structure factors and no coordinates"
    if block.find_values("_chem_comp_atom.atom_id"):
        return "The CIF file defines a chemical component and holds no model"
    return "The CIF file has no atoms with Cartesian coordinates (_atom_site.Cartn_x)"


def _finished(
    structure: Any, file_format: Literal["pdb", "mmcif"], text: str, where: str, notes: list[str]
) -> ParsedStructure:
    structure.merge_chain_parts()  # a chain's polymer, ligands and waters stand apart in a PDB file
    structure.remove_empty_chains()
    if not len(structure) or not structure[0].count_atom_sites():
        raise ToolInputError("The file has no atoms", where, "give a file with coordinates")
    structure.setup_entities()
    numbers = [value for site in structure[0].all() for value in (site.atom.pos.x, site.atom.pos.y, site.atom.pos.z)]
    if not all(math.isfinite(value) and abs(value) < 1e5 for value in numbers):
        raise ToolInputError("A coordinate is no finite number below 100,000 Å", where, "correct it")
    if doubled := _doubled_atoms(structure[0]):
        notes.append(
            f"{doubled} atom{'s stand' if doubled > 1 else ' stands'} in it twice, with one name in one residue and conformation."
        )
    return ParsedStructure(structure, file_format, text, tuple(notes))


def _doubled_atoms(model: Any) -> int:
    doubled = 0
    for chain in model:
        for residue in chain:
            names = [(atom.name, atom.altloc) for atom in residue]
            doubled += len(names) - len(set(names))
    return doubled

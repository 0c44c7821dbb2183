"""The records of SD files, molfiles and XYZ files, each read or told what is wrong with it, and where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rdkit import Chem, rdBase

from errors import ToolInputError
from tools.inputs.elements import ELEMENT_NAMES
from tools.inputs.molfiles import read_molfile
from tools.inputs.records import Record

MOST_FRAME_ATOMS = 100_000
_TAG = re.compile(r">.*?<([^>]*)>")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d{1,3})?")
_LONGEST_VALUE = 10_000


def read_sdf(text: str) -> Iterator[Record]:
    """One record up to each ``$$$$``; the last may lack it, which its ``broken`` then says if nothing else is wrong."""
    number, first = 0, 1
    lines: list[str] = []
    place = 0
    for place, line in enumerate(text.split("\n"), 1):
        if line.startswith("$$$$"):
            number += 1
            yield _sd_record(number, first, lines)
            first, lines = place + 1, []
        else:
            lines.append(line)
    if any(map(str.strip, lines)):
        record = _sd_record(number + 1, first, lines)
        if number and not record.broken:
            record = Record(
                record.number,
                first,
                record.name,
                record.text,
                record.values,
                "ends without $$$$: it may be truncated",
                place,
            )
        yield record


def _sd_record(number: int, first: int, lines: list[str]) -> Record:
    if not any(map(str.strip, lines)):
        return Record(number, first, "", broken="is empty", broken_line=first)
    end = next((index for index, line in enumerate(lines) if line.startswith("M  END")), None)
    block = lines if end is None else lines[: end + 1]
    text = "\n".join(block) + "\n"
    name = lines[0].strip()[:80] if not re.search(r"V[23]000", lines[0]) else ""
    values, complaint, at = _data_fields(lines[len(block) :])
    try:
        mol, _ = read_molfile(text, "")
    except ToolInputError as error:
        said = re.search(r"line (\d+)", error.where)
        return Record(
            number, first, name, text, values, _phrase(error.what), first + int(said[1]) - 1 if said else first
        )
    if complaint:
        return Record(number, first, name, text, values, complaint, first + len(block) + at)
    return Record(number, first, name, text, {"atoms": str(mol.GetNumAtoms()), **values})


def _data_fields(lines: list[str]) -> tuple[dict[str, str], str, int]:
    """Values by tag, what is wrong and in which of the lines: ``> <TAG>``, lines of its value, a blank line."""
    values: dict[str, str] = {}
    tag: str | None = None
    held: list[str] = []
    for place, line in enumerate(lines):
        if line.startswith(">") and (found := _TAG.match(line)):
            if tag is not None:
                values[tag] = "\n".join(held).strip()[:_LONGEST_VALUE]
            tag, held = found[1].strip(), []
            if tag in values:
                return values, f"has the data field <{tag[:60]}> twice", place
        elif tag is not None:
            held.append(line)
        elif line.strip():
            return values, "has text between M  END and its first data field", place
    if tag is not None:
        values[tag] = "\n".join(held).strip()[:_LONGEST_VALUE]
    return values, "", 0


def smiles_of(record: Record) -> str:
    """Canonical SMILES of a record that is not broken; empty where RDKit has none."""
    try:
        with rdBase.BlockLogs():  # the lines were checked when the record was read
            mol = Chem.MolFromMolBlock(record.text)  # without hydrogens
            if mol is None:  # as where its header is not whole
                mol, _ = read_molfile(record.text, "")
                Chem.SanitizeMol(mol)
                mol = Chem.RemoveHs(mol)
        return Chem.MolToSmiles(mol)
    except (ToolInputError, ValueError, RuntimeError):
        return ""


def has_depth(record: Record) -> bool:
    """Whether a molfile's record has coordinates in three dimensions."""
    try:
        mol, _ = read_molfile(record.text, "")
    except ToolInputError:
        return False
    depths = mol.GetConformer().GetPositions()[:, 2] if mol.GetNumConformers() else ()
    return any(abs(depth) > 1e-3 for depth in depths)


def read_xyz(text: str) -> Iterator[Record]:
    """One record a frame: a number of atoms, a comment, and that many lines of an element and three coordinates in Å."""
    lines = text.split("\n")
    number, place = 0, 0
    while place < len(lines):
        if not lines[place].strip():
            place += 1
            continue
        number += 1
        record, used = _xyz_frame(number, place, lines)
        yield record
        if record.broken:
            return  # where a frame is broken, the next one's beginning is not known
        place += used


def _xyz_frame(number: int, place: int, lines: list[str]) -> tuple[Record, int]:
    head = lines[place].strip()
    if not re.fullmatch(r"\d{1,7}", head):
        return Record(number, place + 1, "", broken="does not begin with its number of atoms", broken_line=place + 1), 1
    atoms = int(head)
    if not 0 < atoms <= MOST_FRAME_ATOMS:
        what = "has no atoms" if not atoms else f"has more than {MOST_FRAME_ATOMS:,} atoms"
        return Record(number, place + 1, "", broken=what, broken_line=place + 1), 1
    comment = lines[place + 1].strip()[:200] if place + 1 < len(lines) else ""
    body = lines[place + 2 : place + 2 + atoms]
    elements: Counter[str] = Counter()
    for offset, line in enumerate(body):
        parts = line.split()
        symbol = _symbol(parts[0]) if parts else ""
        if not symbol or len(parts) < 4 or not all(_NUMBER.fullmatch(part) for part in parts[1:4]):
            if not line.strip():
                break
            what = "has a line that is no element with three coordinates"
            return Record(number, place + 1, comment, broken=what, broken_line=place + 3 + offset), 1
        elements[symbol] += 1
    found = elements.total()
    if found < atoms:
        what = f"announces {atoms} atoms and has {found}: it is truncated"
        return Record(number, place + 1, comment, broken=what, broken_line=min(len(lines), place + 3 + found)), 1
    order = sorted(
        elements, key=lambda symbol: ("C" in elements and symbol != "C", "C" in elements and symbol != "H", symbol)
    )
    formula = "".join(f"{symbol}{elements[symbol] if elements[symbol] > 1 else ''}" for symbol in order)
    values = {"atoms": str(atoms), "formula": formula, "comment": comment}
    text = "\n".join(lines[place : place + 2 + atoms]) + "\n"
    return Record(number, place + 1, comment, text, values), atoms + 2


def _symbol(text: str) -> str:
    """An element's symbol for ``C``, ``c``, ``C12`` or ``6``; empty for anything else."""
    if text.isdecimal() and len(text) <= 3 and 0 < int(text) <= 118:
        return Chem.GetPeriodicTable().GetElementSymbol(int(text))
    letters = re.fullmatch(r"([A-Za-z]{1,2})\d*", text)
    symbol = letters[1].capitalize() if letters else ""
    return symbol if symbol in ELEMENT_NAMES else ""


def _phrase(sentence: str) -> str:
    """A sentence of the molfile's parser as what follows "record 3": ``The molfile has no atoms`` becomes ``has no atoms``."""
    if sentence.startswith("The molfile "):
        return sentence.removeprefix("The molfile ")
    return f"cannot be read: {sentence[:1].lower() + sentence[1:] if sentence[:2].istitle() else sentence}"

"""Molfiles (CTfile V2000 and V3000) and one-record SD files, checked line by line before RDKit reads them.

Columns and codes: Dassault Systèmes, CTfile Formats, 2020, "The connection table" and "The extended connection table".
"""

from __future__ import annotations

import re

from rdkit import Chem, rdBase

from errors import ToolInputError, shown
from tools.inputs.elements import ELEMENT_NAMES
from tools.inputs.smiles_errors import MOST_HEAVY_ATOMS

MOST_ATOMS = 4 * MOST_HEAVY_ATOMS  # with their hydrogens
_HEADER_LINES = 3
#: Symbols that are no elements: R groups, atom lists and query atoms (they get sentences of their own), isotopes.
_OTHER_SYMBOLS = frozenset(("D", "T", "R", "R#", "L", "A", "Q", "*", "X", "M", "AH", "QH", "XH", "MH", "LP", "Pol"))
_COORDINATE = re.compile(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?")
_PLAIN_BONDS = frozenset(("1", "2", "3", "4", "9"))  # 9 is dative; 5 to 8 are queries


def read_molfile(text: str, where: str) -> tuple[Chem.Mol, tuple[str, ...]]:
    """An unsanitized molecule and notes; raises ``ToolInputError`` that names the line that is wrong."""
    parts = re.split(r"^\$\$\$\$.*$", text, flags=re.MULTILINE) if "$$$$" in text else [text]
    records = [part for part in parts if part.strip()]
    if len(records) > 1:
        raise ToolInputError(f"This SD file has {len(records)} records", where, "give one of them")
    given = records[0].replace("\r\n", "\n").replace("\r", "\n").split("\n") if records else []
    lines, notes = _with_header(given, where)
    added = len(lines) - len(given)
    if not any(line.startswith("M  END") for line in lines):
        raise ToolInputError("The molfile ends before 'M  END'", f"{where}, line {len(given)}", "copy the whole file")
    _Lines(lines, where, added).check()
    with rdBase.BlockLogs():
        try:
            mol = Chem.MolFromMolBlock("\n".join(lines), sanitize=False, removeHs=False, strictParsing=True)
        except RuntimeError as error:  # RDKit lets a few broken V3000 blocks escape as this
            raise ToolInputError(f"The molfile cannot be read: {error}"[:200], where, "export it again") from None
    if mol is None:
        raise ToolInputError("The molfile cannot be read", where, "check its atom and bond lines, or export it again")
    for atom in mol.GetAtoms() if mol.HasQuery() else ():
        if atom.HasQuery():
            raise ToolInputError(
                "The molfile holds a query atom, which stands for many molecules",
                f"{where}, atom {atom.GetIdx() + 1}",
                "replace it with one element",
            )
    with rdBase.BlockLogs():
        problems = Chem.DetectChemistryProblems(mol)
        if problems:
            raise ToolInputError(
                f"The molfile is no valid molecule: {problems[0].Message()}", where, "correct the atom"
            )
        if mol.GetNumConformers():
            Chem.AssignChiralTypesFromBondDirs(mol)
            Chem.DetectBondStereochemistry(mol)
    return mol, notes


def _with_header(lines: list[str], where: str) -> tuple[list[str], tuple[str, ...]]:
    """The lines with the counts line as the fourth, and notes."""
    counts = next((index for index, line in enumerate(lines) if re.search(r"\bV[23]000\b", line)), None)
    if counts is None:
        raise ToolInputError(
            "The molfile has no counts line", f"{where}, line 4", "its line 4 must end in V2000 or V3000"
        )
    if counts > _HEADER_LINES:
        raise ToolInputError("The counts line is not line 4", f"{where}, line {counts + 1}", "keep three header lines")
    if counts == _HEADER_LINES:
        return lines, ("Converted from a molfile.",)
    added = [""] * (_HEADER_LINES - counts)
    return added + lines, ("Converted from a molfile.", "Header lines that the molfile lacked were added.")


class _Lines:
    """The lines of a molfile, of which ``added`` in front are not the person's; each check names the line it refuses."""

    def __init__(self, lines: list[str], where: str, added: int) -> None:
        self.lines, self.where, self.added = lines, where, added

    def check(self) -> None:
        if "V3000" in self.lines[_HEADER_LINES]:
            self._check_extended()
        else:
            self._check_plain()

    def refuse(
        self, what: str, index: int, hint: str = "correct this line, or export the file again"
    ) -> ToolInputError:
        return ToolInputError(what, f"{self.where}, line {index + 1 - self.added}", hint)

    def _check_plain(self) -> None:
        line = self.lines[_HEADER_LINES]
        fields = line[:3].strip(), line[3:6].strip()
        if not all(field.isdecimal() for field in fields):
            raise self.refuse(f"The counts line {shown(line)} has no numbers", _HEADER_LINES)
        atoms, bonds = map(int, fields)
        self._check_number(atoms, _HEADER_LINES)
        end = next(index for index, one in enumerate(self.lines) if one.startswith("M  END"))
        first = _HEADER_LINES + 1
        if first + atoms + bonds > end:
            raise self.refuse(
                f"The molfile promises {atoms} atoms and {bonds} bonds but has {end - first} lines for them",
                _HEADER_LINES,
                "copy the whole file, or export it again",
            )
        for index in range(first, first + atoms):
            self._check_atom(self.lines[index][31:34].strip(), self.lines[index][:30].split(), index)
        seen: set[tuple[int, int]] = set()
        for index in range(first + atoms, first + atoms + bonds):
            line = self.lines[index]
            self._check_bond(line[6:9].strip(), [line[:3].strip(), line[3:6].strip()], atoms, seen, index)
        for index in range(first + atoms + bonds, end):
            found = re.match(r"M  (?:CHG|ISO|RAD)\s+\d+((?:\s+-?\d+)+)\s*$", self.lines[index])
            beyond = [one for one in found[1].split()[::2] if not 1 <= int(one) <= atoms] if found else []
            if beyond:
                raise self.refuse(f"A property is of atom {beyond[0]}, but the atoms are 1 to {atoms}", index)
            if re.match(r"\s*\d+(\s+\d+){2,}\s*$", self.lines[index]):  # a bond; properties start with a letter
                raise self.refuse(
                    f"{shown(self.lines[index])} follows the {atoms} atoms and {bonds} bonds of the counts line", index
                )

    def _check_extended(self) -> None:
        block = [(index, line[7:].split()) for index, line in enumerate(self.lines) if line.startswith("M  V30 ")]
        counts = next(((index, parts) for index, parts in block if parts[:1] == ["COUNTS"]), None)
        if counts is None or len(counts[1]) < 3 or not all(part.isdecimal() for part in counts[1][1:3]):
            raise ToolInputError("The V3000 molfile has no COUNTS line", self.where, "export it again")
        atoms, bonds = int(counts[1][1][:9]), int(counts[1][2][:9])
        self._check_number(atoms, counts[0])
        section, numbers, found_bonds, seen = "", set[str](), 0, set[tuple[int, int]]()
        for index, parts in block:
            if parts[:1] in (["BEGIN"], ["END"]):
                section = " ".join(parts[1:2]) if parts[0] == "BEGIN" else ""
            elif section == "ATOM" and len(parts) > 1 and not parts[1].startswith("["):
                if parts[0] in numbers:
                    raise self.refuse(f"The molfile has two atoms of the number {parts[0]}", index)
                numbers.add(parts[0])
                self._check_atom(parts[1], parts[2:5], index)
            elif section == "BOND" and len(parts) > 3:
                found_bonds += 1
                if not {parts[2], parts[3]} <= numbers:
                    raise self.refuse(f"The bond {shown(' '.join(parts))} leads to an atom that is not there", index)
                self._check_bond(parts[1], parts[2:4], MOST_ATOMS * 1000, seen, index)
        if (atoms, bonds) != (len(numbers), found_bonds) and section == "":
            raise self.refuse(
                f"The COUNTS line promises {atoms} atoms and {bonds} bonds; there are {len(numbers)} and {found_bonds}",
                counts[0],
                "copy the whole file, or export it again",
            )

    def _check_number(self, atoms: int, index: int) -> None:
        if not atoms:
            raise self.refuse("The molfile has no atoms", index, "draw at least one atom")
        if atoms > MOST_ATOMS:
            raise self.refuse(f"The molfile has {atoms:,} atoms", index, f"at most {MOST_HEAVY_ATOMS:,} heavy ones")

    def _check_atom(self, symbol: str, coordinates: list[str], index: int) -> None:
        if symbol not in ELEMENT_NAMES and symbol not in _OTHER_SYMBOLS:
            raise self.refuse(f"{shown(symbol)} is no element", index, "write a symbol of the periodic table")
        if len(coordinates) != 3 or not all(map(_COORDINATE.fullmatch, coordinates)):
            raise self.refuse(f"{shown(' '.join(coordinates))} are no three coordinates", index)

    def _check_bond(self, order: str, ends: list[str], atoms: int, seen: set[tuple[int, int]], index: int) -> None:
        if not (ends[0].isdecimal() and ends[1].isdecimal()):
            raise self.refuse(f"{shown(self.lines[index])} is no bond of two atoms", index)
        first, last = int(ends[0]), int(ends[1])
        if not (1 <= first <= atoms and 1 <= last <= atoms):
            raise self.refuse(f"A bond joins {' and '.join(ends)}, but the atoms are 1 to {atoms}", index)
        pair = (first, last) if first < last else (last, first)
        if first == last:
            raise self.refuse(f"A bond joins atom {ends[0]} to itself", index)
        if pair in seen:
            raise self.refuse(f"A second bond joins atoms {' and '.join(ends)}", index)
        seen.add(pair)
        if order not in _PLAIN_BONDS:
            raise self.refuse(
                f"The bond type {shown(order)} is a query or unknown",
                index,
                "use 1, 2, 3, 4 (aromatic) or 9 (dative)",
            )

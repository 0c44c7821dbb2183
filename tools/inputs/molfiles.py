"""Molfiles (CTfile V2000 and V3000) and one-record SD files, checked line by line before RDKit reads them."""

from __future__ import annotations

import re

from rdkit import Chem, rdBase

from errors import ToolInputError, shown
from tools.inputs.smiles_errors import MOST_HEAVY_ATOMS


def read_molfile(text: str, where: str) -> tuple[Chem.Mol, tuple[str, ...]]:
    """An unsanitized molecule and notes; raises ``ToolInputError`` that names the line that is wrong."""
    records = [part for part in re.split(r"^\$\$\$\$.*$", text, flags=re.MULTILINE) if part.strip()]
    if len(records) > 1:
        raise ToolInputError(
            f"This SD file has {len(records)} records", where, "give one of them, or upload the file and use read_file"
        )
    lines = (records[0] if records else "").replace("\r\n", "\n").split("\n")
    counts = next((index for index, line in enumerate(lines) if re.search(r"\bV[23]000\b", line)), None)
    if counts is None:
        raise ToolInputError(
            "The molfile has no counts line", f"{where}, line 4", "its line 4 must end in V2000 or V3000"
        )
    if counts > 3:
        raise ToolInputError("The counts line is not line 4", f"{where}, line {counts + 1}", "keep three header lines")
    lines = [""] * (3 - counts) + lines
    notes = ["Converted from a molfile."]
    if counts < 3:
        notes.append("Header lines that the molfile lacked were added.")
    if not any(line.startswith("M  END") for line in lines):
        raise ToolInputError("The molfile ends before 'M  END'", f"{where}, line {len(lines)}", "copy the whole file")
    _check_counts(lines, where)
    with rdBase.BlockLogs():
        try:
            mol = Chem.MolFromMolBlock("\n".join(lines), sanitize=False, removeHs=False, strictParsing=True)
        except RuntimeError as error:  # RDKit lets a few broken V3000 blocks escape as this
            raise ToolInputError(f"The molfile cannot be read: {error}"[:200], where, "export it again") from None
    if mol is None:
        raise ToolInputError("The molfile cannot be read", where, "check its atom and bond lines, or export it again")
    if not mol.GetNumAtoms():
        raise ToolInputError("The molfile has no atoms", f"{where}, line 4", "draw at least one atom")
    for atom in mol.GetAtoms():
        if atom.HasQuery():
            raise ToolInputError(
                "The molfile holds a query atom, which stands for many molecules", f"{where}, atom {atom.GetIdx() + 1}",
                "replace it with one element",
            )  # fmt: skip
    with rdBase.BlockLogs():
        problems = Chem.DetectChemistryProblems(mol)
        if problems:
            raise ToolInputError(
                f"The molfile is no valid molecule: {problems[0].Message()}", where, "correct the atom"
            )
        if mol.GetNumConformers():
            Chem.AssignChiralTypesFromBondDirs(mol)
            Chem.DetectBondStereochemistry(mol)
    return mol, tuple(notes)


def _check_counts(lines: list[str], where: str) -> None:
    """Whether the counts line holds numbers, as many atom and bond lines follow, and they are within the cap."""
    line = lines[3]
    if "V3000" in line:
        found = re.search(r"^M  V30 COUNTS (\d+) (\d+)", "\n".join(lines), re.MULTILINE)
        if not found:
            raise ToolInputError("The V3000 molfile has no COUNTS line", where, "export it again")
        if int(found[1][:9]) > 4 * MOST_HEAVY_ATOMS:
            raise ToolInputError(
                f"The molfile has {found[1][:9]} atoms", where, f"at most {MOST_HEAVY_ATOMS:,} are taken"
            )
        return
    fields = line[:3].strip(), line[3:6].strip()
    if not all(field.isdigit() for field in fields):
        raise ToolInputError(f"The counts line {shown(line)} has no numbers", f"{where}, line 4", "export it again")
    atoms, bonds = map(int, fields)
    end = next(index for index, one in enumerate(lines) if one.startswith("M  END"))
    if 4 + atoms + bonds > end:
        raise ToolInputError(
            f"The molfile promises {atoms} atoms and {bonds} bonds but has {end - 4} lines for them",
            f"{where}, line 4", "copy the whole file, or export it again",
        )  # fmt: skip

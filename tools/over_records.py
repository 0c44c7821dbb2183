"""The records of a file that a tool is run over: a table's rows, an SD file's molecules, the sequences of FASTA or GenBank.

The kind is told by the content. Nothing is dropped: a record that cannot be read is broken and keeps its place.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from errors import ToolInputError, shown
from tools.inputs.file_kinds import READ, kind_of
from tools.inputs.molecule_files import read_sdf
from tools.inputs.opened_files import OpenedFile
from tools.inputs.records import Record
from tools.inputs.sequence_files import read_fasta, read_genbank
from tools.inputs.tables import (
    DELIMITERS,
    Row,
    TableContents,
    are_smiles,
    csv_rows,
    delimiter_of,
    lines_as_rows,
    table_of,
)
from tools.inputs.workbooks import workbook_rows

MOST_ROWS = 200_000
LOOKED_AT = 60  # records, to choose the column
_CALLED = {"sdf": "SDF", "mol": "MOL", "fasta": "FASTA", "genbank": "GenBank"}
_LONGEST_LINE = 400_000  # of a list of lines, as the longest sequence; a text with longer ones is none


@dataclass(frozen=True)
class Records:
    """``read`` goes through the records from the beginning, each time anew. ``columns`` are a table's, or the data fields of the
    first records; ``made`` are those of them that the reader made itself. ``has_header`` is None where there can be none.
    """

    called: str
    columns: tuple[str, ...]
    made: frozenset[str]
    notes: tuple[str, ...]
    read: Callable[[], Iterator[Record]]
    total: int
    has_header: bool | None = None

    @property
    def is_table(self) -> bool:
        return self.has_header is not None

    @property
    def holds_molecules(self) -> bool:
        return self.called in ("SDF", "MOL")

    def first(self) -> list[Record]:
        return list(itertools.islice(self.read(), LOOKED_AT))


def records_of(opened: OpenedFile, *, header: bool | None = None, whole_lines: bool = False) -> Records:
    """The records of a file; raises ``ToolInputError`` for one that has none to run a tool over, or too many.

    ``header`` says whether the first row of a table names its columns, where that is known; ``whole_lines`` that a line is one
    cell, whatever separators are in it.
    """
    if opened.is_workbook:
        return _table("XLSX", opened, lambda: workbook_rows(opened.archive, opened.name), header)
    kind = kind_of(opened.text, opened.name)
    if kind in ("pdb", "mmcif", "xyz"):
        raise ToolInputError(
            f"{shown(opened.name)} holds coordinates, not records to run a tool over",
            "file",
            "give a table, a list of lines, an SDF, a FASTA or a GenBank file; structure_report and read_file read coordinates",
        )
    if kind == "table":
        return _table_of_text(opened, header, whole_lines)
    return _of_records(_CALLED[kind], opened)


def _of_records(called: str, opened: OpenedFile) -> Records:
    text = opened.text
    if called in ("SDF", "MOL"):
        made = frozenset[str]() if "<atoms>" in text else frozenset(("atoms",))  # the reader's count of atoms
        read, total = (lambda: read_sdf(text)), _sd_records(text)
    elif called == "FASTA":
        made = frozenset(("length", "kind"))
        read, total = (lambda: read_fasta(text)), _fasta_records(text)
    else:
        made = frozenset(("length", "kind", "topology", "features"))
        read, total = (lambda: read_genbank(text)), _genbank_records(text)
    _refuse_number(total, opened.name)
    first = itertools.islice(read(), LOOKED_AT)
    columns = dict.fromkeys(name for record in first for name in record.values if name not in made)
    return Records(called, tuple(columns), made, opened.notes, read, total)


def _sd_records(text: str) -> int:
    """As ``read_sdf`` counts them, without reading one: up to each ``$$$$``, and what follows the last."""
    ends = [found.start() for found in re.finditer(r"^\$\$\$\$", text, re.MULTILINE)]
    behind = text[ends[-1] :].partition("\n")[2] if ends else text
    return len(ends) + bool(behind.strip())


def _fasta_records(text: str) -> int:
    """As ``read_fasta`` counts them: the headers, and lines before the first."""
    count, held = 0, False
    for line in text.split("\n"):
        if line.startswith(">"):
            count += held
            held = True
        elif not line.startswith(";") and line.strip():
            held = True
    return count + held


def _genbank_records(text: str) -> int:
    """As ``read_genbank`` counts them: up to each ``//``, or to the next LOCUS where that is missing."""
    count, held = 0, False
    for line in text.split("\n"):
        if line.startswith("LOCUS"):
            count += held
            held = True
        elif line.startswith("//"):
            count += 1
            held = False
        elif line.strip():
            held = True
    return count + held


def _table_of_text(opened: OpenedFile, header: bool | None, whole_lines: bool) -> Records:
    text = opened.text
    delimiter = None if whole_lines else delimiter_of(text)
    if delimiter is not None:
        said = [f"Its fields are separated by {DELIMITERS[delimiter]}."]
        called = "TSV" if delimiter == "\t" else "CSV"
        return _table(called, opened, lambda: (csv_rows(text, delimiter), said), header)
    if any(len(line) > _LONGEST_LINE for line in text.split("\n")):
        raise ToolInputError(f"{shown(opened.name)} is text in no format known here", "file", READ)
    first = [row for _, row, _ in itertools.islice(lines_as_rows(text), LOOKED_AT)]
    words = [row[0] for row in first]
    named = {len(row) for row in first[1:] or first} != {1} and (are_smiles(words) or are_smiles(words[1:]))
    if named and not whole_lines:
        said = ["Each line was read as a SMILES, and what follows a blank as its name."]
        return _table("list of lines", opened, lambda: (lines_as_rows(text), said), header)
    return _table("list of lines", opened, lambda: (_cells_of_lines(text), ["Each line was read as one cell."]), header)


def _cells_of_lines(text: str) -> Iterator[Row]:
    """A cell a line; a blank line between others is an empty cell, since nothing else could stand for one."""
    for number, line in enumerate(text.rstrip().split("\n"), 1):
        quoted = re.fullmatch(r'\s*"((?:[^"]|"")*)"\s*', line)
        yield number, [quoted[1].replace('""', '"') if quoted else line], ""


def _table(
    called: str, opened: OpenedFile, rows: Callable[[], tuple[Iterator[Row], list[str]]], header: bool | None
) -> Records:
    def contents() -> TableContents:
        found, said = rows()
        return table_of(found, said, header=header)

    table = contents()
    total = sum(1 for _ in table.records)
    _refuse_number(total, opened.name)
    if called in ("CSV", "TSV") and (blank := _blank_lines(opened.text)):
        table = replace(table, notes=(*table.notes, f"Blank lines are no rows: {blank:,} were passed over."))
    return Records(
        called, table.columns, frozenset(), (*opened.notes, *table.notes), lambda: contents().records, total, table.has_header
    )  # fmt: skip


def _blank_lines(text: str) -> int:
    """Between others, outside quotation marks."""
    return sum(len(re.findall(r"\n(?=\n)", outside)) for outside in text.strip("\n").split('"')[::2])


def _refuse_number(total: int, name: str) -> None:
    if not total:
        raise ToolInputError(f"{shown(name)} holds no records", "file", "check that it was saved whole")
    if total > MOST_ROWS:
        raise ToolInputError(
            f"{shown(name)} has {total:,} records; at most {MOST_ROWS:,} are taken at once",
            "file",
            "split it into parts",
        )

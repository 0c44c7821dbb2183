"""What is in an attached file, record by record: ``read_file``."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from errors import ToolInputError, shown
from tools.biology.structure_contents import chains_of
from tools.biology.structure_quality import headings
from tools.biology.structure_views import structure_view
from tools.chemistry.drawing import drawn_if_legible
from tools.inputs import FileText
from tools.inputs.column_tally import ColumnTally
from tools.inputs.file_kinds import READ, kind_of
from tools.inputs.molecule_files import has_depth, read_sdf, read_xyz, smiles_of
from tools.inputs.molecules import parse_molecule
from tools.inputs.opened_files import OpenedFile, open_file
from tools.inputs.records import Record
from tools.inputs.sequence_files import is_plain_sequence, read_fasta, read_genbank
from tools.inputs.structure_files import ParsedStructure, read_structure
from tools.inputs.tables import (
    DELIMITERS,
    MOST_COLUMNS,
    TableContents,
    are_smiles,
    csv_rows,
    delimiter_of,
    lines_as_rows,
    table_of,
)
from tools.inputs.workbooks import workbook_rows
from tools.outputs import Cell, Structure3D, Table, ToolOutput, View
from tools.registry import tool

MOST_SHOWN = 50
MOST_BROKEN_TOLD = 100
MOST_COLUMNS_SHOWN = 16
MOST_COLUMNS_TOLD = 100
LONGEST_CELL = 200
MOST_FRAMES = 20
MOST_NAMES_KEPT = 1_000_000
_CALLED = {
    "fasta": "FASTA", "genbank": "GenBank", "mmcif": "mmCIF", "pdb": "PDB", "sdf": "SDF", "mol": "MOL", "xyz": "XYZ", "csv": "CSV",
    "tsv": "TSV", "xlsx": "XLSX", "lines": "list of lines",
}  # fmt: skip


@dataclass
class _Reading:
    """What going once through the records has found; ``doubled`` maps a repeated name to the numbers of its records."""

    kind: str
    notes: list[str]
    count: int = 0
    first: list[Record] = field(default_factory=list)
    broken: list[Record] = field(default_factory=list)
    broken_count: int = 0
    doubled: dict[str, list[int]] = field(default_factory=dict)
    columns: dict[str, ColumnTally] = field(default_factory=dict)


@tool(
    group="protein and structure",
    libraries=("rdkit", "gemmi", "biopython"),
    asks=(
        "read the file", "open the file", "what is in this file", "attached file", "uploaded file", "SDF", "FASTA file", "GenBank file", "CSV", "TSV",
        "Excel", "XLSX", "spreadsheet", "XYZ file", "molfile", "how many records", "columns", "broken records", "table of compounds",
    ),
    time_limit_s=120,  # 100 MB of rows on a busy machine
)  # fmt: skip
def read_file(file: FileText) -> ToolOutput:
    """Read an attached file, whatever its name: SDF, MOL, PDB, mmCIF, FASTA, GenBank, CSV, TSV, XLSX or XYZ, also in gzip. Gives the
    kind, the number of records, the columns, the first records, and the broken ones by number and line.

    At most 100 MB. Raises ``ToolInputError`` for a file in another format, and for one that cannot be read at all.
    """
    return contents_of(open_file(file))


def contents_of(opened: OpenedFile) -> ToolOutput:
    """``read_file`` of a file that is open; raises ``ToolInputError`` as that does."""
    if opened.is_workbook:
        rows, notes = workbook_rows(opened.archive, opened.name)
        return _from_records("xlsx", opened, *_of_table(table_of(rows, notes)))
    kind = kind_of(opened.text, opened.name)
    if kind in ("pdb", "mmcif"):
        return _from_structure(opened, read_structure(opened.text))
    if kind in ("sdf", "mol"):
        return _from_records(kind, opened, read_sdf(opened.text), [])
    if kind == "xyz":
        return _from_records(kind, opened, read_xyz(opened.text), [])
    if kind == "fasta":
        plain = ["It has no header, and all of it was read as one sequence."] if is_plain_sequence(opened.text) else []
        return _from_records(kind, opened, read_fasta(opened.text), plain)
    if kind == "genbank":
        return _from_records(kind, opened, read_genbank(opened.text), [])
    called, contents = _table_in(opened)
    return _from_records(called, opened, *_of_table(contents))


def _of_table(contents: TableContents) -> tuple[Iterator[Record], list[str]]:
    return contents.records, list(contents.notes)


def _table_in(opened: OpenedFile) -> tuple[str, TableContents]:
    """A table with a delimiter, or lines of SMILES; raises ``ToolInputError`` for other text."""
    delimiter = delimiter_of(opened.text)
    if delimiter is not None:
        said = [f"Its fields are separated by {DELIMITERS[delimiter]}."]
        return "tsv" if delimiter == "\t" else "csv", table_of(csv_rows(opened.text, delimiter), said)
    first = [row for _, row, _ in itertools.islice(lines_as_rows(opened.text), MOST_SHOWN)]
    words = [row[0] for row in first]
    if are_smiles(words) or (len(words) > 1 and are_smiles(words[1:])):
        widths = {len(row) for row in first[1:]} or {len(first[0])}
        rows = lines_as_rows(opened.text)
        if widths == {1}:
            rows = ((line, [" ".join(row)], wrong) for line, row, wrong in rows)
        return "lines", table_of(rows, ["Each line was read as a SMILES, and what follows a blank as its name."])
    if len(first) > 1 and all(len(row) == 1 for row in first):
        return "lines", table_of(lines_as_rows(opened.text), ["It has one column."])
    raise ToolInputError(f"{shown(opened.name)} is text in no format known here", "file", READ)


def _from_records(kind: str, opened: OpenedFile, records: Iterator[Record], notes: list[str]) -> ToolOutput:
    reading = _gone_through(kind, records, [*opened.notes, *notes])
    if not reading.count:
        raise ToolInputError(f"{shown(opened.name)} holds no records", "file", "check that it was saved whole")
    if reading.broken_count == reading.count == 1:
        one = reading.broken[0]
        raise ToolInputError(
            f"The {_CALLED[kind]} file {shown(opened.name)} {one.broken}", f"file, line {one.broken_line or one.line}",
            "correct it there, or save the file again",
        )  # fmt: skip
    unit = {
        "fasta": "sequence",
        "genbank": "record",
        "xyz": "frame",
        "sdf": "record",
        "mol": "molecule",
        "lines": "line",
    }.get(kind, "row")
    data: dict[str, Any] = {
        "file": opened.name,
        "kind": _CALLED[kind],
        "size_bytes": opened.size_bytes,
        "count": reading.count,
        "good_count": reading.count - reading.broken_count,
        "broken_count": reading.broken_count,
        "broken": [
            {"record": one.number, "line": one.broken_line or one.line, "what": one.broken} for one in reading.broken
        ],
        "columns": [tally.as_data() for tally in itertools.islice(reading.columns.values(), MOST_COLUMNS_TOLD)],
        "first_names": [one.name for one in reading.first[:10] if one.name],
        "repeated_names": {name: numbers[:10] for name, numbers in itertools.islice(reading.doubled.items(), 20)},
    }
    if reading.doubled:
        named = ", ".join(
            f"{shown(name)} (records {', '.join(map(str, numbers[:5]))})"
            for name, numbers in itertools.islice(reading.doubled.items(), 5)
        )
        reading.notes.append(
            f"{len(reading.doubled):,} name{'s are' if len(reading.doubled) > 1 else ' is'} borne by several records: {named}."
        )
    if reading.broken_count > len(reading.broken):
        reading.notes.append(f"The first {len(reading.broken)} of {reading.broken_count:,} broken records are listed.")
    counted = f"{reading.count:,} {unit}{'' if reading.count == 1 else 's'}"
    summary = f"{opened.name}: {_article(_CALLED[kind])}{' file' if kind != 'lines' else ''} with {counted}"
    if reading.columns and kind not in ("fasta", "genbank", "xyz"):
        summary += f" and {len(reading.columns):,} column{'' if len(reading.columns) == 1 else 's'}"
    if reading.broken_count:
        one = reading.broken[0]
        summary += f"; {reading.broken_count:,} broken, the first is record {one.number} (line {one.broken_line or one.line}), which {one.broken}"
    return ToolOutput(summary=summary + ".", data=data, views=_views(reading), notes=tuple(reading.notes))


def _gone_through(kind: str, records: Iterator[Record], notes: list[str]) -> _Reading:
    reading = _Reading(kind, notes)
    seen: dict[str, int] = {}
    for record in records:
        reading.count += 1
        if len(reading.first) < MOST_SHOWN:
            reading.first.append(record)
        if record.broken:
            reading.broken_count += 1
            if len(reading.broken) < MOST_BROKEN_TOLD:
                reading.broken.append(record)
            continue
        for column, value in record.values.items():
            if column not in reading.columns:
                if len(reading.columns) == MOST_COLUMNS:
                    continue
                reading.columns[column] = ColumnTally(column)
            reading.columns[column].take(value)
        name = _identifier(kind, record)
        if name and len(seen) < MOST_NAMES_KEPT:
            if name in seen:
                reading.doubled.setdefault(name, [seen[name]]).append(record.number)
            else:
                seen[name] = record.number
    return reading


def _article(name: str) -> str:
    return f"an {name}" if name in ("SDF", "XYZ", "XLSX", "mmCIF") else f"a {name}"


def _identifier(kind: str, record: Record) -> str:
    """What should be its own for each record: its name, or in a table the value of a column that is called so."""
    if kind in ("xyz", "mol"):
        return ""
    if kind in ("fasta", "genbank", "sdf"):
        return record.name
    for column, value in itertools.islice(record.values.items(), 3):
        if column.strip().lower() in (
            "id",
            "identifier",
            "code",
            "accession",
            "compound id",
            "compound_id",
            "name",
            "cas",
        ):
            return value.strip()
    return ""


def _views(reading: _Reading) -> tuple[View, ...]:
    smiles = reading.kind in ("sdf", "mol")
    columns = list(itertools.islice(reading.columns, MOST_COLUMNS_SHOWN))
    rows: list[tuple[Cell, ...]] = []
    for record in reading.first:
        cells: list[Cell] = [record.number, record.line]
        if reading.kind in ("fasta", "genbank", "sdf", "mol"):
            cells.append(record.name)
        if smiles:
            cells.append("" if record.broken else smiles_of(record)[:LONGEST_CELL])
        cells += [record.values.get(column, "")[:LONGEST_CELL] for column in columns]
        rows.append((*cells, record.broken) if reading.broken else tuple(cells))
    named = ("Name",) if reading.kind in ("fasta", "genbank", "sdf", "mol") else ()
    heads = (
        "Record",
        "Line",
        *named,
        *(("SMILES",) if smiles else ()),
        *columns,
        *(("Broken",) if reading.broken else ()),
    )
    title = f"The first {len(rows)} of {reading.count:,} records" if reading.count > len(rows) else "Records"
    views: list[View] = [Table(title=title, columns=heads, rows=tuple(rows))]
    if reading.broken:
        told = tuple((one.number, one.broken_line or one.line, one.name, one.broken) for one in reading.broken)
        views.append(Table(title="Broken records", columns=("Record", "Line", "Name", "What is wrong"), rows=told))
    if len(reading.columns) > 1 and reading.kind not in ("fasta", "genbank", "xyz"):
        tallied = tuple(tally.as_row() for tally in reading.columns.values())
        views.append(
            Table(title="Columns", columns=("Column", "Holds", "Filled", "Empty", "Least", "Most"), rows=tallied)
        )
    return (*_pictures(reading), *views)


def _pictures(reading: _Reading) -> list[View]:
    """The first molecule drawn, or in three dimensions where its coordinates are; the frames of an XYZ file."""
    good = [record for record in reading.first if not record.broken]
    if reading.kind == "xyz" and good:
        frames = good[:MOST_FRAMES]
        labels = tuple(f"frame {record.number}" for record in frames) if len(frames) > 1 else ()
        return [
            Structure3D(
                format="xyz", models=tuple(record.text for record in frames), labels=labels, title="Coordinates"
            )
        ]
    if reading.kind not in ("sdf", "mol") or not good:
        return []
    first = good[0]
    if has_depth(first):
        return [Structure3D(format="sdf", models=(first.text,), title=first.name or f"Record {first.number}")]
    try:
        drawings, _ = drawn_if_legible(parse_molecule(first.text), caption=first.name or f"record {first.number}")
    except ToolInputError:  # what is no one molecule has no drawing
        return []
    return list(drawings)


def _from_structure(opened: OpenedFile, parsed: ParsedStructure) -> ToolOutput:
    title, heading_data = headings(parsed.structure)
    chains = chains_of(parsed.structure)
    models = len(parsed.structure)
    data = {
        "file": opened.name,
        "kind": _CALLED[parsed.format],
        "size_bytes": opened.size_bytes,
        **heading_data,
        "count": models,
        "broken_count": 0,
        "models": models,
        "atoms": parsed.structure[0].count_atom_sites(),
        "chains": [
            {
                "chain": row.name,
                "kind": row.kind or "no polymer",
                "residues": row.residues,
                "ligands": row.ligands,
                "waters": row.waters,
            }
            for row in chains
        ],
    }
    rows = tuple((row.name, row.kind or "no polymer", row.residues, row.ligands, row.waters) for row in chains)
    views, notes = structure_view(parsed, title or opened.name)
    table = Table(title="Chains", columns=("Chain", "Kind", "Residues", "Ligands", "Waters"), rows=rows)
    residues = sum(row.residues for row in chains)
    summary = (
        f"{opened.name}: {_article(_CALLED[parsed.format])} file{f' ({title})' if title else ''} with {models} model{'' if models == 1 else 's'}, "
        f"{len(chains)} chain{'' if len(chains) == 1 else 's'}, {residues:,} residues and {data['atoms']:,} atoms."
    )
    said = (
        *opened.notes,
        *parsed.notes,
        "structure_report says more: gaps, secondary structure, surface, contacts.",
        *notes,
    )
    return ToolOutput(summary=summary, data=data, views=(*views, table), notes=said)

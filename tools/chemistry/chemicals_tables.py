"""Rows of the ``chemicals`` package's data files by CAS number, read as text.

The package's own lookups load every table with pandas (seconds for the first question of a worker); a row is found here
by a search for its CAS number, or for its InChIKey in a sorted list of them. What a column means and which unit it has is said where it is used: all are SI.
"""

from __future__ import annotations

import bisect
import functools
import importlib.util
import re
from pathlib import Path

_INTEGER_KEYS = frozenset(("common_chemistry_data.tsv", "webbook_constants.tsv", "wikidata_properties.tsv"))
IDENTIFIERS = (
    "chemical identifiers pubchem small.tsv",
    "chemical identifiers example user db.tsv",
    "Inorganic db.tsv",
    "Cation db.tsv",
    "Anion db.tsv",
    "chemical identifiers pubchem large.tsv",
)
_KEY_COLUMN = 6  # of the identifier tables
_SKELETON, _PLACE = 14, 5  # letters that say the atoms and bonds, and bytes that say where
_INCHIKEY = re.compile(rb"[A-Z]{14}-[A-Z]{10}-[A-Z]")


@functools.cache
def folder() -> Path:
    """Where ``chemicals`` keeps its tables, found without importing it."""
    package = importlib.util.find_spec("chemicals")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("the package 'chemicals' is not installed")
    return Path(package.submodule_search_locations[0])


def row(table: str, cas: str) -> dict[str, str]:
    """The row of a CAS number in a table such as ``"Safety/NFPA 497 2008.tsv"``, column to text; ``{}`` for none."""
    text = _text(table)
    key = cas.replace("-", "") if Path(table).name in _INTEGER_KEYS else cas
    columns = _line(text, 0)
    if columns[0] != "CAS":
        raise ValueError(f"{table} does not begin with CAS numbers")
    at = text.find(b"\n" + key.encode() + b"\t")
    cells = _line(text, at + 1) if at >= 0 else []
    return {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}


@functools.cache
def _text(table: str) -> bytes:
    """A table whole: all that are asked by CAS number have 5 MB together."""
    return (folder() / table).read_bytes()


def number(table: str, cas: str, column: str) -> float | None:
    """One figure of a row, in the table's (SI) unit; None where the row or the cell is missing."""
    cell = row(table, cas).get(column)
    return float(cell) if cell else None


def rows_with_inchikey(key: str) -> list[list[str]]:
    """Every row of the identifier tables with this InChIKey, each once, those of the smaller tables first."""
    return [cells for cells in rows_with_skeleton(key) if cells[_KEY_COLUMN] == key]


def rows_with_skeleton(key: str) -> list[list[str]]:
    """The rows whose InChIKey begins with the 14 letters of ``key``: the same atoms and bonds, any stereo and charge."""
    skeleton, records = key[:_SKELETON].encode(), _skeletons()
    size = _SKELETON + _PLACE
    first = bisect.bisect_left(
        range(len(records) // size), skeleton, key=lambda number: records[number * size : number * size + _SKELETON]
    )
    found: list[list[str]] = []
    for at in range(first * size, len(records), size):
        if records[at : at + _SKELETON] != skeleton:
            break
        table, start = records[at + _SKELETON], int.from_bytes(records[at + _SKELETON + 1 : at + size], "big")
        with _identifiers(IDENTIFIERS[table]).open("rb") as file:
            file.seek(start)
            cells = file.readline().decode("utf-8").rstrip("\r\n").split("\t")
        if cells not in found:
            found.append(cells)
    return found


@functools.cache
def _skeletons() -> bytes:
    """A record for each row that has an InChIKey, sorted: the key's first 14 letters, the number of the table (1 byte) and
    where in it the row begins (4 bytes). 1.5 MB, made in 0.15 s; the 45 MB themselves take 0.06 s to be searched once."""
    records = []
    for number, table in enumerate(IDENTIFIERS):
        start = 0
        with _identifiers(table).open("rb") as file:
            for line in file:
                cells = line.split(b"\t", _KEY_COLUMN + 1)
                if len(cells) > _KEY_COLUMN and _INCHIKEY.fullmatch(cells[_KEY_COLUMN]):
                    records.append(cells[_KEY_COLUMN][:_SKELETON] + bytes((number,)) + start.to_bytes(4, "big"))
                start += len(line)
    return b"".join(sorted(records))


def _identifiers(table: str) -> Path:
    return folder() / "Identifiers" / table


def _line(text: bytes, start: int) -> list[str]:
    stop = text.find(b"\n", start)
    return text[start : stop if stop >= 0 else len(text)].decode("utf-8").rstrip("\r").split("\t")

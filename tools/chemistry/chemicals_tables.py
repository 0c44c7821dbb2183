"""Rows of the ``chemicals`` package's data files by CAS number, read as text.

The package's own lookups load every table with pandas (seconds for the first question of a worker); a row is found here
by a search for its CAS number. What a column means and which unit it has is said where it is used: all are SI.
"""

from __future__ import annotations

import functools
import importlib.util
import mmap
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


@functools.cache
def folder() -> Path:
    """Where ``chemicals`` keeps its tables, found without importing it."""
    package = importlib.util.find_spec("chemicals")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("the package 'chemicals' is not installed")
    return Path(package.submodule_search_locations[0])


def row(table: str, cas: str) -> dict[str, str]:
    """The row of a CAS number in a table such as ``"Safety/NFPA 497 2008.tsv"``, column to text; ``{}`` for none."""
    path = folder() / table
    key = cas.replace("-", "") if path.name in _INTEGER_KEYS else cas
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        columns = _line(text, 0)
        if columns[0] != "CAS":
            raise ValueError(f"{table} does not begin with CAS numbers")
        at = text.find(b"\n" + key.encode() + b"\t")
        cells = _line(text, at + 1) if at >= 0 else []
    return {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}


def number(table: str, cas: str, column: str) -> float | None:
    """One figure of a row, in the table's (SI) unit; None where the row or the cell is missing."""
    cell = row(table, cas).get(column)
    return float(cell) if cell else None


def rows_with_cell(cell: str, tables: tuple[str, ...] = IDENTIFIERS) -> list[list[str]]:
    """Every row of the identifier tables of which one cell is exactly ``cell``, each once."""
    return _rows(re.compile(rb"\t" + re.escape(cell.encode()) + rb"[\t\n]"), tables)


def rows_with_skeleton(key: str, tables: tuple[str, ...] = IDENTIFIERS) -> list[list[str]]:
    """The rows whose InChIKey begins with the 14 letters of ``key``: the same atoms and bonds, any stereo and charge."""
    return _rows(re.compile(rb"\t" + key[:14].encode() + rb"-[A-Z]{10}-[A-Z]\t"), tables)


def _rows(pattern: re.Pattern[bytes], tables: tuple[str, ...]) -> list[list[str]]:
    found: list[list[str]] = []
    for table in tables:
        path = folder() / "Identifiers" / table
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            for match in pattern.finditer(text):
                cells = _line(text, text.rfind(b"\n", 0, match.start() + 1) + 1)
                if cells not in found:
                    found.append(cells)
    return found


def _line(text: mmap.mmap, start: int) -> list[str]:
    stop = text.find(b"\n", start)
    return text[start : stop if stop >= 0 else len(text)].decode("utf-8").rstrip("\r").split("\t")

"""The large tables of names, of the chemicals package: their rows by a name or a CAS number."""

from __future__ import annotations

import importlib.util
import mmap
from functools import lru_cache
from pathlib import Path

from tools.inputs.name_index import places_of

_CHEMICALS_TABLES = (
    "chemical identifiers pubchem small.tsv",
    "chemical identifiers example user db.tsv",
    "Inorganic db.tsv",
    "Cation db.tsv",
    "Anion db.tsv",
    "chemical identifiers pubchem large.tsv",
)


@lru_cache(maxsize=1)
def table_paths() -> tuple[Path, ...]:
    package = importlib.util.find_spec("chemicals")
    if package is None or not package.submodule_search_locations:
        return ()
    folder = Path(package.submodule_search_locations[0]) / "Identifiers"
    return tuple(path for title in _CHEMICALS_TABLES if (path := folder / title).exists())


def rows_with(wanted: str) -> list[list[str]]:
    """Rows of all tables whose CAS number or one of whose names is ``wanted`` (lower case, as the large table has them)."""
    paths = table_paths()
    places = places_of(wanted, paths)
    if places is None:
        return [row for path in paths for row in _rows_of(path, wanted)]
    rows = (_row_at(paths[table], start) for table, start in places)
    return [row for row in rows if wanted in (cell.lower() for cell in (row[1], *row[7:]))]


def _row_at(path: Path, start: int) -> list[str]:
    with path.open("rb") as file:
        file.seek(start)
        return file.readline().decode("utf-8").rstrip("\n").split("\t")


def _rows_of(path: Path, wanted: str) -> list[list[str]]:
    rows = []
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        searched = text if path.stat().st_size > 5_000_000 else text[:].lower()
        for end in (b"\t", b"\n"):  # with its end: "fe" alone begins a thousand names
            needle = b"\t" + wanted.encode() + end
            at = searched.find(needle)
            while at >= 0:
                start, stop = text.rfind(b"\n", 0, at) + 1, text.find(b"\n", at)
                row = text[start : stop if stop >= 0 else len(text)].decode("utf-8").split("\t")
                if row not in rows:
                    rows.append(row)
                at = searched.find(needle, at + 1)
    return rows

"""Where a name or a CAS number stands in the large tables: found in microseconds, where reading the tables takes 40 ms.

Set-up writes a 64-bit hash of each of them, sorted, with the place of its row. Without that file, or with one of
other tables, the tables are read.
"""

from __future__ import annotations

import hashlib
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

INDEX = Path(__file__).resolve().parents[2] / "models" / "names.index"
_HASH_BYTES = 8
#: ``table`` is its number in the sequence, ``start`` where the row begins in it, in bytes.
_ENTRY = np.dtype([("hash", "<u8"), ("table", "<u1"), ("start", "<u4")])


def places_of(name: str, tables: Sequence[Path]) -> list[tuple[int, int]] | None:
    """Table and start of every row that may be called ``name`` (lower case), in order; None where there is no index."""
    entries = _entries(tuple(tables))
    if entries is None:
        return None
    wanted, hashes = int.from_bytes(_hash(name.encode("utf-8", "surrogatepass")), "little"), entries["hash"]
    # not np.searchsorted: the hashes do not lie side by side, and it would copy all of them each time
    first, last = bisect_left(hashes, wanted), bisect_right(hashes, wanted)
    return [(int(entry["table"]), int(entry["start"])) for entry in entries[first:last]]


def write_index(tables: Sequence[Path], to: Path = INDEX) -> int:
    """Read the tables and write their index; returns how many it holds."""
    entries = np.unique(np.fromiter(_cells(tables), dtype=_ENTRY))
    to.parent.mkdir(parents=True, exist_ok=True)
    unfinished = to.with_suffix(".part")
    unfinished.write_bytes(_heading(tables) + entries.tobytes())
    unfinished.replace(to)
    return len(entries)


def _cells(tables: Sequence[Path]) -> Iterator[tuple[int, int, int]]:
    for number, path in enumerate(tables):
        start = 0
        for line in path.read_bytes().splitlines(keepends=True):
            _, cas, _, _, _, _, _, *names = line.lower().rstrip(b"\n").split(b"\t")
            for cell in (cas, *names):
                yield int.from_bytes(_hash(cell), "little"), number, start
            start += len(line)


@lru_cache(maxsize=4)
def _entries(tables: tuple[Path, ...]) -> np.ndarray | None:
    heading = _heading(tables)
    try:
        with INDEX.open("rb") as file:
            if file.read(len(heading)) != heading:
                return None
        return np.memmap(INDEX, dtype=_ENTRY, mode="r", offset=len(heading))
    except (OSError, ValueError):
        return None


def _heading(tables: Sequence[Path]) -> bytes:
    """Of which tables: a hash of their names and sizes."""
    return _hash(repr([(path.name, path.stat().st_size) for path in tables]).encode())


def _hash(name: bytes) -> bytes:
    return hashlib.blake2b(name, digest_size=_HASH_BYTES).digest()


if __name__ == "__main__":
    from tools.inputs.name_tables import table_paths

    print(f"{write_index(table_paths()):,} names of the tables are indexed.", file=sys.stderr)

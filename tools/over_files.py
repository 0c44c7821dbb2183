"""What a batch over a file leaves in its folder, and how it is read: by the page while it grows, by anybody once it is done.

``python -m tools over`` writes it (``tools.over_running``). Reading needs no library of chemistry, and no more than the rows
that are asked for.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

ROWS, INDEX, STATE, RESULTS_CSV, RESULTS_SDF = "rows.jsonl", "rows.idx", "state.json", "results.csv", "results.sdf"
#: In place of the rows, what a tool said that was given all records together, as ``python -m tools call`` prints it.
RESULT = "result.json"
_OFFSET = struct.Struct("<Q")  # where in ROWS the row of that number begins


def index_entry(offset: int) -> bytes:
    """How ``INDEX`` holds the place in bytes at which a row begins."""
    return _OFFSET.pack(offset)


def read_rows(folder: str | Path, start: int, count: int) -> list[dict[str, Any]]:
    """Rows ``start`` (from 0) up to ``start + count`` as far as they are written; an empty list beyond the last.

    A row has ``row`` (from 1), ``line``, ``name``, ``input``, ``values`` (the file's own columns), ``ok``, and either ``summary``,
    ``data`` (no lists or objects: those are JSON in a text) and ``notes``, or ``error`` and ``sentence``.
    """
    if count <= 0:
        return []
    path = Path(folder)
    try:
        with (path / INDEX).open("rb") as index:
            index.seek(max(start, 0) * _OFFSET.size)
            offsets = index.read(count * _OFFSET.size)
        there = len(offsets) // _OFFSET.size
        if not there:
            return []
        with (path / ROWS).open("rb") as rows:
            rows.seek(_OFFSET.unpack_from(offsets)[0])
            return [json.loads(rows.readline()) for _ in range(there)]
    except (FileNotFoundError, NotADirectoryError):
        return []


def read_state(folder: str | Path) -> dict[str, Any]:
    """How far the batch is; an empty object where it has not begun.

    ``state``: "running", "done", "stopped" (by a person, or at the limit on the output) or "failed" (nothing could be run; then
    ``sentence`` and ``error`` say why). ``done``, ``failed`` (of those done), ``total`` (None while it is not known), ``seconds``,
    ``left_s`` (an estimate, or None), ``columns`` (the names in the rows' data, in order of their first appearance), ``file``,
    ``kind``, ``tool``, ``arguments``, ``column``, ``original_columns``, ``notes``, ``libraries``, ``files`` (to download).
    """
    try:
        return json.loads((Path(folder) / STATE).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {}

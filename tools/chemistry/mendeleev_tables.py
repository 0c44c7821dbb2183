"""mendeleev's tables, read from its SQLite file without its object layer.

Importing mendeleev takes a second and 200 MB of address space, most of it for pandas; the tables need neither. The file
is opened read-only and as immutable, so that no journal is written beside it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from errors import ToolError


@cache
def _database() -> Path:
    found = find_spec("mendeleev")
    if found is None or found.origin is None:
        raise ToolError("mendeleev is not installed; install the requirements of Retort again.")
    return Path(found.origin).parent / "elements.db"


def rows(query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The rows of a SELECT, each a dict of its columns."""
    with closing(sqlite3.connect(f"{_database().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query, tuple(values))]

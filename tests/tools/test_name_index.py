"""The index of names: what it finds is what reading the tables finds."""

from __future__ import annotations

import random

from tools.inputs import name_index, name_tables


def test_the_index_finds_the_rows_that_reading_the_tables_finds(monkeypatch):
    """For names drawn from all tables, and for words that are none."""
    paths = name_tables.table_paths()
    drawn = random.Random(3)
    rows = [drawn.choice(path.read_text(encoding="utf-8").splitlines()).split("\t") for path in paths for _ in range(8)]
    wanted = [drawn.choice((row[1], *row[7:])).lower() for row in rows]
    wanted += [f"{name}ish" for name in wanted[:8]]
    assert name_index.places_of("aspirin", paths), "set-up writes the index: make setup"
    found = [name_tables.rows_with(name) for name in wanted]
    monkeypatch.setattr(name_tables, "places_of", lambda name, paths: None)
    read = [name_tables.rows_with(name) for name in wanted]
    named = [
        [row for row in rows if name in (row[1], *map(str.lower, row[7:]))]
        for name, rows in zip(wanted, read, strict=True)
    ]
    assert [sorted(rows) for rows in found] == [sorted(rows) for rows in named]
    assert sum(map(bool, found)) >= 48


def test_an_index_of_other_tables_is_not_used(tmp_path, monkeypatch):
    table = tmp_path / "table.tsv"
    table.write_text("1\t50-78-2\tC9H8O4\t180.16\tCC\t\tKEY\taspirin\tAspirin\n", encoding="utf-8")
    monkeypatch.setattr(name_index, "INDEX", tmp_path / "names.index")
    assert name_index.places_of("aspirin", [table]) is None
    assert name_index.write_index([table], tmp_path / "names.index") == 2
    name_index._entries.cache_clear()
    assert name_index.places_of("aspirin", [table]) == [(0, 0)]
    table.write_text("1\t50-78-2\tC9H8O4\t180.16\tCC\t\tKEY\tacetylsalicylic acid\n", encoding="utf-8")
    name_index._entries.cache_clear()
    assert name_index.places_of("aspirin", [table]) is None
    name_index._entries.cache_clear()

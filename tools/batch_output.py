"""What a batch over a file writes: rows as they come, its state, and at the end a table and an SD file to download."""

from __future__ import annotations

import csv
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from tools.inputs.tables import is_number
from tools.over_files import INDEX, RESULT, RESULTS_CSV, RESULTS_SDF, ROWS, STATE, index_entry

MOST_OUTPUT_BYTES = 500_000_000  # of the rows and the SD file together
LONGEST_CELL = 32_767  # characters: what a cell of Excel holds
LONGEST_INPUT = 1_000
MOST_NOTES_COUNTED = 5_000
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_OWN_COLUMNS = ("row", "name", "input")
_LAST_COLUMNS = ("notes", "error")


@dataclass(frozen=True)
class RowAnswer:
    """One row answered: ``row`` as ``ROWS`` holds it; ``molblock`` for the SD file, empty where there is none."""

    row: dict[str, Any]
    molblock: str = ""
    libraries: Mapping[str, str] = field(default_factory=dict)


def flat(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data whose lists and objects are JSON in a text, or what they are where that is longer than a cell may be."""
    return {name: _scalar(value) for name, value in data.items()}


def _scalar(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= LONGEST_CELL else f"({len(value):,} characters, too long for a cell)"
    if not isinstance(value, list | dict):
        return value
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= LONGEST_CELL else f"({len(value):,} values, too long for a cell)"


def shortened(text: str) -> str:
    """What is shown of a record as given: a text of at most 1,000 characters."""
    return text if len(text) <= LONGEST_INPUT else text[: LONGEST_INPUT - 1] + "…"


def clear(folder: Path) -> None:
    """Take away what an earlier batch has left in the folder, and nothing else."""
    for name in (STATE, INDEX, ROWS, RESULTS_CSV, RESULTS_SDF, RESULT):
        for path in (folder / name, _part(folder / name)):
            path.unlink(missing_ok=True)


class BatchOutput:
    """The files of one batch in ``folder``; ``add`` is called by one thread at a time, in the order of the rows."""

    def __init__(self, folder: Path, original_columns: Sequence[str]) -> None:
        self.folder = folder
        self.done = self.failed = self.molecules = 0
        self.columns: dict[str, None] = {}
        self.libraries: dict[str, str] = {}
        self.full = False
        self._original = tuple(original_columns)
        self._noted: Counter[str] = Counter()
        self._written = 0
        self._rows: BinaryIO = (folder / ROWS).open("wb")
        self._index: BinaryIO = (folder / INDEX).open("wb")
        self._sdf: BinaryIO = _part(folder / RESULTS_SDF).open("wb")
        self._offset = 0

    def add(self, answer: RowAnswer) -> None:
        """Write one row, and then where it begins, so that who reads the index finds whole rows."""
        line = (
            json.dumps(answer.row, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace") + b"\n"
        )
        self._rows.write(line)
        self._rows.flush()
        self._index.write(index_entry(self._offset))
        self._index.flush()
        self._offset += len(line)
        self.done += 1
        if answer.row["ok"]:
            self.columns.update(dict.fromkeys(answer.row["data"]))
            self.libraries.update(answer.libraries)
            if len(self._noted) < MOST_NOTES_COUNTED:
                self._noted.update(dict.fromkeys(answer.row["notes"], 1))
        else:
            self.failed += 1
        if answer.molblock:
            record = _sd_record(answer).encode(errors="replace")
            self._sdf.write(record)
            self._written += len(record)
            self.molecules += 1
        self._written += len(line)
        self.full = self._written > MOST_OUTPUT_BYTES

    def common_notes(self) -> list[str]:
        """What holds for every row that was answered; such notes are not repeated in the table."""
        good = self.done - self.failed
        return [note for note, times in self._noted.items() if times == good] if good > 1 else []

    def finish(self) -> list[str]:
        """Close what is open and write the table; notes on what stands where."""
        for file in (self._rows, self._index, self._sdf):
            file.close()
        notes = []
        guarded = self._write_table()
        if guarded:
            notes.append(
                f"In {RESULTS_CSV} an apostrophe stands before {guarded:,} text{'s' if guarded > 1 else ''} that a spreadsheet would "
                "take for a formula."
            )
        part = _part(self.folder / RESULTS_SDF)
        if not self.molecules:
            part.unlink()
            return notes
        os.replace(part, self.folder / RESULTS_SDF)
        if left := self.done - self.molecules:
            notes.append(
                f"{RESULTS_SDF} has the {self.molecules:,} rows with a molecule; {left:,} without one, or with an error, are left out."
            )
        return notes

    def _write_table(self) -> int:
        """``RESULTS_CSV`` by RFC 4180 in UTF-8; how many cells were kept from being formulas."""
        taken = {*_OWN_COLUMNS, *self.columns, *_LAST_COLUMNS}
        originals = {column: column if column not in taken else f"{column} (in the file)" for column in self._original}
        common = set(self.common_notes())
        guard = _FormulaGuard()
        part = _part(self.folder / RESULTS_CSV)
        with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            table = csv.writer(file)  # with the line ends \r\n of RFC 4180
            table.writerow(map(guard.cell, (*_OWN_COLUMNS, *originals.values(), *self.columns, *_LAST_COLUMNS)))
            for row in _rows_of(self.folder):
                data, values = row.get("data", {}), row["values"]
                notes = " ".join(note for note in row.get("notes", ()) if note not in common)
                cells = [row["row"], row["name"], row["input"], *(values.get(column) for column in originals)]
                cells += [data.get(column) for column in self.columns]
                table.writerow(map(guard.cell, (*cells, notes, row.get("sentence"))))
        os.replace(part, self.folder / RESULTS_CSV)
        return guard.guarded


class _FormulaGuard:
    """Cells for a spreadsheet: a text that begins as a formula gets an apostrophe, a number never does (CWE-1236)."""

    def __init__(self) -> None:
        self.guarded = 0

    def cell(self, value: Any) -> Any:
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, str):
            return value
        if value.startswith(FORMULA_SIGNS) and not is_number(value):
            self.guarded += 1
            return f"'{value}"
        return value


def write_state(folder: Path, state: Mapping[str, Any]) -> str:
    """The state as one line of JSON, put in place in one step; that line."""
    text = json.dumps(state, ensure_ascii=False)
    part = _part(folder / STATE)
    part.write_text(text, encoding="utf-8", errors="backslashreplace")
    os.replace(part, folder / STATE)
    return text


def _rows_of(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / ROWS).open("rb") as rows:
        for line in rows:
            yield json.loads(line)


def _sd_record(answer: RowAnswer) -> str:
    """The molecule with the row's values as data fields (CTfile Formats, "SDfiles": no blank line within a value)."""
    row = answer.row
    block = answer.molblock.rstrip("\n")
    if row["name"] and not block.split("\n", 1)[0].strip():
        block = _one_line(row["name"])[:80] + "\n" + block.partition("\n")[2]
    data = row["data"]
    fields: dict[str, Any] = {"row": row["row"]}
    fields |= {name if name not in data else f"{name} (in the file)": value for name, value in row["values"].items()}
    fields |= data
    written = [f"{_tag(name)}\n{text}\n" for name, value in fields.items() if (text := _field_lines(value))]
    return "\n".join((block, *written, "$$$$\n"))


@lru_cache(maxsize=1_000)
def _tag(name: str) -> str:
    return f"> <{re.sub('[<>]', '_', _one_line(name))}>"


def _field_lines(value: Any) -> str:
    """A value as the lines of a data field: none is blank, or could be read as the next field or the end of the record."""
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return "\n".join(
        f" {line}" if line.startswith((">", "$$$$")) else line for line in text.splitlines() if line.strip()
    )


def with_three_header_lines(block: str) -> str:
    """A molfile whose counts line is its fourth, as readers want it; a person's may lack lines of the header."""
    lines = block.split("\n")
    counts = next((place for place, line in enumerate(lines[:4]) if re.search(r"\bV[23]000\b", line)), 3)
    return "\n" * (3 - counts) + block


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")

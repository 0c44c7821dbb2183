"""Tables in text: CSV, TSV and their like, with or without a header, row by row.

A row that does not fit is broken and keeps its number; nothing is shifted, filled or dropped without a word.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rdkit import Chem, rdBase

from tools.inputs.records import Record

DELIMITERS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "vertical bars"}
LOOKED_AT = 60  # rows, to tell the delimiter and the header
MOST_COLUMNS = 2000
_NUMBER = re.compile(r"\s*[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?\.?\d+(?:[eE][-+]?\d+)?\s*%?\s*")
_DECIMAL_COMMA = re.compile(r"\s*[-+]?\d+,\d+(?:[eE][-+]?\d+)?\s*")
_NAMES = re.compile(
    r"(?:#\s*)?(?:id|ids|name|names|smiles|canonical_?smiles|structure|sequence|seq|compound|molecule|cas|formula|inchi|inchikey|mw|activity|value|"
    r"accession|gene|protein|description|comment|unit|date|sample|no\.?|nr\.?)(?:\b.*)?",
    re.IGNORECASE,
)

Row = tuple[int, list[str], str]  # line, cells, what is wrong with it


@dataclass(frozen=True)
class TableContents:
    """``records`` may be gone through once; a broken one says why. ``columns`` are the header's, or ``column 1``, …"""

    columns: tuple[str, ...]
    records: Iterator[Record]
    notes: tuple[str, ...]
    has_header: bool = False


def delimiter_of(text: str) -> str | None:
    """The separator that gives most rows the same number of fields, more than one; None where there is none."""
    sample = text[:100_000].split("\n")[: LOOKED_AT + 1]
    lines = "\n".join(sample[:-1] if len(sample) > 1 else sample)
    best, best_share = None, 0.0
    for delimiter in DELIMITERS:
        if delimiter not in lines:
            continue
        widths = [len(row) for _, row, _ in csv_rows(lines, delimiter) if row]
        if not widths:
            continue
        width, number = Counter(widths).most_common(1)[0]
        share = number / len(widths)
        if width > 1 and share > best_share + 0.1:
            best, best_share = delimiter, share
    if best_share < 0.6 or (best_share < 0.9 and _is_prose(lines)):
        return None
    return best


def _is_prose(lines: str) -> bool:
    """Whether at least half of the lines end as sentences do."""
    ends = [line.rstrip()[-1] for line in lines.split("\n") if line.strip()]
    return sum(end in ".!?,:" for end in ends) >= 0.5 * len(ends)


def csv_rows(text: str, delimiter: str) -> Iterator[Row]:
    """Rows with the lines at which they begin; blank lines are left out, and an open quote is one broken row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            said = str(error)
            if "unexpected end" in said:
                yield line, [], "opens a quote that is never closed; what follows cannot be told apart"
                return
            what = (
                "has a field of more than 131,072 characters"
                if "field larger" in said
                else "has text behind a closing quote"
            )
            yield line, [], what
            line = reader.line_num + 1
            continue
        if row:
            yield line, row, ""
        line = reader.line_num + 1


def lines_as_rows(text: str) -> Iterator[Row]:
    """Rows of one field, or of two where each line is a SMILES and a name, as in .smi files."""
    for number, line in enumerate(io.StringIO(text), 1):  # one by one: a list of 20 million would not fit
        if row := line.split(maxsplit=1):
            yield number, [row[0], row[1].rstrip()] if len(row) > 1 else row, ""


def table_of(rows: Iterator[Row], notes: Sequence[str], *, header: bool | None = None) -> TableContents:
    """Columns and records of rows; the width is that of the header, or of most rows. ``header`` where it is known whether the
    first row is one.
    """
    first = list(itertools.islice(rows, LOOKED_AT))
    whole = [row for _, row, wrong in first if not wrong and any(map(str.strip, row))]
    if not whole:
        return TableContents((), _records(iter(first), (), rows), tuple(notes))
    said = list(notes)
    width = Counter(map(len, whole)).most_common(1)[0][0]
    has_header = header if header is not None else len(whole[0]) == width and is_header(whole)
    if has_header:
        columns = _distinct([cell.strip() for cell in whole[0]], said)
        place = next(index for index, (_, row, _) in enumerate(first) if row == whole[0])
        said.append(f"Row 1, line {first[place][0]}, was read as the header.")
        first = first[place + 1 :]
    else:
        columns = tuple(f"column {number}" for number in range(1, width + 1))
        said.append("No header was found: the columns are numbered.")
    return TableContents(columns, _records(iter(first), columns, rows), tuple(said), has_header)


def is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: no numbers in it, and it looks unlike what stands below."""
    head, below = [cell.strip() for cell in rows[0]], rows[1:]
    if any(is_number(cell) for cell in head) or not any(head):
        return False
    if any(_NAMES.fullmatch(cell) for cell in head):
        return True
    if any(len(cell) > 80 for cell in head) or len(set(head)) < len(head) - 1:
        return False
    if not below:
        return False
    for place, name in enumerate(head):
        values = [row[place].strip() for row in below if place < len(row) and row[place].strip()]
        if not values:
            continue
        if sum(map(is_number, values)) >= 0.8 * len(values):
            return True
        if name in values:
            return False
        if are_smiles(values):
            return not are_smiles([name])
    if len(head) == 1:
        return False  # a list of names: nothing tells the first from the others
    return all(re.match(r"[A-Za-z_#*]", cell) for cell in head if cell) and all(len(cell) <= 40 for cell in head)


def is_number(text: str) -> bool:
    """Whether a cell is a number, with a decimal point or comma."""
    return bool(_NUMBER.fullmatch(text) or _DECIMAL_COMMA.fullmatch(text))


def are_smiles(values: Sequence[str]) -> bool:
    """Whether nearly all of up to 20 cells are molecules to RDKit, and not all mere capitals or numbers."""
    sample = [value for value in values if value][:20]
    if not sample or all(is_number(value) for value in sample):
        return False
    with rdBase.BlockLogs():
        read = sum(
            len(value) <= 2000 and not re.search(r"\s", value) and Chem.MolFromSmiles(value) is not None
            for value in sample
        )
    return read >= 0.9 * len(sample)


def _distinct(names: list[str], notes: list[str]) -> tuple[str, ...]:
    columns: list[str] = []
    repeated = []
    for number, name in enumerate(names, 1):
        wanted, times = name or f"column {number}", 2
        own = wanted
        while own in columns:
            own, times = f"{wanted} ({times})", times + 1
        if own != wanted:
            repeated.append(wanted)
        columns.append(own)
    if repeated:
        notes.append(
            f"Columns have the same name: {', '.join(dict.fromkeys(repeated))[:200]}; the later ones got a number."
        )
    if unnamed := sum(not name for name in names):
        notes.append(f"{unnamed} column{'s have' if unnamed > 1 else ' has'} no name in the header.")
    return tuple(columns)


def _records(first: Iterator[Row], columns: tuple[str, ...], rest: Iterator[Row]) -> Iterator[Record]:
    for number, (line, row, wrong) in enumerate(itertools.chain(first, rest), 1):
        values = dict(zip(columns, row, strict=False))
        name = row[0].strip()[:80] if row else ""
        if not wrong and not any(map(str.strip, row)):
            wrong = "is empty"
        elif not wrong and len(row) < len(columns):
            wrong = f"has {len(row)} field{'' if len(row) == 1 else 's'}, and the table has {len(columns)} columns"
        elif not wrong and len(row) > len(columns) and any(map(str.strip, row[len(columns) :])):
            wrong = f"has {len(row)} fields, and the table has {len(columns)} columns"
        yield Record(number, line, name, "", values, wrong, line if wrong else 0)

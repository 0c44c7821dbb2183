"""The sheets of an XLSX workbook as rows of text, read from its XML in a stream and within caps.

ECMA-376 part 1, 18.3 (worksheets), 18.4 (shared strings), 18.8 (styles): a date is a number whose format shows it as one.
"""

from __future__ import annotations

import datetime
import io
import itertools
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Literal
from xml.etree import ElementTree

from errors import ToolInputError, shown
from tools.inputs.opened_files import MOST_BYTES
from tools.inputs.tables import MOST_COLUMNS, Row

_EPOCH = datetime.datetime(1899, 12, 30)  # day 0, so that Excel's 29 February 1900 falls out after it
_EPOCH_1904 = datetime.datetime(1904, 1, 1)
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_DATE_CODE = re.compile(r"[dmyhs]", re.IGNORECASE)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
_CELL = re.compile(r"([A-Z]{1,3})\d+")


def workbook_rows(archive: bytes, name: str, where: str = "file") -> tuple[Iterator[Row], list[str]]:
    """Rows of the first sheet that has any, with their numbers, and notes; raises ``ToolInputError`` for another archive."""
    try:
        book = zipfile.ZipFile(io.BytesIO(archive))
        inside = set(book.namelist())
        unpacked = sum(entry.file_size for entry in book.infolist())
    except _BROKEN:
        raise ToolInputError(f"{shown(name)} is a damaged ZIP archive", where, "save or download it again") from None
    if "xl/workbook.xml" not in inside:
        what = "a Word or PowerPoint document" if "[Content_Types].xml" in inside else "a ZIP archive"
        raise ToolInputError(
            f"{shown(name)} is {what}", where, "give the data as CSV or XLSX, or unpack it and give one file of it"
        )
    if unpacked > MOST_BYTES:
        raise ToolInputError(
            f"{shown(name)} unpacks to {unpacked / 1e6:,.0f} MB",
            where,
            f"at most {MOST_BYTES // 1_000_000} MB are read",
        )
    try:
        rows, notes = _first_sheet(book, inside)
    except _BROKEN as error:
        raise _damaged(name, where, error) from None
    return _guarded(rows, name, where), notes


def _guarded(rows: Iterator[Row], name: str, where: str) -> Iterator[Row]:
    """The rows; what is broken further down is a sentence, too."""
    try:
        yield from rows
    except _BROKEN as error:
        raise _damaged(name, where, error) from None


def _damaged(name: str, where: str, error: Exception) -> ToolInputError:
    what = f": {str(error)[:80]}" if isinstance(error, ElementTree.ParseError) else ""
    return ToolInputError(
        f"The workbook {shown(name)} is damaged{what}", where, "save it again, or save its sheet as CSV"
    )


def _first_sheet(book: zipfile.ZipFile, inside: set[str]) -> tuple[Iterator[Row], list[str]]:
    sheets, from_1904 = _sheets(book, inside)
    strings = _shared_strings(book) if "xl/sharedStrings.xml" in inside else []
    dates = _date_styles(book) if "xl/styles.xml" in inside else set[int]()
    empty = []
    for title, path in sheets:
        rows = _rows(book, path, strings, dates, _EPOCH_1904 if from_1904 else _EPOCH)
        if (first := next(rows, None)) is not None:
            notes = [f"The sheet {shown(title)} was read."]
            others = [other for other, _ in sheets if other != title]
            if others:
                notes.append(f"Its other sheets were not: {', '.join(map(shown, others[:8]))}.")
            return itertools.chain([first], rows), notes
        empty.append(title)
    return iter(()), [f"Its sheets are empty: {', '.join(map(shown, empty[:8]))}."]


def _sheets(book: zipfile.ZipFile, inside: set[str]) -> tuple[list[tuple[str, str]], bool]:
    """Title and path of each worksheet in order, and whether dates count from 1904."""
    targets = {}
    if "xl/_rels/workbook.xml.rels" in inside:
        for _, element in _elements(book, "xl/_rels/workbook.xml.rels"):
            if _tag(element) == "Relationship":
                target = element.get("Target", "")
                targets[element.get("Id", "")] = (
                    target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
                )
    sheets: list[tuple[str, str]] = []
    from_1904 = False
    for _, element in _elements(book, "xl/workbook.xml"):
        if _tag(element) == "workbookPr":
            from_1904 = element.get("date1904", "0") in ("1", "true")
        elif _tag(element) == "sheet":
            identifier = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            path = targets.get(identifier, f"xl/worksheets/sheet{len(sheets) + 1}.xml")
            if path in inside and "worksheets" in path:
                sheets.append((element.get("name", f"sheet {len(sheets) + 1}"), path))
    return sheets, from_1904


def _shared_strings(book: zipfile.ZipFile) -> list[str]:
    strings = []
    for _, element in _elements(book, "xl/sharedStrings.xml"):
        if _tag(element) == "si":
            strings.append(_text_of(element))
            element.clear()
    return strings


def _date_styles(book: zipfile.ZipFile) -> set[int]:
    """Which cell styles show their number as a date or a time."""
    codes: dict[int, str] = {}
    styles: list[int] = []
    within = ""
    for event, element in _elements(book, "xl/styles.xml", events=("start", "end")):
        tag = _tag(element)
        if event == "start":
            if tag in ("cellXfs", "cellStyleXfs", "dxfs"):
                within = tag
            elif tag == "numFmt" and element.get("numFmtId", "").isdecimal():
                codes[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
            elif tag == "xf" and within == "cellXfs":
                number = element.get("numFmtId", "0")
                styles.append(int(number) if number.isdecimal() else 0)
        elif tag == within:
            within = ""
    return {
        place for place, number in enumerate(styles) if number in _DATE_FORMATS or _is_date_code(codes.get(number, ""))
    }


def _is_date_code(code: str) -> bool:
    bare = re.sub(r'"[^"]*"|\\.|\[(?![hms]+\])[^\]]*\]|_.|\*.', "", code)
    return bool(_DATE_CODE.search(bare)) and "General" not in bare


def _rows(
    book: zipfile.ZipFile, path: str, strings: list[str], dates: set[int], epoch: datetime.datetime
) -> Iterator[Row]:
    for _, element in _elements(book, path):
        if _tag(element) != "row":
            continue
        cells: list[str] = []
        wrong = ""
        for cell in element:
            if _tag(cell) != "c":
                continue
            place = _column(cell.get("r", ""), len(cells))
            if place >= MOST_COLUMNS:
                wrong = f"has more than {MOST_COLUMNS:,} columns"
                break
            cells += [""] * (place - len(cells))
            value = _value(cell, strings, dates, epoch)
            if place < len(cells):
                cells[place] = value
            else:
                cells.append(value)
        number = element.get("r", "")
        element.clear()
        if any(map(str.strip, cells)) or wrong:
            yield (int(number) if number.isdecimal() else 0), cells, wrong


def _value(cell: ElementTree.Element, strings: list[str], dates: set[int], epoch: datetime.datetime) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text_of(cell)
    held = next((child.text or "" for child in cell if _tag(child) == "v"), "")
    if kind == "s":
        return strings[int(held)] if held.isdecimal() and int(held) < len(strings) else ""
    if kind == "b":
        return "TRUE" if held == "1" else "FALSE"
    style = cell.get("s", "")
    if kind == "n" and held and style.isdecimal() and int(style) in dates:
        return _date(held, epoch)
    return held


def _date(held: str, epoch: datetime.datetime) -> str:
    try:
        moment = epoch + datetime.timedelta(days=float(held))
    except (ValueError, OverflowError):
        return held
    moment = (moment + datetime.timedelta(milliseconds=500)).replace(microsecond=0)
    return moment.date().isoformat() if moment.time() == datetime.time() else moment.isoformat(" ")


def _column(reference: str, following: int) -> int:
    found = _CELL.fullmatch(reference)
    if found is None:
        return following
    number = 0
    for letter in found[1]:
        number = 26 * number + ord(letter) - 64
    return number - 1


def _elements(
    book: zipfile.ZipFile, path: str, events: tuple[Literal["start", "end"], ...] = ("end",)
) -> Iterator[tuple[str, ElementTree.Element]]:
    """Elements in a stream; a document type, with which XML can be made to swell, is refused."""
    with book.open(path) as file:
        _refuse_document_type(file)
    with book.open(path) as file:
        yield from ElementTree.iterparse(file, events=events)


def _refuse_document_type(file: IO[bytes]) -> None:
    if b"<!DOCTYPE" in file.read(4096):
        raise ValueError("it has a document type")


def _text_of(element: ElementTree.Element) -> str:
    """The text of a string, its runs joined; phonetic readings are left out."""
    pieces = []
    for child in element:
        if _tag(child) == "t":
            pieces.append(child.text or "")
        elif _tag(child) in ("r", "is"):
            pieces.append(_text_of(child))
    return "".join(pieces)


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]

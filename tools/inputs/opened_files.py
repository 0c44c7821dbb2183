"""A file as text, by its content and never by its name: unpacked, decoded and capped, or one sentence why it is none.

Everything that a file may do to a reader is met here: its size, what a gzip would unpack to, its encoding and line ends.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from errors import ToolInputError, shown

MOST_BYTES = 100_000_000  # of a file, and of what it unpacks to
MOST_LINES = 5_000_000  # of which a minute is spent on a busy machine, however short they are
_PDB_ID = re.compile(r"(?:pdb_0{4})?\d[a-z0-9]{3}", re.IGNORECASE)
_ALPHAFOLD_ID = re.compile(r"AF-[A-Z0-9]+-F\d+(?:-model_v\d+)?", re.IGNORECASE)
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
#: What a file is that holds no text, by its first bytes, and what to do with it.
_BINARY = (
    (b"%PDF", "a PDF document", "export the data as a text file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file", "save it as XLSX or CSV"),
    (b"BZh", "a bzip2 archive", "unpack it first"),
    (b"\xfd7zXZ", "an xz archive", "unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"\x89PNG", "a picture", "attach it as a picture"),
    (b"\xff\xd8\xff", "a picture", "attach it as a picture"),
    (b"GIF8", "a picture", "attach it as a picture"),
    (b"PAR1", "a Parquet file", "save it as CSV"),
    (b"SQLite", "a database", "save its table as CSV"),
    (b"\x7fELF", "a program", "give a file of data"),
)


@dataclass(frozen=True)
class OpenedFile:
    """``text`` has ``\\n`` line ends and no byte order mark; it is empty for a workbook, whose bytes are ``archive``."""

    name: str
    size_bytes: int
    text: str
    archive: bytes
    notes: tuple[str, ...]

    @property
    def is_workbook(self) -> bool:
        return bool(self.archive)


def open_file(file: str, where: str = "file") -> OpenedFile:
    """Read a file, or a file's text that was given in its place; raises ``ToolInputError`` where there is no text in it."""
    notes: list[str] = []
    if "\n" in file.strip() or "\r" in file.strip():
        notes.append("The text itself was given in place of a file.")
        return OpenedFile(
            "the pasted text", len(file), _one_line_end(file.removeprefix("\ufeff"), notes), b"", tuple(notes)
        )
    path = _path(file, where)
    raw = _read(path, where)
    data = _unpacked(raw, path.name, where, notes)
    if data.startswith(_ZIP):
        return OpenedFile(path.name, len(raw), "", data, tuple(notes))
    text = _one_line_end(_decoded(data, path.name, where, notes), notes)
    if not text.strip():
        raise ToolInputError(f"{shown(path.name)} is empty", where, "check that it was saved whole")
    if (lines := text.count("\n")) > MOST_LINES:
        raise ToolInputError(
            f"{shown(path.name)} has {lines:,} lines", where, f"at most {MOST_LINES:,} are read: give a part of it"
        )
    return OpenedFile(path.name, len(raw), text, b"", tuple(notes))


def _path(file: str, where: str) -> Path:
    name = file.strip()
    if not name:
        raise ToolInputError("No file is named", where, "attach a file, or give its path")
    try:
        if (path := Path(file)).is_file() or (path := Path(name)).is_file():
            return path
        is_folder = path.is_dir()
    except (OSError, ValueError):  # too long a name, or a zero in it
        is_folder = False
    if is_folder:
        raise ToolInputError(f"{shown(name)} is a folder", where, "give one file of it")
    if _PDB_ID.fullmatch(name):
        raise ToolInputError(
            f"{shown(name)} is a PDB identifier, not a file", where, "attach the file, or fetch it first with fetch_structure, if lookups are allowed",
        )  # fmt: skip
    if _ALPHAFOLD_ID.fullmatch(name):
        raise ToolInputError(
            f"{shown(name)} is an AlphaFold identifier, not a file", where, "attach the file, or fetch it first with alphafold_model, if lookups are allowed",
        )  # fmt: skip
    raise ToolInputError(f"There is no file {shown(name)}", where, "attach it, or check the path")


def _read(path: Path, where: str) -> bytes:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise ToolInputError(
                f"{shown(path.name)} has {size / 1e6:,.0f} MB", where, f"at most {MOST_BYTES // 1_000_000} MB are read: give a part of it"
            )  # fmt: skip
        return path.read_bytes()
    except OSError as error:
        raise ToolInputError(
            f"{shown(path.name)} cannot be read ({error.strerror})", where, "check its rights"
        ) from None


def _unpacked(data: bytes, name: str, where: str, notes: list[str]) -> bytes:
    if not data.startswith(_GZIP):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            unpacked = packed.read(MOST_BYTES + 1)
    except (EOFError, OSError, zlib.error) as error:
        what = "ends in the middle" if isinstance(error, EOFError) else "is damaged"
        raise ToolInputError(f"The gzip file {shown(name)} {what}", where, "copy or download it again") from None
    if len(unpacked) > MOST_BYTES:
        raise ToolInputError(
            f"{shown(name)} unpacks to more than {MOST_BYTES // 1_000_000} MB", where, "give a part of it"
        )
    if unpacked.startswith(_GZIP):
        raise ToolInputError(f"{shown(name)} is packed twice", where, "unpack it once")
    notes.append(f"It was unpacked from gzip: {len(unpacked):,} bytes.")
    return unpacked


def _decoded(data: bytes, name: str, where: str, notes: list[str]) -> str:
    for beginning, what, hint in _BINARY:
        if data.startswith(beginning):
            raise ToolInputError(f"{shown(name)} is {what}", where, hint)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            raise ToolInputError(
                f"{shown(name)} is no text that can be read (broken UTF-16)", where, "save it as UTF-8"
            ) from None
        notes.append("It was read as UTF-16.")
        return text
    if (zero := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, zero) + 1
        raise ToolInputError(
            f"{shown(name)} holds a zero byte: it is no text, or damaged", f"{where}, line {line}", "give a text file, or save it again"
        )  # fmt: skip
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        notes.append(f"It is not in UTF-8 (first at line {line}) and was read as Windows-1252.")
        return data.decode("cp1252", errors="replace")


def _one_line_end(text: str, notes: list[str]) -> str:
    if "\r" not in text:
        return text
    notes.append("Its line ends of Windows or of old Macs were read as such.")
    return text.replace("\r\n", "\n").replace("\r", "\n")

"""Which kind of video file this is, by its content, and whether it is all there; read in a few short reads.

It comes before any decoder: a decoder guesses more kinds than are wanted (a playlist would make it open other files), and
two decoders disagree on a file that was cut off.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from errors import UploadError, shown

#: MPEG program streams are left out: only some of their packets carry a time, so that frames cannot be found by it.
TAKEN = "MP4, MOV, WebM, MKV, AVI, WMV or MPEG-TS"


@dataclass(frozen=True)
class Container:
    """``demuxer`` is FFmpeg's name for it."""

    media_type: str
    demuxer: str


MP4 = Container("video/mp4", "mov")
MATROSKA = Container("video/webm", "matroska")
AVI = Container("video/x-msvideo", "avi")
ASF = Container("video/x-ms-wmv", "asf")
MPEG_TS = Container("video/mp2t", "mpegts")

#: ISO/IEC 14496-12: what the first box of an MP4 or (older) QuickTime file may be.
_FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
#: Brands of files of the same build that hold sound (Apple's M4A, M4B) or pictures (HEIF, AVIF) alone.
_SOUND_BRANDS = (b"M4A ", b"M4B ")
_PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis")
_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"
_ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_TS_PACKET = 188


def is_video(path: Path) -> bool:
    """Whether the file begins as a video does, whole or not."""
    with path.open("rb") as file:
        start = file.read(4 * _TS_PACKET)
    try:
        _recognised(start, path.name)
    except UploadError:
        return False
    return True


def container_of(path: Path, name: str = "") -> Container:
    """The container of the file; raises ``UploadError`` where it is none that is taken, or not all there."""
    name = name or path.name
    if not path.is_file():
        raise UploadError(f"There is no file {shown(name)}; check the path.")
    size = path.stat().st_size
    if size == 0:
        raise UploadError(f"{shown(name)} is empty (0 bytes); attach it again.")
    with path.open("rb") as file:
        container = _recognised(file.read(4 * _TS_PACKET), name)
        check = _WHOLE.get(container)
        if check and not check(file, size):
            raise UploadError(f"{shown(name)} is cut off: its end is missing; copy or download it again.")
    return container


def _recognised(start: bytes, name: str) -> Container:
    if start[4:8] in _FIRST_BOXES:
        brand = start[8:12] if start[4:8] == b"ftyp" else b""
        if brand in _SOUND_BRANDS:
            raise UploadError(f"{shown(name)} holds sound and no pictures; attach a video.")
        if brand in _PICTURE_BRANDS:
            raise UploadError(f"{shown(name)} is a picture (HEIF or AVIF) and no video; save it as PNG or JPEG.")
        return MP4
    if start.startswith(_EBML):
        return MATROSKA
    if start.startswith(b"RIFF") and start[8:12] == b"AVI ":
        return AVI
    if start.startswith(_ASF_HEADER):
        return ASF
    if len(start) == 4 * _TS_PACKET and all(start[at] == 0x47 for at in range(0, len(start), _TS_PACKET)):
        return MPEG_TS
    raise UploadError(f"{shown(name)} is no {TAKEN} video by its content, whatever its name says; convert it to MP4.")


def _whole_mp4(file: BinaryIO, size: int) -> bool:
    """Every box ends within the file, and one of them is the index (``moov``)."""
    at, indexed = 0, False
    while at + 8 <= size:
        file.seek(at)
        header = file.read(16)
        length, kind = int.from_bytes(header[:4]), header[4:8]
        indexed = indexed or kind == b"moov"
        if length == 1:  # a 64-bit length follows
            length = int.from_bytes(header[8:16])
        if length == 0:  # up to the end
            break
        if length < 8:  # no box: something appended, which players pass over
            break
        at += length
    return indexed and at <= size


def _whole_matroska(file: BinaryIO, size: int) -> bool:
    """The segment ends within the file; one of unknown length (a live recording) ends where the file does."""
    file.seek(len(_EBML))
    header_length = _ebml_length(file)
    if header_length is None:
        return False
    file.seek(header_length, os.SEEK_CUR)
    if file.read(4) != _SEGMENT:
        return False
    length = _ebml_length(file)
    return length is None or file.tell() + length <= size


def _ebml_length(file: BinaryIO) -> int | None:
    """A length as RFC 8794 writes it: leading zeros tell its bytes, all ones mean unknown (None)."""
    first = file.read(1)
    more = 8 - first[0].bit_length() if first and first[0] else 0
    value = int.from_bytes(first + file.read(more))
    bits = 7 * (more + 1)
    value &= (1 << bits) - 1
    return None if value == (1 << bits) - 1 else value


def _whole_avi(file: BinaryIO, size: int) -> bool:
    """The RIFF chunk ends within the file; a recorder that wrote no length (0) is believed."""
    file.seek(4)
    return 8 + int.from_bytes(file.read(4), "little") <= size


_WHOLE: dict[Container, Callable[[BinaryIO, int], bool]] = {
    MP4: _whole_mp4,
    MATROSKA: _whole_matroska,
    AVI: _whole_avi,
}

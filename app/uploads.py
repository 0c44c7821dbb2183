"""Files that a person attaches: known by their content, capped before they are decoded, kept per conversation."""

from __future__ import annotations

import hashlib
import re
import shutil
import warnings
from pathlib import Path

import PIL.Image

from errors import UploadError, shown
from model.interns1.containers import TAKEN, container_of, is_video
from model.messages import FRAMES, File, Image, Video

#: Formats that are taken, as Pillow names them, with the media type they are served as.
PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif", "BMP": "image/bmp"}
#: The first bytes of these; what begins otherwise is no picture, whatever its name.
_PICTURE = re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|BM|RIFF.{4}WEBP", re.DOTALL)
_PACKED = (b"\x1f\x8b", b"PK\x03\x04")  # gzip; a workbook is a zip
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
LOOKED_AT = 1 << 16
LONGEST_NAME = 120
READ = "SDF, MOL, PDB, mmCIF, FASTA, GenBank, CSV, TSV, XLSX or XYZ"
#: A file is never shown by the browser, which would run what an HTML or SVG holds.
DOWNLOADED = "application/octet-stream"
_ID = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Uploads:
    """A folder with one folder a conversation: in it pictures and videos by the SHA-256 of their content, ``files`` with
    the others, each in a folder of its SHA-256 and by its own name, and ``batches`` with what was made of them.
    """

    def __init__(
        self,
        folder: Path,
        most_bytes: int,
        most_pixels: int,
        most_video_bytes: int = 0,
        most_file_bytes: int = 0,
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._most_pixels = most_pixels
        self._most_video_bytes = most_video_bytes or most_bytes
        self._most_file_bytes = most_file_bytes or most_bytes

    def take(self, conversation_id: str, path: Path, name: str = "", frames: int = FRAMES) -> Image | Video | File:
        """Keep a copy of what is at ``path``; raises ``UploadError`` for what nobody here can read, or too much of it.

        A picture or video is looked at; of any other file the tools, in processes of their own, find out what it is.
        """
        name = name or path.name
        media_type = self._sniff(path, name)
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        is_seen = media_type.startswith(("image/", "video/"))
        kept = self._place(conversation_id, sha256) if is_seen else self._shelf(conversation_id, sha256) / _safe(name)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, kept)
        if not is_seen:
            return File(str(kept), sha256, media_type, name)
        if media_type.startswith("video/"):
            return Video(str(kept), sha256, media_type, name, frames)
        return Image(str(kept), sha256, media_type, name)

    def find(self, conversation_id: str, sha256: str) -> tuple[Path, str] | None:
        """A kept file and its media type, or None; never anything outside the conversation's own folder."""
        if not (_ID.fullmatch(conversation_id) and _SHA256.fullmatch(sha256)):
            return None
        kept = self._place(conversation_id, sha256)
        if kept.is_file():
            return kept, self._sniff(kept, sha256)
        file = next(self._shelf(conversation_id, sha256).glob("*"), None)
        return (file, DOWNLOADED) if file else None

    def batch(self, conversation_id: str, key: str) -> Path | None:
        """The folder of a batch of this conversation, where there is one."""
        if not (_ID.fullmatch(conversation_id) and _ID.fullmatch(key)):
            return None
        folder = self._folder / conversation_id / "batches" / key
        return folder if folder.is_dir() else None

    def lend(self, picture: Image | Video | File, folder: Path) -> Path:
        """A copy of a kept file under its own name in ``folder``, to be attached again."""
        lent = folder / picture.sha256 / Path(picture.name or "picture").name
        lent.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture.path, lent)
        return lent

    def forget(self, conversation_id: str) -> None:
        """Remove what a deleted conversation kept."""
        if _ID.fullmatch(conversation_id):
            shutil.rmtree(self._folder / conversation_id, ignore_errors=True)

    def _place(self, conversation_id: str, sha256: str) -> Path:
        return self._folder / conversation_id / sha256

    def _shelf(self, conversation_id: str, sha256: str) -> Path:
        return self._folder / conversation_id / "files" / sha256

    def _sniff(self, path: Path, name: str) -> str:
        if not path.is_file():
            raise UploadError(f"There is no file {shown(name)}; check the path.")
        with path.open("rb") as file:
            head = file.read(LOOKED_AT)
        is_film, is_picture = is_video(path), bool(_PICTURE.match(head))
        most = self._most_video_bytes if is_film else self._most_bytes if is_picture else self._most_file_bytes
        size = path.stat().st_size
        if size > most:
            raise UploadError(
                f"{shown(name)} has {size / 1e6:.1f} MB and at most {most / 1e6:.0f} MB are taken; make it smaller."
            )
        if is_film:
            return container_of(path, name).media_type
        if not is_picture:
            return _text_or_packed(head, name)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)  # the cap below is ours
                # the header alone: nothing is decoded before the pixels are counted
                with PIL.Image.open(path, formats=list(PICTURES)) as picture:
                    width, height = picture.size
                    if width * height > self._most_pixels:
                        raise UploadError(
                            f"{shown(name)} has {width * height / 1e6:.0f} megapixels and at most "
                            f"{self._most_pixels / 1e6:.0f} are taken; make it smaller."
                        )
                    picture.load()
                    return PICTURES[picture.format or ""]
        except (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError):
            raise UploadError(
                f"{shown(name)} is not a whole PNG, JPEG, WebP, GIF or BMP picture; save it again, or attach another."
            ) from None


def batch_folder(file: File, key: str) -> Path:
    """Where what is made of a kept file is put: in the folder of its conversation."""
    return Path(file.path).parents[2] / "batches" / key


def _text_or_packed(head: bytes, name: str) -> str:
    """The media type of what may be data: text, or packed. Whether it is, a tool finds out."""
    if head.startswith(_PACKED):
        return "application/gzip" if head.startswith(_PACKED[0]) else "application/zip"
    if not head or head.startswith(b"%PDF") or (b"\0" in head and not head.startswith(_UTF16)):
        what = "is empty" if not head else "is a PDF" if head.startswith(b"%PDF") else "is neither text nor a table"
        raise UploadError(
            f"{shown(name)} {what}; attach a picture (PNG, JPEG, WebP, GIF, BMP), a {TAKEN} video, or data as {READ}."
        )
    return "text/plain"


def _safe(name: str) -> str:
    """The last part of a name as any file system takes it."""
    return re.sub(r"[^\w .()+=,-]", "_", Path(name).name)[-LONGEST_NAME:].strip(" .") or "file"

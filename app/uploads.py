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
from model.messages import FRAMES, Image, Video

#: Formats that are taken, as Pillow names them, with the media type they are served as.
PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif", "BMP": "image/bmp"}
_ID = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Uploads:
    """A folder with one folder a conversation; a file's name is the SHA-256 of its content."""

    def __init__(self, folder: Path, most_bytes: int, most_pixels: int, most_video_bytes: int = 0) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._most_pixels = most_pixels
        self._most_video_bytes = most_video_bytes or most_bytes

    def take(self, conversation_id: str, path: Path, name: str = "", frames: int = FRAMES) -> Image | Video:
        """Keep a copy of the picture or video at ``path``; raises ``UploadError`` for anything else or too much of it."""
        name = name or path.name
        media_type = self._sniff(path, name)
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        kept = self._place(conversation_id, sha256)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, kept)
        if media_type.startswith("video/"):
            return Video(str(kept), sha256, media_type, name, frames)
        return Image(str(kept), sha256, media_type, name)

    def find(self, conversation_id: str, sha256: str) -> tuple[Path, str] | None:
        """A kept file and its media type, or None; never anything outside the conversation's own folder."""
        if not (_ID.fullmatch(conversation_id) and _SHA256.fullmatch(sha256)):
            return None
        kept = self._place(conversation_id, sha256)
        return (kept, self._sniff(kept, sha256)) if kept.is_file() else None

    def lend(self, picture: Image | Video, folder: Path) -> Path:
        """A copy of a kept picture or video under its own name in ``folder``, to be attached again."""
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

    def _sniff(self, path: Path, name: str) -> str:
        if not path.is_file():
            raise UploadError(f"There is no file {shown(name)}; check the path.")
        is_film = is_video(path)
        size, most = path.stat().st_size, self._most_video_bytes if is_film else self._most_bytes
        if size > most:
            raise UploadError(
                f"{shown(name)} has {size / 1e6:.1f} MB and at most {most / 1e6:.0f} MB are taken; make it smaller."
            )
        if is_film:
            return container_of(path, name).media_type
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
                f"{shown(name)} is not a whole PNG, JPEG, WebP, GIF or BMP picture, and no {TAKEN} video; attach one of these."
            ) from None

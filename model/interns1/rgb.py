"""Any picture file as an upright 8-bit RGB picture, with a note on whatever of it was changed or left out.

The transformers processor takes RGB of 8 bits as it is; everything that a file may be besides (rotated, transparent, of
16 bits, CMYK, animated) is settled here, within caps on bytes and pixels that hold before anything is decoded.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.Image
from PIL import ExifTags, ImageOps

from errors import UploadError, shown
from model.messages import Image

Source = Image | Path | PIL.Image.Image

#: What Pillow may open; a list, so that rarely used decoders never meet a stranger's file.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")

#: EXIF orientations that lay a picture on its side: width and height change places.
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})

#: What Pillow's decoders raise on a damaged file (seen by changing bytes of whole ones).
_DAMAGED = (OSError, SyntaxError, ValueError, IndexError, TypeError, EOFError, struct.error)


@dataclass(frozen=True)
class Limits:
    """The largest file, in bytes, and the largest picture, in pixels, that is decoded."""

    most_bytes: int = 50_000_000
    most_pixels: int = 50_000_000


@dataclass(frozen=True, eq=False)
class RgbPicture:
    """``picture`` has the mode RGB and stands upright; ``notes`` are sentences for the person who sent it."""

    name: str
    picture: PIL.Image.Image
    notes: tuple[str, ...] = ()


def upright_size(source: Source, limits: Limits | None = None) -> tuple[int, int]:
    """Width and height in pixels as ``open_rgb`` will have them, from the header; raises ``UploadError``."""
    limits = limits or Limits()
    with _opened(source, limits) as (picture, name):
        with _whole(name, limits):
            orientation = picture.getexif().get(ExifTags.Base.Orientation)
        width, height = picture.size
        # Pillow's TIFF reader turns the picture itself, and tells the turned size already
        turned = orientation in _ON_ITS_SIDE and picture.format != "TIFF"
        return (height, width) if turned else (width, height)


def open_rgb(source: Source, limits: Limits | None = None) -> RgbPicture:
    """Decode a picture; raises ``UploadError`` if it is no whole picture of ``FORMATS`` or more than the limits."""
    limits = limits or Limits()
    with _opened(source, limits) as (opened, name):
        with _whole(name, limits):
            count = getattr(opened, "n_frames", 1)
            opened.load()
            picture = ImageOps.exif_transpose(opened)
        notes = []
        if count > 1:
            notes.append(f"{shown(name)} holds {count} pictures; only the first is read.")
        if picture.mode[0] in "IF":
            picture, note = _eight_bits(picture, defined=opened.mode.startswith("I;16") and opened.format != "TIFF")
            notes.append(f"{shown(name)} {note}.")
        elif picture.mode == "CMYK":
            notes.append(f"{shown(name)} has printing colours (CMYK); they are converted without a colour profile.")
        if picture.has_transparency_data:
            rgba = picture.convert("RGBA")
            if np.asarray(rgba.getchannel("A")).min() < 255:
                notes.append(f"{shown(name)} is transparent in places; these are read as white.")
            picture = PIL.Image.new("RGBA", rgba.size, "white")
            picture.alpha_composite(rgba)
        return RgbPicture(name, picture.convert("RGB"), tuple(notes))


def _eight_bits(picture: PIL.Image.Image, *, defined: bool) -> tuple[PIL.Image.Image, str]:
    """Grey of 16 bits or more scaled to 8, and what was done, in words.

    PNG says that 65,535 is white. A TIFF of a camera or a gel scanner says nothing of the kind (12 bits of data in 16
    would be nearly black), nor do 32-bit integers and floats: there the darkest value becomes black and the brightest
    white, as in ImageJ's display.
    """
    values = np.nan_to_num(np.asarray(picture).astype(np.float32), posinf=0, neginf=0)
    low, high = (0.0, 65535.0) if defined else (float(values.min()), float(values.max()))
    scaled = np.rint((values - low) * (255 / (high - low or 1))).astype(np.uint8)
    return PIL.Image.fromarray(scaled), (
        f"has more than 8 bits a pixel; its values from {low:,.6g} to {high:,.6g} are scaled to 256 levels of grey"
    )


@contextmanager
def _opened(source: Source, limits: Limits) -> Iterator[tuple[PIL.Image.Image, str]]:
    """The picture with its header read and its size within the limits, and its name; nothing is decoded yet."""
    if isinstance(source, PIL.Image.Image):
        yield source, "picture"
        return
    path, name = (Path(source.path), source.name) if isinstance(source, Image) else (source, source.name)
    name = name or "picture"
    if not path.is_file():
        raise UploadError(f"There is no file {shown(name)}; check the path.")
    size = path.stat().st_size
    if size > limits.most_bytes:
        raise UploadError(
            f"{shown(name)} has {size / 1e6:.1f} MB and at most {limits.most_bytes / 1e6:.0f} MB are taken; make it smaller."
        )
    with _whole(name, limits):
        picture = PIL.Image.open(path, formats=FORMATS)
    with picture:
        width, height = picture.size
        if width * height > limits.most_pixels:
            raise _too_large(name, f"{width:,} x {height:,} pixels", limits)
        yield picture, name


@contextmanager
def _whole(name: str, limits: Limits) -> Iterator[None]:
    """Whatever a decoder raises on a damaged file, as ``UploadError``."""
    try:
        yield
    except PIL.Image.DecompressionBombError:  # Pillow's own cap, twice the largest photograph
        raise _too_large(name, "far too many pixels", limits) from None
    except _DAMAGED:
        raise UploadError(
            f"{shown(name)} is not a whole PNG, JPEG, WebP, GIF, BMP or TIFF picture; attach one of these."
        ) from None


def _too_large(name: str, extent: str, limits: Limits) -> UploadError:
    return UploadError(
        f"{shown(name)} has {extent} and at most {limits.most_pixels / 1e6:g} megapixels are taken; make it smaller."
    )

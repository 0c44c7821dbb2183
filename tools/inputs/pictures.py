"""A picture file as upright 8-bit grey on white, within caps, or one sentence why it is none."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.Image
from PIL import ImageOps

from errors import ToolInputError, shown

MOST_BYTES = 50_000_000
MOST_PIXELS = 50_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_HINT = "give a PNG, JPEG, WebP, GIF, BMP or TIFF picture"
#: What Pillow's decoders raise on a damaged file.
_DAMAGED = (OSError, SyntaxError, ValueError, IndexError, TypeError, EOFError, struct.error)


@dataclass(frozen=True, eq=False)
class GreyPicture:
    """``grey`` has the mode L, 0 black to 255 white; ``notes`` says what was changed or left out."""

    grey: PIL.Image.Image
    notes: tuple[str, ...]


def open_picture(path: str, where: str = "image") -> GreyPicture:
    """Read a file by its content; raises ``ToolInputError`` where it is no whole picture of at most 50 megapixels."""
    file = Path(path)
    if not path.strip() or not file.is_file():
        raise ToolInputError(f"There is no file {shown(path)}", where, "check the path, or attach the picture")
    if (size := file.stat().st_size) > MOST_BYTES:
        raise ToolInputError(
            f"The picture has {size / 1e6:.0f} MB", where, f"at most {MOST_BYTES // 1_000_000} MB are read"
        )
    try:
        with PIL.Image.open(file, formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ToolInputError(
                    f"The picture has {opened.width:,} x {opened.height:,} pixels", where,
                    f"at most {MOST_PIXELS // 1_000_000} megapixels are read: cut the structure out",
                )  # fmt: skip
            frames = getattr(opened, "n_frames", 1)
            opened.load()
            picture = ImageOps.exif_transpose(opened)
    except PIL.Image.DecompressionBombError:
        raise ToolInputError("The picture has far too many pixels", where, "cut the structure out") from None
    except _DAMAGED:
        raise ToolInputError(f"{shown(file.name)} is not a whole picture", where, _HINT) from None
    notes = [f"The file holds {frames} pictures; only the first is read."] if frames > 1 else []
    if picture.has_transparency_data:
        picture = _on_white(picture.convert("RGBA"), notes)
    elif picture.mode[0] in "IF":
        values = np.nan_to_num(np.asarray(picture, dtype=np.float64))
        low, high = values.min(), values.max()
        picture = PIL.Image.fromarray(np.rint((values - low) * (255 / ((high - low) or 1))).astype(np.uint8))
    # the darkest channel: yellow sulfur and green chlorine are ink, too, which their brightness would not tell
    grey = PIL.Image.fromarray(np.asarray(picture.convert("RGB")).min(axis=2))
    if float(np.median(np.asarray(grey))) < 96:  # a page in dark mode
        grey = PIL.Image.fromarray(255 - np.asarray(picture.convert("RGB")).max(axis=2))
        notes.append("The picture has light lines on a dark ground; it was read inverted.")
    return GreyPicture(grey, tuple(notes))


def _on_white(picture: PIL.Image.Image, notes: list[str]) -> PIL.Image.Image:
    """A transparent picture on the ground on which its lines can be seen."""
    values = np.asarray(picture)
    drawn = values[..., 3] > 128
    if drawn.all() or not drawn.any():
        return picture.convert("RGB")
    is_light = float(values[drawn][:, :3].mean()) > 160 and float(drawn.mean()) < 0.5
    ground = PIL.Image.new("RGBA", picture.size, "black" if is_light else "white")
    ground.alpha_composite(picture)
    notes.append(f"Its transparent parts were read as {'black' if is_light else 'white'}.")
    return ground.convert("RGB")

"""What a picture holds, as far as its ink tells: nothing, a photograph, a page of text, a reaction scheme, or a drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["empty", "photograph", "text", "scheme", "drawing"]
INK = 60  # grey levels below the ground from which a pixel is ink
LEAST_GROUND = 0.6  # of a drawing's pixels are paper; a photograph's levels spread
TEXT_MARKS = 25  # from so many marks on, none of which is larger than letters are, the picture is text
LETTERS = 4.0  # the largest mark of a text beside its usual one: ligatures, long words that touch
ARROW_ASPECT = 4.0


@dataclass(frozen=True)
class Mark:
    """Pixels that hang together: ``top``, ``left``, ``height`` and ``width`` in pixels, and which pixels they are."""

    top: int
    left: int
    height: int
    width: int
    pixels: NDArray[np.bool_]


def kind_of(grey: NDArray[np.uint8]) -> Kind:
    """Of a picture of (height, width) grey levels, dark on light."""
    ground = int(np.median(grey))
    ink = grey.astype(np.int16) < ground - INK
    if not ink.any() or int(grey.max()) - int(grey.min()) < INK:
        return "empty"
    near = np.abs(grey.astype(np.int16) - ground) < INK // 2
    if near.mean() < LEAST_GROUND:
        return "photograph"
    marks = marks_of(ink)
    if not marks:
        return "empty"
    if any(is_arrow(mark) for mark in marks):
        return "scheme"
    sizes = sorted(max(mark.height, mark.width) for mark in marks)
    if len(marks) >= TEXT_MARKS and sizes[-1] <= LETTERS * sizes[len(sizes) // 2]:
        return "text"
    return "drawing"


def marks_of(ink: NDArray[np.bool_], least_pixels: int = 4) -> list[Mark]:
    """The marks of more than a few pixels; neighbours over the corner hang together."""
    from scipy import ndimage  # a third of a second of import

    numbered, _ = ndimage.label(ink, structure=np.ones((3, 3)))
    marks = []
    for number, place in enumerate(ndimage.find_objects(numbered), 1):
        pixels = numbered[place] == number
        if pixels.sum() >= least_pixels:
            rows, columns = place
            height, width = pixels.shape
            marks.append(Mark(rows.start, columns.start, height, width, pixels))
    return marks


def is_arrow(mark: Mark) -> bool:
    """A straight shaft, level or upright, that is thin but for a head at one end or both: the sign of a reaction."""
    pixels = mark.pixels if mark.width >= mark.height else mark.pixels.T
    height, length = pixels.shape
    if length < 20 or length < ARROW_ASPECT * height or height < 3:
        return False
    thickness = pixels.sum(axis=0)  # of each column along the shaft
    shaft = float(np.median(thickness))
    if not shaft or height < 2 * shaft or (pixels.any(axis=0)).mean() < 0.98:
        return False
    extent = np.array([np.ptp(np.flatnonzero(column)) + 1 if column.any() else 0 for column in pixels.T])
    wide = np.flatnonzero(extent > 1.8 * shaft)
    at_an_end = np.minimum(wide, length - 1 - wide) < 0.35 * length
    return bool(len(wide)) and bool(at_an_end.all()) and len(wide) < 0.5 * length

"""What a model saw of a video: its frames on one sheet, numbered, with their times."""

from __future__ import annotations

import math
from pathlib import Path

import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

from model.interns1.images import Tiling
from model.interns1.video import prepare_video
from model.messages import MOST_FRAMES

GREY = "#7a766d"  # to be read on the page by day and by night
COLUMNS, SIDE, GAP, CAPTION = 4, 168, 6, 24  # pixels


def contact_sheet(video: Path, frames: int) -> PIL.Image.Image:
    """The frames, squeezed into squares as the model sees them; raises ``UploadError`` if it cannot be decoded."""
    seen = prepare_video(video, Tiling(), min(frames, MOST_FRAMES)).frames
    rows = math.ceil(len(seen) / COLUMNS)
    sheet = PIL.Image.new("RGBA", (min(len(seen), COLUMNS) * (SIDE + GAP), rows * (SIDE + CAPTION)))
    draw = PIL.ImageDraw.Draw(sheet)
    font = PIL.ImageFont.load_default(13)
    for place, frame in enumerate(seen):
        x, y = place % COLUMNS * (SIDE + GAP), place // COLUMNS * (SIDE + CAPTION)
        sheet.paste(frame.picture.resize((SIDE, SIDE)), (x, y))
        draw.text((x + 3, y + SIDE + 2), f"Frame {place + 1}, {frame.seconds:.1f} s", fill=GREY, font=font)
    return sheet

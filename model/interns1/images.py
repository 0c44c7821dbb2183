"""Pictures as Intern-S1-mini sees them: tiles of 448 x 448 with their cost in tokens, known before anything is decoded.

The tiling itself is transformers' (``GotOcr2ImageProcessorPil``: PIL and numpy, no torchvision). Around it stand what it
leaves out: files of every kind (``rgb``), one cap for a message's pictures together, the cost, and the prompt.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import PIL.Image
import torch
from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import (
    GotOcr2ImageProcessorPil,
    get_optimal_tiled_canvas,
)

from errors import ModelError, shown
from model.interns1.rgb import Limits, Source, open_rgb, upright_size

IMAGE_START, IMAGE_CONTEXT, IMAGE_END = "<img>", "<IMG_CONTEXT>", "</img>"

#: Where the checkpoint says nothing: ImageNet's mean and standard deviation, as in InternVL's training code; the rest as
#: its ``preprocessor_config.json`` is reported to have it. (The class's own defaults are GOT-OCR's and CLIP's.)
PROCESSOR: Mapping[str, Any] = {
    "size": {"height": 448, "width": 448},
    "resample": 3,  # bicubic
    "image_mean": (0.485, 0.456, 0.406),
    "image_std": (0.229, 0.224, 0.225),
    "do_resize": True,
    "do_rescale": True,
    "rescale_factor": 1 / 255,
    "do_normalize": True,
    "do_convert_rgb": True,
    "min_patches": 1,
    "max_patches": 12,
}

#: Intern-S1-mini's patch side in pixels, and the share of patches a side that the pixel shuffle keeps.
PATCH, DOWNSAMPLE_RATIO = 14, 0.5


@dataclass(frozen=True, eq=False)
class PreparedImages:
    """``pixel_values``: (tiles, 3, side, side) float32, all pictures in order; ``grids``: (columns, rows) of each.

    ``tiles_per_image`` counts the thumbnail, which comes last where there is more than one tile; ``prompts`` stand in the
    text where the pictures do.
    """

    pixel_values: torch.Tensor
    tiles_per_image: tuple[int, ...]
    grids: tuple[tuple[int, int], ...]
    prompts: tuple[str, ...]
    notes: tuple[str, ...]


class Tiling:
    """How one checkpoint wants its pictures; made once, and used by any thread."""

    def __init__(self, processor: Mapping[str, Any] = PROCESSOR, tokens_per_tile: int = 256) -> None:
        """``processor`` as in ``preprocessor_config.json``, over the defaults; raises ``ModelError`` if unusable."""
        # the checkpoint has crop_to_patches off, and its own processor turns it on for pictures
        values = {**PROCESSOR, **processor, "crop_to_patches": True}
        try:
            self._processor = GotOcr2ImageProcessorPil.from_dict(values)
            self.side = int(self._processor.size["height"])
            self.most_tiles = int(self._processor.max_patches)
        except (TypeError, ValueError, KeyError) as error:
            raise ModelError(f"The checkpoint's preprocessor_config.json cannot be used: {error}.") from error
        if self._processor.size["width"] != self.side:
            raise ModelError("The checkpoint's preprocessor_config.json has tiles that are not square; none are known.")
        self.tokens_per_tile = tokens_per_tile

    @classmethod
    def from_checkpoint(cls, folder: Path) -> Tiling:
        """Read ``preprocessor_config.json`` (or newer, ``processor_config.json``) and the patches from ``config.json``."""
        processor = _read(folder / "preprocessor_config.json")
        processor = processor or _read(folder / "processor_config.json").get("image_processor", {})
        tiling = cls(processor)
        config = _read(folder / "config.json")
        patch = config.get("vision_config", {}).get("patch_size", PATCH)
        patch = patch[0] if isinstance(patch, list) else patch
        patches = int(tiling.side // patch * config.get("downsample_ratio", DOWNSAMPLE_RATIO))
        tiling.tokens_per_tile = patches**2
        return tiling

    def share(self, pictures: int, most_tiles: int | None = None) -> int:
        """The tiles that each of a message's pictures may have: the cap is divided among them, as in training.

        ``most_tiles`` is a person's cap, the checkpoint's (12) by default; a thumbnail is not counted in it.
        """
        cap = self.most_tiles if most_tiles is None else min(most_tiles, self.most_tiles)
        return max(1, cap // max(1, pictures))

    def grid(self, width: int, height: int, most_tiles: int | None = None) -> tuple[int, int]:
        """Columns and rows for a picture of this size in pixels that may have ``most_tiles``.

        Of all grids of so many tiles at most, the one nearest in aspect ratio; of equals the larger, if the picture's area
        is more than half of the grid's.
        """
        share = self.share(1, most_tiles)
        return get_optimal_tiled_canvas((height, width), (self.side, self.side), self._processor.min_patches, share)

    def tiles(self, width: int, height: int, most_tiles: int | None = None) -> int:
        """The tiles of such a picture; a thumbnail of the whole is added where there is more than one."""
        columns, rows = self.grid(width, height, most_tiles)
        return columns * rows + (columns * rows > 1)

    def tokens(self, width: int, height: int, most_tiles: int | None = None) -> int:
        """What a picture of this size in pixels costs: its tiles, and one token each to open and close it."""
        return self.tiles(width, height, most_tiles) * self.tokens_per_tile + 2

    def cost(self, sources: Sequence[Source], most_tiles: int | None = None, limits: Limits | None = None) -> list[int]:
        """The tokens of each of one message's pictures, from their headers alone; raises ``UploadError``."""
        share = self.share(len(sources), most_tiles)
        return [self.tokens(*upright_size(source, limits), share) for source in sources]

    def prepare(
        self, sources: Sequence[Source], most_tiles: int | None = None, limits: Limits | None = None
    ) -> PreparedImages:
        """All pictures of one message, in order; raises ``UploadError`` for the first that cannot be read."""
        share = self.share(len(sources), most_tiles)
        tiles = [torch.empty(0, 3, self.side, self.side)]  # so that no picture is a shape, too
        grids: list[tuple[int, int]] = []
        notes: list[str] = []
        for source in sources:  # one at a time, so that one picture is in memory decoded, and not all
            rgb = open_rgb(source, limits)
            prepared = self._processor(rgb.picture, max_patches=share, return_tensors="pt")
            tiles.append(prepared["pixel_values"])
            grids.append(self.grid(*rgb.picture.size, share))
            notes += rgb.notes
        counts = tuple(len(of_one) for of_one in tiles[1:])
        return PreparedImages(
            pixel_values=torch.cat(tiles),
            tiles_per_image=counts,
            grids=tuple(grids),
            prompts=tuple(self.prompt(count) for count in counts),
            notes=tuple(notes),
        )

    def prepare_frame(self, picture: PIL.Image.Image) -> torch.Tensor:
        """(1, 3, side, side) float32 of an RGB picture squeezed into one tile, as a video's frames are."""
        return self._processor(picture, crop_to_patches=False, return_tensors="pt")["pixel_values"]

    def prompt(self, tiles: int) -> str:
        """What stands in the text for a picture of so many tiles."""
        return IMAGE_START + IMAGE_CONTEXT * (self.tokens_per_tile * tiles) + IMAGE_END


def _read(path: Path) -> dict[str, Any]:
    """A JSON object of the checkpoint's, empty where the file is missing; raises ``ModelError`` if it is broken."""
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"The checkpoint's {shown(path.name)} cannot be read: {error}; download it again.") from error
    if not isinstance(value, dict):
        raise ModelError(f"The checkpoint's {shown(path.name)} is not a JSON object; download it again.")
    return value

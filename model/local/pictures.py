"""Pictures among a prompt's tokens: what tells them apart, and their features in place of embeddings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import islice
from typing import Any

import numpy as np
import torch

from model.local.memory import main_device

TILES_AT_ONCE = 4  # through the vision tower, some tenths of a second on a GPU


def keyed(ids: Sequence[int], image_token_id: int, pixels: Sequence[torch.Tensor]) -> list[int]:
    """The ids with each picture's places told apart from those of other pictures, by a negative number of its own.

    All pictures stand in a prompt as the same id, a number of times for each tile; ``pixels`` are of shape
    (tiles, 3, height, width), a picture or video each.
    """
    keys = list(ids)
    places = [place for place, id in enumerate(ids) if id == image_token_id]
    for_a_tile = len(places) // sum(map(len, pixels)) if pixels else 0
    rest = iter(places)
    for picture in pixels:
        number = _number(picture)
        for place in islice(rest, for_a_tile * len(picture)):
            keys[place] = number
    return keys


class Seeing:
    """The embeddings of a prompt with pictures, in pieces: the features of a tile are made when they are needed.

    ``pixels`` are of shape (tiles, 3, height, width), a picture or video each.
    """

    def __init__(self, model: Any, prompt: Sequence[int], pixels: Sequence[torch.Tensor]) -> None:
        self._model = model
        self._device = main_device(model)
        self._prompt = prompt
        self._tiles = [tile for picture in pixels for tile in picture]
        self._is_place = np.array(prompt) == model.config.image_token_id
        self._before = np.concatenate(([0], self._is_place.cumsum()))  # places that stand before each token
        self._for_a_tile = int(self._before[-1]) // len(self._tiles)
        self._features: dict[int, torch.Tensor] = {}

    def look(self, start: int, count: int) -> bool:
        """Look at some tiles more, if the tokens from ``start`` on need them; whether all that these need is there now."""
        needed = [tile for tile in self._tiles_of(start, count) if tile not in self._features]
        if not needed:
            return True
        ahead = [*range(needed[0], min(needed[0] + TILES_AT_ONCE, len(self._tiles)))]
        pixels = torch.stack([self._tiles[tile] for tile in ahead]).to(self._device)
        seen = self._model.get_image_features(pixel_values=pixels, return_dict=True).pooler_output
        self._features.update(zip(ahead, seen, strict=True))
        return needed[-1] <= ahead[-1]

    def embeds(self, start: int, count: int) -> torch.Tensor:
        """(count, hidden), after ``look``; what stands before them is let go of."""
        ids = torch.tensor(self._prompt[start : start + count], device=self._device)
        rows = self._model.get_input_embeddings()(ids)
        tiles = self._tiles_of(start, count)
        if not tiles:
            return rows
        for tile in [tile for tile in self._features if tile < tiles[0]]:
            del self._features[tile]
        features = torch.cat([self._features[tile] for tile in tiles])
        first = int(self._before[start]) - tiles[0] * self._for_a_tile
        here = self._is_place[start : start + count]
        features = features[first : first + int(here.sum())].to(rows.device, rows.dtype)
        return rows.masked_scatter(torch.from_numpy(here).to(rows.device)[:, None], features)

    def _tiles_of(self, start: int, count: int) -> range:
        first, last = int(self._before[start]), int(self._before[start + count])
        return range(first // self._for_a_tile, -(-last // self._for_a_tile)) if last > first else range(0)


def _number(picture: torch.Tensor) -> int:
    """Below 0, of the picture's content."""
    content = hashlib.sha256(picture.contiguous().flatten().view(torch.uint8).numpy().data)
    return -1 - (int.from_bytes(content.digest()[:8]) >> 1)

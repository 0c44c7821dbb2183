"""Pictures among a prompt's tokens: what tells them apart, and their features in place of embeddings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

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


def embedded(
    model: Any, prompt: Sequence[int], start: int, pixels: Sequence[torch.Tensor], is_over: Callable[[], bool]
) -> torch.Tensor | None:
    """Embeddings of the prompt from ``start`` on, (1, tokens, hidden), the features of tiles in their places.

    Tiles that stand before ``start`` are not looked at. None if it is over before the end.
    """
    device = main_device(model)
    ids = torch.tensor([prompt], device=device)
    is_place = ids == model.config.image_token_id
    for_a_tile = int(is_place.sum()) // sum(map(len, pixels))
    passed, rows = divmod(int(is_place[:, :start].sum()), for_a_tile)
    features = []
    for picture in pixels:
        passed, ahead = max(0, passed - len(picture)), picture[passed:]
        for tiles in ahead.split(TILES_AT_ONCE) if len(ahead) else ():
            if is_over():
                return None
            seen = model.get_image_features(pixel_values=tiles.to(device), return_dict=True)
            features.append(seen.pooler_output.flatten(0, 1))
    whole = model.get_input_embeddings()(ids[:, start:])
    if not features:
        return whole
    places = is_place[:, start:].unsqueeze(-1)
    return whole.masked_scatter(places, torch.cat(features)[rows:].to(whole.device, whole.dtype))


def _number(picture: torch.Tensor) -> int:
    """Below 0, of the picture's content."""
    content = hashlib.sha256(picture.contiguous().flatten().view(torch.uint8).numpy().data)
    return -1 - (int.from_bytes(content.digest()[:8]) >> 1)

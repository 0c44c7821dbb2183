"""What the model has read is kept: caches of keys and values, found again by the longest common beginning of their tokens."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from model.local.memory import cache_bytes_per_token, main_device, usable_bytes

#: Of what is free, and of a machine's own memory at most so much, or a whole context if that is more.
SHARE_OF_FREE = 4
MOST_BYTES_ON_CPU = 1_000_000_000
#: Ways to rotate keys that depend on how long the whole is: a beginning read alone is not that of a longer text.
ROTATES_BY_LENGTH = frozenset({"dynamic", "longrope"})


@dataclass(eq=False)
class Read:
    """A cache, and the keys of the tokens in it, in order.

    A key is a token's id; for a place where a picture stands, a number of that picture's own (``picture_keys``).
    """

    cache: DynamicCache
    keys: list[int] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether every layer holds exactly these tokens: not after a pass that failed half way."""
        return all(layer.get_seq_length() == len(self.keys) for layer in self.cache.layers)

    def cut_back(self, length: int) -> None:
        """To its first ``length`` tokens."""
        if surplus := len(self.keys) - length:
            self.cache.crop(-surplus)
            del self.keys[length:]

    def size(self) -> int:
        """Bytes of memory that it holds."""
        tensors = [tensor for layer in self.cache.layers for tensor in (layer.keys, layer.values)]
        return sum(tensor.untyped_storage().nbytes() for tensor in tensors if tensor is not None)


@dataclass(eq=False)
class _Kept:
    cache: DynamicCache
    keys: np.ndarray  # int64, so that beginnings are compared quickly
    size: int


class Prefixes:
    """The caches of one model, for its decode thread alone; ``held_bytes`` may be read by others.

    ``budget`` in bytes; None: a quarter of what is free at the time, on the CPU at most 1 GB or one context. A model with
    a layer that cannot be cut back (a sliding window, a recurrent state) reads each prompt anew.
    """

    def __init__(self, model: Any, context: int, budget: int | None = None) -> None:
        self._config = model.config.get_text_config()
        self._device = main_device(model)
        self._most = max(MOST_BYTES_ON_CPU, context * cache_bytes_per_token(model))
        self._budget = budget
        self._keeps = can_be_cut_back(self._config)
        self._kept: list[_Kept] = []  # the least recently used first
        self.held_bytes = 0

    def take(self, keys: Sequence[int], fresh: int = 1) -> Read:
        """The cache that holds most of a prompt's beginning, cut back to it, to be fed the rest: ``fresh`` tokens or more.

        Where that loses nothing it is taken out of the store, so that a long conversation is in memory once. Otherwise
        (a retry, an edit, another chat with the same instructions) the kept one stays as it is: what is given shares its
        tensors, which a cache never writes to but copies as it grows.
        """
        wanted = np.array(keys[: len(keys) - fresh], dtype=np.int64)
        lengths = [(_common(kept.keys, wanted), -len(kept.keys)) for kept in self._kept]
        length = max(lengths)[0] if lengths else 0
        if length == 0:
            return Read(DynamicCache(config=self._config))
        kept = self._kept[lengths.index(max(lengths))]
        surplus = len(kept.keys) - length
        if surplus > fresh:
            cache = _twin(kept.cache)
        else:  # nothing, or the prompt's own last tokens
            cache = kept.cache
            self._hold([other for other in self._kept if other is not kept])
        read = Read(cache, kept.keys.tolist())
        read.cut_back(length)
        return read

    def keep(self, read: Read) -> None:
        """Keep what an answer has read and said; what is beyond the budget goes, the least recently used first.

        Of these, those first of which a later one holds more than half, such as an answer whose thinking has been dropped
        from the history since: least is lost with them.
        """
        if not (self._keeps and read.keys and read.is_sound):
            return
        keys = np.array(read.keys, dtype=np.int64)
        longer = (kept for kept in self._kept if _common(kept.keys, keys) == len(keys))
        new = next(longer, None) or _Kept(read.cache, keys, read.size())
        self._hold([*(kept for kept in self._kept if _common(kept.keys, new.keys) < len(kept.keys)), new])
        budget = self._room() if self._budget is None else self._budget
        while self.held_bytes > budget:
            least = next(filter(self._is_mostly_in_a_later_one, self._kept), self._kept[0])
            self._hold([kept for kept in self._kept if kept is not least])

    def clear(self) -> int:
        """Let all go; returns the bytes that were held."""
        freed = self.held_bytes
        self._hold([])
        return freed

    def _hold(self, kept: list[_Kept]) -> None:
        self._kept = kept
        self.held_bytes = sum(one.size for one in kept)

    def _room(self) -> int:
        free = (usable_bytes(self._device) + self.held_bytes) // SHARE_OF_FREE
        return min(free, self._most) if self._device.type == "cpu" else free

    def _is_mostly_in_a_later_one(self, kept: _Kept) -> bool:
        later = self._kept[self._kept.index(kept) + 1 :]
        return any(2 * _common(kept.keys, other.keys) > len(kept.keys) for other in later)


def can_be_cut_back(config: Any) -> bool:
    """Whether a cache of this model, cut back to a beginning, is that of the beginning alone."""
    rotations = getattr(config, "rope_parameters", None) or {}
    kinds = {rotations.get("rope_type"), *(one.get("rope_type") for one in rotations.values() if isinstance(one, dict))}
    layers = DynamicCache(config=config).layers
    return not kinds & ROTATES_BY_LENGTH and all(type(layer) is DynamicLayer for layer in layers)


def _common(one: np.ndarray, other: np.ndarray) -> int:
    """Length of the common beginning."""
    length = min(len(one), len(other))
    differ = one[:length] != other[:length]
    return int(differ.argmax()) if differ.any() else length


def _twin(cache: DynamicCache) -> DynamicCache:
    """Another cache of the same tensors."""
    twin = copy.copy(cache)
    twin.layers = [copy.copy(layer) for layer in cache.layers]
    return twin

"""Attention of one pass of the model over tokens of several texts, each of which sees its own text alone.

transformers' layers compute queries, keys and values of all the tokens as if they were one text; here the keys and values
go to their text's blocks, and each text's queries meet what lies there. On the CPU a text gives the same bits however it is
cut into passes and whoever is read beside it, since the kernel always does the same work: it sums in another order where
few queries or a length that is no multiple of its vectors is asked of it, and in bf16 such a last bit grows over the layers
until another token is the likeliest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch.nn.functional import pad, scaled_dot_product_attention
from transformers import AttentionInterface

from model.local.blocks import BLOCK, Blocks, Table

NAME = "retort"
#: Multiple that the number of queries is rounded up to, as was seen to be enough with AVX-512; keys come in whole blocks.
QUERIES = 4
#: Tokens from which to repeat keys for the heads that share them costs less than a mask for each head.
MANY = 16
#: From so many tokens on, a text that lies in one piece is read where it lies; shorter ones are gathered and go together.
LONG = 1024


@dataclass(frozen=True, eq=False)
class Part:
    """``count`` tokens of one text from ``start`` on, all that stands before them having been read."""

    table: Table
    start: int
    count: int

    @property
    def end(self) -> int:
        return self.start + self.count


class Reading(Protocol):
    """What goes with a pass to every layer: queries (1, heads, tokens, size) in, (1, tokens, heads, size) out."""

    def attend(
        self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float | None
    ) -> torch.Tensor: ...


class Pass:
    """One pass over ``parts``, whose room in the blocks has been made; their rows stand in the order of ``self.parts``."""

    def __init__(self, blocks: Blocks, parts: Sequence[Part]) -> None:
        together: dict[int, list[Part]] = {}
        alone: list[_Group] = []
        for part in parts:
            is_long = part.end >= LONG and part.table.in_one_piece(part.end)
            if part.count == 1 and len(parts) > 1 and not is_long:
                together.setdefault(rounded(-(-part.end // BLOCK)), []).append(part)
            else:
                alone.append(_Alone(blocks, part))
        self._blocks = blocks
        self._groups: list[_Group] = [*(_Together(blocks, few, size) for size, few in together.items()), *alone]
        self.parts = [part for group in self._groups for part in group.parts]
        places = [blocks.places(part.table, part.start, part.count) for part in self.parts]
        self._places = torch.from_numpy(np.concatenate(places))
        self._on: dict[torch.device, torch.Tensor] = {}

    @property
    def positions(self) -> torch.Tensor:
        """Of each token in its text, (1, tokens)."""
        return torch.from_numpy(np.concatenate([np.arange(part.start, part.end) for part in self.parts]))[None]

    def attend(
        self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float | None
    ) -> torch.Tensor:
        keys, values, places = self._blocks.keys[layer], self._blocks.values[layer], self._places_on(key.device)
        keys.index_copy_(0, places, key[0].transpose(0, 1))
        values.index_copy_(0, places, value[0].transpose(0, 1))
        seen, row = [], 0
        for group in self._groups:
            seen.append(group.attend(query[:, :, row : row + group.rows], keys, values, scale))
            row += group.rows
        return seen[0] if len(seen) == 1 else torch.cat(seen, 1)

    def _places_on(self, device: torch.device) -> torch.Tensor:
        if device not in self._on:
            self._on[device] = self._places.to(device)
        return self._on[device]


class _Group:
    """Parts that attend together; ``rows`` are their tokens."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self.rows = sum(part.count for part in parts)

    def attend(
        self, query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, scale: float | None
    ) -> torch.Tensor:
        """Queries (1, heads, rows, size) to (1, rows, heads, size)."""
        raise NotImplementedError


class _Alone(_Group):
    """Some tokens of one text."""

    def __init__(self, blocks: Blocks, part: Part) -> None:
        super().__init__((part,))
        self._length = -(-part.end // BLOCK) * BLOCK
        self._begin = part.table.blocks[0] * BLOCK if part.table.in_one_piece(part.end) else None
        self._which = _Where(np.asarray(part.table.blocks[: self._length // BLOCK]))
        self._is_first = part.start == 0
        self._masks = _Masks(np.arange(part.start, part.end)[None], self._length)

    def attend(
        self, query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, scale: float | None
    ) -> torch.Tensor:
        if self._begin is None:
            key, value = (self._which.gathered(tensor, 1) for tensor in (keys, values))
        else:
            lies = slice(self._begin, self._begin + self._length)
            key, value = (tensor[lies][None].transpose(1, 2) for tensor in (keys, values))
        if self._is_first and query.device.type != "cpu":  # kernels for no mask want no more keys than queries
            key, value = (tensor[:, :, : self.rows] for tensor in (key, value))
        masks = None if self._is_first else self._masks
        return attended(query, key, value, masks, scale).transpose(1, 2)


class _Together(_Group):
    """One token of each of several texts, whose lengths are rounded up to ``size`` blocks."""

    def __init__(self, blocks: Blocks, parts: Sequence[Part], size: int) -> None:
        super().__init__(parts)
        which = np.zeros((len(parts), size), dtype=np.int64)
        for row, part in zip(which, parts, strict=True):
            row[:] = part.table.blocks[0]  # its own, since even what is masked must be numbers
            row[: -(-part.end // BLOCK)] = part.table.blocks[: -(-part.end // BLOCK)]
        self._which = _Where(which.ravel())
        self._masks = _Masks(np.array([[part.start] for part in parts]), size * BLOCK)

    def attend(
        self, query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, scale: float | None
    ) -> torch.Tensor:
        key, value = (self._which.gathered(tensor, self.rows) for tensor in (keys, values))
        seen = attended(query[0].transpose(0, 1)[:, :, None], key, value, self._masks, scale)
        return seen[:, :, 0][None]


class _Where:
    """Blocks to be gathered, told to each device once."""

    def __init__(self, blocks: np.ndarray) -> None:
        self._blocks = torch.from_numpy(blocks)

    def gathered(self, tensor: torch.Tensor, texts: int) -> torch.Tensor:
        if self._blocks.device != tensor.device:
            self._blocks = self._blocks.to(tensor.device)
        return gathered(tensor, self._blocks, texts)


def gathered(tensor: torch.Tensor, blocks: torch.Tensor, texts: int) -> torch.Tensor:
    """What lies in these blocks, as many of each text: (texts, heads, tokens, size)."""
    lies = tensor.view(-1, BLOCK * tensor.shape[1] * tensor.shape[2]).index_select(0, blocks)
    return lies.view(texts, -1, *tensor.shape[1:]).transpose(1, 2)


class _Masks:
    """For each row of (texts, tokens) positions: 0 for what stands up to there, -inf beyond; made once for all layers."""

    def __init__(self, positions: np.ndarray, length: int) -> None:
        self._positions, self._length = positions, length
        self._made: dict[tuple[torch.device, torch.dtype, int, int], torch.Tensor] = {}

    def for_rows(self, query: torch.Tensor, group: int, rows: int) -> torch.Tensor:
        """(texts, 1, rows, length): the tokens once for each of ``group`` heads, and rows more that nobody looks at."""
        which = (query.device, query.dtype, group, rows)
        if which not in self._made:
            beyond = np.arange(self._length) > self._positions[:, :, None]
            mask = torch.zeros(beyond.shape, dtype=query.dtype).masked_fill_(torch.from_numpy(beyond), float("-inf"))
            mask = mask[:, None].to(query.device)
            if mask.shape[2] == 1:
                self._made[which] = mask.expand(-1, -1, rows, -1)
            else:
                mask = mask.repeat(1, 1, group, 1)
                self._made[which] = pad(mask, (0, 0, 0, rows - mask.shape[2])) if rows > mask.shape[2] else mask
        return self._made[which]


def attended(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, masks: _Masks | None, scale: float | None
) -> torch.Tensor:
    """Of queries (texts, heads, tokens, size), and keys and values with a divisor of the heads; as the queries are.

    Without masks, queries are all of the text and each sees what stands before it. Of few tokens, the heads that share keys
    are queries of one head: nothing is repeated.
    """
    heads, tokens = query.shape[1], query.shape[2]
    group = heads // key.shape[1]
    if masks is None or tokens >= MANY:
        if group > 1:
            key, value = (tensor.repeat_interleave(group, 1) for tensor in (key, value))
        if masks is None:
            return scaled_dot_product_attention(query, key, value, is_causal=True, scale=scale)
        group = 1
    rows = group * tokens
    more = -rows % QUERIES
    queries = query.unflatten(1, (-1, group)).flatten(2, 3)
    if more:
        queries = pad(queries, (0, 0, 0, more))
    mask = masks.for_rows(query, group, rows + more)
    seen = scaled_dot_product_attention(queries, key, value, attn_mask=mask, scale=scale)
    return seen[:, :, :rows].unflatten(2, (group, tokens)).flatten(1, 2)


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    reading: Reading | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """transformers' attention: queries (1, heads, tokens, size) to (1, tokens, heads, size).

    Without ``reading``, which is when anyone but the engine calls the model, the last tokens of one text that is all there.
    """
    if reading is not None:
        return reading.attend(module.layer_idx, query, key, value, scaling), None  # type: ignore[arg-type]
    tokens, length = query.shape[2], key.shape[2]
    group = query.shape[1] // key.shape[1]
    key, value = (tensor.repeat_interleave(group, 1) for tensor in (key, value))
    if attention_mask is None and tokens != length:
        attention_mask = torch.ones(tokens, length, dtype=torch.bool, device=query.device).tril(length - tokens)
    is_causal = attention_mask is None
    seen = scaled_dot_product_attention(query, key, value, attention_mask, is_causal=is_causal, scale=scaling)
    return seen.transpose(1, 2).contiguous(), None


def rounded(blocks: int) -> int:
    """1, 2, 3, 4, 6, 8, 12, 16, …: at most half as many again, so that few sizes are in use."""
    size = 1 << (blocks - 1).bit_length()
    return 3 * size // 4 if size >= 4 and blocks <= 3 * size // 4 else size


AttentionInterface.register(NAME, attend)

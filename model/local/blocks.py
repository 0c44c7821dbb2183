"""The memory for what is read: keys and values of every layer, in blocks of tokens that several texts may share.

A text's blocks are counted, not copied: a branch holds the same blocks as the text it leaves, and the one block that both
would write to is copied when that happens. On the CPU memory is taken from the machine only as blocks are first written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

BLOCK = 64  # tokens


class NoRoomError(Exception):
    """All blocks are in use."""


@dataclass(frozen=True)
class LayerShape:
    """Of one layer's keys and values for one token: (heads, size) of each."""

    keys: tuple[int, int]
    values: tuple[int, int]
    device: torch.device
    dtype: torch.dtype

    @property
    def bytes_per_token(self) -> int:
        return (self.keys[0] * self.keys[1] + self.values[0] * self.values[1]) * self.dtype.itemsize


@dataclass(eq=False)
class Table:
    """Where one text's tokens lie: ``length`` of them in these blocks, in order."""

    blocks: list[int] = field(default_factory=list)
    length: int = 0

    def in_one_piece(self, tokens: int) -> bool:
        """Whether the first so many tokens lie one after the other."""
        last = (tokens - 1) // BLOCK
        return self.blocks[last] - self.blocks[0] == last and (
            last < 2 or self.blocks[: last + 1] == [*range(self.blocks[0], self.blocks[last] + 1)]
        )


class Blocks:
    """``count`` blocks for the layers of one model; for its decode thread alone, but for the counts.

    ``keys[layer]`` and ``values[layer]`` are of shape (tokens, heads, size); ``users`` tells how many texts hold a block.
    """

    def __init__(self, layers: Sequence[LayerShape], count: int) -> None:
        self.layers = tuple(layers)
        self.count = count
        self.bytes_per_block = BLOCK * sum(layer.bytes_per_token for layer in layers)
        # zeros, since what lies beyond a text's end is multiplied by 0, which NaN would survive
        self.keys = [_zeros(count, layer, layer.keys) for layer in layers]
        self.values = [_zeros(count, layer, layer.values) for layer in layers]
        self.users = np.zeros(count, dtype=np.int32)
        self.used = 0

    def make_room(self, table: Table, tokens: int) -> None:
        """Room for so many more tokens, which nobody else sees; raises ``NoRoomError`` and changes nothing if there is none."""
        whole, rest = divmod(table.length, BLOCK)
        is_shared = rest > 0 and self.users[table.blocks[whole]] > 1
        more = -(-(table.length + tokens) // BLOCK) - len(table.blocks)
        if max(more, 0) + is_shared > self.count - self.used:
            raise NoRoomError
        if is_shared:
            (own,) = self._taken(1, None)
            for tensor in (*self.keys, *self.values):
                lies = tensor.view(self.count, BLOCK, *tensor.shape[1:])
                lies[own, :rest] = lies[table.blocks[whole], :rest]
            self._let_go(table.blocks[whole : whole + 1])
            table.blocks[whole] = own
        if more > 0:
            table.blocks += self._taken(more, table.blocks[-1] if table.blocks else None)

    def shared(self, table: Table, length: int) -> Table:
        """The first ``length`` tokens as another text of its own."""
        blocks = table.blocks[: -(-length // BLOCK)]
        self.users[blocks] += 1
        return Table(blocks, length)

    def cut_back(self, table: Table, length: int) -> None:
        """To its first ``length`` tokens."""
        kept = -(-length // BLOCK)
        self._let_go(table.blocks[kept:])
        del table.blocks[kept:]
        table.length = length

    def release(self, table: Table) -> None:
        self.cut_back(table, 0)

    def places(self, table: Table, start: int, count: int) -> np.ndarray:
        """Rows of ``keys`` and ``values`` for tokens from ``start`` on."""
        tokens = np.arange(start, start + count)
        return np.asarray(table.blocks)[tokens // BLOCK] * BLOCK + tokens % BLOCK

    @torch.inference_mode()
    def wipe(self, table: Table) -> None:
        """Zeros in the blocks that are this text's alone: a pass that failed may have left anything there."""
        for block in table.blocks:
            if self.users[block] == 1:
                for tensor in (*self.keys, *self.values):
                    tensor[block * BLOCK : (block + 1) * BLOCK] = 0

    def _taken(self, count: int, after: int | None) -> list[int]:
        """Free blocks: those that follow ``after`` as long as they are free, then from the longest free stretch."""
        taken: list[int] = []
        while len(taken) < count:
            if after is None or after + 1 >= self.count or self.users[after + 1]:
                after = self._longest_stretch() - 1
            after += 1
            self.users[after] = 1
            taken.append(after)
        self.used += count
        return taken

    def _longest_stretch(self) -> int:
        """Where to begin in the longest free stretch: in its middle, if the text before it may want to grow."""
        edges = np.flatnonzero(np.diff(np.concatenate(([0], self.users == 0, [0]))))
        begins, ends = edges[::2], edges[1::2]
        longest = int((ends - begins).argmax())
        begin, length = int(begins[longest]), int(ends[longest] - begins[longest])
        return begin + length // 2 if begin else begin

    def _let_go(self, blocks: Sequence[int]) -> None:
        if len(blocks):
            self.users[blocks] -= 1
            self.used -= int((self.users[blocks] == 0).sum())


def _zeros(count: int, layer: LayerShape, shape: tuple[int, int]) -> torch.Tensor:
    return torch.zeros((count * BLOCK, *shape), dtype=layer.dtype, device=layer.device)

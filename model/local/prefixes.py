"""What the model has read is kept, and found again by the longest common beginning of its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.local.blocks import Blocks, Table


@dataclass(eq=False)
class _Kept:
    table: Table
    keys: np.ndarray  # int64, so that beginnings are compared quickly


class Prefixes:
    """The texts that one model has read, in its blocks; for its decode thread alone, but for the counts.

    ``budget`` is how many bytes may be kept; None: as long as nobody needs the blocks. The least recently used goes first.
    """

    def __init__(self, blocks: Blocks, budget: int | None = None) -> None:
        self._blocks = blocks
        self._most = blocks.count if budget is None else budget // blocks.bytes_per_block
        self._kept: list[_Kept] = []  # the least recently used first
        self._holds = np.zeros(blocks.count, dtype=np.int32)

    @property
    def held_bytes(self) -> int:
        """Of memory that holds what is kept, much of which answers under way may share."""
        return int((self._holds > 0).sum()) * self._blocks.bytes_per_block

    @property
    def alone(self) -> int:
        """Blocks that would be free if nothing were kept."""
        return int(((self._holds > 0) & (self._holds == self._blocks.users)).sum())

    def find(self, keys: Sequence[int], fresh: int = 1) -> tuple[Table | None, int]:
        """The text that holds most of a prompt's beginning, and how many tokens of it: all but ``fresh`` or more of them."""
        wanted = np.array(keys[: max(0, len(keys) - fresh)], dtype=np.int64)
        lengths = [common(kept.keys, wanted) for kept in self._kept]
        longest = max(lengths, default=0)
        if longest == 0:
            return None, 0
        kept = self._kept[lengths.index(longest)]
        self._kept.remove(kept)
        self._kept.append(kept)
        return kept.table, longest

    def keep(self, table: Table, keys: Sequence[int]) -> None:
        """Keep what an answer has read and said; what is beyond the budget goes.

        Of these, those first of which a later one holds more than half, such as an answer whose thinking has been dropped
        from the history since: least is lost with them.
        """
        if not keys or len(keys) != table.length:
            return
        new = np.array(keys, dtype=np.int64)
        if any(common(kept.keys, new) == len(new) for kept in self._kept):
            return
        for kept in [kept for kept in self._kept if common(kept.keys, new) == len(kept.keys)]:
            self._let_go(kept)
        kept = _Kept(self._blocks.shared(table, len(keys)), new)
        self._kept.append(kept)
        self._holds[kept.table.blocks] += 1
        while self._kept and int((self._holds > 0).sum()) > self._most:
            self.let_one_go()

    def let_one_go(self) -> bool:
        """The one that is missed least; False if there is none."""
        if not self._kept:
            return False
        self._let_go(next(filter(self._is_mostly_in_a_later_one, self._kept), self._kept[0]))
        return True

    def clear(self) -> int:
        """Let all go; returns the bytes that were held."""
        freed = self.held_bytes
        while self.let_one_go():
            continue
        return freed

    def _let_go(self, kept: _Kept) -> None:
        self._kept.remove(kept)
        self._holds[kept.table.blocks] -= 1
        self._blocks.release(kept.table)

    def _is_mostly_in_a_later_one(self, kept: _Kept) -> bool:
        later = self._kept[self._kept.index(kept) + 1 :]
        return any(2 * common(kept.keys, other.keys) > len(kept.keys) for other in later)


def common(one: np.ndarray, other: np.ndarray) -> int:
    """Length of the common beginning."""
    length = min(len(one), len(other))
    differ = one[:length] != other[:length]
    return int(differ.argmax()) if differ.any() else length

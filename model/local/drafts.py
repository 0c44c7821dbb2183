"""Guesses at the next tokens: where the last few stood in the text before, what followed them there.

An answer that quotes its prompt (a tool's result, a file, a SMILES string) is read several tokens a pass that way; each is
still chosen from the model's own logits, and a wrong guess is cut back. (Prompt lookup: A. Saxena,
https://github.com/apoorvumang/prompt-lookup-decoding, 2023.)
"""

from __future__ import annotations

from collections.abc import Sequence

MATCHED = 3  # tokens that must be the same
MOST = 8  # guessed at once


class Drafts:
    """For one answer: ``add`` what it has, ``guess`` what may come."""

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids = list(ids)
        self._after: dict[tuple[int, ...], int] = {}  # where the text went on after these, the last time
        for end in range(MATCHED, len(self._ids)):
            self._after[tuple(self._ids[end - MATCHED : end])] = end
        self._reach = MOST // 2

    def add(self, ids: Sequence[int]) -> None:
        for id in ids:
            if len(self._ids) >= MATCHED:
                self._after[tuple(self._ids[-MATCHED:])] = len(self._ids)
            self._ids.append(id)

    def guess(self, most: int = MOST) -> list[int]:
        """At most so many, fewer where the last guesses were wrong, none where the text has nothing like it."""
        at = self._after.get(tuple(self._ids[-MATCHED:]))
        return [] if at is None else self._ids[at : at + min(most, self._reach)]

    def were_right(self, right: int, guessed: int) -> None:
        """Of the last guess."""
        self._reach = min(MOST, max(1, 2 * right + (right == guessed)))

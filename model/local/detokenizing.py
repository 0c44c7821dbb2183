"""Token ids to text as they come: whole characters only, and each token decoded a bounded number of times."""

from __future__ import annotations

from typing import Protocol

_HALF = "\ufffd"
#: The longest UTF-8 character is four bytes, and a byte-level token holds at least one; more are not waited for.
_LONGEST_WAIT = 8


class Decoder(Protocol):
    def decode(self, ids: list[int], **options: bool) -> str: ...


class Detokenizer:
    """``add`` returns the text that a token completes, ``close`` what was still half a character.

    A window of two runs of tokens is decoded with and without the new token: the difference is its text, whatever the
    tokenizer does with spaces between neighbours. The window moves on with each piece of text, so that the work per
    token does not grow with the length of the answer.
    """

    def __init__(self, tokenizer: Decoder) -> None:
        self._tokenizer = tokenizer
        self._context: list[int] = []
        self._new: list[int] = []
        self._context_text = ""

    def add(self, token: int) -> str:
        self._new.append(token)
        text = self._decoded(self._context + self._new)
        if text.endswith(_HALF) and len(self._new) < _LONGEST_WAIT:
            return ""
        piece = text[len(self._context_text) :]
        if not piece:  # a token without text of its own: keep it for its neighbour's sake
            return ""
        self._move_on()
        return piece

    def close(self) -> str:
        piece = self._decoded(self._context + self._new)[len(self._context_text) :]
        self._move_on()
        return piece

    def _move_on(self) -> None:
        self._context, self._new = self._new, []
        self._context_text = self._decoded(self._context)

    def _decoded(self, ids: list[int]) -> str:
        return self._tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False) if ids else ""

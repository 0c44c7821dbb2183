"""Token ids to text as they come: whole characters only, and each token decoded a bounded number of times."""

from __future__ import annotations

from typing import Protocol

_HALF = "\ufffd"
#: Tokens whose end may stay half a character before the window moves on all the same: bytes that are no text.
_LONGEST_WINDOW = 64
_LONGEST_CHARACTER = 4  # bytes in UTF-8, and so tokens


class Decoder(Protocol):
    def decode(self, ids: list[int], **options: bool) -> str: ...


class Detokenizer:
    """``add`` returns the text that a token completes, ``close`` what was still half a character.

    A window of tokens is decoded with each new one: the difference to before is its text, whatever the tokenizer does
    with spaces between neighbours. The window moves on whenever the text ends in a whole character, so that the work per
    token does not grow with the length of the answer. Bytes that are no text are told as U+FFFD, as ``decode`` tells them.
    """

    def __init__(self, tokenizer: Decoder) -> None:
        self._tokenizer = tokenizer
        self._context: list[int] = []
        self._new: list[int] = []
        self._said = 0  # characters of the window's text that have been returned

    def add(self, token: int) -> str:
        self._new.append(token)
        text = self._decoded(self._context + self._new)
        whole = text.rstrip(_HALF)
        piece = whole[self._said :]
        self._said = max(self._said, len(whole))
        if len(whole) == len(text):
            if piece:
                self._move_on(len(self._new))
        elif len(self._new) >= _LONGEST_WINDOW:
            piece += self._give_up_on_broken_bytes(text)
        return piece

    def close(self) -> str:
        piece = self._decoded(self._context + self._new)[self._said :]
        self._move_on(len(self._new))
        return piece

    def _give_up_on_broken_bytes(self, text: str) -> str:
        """Say what can never become a character, and keep the last tokens, which still may."""
        for kept in range(1, _LONGEST_CHARACTER):
            settled, open_end = self._new[:-kept], self._new[-kept:]
            before = self._decoded(self._context + settled)
            if before + self._decoded(open_end) == text:  # no character lies across this cut
                piece = before[self._said :]
                self._move_on(len(settled))
                return piece
        return ""

    def _move_on(self, tokens: int) -> None:
        """Make the first new ``tokens``, all of whose text has been said, the context of the others."""
        self._context, self._new = self._new[:tokens], self._new[tokens:]
        self._said = len(self._decoded(self._context))

    def _decoded(self, ids: list[int]) -> str:
        return self._tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False) if ids else ""

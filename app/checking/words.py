"""The words of a sentence without its punctuation and its brackets, as far as those are not of the word itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

_STOPS = ".,;:!?'’‘…⁺⁻"


def cores(token: str, at: int) -> Iterator[tuple[int, int]]:
    """The token without the punctuation around it, then without what a sentence's brackets add."""
    start, end = 0, len(token)
    while start < end and token[start] in "'‘’,;:*=~≈":
        start += 1
    end = start + len(core(token[start:end]))
    inner = token[start:end]
    if inner.startswith("(") and (inner.count("(") > inner.count(")") or closes_last(inner)):
        inside = inner[1:-1] if closes_last(inner) else inner[1:]
        yield at + start + 1, at + start + 1 + len(core(inside))
        if closes_last(inner):
            return
    if not (inner.startswith("(") and inner.count("(") > inner.count(")")):
        yield at + start, at + end
    if match := re.match(r"[A-Za-z]+[=:](?=[A-Z\[(])", inner):  # MW=…, SMILES:CCO
        yield at + start + match.end(), at + end
    if match := re.fullmatch(r"(?:M|MW|Mr|n|m|c)\((.+?)\)", inner):  # M(NaCl)
        yield at + start + match.start(1), at + start + match.end(1)


def closes_last(word: str) -> bool:
    """Whether the first bracket is closed by the last character."""
    depth = 0
    for place, character in enumerate(word):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place == len(word) - 1
    return False


def core(token: str) -> str:
    """Without the stops behind it, and without closing brackets that nothing opened."""
    while token:
        bare = token.rstrip(_STOPS)
        for opening, closing in ("()", "[]"):
            if bare.endswith(closing) and bare.count(closing) > bare.count(opening):
                bare = bare[:-1]
        if bare == token:
            return token
        token = bare
    return token

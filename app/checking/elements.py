"""Symbols and numbers that an answer gives to elements: "antimony is An", "Kr: Z = 38", "europium (Eu, 65)"."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence

from app.checking.facts import Facts
from app.checking.finding import Thing
from app.checking.marks import Mark
from app.checking.sentences import Sentence
from errors import RetortError

_SYMBOL = re.compile(
    r"[`'\"*]*(?:[’']s)?\s*(?P<link>\(|:|,|=|is|has|symbol)?\s*(?:(?:the\s+|its\s+)?(?:chemical\s+|element\s+)?symbol\s*(?:is|:|of|=)?\s*)?[`'\"“*]*(?P<symbol>[A-Z][a-z]?)(?![\w'’-]|\s?[+\-−]|\.\w|\s*=)"
)
_SPEAKS_OF_SYMBOLS = re.compile(r"\bsymbols?\b|\bZ\b|atomic (?:number|weight|mass)|periodic|A_?r\b", re.IGNORECASE)
_ROMAN = frozenset(["I", "V"])


def element_symbols(
    text: str, sentences: Sequence[Sentence], things: Sequence[Thing], facts: Facts, stop: threading.Event | None = None
) -> Iterator[Mark]:
    """A mark on each symbol that stands beside the name of an element."""
    for sentence in sentences:
        spoken = bool(
            _SPEAKS_OF_SYMBOLS.search(text, sentence.start, sentence.end)
            or _SPEAKS_OF_SYMBOLS.search(text, max(0, sentence.start - 200), sentence.start)
        )
        for thing in things:
            if (
                thing.kind != "element"
                or not sentence.start <= thing.start < sentence.end
                or thing.end - thing.start < 3
            ):
                continue
            match = _SYMBOL.match(text, thing.end, sentence.end)
            if match is None or (stop is not None and stop.is_set()):
                continue
            symbol = match["symbol"]
            if (
                not match["link"]
                or (not spoken and match["link"] != "(")
                or (symbol in _ROMAN and symbol != thing.text)
            ):
                continue
            try:
                fact = facts.ask("element", {"symbol": thing.text}, stop)
            except RetortError:
                continue
            ours = str(fact.data["symbol"])
            if symbol != ours and not spoken:
                continue
            yield Mark(
                match.start("symbol"),
                match.end("symbol"),
                symbol,
                "equal" if symbol == ours else "different",
                ours,
                fact.call,
                "symbol",
            )

"""What an answer says of elements by form alone: symbols, numbers and rows of weights.

"antimony is An", "Ar is the symbol of silver", "element 47 is cadmium", "plutonium is 96", "H 1.008, C 12.011, N 14.007".
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence

from app.checking.doubts import REPORTED
from app.checking.facts import Fact, Facts
from app.checking.marks import Mark, Verdict
from app.checking.numbers import agrees, as_given, numbers_in
from app.checking.properties import BY_NAME
from app.checking.sentences import Sentence
from app.checking.things import Thing
from errors import RetortError
from tools.inputs.elements import ELEMENT_NAMES

_TOKEN = r"[`'\"“*]*(?P<symbol>[A-Z][a-z]?)[`'\"”*]*"
_BEHIND = re.compile(
    rf"[`'\"*]*(?:[’']s)?(?:\s*\(\s*|\s*,\s*(?=[A-Z][a-z]?[,)])|\s*[:=→]\s*|\s+(?:is|has)\s+|\s+symbol\s+)(?:(?:the|its)\s+)?(?:(?:chemical|element)\s+)?(?:symbol\s*(?:is|:|of|=)?\s*)?{_TOKEN}(?![\w'’-]|\s?[+\-−]|\.\w|\s*=|\s+(?:is|and [A-Z][a-z]? ))"
)
_SYMBOL_SAID = re.compile(rf"[^.;\n]{{0,50}}?\b(?:the|its)\s+(?:chemical\s+)?symbol\s+(?:is\s+)?{_TOKEN}(?![\w'’-])")
_BEFORE = re.compile(
    rf"(?<![\w-]){_TOKEN}\s*(?:\(|is|=|stands for|for|:)\s*(?:the\s+)?(?:chemical\s+)?(?:symbol\s+(?:of|for)\s+)?$"
)
_OWNED = re.compile(rf"(?<![\w-]){_TOKEN}\s+is\s+$")
_SPOKEN = re.compile(r"\bsymbols?\b|\bZ\b|atomic (?:number|weight|mass)|periodic|A_?r\b|\belements?\b", re.IGNORECASE)
_SYMBOLS_SPOKEN = re.compile(r"\bsymbols?\b|from (?:its |the )?Latin|\bLatin\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\b[Ee]lement\s+(?:number\s+|no\.\s*)?(\d{1,3})\s+(?:is|=|,|\()\s*(?:the\s+)?$")
_HAS_NUMBER = re.compile(
    r"\s*(?:is|has|=|:|,|\()\s*(?:(?:element|number|atomic number|the)\s+)*(\d{1,3})(?!\d|\.\d|\s?(?:[A-Za-zµ°%]|[×*/+]))(?=[\s,.;)]|$)"
)
_ION = re.compile(
    r"(?<![A-Za-z\d])([A-Z][a-z]?)\^?\{?(\d?[+\-−]|[²³⁴⁵⁶]?[⁺⁻])\}?(?:\s+(?:ion|cation|anion))?,?\s+(?:(?:has|have|with|contains?|which|therefore|thus|then|so|is)\s+){1,3}(\d{1,3})\s+electrons"
)
_HAS_WEIGHT = re.compile(
    r"(?:[’']s)?\s*(?:\([^()]{1,30}\)\s*)?(?:is|has|[:=,])?\s*(\d{1,3}\.\d{2,4})(?![\d%]|\s?(?:[A-Za-zµ°]|[×*/+]))"
)
_SYMBOL = re.compile(r"(?<![\w-])([A-Z][a-z]?)(?:\d?[+\-−]|[²³⁴⁵⁶]?[⁺⁻])?(?=[\s(])")
_Z_SAID = re.compile(
    r"\s*(?:is|has|,)?\s*\(?\s*Z\s*=\s*(\d{1,3})(?!\d|\.\d)(?:\s*(?:[,;]|with|and)\s*(\d{1,3}\.\d{1,4})(?![\d%]|\s?(?:[A-Za-zµ°]|[×*/+])))?"
)
_NUMBER_AND_WEIGHT = re.compile(r"\s+(\d{1,3})\s*\(\s*(\d{1,3}\.\d{1,4})\s*\)")
_CELL = 8  # a Z of at most this may be the formula units of a cell
_WEIGHT = r"(?<![\w-])([A-Z][a-z]?)\s*[=:]?\s*(\d{1,3}\.\d{1,4})(?![\d%])"
_ELEMENTS = re.compile(r"\b(?:elements?|symbols?|atoms?)\b", re.IGNORECASE)
_SIGNS = str.maketrans("−⁺⁻²³⁴⁵⁶", "-+-23456")
_WEIGHTS = re.compile(rf"(?:{_WEIGHT}(?:\s*[,;]\s*|\s+and\s+)?){{3,}}")
_ONE_WEIGHT = re.compile(_WEIGHT)


def statements_of_elements(
    text: str, sentences: Sequence[Sentence], things: Sequence[Thing], facts: Facts, stop: threading.Event | None = None
) -> Iterator[Mark]:
    """A mark on each symbol and number that stands beside the name of an element, and on each weight of a row of them."""
    for sentence in sentences:
        if stop is not None and stop.is_set():
            return
        if REPORTED.search(text, sentence.start, sentence.end):
            continue
        around = text[max(0, sentence.start - 600) : sentence.end + 120]
        pairs = [
            _BEHIND.match(text, one.end, sentence.end)
            for one in things
            if one.kind == "element" and sentence.start <= one.start < sentence.end
        ]
        if sum(found is not None and found["symbol"] in ELEMENT_NAMES for found in pairs) > 2:
            around += " symbols"  # a list of them
        for thing in things:
            if thing.kind == "element" and sentence.start <= thing.start < sentence.end and thing.end - thing.start > 2:
                fact = _fact(thing.text, facts, stop)
                if fact is not None:
                    yield from _beside(text, sentence, thing, fact, around)
        yield from _numbered(text, sentence, things, facts, stop)
        yield from _row(text, sentence, facts, stop)
        yield from _ions(text, sentence, facts, stop)


def elements_of_tables(text: str, sentences: Sequence[Sentence]) -> Iterator[Thing]:
    """The symbols in the first cells of a table of elements."""
    for cell in sentences:
        is_first = cell.header is not None and cell.row is None
        if (
            is_first
            and _ELEMENTS.search(text, *(cell.header or (0, 0)))
            and text[cell.start : cell.end] in ELEMENT_NAMES
        ):
            yield Thing("element", text[cell.start : cell.end], cell.start, cell.end)


def _fact(symbol: str, facts: Facts, stop: threading.Event | None) -> Fact | None:
    try:
        return facts.ask("element", {"symbol": symbol}, stop)
    except RetortError:
        return None


def _beside(text: str, sentence: Sentence, thing: Thing, fact: Fact, around: str) -> Iterator[Mark]:
    ours, number = str(fact.data["symbol"]), int(fact.data["atomic_number"])
    before = text[max(sentence.start, thing.start - 60) : thing.start]
    offset = thing.start - len(before)
    found = _BEFORE.search(before)
    if found is None and re.match(r"[’']s\s+(?:chemical\s+)?symbol", text[thing.end : thing.end + 20]):
        found = _OWNED.search(before)
    if found is not None and (found["symbol"] in ELEMENT_NAMES or found["symbol"] == ours):
        start = offset + found.start("symbol")
        if found["symbol"] == ours or _SPOKEN.search(around):
            yield _mark(
                start, start + len(found["symbol"]), found["symbol"], found["symbol"] == ours, ours, fact, "symbol"
            )
    elif (
        found := _BEHIND.match(text, thing.end, sentence.end) or _SYMBOL_SAID.match(text, thing.end, sentence.end)
    ) is not None:
        symbol = found["symbol"]
        is_known = symbol == ours or (_SPOKEN.search(around) and not (symbol in ("I", "V", "A") and "(" in found[0]))
        if is_known and (
            symbol == ours
            or re.match(r"\W{0,3}Z\s*=", text[found.end() : found.end() + 8])
            or symbol in ELEMENT_NAMES
            or _SYMBOLS_SPOKEN.search(around)
        ):
            yield _mark(found.start("symbol"), found.end("symbol"), symbol, symbol == ours, ours, fact, "symbol")
    if (numbered := _NUMBERED.search(before)) is not None:
        yield _mark(
            thing.start,
            thing.end,
            text[thing.start : thing.end],
            int(numbered[1]) == number,
            f"{ours} is element {number}",
            fact,
            "atomic_number",
        )
    elif _SPOKEN.search(around) and (has := _HAS_NUMBER.match(text, thing.end, sentence.end)) is not None:
        stated = int(has[1])
        is_count = "(" in has[0] and (text[thing.end - 1] == "s" or not re.search(r"atomic number|\bZ\b", around))
        if is_count:
            return
        if stated == number or abs(stated - number) <= 8:
            yield _mark(*has.span(1), has[1], stated == number, str(number), fact, "atomic_number")
    if _SPOKEN.search(around) and (has := _HAS_WEIGHT.match(text, thing.end, sentence.end)) is not None:
        weight, given = float(fact.data.get("atomic_weight") or 0.0), next(numbers_in(has[1]), None)
        if given is not None and 0.9 * weight < given.value < 1.1 * weight:
            same = agrees(given, weight, BY_NAME["atomic_weight"].relative)
            if same or abs(given.value - weight) > BY_NAME["atomic_weight"].slack * weight:
                yield _mark(*has.span(1), has[1], same, as_given(weight, given), fact, "atomic_weight")


def _numbered(
    text: str, sentence: Sentence, things: Sequence[Thing], facts: Facts, stop: threading.Event | None
) -> Iterator[Mark]:
    """The numbers of "nickel (Z = 28, 58.693)" and "Ru 44 (101.07)"."""
    named = [
        (one.text, one.end) for one in things if one.kind == "element" and sentence.start <= one.start < sentence.end
    ]
    named += [
        (one[1], one.end()) for one in _SYMBOL.finditer(text, sentence.start, sentence.end) if one[1] in ELEMENT_NAMES
    ]
    for symbol, end in dict.fromkeys(named):
        said = _Z_SAID.match(text, end, sentence.end) or _NUMBER_AND_WEIGHT.match(text, end, sentence.end)
        fact = _fact(symbol, facts, stop) if said is not None else None
        if said is None or fact is None:
            continue
        weight = float(fact.data.get("atomic_weight") or 0.0)
        given = next(numbers_in(said[2]), None) if said[2] else None
        is_weight = given is not None and 0.9 * weight < given.value < 1.1 * weight
        number, stated = int(fact.data["atomic_number"]), int(said[1])
        if said.re is _NUMBER_AND_WEIGHT and (not is_weight or abs(stated - weight) < 0.1 * weight):
            continue  # an isotope, or no element at all
        if is_weight or stated == number or stated > _CELL:
            yield _mark(*said.span(1), said[1], stated == number, str(number), fact, "atomic_number")
        if given is not None and is_weight:
            same = agrees(given, weight, BY_NAME["atomic_weight"].relative)
            yield _mark(*said.span(2), said[2], same, as_given(weight, given), fact, "atomic_weight")


def _ions(text: str, sentence: Sentence, facts: Facts, stop: threading.Event | None) -> Iterator[Mark]:
    """The electrons of "Cl⁻ has 18 electrons"."""
    for ion in _ION.finditer(text, sentence.start, sentence.end):
        charge = ion[2].translate(_SIGNS)
        try:
            fact = facts.ask("formula_report", {"formula": f"{ion[1]}^{{{charge}}}"}, stop)
        except RetortError:
            continue
        ours = int(fact.data["electrons"])
        yield _mark(ion.start(3), ion.end(3), ion[3], int(ion[3]) == ours, str(ours), fact, "electrons")


def _row(text: str, sentence: Sentence, facts: Facts, stop: threading.Event | None) -> Iterator[Mark]:
    """Symbols, each with a number: atomic weights, where most of them are."""
    for row in _WEIGHTS.finditer(text, sentence.start, sentence.end):
        read = []
        for one in _ONE_WEIGHT.finditer(text, *row.span()):
            fact = _fact(one[1], facts, stop) if one[1] in ELEMENT_NAMES else None
            number = next(numbers_in(one[2]), None)
            if fact is not None and number is not None and fact.data.get("atomic_weight"):
                same = agrees(number, float(fact.data["atomic_weight"]), BY_NAME["atomic_weight"].relative)
                read.append((one, number, same, fact))
        if sum(same for _, _, same, _ in read) * 3 >= 2 * len(read) > 0:
            for one, number, same, fact in read:
                yield _mark(
                    *one.span(2),
                    one[2],
                    same,
                    as_given(float(fact.data["atomic_weight"]), number),
                    fact,
                    "atomic_weight",
                )


def _mark(start: int, end: int, span: str, same: bool, ours: str, fact: Fact, kind: str) -> Mark:
    verdict: Verdict = "equal" if same else "different"
    return Mark(start, end, span, verdict, ours, fact.call, kind)

"""Numbers that say something: each with the property that it gives, and where the words for that stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from app.checking.numbers import Number, numbers_in, spelt_in
from app.checking.properties import BY_NAME, PROPERTIES, Property
from app.checking.sentences import Sentence
from errors import RetortError
from tools.inputs.elements import parse_element

#: Between the words for a property and its number; another number in between makes it that number's.
LONGEST_GAP = 90
_ATOMS = re.compile(
    r"(?:\s|-)?(?:(?P<spelt>[A-Za-z]{4,12})(?:\s+atoms?\b|s\b|\b)|(?P<symbol>[A-Z][a-z]?)\s?(?:-\s?)?atoms?\b)",
    re.IGNORECASE,
)
_ADDUCT = re.compile(
    r"\[\d?M\s?[+\-−][^\]]{1,12}\]|\bm/z\b|\bfragment|\bpeaks?\b|\bion\b|\bloss of|\badducts?\b", re.IGNORECASE
)
_GOES_ON = re.compile(r"\s?(?:(?:and|or|which|with|while|for|as|in|is|but|at|on)\b|[×x*+−]\s)")


@dataclass(frozen=True)
class Statement:
    """``number`` of ``start`` to ``end`` (with its unit) gives one of ``properties``; ``words`` is where those are said, or None.

    ``scale``: to the property's own unit. ``element``: the symbol whose atoms are counted.
    """

    number: Number
    start: int
    end: int
    properties: tuple[Property, ...]
    sentence: Sentence
    words: tuple[int, int] | None = None
    scale: float = 1.0
    element: str = ""


def statements_in(text: str, sentences: Sequence[Sentence]) -> Iterator[Statement]:
    for sentence in sentences:
        yield from _of_sentence(text, sentence)


def _of_sentence(text: str, sentence: Sentence) -> Iterator[Statement]:
    inside = text[sentence.start : sentence.end]
    numbers = [_moved(number, sentence.start) for number in numbers_in(inside)]
    spelt = [_moved(number, sentence.start) for number in spelt_in(inside)]
    said = _words_said(text, sentence.start, sentence.end)
    last_end = sentence.start
    for number in sorted([*numbers, *spelt], key=lambda one: one.start):
        found = _read(text, sentence, number, said, last_end)
        if found is not None:
            yield found
        if not number.spelt or found is not None:
            last_end = number.end


def _read(
    text: str, sentence: Sentence, number: Number, said: list[tuple[int, int, Property]], last_end: int
) -> Statement | None:
    unit_end, scale = _mass_unit(text, number.end)
    after = _property_after(text, number, sentence.end)
    if not unit_end and after is not None:
        prop, words = after
        return Statement(number, number.start, _count_end(text, number, words), (prop,), sentence, words)
    if number.value == int(number.value) and (counted := _atoms_after(text, number)):
        symbol, end = counted
        return Statement(number, number.start, end, (_ATOM_COUNT,), sentence, (number.end, end), element=symbol)
    if number.spelt:
        return None
    before = _property_before(text, number, said, last_end) or _property_of_column(text, sentence, number)
    if before is None:
        if not unit_end or _is_no_molar_mass(text, number, unit_end):
            return None
        return Statement(number, number.start, unit_end, _masses(text, number, unit_end), sentence, None, scale)
    prop, words = before
    end, scale = _unit(text, number.end, prop)
    if not end and prop.needs_unit:
        return None
    if (
        prop.name in ("average_mass", "monoisotopic_mass", "atomic_weight")
        and not end
        and not _is_bare(text, number.end, sentence.end)
    ):
        return None
    if not end and re.match(
        r"\s?(?:g|mg|kg|mL|L|µL|mol|mM|M|nm|min|h|K|kcal|kJ|%|°C?|eV|ppm)\b", text[number.end : number.end + 8]
    ):
        return None
    return Statement(number, number.start, end or number.end, (prop,), sentence, words, scale or 1.0)


def _masses(text: str, number: Number, end: int) -> tuple[Property, ...]:
    """Of a bare mass: what the words behind it call it, or either."""
    behind = text[end : end + 60]
    if re.match(r"\W{0,3}(?:\w+\s)?(?:mono-?isotopic|exact)", behind, re.IGNORECASE):
        return (BY_NAME["monoisotopic_mass"],)
    if re.match(r"\W{0,3}(?:average|molar mass|molecular weight)", behind, re.IGNORECASE):
        return (BY_NAME["average_mass"],)
    return (BY_NAME["average_mass"], BY_NAME["monoisotopic_mass"])


def _words_said(text: str, start: int, end: int) -> list[tuple[int, int, Property]]:
    """Where words for properties stand; of those over one another the longest."""
    found: list[tuple[int, int, Property]] = []
    for prop in PROPERTIES:
        found += [(*match.span(), prop) for match in prop.said_before().finditer(text, start, end)]
    found.sort(key=lambda one: (one[0], -one[1]))
    kept: list[tuple[int, int, Property]] = []
    for one in found:
        if kept and one[0] < kept[-1][1]:
            if one[1] - one[0] > kept[-1][1] - kept[-1][0]:
                kept[-1] = one
            continue
        kept.append(one)
    return kept


def _property_before(
    text: str, number: Number, said: list[tuple[int, int, Property]], last_end: int
) -> tuple[Property, tuple[int, int]] | None:
    """The last words for a property before the number, where no number stands between, and no clause ends."""
    for start, end, prop in reversed(said):
        if end > number.start or number.start - end > LONGEST_GAP:
            continue
        gap = text[end : number.start]
        if end < last_end:  # taken by the number before it, unless that is its list: "donors and acceptors: 1 and 3"
            return None
        if re.search(r"[;\n|]|\bwhile\b|\bwhereas\b|\bbut\b|, and the\b", gap):
            return None
        if prop.name == "length" and not re.match(r"\W*(?:is|of|=|:|was|\(|equals|comes)", gap):
            continue
        if prop.name in ("group", "period") and not re.match(
            r"\s?(?:number|=|is|:|of|in the periodic table)?\W{0,3}(?:is|number)?\s*$", gap
        ):
            continue
        if prop.name == "gc" and not re.match(r"\W*(?:is|of|=|:|was|\(|content|comes|are|works|equals)?", gap):
            continue
        return prop, (start, end)
    return None


def _property_of_column(text: str, sentence: Sentence, number: Number) -> tuple[Property, tuple[int, int]] | None:
    """That of the header over a cell of a table, or of the first cell of its row, where the cell is the number alone."""
    alone = re.sub(r"^[\s~≈*]+", "", text[sentence.start : number.start]) == ""
    for place in (sentence.header, sentence.row):
        if place is None or not alone:
            continue
        if said := _words_said(text, *place):
            return said[0][2], said[0][:2]
    return None


def _property_after(text: str, number: Number, end: int) -> tuple[Property, tuple[int, int]] | None:
    """Words right behind the number: "3 rotatable bonds", "one hydrogen-bond donor", "a 21-mer"."""
    for prop in PROPERTIES:
        if not prop.after:
            continue
        match = prop.said_after().match(
            text,
            number.end + (text[number.end : number.end + 1] in (" ", "-") and not prop.after.startswith("(?:-|")),
            end,
        )
        if match and match.end() > match.start():
            if prop.units and prop.name not in ("gc",):
                continue
            if (
                prop.name == "length"
                and number.spelt
                and number.text.lower() in ("a", "an", "no", "single", "a single", "zero")
            ):
                continue
            if (
                number.spelt
                and number.text.lower() in ("a", "an")
                and prop.name not in ("h_bond_donors", "stereocentres")
            ):
                continue
            return prop, match.span()
    return None


def _count_end(text: str, number: Number, words: tuple[int, int]) -> int:
    return words[1]


def _atoms_after(text: str, number: Number) -> tuple[str, int] | None:
    match = _ATOMS.match(text, number.end)
    if match is None or text[number.end : number.end + 1] not in (" ", "-"):
        return None
    word = match["spelt"] or match["symbol"]
    if number.spelt and number.text.lower() in ("a", "an"):
        return None
    if match["symbol"]:
        return (match["symbol"], match.end()) if _symbol(match["symbol"]) == match["symbol"] else None
    symbol = _symbol(word.lower()) or (_symbol(word.lower()[:-1]) if word.lower().endswith("s") else "")
    if not symbol or re.match(
        r"\s*(?:atoms?)?\s*(?:bond|chain|ring|center|centre|mol|gas|dioxide|source)",
        text[match.end() : match.end() + 12],
    ):
        return None
    return symbol, match.end()


@cache
def _symbol(word: str) -> str:
    try:
        return parse_element(word)
    except RetortError:
        return ""


_ATOM_COUNT = Property("element_count", ("compound",), ("composition",), r"(?!)", integer=True)


def _unit(text: str, end: int, prop: Property) -> tuple[int, float]:
    """Where the unit behind a number ends, and its scale; 0 if there is none of this property's."""
    start = end + (text[end : end + 1] in (" ", "-"))
    for unit, scale in prop.units:
        if text.startswith(unit, start) and not re.match(
            r"\w", text[start + len(unit) : start + len(unit) + 1] if unit[-1].isalnum() else ""
        ):
            return start + len(unit), scale
    return 0, 0.0


def _mass_unit(text: str, end: int) -> tuple[int, float]:
    return _unit(text, end, BY_NAME["average_mass"])


def _is_bare(text: str, end: int, sentence_end: int) -> bool:
    """Whether no unit of another kind stands behind a number: "MW = 180.16."."""
    behind = text[end:sentence_end]
    return not re.match(r"\s?[A-Za-zµ°%/·×*+−][\w/]*", behind) or bool(_GOES_ON.match(behind))


def _is_no_molar_mass(text: str, number: Number, end: int) -> bool:
    """Whether a number in g/mol or Da is a difference, a limit, or what a mass spectrometer reads."""
    around = text[max(0, number.start - 60) : number.start]
    if _ADDUCT.search(around) or re.search(
        r"differ|heavier|lighter|shift|gap|accura|toleranc|error|resol|cut-?off|range|step|each|per\b|\bloses?\b|marker|ladder|×\s*$|\+\s*$|[-−]\s*$|add(?:s|ing)?\b",
        around,
        re.I,
    ):
        return True
    if text[number.end : end].strip() == "u" and not re.match(r"\W|$", text[end : end + 1]):
        return True
    return bool(
        re.match(
            r"\s?(?:more|less|heavier|lighter|cut-?off|range|difference|higher|lower|window|resolution)",
            text[end : end + 14],
        )
    )


def _moved(number: Number, by: int) -> Number:
    return replace(number, start=number.start + by, end=number.end + by)

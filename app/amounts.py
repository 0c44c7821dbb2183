"""Numbers of a person's words with what they count: quantities, bare units, ratios, atoms by number, lists of numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from errors import RetortError
from tools.inputs.units import UnitReading, parse_unit

Take = Callable[..., bool]
LONGEST_UNIT_WORDS = 3
#: Single letters that stand for a unit behind a number; others are atoms or labels ("4 N", "2 S").
_SINGLE = frozenset("CKFMLlgmshJVA%")
#: Written without a blank these are nuclides, not temperatures.
_NUCLIDES = frozenset(("11C", "12C", "13C", "14C", "18F", "19F", "39K", "40K"))
_NO_UNITS = frozenset(
    ["a", "in", "am", "as", "at", "to", "of", "and", "or", "for", "is", "are", "per", "with", "by", "m/z"]
)
_NUMBER = r"[+\-−]?(?:\d+(?:\.\d+)?|\.\d+)(?:\s*[x×·*]\s*10\s*\^?\s*\(?[+\-−]?\d{1,3}\)?|[eE][+\-−]?\d{1,3})?"
_QUANTITY = re.compile(rf"(?:(?<=\s)|(?<=\s\()|(?<=[=~≈<>])|^)({_NUMBER})(\s{{0,2}})(?=[A-Za-z°º%µμÅΩ‰℃℉])")
_FOLD = re.compile(r"(?<![\w.,:])(\d+(?:\.\d+)?)\s?[x×X](?=[\s,.;?!)]|$)")
_BEFORE_UNIT = re.compile(
    r"(?:\b(?:to|into|in|as|many|much|in terms of|in units of)|[=→]|->)\s+(?=[A-Za-z°º%µμÅ℃℉])", re.IGNORECASE
)
_UNIT_BEFORE = re.compile(r"(?<!\S)([A-Za-zµμ°%]\S{0,20})\s+(?:are\s+|is\s+)?(?:in|from|is|are)\s+(?=\d)")
_RATIO = re.compile(r"(?<![\w:.])1\s?:\s?(\d{1,7})(?![\w:.]\d)|(?<![\w.])(\d{1,7})(?:-|\s)?fold\b", re.IGNORECASE)
_ATOMS = re.compile(
    r"\b(?:atoms?|atom\s+(?:numbers?|indices|index|no\.?)|between|from|indices|index)\s+#?(\d{1,4})"
    r"(?:\s*(?:,|and|to|&|-|–)\s*(?:atoms?\s+)?(?:number\s+)?#?(\d{1,4}))?(?![\w.]|\s?[°%])",
    re.IGNORECASE,
)
_ATOM_MAP = re.compile(r"(?<!\S)(:\d{1,4})\b")
_ITEM = r"[+\-−]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+\-]?\d+)?"
_LIST = re.compile(
    rf"(?:\b([A-Za-z][\w\[\]]*)\s*(?:\([^()]*\)\s*)?(?:=|:|values?|are)?\s*)?(?<![\w.,\-])\[?({_ITEM}(?:\s*[,;]\s*{_ITEM}|\s+and\s+{_ITEM}"
    rf"|,?\s+{_ITEM}){{2,}})\]?(?![\w\-]|\.\d)",
    re.IGNORECASE,
)
_PAIRS = re.compile(rf"(?:\(\s*{_ITEM}\s*[,;]\s*{_ITEM}\s*\)\s*[,;]?\s*(?:and\s+)?){{3,}}")
_DIMENSIONS = {
    "[length]-3 [substance]": "concentration", "[length]-3 [mass]": "concentration", "[mass]-1 [substance]": "concentration",
    "[length]3": "volume", "[mass]": "mass", "[mass] [substance]-1": "molar mass",
}  # fmt: skip


def take_amounts(request: str, take: Take) -> None:
    """Hands every find to ``take(kind, start, end, value)``; the value of a quantity is its unit, of a list its label."""
    for found in _PAIRS.finditer(request):
        take("numbers", found.start(), found.end(), "pairs")
    for found in _LIST.finditer(request):
        take("numbers", *found.span(2), (found[1] or "").lower())
    for found in _ATOMS.finditer(request):
        after = request[found.end() :]
        if found[2] is None and not found[0].lower().startswith(("atom", "ind")):
            continue
        if not re.match(r"\s?[A-Za-zµ°%]+\b", after) or re.match(r"\s+(?:of|in|and|for|on|is|are|to)\b", after):
            for group in (1, 2):
                if found[group] is not None:
                    take("atom", *found.span(group))
    for found in _ATOM_MAP.finditer(request):
        take("atom", *found.span(1))
    for found in _RATIO.finditer(request):
        take("ratio", *found.span(), found[1] or found[2])
    measured = False
    for found in _FOLD.finditer(request):
        measured |= take("concentration", *found.span(), "x")
    for found in _QUANTITY.finditer(request):
        end = unit_end(request, found.end())
        if end and request[found.start(1) : end] not in _NUCLIDES:
            unit = request[found.end() : end]
            measured |= take(kind_of_unit(unit), found.start(1), end, unit)
    if measured:
        for found in _BEFORE_UNIT.finditer(request):
            if end := unit_end(request, found.end()):
                take("unit", found.end(), end)
        for found in _UNIT_BEFORE.finditer(request):
            if unit_end(request, found.start(1)) == found.end(1):
                take("unit", *found.span(1))


def unit_end(request: str, start: int) -> int:
    """Where the longest unit that begins at ``start`` ends; 0 if none does."""
    for end, words in sorted(_stretches(request, start), reverse=True):
        text = request[start:end]
        if any(word.lower() in _NO_UNITS for word in (words if len(words) < 3 or words[1] != "per" else words[2:])):
            continue
        if len(text) == 1 and text not in _SINGLE:
            continue
        if unit_readings(text) and not re.match(r"[\s-]*(?:atoms?\b|-?NMR)", request[end:], re.IGNORECASE):
            return end
    return 0


def _stretches(request: str, start: int) -> Iterator[tuple[int, list[str]]]:
    """The ends of the first one, two, three words from ``start``, closing punctuation apart."""
    words: list[str] = []
    for found in re.finditer(r"\S+", request[start : start + 60]):
        bare = found[0].rstrip(",.;:?!")
        bare = bare.removesuffix(")") if bare.count(")") > bare.count("(") else bare
        if not bare or re.match(r"\d", bare):
            return
        words.append(bare)
        yield start + found.start() + len(bare), list(words)
        if bare != found[0] or len(words) == LONGEST_UNIT_WORDS:
            return


@lru_cache(maxsize=4096)
def unit_readings(text: str) -> tuple[UnitReading, ...]:
    """Every reading of a unit; none for what is no unit."""
    try:
        return tuple(parse_unit(text, "unit"))
    except RetortError:
        return ()


def kind_of_unit(unit: str) -> str:
    """The kind of an amount in this unit; "quantity" for all that have none of their own."""
    readings = unit_readings(unit)
    if any(reading.absolute for reading in readings):
        return "temperature"
    for reading in readings:
        name = " ".join(f"{base}{power if power != 1 else ''}" for base, power in reading.dimensions)
        if name in _DIMENSIONS and not reading.particle:
            return _DIMENSIONS[name]
        if not name and reading.kind.endswith("fraction"):
            return "concentration"
    return "quantity"


def number_in(text: str) -> int | float | str:
    """A number as JSON has it; what is written with a power of ten stays text, which the tools read exactly."""
    plain = text.strip().replace("−", "-")
    if re.fullmatch(r"[+-]?\d+", plain):
        return int(plain)
    return float(plain) if re.fullmatch(r"[+-]?(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?", plain) else text.strip()


def numbers_in(text: str) -> list[float]:
    return [float(item.replace("−", "-")) for item in re.findall(_ITEM, text)]

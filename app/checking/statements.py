"""Numbers that say something: each with the property that it gives, and where the words for that stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from app.amounts import unit_readings
from app.checking.numbers import Number, numbers_in, spelt_in
from app.checking.properties import BY_NAME, COLUMNS, ELEMENT_COUNT, PROPERTIES, Property
from app.checking.sentences import Sentence
from app.checking.things import COMPOUNDS, Thing
from errors import RetortError
from tools.inputs.elements import parse_element

#: Between the words for a property and its number.
LONGEST_GAP = 90
_ATOMS = re.compile(r"[\s-](?:(?P<spelt>[a-z]{4,12}?)s?(?:\s+atoms?)?|(?P<symbol>[A-Z][a-z]?)[\s-]?atoms?)\b")
_NO_COUNT = re.compile(
    r"-|\(|\s*(?:bond|chain|ring|cent(?:er|re)|mol|gas|dioxide|source|each|per\b|more|less|fewer|equivalents?)", re.I
)
_MORE = re.compile(
    r"\b(?:by|extra|additional|another|adds?|los(?:es|ing)|per|replac\w+|each|only|every|more|every other)\s*$", re.I
)
_SPECTRUM = re.compile(r"\[\d?M\s?[+\-−][^\]]{1,12}\]|\bm/z\b|\bfragments?\b|\bpeaks?\b|\bloss of\b|\badducts?\b", re.I)
_NO_MASS_BEFORE = re.compile(
    r"(?:differ\w*|heavier|lighter|shift\w*|gap|accura\w*|toleranc\w*|error|resol\w*|cut-?off|range|step|each|\bper|\blos\w+|marker|ladder|increase\w*|decrease\w*)\W+(?:[\w-]+\W+){0,4}$|(?:[+×]|\s[-−])\s*$",
    re.I,
)
_NO_MASS_BEHIND = re.compile(
    r"\s?(?:more|less|heavier|lighter|cut-?off|range|difference|higher|lower|window|resolution|membrane|filter|marker|band)\b"
)
#: Behind an operand of a sum.
_TIMES = re.compile(
    r" ?(?:[A-Za-zµ°/()⁻¹²³·^\d]{1,18} ?)?[×*÷]| ?\+ ?[\d(]| · |·\s?\d| ?/ ?[\d(]|\s[−–-]\s[\d(]| ?\( ?[\d+]| ?\((?:[A-Z] ?[+A-Z])|\s(?:of|out of|in)\s\d"
)
_NO_VALUE_COLUMN = re.compile(
    r"limit|threshold|rule|cut-?off|criteri|max|min|target|ideal|guideline|reference|source|note", re.I
)
_OTHER_UNIT = re.compile(
    r"\s?(?:g|mg|kg|µg|ng|mL|L|µL|µl|mmol|nmol|mol|mM|µM|M|nm|min|h|K|kcal|kJ|%|°C?|eV|ppm|Hz|MHz|bar|atm|Pa|J|s|d|years?|times|fold|x|×)(?![\w])"
)
_GOES_ON = re.compile(r"\s?(?:(?:and|or|which|with|while|for|as|in|is|but|at|on|so|than)\b|[×x*+−]\s)")
#: Behind a count that belongs to its property there is no noun.
_NOUN = re.compile(r"\s?[-a-zA-Z]{3,}")
_NO_NOUN = re.compile(
    r"\s?(?:and|but|which|while|with|for|so|that|as|or|in|because|since|whereas|only|where|by|according|the|hence|both|if|when|has|have|are|is|these|they|it|each|from|per|on|at|to|not|plus|making|giving|one)\b",
    re.I,
)
_ONE_MOLE = re.compile(
    r"\b(?:one|a|1(?:\.0+)?)\s+mol(?:e)?\s+(?:of\b|\w+\s+(?:weighs|is))|per mole|molar mass", re.IGNORECASE
)
_NAMED = re.compile(r"[`'\"*)]*\s*[:=–—,-]?\s*[(`'\"*]*")
_ENDS = re.compile(r"\s*(?:[,;.)\]|]|$|\n)")
_EACH = re.compile(r"\s+(?:each|apiece|per\s+(?!mol)[a-z]+)\b")
_LIST = re.compile(r"\s*(?:,\s*(?:and\s+)?|and\s+|or\s+|/\s*|;\s*|\s&\s)(?:about\s+|~\s?|is\s+)?")
_HAS = re.compile(
    r"[`'\"*)]*\s*(?:\([^()]{0,40}\)\s*)?(?:[:(,=–—-]|is|has|with|are|of|at|weighs|does|gives?)?\s*(?:about|around|roughly|only|~|≈)?\s*"
)


@dataclass(frozen=True)
class Statement:
    """``number`` of ``start`` to ``end`` (with its unit) gives one of ``properties``; ``words`` is where those are said, or None.

    ``scale``: to the property's own unit. ``element``: the symbol whose atoms are counted. ``listed``: the next of a list of numbers, and
    ``place`` which of how many. ``near``: it is one only if it is near our value.
    """

    number: Number
    start: int
    end: int
    properties: tuple[Property, ...]
    sentence: Sentence
    words: tuple[int, int] | None = None
    scale: float = 1.0
    element: str = ""
    listed: bool = False
    place: tuple[int, int] = (0, 1)
    near: bool = False


@dataclass(frozen=True)
class _Said:
    """Words for a property, at ``start`` to ``end``."""

    start: int
    end: int
    property: Property


def statements_in(text: str, sentences: Sequence[Sentence], things: Sequence[Thing]) -> Iterator[Statement]:
    reader = _Reader(text, things)
    for sentence in sentences:
        yield from reader.sentence(sentence)


class _Reader:
    """Reads sentence after sentence; what was last spoken of may be left out in the next."""

    def __init__(self, text: str, things: Sequence[Thing]) -> None:
        self._text, self._things = text, things
        self._last: Statement | None = None

    def sentence(self, sentence: Sentence) -> Iterator[Statement]:
        inside = self._text[sentence.start : sentence.end]
        numbers = [*numbers_in(inside), *spelt_in(inside)]
        if not numbers:
            return
        moved = [
            replace(number, start=number.start + sentence.start, end=number.end + sentence.start) for number in numbers
        ]
        said = _words_said(self._text, sentence.start, sentence.end)
        found: list[Statement] = []
        for number in sorted(moved, key=lambda one: one.start):
            if any(thing.start <= number.start < thing.end for thing in self._things):
                continue
            statement = self._read(sentence, number, said)
            if statement is not None and not _EACH.match(self._text, statement.end):
                self._last = statement
                found.append(statement)
        yield from _placed(found)

    def _read(self, sentence: Sentence, number: Number, said: list[_Said]) -> Statement | None:
        text = self._text
        if _TIMES.match(text, number.end) or re.search(
            r"[×*/÷+]\s?\(?$|\d\s?[·−–-]\s\(?$|\d·$|\d\s(?:of|out of)\s$|\d ?\($|[⁰¹²³⁴-⁹]+[A-Z][a-z]?\s$|(?<![\w.])\d{2,3}[A-Z][a-z]?\s?\(?$",
            text[max(0, number.start - 10) : number.start],
        ):
            return None
        mass_end, scale = _unit(text, number.end, BY_NAME["average_mass"])
        if not mass_end:
            if (after := _property_after(text, number, sentence.end)) is not None:
                return Statement(number, number.start, after.end, (after.property,), sentence, (after.start, after.end))
            if number.value == int(number.value) and (counted := self._atoms(number)):
                symbol, end = counted
                return Statement(
                    number, number.start, end, (ELEMENT_COUNT,), sentence, (number.end, end), element=symbol
                )
        if number.spelt:
            return None
        before = self._property_before(sentence, number, said)
        if before is not None:
            return self._with_words(sentence, number, *before)
        if not mass_end and (direct := self._directly(sentence, number)) is not None:
            return direct
        is_sum = re.search(r"[×*+/)][^=]{1,30}=\s*$", text[max(sentence.start, number.start - 40) : number.start])
        if mass_end and not is_sum and number.text[0] != "+" and not self._is_no_molar_mass(sentence, number, mass_end):
            return Statement(
                number, number.start, mass_end, self._masses(number, mass_end, sentence.end), sentence, None, scale
            )
        return None

    def _with_words(self, sentence: Sentence, number: Number, said: _Said, listed: bool) -> Statement | None:
        text, prop = self._text, said.property
        end, scale = _unit(text, number.end, prop)
        if not end:
            if _OTHER_UNIT.match(text, number.end) or (prop.units and not _is_bare(text, number.end, sentence.end)):
                return None
            if prop.integer and (number.step < 1 or text[number.end : number.end + 1].isalpha()):
                return None
            if prop.integer and _NOUN.match(text, number.end) and not _NO_NOUN.match(text, number.end):
                return None
            if (
                prop.name == "gc"
                and number.value > 1
                and not re.search(r"content|%|percent|fraction", text[said.start : said.end])
            ):
                return None  # a count of both
            if prop.name == "gc":  # 0.55, or 55
                scale = 1.0 if number.value <= 1 else 0.01
        if _SPECTRUM.search(text, max(sentence.start, number.start - 40), number.start) and "mass" in prop.name:
            return None
        return Statement(
            number,
            number.start,
            end or number.end,
            (prop,),
            sentence,
            (said.start, said.end),
            scale or 1.0,
            listed=listed,
        )

    def _directly(self, sentence: Sentence, number: Number) -> Statement | None:
        """A bare number of two decimals or more behind a name: a mass, if it is near one; "one mole of X weighs 18.02 g", too."""
        text = self._text
        thing = next((one for one in reversed(self._things) if one.end <= number.start), None)
        if thing is None or thing.start < sentence.start or thing.kind not in COMPOUNDS or number.step > 0.011:
            return None
        masses = (BY_NAME["average_mass"], BY_NAME["monoisotopic_mass"])
        grams = re.match(r"\s?g(?:rams?)?\b(?!/)", text[number.end : number.end + 7])
        if grams and _ONE_MOLE.search(text, sentence.start, number.start):
            return Statement(number, number.start, number.end + grams.end(), masses[:1], sentence)
        if (
            not _NAMED.fullmatch(text, thing.end, number.start)
            or not _ENDS.match(text, number.end)
            or thing.kind == "element"
        ):
            return None
        return Statement(number, number.start, number.end, masses, sentence, near=True)

    def _masses(self, number: Number, end: int, sentence_end: int) -> tuple[Property, ...]:
        """Of a bare mass: what the words behind it call it, or either."""
        behind = self._text[end : min(end + 60, sentence_end)]
        if re.match(
            r"[\s(,]{0,3}(?:\w+\s)?(?:mono-?isotopic|exact)(?:\s+mass)?(?!\s*\w*\s*[\d=:(])", behind, re.IGNORECASE
        ):
            return (BY_NAME["monoisotopic_mass"],)
        if re.match(
            r"[\s(,]{0,3}(?:average|molar mass|molecular weight)(?:\s+mass)?(?!\s*\w*\s*[\d=:(])", behind, re.IGNORECASE
        ):
            return (BY_NAME["average_mass"],)
        return (BY_NAME["average_mass"], BY_NAME["monoisotopic_mass"])

    def _property_before(self, sentence: Sentence, number: Number, said: list[_Said]) -> tuple[_Said, bool] | None:
        """The words for the number's property, and whether it is the next of a list of numbers under them."""
        text = self._text
        last = self._last if self._last is not None and self._last.sentence is sentence else None
        words = next((one for one in reversed(said) if one.end <= number.start), None)
        if words is not None and (last is None or words.end > last.end):
            return (words, False) if self._belongs(words, number) else None
        if (column := _property_of_column(text, sentence, number)) is not None:
            return column, False
        previous = self._last
        if (
            previous is None
            or previous.words is None
            or previous.sentence.paragraph != sentence.paragraph
            or previous.element
        ):
            return None
        carried = _Said(*previous.words, previous.properties[0])
        has_mass = bool(_unit(text, number.end, BY_NAME["average_mass"])[0])
        if has_mass and "mass" not in carried.property.name:
            return None
        if last is not None and _LIST.fullmatch(text, last.end, number.start):
            return carried, True
        thing = next((one for one in reversed(self._things) if one.end <= number.start), None)
        is_named = (
            thing is not None
            and thing.start >= max(sentence.start, previous.end)
            and _HAS.fullmatch(text, thing.end, number.start)
        )
        if is_named and number.step < 1 and not has_mass and not carried.property.integer:
            return _Said(number.start, number.start, carried.property), False
        return None

    def _belongs(self, words: _Said, number: Number) -> bool:
        """Whether nothing ends the clause between the words and the number."""
        gap = self._text[words.end : number.start]
        if len(gap) > LONGEST_GAP or re.search(
            r"[;\n|]|\bwhile\b|\bwhereas\b|\bbut\b|, and the\b|\bhence\b|\bthus\b", gap
        ):
            return False
        name = words.property.name
        if name == "length":
            return bool(re.match(r"\W*(?:is|of|=|:|was|\(|equals|comes)", gap))
        if name in ("group", "period"):
            return bool(re.fullmatch(r"\s?(?:number|=|is|:|of the element is|in the periodic table is|\s)*", gap))
        return True

    def _atoms(self, number: Number) -> tuple[str, int] | None:
        """The symbol of the element whose atoms are counted behind the number, and where the words end."""
        text = self._text
        match = _ATOMS.match(text, number.end)
        if (
            match is None
            or (number.spelt and number.text.lower() in ("a", "an"))
            or _MORE.search(text[max(0, number.start - 20) : number.start])
        ):
            return None
        symbol = _symbol(match["spelt"] or match["symbol"])
        if not symbol or (match["symbol"] and match["symbol"] != symbol) or _NO_COUNT.match(text, match.end()):
            return None
        return symbol, match.end()

    def _is_no_molar_mass(self, sentence: Sentence, number: Number, end: int) -> bool:
        """Whether a number in g/mol or Da is a difference, a limit, or what a mass spectrometer reads."""
        around = self._text[max(sentence.start, number.start - 60) : number.start]
        return bool(
            _SPECTRUM.search(around) or _NO_MASS_BEFORE.search(around) or _NO_MASS_BEHIND.match(self._text, end)
        )


def _placed(statements: list[Statement]) -> Iterator[Statement]:
    """The same, each with its place in the list of numbers that it is of."""
    lists: list[list[Statement]] = []
    for one in statements:
        if one.listed and lists:
            lists[-1].append(one)
        else:
            lists.append([one])
    for several in lists:
        for place, one in enumerate(several):
            yield replace(one, place=(place, len(several)))


def _words_said(text: str, start: int, end: int) -> list[_Said]:
    """Where words for properties stand; of those over one another the longest."""
    found = [_Said(*match.span(), prop) for prop in PROPERTIES for match in prop.said_before.finditer(text, start, end)]
    kept: list[_Said] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if kept and one.start < kept[-1].end:
            if one.end - one.start > kept[-1].end - kept[-1].start:
                kept[-1] = one
            continue
        kept.append(one)
    return kept


def _property_of_column(text: str, sentence: Sentence, number: Number) -> _Said | None:
    """That of the header over a cell of a table, or of the first cell of its row, where the cell is the number alone."""
    if sentence.header is None or re.sub(r"[\s~≈*]+", "", text[sentence.start : number.start]):
        return None
    for place in (sentence.header, sentence.row):
        if place is None or (place is sentence.row and _NO_VALUE_COLUMN.search(text, *sentence.header)):
            continue
        if name := COLUMNS.get(re.split(r"[(/,]", text[slice(*place)])[0].strip(" *_")):
            return _Said(*place, BY_NAME[name]) if _has_its_unit(text[slice(*place)], BY_NAME[name]) else None
        if said := _words_said(text, *place):
            return said[0] if _has_its_unit(text[slice(*place)], said[0].property) else None
    return None


def _has_its_unit(header: str, prop: Property) -> bool:
    """Whether the unit in brackets, or behind a slash, is one of the property's: "Mass (kg)" is no molar mass."""
    told = re.search(r"\(([^()]+)\)\s*$|\s/\s(.+)$", header.strip())
    unit = (told[1] or told[2]).strip() if told else ""
    known = [name.replace(" ", "") for name, _ in prop.units]
    return not unit or not prop.units or unit.replace(" ", "") in known or not unit_readings(unit)


def _property_after(text: str, number: Number, end: int) -> _Said | None:
    """Words right behind the number: "3 rotatable bonds", "one hydrogen-bond donor", "a 21-mer"."""
    if number.spelt and number.text.lower() in ("a", "an"):
        return None
    start = number.end + (text[number.end : number.end + 1] in (" ", "-"))
    for prop in PROPERTIES:
        if not prop.after or (prop.units and prop.name != "gc"):
            continue
        match = prop.said_after.match(text, start, end)
        if match is None or match.end() == match.start():
            continue
        if prop.name == "length" and (
            (number.spelt and number.value < 3) or re.match(r"-(?:bp|nt)", text[number.end : number.end + 3])
        ):
            continue
        if _MORE.search(text[max(0, number.start - 20) : number.start]):
            continue
        return _Said(*match.span(), prop)
    return None


@cache
def _symbol(word: str) -> str:
    try:
        return parse_element(word)
    except RetortError:
        return ""


def _unit(text: str, end: int, prop: Property) -> tuple[int, float]:
    """Where the unit behind a number ends, and its scale; 0 if there is none of this property's."""
    start = end + (text[end : end + 1] in (" ", "-"))
    for unit, scale in prop.units:
        if text.startswith(unit, start) and not (
            unit[-1].isalnum() and re.match(r"[\w⁻¹²]", text[start + len(unit) : start + len(unit) + 1])
        ):
            return start + len(unit), scale
    return 0, 0.0


def _is_bare(text: str, end: int, sentence_end: int) -> bool:
    """Whether no unit of another kind stands behind a number: "MW = 180.16."."""
    word = re.match(r"\s?([A-Za-zµ°%][\w/·⁻¹²³^-]*)", text[end:sentence_end])
    return (
        word is None or len(word[1]) > 7 or bool(_GOES_ON.match(text[end:sentence_end])) or not unit_readings(word[1])
    )

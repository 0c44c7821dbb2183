"""Molecules, sequences, elements and names in a person's words: spans, exactly as written.

What looks like a structure counts even if it is wrong: the tool's parser then says what is wrong with it. Recognising
is by form (and for names by the tables); nothing here decides what is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from app.amounts import take_amounts
from app.equations import take_equations
from app.notations import is_formula, notation_of, sequence_kind
from errors import RetortError
from tools.inputs.elements import parse_element
from tools.inputs.names import close_names, look_up_name, looks_systematic

Kind = Literal[
    "structure", "inchikey", "cas", "name", "dna", "rna", "protein", "element", "formula", "reaction", "reactants",
    "products", "adduct", "reaction_name", "nucleus", "numbers", "atom", "ratio", "unit", "quantity", "concentration",
    "volume", "mass", "molar mass", "temperature", "restriction enzyme", "protease", "mutation", "host",
    "file", "selection", "uniprot", "uniprot accession", "pdb", "doi", "ncbi", "search words",
]  # fmt: skip
LONGEST_REQUEST = 50_000
LONGEST_NAME_WORDS = 5

_TRADE_NAMES = Path(__file__).resolve().parents[1] / "assets" / "tables" / "english_trade_names.tsv"
_NUCLIDE = re.compile(r"([A-Za-z]+)-\d{1,3}")  # carbon-14, U-235
_QUOTED = re.compile(r"`([^`\n]{1,2000})`|\"([^\"\n]{1,2000})\"|“([^”\n]{1,2000})”")
_INCHI = re.compile(r"(?<![\w])InChI=1\S+")
#: Restriction enzymes by the form of their names: EcoRI, Sau3AI, EcoR1.
_RESTRICTION = re.compile(r"\b[A-Z][a-z]{2}[A-Za-z]{0,2}\d{0,3}[A-Z]{0,2}(?:[IVX]{1,4}|1)\b(?:-HF)?")
_FASTA = re.compile(r"(?:^|(?<=\n)|:\s*)(>[^\n]*\n(?:[A-Za-z*\-]+\s*)+)")
_FILE = re.compile(r"(?<![\w/.])file_[1-9]\d{0,3}(?!\w)")
_RESIDUES = re.compile(r"(?<![\w\-])[A-Z*]{10,}(?:[ \t]*\n[ \t]*[A-Z*]{5,})*(?![\w\-])")
_WORD = re.compile(r"\S+")
#: Words of the sentence itself, never of a name.
_GRAMMAR = """
    a about again all also an and any are as at be been both by calculate can compute contain contains could create
    determine did do does each exactly find for from generate get give had has have hello here hey hi how's hows
    first four five six seven eight i i'd i'm if in info information into is it its just kindly know let lets like list may me might must my
    need nice now of ok okay on one or our output please pls plz print produce provide quick quickly report return run
    say second see shall should simple so some string tell thank thanks that the their them then there these they this
    those thx to too two up us use used using value values view want was we were what what's whats when which whose will
    with would you your
"""
GRAMMAR = frozenset(_GRAMMAR.split())


#: Words before a name that are no part of it.
NAMING = frozenset(
    [
        "name",
        "named",
        "called",
        "iupac",
        "systematic",
        "trivial",
        "cas",
        "compound",
        "molecule",
        "chemical",
        "substance",
        "drug",
        "structure",
        "smiles",
    ]
)
#: Words behind a name that are no part of it.
ENDING = frozenset(["solution", "solutions", "stock", "buffer", "molecule", "molecules"])


@dataclass(frozen=True)
class Entity:
    """``text`` stands at ``start`` to ``end`` of the request. ``value``: an element's symbol, a quantity's unit, the label of
    a list of numbers, what a reaction is called, "named" for a formula that the tables give a structure for.
    """

    kind: Kind
    text: str
    start: int
    end: int
    value: str = ""


def find_entities(request: str, known_words: frozenset[str], *, amounts: bool = True) -> list[Entity]:
    """Every entity in the order of the text; ``known_words`` are the words that belong to tools and not to names.

    Without ``amounts`` quantities are not looked for, which takes half of the time.
    """
    request = request[:LONGEST_REQUEST]
    found: list[Entity] = []
    taken = [False] * len(request)

    def take(kind: Kind, start: int, end: int, value: str = "") -> bool:
        if any(taken[start:end]) or start == end:
            return False
        taken[start:end] = [True] * (end - start)
        text = request[start:end]
        if kind == "formula" and look_up_name(text, systematic=False):
            value = "named"
        found.append(Entity(kind, text, start, end, value))
        return True

    for match in _FILE.finditer(request):
        take("file", *match.span())
    for match in _INCHI.finditer(request):
        take("structure", *_trimmed(request, *match.span()))
    take_equations(request, _is_name, take)

    for match in _FASTA.finditer(request):
        residues = "".join(match.group(1).split("\n")[1:])
        take(sequence_kind("".join(residues.split()).upper()) or "protein", *_stripped(request, *match.span(1)))
    for match in _QUOTED.finditer(request):
        group = next(number for number in (1, 2, 3) if match.group(number) is not None)
        kind = notation_of(match.group(group)) or ("name" if _is_name(match.group(group)) else None)
        if kind:
            take(kind, *match.span(group))
    for match in _RESIDUES.finditer(request):
        if kind := sequence_kind("".join(match.group().split())):
            take(kind, *match.span())
    for match in _RESTRICTION.finditer(request):
        take("restriction enzyme", *match.span())
    if amounts:
        take_amounts(request, take)
    words = [_trimmed(request, *match.span()) for match in _WORD.finditer(request)]
    for start, end in words:
        short = end - start <= 2 or _NUCLIDE.fullmatch(request, start, end)
        if short and start < end and not any(taken[start:end]) and (symbol := _element(request, start, end)):
            take("element", start, end, symbol)  # before it is read as a SMILES: "how many Cl"
    for start, end in words:
        if start < end and not any(taken[start:end]) and request[start:end].lower() not in known_words:
            _take_word(request, start, end, take)
    for run in _free_runs(request, words, taken):
        _take_names(request, run, known_words, take)
    for start, end in words:  # after the names: the carbon of "carbon dioxide" is none
        if start < end and not any(taken[start:end]) and (symbol := _element(request, start, end)):
            take("element", start, end, symbol)
    return sorted(found, key=lambda entity: entity.start)


def _take_word(request: str, start: int, end: int, take) -> None:
    word = request[start:end]
    if kind := notation_of(word):
        take(kind, start, end)
    elif word.endswith(("'s", "’s")) and (kind := notation_of(word[:-2])):
        take(kind, start, end - 2)


def _element(request: str, start: int, end: int) -> str:
    """The symbol that a spoken element or, where atoms are counted, a symbol means; else an empty string."""
    word = request[start:end]
    if re.match(r"[\s-]*bond", request[end:], re.IGNORECASE):  # a hydrogen bond is no hydrogen
        return ""
    if len(word) <= 2:
        counted = re.search(r"(?:many|count|number of)\s+(?:the\s+)?$", request[:start], re.IGNORECASE)
        atoms = re.match(r"\s*-?\s*atom", request[end:], re.IGNORECASE)
        return _spoken_element(word) if counted or atoms else ""
    if nuclide := _NUCLIDE.fullmatch(word):
        return word if _spoken_element(nuclide[1]) else ""
    return _spoken_element(word) or (_spoken_element(word[:-1]) if word.endswith("s") else "")


@lru_cache(maxsize=1024)
def _spoken_element(word: str) -> str:
    if not (word.islower() or word.istitle() or len(word) <= 2):
        return ""
    try:
        return parse_element(word)
    except RetortError:
        return ""


def _trimmed(request: str, start: int, end: int) -> tuple[int, int]:
    """Without the punctuation of the sentence around it; brackets only where they are unbalanced."""
    while start < end and request[start] in "\"'“”‘’,;:!?":
        start += 1
    while start < end:
        last, word = request[end - 1], request[start:end]
        if last in "\"'“”‘’,;:!?" or (last == "." and not word.endswith("..")):
            end -= 1
        elif (
            last == ")"
            and word.startswith("(")
            and word.count("(") == word.count(")")
            and not word[1:2].isdigit()
            and _closes_first(word)
        ):
            start, end = start + 1, end - 1
        elif last == ")" and word.count(")") > word.count("("):
            end -= 1
        else:
            break
    return start, end


def _closes_first(word: str) -> bool:
    """Whether the first bracket is closed by the last character: then the pair belongs to the sentence."""
    depth = 0
    for position, character in enumerate(word):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return position == len(word) - 1
    return False


def _stripped(request: str, start: int, end: int) -> tuple[int, int]:
    while end > start and request[end - 1].isspace():
        end -= 1
    return start, end


def _free_runs(request: str, words: list[tuple[int, int]], taken: list[bool]) -> list[list[tuple[int, int]]]:
    """Runs of neighbouring words that are no entity yet and no grammar: among them may be names."""
    runs: list[list[tuple[int, int]]] = [[]]
    last_end = -1
    for start, end in words:
        end -= 2 if request[start:end].endswith(("'s", "’s")) else 0
        free = start < end and not any(taken[start:end]) and request[start:end].lower() not in GRAMMAR
        if not free or request[last_end:start].strip() or len(runs[-1]) >= 12:
            runs.append([])
        if free:
            runs[-1].append((start, end))
        last_end = end
    return [run for run in runs if run][:20]


def _take_names(request: str, run: list[tuple[int, int]], known_words: frozenset[str], take) -> None:
    """The longest stretches of a run that are known names and hold a word that is not the tools' own."""
    first = 0
    while first < len(run):
        for last in range(min(len(run), first + LONGEST_NAME_WORDS) - 1, first - 1, -1):
            start, end = run[first][0], run[last][1]
            words = [request[word_start:word_end] for word_start, word_end in run[first : last + 1]]
            if all(word.lower() in known_words or _spoken_element(word) for word in words) and not (
                len(words) > 1 and _spoken_element(words[0])
            ):
                continue
            if len(words) > 1 and (words[0].lower() in NAMING or words[-1].lower() in ENDING):
                continue
            if _is_name(request[start:end]):
                # KOH and HF are in the tables of names, and formulas all the same
                take(
                    "formula" if len(words) == 1 and words[0].isupper() and is_formula(words[0]) else "name", start, end
                )
                first = last
                break
        first += 1


@lru_cache(maxsize=1)
def _english_trade_names() -> frozenset[str]:
    """Words such as "target" and "control", which are trade names in the tables."""
    rows = _TRADE_NAMES.read_text(encoding="utf-8").splitlines()[1:]
    return frozenset(row.split("\t")[0] for row in rows)


@lru_cache(maxsize=4096)
def _is_name(text: str) -> bool:
    """Whether the tables know it (OPSIN is not asked: half a second a word), or it is put together as IUPAC names are."""
    if not 3 <= len(text) <= 200 or not re.search(r"[A-Za-z]{3}", text):
        return False
    if found := look_up_name(text, systematic=False):
        # the big tables hold trade names that are English words: those must be curated, or written as a code
        is_a_word = len(text) <= 4 or text.lower() in _english_trade_names()
        return not is_a_word or text.isupper() or any("common names" in entry.source for entry in found)
    return bool(re.search(r"\d[,\-']|-\d", text)) and looks_systematic(text)


@lru_cache(maxsize=1024)
def may_be_a_misspelt_name(text: str) -> bool:
    """Whether an unknown word is close to a known name, or built like one: the tool then says that it is not known."""
    if text.lower() in _english_trade_names():
        return False
    return len(text) >= 5 and bool(close_names(text) or (" " not in text and looks_systematic(text) and len(text) >= 8))

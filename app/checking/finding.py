"""Finds what statements may be about: notations by their form, then sequences, then names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from app.checking.naming import named_in
from app.checking.residues import SAID_PEPTIDE, sequences_in
from app.checking.things import Thing, ThingKind
from app.checking.words import core, cores
from app.notations import looks_like_formula, looks_like_smiles
from errors import RetortError
from tools.inputs.elements import ELEMENT_NAMES
from tools.inputs.formulas import parse_formula
from tools.inputs.three_letter import from_three_letters

#: Of one answer; what comes after so many is not looked at.
MOST_THINGS = 400
_TOKEN = re.compile(r"[^\s|￼\"“”„«»]+")
_ADDUCT = re.compile(r"\[\d?M[^\[\]]*\].{0,3}")
#: An InChIKey, also with letters too few or too many.
_KEY = re.compile(
    r"(?<![A-Za-z\d-])[A-Z]{12,16}-[A-Z]{6,13}(?:-[A-Z]{1,2})?(?![\w-])|(?<![A-Za-z\d-])[A-Z]{23,25}-[A-Z](?![\w-])"
)
_WHOLE_KEY = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]")
_KEY_ITSELF = re.compile(r"[A-Z]{14}-?[A-Z]{8}[SN]A|[A-Z]{14}-[A-Z]{10}-[A-Z]")
_SAYS_KEY = re.compile(r"\bkeys?\b|InChI", re.IGNORECASE)
_CAS = re.compile(r"(?<![\w.,/-])\d{2,7}-\d{2}-\d(?![\w-]|\.\d)")
_INCHI = re.compile(r"InChI=1S?/[^\s|`\"]+")
#: What is written as a formula and is a group, a model or a method in words.
_NO_FORMULA = re.compile(
    r"(?:SN|E)[12](?:cB)?|sp[23]?|(?![ONHF]2\b|O3\b|P4\b|S8\b)[A-Z]\d{1,2}|H[12]N[12]|HeLa|U2OS|TPSAs?|[IVX]+|(?:COX|IL|PM)-?\d+|[A-Z]{1,2}\d{2,}"
)
#: A symbol whose number or weight is given: "Kr: Z = 36", "* I (A_r = 126.90)".
_SYMBOL = re.compile(r"(?<![\w-])([A-Z][a-z]?)(?=\s?[:(,]?\s*\(?(?:Z\s*=|A_?r\b|atomic\s+(?:number|weight|mass)))")
#: Lines of names and values between commas without blanks.
_CSV = re.compile(r"(?:^[^\n,|]+(?:,[^\n, |][^\n,|]*)+$\n?){2,}", re.MULTILINE)
_SAYS_SMILES = re.compile(r"\bSMILES\b", re.IGNORECASE)
_ROMAN_IN_NAME = re.compile(r"[A-Za-z][a-z]+\([IVX]+\)")


def find_things(text: str, code: Sequence[tuple[int, int]] = ()) -> list[Thing]:
    """In the order of the text, none over another."""
    text = _CSV.sub(_with_bars, text)
    taken = bytearray(len(text))
    found: list[Thing] = []

    def take(kind: ThingKind, start: int, end: int, value: str = "") -> None:
        if start < end and not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            found.append(Thing(kind, value or text[start:end], start, end))

    for match in _INCHI.finditer(text):
        take("inchi", match.start(), match.start() + len(core(match[0])))
    says_key = bool(_SAYS_KEY.search(text) or _WHOLE_KEY.search(text))
    for match in _KEY.finditer(text):
        if says_key or _KEY_ITSELF.match(match[0]):
            take("inchikey", *match.span())
    for start, end in code:  # a SMILES in code is all of it, with a bracket too many
        inside = text[start:end].strip()
        if not re.search(r"\s", inside) and _notation(inside) == "smiles" and not any(taken[start:end]):
            first = start + text[start:end].index(inside)
            take("smiles", first, first + len(inside))
    for match in _CAS.finditer(text):
        take("cas", *match.span())
    for start, end, sequence, residues in sequences_in(text):
        take(sequence, start, end, residues)
    for match in _SYMBOL.finditer(text):
        if (symbol := match[1]) in ELEMENT_NAMES:
            take("element", *match.span(1), symbol)
    for match in SAID_PEPTIDE.finditer(text):
        take("protein", *match.span(1))
    for match in _TOKEN.finditer(text):
        for start, end in cores(match[0], match.start()):
            if not any(taken[start:end]) and (kind := _notation(text[start:end])):
                if (
                    kind != "smiles"
                    or re.search(r"[=#()\[\]@\d]|CC.", text[start:end])
                    or _SAYS_SMILES.search(text, max(0, start - 60), start)
                ):
                    take(kind, start, end)
                break
    for start, end, kind, value in named_in(text):
        take(kind, start, end, value)
    return sorted(found, key=lambda thing: thing.start)[:MOST_THINGS]


def _with_bars(lines: re.Match[str]) -> str:
    """Lines of values between commas as a table's; commas of an InChI or of prose are none of that kind."""
    return lines[0] if re.search(r"InChI=|: ", lines[0]) else re.sub(r",(?=\S)", "|", lines[0])


@lru_cache(maxsize=8192)
def _notation(word: str) -> ThingKind | None:
    if not 2 <= len(word) <= 10_000 or _NO_FORMULA.fullmatch(word) or _ROMAN_IN_NAME.fullmatch(word):
        return None
    if ">>" in word or _ADDUCT.fullmatch(word) or "…" in word:
        return None
    if looks_like_formula(word) or re.fullmatch(r"(?:Na|K|Li|H|Ca|Mg)(?:Cl|Br|I|F|OH|H|CN)", word):
        return "formula" if _is_formula(word) else None
    if re.fullmatch(r"(?:[A-Z][a-z]{2}-){2,}[A-Z][a-z]{2}", word) and from_three_letters(word) is not None:
        return "protein"
    if re.search(r"[cno]\d[cnos]{2,}", word) and re.fullmatch(r"[A-Za-z\d()\[\]=#@+\-/\\.%]+", word):
        return "smiles"  # also with an atom that is none
    return "smiles" if looks_like_smiles(word) and re.search(r"[A-Za-z]", word) else None


def _is_formula(word: str) -> bool:
    try:
        parse_formula(word)
    except RetortError:
        return False
    return True

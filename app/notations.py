"""What one word is by its form alone: a structure, a formula, a sequence, a reaction, or a number that names a compound."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from errors import RetortError
from tools.chemistry.reactions_by_name import reaction_names_in
from tools.inputs.formulas import parse_formula
from tools.inputs.three_letter import from_three_letters

Notation = Literal["structure", "inchikey", "cas", "dna", "rna", "protein", "formula", "reaction", "adduct"]
_CAS = re.compile(r"\d{2,7}-\d{2}-\d")
_INCHIKEY = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]")
_SELFIES = re.compile(r"(?:\[[A-Za-z0-9=#@+\-/\\]+\]){2,}")
_SMILES = re.compile(r"(?:\[[^\[\]\s]{0,40}\]?|Br|Cl|[BCNOPSFIbcnops*]|[-=#$:/\\.()@+%~\]\[]|\d)+")
_ADDUCT = re.compile(r"\[\d?M(?:[+\-−][^\[\]\s]{1,20})?\](?:\d?[+\-−]|\^?\{?\d?[+\-−]\}?)?|\[\d?M\][+•·\-−.]*")
_FORMULA = re.compile(r"[\[({]*(?:\d{1,3})?[A-Z][A-Za-z0-9()\[\]{}^+\-−·.*]*")
_MIXED = re.compile(r"(?=.*[a-z])[A-Z][a-z]?(?:[A-Z][a-z]?)+")  # NaCl, HBr: no word of a sentence
_SMALL_BASES = frozenset("acgtun")
_AMINO_ACIDS = frozenset("ACDEFGHIKLMNPQRSTVWYX")
_LONGEST_FORMULA = 60


def notation_of(text: str) -> Notation | None:
    """None for an ordinary word. What looks like a structure counts even if it is wrong: the parser says what is."""
    if ">>" in text:
        return "reaction"
    if text.startswith("InChI="):
        return "structure"
    if _INCHIKEY.fullmatch(text):
        return "inchikey"
    if _CAS.fullmatch(text):
        return "cas"
    if _ADDUCT.fullmatch(text):
        return "adduct"
    if looks_like_formula(text):
        return "formula"
    if _SELFIES.fullmatch(text):
        return "structure"
    if kind := sequence_kind(text):
        return kind
    if looks_like_smiles(text):
        return "structure"
    if from_three_letters(text) is not None and ("-" in text or len(text) >= 9) and text != text.lower():
        return "protein"
    return None


def sequence_kind(text: str) -> Literal["dna", "rna", "protein"] | None:
    if len(text) >= 12 and set(text) <= _SMALL_BASES:
        text = text.upper()
    letters = set(text) - {"*"}
    if len(text) < 6 or not text.replace("*", "").isalpha() or not text.isupper():
        return None
    if letters <= set("ACGTN") and letters & set("GTA"):
        return "dna"
    if letters <= set("ACGUN") and letters & set("GUA"):
        return "rna"
    return "protein" if len(text) >= 8 and letters <= _AMINO_ACIDS and not letters <= set("CNSFPI") else None


@lru_cache(maxsize=4096)
def looks_like_formula(text: str) -> bool:
    """A formula with a number, a charge or capitals inside (C6H6, NO3^-, NaCl); the strict parser tells it from a SMILES.

    A number 1 is a ring bond and no count; SN2 is the name of a reaction.
    """
    if not 2 <= len(text) <= _LONGEST_FORMULA or not _FORMULA.fullmatch(text):
        return False
    charged = bool(re.search(r"\d[+\-−]$|\^|[A-Z][a-z]?\+$|^(?:F|Cl|Br|I|H)[-−]$|\d\)?[+\-−]$", text))
    if not (charged or _MIXED.fullmatch(text) or re.search(r"\d", text)):
        return False
    if re.search(r"(?<![\d^{])1(?!\d|[+\-−])", text) or re.fullmatch(r"\[[A-Z][a-z]?H?\d*[+\-−]*\d?\]", text):
        return False
    return is_formula(text) and not reaction_names_in(text)


@lru_cache(maxsize=4096)
def is_formula(text: str) -> bool:
    """Whether the strict parser reads it; also ``KOH``, which could be a word in capitals."""
    try:
        parse_formula(text)
    except RetortError:
        return False
    return True


def looks_like_smiles(text: str) -> bool:
    """A run of atoms and bonds, right or wrong: with a sign that prose has not, or capitals of the organic subset."""
    if not re.search(r"[A-Za-z*]", text) or re.fullmatch(r"[\d.,:%()+\-/]*", text):
        return False
    if re.fullmatch(r"[A-Za-z][a-z]{2,}\([IVX]+\)", text):  # copper(II)
        return False
    if _SMILES.fullmatch(text):
        if re.search(r"[=#\[\]\\@*]", text) or re.search(r"[A-Za-z]\(|\)[A-Za-z]", text):
            return len(text) >= 2
        if re.search(r"[A-Za-z]\d", text):
            return len(text) >= 4
        return (
            len(text) >= 2
            and text != "Cl"
            and "C" in text
            and re.fullmatch(r"(?:Br|Cl|[BCNOPSFI])+(?:[.](?:Br|Cl|[BCNOPSFI])+)*", text) is not None
        )
    # broken beyond the grammar: still a structure if it begins with atoms, has its brackets or bonds, and no words
    sign = re.search(r"[=#()\[\]]", text)
    return (
        bool(sign)
        and bool(re.match(r"[\[(]?[BCNOPSFIbcnops]", text))
        and not re.search(r"[a-z]{3,}", re.sub(r"[bcnops]{2,}", "", text))
        and len(text) >= 4
        and not re.search(r"^[A-Za-z]+\([a-z]*\)$", text)
    )

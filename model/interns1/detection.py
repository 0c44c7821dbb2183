"""Molecules and proteins that stand in prose without tags: which spans go to a vocabulary of their own."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from functools import lru_cache

from rdkit import Chem, RDLogger

#: The symbols of the 118 elements; a run of SMILES is read with the two-letter ones first.
_ELEMENTS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc "
    "Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi "
    "Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og"
)
LONGEST_BRACKET = 1_000  # characters; open brackets in thousands must not be searched to the end of the text
_TWO_LETTERS = "|".join(symbol for symbol in _ELEMENTS.split() if len(symbol) == 2)
_UNIT = rf"(?:\[[^\]]{{1,{LONGEST_BRACKET}}}\]|{_TWO_LETTERS}|[BCFHIKNOPSUVWYbcnops().=\-#@\d$%*:+/\\])"
#: A run in the sense of the reference: once a unit is read it is not read otherwise, and no edge is a bond or a dot.
_RUN = re.compile(rf"(?![:.=])(?>{_UNIT}){{10,}}(?<![:.=])")
_LETTERS = frozenset(string.ascii_letters)
FEWEST_LETTERS = 5
LONGEST_PARSED = 5_000  # characters; what RDKit would read for seconds is prose here
_PROTEIN = re.compile(r"[A-Z]{27,}")


def detect(text: str) -> Iterator[tuple[int, int, str]]:
    """The (start, end, vocabulary) of each detected span in order; molecules first, proteins in what is left."""
    at = 0
    for start, end in _molecules(text):
        yield from _proteins(text, at, start)
        yield start, end, "SMILES"
        at = end
    yield from _proteins(text, at, len(text))


def _molecules(text: str) -> Iterator[tuple[int, int]]:
    for match in _RUN.finditer(text):
        start, end = match.span()
        touches = text[start - 1 : start] in _LETTERS or text[end : end + 1] in _LETTERS
        letters = sum(character in _LETTERS for character in match.group())
        if not touches and letters >= FEWEST_LETTERS and _parses(match.group()):
            yield start, end


def _proteins(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    for match in _PROTEIN.finditer(text, start, end):
        yield match.start(), match.end(), "FASTA"


@lru_cache(maxsize=1024)
def _parses(run: str) -> bool:
    if len(run) > LONGEST_PARSED:
        return False
    with _quiet():
        return Chem.MolFromSmiles(run) is not None


class _quiet:
    """RDKit's complaints are of no use here: most runs of letters and brackets are no molecules."""

    def __enter__(self) -> None:
        RDLogger.DisableLog("rdApp.*")

    def __exit__(self, *_: object) -> None:
        RDLogger.EnableLog("rdApp.*")

"""Restriction enzymes by name: recognition site and cuts, as REBASE lists them (in Biopython), read strictly.

``EcoR1`` is not a name and is refused with the one that was meant; ``EcoRI-HF`` is EcoRI, an engineered variant with the
same site.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from rapidfuzz import fuzz, process

from errors import ToolInputError, shown

#: The bases that each IUPAC code stands for (IUPAC-IUB, Nucleic Acids Res. 1985, 13, 3021).
CODES = {
    "A": "A", "C": "C", "G": "G", "T": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip
_COMPLEMENT = str.maketrans("ACGTRYSWKMBDHVN", "TGCAYRSWMKVHDBN")
#: Cut only DNA that carries 5-methylcytosine or 6-methyladenine (REBASE, types IIM and IV; SibEnzyme's MD enzymes).
NEEDS_METHYLATION = frozenset(
    {"DpnI", "MalI", "GlaI", "BisI", "BlsI", "GluI", "KroI", "MteI", "PcsI", "PkrI", "AoxI", "SgrTI", "AbaSI", "MspJI", "FspEI", "LpnPI"}
)  # fmt: skip
_VARIANT = re.compile(r"[-\s]*(?:HF|HFv2|v2|FD|FastDigest|CutSmart|RE-Mix)$|^FastDigest\s+", re.IGNORECASE)
_SEPARATORS = re.compile(r"\s*(?:[,;+/&|\n]|\band\b|\bwith\b|\bplus\b)\s*", re.IGNORECASE)
_DIGITS = ((r"11$", "II"), (r"1$", "I"), (r"2$", "II"), (r"3$", "III"), (r"4$", "IV"), (r"5$", "V"), (r"6$", "VI"))
_MOST_ENZYMES = 30


@dataclass(frozen=True)
class Enzyme:
    """``cuts``: how many bases past the site's first the top and the bottom strand are cut, one pair or (type IIB) two.

    Counted in the direction of ``site``; negative numbers lie before it.
    """

    name: str
    site: str
    cuts: tuple[tuple[int, int], ...]

    @property
    def palindromic(self) -> bool:
        return self.site == reverse_complement(self.site)

    @property
    def cuts_symmetrically(self) -> bool:
        size = len(self.site)
        return {(size - bottom, size - top) for top, bottom in self.cuts} == set(self.cuts)

    @property
    def overhang(self) -> str:
        """``5' overhang of 4``, ``3' overhang of 4`` or ``blunt``."""
        top, bottom = self.cuts[0]
        return overhang_kind(top, bottom)

    @property
    def written(self) -> str:
        """The site with its cuts: ``G^AATTC``, ``GGTCTC(1/5)``, ``(10/12)CGANNNNNNTGC(12/10)`` as in NEB's catalogue."""
        size = len(self.site)
        if len(self.cuts) == 1 and 0 <= self.cuts[0][0] <= size and 0 <= self.cuts[0][1] <= size:
            top, bottom = self.cuts[0]
            if self.palindromic:
                return f"{self.site[:top]}^{self.site[top:]}"
            return f"{self.site}({top - size}/{bottom - size})"
        text = self.site
        for top, bottom in self.cuts:
            text = f"({-top}/{-bottom}){text}" if top < 0 else f"{text}({top - size}/{bottom - size})"
        return text


def reverse_complement(letters: str) -> str:
    """Of DNA in capitals, with IUPAC codes."""
    return letters.translate(_COMPLEMENT)[::-1]


def overhang_kind(top: int, bottom: int) -> str:
    if top == bottom:
        return "blunt"
    return f"{5 if top < bottom else 3}' overhang of {abs(top - bottom)}"


def parse_enzymes(value: str | Sequence[str], notes: list[str], where: str = "enzymes") -> list[Enzyme]:
    """The enzymes in the order given, each once; raises ``ToolInputError`` for a name that REBASE does not have."""
    pieces = _SEPARATORS.split(value.strip()) if isinstance(value, str) else [str(item).strip() for item in value]
    if not isinstance(value, str) and len(pieces) == 1:
        pieces = _SEPARATORS.split(pieces[0])
    names = [name for piece in pieces if piece for name in _apart(piece)]
    if not names:
        raise ToolInputError("No enzyme is named", where, "name one or several, such as EcoRI or [EcoRI, HindIII]")
    if len(names) > _MOST_ENZYMES:
        raise ToolInputError(
            f"{len(names)} enzymes are named", where, f"name at most {_MOST_ENZYMES}, or 'all' for a map"
        )
    found: dict[str, Enzyme] = {}
    for place, name in enumerate(names, 1):
        enzyme = find_enzyme(name, f"{where}, name {place}", notes)
        found[enzyme.name] = enzyme
    return list(found.values())


def _apart(text: str) -> list[str]:
    """Names with nothing but blanks between them: ``EcoRI BamHI``; ``Eco RI`` is one name."""
    known, words = _by_lower_case(), text.split()
    if "".join(words).lower() not in known and len(words) > 1 and all(word.lower() in known for word in words):
        return words
    return [text]


def find_enzyme(name: str, where: str, notes: list[str]) -> Enzyme:
    """One enzyme; capitals and blanks do not matter, digits for Roman numerals do."""
    known = _by_lower_case()
    bare = re.sub(r"\s+", "", name)
    plain = re.sub(r"\s+", "", _VARIANT.sub("", name.strip()))
    ways = (bare, plain, bare.replace("-", "_"), plain.replace("-", ""))
    key = next((text.lower() for text in ways if text.lower() in known), None)
    if key is None:
        raise ToolInputError(f"{shown(name)} is not a restriction enzyme of REBASE", where, _meant(plain))
    entry = known[key]
    if plain != bare and key == plain.lower():
        notes.append(f"{name.strip()} was read as {_name(entry)}: the same site and cuts.")
    enzyme = _enzyme(entry)
    if enzyme is None:
        raise ToolInputError(
            f"Where {_name(entry)} (site {entry.site}) cuts is not known",
            where,
            "name an enzyme whose cut is known",
        )
    if enzyme.palindromic and not enzyme.cuts_symmetrically:
        raise ToolInputError(
            f"{enzyme.name} cuts on one side of a symmetric site ({enzyme.written}), and which side is not determined",
            where,
            "name an enzyme whose cut is known",
        )
    return enzyme


@cache
def catalogue_enzymes() -> tuple[Enzyme, ...]:
    """Those that New England Biolabs sells by REBASE, ordered by name: the usual set for maps and for sites made or lost."""
    sold = [entry for entry in _by_lower_case().values() if "N" in (entry.suppl or ())]
    found = [enzyme for entry in sorted(sold, key=str) if (enzyme := _enzyme(entry)) is not None]
    return tuple(enzyme for enzyme in found if enzyme.name not in NEEDS_METHYLATION)


@cache
def _by_lower_case() -> dict[str, Any]:
    from Bio import Restriction  # takes 0.4 s

    return {str(entry).lower(): entry for entry in Restriction.AllEnzymes}  # type: ignore[attr-defined]


def _name(entry: Any) -> str:
    return str(entry).replace("_", "-") if re.fullmatch(r"\w+_\d", str(entry)) else str(entry)


def _enzyme(entry: Any) -> Enzyme | None:
    """None where REBASE gives no cut, or two different sites.

    REBASE, as Biopython keeps it, counts the bottom strand's cut from the end of the site.
    """
    if entry.fst5 is None or entry.fst3 is None or len(entry.site) != entry.size:
        return None
    cuts = [(entry.fst5, entry.size + entry.fst3)]
    if entry.cut_twice():
        cuts.append((entry.scd5, entry.size + entry.scd3))
    return Enzyme(_name(entry), entry.site, tuple(cuts))


def _meant(name: str) -> str:
    """``did you mean EcoRI?``: the numeral written as a digit first, then what is spelled most like it."""
    known = _by_lower_case()
    tries = [re.sub(digit, roman, name.replace("l", "I").replace("|", "I")) for digit, roman in _DIGITS]
    tries += [re.sub(digit, roman, name) for digit, roman in _DIGITS] + [name[:3] + name[3:].replace("l", "I")]
    for text in tries:
        if text.lower() in known:
            return f"did you mean {_name(known[text.lower()])}?"
    close = process.extract(name.lower(), list(known), scorer=fuzz.ratio, limit=3, score_cutoff=75)
    if close:
        return f"did you mean {' or '.join(_name(known[match[0]]) for match in close)}?"
    return "write its name as in a catalogue, such as EcoRI"

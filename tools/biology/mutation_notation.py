"""How mutations are written: ``A123T``, ``p.Ala123Thr``, ``W53*``, ``c.76A>G``, ``c.76_78del``, ``codon 12 GGT>GTT``.

A subset of the HGVS recommendations (den Dunnen et al., Hum. Mutat. 2016, 37, 564) and what is written in papers beside
it. What names no new sequence (a frameshift or an extension as seen in the protein, introns) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from Bio.Data.IUPACData import protein_letters_3to1_extended

from errors import ToolInputError, shown

#: What the positions count: residues, bases, codons; "either" (``A12T``) and "own" (``12_14del``) depend on the sequence.
Level = Literal["protein", "dna", "codon", "either", "own"]
Kind = Literal["substitution", "deletion", "insertion", "duplication", "deletion-insertion", "inversion"]
_MOST_CHANGES = 50
_RESIDUES = {three.lower(): one for three, one in protein_letters_3to1_extended.items()} | {
    "ter": "*",
    "stop": "*",
    "end": "*",
}
_CODE = r"(?:[A-Za-z]{3,4}|[A-Za-z*])"
_ARROW = r"(?:>|->|-->|=>|→|to)"
_PREFIX = re.compile(r"([cgnmrp])\.", re.IGNORECASE)
_REFERENCE = re.compile(r"[A-Za-z]{1,4}_?\d[\w.]*(?:\([^()]*\))?:(?=[cgnmrp]\.)|[A-Z][A-Z0-9]{1,9}:(?=[cgnmrp]\.)")
_HINT = "write A123T, p.Ala123Thr, W53*, c.76A>G, c.76_78del, c.76_77insT, or codon 12 GGT>GTT"


@dataclass(frozen=True)
class Change:
    """``start`` and ``end`` are 1-based and included (of an insertion: the two between which it goes).

    ``old`` are the letters said to be there, empty where none are said, ``ends`` those of the first and last of a range;
    ``new`` the letters that come. ``whole``: positions count from the first base given, not from that of the CDS.
    """

    text: str
    level: Level
    kind: Kind
    start: int
    end: int
    old: str = ""
    new: str = ""
    ends: tuple[str, str] = ("", "")
    whole: bool = False


def parse_changes(value: str | Sequence[str], notes: list[str], where: str = "change") -> list[Change]:
    """All changes in the order given; raises ``ToolInputError`` for what is none, with its place."""
    pieces = [str(item) for item in value] if not isinstance(value, str) else [value]
    texts = [text for piece in pieces for text in _separated(piece, notes)]
    if not texts:
        raise ToolInputError("No change is named", where, _HINT)
    if len(texts) > _MOST_CHANGES:
        raise ToolInputError(f"{len(texts)} changes are named", where, f"name at most {_MOST_CHANGES} at once")
    return [
        _parsed(text, where if len(texts) == 1 else f"{where}, number {place}") for place, text in enumerate(texts, 1)
    ]


def _separated(text: str, notes: list[str]) -> list[str]:
    text = text.strip().strip("\"'`").strip()
    if reference := _REFERENCE.match(text):
        notes.append(
            f"The reference {shown(reference.group().rstrip(':'))} was not looked up: the sequence given counts."
        )
        text = text[reference.end() :]
    allele = re.fullmatch(r"([cgnmrp]\.)?\[(.*)\]", text, re.IGNORECASE)
    if allele:
        prefix = allele[1] or ""
        return [
            piece if _PREFIX.match(piece.strip()) else prefix + piece.strip()
            for piece in re.split("[;,]", allele[2])
            if piece.strip()
        ]
    pieces = [piece.strip() for piece in re.split(r"[,;&\n/]|\s\+\s|\+(?!\s*\d)|\band\b", text) if piece.strip()]
    spread: list[str] = []
    for piece in pieces:
        words = piece.split()
        several = len(words) > 1 and all(re.search(r"[A-Za-z*=]", word) and re.search(r"\d", word) for word in words)
        spread += words if several else [piece]
    return spread


def _parsed(text: str, where: str) -> Change:
    compact = re.sub(r"\s+", "", text)
    prefix = _PREFIX.match(compact)
    sort = prefix[1].lower() if prefix else ""
    body = (compact[prefix.end() :] if prefix else compact).replace("−", "-")
    if body.startswith("(") and body.endswith(")"):
        body = body[1:-1]
    _refuse_undetermined(text, body, where)
    change = None
    if sort in ("", "p"):
        change = _of_protein(text, body, where)
    if change is None and sort != "p":
        change = _of_codon(text, body) or _of_bases(text, body, sort)
    if change is None:
        raise ToolInputError(f"{shown(text)} is not read as a mutation", where, _HINT)
    if change.level == "either" and sort == "p":
        change = Change(text, "protein", change.kind, change.start, change.end, change.old, change.new, change.ends)
    if change.start < 1 or change.end < change.start:
        raise ToolInputError(f"{shown(text)} runs from {change.start} to {change.end}", where, "count from 1, upwards")
    if change.kind == "insertion" and change.end != change.start + 1:
        raise ToolInputError(
            f"{shown(text)} inserts between {change.start} and {change.end}, which are not neighbours",
            where,
            f"write the two neighbours, as in {change.start}_{change.start + 1}ins, or delins to replace a range",
        )
    if change.old and change.old == change.new:
        raise ToolInputError(f"{shown(text)} changes nothing", where, "name a residue or a base that differs")
    return change


def _refuse_undetermined(text: str, body: str, where: str) -> None:
    if re.search(r"fs|ext", body, re.IGNORECASE) and not re.search(r"ins", body, re.IGNORECASE):
        raise ToolInputError(
            f"{shown(text)} is a frameshift or an extension as the protein shows it: which bases change is open",
            where,
            "give the DNA and the change of its bases, such as c.76del",
        )
    if re.match(r"[-*]\d|\d+[+-]\d", body) and not re.match(r"\*\d+[A-Za-z]", body):
        raise ToolInputError(
            f"{shown(text)} lies outside the coding sequence (before it, after it or in an intron)",
            where,
            "give positions of the sequence itself, such as g.15A>G",
        )
    if "?" in body:
        raise ToolInputError(f"{shown(text)} leaves open what changes", where, _HINT)


def _of_protein(text: str, body: str, where: str) -> Change | None:
    if body[-1:] == "=":
        raise ToolInputError(
            f"{shown(text)} changes nothing", where, "for a silent change name the codon: codon 12 GGT>GGC"
        )
    if found := re.fullmatch(rf"({_CODE})(\d+)({_ARROW})?({_CODE})", body):
        old, arrow, new = found[1], found[3], found[4]
        bases = {old.upper(), new.upper()} <= set("ACGTU")
        if new in ("X", "x", "Xaa") and (old.upper() != "X"):
            raise ToolInputError(
                f"{shown(text)}: X is any residue, and was once written for a stop",
                where,
                f"write {old}{found[2]}* for a stop",
            )
        if bases and arrow == ">":  # A76>G
            return Change(text, "dna", "substitution", int(found[2]), int(found[2]), _dna(old), _dna(new))
        if "U" in (old.upper(), new.upper()) and bases:
            return Change(text, "dna", "substitution", int(found[2]), int(found[2]), _dna(old), _dna(new))
        one, other = _residue(old), _residue(new)
        if one and other:
            level: Level = "either" if bases else "protein"
            return Change(text, level, "substitution", int(found[2]), int(found[2]), one, other)
    body = re.sub(rf"^(?:del|Δ|∆|delta)({_CODE}\d+)$", r"\1del", body, flags=re.IGNORECASE)
    body = re.sub(rf"^({_CODE}\d+)[Δ∆]$", r"\1del", body)
    ranged = re.fullmatch(
        rf"({_CODE})(\d+)(?:[_-]({_CODE})(\d+))?(delins|del|ins|dup)([A-Za-z*]*)", body, re.IGNORECASE
    )
    if ranged is None:
        return None
    first, last = _residue(ranged[1]), _residue(ranged[3] or ranged[1])
    start, end = int(ranged[2]), int(ranged[4] or ranged[2])
    word, letters = ranged[5].lower(), _residues(ranged[6])
    if not first or not last or letters is None:
        return None
    kind = _kind(word, letters)
    if kind is None or (word in ("del", "dup") and letters):
        return None
    return Change(text, "protein", kind, start, end, "", letters, (first, last))


def _of_codon(text: str, body: str) -> Change | None:
    written = re.fullmatch(rf"codon(\d+)[:,]?([ACGTU]{{3}})?(?:{_ARROW})?([ACGTU]{{3}})", body, re.IGNORECASE)
    if written is None and (
        turned := re.fullmatch(rf"([ACGTU]{{3}})(\d+){_ARROW}?([ACGTU]{{3}})", body, re.IGNORECASE)
    ):
        return Change(text, "codon", "substitution", int(turned[2]), int(turned[2]), _dna(turned[1]), _dna(turned[3]))
    if written is None:
        return None
    return Change(
        text, "codon", "substitution", int(written[1]), int(written[1]), _dna(written[2] or ""), _dna(written[3])
    )


def _of_bases(text: str, body: str, sort: str) -> Change | None:
    whole = sort in ("g", "n", "m")
    level: Level = "dna" if sort else "own"
    if found := re.fullmatch(rf"(\d+)(?:_(\d+))?([ACGTU]+){_ARROW}([ACGTU]+)", body, re.IGNORECASE):
        old, new, start = _dna(found[3]), _dna(found[4]), int(found[1])
        end = int(found[2] or start + len(old) - 1)
        kind: Kind = "substitution" if len(old) == len(new) == 1 else "deletion-insertion"
        return Change(text, "dna", kind, start, end, old, new, whole=whole)
    if found := re.fullmatch(r"(\d+)(?:_(\d+))?del([ACGTU]+)ins([ACGTU]+)", body, re.IGNORECASE):
        start, end = int(found[1]), int(found[2] or found[1])
        return Change(text, "dna", "deletion-insertion", start, end, _dna(found[3]), _dna(found[4]), whole=whole)
    found = re.fullmatch(r"(\d+)(?:[_-](\d+))?(delins|del|ins|dup|inv)([A-Za-z*]*)", body, re.IGNORECASE)
    if found is None:
        return None
    word, letters, start = found[3].lower(), found[4].upper(), int(found[1])
    end = int(found[2] or start)
    if sort and not set(letters) <= set("ACGTU"):
        return None
    letters = letters.replace("U", "T") if sort else letters
    between = _kind(word, letters)
    if between is None:
        return None
    if word in ("del", "dup", "inv"):
        return Change(text, level, between, start, end, letters, "", whole=whole)
    return Change(text, level, between, start, end, "", letters, whole=whole)


def _kind(word: str, letters: str) -> Kind | None:
    kinds: dict[str, Kind] = {
        "del": "deletion", "ins": "insertion", "dup": "duplication", "delins": "deletion-insertion", "inv": "inversion",
    }  # fmt: skip
    return kinds[word] if letters or word not in ("ins", "delins") else None


def _residue(code: str) -> str:
    """One letter, or an empty text for what is no residue."""
    if len(code) == 1:
        letter = code.upper()
        return letter if letter in "ACDEFGHIKLMNPQRSTVWYUO*" else ""
    return _RESIDUES.get(code.lower(), "")


def _residues(written: str) -> str | None:
    """One letters of ``GlnSerLys`` or ``QSK``; None where it is neither."""
    if re.fullmatch(r"(?:[A-Z][a-z]{2}|\*)+", written):
        letters = [
            _RESIDUES.get(code.lower(), "") for code in re.findall(r"[A-Z][a-z]{2}|\*", written.replace("*", "Ter"))
        ]
    else:
        letters = [_residue(letter) for letter in written]
    return "".join(letters) if all(letters) else None


def _dna(letters: str) -> str:
    return letters.upper().replace("U", "T")

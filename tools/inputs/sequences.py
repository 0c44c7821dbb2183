"""The strict parser of sequences: DNA, RNA or protein in, residues and their alphabet out, or one sentence.

Libraries take DNA for a protein (A, C, G and T are amino acids, too), mix U with T, and read past what they do not
know. Here the alphabet is decided once, the reason is given, and whatever was removed or assumed is in ``notes``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from errors import ToolInputError, shown
from tools.inputs.three_letter import from_three_letters

MOST_RESIDUES = 100_000
MOST_CHARACTERS = 400_000  # of 100,000 residues with their numbering, spaces and a header
Alphabet = Literal["dna", "rna", "protein"]

_DNA, _RNA = frozenset("ACGT"), frozenset("ACGU")
_AMBIGUOUS = frozenset("RYSWKMBDHVN")
_PROTEIN = frozenset("ACDEFGHIKLMNPQRSTVWYUO")
_UNSURE = {"B": "Asp or Asn", "Z": "Glu or Gln", "J": "Leu or Ile", "X": "any residue"}
_NAMES = {"dna": "DNA", "rna": "RNA", "protein": "protein"}
_EXAMPLES = {
    "dna": "give DNA such as ATGGCC",
    "rna": "give RNA such as AUGGCC",
    "protein": "give a protein in one-letter code such as MKTAYIAK",
    "auto": "give DNA, RNA, or a protein in one-letter code",
}
_NUMBERING = re.compile(r"(?:^|(?<=\s))\d+(?=\s|$)")
_SMILES_SIGNS = re.compile(r"[=#()\[\]@+\\/%]|[a-z]\d|\d[a-z]|[A-Za-z]\d[A-Za-z]")
LONGEST_DNA_LIKE_PEPTIDE = 7  # ACGT-only and longer is taken for DNA wherever a protein is asked for


@dataclass(frozen=True)
class ParsedSequence:
    """``residues`` in capitals; ``why`` says why this alphabet; ``name`` is a FASTA header's first word, or empty."""

    residues: str
    alphabet: Alphabet
    why: str
    name: str
    text: str
    notes: tuple[str, ...]

    @property
    def label(self) -> str:
        return self.name or f"{_NAMES[self.alphabet]} of {len(self.residues)} {unit(self.alphabet)}"


def unit(alphabet: Alphabet) -> str:
    return "residues" if alphabet == "protein" else "nt"


def parse_sequence(
    text: str, kind: Literal["auto", "dna", "rna", "protein"] = "auto", where: str = "sequence"
) -> ParsedSequence:
    """Read one sequence; raises ``ToolInputError`` for anything that is not exactly one of the kind that is wanted."""
    example = _EXAMPLES[kind]
    if not isinstance(text, str) or not text.strip():
        raise ToolInputError("The sequence is empty", where, example)
    if len(text) > MOST_CHARACTERS:
        raise ToolInputError(
            f"The sequence has {len(text):,} characters; at most {MOST_RESIDUES:,} residues are read",
            where,
            "give a part of it",
        )
    notes: list[str] = []
    name, body = _without_header(text, where, notes)
    _refuse_look_alikes(body, where)
    if kind in ("auto", "protein") and (letters := from_three_letters(body)) is not None:
        notes.append("Three-letter code was read as one-letter code.")
        return ParsedSequence(letters, "protein", "it is written in three-letter code", name, text, tuple(notes))
    residues = _plain(body, where, notes)
    if not residues:
        raise ToolInputError(f"{shown(text)} holds no residues", where, example)
    if len(residues) > MOST_RESIDUES:
        raise ToolInputError(
            f"The sequence has {len(residues):,} residues; at most {MOST_RESIDUES:,} are read",
            where,
            "give a part of it",
        )
    alphabet, why = _alphabet(residues, kind, where)
    residues = _checked(residues, alphabet, body, where, notes)
    return ParsedSequence(residues, alphabet, why, name, text, tuple(notes))


def parse_nucleotides(text: str, where: str = "sequence") -> ParsedSequence:
    """DNA or RNA; a protein is refused."""
    parsed = parse_sequence(text, where=where)
    if parsed.alphabet != "protein":
        return parsed
    letters = set(parsed.residues) - _DNA - _RNA - _AMBIGUOUS
    if not letters:
        return parse_sequence(text, "rna" if "U" in parsed.residues else "dna", where)
    first = min(parsed.residues.index(letter) for letter in letters)
    raise ToolInputError(
        f"{shown(parsed.residues)} is not DNA or RNA: {parsed.residues[first]} at position {first + 1} is no nucleotide",
        where,
        "give DNA such as ATGGCC; for a protein use protein_report",
    )


def parse_protein(text: str, where: str = "sequence") -> ParsedSequence:
    """A protein; DNA and RNA are refused, though their letters are amino acids, too."""
    return parse_sequence(text, "protein", where)


def _without_header(text: str, where: str, notes: list[str]) -> tuple[str, str]:
    """The name and the body of plain text or of one FASTA record."""
    body = text.removeprefix("\ufeff").strip()
    if len(body) > 1 and body[0] == body[-1] and body[0] in "\"'`":
        body = body[1:-1].strip()
        notes.append("The quotes around the sequence were removed.")
    headers = [line for line in body.splitlines() if line.startswith(">")]
    if not headers:
        return "", body
    if len(headers) > 1:
        raise ToolInputError(f"The text holds {len(headers)} FASTA records", where, "give one of them")
    if not body.startswith(">"):
        raise ToolInputError("There is text before the FASTA header", where, "begin with the line that starts with >")
    header, _, rest = body.partition("\n")
    if not rest.strip():
        raise ToolInputError(
            f"The FASTA record {shown(header)} has a header and no sequence", where, "add the sequence below it"
        )
    words = header[1:].split()
    return (words[0][:60] if words else ""), rest


def _refuse_look_alikes(body: str, where: str) -> None:
    for position, character in enumerate(body, start=1):
        if not character.isascii():
            name = unicodedata.name(character, "unnamed")
            raise ToolInputError(
                f"U+{ord(character):04X} ({name}) is not a letter of a sequence",
                f"{where}, character {position}",
                "type it again in plain ASCII",
            )


def _plain(body: str, where: str, notes: list[str]) -> str:
    """The residues without white space and numbering, in capitals."""
    if _NUMBERING.search(body) and re.search(r"[A-Za-z]{5}", body):
        body = _NUMBERING.sub("", body).removesuffix("//")
        notes.append("Position numbers were removed.")
    compact = "".join(body.split())
    if _SMILES_SIGNS.search(compact):
        raise ToolInputError(
            f"{shown(compact)} is not a sequence; it looks like a SMILES or a formula",
            where,
            "for a molecule use describe_molecule",
        )
    if "O" in compact and set(compact) <= set("BCFHINOPS") and len(compact) < 27:
        raise ToolInputError(f"{shown(compact)} reads as a SMILES", where, "for a molecule use describe_molecule")
    words = body.split()
    if len(words) > 1 and any(len(word) < 5 for word in words[:-1]) and not compact.isupper():
        raise ToolInputError(f"{shown(body)} is words and not a sequence", where, "give the residues alone")
    if compact != compact.upper():
        notes.append("Lower-case letters were read as capitals.")
    return compact.upper()


def _alphabet(residues: str, kind: str, where: str) -> tuple[Alphabet, str]:
    """The alphabet and the reason; raises if ``kind`` asks for another than the letters allow."""
    letters = set(residues) - {"*"}
    if {"T", "U"} <= letters and letters <= _DNA | _RNA | _AMBIGUOUS:
        raise ToolInputError(
            f"T (position {residues.index('T') + 1}) and U (position {residues.index('U') + 1}) are mixed",
            where,
            "write all T (DNA) or all U (RNA)",
        )
    nucleic: Alphabet | None = None
    if letters <= _DNA | {"N"} and letters & _DNA:
        nucleic = "dna"
    elif letters <= _RNA | {"N"} and letters & _RNA:
        nucleic = "rna"
    if kind == "auto":
        if nucleic:
            return nucleic, f"it holds only {', '.join(sorted(letters))}, the letters of {_NAMES[nucleic]}"
        if (
            len(letters) >= 2
            and letters <= _DNA | _AMBIGUOUS
            and sum(map(residues.count, "ACGT")) > 0.8 * len(residues)
        ):
            return "dna", "more than four fifths of it are A, C, G and T, the rest ambiguity codes"
        return "protein", "it holds letters that are amino acids and not nucleotides"
    if kind == "protein":
        if nucleic and len(residues) > LONGEST_DNA_LIKE_PEPTIDE:
            raise ToolInputError(
                f"{shown(residues)} is {_NAMES[nucleic]}, not a protein: it holds only {', '.join(sorted(letters))}",
                where,
                "translate it first, or use sequence_report",
            )
        return "protein", "a protein was asked for"
    return ("dna" if kind == "dna" else "rna"), f"{_NAMES[kind]} was asked for"


def _checked(residues: str, alphabet: Alphabet, body: str, where: str, notes: list[str]) -> str:
    """Every letter belongs to the alphabet; gaps, stops and strangers are named with their position."""
    if alphabet == "protein" and residues.endswith("*"):
        residues = residues[:-1]
        notes.append("The stop (*) at the end was removed.")
    allowed = {
        "dna": _DNA | _AMBIGUOUS,
        "rna": _RNA | _AMBIGUOUS,
        "protein": _PROTEIN | frozenset(_UNSURE),
    }[alphabet]
    stranger = re.search(f"[^{''.join(sorted(allowed))}]", residues)
    if stranger:
        letter, position = stranger.group(), f"{where}, position {stranger.start() + 1}"
        if letter in "-.~":
            raise ToolInputError(
                f"{shown(residues)} holds a gap ({letter}): it is a row of an alignment", position, "remove the gaps"
            )
        if letter == "*":
            raise ToolInputError("A stop (*) stands inside the sequence", position, "give one protein, up to its stop")
        if letter.isdigit():
            raise ToolInputError(f"{shown(residues)} holds the digit {letter}", position, "give letters only")
        hint = (
            "write T in DNA"
            if alphabet == "dna" and letter == "U"
            else "write U in RNA"
            if letter == "T"
            else _EXAMPLES[alphabet]
        )
        raise ToolInputError(f"{shown(residues)}: {letter} is not a letter of {_NAMES[alphabet]}", position, hint)
    if not residues:
        raise ToolInputError("The sequence holds a stop and nothing else", where, _EXAMPLES[alphabet])
    if alphabet == "protein" and body.isalpha() and not body.isupper() and len(body) < 25:
        raise ToolInputError(
            f"{shown(body)} is a word and not a sequence", where, "write residues in capitals, such as MKTAYIAK"
        )
    if alphabet != "protein" and (unsure := sorted(set(residues) & _AMBIGUOUS)):
        notes.append(f"Ambiguity codes by IUPAC are in it: {', '.join(unsure)}.")
    if alphabet == "protein" and (unsure := sorted(set(residues) & set(_UNSURE))):
        notes.append("It holds " + ", ".join(f"{letter} ({_UNSURE[letter]})" for letter in unsure) + ".")
    return residues

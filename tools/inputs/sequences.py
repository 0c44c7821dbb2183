"""The strict parser of sequences: DNA, RNA or protein in, residues and their alphabet out, or one sentence.

Libraries take DNA for a protein (A, C, G and T are amino acids, too), mix U with T, and read past what they do not
know. Here the text is unwrapped (``tools.inputs.sequence_texts``), the alphabet is decided once
(``tools.inputs.alphabets``), the reason is given, and whatever was removed or assumed is in ``notes``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from errors import ToolInputError, shown
from tools.inputs.alphabets import AMBIGUOUS, LETTERS, NAMES, UNSURE_RESIDUES, Alphabet, Demand, decide, refuse_smiles
from tools.inputs.sequence_texts import bare_letters, read_record, refuse_strange_characters
from tools.inputs.three_letter import from_three_letters, in_three_letters, unknown_residue, unseparated

MOST_RESIDUES = 100_000
MOST_CHARACTERS = 400_000  # of 100,000 residues with their numbering, spaces and a header
SHORTEST_LOWER_CASE_PROTEIN = 25  # a shorter text in small letters is a word
_MAY_BE_A_WORD = 12  # residues up to which a protein's residues are spelled out, in case a word was meant
_EXAMPLES = {
    "dna": "give DNA such as ATGGCC",
    "rna": "give RNA such as AUGGCC",
    "protein": "give a protein in one-letter code such as MKTAYIAK",
    "needs nucleotides": "give DNA such as ATGGCC or RNA such as AUGGCC",
    "needs protein": "give a protein in one-letter code such as MKTAYIAK",
    "auto": "give DNA, RNA, or a protein in one-letter code",
}
_RARE_RESIDUES = {"U": "selenocysteine (Sec)", "O": "pyrrolysine (Pyl)"}


@dataclass(frozen=True)
class ParsedSequence:
    """``residues`` in capitals; ``why`` says why this alphabet; ``name`` is a record's first word, or empty."""

    residues: str
    alphabet: Alphabet
    why: str
    name: str
    text: str
    notes: tuple[str, ...]

    @property
    def label(self) -> str:
        return self.name or f"{NAMES[self.alphabet]} of {counted(len(self.residues), self.alphabet)}"


def unit(alphabet: Alphabet) -> str:
    return "residues" if alphabet == "protein" else "nt"


def counted(number: int, alphabet: Alphabet) -> str:
    """``1 residue``, ``129 residues``, ``1 nt``."""
    return f"{number:,} {'residue' if number == 1 and alphabet == 'protein' else unit(alphabet)}"


def parse_sequence(
    text: str, kind: Literal["auto", "dna", "rna", "protein"] = "auto", where: str = "sequence"
) -> ParsedSequence:
    """Read one sequence; raises ``ToolInputError`` for anything that is not exactly one of the kind that is wanted.

    A person who names the ``kind`` is believed where the letters allow it; with "auto" letters that could be several
    kinds are refused with their readings.
    """
    return _parsed(text, kind, where)


def parse_nucleotides(text: str, where: str = "sequence") -> ParsedSequence:
    """DNA or RNA; a protein is refused, and so are letters of which at most half are bases."""
    return _parsed(text, "needs nucleotides", where)


def parse_protein(text: str, where: str = "sequence") -> ParsedSequence:
    """A protein; DNA and RNA are refused at any length, though their letters are amino acids, too."""
    return _parsed(text, "needs protein", where)


def _parsed(text: str, demand: Demand, where: str) -> ParsedSequence:
    if not isinstance(text, str) or not text.strip():
        raise ToolInputError("The sequence is empty", where, _EXAMPLES[demand])
    if len(text) > MOST_CHARACTERS:
        raise ToolInputError(
            f"The sequence has {len(text):,} characters; at most {MOST_RESIDUES:,} residues are read",
            where,
            "give a part of it",
        )
    notes: list[str] = []
    name, body = read_record(text, where, notes)
    refuse_strange_characters(body, text, where)
    if demand not in ("dna", "rna"):
        if strange := unknown_residue(body):
            raise ToolInputError(
                f"{shown(strange)} is not the three-letter code of a residue", where, "use codes such as Met-Lys-Thr"
            )
        if (residues := from_three_letters(body)) is not None and demand != "needs nucleotides":
            _refuse_too_many(len(residues), where)
            notes.append("Three-letter code was read as one-letter code.")
            why = "it is written in three-letter code"
            residues = _checked(residues, "protein", where, notes)
            return ParsedSequence(residues, "protein", why, name, text, tuple(notes))
    _refuse_too_many(len(re.sub(r"[^A-Za-z]+", "", body)), where)
    written = bare_letters(name, body, where, notes)
    letters = "".join(filter(str.isalpha, written))
    if demand in ("auto", "needs protein") and not name and not re.search("[a-z]", body):  # a record is no SMILES
        refuse_smiles(letters, where)
    alphabet, why = decide(letters, demand, where, notes)
    if alphabet == "protein" and not name and len(letters) < SHORTEST_LOWER_CASE_PROTEIN:
        _refuse_small_letters(body, where)
    residues = _checked(written, alphabet, where, notes)
    if alphabet == "protein" and not name and len(residues) <= _MAY_BE_A_WORD:
        notes.append(_spelled(residues))
    return ParsedSequence(residues, alphabet, why, name, text, tuple(notes))


def _refuse_too_many(residues: int, where: str) -> None:
    if residues > MOST_RESIDUES:
        raise ToolInputError(
            f"The sequence has {residues:,} residues; at most {MOST_RESIDUES:,} are read", where, "give a part of it"
        )


def _refuse_small_letters(body: str, where: str) -> None:
    """A short text with small letters is a word, or has D-residues, which would be read as L-residues."""
    small = sum(map(str.islower, body))
    if small and small <= sum(map(str.isupper, body)) and len(body.split()) == 1:
        raise ToolInputError(
            f"{shown(body)} mixes capitals and small letters, which may stand for D-residues",
            where,
            "write residues in capitals, such as MKTAYIAK; D-residues are not read",
        )
    if small:
        raise ToolInputError(
            f"{shown(body)} is a word and not a sequence", where, "write residues in capitals, such as MKTAYIAK"
        )


def _spelled(residues: str) -> str:
    """What one-letter code means, for a text so short that a word, a name or three-letter code may have been meant."""
    said = f"Read letter by letter as {in_three_letters(residues)}, not as a word or a name."
    if other := unseparated(residues):
        said += f" It could also be three-letter code: {in_three_letters(other)}; write it so if that is meant."
    return said


def _checked(residues: str, alphabet: Alphabet, where: str, notes: list[str]) -> str:
    """Every letter belongs to the alphabet; gaps, stops and strangers are named with their position."""
    if alphabet == "protein" and residues.endswith("*"):
        residues = residues.rstrip("*")
        notes.append("The stop (*) at the end was removed.")
    stranger = re.search(f"[^{''.join(sorted(LETTERS[alphabet]))}]", residues)
    if stranger:
        raise _stranger(residues, stranger.start(), alphabet, where)
    if alphabet != "protein" and (unsure := sorted(set(residues) & AMBIGUOUS)):
        notes.append(f"Ambiguity codes by IUPAC are in it: {', '.join(unsure)}.")
    if alphabet == "protein":
        if unsure := sorted(set(residues) & set(UNSURE_RESIDUES)):
            notes.append("It holds " + ", ".join(f"{letter} ({UNSURE_RESIDUES[letter]})" for letter in unsure) + ".")
        for letter, meaning in _RARE_RESIDUES.items():
            if letter in residues:
                notes.append(f"{letter} was read as {meaning}, first at position {residues.index(letter) + 1}.")
    return residues


def _stranger(residues: str, index: int, alphabet: Alphabet, where: str) -> ToolInputError:
    letter, position = residues[index], f"{where}, position {index + 1}"
    if letter in "-.~":
        return ToolInputError(
            f"{shown(residues)} holds a gap ({letter}): it is a row of an alignment", position, "remove the gaps"
        )
    if letter == "*" and alphabet == "protein":
        return ToolInputError("A stop (*) stands inside the sequence", position, "give one protein, up to its stop")
    hint = {("dna", "U"): "write T in DNA", ("rna", "T"): "write U in RNA"}.get((alphabet, letter), _EXAMPLES[alphabet])
    return ToolInputError(f"{shown(residues)}: {letter} is not a letter of {NAMES[alphabet]}", position, hint)

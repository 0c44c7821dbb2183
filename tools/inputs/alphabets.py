"""DNA, RNA or protein: which alphabet a run of letters is written in, and why.

A, C, G, T and U are amino acids, too, and so are ten of the eleven IUPAC ambiguity codes of nucleotides (all but B, and
even B is Asx): IUPAC-IUB, Nomenclature for incompletely specified bases, Nucleic Acids Res. 1985, 13, 3021. Where
letters alone cannot decide, nothing is decided, and the sentence names the readings.
"""

from __future__ import annotations

from enum import Enum
from typing import Literal

from rdkit import Chem, rdBase
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError, shown
from tools.inputs.three_letter import in_three_letters

Alphabet = Literal["dna", "rna", "protein"]
#: What is asked for: an alphabet that a person named, "auto", or what a tool needs without anyone having said so.
Demand = Literal["auto", "dna", "rna", "protein", "needs nucleotides", "needs protein"]

BASES, AMBIGUOUS = frozenset("ACGTU"), frozenset("RYSWKMBDHVN")
PROTEIN = frozenset("ACDEFGHIKLMNPQRSTVWYUO")
UNSURE_RESIDUES = {"B": "Asp or Asn", "Z": "Glu or Gln", "J": "Leu or Ile", "X": "any residue"}
LETTERS = {
    "dna": frozenset("ACGT") | AMBIGUOUS,
    "rna": frozenset("ACGU") | AMBIGUOUS,
    "protein": PROTEIN | frozenset(UNSURE_RESIDUES),
}
NAMES = {"dna": "DNA", "rna": "RNA", "protein": "protein"}
_SMILES_ATOMS = frozenset("BCNOPSFI")
_LONGEST_SMILES = 1000
_MOSTLY = 0.8  # share of bases above which even a text given as a protein is taken for DNA with ambiguity codes
_LONGEST_PEPTIDE_OF_BASES = 12  # beyond it chance makes no protein of all of A, C, G and T (or U) and hardly another
_FOR_PEPTIDES = "write a peptide in three-letter code"


class Likeness(Enum):
    """How far the letters can be a nucleic acid."""

    BASES = "bases only"
    CODED = "at least three different bases, and either N alone beside them or more bases than other codes"
    DOUBTFUL = "fewer than three different bases, and either N alone beside them or more bases than other codes"
    UNLIKELY = "at most half bases, the rest letters that are ambiguity codes"
    NONE = "a letter that stands for no nucleotide"


def likeness(letters: str) -> Likeness:
    """How far capitals ``letters`` can be DNA or RNA."""
    kinds = set(letters)
    if kinds <= BASES:
        return Likeness.BASES
    if not kinds <= BASES | AMBIGUOUS:
        return Likeness.NONE
    if kinds <= BASES | {"N"} or share_of_bases(letters) > 0.5:
        return Likeness.CODED if len(kinds & BASES) >= 3 else Likeness.DOUBTFUL
    return Likeness.UNLIKELY


def share_of_bases(letters: str) -> float:
    return sum(letters.count(base) for base in BASES) / len(letters)


def is_surely_nucleic(letters: str) -> bool:
    """Whether no protein looks so, whatever a few other letters and a person say."""
    kinds = set(letters)
    all_four = set("ACG") <= kinds and bool(kinds & {"T", "U"})
    return all_four and len(letters) > _LONGEST_PEPTIDE_OF_BASES and share_of_bases(letters) > _MOSTLY


def smiles_formula(letters: str) -> str:
    """The molecular formula if ``letters`` (capitals) read as a SMILES with carbon or oxygen, else an empty string."""
    kinds = set(letters)
    if not kinds <= _SMILES_ATOMS or not kinds & {"C", "O"} or len(letters) > _LONGEST_SMILES:
        return ""
    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(letters)
    return CalcMolFormula(molecule) if molecule is not None else ""


def refuse_smiles(letters: str, where: str) -> None:
    """Raise ``ToolInputError`` with both readings if capitals ``letters`` are a SMILES, too."""
    if formula := smiles_formula(letters):
        other = "DNA or a peptide" if set(letters) <= BASES | AMBIGUOUS else "a peptide"
        raise ToolInputError(
            f"{shown(letters)} is ambiguous: it reads as a SMILES ({formula}) and as {other}",
            where,
            f"for the molecule use describe_molecule; for the sequence say its kind in sequence_report, or "
            f"{_FOR_PEPTIDES} ({in_three_letters(letters)})",
        )


def decide(letters: str, demand: Demand, where: str, notes: list[str]) -> tuple[Alphabet, str]:
    """The alphabet of capitals ``letters`` and why; raises ``ToolInputError`` where it stays open or is wrong."""
    if demand in ("dna", "rna"):
        return ("dna" if demand == "dna" else "rna"), f"{NAMES[demand]} was asked for"
    if demand == "protein":
        return _named_protein(letters, where, notes)
    if demand == "needs nucleotides":
        return _needed_nucleotides(letters, where, notes)
    return _needed_protein(letters, where, notes) if demand == "needs protein" else _either(letters, where)


def _either(letters: str, where: str) -> tuple[Alphabet, str]:
    match likeness(letters):
        case Likeness.BASES:
            nucleic = _nucleic(letters, where)
            why = f"it holds only {_listed(letters)}, the letters of {NAMES[nucleic]}"
            return nucleic, why if set(letters) & {"T", "U"} else f"{why} (without T and U it could be RNA as well)"
        case Likeness.CODED:
            return _nucleic(letters, where), (f"{_bases_of(letters)} bases, and all others IUPAC ambiguity codes")
        case Likeness.DOUBTFUL:
            raise ToolInputError(
                f"{shown(letters)} is ambiguous: it reads as a nucleic acid with IUPAC ambiguity codes and as a protein",
                where,
                f"say its kind (dna, rna or protein) in sequence_report, or {_FOR_PEPTIDES} ({in_three_letters(letters)})",
            )
        case Likeness.UNLIKELY:
            return "protein", (
                f"{_bases_of(letters)} A, C, G, T or U, and the others would have to be IUPAC ambiguity codes"
            )
    if is_surely_nucleic(letters):
        raise _nucleic_with_a_stranger(letters, where)
    strange = set(letters) - BASES - AMBIGUOUS
    stand = "stands" if len(strange) == 1 else "stand"
    return "protein", f"it holds {_listed(strange)}, which {stand} for amino acids and for no nucleotide"


def _needed_protein(letters: str, where: str, notes: list[str]) -> tuple[Alphabet, str]:
    like = likeness(letters)
    if like is Likeness.NONE and is_surely_nucleic(letters):
        raise _nucleic_with_a_stranger(letters, where)
    coded = like is Likeness.CODED and (set(letters) <= BASES | {"N"} or share_of_bases(letters) > _MOSTLY)
    if like is not Likeness.BASES and not coded:
        if like is Likeness.CODED:
            notes.append("Its letters are those of DNA with IUPAC ambiguity codes, too.")
        return "protein", "a protein was asked for"
    raise ToolInputError(
        f"{shown(letters)} reads as {_acid(letters)}, not as a protein: it holds only {_listed(letters)}",
        where,
        f"translate it first, or use sequence_report; if it is a peptide, {_FOR_PEPTIDES} ({in_three_letters(letters)})",
    )


def _named_protein(letters: str, where: str, notes: list[str]) -> tuple[Alphabet, str]:
    """A person's word counts, but not against all evidence."""
    if is_surely_nucleic(letters):
        raise ToolInputError(
            f"{shown(letters)} is {_acid(letters)}, not a protein: {_bases_of(letters)} bases",
            where,
            "translate it first, or leave kind out",
        )
    if likeness(letters) in (Likeness.BASES, Likeness.CODED):
        notes.append(f"Its letters ({_listed(letters)}) are those of a nucleic acid, too.")
    return "protein", "a protein was asked for"


def _nucleic_with_a_stranger(letters: str, where: str) -> ToolInputError:
    first = _first_no_nucleotide(letters)
    return ToolInputError(
        f"{shown(letters)} is nearly all bases, but {letters[first]} is no nucleotide",
        f"{where}, position {first + 1}",
        "correct that letter",
    )


def _first_no_nucleotide(letters: str) -> int:
    return min(letters.index(letter) for letter in set(letters) - BASES - AMBIGUOUS)


def _needed_nucleotides(letters: str, where: str, notes: list[str]) -> tuple[Alphabet, str]:
    like = likeness(letters)
    if like is Likeness.NONE:
        first = _first_no_nucleotide(letters)
        raise ToolInputError(
            f"{shown(letters)} is not DNA or RNA: {letters[first]} at position {first + 1} is no nucleotide",
            where,
            "give DNA such as ATGGCC; for a protein use protein_report",
        )
    if like is Likeness.UNLIKELY or (share_of_bases(letters) <= 0.5 and like is Likeness.DOUBTFUL):
        raise ToolInputError(
            f"{shown(letters)} is not taken for DNA or RNA: {_bases_of(letters)} A, C, G, T or U, and more than half must be",
            where,
            "give DNA such as ATGGCC; for a protein use protein_report",
        )
    if formula := smiles_formula(letters):
        notes.append(f"{shown(letters)} was read as bases; it is also the SMILES of {formula}.")
    return _nucleic(letters, where), f"{_bases_of(letters)} bases"


def _nucleic(letters: str, where: str) -> Alphabet:
    if {"T", "U"} <= set(letters):
        raise ToolInputError(
            f"T (position {letters.index('T') + 1}) and U (position {letters.index('U') + 1}) are mixed",
            where,
            f"write all T (DNA) or all U (RNA), or {_FOR_PEPTIDES}",
        )
    return "rna" if "U" in letters else "dna"


def _acid(letters: str) -> str:
    if {"T", "U"} <= set(letters):
        return "a mixture of DNA and RNA"
    return "RNA" if "U" in letters else "DNA"


def _bases_of(letters: str) -> str:
    """``3 of its 7 letters are`` or ``none of its letters is``, of those that are bases."""
    number = sum(map(letters.count, BASES))
    if not number:
        return "none of its letters is"
    return f"{number:,} of its {len(letters):,} letters {'is' if number == 1 else 'are'}"


def _listed(letters: str | set[str]) -> str:
    return ", ".join(sorted(set(letters)))

"""Peptides in three-letter code: ``Met-Lys-Thr``, ``MetLysThr``, ``Met Lys Thr``."""

from __future__ import annotations

import re

from Bio.Data.IUPACData import protein_letters_3to1_extended

_ONE_LETTER = {three.lower(): one for three, one in protein_letters_3to1_extended.items()}
_RUN = re.compile(r"(?:[A-Za-z]{3})(?:[\s-]*[A-Za-z]{3})*")
_ENDS = re.compile(r"^(?:H|NH2|H2N)-|-(?:OH|COOH)$")


def from_three_letters(text: str) -> str | None:
    """One-letter residues, or None if the text is not wholly three-letter code of at least two residues.

    Free termini (``H-…-OH``) are read as what they are; capitals must fall as in ``Met`` unless the residues are
    separated, so that a sequence such as METALA in one-letter code is not taken apart.
    """
    body = _ENDS.sub("", text.strip())
    if len(body) < 6 or not _RUN.fullmatch(body):
        return None
    separated = re.split(r"[\s-]+", body)
    if all(len(piece) == 3 for piece in separated):
        residues = separated
    elif re.fullmatch(r"(?:[A-Z][a-z]{2})+", body):
        residues = re.findall(r"[A-Z][a-z]{2}", body)
    else:
        return None
    letters = [_ONE_LETTER.get(residue.lower()) for residue in residues]
    if len(letters) < 2 or None in letters or (len(separated) > 1 and body.isupper() and "-" not in body):
        return None
    return "".join(letter for letter in letters if letter)

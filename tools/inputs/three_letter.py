"""Peptides in three-letter code: ``Met-Lys-Thr``, ``MetLysThr``, ``Met Lys Thr``, ``MET LYS THR``."""

from __future__ import annotations

import re

from Bio.Data.IUPACData import protein_letters_1to3_extended

_ONE_LETTER = {three.lower(): one for one, three in protein_letters_1to3_extended.items()}
_ENDS = re.compile(r"^(?:H|NH2|H2N)-|-(?:OH|COOH)$|[\s-](?:Ter|\*)$")
_MOST_SHOWN = 12


def from_three_letters(text: str) -> str | None:
    """One-letter residues, or None if the text is not wholly three-letter code (a single one cased as in ``Met``).

    Free termini (``H-…-OH``) and a stop at the end are read as what they are. Residues that are not separated must be
    cased as in ``Met``, too, so that a sequence such as METALA in one-letter code is not taken apart.
    """
    pieces = _pieces(text)
    letters = [_ONE_LETTER.get(piece.lower()) for piece in pieces]
    if None in letters or (len(pieces) == 1 and not pieces[0].istitle()):
        return None
    return "".join(letter for letter in letters if letter)


def unknown_residue(text: str) -> str:
    """The first piece that is no three-letter code in a text that is otherwise written in it; else an empty string."""
    pieces = _pieces(text)
    strange = [piece for piece in pieces if piece.lower() not in _ONE_LETTER]
    known = len(pieces) - len(strange)
    return strange[0] if strange and known >= 2 and known >= len(strange) else ""


def unseparated(text: str) -> str | None:
    """The one-letter residues of ``METALA`` if all its triples are three-letter codes in capitals, else None."""
    if not text.isupper() or not re.fullmatch(r"(?:[A-Z]{3})+", text):
        return None
    letters = [_ONE_LETTER.get(triple.lower()) for triple in re.findall("...", text)]
    return None if None in letters else "".join(letter for letter in letters if letter)


def in_three_letters(residues: str) -> str:
    """``Met-Lys-Thr`` for ``MKT``; a long chain is cut with an ellipsis."""
    codes = [protein_letters_1to3_extended[residue] for residue in residues[:_MOST_SHOWN]]
    return "-".join(codes) + ("-…" if len(residues) > _MOST_SHOWN else "")


def _pieces(text: str) -> list[str]:
    body = _ENDS.sub("", text.strip())
    first = re.split(r"[\s-]+", body, maxsplit=3)[:3]  # so that a long text that is none costs little
    if not any(piece[:3].lower() in _ONE_LETTER for piece in first):
        return [body]
    if re.fullmatch(r"(?:[A-Z][a-z]{2})+", body):
        return re.findall(r"[A-Z][a-z]{2}", body)
    return re.split(r"[\s-]+", body)

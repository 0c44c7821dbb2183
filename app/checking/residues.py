"""Sequences in a text, in one-letter code: bases, and residues where the text speaks of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.checking.things import ThingKind
from app.notations import sequence_kind

#: A word in capitals of so many amino acids is a protein whatever is spoken of.
LONG = 15
#: Too short to be told from a word but by what it is called.
SAID_PEPTIDE = re.compile(
    r"(?:peptide|protein|translat\w+|encod\w+|reads?(?: it)? as|→|sequence|product)(?:\s+(?:is|as|to|into|therefore|thus|then|reads?|gives?|sequence|of|the|peptide|protein|frame|in|1)){0,5}\s*:?\s+([ACDEFGHIKLMNPQRSTVWY]{3,}\*?)(?![\w-])"
)
#: Ends and rings that a bare sequence has not.
_MODIFIED = re.compile(r"(?:Ac|Bz|Boc|Fmoc|c\()-?\|$|(?:Ac-|c\()\||\|-(?:NH2|OMe|OEt)")
#: Words in capitals that are no peptides.
_CAPITALS = """
    ALIGN ALL CHAPS CLEAR DETAILS DNASE ENTRY FASTA FINAL FLAG GRAVY HEPES KINASE LATTICE
    LIGASE MALDI MASSES MEDIA MINIMAL PAGE PLASMID PRIMER RNASE SAMPLE SEE SMILES TEMPLATE TRIS VALID
"""
_NO_PEPTIDES = frozenset(_CAPITALS.split())
_SAYS_SEQUENCE = re.compile(
    r"\baa\b|\bpI\b|\bDa\b|peptide|protein|sequence|primer|oligo|residue|amino acids?|\bDNA\b|\bRNA\b|\bORF\b|translat|strand|probe|complement",
    re.I,
)


def sequences_in(text: str) -> Iterator[tuple[int, int, ThingKind, str]]:
    """Start, end, kind and residues of each, also of those written in blocks; words in capitals are none unless the text
    speaks of sequences.
    """
    spoken = bool(_SAYS_SEQUENCE.search(text))
    for match in re.finditer(
        r"(?<![A-Za-z\d])(?:[ACGTUN]{3,}(?:[ \n-]+[ACGTUN]{3,})+|[A-Z]{10,}(?:\n[A-Z]{5,})+|[acgtu]{10,}|[A-Z]{5,})(?![A-Za-z\d])",
        text,
    ):
        written = match[0]
        residues = re.sub(r"[\s-]", "", written)
        kind = sequence_kind(residues) if len(residues) >= 6 else None
        if kind is None and spoken and len(residues) >= 5 and re.fullmatch(r"[ACDEFGHIKLMNPQRSTVWY]+", residues):
            kind = "protein"
        if kind == "protein" and (
            (not spoken and len(residues) < LONG)
            or residues in _NO_PEPTIDES
            or not _is_peptide(text, match.start(), match.end())
        ):
            continue
        if kind in ("dna", "rna") and len(residues) < 8 and not (spoken and _is_said(text, match.start())):
            continue
        if kind and not _MODIFIED.search(
            text[max(0, match.start() - 4) : match.start()] + "|" + text[match.end() : match.end() + 4]
        ):
            yield match.start(), match.end(), kind, residues.upper()


def _is_said(text: str, start: int) -> bool:
    """Whether a word in capitals is called a sequence by the words just before it."""
    return bool(_SAYS_SEQUENCE.search(text[max(0, start - 40) : start]))


def _is_peptide(text: str, start: int, end: int) -> bool:
    """Whether a word in capitals is long, or called a sequence, or what something is told of."""
    return end - start >= 8 or _is_said(text, start) or bool(re.match(r"[`'\"*)]*\s*(?:has|is|with|[(,:])", text[end:]))

"""Identifiers of public databases, by the forms that these document: each parser returns the one way in which it is written.

A form that is right may still name nothing: that only the database can say.
"""

from __future__ import annotations

import re

from errors import ToolInputError, shown

LONGEST_FREE_TEXT = 300
#: UniProt: https://www.uniprot.org/help/accession_numbers; an isoform has its number behind a hyphen.
UNIPROT = re.compile(r"(?:[OPQ]\d[A-Z\d]{3}\d|[A-NR-Z]\d(?:[A-Z][A-Z\d]{2}\d){1,2})(?:-\d{1,3})?")
#: The name of an entry: a mnemonic of the protein, and one of the species.
UNIPROT_NAME = re.compile(r"[A-Z\d]{1,10}_[A-Z\d]{2,5}")
PDB = re.compile(r"\d[A-Z\d]{3}")
_LONG_PDB = re.compile(r"PDB_0{4}(\d[A-Z\d]{3})")
CHEMBL = re.compile(r"CHEMBL\d{1,9}")
#: Crossref's recommended pattern is 10.\d{4,9}/ and then what the registrant likes, also < and > (SICI); here without blanks.
DOI = re.compile(r"10\.\d{4,9}/[^\s\"]{1,200}")
ARXIV = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z\-]{2,20}(?:\.[A-Z]{2})?/\d{7})(?:v\d{1,3})?")
#: GenBank, RefSeq and protein accessions: https://www.ncbi.nlm.nih.gov/genbank/acc_prefix/ and RefSeq's table of prefixes.
NCBI = re.compile(
    r"(?:[A-Z]{2}_(?:[A-Z]{2,6})?\d{6,12}|[A-Z]\d{5}|[A-Z]{2}\d{6}|[A-Z]{2}\d{8}|[A-Z]{3}\d{5}|[A-Z]{3}\d{7}|[A-Z]{4,6}\d{8,12})"
    r"(?:\.\d{1,3})?"
)
_PROTEIN = re.compile(r"(?:[ANXYWZ]P_|[A-Z]{3}\d)")
_DOI_BEFORE = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi\s*:?\s*)", re.IGNORECASE)
_ARXIV_BEFORE = re.compile(r"^(?:https?://arxiv\.org/(?:abs|pdf)/|arxiv\s*:\s*)", re.IGNORECASE)


def parse_uniprot(text: str, where: str = "protein") -> str:
    """An accession, with its isoform if one is named; raises ``ToolInputError``."""
    accession = _one_word(text, where, "give a UniProt accession such as P04637")
    if not UNIPROT.fullmatch(accession.upper()):
        raise ToolInputError(f"{shown(text)} is no UniProt accession", where, "give one such as P04637 or P04637-2")
    return accession.upper()


def parse_pdb(text: str, where: str = "pdb_id") -> str:
    """The four characters of a PDB entry, in capitals; raises ``ToolInputError``."""
    word = _one_word(text, where, "give a PDB identifier such as 1CRN").upper()
    long = _LONG_PDB.fullmatch(word)
    word = long[1] if long else word
    if not PDB.fullmatch(word):
        raise ToolInputError(
            f"{shown(text)} is no PDB identifier", where, "give a digit and three letters or digits, such as 1CRN"
        )
    return word


def parse_doi(text: str, where: str = "doi") -> str:
    """A DOI without what stands before it, in small letters (a DOI has no case); raises ``ToolInputError``."""
    word = _one_word(_DOI_BEFORE.sub("", text.strip()), where, "give a DOI such as 10.1021/ja01577a030").rstrip(".,;")
    if not DOI.fullmatch(word) or not word.isprintable():
        raise ToolInputError(f"{shown(text)} is no DOI", where, "a DOI begins with 10., as in 10.1021/ja01577a030")
    return word.lower()


def arxiv_number(text: str) -> str:
    """The number of an arXiv paper that the text is, or an empty string."""
    word = _ARXIV_BEFORE.sub("", text.strip()).removesuffix(".pdf")
    return word if ARXIV.fullmatch(word) else ""


def parse_ncbi(text: str, where: str = "accession") -> str:
    """An accession with or without its version; raises ``ToolInputError``."""
    word = _one_word(text, where, "give an accession such as NM_000546.6").upper()
    if not NCBI.fullmatch(word):
        raise ToolInputError(
            f"{shown(text)} is no accession of GenBank or RefSeq", where, "give one such as NM_000546.6 or NP_000537.3"
        )
    return word


def is_protein_accession(accession: str) -> bool:
    """Whether NCBI keeps it with the proteins: NP_, XP_, WP_, … or three letters and digits."""
    return bool(_PROTEIN.match(accession))


def parse_free_text(text: str, where: str, example: str) -> str:
    """A query in words on one line; raises ``ToolInputError`` for an empty or a long one."""
    words = " ".join(text.split())
    if not words:
        raise ToolInputError("The query is empty", where, f"write what is sought, such as {example}")
    if len(words) > LONGEST_FREE_TEXT:
        raise ToolInputError(f"The query has {len(words):,} characters", where, f"write at most {LONGEST_FREE_TEXT}")
    if not words.isprintable():
        raise ToolInputError(f"{shown(words)} holds an invisible character", where, "write it anew")
    return words


def _one_word(text: str, where: str, hint: str) -> str:
    word = text.strip()
    if not word:
        raise ToolInputError("Nothing is named", where, hint)
    if len(word) > LONGEST_FREE_TEXT or len(word.split()) > 1 or not word.isascii():
        raise ToolInputError(f"{shown(word)} is not one identifier", where, hint)
    return word

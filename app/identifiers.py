"""What a lookup is asked for, in a person's words: accessions, identifiers of entries, DOIs, and the words of a search.

They are read for the tool that wants them alone: 1CRN is an entry of the PDB where one is sought, and nothing elsewhere.
"""

from __future__ import annotations

import re

from app.entities import GRAMMAR, Entity
from app.wording import Candidate, Clause
from tools.inputs.identifiers import ARXIV, CHEMBL, DOI, NCBI, UNIPROT, UNIPROT_NAME

LOOKUP = "lookup"  # the group of the tools that ask over the network
_BEFORE, _BEHIND = r"(?<![\w./\-])", r"(?![\w\-])"


def _word(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(f"{_BEFORE}(?:{pattern.pattern}){_BEHIND}")


_ACCESSION = _word(UNIPROT)
_IDENTIFIERS = {
    "uniprot accession": _ACCESSION,
    "pdb": re.compile(rf"{_BEFORE}\d(?=[A-Za-z\d]{{0,2}}[A-Za-z])[A-Za-z\d]{{3}}{_BEHIND}"),
    "doi": re.compile(rf"(?:https?://(?:dx\.)?doi\.org/)?{DOI.pattern}"),
    "ncbi": _word(NCBI),
}
_ENTRY_NAME = _word(UNIPROT_NAME)
_GENE = re.compile(rf"{_BEFORE}[A-Z][A-Z\d]{{1,9}}{_BEHIND}")
_NO_GENES = frozenset(("DNA", "RNA", "PDB", "ID", "NCBI", "CHO"))
_NUMBERS = re.compile(rf"{_BEFORE}(?:{CHEMBL.pattern}|CID[ :#]*\d{{1,10}}){_BEHIND}")
_COMPOUNDS = frozenset(("molecule", "compound"))
#: What stands before the words of a search; the last of it counts, and what stands behind the service's name does not belong.
_SOUGHT = re.compile(r"\b(?:for|about|on|concerning|regarding)\s+(?!arxiv\b|pubmed\b|europe)(?=\S)", re.IGNORECASE)
_SERVICE = re.compile(r"\s*\b(?:on|in|at|from|with|using|via)?\s*\b(?:arxiv|pubmed|europe ?pmc)\b", re.IGNORECASE)


def identifiers(candidate: Candidate, clause: Clause) -> list[Entity]:
    """What this tool's arguments can be filled with, each text as it is written."""
    found: list[Entity] = []
    wanted = {candidate.entities[name] for name in candidate.required}
    for kind in wanted & _IDENTIFIERS.keys():
        found += [Entity(kind, match[0].rstrip(".,;:?!"), 0, 0) for match in _IDENTIFIERS[kind].finditer(clause.text)]  # type: ignore[arg-type]
    if "uniprot" in wanted:
        found += _proteins(clause)
    if "search words" in wanted:
        found += _searched(clause)
    if candidate.group == LOOKUP and wanted & _COMPOUNDS:
        found += [Entity("name", match[0], 0, 0) for match in _NUMBERS.finditer(clause.text)]
    return found


def _proteins(clause: Clause) -> list[Entity]:
    """An accession, the name of an entry, or the symbol of a gene."""
    for pattern in (_ACCESSION, _ENTRY_NAME):
        if matches := [match[0] for match in pattern.finditer(clause.text)]:
            return [Entity("uniprot", text, 0, 0) for text in matches]
    symbols = [match[0] for match in _GENE.finditer(clause.text) if match[0] not in _NO_GENES]
    return [Entity("uniprot", symbols[0], 0, 0)] if symbols else []


def _searched(clause: Clause) -> list[Entity]:
    """The words behind "for" or "about", or an arXiv number."""
    if number := _word(ARXIV).search(clause.text):
        return [Entity("search words", number[0], 0, 0)]
    begins = _SOUGHT.search(clause.text)
    words = clause.text[begins.end() :].strip(" ?.!") if begins else ""
    words = _SERVICE.sub("", words).strip()
    is_grammar = all(word.lower() in GRAMMAR for word in words.split())
    return [] if is_grammar else [Entity("search words", words, 0, 0)]

"""NCBI's genetic codes, by number."""

from __future__ import annotations

import warnings

from Bio import BiopythonWarning
from Bio.Data import CodonTable
from Bio.Seq import Seq

from errors import ToolInputError


def genetic_code(table: int, where: str = "table") -> CodonTable.NCBICodonTable:
    """The code of NCBI's number ``table``, codons in DNA letters; raises ``ToolInputError`` for a number without one."""
    code = CodonTable.unambiguous_dna_by_id.get(table)
    if code is None:
        known = ", ".join(map(str, sorted(CodonTable.unambiguous_dna_by_id)))
        raise ToolInputError(f"There is no NCBI genetic code {table}", where, f"choose one of: {known}")
    return code


def code_name(code: CodonTable.NCBICodonTable) -> str:
    """``1: Standard, SGC0``."""
    return f"{code.id}: {', '.join(name for name in code.names if name)}"


def translated(bases: str, table: int) -> str:
    """Whole codons of DNA or RNA, ``*`` for stops, in the frame of the first base; bases left over are not read.

    Codons that are a residue and a stop (codes 27, 28, 31) are given as the residue.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BiopythonWarning)
        return str(Seq(bases[: len(bases) // 3 * 3]).translate(table=table))

"""NCBI's genetic codes, by number or by a name that means one of them."""

from __future__ import annotations

import re
import warnings
from typing import Annotated, Any

from Bio import BiopythonWarning
from Bio.Data import CodonTable
from Bio.Seq import Seq
from pydantic import BeforeValidator, Field

from errors import ToolInputError

#: NCBI's names and those of organisms; "mitochondrial" alone is none, as there are several.
_NAMES = {
    "standard": 1, "universal": 1, "nuclear": 1, "eukaryotic": 1, "human": 1,
    "vertebrate mitochondrial": 2, "human mitochondrial": 2, "mammalian mitochondrial": 2, "vertebrate mitochondria": 2,
    "yeast mitochondrial": 3, "yeast mitochondria": 3,
    "mycoplasma": 4, "spiroplasma": 4, "mold mitochondrial": 4, "mycoplasma spiroplasma": 4,
    "invertebrate mitochondrial": 5, "invertebrate mitochondria": 5, "drosophila mitochondrial": 5,
    "ciliate": 6, "ciliate nuclear": 6, "tetrahymena": 6, "paramecium": 6,
    "echinoderm mitochondrial": 9, "euplotid": 10, "euplotid nuclear": 10, "euplotes": 10,
    "bacterial": 11, "bacteria": 11, "prokaryotic": 11, "archaeal": 11, "plant plastid": 11, "plastid": 11, "e coli": 11,
    "alternative yeast nuclear": 12, "alternative yeast": 12, "candida": 12, "ascidian mitochondrial": 13,
}  # fmt: skip


def _numbered(value: Any) -> Any:
    """The number of a name, or of ``table 4``; whatever else is left as it is, for its type to refuse."""
    if not isinstance(value, str):
        return value
    words = re.sub(r"\b(?:genetic|translation|ncbi|code|table|the)\b|[^a-z0-9]+", " ", value.casefold()).strip()
    words = re.sub(r"\s+", " ", words)
    return int(words) if re.fullmatch(r"\d{1,3}", words) else _NAMES.get(words, value)


GeneticCodeNumber = Annotated[
    int, BeforeValidator(_numbered), Field(description="NCBI genetic code: 1 standard, 4 mycoplasma, 11 bacteria")
]


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

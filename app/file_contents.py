"""What the records of an attached file are, as ``read_file`` told of it, and which tools are offered for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

Contents = Literal["molecules", "sequences", "structure", ""]

_CONTENTS: dict[str, Contents] = {
    "FASTA": "sequences", "GenBank": "sequences", "SDF": "molecules", "MOL": "molecules", "PDB": "structure", "mmCIF": "structure",
    "XYZ": "structure",
}  # fmt: skip
_OF_SEQUENCES = re.compile(r"sequence|\bseq\b|protein|peptide|\bdna\b|\brna\b|primer|oligo", re.IGNORECASE)
#: Tools that a person is offered to run over all records; any other of one molecule or sequence can be asked for.
OFFERED = {
    "molecules": (
        "describe_molecule", "drug_likeness", "structural_alerts", "functional_groups", "stereo_report", "standardize",
        "convert_notation", "protonation_states", "count_rings", "nmr_signals",
    ),
    "sequences": ("sequence_report", "protein_report", "translate", "find_orfs", "digest_protein", "melting_temperature"),
}  # fmt: skip


def contents_of(read: Mapping[str, Any]) -> Contents:
    """By the data of ``read_file``, which an imported conversation may have in any shape; empty where nothing or both could be meant."""
    if (kind := str(read.get("kind", ""))) in _CONTENTS:
        return _CONTENTS[kind]
    told = read.get("columns")
    columns = [column for column in told if isinstance(column, dict)] if isinstance(told, list) else []
    molecules = any(column.get("holds") == "SMILES" for column in columns)
    sequences = any(_OF_SEQUENCES.search(str(column.get("name", ""))) for column in columns)
    return "" if molecules == sequences else "molecules" if molecules else "sequences"

"""Whole sequences whose digests and genes are published: pUC19 (GenBank L09137) and phage lambda (NC_001416)."""

from __future__ import annotations

import gzip
from pathlib import Path

_HERE = Path(__file__).parent


def puc19() -> str:
    """2,686 bases, circular."""
    return _residues((_HERE / "pUC19.fasta").read_text())


def phage_lambda() -> str:
    """48,502 bases, linear; the wild type."""
    return _residues(gzip.decompress((_HERE / "lambda.fasta.gz").read_bytes()).decode())


def _residues(fasta: str) -> str:
    return "".join(line for line in fasta.splitlines() if not line.startswith(">"))

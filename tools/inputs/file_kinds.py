"""What a text file is, by its content: its name says nothing here."""

from __future__ import annotations

import re
from typing import Literal

from errors import ToolInputError, shown
from tools.inputs.sequence_files import is_plain_sequence
from tools.inputs.structure_files import looks_like_cif, looks_like_pdb

Kind = Literal["fasta", "genbank", "mmcif", "pdb", "sdf", "mol", "xyz", "table"]
_LOOKED_AT = 200_000  # characters
_MOL_LINES = re.compile(r"^[ \d]{3}[ \d]{3}.*V2000\s*$|^.*V3000\s*$|^M  END\s*$|^\$\$\$\$\s*$", re.MULTILINE)
_XYZ = re.compile(
    r"\s*\d{1,6}[ \t]*\n[^\n]*\n[ \t]*(?:[A-Z][a-z]?\d*|\d{1,3})(?:[ \t]+[-+]?\d*\.?\d+(?:[eEdD][-+]?\d+)?){3}"
)
#: Formats that are told and not read: what it is, how it begins, what to do.
_OTHERS = (
    ("a reaction file (RXN)", r"\$RXN", "give the reaction as SMILES"),
    ("a reaction data file (RDF)", r"\$RDFILE", "save it as SDF"),
    ("a MOL2 file", r"(?:#[^\n]*\n|\s)*@<TRIPOS>", "save it as SDF"),
    ("a FASTQ file", r"@\S[^\n]*\n[A-Za-z.*-]+\n\+", "save its sequences as FASTA"),
    ("a Clustal alignment", r"CLUSTAL|MUSCLE \(", "save it as FASTA"),
    ("a Stockholm alignment", r"# STOCKHOLM", "save it as FASTA"),
    ("a NEXUS file", r"#NEXUS", "save its sequences as FASTA"),
    ("an EMBL or UniProt flat file", r"ID   \S", "save it as GenBank or FASTA"),
    ("a GFF file", r"##gff-version", "save it as a table"),
    ("a VCF file", r"##fileformat=VCF", "save it as a table"),
    ("an HTML page", r"\s*<(?:!doctype html|html|head|body)\b", "download the file itself: this may be an error page"),
    ("an XML file", r"\s*<\?xml|\s*<[A-Za-z][\w:.-]*[\s>/]", "save it in one of the formats that are read"),
    ("a JSON file", r"\s*[\[{]\s*(?:[\"\[{\]}]|-?\d)", "save it as CSV"),
    ("a PostScript file", r"%!PS", "give the data as text"),
    ("a script", r"#!", "give a file of data"),
)
READ = "FASTA, GenBank, SDF, MOL, PDB, mmCIF, XYZ, CSV, TSV and XLSX are read"


def kind_of(text: str, name: str, where: str = "file") -> Kind:
    """The kind of a text file; raises ``ToolInputError`` for a format that is known and not read. ``table`` is what is left."""
    beginning = text[:_LOOKED_AT].lstrip("\n \t")
    if re.match(r">|;[^\n]*\n(?:;[^\n]*\n)*>?[A-Za-z]", beginning):
        return "fasta"
    if re.match(r"LOCUS\s", beginning):
        return "genbank"
    for what, pattern, hint in _OTHERS:
        if re.match(pattern, beginning, re.IGNORECASE if "html" in pattern else 0):
            raise ToolInputError(f"{shown(name)} is {what}", where, f"{hint}; {READ}")
    if looks_like_cif(text):
        return "mmcif"
    if looks_like_pdb(beginning) and not re.search(r"^.*V[23]000\s*$", beginning[:400], re.MULTILINE):
        return "pdb"
    if _MOL_LINES.search(text[:_LOOKED_AT]):
        return "sdf" if re.search(r"^\$\$\$\$", text, re.MULTILINE) else "mol"
    if _XYZ.match(beginning):
        return "xyz"
    return "fasta" if is_plain_sequence(text) else "table"

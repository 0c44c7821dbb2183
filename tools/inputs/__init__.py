"""The strict parsers, one per kind of argument, and the argument types that name them.

A tool annotates a parameter with one of these types; the ``entity`` in its schema tells the router which recogniser's
finds may fill it. The values stay strings: each tool calls the parser itself, so that a wrong value is one sentence.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field


def _text(entity: str, description: str):
    return Field(description=description, json_schema_extra={"entity": entity})


MoleculeText = Annotated[
    str, _text("molecule", "One molecule: SMILES, InChI, SELFIES, molfile, CAS number or a common name")
]
MoleculesText = Annotated[
    str | list[str], _text("molecules", "One molecule or a list of them: SMILES, InChI, CAS numbers or common names")
]
CompoundName = Annotated[str, _text("name", "A trivial name, a systematic (IUPAC) name or a CAS number")]
AnyNotation = Annotated[str, _text("notation", "Any notation of a structure, or a name")]
ElementSymbol = Annotated[str, _text("element", "An element symbol such as C or Cl, or the element's English name")]
SequenceText = Annotated[str, _text("sequence", "One DNA, RNA or protein sequence, plain or as FASTA")]
NucleotideText = Annotated[str, _text("nucleotides", "One DNA or RNA sequence, plain or as FASTA")]
ProteinText = Annotated[
    str, _text("protein", "One protein sequence in one-letter code, plain or as FASTA, or in three-letter code")
]
SequencesText = Annotated[
    str | list[str],
    _text("sequences", "Three or more sequences of one kind: FASTA records, or a list of plain sequences"),
]
FileText = Annotated[
    str, _text("file", "The name of an attached file, such as file_1; on the command line, the path of a file")
]
FormulaText = Annotated[str, _text("formula", "A molecular formula, with its charge if any: C8H10N4O2, NO3^-, Fe^{3+}")]
MoleculeOrFormula = Annotated[
    str, _text("molecule_or_formula", "One molecule (SMILES, InChI, CAS number or name) or a molecular formula")
]
CompoundText = Annotated[str, _text("compound", "One compound: a name, a CAS number, a SMILES or an InChI")]
ReactionText = Annotated[str, _text("reaction", "A reaction SMILES: reactants>agents>products, as in CCO>>CC=O")]
ImageText = Annotated[
    str, _text("image", "The name of an attached picture, such as img_1; on the command line, the path of a file")
]
AdductText = Annotated[str, Field(json_schema_extra={"entity": "adduct"})]
TemperatureValue = Annotated[float | str, Field(json_schema_extra={"entity": "temperature"})]
SmartsText = Annotated[str, _text("smarts", "A SMARTS pattern")]
ReactionName = Annotated[
    str, _text("reaction_name", "A named reaction, such as amide coupling or Suzuki, or a reaction SMARTS")
]
UniprotText = Annotated[
    str, _text("uniprot", "A UniProt accession such as P04637, an entry name such as P53_HUMAN, or a gene symbol")
]
UniprotAccession = Annotated[str, _text("uniprot accession", "A UniProt accession such as P04637")]
PdbText = Annotated[str, _text("pdb", "A PDB identifier such as 1CRN")]
DoiText = Annotated[str, _text("doi", "A DOI such as 10.1021/ja01577a030")]
AccessionText = Annotated[str, _text("ncbi", "An accession with its version: NM_000546.6, NP_000537.3, U49845.1")]
QueryText = Annotated[str, _text("search words", "What is sought, in a few words")]
Refresh = Annotated[bool, Field(description="Ask anew, also where an answer is kept on this machine")]

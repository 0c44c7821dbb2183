"""The sequence parser refuses what it must, says what it changed, and is quick with anything."""

from __future__ import annotations

import random
import string

import pytest

from errors import ToolInputError
from tools.inputs.sequences import parse_nucleotides, parse_protein, parse_sequence

# after GenBank U49845, its first 30 bases
GENBANK = """LOCUS       SCU49845     30 bp    DNA     linear   PLN 21-JUN-1999
DEFINITION  Saccharomyces cerevisiae TCP1-beta gene, partial cds.
FEATURES             Location/Qualifiers
     CDS             <1..30
                     /translation="SSIYN"
ORIGIN
        1 gatcctccat atacaacggt atctccacct
//
"""
# after UniProt P00698, its first 30 residues
UNIPROT = """ID   LYSC_CHICK              Reviewed;          30 AA.
AC   P00698;
SQ   SEQUENCE   30 AA;  3221 MW;  0D5BB7B5B0F1D2E3 CRC64;
     MRSLLILVLC FLPLAALGKV FGRCELAAAM
//
"""


@pytest.mark.parametrize(
    ("text", "alphabet", "residues"),
    [
        ("ATGGCC", "dna", "ATGGCC"),
        ("AUGGCC", "rna", "AUGGCC"),
        ("MKTAYIAK", "protein", "MKTAYIAK"),
        ("Met-Lys-Thr", "protein", "MKT"),
        ("MetLysThr", "protein", "MKT"),
        ("H-Tyr-Gly-Gly-Phe-Leu-OH", "protein", "YGGFL"),
        (">sp|P01308 insulin\nMALWMRLLPL\nLALLALWGPD", "protein", "MALWMRLLPLLALLALWGPD"),
        ("1 atggctagca aaggagaaga\n21 acttttcact", "dna", "ATGGCTAGCAAAGGAGAAGAACTTTTCACT"),
        ("ATGGCCNNNATGGCC", "dna", "ATGGCCNNNATGGCC"),
        ("`MKTAYIAK*`", "protein", "MKTAYIAK"),
        ("“ATGGCC”", "dna", "ATGGCC"),
        ("atg gcc tta", "dna", "ATGGCCTTA"),
        ("ALA GLY SER", "protein", "AGS"),
        ("Met Lys Thr Ter", "protein", "MKT"),
        ("Ala", "protein", "A"),
        ("5'-ATG GCC-3'", "dna", "ATGGCC"),
        ("5′-GAATTC-3′", "dna", "GAATTC"),
        ("MKTAYIAKQR QISFVKSHFS\nRQLEERLGLI", "protein", "MKTAYIAKQRQISFVKSHFSRQLEERLGLI"),
        ("61 atggccatgg", "dna", "ATGGCCATGG"),
        (">pep\nFC", "protein", "FC"),
        ("\ufeffATGGCC\r\nATG", "dna", "ATGGCCATG"),
        (GENBANK, "dna", "GATCCTCCATATACAACGGTATCTCCACCT"),
        ("1 atggctagca 10\n11 aaggag 16", "dna", "ATGGCTAGCAAAGGAG"),
        ("atggctagca 10\naaggag 16", "dna", "ATGGCTAGCAAAGGAG"),
        ("cc", "dna", "CC"),
        (">a\rATGGCC\rTAA", "dna", "ATGGCCTAA"),
        (">short\nmktayiak", "protein", "MKTAYIAK"),
        ("atggcc tta ggcc", "dna", "ATGGCCTTAGGCC"),
        (UNIPROT, "protein", "MRSLLILVLCFLPLAALGKVFGRCELAAAM"),
    ],
)
def test_each_way_of_writing_is_read(text, alphabet, residues):
    parsed = parse_sequence(text)
    assert (parsed.alphabet, parsed.residues) == (alphabet, residues)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mktayiakqrqisfvkshfsrqleerl", "capitals"),
        ("1 MKTAYIAK", "numbers"),
        ("MKTAYIAK*", "stop"),
        ("Met-Lys-Thr", "Three-letter"),
        ('"ATGGCC"', "quotes"),
        ("ATGGCCRATGGCCATGGCC", "Ambiguity"),
        ("MKTBAYIAK", "B (Asp or Asn)"),
        ("MKTU", "selenocysteine"),
        ("MKTOE", "pyrrolysine"),
        ("INSULIN", "Ile-Asn-Ser-Sec-Leu-Ile-Asn"),
        ("ALAGLYSER", "could also be three-letter code: Ala-Gly-Ser"),
        ("atg gcc tta", "capitals"),
        ("“ATGGCC”", "quotes"),
        ("5'-ATGGCC-3'", "5' and 3'"),
        ("DNA: ATGGCC", "label"),
        ("61 atggccatgg", "began at 61"),
        ("ATGGCC\nATGGCC", "2 lines were joined"),
        (GENBANK, "ORIGIN lines of a record in GenBank format"),
        (GENBANK.replace("30 bp", "5028 bp"), "announces 5,028 residues, but 30"),
    ],
)
def test_what_was_changed_or_is_unsure_is_said(text, said):
    assert any(said in note for note in parse_sequence(text).notes)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        (">only a header", "no sequence"),
        (">a\nMK\n>b\nMK", "2 FASTA records"),
        ("AUGT", "mixed"),
        ("MK-TAY", "gap"),
        ("MK*TAY", "stop"),
        ("MKТAY", "U\\+0422"),
        ("c1ccccc1", "SMILES"),
        ("CC(=O)O", "SMILES"),
        ("CCO", "SMILES"),
        ("hello", "word"),
        ("the quick brown fox", "words"),
        ("MK7TAY", "holds the digit 7"),
        ("MKT1W", "holds the digit 1"),
        ("Hello world", "word"),
        ("NaN mean", "words"),
        ("RGDfK", "D-residues"),
        ("THE QUICK BROWN FOX", "words"),
        ("tag a cat", "words"),
        ("1 atggctagca 11\n11 aaggag", r"number 11 does not count .* \(10\)"),
        ("1 atggctagc\n11 aaggag", r"number 11 does not count .* \(9\)"),
        ("ATGGCCTAA stop", "word"),
        ("ATGGCCATT 5 GCC", r"number 5 does not count the residues before it \(9\)"),
        ("ATG\x00GCC", "U\\+0000"),
        ("ATG\u200bGCC", "ZERO WIDTH SPACE"),
        ("ACGT;", "; is not a letter of DNA"),
        ("ATG*GCC", r"\* is not a letter of DNA"),
        ("3'-ATGGCC-5'", "'CCGGTA'"),
        ("(GT)10", "bracket"),
        ("C(Carbamidomethyl)MK", "bracket"),
        ("Met-Lys-Foo", "'Foo' is not the three-letter code"),
        ("Ala-Gly-NH2", "'NH2' is not the three-letter code"),
        ("P00698", "accession number"),
        ("BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "InChIKey"),
        ("50-78-2", "CAS number"),
        ("C2H6O", "formula"),
        ("CCl", "SMILES"),
        ("12345", "no residues"),
        ("***", "no residues"),
        (GENBANK * 2, "2 records in GenBank format"),
        (GENBANK.split("ORIGIN")[0], "GenBank format without its residues"),
        ("@read1\nACGT\n+\nIIII", "FASTQ"),
        ("HEADER    HYDROLASE   01-JAN-00   1LYZ", "PDB file"),
        ("CLUSTAL W (1.83)\n\na  ACGT", "alignment"),
        ("A" * 100_001, "100,001"),
        ("Met" * 100_001, "100,001"),
    ],
)
def test_what_is_no_sequence_is_refused_with_its_reason(text, named):
    with pytest.raises(ToolInputError, match=named):
        parse_sequence(text)


def test_dna_is_never_silently_a_protein():
    with pytest.raises(ToolInputError, match="reads as DNA, not as a protein"):
        parse_protein("ATGGCCATTGTAATG")


def test_a_protein_is_never_silently_dna():
    with pytest.raises(ToolInputError, match="I at position 6"):
        parse_nucleotides("MKTAYIAK")


def test_the_position_of_a_strange_letter_is_named():
    with pytest.raises(ToolInputError) as refused:
        parse_sequence("ATGGCJC", kind="dna")
    assert refused.value.where == "sequence, position 6"


def test_the_place_of_a_look_alike_counts_from_the_start_of_the_text():
    with pytest.raises(ToolInputError) as refused:
        parse_sequence(">x\nATGА")  # the last letter is Cyrillic
    assert refused.value.where == "sequence, character 7"


def test_no_sentence_shows_a_control_character():
    for text in ("\x00", ">\x00\x07", "ATG\x1b[31m", ">a\x00b\n\x00", "“ATG\x00”"):
        with pytest.raises(ToolInputError) as refused:
            parse_sequence(text)
        assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    "text",
    ["5'" + " " * 390_000 + "x", "1 A " * 90_000, "Met-" * 90_000, '"' * 390_000, ">\n" * 190_000, "ORIGIN\n" * 50_000],
)
def test_a_hostile_text_of_the_greatest_length_ends(text):
    with pytest.raises(ToolInputError):
        parse_sequence(text)


def test_random_texts_are_answered_or_refused_and_never_crash():
    chooser = random.Random(7)
    alphabet = string.printable + "ACGTU" * 20 + "é中🧬\u200b"
    for _ in range(1500):
        text = "".join(chooser.choices(alphabet, k=chooser.choice((1, 3, 10, 60, 400))))
        try:
            assert parse_sequence(text).residues.isupper()
        except ToolInputError as refused:
            assert str(refused).endswith(".")

"""The sequence parser refuses what it must, says what it changed, and is quick with anything."""

from __future__ import annotations

import random
import string

import pytest

from errors import ToolInputError
from tools.inputs.sequences import parse_nucleotides, parse_protein, parse_sequence


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
        ("MK7TAY", "SMILES|digit"),
        ("A" * 100_001, "100,001"),
    ],
)
def test_what_is_no_sequence_is_refused_with_its_reason(text, named):
    with pytest.raises(ToolInputError, match=named):
        parse_sequence(text)


def test_dna_is_never_silently_a_protein():
    with pytest.raises(ToolInputError, match="is DNA, not a protein"):
        parse_protein("ATGGCCATTGTAATG")


def test_a_protein_is_never_silently_dna():
    with pytest.raises(ToolInputError, match="I at position 6"):
        parse_nucleotides("MKTAYIAK")


def test_the_position_of_a_strange_letter_is_named():
    with pytest.raises(ToolInputError) as refused:
        parse_sequence("ATGGCJC", kind="dna")
    assert refused.value.where == "sequence, position 6"


def test_random_texts_are_answered_or_refused_and_never_crash():
    chooser = random.Random(7)
    alphabet = string.printable + "ACGTU" * 20 + "é中🧬\u200b"
    for _ in range(1500):
        text = "".join(chooser.choices(alphabet, k=chooser.choice((1, 3, 10, 60, 400))))
        try:
            assert parse_sequence(text).residues.isupper()
        except ToolInputError as refused:
            assert str(refused).endswith(".")

"""DNA, RNA, protein or SMILES: what letters alone can say, and what they cannot."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.biology.proteins import protein_report
from tools.biology.sequences import sequence_report, translate
from tools.inputs.sequences import parse_nucleotides, parse_protein, parse_sequence


@pytest.mark.parametrize("text", ["A", "GAG", "GATTACA", "ACGTA", "ACGU", "ATGNNNGCC", "ATGGCCRATGGCCATGG", "acgtacgt"])
def test_what_reads_as_a_nucleic_acid_is_refused_where_a_protein_is_needed(text):
    with pytest.raises(ToolInputError, match=r"not as a protein.*three-letter code"):
        protein_report(text)


def test_a_peptide_of_these_letters_is_told_by_three_letter_code_or_by_kind():
    assert protein_report("Gly-Ala-Thr-Thr-Ala-Cys-Ala").data["length"] == 7
    output = sequence_report("GATTACA", kind="protein")
    assert output.data["alphabet"] == "protein"
    assert any("nucleic acid, too" in note for note in output.notes)


def test_a_named_kind_does_not_turn_a_gene_into_a_protein():
    with pytest.raises(ToolInputError, match="is DNA, not a protein: 19 of its 19 letters"):
        sequence_report("ATGGCCATTGTAATGGGCC", kind="protein")


@pytest.mark.parametrize("text", ["ATGGCCATTGTAATGGGCCE", "ATGGCCXXXATGGCCATGGCCATG"])
def test_one_strange_letter_does_not_turn_a_gene_into_a_protein(text):
    for read in (parse_sequence, parse_protein, parse_nucleotides):
        with pytest.raises(ToolInputError, match="no nucleotide"):
            read(text)


@pytest.mark.parametrize("text", ["MKTWW", "SHRKDMVYWTAG", "MKTU", "RGDS", "HHHHHH", "N" * 12])
def test_letters_that_are_mostly_ambiguity_codes_are_not_translated(text):
    with pytest.raises(ToolInputError, match="not taken for DNA or RNA"):
        translate(text)


@pytest.mark.parametrize(
    ("text", "bases"),
    # RADA16 and the peptides RGDS and WKYMVM hold only letters that are IUPAC codes of nucleotides, too
    [
        ("MKTWW", "1 of its 5 letters is"),
        ("SHRKDMVYWTAG", "3 of its 12 letters are"),
        ("RADARADARADARADA", "8 of its 16 letters are"),
        ("RGDS", "1 of its 4 letters is"),
        ("HHHHHH", "none of its letters is"),
        ("WKYMVM", "none of its letters is"),
    ],
)
def test_peptides_of_ambiguity_codes_are_proteins_for_a_true_reason(text, bases):
    parsed = parse_sequence(text)
    assert parsed.alphabet == "protein"
    assert parsed.why.startswith(bases + " A, C, G, T or U")
    assert parse_protein(text).residues == text


@pytest.mark.parametrize(
    "site",
    # recognition sites as REBASE writes them (HincII, HinfI-like, E-box of Murre et al. 1989), and GenBank's runs of N
    ["GTYRAC", "GANTC", "CANNTG", "ACGTRYK", "NNNNNNNNNNATGC"],
)
def test_dna_with_ambiguity_codes_is_dna_for_a_true_reason(site):
    parsed = parse_sequence(site)
    assert parsed.alphabet == "dna"
    assert "IUPAC ambiguity codes" in parsed.why
    assert any(note.startswith("Ambiguity codes") for note in parsed.notes)


@pytest.mark.parametrize("text", ["NNNN", "CCWGG", "TATAWAW", "GGGGSGGGGS", "GAGAGS"])
def test_letters_that_do_not_decide_are_refused_with_both_readings_and_told_by_kind(text):
    # EcoRII's site and the TATA box are DNA, a glycine-serine linker and silk's repeat are proteins
    with pytest.raises(ToolInputError, match=r"is ambiguous: .* nucleic acid .* and as a protein"):
        parse_sequence(text)
    assert parse_sequence(text, "dna").alphabet == "dna"
    assert parse_sequence(text, "protein").alphabet == "protein"
    assert parse_protein(text).residues == text


@pytest.mark.parametrize(
    ("smiles", "formula"),
    [("CC", "C2H6"), ("CCCC", "C4H10"), ("CN", "CH5N"), ("CCN", "C2H7N"), ("CNC", "C2H7N"), ("NCC", "C2H7N"),
     ("CCS", "C2H6S"), ("FC", "CH3F"), ("CCO", "C2H6O")],
)  # fmt: skip
def test_letters_that_are_a_smiles_too_are_refused_with_the_compound_named(smiles, formula):
    # ethane, butane, methylamine, ethylamine, dimethylamine, ethanethiol, fluoromethane, ethanol
    for read in (parse_sequence, parse_protein):
        with pytest.raises(ToolInputError, match=rf"is ambiguous: it reads as a SMILES \({formula}\) and as"):
            read(smiles)


def test_a_run_of_cytosines_is_answered_where_it_can_only_be_meant_as_bases():
    assert parse_sequence("CCCC", "dna").alphabet == "dna"
    assert parse_sequence(">primer\nCCCC").alphabet == "dna"
    output = translate("CCC")  # proline, Nirenberg's poly(C)
    assert output.data["protein"] == "P"
    assert any("SMILES of C3H8" in note for note in output.notes)


def test_letters_that_no_molecule_can_be_made_of_are_no_smiles():
    assert parse_protein("CFC").residues == "CFC"  # fluorine has one bond
    assert parse_protein("FF").residues == "FF"  # diphenylalanine, not fluorine gas: SMILES without carbon are rare


def test_t_and_u_are_mixed_only_in_a_nucleic_acid():
    with pytest.raises(ToolInputError, match="are mixed"):
        parse_sequence("ACGUT")
    assert parse_sequence("MKTU").alphabet == "protein"  # U is selenocysteine


def test_bases_without_t_and_u_are_said_to_be_either():
    assert "could be RNA as well" in parse_sequence("GGCC").why


def test_lower_case_words_are_no_proteins():
    for word in ("insulin", "can", "Tan", "peptide", "mktayiak"):
        with pytest.raises(ToolInputError):
            parse_protein(word)

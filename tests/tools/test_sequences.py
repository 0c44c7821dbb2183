"""Sequence reports and translations against published codes and values."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.biology.sequences import sequence_report, translate


def test_the_first_codons_of_gfp_translate_to_its_first_residues():
    # GFP, UniProt P42212 begins MSKGEELFTG; this S65-type reading frame as in GenBank M62653
    assert translate("ATGAGTAAAGGAGAAGAACTTTTCACTGGA").data["protein"] == "MSKGEELFTG"


@pytest.mark.parametrize(
    ("table", "codon", "residue"),
    [
        (1, "TGA", "*"),
        (4, "TGA", "W"),
        (2, "AGA", "*"),
        (2, "ATA", "M"),
        (3, "CTT", "T"),
        (12, "CTG", "S"),
        (6, "TAA", "Q"),
    ],
)
def test_codons_that_differ_between_ncbis_genetic_codes(table, codon, residue):
    # NCBI, "The Genetic Codes": mycoplasma UGA is Trp, vertebrate mitochondria AGA is a stop, yeast CUG is Ser, ...
    assert translate(codon + "GCC", table=table).data["protein"] == residue + "A"


def test_rna_is_translated_as_the_same_codons():
    assert translate("AUGGCCUAA").data["protein"] == "MA*"


def test_a_negative_frame_reads_the_reverse_complement():
    assert translate("TTAGGCCAT", frame=-1).data["protein"] == "MA*"


def test_remaining_bases_and_internal_stops_are_said():
    output = translate("ATGTAAGCCA")
    assert (output.data["remaining_bases"], output.data["stops"]) == (1, 1)
    assert any("1 base at the end" in note for note in output.notes)
    assert any("inside the sequence" in note for note in output.notes)


def test_to_stop_ends_at_the_first_stop():
    assert translate("ATGTAAGCC", to_stop=True).data["protein"] == "M"


def test_an_unknown_genetic_code_is_refused_with_the_known_ones():
    with pytest.raises(ToolInputError, match="no NCBI genetic code 7"):
        translate("ATGGCC", table=7)


def test_less_than_a_codon_is_refused():
    with pytest.raises(ToolInputError, match="no whole codon"):
        translate("ATGG", frame=3)


def test_gc_content_and_length_are_counted():
    data = sequence_report("GGCCAATT").data
    assert (data["gc_fraction"], data["length"], data["reverse_complement"]) == (0.5, 8, "AATTGGCC")


def test_the_entropy_of_four_equal_letters_is_two_bits():
    assert sequence_report("ACGTACGT").data["shannon_entropy_bits"] == 2.0  # log2 4, Shannon 1948


def test_the_mass_of_a_single_nucleotide_is_that_of_its_monophosphate():
    # dAMP, C10H14N5O6P: 331.22 g/mol (PubChem CID 12599)
    assert sequence_report("A", kind="dna").data["average_mass_da"] == pytest.approx(331.22, abs=0.01)

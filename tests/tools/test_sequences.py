"""Sequence reports and translations against published codes and values."""

from __future__ import annotations

import itertools

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


#: The amino acids of all codons, TTT, TTC, TTA, TTG, TCT to GGG, as "The Genetic Codes" of NCBI print them.
NCBI_CODES = {
    1: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    2: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG",
    4: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    5: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSSSVVVVAAAADDEEGGGG",
    11: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
}


@pytest.mark.parametrize("table", NCBI_CODES)
def test_every_codon_of_the_common_codes_is_ncbis(table):
    codons = "".join(map("".join, itertools.product("TCAG", repeat=3)))
    assert translate(codons, table=table).data["protein"] == NCBI_CODES[table]


@pytest.mark.parametrize(
    ("coding", "protein"),
    [
        # the signal of human insulin, GenBank NM_000207 and UniProt P01308
        ("atggccctgtggatgcgcctcctgcccctgctggcgctgctggccctctggggacctgacccagccgcagcc", "MALWMRLLPLLALLALWGPDPAAA"),
        # human beta-globin, NM_000518 and UniProt P68871 with its first Met; sickle cell: Glu 7 to Val (GAG to GTG)
        ("ATGGTGCATCTGACTCCTGAGGAGAAGTCTGCC", "MVHLTPEEKSA"),
        ("ATGGTGCATCTGACTCCTGTGGAGAAGTCTGCC", "MVHLTPVEKSA"),
        # the homopolymers of Nirenberg and Matthaei 1961 and of Speyer et al. 1963
        ("UUUUUUUUU", "FFF"),
        ("CCCCCC", "PP"),
        ("AAAAAA", "KK"),
    ],
)
def test_known_messages_give_their_proteins(coding, protein):
    assert translate(coding).data["protein"] == protein


def test_ambiguity_codes_give_one_residue_where_all_readings_agree():
    # CCN is proline and GTN valine in any reading, TAR a stop, RAY is Asn or Asp: B (IUPAC-IUB 1984)
    output = translate("ATGCCNGTNTARRAY")
    assert output.data["protein"] == "MPV*B"
    assert any("B (Asp or Asn)" in note for note in output.notes)


def test_codons_of_two_meanings_are_said():
    # NCBI code 27, karyorelict nuclear: TGA is Trp or a stop
    output = translate("ATGTGA", table=27)
    assert output.data["protein"] == "MW"
    assert any("TGA can also be a stop" in note for note in output.notes)


def test_an_alternative_start_is_read_as_its_residue_and_said():
    # GTG starts in code 11 (NCBI), and is Val elsewhere
    output = translate("GTGGCC", table=11)
    assert output.data["protein"] == "VA"
    assert any("GTG is a start codon" in note and "as Val" in note for note in output.notes)


def test_a_shifted_frame_reads_other_codons():
    # ATG GCC TTA, A TGG CCT TA, AT GGC CTT A
    assert [translate("ATGGCCTTA", frame=frame).data["protein"] for frame in (1, 2, 3)] == ["MAL", "WP", "GL"]


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


@pytest.mark.parametrize(
    ("site", "expected"),
    # counted by hand on the recognition sites of BamHI, EcoRI, NotI, and with codes: S is G or C, W is A or T
    [("GGATCC", 4 / 6), ("GAATTC", 2 / 6), ("GCGGCCGC", 1.0), ("ATGCSSWW", 0.5), ("ATGCNNNN", 0.5)],
)
def test_gc_content_counts_what_is_certain(site, expected):
    assert sequence_report(site, kind="dna").data["gc_fraction"] == pytest.approx(expected, abs=0.0001)


def test_gc_content_of_nothing_certain_is_not_zero():
    output = sequence_report("NNNN", kind="dna")
    assert output.data["gc_fraction"] is None
    assert "GC content" not in output.summary


def test_the_longest_run_is_counted_whole():
    # the poly(A) tail that vectors for mRNA carry is some 120 bases long
    data = sequence_report("ATGGCC" + "A" * 120).data
    assert (data["longest_run_letter"], data["longest_run_length"]) == ("A", 120)


def test_the_summary_counts_one_as_one():
    assert sequence_report("M").summary.startswith("Protein of 1 residue,")
    assert "codes for 1 residue (M)" in translate("ATG").summary


def test_the_entropy_of_four_equal_letters_is_two_bits():
    assert sequence_report("ACGTACGT").data["shannon_entropy_bits"] == 2.0  # log2 4, Shannon 1948


def test_the_mass_of_a_single_nucleotide_is_that_of_its_monophosphate():
    # dAMP, C10H14N5O6P: 331.22 g/mol (PubChem CID 12599)
    assert sequence_report("A", kind="dna").data["average_mass_da"] == pytest.approx(331.22, abs=0.01)

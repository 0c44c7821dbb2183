"""Mutations against published alleles and HGVS descriptions, and what has to be refused."""

from __future__ import annotations

import random

import pytest
from Bio.Seq import Seq

from errors import ToolInputError
from tests.tools.sequences import phage_lambda
from tools.biology.mutations import mutate

#: Human beta-globin, first codons (NM_000518; UniProt P68871: MVHLTPEEKSAVTALWGKVNV).
HBB = "ATGGTGCATCTGACTCCTGAGGAGAAGTCTGCCGTTACTGCCCTGTGGGGCAAGGTGAACGTG"
#: Human KRAS, first codons (NM_004985; UniProt P01116: MTEYKLVVVGAGGVGKSALTI).
KRAS = "ATGACTGAATATAAACTTGTGGTAGTTGGAGCTGGTGGCGTAGGCAAGAGTGCCTTGACGATA"
#: Human BRCA1, first codons (NM_007294; UniProt P38398).
BRCA1 = (
    "ATGGATTTATCTGCTCTTCGCGTTGAAGAAGTACAAAATGTCATTAATGCTATGCAGAAAATCTTAGAGTGTCCCATCTGTCTGGAGTTGATCAAGGAACCTGTCTCCACAAAGTGT"
    "GACCACATATTTTGCAAATTTTGCATGCTGAAACTTCTCAACCAGAAGAAAGGGCCTTCACAGTGTCCTTTATGTAAGAATGATATAACC"
)
#: Human CFTR, codons 504 to 512 (NM_000492): Glu Asn Ile Ile Phe508 Gly Val Ser Tyr.
CFTR = "GAAAATATCATCTTTGGTGTTTCCTAT"


@pytest.mark.parametrize(
    "written",
    [
        "E7V",
        "p.Glu7Val",
        "p.(Glu7Val)",
        "Glu7Val",
        "GLU7VAL",
        "c.20A>T",
        "20A>T",
        "codon 7 GAG>GTG",
        "codon 7 to GTG",
        "GAG7GTG",
        "e7v",
        "c.20A->T",
        "A20>T",
    ],
)
def test_sickle_cell_haemoglobin_in_any_writing(written):
    # HGVS NM_000518:c.20A>T p.(Glu7Val), which takes away the site of MstII (its isoschizomer Bsu36I) and one of DdeI
    # (Chang and Kan, N. Engl. J. Med. 1982; Geever et al., PNAS 1981)
    data = mutate(HBB, written).data
    assert data["sequence"] == HBB[:19] + "T" + HBB[20:]
    assert (data["dna_change"], data["protein_change"], data["effect"]) == ("c.20A>T", "p.(Glu7Val)", "missense")
    assert {"Bsu36I", "DdeI"} <= set(data["sites_lost"])
    assert data["protein"] == "MVHLTPVEKSAVTALWGKVNV"


@pytest.mark.parametrize(
    ("residue", "dna"),
    # COSMIC and ClinVar: the common KRAS alleles
    [
        ("G12V", "c.35G>T"),
        ("G12D", "c.35G>A"),
        ("G12C", "c.34G>T"),
        ("G12S", "c.34G>A"),
        ("G12A", "c.35G>C"),
        ("G13D", "c.38G>A"),
    ],
)
def test_the_common_kras_alleles_are_the_nearest_codons(residue, dna):
    data = mutate(KRAS, residue).data
    assert data["dna_change"] == dna
    assert len(data["codon_changes"]) == 1
    assert data["effect"] == "missense"


def test_brca1_185delag_is_the_published_frameshift():
    # ClinVar: NM_007294:c.68_69del (185delAG) p.(Glu23ValfsTer17)
    for written in ("c.68_69del", "c.68_69delAG", "68_69del"):
        data = mutate(BRCA1, written).data
        assert data["effect"] == "frameshift"
        assert data["protein_change"] == "p.(Glu23ValfsTer17)"
        assert data["protein_length"] == 38


def test_the_deletion_of_phe_508_of_cftr():
    # ClinVar: NM_000492:c.1521_1523delCTT p.(Phe508del); here codon 504 is 1, so c.12_14 and Phe 5
    data = mutate(CFTR, "c.12_14delCTT").data
    assert data["sequence"] == "GAAAATATCATTGGTGTTTCCTAT"  # as the allele is printed: ATC ATT GGT
    assert (data["effect"], data["protein_change"], data["protein"]) == ("in-frame deletion", "p.(Phe5del)", "ENIIGVSY")
    for written in ("F5del", "delF5", "ΔF5", "p.Phe5del"):
        assert mutate(CFTR, written).data["protein"] == "ENIIGVSY"
        assert mutate("ENIIFGVSY", written).data["sequence"] == "ENIIGVSY"


def test_the_ind1_mutation_of_lambda_makes_a_hindiii_site():
    # New England Biolabs: the C to T at 37589 of cI857 ind1 Sam7 makes the HindIII site at 37584
    output = mutate(phage_lambda(), "g.37589C>T")
    assert "HindIII" in output.data["sites_gained"]
    rows = [row for view in output.views if getattr(view, "title", "") == "Restriction sites" for row in view.rows]
    assert ("gained", "HindIII", "A^AGCTT", 37584) in rows


def test_a_stop_by_the_nearest_codon():
    # TGG to TGA or TAG, one base each: E. coli uses TGA more (Kazusa 0.29 and 0.07)
    output = mutate("ATGTGGGCCTAA", "W2*")
    assert output.data["sequence"] == "ATGTGAGCCTAA"
    assert (output.data["effect"], output.data["protein_change"], output.data["protein"]) == (
        "nonsense",
        "p.(Trp2Ter)",
        "M",
    )
    assert any("the other is TAG" in note for note in output.notes)
    assert mutate("ATGTGGGCCTAA", "p.Trp2Ter").data["sequence"] == "ATGTGAGCCTAA"


def test_a_silent_change_of_a_codon():
    data = mutate(KRAS, "codon 12 GGT>GGC").data
    assert (data["effect"], data["protein_change"], data["dna_change"]) == ("silent", "p.(=)", "c.36T>C")


def test_a_stop_among_several_changes_is_nonsense():
    # Glu 7 to Val and Lys 9 to a stop: the protein ends after residue 8
    data = mutate(HBB + "TAA", "E7V, K9*").data
    assert (data["effect"], data["protein_change"]) == ("nonsense", "p.[(Glu7Val);(Lys9Ter)]")
    data = mutate("MVHLTPEEKSAVTALWGKVNV", "E7V, K9*").data
    assert (data["effect"], data["protein_change"]) == ("nonsense", "p.[Glu7Val;Lys9Ter]")


def test_stop_lost_and_start_lost():
    lost = mutate("ATGGCCTAACAAGCCTGA", "c.7T>C").data  # TAA to CAA: Gln, then CAA, GCC, TGA
    assert (lost["effect"], lost["protein_change"], lost["protein"]) == ("stop lost", "p.(Ter3Gln)", "MAQQA")
    started = mutate("ATGGCCTAA", "c.2T>C").data
    assert (started["effect"], started["protein_change"], started["protein"]) == ("start lost", "p.(Met1?)", None)


@pytest.mark.parametrize(
    ("written", "sequence", "protein"),
    [
        ("c.4_6dup", "ATGAAAAAATGGTAA", "MKKW"),
        ("c.6_7insGGC", "ATGAAAGGCTGGTAA", "MKGW"),
        ("c.4_6delinsGAT", "ATGGATTGGTAA", "MDW"),
        ("c.4_6del", "ATGTGGTAA", "MW"),
        ("K2_W3insGG", "ATGAAAGGCGGCTGGTAA", "MKGGW"),
        ("K2dup", "ATGAAAAAATGGTAA", "MKKW"),
        ("K2del", "ATGTGGTAA", "MW"),
        ("K2_W3delinsG", "ATGGGCTAA", "MG"),
    ],
)
def test_deletions_insertions_and_duplications_by_hand(written, sequence, protein):
    data = mutate("ATGAAATGGTAA", written).data
    assert (data["sequence"], data["protein"]) == (sequence, protein)


@pytest.mark.parametrize(
    ("written", "sequence", "change"),
    [
        ("A3T", "MKTYIAK", "p.Ala3Thr"),
        ("A3T, K7R", "MKTYIAR", "p.[Ala3Thr;Lys7Arg]"),
        ("A3T/K7R", "MKTYIAR", "p.[Ala3Thr;Lys7Arg]"),
        ("A3T K7R", "MKTYIAR", "p.[Ala3Thr;Lys7Arg]"),
        (["A3T", "K7R"], "MKTYIAR", "p.[Ala3Thr;Lys7Arg]"),
        ("p.[Ala3Thr;Lys7Arg]", "MKTYIAR", "p.[Ala3Thr;Lys7Arg]"),
        ("Y4*", "MKA", "p.Tyr4Ter"),
        # the 3' rule of HGVS: of the places that give the same sequence the last one is written
        ("A3_I5del", "MKAK", "p.Tyr4_Ala6del"),
        ("K2_A3insGS", "MKGSAYIAK", "p.Lys2_Ala3insGlySer"),
        ("p.Lys2_Ala3insGlySer", "MKGSAYIAK", "p.Lys2_Ala3insGlySer"),
        ("A3delinsGS", "MKGSYIAK", "p.Ala3delinsGlySer"),
        ("A3dup", "MKAAYIAK", "p.Ala3dup"),
        ("A3_Y4dup", "MKAYAYIAK", "p.Ala3_Tyr4dup"),
        ("A3→T", "MKTYIAK", "p.Ala3Thr"),
        ("Ala 3 Thr", "MKTYIAK", "p.Ala3Thr"),
    ],
)
def test_changes_of_a_protein(written, sequence, change):
    data = mutate("MKAYIAK", written).data
    assert (data["sequence"], data["protein_change"]) == (sequence, change)


def test_a_letter_that_is_a_base_and_a_residue_is_read_where_only_one_fits():
    # ATG GCC AAA: base 2 is T, codon 2 is Ala
    assert mutate("ATGGCCAAA", "A2G").data["dna_change"] == "c.5C>G"  # GCC to GGC
    assert mutate("ATGGCCAAA", "T2G").data["dna_change"] == "c.2T>G"
    with pytest.raises(ToolInputError, match="fits neither"):
        mutate("ATGGCCAAA", "C2G")
    with pytest.raises(ToolInputError, match="could mean both"):
        mutate("GCAGCAGCA", "A3T")  # base 3 is A, and codon 3 is Ala


@pytest.mark.parametrize(
    ("written", "dna", "effect"),
    # the 3' rule and the priority of dup over ins, by the HGVS recommendations (den Dunnen et al. 2016); ATG GAA TTC AAA TAA
    [
        ("c.5del", "c.6del", "frameshift"),
        ("c.10del", "c.12del", "frameshift"),
        ("c.5_6insA", "c.6dup", "frameshift"),
        ("c.6_7insGAA", "c.4_6dup", "in-frame insertion"),
        ("c.4_6dup", "c.4_6dup", "in-frame insertion"),
        ("c.8_9insC", "c.9dup", "frameshift"),
        ("c.9_10insG", "c.9_10insG", "frameshift"),
        ("c.7_9del", "c.7_9del", "in-frame deletion"),
    ],
)
def test_deletions_and_duplications_are_written_at_the_last_of_equal_places(written, dna, effect):
    data = mutate("ATGGAATTCAAATAA", written).data
    assert (data["dna_change"], data["effect"]) == (dna, effect)


def test_a_site_that_an_insertion_moves_is_neither_lost_nor_gained():
    # ATG GAA TTC: EcoRI's GAATTC stands once before and after GAA is doubled
    data = mutate("ATGGAATTCAAATAA", "c.4_6dup").data
    assert "EcoRI" not in data["sites_gained"] + data["sites_lost"]


def test_positions_may_begin_with_the_coding_sequence():
    data = mutate("CCCC" + KRAS, "G12V", cds_start=5).data
    assert data["dna_change"] == "c.35G>T"
    assert mutate("CCCC" + KRAS, "c.35G>T", cds_start=5).data["sequence"] == data["sequence"]
    assert mutate("CCCC" + KRAS, "g.39G>T", cds_start=5).data["sequence"] == data["sequence"]


def test_rna_stays_rna():
    assert mutate("AUGUGGGCCUAA", "W2*").data["sequence"] == "AUGUGAGCCUAA"
    assert mutate("AUGUGGGCCUAA", "r.6g>a").data["sequence"] == "AUGUGAGCCUAA"


def test_another_genetic_code():
    # code 4: TGA is Trp, so TGG to TGA is silent
    assert mutate("ATGTGGGCCTAA", "c.6G>A", table=4).data["effect"] == "silent"
    assert mutate("ATGTGGGCCTAA", "c.6G>A", table=1).data["effect"] == "nonsense"


def test_sites_gained_and_lost_are_those_of_both_whole_sequences():
    # the sites near the changes against a search of both whole sequences
    from tools.biology.restriction_enzymes import catalogue_enzymes
    from tools.biology.restriction_sites import find_sites

    draw = random.Random(9)
    for _ in range(6):
        sequence = "ATG" + "".join(draw.choices("ACGT", k=150))
        place = draw.randint(10, 140)
        base = sequence[place - 1]
        other = draw.choice([letter for letter in "ACGT" if letter != base])
        data = mutate(sequence, f"c.{place}{base}>{other}").data
        after = sequence[: place - 1] + other + sequence[place:]
        gained, lost = set(), set()
        for enzyme in catalogue_enzymes():
            old = {site.start for site in find_sites(sequence, enzyme, False)[0]}
            new = {site.start for site in find_sites(after, enzyme, False)[0]}
            gained |= {enzyme.name} if new - old else set()
            lost |= {enzyme.name} if old - new else set()
        assert (set(data["sites_gained"]), set(data["sites_lost"])) == (gained, lost)


def test_the_new_protein_is_the_translation_of_the_new_sequence():
    draw = random.Random(4)
    for _ in range(40):
        sequence = "ATG" + "".join(draw.choices("ACGT", k=117))
        start = draw.randint(4, 110)
        written = draw.choice(
            [
                f"c.{start}del",
                f"c.{start}_{start + 4}del",
                f"c.{start}_{start + 1}insAC",
                f"c.{start}_{start + 2}dup",
                f"c.{start}_{start + 5}inv",
            ]
        )
        data = mutate(sequence, written).data
        bases = data["sequence"]
        assert data["protein"] == str(Seq(bases[: len(bases) // 3 * 3]).translate(to_stop=True))


@pytest.mark.parametrize(
    ("sequence", "change", "message"),
    [
        ("MKAYIAK", "G3T", "residue 3 is A"),
        ("MKAYIAK", "K1R", "K stands at 2: count the first Met as 1"),
        ("MVHLTPEEK", "E6V", "E stands at 7: count the first Met as 1"),  # sickle cell by the old numbering
        (HBB, "E6V", "E stands at 7: count the first Met as 1"),
        ("MKAYIAK", "A33T", "names residue 33"),
        ("MKAYIAK", "c.3A>G", "changes bases"),
        ("MKAYIAK", "codon 3 to GTT", "changes bases"),
        ("MKAYIAK", "A3A", "changes nothing"),
        ("MKAYIAK", "Y4X", "X is any residue"),
        ("MKAYIAK", "p.Tyr4ThrfsTer5", "frameshift"),
        ("MKAYIAK", "make it better", "not read as a mutation"),
        ("MKAYIAK", "", "No change"),
        ("MKAYIAK", "A3T, A3G", "change the same place"),
        ("MKAYIAK", "A3Z", "not read as a mutation"),
        ("MKAYIAK", "K2_Y4insG", "not neighbours"),
        ("MKAYIAK", "M1_K7del", "leaves no residue"),
        (KRAS, "c.35A>T", "base 35 is G"),
        (KRAS, "c.88+2T>G", "outside the coding sequence"),
        (KRAS, "c.-3A>G", "outside the coding sequence"),
        (KRAS, "c.500A>G", "names base 500"),
        (KRAS, "codon 12 GGG>GTT", "bases 34 to 36 are GGT, not GGG"),
        (KRAS, "c.34_36delAAA", "bases 34 to 36 are GGT"),
        (KRAS, "c.34_35delGGT", "names 3 letters for 2 positions"),
    ],
)
def test_what_does_not_fit_is_refused(sequence, change, message):
    with pytest.raises(ToolInputError) as caught:
        mutate(sequence, change)
    assert message in str(caught.value)

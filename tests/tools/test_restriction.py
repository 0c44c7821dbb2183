"""Digests against New England Biolabs' published ones, REBASE's cuts by hand, and Biopython's tutorial."""

from __future__ import annotations

import random

import pytest
from Bio import Restriction
from Bio.Seq import Seq

from errors import ToolInputError
from tests.tools.sequences import phage_lambda, puc19
from tools.biology.restriction import restriction_digest
from tools.biology.restriction_enzymes import CODES, find_enzyme, reverse_complement
from tools.biology.restriction_sites import cuts_of, find_sites


def digest(sequence: str, enzymes, circular=False) -> dict:
    return restriction_digest(sequence, enzymes, circular).data


@pytest.mark.parametrize(
    ("enzyme", "fragments"),
    [
        # Thermo Scientific, lambda DNA/Eco91I (BstEII) marker; New England Biolabs, EcoRI and BamHI digests of lambda DNA
        ("BstEII", [8453, 7242, 6369, 5687, 4822, 4324, 3675, 2323, 1929, 1371, 1264, 702, 224, 117]),
        ("EcoRI", [21226, 7421, 5804, 5643, 4878, 3530]),
        ("BamHI", [16841, 7233, 6770, 6527, 5626, 5505]),
    ],
)  # fmt: skip
def test_phage_lambda_is_cut_as_published(enzyme, fragments):
    assert sorted(digest(phage_lambda(), enzyme)["fragments"], reverse=True) == fragments


def test_the_lambda_hindiii_ladder_is_of_the_ind1_mutant():
    # NEB N3012: cI857 ind1 Sam7, in which C to T at 37589 (ind1) makes a seventh HindIII site; the wild type has six
    wild_type = phage_lambda()
    mutant = wild_type[:37588] + "T" + wild_type[37589:]
    assert wild_type[37588] == "C"
    assert sorted(digest(wild_type, "HindIII")["fragments"])[-3] == 6557 + 125
    assert sorted(digest(mutant, "HindIII")["fragments"]) == [125, 564, 2027, 2322, 4361, 6557, 9416, 23130]


def test_puc19_is_cut_by_mspi_as_new_england_biolabs_publishes():
    # NEB N3032, pUC19 DNA-MspI digest
    expected = [501, 489, 404, 331, 242, 190, 147, 111, 110, 67, 34, 34, 26]
    assert sorted(digest(puc19(), "MspI", circular=True)["fragments"], reverse=True) == expected
    assert sorted(digest(puc19(), "HpaII", circular=True)["fragments"], reverse=True) == expected


@pytest.mark.parametrize(
    ("enzyme", "site"),
    [("EcoRI", 396), ("SacI", 402), ("KpnI", 408), ("SmaI", 412), ("BamHI", 417), ("XbaI", 423), ("SalI", 429),
     ("PstI", 435), ("SphI", 441), ("HindIII", 447), ("NdeI", 183), ("ScaI", 2177), ("SspI", 2501), ("AatII", 2617)],
)  # fmt: skip
def test_the_single_sites_of_puc19_are_where_its_map_has_them(enzyme, site):
    # the map of pUC19 in NEB's catalogue: the first base of each site
    data = digest(puc19(), enzyme, circular=True)
    assert [cut["site_start"] for cut in data["cuts"]] == [site]
    assert data["fragments"] == [2686]


def test_linear_and_circular_give_different_fragments():
    assert digest(puc19(), "EcoRI", circular=False)["fragments"] == [396, 2290]
    assert digest(puc19(), "EcoRI + HindIII", circular=True)["fragments"] == [2635, 51]
    assert digest(puc19(), ["EcoRI", "HindIII"], circular=False)["fragments"] == [396, 51, 2239]


@pytest.mark.parametrize(
    ("enzyme", "written", "overhang"),
    [
        # cuts as New England Biolabs' catalogue writes them
        ("EcoRI", "G^AATTC", "5' overhang of 4"),
        ("KpnI", "GGTAC^C", "3' overhang of 4"),
        ("SmaI", "CCC^GGG", "blunt"),
        ("EcoRV", "GAT^ATC", "blunt"),
        ("NotI", "GC^GGCCGC", "5' overhang of 4"),
        ("PstI", "CTGCA^G", "3' overhang of 4"),
        ("SfiI", "GGCCNNNN^NGGCC", "3' overhang of 3"),
        ("BsaI", "GGTCTC(1/5)", "5' overhang of 4"),
        ("BsmBI", "CGTCTC(1/5)", "5' overhang of 4"),
        ("BbsI", "GAAGAC(2/6)", "5' overhang of 4"),
        ("SapI", "GCTCTTC(1/4)", "5' overhang of 3"),
        ("FokI", "GGATG(9/13)", "5' overhang of 4"),
        ("MmeI", "TCCRAC(20/18)", "3' overhang of 2"),
        ("BbvCI", "CCTCAGC(-5/-2)", "5' overhang of 3"),
        ("BcgI", "(10/12)CGANNNNNNTGC(12/10)", "3' overhang of 2"),
        ("TspRI", "CASTG(2/-7)", "3' overhang of 9"),
    ],
)
def test_enzymes_cut_where_the_catalogue_says(enzyme, written, overhang):
    found = find_enzyme(enzyme, "enzymes", [])
    assert (found.written, found.overhang) == (written, overhang)


def test_cuts_outside_the_site_are_counted_on_both_strands():
    # GGTCTC(1/5) by hand: site 11 to 16, top cut after 17, bottom after 21, overhang bases 18 to 21
    sequence = "A" * 10 + "GGTCTC" + "TGCAT" + "A" * 20
    (cut,) = digest(sequence, "BsaI")["cuts"]
    assert (cut["top_cut"], cut["bottom_cut"], cut["overhang_sequence"]) == (17, 21, "GCAT")
    # the reverse complement mirrors it: top after 41 - 21, bottom after 41 - 17
    (mirrored,) = digest(reverse_complement(sequence), "BsaI")["cuts"]
    assert (mirrored["strand"], mirrored["top_cut"], mirrored["bottom_cut"]) == (-1, 20, 24)
    assert mirrored["overhang_sequence"] == "ATGC"


def test_type_iib_enzymes_cut_on_both_sides_of_their_site():
    # (10/12)CGANNNNNNTGC(12/10) by hand: site 21 to 32, cuts after 10 (8) and 44 (42)
    sequence = "A" * 20 + "CGA" + "T" * 6 + "TGC" + "A" * 30
    data = digest(sequence, "BcgI")
    assert data["fragments"] == [10, 34, 18]
    assert [(cut["top_cut"], cut["bottom_cut"]) for cut in data["cuts"]] == [(10, 8), (44, 42)]


def test_a_cut_beyond_the_end_of_linear_dna_is_not_made_and_said():
    output = restriction_digest("ACGTACGTACGGTCTCACG", "BsaI", False)
    assert output.data["fragments"] == [19]
    assert output.data["site_counts"] == {"BsaI": 1}
    assert any("beyond the end" in note for note in output.notes)
    assert digest("ACGTACGTACGGTCTCACG", "BsaI", circular=True)["fragments"] == [19]


def test_a_site_over_the_origin_of_a_circle_is_found():
    sequence = "TTC" + "ACGT" * 10 + "GAA"
    assert digest(sequence, "EcoRI", circular=False)["fragments"] == [46]
    data = digest(sequence, "EcoRI", circular=True)
    assert data["fragments"] == [46]
    assert data["cut_positions"] == {"EcoRI": [44]}
    assert (data["cuts"][0]["site_start"], data["cuts"][0]["site_end"], data["cuts"][0]["bottom_cut"]) == (44, 3, 2)


def test_the_tutorial_of_biopythons_restriction_package():
    # Biopython, "Working with restriction enzymes": EcoRI.search(Seq("TTCGAATTCAAAGAATTC…")) counts the base after the cut
    sequence = "AAAAGAATTCAAAAGAATTCAAAA"
    assert digest(sequence, "EcoRI")["cut_positions"]["EcoRI"] == [
        p - 1 for p in Restriction.EcoRI.search(Seq(sequence))
    ]


def test_against_biopythons_search_on_random_dna():
    # another program's search; where sites of one strand start at a site of the other it misses one, so only the rest
    draw = random.Random(5)
    sequence = "".join(draw.choices("ACGT", k=8000))
    for entry in Restriction.CommOnly:
        if entry.cut_twice() or str(entry) in ("MspJI", "LpnPI", "SgrTI", "SgeI"):
            continue
        enzyme = find_enzyme(str(entry), "enzymes", [])
        cuts, _ = cuts_of(find_sites(sequence, enzyme, circular=False)[0], sequence, circular=False)
        inside = {p - 1 for p in entry.search(Seq(sequence)) if 30 < p < 7970}
        assert {cut.top for cut in cuts if 30 <= cut.top < 7969} == inside, enzyme.name


def test_fragments_add_up_and_begin_with_base_one():
    draw = random.Random(7)
    for circular in (False, True):
        for _ in range(50):
            sequence = "".join(draw.choices("ACGT", k=draw.randint(20, 900)))
            fragments = digest(sequence, ["AluI", "TaqI", "BsaI", "MboII"], circular)["fragments"]
            assert sum(fragments) == len(sequence)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("EcoR1", "EcoRI"),
        ("Hind3", "HindIII"),
        ("HindIIl", "HindIII"),
        ("Sau3A1", "Sau3AI"),
        ("Bam H1", "BamHI"),
        ("EcoRl", "EcoRI"),
    ],
)
def test_a_numeral_written_as_a_digit_is_refused_with_the_name(name, meant):
    with pytest.raises(ToolInputError) as caught:
        restriction_digest("GAATTCGAATTC", name, False)
    assert caught.value.hint == f"did you mean {meant}?"


@pytest.mark.parametrize("written", ["ecori", "ECORI", "Eco RI", "EcoRI-HF", "FastDigest EcoRI", "EcoR I"])
def test_capitals_blanks_and_variants_do_not_matter(written):
    assert digest("AAAAGAATTCAAAA", written)["cut_positions"] == {"EcoRI": [5]}


@pytest.mark.parametrize(
    "written",
    [
        "EcoRI, BamHI",
        "EcoRI/BamHI",
        "EcoRI and BamHI",
        "EcoRI + BamHI",
        "EcoRI BamHI",
        ["EcoRI", "BamHI"],
        ["EcoRI, BamHI"],
    ],
)
def test_several_enzymes_in_any_writing(written):
    assert digest("AAAAGAATTCAAAAGGATCCAAAA", written)["fragments"] == [5, 10, 9]


def test_no_cut_is_said():
    output = restriction_digest("ACGTACGTACGT", "NotI", True)
    assert output.data["fragments"] == [12]
    assert "does not cut" in output.summary
    assert any("circle stays a circle" in note for note in output.notes)


def test_ambiguity_codes_leave_sites_possible_or_sure():
    assert digest("AAAAGGNNCCAAAA", "HaeIII")["site_counts"] == {"HaeIII": 0}
    output = restriction_digest("AAAAGANTCAAAARAATTCAAA", ["HinfI", "EcoRI"], False)
    assert output.data["site_counts"] == {"HinfI": 1, "EcoRI": 0}  # GANTC is HinfI's in any reading; RAATTC is open
    assert any("1 further site of EcoRI possible" in note for note in output.notes)


def test_every_reading_of_a_sure_site_has_it():
    sure = "AAAAGANTCAAAA"
    assert all(digest(sure.replace("N", base), "HinfI")["site_counts"] == {"HinfI": 1} for base in CODES["N"])


def test_neoschizomers_cut_one_site_once():
    # Acc65I G^GTACC and KpnI GGTAC^C: after either cut the other has no site left
    output = restriction_digest("AAAAGGTACCAAAA", "Acc65I, KpnI", False)
    assert output.data["fragments"] == [5, 9]
    assert any("destroy each other's site" in note for note in output.notes)
    assert restriction_digest("AAAAGGTACCAAAA", "KpnI, Acc65I", False).data["fragments"] == [9, 5]


def test_methylation_of_overlapping_sites_is_said():
    # XbaI followed by TC: TCTAGATC holds GATC and is blocked in dam+ DNA (NEB)
    assert any("overlap GATC" in note for note in restriction_digest("AAAAAAAATCTAGATCAAAAAAA", "XbaI", False).notes)
    assert not any(
        "overlap GATC" in note for note in restriction_digest("AAAAAAAATCTAGAAAAAAAAAA", "XbaI", False).notes
    )
    assert any("only methylated" in note for note in restriction_digest("AAAAAAAGATCAAAAAAA", "DpnI", False).notes)


def test_a_map_of_all_enzymes_lists_the_single_cutters():
    data = digest(puc19(), "all", circular=True)
    assert {"EcoRI", "SacI", "KpnI", "SmaI", "BamHI", "XbaI", "SalI", "PstI", "SphI", "HindIII", "NdeI"} <= set(
        data["cut_once"]
    )
    assert {"NotI", "XhoI", "EcoRV", "NcoI", "BglII", "ClaI"} <= set(
        data["cut_never"]
    )  # NEB: enzymes that do not cut pUC19
    assert "fragments" not in data


def test_a_record_says_whether_it_is_circular():
    record = "LOCUS       test  14 bp  DNA  circular SYN 01-JAN-2000\nORIGIN\n        1 aaaagaattc aaaa\n//"
    assert restriction_digest(record, "EcoRI").data["circular"] is True
    assert restriction_digest(">plasmid, circular\nAAAAGAATTCAAAA", "EcoRI").data["circular"] is True
    assert restriction_digest("AAAAGAATTCAAAA", "EcoRI").data["circular"] is False


def test_the_gel_has_a_ladder_and_a_lane_for_each_digest():
    plot = restriction_digest(puc19(), "EcoRI, ScaI", True).views[2]
    assert [series.name for series in plot.series] == ["1 kb Plus ladder", "EcoRI", "ScaI", "EcoRI + ScaI"]
    assert plot.style == "gel" and plot.x_names == tuple(series.name for series in plot.series)
    assert sum(plot.series[3].y) == 2686.0  # the whole plasmid
    assert "Mobility model" in plot.caption


@pytest.mark.parametrize(
    ("sequence", "enzymes", "message"),
    [
        ("GAAUUC", "EcoRI", "RNA is not cut"),
        ("MKTAYIAKQR", "EcoRI", "not DNA or RNA"),
        ("GAATTC", "", "No enzyme"),
        ("GAATTC", [], "No enzyme"),
        ("GAATTC", "trypsin", "not a restriction enzyme"),
    ],
)
def test_what_cannot_be_digested_is_refused(sequence, enzymes, message):
    with pytest.raises(ToolInputError, match=message):
        restriction_digest(sequence, enzymes, False)

"""What the tools mark in a sequence for its viewer: places, strands, cuts, and what is coded for, each read back from the letters."""

from __future__ import annotations

import pytest
from Bio.Seq import Seq

from tools.biology.cloning import simulate_cloning
from tools.biology.codon_optimization import codon_optimize
from tools.biology.mutations import mutate
from tools.biology.orfs import find_orfs
from tools.biology.pcr import simulate_pcr
from tools.biology.restriction import restriction_digest
from tools.biology.sequences import translate
from tools.outputs import Feature, SequenceView, ToolOutput

CODING = "ATGACCGAATTCTGCAACTGA"  # M T E F C N stop, by the standard code
DNA = "CCATCC" + CODING + "GGTAGCC"


def sequence_view(output: ToolOutput, number: int = 0) -> SequenceView:
    return [view for view in output.views if isinstance(view, SequenceView)][number]


def letters_of(view: SequenceView, feature: Feature) -> str:
    """On its own strand, over the origin where it ends before it starts."""
    along = view.residues[feature.start - 1 : feature.end]
    if feature.end < feature.start:
        assert view.circular
        along = view.residues[feature.start - 1 :] + view.residues[: feature.end]
    return str(Seq(along).reverse_complement()) if feature.strand == -1 else along


def assert_codes_for_what_it_says(view: SequenceView) -> None:
    for feature in view.features:
        if feature.protein:
            read = str(Seq(letters_of(view, feature)).translate())
            assert feature.protein[1:] == read[1:] and feature.protein[0] in ("M", read[0])


@pytest.mark.parametrize("turn", [0, 10, 20])
@pytest.mark.parametrize("reverse", [False, True])
def test_orfs_say_what_they_code_for_on_either_strand_and_over_an_origin(turn: int, reverse: bool) -> None:
    circle = DNA[turn:] + DNA[:turn]
    if reverse:
        circle = str(Seq(circle).reverse_complement())
    view = sequence_view(find_orfs(circle, minimum=5, circular=True))
    assert [feature.protein for feature in view.features] == ["MTEFCN*"]
    assert letters_of(view, view.features[0]) == CODING
    assert_codes_for_what_it_says(view)


def test_orfs_between_stops_say_what_they_code_for() -> None:
    view = sequence_view(find_orfs(DNA, minimum=3, convention="stop-to-stop"))
    assert len(view.features) > 3
    assert_codes_for_what_it_says(view)
    assert {feature.group for feature in view.features} >= {"frame 1", "frame -1"}


@pytest.mark.parametrize("frame", [1, 2, 3, -1, -2, -3])
def test_a_translated_frame_stands_under_its_codons(frame: int) -> None:
    view = sequence_view(translate(DNA, frame=frame), 1)
    [feature] = view.features
    assert feature.strand == (1 if frame > 0 else -1)
    assert str(Seq(letters_of(view, feature)).translate()) == feature.protein


def test_sites_have_their_cuts_and_a_direction_only_where_they_have_one() -> None:
    # EcoRI G^AATTC and BsaI GGTCTC(1/5), as New England Biolabs gives them.
    output = restriction_digest("TTTGAATTCTTTGGTCTCACCCCTTTTTGAGACCTTT", "EcoRI, BsaI")
    marked = [(one.name, one.start, one.end, one.strand, one.cuts) for one in sequence_view(output).features]
    assert marked == [
        ("EcoRI", 4, 9, 0, ((4, 8),)),
        ("BsaI", 13, 18, 1, ((19, 23),)),
        ("BsaI", 29, 34, -1, ((23, 27),)),  # 28 is the one base beside it, 24 the fifth
    ]


def test_a_site_over_an_origin_ends_before_it_starts() -> None:
    view = sequence_view(restriction_digest("TTCCCCCCCCCGAA", "EcoRI", True))
    [site] = view.features
    assert (site.start, site.end) == (12, 3) and letters_of(view, site) == "GAATTC"


def test_primers_and_products_are_marked_in_the_template() -> None:
    left, right = "GACCTGCAAGTTCAGGATCC", "CCGTAGATCTTACGGCATAG"
    template = "ATTAA" + left + "TTAACGAGGAGTGATACTTG" + right + "CCATA"
    view = sequence_view(simulate_pcr(template, "GCGC" + left, str(Seq(right).reverse_complement())), 1)
    assert [(one.name, one.start, one.end, one.strand) for one in view.features] == [
        ("product 1", 6, 65, 0),
        ("forward primer", 6, 25, 1),
        ("reverse primer", 46, 65, -1),
    ]


def test_parts_of_a_circle_have_their_letters() -> None:
    parts = ["ACGTTGCAAGCTTAGGCATCGGATCC" * 2, "GGATCCACGTTTTGGCCAAATTGCGC" * 2, "CATGCCTTAAGGCTAATCGCATTACG" * 2]
    ends = ["TTGACGCTAGCTCAGTCCTA", "GGTACAGTGCTAGCAAAGAG", "GAGAAATACTAGATGCGTAA"]
    pieces = [ends[n] + part + ends[(n + 1) % 3] for n, part in enumerate(parts)]
    view = sequence_view(simulate_cloning(pieces, "gibson"))
    assert view.circular
    assert [letters_of(view, feature) for feature in view.features] == pieces


def test_designed_and_changed_coding_sequences_say_what_they_code_for() -> None:
    designed = sequence_view(codon_optimize("MTEFCN", "E. coli", stop=True))
    assert designed.features[0].protein == "MTEFCN*"
    assert_codes_for_what_it_says(designed)
    changed = sequence_view(mutate(DNA, "p.T2A", cds_start=7))
    assert [(one.name, one.protein) for one in changed.features if one.protein] == [("CDS", "MAEFCN*")]
    assert_codes_for_what_it_says(changed)

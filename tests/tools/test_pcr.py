"""``simulate_pcr`` against products put together by hand, published primers, and pydna as another program."""

from __future__ import annotations

import random

import pytest

from errors import ToolInputError
from tools.biology.pcr import simulate_pcr
from tools.biology.restriction_enzymes import reverse_complement

#: The example of the documentation of pydna.amplify.pcr: a product of 51 bp.
PYDNA = "TACACTCACCGTCTATCATTATCTACTATCGACTGTATCATCTGATAGCAC"
LEFT, MIDDLE, RIGHT = "GACCTGCAAGTTCAGGATCC", "TTAACGAGGAGTGATACTTGCAATG", "CCGTAGATCTTACGGCATAG"
FLANK = "ATATTAACCTTATTTATCAA"
TEMPLATE = FLANK + LEFT + MIDDLE + RIGHT + reverse_complement(FLANK)[::-1]


def test_the_example_of_pydnas_documentation():
    data = simulate_pcr(PYDNA, "tacactcaccgtctatcattatc", reverse_complement("CGACTGTATCATCTGATAGCAC")).data
    assert data["length"] == 51 and data["product"] == PYDNA


def test_an_amplicon_put_together_by_hand():
    data = simulate_pcr(TEMPLATE, LEFT, reverse_complement(RIGHT)).data
    assert data["product"] == LEFT + MIDDLE + RIGHT
    assert (data["start"], data["end"], data["length"], data["count"]) == (21, 85, 65, 1)
    assert data["forward_tail"] == "" and data["forward_annealing"] == LEFT


def test_tails_are_in_the_product_and_not_in_the_annealing_part():
    forward, reverse = "GCGCGAATTC" + LEFT, "GCGCCTCGAG" + reverse_complement(RIGHT)
    output = simulate_pcr(TEMPLATE, forward, reverse)
    assert output.data["product"] == forward + MIDDLE + reverse_complement(reverse)
    assert (output.data["start"], output.data["end"], output.data["length"]) == (21, 85, 85)
    assert output.data["forward_tail"] == "GCGCGAATTC" and output.data["reverse_tail"] == "GCGCCTCGAG"
    assert any("GCGCGAATTC" in note for note in output.notes)


def test_the_tm_is_that_of_the_annealing_part():
    # primer3-py 2.4.0, calc_tm of GTAAAACGACGGCCAGT and CAGGAAACAGCTATGAC, SantaLucia 1998, 50 mM, 50 nM: 49.17 and 43.60
    forward, reverse = "GTAAAACGACGGCCAGT", "CAGGAAACAGCTATGAC"
    template = "TTT" + forward + MIDDLE * 3 + reverse_complement(reverse) + "AAA"
    data = simulate_pcr(template, "CCCCCC" + forward, reverse).data
    assert data["forward_tm_c"] == pytest.approx(49.17, abs=0.06)
    assert data["reverse_tm_c"] == pytest.approx(43.60, abs=0.06)


def test_a_circle_is_amplified_over_its_origin():
    circle = MIDDLE + RIGHT + FLANK + LEFT
    output = simulate_pcr(circle, LEFT, reverse_complement(RIGHT), circular=True)
    assert output.data["product"] == LEFT + MIDDLE + RIGHT
    assert output.data["start"] > output.data["end"] == len(MIDDLE + RIGHT)
    with pytest.raises(ToolInputError, match="away from each other"):
        simulate_pcr(circle, LEFT, reverse_complement(RIGHT))


def test_a_primer_may_itself_lie_over_the_origin():
    circle = LEFT[8:] + MIDDLE + RIGHT + FLANK + LEFT[:8]
    data = simulate_pcr(circle, LEFT, reverse_complement(RIGHT), circular=True).data
    assert data["product"] == LEFT + MIDDLE + RIGHT
    assert (data["start"], data["end"]) == (len(circle) - 7, len(LEFT[8:] + MIDDLE + RIGHT))


def test_inverse_pcr_of_a_plasmid_takes_all_of_it():
    plasmid = "".join(random.Random(7).choices("ACGT", k=500))
    data = simulate_pcr(plasmid, plasmid[100:120], reverse_complement(plasmid[80:100]), circular=True).data
    assert data["product"] == plasmid[100:] + plasmid[:100]


def test_a_mutagenic_primer_brings_its_mismatch():
    changed = LEFT[:4] + "A" + LEFT[5:]
    output = simulate_pcr(TEMPLATE, changed, reverse_complement(RIGHT))
    assert output.data["product"] == changed + MIDDLE + RIGHT
    assert output.data["forward_mismatches"] == [5] and output.data["forward_tail"] == ""


def test_a_mismatch_at_the_3_end_is_refused_and_said():
    changed = LEFT[:-1] + ("A" if LEFT[-1] != "A" else "C")
    with pytest.raises(ToolInputError, match=r"21-40 19 of its 20 bases pair, but its 3' base does not"):
        simulate_pcr(TEMPLATE, changed, reverse_complement(RIGHT))


def test_a_mismatch_near_the_3_end_is_taken_only_when_asked():
    changed = LEFT[:9] + "T" + LEFT[10:]  # 10 bases pair behind it
    with pytest.raises(ToolInputError, match="base 11 from its 3' end"):
        simulate_pcr(TEMPLATE, changed, reverse_complement(RIGHT))
    data = simulate_pcr(TEMPLATE, changed, reverse_complement(RIGHT), minimum_match=10).data
    assert data["product"] == changed + MIDDLE + RIGHT and data["forward_mismatches"] == [10]


def test_several_sites_give_several_products_with_their_positions():
    template = FLANK + LEFT + "TTGATT" + LEFT + MIDDLE + RIGHT
    output = simulate_pcr(template, LEFT, reverse_complement(RIGHT))
    assert output.data["lengths"] == [65, 91] and output.data["length"] is None
    assert output.data["forward_sites"] == ["21-40 (+)", "47-66 (+)"]
    assert any("2 binding sites" in note for note in output.notes)


def test_primers_named_the_other_way_round_amplify_too():
    output = simulate_pcr(TEMPLATE, reverse_complement(RIGHT), LEFT)
    assert output.data["product"] == LEFT + MIDDLE + RIGHT
    assert any("other way round" in note for note in output.notes)


def test_two_primers_of_one_strand_amplify_nothing():
    with pytest.raises(ToolInputError, match="same strand") as caught:
        simulate_pcr(TEMPLATE, LEFT, RIGHT)
    assert reverse_complement(RIGHT) in caught.value.hint


def test_a_primer_written_backwards_is_recognised():
    with pytest.raises(ToolInputError, match="written from 3' to 5'"):
        simulate_pcr(TEMPLATE, LEFT, RIGHT[::-1].translate(str.maketrans("ACGT", "TGCA"))[::-1])


def test_degenerate_primers_pair_with_what_they_stand_for():
    degenerate = LEFT[:-4] + "N" + LEFT[-3:]
    output = simulate_pcr(TEMPLATE, degenerate, reverse_complement(RIGHT))
    assert output.data["product"] == degenerate + MIDDLE + RIGHT
    with pytest.raises(ToolInputError):  # but a template's N may be anything
        simulate_pcr(TEMPLATE.replace(LEFT, degenerate), LEFT, reverse_complement(RIGHT))


@pytest.mark.parametrize(
    ("template", "forward", "where"),
    [
        (TEMPLATE, "ACGTGGGGGGGGGGGCCCAT", "forward"),
        (TEMPLATE, "ACG", "forward"),
        (TEMPLATE, "", "forward"),
        ("AUGGCCAUUGUAAUGGGCCGCUG", LEFT, "template"),
        ("MKTAYIAKQRQISFVK", LEFT, "template"),
        (TEMPLATE, LEFT.replace("T", "U"), "forward"),
    ],
)
def test_wrong_arguments_are_refused_by_name(template, forward, where):
    with pytest.raises(ToolInputError) as caught:
        simulate_pcr(template, forward, reverse_complement(RIGHT))
    assert caught.value.where.startswith(where)


@pytest.mark.parametrize("seed", range(40))
def test_pydna_gives_the_same_products(seed):
    # pydna 5.5.16. Left out: primers that overlap, which it does not pair, and repeats on a circle, where it gives two sites
    # one position
    from pydna.amplify import Anneal
    from pydna.dseqrecord import Dseqrecord
    from pydna.primer import Primer

    draw = random.Random(seed)
    circular = seed % 2 == 1
    template = "".join(draw.choices("ACGT", k=draw.randint(150, 600)))
    one = draw.randrange(len(template))
    other = (one + draw.randint(45, len(template) - 45)) % len(template)
    if seed % 4 == 0:
        template += template[20:60] + "".join(draw.choices("ACGT", k=30))
    around = template + template
    tails = ["".join(draw.choices("ACGT", k=draw.randint(0, 12))) for _ in range(2)]
    forward = tails[0] + around[one : one + draw.randint(13, 30)]
    reverse = tails[1] + reverse_complement(around[other : other + draw.randint(13, 30)])
    known = Anneal([Primer(forward), Primer(reverse)], Dseqrecord(template, circular=circular), limit=13).products
    if not known:
        with pytest.raises(ToolInputError):
            simulate_pcr(template, forward, reverse, circular=circular)
        return
    data = simulate_pcr(template, forward, reverse, circular=circular).data
    assert data["lengths"] == sorted(len(product) for product in known)
    if len(known) == 1:
        assert data["product"] == str(known[0].seq).upper()


def test_primers_that_reach_over_each_other_give_little_more_than_themselves():
    output = simulate_pcr(TEMPLATE, TEMPLATE[20:44], reverse_complement(TEMPLATE[36:60]))
    assert output.data["product"] == TEMPLATE[20:60]
    assert any("overlap by 8 bases" in note for note in output.notes)

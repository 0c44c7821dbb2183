"""``simulate_cloning`` against constructs put together by hand with known junctions, and pydna as another program."""

from __future__ import annotations

import random
import warnings

import pytest

from errors import ToolInputError
from tools.biology.cloning import simulate_cloning
from tools.biology.restriction_enzymes import reverse_complement


def _random(seed: int, length: int) -> str:
    """Without a site of the enzymes that are used here."""
    draw = random.Random(seed)
    while True:
        letters = "".join(draw.choices("ACGT", k=length))
        both = letters + "|" + reverse_complement(letters)
        if not any(site in both for site in ("GAATTC", "GGATCC", "GGTCTC", "CGTCTC", "GATATC", "GGTACC", "AAGCTT")):
            return letters


ONE, TWO, THREE = _random(1, 90), _random(2, 80), _random(3, 70)
BACKBONE, INSERT = _random(4, 200), _random(5, 60)


def _same_circle(one: str, other: str) -> bool:
    return len(one) == len(other) and (one in other + other or reverse_complement(one) in other + other)


# Gibson


def test_gibson_closes_three_parts_to_a_circle():
    parts = [ONE + TWO[:25], TWO + THREE[:25], THREE + ONE[:25]]
    data = simulate_cloning(parts, "gibson").data
    assert data["product"] == ONE + TWO + THREE
    assert (data["topology"], data["count"], data["length"]) == ("circular", 1, 240)
    assert [junction["sequence"] for junction in data["junctions"]] == [TWO[:25], THREE[:25], ONE[:25]]


def test_gibson_finds_the_order_and_turns_a_part():
    parts = [ONE + TWO[:25], reverse_complement(THREE + ONE[:25]), TWO + THREE[:25]]
    data = simulate_cloning(parts, "gibson").data
    assert data["product"] == ONE + TWO + THREE
    assert data["products"][0]["order"] == ["1", "3", "2 reversed"]


def test_gibson_of_a_chain_says_why_it_is_no_circle():
    output = simulate_cloning([ONE + TWO[:25], TWO], "gibson")
    assert output.data["product"] == ONE + TWO and output.data["topology"] == "linear"
    assert any("does not close" in note for note in output.notes)
    with pytest.raises(ToolInputError, match="20 are needed"):
        simulate_cloning([ONE + TWO[:25], TWO], "gibson", product="circular")


def test_gibson_names_the_junction_whose_overlap_is_too_short():
    parts = [ONE + TWO[:25], TWO + THREE[:12], THREE + ONE[:25]]
    with pytest.raises(ToolInputError) as caught:
        simulate_cloning(parts, "gibson", product="circular")
    said = f"The end of part 2 and the start of part 3 share only 12 bp ('{THREE[:12]}'), and 20 are needed"
    assert (caught.value.what, caught.value.where) == (said, "parts, items 2 and 3")
    assert simulate_cloning(parts, "gibson", minimum_overlap=12).data["product"] == ONE + TWO + THREE


def test_gibson_refuses_an_overlap_that_stands_twice():
    parts = [ONE + TWO[:25], TWO + ONE[:25], TWO[:25] + THREE + ONE[:25]]
    with pytest.raises(ToolInputError, match="ambiguous"):
        simulate_cloning(parts, "gibson")


def test_gibson_of_a_circular_part_is_refused():
    with pytest.raises(ToolInputError, match="no ends") as caught:
        simulate_cloning([ONE + TWO[:25], TWO + ONE[:25]], "gibson", circular_parts=[2])
    assert caught.value.where == "parts, item 2"


def test_one_part_with_equal_ends_closes_on_itself():
    assert simulate_cloning([ONE + ONE[:25]], "gibson").data["product"] == ONE
    with pytest.raises(ToolInputError):
        simulate_cloning([ONE], "gibson")


# Golden Gate: BsaI GGTCTC(1/5), BsmBI CGTCTC(1/5); the four bases after GGTCTCN are the overhang


def _with_bsai(left: str, middle: str, right: str) -> str:
    return "TTGGTCTCA" + left + middle + right + "TGAGACCAA"


def test_golden_gate_puts_parts_into_a_circle_by_their_overhangs():
    parts = [_with_bsai("AATG", ONE, "GCTT"), _with_bsai("GCTT", TWO, "CGCT"), _with_bsai("CGCT", THREE, "AATG")]
    data = simulate_cloning(parts, "golden_gate", enzymes="BsaI").data
    assert data["product"] == "AATG" + ONE + "GCTT" + TWO + "CGCT" + THREE
    assert data["topology"] == "circular"
    assert [one["sequence"] for one in data["junctions"]] == ["GCTT", "CGCT", "AATG"]
    assert all(one["length"] == 4 and one["end"] == "5'" for one in data["junctions"])


def test_golden_gate_into_a_plasmid_takes_the_placeholder_out():
    # the vector carries its BsaI sites pointing outwards, into the backbone: GAGACC and GGTCTC stay on the placeholder
    vector = BACKBONE + "AATG" + "TGAGACC" + "TTTTATCGGGACTAT" + "GGTCTCA" + "GCTT"
    output = simulate_cloning(
        [vector, _with_bsai("AATG", INSERT, "GCTT")], "golden_gate", enzymes=["BsaI-HFv2"], circular_parts=1
    )
    assert _same_circle(output.data["product"], BACKBONE + "AATG" + INSERT + "GCTT")


def test_golden_gate_names_the_overhang_that_fits_nothing():
    parts = [_with_bsai("AATG", ONE, "GCTT"), _with_bsai("GCTA", TWO, "AATG")]
    with pytest.raises(ToolInputError, match="GCTT"):
        simulate_cloning(parts, "golden_gate", enzymes="BsaI", product="circular")


def test_golden_gate_refuses_an_overhang_at_two_junctions():
    parts = [_with_bsai("AATG", ONE, "GCTT"), _with_bsai("GCTT", TWO, "GCTT"), _with_bsai("GCTT", THREE, "AATG")]
    with pytest.raises(ToolInputError, match="ambiguous") as caught:
        simulate_cloning(parts, "golden_gate", enzymes="BsaI")
    assert "GCTT" in caught.value.what


@pytest.mark.parametrize(
    ("part", "enzymes", "said"),
    [
        (ONE, "BsaI", "no site of BsaI"),
        (_with_bsai("AATG", ONE, "GCTT"), "BsmBI", "no site of BsmBI"),
        (_with_bsai("AATG", ONE, "GCTT"), "EcoRI", "does not cut beside its site"),
        (_with_bsai("AATG", ONE, "GCTT"), None, "needs its enzyme"),
        (_with_bsai("AATG", ONE, "GCTT"), "Bsa1", "did you mean BsaI"),
        (ONE + "GAGACC" + TWO[:20] + "GGTCTC" + THREE, "BsaI", "no end"),
    ],
)
def test_golden_gate_that_cannot_work_says_why(part, enzymes, said):
    with pytest.raises(ToolInputError) as caught:
        simulate_cloning([part, part], "golden_gate", enzymes=enzymes)
    assert said.lower() in str(caught.value).lower()


# restriction and ligation


def test_two_enzymes_fix_the_direction_of_the_insert():
    vector = BACKBONE + "GAATTC" + "ATATATATAT" + "GGATCC"
    insert = "CCC" + "GAATTC" + INSERT + "GGATCC" + "CCC"
    output = simulate_cloning([vector, insert], "ligation", enzymes=["EcoRI", "BamHI"], circular_parts=[1])
    # the backbone with the insert, and the cut-out piece with the insert
    assert output.data["lengths"] == [len(BACKBONE) + 12 + len(INSERT), len(INSERT) + 12 + 10]
    assert _same_circle(output.views[0].residues, BACKBONE + "GAATTC" + INSERT + "GGATCC")
    assert {one["sequence"] for one in output.data["junctions"]} == {"AATT", "GATC"}


def test_one_enzyme_leaves_the_direction_open():
    vector = BACKBONE + "GAATTC"
    insert = "CCC" + "GAATTC" + INSERT + "GAATTC" + "CCC"
    output = simulate_cloning([vector, insert], "ligation", enzymes="EcoRI", circular_parts=[1])
    letters = [view.residues for view in output.views if view.kind == "sequence"]
    assert output.data["count"] == 2
    wanted = [BACKBONE + "GAATTC" + INSERT + "GAATTC", BACKBONE + "GAATTC" + reverse_complement(INSERT) + "GAATTC"]
    assert all(any(_same_circle(one, other) for other in wanted) for one in letters)
    assert any("close on itself" in note for note in output.notes)


def test_a_3_overhang_and_a_5_overhang_of_the_same_letters_do_not_join():
    # KpnI GGTAC^C leaves 3' GTAC, Acc65I G^GTACC leaves 5' GTAC
    one, other = ONE + "GGTACC" + TWO, THREE + "GGTACC" + INSERT
    assert simulate_cloning([one, other], "ligation", enzymes="KpnI").data["count"] == 4
    vector = BACKBONE + "GGTACC"
    with pytest.raises(ToolInputError, match="exclude each other"):
        simulate_cloning([vector, one], "ligation", enzymes=["KpnI", "Acc65I"], circular_parts=[1])


def test_compatible_ends_of_different_enzymes_join():
    # BamHI G^GATCC and BglII A^GATCT leave the same overhang, and the hybrid site is neither
    vector, insert = BACKBONE + "GGATCC", "CCC" + "AGATCT" + INSERT + "AGATCT" + "CCC"
    output = simulate_cloning([vector, insert], "ligation", enzymes="BamHI + BglII", circular_parts=[1])
    assert output.data["count"] == 2
    assert any(
        _same_circle(view.residues, BACKBONE + "GGATCT" + INSERT + "AGATCC")
        for view in output.views
        if view.kind == "sequence"
    )


def test_a_blunt_insert_goes_both_ways_into_a_blunt_vector():
    vector = BACKBONE + "GATATC"  # EcoRV GAT^ATC
    output = simulate_cloning([vector, INSERT], "ligation", enzymes="EcoRV", circular_parts=[1])
    letters = [view.residues for view in output.views if view.kind == "sequence"]
    assert output.data["count"] == 2
    assert any(_same_circle(one, BACKBONE + "GAT" + INSERT + "ATC") for one in letters)
    assert any(_same_circle(one, BACKBONE + "GAT" + reverse_complement(INSERT) + "ATC") for one in letters)


def test_a_part_without_the_site_is_named():
    with pytest.raises(ToolInputError, match="part 2"):
        simulate_cloning([BACKBONE + "GAATTC", INSERT], "ligation", enzymes="EcoRI", circular_parts=[1])
    with pytest.raises(ToolInputError, match="stays uncut"):
        simulate_cloning([BACKBONE, INSERT], "ligation", enzymes="EcoRI", circular_parts=[1])


@pytest.mark.parametrize(
    "arguments",
    [
        {"parts": [], "method": "gibson"},
        {"parts": [ONE, "MKTAYIAKQRQISFVK"], "method": "gibson"},
        {"parts": [ONE, "AUGGCCAUUGUAAUG"], "method": "gibson"},
        {"parts": [ONE, "ATG"], "method": "gibson"},
        {"parts": [ONE, TWO], "method": "gibson", "minimum_overlap": 2},
        {"parts": [ONE, TWO], "method": "gibson", "enzymes": "BsaI"},
        {"parts": [ONE, TWO], "method": "ligation", "enzymes": "EcoRI", "circular_parts": [3]},
        {"parts": [ONE, TWO], "method": "ligation", "enzymes": "EcoR9"},
    ],
)
def test_wrong_arguments_are_refused(arguments):
    with pytest.raises(ToolInputError):
        simulate_cloning(**arguments)


def test_parts_of_one_fasta_text_keep_their_names():
    text = f">left\n{ONE + TWO[:25]}\n>right\n{TWO + ONE[:25]}\n"
    output = simulate_cloning(text, "gibson")
    assert output.data["product"] == ONE + TWO
    assert "left + right" in output.summary


# another program


def _circles(sequences: list[str]) -> set[str]:
    def least(letters: str) -> str:
        turned = reverse_complement(letters)
        return min(min(one[at:] + one[:at] for at in range(len(one))) for one in (letters, turned))

    return {least(letters.upper()) for letters in sequences}


@pytest.mark.parametrize("seed", range(12))
def test_pydna_assembles_the_same_by_gibson(seed):
    from pydna.assembly2 import gibson_assembly
    from pydna.dseqrecord import Dseqrecord

    draw = random.Random(seed)
    count = draw.randint(2, 5)
    cores = [_random(100 * seed + at, draw.randint(60, 150)) for at in range(count)]
    parts = [core + cores[(at + 1) % count][: draw.randint(20, 35)] for at, core in enumerate(cores)]
    parts = [part if draw.random() < 0.6 else reverse_complement(part) for part in parts]
    draw.shuffle(parts)
    known = gibson_assembly([Dseqrecord(part) for part in parts], limit=20, circular_only=True)
    assert _circles([simulate_cloning(parts, "gibson").data["product"]]) == _circles([str(one.seq) for one in known])


@pytest.mark.parametrize("enzymes", [["EcoRI"], ["EcoRI", "BamHI"], ["KpnI"], ["KpnI", "HindIII"], ["BsaI"]])
@pytest.mark.parametrize("seed", range(3))
def test_pydna_ligates_the_same(enzymes, seed):
    from Bio import Restriction
    from pydna.assembly2 import restriction_ligation_assembly
    from pydna.dseqrecord import Dseqrecord

    sites = {"EcoRI": "GAATTC", "BamHI": "GGATCC", "KpnI": "GGTACC", "HindIII": "AAGCTT"}
    if enzymes == ["BsaI"]:
        vector = _random(seed, 90) + "AATG" + "TGAGACC" + _random(seed + 9, 20) + "GGTCTCA" + "GCTT"
        insert = _with_bsai("AATG", _random(seed + 5, 50), "GCTT")
    else:
        first, last = sites[enzymes[0]], sites[enzymes[-1]]
        vector = _random(seed, 90) + first + _random(seed + 9, 20) + last
        insert = "TTT" + first + _random(seed + 5, 50) + last + "TTT"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        known = restriction_ligation_assembly(
            [Dseqrecord(vector, circular=True), Dseqrecord(insert)],
            [getattr(Restriction, name) for name in enzymes],
            circular_only=True,
        )
    output = simulate_cloning(
        [vector, insert], "golden_gate" if enzymes == ["BsaI"] else "ligation", enzymes=enzymes, circular_parts=[1]
    )
    circles = _circles([str(one.seq) for one in known])
    if enzymes == ["BsaI"]:  # pydna also lists what holds the site and is cut again
        circles = {letters for letters in circles if not any(site in letters * 2 for site in ("GGTCTC", "GAGACC"))}
    assert _circles([view.residues for view in output.views if view.kind == "sequence"]) == circles

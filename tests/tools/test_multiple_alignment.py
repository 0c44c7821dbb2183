"""``align_many``: columns that structures fix, distances and trees of the literature, and what cannot be aligned."""

from __future__ import annotations

import math

import pytest

from errors import ToolInputError
from tools.biology.conservation import columns_of
from tools.biology.evolutionary_distances import distance, tree
from tools.biology.multiple_alignment import align_many

# UniProt P69905, P68871, P02185 (without its initiator methionine) and P02144
GLOBINS = {
    "HBA_HUMAN": "MVLSPADKTNVKAAWGKVGAHAGEYGAEALERMFLSFPTTKTYFPHFDLSHGSAQVKGHGKKVADALTNAVAHVDDMPNALSALSDLHAHKLRVDPVNFKLLSHCLLVTLAAHLP"
    "AEFTPAVHASLDKFLASVSTVLTSKYR",
    "HBB_HUMAN": "MVHLTPEEKSAVTALWGKVNVDEVGGEALGRLLVVYPWTQRFFESFGDLSTPDAVMGNPKVKAHGKKVLGAFSDGLAHLDNLKGTFATLSELHCDKLHVDPENFRLLGNVLVCVL"
    "AHHFGKEFTPPVQAAYQKVVAGVANALAHKYH",
    "MYG_PHYMC": "VLSEGEWQLVLHVWAKVEADVAGHGQDILIRLFKSHPETLEKFDRFKHLKTEAEMKASEDLKKHGVTVLTALGAILKKKGHHEAELKPLAQSHATKHKIPIKYLEFISEAIIHVLHS"
    "RHPGDFGADAQGAMNKALELFRKDIAAKYKELGYQG",
    "MYG_HUMAN": "MGLSDGEWQLVLNVWGKVEADIPGHGQEVLIRLFKGHPETLEKFDKFKHLKSEDEMKASEDLKKHGATVLTALGGILKKKGHHEAEIKPLAQSHATKHKIPVKYLEFISECIIQVLQ"
    "SKHPGDFGADAQGAMNKALELFRKDMASNYKELGFQG",
}
FASTA = "\n".join(f">{name}\n{residues}" for name, residues in GLOBINS.items())
SHORT = ["ACGTACGTAA", "ACGTACGTAC", "ACGAACGTAA"]


def column_of(row: str, residue: int) -> int:
    """The column in which the 1-based residue of a row stands."""
    places = [column for column, letter in enumerate(row) if letter != "-"]
    return places[residue - 1]


@pytest.mark.parametrize(
    "numbers",
    # Perutz, Kendrew and Watson, J. Mol. Biol. 1965, 13, 669: CD1 Phe, E7 (distal) His and F8 (proximal) His are alike in all
    # globins; numbered here with the initiator methionine where UniProt has it
    [(44, 43, 43, 44), (59, 64, 64, 65), (88, 93, 93, 94)],
)
def test_residues_that_hold_the_haem_stand_in_one_column(numbers):
    rows = align_many(FASTA).data["aligned"]
    assert len({column_of(row, number) for row, number in zip(rows.values(), numbers, strict=True)}) == 1
    assert len({row[column_of(row, number)] for row, number in zip(rows.values(), numbers, strict=True)}) == 1


def test_myoglobins_and_haemoglobins_are_neighbours_in_the_tree():
    for method in ("nj", "upgma"):
        output = align_many(FASTA, "kimura", method)
        assert output.data["newick"].endswith(";")
        assert output.data["distances"][0][1] < output.data["distances"][0][2]
        assert output.data["distances"][2][3] < output.data["distances"][0][1]


def test_rows_without_gaps_are_the_sequences_in_their_order():
    data = align_many(FASTA).data
    assert data["names"] == list(GLOBINS)
    assert {name: row.replace("-", "") for name, row in data["aligned"].items()} == GLOBINS
    assert {len(row) for row in data["aligned"].values()} == {data["columns"]}


def test_equal_sequences_need_no_gap_and_have_no_distance():
    data = align_many(["MKTAYIAKQR"] * 3, "kimura").data
    assert (data["columns"], data["conserved_columns"], data["mean_identity"]) == (10, 10, 1.0)
    assert data["distances"] == [[0.0] * 3] * 3
    assert data["names"] == ["seq_1", "seq_2", "seq_3"]


@pytest.mark.parametrize(
    ("a", "b", "model", "expected"),
    [
        # Jukes and Cantor 1969: p = 0.1 gives 0.1073 (Nei and Kumar 2000, table 3.1 prints this correction)
        ("ACGTACGTAC", "ACGTACGTAA", "jukes-cantor", 0.10733),
        ("A" * 10, "C" * 5 + "A" * 5, "jukes-cantor", 0.82396),  # -3/4 ln(1 - 4/6)
        ("A" * 20, "C" * 15 + "A" * 5, "jukes-cantor", None),  # p = 3/4
        # Kimura 1980: P = 0.2, Q = 0.1: -1/2 ln(1 - 0.5) - 1/4 ln(1 - 0.2)
        ("AAAAAAAAAA", "GGCAAAAAAA", "kimura", 0.40236),
        ("AAAAAAAAAA", "CCCCCAAAAA", "kimura", None),  # Q = 1/2
        ("AAAAAAAAAA", "CCCCCAAAAA", "identity", 0.5),
        ("AC-TNA", "ACGTAC", "identity", 0.25),  # gaps and N are left out
        ("AUGU", "ATGT", "jukes-cantor", 0.0),
        ("NNN", "ACG", "identity", None),
    ],
)
def test_distances_of_nucleic_acids_follow_their_formulas(a, b, model, expected):
    assert distance(a, b, "dna", model) == (None if expected is None else pytest.approx(expected, abs=1e-5))


@pytest.mark.parametrize(
    ("share", "model", "expected"),
    [
        # Kimura 1983, The Neutral Theory, p. 75: -ln(1 - p - p²/5)
        (50, "kimura", 0.79851), (85, "kimura", 5.20301), (86, "kimura", None),
        (50, "jukes-cantor", -19 / 20 * math.log(1 - 20 / 38)), (95, "jukes-cantor", None), (80, "identity", 0.8),
    ],
)  # fmt: skip
def test_distances_of_proteins_follow_their_formulas(share, model, expected):
    found = distance("L" * 100, "M" * share + "L" * (100 - share), "protein", model)
    assert found == (None if expected is None else pytest.approx(expected, abs=2e-3))


def test_neighbour_joining_finds_the_published_tree():
    # Wikipedia, Neighbor joining, after Saitou and Nei 1987: branches a 2, b 3, c 4, d 2, e 1, inner ones 3 and 2
    known = [[0, 5, 9, 9, 8], [5, 0, 10, 10, 9], [9, 10, 0, 8, 7], [9, 10, 8, 0, 3], [8, 9, 7, 3, 0]]
    newick, negative = tree(known, "nj", list("abcde"))
    assert "(b:3.00000,a:2.00000):3.00000" in newick and "c:4.00000" in newick
    assert "d:2.00000" in newick and "e:1.00000" in newick
    assert not negative


def test_upgma_finds_the_published_tree():
    # Wikipedia, UPGMA, 5S ribosomal RNA of five bacteria: a and b join at 8.5, e at 11, c and d at 14, all at 16.5
    known = [[0, 17, 21, 31, 23], [17, 0, 30, 34, 21], [21, 30, 0, 28, 39], [31, 34, 28, 0, 43], [23, 21, 39, 43, 0]]
    newick, _ = tree(known, "upgma", list("abcde"))
    assert "(b:8.50000,a:8.50000):2.50000" in newick and "(d:14.00000,c:14.00000):2.50000" in newick
    assert "e:11.00000" in newick


def test_three_leaves_have_the_branches_that_their_distances_fix():
    # d(a,b) = x + y and so on: 3, 4 and 5 give 1, 2 and 3
    assert tree([[0, 3, 4], [3, 0, 5], [4, 5, 0]], "nj", ["a b", "c:d", "e"])[0] == "(a_b:1.0,c_d:2.0,e:3.0);"


def test_a_negative_branch_is_said():
    assert tree([[0, 1, 9], [1, 0, 1], [9, 1, 0]], "nj", list("abc"))[1]


def test_conservation_is_information_in_bits():
    columns = columns_of(["ACA-", "ACCA", "AGAA", "AGCA"], "dna")
    # log2 4 - 0; log2 4 - 1, twice; 2 bits times three rows of four
    assert [column.information_bits for column in columns] == pytest.approx([2.0, 1.0, 1.0, 1.5])
    assert [column.share for column in columns] == [1.0, 0.5, 0.5, 0.75]
    assert [column.mark for column in columns] == ["*", " ", " ", " "]
    assert columns_of(["W", "W"], "protein")[0].information_bits == pytest.approx(math.log2(20))


def test_the_marks_are_those_of_clustal():
    # Clustal W's groups: S, T and A strongly alike; C, S and A weakly
    assert [column.mark for column in columns_of(["SCWK", "TSDK", "AACK"], "protein")] == [":", ".", " ", "*"]


def test_saturated_distances_are_none_and_give_no_tree():
    output = align_many(["A" * 40, "ACGT" * 10, "C" * 40], "jukes-cantor")
    assert output.data["newick"] is None
    assert any(None in line for line in output.data["distances"])
    assert any("saturation" in note for note in output.notes)
    assert align_many(["A" * 40, "ACGT" * 10, "C" * 40], "identity").data["newick"]


def test_the_plot_has_one_point_a_column():
    output = align_many(SHORT)
    (plot,) = [view for view in output.views if view.kind == "plot"]
    assert len(plot.series[0].x) == output.data["columns"] == 10
    assert max(plot.series[0].y) == 2.0


@pytest.mark.parametrize(
    "sequences",
    [SHORT, "\n".join(SHORT), ", ".join(SHORT), " ".join(SHORT), ">a\nACGTACGTAA\n>b\nACGTACGTAC\n>c\nACGAACGTAA",
     [">a\nACGTACGTAA", "ACGTACGTAC", ">c\nACGAACGTAA"], ["ACGTACGTAA", "ACGT-ACGTAC", "ACGAACG-TAA"], ["ACGUACGUAA", *SHORT[1:]]],
)  # fmt: skip
def test_a_set_may_be_written_in_several_ways(sequences):
    data = align_many(sequences).data
    assert (data["count"], data["columns"], data["conserved_columns"]) == (3, 10, 8)


def test_repeated_names_are_told_apart():
    assert align_many([">x\nACGTACGTAA", ">x\nACGTACGTAC", ">x\nACGAACGTAA"]).data["names"] == ["x", "x_2", "x_3"]


def test_a_short_peptide_of_bases_is_read_as_the_others_are():
    assert align_many(["MKTAYIAK", "MKTAYIAR", "TAGA"]).data["alphabet"] == "protein"


@pytest.mark.parametrize(
    ("sequences", "where"),
    [
        ([], "sequences"),
        ("", "sequences"),
        (SHORT[:2], "sequences"),
        ([*SHORT, ""], "sequences, item 4"),
        ([*SHORT, "hello world"], "sequences, item 4"),
        (["MKTAYIAKQR", "MKTAYIAKQW", "ATGGCCATTGTAATGGGCC"], "sequences, item 3"),
        (["ACGT" * 2000] * 3, "sequences, item 1"),
        (["ACGT"] * 101, "sequences"),
        (["ACGT" * 1000] * 24, "sequences"),
        ([">a\n", ">b\nACGT", ">c\nACGT"], "sequences, item 1"),
    ],
)
def test_what_cannot_be_aligned_is_refused(sequences, where):
    with pytest.raises(ToolInputError) as caught:
        align_many(sequences)
    assert caught.value.where.startswith(where)
    assert caught.value.hint

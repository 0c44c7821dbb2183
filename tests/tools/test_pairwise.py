"""``align_pair``: what EMBOSS and textbooks publish, scores that biotite finds too, and what cannot be aligned."""

from __future__ import annotations

import random

import pytest

from errors import ToolInputError
from tools.biology.pairwise import align_pair
from tools.registry import Toolbox

# UniProt P69905 and P68871, as EMBOSS has them in tsw:hba_human and tsw:hbb_human
HBA = (
    "MVLSPADKTNVKAAWGKVGAHAGEYGAEALERMFLSFPTTKTYFPHFDLSHGSAQVKGHGKKVADALTNAVAHVDDMPNALSALSDLHAHKLRVDPVNFKLLSHCLLVTLAAHLPAEFTPAVHA"
    "SLDKFLASVSTVLTSKYR"
)
HBB = (
    "MVHLTPEEKSAVTALWGKVNVDEVGGEALGRLLVVYPWTQRFFESFGDLSTPDAVMGNPKVKAHGKKVLGAFSDGLAHLDNLKGTFATLSELHCDKLHVDPENFRLLGNVLVCVLAHHFGKEFTP"
    "PVQAAYQKVVAGVANALAHKYH"
)


def test_the_chains_of_haemoglobin_align_globally_as_emboss_needle_publishes():
    # EMBOSS 6.6, documentation of needle: Length 149, Identity 65/149 (43.6%), Similarity 90/149 (60.4%), Gaps 9/149 (6.0%), Score 292.5
    data = align_pair(HBA, HBB).data
    assert (data["score"], data["length"], data["identical"], data["similar"], data["gaps"]) == (292.5, 149, 65, 90, 9)
    assert (data["identity_percent"], data["similarity_percent"], data["gaps_percent"]) == (43.6, 60.4, 6.0)
    assert (data["matrix"], data["gap_open"], data["gap_extend"]) == ("BLOSUM62", 10, 0.5)


def test_the_chains_of_haemoglobin_align_locally_as_emboss_water_publishes():
    # EMBOSS 6.6, documentation of water: Length 145, Identity 63/145 (43.4%), Similarity 88/145 (60.7%), Gaps 8/145 (5.5%), Score 293.5
    data = align_pair(HBA, HBB, "local").data
    assert (data["score"], data["length"], data["identical"], data["similar"], data["gaps"]) == (293.5, 145, 63, 88, 8)
    assert (data["a_start"], data["a_end"], data["b_start"], data["b_end"]) == (3, 141, 4, 146)


def test_the_textbook_pair_of_durbin():
    # Durbin, Eddy, Krogh and Mitchison, Biological Sequence Analysis (1998), figures 2.5 and 2.6: BLOSUM50, linear gap cost 8
    known = {"matrix": "BLOSUM50", "gap_open": 8, "gap_extend": 8}
    whole = align_pair("HEAGAWGHEE", "PAWHEAE", "global", end_gaps=True, **known).data
    assert whole["score"] == 1
    part = align_pair("HEAGAWGHEE", "PAWHEAE", "local", **known).data
    assert (part["score"], part["aligned_a"], part["aligned_b"]) == (28, "AWGHE", "AW-HE")


def test_the_textbook_pair_of_smith_and_waterman():
    # Wikipedia, Smith-Waterman algorithm: match 3, mismatch -3, linear gap cost 2; score 13
    data = align_pair("TGTTACGG", "GGTTGACTA", "local", "3/-3", 2, 2).data
    assert (data["score"], data["aligned_a"], data["aligned_b"]) == (13, "GTT-AC", "GTTGAC")


def test_equally_good_alignments_are_counted():
    # Wikipedia, Needleman-Wunsch algorithm: match 1, mismatch -1, gap -1; three alignments, score 0
    output = align_pair("GCATGCG", "GATTACA", "global", "match 1 mismatch -1", -1, -1, end_gaps=True)
    assert (output.data["score"], output.data["equally_good_alignments"]) == (0, 3)
    assert any("3 alignments are equally good" in note for note in output.notes)
    assert any("-1 was read as a cost of 1" in note for note in output.notes)


@pytest.mark.parametrize("seed", range(12))
def test_scores_are_those_that_biotite_finds(seed):
    from biotite.sequence import NucleotideSequence, ProteinSequence
    from biotite.sequence.align import SubstitutionMatrix, align_optimal

    chance = random.Random(seed)
    protein = seed % 2
    letters = "ACDEFGHIKLMNPQRSTVWY" if protein else "ACGT"
    one, other = ("".join(chance.choices(letters, k=chance.randint(15, 60))) for _ in range(2))
    kind = ProteinSequence if protein else NucleotideSequence
    matrix = SubstitutionMatrix.std_protein_matrix() if protein else SubstitutionMatrix.dict_from_db("NUC")
    if not protein:
        alphabet = NucleotideSequence.alphabet_amb
        matrix = SubstitutionMatrix(alphabet, alphabet, matrix)
    for mode, ends in (("global", True), ("global", False), ("local", False)):
        try:
            ours = align_pair(one, other, mode, None, 10, 1, ends).data["score"]
        except ToolInputError:
            continue  # letters that leave the kind open
        pair = (kind(one), kind(other)) if protein else (kind(one, ambiguous=True), kind(other, ambiguous=True))
        theirs = align_optimal(
            *pair, matrix, gap_penalty=(-10, -1), terminal_penalty=ends, local=mode == "local", max_number=1
        )
        assert ours == theirs[0].score


def test_rows_without_their_gaps_are_the_sequences():
    data = align_pair(HBA, HBB).data
    assert data["aligned_a"].replace("-", "") == HBA and data["aligned_b"].replace("-", "") == HBB


def test_the_view_has_both_rows_their_first_residues_and_marks():
    view = align_pair(">x\nGGGGMKTAYIAKQR", ">y\nMKTWYLAKQR", mode="local").views[0]
    assert (view.kind, view.alphabet, view.names) == ("alignment", "protein", ("x", "y"))
    assert view.rows == ("MKTAYIAKQR", "MKTWYLAKQR") and view.starts == (5, 1)
    assert view.marks == "||| |:||||"  # A/W scores -3, I/L 2 in BLOSUM62


def test_free_end_gaps_are_said_with_the_score_that_they_would_cost():
    output = align_pair("MKTAYIAKQRQISFVKSHFSRQ", "AYIAKQRQIS")
    assert any("cost nothing" in note for note in output.notes)
    assert any("best score is" in note for note in output.notes)
    assert output.data["identity_of_shorter_sequence"] == 1.0


def test_dna_and_rna_are_one_kind():
    output = align_pair("GAUUACAGG", "GATTACAGG")
    assert output.data["identity"] == 1.0
    assert output.data["matrix"] == "NUC.4.4"
    assert any("T and U" in note for note in output.notes)


def test_ambiguity_codes_are_never_identical():
    assert align_pair("ATGNNNCAT", "ATGNNNCAT").data["identical"] == 6
    assert align_pair("MKXXLLE", "MKXXLLE").data["identical"] == 5


def test_selenocysteine_is_scored_as_unknown_and_identical_to_itself_only():
    output = align_pair("MKLUSWE", "MKLUSWE")
    assert output.data["identical"] == 7
    assert any("scored as X" in note for note in output.notes)
    assert align_pair("MKLUSWE", "MKLOSWE").data["identical"] == 6


def test_a_reverse_complement_that_aligns_better_is_said():
    # the reverse complement of ATGGCCTTTAAAGGGCAT is ATGCCCTTTAAAGGCCAT
    output = align_pair("ATGGCCTTTAACGGGCATCC", "GGATGCCCGTTAAAGGCCAT")
    assert any("reverse complement" in note and "score 100" in note for note in output.notes)


def test_a_short_text_is_read_as_the_kind_of_the_other():
    assert align_pair("MKTAYIAK", "TAG").data["matrix"] == "BLOSUM62"


@pytest.mark.parametrize(
    ("a", "b", "more", "where"),
    [
        ("MKTAYIAKQRQISF", "ATGGCCAAATTTGGG", {}, "b"),
        ("ATGGCC", "ATGGCC", {"matrix": "BLOSUM62"}, "matrix"),
        ("MKTAYIAK", "MKTAYIAK", {"matrix": "EDNAFULL"}, "matrix"),
        ("MKTAYIAK", "MKTAYIAK", {"matrix": "BLOSUM63"}, "matrix"),
        ("MKTAYIAK", "MKTAYIAK", {"matrix": "-1/1"}, "matrix"),
        ("MKTAYIAK", "MKTAYIAK", {"gap_open": 1.0, "gap_extend": 2.0}, "gap_extend"),
        ("MKTAYIAK", "MKTAYIAK", {"gap_open": float("nan")}, "gap_open"),
        ("MKTAYIAK", "MKTAYIAK", {"gap_open": 1e9}, "gap_open"),
        ("", "MKTAYIAK", {}, "a"),
        ("MKTAYIAK", "  ", {}, "b"),
        ("MKTAY-IAK", "MKTAYIAK", {}, "a, position 6"),
        ("WWWWW", "DDDDD", {"mode": "local"}, "b"),
        ("MKTAYIAKLW" * 1100, "MKTAYIAKLW" * 1100, {}, "b"),
    ],
)
def test_what_cannot_be_aligned_is_refused(a, b, more, where):
    with pytest.raises(ToolInputError) as caught:
        align_pair(a, b, **more)
    assert caught.value.where == where
    assert caught.value.hint


def test_emboss_names_of_matrices_are_known():
    assert align_pair("MKTAYIAK", "MKTAYIAK", matrix="EBLOSUM62").data["matrix"] == "BLOSUM62"
    assert align_pair("ATGGCC", "ATGGCC", matrix="EDNAFULL").data["matrix"] == "NUC.4.4"
    assert align_pair("ATGGCC", "ATGGCC", matrix="nuc.4.4").data["score"] == 30


def test_modes_have_other_names():
    toolbox = Toolbox.load(["tools.biology.pairwise"])
    result = toolbox["align_pair"]({"a": "MKTAYIAK", "b": "AYIAK", "mode": "Smith-Waterman"})
    assert result.data["mode"] == "local"
    assert result.data["identity"] == 1.0


@pytest.mark.parametrize("mode", ["global", "local"])
def test_more_equally_good_alignments_than_can_be_counted_are_said_to_be_so(mode):
    chance = random.Random(3)
    one, other = ("".join(chance.choices("ACGT", k=2000)) for _ in range(2))
    output = align_pair(one, other, mode, "1/-1", 1, 1)
    assert output.data["equally_good_alignments"] is None
    assert any("64-bit" in note for note in output.notes)


def test_semi_global_is_global_with_free_ends():
    # by hand: 4 matches of 5 each (NUC.4.4), the other four bases at an end without cost
    data = align_pair("ACGTACGT", "ACGT", "semi-global").data
    assert (data["mode"], data["score"], data["end_gaps_cost"]) == ("semi-global", 20.0, False)
    with pytest.raises(ToolInputError, match="cost nothing"):
        align_pair("ACGTACGT", "ACGT", "semi-global", end_gaps=True)

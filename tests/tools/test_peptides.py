"""``digest_protein``: peptides and masses of published digests, and what each enzyme's rule leaves uncut."""

from __future__ import annotations

import pytest
from pyteomics import mass, parser

from errors import ToolInputError
from tools.biology.peptides import digest_protein
from tools.biology.proteases import known_proteases, proteases_named

# UniProt P02769, with its signal peptide and propeptide
BSA = (
    "MKWVTFISLLLLFSSAYSRGVFRRDTHKSEIAHRFKDLGEEHFKGLVLIAFSQYLQQCPFDEHVKLVNELTEFAKTCVADESHAGCEKSLHTLFGDELCKVASLRETYGDMADCCEK"
    "QEPERNECFLSHKDDSPDLPKLKPDPNTLCDEFKADEKKFWGKYLYEIARRHPYFYAPELLYYANKYNGVFQECCQAEDKGACLLPKIETMREKVLASSARQRLRCASIQKFGERAL"
    "KAWSVARLSQKFPKAEFVEVTKLVTDLTKVHKECCHGDLLECADDRADLAKYICDNQDTISSKLKECCDKPLLEKSHCIAEVEKDAIPENLPPLTADFAEDKDVCKNYQEAKDAFLG"
    "SFLYEYSRRHPEYAVSVLLRLAKEYEATLEECCAKDDPHACYSTVFDKLKHLVDEPQNLIKQNCDQFEKLGEYGFQNALIVRYTRKVPQVSTPTLVEVSRSLGKVGTRCCTKPESER"
    "MPCTEDYLSLILNRLCVLHEKTPVSEKVTKCCTESLVNRRPCFSALTPDETYVPKAFDEKLFTFHADICTLPDTEKQIKKQTALVELLKHKPKATEEQLKTVMENFVAFVDKCCAAD"
    "DKEACFAVEGPKLVVSTQTALA"
)
# UniProt P68871 without its initiator methionine
HBB = (
    "VHLTPEEKSAVTALWGKVNVDEVGGEALGRLLVVYPWTQRFFESFGDLSTPDAVMGNPKVKAHGKKVLGAFSDGLAHLDNLKGTFATLSELHCDKLHVDPENFRLLGNVLVCVLAHHFG"
    "KEFTPPVQAAYQKVVAGVANALAHKYH"
)
# UniProt P68082, without its initiator methionine
HORSE_MYOGLOBIN = (
    "GLSDGEWQQVLNVWGKVEADIAGHGQEVLIRLFTGHPETLEKFDKFKHLKTEAEMKASEDLKKHGTVVLTALGGILKKKGHHEAELKPLAQSHATKHKIPIKYLEFISDAIIHVLHSKHPG"
    "DFGADAQGAMTKALELFRNDIAAKYKELGFQG"
)
# UniProt P00004, without its initiator methionine
HORSE_CYTOCHROME_C = (
    "GDVEKGKKIFVQKCAQCHTVEKGGKHKTGPNLHGLFGRKTGQAPGFTYTDANKNKGITWKEETLMEYLENPKKYIPGTKMIFAGIKKKTEREDLIAYLKKATNE"
)


def masses(sequence: str, enzyme: str, missed: int = 0) -> dict[str, float]:
    return {one["sequence"]: one["mh_plus_mz"] for one in digest_protein(sequence, enzyme, missed).data["peptides"]}


@pytest.mark.parametrize(
    ("peptide", "mz"),
    # [M+H]+ of the tryptic peptides by which serum albumin is told in mass fingerprints (Waters MassPREP BSA digest standard)
    [("YLYEIAR", 927.4934), ("LVNELTEFAK", 1163.6307), ("HLVDEPQNLIK", 1305.7161), ("LGEYGFQNALIVR", 1479.7954),
     ("DAFLGSFLYEYSR", 1567.7427), ("AEFVEVTK", 922.4880), ("QTALVELLK", 1014.6194), ("KVPQVSTPTLVEVSR", 1639.9377)],
)  # fmt: skip
def test_tryptic_peptides_of_serum_albumin_have_their_published_masses(peptide, mz):
    assert masses(BSA, "trypsin", 1)[peptide] == pytest.approx(mz, abs=0.0006)


def test_tryptic_peptides_of_the_beta_chain_of_haemoglobin():
    # T1 to T15 as numbered since Ingram (1958); [M+H]+ by ExPASy PeptideMass
    found = digest_protein(HBB, "trypsin").data
    assert found["count"] == 15
    assert [(one["start"], one["end"]) for one in found["peptides"]][:5] == [
        (1, 8),
        (9, 17),
        (18, 30),
        (31, 40),
        (41, 59),
    ]
    values = [one["mh_plus_mz"] for one in found["peptides"]]
    assert values[:5] == pytest.approx([952.510, 932.520, 1314.665, 1274.726, 2058.948], abs=0.001)


@pytest.mark.parametrize(
    ("peptide", "mz"),
    # monoisotopic [M+H]+ of peptides with which MALDI spectra are calibrated (Bruker, Peptide Calibration Standard II)
    [("DRVYIHPF", 1046.5418), ("DRVYIHPFHL", 1296.6848), ("RPPGFSP", 757.3992), ("RPVKVYPNGAEDESAEAFPLEF", 2465.1983),
     ("SYSMEHFRWGKPVGKKR", 2093.0862), ("EGVNDNEEGFFSAR", 1570.6768)],
)  # fmt: skip
def test_an_uncut_peptide_has_its_published_mass(peptide, mz):
    output = digest_protein(peptide, "enterokinase")
    assert output.data["peptides"][0]["mh_plus_mz"] == pytest.approx(mz, abs=0.0008)
    assert output.data["cut_bonds"] == 0
    assert "does not cut" in output.summary


def test_cyanogen_bromide_fragments_of_myoglobin_end_in_homoserine_lactone():
    # Sigma-Aldrich MW-SDS-17S, horse myoglobin cut by CNBr, whole and partial: relative molecular masses by residues. As homoserine
    # the smallest that ends in a cut would be 0.3 % heavier, with Met 0.8 %.
    found = digest_protein(HORSE_MYOGLOBIN, "CNBr", 2).data["peptides"]
    by_place = {(one["start"], one["end"]): one["average_mass_da"] for one in found}
    published = {(1, 153): 16949, (1, 131): 14404, (56, 153): 10700, (56, 131): 8159, (1, 55): 6214, (132, 153): 2512}
    assert by_place.keys() == published.keys()
    for place, expected in published.items():
        assert by_place[place] == pytest.approx(expected, rel=1e-3)


def test_cyanogen_bromide_cuts_cytochrome_c_behind_met_65_and_80():
    # Corradin and Harbury, Proc. Natl. Acad. Sci. 1971, 68, 3036: fragments 1-65, 66-80 and 81-104
    found = digest_protein(HORSE_CYTOCHROME_C, "cyanogen bromide").data
    assert [(one["start"], one["end"]) for one in found["peptides"]] == [(1, 65), (66, 80), (81, 104)]


def test_a_terminal_methionine_stays_methionine():
    # nothing is cut behind it: MM is methionine's lactone form and methionine (131.0405 + 18.0106 - 48.0034 and 149.0510)
    found = digest_protein("Met-Met", "CNBr").data["peptides"]
    assert [one["monoisotopic_mass_da"] for one in found] == pytest.approx([101.0477, 149.0510], abs=2e-4)


@pytest.mark.parametrize(
    ("enzyme", "expected"),
    [  # by hand from the rules of Keil 1992 and PSI-MS
        ("trypsin", ["MAK", "WR", "GKPDE", ],),
        ("trypsin/P", ["MAK", "WR", "GK", "PDE"]),
        ("Trypsin-P", ["MAK", "WR", "GK", "PDE"]),
        ("Lys-C", ["MAK", "WRGK", "PDE"]),
        ("LysC", ["MAK", "WRGK", "PDE"]),
        ("lys n", ["MA", "KWRG", "KPDE"]),
        ("Arg-C", ["MAKWR", "GKPDE"]),
        ("Asp-N", ["MAKWRGKP", "DE"]),
        ("chymotrypsin", ["MAKW", "RGKPDE"]),
        ("CNBr", ["M", "AKWRGKPDE"]),
        ("Glu-C (phosphate)", ["MAKWRGKPD", "E"]),
        ("V8", ["MAKWRGKPDE"]),
        ("Lys-C and Asp-N", ["MAK", "WRGK", "P", "DE"]),
        ("trypsin/Lys-C", ["MAK", "WR", "GK", "PDE"]),
    ],
)  # fmt: skip
def test_each_enzyme_cuts_by_its_rule(enzyme, expected):
    assert [one["sequence"] for one in digest_protein("MAKWRGKPDE", enzyme).data["peptides"]] == expected


def test_where_conventions_differ_is_said():
    said = " ".join(digest_protein("MWKPGGMRPLLE", "trypsin").notes)
    assert "K3-P4" in said and "R8-P9" in said
    assert "differ" not in " ".join(digest_protein("MAKWRGKPDE", "trypsin").notes)
    assert "K7-P8" in " ".join(digest_protein("MAKWRGKPDE", "Lys-C").notes)


def test_pepsin_at_two_ph_values_follows_peptidecutter():
    # rule of Keil by hand: neither side of F4 or Y7 has a residue that hinders it; Tyr counts only above pH 2
    low, high = (
        set(digest_protein("AGAFAGYAGA", enzyme).data["cuts_after"]) for enzyme in ("pepsin", "pepsin (pH > 2)")
    )
    assert low == {3, 4} and high == {3, 4, 6, 7}


def test_missed_cleavages_join_neighbours():
    found = digest_protein("MAKWRGKPDE", "trypsin", 2).data
    assert [(one["sequence"], one["missed"]) for one in found["peptides"]] == [
        ("MAK", 0), ("MAKWR", 1), ("MAKWRGKPDE", 2), ("WR", 0), ("WRGKPDE", 1), ("GKPDE", 0),
    ]  # fmt: skip
    assert digest_protein("MAKWRGKPDE", "trypsin", 9).data["count"] == 6


def test_repeats_are_listed_at_each_place():
    found = digest_protein("AAKAAKGGE", "trypsin").data
    assert (found["count"], found["distinct_count"]) == (3, 2)


@pytest.mark.parametrize("enzyme", [one.name for one in known_proteases() if one.name != "CNBr"])
def test_peptides_and_masses_agree_with_pyteomics(enzyme):
    (one,) = proteases_named(enzyme, "enzyme")
    found = digest_protein(BSA, enzyme, 1).data
    theirs = sorted(set(parser.xcleave(BSA, one.pattern, 1, regex=True)))  # a match at the end gives the last one twice
    assert found["count"] == len(theirs)
    for mine, (start, peptide) in zip(found["peptides"], theirs, strict=False):
        assert (mine["start"], mine["sequence"]) == (start + 1, peptide)
        assert mine["monoisotopic_mass_da"] == pytest.approx(mass.calculate_mass(peptide), abs=6e-4)
        assert mine["mh_plus_mz"] == pytest.approx(mass.calculate_mass(peptide, charge=1), abs=6e-4)
        assert mine["average_mass_da"] == pytest.approx(mass.calculate_mass(peptide, average=True), rel=3e-5, abs=0.012)


def test_trypsin_agrees_with_a_plain_reading_of_its_rule():
    cuts = [place + 1 for place in range(len(BSA) - 1) if BSA[place] in "KR" and BSA[place + 1] != "P"]
    assert digest_protein(BSA).data["cuts_after"] == cuts
    assert "".join(one["sequence"] for one in digest_protein(BSA).data["peptides"]) == BSA


@pytest.mark.parametrize(
    ("sequence", "enzyme"),
    [("MAKXAA", "trypsin"), ("MAKBAA", "Asp-N"), ("MAEZAA", "Glu-C"), ("MALJAA", "pepsin"), ("MXAAAK", "CNBr")],
)
def test_a_residue_that_leaves_open_where_it_cuts_is_refused(sequence, enzyme):
    with pytest.raises(ToolInputError, match="leaves open"):
        digest_protein(sequence, enzyme)


def test_a_residue_that_the_enzyme_does_not_tell_apart_is_kept_and_its_peptide_has_no_mass():
    found = digest_protein("MAKABAKGGE", "trypsin")
    assert [one["sequence"] for one in found.data["peptides"]] == ["MAK", "ABAK", "GGE"]
    assert [one["monoisotopic_mass_da"] is None for one in found.data["peptides"]] == [False, True, False]
    assert any("no mass" in note for note in found.notes)


def test_leucine_or_isoleucine_has_a_mass():
    ours = digest_protein("MAKAJAKGGE", "trypsin").data["peptides"][1]["monoisotopic_mass_da"]
    assert ours == pytest.approx(mass.calculate_mass("ALAK"), abs=6e-4)


@pytest.mark.parametrize(
    ("sequence", "enzyme", "missed"),
    [("MAKWR", "foo", 0), ("MAKWR", "", 0), ("MAKWR", "trypsin", -1), ("MAKWR", "trypsin", 11),
     ("ATGGCCAAATTT", "trypsin", 0), ("", "trypsin", 0), ("MAK*WR", "trypsin", 0), ("MAKWR", "trypsin + foo", 0),
     ("AK" * 40_000, "trypsin", 0)],
)  # fmt: skip
def test_what_has_no_answer_is_refused(sequence, enzyme, missed):
    with pytest.raises(ToolInputError) as caught:
        digest_protein(sequence, enzyme, missed)
    assert caught.value.hint


def test_an_unknown_enzyme_is_refused_with_a_near_one():
    with pytest.raises(ToolInputError, match="near: Trypsin"):
        digest_protein("MAKWR", "tripsin")


def test_every_name_of_the_table_is_one_enzyme_and_has_a_source():
    for one in known_proteases():
        assert one.rule and one.source
        for name in (one.name, *one.other_names):
            assert proteases_named(name, "enzyme") == (one,)

"""Melting temperatures against the examples of Biopython's documentation, primer3-py 2.4.0, and formulas worked by hand."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.biology.melting import melting_temperature

#: The primer of the examples in the documentation of Bio.SeqUtils.MeltingTemp (1.88).
PRIMER = "CGTTCCAAAGATGTGGGCATGAGCTTAC"
RNA = PRIMER.replace("T", "U")


@pytest.mark.parametrize(
    ("arguments", "tm"),
    [
        ({}, 60.32),
        ({"method": "allawi_1997"}, 60.32),
        ({"method": "breslauer_1986"}, 72.19),
        ({"method": "sugimoto_1996"}, 65.47),
        ({"method": "wallace"}, 84.00),
        ({"method": "gc"}, 58.97),
        ({"salt_correction": "schildkraut_1965"}, 54.27),
        ({"salt_correction": "wetmur_1991"}, 54.02),
        ({"salt_correction": "santalucia_1996"}, 59.60),
        ({"salt_correction": "santalucia_1998_tm"}, 60.64),
        ({"salt_correction": "santalucia_1998"}, 60.32),
        ({"salt_correction": "owczarzy_2004"}, 59.78),
        ({"salt_correction": "owczarzy_2008"}, 59.78),
        # 50 mM Na+ and 10 mM Tris, which counts half
        ({"sodium": 55.0}, 60.79),
        ({"sodium": 55.0, "magnesium": 1.5}, 67.39),
        ({"sodium": 55.0, "magnesium": 1.5, "salt_correction": "owczarzy_2008"}, 66.81),
        ({"sodium": 55.0, "magnesium": 1.5, "dntps": 0.6, "salt_correction": "owczarzy_2008"}, 66.04),
    ],
)
def test_the_examples_of_biopythons_documentation(arguments, tm):
    assert melting_temperature(PRIMER, **arguments).data["tm_c"] == pytest.approx(tm, abs=0.006)


@pytest.mark.parametrize(("method", "tm"), [("freier_1986", 73.35), ("sugimoto_1995", 58.45)])
def test_the_documented_examples_of_rna(method, tm):
    assert melting_temperature(RNA, method=method).data["tm_c"] == pytest.approx(tm, abs=0.006)


@pytest.mark.parametrize(
    ("primer", "plain", "with_magnesium"),  # 50 nM; 50 mM monovalent; then with 1.5 mM Mg2+ and 0.6 mM dNTPs
    [
        ("GTAAAACGACGGCCAGT", 49.17, 54.70),  # M13 forward (-20)
        ("CAGGAAACAGCTATGAC", 43.60, 49.10),  # M13 reverse
        ("TAATACGACTCACTATAGGG", 44.59, 50.32),  # T7 promoter
        ("ATTTAGGTGACACTATAG", 38.93, 44.55),  # SP6 promoter
        ("CGCGAATTCGCG", 43.76, 48.60),  # Dickerson's dodecamer, its own complement
        ("GGAATTCC", 6.88, 11.29),
    ],
)
def test_primer3_gives_the_same(primer, plain, with_magnesium):
    # primer3-py 2.4.0: calc_tm(primer, mv_conc=50, dv_conc=0 or 1.5, dntp_conc=0 or 0.6, dna_conc=50, tm_method="santalucia",
    # salt_corrections_method="santalucia")
    assert melting_temperature(primer).data["tm_c"] == pytest.approx(plain, abs=0.011)
    assert melting_temperature(primer, magnesium=1.5, dntps=0.6).data["tm_c"] == pytest.approx(
        with_magnesium, abs=0.011
    )


def test_the_free_energy_of_the_worked_example_of_santalucia():
    # SantaLucia 1998, Figure 1: 5'-CGTTGA-3' and its complement, -5.35 kcal/mol from the table of free energies; the rounded
    # enthalpies and entropies of the same paper give 0.06 more
    assert melting_temperature("CGTTGA").data["delta_g_37_kcal_mol"] == pytest.approx(-5.35, abs=0.1)


def test_enthalpy_and_entropy_are_sums_that_can_be_made_by_hand():
    # SantaLucia 1998, Table 2: CG, GT, TT, TG = CA, GA, and the initiations with G·C and A·T
    data = melting_temperature("CGTTGA").data
    assert data["delta_h_kcal_mol"] == pytest.approx(-10.6 - 8.4 - 7.9 - 8.5 - 8.2 + 0.1 + 2.3)
    assert data["delta_s_cal_mol_k"] == pytest.approx(-27.2 - 22.4 - 22.2 - 22.7 - 22.2 - 2.8 + 4.1)


def test_an_rna_duplex_adds_up_with_its_symmetry():
    # Xia et al. 1998, Table 4; the stacks of the self-complementary (GGCGCC)2:
    # GG, GC, CG, GC, CC; initiation 3.61 and -1.5, symmetry -1.4
    data = melting_temperature("GGCGCC", method="xia_1998").data
    assert data["delta_h_kcal_mol"] == pytest.approx(2 * -13.39 + 2 * -14.88 - 10.64 + 3.61)
    assert data["delta_s_cal_mol_k"] == pytest.approx(2 * -32.7 + 2 * -36.9 - 26.7 - 1.5 - 1.4)


@pytest.mark.parametrize(
    ("sequence", "method", "tm"),
    [
        ("ACGTTGCAATGCCGTA", "Wallace", 2 * 8 + 4 * 8),
        ("ATGCATGCATGCATGC", "Wallace rule", 48),
        ("AUGCAUGCAUGCAUGC", "2+4", 48),
        ("GGGGGGGGAAAAAAAA", "basic", 64.9 + 41 * (8 - 16.4) / 16),  # OligoCalc, Kibbe 2007
        ("GGGGGGGGAAAAAAAA", "marmur doty", 69.3 + 0.41 * 50 - 650 / 16),
        ("GGGGGGGGAAAAAAAA", "quikchange", 81.5 + 0.41 * 50 - 675 / 16),
        ("GGGGGGGGAAAAAAAA", "gc_von_ahsen", 77.1 + 0.41 * 50 - 528 / 16 - 11.7 * 1.30103),  # log10 of 0.05 is -1.30103
        ("GGGGGGGGAAAAAAAA", "gc_rychlik", 81.5 + 0.41 * 50 - 675 / 16 - 16.6 * 1.30103),
        ("GGGGGGGGAAAAAAAA", "gc_wetmur", 81.5 + 0.41 * 50 - 500 / 16 - 16.6 * 1.316009),  # of 0.05/1.035
        ("GGGGGGGGAAAAAAUA", "gc_wetmur", 78 + 0.7 * 50 - 500 / 16 - 16.6 * 1.316009),
    ],
)
def test_formulas_worked_by_hand(sequence, method, tm):
    from tools.registry import Toolbox

    tool = Toolbox.load(["tools.biology.melting"])["melting_temperature"]
    assert tool({"sequence": sequence, "method": method}).data["tm_c"] == pytest.approx(tm, abs=0.006)


def test_method_and_salt_are_named():
    output = melting_temperature(PRIMER)
    assert "SantaLucia 1998" in output.summary and "50 mM Na+" in output.summary and "50 nM" in output.summary
    assert any("0.368" in note for note in output.notes)


def test_default_tables_follow_the_kind_of_nucleic_acid():
    assert "SantaLucia 1998" in melting_temperature("GCAUGCAA".replace("U", "T")).data["method"]
    assert "Xia" in melting_temperature("GCAUGCAA").data["method"]


def test_a_self_complementary_strand_is_noticed():
    output = melting_temperature("CGCGAATTCGCG")
    assert output.data["self_complementary"] is True
    assert any("own complement" in note for note in output.notes)
    assert melting_temperature("CGCGAATTCGCC").data["self_complementary"] is False


def test_more_salt_and_more_strands_melt_later():
    temperatures = [melting_temperature(PRIMER, sodium=sodium).data["tm_c"] for sodium in (10.0, 50.0, 200.0, 1000.0)]
    assert temperatures == sorted(temperatures)
    at_1_m = melting_temperature(PRIMER, sodium=1000.0).data["tm_c"]
    assert at_1_m == melting_temperature(PRIMER, salt_correction="none").data["tm_c"]  # ln 1 is 0
    assert melting_temperature(PRIMER, oligo=500.0).data["tm_c"] > melting_temperature(PRIMER).data["tm_c"]


@pytest.mark.parametrize("sequence", ["ATGC" * 16, "ATGCN" * 4, "ATGC", "", "MKTAYIAKQR", "ATGCUUGACCAT", "CCO=C"])
def test_what_has_no_melting_temperature_here_is_refused(sequence):
    with pytest.raises(ToolInputError) as caught:
        melting_temperature(sequence)
    assert caught.value.where.startswith("sequence")


@pytest.mark.parametrize(
    ("sequence", "method"),
    [
        (RNA, "santalucia_1998"),
        (PRIMER, "xia_1998"),
        (PRIMER, "sugimoto_1995"),
        ("ATGCATGC", "gc"),
        ("GC" * 20, "wallace"),
    ],
)
def test_a_method_for_other_sequences_is_refused(sequence, method):
    with pytest.raises(ToolInputError):
        melting_temperature(sequence, method=method)


@pytest.mark.parametrize(
    "condition", [{"sodium": 0.0}, {"sodium": -5.0}, {"oligo": 0.0}, {"sodium": 50_000.0}, {"magnesium": -1.0}]
)
def test_conditions_that_are_none_are_refused(condition):
    with pytest.raises(ToolInputError) as caught:
        melting_temperature(PRIMER, **condition)
    assert caught.value.where == next(iter(condition))


def test_a_long_duplex_has_a_gc_formula():
    # 81.5 + 0.41 * 50 - 600/200 - 16.6 * 1.30103
    assert melting_temperature("ATGC" * 50, method="gc").data["tm_c"] == pytest.approx(77.40, abs=0.006)

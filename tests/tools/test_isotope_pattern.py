"""``isotope_pattern``: masses and abundances against published spectra, textbooks and IsoSpec's own table."""

from __future__ import annotations

from collections import Counter

import IsoSpecPy
import pytest

from errors import ToolInputError
from tools.chemistry.isotope_distributions import envelope
from tools.chemistry.isotope_pattern import isotope_pattern
from tools.inputs.formulas import parse_formula


def _percentages(formula: str, adduct: str | None = None) -> dict[str, float]:
    peaks = isotope_pattern(formula, adduct).data["peaks"]
    return {peak["label"]: peak["relative_abundance_percent"] for peak in peaks}


@pytest.mark.parametrize(
    ("formula", "pattern"),
    [  # McLafferty and Turecek, Interpretation of Mass Spectra, table A.1 and figure 2.2; de Hoffmann and Stroobant, app. 4
        ("Br2", {"M": 51.4, "M+2": 100, "M+4": 48.6}),
        ("CH2Br2", {"M": 51.4, "M+2": 100, "M+4": 48.6}),
        ("Cl2", {"M": 100, "M+2": 64.0, "M+4": 10.2}),
        ("Cl", {"M": 100, "M+2": 32.0}),
        ("BrCl", {"M": 77.3, "M+2": 100, "M+4": 24.1}),
        ("C6H5Br", {"M": 100, "M+1": 6.5, "M+2": 97.4}),
        ("CCl4", {"M": 78.1, "M+2": 100, "M+4": 48.0, "M+6": 10.2}),
        ("C60", {"M": 100, "M+1": 64.9, "M+2": 20.7}),
        ("C10H22", {"M": 100, "M+1": 11.0}),
        ("CS2", {"M": 100, "M+1": 2.7, "M+2": 8.9}),
    ],
)
def test_patterns_of_halogens_carbon_and_sulfur_are_the_published_ones(formula, pattern):
    found = _percentages(formula)
    for label, percent in pattern.items():
        assert found[label] == pytest.approx(percent, abs=0.3)


@pytest.mark.parametrize(
    ("element", "pattern"),
    [  # isotopic compositions of the elements, IUPAC 2013 (Meija et al. 2016), relative to the largest
        ("Sn", {"M-8": 0.97 / 0.3258, "M-4": 14.54 / 0.3258, "M-2": 24.22 / 0.3258, "M": 100, "M+4": 5.79 / 0.3258}),
        ("Hg", {"M-2": 23.14 / 0.2974, "M-1": 13.17 / 0.2974, "M": 100, "M+2": 6.82 / 0.2974}),
        ("Pt", {"M-1": 32.864 / 0.33775, "M": 100, "M+1": 25.211 / 0.33775, "M+3": 7.356 / 0.33775}),
        ("B", {"M-1": 19.9 / 0.801, "M": 100}),
    ],
)
def test_patterns_of_metals_are_their_isotopic_compositions(element, pattern):
    found = _percentages(element)
    for label, percent in pattern.items():
        assert found[label] == pytest.approx(percent, abs=0.02)


@pytest.mark.parametrize(
    ("formula", "adduct", "mz"),
    [
        ("C6H12O6", "[M+Na]+", 203.0526),  # MassBank, glucose
        ("C8H10N4O2", "[M+H]+", 195.0877),  # MassBank, caffeine
        ("C33H40N2O9", "[M+H]+", 609.2807),  # reserpine, the usual calibration check
        ("C33H40N2O9", "[M+2H]2+", 305.1440),
        ("C50H71N13O12", "[M+H]+", 1046.5418),  # angiotensin II, Bruker's peptide standard
        ("C50H71N13O12", "[M+2H]2+", 523.7745),
        ("C63H98N18O13S", "[M+H]+", 1347.7354),  # substance P, Bruker's peptide standard
        ("C9H8O4", "[M-H]-", 179.0350),  # MassBank, aspirin
        ("C6H12O6", "[M+HCOO]-", 225.0616),  # MassBank
        ("C6H12O6", "[M+Cl]-", 215.0328),
        ("C6H12O6", "[M+NH4]+", 198.0972),
        ("C6H12O6", "[M+K]+", 219.0265),
        ("C6H12O6", "[2M+Na]+", 383.1160),
        ("C6H12O6", "[M+CH3COO]-", 239.0772),
        ("C6H6", "[M]+.", 78.0464),  # NIST, C6H6+
        ("C14H18N2O5", "[M+H]+", 295.1288),  # MassBank, aspartame
        ("C14H18N2O5", "[M+H-H2O]+", 277.1183),
        ("C5H14NO+", None, 104.1070),  # HMDB, choline
        ("NO3^-", None, 61.9884),
    ],
)
def test_monoisotopic_mz_of_ions_is_the_published_one(formula, adduct, mz):
    assert isotope_pattern(formula, adduct).data["monoisotopic_mz"] == pytest.approx(mz, abs=1e-4)


@pytest.mark.parametrize(
    "formula", ["C8H10N4O2", "C257H383N65O77S6", "C20H18Cl3Br2N", "Fe2S2Cl4C10H15", "SnC12H27Cl", "PtHgSe2C5", "B10H14"]
)
def test_the_envelope_is_the_sum_of_isospecs_isotopologues(formula):
    # IsoSpec with its own tables of masses and abundances, which differ from ours in the third digit of an abundance
    counts = parse_formula(formula).counts
    isospec = IsoSpecPy.IsoTotalProb(formula=dict(counts), prob_to_cover=0.99999, get_confs=False)
    sums: Counter[int] = Counter()
    for mass, probability in isospec:
        sums[round(mass / 1.0005) if formula.startswith("C257") else round(mass + 0.02)] += probability
    ours = envelope(counts)
    top = max(sums.values())
    for place, probability in enumerate(ours.probabilities):
        if probability > 0.02:
            mass = ours.masses[place]
            theirs = sums[round(mass / 1.0005) if formula.startswith("C257") else round(mass + 0.02)]
            assert probability == pytest.approx(theirs, abs=0.01 * top)


def test_insulin_is_highest_three_or_four_above_its_monoisotopic_peak():
    # human insulin: monoisotopic 5803.64, average 5807.6 (PubChem, Ph. Eur.)
    data = isotope_pattern("C257H383N65O77S6").data
    assert data["monoisotopic_mz"] == pytest.approx(5803.6376, abs=5e-4)
    assert data["average_mz"] == pytest.approx(5807.6, abs=0.1)
    assert data["base_peak"] == "M+3"
    percentages = _percentages("C257H383N65O77S6")
    assert percentages["M+4"] == pytest.approx(95, abs=2) and percentages["M"] < 17


def test_an_antibody_takes_no_longer_and_its_peaks_are_a_charge_apart():
    # 147 kDa, C6532H10048N1730O2038S48; the spacing is 1.003 Da / z
    output = isotope_pattern("C6532H10048N1730O2038S48", "[M+50H]50+")
    peaks = output.data["peaks"]
    assert peaks[1]["mz"] - peaks[0]["mz"] == pytest.approx(1.0025 / 50, abs=1e-4)
    assert any("highest of" in note for note in output.notes)


def test_labels_shift_the_pattern_and_lose_their_satellites():
    data = isotope_pattern("[13C]6H12O6", "[M+Na]+").data
    assert data["monoisotopic_mz"] == pytest.approx(203.0526 + 6 * 1.003355, abs=1e-4)
    assert data["peaks"][1]["relative_abundance_percent"] < 0.5  # 17O and 2H alone; 6.9 % without the label


def test_fine_structure_names_isotopologues_by_what_is_rare_in_them():
    fine = isotope_pattern("C8H10N4O2", "[M+H]+").data["fine_structure"]
    by_name = {one["isotopologue"]: one for one in fine}
    assert by_name["13C"]["mz"] == pytest.approx(195.08765 + 1.003355, abs=2e-5)
    assert by_name["13C"]["relative_abundance_percent"] == pytest.approx(8 * 1.07 / 98.93 * 100, abs=0.01)
    assert by_name["15N"]["mz"] == pytest.approx(195.08765 + 0.997035, abs=2e-5)
    assert by_name["monoisotopic"]["label"] == "M"


@pytest.mark.parametrize(
    ("adduct", "same_as"),
    [("M+H", "[M+H]+"), ("(M+H)+", "[M+H]+"), ("M+H+", "[M+H]+"), ("[M+H]⁺", "[M+H]+"), ("[M−H]⁻", "[M-H]-"), ("H+", "[M+H]+"),
     ("[M+2H]++", "[M+2H]2+"), ("[M+2H]+2", "[M+2H]2+"), ("[M + Na]+", "[M+Na]+"), ("[M+FA-H]-", "[M+HCOO]-"), ("protonated", "[M+H]+"),
     ("[M+OAc]-", "[M+CH3COO]-"), ("[M-H2O+H]+", "[M+H-H2O]+"), ("M+•", "[M]+"), ("[M+ACN+H]+", "[M+CH3CN+H]+")],
)  # fmt: skip
def test_adducts_are_read_however_they_are_written(adduct, same_as):
    one, other = isotope_pattern("C6H12O6", adduct).data, isotope_pattern("C6H12O6", same_as).data
    assert (one["ion_formula"], one["charge"]) == (other["ion_formula"], other["charge"])


@pytest.mark.parametrize(
    ("formula", "adduct", "complaint"),
    [
        ("C6H12O6", "[M+H]-", r"\[M\+H\]\+"),
        ("C6H12O6", "[M+2H]+", r"2\+"),
        ("C6H12O6", "[M+Na-H]+", "no charge"),
        ("C6H12O6", "[M+Na+H]+", "add up"),
        ("CCl4", "[M-H]-", "takes more H"),
        ("C5H14NO+", "[M+H]+", "charge already"),
        ("D2O", "[M-H]-", "unlabelled"),
        ("C6H12O6", "[M+Xq]+", "Xq"),
        ("C6H12O6", "[M+H2]2+", "2H"),
        ("C6H12O6", "[M+13C]+", "isotope"),
        ("C6H12O6", "[M+H]+.", "even number"),
        ("C6H12O6", "[0M+H]+", "0 molecules"),
        ("C6H12O6", "[M+" + "C" * 200 + "]+", "at most 100"),
        ("C6H12O6", "hello", "not an adduct"),
        ("C6H12O6", "[M+H", "not an adduct"),
        ("ATG", "[M+H]+", "sequence"),
        ("H", "[M-H]-", "no atoms"),
    ],
)
def test_an_adduct_that_does_not_add_up_is_refused(formula, adduct, complaint):
    with pytest.raises(ToolInputError, match=complaint):
        isotope_pattern(formula, adduct)


def test_a_quaternary_ammonium_is_its_own_ion():
    assert isotope_pattern("C5H14NO+", "[M]+").data["ion_formula"] == "C5H14NO+"


def test_a_neutral_pattern_is_said_to_be_none_that_is_seen():
    assert any("neutral molecule" in note for note in isotope_pattern("C60").notes)


def test_the_envelope_is_drawn_as_sticks_with_the_names_of_the_peaks():
    # 1,4-dibromobenzene: 79Br and 81Br are nearly 1:1, so M, M+2 and M+4 are nearly 1:2:1
    plot = isotope_pattern("C6H4Br2", "M+").views[0]
    (series,) = plot.series
    heights = dict(zip(series.labels, series.y, strict=True))
    assert plot.style == "sticks" and plot.x_label == "m/z" and heights["M+2"] == 100
    assert 45 < heights["M"] < 55 and 45 < heights["M+4"] < 55

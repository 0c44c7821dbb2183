"""The formula parser: exactly what is written, with its charge, or one sentence."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.inputs.formulas import parse_formula


@pytest.mark.parametrize(
    ("text", "counts", "charge"),
    [
        ("C8H10N4O2", {"C": 8, "H": 10, "N": 4, "O": 2}, 0),  # caffeine, PubChem CID 2519
        ("H2SO4", {"H": 2, "O": 4, "S": 1}, 0),
        ("Ca(OH)2", {"Ca": 1, "H": 2, "O": 2}, 0),
        ("K4[Fe(CN)6]", {"C": 6, "Fe": 1, "K": 4, "N": 6}, 0),
        ("CuSO4.5H2O", {"Cu": 1, "H": 10, "O": 9, "S": 1}, 0),  # CID 24463
        ("CuSO4·5H2O", {"Cu": 1, "H": 10, "O": 9, "S": 1}, 0),
        ("NO3^-", {"N": 1, "O": 3}, -1),
        ("NO3-", {"N": 1, "O": 3}, -1),
        ("SO4^2-", {"O": 4, "S": 1}, -2),
        ("Fe^{3+}", {"Fe": 1}, 3),
        ("[Fe(CN)6]4-", {"C": 6, "Fe": 1, "N": 6}, -4),
        ("NH4+", {"H": 4, "N": 1}, 1),
        ("H₂O", {"H": 2, "O": 1}, 0),
    ],
)
def test_a_formula_is_its_elements_and_its_charge(text, counts, charge):
    parsed = parse_formula(text)
    assert dict(parsed.counts) == counts
    assert parsed.charge == charge


@pytest.mark.parametrize(
    "text", ["", "NACL", "co2", "C6H(12", "C6H12)", "Xx2", "H0", "c1ccccc1", "ethanol", "C" * 5000, "C99999999H"]
)
def test_what_is_no_formula_is_one_sentence(text):
    with pytest.raises(ToolInputError) as raised:
        parse_formula(text)
    assert "\n" not in str(raised.value) and len(str(raised.value)) < 600


@pytest.mark.parametrize("text", ["TNT", "DDT", "BHT", "DNT"])
def test_a_t_in_an_abbreviation_is_not_taken_for_tritium(text):
    with pytest.raises(ToolInputError, match="tritium"):
        parse_formula(text)


@pytest.mark.parametrize(("text", "hydrogens"), [("HTO", 2), ("T2O", 2), ("CH3T", 4), ("HT", 2)])
def test_tritium_is_read_where_it_is_meant(text, hydrogens):
    assert parse_formula(text).counts["H"] == hydrogens


def test_a_half_is_not_taken_for_a_one():
    with pytest.raises(ToolInputError, match="whole numbers"):
        parse_formula("CaSO4·½H2O")


@pytest.mark.parametrize("text", ["TH", "TI", "DY", "TC"])
def test_hydrogens_isotopes_in_capitals_are_named_in_the_doubt(text):
    assert "tritium" in str(parse_formula(text).notes) or "deuterium" in str(parse_formula(text).notes)


def test_a_group_has_no_isotopes():
    with pytest.raises(ToolInputError, match="isotope"):
        parse_formula("Cl^3Me")


@pytest.mark.parametrize(
    ("text", "in_doubt"),
    [("NaCI", True), ("CHCI3", True), ("CI4", True), ("NaCl", False), ("C2H5I", False), ("HClIn", False)],
)
def test_a_capital_i_after_carbon_is_told_from_chlorine(text, in_doubt):
    assert any("chlorine is Cl" in note for note in parse_formula(text).notes) is in_doubt


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[Pt](Cl)(Cl)(N)N", "could be the formula"),
        ("C1CC", "open ring"),
        ("C1CCCCC1C1CC", "open ring"),
        ("C1CCC1", "could be"),
    ],
)
def test_a_smiles_is_not_read_as_a_formula_without_hydrogens(text, words):
    with pytest.raises(ToolInputError, match=words):
        parse_formula(text)


@pytest.mark.parametrize(
    ("text", "hill"),
    [
        ("[Na]Cl", "ClNa"),
        ("[Cr](CO)6", "C6CrO6"),
        ("CF3CF2CF3", "C3F8"),
        ("C1H4O1", "CH4O"),
        ("[Fe]", "Fe"),
        ("[Cu]SO4", "CuO4S"),
    ],
)
def test_a_formula_with_brackets_or_repeated_elements_is_read(text, hill):
    assert parse_formula(text).hill == hill

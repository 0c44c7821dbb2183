"""``rgroup_table``: substituents that can be read off the names, and fits worked out by hand."""

from __future__ import annotations

import math

import pytest

from errors import ToolInputError
from tools.chemistry.free_wilson import free_wilson, predictions
from tools.chemistry.rgroups import rgroup_table

META = "c1cc([*:1])cc([*:2])c1"
SERIES = ["Oc1cccc(C)c1", "Nc1cccc(C)c1", "Oc1cccc(Cl)c1", "Nc1cccc(Cl)c1"]  # m-cresol, m-toluidine, 3-chloro…


def groups(output):
    return [tuple(row.get(position) for position in output.data["positions"]) for row in output.data["rows"]]


def test_the_substituents_of_monosubstituted_benzenes_are_found():
    output = rgroup_table(["toluene", "chlorobenzene", "phenol", "anisole", "benzene"], "c1ccccc1")
    assert groups(output) == [("*C",), ("*Cl",), ("*O",), ("*OC",), ("H",)]


def test_labels_of_the_core_are_kept():
    output = rgroup_table(SERIES, META)
    assert output.data["positions"] == ["R1", "R2"]
    assert {frozenset(row) for row in groups(output)} == {
        frozenset(pair) for pair in (("*O", "*C"), ("*N", "*C"), ("*O", "*Cl"), ("*N", "*Cl"))
    }


@pytest.mark.parametrize("core", ["c1ccccc1", "benzene", "*c1ccccc1", "[#6]1:[#6]:[#6]:[#6]:[#6]:[#6]:1"])
def test_a_core_may_be_smiles_a_name_or_smarts(core):
    assert groups(rgroup_table(["Cc1ccccc1", "Fc1ccccc1"], core)) == [("*C",), ("*F",)]


def test_a_molecule_without_the_core_keeps_its_row():
    output = rgroup_table(["Cc1ccccc1", "CCO", "Clc1ccccc1"], "c1ccccc1", [1.0, 2.0, 3.0])
    assert [row["matched"] for row in output.data["rows"]] == [True, False, True]
    assert "2 of 3" in output.summary
    assert any("2 (CCO)" in note for note in output.notes)
    assert output.data["rows"][1]["fitted"] is None


def test_an_additive_series_is_fitted_exactly():
    # m-cresol 5.0; NH2 for OH adds 1.0; Cl for CH3 adds 0.5
    fit = rgroup_table(SERIES, META, [5.0, 6.0, 5.5, 6.5]).data["free_wilson"]
    assert fit["solved"] is True and fit["degrees_of_freedom"] == 1
    assert fit["r_squared"] == pytest.approx(1.0)
    assert sorted(term["contribution"] for term in fit["contributions"]) in (
        [0.5, 1.0],
        [-1.0, 0.5],
        [-0.5, 1.0],
        [-1.0, -0.5],
    )


def test_the_errors_are_those_of_ordinary_least_squares():
    # two groups of two: means 2 and 5, residuals ±1; s² = 4/2 = 2; se(intercept) = sqrt(2/2), se(difference) = sqrt(2)
    rows = [{"R1": "H"}, {"R1": "H"}, {"R1": "*C"}, {"R1": "*C"}]
    fit = free_wilson(rows, [1.0, 3.0, 4.0, 6.0])
    assert fit.references == {"R1": "H"}
    assert (fit.intercept.value, fit.intercept.standard_error) == pytest.approx((2.0, 1.0))
    assert (fit.terms[0].value, fit.terms[0].standard_error) == pytest.approx((3.0, math.sqrt(2)))
    assert fit.r_squared == pytest.approx(1 - 4 / 13)  # total: 6.25 + 0.25 + 0.25 + 6.25
    assert fit.residual_standard_error == pytest.approx(math.sqrt(2))
    assert fit.degrees_of_freedom == 2


def test_the_most_frequent_substituent_is_the_reference():
    rows = [{"R1": "*C"}, {"R1": "*C"}, {"R1": "H"}]
    assert free_wilson(rows, [1.0, 1.0, 2.0]).references == {"R1": "*C"}


def test_substituents_that_always_occur_together_are_not_solved():
    output = rgroup_table(["Oc1cccc(C)c1", "Nc1cccc(Cl)c1"] * 2, META, [5.0, 6.0, 5.1, 6.1])
    fit = output.data["free_wilson"]
    assert fit["solved"] is False and fit["rank"] == 2 and fit["parameters"] == 3
    assert "contributions" not in fit
    assert "not possible" in output.summary


def test_more_parameters_than_molecules_are_not_solved():
    fit = rgroup_table(["Oc1cccc(C)c1", "Nc1cccc(Cl)c1"], META, [5.0, 6.0]).data["free_wilson"]
    assert fit["solved"] is False and "cannot determine" in fit["why_not"]


def test_a_saturated_fit_has_no_errors_and_no_r_squared():
    output = rgroup_table(["Cc1ccccc1", "Clc1ccccc1", "c1ccccc1"], "c1ccccc1", [1.0, 2.0, 4.0])
    fit = output.data["free_wilson"]
    assert fit["solved"] is True and fit["degrees_of_freedom"] == 0
    assert fit["r_squared"] is None and fit["intercept_standard_error"] is None
    assert fit["intercept"] == 4.0  # hydrogen is the reference
    assert {term["substituent"]: term["contribution"] for term in fit["contributions"]} == {"*C": -3.0, "*Cl": -2.0}
    assert [row["residual"] for row in output.data["rows"]] == [0.0, 0.0, 0.0]


def test_a_constant_activity_has_no_r_squared():
    fit = rgroup_table(["Cc1ccccc1", "Clc1ccccc1"] * 2, "c1ccccc1", [3, 3, 3, 3]).data["free_wilson"]
    assert fit["r_squared"] is None
    assert fit["contributions"][0]["contribution"] == 0.0


def test_nothing_that_varies_is_no_fit():
    assert rgroup_table(["Cc1ccccc1"], "c1ccccc1", [1.0]).data["free_wilson"]["solved"] is False


def test_diastereomers_with_the_same_groups_are_pointed_out():
    output = rgroup_table(["C[C@H]1CCCC[C@H]1C", "C[C@H]1CCCC[C@@H]1C"], "C1CCCCC1")
    assert any("what tells them apart" in note for note in output.notes)


def test_a_ring_on_the_core_shows_both_its_bonds():
    output = rgroup_table(["c1ccc2c(c1)CCC2"], "c1ccccc1")  # indane
    assert all("[*:1]" in group and "[*:2]" in group for group in groups(output)[0])


@pytest.mark.parametrize(
    ("core", "words"),
    [
        ("", "no core"),
        ("foo", "core"),
        ("[*:1]", "no atom of a core"),
        ("c1ccccc1.CC", "several parts"),
        ("c1ccc([*:1])cc1[*:1]", "twice"),
        ("C1CCCCC1", "None of the molecules"),
        ("[#6", "core"),
        ("c1ccccc1 C", "core"),
    ],
)
def test_wrong_cores_are_refused(core, words):
    with pytest.raises(ToolInputError) as caught:
        rgroup_table(["Cc1ccccc1"], core)
    assert words in str(caught.value)


@pytest.mark.parametrize("core", ["c1cc([R1])cc([R2])c1", "c1cc([1*])cc([2*])c1", META])
def test_places_of_attachment_may_be_written_as_r_groups(core):
    output = rgroup_table(SERIES, core)
    assert output.data["positions"] == ["R1", "R2"]
    assert {frozenset(row) for row in groups(output)} == {
        frozenset(pair) for pair in (("*O", "*C"), ("*N", "*C"), ("*O", "*Cl"), ("*N", "*Cl"))
    }


@pytest.mark.parametrize("gap", [None, "?", "", "n/a", "-"])
def test_the_missing_combination_of_an_additive_series_is_predicted(gap):
    # m-cresol 5.0, NH2 for OH adds 1.0, Cl for CH3 adds 0.5: both make 6.5
    output = rgroup_table(SERIES, META, [5.0, 6.0, 5.5, gap])
    assert [row["predicted"] for row in output.data["rows"]] == [None, None, None, 6.5]
    assert output.data["predictions"] == [
        {"item": 4, "smiles": "Nc1cccc(Cl)c1", "predicted": 6.5, "why_not": ""},
    ]
    assert "item 4" in output.summary and "6.5" in output.summary
    assert output.data["free_wilson"]["solved"] is True


def test_a_prediction_is_that_of_least_squares():
    # two by two with residuals: y = 1, 2, 4, 6 at (0,0), (0,1), (1,0), (1,1); the row means and column means give, for the
    # cell (1,1) left out of a second replicate, 13/4 + (5 - 13/4) + (4 - 13/4) = 5.75
    rows = [{"R1": a, "R2": b} for a, b in (("H", "H"), ("H", "*C"), ("*C", "H"), ("*C", "*C"))]
    (made,) = predictions(rows, [1.0, 2.0, 4.0, 6.0], [rows[3]])
    assert made.value == pytest.approx(5.75)


def test_what_the_measured_molecules_determine_is_predicted_even_where_not_every_contribution_is():
    # OH and CH3 always come together, and so do NH2 and Cl, but a third m-cresol is known all the same
    molecules = ["Oc1cccc(C)c1", "Nc1cccc(Cl)c1", "Oc1cccc(C)c1", "Oc1cccc(Cl)c1", "Oc1cccc(F)c1", "CCO"]
    output = rgroup_table(molecules, META, [5.0, 6.0, None, None, None, None])
    assert output.data["free_wilson"]["solved"] is False
    made = output.data["predictions"]
    assert [one["predicted"] for one in made] == [5.0, None, None, None]
    assert ["never vary apart" in made[1]["why_not"], "*F" in made[2]["why_not"], "core" in made[3]["why_not"]] == [
        True
    ] * 3


@pytest.mark.parametrize("written", ["5, 6, 5.5, 6.5", "[5.0; 6.0; 5.5; 6.5]", ["5", "6", "5.5", "6.5"]])
def test_activities_may_be_written_as_text(written):
    assert [row["activity"] for row in rgroup_table(SERIES, META, written).data["rows"]] == [5.0, 6.0, 5.5, 6.5]


def test_large_activities_keep_their_digits():
    fit = rgroup_table(SERIES, META, [123456.0, 133456.0, 123457.0, None]).data
    assert fit["predictions"][0]["predicted"] == 133457.0


@pytest.mark.parametrize(
    "activities",
    [
        [1.0],
        [1.0, 2.0, 3.0],
        [1.0, math.nan],
        [1.0, math.inf],
        [],
        [None, None],
        ["a", 1.0],
        "1,5 2,5",
        "1.0",
        ["1,5", "2"],
    ],
)
def test_wrong_activities_are_refused(activities):
    with pytest.raises(ToolInputError) as caught:
        rgroup_table(["Cc1ccccc1", "Clc1ccccc1"], "c1ccccc1", activities)
    assert caught.value.where.startswith("activities")


@pytest.mark.parametrize("molecules", [[], ["CCO", ""], ["C1CC"]])
def test_wrong_molecules_are_refused(molecules):
    with pytest.raises(ToolInputError):
        rgroup_table(molecules, "c1ccccc1")


PARA = "[*:1]c1ccc([*:2])cc1"


def test_equal_places_of_a_symmetric_core_are_exchanged_to_leave_few_groups_at_each():
    # X-C6H4-Y with X of OCH3 and N(CH3)2, Y of Cl and CN, written in any order
    output = rgroup_table(["COc1ccc(Cl)cc1", "N#Cc1ccc(OC)cc1", "Clc1ccc(N(C)C)cc1", "CN(C)c1ccc(C#N)cc1"], PARA)
    columns = [set(column) for column in zip(*groups(output), strict=True)]
    assert columns in ([{"*OC", "*N(C)C"}, {"*Cl", "*C#N"}], [{"*Cl", "*C#N"}, {"*OC", "*N(C)C"}])
    assert any("R1 and R2 could be exchanged" in note for note in output.notes)
    assert not any(
        "could be exchanged" in note for note in rgroup_table(["Cc1ccncc1", "Clc1ccncc1"], "[*:1]c1ccncc1").notes
    )


def test_a_group_that_holds_the_core_again_is_not_taken_for_the_core_where_that_makes_more_groups():
    # 4-X-biphenyls and others of a series X-C6H4-Y with Y of C6H5 and Cl
    molecules = [
        "COc1ccc(Cl)cc1",
        "COc1ccc(-c2ccccc2)cc1",
        "CCc1ccc(Cl)cc1",
        "CCc1ccc(-c2ccccc2)cc1",
        "N#Cc1ccc(Cl)cc1",
    ]
    output = rgroup_table([*molecules, "N#Cc1ccc(-c2ccccc2)cc1"], PARA, [1.0, 3.0, 2.0, 4.0, 5.0, None])
    assert output.data["predictions"][0]["predicted"] == 7.0


def test_a_prediction_that_depends_on_the_orientation_of_a_symmetric_core_is_not_given():
    # F and Cl occur at both ends: which of them stands at R1 of the last molecule is open
    molecules = ["Fc1ccc(F)cc1", "Clc1ccc(Cl)cc1", "Brc1ccc(F)cc1", "Brc1ccc(Cl)cc1", "Fc1ccc(Cl)cc1"]
    output = rgroup_table(molecules, PARA, [1.0, 4.0, 7.0, 9.0, None])
    (made,) = output.data["predictions"]
    assert made["predicted"] is None and "symmetric" in made["why_not"]

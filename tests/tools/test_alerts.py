"""``structural_alerts``: compounds that the papers of the filters name."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.alerts import structural_alerts


def found(molecule):
    return {(alert["catalog"], alert["name"]) for alert in structural_alerts(molecule).data["alerts"]}


@pytest.mark.parametrize(
    ("molecule", "alert"),
    [
        ("Oc1ccccc1O", ("PAINS B", "catechol A")),  # Baell and Holloway 2010: catechols, quinones, rhodanines
        ("O=C1C=CC(=O)C=C1", ("PAINS A", "quinone A")),
        ("O=C1NC(=S)SC1=Cc1ccccc1", ("PAINS A", "ene rhod A")),
        ("O=[N+]([O-])c1ccccc1", ("Brenk", "nitro group")),  # Brenk 2008, table of unwanted groups
        ("O=Cc1ccccc1", ("Brenk", "aldehyde")),
        ("CC(=O)Oc1ccccc1C(=O)O", ("Brenk", "phenol ester")),
        ("O=Cc1ccccc1", ("NIH", "aldehyde")),
    ],
)
def test_the_groups_of_the_papers_are_found(molecule, alert):
    assert alert in found(molecule)


@pytest.mark.parametrize("molecule", ["ethanol", "caffeine", "ibuprofen", "C"])
def test_a_molecule_without_alerts_has_0_and_is_not_called_safe(molecule):
    output = structural_alerts(molecule)
    assert output.data["count"] == 0
    assert "no alert" in output.summary and "safe" not in output.summary
    assert any("none is not safety" in note for note in output.notes)


def test_an_alert_is_not_called_toxicity():
    assert any("not toxicity" in note for note in structural_alerts("Oc1ccccc1O").notes)


def test_the_atoms_are_those_of_the_input():
    alert = next(a for a in structural_alerts("CCCC=O").data["alerts"] if a["name"] == "aldehyde")
    assert set(alert["atoms"]) <= {2, 3, 4} and {3, 4} <= set(alert["atoms"])


def test_a_filter_that_matches_twice_is_one_alert_in_two_places():
    alerts = [a for a in structural_alerts("O=CCCCCC=O").data["alerts"] if a["catalog"] == "Brenk"]
    assert [(a["name"], a["places"]) for a in alerts if a["name"] == "aldehyde"] == [("aldehyde", 2)]


def test_the_count_is_the_sum_over_the_filter_sets():
    data = structural_alerts("O=C1C=CC(=O)C=C1").data
    assert data["count"] == sum(data["counts"].values()) == len(data["alerts"])


@pytest.mark.parametrize("molecule", ["", "C1CC", "CC*", "water", "[Na+].[Cl-]", "cisplatin", "[H][H]", "[#6]O"])
def test_what_is_no_organic_molecule_is_refused(molecule):
    with pytest.raises(ToolInputError):
        structural_alerts(molecule)

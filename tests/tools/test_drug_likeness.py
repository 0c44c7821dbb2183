"""``drug_likeness``: masses and counts by hand or from PubChem (CIDs beside them); Crippen's values from his paper's method."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.drug_likeness import RULES, drug_likeness


@pytest.mark.parametrize(
    ("molecule", "mass", "donors", "acceptors"),
    [
        ("aspirin", 180.16, 1, 4),  # CID 2244
        ("ibuprofen", 206.28, 1, 2),  # CID 3672
        ("glucose", 180.16, 5, 6),  # CID 107526
        ("metformin", 129.17, 5, 5),  # CID 4091: NH, =NH, =NH, NH2 (2) is 5 N-H
        ("paclitaxel", 853.9, 4, 15),  # CID 36314
        ("NCC(N)=O", 74.08, 4, 3),  # glycinamide: four N-H, though two donors atoms
    ],
)
def test_lipinskis_counts_are_of_nh_and_oh_bonds_and_of_n_and_o_atoms(molecule, mass, donors, acceptors):
    data = drug_likeness(molecule).data
    assert data["average_mass_da"] == pytest.approx(mass, abs=0.06)
    assert (data["h_bond_donors"], data["h_bond_acceptors"]) == (donors, acceptors)


@pytest.mark.parametrize(
    ("molecule", "violations", "passes"),
    [
        ("aspirin", 0, True),
        ("imatinib", 0, True),  # 493.6 Da
        ("C" * 20, 1, True),  # icosane: logP alone; one violation is still a pass (Lipinski 1997: two or more alert)
        ("C" * 40, 2, False),  # mass and logP
        ("paclitaxel", 2, False),  # mass and N+O
        ("vancomycin", 3, False),  # mass, donors, acceptors
    ],
)
def test_the_rule_of_five_is_passed_with_at_most_one_violation(molecule, violations, passes):
    output = drug_likeness(molecule)
    assert (output.data["ro5_violations"], output.data["ro5_pass"]) == (violations, passes)
    assert ("passes it" in output.summary) is passes


def test_each_rule_has_its_value_limit_and_result():
    rules = drug_likeness("paclitaxel").data["rules"]
    assert len(rules) == len(RULES)
    mass = rules[0]
    assert mass["rule_set"] == "Rule of five" and mass["limit"] == "at most 500" and mass["passed"] is False


def test_a_value_at_the_limit_passes():
    # ten rotatable bonds: dodecane has 9 inner C-C bonds, tridecane 10, tetradecane 11
    assert drug_likeness("C" * 13).data["rotatable_bonds"] == 10
    assert drug_likeness("C" * 13).data["veber_pass"] is True
    assert drug_likeness("C" * 14).data["veber_pass"] is False


def test_qed_is_that_of_bickertons_table():
    # Bickerton 2012 and RDKit's QED documentation: mean weights lie between 0 and 1; ibuprofen is among the high ones
    assert drug_likeness("ibuprofen").data["qed"] == pytest.approx(0.82, abs=0.01)  # ChEMBL521: QED weighted 0.82
    assert drug_likeness("aspirin").data["qed"] == pytest.approx(0.55, abs=0.01)  # ChEMBL25: 0.55


def test_the_sa_score_works_from_the_wheel_and_ranks_as_chemists_do():
    easy, hard = drug_likeness("aspirin").data["sa_score"], drug_likeness("vancomycin").data["sa_score"]
    assert 1 <= easy < 2.5 < 6 < hard <= 10  # Ertl and Schuffenhauer 2009


@pytest.mark.parametrize(
    ("molecule", "words"),
    [
        ("CC(=O)[O-].[Na+]", "active component alone"),
        ("C[Hg]C", "not fitted for Hg"),
        ("erythromycin", "macrocycle"),
        ("NCC(=O)NCC(=O)NCC(=O)O", "Peptides"),
        ("C[N+](C)(C)C", "neutral compounds"),
    ],
)
def test_what_lies_outside_the_rules_domain_is_said(molecule, words):
    assert any(words in note for note in drug_likeness(molecule).notes)


def test_no_value_is_a_negative_zero():
    assert str(drug_likeness("CCO").data["logp_crippen"]) == "0.0"


@pytest.mark.parametrize("molecule", ["", "C1CC", "CC*", "water", "[Na+].[Cl-]", "C60", "[H][H]", "aspirin and more"])
def test_what_is_no_organic_molecule_is_refused(molecule):
    with pytest.raises(ToolInputError):
        drug_likeness(molecule)

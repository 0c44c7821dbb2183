"""``protonation_states``: forms that textbooks give far from the pKa values, and refusals."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.protonation import protonation_states


@pytest.mark.parametrize(
    ("molecule", "ph", "smiles", "charge"),
    [
        ("acetic acid", 7.4, "CC(=O)[O-]", -1),  # pKa 4.76 (CRC Handbook)
        ("acetic acid", 1, "CC(=O)O", 0),
        ("CN", 7.4, "C[NH3+]", 1),  # pKa 10.6
        ("CN", 13, "CN", 0),
        ("phenol", 7.4, "Oc1ccccc1", 0),  # pKa 9.99
        ("phenol", 13, "[O-]c1ccccc1", -1),
        ("guanidine", 7.4, "NC(N)=[NH2+]", 1),  # pKa 13.6
        ("CS(=O)(=O)O", 7.4, "CS(=O)(=O)[O-]", -1),
        ("citric acid", 12, "O=C([O-])CC(O)(CC(=O)[O-])C(=O)[O-]", -3),
        ("glycine", 1, "[NH3+]CC(=O)O", 1),  # pKa 2.35 and 9.78
        ("glycine", 13, "NCC(=O)[O-]", -1),
        ("benzene", 7.4, "c1ccccc1", 0),
        ("C[N+](C)(C)C", 7.4, "C[N+](C)(C)C", 1),
        ("ibuprofen", 7.4, "CC(C)Cc1ccc(C(C)C(=O)[O-])cc1", -1),
        ("[O-]c1ccccc1", 7.4, "Oc1ccccc1", 0),  # what was given charged is written as it is at this pH
    ],
)
def test_far_from_the_pka_there_is_one_form(molecule, ph, smiles, charge):
    data = protonation_states(molecule, ph).data
    assert (data["smiles"], data["charges"], data["count"]) == ([smiles], [charge], 1)


def test_near_the_pka_both_forms_are_given_and_this_is_said():
    output = protonation_states("OP(=O)(O)O", 7.2)  # pKa2 of phosphoric acid: 7.2
    assert output.data["charges"] == [-2, -1]
    assert any("several forms" in note for note in output.notes)


def test_the_rules_are_named_and_are_not_called_pka_values():
    output = protonation_states("acetic acid")
    assert "Dimorphite-DL" in output.summary
    assert any("no pKa of this molecule is computed" in note for note in output.notes)
    assert output.data["rules"][0]["group"] == "Carboxyl"


def test_precision_0_leaves_one_form():
    assert protonation_states("glycine", 7.4, 0.0).data["count"] == 1
    assert protonation_states("glycine", 7.4, 0.0).data["smiles"] == ["[NH3+]CC(=O)[O-]"]


def test_both_parts_of_a_salt_are_kept():
    assert protonation_states("C1CCNCC1.Cl").data["smiles"] == ["C1CC[NH2+]CC1.[Cl-]"]
    assert protonation_states("CC(=O)[O-].C[NH3+]", 1).data["smiles"] == ["CC(=O)O.C[NH3+]"]
    assert protonation_states("CC(=O)O.[Na+]", 7.4).data["smiles"] == ["CC(=O)[O-].[Na+]"]


def test_stereo_and_isotopes_of_heavy_atoms_are_kept():
    assert all("@" in smiles for smiles in protonation_states("N[C@@H](C)C(=O)O").data["smiles"])
    assert protonation_states("C[13CH2]N").data["smiles"] == ["C[13CH2][NH3+]"]


def test_a_nitro_group_is_no_ionizable_group():
    assert protonation_states("C[N+](=O)[O-]").data["rules"] == []


@pytest.mark.parametrize(
    "molecule",
    ["N", "[NH4+]", "OS(=O)(=O)O", "OC(=O)O", "[OH-]", "[H+]", "C[Hg]C", "cisplatin", "[2H]OC", "[CH2-]C", "C" * 201],
)
def test_what_the_rules_do_not_cover_is_refused(molecule):
    with pytest.raises(ToolInputError):
        protonation_states(molecule)


@pytest.mark.parametrize("molecule", ["", "C1CC", "CC*", "NCC and more", "C6H12O6"])
def test_what_is_no_molecule_is_refused(molecule):
    with pytest.raises(ToolInputError):
        protonation_states(molecule)


def test_nothing_is_printed(capfd):
    protonation_states("[NH3+][C@@H](Cc1c[nH]cn1)C(=O)[O-].[Na+].[Cl-]", 6.0)
    assert capfd.readouterr() == ("", "")

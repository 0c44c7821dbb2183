"""``show_3d``: coordinates of the right molecule, energies in order, and what cannot be shown refused.

Bond lengths and energy differences are experimental ones; a force field is expected near them, not at them.
"""

from __future__ import annotations

import math

import pytest
from rdkit import Chem

from errors import ToolInputError
from tools.chemistry import conformers
from tools.chemistry.conformers import show_3d
from tools.running import Workers


def models(output) -> list[Chem.Mol]:
    return [Chem.MolFromMolBlock(text, removeHs=False) for text in output.views[0].models]


def distance(mol: Chem.Mol, pattern: str) -> float:
    """Of the first two atoms that a SMARTS finds, in ångström."""
    first, second = mol.GetSubstructMatch(Chem.MolFromSmarts(pattern))[:2]
    places = mol.GetConformer()
    return (places.GetAtomPosition(first) - places.GetAtomPosition(second)).Length()


@pytest.mark.parametrize(
    ("molecule", "pattern", "angstrom"),
    [  # CRC Handbook of Chemistry and Physics, 97th ed., section 9, "Structure of free molecules in the gas phase"
        ("CC", "CC", 1.53),
        ("C=C", "C=C", 1.34),
        ("C#C", "C#C", 1.20),
        ("c1ccccc1", "cc", 1.40),
        ("C=O", "C=O", 1.21),
        ("O", "O[#1]", 0.96),
    ],
)
def test_bond_lengths_are_near_those_of_the_gas_phase(molecule, pattern, angstrom):
    (model,) = models(show_3d(molecule))
    assert distance(model, pattern) == pytest.approx(angstrom, abs=0.03)


def test_the_coordinates_are_of_the_molecule_with_its_hydrogens_and_its_stereochemistry():
    (model,) = models(show_3d("C[C@H](N)C(=O)O"))  # L-alanine, C3H7NO2
    assert model.GetNumAtoms() == 13
    Chem.AssignStereochemistryFrom3D(model)
    assert Chem.MolToSmiles(Chem.RemoveHs(model)) == Chem.CanonSmiles("C[C@H](N)C(=O)O")
    assert len({round(model.GetConformer().GetAtomPosition(i).z, 1) for i in range(13)}) > 3  # not flat


def test_the_gauche_form_of_butane_lies_above_the_anti_form():
    output = show_3d("CCCC", conformers=10)
    energies = output.data["relative_energies_kcal_mol"]
    # 0.67 kcal/mol in the gas phase: W. A. Herrebout et al., J. Phys. Chem. 1995, 99, 578
    assert max(energies) == pytest.approx(0.67, abs=0.2)
    assert output.data["force_field"] == "MMFF94s"


def test_energies_are_relative_to_the_lowest_and_in_rising_order():
    output = show_3d("CCCCCC", conformers=8)
    energies = output.data["relative_energies_kcal_mol"]
    assert len(energies) == output.data["conformers"] == 8
    assert energies[0] == 0
    assert energies == sorted(energies)
    assert any("not free energies" in note for note in output.notes)
    assert [view.kind for view in output.views] == ["structure3d", "table"]


def test_the_same_call_gives_the_same_coordinates():
    assert show_3d("ibuprofen", conformers=3).views == show_3d("ibuprofen", conformers=3).views


def test_uff_stands_in_where_mmff_has_no_parameters_and_is_named():
    output = show_3d("OB(O)c1ccccc1")  # MMFF94 has no boron: T. A. Halgren, J. Comput. Chem. 1996, 17, 490
    assert output.data["force_field"].startswith("UFF")
    assert "UFF" in output.summary


def test_all_conformers_are_of_one_isomer_when_the_stereochemistry_was_left_open():
    output = show_3d("CC(O)C(N)C=CC", conformers=6)
    isomers = set()
    for model in models(output):
        Chem.AssignStereochemistryFrom3D(model)
        isomers.add(Chem.MolToSmiles(Chem.RemoveHs(model)))
    assert len(isomers) == 1
    (built,) = isomers
    assert any(f"built as {built}, one of the possible isomers" in note for note in output.notes)


@pytest.mark.parametrize("molecule", ["C[C@H](N)C(=O)O", "C/C=C/C", "C12C3C4C1C5C2C3C45", "CCO"])
def test_nothing_is_said_of_open_stereochemistry_where_none_is_open(molecule):
    assert not any("left open" in note for note in show_3d(molecule).notes)


def test_a_cage_that_the_torsion_knowledge_forbids_is_embedded_by_plain_distance_geometry(monkeypatch):
    monkeypatch.setattr(conformers, "EMBEDDING_LIMIT_S", 1)
    output = show_3d("buckminsterfullerene")
    assert any("plain distance geometry" in note for note in output.notes)
    (model,) = models(output)
    centre = sum((model.GetConformer().GetPositions()), start=0) / 60
    radii = [math.dist(place, centre) for place in model.GetConformer().GetPositions()]
    assert min(radii) == pytest.approx(max(radii), abs=0.2)  # a ball
    # 3.55 Å: K. Hedberg et al., Science 1991, 254, 410
    assert sum(radii) / 60 == pytest.approx(3.55, abs=0.1)


@pytest.mark.parametrize(
    ("molecule", "words"),
    [
        ("[CH3]", "no unpaired electrons"),
        ("C[Mg]Br", "rough for metals"),
        ("CCO", "not proven the lowest"),
    ],
)
def test_what_a_geometry_is_worth_is_said(molecule, words):
    assert any(words in note for note in show_3d(molecule).notes)


@pytest.mark.parametrize(
    ("molecule", "words"),
    [
        ("[Na+].[Cl-]", "several components"),
        ("CuSO4.5H2O", "several components"),
        ("[Na+]", "single atom"),
        ("[He]", "single atom"),
        ("[H+]", "single atom"),
        ("C" * 151, "at most 150"),
        ("N->[Pt](Cl)(Cl)<-N", "Neither MMFF94s nor UFF has parameters"),
        ("F[Xe]F", "Neither MMFF94s nor UFF"),
        ("C1C[C@H]2CC[C@H]1C2", "could be built"),  # norbornane's bridge cannot be trans
        ("C*", "dummy atom"),
        ("", "empty"),
    ],
)
def test_what_has_no_3d_structure_is_refused_in_a_sentence(molecule, words):
    with pytest.raises(ToolInputError) as caught:
        show_3d(molecule)
    assert words in str(caught.value)
    assert caught.value.hint


def test_conformers_that_time_does_not_allow_are_left_out_and_this_is_said(monkeypatch):
    monkeypatch.setattr(conformers, "LATEST_START_S", 0.0)
    output = show_3d("CCCCCC", conformers=5)
    assert output.data["conformers"] == 1
    assert any("5 conformers were asked for and 1 found" in note for note in output.notes)


@pytest.mark.parametrize(
    ("asked", "complaint"), [(0, "greater than or equal to 1"), (21, "less than or equal to 20"), ("three", "integer")]
)
def test_a_wrong_number_of_conformers_is_refused(asked, complaint):
    workers = Workers(modules=("tools.chemistry.conformers",), size=1)
    try:
        with pytest.raises(ToolInputError, match=complaint):
            workers.call("show_3d", {"molecule": "CCO", "conformers": asked})
    finally:
        workers.close()


def test_a_way_to_embed_that_fails_inside_is_followed_by_the_next():
    (model,) = models(show_3d("C1CCCC1"))  # the minimiser of ETKDGv3 gives up on cyclopentane with this seed
    assert model.GetNumAtoms() == 15

"""``find_substructure``: matches counted by hand on the structural formula; the rules are those of Daylight's theory manual."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.substructures import find_substructure

C60 = (
    "c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9c4c4c9c%10c5c5c1c1c6c6c%11c2c2c7c3c3c8c4c4c9"
    "c5c1c1c6c2c3c41"
)


@pytest.mark.parametrize(
    ("smarts", "molecule", "matches"),
    [
        ("[OX2H]", "OCC(O)CO", [[0], [3], [5]]), ("C(=O)O", "CC(=O)Oc1ccccc1C(=O)O", [[1, 2, 3], [10, 11, 12]]),
        ("[CX3](=O)[OX2H1]", "CC(=O)Oc1ccccc1C(=O)O", [[10, 11, 12]]), ("c1ccccc1", "c1ccc2ccccc2c1", [[0, 1, 2, 3, 8, 9], [3, 4, 5, 6, 7, 8]]),
        ("CO", "CC(=O)OC", [[1, 3], [4, 3]]), ("C~O", "CC(=O)OC", [[1, 2], [1, 3], [4, 3]]), ("OC", "CO", [[1, 0]]),
        ("[CH3]", "CC(C)C", [[0], [2], [3]]), ("[$([CX3](=O)[OX2H1])]", "OC(=O)CC(=O)O", [[1], [4]]),
        ("[!#6;!#1]", "CCO", [[2]]), ("[NX3;H2,H1;!$(NC=O)]", "CCN(CC)CC(=O)Nc1c(C)cccc1C", []),
        ("[R2]", "C1CC2CCC1C2", [[2], [5], [6]]), ("[Cl-]", "CC[NH3+].[Cl-]", [[3]]), ("[2H]", "[2H]O[2H]", [[0], [2]]),
        ("[H]O", "CCO", [[8, 2]]), ("[H]", "C", [[1], [2], [3], [4]]), ("C", "c1ccccc1", []), ("c", "C1CCCCC1", []),
        ("[#6]", "[13CH4]", [[0]]), ("[13C]", "C[13CH3]", [[1]]), ("C.C", "CC", [[0, 1]]), ("[D1;!#1]", "CC(C)C", [[0], [2], [3]]),
    ],
)  # fmt: skip
def test_each_match_and_its_atoms(smarts, molecule, matches):
    data = find_substructure(smarts, molecule).data
    assert sorted(data["matches"]) == sorted(matches)
    assert data["count"] == len(matches)
    assert data["complete"] is True


@pytest.mark.parametrize(
    ("smarts", "molecule", "count"),
    [
        # a path of six vertices of a cube leaves out two; all but two of a face's diagonal (12 of 28 pairs) leave such a path
        ("*~*~*~*~*~*", "C12C3C4C1C5C2C3C45", 16),
        ("a1aaaaa1", C60, 20), ("a1aaaa1", C60, 12), ("[#6]~[#6]", C60, 90),  # the hexagons, pentagons and edges of C60
        ("c1ccccc1", "c1ccccc1." * 99 + "c1ccccc1", 100),
        ("NCC(=O)", "NCC(=O)NCC(=O)NCC(=O)O", 3),
    ],
)  # fmt: skip
def test_matches_over_the_same_atoms_are_one(smarts, molecule, count):
    assert find_substructure(smarts, molecule).data["count"] == count


@pytest.mark.parametrize(
    ("smarts", "molecules", "counts"),
    [
        ("C[C@H](N)C(=O)O", ["C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O", "CC(N)C(=O)O"], [1, 0, 0]),
        ("CC(N)C(=O)O", ["C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O"], [1, 1]),
        ("F/C=C/F", ["F/C=C/F", "F/C=C\\F", "FC=CF"], [1, 0, 0]), ("FC=CF", ["F/C=C/F", "FC=CF"], [1, 1]),
    ],
)  # fmt: skip
def test_stereo_marks_of_the_pattern_are_heeded(smarts, molecules, counts):
    data = find_substructure(smarts, molecules).data
    assert [row["count"] for row in data["molecules"]] == counts
    assert data["count"] == data["containing"] == sum(map(bool, counts))


def test_a_kekule_pattern_is_told_what_it_would_be_as_a_smiles():
    output = find_substructure("C1=CC=CC=C1", "c1ccccc1")
    assert output.data["count"] == 0
    assert any("would be c1ccccc1: it occurs" in note for note in output.notes)
    several = find_substructure("C1=CC=C(C=C1)O", ["phenol", "ethanol"])
    assert several.data["count"] == 0
    assert any("Oc1ccccc1: 1 of 2 molecules" in note for note in several.notes)
    assert not any("Read as a SMILES" in note for note in find_substructure("c1ccccc1", "benzene").notes)


def test_the_atoms_of_a_name_are_those_of_the_smiles_that_is_given():
    output = find_substructure("[OX2H]", "citric acid")
    smiles = output.data["smiles"]
    assert any(smiles in note for note in output.notes)
    again = find_substructure("[OX2H]", smiles)
    assert output.data["matches"] == again.data["matches"]


def test_a_list_of_one_and_a_search_that_ends_early():
    data = find_substructure("O", ["OCCO"]).data
    assert data["count"] == 2 and data["molecules"][0]["count"] == 2
    many = find_substructure("~".join(["[#6]"] * 8), C60)
    assert many.data["complete"] is False
    assert "at least 1,000 times" in many.summary
    assert any("there are more" in note for note in many.notes)


@pytest.mark.parametrize(
    ("smarts", "molecules", "words"),
    [
        ("ester", "CCO", r"is a name.*\[OX2\]"), ("Carboxylic acid", "CCO", "is a name"), ("pyridine", "c1ccncc1", "not a valid SMARTS"),
        ("CC>>C", "CCO", "reaction SMARTS"), ("", "CCO", "is empty"), ("C", [], "empty"), ("C", ["CCO", "C1CC"], "item 2"),
        ("C", ["C"] * 501, "at most 500"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused(smarts, molecules, words):
    with pytest.raises(ToolInputError, match=words):
        find_substructure(smarts, molecules)

"""``similarity``: Tanimoto coefficients worked out by hand from the definition, and the properties it must have."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.similarity import similarity


def test_an_identical_molecule_has_similarity_1_however_it_is_written():
    for fingerprint in ("morgan", "maccs", "rdkit", "atom pairs"):
        assert similarity("OCC", "ethanol", fingerprint).data["tanimoto"] == 1.0


def test_morgan_bits_can_be_counted_by_hand():
    # Rogers and Hahn 2010. Propane, radius 0: CH3, CH2; radius 1: CH3-C, C-CH2-C; radius 2 adds nothing new to the outer
    # carbons but the whole molecule, which is a duplicate. Ethane: CH3 and CH3-C, where C is a CH3: one bit in common.
    data = similarity("CC", "CCC").data
    assert data["tanimoto"] == pytest.approx(1 / 5)


def test_nothing_in_common_is_0():
    assert similarity("O", "N").data["tanimoto"] == 0.0


def test_the_ranking_names_items_and_runs_from_the_most_similar():
    data = similarity("aspirin", ["CCO", "salicylic acid", "aspirin", "benzoic acid"]).data
    assert next(row["item"] for row in data["ranking"]) == 3
    values = [row["tanimoto"] for row in data["ranking"]]
    assert values == sorted(values, reverse=True)
    assert data["ranking"][-1]["molecule"] == "CCO"
    assert data["count"] == 4


def test_the_fingerprint_and_its_radius_are_named():
    output = similarity("aspirin", ["caffeine"])
    assert "Morgan" in output.summary and "radius 2" in output.summary and "2048 bits" in output.summary
    assert "MACCS keys (166 bits)" in similarity("aspirin", "caffeine", "maccs").summary


@pytest.mark.parametrize(
    ("one", "other"),
    [("C[C@H](O)C(=O)O", "C[C@@H](O)C(=O)O"), ("CCCCCCCCCCC", "CCCCCCCCCCCC")],  # enantiomers; undecane and dodecane
)
def test_an_equal_fingerprint_is_not_called_identity(one, other):
    output = similarity(one, [other])
    assert output.data["tanimoto"] == 1.0
    assert output.data["ranking"][0]["same_structure"] is False
    assert any("not identity" in note for note in output.notes)


def test_a_molecule_without_any_bit_has_no_similarity():
    with pytest.raises(ToolInputError, match="no bit"):
        similarity("C", "CC", "rdkit")  # methane has no path


@pytest.mark.parametrize("molecules", [[], [""], ["CCO", "C1CC"], "xylenes and more", ["CCO"] * 1001])
def test_wrong_lists_are_refused(molecules):
    with pytest.raises(ToolInputError):
        similarity("CCO", molecules)


@pytest.mark.parametrize("query", ["", "CC*", "[#6]", "C60"])
def test_wrong_queries_are_refused(query):
    with pytest.raises(ToolInputError) as caught:
        similarity(query, ["CCO"])
    assert caught.value.where.startswith("query")


def test_salts_and_single_atoms_are_compared_as_they_are():
    output = similarity("CC(=O)[O-].[Na+]", ["CC(=O)O", "[Na+]"])
    assert output.data["count"] == 2
    assert any("2 components" in note for note in output.notes)

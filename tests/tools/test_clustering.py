"""``cluster``: Butina's algorithm (J. Chem. Inf. Comput. Sci. 1999, 39, 747) on distances that are known."""

from __future__ import annotations

import pytest
from rdkit.DataStructs import ExplicitBitVect

from errors import ToolInputError
from tools.chemistry.clustering import butina, cluster


def bits(*places):
    vector = ExplicitBitVect(32)
    for place in places:
        vector.SetBit(place)
    return vector


def test_the_molecule_with_most_neighbours_is_the_first_centroid():
    # Tanimoto 0-1: 3/4, 1-2: 3/4, 0-2: 2/4; 3 has nothing in common with them
    vectors = [bits(1, 2, 3), bits(1, 2, 3, 4), bits(2, 3, 4), bits(9)]
    assert butina(vectors, 0.3) == [[1, 0, 2], [3]]
    assert butina(vectors, 0.0) == [[0], [1], [2], [3]]
    assert butina(vectors, 1.0) == [[3, 0, 1, 2]]  # all are neighbours, and of equals the last leads


def test_a_distance_equal_to_the_cutoff_is_within_it():
    # similarity 3/5 = 0.6 exactly; 1 - 0.6 is 0.4 only up to rounding
    assert butina([bits(1, 2, 3, 4), bits(1, 2, 3, 5)], 0.4) == [[1, 0]]
    assert butina([bits(1, 2, 3, 4), bits(1, 2, 3, 5)], 0.39) == [[0], [1]]


def test_of_equals_the_later_item_leads():
    hub = bits(1, 2, 3, 4, 5, 6)
    near = [bits(1, 2, 3, 4), bits(3, 4, 5, 6), bits(1, 2, 5, 6)]  # 4/6 of the hub, 2/6 of each other
    far = [bits(20, 21, 22), bits(20, 21, 23)]
    assert butina([hub, *near, *far], 0.5) == [[0, 1, 2, 3], [5, 4]]


@pytest.mark.parametrize("cutoff", [0.25, 0.45, 0.55, 0.65, 0.75])
def test_the_clusters_are_those_of_rdkits_own_function(cutoff):
    from rdkit import Chem, DataStructs
    from rdkit.Chem import rdFingerprintGenerator
    from rdkit.ML.Cluster import Butina

    ends = ["O", "N", "Cl", "C(=O)O", "c1ccccc1", "OC", "C#N", "C1CC1", "c1ccncc1", "S(=O)(=O)C"]
    molecules = [f"{left}CC{right}" for left in ("C", "CC", "OC", "c1ccccc1C") for right in ends]
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    made = [generator.GetFingerprint(Chem.MolFromSmiles(one)) for one in molecules]
    distances = [
        1 - value for at in range(1, len(made)) for value in DataStructs.BulkTanimotoSimilarity(made[at], made[:at])
    ]
    known = Butina.ClusterData(distances, len(made), cutoff, isDistData=True)
    assert {(one[0], frozenset(one)) for one in butina(made, cutoff)} == {(one[0], frozenset(one)) for one in known}


def test_a_series_of_alcohols_and_one_of_arenes_are_told_apart():
    molecules = ["CCCO", "CCCCO", "CCCCCO", "CCCc1ccccc1", "CCCCc1ccccc1", "CCCCCc1ccccc1"]
    data = cluster(molecules, 0.6).data
    assert sorted(sorted(group["items"]) for group in data["clusters"]) == [[1, 2, 3], [4, 5, 6]]
    assert data["count"] == 2 and data["singletons"] == 0
    assert sum(group["size"] for group in data["clusters"]) == 6


def test_the_cutoff_is_said_to_be_a_distance():
    output = cluster(["CCO", "CCCO"], 0.35)
    assert "distance of at most 0.35" in output.summary
    assert any("similarity of at least 0.65" in note for note in output.notes)


def test_every_molecule_is_in_one_cluster_with_its_centroid_first():
    molecules = ["C" * n + "O" for n in range(1, 30)] + ["c1ccccc1" + "C" * n for n in range(10)]
    groups = cluster(molecules, 0.3).data["clusters"]
    assert sorted(item for group in groups for item in group["items"]) == list(range(1, 40))


def test_different_structures_with_one_fingerprint_are_named():
    output = cluster(["C[C@H](F)O", "C[C@@H](F)O", "CCO"], 0.2)
    assert any("items 1 and 2" in note for note in output.notes)


def test_the_same_molecule_twice_is_no_different_structure():
    output = cluster(["CCO", "OCC"], 0.0)
    assert output.data["count"] == 1
    assert not any("Different structures" in note for note in output.notes)


@pytest.mark.parametrize("molecules", [["CCO"], "CCO", [], ["CCO", ""], ["CCO", "C1CC"], ["C"] * 1001])
def test_wrong_lists_are_refused(molecules):
    with pytest.raises(ToolInputError):
        cluster(molecules, 0.4)


def test_a_molecule_without_any_bit_is_refused_by_its_number():
    with pytest.raises(ToolInputError) as caught:
        cluster(["CC", "C"], 0.4, "rdkit")
    assert caught.value.where == "molecules, item 2"

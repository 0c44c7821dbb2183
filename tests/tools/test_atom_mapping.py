"""``map_atoms``: where only one mapping is right it was read off by hand; else every atom and bond is compared with its image."""

from __future__ import annotations

import random

import pytest
from rdkit import Chem

from errors import ToolInputError
from tools.chemistry.atom_mapping import map_atoms

#: Isomeric SMILES of PubChem, CID in the comment.
MOLECULES = (
    "CC1([C@@H](N2[C@H](S1)[C@@H](C2=O)NC(=O)CC3=CC=CC=C3)C(=O)O)C",  # 5904, penicillin G
    "C[C@H](CCCC(C)C)[C@H]1CC[C@@H]2[C@@]1(CC[C@H]3[C@H]2CC=C4[C@@]3(CC[C@@H](C4)O)C)C",  # 5997, cholesterol
    "CN1CC[C@]23[C@@H]4[C@H]1CC5=C2C(=C(C=C5)O)O[C@H]3[C@H](C=C4)O",  # 5288826, morphine
    "CC1=C(C(CCC1)(C)C)/C=C/C(=C/C=C/C(=C/C=O)/C)/C",  # 638015, retinal
    "[C@@H]([C@H](C(=O)O)O)(C(=O)O)O",  # tartaric acid
    "C1CC2CCC1C2", "C12C3C4C1C5C2C3C45", "CC(=O)[O-].CC(=O)[O-].[Ca+2]", "[2H]C(Cl)(Cl)Cl", "C[N+](C)(C)CC([O-])=O",
    "c1ccc2c(c1)ccc1ccccc12", "O=[N+]([O-])c1ccc([N+](=O)[O-])cc1", "*c1ccc(*)cc1", "[1*]NCC(=O)[2*]", "C[C@H]1CC[C@@H](C)CC1",
    "[Fe+2].[cH-]1cccc1.[cH-]1cccc1", "N[C@@H](C)C(=O)N[C@@H](C)C(=O)N[C@@H](C)C(=O)O",
)  # fmt: skip


def atom_label(atom):
    return (
        atom.GetAtomicNum(), atom.GetIsotope(), atom.GetFormalCharge(), atom.GetTotalNumHs(includeNeighbors=True),
        atom.GetIsAromatic(), atom.GetDegree() - sum(near.GetAtomicNum() == 1 for near in atom.GetNeighbors()),
    )  # fmt: skip


def with_maps(smiles, order):
    """The canonical SMILES with a map number on each heavy atom: equal only where the configurations are, too."""
    mol = Chem.MolFromSmiles(smiles)
    heavy = [atom for atom in mol.GetAtoms() if atom.GetAtomicNum() != 1]
    for number, index in enumerate(order, 1):
        heavy[index].SetAtomMapNum(number)
    return Chem.MolToSmiles(mol)


@pytest.mark.parametrize("smiles", MOLECULES)
def test_the_mapping_keeps_atoms_bonds_and_configurations(smiles):
    mol = Chem.MolFromSmiles(smiles)
    generator = random.Random(7)
    for number in range(12):
        order = list(range(mol.GetNumAtoms()))
        generator.shuffle(order)
        shuffled = Chem.RenumberAtoms(mol, order)
        if number % 3 == 1:
            Chem.Kekulize(shuffled, clearAromaticFlags=True)
        other = Chem.MolToSmiles(shuffled, canonical=False, allHsExplicit=number % 3 == 2)
        mapping = map_atoms(smiles, other).data["mapping"]
        one, two = (
            [atom for atom in Chem.MolFromSmiles(text).GetAtoms() if atom.GetAtomicNum() != 1]
            for text in (smiles, other)
        )
        assert [pair[0] for pair in mapping] == list(range(len(one)))
        assert sorted(pair[1] for pair in mapping) == list(range(len(two)))
        assert all(atom_label(one[a]) == atom_label(two[b]) for a, b in mapping)
        assert with_maps(smiles, [a for a, _ in mapping]) == with_maps(other, [b for _, b in mapping])


@pytest.mark.parametrize(
    ("a", "b", "mapping"),
    [
        ("CCO", "OCC", [[0, 2], [1, 1], [2, 0]]),
        ("[H]OCC", "C([H])([H])([H])CO", [[0, 2], [1, 1], [2, 0]]),  # hydrogens have no number
        ("CC(=O)[O-].[Na+]", "[Na+].[O-]C(C)=O", [[0, 3], [1, 2], [2, 4], [3, 1], [4, 0]]),  # C=O to C=O, O- to O-
        ("[CH3:2][CH2:1]O", "OCC", [[0, 2], [1, 1], [2, 0]]),
        ("[1*]CC[2*]", "[2*]CC[1*]", [[0, 3], [1, 2], [2, 1], [3, 0]]), ("*CO*", "*OC*", [[0, 3], [1, 2], [2, 1], [3, 0]]),
        ("[2H]CO", "OC[2H]", [[0, 1], [1, 0]]), ("[13CH3]C", "C[13CH3]", [[0, 1], [1, 0]]),
        ("[O-][N+](=O)C", "CN(=O)=O", None),
        ("[H]/N=C/C", "CC=N", [[0, 2], [1, 1], [2, 0]]),
        ("InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3", "OCC", [[0, 2], [1, 1], [2, 0]]),
        ("N[C@@H](C)C(=O)O", "OC(=O)[C@H](C)N", [[0, 5], [1, 3], [2, 4], [3, 1], [4, 2], [5, 0]]),
    ],
)  # fmt: skip
def test_pairs_are_of_heavy_atoms_in_input_order(a, b, mapping):
    found = map_atoms(a, b).data["mapping"]
    assert found == mapping if mapping is not None else len(found) == 4


def test_the_ends_of_meso_tartaric_acid_are_not_exchanged():
    # the R centre of the one is the R centre of the other, whichever end it is written from; b: PubChem CID 447315
    a, b = "OC(=O)[C@H](O)[C@H](O)C(=O)O", "[C@@H]([C@@H](C(=O)O)O)(C(=O)O)O"
    output = map_atoms(a, b)
    assert output.data["mappings"] == 1
    assert with_maps(a, range(10)) == with_maps(b, [other for _, other in output.data["mapping"]])


@pytest.mark.parametrize(
    ("molecule", "ways"),
    [("c1ccccc1", 12), ("C12C3C4C1C5C2C3C45", 48), ("CC(C)(C)C", 24), ("CCO", 1), ("C[C@H](N)C(=O)O", 1)],
)  # orders of the groups D6h on the plane, Oh and Td (with the methyls as points)
def test_symmetry_is_said_with_the_number_of_right_mappings(molecule, ways):
    output = map_atoms(molecule, molecule)
    assert output.data["mappings"] == ways
    assert output.data["same_order"] is True
    assert any(f"{ways} mappings" in note for note in output.notes) is (ways > 1)


def test_a_mark_that_only_one_of_the_two_has_is_passed_over_and_said():
    output = map_atoms("C[C@H](N)C(=O)O", "NC(C)C(=O)O")
    assert output.data["mapping"] == [[0, 2], [1, 1], [2, 0], [3, 3], [4, 4], [5, 5]]
    assert any("Not all stereo marks" in note for note in output.notes)
    half = "CN1CCC[C@H]1CC(=O)CC1CCCN1C"  # one of two equal arms is marked: it goes to the marked one
    other = "O=C(C[C@@H]1CCCN1C)CC1CCCN1C"
    mapping = map_atoms(half, other).data["mapping"]
    assert with_maps(half, range(16)) == with_maps(other, [b for _, b in mapping])


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("CCO", "CCN", "C2H6O and C2H7N"), ("CCO", "COC", "both C2H6O"), ("CC(O)=C", "CC(=O)C", "not the same molecule"),
        ("C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O", "different stereoisomers"), ("F/C=C/F", "F/C=C\\F", "different stereoisomers"),
        ("[H]/N=C/C", "[H]/N=C\\C", "different stereoisomers"), ("CC(=O)O", "CC(=O)[O-]", "not the same molecule"),
        ("[13CH4]", "C", "not the same molecule"), ("*CC", "CCC", "not the same molecule"), ("aspirin", "CCO", "no order"),
        ("CCO", "64-17-5", "no order"), ("C", "C.C", "not the same molecule"), ("", "C", "empty"),
    ],
)  # fmt: skip
def test_two_molecules_are_refused(a, b, words):
    with pytest.raises(ToolInputError, match=words):
        map_atoms(a, b)

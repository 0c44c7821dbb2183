"""``count_atoms``: every atom, drawn or implied; formulas are those of PubChem (CIDs beside them)."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.counting import count_atoms


@pytest.mark.parametrize(
    ("molecule", "counts"),
    [
        ("aspirin", {"C": 9, "H": 8, "O": 4}),  # CID 2244
        ("caffeine", {"C": 8, "H": 10, "N": 4, "O": 2}),  # CID 2519
        ("cholesterol", {"C": 27, "H": 46, "O": 1}),  # CID 5997
        ("penicillin G", {"C": 16, "H": 18, "N": 2, "O": 4, "S": 1}),  # CID 5904
        ("morphine", {"C": 17, "H": 19, "N": 1, "O": 3}),  # CID 5288826
        ("glucose", {"C": 6, "H": 12, "O": 6}),  # CID 107526
        ("imatinib", {"C": 29, "H": 31, "N": 7, "O": 1}),  # CID 5291
        ("water", {"H": 2, "O": 1}),  # CID 962
        ("[NH4+]", {"H": 4, "N": 1}),  # CID 223
        ("[H+]", {"H": 1}),  # CID 1038
        ("[H][H]", {"H": 2}),  # CID 783
        ("buckminsterfullerene", {"C": 60}),  # CID 123591
        ("[Na+].[Cl-]", {"Cl": 1, "Na": 1}),  # CID 5234
        ("CuSO4.5H2O", {"Cu": 1, "H": 10, "O": 9, "S": 1}),  # CID 24463
        ("C" * 1000, {"C": 1000, "H": 2002}),  # an alkane is CnH2n+2
    ],
)
def test_the_counts_are_those_of_the_molecular_formula(molecule, counts):
    data = count_atoms(molecule).data
    assert data["counts"] == counts
    assert data["count"] == sum(counts.values())


@pytest.mark.parametrize("smiles", ["CO", "[CH3][OH]", "[H]C([H])([H])O[H]", "[CH3]O[H]"])
def test_hydrogens_count_the_same_however_they_are_written(smiles):
    assert count_atoms(smiles, "H").data["count"] == 4


@pytest.mark.parametrize(
    ("molecule", "element", "count"),
    [
        ("aspirin", "C", 9),
        ("aspirin", "carbon", 9),
        ("aspirin", "Carbon", 9),
        ("aspirin", "hydrogen", 8),
        ("aspirin", "N", 0),
        ("CCl", "Cl", 1),
        ("CCl", "C", 1),  # the C of Cl is no carbon
        ("[Co+2]", "Co", 1),
        ("[Co+2]", "C", 0),
        ("CS(C)=O", "sulphur", 1),
        ("aspirin", "carbons", 9),
        ("aspirin", "oxygen atoms", 4),
        ("aspirin", "all", 21),
        ("aspirin", "heavy atoms", 13),
        ("aspirin", "non-hydrogen", 13),
    ],
)
def test_one_element_is_counted_by_symbol_or_name(molecule, element, count):
    assert count_atoms(molecule, element).data["count"] == count


def test_deuterium_counts_as_hydrogen_and_this_is_said():
    output = count_atoms("[2H]C([2H])([2H])O", "H")
    assert output.data["count"] == 4  # methanol-d3, CID 71568
    assert any("Deuterium" in note for note in output.notes)


def test_a_salt_is_counted_with_all_its_components_and_this_is_said():
    output = count_atoms("CC(=O)[O-].[Na+]", "O")
    assert output.data["count"] == 2
    assert any("2 components" in note for note in output.notes)


def test_a_bare_atom_in_brackets_has_no_hydrogens_and_this_is_said():
    output = count_atoms("[C]")
    assert output.data["counts"] == {"C": 1}
    assert any("no hydrogens" in note for note in output.notes)


def test_counts_stand_in_hills_order():
    assert list(count_atoms("O=C(O)c1ccccc1Br").data["counts"]) == [
        "C",
        "H",
        "Br",
        "O",
    ]  # Hill, 1900: C, H, then by letter
    assert list(count_atoms("OS(=O)(=O)O").data["counts"]) == ["H", "O", "S"]  # without carbon all by letter


@pytest.mark.parametrize(("count", "words"), [("CO", "1 carbon atom (C)"), ("CCO", "2 carbon atoms (C)")])
def test_the_sentence_names_the_element_and_agrees_in_number(count, words):
    assert words in count_atoms(count, "C").summary


@pytest.mark.parametrize(
    ("element", "hint"),
    [
        ("co", "write Co for cobalt"),
        ("Xx", ""),
        ("", "give a symbol"),
        ("D", "write H"),
        ("6", "write C"),
        ("carbn", "carbon"),
    ],
)
def test_what_is_no_element_is_refused_with_what_to_write(element, hint):
    with pytest.raises(ToolInputError) as caught:
        count_atoms("CCO", element)
    assert caught.value.where == "element"
    assert hint in caught.value.hint


@pytest.mark.parametrize("molecule", ["", "C1CC", "C*", "[#6]", "CCO and more", "CC\nO", "[999C]", "C6H12O6", "xylene"])
def test_what_is_no_molecule_has_no_count(molecule):
    with pytest.raises(ToolInputError):
        count_atoms(molecule)

"""``shortest_path``: the bonds are counted by hand on the structural formula, as the test says."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.paths import shortest_path
from tools.registry import Toolbox


def bonds(molecule, start="*", end="*"):
    return shortest_path(molecule, start, end).data["bonds"]


@pytest.mark.parametrize(
    ("molecule", "count"),
    [
        ("*CCC*", 4), ("**", 1), ("[*]C[*]", 2), ("[1*]CC[2*]", 3), ("[*:1]OCCO[*:2]", 5),
        ("*c1ccc(*)cc1", 5), ("*c1cccc(*)c1", 4), ("*c1ccccc1*", 3),  # para, meta and ortho: 3, 2 and 1 ring bonds
        ("*C(=O)Nc1ccc(*)cc1", 7), ("*C#CC#C*", 5), ("*C1CCCCCCC1*", 3),
        ("O=C(*)NCCOCCOCCN*", 12),  # *-C-N-C-C-O-C-C-O-C-C-N-*
        ("*C12C3C4C1C5C2C3C45*", 5),  # opposite corners of a cube are 3 edges apart, and a bond more at either end
    ],
)  # fmt: skip
def test_two_dummy_atoms_are_the_ends(molecule, count):
    output = shortest_path(molecule)
    assert output.data["bonds"] == count
    assert len(output.data["path"]) == count + 1
    assert output.data["atoms_between"] == count - 1


@pytest.mark.parametrize(
    ("molecule", "start", "end", "count"),
    [
        ("CCO", 0, 2, 2), ("CCO", "0", "2", 2), ("CCO", "atom 0", "index 2", 2), ("CCO", 1, 1, 0),
        ("CC(=O)Oc1ccccc1C(=O)O", 0, 12, 6),  # aspirin: CH3-CO-O-C1-C2-CO-OH
        ("[CH3:1]CC[CH2:2]O", ":1", ":2", 3), ("[CH3:1]CC[CH2:2]O", "[CH3:1]", "[CH2:2]", 3),
        ("[CH3:1]CC[CH2:2]O", "map 1", "O", 4), ("[*:1]CCN[*:2]", "[*:1]", "*:2", 4),
        ("[1*]CC(C[3*])[2*]", "[1*]", "[3*]", 4), ("[1*]CC(C[3*])[2*]", "2*", "3*", 3),
        ("*CCCO", "*", "O", 4), ("*CCC*", 0, "*", 4), ("*CCC*", "*", 2, None), ("*CCC[1*]", "*", "[1*]", 4),
        ("NCCCN", "N", "N", 4), ("ClCCBr", "Cl", "Br", 3), ("[13CH3]CCC", "[13CH3]", 3, 3), ("caffeine", "O", "O", 4),
        ("InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3", 0, 2, 2),  # InChI numbers its atoms C1, C2, O3
        ("[H]C([H])([H])CO", 0, 2, 2),  # written hydrogens are merged and have no index
    ],
)  # fmt: skip
def test_ends_are_indices_maps_dummies_or_an_elements_only_atoms(molecule, start, end, count):
    if count is None:
        with pytest.raises(ToolInputError, match=r"could be 2 atoms .*indices 0, 4"):
            shortest_path(molecule, start, end)
    else:
        assert bonds(molecule, start, end) == count


def test_the_shorter_way_around_a_ring_counts_and_equal_ways_are_said():
    assert bonds("C1CCCCCCCCC1", 0, 7) == 3
    output = shortest_path("C1CCCCC1", 0, 3)
    assert output.data["bonds"] == 3
    assert any(note.startswith("2 paths") for note in output.notes)
    assert bonds("C12C3C4C1C5C2C3C45", 0, 7) == 3


def test_every_way_across_a_cube_is_counted():
    # opposite corners of a cube: 3! = 6 ways of 3 edges
    output = shortest_path("*C12C3C4C1C5C2C3C45*")
    assert any(note.startswith("6 paths") for note in output.notes)


@pytest.mark.parametrize(
    ("molecule", "start", "end", "words"),
    [
        ("CCO", "*", "*", "no atom '\\*'"), ("*CCC", "*", "*", "one atom '\\*'"), ("*C(*)*", "*", "*", "could be 3 atoms"),
        ("CCO", 0, 3, "There is no atom 3: 'CCO' has 3 atoms, counted from 0 to 2"), ("CCO", -1, 2, "names no atom"),
        ("CCO", ":1", 2, "has no atom ':1'"), ("CCO", "C", "O", "could be 2 atoms"), ("CCO", "carbon", 2, "names no atom"),
        ("[Na+].CC(=O)[O-]", 0, 1, "different components"), ("aspirin", 0, 3, "no order"), ("CCO", "N", "O", "no atom 'N'"),
        ("CCO", "", 2, "names no atom"), ("CCO", "[C", 2, "names no atom"), ("CC", "O", "O", "no atom"), ("CO", "O", "O", "one atom 'O'"),
    ],
)  # fmt: skip
def test_an_end_that_is_not_exactly_one_atom_is_refused(molecule, start, end, words):
    with pytest.raises(ToolInputError, match=words):
        shortest_path(molecule, start, end)


@pytest.mark.parametrize("value", [True, 1.5, None, [0]])
def test_an_end_is_a_whole_number_or_a_text(value):
    tool = Toolbox.load(("tools.chemistry.paths",))["shortest_path"]
    with pytest.raises(ToolInputError, match="cannot be used"):
        tool.validated({"molecule": "CCO", "start": value, "end": 2})


def test_r_groups_are_places_of_attachment():
    output = shortest_path("[R1]CCN[R2]")
    assert output.data["bonds"] == 4
    assert any("[R1] and [R2]" in note for note in output.notes)
    assert shortest_path("[R1]CC([R3])C[R2]", ":1", ":2").data["bonds"] == 4

"""``count_rings``: ring counts from textbooks and from the von Baeyer or fusion name of the hydrocarbon, which says them."""

from __future__ import annotations

import pytest
from rdkit import Chem

from errors import ToolInputError
from tools.chemistry.rings import count_rings, cyclomatic_number, independent_rings, smallest_rings
from tools.registry import Toolbox

C60 = (  # buckminsterfullerene, PubChem CID 123591
    "c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9c4c4c9c%10c5c5c1c1c6c6c%11c2c2c7c3c3c8c4c4c9"
    "c5c1c1c6c2c3c41"
)
CUBANE = "C12C3C4C1C5C2C3C45"
DODECAHEDRANE = "C12C3C4C5C1C6C7C2C8C3C9C4C1C5C6C2C7C8C9C12"
ADAMANTANE = "C1C2CC3CC1CC(C2)C3"
MORPHINE = "CN1CC[C@]23[C@@H]4[C@H]1CC5=C2C(=C(C=C5)O)O[C@H]3[C@H](C=C4)O"


@pytest.mark.parametrize(
    ("molecule", "count", "sizes"),
    [
        ("CCCC", 0, []), ("C1CC1", 1, [3]), ("c1ccccc1", 1, [6]), ("c1ccc2ccccc2c1", 2, [6, 6]), ("c1ccc2cccc2cc1", 2, [5, 7]),
        ("c1ccc2cc3ccccc3cc2c1", 3, [6] * 3), ("c1cc2ccc3cccc4ccc(c1)c2c34", 4, [6] * 4),  # anthracene, pyrene
        ("c1cc2ccc3ccc4ccc5ccc6ccc1c1c2c3c4c5c61", 7, [6] * 7),  # coronene
        ("C1CC2CCC1C2", 2, [5, 5]), ("C1CC2CCC1CC2", 2, [6, 6]),  # bicyclo[2.2.1]heptane, bicyclo[2.2.2]octane
        (ADAMANTANE, 3, [6] * 3),  # tricyclo[3.3.1.1^3,7]decane
        (CUBANE, 5, [4] * 5),  # pentacyclo[4.2.0.0^2,5.0^3,8.0^4,7]octane
        ("C12C3C1C1C2C31", 4, [3, 3, 4, 4]),  # prismane, tetracyclo[2.2.0.0^2,6.0^3,5]hexane
        ("C12C3C1C23", 3, [3] * 3),  # tetrahedrane, tricyclo[1.1.0.0^2,4]butane
        (DODECAHEDRANE, 11, [5] * 11),  # undecacyclo[...]icosane: 30 bonds, 20 atoms
        (C60, 31, [5] * 12 + [6] * 19),  # 90 bonds, 60 atoms; 12 pentagons and 20 hexagons, one of which is a sum of the others
        ("C1CCC2(C1)CCCCC2", 2, [5, 6]),  # spiro[4.5]decane
        ("C1C23CC12C3", 3, [3] * 3),  # [1.1.1]propellane, tricyclo[1.1.1.0^1,3]pentane
        ("c1ccc2c(c1)C1c3ccccc3C2c2ccccc12", 5, [6] * 5),  # triptycene, pentacyclo[6.6.6.0...]
        ("C[C@]12CC[C@H]3[C@@H](CC=C4C[C@@H](O)CC[C@]34C)[C@@H]1CC[C@@H]2[C@H](C)CCCC(C)C", 4, [5, 6, 6, 6]),  # cholesterol
        (MORPHINE, 5, [5, 6, 6, 6, 6]),  # Clayden: the pentacyclic skeleton of morphine
        ("C1COCCOCCOCCOCCOCCO1", 1, [18]),  # 18-crown-6
        ("C1CCCCC1.C1CC1", 2, [3, 6]),
        ("[Fe+2].[cH-]1cccc1.[cH-]1cccc1", 2, [5, 5]),  # ferrocene as two ions and a metal
        ("C1CN->[Cu]<-N1", 0, []),  # a chelate ring is closed by dative bonds
        ("P12P3P1P23", 3, [3] * 3), ("S1SSSSSSS1", 1, [8]),  # P4 and S8
    ],
)  # fmt: skip
def test_the_smallest_set_of_smallest_rings(molecule, count, sizes):
    data = count_rings(molecule).data
    assert (data["count"], data["ring_sizes"]) == (count, sizes)
    assert sorted(map(len, data["rings"])) == sizes


@pytest.mark.parametrize(
    ("molecule", "kind", "count"),
    [
        ("aspirin", "aromatic", 1), ("caffeine", "heterocyclic", 2), ("caffeine", "aromatic_heterocyclic", 2),
        ("c1ccc2[nH]ccc2c1", "aromatic_carbocyclic", 1), ("c1ccc2c(c1)Cc1ccccc12", "aromatic", 2), ("c1ccc2c(c1)Cc1ccccc12", "aliphatic", 1),
        (ADAMANTANE, "saturated", 3), (CUBANE, "carbocyclic", 5), ("C1=CCCCC1", "saturated", 0),
        ("CC1(C)SC2C(NC(=O)Cc3ccccc3)C(=O)N2C1C(=O)O", "heterocyclic", 2), ("CC1(C)SC2C(NC(=O)Cc3ccccc3)C(=O)N2C1C(=O)O", "ring_systems", 2),
        ("c1ccccc1-c1ccccc1", "ring_systems", 2), ("C1CCC2(C1)CCCCC2", "ring_systems", 1),
        ("C1CCC2(C1)CCCCC2", "spiro", 1), ("C1CC12CC2", "spiro", 1),
        (MORPHINE, "spiro", 0),  # rings share C13 alone, but they hang together elsewhere, too
        ("C1CC2CCC1C2", "bridged", 2), (ADAMANTANE, "bridged", 4), ("C1CCC2CCCCC2C1", "bridged", 0),
        ("c1ccc2ccccc2c1", "fused", 1), ("C1CC2CCC1C2", "fused", 0), (CUBANE, "fused", 12), (DODECAHEDRANE, "fused", 30),
        ("C1COCCOCCOCCOCCOCCO1", "macrocycles", 1), ("C1CCCCCCCCCC1", "macrocycles", 0), ("C1CCCCCCCCCCC1", "macrocycles", 1),
        ("C1CN2CCN1CC2", "heterocyclic", 2), ("CCO", "aromatic", 0),
    ],
)  # fmt: skip
def test_rings_of_one_kind(molecule, kind, count):
    assert count_rings(molecule, kind).data["count"] == count


def test_a_count_that_depends_on_the_choice_of_the_set_says_so():
    # 2-azabicyclo[2.2.2]octane: of its three six-membered rings two hold the nitrogen, and any two make the set
    output = count_rings("C1CC2CCC1NC2", "heterocyclic")
    assert output.data["count"] == 2
    assert any("it has 1 to 2 heterocycles" in note for note in output.notes)


def test_the_faces_of_a_cage_are_told_from_the_count():
    output = count_rings(CUBANE)
    assert output.data["equally_good_rings"] == 6  # a cube has six faces
    assert any("6 rings are equally good" in note and "5 of them are independent" in note for note in output.notes)
    assert count_rings(C60).data["equally_good_rings"] == 32  # a football has 32


def test_the_summary_is_a_sentence():
    assert count_rings("c1ccc2ccccc2c1").summary == (
        "c1ccc2ccccc2c1 has 2 rings of 6 and 6 atoms; 2 aromatic, 0 with a heteroatom."
    )
    assert count_rings("CCO").summary == "CCO has no rings."
    assert count_rings("c1ccccc1").summary.startswith("c1ccccc1 has 1 ring of 6 atoms")


@pytest.mark.parametrize("size", [4, 12])
def test_a_grid_of_squares_has_as_many_independent_rings_as_bonds_and_atoms_say(size):
    mol = Chem.RWMol()
    for _ in range(size * size):
        mol.AddAtom(Chem.Atom("C"))
    for at in range(size * size):
        if (at + 1) % size:
            mol.AddBond(at, at + 1, Chem.BondType.SINGLE)
        if at + size < size * size:
            mol.AddBond(at, at + size, Chem.BondType.SINGLE)
    Chem.SanitizeMol(mol)
    assert cyclomatic_number(mol) == (size - 1) ** 2  # Euler: the inner faces of a plane grid
    assert len(independent_rings(smallest_rings(mol))) == (size - 1) ** 2


def test_a_wrong_kind_is_told_the_kinds_there_are():
    tool = Toolbox.load(("tools.chemistry.rings",))["count_rings"]
    with pytest.raises(ToolInputError, match="'aromatic', 'aliphatic'"):
        tool.validated({"molecule": "CCO", "kind": "antiaromatic"})


@pytest.mark.parametrize(
    ("written", "kind"),
    [("Aromatic", "aromatic"), ("aromatic rings", "aromatic"), ("SSSR", "all"), ("Ring systems", "ring_systems")],
)
def test_a_kind_may_be_written_in_the_words_of_chemists(written, kind):
    tool = Toolbox.load(("tools.chemistry.rings",))["count_rings"]
    assert tool.validated({"molecule": "CCO", "kind": written})["kind"] == kind


def test_rings_that_only_their_perimeter_makes_aromatic_are_said_not_to_be_counted():
    # RDKit Book, "Aromaticity": the bond between the two rings of azulene is not aromatic
    output = count_rings("c1ccc2cccc2cc1", "aromatic")
    assert output.data["count"] == 0
    assert any("azulene" in note and "2 rings" in note for note in output.notes)
    assert not any("azulene" in note for note in count_rings("c1ccc2ccccc2c1", "aromatic").notes)

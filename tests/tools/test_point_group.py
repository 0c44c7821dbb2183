"""``point_group``: symbols of textbooks, an independent program where it is installed, and what no shape is known of refused.

Atkins - P. Atkins, J. de Paula, Physical Chemistry, the chapter on molecular symmetry. Cotton - F. A. Cotton, Chemical
Applications of Group Theory, 3rd ed. Herzberg - G. Herzberg, Molecular Spectra and Molecular Structure II and III.
"""

from __future__ import annotations

import numpy as np
import pytest
from rdkit import Chem

from errors import ToolInputError
from tools.chemistry.point_group import point_group
from tools.chemistry.point_groups import group_order, schoenflies
from tools.running import Workers

TEXTBOOK = [
    # Atkins, Cotton and Herzberg
    ("O", "C2v"), ("N", "C3v"), ("C", "Td"), ("O=C=O", "D*h"), ("C#N", "C*v"), ("C#C", "D*h"), ("Cl", "C*v"), ("[H][H]", "D*h"),
    ("OO", "C2"), ("C=C", "D2h"), ("CC", "D3d"), ("C=C=C", "D2d"), ("c1ccccc1", "D6h"), ("C1CCCCC1", "D3d"), ("C1CC1", "D3h"),
    ("C1CCC1", "D2d"), ("C=O", "C2v"), ("ClC(Cl)Cl", "C3v"), ("ClCCl", "C2v"), ("FC(Cl)Br", "C1"), ("FB(F)F", "D3h"),
    ("F[B-](F)(F)F", "Td"), ("[NH4+]", "Td"), ("FP(F)(F)(F)F", "D3h"), ("ClP(Cl)(Cl)(Cl)Cl", "D3h"), ("FS(F)(F)(F)(F)F", "Oh"),
    ("FS(F)(F)(F)(F)Cl", "C4v"), ("FS(F)(F)F", "C2v"), ("F[Xe](F)(F)F", "D4h"), ("F[Xe]F", "D*h"), ("O=[Xe](F)(F)(F)F", "C4v"),
    ("O=S=O", "C2v"), ("O=S(=O)=O", "D3h"), ("[O-][O+]=O", "C2v"), ("[O-]C(=O)[O-]", "D3h"), ("[O-][N+](=O)[O-]", "D3h"),
    ("O=[N+]=O", "D*h"), ("O=N[O-]", "C2v"), ("[O-]S(=O)(=O)[O-]", "Td"), ("O=P(Cl)(Cl)Cl", "C3v"), ("O=S(Cl)Cl", "Cs"),
    ("I[I-]I", "D*h"), ("[O-][Mn](=O)(=O)=O", "Td"), ("Cl[Ti](Cl)(Cl)Cl", "Td"), ("[CH3]", "D3h"), ("P12P3P1P23", "Td"),
    ("S1SSSSSSS1", "D4d"), ("ClSSCl", "C2"), ("NN", "C2"), ("O=[N+]([O-])[N+](=O)[O-]", "D2h"), ("Cl/C=C/Cl", "C2h"),
    ("Cl/C=C\\Cl", "C2v"), ("C=C(Cl)Cl", "C2v"), ("F/N=N/F", "C2h"), ("C[C@H](Cl)[C@@H](C)Cl", "Ci"), ("C=C=O", "C2v"),
    ("CO", "Cs"), ("CN", "Cs"), ("CCl", "C3v"), ("CC#C", "C3v"), ("CC#N", "C3v"), ("CC(C)=O", "C2v"), ("COC", "C2v"),
    ("C=CC=C", "C2h"), ("C=C=C=C", "D2h"), ("ClC=C=CCl", "C2"), ("ClCCCl", "C2h"), ("CCCC", "C2h"), ("FC(F)(F)C(F)(F)F", "D3d"),
    ("CC(C)(C)C", "Td"), ("C[Si](C)(C)C", "Td"), ("CC(Cl)(Cl)Cl", "C3v"), ("c1ccc2ccccc2c1", "D2h"), ("c1ccc2cc3ccccc3cc2c1", "D2h"),
    ("c1ccc2c(c1)ccc1ccccc12", "C2v"), ("c1ccc(-c2ccccc2)cc1", "D2"), ("c1ccncc1", "C2v"), ("c1cnccn1", "D2h"), ("c1ncncn1", "D3h"),
    ("c1ccoc1", "C2v"), ("c1ccsc1", "C2v"), ("Clc1ccc(Cl)cc1", "D2h"), ("Clc1cc(Cl)cc(Cl)c1", "D3h"), ("Clc1ccccc1Cl", "C2v"),
    ("Fc1ccccc1", "C2v"), ("Oc1ccccc1", "Cs"), ("Nc1ccccc1", "Cs"), ("Fc1c(F)c(F)c(F)c(F)c1F", "D6h"), ("O=C1C=CC(=O)C=C1", "D2h"),
    ("azulene", "C2v"), ("C1=CC=CC=CC=C1", "D2d"), ("C1=CC=C1", "D2h"), ("C1CC2CCC1CC2", "D3h"), ("C1CC2CCC1C2", "C2v"),
    ("C1=CC2C=CC1C2", "C2v"), ("C1=CC2C=CC1C=C2", "D3h"), ("C1CN2CCN1CC2", "D3h"), ("C1N2CN3CN1CN(C2)C3", "Td"),
    ("C12C3C4C1C5C2C3C45", "Oh"), ("C12C3C1C1C2C31", "D3h"), ("C1C2CC3CC1CC(C2)C3", "Td"), ("C1CC12CC2", "D2d"),
    ("c1ccc2c(c1)C1c3ccccc3C2c2ccccc21", "D3h"), ("C1COCCO1", "C2h"), ("C1=CCCCC1", "C2"), ("C1CC1(C)C", "C2v"),
    ("[CH-]1C=CC=C1", "D5h"), ("[CH+]1C=CC=CC=C1", "D7h"), ("[CH+]1C=C1", "D3h"), ("[CH2+]C=C", "C2v"), ("NC(=[NH2+])N", "D3h"),
    ("[O-]C1=C([O-])C(=O)C1=O", "D4h"), ("C[C@H]1CC[C@H](C)CC1", "C2h"), ("C[C@H]1CC[C@@H](C)CC1", "Cs"),
    ("N[C@@H](C)C(=O)O", "C1"), ("c1ccc(cc1)P(c1ccccc1)c1ccccc1", "C3"), ("OC=O", "Cs"), ("OC(=O)C(=O)O", "C2h"),
    ("O1P2OP3OP1OP(O2)O3", "Td"), ("CC=C", "Cs"), ("C=CF", "Cs"), ("N#CC#N", "D*h"), ("O=C=C=C=O", "D*h"), ("O=C=S", "C*v"),
]  # fmt: skip


@pytest.mark.parametrize(("molecule", "symbol"), TEXTBOOK)
def test_textbook_symbols(molecule, symbol):
    assert point_group(molecule).data["point_group"] == symbol


def test_buckminsterfullerene_is_an_icosahedron_although_a_force_field_draws_its_bonds_unequal():
    workers = Workers(modules=("tools.chemistry.point_group",), size=1)  # H. W. Kroto et al., Nature 1985, 318, 162
    try:
        result = workers.call("point_group", {"molecule": "buckminsterfullerene"})
        assert result.data["point_group"] == "Ih"
    finally:
        workers.close()


@pytest.mark.parametrize(
    ("molecule", "symbol", "chiral"), [("OO", "C2", True), ("C", "Td", False), ("C/C=C/C", "C2h", False)]
)
def test_groups_without_mirrors_are_said_to_be_chiral(molecule, symbol, chiral):
    data = point_group(molecule).data
    assert (data["point_group"], data["chiral"]) == (symbol, chiral)


def test_a_single_atom_is_a_sphere():
    assert point_group("[Na+]").data["point_group"] == "Kh"


def test_isotopes_tell_atoms_apart():
    assert point_group("[2H]O").data["point_group"] == "Cs"  # HDO: Herzberg II


def test_conformer_tolerance_and_geometry_are_said():
    output = point_group("CCCC")
    assert "depends on the conformer" in output.summary and "0.03 Å" in output.summary
    assert output.data["other_conformers"][0]["point_group"] == "C2"  # gauche
    assert output.data["other_conformers"][0]["above_kcal_mol"] == pytest.approx(0.67, abs=0.2)  # as in test_conformers
    assert output.views[0].kind == "structure3d"


def test_a_symbol_that_depends_on_the_tolerance_is_said_to():
    assert any("depends on the tolerance: D2h" in note for note in point_group("C1=CC=C1").notes)


@pytest.mark.parametrize(
    ("molecule", "says"),
    [
        ("ClC=CCl", "stands for several stereoisomers"),
        ("ClC(Br)C(Cl)Br", "stands for several stereoisomers"),
        ("CC1CCC(C)CC1", "stands for several stereoisomers"),
        ("[Fe+2].[CH-]1C=CC=C1.[CH-]1C=CC=C1", "several components"),
        ("Cl[Pt-2](Cl)(Cl)Cl", "does not follow"),  # a square, which only the metal's d electrons tell
        ("F[Xe](F)(F)(F)(F)F", "does not follow"),
        ("FS(F)(F)(F)(Cl)Cl", "does not follow"),  # cis or trans
        ("C[Zn]C", "Zn"),
        ("OB(O)O", "B stand"),
        ("N1=P(Cl)(Cl)N=P(Cl)(Cl)N=P1(Cl)Cl", "ring"),
        ("", "empty"),
    ],
)
def test_what_has_no_known_shape_is_refused(molecule, says):
    with pytest.raises(ToolInputError, match=says):
        point_group(molecule)


def _staggered(order: int, turn: float) -> tuple[list[str], np.ndarray]:
    """Two regular polygons above each other, one turned by a part of the angle between its corners."""
    angles = 2 * np.pi * np.arange(order) / order
    lower = np.column_stack((np.cos(angles), np.sin(angles), np.full(order, -0.8)))
    angles = angles + 2 * np.pi * turn / order
    upper = np.column_stack((np.cos(angles), np.sin(angles), np.full(order, 0.8)))
    return ["H"] * 2 * order, np.vstack((lower, upper))


@pytest.mark.parametrize("order", range(3, 9))
def test_prisms_antiprisms_and_twisted_ones_have_their_groups(order):
    assert schoenflies(*_staggered(order, 0.0), 0.01) == f"D{order}h"
    assert schoenflies(*_staggered(order, 0.5), 0.01) == f"D{order}d"
    assert schoenflies(*_staggered(order, 0.2), 0.01) == f"D{order}"
    _, places = _staggered(order, 0.0)
    assert schoenflies(["F"] * order + ["H"] * order, places, 0.01) == f"C{order}v"
    _, blades = _staggered(order, 0.2)
    flat = np.vstack((places, 1.5 * blades[order:] * [1, 1, 0]))
    assert schoenflies([*["H"] * 2 * order, *["F"] * order], flat, 0.01) == f"C{order}h"


def test_orders():
    assert [group_order(one) for one in ("C1", "Cs", "C2v", "D6h", "Td", "Ih", "S4")] == [1, 2, 4, 24, 24, 120, 4]


@pytest.mark.parametrize(
    "molecule", ["c1ccccc1", "C1CCCCC1", "CC(C)(C)C", "c1ccc(-c2ccccc2)cc1", "C1=CC=CC=CC=C1", "OO", "CCCC"]
)
def test_pymatgen_finds_the_same_in_the_same_coordinates(molecule):
    analyzer = pytest.importorskip(
        "pymatgen.symmetry.analyzer", reason="pymatgen, an independent program, is not installed (pip install pymatgen)"
    )
    from pymatgen.core import Molecule

    output = point_group(molecule)
    mol = Chem.MolFromMolBlock(output.views[0].models[0], removeHs=False)
    atoms = Molecule([atom.GetSymbol() for atom in mol.GetAtoms()], mol.GetConformer().GetPositions())
    assert str(analyzer.PointGroupAnalyzer(atoms, tolerance=0.05).sch_symbol) == output.data["point_group"]


@pytest.mark.parametrize(
    ("formula", "group"),
    [  # Housecroft & Sharpe, Inorganic Chemistry, 5th ed. 2018, table 2.7 (shapes by VSEPR) and chapter 3
        ("BeCl2", "D*h"), ("BCl3", "D3h"), ("SiF4", "Td"), ("PF3", "C3v"), ("PF5", "D3h"), ("SF4", "C2v"), ("ClF3", "C2v"),
        ("XeF2", "D*h"), ("I3-", "D*h"), ("IF5", "C4v"), ("BrF5", "C4v"), ("ICl4-", "D4h"), ("SiF6^2-", "Oh"), ("IF7", "D5h"),
        ("CO3 2-", "D3h"), ("PO4 3-", "Td"), ("OF2", "C2v"), ("chlorine trifluoride", "C2v"), ("TiCl4", "Td"),
    ],
)  # fmt: skip
def test_shapes_are_asked_for_by_formulas(formula, group):
    assert point_group(formula).data["point_group"] == group


def test_a_formula_of_many_structures_has_no_point_group():
    for formula in ("C6H6", "C4H10", "XeF6", "[PtCl4]2-"):
        with pytest.raises(ToolInputError):
            point_group(formula)

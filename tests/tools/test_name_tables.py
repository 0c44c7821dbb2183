"""Names that the tables of the chemicals package give wrongly: hydrides without their hydrogen, names of several compounds."""

from __future__ import annotations

import pytest
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError
from tools.inputs.molecules import parse_molecule
from tools.inputs.names import look_up_name


@pytest.mark.parametrize(
    ("name", "formula"),
    [  # formulas of the suppliers and of OPSIN; the tables have C6H15Si and the like, without the hydrogen at Si, B and Se
        ("triethylsilane", "C6H16Si"),
        ("617-86-7", "C6H16Si"),
        ("triphenylsilane", "C18H16Si"),
        ("diphenylsilane", "C12H12Si"),
        ("phenylsilane", "C6H8Si"),
        ("triisopropylsilane", "C9H22Si"),
        ("triethoxysilane", "C6H16O3Si"),
        ("1,1,3,3-tetramethyldisiloxane", "C4H14OSi2"),
        ("pinacolborane", "C6H13BO2"),
        ("catecholborane", "C6H5BO2"),
        ("benzeneselenol", "C6H6Se"),
        ("diphenylarsine", "C12H11As"),
        ("diethyl phosphite", "C4H11O3P"),
        ("dimethyl phosphite", "C2H7O3P"),
        ("diphenylphosphine oxide", "C12H11OP"),
        ("sodium cyanoborohydride", "CH3BNNa"),
        ("hypophosphorous acid", "H3O2P"),
        ("sodium hypophosphite", "H2NaO2P"),
        ("phenyl silyl radical", "C6H7Si"),
        ("dichloroboron", "BCl2"),
        ("tin dichloride", "Cl2Sn"),
        ("tributyltin hydride", "C12H28Sn"),
        ("triethyltin hydride", "C6H16Sn"),
        ("diethylaluminum hydride", "C4H11Al"),
    ],
)
def test_hydrides_have_the_hydrogen_that_the_tables_leave_out(name, formula):
    found = look_up_name(name)
    assert {CalcMolFormula(Chem.MolFromSmiles(entry.smiles)) for entry in found} == {formula}


@pytest.mark.parametrize("name", ["iron chloride", "copper oxide", "Tin chloride", "sulphur"])
def test_a_name_of_several_compounds_is_none_of_them(name):
    assert look_up_name(name) == []
    with pytest.raises(ToolInputError, match="not one compound"):
        parse_molecule(name)

"""QED from known properties: the values of the paper's authors, and those of RDKit's own function on all kinds of molecules."""

from __future__ import annotations

import pytest
from rdkit import Chem
from rdkit.Chem import QED

from tools.chemistry import qed
from tools.inputs.molecules import parse_molecule


@pytest.mark.parametrize(
    ("smiles", "value"),
    [  # of the authors' original program, as RDKit's documentation of its QED module gives them
        ("N=C(CCSCc1csc(N=C(N)N)n1)NS(N)(=O)=O", 0.253),
        ("CNC(=NCCSCc1nc[nH]c1C)NC#N", 0.234),
        ("CCCCCNC(=N)NN=Cc1c[nH]c2ccc(CO)cc12", 0.234),
    ],
)
def test_values_of_the_authors(smiles, value):
    assert qed.estimate(parse_molecule(smiles).mol) == pytest.approx(value, abs=1e-3)


@pytest.mark.parametrize(
    "smiles",
    [
        "CC(=O)Oc1ccccc1C(=O)O", "C", "[H][H]", "[2H]OC([2H])([2H])C", "[Na+].[Cl-]", "CN1CCC[C@H]1c1cccnc1", "c1ccc2ccccc2c1",
        "O=[N+]([O-])c1ccccc1", "C1CC2CCC1C2", "OC(=O)CN(CC(=O)O)CCN(CC(=O)O)CC(=O)O", "CC(=O)C=C", "[Fe]", "FC(F)(F)c1ccncc1",
        "N[C@@H](Cc1c[nH]c2ccccc12)C(=O)O", "CCCCCCCCCCCCCCCCCC(=O)O", "c1ccc(cc1)S(=O)(=O)N=[N+]=[N-]",
    ],
)  # fmt: skip
def test_it_is_rdkits(smiles):
    mol = parse_molecule(smiles).mol
    assert qed.estimate(Chem.Mol(mol)) == QED.qed(mol)

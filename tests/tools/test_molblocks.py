"""Blocks of molfiles for the SD file of a batch: the same molecule when another reader reads them, or none."""

from __future__ import annotations

import pytest
from rdkit import Chem

from bench.tools import drugs
from tools.chemistry.molblocks import quick_molblock


@pytest.mark.parametrize(
    "smiles",
    ["CCO", "C[C@H](N)O", "C/C=C/C", "C/C=C\\C", "CC=CC", "[Na+].[Cl-]", "[13CH4]", "C[N+](=O)[O-]", "c1ccc2[nH]ccc2c1", "CC=NO",
     "F[P-](F)(F)(F)(F)F", "[CH3]", "C1CC/C=C/CCC1", *drugs()[::20]],
)  # fmt: skip
def test_a_block_is_the_molecule_with_coordinates(smiles):
    canonical = Chem.CanonSmiles(smiles)
    back = Chem.MolFromMolBlock(quick_molblock(canonical))
    assert Chem.MolToSmiles(back) == canonical
    assert back.GetNumAtoms() == 1 or back.GetConformer().GetPositions()[:, :2].any()


@pytest.mark.parametrize("smiles", ["*CCO", "C" * 301, "", "no molecule"])
def test_what_is_not_quick_or_no_molecule_has_none(smiles):
    assert quick_molblock(smiles) == ""

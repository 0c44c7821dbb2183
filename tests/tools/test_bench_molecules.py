"""What the bench compares: 200 different drugs, and bare calls that give the numbers of the tools."""

from __future__ import annotations

import pytest
from rdkit import Chem

from bench import bare
from bench.tools import MEASURED, drugs
from tools.registry import Toolbox

TOOLS = Toolbox.load()


def test_there_are_200_different_drugs():
    assert len({Chem.CanonSmiles(smiles) for smiles in drugs()}) == len(drugs()) == 200


def test_each_tool_is_measured_once():
    names = [name for name, _, _ in MEASURED]
    assert len(set(names)) == len(names)
    assert [name for name in names if name not in TOOLS] == []


@pytest.mark.parametrize("smiles", drugs()[::40])
def test_the_bare_calls_do_the_same(smiles):
    alone, described = bare.describe_molecule(smiles), TOOLS["describe_molecule"]({"molecule": smiles}).data
    for key in ("smiles", "inchikey", "formula", "h_bond_donors", "h_bond_acceptors", "rotatable_bonds", "ring_count"):
        assert alone[key] == described[key], key
    for key, digits in (("average_mass_da", 2), ("logp_crippen", 2), ("tpsa_a2", 2), ("qed", 3)):
        assert round(alone[key], digits) == pytest.approx(described[key], abs=1.1 * 10**-digits), key
    counted = TOOLS["count_atoms"]({"molecule": smiles}).data["counts"]
    assert {symbol: count for symbol, count in bare.count_atoms(smiles)["counts"].items() if count} == counted

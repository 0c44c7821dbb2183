"""Synonyms that the tables list with another compound are listed as both, where OPSIN reads another one in the name."""

from __future__ import annotations

import pytest
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError
from tools.inputs.molecules import parse_molecule
from tools.inputs.name_disputes import is_another_compound, says_its_structure
from tools.inputs.names import look_up_name
from tools.inputs.opsin import find_opsin

needs_java = pytest.mark.skipif(find_opsin() is None, reason="OPSIN needs Java")


@needs_java
@pytest.mark.parametrize(
    ("name", "filed_as"),
    [
        ("2-amino-6-bromobenzoicacid", "2-amino-5-bromobenzoic acid"),  # positions 5 and 6 of a ring are not one
        ("3-methylbenzylthiophene", "3-methylbenzo[b]thiophene"),  # benzyl is no fused benzene
    ],
)
def test_a_name_that_says_another_structure_than_its_row_is_refused_with_both(name, filed_as):
    found = look_up_name(name)
    assert filed_as in {entry.name for entry in found} and len(found) == 2
    with pytest.raises(ToolInputError, match="2 different compounds"):
        parse_molecule(name)


@needs_java
@pytest.mark.parametrize(
    ("name", "formula"),
    [("2-acetoxybenzoic acid", "C9H8O4"), ("1,3,7-trimethylxanthine", "C8H10N4O2"), ("propan-2-ol", "C3H8O")],
)
def test_a_name_on_which_both_agree_is_one_compound(name, formula):
    """PubChem: aspirin CID 2244, caffeine CID 2519, isopropanol CID 3776."""
    assert CalcMolFormula(parse_molecule(name).mol) == formula


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("Oc1ccccn1", "O=c1cccc[nH]1", False),  # tautomers: 2-hydroxypyridine and 2-pyridone
        ("C[C@H](N)C(=O)O", "CC(N)C(=O)O", False),  # configuration
        ("CC[O-].[Na+]", "[Na].CCO", False),  # how a salt is written
        ("Cc1ccccc1O", "Cc1cccc(O)c1", True),  # o- and m-cresol
        ("CBr", "[2H]C([2H])([2H])Br", True),  # isotopes
        ("CCO", "CCCO", True),
    ],
)
def test_what_counts_as_another_compound(one, other, differ):
    assert is_another_compound(one, other) is differ


@pytest.mark.parametrize(("name", "says"), [("aspirin", False), ("2-propanol", True), ("o-xylene", False)])
def test_only_a_name_with_locants_is_held_against_a_structure(name, says):
    assert says_its_structure(name) is says

"""Handles stand for the molecules and sequences of a conversation, and for nothing else."""

from __future__ import annotations

import pytest

from app.handles import Handles
from errors import ToolInputError
from model.messages import Message, ToolResult

CAFFEINE = "Cn1c(=O)c2c(ncn2C)n(C)c1=O"


def result(**data):
    return ToolResult("call_1", "tool", True, {"data": data})


def test_molecules_and_sequences_are_numbered_apart_in_the_order_they_came():
    handles = Handles()
    assert [
        handles.hold(result(smiles="CCO")),
        handles.hold(result(protein="MKT")),
        handles.hold(result(smiles=CAFFEINE)),
    ] == [
        "mol_1",
        "seq_1",
        "mol_2",
    ]


def test_the_same_molecule_keeps_its_handle():
    handles = Handles([Message("assistant", (result(smiles="CCO"), result(smiles="CCO")))])
    assert handles.hold(result(smiles="CCO")) == "mol_1"


def test_a_handle_in_an_argument_or_a_list_of_them_becomes_the_text():
    handles = Handles([Message("assistant", (result(smiles=CAFFEINE),))])
    assert handles.resolved({"molecules": ["mol_1", "CCO"], "atom_numbers": True}) == {
        "molecules": [CAFFEINE, "CCO"],
        "atom_numbers": True,
    }


def test_a_handle_that_was_never_given_is_refused_and_the_known_ones_are_named():
    handles = Handles([Message("assistant", (result(smiles="CCO"),))])
    with pytest.raises(ToolInputError, match=r"mol_7.*known handles: mol_1"):
        handles.resolved({"molecule": "mol_7"})


def test_a_failed_result_and_one_without_a_structure_hold_nothing():
    assert Handles().hold(ToolResult("call_1", "tool", False, {"sentence": "no"})) is None
    assert Handles().hold(result(count=3)) is None

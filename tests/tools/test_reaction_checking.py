"""``check_reaction``: what is on each side, and what is missing where; equations of textbooks."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.reaction_checking import check_reaction


@pytest.mark.parametrize(
    "reaction",
    [
        "CC(=O)O.OCC>>CC(=O)OCC.O",  # Fischer esterification
        "ethanol + acetic acid -> ethyl acetate + water",
        "2 H2 + O2 -> 2 H2O",
        "C=CC=C.C=C>>C1CCC=CC1",  # Diels and Alder 1928
        "O=C=O.[OH-]>>OC(=O)[O-]",  # hydrogencarbonate
        "CC(=O)O>>CC(=O)[O-].[H+]",
        "C1=CC=CC=C1.BrBr>[Fe]>Brc1ccccc1.Br",  # agents are not counted
    ],
)
def test_textbook_reactions_are_balanced(reaction):
    data = check_reaction(reaction).data
    assert data["balanced"] is True
    assert data["difference"] == {} and data["charge_difference"] == 0


@pytest.mark.parametrize(
    ("reaction", "difference", "charge"),
    [
        ("CCO>>CC=O", {"H": 2}, 0),  # an oxidation: two hydrogens go
        ("CC(=O)O.OCC>>CC(=O)OCC", {"H": 2, "O": 1}, 0),  # water is left out
        ("c1ccccc1>>c1ccccc1Br", {"Br": -1, "H": 1}, 0),
        ("CC(=O)O>>CC(=O)[O-]", {"H": 1}, 1),  # a proton is left out
        ("CC.CC>>CCCC", {"H": 2}, 0),  # what is written twice counts twice
    ],
)
def test_what_is_missing_is_the_reactants_minus_the_products(reaction, difference, charge):
    output = check_reaction(reaction)
    assert output.data["balanced"] is False
    assert output.data["difference"] == difference
    assert output.data["charge_difference"] == charge
    assert "not balanced" in output.summary


def test_a_small_molecule_that_would_balance_it_is_a_suggestion():
    assert "for example, water (H2O) on the product side" in check_reaction("CC(=O)O.OCC>>CC(=O)OCC").summary


def test_the_reaction_is_drawn_with_a_title():
    (drawing, *_) = check_reaction("CCO>>CC=O").views
    assert "<title>" in drawing.svg


@pytest.mark.parametrize(
    ("reaction", "says"),
    [
        ("", "empty"),
        ("CCO", "no reaction arrow"),
        ("CCO>>", "no products"),
        (">>CC", "no reactants"),
        ("CCO>CC", "one '>'"),
        ("CCO>>CC=O>>CC", "more than one arrow"),
        ("C1CC>>CC", "never closes"),
        ("[#6]-[#8]>>[#6]=[#8]", "SMARTS"),
    ],
)
def test_what_is_no_reaction_is_one_sentence(reaction, says):
    with pytest.raises(ToolInputError, match=says) as raised:
        check_reaction(reaction)
    assert "\n" not in str(raised.value)

"""``resolve_structure`` and ``name_to_structure``: one record for any notation, and names only for names.

Formulas, masses and InChIKeys are PubChem's (aspirin CID 2244, caffeine CID 2519).
"""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.structures import name_to_structure, resolve_structure

ASPIRIN_KEY = "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"


@pytest.mark.parametrize("text", ["aspirin", "CC(=O)OC1=CC=CC=C1C(=O)O", "50-78-2", "2-acetyloxybenzoic acid"])
def test_any_notation_of_aspirin_resolves_to_one_record(text):
    record = resolve_structure(text).data
    assert record["inchikey"] == ASPIRIN_KEY
    assert record["formula"] == "C9H8O4"
    assert record["average_mass_da"] == pytest.approx(180.16, abs=0.01)
    assert record["monoisotopic_mass_da"] == pytest.approx(180.04226, abs=1e-4)
    assert (record["charge"], record["components"]) == (0, 1)


def test_a_salt_is_said_to_have_two_components():
    output = resolve_structure("[Na+].[O-]C(C)=O")
    assert output.data["components"] == 2
    assert output.data["formula"] == "C2H3NaO2"
    assert any("2 components" in note for note in output.notes)


def test_a_resolved_structure_shows_a_drawing_and_a_table():
    assert [view.kind for view in resolve_structure("CCO").views] == ["svg", "table"]


def test_caffeine_by_name_has_its_cas_number_and_structure():
    output = name_to_structure("caffeine")
    assert output.data["cas"] == "58-08-2"
    assert output.data["inchikey"] == "RYYVLZVUVIJVGH-UHFFFAOYSA-N"
    assert output.summary.startswith("Caffeine is ")


def test_a_name_that_several_compounds_bear_lists_them_all():
    output = name_to_structure("xylene")
    assert output.data["count"] == 3
    assert {row["cas"] for row in output.data["compounds"]} == {"95-47-6", "108-38-3", "106-42-3"}
    assert any("none was chosen" in note for note in output.notes)


@pytest.mark.parametrize("text", ["CCO", "c1ccccc1", "InChI=1S/CH4/h1H4", "[Na+].[Cl-]"])
def test_a_notation_given_as_a_name_is_refused_with_the_tool_for_it(text):
    with pytest.raises(ToolInputError, match="use resolve_structure"):
        name_to_structure(text)


@pytest.mark.parametrize("text", ["", "asprin", "unobtainium", "50-78-3"])
def test_an_unknown_name_gives_no_structure(text):
    with pytest.raises(ToolInputError):
        name_to_structure(text)


def test_half_a_character_is_refused_at_its_place():
    with pytest.raises(ToolInputError, match=r"U\+D800"):
        name_to_structure("\ud800")

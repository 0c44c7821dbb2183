"""``draw_molecules``: SVG that is whole, safe beside others on a page, and says what it shows."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from errors import ToolInputError
from tools.chemistry.drawing import MOST_ATOMS_DRAWN, draw_molecules

SVG = "{http://www.w3.org/2000/svg}"
SHOWN = ["aspirin", "caffeine", "CCO", "C[C@H](N)C(=O)O", "[Na+].[Cl-]", "[He]", "[H][H]", "[13CH4]"]


def drawn(molecules, **options) -> ElementTree.Element:
    return ElementTree.fromstring(draw_molecules(molecules, **options).views[0].svg)


@pytest.mark.parametrize("molecule", SHOWN)
def test_a_drawing_is_one_whole_svg_with_a_title_and_a_description(molecule):
    root = drawn(molecule)
    assert root.tag == SVG + "svg"
    assert [child.tag for child in root][:2] == [SVG + "title", SVG + "desc"]
    assert "Structural formula of" in root.find(SVG + "desc").text


def test_the_description_names_formula_and_smiles():
    # PubChem CID 2244
    assert drawn("aspirin").find(SVG + "desc").text == (
        "Structural formula of Aspirin: C9H8O4, SMILES CC(=O)Oc1ccccc1C(=O)O."
    )


def test_a_drawing_holds_vectors_only_and_nothing_that_loads_or_runs():
    svg = draw_molecules("aspirin", highlight="C(=O)O", atom_numbers=True, stereo_labels=True).views[0].svg
    tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()}
    assert tags <= {"svg", "title", "desc", "g", "path", "ellipse", "rect", "text", "tspan", "line", "polygon"}
    assert not re.search(r"(?i)<script|href=|url\(|data:|\bon\w+=", svg)


def test_two_drawings_on_one_page_share_no_ids():
    svg = "".join(view.svg for view in draw_molecules(["CCO", "CCO"], highlight="O", atom_numbers=True).views)
    ids = re.findall(r"\bid=['\"]([^'\"]+)", svg)
    assert len(ids) == len(set(ids))


def test_every_colour_is_one_that_the_page_can_change_by_night():
    svg = draw_molecules("Cc1ccc(Br)cc1S(N)(=O)=O", highlight="c", atom_numbers=True, stereo_labels=True).views[0].svg
    assert re.findall(r"(?<!, )#[0-9A-Fa-f]{6}", svg) == []  # each stands inside var(--…, #rrggbb)


def test_a_name_with_markup_cannot_leave_its_title():
    output = draw_molecules(["CCO"])
    from tools.chemistry.drawing import molecule_svg
    from tools.inputs.molecules import parse_molecule

    hostile = "</title><script>alert(1)</script>&\"'"
    root = ElementTree.fromstring(molecule_svg(parse_molecule("CCO"), hostile).svg)
    assert root.find(SVG + "title").text == hostile
    assert len(list(root.iter())) == len(list(ElementTree.fromstring(output.views[0].svg).iter()))


def test_a_substructure_is_highlighted_and_counted():
    plain = draw_molecules("aspirin").views[0].svg
    output = draw_molecules("aspirin", highlight="C(=O)O")
    assert output.data["matches"] == [2]  # the ester and the acid
    assert "--highlight" in output.views[0].svg
    assert "--highlight" not in plain
    assert "6 atoms are highlighted" in output.views[0].svg


def test_a_substructure_that_does_not_occur_is_said_and_not_highlighted():
    output = draw_molecules(["CCO", "CCN"], highlight="[NX3]")
    assert output.data["matches"] == [0, 1]
    assert [note for note in output.notes if "does not occur" in note] == ["The pattern '[NX3]' does not occur in CCO."]
    assert "--highlight" not in output.views[0].svg


@pytest.mark.parametrize(
    ("highlight", "words"),
    [
        ("", "pattern is empty"),
        ("  ", "pattern is empty"),
        ("[", "not a valid SMARTS"),
        ("phenol", "not a valid SMARTS"),
        ("CCO and words", "goes on after a blank (highlight, character 4)"),  # RDKit would look for CCO
        ("CC\nO", "goes on after a blank (highlight, character 3)"),
        ("C" * 501, "at most 500 are read"),
        ("\u0421C", "U+0421"),
    ],
)
def test_a_pattern_that_is_none_is_refused(highlight, words):
    with pytest.raises(ToolInputError) as caught:
        draw_molecules("CCO", highlight=highlight)
    assert words in str(caught.value)


def test_a_pattern_of_a_hydrogen_is_told_that_hydrogens_are_not_drawn():
    assert any("Hydrogens are no atoms" in note for note in draw_molecules("CCO", highlight="[H]O").notes)


def test_atom_numbers_stand_in_the_drawing_only_on_request():
    numbered = draw_molecules("CCO", atom_numbers=True)
    assert len(re.findall("class='note'", numbered.views[0].svg)) == 3
    assert any("numbered from 0" in note for note in numbered.notes)
    assert "class='note'" not in draw_molecules("CCO").views[0].svg


def test_stereo_labels_stand_in_the_drawing_only_on_request():
    assert "CIP_Code" in draw_molecules("C[C@H](N)C(=O)O", stereo_labels=True).views[0].svg
    assert "CIP_Code" not in draw_molecules("C[C@H](N)C(=O)O").views[0].svg


def test_a_list_is_drawn_in_its_order_with_a_caption_each():
    names = ["aspirin", "caffeine", "ibuprofen", "paracetamol"]
    output = draw_molecules(names)
    assert [view.title for view in output.views] == ["Aspirin", "Caffeine", "Ibuprofen", "Paracetamol"]
    assert all(view.caption.startswith(view.title) for view in output.views)
    assert output.data["count"] == 4
    assert output.summary == "Drawn: Aspirin, Caffeine, Ibuprofen, Paracetamol."


def test_sixty_molecules_are_drawn_and_sixty_one_refused():
    assert len(draw_molecules(["CCO"] * 60).views) == 60
    with pytest.raises(ToolInputError, match="at most 60"):
        draw_molecules(["CCO"] * 61)


def test_a_molecule_too_large_to_be_read_is_refused_by_its_place():
    with pytest.raises(ToolInputError, match=f"at most {MOST_ATOMS_DRAWN} are drawn .*item 2"):
        draw_molecules(["CCO", "C" * (MOST_ATOMS_DRAWN + 1)])
    with pytest.raises(ToolInputError, match="drawn at once"):
        draw_molecules(["C" * 300] * 11)


def test_bonds_of_small_and_large_molecules_have_one_length():
    def first_bond(smiles: str) -> float:
        path = re.search(
            r"class='bond-0 [^>]*?d='M ([\d.]+),([\d.]+) L ([\d.]+),([\d.]+)", draw_molecules(smiles).views[0].svg
        )
        x1, y1, x2, y2 = map(float, path.groups())
        return ((x1 - x2) ** 2 + (y1 - y2) ** 2) ** 0.5

    assert first_bond("CC") == pytest.approx(first_bond("C" * 40), rel=0.05)  # 28 and 29 px of 30


@pytest.mark.parametrize("molecules", ["", [], ["CCO", "C1CC"], ["CCO", ""], "CCO CCN", "C*"])
def test_what_is_no_molecule_is_not_drawn(molecules):
    with pytest.raises(ToolInputError):
        draw_molecules(molecules)


def test_what_is_highlighted_is_named_in_a_legend():
    (view,) = draw_molecules("aspirin", highlight="C(=O)O").views
    assert view.legend == ("C(=O)O (found 2 times)",)
    (plain,) = draw_molecules("aspirin").views
    assert plain.legend == ()


@pytest.mark.parametrize(
    ("smiles", "labels"),
    [
        ("OC[C@H]1O[C@@H](O)[C@H](O)[C@@H](O)[C@@H]1O", 5),  # beta-D-glucopyranose (2R,3R,4S,5S,6R)
        ("O[C@H]1C[C@@H](O)C1", 2),  # cis-cyclobutane-1,3-diol, pseudoasymmetric: (1s,3s)
        ("C/C=C/C", 1),  # (E)
    ],
)
def test_each_stereo_element_is_labelled_on_request(smiles, labels):
    (view,) = draw_molecules(smiles, stereo_labels=True).views
    assert view.svg.count("class='CIP_Code'") == 3 * labels  # a letter in two brackets, each a path

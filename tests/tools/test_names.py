"""Names and CAS numbers: found, listed when several compounds bear one, and never guessed.

Formulas are those of the literature (the ``formula`` column was written from it, apart from the SMILES).
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError
from tools.inputs import names
from tools.inputs.molecules import parse_molecule
from tools.inputs.names import close_names, look_up_name
from tools.inputs.notations import cas_check_digit

TABLE = Path(names.__file__).parents[2] / "assets" / "tables" / "common_names.csv"
with TABLE.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))

needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="OPSIN needs Java")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["names"].split("|")[0])
def test_every_row_of_the_common_names_has_the_formula_of_its_structure_and_a_valid_cas_number(row):
    mol = Chem.MolFromSmiles(row["smiles"])
    assert CalcMolFormula(mol) == row["formula"]
    assert int(row["cas"][-1]) == cas_check_digit(row["cas"])
    assert row["source"]


def test_the_common_names_hold_at_least_150_compounds_each_once():
    assert len(ROWS) >= 150
    assert len({row["cas"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    ("name", "inchikey"),
    [  # InChIKeys as PubChem prints them
        ("aspirin", "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"),
        ("Paracetamol", "RZVAJINKPMORJF-UHFFFAOYSA-N"),
        ("ACETAMINOPHEN", "RZVAJINKPMORJF-UHFFFAOYSA-N"),
        ("caffeine", "RYYVLZVUVIJVGH-UHFFFAOYSA-N"),
        ("58-08-2", "RYYVLZVUVIJVGH-UHFFFAOYSA-N"),
        ("imatinib", "KTUFNOKKBVMGRW-UHFFFAOYSA-N"),
        ("water", "XLYOFNOQVPJJNP-UHFFFAOYSA-N"),
        ("glucose", "GZCGUPFRVQAUEE-SLPGGIOYSA-N"),
        ("L-alanine", "QNAYBMKLOCPYGJ-REOHCLBHSA-N"),
        ("artemisinin", "BLUAFEHZUWYNDE-NNWCWBAJSA-N"),
        ("cholesterol", "HVYWMOMLDIMFJA-DPAQBDIFSA-N"),
        ("toluene", "YXFVVABEGXRONW-UHFFFAOYSA-N"),
        ("sodium chloride", "FAPWRFPIFSIZLT-UHFFFAOYSA-M"),
    ],
)
def test_known_names_give_the_published_structure(name, inchikey):
    assert Chem.MolToInchiKey(parse_molecule(name).mol) == inchikey


@pytest.mark.parametrize("name", ["foobarine", "asprin", "unobtainium", "CCO", "", "  ", "c1ccccc1"])
def test_what_is_no_name_gives_no_structure(name):
    assert look_up_name(name) == []


def test_three_xylenes_bear_the_name_xylene():
    assert {entry.cas for entry in look_up_name("xylene")} == {"95-47-6", "108-38-3", "106-42-3"}
    with pytest.raises(ToolInputError, match="3 different compounds"):
        parse_molecule("xylene")


def test_a_misspelt_name_is_suggested_and_not_used():
    assert "caffeine" in close_names("cafeine")
    with pytest.raises(ToolInputError, match="near: aspirin"):
        parse_molecule("asprin")


def test_rows_that_contradict_themselves_are_left_out():
    """The tables draw cadmium nitrate tetrahydrate (10022-68-1) as one water, one nitric acid and bare cadmium."""
    assert look_up_name("10022-68-1") == []


def test_the_source_and_the_number_are_said():
    assert any("CAS 58-08-2" in note for note in parse_molecule("caffeine").notes)


@needs_java
def test_a_systematic_name_is_parsed_by_opsin():
    parsed = parse_molecule("3-chloro-4-ethylpyridine")
    assert parsed.smiles == Chem.CanonSmiles("CCc1ccncc1Cl")
    assert any("OPSIN" in note for note in parsed.notes)


def test_without_java_a_systematic_name_is_refused_with_how_to_get_it(monkeypatch):
    monkeypatch.setattr(names.shutil, "which", lambda program: None)
    names._opsin_smiles.cache_clear()
    with pytest.raises(ToolInputError, match="install Java 8 or newer"):
        parse_molecule("4-bromo-3-propylquinoline")

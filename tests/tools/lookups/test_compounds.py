"""PubChem and ChEMBL through the tools: what is asked, what is said, and what is never mixed."""

from __future__ import annotations

import re

import pytest

from errors import ToolError, ToolInputError
from tests.tools.lookups.stand_in import Reply, recorded
from tools.registry import Toolbox

PUBCHEM, EBI = "pubchem.ncbi.nlm.nih.gov", "www.ebi.ac.uk"
TOOLS = Toolbox.load(("tools.lookups.pubchem", "tools.lookups.chembl"))
ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
ASPIRIN_KEY = "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"


def pubchem(**arguments):
    return TOOLS["pubchem_lookup"](arguments)


def chembl(**arguments):
    return TOOLS["chembl_activities"](arguments)


def views_of(result, kind):
    return [view for view in result.views if view.kind == kind]


def test_pubchem_values_stand_beside_ours(stand_in, gate):
    stand_in.answers(PUBCHEM, "/rest/pug/compound/name/aspirin/property/.*", "pubchem_aspirin.json")
    result = pubchem(compound="aspirin")
    assert result.data["cid"] == 2244
    assert result.data["inchikey"] == ASPIRIN_KEY
    assert result.data["average_mass_da"] == 180.16
    assert result.data["xlogp3"] == 1.2
    assert result.data["average_mass_da_computed_here"] == pytest.approx(180.159, abs=0.001)  # IUPAC 2021
    assert result.data["smiles"] == ASPIRIN
    assert result.data["differences"] == []
    assert result.summary == f"PubChem has Aspirin as CID 2244, C9H8O4, average mass 180.16 Da, InChIKey {ASPIRIN_KEY}."
    [table] = views_of(result, "table")
    rows = {row[0]: row[1:] for row in table.rows}
    assert table.columns == ("Property", "PubChem", "Computed here", "Unit")
    assert rows["Average mass"][0] == 180.16
    assert rows["Average mass"][1] == pytest.approx(180.159, abs=0.001)  # IUPAC 2021
    assert rows["logP (PubChem: XLogP3; here: Crippen)"][0] == 1.2
    assert len(views_of(result, "svg")) == 1
    assert any("public domain" in note and "answered 20" in note for note in result.notes)
    assert (result.provenance.host, result.provenance.source) == (PUBCHEM, "PubChem")


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("CID 2244", "/rest/pug/compound/cid/2244/"),
        (ASPIRIN_KEY, f"/rest/pug/compound/inchikey/{ASPIRIN_KEY}/"),
        (ASPIRIN, f"/rest/pug/compound/inchikey/{ASPIRIN_KEY}/"),
        (
            "InChI=1S/C9H8O4/c1-6(10)13-8-5-3-2-4-7(8)9(11)12/h2-5H,1H3,(H,11,12)",
            f"/rest/pug/compound/inchikey/{ASPIRIN_KEY}/",
        ),
        ("50-78-2", "/rest/pug/compound/name/50-78-2/"),
        ("acetylsalicylic  acid", "/rest/pug/compound/name/acetylsalicylic%20acid/"),
        ("imatinib mesylate (Glivec)", "/rest/pug/compound/name/imatinib%20mesylate%20%28Glivec%29/"),
    ],
)
def test_each_way_to_name_a_compound_has_its_own_question(stand_in, gate, given, path):
    stand_in.answers(PUBCHEM, ".*", "pubchem_aspirin.json")
    pubchem(compound=given)
    assert stand_in.asked[0].path.startswith(path)
    assert "Title,MolecularFormula" in stand_in.asked[0].path


def test_of_a_structure_only_its_hash_leaves_the_machine(stand_in, gate):
    stand_in.answers(PUBCHEM, ".*", "pubchem_aspirin.json")
    result = pubchem(compound=ASPIRIN)
    sent = stand_in.asked[0].path + stand_in.asked[0].body + str(stand_in.asked[0].headers)
    assert "CC(" not in sent
    assert "Of the structure only its InChIKey was sent." in result.notes


@pytest.mark.parametrize("broken", ["C1CC(", "CC(C)(C)(C)C", "", "   ", "CCO and more words >>"])
def test_a_broken_structure_is_refused_and_not_sent(stand_in, gate, broken):
    with pytest.raises(ToolInputError):
        pubchem(compound=broken)
    assert stand_in.connections == 0
    assert gate.asked == []


def test_a_name_of_several_compounds_is_answered_with_all_and_none_is_chosen(stand_in, gate):
    stand_in.answers(PUBCHEM, ".*", "pubchem_alanine_several.json")
    result = pubchem(compound="alanine")
    assert result.data["count"] == 2
    assert [hit["cid"] for hit in result.data["hits"]] == [5950, 602]
    assert result.summary == "'alanine' stands for 2 compounds at PubChem: CID 5950 (Alanine); CID 602 (DL-Alanine)."
    assert any("None of them was chosen" in note for note in result.notes)
    assert len(views_of(result, "svg")) == 2


def test_of_several_with_one_inchikey_the_one_that_was_drawn_is_taken(stand_in, gate):
    stand_in.answers(PUBCHEM, ".*", "pubchem_alanine_several.json")
    assert pubchem(compound="C[C@H](N)C(=O)O").data["cid"] == 5950


def test_a_compound_that_pubchem_does_not_have_is_said(stand_in, gate):
    stand_in.answers(PUBCHEM, ".*", recorded("pubchem_not_found.json", 404))
    with pytest.raises(ToolInputError, match=r"^PubChem has no compound named 'unobtainium' \(compound\); check its spelling, or give its SMILES\.$"):  # fmt: skip
        pubchem(compound="unobtainium")


def test_another_structure_or_mass_than_ours_is_said(stand_in, gate):
    wrong = (
        recorded("pubchem_aspirin.json")
        .body.replace(b'"180.16"', b'"181.16"')
        .replace(b"OC1=CC=CC=C1C", b"OC1=CC(=CC=C1)C")
    )
    stand_in.answers(PUBCHEM, ".*", Reply(wrong))
    differences = pubchem(compound="aspirin").data["differences"]
    assert differences[0].startswith("The InChIKey of PubChem's SMILES is ")
    assert differences[0].endswith(f" here, and PubChem says {ASPIRIN_KEY}.")
    assert differences[1] == "The average mass is 180.159 Da here, and PubChem says 181.16 Da."
    other = recorded("pubchem_alanine_several.json").body
    stand_in.answers(PUBCHEM, ".*", Reply(other[: other.index(b"},\n")] + b"}]}}"))
    [said] = pubchem(compound="aspirin", refresh=True).data["differences"]
    assert said.startswith(
        f"Here 'aspirin' is another structure ({ASPIRIN}, InChIKey {ASPIRIN_KEY}) than at PubChem (QNAYBMKLOCPYGJ-"
    )


def test_a_structure_that_cannot_be_read_here_is_not_drawn(stand_in, gate):
    stand_in.answers(
        PUBCHEM, ".*", Reply(recorded("pubchem_aspirin.json").body.replace(b"CC(=O)OC1=CC=CC=C1C(=O)O", b"C1CC(<svg>"))
    )
    result = pubchem(compound="CID 2244")
    assert result.data["smiles"] == "", "no other tool is given it"
    assert views_of(result, "svg") == []
    assert "PubChem's structure cannot be read here: it is not drawn, and nothing was computed of it." in result.notes


def test_names_and_hazards_are_a_second_request(stand_in, gate):
    stand_in.answers(PUBCHEM, "/rest/pug/compound/name/aspirin/.*", "pubchem_aspirin.json")
    stand_in.answers(PUBCHEM, "/rest/pug/compound/cid/2244/synonyms/JSON", "pubchem_aspirin_synonyms.json")
    stand_in.answers(
        PUBCHEM, r"/rest/pug_view/data/compound/2244/JSON\?heading=GHS\+Classification", "pubchem_aspirin_ghs.json"
    )
    names = pubchem(compound="aspirin", more="names")
    assert names.data["cas_numbers"] == ["50-78-2", "11126-35-5"], "50-78-3 has a wrong check digit"
    assert names.data["names"][:2] == ["aspirin", "ACETYLSALICYLIC ACID"]
    hazards = pubchem(compound="aspirin", more="hazards")
    assert hazards.data["ghs_signal_words"] == ["Warning (European Chemicals Agency (ECHA))"]
    assert hazards.data["ghs_hazard_statements"][0].startswith("H302 (98.7%): Harmful if swallowed")
    assert any("None listed is not harmless" in note for note in hazards.notes)
    assert stand_in.connections == 3, "the properties were kept"


def test_no_ghs_classification_is_not_called_safe(stand_in, gate):
    stand_in.answers(PUBCHEM, "/rest/pug/compound/name/aspirin/.*", "pubchem_aspirin.json")
    stand_in.answers(PUBCHEM, "/rest/pug_view/.*", Reply(b'{"Fault": {"Code": "PUGVIEW.NotFound"}}', 404))
    result = pubchem(compound="aspirin", more="hazards")
    assert result.data["ghs"] == "PubChem lists no GHS classification, which says nothing about safety"


def test_what_pubchem_writes_is_shown_as_plain_words(stand_in, gate):
    body = recorded("pubchem_aspirin.json").body.replace(
        b'"Title": "Aspirin"', b'"Title": "<script>x</script>As\\u202epirin\\u0000"'
    )
    stand_in.answers(PUBCHEM, ".*", Reply(body))
    assert pubchem(compound="CID 2244").data["title"] == "xAs pirin"


# ChEMBL -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def aspirin(stand_in):
    stand_in.answers(EBI, r"/chembl/api/data/molecule\.json\?.*", "chembl_aspirin_molecule.json")
    stand_in.answers(EBI, r"/chembl/api/data/activity\.json\?.*", "chembl_aspirin_activities.json")
    return stand_in


def test_kinds_units_and_assay_types_are_never_mixed(aspirin, gate):
    result = chembl(molecule="aspirin")
    groups = {(one["kind"], one["unit"], one["assay_type"]): one for one in result.data["groups"]}
    assert set(groups) == {
        ("IC50", "nM", "binding"),
        ("Ki", "nM", "binding"),
        ("IC50", "nM", "functional"),
        ("IC50", "ug.mL-1", "binding"),
    }
    main = groups["IC50", "nM", "binding"]
    # of 1000, 3000 and 5000 nM; one limit (> 100000) and one doubted value stand beside it
    assert (main["measured"], main["median"], main["lowest"], main["highest"]) == (3, 3000.0, 1000.0, 5000.0)
    assert (main["limits"], main["in_doubt"], main["repetitions"]) == (1, 1, 0)
    assert groups["Ki", "nM", "binding"]["median"] == 400.0
    assert groups["IC50", "ug.mL-1", "binding"]["median"] is None, "ChEMBL doubts its only value"
    assert result.summary == (
        "ChEMBL lists 8 activities of ASPIRIN (CHEMBL25); of IC50 at Cyclooxygenase-1 (binding) the median of 3 is 3000 nM."
    )
    assert any("An IC50" in note or "an IC50 depends" in note for note in result.notes)
    [plot] = views_of(result, "plot")
    assert plot.x_names == ("IC50 Cyclooxygenase-1 (B)", "Ki Cyclooxygenase-1 (B)", "IC50 Cyclooxygenase-1 (F)")
    assert plot.series[0].x == (1.0, 1.0, 1.0, 2.0, 3.0)
    assert any("CC BY-SA 3.0" in note for note in result.notes)


def test_a_name_is_sought_among_synonyms_and_a_structure_by_its_hash(aspirin, gate):
    chembl(molecule="aspirin")
    chembl(molecule=ASPIRIN)
    first, _, second, *_ = [request.path for request in aspirin.asked]
    assert first.startswith("/chembl/api/data/molecule.json?molecule_synonyms__molecule_synonym__iexact=aspirin&")
    assert second.startswith(f"/chembl/api/data/molecule.json?molecule_structures__standard_inchi_key={ASPIRIN_KEY}&")


def test_target_and_kind_narrow_the_question(aspirin, gate):
    chembl(molecule="aspirin", target="chembl221", kind="Ki")
    assert re.search(r"target_chembl_id=CHEMBL221&standard_type=Ki", aspirin.asked[1].path)
    with pytest.raises(ToolInputError, match="'COX-1' is no ChEMBL target"):
        chembl(molecule="aspirin", target="COX-1")


def test_a_chembl_id_is_asked_for_itself(aspirin, gate):
    aspirin.answers(
        EBI,
        r"/chembl/api/data/molecule/CHEMBL25\.json",
        {"molecule_chembl_id": "CHEMBL25", "pref_name": None, "molecule_structures": None},
    )
    result = chembl(molecule="CHEMBL25")
    assert result.data["name"] == ""
    assert "(CHEMBL25)" in result.summary
    assert views_of(result, "svg") == []
    aspirin.answers(EBI, r"/chembl/api/data/molecule/CHEMBL1\.json", Reply(b"", 404))
    with pytest.raises(ToolInputError, match="ChEMBL has no molecule 'CHEMBL1'"):
        chembl(molecule="CHEMBL1")


def test_several_molecules_are_listed(aspirin, gate):
    aspirin.answers(EBI, r"/chembl/api/data/molecule\.json\?.*", {
        "molecules": [{"molecule_chembl_id": "CHEMBL25", "pref_name": "ASPIRIN"}, {"molecule_chembl_id": "CHEMBL26", "pref_name": "OTHER"}],
        "page_meta": {"total_count": 2},
    })  # fmt: skip
    result = chembl(molecule="aspirin")
    assert result.summary == "'aspirin' stands for 2 molecules at ChEMBL: CHEMBL25 (ASPIRIN); CHEMBL26 (OTHER)."
    assert len(aspirin.asked) == 1


def test_more_than_was_fetched_and_nothing_at_all_are_said(aspirin, gate):
    more = recorded("chembl_aspirin_activities.json").body.replace(b'"total_count": 8', b'"total_count": 2049')
    aspirin.answers(EBI, r"/chembl/api/data/activity\.json\?.*", Reply(more))
    notes = chembl(molecule="aspirin").notes
    assert "ChEMBL has 2,049 measurements; the first 8 were fetched. Name a target or a kind." in notes
    aspirin.answers(EBI, r"/chembl/api/data/activity\.json\?.*", {"activities": [], "page_meta": {"total_count": 0}})
    assert chembl(molecule="aspirin", kind="Kd").summary == "ChEMBL lists no Kd values of ASPIRIN (CHEMBL25)."
    aspirin.answers(EBI, r"/chembl/api/data/molecule\.json\?.*", {"molecules": []})
    with pytest.raises(ToolInputError, match="ChEMBL has no molecule for 'caffeine'"):
        chembl(molecule="caffeine")


def test_an_identifier_of_another_shape_does_not_pass(aspirin, gate):
    aspirin.answers(EBI, r"/chembl/api/data/molecule\.json\?.*", {"molecules": [{"molecule_chembl_id": "../../evil"}]})
    with pytest.raises(ToolError, match=r"JSON of another shape at molecules\.0\.molecule_chembl_id"):
        chembl(molecule="caffeine")

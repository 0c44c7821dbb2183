"""What plain requests mean that speak of attached files: the whole of one, or each of its records."""

from __future__ import annotations

import pytest

from app.batches import OVER_FILE
from app.file_contents import OFFERED, contents_of
from app.file_requests import calls_on_files, column_named
from app.routing import Router
from app.schemas import entity_of
from tools.registry import Toolbox

TABLE = {
    "kind": "CSV",
    "count": 200,
    "columns": [{"name": "smiles", "holds": "SMILES"}, {"name": "mw", "holds": "numbers"}],
}
FASTA = {"kind": "FASTA", "count": 12, "columns": []}
ONE_SEQUENCE = {"kind": "FASTA", "count": 1, "columns": []}
PDB = {"kind": "PDB", "count": 1, "columns": []}


@pytest.fixture(scope="module")
def toolbox():
    return Toolbox.load()


@pytest.fixture(scope="module")
def meant(toolbox):
    router = Router([{**tool.schema, "group": tool.group, "asks": tool.asks} for tool in toolbox])
    entities = {
        tool.name: {name: entity_of(one) for name, one in tool.schema["parameters"]["properties"].items()}
        for tool in toolbox
    }

    def calls(request, read, attached=True, context=()):
        contents = {"file_1": contents_of(read)}
        found = router.route(request, context=context, files=["file_1"] if attached else [], contents=contents)
        return [(call.tool, call.arguments) for call in calls_on_files(found, entities, {"file_1": read}, request)]

    return calls


def over(tool, **more):
    return [(OVER_FILE, {"file": "file_1", "tool": tool, **more})]


@pytest.mark.parametrize(
    ("request_", "read", "calls"),
    [
        ("logP and TPSA for each molecule", TABLE, over("describe_molecule")),
        ("molecular weight of every row", TABLE, over("describe_molecule")),
        ("Run drug_likeness over column smiles of file_1", TABLE, over("drug_likeness", column="smiles")),
        ("Check the smiles column for PAINS", TABLE, over("structural_alerts", column="smiles")),
        ("drug-likeness of all compounds in file_1", TABLE, over("drug_likeness")),
        ("standardize the molecules in file_1", TABLE, over("standardize")),
        (
            "How similar is each compound in file_1 to aspirin?",
            TABLE,
            over("similarity", arguments={"query": "aspirin"}),
        ),
        (
            "Which molecules in file_1 contain the SMARTS [CX3](=O)[OX2H1]?",
            TABLE,
            over("find_substructure", arguments={"smarts": "[CX3](=O)[OX2H1]"}),
        ),
        ("Translate each sequence in file_1", FASTA, over("translate")),
        ("Translate them with table 4", FASTA, over("translate", arguments={"table": 4})),
        ("GC content of each record", FASTA, over("sequence_report")),
        ("Digest each protein with trypsin", FASTA, over("digest_protein", arguments={"enzyme": "trypsin"})),
        ("align the sequences in file_1", FASTA, [("align_many", {"sequences": "file_1"})]),
        ("cluster the molecules in file_1", TABLE, over("cluster")),
        ("Translate it", ONE_SEQUENCE, [("translate", {"sequence": "file_1"})]),
        ("What is around HIS A 57 in file_1?", PDB, [("structure_report", {"file": "file_1", "select": "HIS A 57"})]),
        ("Which residues contact the ligand HEM?", PDB, [("structure_report", {"file": "file_1", "select": "HEM"})]),
        ("contacts of A:45-60", PDB, [("structure_report", {"file": "file_1", "select": "A:45-60"})]),
        ("How many chains and ligands are in it?", PDB, [("structure_report", {"file": "file_1"})]),
    ],
)
def test_a_request_about_an_attached_file_is_read(meant, request_, read, calls):
    assert meant(request_, read) == calls


@pytest.mark.parametrize(
    "request_", ["", "What is in this file?", "Open it", "How many records does file_1 have?", "Hello"]
)
def test_a_file_that_nothing_else_is_asked_of_is_read(meant, request_):
    assert meant(request_, TABLE) == [("read_file", {"file": "file_1"})]


def test_a_file_beside_a_request_of_its_own_is_read_first(meant):
    read_first = [("read_file", {"file": "file_1"}), ("draw_molecules", {"molecules": "aspirin"})]
    assert meant("Draw aspirin", TABLE) == read_first


def test_a_later_request_is_about_the_earlier_file(meant):
    assert meant("and the TPSA of each?", TABLE, attached=False, context=["file_1"]) == over("describe_molecule")
    assert meant("What is the logP of aspirin?", TABLE, attached=False, context=["file_1"]) == [
        ("describe_molecule", {"molecule": "aspirin"})
    ]


def test_a_file_that_cannot_be_read_is_read_so_that_a_person_sees_why(meant):
    assert meant("logP of each molecule in file_1", {}) == [("read_file", {"file": "file_1"})]


@pytest.mark.parametrize(
    ("request_", "column"),
    [
        ("run it over column canonical_smiles", "canonical_smiles"),
        ('the logP of column "My SMILES" please', "My SMILES"),
        ("use the InChI column of file_1", "InChI"),
        ("logP for each row", ""),
        ("the first column", ""),
    ],
)
def test_a_column_is_named_as_people_name_it(request_, column):
    assert column_named(request_) == column


def test_what_is_offered_for_records_takes_one_of_them(toolbox):
    takes = {
        "molecules": ("molecule", "molecule_or_formula", "notation"),
        "sequences": ("sequence", "nucleotides", "protein"),
    }
    for contents, names in OFFERED.items():
        for name in names:
            schema = toolbox[name].schema["parameters"]
            assert entity_of(schema["properties"][schema["required"][0]]) in takes[contents], name

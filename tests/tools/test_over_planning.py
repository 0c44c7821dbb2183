"""What ``python -m tools over`` gives a tool for each record: which argument, from which column, and what it refuses."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tests.tools.test_files import GENBANK, SDF
from tools.over_together import gathered_arguments


@pytest.mark.parametrize(
    ("content", "tool", "column"),
    [
        ("name,smiles,inchi\naspirin,CCO,x\n", "describe_molecule", "smiles"),
        ("cid,isosmiles,canonicalsmiles\n1,C[C@H](N)O,CC(N)O\n", "describe_molecule", "isosmiles"),  # PubChem's download
        ("ID\tCompound Name\tActivity\n1\taspirin\t5\n2\tcaffeine\t6\n", "describe_molecule", "Compound Name"),
        ("structure,SMILES\nfig1.png,CCO\n", "describe_molecule", "SMILES"),
        ("structure,written\nfig1.png,CCO\nfig2.png,CCN\n", "describe_molecule", "written"),
        ("CCO,ethanol\nCCN,ethylamine\n", "describe_molecule", "column 1"),
        ("cas;smiles\n64-17-5;CCO\n71-43-2;c1ccccc1\n", "hazards", "cas"),
        ("id,formula,smiles\n1,C2H6O,CCO\n", "formula_report", "formula"),
        ("gene,protein,seq\nTP53,p53,MEEPQSDPSVEPPLSQETFSDLWKLL\n", "protein_report", "seq"),
        ("primer,Tm\nATGGCCATTGTAATGGGCCG,55\n", "melting_temperature", "primer"),
        ("step,rxn_smiles\n1,CCO>>CC=O\n", "check_reaction", "rxn_smiles"),
        ("aspirin,analgesic\ncaffeine,stimulant\nibuprofen,analgesic\n", "describe_molecule", "column 1"),
    ],
)  # fmt: skip
def test_the_column_is_told_by_header_and_contents(plan, content, tool, column):
    assert plan(content, tool).column == column


@pytest.mark.parametrize(
    ("content", "given"),
    [
        ("aspirin\ncaffeine\nibuprofen\n", ["aspirin", "caffeine", "ibuprofen"]),  # the first is no header
        ("1,2-dichloroethane\n1,3-dichloropropane\n", ["1,2-dichloroethane", "1,3-dichloropropane"]),
        ("name\n1,2-dichloroethane\nacetic acid\n", ["1,2-dichloroethane", "acetic acid"]),
        ("smiles\nCCO\n\nCCN\n\n", ["CCO", "", "CCN"]),
        ('inchi\n"InChI=1S/CH4/h1H4"\n"InChI=1S/C2H6/c1-2/h1-2H3"\n', ["InChI=1S/CH4/h1H4", "InChI=1S/C2H6/c1-2/h1-2H3"]),
        ("CCO ethanol\nCCC(=O)O propionic acid\n", ["CCO", "CCC(=O)O"]),
        ("drug\naspirin\ncaffeine\n", ["aspirin", "caffeine"]),
        ("CCO", ["CCO"]),
    ],
)  # fmt: skip
def test_a_list_of_lines_loses_none(plan, content, given):
    made = plan(content)
    assert [made.given(record) for record in made.records.read()] == given
    assert made.records.total == len(given)


def test_another_argument_may_come_from_a_column(plan):
    made = plan("smiles,pH\nCCO,7.4\nCCN,\n", "protonation_states", ph="=ph")
    first, second = made.records.read()
    assert made.arguments(first) == {"molecule": "CCO", "ph": "7.4"}
    with pytest.raises(ToolInputError, match="The cell is empty \\(column 'pH', line 3\\)"):
        made.arguments(second)


def test_a_column_is_named_whatever_its_capitals(plan):
    assert plan("a,B\nCCO,CCN\n", column="b").column == "B"
    assert plan("x1,CCO\nx2,CCN\n", column="column 2").column == "column 2"
    assert plan(SDF, "formula_report", column="activity").column == "activity"


def test_records_are_taken_whole(plan):
    made = plan(GENBANK, "sequence_report")
    [record] = made.records.read()
    assert made.arguments(record)["sequence"].startswith("LOCUS")
    assert plan(SDF, "find_substructure", smarts="[OX2H]").argument == "molecules"
    assert plan(SDF, "similarity", molecules=["CCO"]).argument == "query"


@pytest.mark.parametrize(
    ("content", "tool", "arguments", "said"),
    [
        (SDF, "protein_report", {}, "holds molecules, and 'sequence' is none"),
        (">x\nMKTAYIAK\n", "describe_molecule", {}, "holds sequences, and 'molecule' is none"),
        ("a,b\nCCO,CCN\nCCC,CCl\n", "describe_molecule", {}, "Several columns could be 'molecule' (column); name one of them: 'a', 'b'"),
        ("a,b\n1,2\n3,4\n", "describe_molecule", {}, "No column could be told to hold what 'molecule' takes (column); name one of them: 'a', 'b'"),
        ("smiles\nCCO\n", "rgroup_table", {}, "rgroup_table also needs 'core'"),
        ("smiles\nCCO\n", "read_file", {}, "read_file takes no one molecule"),
        ("smiles\nCCO\n", "no_such", {}, "There is no tool 'no_such'"),
        ("smiles\nCCO\n", "convert_notation", {}, "convert_notation also needs 'to'"),
        ("smiles\nCCO\n", "describe_molecule", {"colour": 1}, "describe_molecule has no argument 'colour'"),
        ("smiles\nCCO\n", "describe_molecule", {"molecule": "CCO"}, "Every argument that describe_molecule needs is given"),
        ("smiles\nCCO\n", "protonation_states", {"ph": "=acidity"}, "has no column 'acidity'"),
        ("smiles\n", "describe_molecule", {}, "'given'"),
    ],
)  # fmt: skip
def test_what_is_left_open_is_refused_with_what_to_do(plan, content, tool, arguments, said):
    with pytest.raises(ToolInputError) as refused:
        plan(content, tool, **arguments)
    assert said in str(refused.value)
    assert refused.value.hint or "given" in said


@pytest.mark.parametrize("tool", ["cluster", "draw_molecules", "rgroup_table", "align_many"])
def test_what_compares_records_gets_them_together(catalog, plan, tool):
    arguments = {"core": "c1ccccc1", "activities": "=pIC50"} if tool == "rgroup_table" else {}
    content = "smiles,pIC50\nCc1ccccc1,5.1\nCCc1ccccc1,6.0\n"
    if tool == "align_many":
        content = ">a\nMKTAYIAKQR\n>b\nMKTAYIAKQL\n>c\nMKTAYIGKQR\n"
    planned = plan(content, tool, **arguments)
    assert planned.argument == ("sequences" if tool == "align_many" else "molecules")
    gathered = gathered_arguments(planned)
    if tool == "rgroup_table":
        assert gathered == {"molecules": ["Cc1ccccc1", "CCc1ccccc1"], "core": "c1ccccc1", "activities": ["5.1", "6.0"]}
    else:
        assert len(gathered[planned.argument]) == (3 if tool == "align_many" else 2)

"""The parser of SMARTS patterns: what it refuses, and where; the grammar is that of Daylight's theory manual."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.inputs.smarts import names_hydrogens, parse_smarts


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("ester", "character 1", "'e' is no atom"),
        ("C(=O", "character 2", r"'\(' is not closed"),
        ("CC)", "character 3", r"'\)' closes nothing"),
        ("C1CC", "character 2", "ring bond 1 is not closed"),
        ("C%12CC", "character 2", "ring bond 12 is not closed"),
        (" C[CH3", "character 3", r"'\[' is not closed"),
        ("c1ccccc1 ring", "character 9", "goes on after a blank"),
        ("CCO>>CC=O", "character 4", "reaction SMARTS"),
        ("C=\u041e", "character 3", r"U\+041E"),
        ("", "smarts", "is empty"),
        ("C" * 501, "smarts", "at most 500 are read"),
        ("[C;H2;]", "smarts", "not a valid SMARTS"),
    ],
)
def test_a_wrong_pattern_is_refused_at_its_place(text, where, words):
    with pytest.raises(ToolInputError, match=words) as refusal:
        parse_smarts(text)
    assert where in refusal.value.where


def test_bracketed_rings_branches_and_recursion_are_read():
    assert parse_smarts("[$([CX3](=O)[OX2H1])]").GetNumAtoms() == 1
    assert parse_smarts("C%12CC%12").GetNumBonds() == 3


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[H]O", True), ("[#1]", True), ("[#6,#1]", True), ("[$(C[H])]", True),
        ("[!#1]", False), ("[OH]", False), ("[2H]C", False), ("[#17]", False), ("[D1;!#1]", False),
    ],
)  # fmt: skip
def test_whether_a_pattern_names_hydrogens(text, named):
    assert names_hydrogens(parse_smarts(text)) is named

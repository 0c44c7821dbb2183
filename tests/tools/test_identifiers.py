"""Identifiers of public databases, by the forms that these document."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.inputs.identifiers import (
    arxiv_number,
    is_protein_accession,
    parse_doi,
    parse_free_text,
    parse_ncbi,
    parse_pdb,
    parse_uniprot,
)


# the first four are the examples of https://www.uniprot.org/help/accession_numbers
@pytest.mark.parametrize("given", ["A2BC19", "P12345", "A0A023GPI8", "O55743", "P04637-2", "p04637"])
def test_accessions_of_uniprot(given):
    assert parse_uniprot(given) == given.upper()


@pytest.mark.parametrize(
    "bad", ["", "P1234", "P123456", "12345P", "A0A023GPI", "P04637-", "P04637 P53", "Р04637", "P04637\n>x", "x" * 500]
)
def test_what_is_no_accession_of_uniprot(bad):
    with pytest.raises(ToolInputError):
        parse_uniprot(bad)


@pytest.mark.parametrize(
    ("given", "read"), [("1crn", "1CRN"), (" 4HHB ", "4HHB"), ("pdb_00001crn", "1CRN"), ("PDB_00004HHB", "4HHB")]
)
def test_identifiers_of_the_pdb(given, read):
    assert parse_pdb(given) == read


@pytest.mark.parametrize("bad", ["", "CRN1", "1CR", "1CRNA", "pdb_10001crn", "1CR/", "../1CRN"])
def test_what_is_no_identifier_of_the_pdb(bad):
    with pytest.raises(ToolInputError):
        parse_pdb(bad)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("10.1021/ja01577a030", "10.1021/ja01577a030"),
        ("https://doi.org/10.1016/S0140-6736(97)11096-0", "10.1016/s0140-6736(97)11096-0"),
        ("doi: 10.1038/171737a0.", "10.1038/171737a0"),
        ("DOI:10.1002/(SICI)1096-987X(199604)17:5/6<490::AID-JCC1>3.0.CO;2-P", "10.1002/(sici)1096-987x(199604)17:5/6<490::aid-jcc1>3.0.co;2-p"),
        ('10.1021/"ja01577a030"', ""),
        ("10.1021/ja01577a030, 10.1038/171737a0", ""),
        ("10.1021", ""),
        ("ja01577a030", ""),
    ],
)  # fmt: skip
def test_dois_with_what_people_write_before_them(given, read):
    if read:
        assert parse_doi(given) == read
    else:
        with pytest.raises(ToolInputError):
            parse_doi(given)


@pytest.mark.parametrize(
    ("given", "number"),
    [("1706.03762", "1706.03762"), ("arXiv:1706.03762v7", "1706.03762v7"), ("hep-th/9901001", "hep-th/9901001"), ("math.GT/0309136", "math.GT/0309136"),
     ("https://arxiv.org/abs/2101.00001", "2101.00001"), ("protein folding", ""), ("17.06", ""), ("1706.037621", "")],
)  # fmt: skip
def test_numbers_of_arxiv(given, number):
    assert arxiv_number(given) == number


@pytest.mark.parametrize(
    ("given", "is_protein"),
    [("NM_000546.6", False), ("NP_000537.3", True), ("NC_000001.11", False), ("NZ_CP107554.1", False), ("WP_000000001.1", True), ("U49845.1", False),
     ("CP044205", False), ("AAA59172.1", True), ("L09137", False), ("AAAA01000001.1", False), ("XP_011543210.1", True), ("MN908947.3", False)],
)  # fmt: skip
def test_accessions_of_ncbi_and_which_of_them_are_proteins(given, is_protein):
    assert parse_ncbi(given.lower()) == given
    assert is_protein_accession(given) is is_protein


@pytest.mark.parametrize(
    "bad", ["", "NM_", "NM_12", "TP53", "123456", "NM_000546.6 NM_000546.7", "NM_000546&db=x", "NM_000546.6789"]
)
def test_what_is_no_accession_of_ncbi(bad):
    with pytest.raises(ToolInputError):
        parse_ncbi(bad)


def test_free_text_is_one_line_of_visible_words():
    assert parse_free_text("  CRISPR \n off-target  ", "query", "x") == "CRISPR off-target"
    for bad in ("", "\n", "x" * 301, "a\u200bb"):
        with pytest.raises(ToolInputError):
            parse_free_text(bad, "query", "x")

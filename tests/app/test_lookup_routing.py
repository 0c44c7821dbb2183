"""Requests reach a lookup where they name its service, and only there; the arguments are the person's own words."""

from __future__ import annotations

import pytest

from app.offering import FIND_TOOL, Offering
from app.routing import Router
from tools.registry import Toolbox

LOOKUPS = {
    "pubchem_lookup", "chembl_activities", "uniprot_entry", "fetch_structure", "alphafold_model", "ncbi_sequence", "search_literature",
    "search_arxiv", "check_doi",
}  # fmt: skip


@pytest.fixture(scope="module")
def catalog():
    return [{**tool.schema, "group": tool.group, "asks": tool.asks} for tool in Toolbox.load()]


@pytest.fixture(scope="module")
def router(catalog):
    return Router(catalog)


def test_all_nine_are_one_group(catalog):
    assert {tool["name"] for tool in catalog if tool["group"] == "lookup"} == LOOKUPS


@pytest.mark.parametrize(
    ("request_", "tool", "arguments"),
    [
        ("Look up aspirin in PubChem", "pubchem_lookup", {"compound": "aspirin"}),
        ("What does PubChem say about imatinib mesylate?", "pubchem_lookup", {"compound": "imatinib mesylate"}),
        ("What is CID 2244 in PubChem?", "pubchem_lookup", {"compound": "CID 2244"}),
        ("mass of aspirin in PubChem", "pubchem_lookup", {"compound": "aspirin"}),
        ("Look up CC(=O)Oc1ccccc1C(=O)O in PubChem", "pubchem_lookup", {"compound": "CC(=O)Oc1ccccc1C(=O)O"}),
        (
            "Which IC50 values does ChEMBL have for imatinib?",
            "chembl_activities",
            {"molecule": "imatinib", "kind": "IC50"},
        ),
        ("Show CHEMBL25 in ChEMBL", "chembl_activities", {"molecule": "CHEMBL25"}),
        ("UniProt entry P04637", "uniprot_entry", {"protein": "P04637"}),
        ("What is P53_HUMAN in UniProt?", "uniprot_entry", {"protein": "P53_HUMAN"}),
        ("Look up human TP53 in UniProt", "uniprot_entry", {"protein": "TP53", "organism": "human"}),
        ("Fetch the PDB entry 1CRN", "fetch_structure", {"pdb_id": "1CRN"}),
        ("show me 4hhb from the PDB", "fetch_structure", {"pdb_id": "4hhb"}),
        ("Fetch the AlphaFold model of P04637", "alphafold_model", {"accession": "P04637"}),
        ("Fetch NM_000546.6 from NCBI", "ncbi_sequence", {"accession": "NM_000546.6"}),
        ("Search PubMed for CRISPR off-target effects", "search_literature", {"query": "CRISPR off-target effects"}),
        ("search arXiv for protein language models", "search_arxiv", {"query": "protein language models"}),
        ("arXiv 1706.03762", "search_arxiv", {"query": "1706.03762"}),
        ("Was 10.1016/s0140-6736(97)11096-0 retracted?", "check_doi", {"doi": "10.1016/s0140-6736(97)11096-0"}),
        ("Does the DOI 10.1021/ja01577a030 exist?", "check_doi", {"doi": "10.1021/ja01577a030"}),
    ],
)
def test_who_names_a_service_gets_its_lookup(router, request_, tool, arguments):
    assert [(call.tool, call.arguments) for call in router.route(request_)] == [(tool, arguments)]


@pytest.mark.parametrize(
    "request_",
    [
        "What is PubChem?", "Is ChEMBL free?", "What is UniProt?", "Explain what AlphaFold does", "What is a DOI?", "Who runs the PDB?",
        "Which papers describe the total synthesis of taxol?", "summarise recent literature on CRISPR off-targets", "how do I cite RDKit in a paper?",
        "1CRN", "P04637", "Tell me about TP53 in humans", "structure of a scientific paper",
        "What is the molecular weight of aspirin?", "Is acetone hazardous?", "SMILES of caffeine", "IC50 of imatinib against ABL?",
    ],
)  # fmt: skip
def test_who_names_none_gets_none(router, request_):
    assert not {call.tool for call in router.route(request_)} & LOOKUPS


@pytest.mark.parametrize(
    ("task", "tool"),
    [
        ("look up aspirin in PubChem", "pubchem_lookup"), ("measured IC50 in ChEMBL", "chembl_activities"),
        ("UniProt entry of human insulin", "uniprot_entry"), ("fetch PDB structure 1CRN", "fetch_structure"),
        ("AlphaFold predicted structure", "alphafold_model"), ("sequence of NM_000546 from NCBI", "ncbi_sequence"),
        ("search the literature", "search_literature"), ("arXiv preprints on protein design", "search_arxiv"),
        ("check whether a DOI is real", "check_doi"),
    ],
)  # fmt: skip
def test_a_model_finds_each_lookup_by_what_it_does_and_is_told_that_there_are_some(catalog, task, tool):
    offering = Offering(catalog)
    before = {schema.name: schema.description for schema in offering.schemas()}
    assert "PubChem" in before[FIND_TOOL]
    assert not LOOKUPS & before.keys()
    assert tool in [found["name"] for found in offering.find({"task": task}).data["tools"]]
    assert tool in {schema.name for schema in offering.schemas()}

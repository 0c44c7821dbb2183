"""Every value of every recorded reply, made into something else: a result or one sentence, never a fault inside."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from errors import RetortError
from tests.tools.lookups.stand_in import REPLIES
from tests.tools.sequences import puc19
from tools.lookups import asking
from tools.lookups.sending import Request, Response
from tools.registry import Toolbox
from tools.views_wanted import VIEWS_WANTED

STRUCTURES = Path(__file__).resolve().parents[1] / "structures"
TOOLS = Toolbox.load(
    tuple(
        f"tools.lookups.{name}"
        for name in ("pubchem", "chembl", "uniprot", "rcsb", "alphafold", "ncbi", "europe_pmc", "crossref")
    )
)
OTHERS: tuple[Any, ...] = (None, "<svg onload=alert(1)>\u202e" + "x" * 5000, 1e308, [], {"value": []}, "C1CC(")
#: Each call with the reply that is spoilt, by a part of its address; other questions are answered by ``beside``.
CALLS = [
    ("pubchem_lookup", {"compound": "aspirin"}, "pubchem_aspirin.json", "/name/", {}),
    ("pubchem_lookup", {"compound": "aspirin", "more": "names"}, "pubchem_aspirin_synonyms.json", "/synonyms/", {"/name/": "pubchem_aspirin.json"}),
    ("pubchem_lookup", {"compound": "aspirin", "more": "hazards"}, "pubchem_aspirin_ghs.json", "/pug_view/", {"/name/": "pubchem_aspirin.json"}),
    ("pubchem_lookup", {"compound": "alanine"}, "pubchem_alanine_several.json", "/name/", {}),
    ("chembl_activities", {"molecule": "aspirin"}, "chembl_aspirin_molecule.json", "molecule.json", {"activity.json": "chembl_aspirin_activities.json"}),
    ("chembl_activities", {"molecule": "aspirin"}, "chembl_aspirin_activities.json", "activity.json", {"molecule.json": "chembl_aspirin_molecule.json"}),
    ("uniprot_entry", {"protein": "P01308"}, "uniprot_insulin.json", "/uniprotkb/", {}),
    ("uniprot_entry", {"protein": "P00001"}, "uniprot_demerged.json", "/uniprotkb/", {}),
    ("fetch_structure", {"pdb_id": "1PFE"}, "rcsb_1pfe.json", "/core/entry/", {".cif": "1pfe.cif.gz"}),
    ("alphafold_model", {"accession": "P03040"}, "alphafold_prediction.json", "/api/prediction/", {".cif": "1pfe.cif.gz"}),
    ("ncbi_sequence", {"accession": "L09137.2"}, "ncbi_puc19_summary.json", "esummary", {"efetch": "puc19"}),
    ("search_literature", {"query": "x"}, "europe_pmc_search.json", "/search", {}),
    ("check_doi", {"doi": "10.1016/s0140-6736(97)11096-0", "title": "x"}, "crossref_retracted.json", "/works/", {}),
    ("check_doi", {"doi": "10.1101/2020.01.30.927871"}, "crossref_preprint.json", "/works/", {}),
]  # fmt: skip


def spoilt(value: Any) -> Iterator[Any]:
    """Copies of a JSON value in each of which one place holds something else."""
    for path in paths(value):
        for other in OTHERS:
            whole = copy.deepcopy(value)
            place = whole
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = other
            yield whole


def paths(value: Any, before: tuple = ()) -> Iterator[tuple]:
    inside = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for step, part in inside:
        yield (*before, step)
        yield from paths(part, (*before, step))


def beside(name: str) -> tuple[bytes, str]:
    if name == "puc19":
        return f">L09137.2\n{puc19()}\n".encode(), "text/plain"
    if name.endswith(".gz"):
        return gzip.decompress((STRUCTURES / name).read_bytes()), "text/plain"
    return (REPLIES / name).read_bytes(), "application/json"


@pytest.fixture(autouse=True)
def no_drawings():
    """They are of structures that were read here, and no part of what is tried."""
    token = VIEWS_WANTED.set(False)
    yield
    VIEWS_WANTED.reset(token)


@pytest.mark.parametrize(
    ("tool", "arguments", "reply", "address", "others"), CALLS, ids=[f"{call[0]}, {call[2]}" for call in CALLS]
)
def test_a_spoilt_reply_is_a_result_or_a_sentence(monkeypatch, tmp_path, tool, arguments, reply, address, others):
    monkeypatch.setenv("RETORT_CACHE", str(tmp_path))
    monkeypatch.setattr(asking, "keep", lambda *_: None)
    known = {part: beside(name) for part, name in others.items()}
    now = [b""]

    def answered(request: Request, ends_at: float) -> Response:
        part = next((part for part in known if part in request.url), "")
        body, content_type = known[part] if part else (now[0] if address in request.url else b"{}", "application/json")
        return Response(200, request.url, content_type, "", None, body)

    monkeypatch.setattr(asking, "send", answered)
    outcomes = {True: 0, False: 0}
    for whole in spoilt(json.loads((REPLIES / reply).read_bytes())):
        now[0] = json.dumps(whole).encode()
        try:
            result = TOOLS[tool](arguments)
        except RetortError as error:
            assert 20 < len(str(error)) < 2000
            outcomes[False] += 1
            continue
        told = result.model_dump_json()
        assert "<svg onload" not in told
        assert "\u202e" not in told
        json.dumps(result.model_dump(mode="json"), allow_nan=False)
        outcomes[True] += 1
    assert outcomes[True] > 0

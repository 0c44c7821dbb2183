"""Europe PMC, arXiv and Crossref through the tools: retracted, preprint, abstract only, and references that do not exist."""

from __future__ import annotations

import pytest

from errors import ToolError, ToolInputError
from tests.tools.lookups.stand_in import Reply, recorded
from tools.registry import Toolbox

EBI, ARXIV, CROSSREF = "www.ebi.ac.uk", "export.arxiv.org", "api.crossref.org"
TOOLS = Toolbox.load(("tools.lookups.europe_pmc", "tools.lookups.arxiv", "tools.lookups.crossref"))
WAKEFIELD = "10.1016/s0140-6736(97)11096-0"
TITLE = "Ileal-lymphoid-nodular hyperplasia, non-specific colitis, and pervasive developmental disorder in children"


def called(name, **arguments):
    return TOOLS[name](arguments)


def test_publications_carry_what_a_reader_must_know(stand_in, gate):
    stand_in.answers(EBI, r"/europepmc/webservices/rest/search\?.*", "europe_pmc_search.json")
    result = called("search_literature", query="  ileal   hyperplasia ", results=3)
    assert (
        stand_in.asked[0].path
        == "/europepmc/webservices/rest/search?query=ileal+hyperplasia&format=json&resultType=core&pageSize=3"
    )
    assert result.data["hits"] == 4321
    assert (
        result.summary
        == f"Europe PMC finds 4,321 publications for 'ileal hyperplasia'; the first is '{TITLE}' (1998, retracted)."
    )
    retracted, preprint, open_one = result.data["results"]
    assert retracted["flags"] == ["retracted", "abstract only"]
    assert (retracted["title"], retracted["doi"], retracted["year"]) == (TITLE, WAKEFIELD, "1998")
    assert retracted["abstract"] == "BackgroundWe investigated a consecutive series of children."
    assert preprint["flags"] == ["preprint"]
    assert preprint["title"] == "A preprint on E. coli"
    assert open_one["flags"] == []
    assert result.notes[0] == f"'{TITLE}' ({WAKEFIELD}) is retracted and must not be cited as valid."
    assert "1 of them is a preprint, which no reviewer has accepted." in result.notes
    [table] = result.views
    assert [row[5] for row in table.rows] == ["retracted, abstract only", "preprint", ""]


def test_no_publication_is_an_answer(stand_in, gate):
    stand_in.answers(EBI, ".*", {"hitCount": 0, "resultList": {"result": []}})
    result = called("search_literature", query="zzzz")
    assert (result.summary, result.views) == ("Europe PMC finds 0 publications for 'zzzz'.", ())


@pytest.mark.parametrize(
    ("query", "what"), [("", "empty"), (" \n", "empty"), ("x" * 400, "400 characters"), ("a\u202eb", "invisible")]
)
def test_a_query_without_measure_is_refused_and_not_sent(stand_in, gate, query, what):
    for name in ("search_literature", "search_arxiv"):
        with pytest.raises(ToolInputError, match=what):
            called(name, query=query)
    assert stand_in.connections == 0


def test_preprints_are_called_so_and_withdrawn_ones_too(stand_in, gate):
    stand_in.answers(ARXIV, r"/api/query\?.*", "arxiv_attention.xml")
    result = called("search_arxiv", query="attention (is) all:need")
    assert "search_query=all%3Aattention+AND+all%3Ais+AND+all%3Aall+AND+all%3Aneed&" in stand_in.asked[0].path
    first, second = result.data["results"]
    assert first["title"] == "Attention Is All You Need"
    assert first["authors"] == "Ashish Vaswani, Noam Shazeer, Niki Parmar, Jakob Uszkoreit et al."
    assert (first["id"], first["url"], first["flags"]) == (
        "arXiv:1706.03762v7",
        "https://arxiv.org/abs/1706.03762v7",
        ["preprint"],
    )
    assert (first["year"], first["venue"]) == ("2017-06-12", "arXiv cs.CL")
    assert second["flags"] == ["withdrawn"]
    assert any("is withdrawn by its authors" in note for note in result.notes)


@pytest.mark.parametrize(
    "given",
    ["1706.03762", "arXiv:1706.03762v7", "https://arxiv.org/abs/1706.03762", "https://arxiv.org/pdf/1706.03762.pdf"],
)
def test_an_arxiv_number_is_asked_for_itself(stand_in, gate, given):
    stand_in.answers(ARXIV, ".*", "arxiv_attention.xml")
    called("search_arxiv", query=given)
    assert "id_list=1706.03762" in stand_in.asked[0].path


def test_a_number_that_arxiv_never_gave_is_said(stand_in, gate):
    stand_in.answers(ARXIV, ".*", "arxiv_error.xml")
    with pytest.raises(ToolInputError, match=r"arXiv has no paper '9999\.99999'"):
        called("search_arxiv", query="9999.99999")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<feed", "broken XML"),
        (b"<html xmlns='x'/>", "XML that is no Atom feed"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "an Atom feed without a count"),
        (
            b'<!DOCTYPE f [<!ENTITY a "b">]><feed xmlns="http://www.w3.org/2005/Atom">&a;</feed>',
            "XML with a document type",
        ),
    ],
)
def test_what_is_no_feed_is_one_sentence(stand_in, gate, body, why):
    stand_in.answers(ARXIV, ".*", Reply(body, content_type="application/atom+xml"))
    with pytest.raises(
        ToolError, match=rf"^arXiv answered with something that cannot be read \({why}\); try again later\.$"
    ):
        called("search_arxiv", query="x ray")


# Crossref -----------------------------------------------------------------------------------------------------------


def crossref(stand_in, name):
    stand_in.answers(CROSSREF, r"/works/[^?]*", name)


def test_a_retraction_is_the_first_that_is_said(stand_in, gate):
    crossref(stand_in, "crossref_retracted.json")
    result = called("check_doi", doi=f"https://doi.org/{WAKEFIELD}")
    assert stand_in.asked[0].path == "/works/10.1016%2Fs0140-6736%2897%2911096-0"
    assert result.data["retracted"] is True
    assert result.data["corrected"] is True
    assert result.data["expression_of_concern"] is False
    assert result.data["updates"][1] == {
        "kind": "retraction", "doi": "10.1016/s0140-6736(10)60175-4", "date": "2010-02-06", "source": "retraction-watch",
    }  # fmt: skip
    assert result.summary.startswith(f"RETRACTED: {WAKEFIELD} is 'RETRACTED: Ileal-lymphoid")
    assert (
        result.notes[0]
        == "It was retracted (the notice is 10.1016/s0140-6736(10)60175-4) and must not be cited as valid."
    )


def test_a_correction_alone_is_no_retraction(stand_in, gate):
    body = (
        recorded("crossref_retracted.json")
        .body.replace(b'"type": "retraction"', b'"type": "erratum"')
        .replace(b"RETRACTED: ", b"")
    )
    stand_in.answers(CROSSREF, ".*", Reply(body))
    result = called("check_doi", doi=WAKEFIELD)
    assert (result.data["retracted"], result.data["corrected"]) == (False, True)
    assert any(note.startswith("Crossref knows of no retraction; ") for note in result.notes)


def test_a_title_that_says_retracted_is_believed(stand_in, gate):
    body = recorded("crossref_retracted.json").body.replace(b'"type": "retraction"', b'"type": "correction"')
    stand_in.answers(CROSSREF, ".*", Reply(body))
    result = called("check_doi", doi=WAKEFIELD)
    assert result.data["retracted"] is True
    assert result.notes[0] == "It was retracted (its title says so) and must not be cited as valid."


@pytest.mark.parametrize(
    ("title", "matches"),
    [
        (TITLE, True),
        (TITLE.upper() + ".", True),
        (
            "Ileal lymphoid nodular hyperplasia, non specific colitis and pervasive developmental disorder in children",
            True,
        ),
        ("Measles vaccination and autism: a systematic review", False),
        ("Ileal hyperplasia in mice", False),
    ],
)
def test_the_title_of_a_reference_is_compared(stand_in, gate, title, matches):
    crossref(stand_in, "crossref_retracted.json")
    result = called("check_doi", doi=WAKEFIELD, title=title)
    assert result.data["title_matches"] is matches
    assert any("It may be invented, or its DOI mistaken." in note for note in result.notes) is not matches
    assert called("check_doi", doi=WAKEFIELD).data["title_matches"] is None


def test_a_doi_that_nobody_registered_is_an_answer(stand_in, gate):
    stand_in.answers(CROSSREF, ".*", Reply(b"Resource not found.", 404, "text/plain"))
    result = called("check_doi", doi="10.1234/invented.2024.17")
    assert result.data["exists"] is False
    assert result.summary == (
        "10.1234/invented.2024.17 is registered with no agency that Crossref knows: as it stands, the reference does not exist."
    )
    assert (result.provenance.host, result.provenance.source) == (CROSSREF, "Crossref")
    assert [request.path for request in stand_in.asked] == [
        "/works/10.1234%2Finvented.2024.17",
        "/works/10.1234%2Finvented.2024.17/agency",
    ]


def test_a_doi_of_another_agency_exists(stand_in, gate):
    stand_in.answers(CROSSREF, "/works/10.5281/zenodo.1234567", Reply(b"Resource not found.", 404))
    stand_in.answers(CROSSREF, "/works/10.5281/zenodo.1234567/agency", "crossref_agency_datacite.json")
    result = called("check_doi", doi="doi:10.5281/zenodo.1234567")
    assert (result.data["exists"], result.data["agency"], result.data["retracted"]) == (True, "DataCite", None)
    assert "registered with DataCite, not with Crossref" in result.summary


def test_a_preprint_says_where_it_was_published(stand_in, gate):
    crossref(stand_in, "crossref_preprint.json")
    result = called("check_doi", doi="10.1101/2020.01.30.927871")
    assert (result.data["preprint"], result.data["published_as"], result.data["type"]) == (
        True,
        "10.1000/published.1",
        "preprint",
    )
    assert "It is a preprint, which no reviewer has accepted; it was published as 10.1000/published.1." in result.notes


@pytest.mark.parametrize(
    "bad", ["", "11.1000/x", "10.1/x", "10.1000", "10.1000/a b", "https://example.com/10.1000/x", '10.1000/"x"']
)
def test_what_is_no_doi_is_refused_and_not_sent(stand_in, gate, bad):
    with pytest.raises(ToolInputError):
        called("check_doi", doi=bad)
    assert stand_in.connections == 0

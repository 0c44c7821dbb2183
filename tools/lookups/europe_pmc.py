"""Publications in the life sciences: ``search_literature``. Europe PMC's REST service, https://europepmc.org/RestfulWebService."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from errors import ToolInputError, shown
from tools.inputs import QueryText, Refresh
from tools.inputs.identifiers import parse_free_text
from tools.lookups.asking import Service, ask
from tools.lookups.publications import LONGEST_ABSTRACT, Publication, first_of, publication_table, warnings
from tools.lookups.reading import LongWords, Told, Words, as_json
from tools.outputs import ToolOutput
from tools.registry import tool

HOST = "www.ebi.ac.uk"
EUROPE_PMC = Service("Europe PMC", HOST, "Abstracts are their publishers'; use them as the publisher allows.")


class _Types(Told):
    types: list[Words] = Field(default_factory=list, alias="pubType")


class _Correction(Told):
    kind: Words = Field("", alias="type")


class _Corrections(Told):
    corrections: list[_Correction] = Field(default_factory=list, alias="commentCorrection")


class _Journal(Told):
    title: Words = ""


class _Issue(Told):
    journal: _Journal | None = None


class _Result(Told):
    id: Words = ""
    source: Words = ""
    doi: Words = ""
    title: Words = ""
    authors: Words = Field("", alias="authorString")
    year: Words = Field("", alias="pubYear")
    issue: _Issue | None = Field(None, alias="journalInfo")
    abstract: LongWords = Field("", alias="abstractText")
    open: Words = Field("", alias="isOpenAccess")
    here: Words = Field("", alias="inEPMC")
    types: _Types | None = Field(None, alias="pubTypeList")
    corrections: _Corrections | None = Field(None, alias="commentCorrectionList")


class _Results(Told):
    result: list[_Result] = Field(default_factory=list)


class _Page(Told):
    count: int = Field(alias="hitCount")
    results: _Results = Field(_Results(), alias="resultList")


@tool(
    group="lookup",
    libraries=("httpx",),
    asks=("Europe PMC", "PubMed", "EuropePMC", "search Europe PMC", "search PubMed", "search the literature for"),
    time_limit_s=60,
    hosts=(HOST,),
)
def search_literature(
    query: QueryText,
    results: Annotated[int, Field(ge=1, le=25, description="How many, at most 25")] = 10,
    refresh: Refresh = False,
) -> ToolOutput:
    """Search publications of the life sciences in Europe PMC (with PubMed) over the network: title, authors, year, journal, DOI, and
    whether each is retracted, a preprint, or open to read.

    Sorted by relevance as Europe PMC does. Raises ``ToolInputError`` for an empty query, ``ToolError`` where Europe PMC does not answer.
    """
    words = parse_free_text(query, "query", "CRISPR off-target effects")
    answer = ask(
        EUROPE_PMC,
        "/europepmc/webservices/rest/search",
        as_json(_Page),
        query={"query": words, "format": "json", "resultType": "core", "pageSize": results},
        refresh=refresh,
    )
    page = answer.value
    if page is None:
        raise ToolInputError(
            f"Europe PMC found no way to search for {shown(words)}", "query", "write it in other words"
        )
    found = [_publication(one) for one in page.results.result[:results]]
    notes = [*warnings(found), _OPEN]
    summary = f"Europe PMC finds {page.count:,} publications for {shown(words)}"
    return ToolOutput(
        summary=summary + first_of(found),
        data={"query": words, "hits": page.count, "results": [one.as_data() for one in found]},
        views=(publication_table(f"Europe PMC: {words}", found),) if found else (),
        notes=(*notes, answer.note),
    )


_OPEN = "'Abstract only': the full text is not open at Europe PMC, and what is told here is from the abstract at most."


def _publication(one: _Result) -> Publication:
    flags = []
    kinds = {kind.lower() for kind in one.types.types} if one.types else set()
    comments = [comment.kind.lower() for comment in one.corrections.corrections] if one.corrections else []
    if "retracted publication" in kinds or any(comment.startswith("retraction in") for comment in comments):
        flags.append("retracted")
    if "retraction of publication" in kinds or any(comment.startswith("retraction of") for comment in comments):
        flags.append("retraction notice")
    if any(comment.startswith("expression of concern in") for comment in comments):
        flags.append("expression of concern")
    if any(comment.startswith(("erratum in", "corrected and republished in")) for comment in comments):
        flags.append("correction")
    if one.source == "PPR" or "preprint" in kinds:
        flags.append("preprint")
    if one.open != "Y" and one.here != "Y":
        flags.append("abstract only" if one.abstract else "title only")
    journal = one.issue.journal.title if one.issue and one.issue.journal else ""
    return Publication(
        title=one.title.rstrip("."),
        authors=one.authors[:150],
        year=one.year,
        venue=journal,
        doi=one.doi,
        id=f"{one.source} {one.id}".strip(),
        url=f"https://europepmc.org/article/{one.source}/{one.id}",
        flags=tuple(flags),
        abstract=one.abstract[:LONGEST_ABSTRACT],
    )

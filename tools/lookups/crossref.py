"""Whether a reference is real: ``check_doi``. Crossref's REST API, https://api.crossref.org."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import Field

from tools.inputs import DoiText, Refresh
from tools.inputs.identifiers import parse_doi
from tools.lookups.asking import Answer, Service, ask
from tools.lookups.publications import author_list
from tools.lookups.reading import Told, Words, as_json, cleaned
from tools.outputs import Cell, Table, ToolOutput
from tools.registry import tool

HOST = "api.crossref.org"
CROSSREF = Service(
    "Crossref", HOST, "Crossref puts no terms on its metadata; retractions are also from Retraction Watch."
)
LONGEST_TITLE = 400
SAME_TITLE = 85.0  # of 100, by the words of both titles in any order; two editions of one title differ by less
RETRACTING = frozenset(("retraction", "withdrawal", "removal", "partial_retraction"))
_CONCERN = frozenset(("expression_of_concern",))


class _Date(Told):
    parts: list[list[int | None]] = Field(default_factory=list, alias="date-parts")

    def __str__(self) -> str:
        first = [part for part in (self.parts[0] if self.parts else []) if part is not None]
        return "-".join(f"{part:02d}" for part in first)


class _Author(Told):
    given: Words = ""
    family: Words = ""
    name: Words = ""

    @property
    def called(self) -> str:
        return self.name or f"{self.given} {self.family}".strip()


class _Update(Told):
    doi: Words = Field("", alias="DOI")
    kind: Words = Field("", alias="type")
    updated: _Date | None = None
    source: Words = ""

    @property
    def key(self) -> str:
        return re.sub(r"[^a-z]+", "_", self.kind.lower())


class _Related(Told):
    id: Words = ""


class _Work(Told):
    doi: Words = Field(alias="DOI")
    titles: list[Words] = Field(default_factory=list, alias="title")
    authors: list[_Author] = Field(default_factory=list, alias="author")
    containers: list[Words] = Field(default_factory=list, alias="container-title")
    issued: _Date | None = None
    kind: Words = Field("", alias="type")
    subtype: Words = ""
    publisher: Words = ""
    updated_by: list[_Update] = Field(default_factory=list, alias="updated-by")
    update_to: list[_Update] = Field(default_factory=list, alias="update-to")
    relation: dict[str, list[_Related]] = Field(default_factory=dict)

    @property
    def title(self) -> str:
        return self.titles[0] if self.titles else ""


class _Message(Told):
    message: _Work


class _Named(Told):
    id: Words = ""
    label: Words = ""


class _AgencyOf(Told):
    agency: _Named


class _Agency(Told):
    message: _AgencyOf


@tool(
    group="lookup",
    libraries=("httpx", "rapidfuzz"),
    asks=("DOI", "check the DOI", "Crossref", "is this DOI real", "does the DOI exist", "retracted", "was it retracted", "invented reference"),
    time_limit_s=60,
    hosts=(HOST,),
)  # fmt: skip
def check_doi(
    doi: DoiText,
    title: Annotated[str, Field(description="The title that the reference gives, to be compared")] = "",
    refresh: Refresh = False,
) -> ToolOutput:
    """Check a DOI at Crossref over the network: whether it exists, what it is, whether its title is the one that a reference gives, and
    whether it was retracted or corrected.

    A DOI that nobody registered is an answer, not an error. Raises ``ToolInputError`` for what is no DOI, ``ToolError`` where Crossref
    does not answer.
    """
    asked = parse_doi(doi)
    answer = ask(CROSSREF, f"/works/{quote(asked, safe='')}", as_json(_Message), refresh=refresh)
    if answer.value is None:
        return _not_there(asked, answer, refresh)
    return _found(asked, " ".join(title.split())[:LONGEST_TITLE], answer.value.message, answer.note)


def _not_there(asked: str, answer: Answer[_Message], refresh: bool) -> ToolOutput:
    """Registered elsewhere, such as with DataCite, or nowhere."""
    path = f"/works/{quote(asked, safe='')}/agency"
    agency = ask(CROSSREF, path, as_json(_Agency), refresh=refresh)
    told = agency.value.message.agency if agency.value else _Named()
    where = "Crossref" if told.id.lower() == "crossref" else told.label or told.id
    data: dict[str, Any] = {"doi": asked, "exists": bool(where), "agency": where, "title": "", "retracted": None}
    if where and where != "Crossref":
        summary = f"{asked} exists and is registered with {where}, not with Crossref, which can say no more of it."
        notes = ["Its title and whether it was retracted were not checked."]
    elif where:
        summary = f"{asked} is registered with Crossref, which has no record of the work."
        notes = ["Its title and whether it was retracted were not checked."]
    else:
        summary = (
            f"{asked} is registered with no agency that Crossref knows: as it stands, the reference does not exist."
        )
        notes = [
            "Look for a slip of the pen before calling the reference invented; a DOI of today may not be registered yet."
        ]
    return ToolOutput(summary=summary, data=data, notes=(*notes, agency.note))


def _found(asked: str, title: str, work: _Work, whence: str) -> ToolOutput:
    retractions = [one for one in work.updated_by if one.key in RETRACTING]
    concerns = [one for one in work.updated_by if one.key in _CONCERN]
    others = [one for one in work.updated_by if one not in retractions and one not in concerns]
    marked = bool(re.match(r"\W*(?:retracted|withdrawn|removed)\b", work.title, re.IGNORECASE))
    published = _related(work, "is-preprint-of")
    is_preprint = work.kind == "posted-content"
    retracts = [one.doi for one in work.update_to if one.key in RETRACTING]
    alike = _alike(title, work.title) if title else None
    data: dict[str, Any] = {
        "doi": work.doi,
        "exists": True,
        "agency": "Crossref",
        "title": work.title,
        "authors": author_list([one.called for one in work.authors], 10),
        "issued": str(work.issued or ""),
        "container": work.containers[0] if work.containers else "",
        "type": work.subtype or work.kind,
        "publisher": work.publisher,
        "retracted": bool(retractions) or marked,
        "expression_of_concern": bool(concerns),
        "corrected": bool(others),
        "updates": [_update_data(one) for one in work.updated_by][:20],
        "retracts": retracts[:20],
        "preprint": is_preprint,
        "published_as": published,
        "title_matches": None if alike is None else alike >= SAME_TITLE,
        "title_likeness_percent": None if alike is None else round(alike),
        "url": f"https://doi.org/{work.doi}",
    }
    notes = _warnings(data, title, marked and not retractions)
    summary = _summary(asked, work, data)
    rows: tuple[tuple[Cell, ...], ...] = (
        ("Title", work.title), ("Authors", data["authors"]), ("Issued", data["issued"]), ("In", data["container"]),
        ("Type", data["type"]), ("Publisher", work.publisher), ("Retracted", "yes" if data["retracted"] else "not by Crossref's record"),
        *((one.kind, f"{one.doi}, {one.updated or 'no date'}, told by {one.source or 'the publisher'}") for one in work.updated_by[:20]),
    )  # fmt: skip
    return ToolOutput(
        summary=summary,
        data=data,
        views=(Table(title=work.doi, columns=("Field", "Crossref says"), rows=rows),),
        notes=(*notes, whence),
    )


def _related(work: _Work, kind: str) -> str:
    return next((one.id for one in work.relation.get(kind, [])), "")


def _update_data(one: _Update) -> dict[str, str]:
    return {"kind": one.kind, "doi": one.doi, "date": str(one.updated or ""), "source": one.source}


def _alike(given: str, registered: str) -> float:
    """Percent, by the words of both in any order; what a publisher puts before the title of a retracted paper does not count."""
    from rapidfuzz import fuzz

    bare = re.sub(r"^\W*(?:retracted(?: article)?|withdrawn|removed)\W+", "", registered, flags=re.IGNORECASE)
    return fuzz.token_sort_ratio(_words(given), _words(bare))


def _words(title: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", cleaned(title, LONGEST_TITLE).lower()))


def _warnings(data: dict[str, Any], title: str, only_marked: bool) -> list[str]:
    said = []
    if data["retracted"]:
        notices = ", ".join(
            one["doi"] for one in data["updates"] if re.sub(r"[^a-z]+", "_", one["kind"].lower()) in RETRACTING
        )
        by = "its title says so" if only_marked else f"the notice is {notices}"
        said.append(f"It was retracted ({by}) and must not be cited as valid.")
    if data["expression_of_concern"]:
        said.append("Its publisher has expressed concern about it.")
    if data["corrected"]:
        said.append("It was corrected or otherwise updated; read the notice, too.")
    if data["retracts"]:
        said.append(f"It is itself a notice that retracts {', '.join(data['retracts'][:5])}.")
    if data["preprint"]:
        later = f"; it was published as {data['published_as']}" if data["published_as"] else ""
        said.append(f"It is a preprint, which no reviewer has accepted{later}.")
    if data["title_matches"] is False:
        said.append(
            f"The DOI belongs to another title ({data['title_likeness_percent']} % alike): the reference gives '{title[:150]}'. It may be "
            "invented, or its DOI mistaken."
        )
    if not data["retracted"]:
        said.append(
            "Crossref knows of no retraction; what no publisher and not Retraction Watch has told it is not there."
        )
    return said


def _summary(asked: str, work: _Work, data: dict[str, Any]) -> str:
    status = "RETRACTED: " if data["retracted"] else ""
    when = f" ({data['issued'][:4]})" if data["issued"] else ""
    where = f", {data['container']}" if data["container"] else ""
    said = f"{status}{asked} is '{work.title[:200] or 'a work without a title'}'{where}{when}"
    if data["title_matches"] is False:
        return f"{said}, which is not the title that the reference gives."
    return f"{said}, as the reference says." if data["title_matches"] else f"{said}."

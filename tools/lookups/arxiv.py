"""Preprints on arXiv: ``search_arxiv``. arXiv's API, which answers in Atom: https://info.arxiv.org/help/api/user-manual.html."""

from __future__ import annotations

import re
from typing import Annotated
from xml.etree.ElementTree import Element

from pydantic import Field

from errors import ToolError, ToolInputError, shown
from tools.inputs import QueryText, Refresh
from tools.inputs.identifiers import arxiv_number, parse_free_text
from tools.lookups.asking import Service, UnreadableError, ask
from tools.lookups.publications import LONGEST_ABSTRACT, Publication, author_list, first_of, publication_table, warnings
from tools.lookups.reading import as_xml, cleaned
from tools.outputs import ToolOutput
from tools.registry import tool

HOST = "export.arxiv.org"
ARXIV_SERVICE = Service("arXiv", HOST, "Metadata of arXiv are under CC0 1.0; each paper has its own licence.")
_ATOM = "{http://www.w3.org/2005/Atom}"
_OWN = "{http://arxiv.org/schemas/atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_ERROR = "arxiv.org/api/errors"
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
MOST_WORDS = 12


@tool(
    group="lookup",
    libraries=("httpx",),
    asks=("arXiv", "search arXiv", "on arXiv", "arXiv preprints", "arXiv paper"),
    time_limit_s=60,
    hosts=(HOST,),
)
def search_arxiv(
    query: QueryText,
    results: Annotated[int, Field(ge=1, le=25, description="How many, at most 25")] = 10,
    refresh: Refresh = False,
) -> ToolOutput:
    """Search preprints on arXiv over the network, by words or by an arXiv number such as 1706.03762: title, authors, date, category, and
    whether it was published or withdrawn.

    All words must occur. Raises ``ToolInputError`` for an empty query, ``ToolError`` where arXiv does not answer.
    """
    words = parse_free_text(query, "query", "protein language models")
    number = arxiv_number(words)
    terms = _WORD.findall(words)[:MOST_WORDS]
    if not number and not terms:
        raise ToolInputError(f"{shown(words)} holds no word", "query", "write words, or a number such as 1706.03762")
    sought: dict[str, str | int] = (
        {"id_list": number} if number else {"search_query": " AND ".join(f"all:{term}" for term in terms)}
    )
    answer = ask(
        ARXIV_SERVICE,
        "/api/query",
        _feed,
        query={**sought, "start": 0, "max_results": results},
        accept="application/atom+xml",
        refresh=refresh,
    )
    if answer.value is None:
        raise ToolError("arXiv does not answer at its address; try again later.")
    total, found = answer.value
    notes = [*warnings(found), "arXiv checks that a paper is of its field, and reviews none."]
    if number and not found:
        raise ToolInputError(f"arXiv has no paper {shown(number)}", "query", "compare the number with its source")
    if len(terms) == MOST_WORDS:
        notes.append(f"The first {MOST_WORDS} words were sought.")
    summary = f"arXiv has {total:,} paper{'' if total == 1 else 's'} for {shown(words)}"
    return ToolOutput(
        summary=summary + first_of(found),
        data={"query": words, "hits": total, "results": [one.as_data() for one in found]},
        views=(publication_table(f"arXiv: {words}", found),) if found else (),
        notes=(*notes, answer.note),
    )


def _feed(body: bytes, content_type: str) -> tuple[int, list[Publication]]:
    """How many there are, and the papers of the page; a reader that raises ``UnreadableError``."""
    root = as_xml(body, content_type)
    if root.tag != f"{_ATOM}feed":
        raise UnreadableError("XML that is no Atom feed")
    entries = root.findall(f"{_ATOM}entry")
    if any(_ERROR in (entry.findtext(f"{_ATOM}id") or "") for entry in entries):
        return 0, []  # arXiv tells an error, such as a number that it never gave, as an entry
    told = (root.findtext(_TOTAL) or "").strip()
    if not told.isdecimal():
        raise UnreadableError("an Atom feed without a count")
    return int(told), [_publication(entry) for entry in entries if entry.findtext(f"{_ATOM}title")]


def _publication(entry: Element) -> Publication:
    def text(name: str, most: int = 300) -> str:
        return cleaned(entry.findtext(name) or "", most)

    number = text(f"{_ATOM}id").rpartition("/abs/")[2]
    comment, abstract = text(f"{_OWN}comment"), text(f"{_ATOM}summary", LONGEST_ABSTRACT)
    category = entry.find(f"{_OWN}primary_category")
    doi, journal = text(f"{_OWN}doi"), text(f"{_OWN}journal_ref")
    flags = ["preprint"] if not journal and not doi else []
    if re.search(r"\bwithdrawn\b", f"{comment} {abstract}", re.IGNORECASE):
        flags.append("withdrawn")
    return Publication(
        title=text(f"{_ATOM}title"),
        authors=author_list(
            [cleaned(one.findtext(f"{_ATOM}name") or "", 80) for one in entry.findall(f"{_ATOM}author")]
        ),
        year=text(f"{_ATOM}published")[:10],
        venue=journal or (f"arXiv {cleaned(category.get('term'), 30)}" if category is not None else "arXiv"),
        doi=doi,
        id=f"arXiv:{number}",
        url=f"https://arxiv.org/abs/{number}",
        flags=tuple(flags),
        abstract=abstract,
    )

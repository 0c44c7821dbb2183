"""A publication as the lookups of literature tell it, with what a reader must know of it: preprint, retracted, abstract only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tools.outputs import Table

LONGEST_ABSTRACT = 600


@dataclass(frozen=True)
class Publication:
    """``flags``: "preprint", "retracted", "withdrawn", "expression of concern", "correction", "abstract only"."""

    title: str
    authors: str
    year: str
    venue: str
    doi: str
    id: str
    url: str
    flags: tuple[str, ...] = ()
    abstract: str = ""

    def as_data(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "authors": self.authors,
            "year": self.year,
            "venue": self.venue,
            "doi": self.doi,
            "id": self.id,
            "url": self.url,
            "flags": list(self.flags),
            "abstract": self.abstract[:LONGEST_ABSTRACT],
        }


def first_of(found: Sequence[Publication]) -> str:
    """The end of a summary: the first one, and at once what is the matter with it."""
    if not found:
        return "."
    matter = [flag for flag in found[0].flags if flag in ("retracted", "withdrawn", "expression of concern")]
    return f"; the first is '{found[0].title[:150]}' ({', '.join([found[0].year, *matter])})."


def publication_table(title: str, found: Sequence[Publication]) -> Table:
    rows = tuple(
        (one.title, one.authors, one.year, one.venue, one.doi or one.id, ", ".join(one.flags)) for one in found
    )
    return Table(title=title[:120], columns=("Title", "Authors", "Year", "Where", "DOI or id", "To know"), rows=rows)


def warnings(found: Sequence[Publication]) -> list[str]:
    """What must not be overlooked, in words: first what was retracted."""
    said = []
    for flag, meaning in (
        ("retracted", "is retracted and must not be cited as valid"),
        ("withdrawn", "is withdrawn by its authors"),
        ("expression of concern", "has an expression of concern"),
    ):
        said += [f"'{one.title[:120]}' ({one.doi or one.id}) {meaning}." for one in found if flag in one.flags]
    if preprints := sum("preprint" in one.flags for one in found):
        said.append(
            f"{preprints} of them {'is a preprint' if preprints == 1 else 'are preprints'}, which no reviewer has accepted."
        )
    return said


def author_list(names: Sequence[str], most: int = 4) -> str:
    listed = [name for name in names if name]
    return ", ".join(listed[:most]) + (" et al." if len(listed) > most else "")

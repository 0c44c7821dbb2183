"""The GHS classification of a compound as PubChem gathers it, each statement with who says it (PUG View)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from tools.lookups.asking import Service, ask
from tools.lookups.reading import Told, Words, as_json
from tools.outputs import Table

HEADING = "GHS Classification"
MOST_STATEMENTS = 60
DEEPEST = 6  # sections within sections
HAZARD_NOTES = (
    "GHS statements are those of the sources that PubChem gathers, which may differ; the percentage says how many of the notifiers "
    "give a statement. None listed is not harmless: the supplier's safety data sheet holds.",
)
_KINDS = {"Signal": "signal word", "GHS Hazard Statements": "hazard", "Precautionary Statement Codes": "precaution"}


class _Line(Told):
    text: Words = Field("", alias="String")


class _Value(Told):
    lines: list[_Line] = Field(default_factory=list, alias="StringWithMarkup")


class _Item(Told):
    reference: int = Field(0, alias="ReferenceNumber")
    name: Words = Field("", alias="Name")
    value: _Value = Field(default_factory=_Value, alias="Value")


class _Section(Told):
    heading: Words = Field("", alias="TOCHeading")
    items: list[_Item] = Field(default_factory=list, alias="Information")
    sections: list[_Section] = Field(default_factory=list, alias="Section")


class _Reference(Told):
    number: int = Field(0, alias="ReferenceNumber")
    source: Words = Field("", alias="SourceName")


class _Record(Told):
    sections: list[_Section] = Field(default_factory=list, alias="Section")
    references: list[_Reference] = Field(default_factory=list, alias="Reference")


class _View(Told):
    record: _Record = Field(alias="Record")


@dataclass(frozen=True)
class Statement:
    kind: str
    text: str
    source: str


def hazards_of(service: Service, cid: int, refresh: bool) -> list[Statement]:
    """Signal words, hazard and precautionary statements; empty where PubChem has none."""
    path = f"/rest/pug_view/data/compound/{cid}/JSON"
    answer = ask(service, path, as_json(_View), query={"heading": HEADING}, refresh=refresh)
    if answer.value is None:
        return []
    record = answer.value.record
    sources = {one.number: one.source for one in record.references}
    found = [
        Statement(_KINDS[item.name], line.text, sources.get(item.reference, ""))
        for section in _within(record.sections, DEEPEST)
        if section.heading == HEADING
        for item in section.items
        if item.name in _KINDS
        for line in item.value.lines
        if line.text
    ]
    return list(dict.fromkeys(found))[:MOST_STATEMENTS]


def _within(sections: list[_Section], deepest: int) -> Iterator[_Section]:
    for section in sections if deepest else ():
        yield section
        yield from _within(section.sections, deepest - 1)


def hazard_data(statements: list[Statement]) -> dict[str, Any]:
    return {
        "ghs_signal_words": [f"{one.text} ({one.source})" for one in statements if one.kind == "signal word"][:10],
        "ghs_hazard_statements": [f"{one.text} ({one.source})" for one in statements if one.kind == "hazard"][:30],
        "ghs": "as listed" if statements else "PubChem lists no GHS classification, which says nothing about safety",
    }


def hazard_table(title: str, statements: list[Statement]) -> Table:
    rows = tuple((one.kind, one.text, one.source) for one in statements)
    return Table(title=f"GHS classification of {title}", columns=("Kind", "Statement", "Source"), rows=rows)

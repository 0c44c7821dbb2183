"""A conversation as one HTML page that needs nothing else: no script, no request, readable by day and by night."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.checking.marks import summed_up
from app.exporting.prose import prose_html
from app.exporting.shown import data_address, still_views
from app.exporting.words import (
    KINDS,
    RETORT_ASKS,
    arguments_in_short,
    before_words,
    ending_of,
    files_in,
    is_leading,
    leading_first,
    marks_in,
    question_title,
    thinking_title,
)
from app.exporting.writing import Document
from app.rerunning import contents_of
from app.ui.marked_text import Placed
from app.ui.marks import verdict_words
from app.ui.provenance import failed_call_html, provenance_html
from app.ui.views import escape, notation_html
from app.uploads import DOWNLOADED, PICTURES

ASSETS = Path(__file__).resolve().parents[2] / "assets"
#: Nothing is loaded, run or sent, whatever a conversation holds.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
#: Of attached files within the page, together; the JSON export holds more.
MOST_FILE_BYTES = 20_000_000


def as_html(document: Document) -> str:
    """The whole page. Everything in it is escaped, or rebuilt from what is allowed."""
    files = _Files(document)
    body = "".join(
        _question(message, files) if message["role"] == "user" else _answer(message) for message in document["messages"]
    )
    title = escape(document["title"])
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>{_styles()}</style></head>"
        f'<body><header><h1>{title}</h1><p class="quiet">Exported by Retort {escape(document["retort"])}. '
        f"A card shows what was recorded of the tool that it names, which python -m app replay runs again; the words around it "
        f"are the model’s.</p></header>"
        f"<main>{body}</main></body></html>\n"
    )


def _styles() -> str:
    """The styles of the page's views, whose colours by night follow the system here, and those of this page."""
    views = (ASSETS / "views.css").read_text(encoding="utf-8")
    night = re.search(r"^\.dark \{(.*?)^\}", views, re.MULTILINE | re.DOTALL)
    colours = night[1] if night else ""
    by_night = f"@media (prefers-color-scheme: dark) {{ :root {{{colours}}} }}"
    return f"{views}\n{by_night}\n{(ASSETS / 'export.css').read_text(encoding='utf-8')}"


class _Files:
    """The contents of attached files, as far as there is room for them in a page."""

    def __init__(self, document: Document) -> None:
        self._contents: dict[str, bytes] = {}
        left = MOST_FILE_BYTES
        for file in document["files"]:
            if file["base64"] is not None and file["bytes"] <= left:
                left -= file["bytes"]
                self._contents[file["sha256"]] = contents_of(file["sha256"], file["base64"])

    def html(self, part: Mapping[str, Any]) -> str:
        name, contents = escape(part["name"] or KINDS[part["type"]]), self._contents.get(part["sha256"])
        if contents is None:
            return f'<p class="attached">{name} <span class="quiet">(not in this page)</span></p>'
        if part["type"] == "image" and part["media_type"] in PICTURES.values():
            return f'<img class="attached" src="{data_address(part["media_type"], contents)}" alt="{name}">'
        return f'<p class="attached"><a download="{name}" href="{data_address(DOWNLOADED, contents)}">{name}</a></p>'


def _question(message: Mapping[str, Any], files: _Files) -> str:
    attached = "".join(files.html(part) for part in files_in(message["parts"]))
    words = "".join(part["text"] for part in message["parts"] if part["type"] == "text")
    title = question_title(message)
    asked = f'<p class="quiet">{title}</p>' if title == RETORT_ASKS else ""
    return (
        f'<section class="question">{asked}{attached}<div class="question-text">{notation_html(words)}</div></section>'
    )


def _answer(message: Mapping[str, Any]) -> str:
    return f'<section class="answer">{"".join(_answer_parts(message))}</section>'


def _answer_parts(message: Mapping[str, Any]) -> Iterator[str]:
    results = {part["id"]: part for part in message["parts"] if part["type"] == "tool_result"}
    marks = marks_in(message)
    said = False
    if notes := message["details"].get("notes"):
        yield f'<p class="quiet">{escape(" ".join(notes))}</p>'
    for index, part in _numbered(message):
        if part["type"] == "thinking":
            title = thinking_title(part)
            yield f'<details class="thinking"><summary>{title}</summary>{prose_html(part["text"])}</details>'
        elif part["type"] == "tool_call":
            yield _card(message["id"], part, results.get(part["id"]))
        elif is_leading(part):
            yield f'<p class="tool-summary">{notation_html(part["text"])}</p>'
        elif part["type"] == "text":
            if not said and (warning := before_words(message)):
                yield f'<p class="unchecked">{escape(warning)}</p>'
            said = True
            placed = [
                Placed(mark.start, mark.end, mark.verdict, str(number))
                for number, (place, mark) in enumerate(marks)
                if place == index
            ]
            yield f'<div class="prose">{prose_html(part["text"], placed)}</div>'
    if marks:
        yield _checks(message)
    for sentence in ending_of(message):
        yield f'<p class="quiet">{escape(sentence)}</p>'


def _numbered(message: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    places = {id(part): index for index, part in enumerate(message["parts"])}
    return [(places[id(part)], part) for part in leading_first(message)]


def _checks(message: Mapping[str, Any]) -> str:
    """What was checked of an answer: the statement, what the check says, and the call that says so."""
    marks = marks_in(message)
    rows = "".join(
        f'<li class="{mark.verdict}"><q>{escape(mark.span)}</q> {escape(verdict_words(mark))}'
        + (f' <a href="#call-{escape(mark.card)}">its card</a>' if mark.card else "")
        + "</li>"
        for _, mark in marks
    )
    summary = escape(summed_up([mark for _, mark in marks]))
    return f'<details class="checks"><summary>{summary}</summary><ol>{rows}</ol></details>'


def _card(message_id: int, call: Mapping[str, Any], result: Mapping[str, Any] | None) -> str:
    name = f'<span class="tool-name">{escape(call["name"])}</span>'
    line = f"{name} <code>{escape(arguments_in_short(call['arguments']))}</code>"
    anchor = f'id="call-{message_id}-{escape(call["id"])}"'
    if result is None:
        return f'<p class="card" {anchor}>{line} <span class="quiet">had not ended</span></p>'
    content = result["content"]
    if not result["ok"]:
        told = failed_call_html(call["name"], content.get("arguments") or call["arguments"], with_buttons=False)
        return (
            f'<details class="card" {anchor}><summary>{line}</summary>{told}</details>'
            f'<p class="tool-error">{notation_html(content["sentence"])}</p>'
        )
    provenance = content["provenance"]
    told = provenance_html(call["name"], provenance, content["notes"], with_buttons=False)
    return (
        f'<details class="card" {anchor}><summary>{line} <span class="quiet">{provenance["seconds"]:.2f} s</span></summary>{told}</details>'
        f'<p class="result">{notation_html(content["summary"])}</p><div class="views">{still_views(content["views"])}</div>'
    )

"""A conversation as Markdown, to be read anywhere: words, calls, tables and letters; drawings are named and not drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.call_text import circumstances_of
from app.checking.marks import summed_up
from app.exporting.shown import points_of
from app.exporting.words import (
    KINDS,
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
from app.ui.markdown import safe_markdown
from app.ui.marks import verdict_words
from app.ui.views.markup import number_text

MOST_ROWS = 100
LONGEST_TEXT = 20_000
_MEANS_SOMETHING = re.compile(r"([\\`*_\[\]<>|#~$!&])")


def as_markdown(document: Document) -> str:
    """The whole conversation. A model's words are made safe as for the page: no HTML of theirs, no picture from elsewhere."""
    lines = [f"# {plain(document['title'])}", f"Exported by Retort {document['retort']}."]
    for message in document["messages"]:
        lines += question(message) if message["role"] == "user" else _answer(message)
    return "\n\n".join(lines) + "\n"


def plain(text: object) -> str:
    """Words that Markdown reads as they are, on one line."""
    return _MEANS_SOMETHING.sub(r"\\\1", " ".join(str(text).split()))


def question(message: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {question_title(message)}"
    words = "".join(part["text"] for part in message["parts"] if part["type"] == "text")
    yield "\n".join(f"> {line}" for line in safe_markdown(words).split("\n"))
    for file in files_in(message["parts"]):
        yield f"{KINDS[file['type']]}: {plain(file['name'])} (SHA-256 `{file['sha256']}`)"


def thinking(part: Mapping[str, Any]) -> str:
    """Folded where a reader of Markdown knows how to."""
    return f"<details><summary>{thinking_title(part)}</summary>\n\n{safe_markdown(part['text'])}\n\n</details>"


def _answer(message: Mapping[str, Any]) -> Iterator[str]:
    yield "## Answer"
    results = {part["id"]: part for part in message["parts"] if part["type"] == "tool_result"}
    said = False
    for part in leading_first(message):
        if part["type"] == "thinking":
            yield thinking(part)
        elif part["type"] == "tool_call":
            yield from call(part, results.get(part["id"]))
        elif is_leading(part):
            yield f"**{plain(part['text'])}**"
        elif part["type"] == "text":
            if not said and (warning := before_words(message)):
                yield f"*{warning}*"
            said = True
            yield safe_markdown(part["text"]).strip()
    yield from checks(message)
    for sentence in ending_of(message):
        yield f"*{plain(sentence)}*"


def checks(message: Mapping[str, Any]) -> Iterator[str]:
    """What was checked of an answer, each statement with what the check says."""
    marks = [mark for _, mark in marks_in(message)]
    if marks:
        listed = "\n".join(f"- “{plain(mark.span)}”: {plain(verdict_words(mark))}" for mark in marks)
        yield f"{plain(summed_up(marks))}\n\n{listed}"


def call(part: Mapping[str, Any], result: Mapping[str, Any] | None) -> Iterator[str]:
    """A call with its result, views and provenance."""
    yield f"### {plain(part['name'])} ({plain(arguments_in_short(part['arguments']))})"
    if result is None:
        yield "This call had not ended."
        return
    content = result["content"]
    if not result["ok"]:
        yield f"Refused: {plain(content['sentence'])}"
        return
    yield plain(content["summary"])
    for view in content["views"]:
        yield from _view(view)
    if content["notes"]:
        yield "\n".join(f"- {plain(note)}" for note in content["notes"])
    yield provenance(part["name"], content["provenance"])


def provenance(tool: str, of: Mapping[str, Any]) -> str:
    called = json.dumps({"tool": tool, "arguments": of["arguments"]}, ensure_ascii=False)
    return f"{fenced(called[:LONGEST_TEXT])}\n\n{plain(circumstances_of(of))}"


def fenced(text: str, language: str = "") -> str:
    """In a fence that no run of backticks inside can end."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _view(view: Mapping[str, Any]) -> Iterator[str]:
    kind, title = view["kind"], plain(view.get("title", ""))
    if kind == "table":
        heads = [f"{column} ({unit})" if unit else column for column, unit in _with_units(view)]
        yield _table(heads, view["rows"], title)
    elif kind == "plot":
        yield _table(("series", view["x_label"], view["y_label"]), points_of(view), f"Plot: {title}")
    elif kind == "sequence":
        yield f"{title}:\n\n{fenced(view['residues'][:LONGEST_TEXT])}"
    elif kind == "alignment":
        rows = "\n".join(f"{name} {row}" for name, row in zip(view["names"], view["rows"], strict=False))
        yield f"{title}:\n\n{fenced(rows[:LONGEST_TEXT])}"
    elif kind == "text":
        yield f"{title}:\n\n{fenced(view['text'][:LONGEST_TEXT])}"
    else:
        named = "Structure in space" if kind == "structure3d" else "Drawing"
        yield f"*{named}: {title} (shown in the page and in the HTML export)*"


def _with_units(view: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    units = list(view.get("units") or ())
    for index, column in enumerate(view["columns"]):
        yield column, units[index] if index < len(units) else ""


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]], title: str) -> str:
    lines = [
        " | ".join(map(plain, heads)),
        " | ".join("---" for _ in heads),
        *(" | ".join(map(_cell, row)) for row in rows[:MOST_ROWS]),
    ]
    more = f"\n\nThe first {MOST_ROWS} of {len(rows):,} rows." if len(rows) > MOST_ROWS else ""
    return (f"{title}:\n\n" if title else "") + "\n".join(f"| {line} |" for line in lines) + more


def _cell(cell: object) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return number_text(cell) if isinstance(cell, int | float) else plain(cell)

"""A conversation as a Jupyter notebook that makes each tool call again, without the model.

For each call: the words around it, a cell that makes it from its inputs, with the recorded output beside it as the stored
output of that cell, and a cell that compares the two. What is compared with stands in that last cell, as Python, so that nothing
has to be believed that cannot be read; large views stand there by their SHA-256.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.call_text import circumstances_of, literal
from app.exporting.as_markdown import checks, plain, question, thinking
from app.exporting.shown import shown_in_notebook
from app.exporting.words import before_words, ending_of, is_leading, leading_first
from app.exporting.writing import Document, recorded_call
from app.rerunning import FIND_TOOL, RecordedCall
from app.ui.markdown import safe_markdown
from tools.rerun import condensed

#: Of the files that calls need, together: a notebook is read by programs that hold all of it at once.
MOST_FILE_BYTES = 10_000_000
#: The kernel's name everywhere; it must be one of Retort's own Python.
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}

_BEGINNING = """\
This notebook makes every tool call of the conversation again, without the model, and compares what comes out with what was
recorded. It needs Retort: start it in Retort’s folder, or set RETORT_HOME to that folder, with Retort’s own Python as its kernel
(`.venv/bin/python -m pip install ipykernel`). Calls that would ask another machine are not made again."""
_FIND_RETORT = """\
import os
import sys
from pathlib import Path

home = Path(os.environ.get("RETORT_HOME") or ".").resolve()
if not (home / "tools" / "rerun.py").is_file():
    raise SystemExit(f"Retort is not in {home}; set RETORT_HOME to its folder, or start the notebook there.")
sys.path.insert(0, str(home))
try:
    from app.rerunning import Rerun
    from tools.version import retort_version
except ModuleNotFoundError as error:
    raise SystemExit(f"This Python has no {error.name}; use Retort’s own as the kernel: {home}/.venv/bin/python.") from None

rerun = Rerun()
print("Retort", retort_version())"""


def as_notebook(document: Document) -> str:
    """The notebook as JSON of nbformat 4.5."""
    import nbformat  # with a schema validator, which nothing else needs

    cells = [_numbered(number, cell) for number, cell in enumerate(_cells(document), start=1)]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "retort": {"version": 1}})
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def _cells(document: Document) -> Iterator[Any]:
    yield _words(f"# {plain(document['title'])}\n\nExported by Retort {document['retort']}. {_BEGINNING}")
    yield _code(_FIND_RETORT)
    yield from _files(document)
    number = 0
    for message in document["messages"]:
        if message["role"] == "user":
            yield _words("\n\n".join(question(message)))
            continue
        for cell in _answer(message, number):
            number += cell["metadata"].get("retort", {}).get("part") == "call"
            yield cell
    if number:
        yield _words("## All calls")
        yield _code("rerun.sum_up()")


def _files(document: Document) -> Iterator[Any]:
    """A cell for each file that a call needs."""
    left = MOST_FILE_BYTES
    for file in document["files"]:
        if file["base64"] is None or not _is_needed(document, file["sha256"]):
            continue
        if file["bytes"] > left:
            yield _words(
                f"The file with the SHA-256 `{file['sha256']}` ({file['bytes'] / 1e6:.1f} MB) is too large for this "
                "notebook: calls that need it are not made again here. The JSON export holds it: `python -m app replay FILE`."
            )
            continue
        left -= file["bytes"]
        yield _code(f'rerun.keep("{file["sha256"]}", "{file["base64"]}")', hidden=True)


def _is_needed(document: Document, sha256: str) -> bool:
    return any(
        f"sha256:{sha256}" in str(argument)
        for message in document["messages"]
        for part in message["parts"]
        if part["type"] == "tool_result"
        for argument in (part["content"].get("provenance", part["content"]).get("arguments") or {}).values()
    )


def _answer(message: Mapping[str, Any], before: int) -> Iterator[Any]:
    """The cells of an answer; ``before`` is how many calls came earlier."""
    results = {part["id"]: part for part in message["parts"] if part["type"] == "tool_result"}
    said = False
    yield _words("## Answer")
    for part in leading_first(message):
        if part["type"] == "thinking":
            yield _words(thinking(part))
        elif part["type"] == "tool_call":
            recorded = recorded_call(part, results.get(part["id"]))
            if recorded.arguments is None or recorded.tool == FIND_TOOL:
                yield _words(_not_rerun(part, recorded))
            else:
                before += 1
                yield from _call(before, recorded)
        elif is_leading(part):
            yield _words(f"**{plain(part['text'])}**")
        elif part["type"] == "text" and part["text"].strip():
            warning = "" if said else before_words(message)
            said = True
            yield _words((f"*{warning}*\n\n" if warning else "") + safe_markdown(part["text"]).strip())
    if below := [*checks(message), *(f"*{plain(sentence)}*" for sentence in ending_of(message))]:
        yield _words("\n\n".join(below))


def _call(number: int, recorded: RecordedCall) -> Iterator[Any]:
    answer = recorded.answer or {}
    provenance = answer.get("provenance")
    told = plain(circumstances_of(provenance)) if provenance else "It was refused."
    yield _words(f"### Call {number}: {plain(recorded.tool)}\n\n{told}")
    made = f"result_{number} = rerun.call({literal(recorded.tool)}, {literal(recorded.arguments)})\nresult_{number}"
    yield _code(made, part="call", output=shown_in_notebook(answer))
    yield _code(f"rerun.compare(result_{number}, {literal(condensed(answer))})", part="comparison")


def _not_rerun(call: Mapping[str, Any], recorded: RecordedCall) -> str:
    if recorded.tool == FIND_TOOL:
        why = "it finds tools for the model and computes nothing."
    elif recorded.answer is None:
        why = "it had not ended when it was exported."
    else:
        why = f"it ended without an answer: {plain(recorded.answer['error']['sentence'])}"
    return f"### {plain(call['name'])}\n\n{plain(literal(call['arguments']))}\n\nNot made again: {why}"


def _words(text: str) -> Any:
    from nbformat.v4 import new_markdown_cell

    return new_markdown_cell(text)


def _code(source: str, *, part: str = "", output: Mapping[str, str] | None = None, hidden: bool = False) -> Any:
    from nbformat.v4 import new_code_cell, new_output

    metadata: dict[str, Any] = {"retort": {"part": part}} if part else {}
    if hidden:
        metadata["jupyter"] = {"source_hidden": True}
    outputs = [new_output("execute_result", data=dict(output), execution_count=None)] if output else []
    return new_code_cell(source, metadata=metadata, outputs=outputs)


def _numbered(number: int, cell: Any) -> Any:
    """With an id that is the same each time, so that two exports can be compared."""
    cell["id"] = f"cell-{number}"
    return cell

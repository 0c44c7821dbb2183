"""The calls of an exported conversation, JSON or notebook, made again with the libraries of today."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from app.importing import MOST_BYTES, read_document
from app.rerunning import OVER_FILE, Again, InWorkers, RecordedCall, Report, Rerun, contents_of, reported
from errors import UploadError
from tools.rerun import modules_of_tools
from tools.running import Workers

_BROKEN = "export the conversation again as a notebook"


class Recording:
    """What a file holds: its calls in order, and the files that they need, by SHA-256."""

    def __init__(self, calls: list[RecordedCall], files: dict[str, bytes]) -> None:
        self.calls, self.files = calls, files


def read_recording(path: Path) -> Recording:
    """Raises ``UploadError`` for a file that is neither export."""
    if not path.is_file():
        raise UploadError(f"There is no file {path}; check the path.")
    if path.stat().st_size > MOST_BYTES:
        raise UploadError(f"{path.name} has more than {MOST_BYTES / 1e6:.0f} MB, the most that is read.")
    contents = path.read_bytes()
    return _of_notebook(contents) if path.suffix == ".ipynb" else _of_document(contents)


def replay(recording: Recording, memory_mb: int) -> Iterator[Report]:
    """Each call made again in a process of its own, limited in time and memory; nothing but the file's own files is read."""
    known = modules_of_tools()
    asked = {call.tool for call in recording.calls}
    if over := {str((call.arguments or {}).get("tool")) for call in recording.calls if call.tool == OVER_FILE}:
        asked |= over
    modules = sorted({known[name] for name in asked if name in known})
    workers = Workers(modules or ["tools.chemistry.counting"], size=1, memory_limit_mb=memory_mb)
    with closing(workers):
        rerun = Rerun(InWorkers(workers), only_kept=True)
        with closing(rerun):
            for sha256, contents in recording.files.items():
                rerun.keep_contents(sha256, contents)
            for call in recording.calls:
                yield reported(_again(rerun, call), call)


def _again(rerun: Rerun, call: RecordedCall) -> Again:
    if call.hosts:
        return Again(call.tool, reason=f"asks {call.hosts}")
    if call.arguments is not None:
        return rerun.call(call.tool, call.arguments)
    ended = "it ended without an answer" if call.answer else "it had not ended when it was exported"
    return Again(call.tool, reason=ended)


def _of_document(contents: bytes) -> Recording:
    from app.exporting.writing import calls_of

    document = read_document(contents).model_dump(exclude_unset=True)
    calls = [recorded for message in document["messages"] for _, recorded in calls_of(message)]
    files = {
        file["sha256"]: contents_of(file["sha256"], file["base64"])
        for file in document["files"]
        if file["base64"] is not None
    }
    return Recording(calls, files)


def _of_notebook(contents: bytes) -> Recording:
    """From the cells' own sources, since what a reader sees there is what is compared."""
    try:
        notebook = json.loads(contents)
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        sources = [(cell["metadata"].get("retort", {}).get("part", ""), _source(cell)) for cell in cells]
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise UploadError(f"The file is no notebook; {_BROKEN}.") from None
    calls: list[RecordedCall] = []
    files: dict[str, bytes] = {}
    made: tuple[str, dict[str, Any]] | None = None
    for part, source in sources:
        if part == "call":
            made = _made(source)
        elif part == "comparison" and made is not None:
            calls.append(RecordedCall(*made, _recorded(source)))
            made = None
        elif source.startswith("rerun.keep("):
            sha256, text = (str(value) for value in _literals(source, 2))
            files[sha256] = contents_of(sha256, text)
    if not calls:
        raise UploadError(f"The notebook holds no tool call of Retort; {_BROKEN}.")
    return Recording(calls, files)


def _source(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _made(source: str) -> tuple[str, dict[str, Any]]:
    tool, arguments = _literals(source, 2)
    if not isinstance(tool, str) or not isinstance(arguments, dict):
        raise UploadError(f"A cell of the notebook makes no call that can be read; {_BROKEN}.")
    return tool, arguments


def _recorded(source: str) -> dict[str, Any]:
    (recorded,) = _literals(source, 1)
    is_refusal = isinstance(recorded, dict) and isinstance(recorded.get("error"), dict)
    if not isinstance(recorded, dict) or not (is_refusal or isinstance(recorded.get("data"), dict)):
        raise UploadError(f"A cell of the notebook compares with nothing that can be read; {_BROKEN}.")
    return recorded


def _literals(source: str, count: int) -> list[Any]:
    """The last ``count`` arguments of the first call in a cell, as the values that they write; nothing is run."""
    try:
        first = ast.parse(source).body[0]
        if isinstance(first, ast.Assign | ast.Expr) and isinstance(first.value, ast.Call):
            return [ast.literal_eval(first.value.args[-count + index]) for index in range(count)]
    except (SyntaxError, ValueError, IndexError, RecursionError, MemoryError):
        pass
    raise UploadError(f"A cell of the notebook is not as Retort writes it; {_BROKEN}.")


def all_libraries(reports: list[Report]) -> list[str]:
    """Each library that has another version now, once."""
    return list(dict.fromkeys(library for report in reports for library in report.libraries))

"""Recorded calls made again: with the files that came with them, and never beyond this machine.

What cannot be had again is said with its reason instead of being left out: a lookup would ask another host, a file
may be missing, a search for tools computes nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from app.schemas import entity_of
from errors import RetortError
from tools.rerun import Answer, answered, changed_libraries, compare, failure, modules_of_tools, tool_named
from tools.running import Workers

#: How an exported call names a file: by its content, and by the name under which the tool saw it (a picture has none).
REFERENCE = "sha256:"
OVER_FILE = "run_over_file"  # as ``app.batches`` calls it, which is imported only where a batch is run
FIND_TOOL = "find_tool"  # as ``app.offering`` does
#: Names as ``app.uploads`` keeps them; another one could lead out of the folder.
_REFERENCE = re.compile(rf"{REFERENCE}([0-9a-f]{{64}})(?:/((?!\.)[\w .()+=,-]{{1,120}}))?")

Outcome = Literal["equal", "close", "different", "not rerun", "failed"]


@dataclass(frozen=True)
class RecordedCall:
    """A call as it was recorded: ``arguments`` as the tool had them, with files as ``sha256:…``.

    ``answer`` is a whole or condensed one (``tools.rerun``); None for a call that never ended.
    """

    tool: str
    arguments: dict[str, Any] | None
    answer: Answer | None

    @property
    def libraries(self) -> dict[str, str]:
        answer = self.answer or {}
        return dict(answer.get("libraries") or (answer.get("provenance") or {}).get("libraries") or {})

    @property
    def hosts(self) -> str:
        """What was asked for it; empty for what was computed here."""
        host = str(((self.answer or {}).get("provenance") or {}).get("host", "local"))
        return "" if host == "local" else host


@dataclass(frozen=True)
class Again:
    """What came of a call now; ``reason`` says why it was not made, and then there is no ``answer``."""

    tool: str
    answer: Answer | None = None
    reason: str = ""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """As a notebook shows it."""
        from app.exporting.shown import shown_in_notebook

        return shown_in_notebook(self.answer) if self.answer else {"text/plain": f"not rerun: {self.reason}"}


@dataclass(frozen=True)
class Report:
    """One call compared: ``detail`` says what differs, why it was not made, or why it failed."""

    tool: str
    outcome: Outcome
    detail: str = ""
    libraries: tuple[str, ...] = ()  #: that have another version now

    def __str__(self) -> str:
        return f"{self.outcome}: {self.detail}" if self.detail else self.outcome


class KeptFiles:
    """The files of an export, written to a folder of their own under the names that the tools saw."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._contents: dict[str, bytes] = {}

    def keep(self, sha256: str, contents: bytes) -> None:
        """Raises ``RetortError`` if the contents are not those of this SHA-256."""
        if hashlib.sha256(contents).hexdigest() != sha256:
            raise RetortError(
                f"The file with the SHA-256 {sha256[:12]}… was changed since its export; export it again."
            )
        self._contents[sha256] = contents

    def path(self, value: Any) -> Path | None:
        """Of the file that ``sha256:…`` names; None where it did not come along, or nothing is named."""
        named = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if named is None or named[1] not in self._contents:
            return None
        path = self._folder / "files" / named[1] / named[2] if named[2] else self._folder / named[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self._contents[named[1]])
        return path


def reference(sha256: str, name: str) -> str:
    """How a call names this file; ``name`` is empty for a picture."""
    return f"{REFERENCE}{sha256}/{name}" if name else f"{REFERENCE}{sha256}"


def contents_of(sha256: str, text: str) -> bytes:
    """Base64 as bytes; raises ``RetortError`` for what is none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise RetortError(f"The file with the SHA-256 {sha256[:12]}… is no base64; export it again.") from None


class Caller(Protocol):
    """Where calls are made."""

    def tool(self, name: str) -> Mapping[str, Any] | None:
        """Its ``hosts`` and ``parameters`` (a JSON Schema); None where there is no such tool."""
        ...

    def answered(self, name: str, arguments: Mapping[str, Any]) -> Answer: ...


class InThisProcess:
    """Each with only the module of its tool, and without limits: for a notebook, whose reader ran it himself."""

    def tool(self, name: str) -> Mapping[str, Any] | None:
        if name not in modules_of_tools():
            return None
        tool = tool_named(name)
        return {**tool.schema, "hosts": tool.hosts}

    def answered(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        return answered(name, arguments)


class InWorkers:
    """Limited in time and memory: for calls that come out of a file."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._tools = {tool["name"]: tool for tool in workers.catalog()}

    def tool(self, name: str) -> Mapping[str, Any] | None:
        return self._tools.get(name)

    def answered(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        try:
            return self._workers.call(name, arguments).model_dump(mode="json")
        except RetortError as error:
            return failure(error)


class Rerun:
    """Makes recorded calls again; what a notebook works with.

    ``only_kept``: a tool reads no file but those that came along, whatever path an argument names.
    """

    def __init__(self, caller: Caller | None = None, *, only_kept: bool = False) -> None:
        self._caller = caller or InThisProcess()
        self._only_kept = only_kept
        self._own = tempfile.TemporaryDirectory(prefix="retort-rerun-")
        self._files = KeptFiles(Path(self._own.name))
        self.reports: list[Report] = []

    def keep(self, sha256: str, text: str) -> None:
        """A file that calls need, as base64."""
        self.keep_contents(sha256, contents_of(sha256, text))

    def keep_contents(self, sha256: str, contents: bytes) -> None:
        self._files.keep(sha256, contents)

    def call(self, tool: str, arguments: Mapping[str, Any]) -> Again:
        """The call made again, or why it is not."""
        if tool == FIND_TOOL:
            return Again(tool, reason="it finds tools for a model and computes nothing")
        over = arguments.get("tool") if tool == OVER_FILE else tool
        known = self._caller.tool(str(over))
        if known and known.get("hosts"):
            return Again(tool, reason=f"asks {', '.join(known['hosts'])}")
        given, reading = dict(arguments), _reading_arguments(known)
        for name, value in arguments.items():
            path = self._files.path(value)
            if path is not None:
                given[name] = str(path)
            elif _is_reference(value) or (self._only_kept and name in ({"file"} if tool == OVER_FILE else reading)):
                return Again(tool, reason="its file did not come along")
        if tool != OVER_FILE:
            return Again(tool, self._caller.answered(tool, given))
        if self._only_kept and reading:
            return Again(tool, reason=f"{over} reads files that did not come along")
        return Again(tool, _over_file(given))

    def compare(self, again: Again, recorded: Answer) -> None:
        """Print what a call gave now beside what was recorded of it, as a notebook is read for it."""
        report = reported(again, RecordedCall(again.tool, {}, recorded))
        self.reports.append(report)
        print("\n".join([str(report), *(f"another version now: {library}" for library in report.libraries)]))

    def sum_up(self) -> None:
        print(summed_up(self.reports))

    def close(self) -> None:
        self._own.cleanup()


def _is_reference(value: Any) -> bool:
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


def _reading_arguments(tool: Mapping[str, Any] | None) -> set[str]:
    """The arguments of a tool that name a file to be read."""
    parameters = (tool or {}).get("parameters", {}).get("properties", {})
    return {name for name, schema in parameters.items() if entity_of(schema) in ("file", "image")}


def _over_file(arguments: Mapping[str, Any]) -> Answer:
    from app.batches import Batches
    from model.messages import File

    path = Path(str(arguments.get("file", "")))
    running = Batches().run(File(str(path), path.parent.name, "", path.name), arguments, threading.Event())
    try:
        while True:
            next(running)
    except StopIteration as ended:
        return ended.value.model_dump(mode="json")
    except RetortError as error:
        return failure(error)


def summed_up(reports: Sequence[Report]) -> str:
    """Such as "12 calls: 11 equal, 1 different"."""
    counts = Counter(report.outcome for report in reports)
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in get_args(Outcome) if counts[outcome])
    return f"{len(reports)} call{'' if len(reports) == 1 else 's'}" + (f": {told}" if told else "")


def reported(again: Again, recorded: RecordedCall) -> Report:
    """What a call gave now beside what was recorded of it."""
    if again.answer is None:
        return Report(again.tool, "not rerun", again.reason)
    if recorded.answer is None:
        return Report(again.tool, "not rerun", "it had not ended when it was exported")
    libraries = dict((again.answer.get("provenance") or {}).get("libraries") or {})
    changed = tuple(changed_libraries(recorded.libraries, libraries))
    if recorded.answer.get("ok", True) and not again.answer.get("ok", True):
        return Report(again.tool, "failed", again.answer["error"]["sentence"], changed)
    comparison = compare(recorded.answer, again.answer)
    return Report(again.tool, comparison.verdict, "; ".join(comparison.differences), changed)

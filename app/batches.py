"""One tool over every record of an attached file: in a process of its own, which can be stopped and keeps what is done.

The process is ``python -m tools over``, as anybody can run it again: nothing of the file is read in the server itself.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.uploads import batch_folder
from errors import ToolError, ToolInputError, shown
from model.events import ToolSchema
from model.messages import File
from tools.outputs import Provenance, ToolResult
from tools.over_files import RESULT, read_rows, read_state
from tools.running import child_environment
from tools.version import circumstances

OVER_FILE = "run_over_file"
ROOT = Path(__file__).resolve().parent.parent
LOOKED_AT_EVERY_S = 0.3
ENDS_WITHIN_S = 30.0  # a batch that was told to stop: its files are to be finished
ROWS_TO_READ = 5  # what a model is shown of the table
SCHEMA = ToolSchema(
    OVER_FILE,
    "Run one tool over every record of an attached file (a column of a table, the records of an SDF or FASTA file) and show the "
    "table; use it for many molecules or sequences instead of one call for each. A tool of many (cluster, align_many, rgroup_table, "
    "draw_molecules) gets all records at once.",
    {
        "type": "object",
        "properties": {
            "file": {"type": "string", "description": "The name of the attached file, such as file_1"},
            "tool": {"type": "string", "description": "A tool of one molecule or sequence, or of many"},
            "column": {"type": "string", "description": "The column that holds it; needed where it is not plain"},
            "arguments": {
                "type": "object",
                "description": 'Its other arguments; "=name" takes one from the column name',
            },
        },
        "required": ["file", "tool"],
        "additionalProperties": False,
    },
)


@dataclass(frozen=True)
class Progress:
    """How far a call is: a sentence, and of how many records how many are done where that is known."""

    sentence: str
    done: int = 0
    total: int | None = None


def batch_key(arguments: Mapping[str, Any]) -> str:
    """32 hexadecimal digits that name a batch in its conversation: the same asked again is the same batch."""
    asked = [arguments.get(name) for name in ("file", "tool", "column", "arguments")]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()[:32]


class Batches:
    """Runs one batch at a time: each uses every core."""

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def run(
        self, file: File, arguments: Mapping[str, Any], stop: threading.Event
    ) -> Generator[Progress, None, ToolResult]:
        """The batch that these arguments of ``run_over_file`` ask for; ``stop`` ends it and keeps what is done.

        Raises ``ToolInputError`` if the file or the tool does not allow it, ``ToolError`` if the process broke.
        """
        folder, command = batch_folder(file, batch_key(arguments)), _command(file, arguments)
        while not self._turn.acquire(timeout=LOOKED_AT_EVERY_S):
            if stop.is_set():
                raise ToolError("The batch was stopped before it began.")
            yield Progress("Another batch is running; this one waits for it.")
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            started = time.perf_counter()
            yield from _followed([*command, "--out", str(folder)], folder, stop)
            return _result(file, arguments, folder, round(time.perf_counter() - started, 2))
        finally:
            self._turn.release()


def _command(file: File, arguments: Mapping[str, Any]) -> list[str]:
    """Raises ``ToolInputError`` where an argument is missing or of another kind."""
    tool, column, others = arguments.get("tool"), arguments.get("column") or "", arguments.get("arguments") or {}
    if not isinstance(tool, str) or not tool:
        raise ToolInputError(f"{OVER_FILE} needs a 'tool'", "tool", "name the tool to run over each record")
    if not isinstance(column, str) or not isinstance(others, dict):
        raise ToolInputError(f"{shown(column)} names no column", "column", "give its name, and arguments as an object")
    return [sys.executable, *_over(file.path, tool, column, others)]


def again(arguments: Mapping[str, Any]) -> str:
    """The command that does the same anywhere; ``arguments`` of the provenance, in which the file is a path."""
    return shlex.join(["python", *over_command(arguments), "--out", "results"])


def over_command(arguments: Mapping[str, Any]) -> list[str]:
    """What follows ``python`` in it, but for where the results go."""
    return _over(arguments["file"], arguments["tool"], arguments.get("column") or "", arguments.get("arguments") or {})


def _over(path: str, tool: str, column: str, others: Mapping[str, Any]) -> list[str]:
    """With an equals sign each, since a column may be called ``-x``."""
    options = [f"--tool={tool}"]
    if column:
        options.append(f"--column={column}")
    if others:
        options.append(f"--arguments={json.dumps(others, ensure_ascii=False)}")
    return ["-m", "tools", "over", path, *options]


def _followed(command: list[str], folder: Path, stop: threading.Event) -> Generator[Progress, None, None]:
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=child_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the server, which then ends it
    )
    try:
        while process.poll() is None and not stop.is_set():
            yield _progress(read_state(folder))
            stop.wait(LOOKED_AT_EVERY_S)
    finally:  # also when nobody follows any more
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _progress(state: Mapping[str, Any]) -> Progress:
    done, total = int(state.get("done") or 0), state.get("total")
    if not done:
        return Progress("The file is being read …", 0, total)
    of = f" of {total:,}" if total else ""
    failed = f", {state['failed']:,} of them refused" if state.get("failed") else ""
    left = f"; about {_spoken(state['left_s'])} left" if state.get("left_s") else ""
    return Progress(f"{done:,}{of} records{failed}{left}", done, total)


def _spoken(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _of_all(file: File, arguments: Mapping[str, Any], folder: Path, seconds: float) -> ToolResult:
    """What a tool said of all records together; its arguments are the file's, not the thousand texts that were in it."""
    result = ToolResult.model_validate_json((folder / RESULT).read_bytes())
    called = {"arguments": {**arguments, "file": file.path}, "seconds": seconds}
    return result.model_copy(update={"provenance": result.provenance.model_copy(update=called)})


def _result(file: File, arguments: Mapping[str, Any], folder: Path, seconds: float) -> ToolResult:
    state = read_state(folder)
    if state.get("state") == "failed" and not state.get("done"):
        error = state.get("error") or {}
        raise ToolInputError(
            error.get("what") or state.get("sentence") or "The file cannot be used",
            error.get("where", ""),
            error.get("hint", ""),
        )
    if state.get("state") not in ("done", "stopped"):
        raise ToolError("The batch ended without an answer (its process died); try a part of the file.")
    if (folder / RESULT).exists():
        return _of_all(file, arguments, folder, seconds)
    done, failed = int(state["done"]), int(state["failed"])
    over = f"{state['tool']} over {{}} of {file.name}: {done - failed:,} answered, {failed:,} refused."
    records = f"{done:,} record{'' if done == 1 else 's'}"
    if state["state"] == "stopped":
        records = f"the first {done:,} of {state['total']:,} records" if state.get("total") else f"the first {records}"
    rows = read_rows(folder, 0, ROWS_TO_READ)
    return ToolResult(
        tool=OVER_FILE,
        summary=over.format(records),
        data={
            "file": file.name,
            "tool": state["tool"],
            "column": state.get("column"),
            "state": state["state"],
            "count": done,
            "total": state.get("total"),
            "failed_count": failed,
            "columns": state.get("columns", []),
            "first_rows": [
                {"input": row.get("input"), **(row.get("data") or {"error": row.get("sentence", "")})} for row in rows
            ],
        },
        notes=tuple(state.get("notes", ())),
        provenance=Provenance(
            tool=OVER_FILE,
            arguments={**arguments, "file": file.path},
            libraries=state.get("libraries", {}),
            seconds=seconds,
            **circumstances(),
        ),
    )

"""``python -m tools over``: one tool over every record of a file, in order, one row out for each record in.

The file is read in this process, under the limit on memory that the workers have; each call runs in a worker. The main thread
tells how far it is and looks for a signal; another one reads the records, and one for each worker carries rows to it.
"""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from errors import NetworkNotAllowedError, RetortError, ToolInputError, shown
from tools.batch_output import (
    MOST_OUTPUT_BYTES,
    BatchOutput,
    RowAnswer,
    clear,
    flat,
    shortened,
    with_three_header_lines,
)
from tools.console_network import with_flag
from tools.in_order import InOrder
from tools.inputs.opened_files import open_file
from tools.inputs.records import Record
from tools.network import Network
from tools.over_files import RESULTS_CSV, RESULTS_SDF
from tools.over_planning import TOGETHER, Plan, planned
from tools.over_progress import Progress
from tools.over_together import run_together
from tools.running import Views, Workers
from tools.worker import limit_memory

TOLD_EVERY_S, LOOKED_AT_EVERY_S = 0.5, 0.1
MEMORY_MB, MEMORY_MB_A_THREAD = 2048, 128  # of address space: a thread reserves much and uses little
MOST_COMMON_NOTES = 20
STOPPED = 130
_NAME_COLUMNS = frozenset(
    ("id", "identifier", "code", "accession", "compound id", "compound_id", "name", "title", "compound name", "compound_name")
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the command line asks: a file, a folder for what is written, and ``arguments`` for every record or ``"=column"``."""

    file: str
    tool: str
    folder: Path
    arguments: Mapping[str, Any] = field(default_factory=dict)
    column: str | None = None
    progress: bool = False
    network: Network | None = None


def run_over(asked: Asked, workers: Workers, threads: int) -> int:
    """Run it; 0, or 130 where a signal ended it. Raises ``ToolInputError`` where nothing could be run, which the state says, too."""
    stop = Signal()
    try:
        asked.folder.mkdir(parents=True, exist_ok=True)
        clear(asked.folder)
    except OSError as error:
        raise ToolInputError(
            f"Nothing can be written to {shown(asked.folder)} ({error.strerror})", "--out", "name another folder"
        ) from None
    named = {
        "tool": asked.tool,
        "arguments": dict(asked.arguments),
        "column": asked.column,
        "file": Path(asked.file).name,
    }
    progress = Progress(asked.folder, named, asked.progress)
    progress.tell({})
    try:
        workers.warm_up()
        limit_memory(MEMORY_MB + MEMORY_MB_A_THREAD * threads)
        plan = planned(workers.catalog(), open_file(asked.file), asked.tool, asked.arguments, asked.column)
        if asked.tool in TOGETHER:
            return run_together(plan, workers, asked.folder, progress)
        return Batch(plan, workers, threads, asked.folder, asked.network).run(progress, stop)
    except (RetortError, MemoryError, OSError) as error:
        refusal = _refusal(error, asked.file)
        progress.tell({"state": "failed", "sentence": str(refusal), "error": refusal.as_json()})
        raise refusal from None


def _refusal(error: Exception, file: str) -> ToolInputError:
    if isinstance(error, ToolInputError):
        return error
    if isinstance(error, MemoryError):
        return ToolInputError(f"{shown(Path(file).name)} needs more memory than there may be used", "file", "split it")
    return ToolInputError(str(error))


class Signal:
    """Whether a person has asked to end it; set by a signal's handler, which may take no lock."""

    def __init__(self) -> None:
        self.came = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._take)

    def _take(self, number: int, frame: FrameType | None) -> None:
        self.came = True


class Batch:
    """The rows of one plan, answered by ``threads`` at once and written in order."""

    def __init__(
        self, plan: Plan, workers: Workers, threads: int, folder: Path, network: Network | None = None
    ) -> None:
        self._plan, self._workers, self._network = plan, workers, network
        self._output = BatchOutput(folder, plan.records.columns)
        self._in_order: InOrder[Record, RowAnswer] = InOrder(self._answered, self._output.add, threads)
        self._views: Views = "none" if plan.records.holds_molecules else "molfile"
        self._fault: BaseException | None = None
        self._name_column = next(
            (name for name in plan.records.columns if name != plan.column and name.strip().lower() in _NAME_COLUMNS),
            None,
        )

    def run(self, progress: Progress, stop: Signal) -> int:
        """Until all rows are there or it is stopped; the files are whole in either case. Returns the exit status."""
        plan = self._plan
        progress.tell({
            "total": plan.records.total, "column": plan.column, "kind": plan.records.called,
            "original_columns": list(plan.records.columns), "notes": list(plan.notes),
        })  # fmt: skip
        feeding = threading.Thread(target=self._feed, name="read records")
        feeding.start()
        next_told = time.monotonic() + TOLD_EVERY_S
        while feeding.is_alive():
            feeding.join(LOOKED_AT_EVERY_S)
            if stop.came or self._output.full:
                self._in_order.stop()
                feeding.join()
            elif time.monotonic() >= next_told:
                next_told += TOLD_EVERY_S
                if not progress.tell(self._so_far()):
                    stop.came = True  # not "|=": a signal that comes meanwhile would be lost
        notes = [*plan.notes, *self._common(), *self._output.finish()]
        if self._fault is not None:
            raise self._fault
        whole = self._output.done == plan.records.total
        if self._output.full and not whole:
            notes.append(
                f"It ended early: more than {MOST_OUTPUT_BYTES // 1_000_000} MB were written; give a part of the file."
            )
        elif not whole:
            notes.append(f"It was stopped: {self._output.done:,} of {plan.records.total:,} rows are done.")
        files = [name for name in (RESULTS_CSV, RESULTS_SDF) if (self._output.folder / name).exists()]
        progress.tell({**self._so_far(), "state": "done" if whole else "stopped", "notes": notes, "files": files})
        return 0 if whole else STOPPED

    def _feed(self) -> None:
        try:
            self._in_order.run(self._plan.records.read())
        except BaseException as error:  # raised again in the main thread
            self._fault = error

    def _so_far(self) -> dict[str, Any]:
        output = self._output
        return {
            "done": output.done, "failed": output.failed, "columns": list(output.columns), "libraries": dict(output.libraries),
        }  # fmt: skip

    def _common(self) -> list[str]:
        return [f"Of every row: {note}" for note in self._output.common_notes()[:MOST_COMMON_NOTES]]

    def _answered(self, record: Record) -> RowAnswer:
        row: dict[str, Any] = {
            "row": record.number, "line": record.line, "name": self._name(record), "input": shortened(self._input(record)),
            "values": {name: value for name, value in record.values.items() if name not in self._plan.records.made},
        }  # fmt: skip
        try:
            result = self._called(self._plan.tool, self._plan.arguments(record), self._views)
        except RetortError as error:
            told = error if isinstance(error, ToolInputError) else ToolInputError(str(error))
            told = with_flag(error) if isinstance(error, NetworkNotAllowedError) else told
            return RowAnswer({**row, "ok": False, "error": told.as_json(), "sentence": str(told)})
        row |= {"ok": True, "summary": result["summary"], "data": flat(result["data"]), "notes": result["notes"]}
        return RowAnswer(row, self._molblock(record, result), result["provenance"]["libraries"])

    def _called(self, tool: str, arguments: Mapping[str, Any], views: Views) -> dict[str, Any]:
        answer = self._workers.call_as_json(
            tool, arguments, cancel=self._in_order.stopped, views=views, network=self._network
        )
        return json.loads(answer)

    def _molblock(self, record: Record, result: Mapping[str, Any]) -> str:
        """The record's own where it is one, else that of the answer's structure, laid out; empty where there is none."""
        if self._plan.records.holds_molecules:
            return with_three_header_lines(record.text)
        smiles = result["data"].get("smiles")
        if not isinstance(smiles, str) or not smiles:
            return ""
        if result["views"]:
            return result["views"][0]["text"]
        try:
            return self._called("convert_notation", {"molecule": smiles, "to": "molfile"}, "none")["data"]["molfile"]
        except RetortError:  # an answer with attachment points, say: it is in the table
            return ""

    def _name(self, record: Record) -> str:
        if not self._plan.records.is_table:
            return record.name
        return record.values.get(self._name_column, "").strip() if self._name_column else ""

    def _input(self, record: Record) -> str:
        plan = self._plan
        if plan.column is not None or record.broken:
            return "" if plan.column is None else plan.given(record)
        if plan.records.holds_molecules:
            return f"molfile, {record.values.get('atoms', '?')} atoms"
        if plan.records.called == "FASTA":
            return "".join(record.text.partition("\n")[2].split())
        return f"{plan.records.called} record, {record.values.get('length', '?')} residues"

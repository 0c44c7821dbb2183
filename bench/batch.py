"""``python -m tools batch`` and ``over`` with 10,000 rows, beside the bare loop in one process times the number of cores; and its memory.

The batch is counted from its start, with that of its workers; the bare loop without its imports, before and after the batch. On a
machine that does nothing else both ratios of a tool say the same; where others compute as well, that of the processors' time holds.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from bench.rows import Row
from bench.tools import drugs
from tools.__main__ import cores
from tools.over_files import read_state

ROOT = Path(__file__).resolve().parents[1]
ROWS, FEW_ROWS, BARE_ROWS = 10_000, 1_000, 2_000
LEAST = 0.8  # of the bare loop times the number of cores
LOOKED_AT_EVERY_S = 1.0
TOOLS = ("describe_molecule", "count_atoms")
OVER_TOOL = "describe_molecule"


@dataclass(frozen=True)
class Run:
    """Rows a second, milliseconds of processors a row, and the most memory of all processes together in MB."""

    rows_a_second: float
    processor_ms: float
    held_mb: float = 0.0


def measure() -> list[Row]:
    rows: list[Row] = []
    before, over, after = _bare(OVER_TOOL), _over(OVER_TOOL, ROWS), _bare(OVER_TOOL)
    what = f"{OVER_TOOL} over a CSV of {ROWS:,} rows, SDF written"
    rows += [
        Row(
            f"{what}, against the bare loop times {cores()} cores",
            over.rows_a_second,
            (before.rows_a_second + after.rows_a_second) / 2 * cores(),
            "rows/s",
            LEAST,
        ),
        Row(
            f"{what}: processors' time a row",
            over.processor_ms,
            (before.processor_ms + after.processor_ms) / 2,
            "ms",
            1 / LEAST,
            at_most=True,
        ),
    ]
    for tool in TOOLS:
        few = _batch(tool, FEW_ROWS)
        before = _bare(tool)
        many = _batch(tool, ROWS)
        after = _bare(tool)
        bare = (before.rows_a_second + after.rows_a_second) / 2
        bare_ms = (before.processor_ms + after.processor_ms) / 2
        what = f"batch of {ROWS:,} {tool}"
        rows += [
            Row(
                f"{what}, against the bare loop times {cores()} cores",
                many.rows_a_second,
                bare * cores(),
                "rows/s",
                LEAST,
            ),
            Row(f"{what}: processors' time a row", many.processor_ms, bare_ms, "ms", 1 / LEAST, at_most=True),
            Row(f"{what}: memory, against {FEW_ROWS:,} rows", many.held_mb, few.held_mb, "MB", 1.1, at_most=True),
        ]
    return rows


def _batch(tool: str, count: int) -> Run:
    """From the start of the program to its end, its workers' time included."""
    with tempfile.TemporaryFile() as lines:
        for smiles in itertools.islice(itertools.cycle(drugs()), count):
            lines.write(json.dumps({"tool": tool, "arguments": {"molecule": smiles}}).encode() + b"\n")
        lines.seek(0)
        started = time.perf_counter()
        batch = subprocess.Popen(
            [sys.executable, "-m", "tools", "batch"], cwd=ROOT, stdin=lines, stdout=subprocess.PIPE
        )
        counter = subprocess.Popen(["grep", "-c", '^{"ok": true'], stdin=batch.stdout, stdout=subprocess.PIPE)
        assert batch.stdout is not None
        batch.stdout.close()
        peaks = [0.0]
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(LOOKED_AT_EVERY_S):
                peaks.append(_held_mb(batch.pid))

        watching = threading.Thread(target=watch)
        watching.start()
        _, status, used = os.wait4(batch.pid, 0)
        seconds = time.perf_counter() - started
        batch.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        watching.join()
        right = int(counter.communicate()[0])
    if right != count:
        raise RuntimeError(f"{count - right} of {count} rows of {tool} were not answered")
    return Run(count / seconds, 1e3 * (used.ru_utime + used.ru_stime) / count, max(peaks))


def _over(tool: str, count: int) -> Run:
    """``python -m tools over`` a table, from its start until its files are written."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder, "drugs.csv")
        lines = (
            f"{number},{smiles}" for number, smiles in enumerate(itertools.islice(itertools.cycle(drugs()), count))
        )
        table.write_text("\n".join(("id,smiles", *lines)))
        started = time.perf_counter()
        over = subprocess.Popen(
            [sys.executable, "-m", "tools", "over", table, "--tool", tool, "--out", folder],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(over.pid, 0)
        seconds = time.perf_counter() - started
        over.returncode = os.waitstatus_to_exitcode(status)
        state = read_state(folder)
    if (state["state"], state["done"], state["failed"]) != ("done", count, 0):
        raise RuntimeError(f"{state['failed']} of {count} rows of {tool} were not answered")
    return Run(count / seconds, 1e3 * (used.ru_utime + used.ru_stime) / count)


def _held_mb(root: int) -> float:
    """Resident memory of a process and its children, in MB."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    processes = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return sum(kib for process, parent, kib in processes if root in (process, parent)) * 1024 / 1e6


def _bare(tool: str) -> Run:
    given = "\n".join(itertools.islice(itertools.cycle(drugs()), BARE_ROWS))
    done = subprocess.run(
        [sys.executable, "-m", "bench.bare", tool],
        cwd=ROOT,
        input=given,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds, of_processor = map(float, done.stderr.split()[-2:])
    return Run(BARE_ROWS / seconds, 1e3 * of_processor / BARE_ROWS)

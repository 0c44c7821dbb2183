"""The table that compares engines: figures, how they stand to ours, and the bars."""

from __future__ import annotations

import os
import platform
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from bench.rows import Row

#: Key, heading, and digits after the point.
COLUMNS = (
    ("1 streams", "1 stream, tokens/s", 1),
    ("4 streams", "4 streams, tokens/s", 1),
    ("8 streams", "8 streams, tokens/s", 1),
    ("fairness", "slowest of 8 over fastest", 2),
    ("turn 6", "first token, turn 6, s", 2),
    ("first while others", "first token while 7 are answered, s", 2),
    ("left", "computes on once left, s", 2),
)


@dataclass
class Line:
    """A way's values, as often as they were measured; what is ``slow`` is not measured again, and why it was left out."""

    name: str
    values: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    slow: set[str] = field(default_factory=set)
    reason: str = ""

    def add(self, values: Mapping[str, float]) -> None:
        for key, value in values.items():
            self.values[key].append(value)

    def median(self, key: str) -> float | None:
        return statistics.median(self.values[key]) if self.values.get(key) else None


def engines_table(lines: Sequence[Line]) -> str:
    """Markdown; the first line is ours, and what is in brackets is a multiple of its figure."""
    headings = ["engine", *(heading for _, heading, _ in COLUMNS)]
    rows = [f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"]
    for line in lines:
        name = f"{line.name}: {line.reason}" if line.reason else line.name
        cells = [_cell(line.median(key), lines[0].median(key), digits, line is lines[0]) for key, _, digits in COLUMNS]
        rows.append(f"| {' | '.join([name, *cells])} |")
    return "\n".join(rows)


def _cell(value: float | None, ours: float | None, digits: int, is_ours: bool) -> str:
    if value is None:
        return "—"
    shown = f"{value:.{digits}f}"
    return shown if is_ours or not ours else f"{shown} ({value / ours:.2f})"


def bars(ours: Line, plain: Line, llamas: Sequence[Line]) -> list[Row]:
    """What is promised of ours, as far as both figures of a row were measured."""
    one = ours.median("1 streams")
    llama = max(filter(None, (line.median("1 streams") for line in llamas)), default=None)
    prompt = ours.median("turn 6 prompt") or 0.0

    def read_per_s(line: Line) -> float | None:
        seconds = line.median("turn 6")
        return prompt / seconds if seconds else None

    asked = [
        ("8 streams, against one", ours.median("8 streams"), one, "tokens/s", 5.0, False),
        ("one stream, against plain generate", one, plain.median("1 streams"), "tokens/s", 1.0, False),
        ("one stream, against llama.cpp", one, llama, "tokens/s", 0.8, False),
        ("slowest of 8 streams, against the fastest", ours.median("slowest"), ours.median("fastest"), "tokens/s", 0.8, False),
        ("first token while 7 are answered, against 2 s", ours.median("first while others"), 2.0, "s", 1.0, True),
        (
            f"prompt of turn 6 ({prompt:,.0f} tokens) until the first token, against reading all of it",
            read_per_s(ours),
            read_per_s(plain),
            "tokens/s",
            20.0,
            False,
        ),
    ]  # fmt: skip
    return [
        Row(what, figure, beside, unit, bar, at_most)
        for what, figure, beside, unit, bar, at_most in asked
        if figure is not None and beside is not None
    ]


def machine(threads: int) -> str:
    """A sentence: what it was measured on, and with what."""
    load = f", load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else ""
    versions = ", ".join(f"{package} {version(package)}" for package in ("torch", "transformers"))
    return (
        f"{_processor()}, {os.cpu_count()} cores, {threads} thread{'s' * (threads > 1)} for each engine{load}; "
        f"Python {platform.python_version()}, {versions}."
    )


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    names = (
        [line.partition(":")[2].strip() for line in told.read_text().splitlines() if line.startswith("model name")]
        if told.is_file()
        else []
    )
    return names[0] if names else platform.processor() or platform.machine()

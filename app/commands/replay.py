"""``python -m app replay``: the calls of an exported conversation made again, and what differs."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.replaying import all_libraries, read_recording, replay
from app.rerunning import Report, summed_up
from app.settings import read_settings

#: Outcomes after which the exit status is 1: the recorded result was not had again.
DIFFERING = ("different", "failed")


def add_command(commands: Any) -> None:
    again = commands.add_parser(
        "replay",
        help="make the tool calls of an exported conversation (JSON or notebook) again; exit status 1 if one differs",
    )
    again.add_argument("file", type=Path, help="a conversation that was exported as JSON or as a notebook")
    again.add_argument("--json", action="store_true", help="print a JSON object for each call, and one that sums up")
    again.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    recording = read_recording(options.file)
    reports: list[Report] = []
    for report in replay(recording, read_settings().tool_memory_mb):
        reports.append(report)
        if options.json:
            print(
                json.dumps({"type": "call", "number": len(reports), **asdict(report)}, ensure_ascii=False), flush=True
            )
        else:
            print(f"{len(reports)}. {report.tool}: {report}", flush=True)
    changed = all_libraries(reports)
    if options.json:
        told = {"type": "sum", "calls": len(reports), "sentence": summed_up(reports), "libraries": changed}
        print(json.dumps(told, ensure_ascii=False))
    else:
        print("\n".join([*(f"Another version now: {library}" for library in changed), f"{summed_up(reports)}."]))
    return 1 if any(report.outcome in DIFFERING for report in reports) else 0

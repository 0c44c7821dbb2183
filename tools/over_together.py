"""One call for all records of a file, of a tool that compares them: ``cluster``, ``align_many``, ``rgroup_table``, ``draw_molecules``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from errors import ToolInputError
from tools.over_files import RESULT
from tools.over_planning import Plan
from tools.over_progress import Progress
from tools.running import Workers

MOST_TOGETHER = 5_000  # each tool has a limit of its own below it


def run_together(plan: Plan, workers: Workers, folder: Path, progress: Progress) -> int:
    """Call it and keep its result in ``result.json``; 0. Raises ``ToolInputError`` as the tool does, and for any record that is broken:
    a set that lacks some of its members has other clusters.
    """
    if plan.records.total > MOST_TOGETHER:
        raise ToolInputError(
            f"The file has {plan.records.total:,} records",
            "file",
            f"give {plan.tool} at most {MOST_TOGETHER:,} at once",
        )
    told = {"total": plan.records.total, "column": plan.column, "kind": plan.records.called, "notes": list(plan.notes)}
    progress.tell(told)
    arguments = gathered_arguments(plan)
    answer = json.loads(workers.call_as_json(plan.tool, arguments))
    answer["notes"] = [*plan.notes, *answer["notes"]]
    (folder / RESULT).write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    done = {
        "done": plan.records.total,
        "state": "done",
        "libraries": answer["provenance"]["libraries"],
        "files": [RESULT],
    }
    progress.tell({**done, "notes": answer["notes"]})
    return 0


def gathered_arguments(plan: Plan) -> dict[str, Any]:
    """The arguments of the one call: a list for what the records fill, and for what a column fills."""
    arguments: dict[str, Any] = dict(plan.same)
    filled = (plan.argument, *plan.columns)
    arguments |= {name: [] for name in filled}
    for record in plan.records.read():
        own = plan.arguments(record)
        for name in filled:
            arguments[name].append(own[name])
    return arguments

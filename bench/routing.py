"""How many plain requests reach the right tool: those of tests/app/requests.jsonl whose tool exists, and its small talk."""

from __future__ import annotations

import json
from pathlib import Path

from app.routing import Router
from bench.rows import Row
from tools.registry import Toolbox

REQUESTS = Path(__file__).resolve().parents[1] / "tests" / "app" / "requests.jsonl"


def measure() -> list[Row]:
    toolbox = Toolbox.load()
    router = Router([{**tool.schema, "group": tool.group, "asks": tool.asks} for tool in toolbox])
    rows = [json.loads(line) for line in REQUESTS.read_text().splitlines()]
    due = [row for row in rows if row["tool"] is None or row["tool"] in toolbox]
    right = 0
    for row in due:
        calls = router.route(row["request"])
        if row["tool"] is None:
            right += not calls
        else:
            right += (
                len(calls) == 1
                and calls[0].tool == row["tool"]
                and row["arguments"].items() <= calls[0].arguments.items()
            )
    return [Row("plain requests that reach the right tool, or none for small talk", right, len(due), "requests", 0.9)]

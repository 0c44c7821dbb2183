"""How many plain requests reach the right tool with the right arguments, and how many that no tool answers reach none.

Two sets: tests/app/requests.jsonl, which came with the project, and requests_unseen.jsonl, written before the router was
run on it. Of that one, the half called ``tune`` may be looked at when the router is worked on, and ``held`` may not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.routing import Routed, Router
from bench.rows import Row
from tools.registry import Toolbox

REQUESTS = Path(__file__).resolve().parents[1] / "tests" / "app"


def router(toolbox: Toolbox) -> Router:
    return Router([{**tool.schema, "group": tool.group, "asks": tool.asks} for tool in toolbox])


def requests(name: str, half: str = "") -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (REQUESTS / name).read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if not half or row["half"] == half]


def is_right(row: dict[str, Any], calls: list[Routed], toolbox: Toolbox) -> bool:
    """The calls that were wanted and no other; none where no tool that exists answers the request."""
    wanted = row.get("calls") or [[row["tool"], row["arguments"]]]
    names = [name if isinstance(name, list) else [name] for name, _ in wanted]
    if not all(any(one in toolbox for one in some if one) for some in names):
        return not calls
    return len(calls) == len(wanted) and all(
        any(call.tool in some and arguments.items() <= call.arguments.items() for call in calls)
        for some, (_, arguments) in zip(names, wanted, strict=True)
    )


def asks_for_a_tool(row: dict[str, Any], toolbox: Toolbox) -> bool:
    names = row["tool"] if "tool" in row else row["calls"][0][0]
    return any(name in toolbox for name in (names if isinstance(names, list) else [names]) if name)


def measure() -> list[Row]:
    toolbox = Toolbox.load()
    routes = router(toolbox)

    def counted(what: str, rows: Iterable[dict[str, Any]], bar: float | None) -> Row:
        rows = list(rows)
        right = sum(is_right(row, routes.route(row["request"]), toolbox) for row in rows)
        return Row(what, right, len(rows), "requests", bar)

    fixture = [row for row in requests("requests.jsonl") if row["tool"] is None or row["tool"] in toolbox]
    measured = [counted("plain requests that reach the right tool, or none for small talk", fixture, 0.9)]
    for half in ("tune", "held"):
        rows = requests("requests_unseen.jsonl", half)
        due = [row for row in rows if asks_for_a_tool(row, toolbox)]
        idle = [row for row in rows if not asks_for_a_tool(row, toolbox)]
        measured.append(
            counted(f"unseen requests ({half}) that reach the right tool with the right arguments", due, 0.9)
        )
        measured.append(counted(f"unseen requests ({half}) that no tool answers and that reach none", idle, 0.95))
    return measured

"""How many plain requests reach the right tool with the right arguments, and how many that no tool answers reach none.

Three sets in tests/app: requests.jsonl came with the project; requests_tuned.jsonl is what the router was worked on with;
requests_held.jsonl was written apart from it and is only counted: what fails in it is not looked at.
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


def requests(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (REQUESTS / name).read_text(encoding="utf-8").splitlines()]


def is_right(row: dict[str, Any], calls: list[Routed], toolbox: Toolbox) -> bool:
    """The calls that were wanted and no other; none where no tool that exists answers the request."""
    if not asks_for_a_tool(row, toolbox):
        return not calls
    wanted = row.get("calls") or [[row["tool"], row["arguments"]]]
    return len(calls) == len(wanted) and all(
        any(call.tool in _names(name) and arguments.items() <= call.arguments.items() for call in calls)
        for name, arguments in wanted
    )


def asks_for_a_tool(row: dict[str, Any], toolbox: Toolbox) -> bool:
    """Whether a tool that exists answers this request; rows of later tools count as what none answers."""
    wanted = row.get("calls") or [[row["tool"], {}]]
    return all(any(name in toolbox for name in _names(names)) for names, _ in wanted)


def _names(name: str | list[str] | None) -> list[str]:
    return name if isinstance(name, list) else [name] if name else []


def measure() -> list[Row]:
    toolbox = Toolbox.load()
    routes = router(toolbox)

    def counted(what: str, rows: Iterable[dict[str, Any]], bar: float) -> Row:
        rows = list(rows)
        right = sum(is_right(row, routes.route(row["request"]), toolbox) for row in rows)
        return Row(what, right, len(rows), "requests", bar)

    fixture = [row for row in requests("requests.jsonl") if row["tool"] is None or row["tool"] in toolbox]
    measured = [counted("plain requests that reach the right tool, or none for small talk", fixture, 0.9)]
    for kind in ("tuned", "held"):
        rows = requests(f"requests_{kind}.jsonl")
        due = [row for row in rows if asks_for_a_tool(row, toolbox)]
        idle = [row for row in rows if not asks_for_a_tool(row, toolbox)]
        measured.append(counted(f"{kind} requests: the right tool with the right arguments", due, 0.9))
        measured.append(counted(f"{kind} requests that no tool answers: none", idle, 0.95))
    return measured

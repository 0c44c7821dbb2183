"""How many plain requests reach the right tool with the right arguments, and how many that no tool answers reach none.

The sets in tests/app: requests.jsonl came with the project; requests_tuned.jsonl is what the router was worked on with;
requests_held.jsonl and, for the tools that came later, requests_held2.jsonl were written apart from it and are only
counted: what fails in them is not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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
        any(call.tool in _names(name) and has_arguments(call.arguments, arguments) for call in calls)
        for name, arguments in wanted
    )


def has_arguments(given: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether every wanted argument was given: the same value, one of ``{"any": [...]}``, or, where a side of an
    equation was given, one of its species.
    """
    return all(name in given and _is_as_wanted(given[name], value) for name, value in wanted.items())


def _is_as_wanted(given: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return any(_is_as_wanted(given, value) for value in wanted["any"])
    if isinstance(wanted, list) and len(wanted) == 1 and given == wanted[0]:
        return True
    return given == wanted or (isinstance(given, str) and " + " in given and wanted in given.split(" + "))


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
    for kind in ("tuned", "held", "held2", "held3"):
        rows = requests(f"requests_{kind}.jsonl")
        due = [row for row in rows if asks_for_a_tool(row, toolbox)]
        idle = [row for row in rows if not asks_for_a_tool(row, toolbox)]
        measured.append(counted(f"{kind} requests: the right tool with the right arguments", due, 0.9))
        measured.append(counted(f"{kind} requests that no tool answers: none", idle, 0.95))
    return measured

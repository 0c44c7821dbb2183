"""``python -m app check``: the answer checker over texts, a JSON line for each."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

LONGEST_LINE = 2_000_000


def add_command(commands: Any) -> None:
    check = commands.add_parser(
        "check",
        help='read {"text": …} JSON lines (with "question", if there was one) and write {"marks": […]} for each, in order',
    )
    check.add_argument("file", nargs="?", default="-", help="a file of such lines; without it, standard input")
    check.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from app.services import build_checker, build_tools
    from app.settings import read_settings

    tools = build_tools(read_settings())
    try:
        tools.warm_up()
        checker = build_checker(tools)()
        for row in _rows(options.file):
            if isinstance(row, str):
                told: dict[str, Any] = {"marks": [], "error": row}
            else:
                marks = checker.check(row["text"], question=row.get("question") or "")
                told = {"marks": [_told(mark.as_json()) for mark in marks if mark.verdict != "drawn"]}
            print(json.dumps(told, ensure_ascii=False), flush=True)
    finally:
        tools.close()
    return 0


def _told(mark: dict[str, Any]) -> dict[str, Any]:
    return {name: mark[name] for name in ("start", "end", "span", "verdict", "ours", "call", "kind")}


def _rows(name: str) -> Iterator[dict[str, Any] | str]:
    """Each line as its object, or the sentence that says what is wrong with it."""
    with sys.stdin if name == "-" else open(name, encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line) if len(line) <= LONGEST_LINE else None
            except (ValueError, RecursionError):
                row = None
            is_row = (
                isinstance(row, dict)
                and isinstance(row.get("text"), str)
                and isinstance(row.get("question", ""), (str, type(None)))
            )
            if is_row and row is not None:
                yield row
            else:
                yield f'Line {number} is no JSON object with a "text"; write {{"text": "…"}}, one a line.'

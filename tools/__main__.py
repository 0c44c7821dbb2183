"""``python -m tools list | call | batch | over``: the tools without a model and without a page."""

from __future__ import annotations

import argparse
import functools
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from console import exit_status
from errors import NetworkNotAllowedError, RetortError, ToolInputError, shown
from tools.console_network import ConsoleNetwork, with_flag
from tools.in_order import InOrder
from tools.running import Workers

LONGEST_LINE = 2_000_000
MOST_WORKERS = 256
_ROW = '{"tool": "count_atoms", "arguments": {"molecule": "CCO"}}'


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools", description="Retort's tools on the command line.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="print the schema of every tool, a JSON object a line")
    call = commands.add_parser("call", help="run one tool and print its result as JSON; exit status 2 on an error")
    call.add_argument("name", help="the tool's name")
    call.add_argument(
        "arguments", help="""its arguments as JSON, such as '{"molecule": "CCO"}', or - for standard input"""
    )
    _add_allow(call)
    _add_allow(
        commands.add_parser("batch", help='read {"tool", "arguments"} lines, write a result line for each, in order')
    )
    _add_over(commands)
    options = parser.parse_args(arguments)
    size = getattr(options, "workers", None) or (1 if options.command in ("list", "call") else cores())
    workers = Workers(size=size)
    try:
        return exit_status(lambda: _run(options, workers, size))
    finally:
        workers.close()


def _add_over(commands: Any) -> None:
    over = commands.add_parser(
        "over", help="run one tool over a column of a table, or the records of an SDF or FASTA file, in order"
    )
    over.add_argument("file", help="CSV, TSV, XLSX, a list of lines, SDF, MOL, FASTA or GenBank, also in gzip")
    over.add_argument("--tool", required=True, help="the tool's name")
    over.add_argument(
        "--column", help="the column that fills the tool's argument; told from the file where it is left out"
    )
    over.add_argument(
        "--arguments", default="{}", help="""the others as JSON: '{"ph": 7.4}', or '{"ph": "=pH"}' from the column pH"""
    )
    over.add_argument(
        "--out", required=True, type=Path, help="a folder for the results; those of an earlier run are replaced"
    )
    over.add_argument("--workers", type=_number_of_workers, help="processes at once; as many as there are cores")
    _add_allow(over)
    over.add_argument("--progress", action="store_true", help="print the state twice a second, as JSON lines")


def _add_allow(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="HOST",
        help="a host that lookups may ask over the network, such as pubchem.ncbi.nlm.nih.gov; without it nothing is sent",
    )


def _number_of_workers(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST_WORKERS:
        raise ValueError
    return number


def cores() -> int:
    """How many this process may use, which in a container or under ``taskset`` are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run(options: argparse.Namespace, workers: Workers, size: int) -> int:
    if options.command == "list":
        for tool in workers.catalog():
            _write({key: tool[key] for key in ("name", "description", "group", "parameters")})
        return 0
    if options.command == "call":
        text = sys.stdin.read() if options.arguments == "-" else options.arguments
        network = ConsoleNetwork(options.allow)
        answer = json.loads(_answered(workers, lambda: (options.name, _arguments(text)), None, network))
        _write(answer)
        return 0 if answer["ok"] else 2
    if options.command == "over":
        from tools.over_running import (
            Asked,
            run_over,
        )  # reads files with RDKit, which the others leave to their workers

        asked = Asked(
            options.file,
            options.tool,
            options.out,
            _arguments(options.arguments),
            options.column or None,
            options.progress,
            ConsoleNetwork(options.allow),
        )
        return run_over(asked, workers, size)
    workers.warm_up()
    _batch(workers, size, sys.stdin.buffer, sys.stdout.buffer, ConsoleNetwork(options.allow))
    return 0


def _batch(workers: Workers, size: int, lines: BinaryIO, answers: BinaryIO, network: ConsoleNetwork) -> None:
    """One answer a line, in order, each written as soon as it and those before it are there."""
    progress = _Progress()

    def write(answer: bytes) -> None:
        answers.write(answer + b"\n")
        answers.flush()
        progress.count()

    batch: InOrder[bytes, bytes] = InOrder(
        lambda line: _answered(workers, functools.partial(_row, line), batch.stopped, network), write, size
    )
    batch.run(_lines(lines))


class _Progress:
    """How many rows are done, and how quickly, on a terminal's last line; nothing where nobody watches."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()
        self._began = self._told = time.monotonic()
        self._rows = 0

    def count(self) -> None:
        self._rows += 1
        if self._watched and (now := time.monotonic()) - self._told > 1:
            self._told = now
            rate = self._rows / (now - self._began)
            print(f"\r{self._rows:,} rows, {rate:,.0f} a second ", end="", file=sys.stderr, flush=True)


def _lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    for number, line in enumerate(lines):
        line = line.removeprefix(b"\xef\xbb\xbf") if number == 0 else line
        yield line.rstrip(b"\r\n")


def _row(line: bytes) -> tuple[str, dict[str, Any]]:
    if len(line) > LONGEST_LINE:
        raise ToolInputError(f"The line has {len(line):,} bytes", "line", f"give at most {LONGEST_LINE:,}")
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise ToolInputError("The line is not UTF-8", f"byte {error.start + 1}", "save the file as UTF-8") from None
    if not text.strip():
        raise ToolInputError("The line is empty", "line", f"write an object such as {_ROW}")
    row = _object(text, "line", _ROW)
    name, arguments = row.get("tool"), row.get("arguments", {})
    if isinstance(arguments, str):  # the arguments of a model's call are often JSON inside JSON
        arguments = _arguments(arguments)
    if not isinstance(name, str) or not isinstance(arguments, dict):
        raise ToolInputError('The line needs "tool" (a name) and "arguments" (an object)', "line", "write both")
    return name, arguments


def _arguments(text: str) -> dict[str, Any]:
    return _object(text, "arguments", '{"molecule": "CCO"}')


def _object(text: str, where: str, example: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise ToolInputError(
            f"{shown(text)} is not JSON ({error})", where, f"write an object such as {example}"
        ) from None
    if not isinstance(value, dict):
        raise ToolInputError(f"{shown(text)} is not a JSON object", where, f"write an object such as {example}")
    return value


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; raises ``ToolInputError`` for a name that stands twice, of which JSON readers take the last."""
    value = dict(pairs)
    if len(value) < len(pairs):
        (double, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise ToolInputError(f"{shown(double)} stands twice in one object", "line", "write each name once")
    return value


def _answered(
    workers: Workers,
    read: Callable[[], tuple[str, dict[str, Any]]],
    cancel: threading.Event | None,
    network: ConsoleNetwork,
) -> bytes:
    """A result or an error as JSON, in the shapes that the command line promises."""
    try:
        name, arguments = read()
        return workers.call_as_json(name, arguments, cancel=cancel, network=network)
    except ToolInputError as error:
        told = error.as_json()
    except NetworkNotAllowedError as error:
        told = with_flag(error).as_json()
    except RetortError as error:
        told = {"what": str(error), "where": "", "hint": ""}
    return json.dumps({"ok": False, "error": told}, ensure_ascii=False).encode(errors="backslashreplace")


def _write(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())

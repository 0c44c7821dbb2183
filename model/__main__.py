"""``python -m model tokenize --model DIR`` and ``python -m model fetch ID``: checkpoints on the command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from console import exit_status
from errors import ModelError


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m model", description="Retort's models on the command line.")
    commands = parser.add_subparsers(dest="command", required=True)
    tokenize = commands.add_parser("tokenize", help='read {"text"} JSON lines, write an {"ids"} line for each')
    tokenize.add_argument("--model", required=True, metavar="DIR", help="a folder with the tokenizer's files")
    fetch = commands.add_parser("fetch", help="fetch a model from the hub into its cache on this machine")
    fetch.add_argument("id", help="for example internlm/Intern-S1-mini")
    options = parser.parse_args(arguments)
    if options.command == "fetch":
        return exit_status(lambda: _fetch(options.id))
    return exit_status(lambda: _tokenize(Path(options.model).expanduser(), sys.stdin.buffer))


def _fetch(spec: str) -> int:
    """On a terminal with its progress in one line."""
    from model.local.fetching import fetch

    def tell(_fraction: float, doing: str) -> None:
        if sys.stderr.isatty():
            print(f"\r{doing:79.79}", end="", file=sys.stderr, flush=True)

    try:
        fetch(spec, tell)
    finally:
        if sys.stderr.isatty():
            print(file=sys.stderr)
    print(f'{spec} is on this machine; start with: make run ARGS="--model {spec}"')
    return 0


def _tokenize(folder: Path, lines: BinaryIO) -> int:
    """A broken line gets an {"error"} line in its place, so that the order is kept; exit status 2 then."""
    from model.interns1.tokenizer import InternS1Tokenizer

    if not folder.is_dir():
        raise ModelError(f"There is no folder {folder}; give --model one with Intern-S1-mini's tokenizer files.")
    tokenizer = InternS1Tokenizer.from_folder(folder)
    status = 0
    for text in _texts(lines):
        if text is None:
            answer: dict[str, object] = {"error": 'The line is not a JSON object with a "text"; write {"text": "…"}.'}
            status = 2
        else:
            answer = {"ids": tokenizer.encode(text)}
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return status


def _texts(lines: BinaryIO) -> Iterator[str | None]:
    for line in lines:
        try:
            text = json.loads(line)["text"]
        except (ValueError, KeyError, TypeError, RecursionError):
            text = None
        yield text if isinstance(text, str) else None


if __name__ == "__main__":
    sys.exit(main())

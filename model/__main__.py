"""``python -m model tokenize --model DIR``: a checkpoint's tokenizer on the command line."""

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
    options = parser.parse_args(arguments)
    return exit_status(lambda: _tokenize(Path(options.model).expanduser(), sys.stdin.buffer))


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

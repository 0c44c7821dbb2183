"""``python -m app schema``: the JSON Schema of an exported conversation."""

from __future__ import annotations

import argparse
import json
from typing import Any

from app.exporting.document import schema


def add_command(commands: Any) -> None:
    printing = commands.add_parser("schema", help="print the JSON Schema of an exported conversation")
    printing.set_defaults(run=_run)


def _run(_options: argparse.Namespace) -> int:
    print(json.dumps(schema(), indent=2, ensure_ascii=False))
    return 0

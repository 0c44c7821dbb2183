"""A tool call as text to be used elsewhere: as JSON for ``python -m tools batch``, and as a Python script that runs as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.batches import OVER_FILE, over_command

WIDTH = 100
_SHA256 = re.compile(r"[0-9a-f]{64}")

_FIND_RETORT = """\
import json
import os
import sys

home = os.environ.get("RETORT_HOME", os.getcwd())
sys.path.insert(0, home)
sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
"""
_CALL = """
from errors import RetortError
from tools.rerun import call

try:
    result = call({name}, {arguments})
except RetortError as error:
    sys.exit(str(error))
print(result.summary)
print(json.dumps(result.data, indent=2, ensure_ascii=False))
for note in result.notes:
    print("Note:", note)
"""
_OVER = """
import subprocess

command = {command}
out = os.path.abspath("results")
ended = subprocess.run([sys.executable, *command, "--out", out], cwd=home)
print("The results are in", out)
sys.exit(ended.returncode)
"""


def call_as_json(tool: str, arguments: Mapping[str, Any]) -> str:
    return json.dumps({"tool": tool, "arguments": arguments}, ensure_ascii=False)


def call_as_python(tool: str, arguments: Mapping[str, Any], provenance: Mapping[str, Any] | None = None) -> str:
    """A script that makes the call in Retort's folder, with Retort's Python, and prints the result.

    ``provenance`` of the recorded result, if there is one, is told in its first lines.
    """
    told = [_comment(circumstances_of(provenance))] if provenance else []
    told += [_comment(f"{name or 'A picture'} has the SHA-256 {sha256}.") for sha256, name in files_of(arguments)]
    told.append(
        _comment("Runs in Retort’s folder (or with RETORT_HOME set to it) with Retort’s Python: .venv/bin/python")
    )
    if tool == OVER_FILE:
        body = _OVER.format(command=literal(over_command(arguments)))
    else:
        body = _CALL.format(name=literal(tool), arguments=literal(dict(arguments), indent=4))
    return "\n".join(told) + "\n" + _FIND_RETORT + body


def circumstances_of(provenance: Mapping[str, Any]) -> str:
    """In a sentence: with which libraries, where, when, by which Retort under which Python."""
    libraries = ", ".join(f"{name} {version}" for name, version in provenance["libraries"].items())
    where = "here" if provenance["host"] == "local" else f"from answers of {provenance['host']}"
    parts = [f"Computed {where}", f"with {libraries}" if libraries else ""]
    parts.append(f"by Retort {provenance['retort']}" if provenance.get("retort") else "")
    parts.append(f"under Python {provenance['python']}" if provenance.get("python") else "")
    parts.append(f"at {provenance['at']}" if provenance.get("at") else "")
    return f"{' '.join(filter(None, parts))}, in {provenance['seconds']:.3f} s."


def literal(value: Any, indent: int = 0) -> str:
    """``value`` of JSON as Python writes it; what does not fit in a line is taken apart, an item a line."""
    text = repr(value)
    if indent + len(text) <= WIDTH or not value or not isinstance(value, dict | list):
        return text
    inner = indent + 4
    if isinstance(value, dict):
        items = [f"{key!r}: {literal(one, inner)}" for key, one in value.items()]
    else:
        items = [literal(one, inner) for one in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return opening + "".join(f"\n{' ' * inner}{item}," for item in items) + f"\n{' ' * indent}{closing}"


def files_of(arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    """SHA-256 and name (empty for a picture) of each kept file that an argument holds the path of."""
    found = []
    for value in arguments.values():
        path = Path(value) if isinstance(value, str) and len(value) < 4_096 and "\n" not in value else Path()
        if _SHA256.fullmatch(path.name):
            found.append((path.name, ""))
        elif _SHA256.fullmatch(path.parent.name):
            found.append((path.parent.name, path.name))
    return found


def _comment(text: str) -> str:
    """One line, whatever stands in it: what a file brought may hold a line break, and what follows would be run."""
    return "# " + "".join(c for c in " ".join(text.split()) if c.isprintable())

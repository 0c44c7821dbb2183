"""``python -m app``: every command is named, and only the one that is asked for is imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema

from app.__main__ import COMMANDS

ROOT = Path(__file__).resolve().parents[2]


def python(*arguments):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_help_names_every_command_and_says_what_it_does():
    done = python("-m", "app", "--help")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines() if line.startswith("    ") and line[4] != " "] == list(
        COMMANDS
    )


def test_a_command_that_is_none_is_refused_with_those_there_are():
    done = python("-m", "app", "explain")
    assert done.returncode == 2
    assert all(name in done.stderr for name in COMMANDS)


def test_one_command_is_had_without_what_the_others_need():
    program = (
        "import sys; from app.__main__ import main; main(['schema']); "
        "print([name for name in ('app.assistant', 'gradio', 'torch', 'rdkit', 'nbformat') if name in sys.modules])"
    )
    assert python("-c", program).stdout.splitlines()[-1] == "[]"


def test_the_schema_is_one():
    described = json.loads(python("-m", "app", "schema").stdout)
    jsonschema.Draft202012Validator.check_schema(described)
    assert described["properties"]["format"]["const"] == "retort-conversation"
    assert described["properties"]["version"]["const"] == 1

"""An examination of the tools as a stranger would hold it: many questions with known answers, in one batch (see ``examining``)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tools.examining import have_sources, questions_in, tools_of, wrong_answers

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = questions_in("exam_questions.jsonl")


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    given = "".join(json.dumps({"tool": one["tool"], "arguments": one["arguments"]}) + "\n" for one in QUESTIONS)
    done = subprocess.run(
        [sys.executable, "-m", "tools", "batch"], cwd=ROOT, input=given.encode(), capture_output=True, timeout=600
    )
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_question_has_one_answer_and_names_its_source(answers):
    assert len(answers) == len(QUESTIONS) > 1000
    assert have_sources(QUESTIONS)


@pytest.mark.parametrize("tool", tools_of(QUESTIONS))
def test_the_answers_are_the_known_ones(answers, tool):
    assert wrong_answers(QUESTIONS, answers, tool) == ""

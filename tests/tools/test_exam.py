"""An examination of the tools as a stranger would hold it: many questions with known answers, in one batch.

``exam_questions.jsonl`` holds a question a line: ``tool`` and ``arguments`` as ``python -m tools batch`` takes them, and either
``expect`` (a place in ``data``, such as ``ranking.0.tanimoto`` or ``mapping.#`` for a length, to its value; numbers within
``within``) or ``refused`` (words of the error). ``source`` says where the answer comes from, which is never the tool itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = [
    json.loads(line) for line in (ROOT / "tests/tools/exam_questions.jsonl").read_text(encoding="utf-8").splitlines()
]


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
    assert all(one["source"] and ("expect" in one) != ("refused" in one) for one in QUESTIONS)


@pytest.mark.parametrize("tool", dict.fromkeys(one["tool"] for one in QUESTIONS))
def test_the_answers_are_the_known_ones(answers, tool):
    wrong = [
        f"{json.dumps(question['arguments'], ensure_ascii=False)[:200]}: {said} ({question['source']})"
        for question, answer in zip(QUESTIONS, answers, strict=True)
        if question["tool"] == tool and (said := complaint(question, answer))
    ]
    assert not wrong, "\n".join(wrong)


def complaint(question: dict[str, Any], answer: dict[str, Any]) -> str:
    """What is wrong with an answer, or an empty text."""
    if "refused" in question:
        if answer["ok"]:
            return f"answered: {answer['summary']}"
        told = " ".join(answer["error"].values())
        missing = [word for word in question["refused"] if word.lower() not in told.lower()]
        one_line = set(answer["error"]) == {"what", "where", "hint"} and len(told) < 1000 and "\n" not in told
        return f"refused without {missing}: {told}" if missing or not one_line else ""
    if not answer["ok"]:
        return f"refused: {answer['error']}"
    within = question.get("within", 1e-9)
    found = {place: at(answer["data"], place) for place in question["expect"]}
    wrong = [place for place, value in question["expect"].items() if not same(found[place], value, within)]
    return "; ".join(f"{place} is {found[place]!r}, not {question['expect'][place]!r}" for place in wrong)


def at(data: Any, place: str) -> Any:
    """What stands at a place such as ``rows.3.predicted``; None where there is no such place."""
    for step in place.split("."):
        if step == "#" and isinstance(data, list):
            data = len(data)
        elif isinstance(data, list) and step.isdecimal() and int(step) < len(data):
            data = data[int(step)]
        elif isinstance(data, dict) and step in data:
            data = data[step]
        else:
            return None
    return data


def same(found: Any, value: Any, within: float) -> bool:
    if isinstance(value, list):
        return (
            isinstance(found, list)
            and len(found) == len(value)
            and all(same(one, other, within) for one, other in zip(found, value, strict=True))
        )
    if isinstance(value, dict):
        return (
            isinstance(found, dict)
            and found.keys() == value.keys()
            and all(same(found[key], value[key], within) for key in value)
        )
    if isinstance(value, bool | str) or value is None:
        return found == value
    return isinstance(found, int | float) and not isinstance(found, bool) and abs(found - value) <= within

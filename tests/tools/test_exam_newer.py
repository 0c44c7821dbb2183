"""A second examination, over the tools of formulas, reactions, spectra, symmetry and the laboratory, in a stranger's words.

``exam_newer.jsonl`` has the lines of ``exam_questions.jsonl`` (see ``test_exam``): arguments in the forms in which chemists and
models write them, answers from textbooks, NIST, IUPAC and PubChem. Products are compared whatever their order.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from errors import RetortError, ToolInputError
from tests.tools.test_exam import complaint
from tools.running import Workers

QUESTIONS = [
    json.loads(line) for line in Path(__file__).with_name("exam_newer.jsonl").read_text(encoding="utf-8").splitlines()
]
GROUPS = {"molecule", "reaction", "formula and lab", "sequence", "protein and structure", "lookup"}
WORKERS = 2


@pytest.fixture(scope="module")
def workers():
    started = Workers(size=WORKERS)
    yield started
    started.close()


@pytest.fixture(scope="module")
def answers(workers) -> list[dict[str, Any]]:
    def answer(question: dict[str, Any]) -> dict[str, Any]:
        try:
            found = json.loads(workers.call_as_json(question["tool"], question["arguments"]))
        except ToolInputError as error:
            return {"ok": False, "error": error.as_json()}
        except RetortError as error:  # a crash or a time limit, which no question may end in
            return {"ok": False, "error": {"died": str(error)}}
        if "products" in found["data"] and found["tool"] == "apply_reaction":
            found["data"]["products"].sort()
        return found

    with ThreadPoolExecutor(WORKERS) as threads:
        return list(threads.map(answer, QUESTIONS))


def test_every_question_names_its_source():
    assert len(QUESTIONS) > 800
    assert all(one["source"] and ("expect" in one) != ("refused" in one) for one in QUESTIONS)


@pytest.mark.parametrize("tool", dict.fromkeys(one["tool"] for one in QUESTIONS))
def test_the_answers_are_the_known_ones(answers, tool):
    wrong = [
        f"{json.dumps(question['arguments'], ensure_ascii=False)[:200]}: {said} ({question['source']})"
        for question, answer in zip(QUESTIONS, answers, strict=True)
        if question["tool"] == tool and (said := complaint(question, answer))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_groups_are_those_of_the_catalogue(workers):
    assert {tool["group"] for tool in workers.catalog()} <= GROUPS

"""An examination of the tools for sequences and proteins: answers from own code, other programs, data sheets and maps of makers.

``exam_biology.jsonl`` has the lines of ``exam_questions.jsonl`` (see ``test_exam``). An argument such as ``@pUC19.fasta`` stands for the
text of that file in ``sequences/``; the place ``fragments_by_length`` for the fragments from the longest, as catalogues list them.
"""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from errors import RetortError, ToolInputError
from tests.tools.test_exam import complaint
from tools.running import Workers

HERE = Path(__file__).parent
QUESTIONS = [json.loads(line) for line in (HERE / "exam_biology.jsonl").read_text(encoding="utf-8").splitlines()]
WORKERS = 2


def whole(value: Any) -> Any:
    """The text of the file that ``@name`` stands for."""
    if not isinstance(value, str) or not value.startswith("@"):
        return value
    path = HERE / "sequences" / value[1:]
    return gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    workers = Workers(size=WORKERS)

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        arguments = {name: whole(value) for name, value in question["arguments"].items()}
        try:
            found = json.loads(workers.call_as_json(question["tool"], arguments))
        except ToolInputError as error:
            return {"ok": False, "error": error.as_json()}
        except RetortError as error:  # a crash or a time limit, which no question may end in
            return {"ok": False, "error": {"died": str(error)}}
        if "fragments" in found["data"]:
            found["data"]["fragments_by_length"] = sorted(found["data"]["fragments"], reverse=True)
        return found

    try:
        with ThreadPoolExecutor(WORKERS) as threads:
            return list(threads.map(answer, QUESTIONS))
    finally:
        workers.close()


def test_every_question_names_its_source():
    assert len(QUESTIONS) > 700
    assert all(one["source"] and ("expect" in one) != ("refused" in one) for one in QUESTIONS)


@pytest.mark.parametrize("tool", dict.fromkeys(one["tool"] for one in QUESTIONS))
def test_the_answers_are_the_known_ones(answers, tool):
    wrong = [
        f"{json.dumps(question['arguments'], ensure_ascii=False)[:200]}: {said} ({question['source']})"
        for question, answer in zip(QUESTIONS, answers, strict=True)
        if question["tool"] == tool and (said := complaint(question, answer))
    ]
    assert not wrong, "\n".join(wrong)

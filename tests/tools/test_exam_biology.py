"""An examination of the tools for sequences and proteins: answers from own code, other programs, data sheets and maps of makers.

``exam_biology.jsonl`` has its lines as ``examining`` says. An argument such as ``@pUC19.fasta`` stands for the
text of that file in ``sequences/``; the place ``fragments_by_length`` for the fragments from the longest, as catalogues list them.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from tests.tools.examining import answered, have_sources, questions_in, tools_of, wrong_answers

SEQUENCES = Path(__file__).with_name("sequences")
QUESTIONS = questions_in("exam_biology.jsonl")


def whole(value: Any) -> Any:
    """The text of the file that ``@name`` stands for."""
    if not isinstance(value, str) or not value.startswith("@"):
        return value
    path = SEQUENCES / value[1:]
    return gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")


def by_length(answer: dict[str, Any]) -> None:
    if "fragments" in answer["data"]:
        answer["data"]["fragments_by_length"] = sorted(answer["data"]["fragments"], reverse=True)


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    return answered(QUESTIONS, whole, by_length)


def test_every_question_names_its_source():
    assert len(QUESTIONS) > 700
    assert have_sources(QUESTIONS)


@pytest.mark.parametrize("tool", tools_of(QUESTIONS))
def test_the_answers_are_the_known_ones(answers, tool):
    assert wrong_answers(QUESTIONS, answers, tool) == ""

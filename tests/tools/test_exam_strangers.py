"""A third examination: names and notations that other programs and tables get wrong, and what is ambiguous and has to be refused.

``exam_strangers.jsonl`` holds arguments as strangers write them; the answers were found by hand, or by OPSIN, molmass, IsoSpec and
Open Babel beside the tools (see ``examining``).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.tools.examining import answered, have_sources, questions_in, tools_of, wrong_answers

QUESTIONS = questions_in("exam_strangers.jsonl")


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    return answered(QUESTIONS)


def test_every_question_names_its_source():
    assert len(QUESTIONS) > 500
    assert have_sources(QUESTIONS)


@pytest.mark.parametrize("tool", tools_of(QUESTIONS))
def test_the_answers_are_the_known_ones(answers, tool):
    assert wrong_answers(QUESTIONS, answers, tool) == ""

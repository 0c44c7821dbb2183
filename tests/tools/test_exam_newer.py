"""A second examination, over the tools of formulas, reactions, spectra, symmetry and the laboratory, in a stranger's words.

``exam_newer.jsonl`` holds arguments in the forms in which chemists and models write them, answers from textbooks, NIST, IUPAC and PubChem
(see ``examining``). Products are compared whatever their order.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.tools.examining import answered, have_sources, questions_in, tools_of, wrong_answers

QUESTIONS = questions_in("exam_newer.jsonl")


def in_any_order(answer: dict[str, Any]) -> None:
    if answer["tool"] == "apply_reaction" and "products" in answer["data"]:
        answer["data"]["products"].sort()


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    return answered(QUESTIONS, read=in_any_order)


def test_every_question_names_its_source():
    assert len(QUESTIONS) > 800
    assert have_sources(QUESTIONS)


@pytest.mark.parametrize("tool", tools_of(QUESTIONS))
def test_the_answers_are_the_known_ones(answers, tool):
    assert wrong_answers(QUESTIONS, answers, tool) == ""

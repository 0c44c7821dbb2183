"""How an examination is held: questions with known answers, a JSON object a line, all put to the tools at once.

A line holds ``tool`` and ``arguments`` as ``python -m tools batch`` takes them, and either
``expect`` (a place in ``data``, such as ``ranking.0.tanimoto`` or ``mapping.#`` for a length, to its value; numbers within
``within``) or ``refused`` (words of the error). ``source`` says where the answer comes from, which is never the tool itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from errors import RetortError, ToolInputError
from tools.running import Workers

WORKERS = 2
Question = dict[str, Any]
Answer = dict[str, Any]


def questions_in(name: str) -> list[Question]:
    return [json.loads(line) for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()]


def tools_of(questions: Sequence[Question]) -> list[str]:
    return list(dict.fromkeys(question["tool"] for question in questions))


def answered(
    questions: Sequence[Question],
    given: Callable[[Any], Any] = lambda value: value,
    read: Callable[[Answer], None] = lambda answer: None,
) -> list[Answer]:
    """The answers in order; ``given`` changes an argument before it is put, ``read`` an answer after it has come."""
    workers = Workers(size=WORKERS)

    def answer(question: Question) -> Answer:
        arguments = {name: given(value) for name, value in question["arguments"].items()}
        try:
            found = json.loads(workers.call_as_json(question["tool"], arguments))
        except ToolInputError as error:
            return {"ok": False, "error": error.as_json()}
        except RetortError as error:  # a crash or a time limit, which no question may end in
            return {"ok": False, "error": {"died": str(error)}}
        read(found)
        return found

    try:
        with ThreadPoolExecutor(WORKERS) as threads:
            return list(threads.map(answer, questions))
    finally:
        workers.close()


def have_sources(questions: Sequence[Question]) -> bool:
    return all(one["source"] and ("expect" in one) != ("refused" in one) for one in questions)


def wrong_answers(questions: Sequence[Question], answers: Sequence[Answer], tool: str) -> str:
    """A line for each wrong answer of this tool; an empty text if there is none."""
    return "\n".join(
        f"{json.dumps(question['arguments'], ensure_ascii=False)[:200]}: {said} ({question['source']})"
        for question, answer in zip(questions, answers, strict=True)
        if question["tool"] == tool and (said := complaint(question, answer))
    )


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

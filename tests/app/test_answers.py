"""The answer checker on labelled answers: what was planted is found, and what is right is left alone.

The files and how their labels were computed are described in tests/app/answers/README.md and HELD_OUT.md.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from app.checking.checker import Checker
from app.checking.marks import Mark
from tools.running import Workers

ANSWERS = Path(__file__).parent / "answers"


@pytest.fixture(scope="module")
def workers():
    workers = Workers(size=2)
    yield workers
    workers.close()


@pytest.fixture(scope="module")
def checker(workers):
    return Checker(workers)


def checked(checker: Checker, *given, **options) -> list[Mark]:
    return [mark for mark in checker.check(*given, **options) if mark.verdict != "drawn"]


def answers(name: str) -> list[dict]:
    return [json.loads(line) for line in (ANSWERS / name).read_text(encoding="utf-8").splitlines()]


def place(text: str, label: dict) -> tuple[int, int]:
    """Where a label's span stands, by its occurrence."""
    at = -1
    for _ in range(label.get("occurrence", 1)):
        at = text.find(label["span"], at + 1)
    assert at >= 0, label
    return at, at + len(label["span"])


def overlapping(marks: list[Mark], where: tuple[int, int]) -> list[Mark]:
    return [mark for mark in marks if mark.start < where[1] and where[0] < mark.end]


@pytest.mark.parametrize(
    ("name", "recall", "alarms", "silence"),
    [  # the least of the planted errors that must be found; the most right statements that may be called wrong, or be left unmarked
        ("written.jsonl", 0.95, 0.005, 0.25),
        ("held_out.jsonl", 0.88, 0.005, 0.25),
        ("held_out_2.jsonl", 0.90, 0.005, 0.25),
        ("held_out_3.jsonl", 0.90, 0.005, 0.25),
        ("held_out_4.jsonl", 0.75, 0.01, 0.37),
    ],
)
def test_planted_errors_are_found_and_right_statements_left_alone(checker, name, recall, alarms, silence):
    errors, found, rights, wrong, elsewhere, unconfirmed = 0, 0, 0, 0, [], 0
    for answer in answers(name):
        marks = checker.check(answer["text"])
        assert all(answer["text"][mark.start : mark.end] == mark.span for mark in marks)
        complaints = [mark for mark in marks if mark.verdict in ("different", "invalid")]
        for label in answer["errors"]:
            hits = overlapping(complaints, place(answer["text"], label))
            errors, found = errors + 1, found + bool(hits)
            complaints = [mark for mark in complaints if mark not in hits]
        for label in answer["right"]:
            where = place(answer["text"], label)
            rights, wrong = rights + 1, wrong + bool(overlapping(complaints, where))
            unconfirmed += not any(mark.verdict == "equal" for mark in overlapping(marks, where))
        elsewhere += [(answer["id"], mark.span, mark.ours) for mark in complaints]
    assert found >= recall * errors, f"{found} of {errors} planted errors were found"
    assert wrong <= alarms * rights, f"{wrong} of {rights} right statements were called wrong"
    assert len(elsewhere) <= 0.01 * rights, elsewhere
    assert unconfirmed <= silence * rights, f"{unconfirmed} of {rights} right statements are not confirmed"


def test_text_that_only_looks_chemical_has_no_complaint(checker):
    text = (
        'CONCLUSION: NO, I did not say so. In section 3.2.1 (see 12-34-5) He said: "As, At, Be and Co are words." COX-2 and TP53 '
        "are proteins, HEK293 a cell line, pUC19 a plasmid, 1HXB a structure. Call 555-12-3 before 2024-05-1.\n\n"
        "```python\nC = 'C1CC'  # NO SMILES\nprint(O + 2 * C)\n```\n\nIs it SN2 or E1? Type II. R-OH, CnH2n+2 and -CO2H are general."
    )
    assert [mark for mark in checker.check(text) if mark.verdict in ("different", "invalid")] == []


def test_numbers_and_weights_behind_elements_are_those_of_the_periodic_table(checker):
    """CIAAW's abridged weights; copper has four atoms in its cell, and uranium-238 is an isotope."""
    text = "Compare argon (Z = 18, 39.95) with nickel (Z = 29, 58.693), Eu³⁺ (Z = 63, 151.96) and Ir 78 (192.22)."
    assert [(mark.span, mark.verdict) for mark in checked(checker, text)] == [
        ("18", "equal"),
        ("39.95", "equal"),
        ("29", "different"),
        ("58.693", "equal"),
        ("63", "equal"),
        ("151.96", "equal"),
        ("78", "different"),
        ("192.22", "equal"),
    ]
    assert checked(checker, "Copper is fcc (Z = 4). The isotopes U 238 (238.05) and C 13 (13.003) were counted.") == []


def test_what_a_tool_of_the_conversation_said_is_the_tools_and_leads_to_its_card(checker, workers):
    from model.messages import ToolResult

    result = workers.call("describe_molecule", {"molecule": "CC(=O)Oc1ccccc1C(=O)O"})
    told = ToolResult("7-call_1", "describe_molecule", True, result.model_dump(mode="json"))
    text = "Aspirin weighs 180.16 g/mol and has a logP (Crippen) of 1.31. Water weighs 18.02 g/mol."
    marks = checked(checker, text, [told])
    assert [(mark.span, mark.verdict, mark.card) for mark in marks] == [
        ("180.16 g/mol", "tool", "7-call_1"),
        ("1.31", "tool", "7-call_1"),
        ("18.02 g/mol", "equal", ""),
    ]
    assert marks[0].call == {"tool": "describe_molecule", "arguments": {"molecule": "CC(=O)Oc1ccccc1C(=O)O"}}


def test_a_number_that_only_a_tool_knows_is_the_tools_own(checker, workers):
    """Boiling point of ethanol 78.2 °C, as the CRC Handbook has it and the tables of the chemicals package say."""
    from model.messages import ToolResult

    result = workers.call("physical_constants", {"compound": "ethanol"})
    told = ToolResult("2-call_1", "physical_constants", True, result.model_dump(mode="json"))
    point = next(value for key, value in result.data.items() if "boiling" in key and isinstance(value, float))
    marks = checked(checker, f"Its boiling point is {point:.1f} °C; others give 81.9 °C.", [told])
    assert [(mark.span, mark.verdict, mark.card) for mark in marks] == [(f"{point:.1f}", "tool", "2-call_1")]


def test_the_question_may_name_what_an_answer_is_about(checker):
    """Molar mass of naphthalene 128.17 g/mol (PubChem CID 931)."""
    asked = "How heavy is naphthalene?"
    assert [mark.verdict for mark in checked(checker, "The molar mass is 128.17 g/mol.", question=asked)] == ["equal"]
    assert [mark.verdict for mark in checked(checker, "The molar mass is 182.17 g/mol.", question=asked)] == [
        "different"
    ]
    assert checker.check("The molar mass is 128.17 g/mol.") == []


def test_a_molecule_of_which_nothing_is_said_can_be_drawn(checker):
    """Names where they stand first, and structures; toluene is Cc1ccccc1 (PubChem CID 1140)."""
    marks = checker.check("Toluene and `CCO` were mixed; toluene is the less polar one.")
    assert [(mark.span, mark.verdict, mark.smiles) for mark in marks] == [
        ("Toluene", "drawn", "Cc1ccccc1"),
        ("CCO", "drawn", "CCO"),
    ]


def test_a_call_is_made_once_however_often_its_value_is_stated():
    class Counting:
        def __init__(self, workers):
            self.workers, self.calls = workers, []

        def call(self, name, arguments, *, cancel=None):
            self.calls.append((name, tuple(arguments.items())))
            return self.workers.call(name, arguments, cancel=cancel)

        def catalog(self):
            return self.workers.catalog()

    with_workers = Workers(size=1)
    counting = Counting(with_workers)
    Checker(counting).check("Toluene weighs 92.14 g/mol. So toluene, C7H8, has M = 92.14 g/mol.\n\n" * 10)
    with_workers.close()
    assert len(counting.calls) == len(set(counting.calls)) <= 4


@pytest.mark.parametrize(
    "text",
    [
        " " * 20_000,
        "\\(" * 5_000,
        "`" * 9_001,
        "1" * 20_000,
        "caffeine " + "no " * 5_000 + "CCO",
        "1 + 1 = " * 1_500,
        "|a" * 4_000 + "\n|-|\n",
        "C(" * 5_000,
        "50-78-2 " * 1_500,
        "<!--" * 3_000,
        "\\frac{" * 2_000,
        "\x00\ud83d" * 50,
    ],
)
def test_no_text_raises_or_takes_for_ever(checker, text):
    began = time.monotonic()
    checker.check(text)
    assert time.monotonic() - began < 60  # a guard against minutes, not a measurement


def test_a_check_that_is_stopped_ends_with_what_there_is(checker):
    import threading

    stop = threading.Event()
    stop.set()
    assert checker.check("Aspirin weighs 180.16 g/mol. " * 50, stop=stop) == []

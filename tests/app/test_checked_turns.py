"""A growing answer is checked beside its stream: marks come as paragraphs end, and neither a slow check nor a broken one harms it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import pytest

from app.assistant import Assistant
from app.checking.marks import Mark
from app.loading import ModelSlot
from app.store import Store, sqlite_url
from app.turns import Turns
from app.ui.rendering import message_parts
from model.events import Abilities, Finished, TextDelta, ThinkingDelta, Usage
from model.messages import Text, ToolCall, ToolResult
from tests.app.fakes import FakeModel, FakeTools, words

CALL = ToolCall("call_1", "describe_molecule", {"molecule": "aspirin"})


class FakeChecker:
    """Marks each of the words that it knows, and notes what it was given; ``meanwhile`` is called in each check."""

    def __init__(self, *known: str, meanwhile: Callable[[str, threading.Event], None] | None = None) -> None:
        self._known = known
        self._meanwhile = meanwhile
        self.given: list[tuple[str, list[str], str]] = []
        self.checked = threading.Semaphore(0)

    def check(
        self,
        text: str,
        results: Sequence[ToolResult] = (),
        question: str = "",
        stop: threading.Event | None = None,
    ) -> list[Mark]:
        self.given.append((text, [result.id for result in results], question))
        if self._meanwhile is not None:
            self._meanwhile(text, stop or threading.Event())
        self.checked.release()
        found = [(text.find(word), word) for word in self._known]
        return [Mark(at, at + len(word), word, "equal", "", {}) for at, word in sorted(found) if at >= 0]


@pytest.fixture
def store(tmp_path):
    store = Store(sqlite_url(tmp_path))
    yield store
    store.close()


def asked(store, text="What is the mass of aspirin?"):
    conversation = store.create_conversation()
    store.add_message(conversation, "user", [Text(text)])
    return conversation


def turns(store, model, checker):
    slot = ModelSlot(lambda progress: model, lambda model: "")
    slot.start()
    assert slot.wait(5) is model
    return Turns(store, Assistant(FakeTools()), slot, lambda: checker)


def spans(message):
    return [(mark["part"], mark["start"], mark["span"]) for mark in message.details.get("marks", [])]


def test_the_marks_of_an_answer_are_kept_with_it_by_part_and_the_check_is_given_all_results_by_name(store):
    conversation = asked(store)
    checker = FakeChecker("180.16", "Aspirin")
    first = FakeModel([TextDelta("Aspirin."), CALL], words("It weighs 180.16 Da."))
    answer = list(turns(store, first, checker).answer(conversation, threading.Event()))[-1]
    assert spans(answer) == [(0, 0, "Aspirin"), (3, 10, "180.16")]
    assert checker.given[-1] == (
        "Aspirin.\n\nIt weighs 180.16 Da. ",
        [f"{answer.id}-call_1"],
        "What is the mass of aspirin?",
    )
    assert store.messages(conversation)[-1].details["marks"] == answer.details["marks"]
    store.add_message(conversation, "user", [Text("And again?")])
    second = FakeModel([CALL], words("180.16"))
    again = list(turns(store, second, checker).answer(conversation, threading.Event()))[-1]
    assert checker.given[-1][1:] == ([f"{answer.id}-call_1", f"{again.id}-call_1"], "And again?")


def test_thinking_and_a_tools_own_sentence_are_not_checked_and_a_model_without_tools_is(store):
    conversation = asked(store, "What is the molecular weight of aspirin?")
    checker = FakeChecker("180.16")
    model = FakeModel([ThinkingDelta("180.16"), TextDelta("See the average mass.")], abilities=Abilities())
    answer = list(turns(store, model, checker).answer(conversation, threading.Event()))[-1]
    assert next(part.source for part in answer.parts if isinstance(part, Text)) == "tool"
    assert all("180.16" not in text for text, *_ in checker.given)
    assert "marks" not in answer.details


def test_a_correction_is_checked_with_the_persons_question_and_retorts(store):
    conversation = asked(store)
    store.add_message(conversation, "assistant", [Text("200 g/mol")])
    store.add_message(conversation, "user", [Text("Correct it.", source="retort")])
    checker = FakeChecker()
    list(turns(store, FakeModel(words("180.16 g/mol")), checker).answer(conversation, threading.Event()))
    assert checker.given[-1][2] == "What is the mass of aspirin?\n\nCorrect it."


def test_a_paragraph_that_has_ended_is_marked_while_the_rest_streams(store, monkeypatch):
    monkeypatch.setattr("app.turns.TOLD_EVERY_S", 0.0)
    checker = FakeChecker("180.16", "C9H8O4", "1.31")
    given = threading.Event()
    model = FakeModel(
        [
            TextDelta("Aspirin weighs 180.16 Da."),
            TextDelta("\n\nIt is C9H8O4 "),
            lambda: checker.checked.acquire(timeout=5) and given.set(),
            TextDelta("and has "),  # by now the thread has put down what it found, or does with the next
            lambda: time.sleep(0.2),
            TextDelta("a logP of 1.31."),
            TextDelta(" So."),
        ]
    )
    told = list(turns(store, model, checker).answer(asked(store), threading.Event()))
    assert given.is_set()
    while_running = [spans(message) for message in told if message.status == "running"]
    assert [] in while_running and while_running[-1] == [(0, 15, "180.16")]
    assert checker.given[0] == ("Aspirin weighs 180.16 Da.\n\n", [], "What is the mass of aspirin?\n\n")
    assert spans(told[-1]) == [(0, 15, "180.16"), (0, 33, "C9H8O4"), (0, 58, "1.31")]


def test_a_later_paragraph_is_checked_with_what_was_written_before_it_and_a_fence_as_a_whole(store, monkeypatch):
    monkeypatch.setattr("app.turns.TOLD_EVERY_S", 0.0)
    checker = FakeChecker()
    wait = lambda: checker.checked.acquire(timeout=5)  # noqa: E731
    model = FakeModel(
        [
            TextDelta("Aspirin.\n\n```\nx = 1\n\n"), TextDelta(""), wait,
            TextDelta("y = 2\n```\n\nIt"), TextDelta(" "), wait,
        ]
    )  # fmt: skip
    list(turns(store, model, checker).answer(asked(store, "Q"), threading.Event()))
    assert [(text, question) for text, _, question in checker.given[:2]] == [
        ("Aspirin.\n\n", "Q\n\n"),
        ("```\nx = 1\n\ny = 2\n```\n\n", "Q\n\nAspirin.\n\n"),
    ]


def test_a_check_that_fails_leaves_the_answer_whole_and_is_logged(store, caplog):
    def fail(text, stop):
        raise ValueError("no such isotope")

    conversation = asked(store)
    model = FakeModel([*words("One paragraph."), TextDelta("\n\n"), *words("Another one.")])
    last = list(turns(store, model, FakeChecker("One", meanwhile=fail)).answer(conversation, threading.Event()))[-1]
    assert (last.status, last.message.text) == ("complete", "One paragraph. \n\nAnother one. ")
    assert "marks" not in last.details and "error" not in last.details
    assert "no such isotope" in caplog.text


def test_an_answer_is_told_whole_before_its_last_marks_and_waits_for_them_no_longer_than_it_should(store, monkeypatch):
    monkeypatch.setattr("app.turns.MARKS_AWAITED_S", 0.3)
    released, stopped = threading.Event(), threading.Event()

    def slowly(text, stop):
        released.wait(5)
        stop.wait(5)
        stopped.set()

    checker = FakeChecker("180.16", meanwhile=slowly)
    told = list(turns(store, FakeModel(words("180.16")), checker).answer(asked(store), threading.Event()))
    assert [message.status for message in told[-2:]] == ["complete", "complete"]
    assert "marks" not in told[-1].details
    released.set()
    assert stopped.wait(5), "who no longer waits tells the check to end"


def test_a_slow_check_is_waited_for_and_its_marks_come_last(store):
    conversation = asked(store)
    checker = FakeChecker("180.16", meanwhile=lambda text, stop: time.sleep(0.3))
    told = list(turns(store, FakeModel(words("180.16")), checker).answer(conversation, threading.Event()))
    complete = [spans(message) for message in told if message.status == "complete"]
    assert complete[0] == [] and complete[-1] == [(0, 0, "180.16")]
    assert spans(store.messages(conversation)[-1]) == [(0, 0, "180.16")]


def test_a_stop_ends_the_check_and_keeps_what_was_found(store, monkeypatch):
    monkeypatch.setattr("app.turns.TOLD_EVERY_S", 0.0)
    stop, conversation = threading.Event(), asked(store)
    checker = FakeChecker("180.16", "1.31")
    model = FakeModel(
        [
            TextDelta("It weighs 180.16 Da.\n\n"), TextDelta("Its logP "), lambda: checker.checked.acquire(timeout=5),
            lambda: time.sleep(0.2), TextDelta("is 1.31"), stop.set, TextDelta("never"),
        ]
    )  # fmt: skip
    last = list(turns(store, model, checker).answer(conversation, stop))[-1]
    assert (last.status, spans(last)) == ("stopped", [(0, 10, "180.16")])
    assert spans(store.messages(conversation)[-1]) == [(0, 10, "180.16")]
    assert len(checker.given) == 1


def test_a_tab_that_is_closed_ends_the_check(store):
    began, ended = threading.Event(), threading.Event()

    def until_stopped(text, stop):
        began.set()
        if stop.wait(5):
            ended.set()

    model = FakeModel([*words("180.16"), Finished(Usage(), "stop")])
    answer = turns(store, model, FakeChecker(meanwhile=until_stopped)).answer(asked(store), threading.Event())
    for message in answer:
        if message.status == "complete":
            assert began.wait(5)
            answer.close()
    assert ended.wait(5)


def test_an_older_answer_without_marks_is_shown_as_it_was(store):
    conversation = asked(store)
    store.add_message(conversation, "assistant", [Text("It weighs 180.16 Da.")])
    [words_of_it, ending] = message_parts(conversation, store.messages(conversation)[-1])
    assert words_of_it["content"] == "It weighs 180.16 Da."
    assert "checks" not in ending["content"]["value"]

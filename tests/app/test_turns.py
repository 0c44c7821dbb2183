"""The growing answer: saved as it happens, stopped when its reader goes, failed with a sentence."""

from __future__ import annotations

import re
import threading
from dataclasses import replace

import pytest

from app.assistant import Assistant
from app.loading import ModelSlot
from app.store import Store, sqlite_url
from app.turns import Turns
from app.ui.rendering import message_parts
from errors import ModelError, ModelMemoryError
from model.events import BrokenCall, Finished, Note, TextDelta, ThinkingDelta, Usage, Waiting
from model.messages import Text, Thinking, ToolCall, ToolResult
from tests.app.fakes import FakeModel, FakeTools, raising, words


@pytest.fixture
def store(tmp_path):
    store = Store(sqlite_url(tmp_path))
    yield store
    store.close()


def asked(store, text="What is the mass of aspirin?"):
    conversation = store.create_conversation()
    store.add_message(conversation, "user", [Text(text)])
    return conversation


def turns(store, load):
    return Turns(store, Assistant(FakeTools()), ModelSlot(load, lambda model: ""))


def test_one_answer_is_one_message_with_thinking_calls_results_and_text_in_order(store):
    call = ToolCall("call_1", "describe_molecule", {"molecule": "aspirin"})
    model = FakeModel([ThinkingDelta("let me "), ThinkingDelta("see"), call], words("180.16 Da"))
    conversation = asked(store)
    last = list(turns(store, lambda progress: model).answer(conversation, threading.Event()))[-1]
    assert [type(part) for part in last.parts] == [Thinking, ToolCall, ToolResult, Text]
    assert last.parts[0].text == "let me see"
    assert last.parts[0].seconds is not None
    assert (last.status, last.details["model"]) == ("complete", "fake")
    assert last.details["usage"]["new_tokens"] == 5
    assert store.messages(conversation)[-1] == last


def test_the_tokens_that_were_not_read_again_are_counted_and_an_older_answer_tells_of_none(store):
    conversation = asked(store)
    last = list(turns(store, lambda progress: FakeModel(words("180"))).answer(conversation, threading.Event()))[-1]
    assert "kept from before" not in str(list(message_parts(conversation, last)))
    usage = {**last.details["usage"], "prompt_tokens": 1204, "reused_tokens": 1180}
    again = replace(last, details={**last.details, "usage": usage})
    assert "1,204 tokens, 24 computed and 1,180 kept from before" in str(list(message_parts(conversation, again)))
    del usage["reused_tokens"]
    assert "<dd>1,204 tokens</dd>" in str(list(message_parts(conversation, again)))


def test_closing_the_iterator_stops_the_generation_and_keeps_what_was_said(store):
    stop, conversation = threading.Event(), asked(store)
    model = FakeModel(words("one two three four"))
    answer = turns(store, lambda progress: model).answer(conversation, stop)
    next(answer)
    answer.close()
    assert stop.is_set()
    kept = store.messages(conversation)[-1]
    assert (kept.status, kept.parts) == ("stopped", (Text("one "),))


def test_a_question_that_waits_for_others_says_so_until_its_turn_comes(store, monkeypatch):
    monkeypatch.setattr("app.turns.TOLD_EVERY_S", 0.0)
    model = FakeModel([Waiting(2), Waiting(1), TextDelta("at last")])
    slot = ModelSlot(lambda progress: model, lambda model: "")
    slot.start()
    assert slot.wait(5) is model  # loaded before it is asked: nothing else is to be waited for
    told = list(Turns(store, Assistant(FakeTools()), slot).answer(asked(store), threading.Event()))
    notices = [message.details.get("notice") for message in told]
    assert notices[:3] == [
        "One question is before yours; it waits until one of those that are being answered ends.",
        "Your question is next; it waits until one of those that are being answered ends.",
        None,
    ]


def test_stop_keeps_the_partial_answer(store):
    stop, conversation = threading.Event(), asked(store)
    model = FakeModel([TextDelta("partial"), stop.set, TextDelta("never")])
    last = list(turns(store, lambda progress: model).answer(conversation, stop))[-1]
    assert (last.status, last.parts) == ("stopped", (Text("partial"),))


@pytest.mark.parametrize(("reason", "told"), [("length", "the most for one answer"), ("context", "context is full")])
def test_an_answer_that_was_cut_off_says_so(store, reason, told):
    model = FakeModel([*words("one two"), Finished(Usage(10, 1_200, 0.1, 0.2), reason)])
    last = list(turns(store, lambda progress: model).answer(asked(store), threading.Event()))[-1]
    assert last.status == "complete"
    assert last.details["ended"].startswith("Cut off after 1,200 tokens")
    assert told in last.details["ended"]


def test_a_call_that_could_not_be_read_is_seen_with_the_reason(store):
    model = FakeModel(
        [ThinkingDelta("Hm."), BrokenCall("<tool_call>{</tool_call>", "its JSON is broken")], words("Sorry.")
    )
    last = list(turns(store, lambda progress: model).answer(asked(store), threading.Event()))[-1]
    assert last.message.text == "<tool_call>{</tool_call>\n[not run as a tool call: its JSON is broken]\n\nSorry. "


def test_a_question_asked_while_the_model_loads_waits_and_says_so(store):
    go, conversation = threading.Event(), asked(store)

    def load(progress):
        progress(0.4, "reading weights")
        go.wait(10)
        return FakeModel(words("hello"))

    answer = turns(store, load).answer(conversation, threading.Event())
    waiting = next(answer)
    assert "still loading" in waiting.details["notice"]
    go.set()
    last = list(answer)[-1]
    assert last.status == "complete"
    assert "notice" not in last.details


def test_a_model_that_cannot_be_loaded_fails_the_answer_with_its_sentence(store):
    conversation = asked(store)
    last = list(
        turns(store, lambda progress: raising(ModelError("There is no folder."))()).answer(
            conversation, threading.Event()
        )
    )[-1]
    assert (last.status, last.details["error"]) == ("failed", "There is no folder.")


def test_a_model_that_fails_midway_keeps_what_it_said(store):
    conversation = asked(store)
    model = FakeModel([TextDelta("half"), raising(ModelError("Out of memory; choose a smaller model."))])
    last = list(turns(store, lambda progress: model).answer(conversation, threading.Event()))[-1]
    assert (last.status, last.parts) == ("failed", (Text("half"),))
    assert "Out of memory" in last.details["error"]


def test_snapshots_are_told_far_less_often_than_tokens_come(store):
    model = FakeModel([TextDelta("x") for _ in range(5000)])
    told = list(turns(store, lambda progress: model).answer(asked(store), threading.Event()))
    assert told[-1].parts == (Text("x" * 5000),)
    assert len(told) < 500


def test_thinking_is_shown_with_its_time_and_its_tokens_while_it_goes_on_and_afterwards(store):
    model = FakeModel([ThinkingDelta("Hm", 1), ThinkingDelta(", well.", 1200), TextDelta("Water.")])
    conversation = asked(store)
    stored = list(turns(store, lambda progress: model).answer(conversation, threading.Event()))
    thought = stored[-1].parts[0]
    assert (thought.text, thought.tokens) == ("Hm, well.", 1201)
    (pane, *_) = message_parts(conversation, stored[-1])
    assert re.fullmatch(r"Thought for \d+\.\d s, 1,201 tokens", pane["metadata"]["title"])
    running = replace(stored[-1], parts=(thought,), status="running")
    (pane, *_) = message_parts(conversation, running)
    assert re.fullmatch(r"Thinking … \d+ s, 1,201 tokens", pane["metadata"]["title"])


def test_an_answer_that_ran_out_of_memory_offers_to_be_retried_with_less(store):
    model = FakeModel([raising(ModelMemoryError("The machine ran out of memory.", 3000))])
    conversation = asked(store)
    last = list(turns(store, lambda progress: model).answer(conversation, threading.Event()))[-1]
    assert last.details["fits"] == 3000
    *_, ending = message_parts(conversation, last)
    assert 'data-action="retry"' in ending["content"]["value"]
    assert 'data-text="3000">Retry within 3,000 tokens' in ending["content"]["value"]


def test_what_was_not_seen_of_a_picture_is_said_once_in_a_conversation(store):
    note = Note("'moving.gif' holds 2 pictures; only the first is read.")
    model = FakeModel([note, TextDelta("Red.")], [note, note, TextDelta("Still red.")])
    conversation = asked(store)
    answers = turns(store, lambda progress: model)
    first = list(answers.answer(conversation, threading.Event()))[-1]
    assert first.details["notes"] == [note.text]
    assert "moving.gif" in next(iter(message_parts(conversation, first)))["content"]["value"]
    store.add_message(conversation, "user", [Text("And now?")])
    assert "notes" not in list(answers.answer(conversation, threading.Event()))[-1].details

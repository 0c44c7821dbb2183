"""Conversations outlive a reload, a restart and a crash."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.store import UNTITLED, Store, sqlite_url, with_part
from model.messages import Image, Message, Text, Thinking, ToolCall, ToolResult, from_dict, to_dict

PARTS = (
    Thinking("Aspirin is acetylsalicylic acid.", 1.5),
    ToolCall("call_1", "draw_molecules", {"molecules": "CC(=O)Oc1ccccc1C(=O)O"}),
    ToolResult("call_1", "draw_molecules", True, {"summary": "Aspirin."}),
    Text("Aspirin.", source="tool"),
    Text("Here it is."),
    Image("/x", "0" * 64, "image/png", "a.png"),
)


@pytest.fixture
def store(tmp_path):
    store = Store(sqlite_url(tmp_path))
    yield store
    store.close()


def test_messages_are_exact_inverses_as_dicts():
    message = Message("assistant", PARTS)
    assert from_dict(to_dict(message)) == message


def test_every_part_comes_back_after_a_restart(store, tmp_path):
    conversation = store.create_conversation()
    store.add_message(conversation, "user", [Text("Draw aspirin")])
    store.add_message(conversation, "assistant", PARTS)
    again = Store(sqlite_url(tmp_path))
    assert [message.parts for message in again.messages(conversation)] == [(Text("Draw aspirin"),), PARTS]
    again.close()


def test_an_answer_that_a_crash_cut_off_is_kept_and_counts_as_stopped(store, tmp_path):
    conversation = store.create_conversation()
    answer = store.add_message(conversation, "assistant", (), "running")
    store.save(with_part(answer, Text("Aspirin is")))
    restarted = Store(sqlite_url(tmp_path))
    [kept] = restarted.messages(conversation)
    assert (kept.status, kept.parts) == ("stopped", (Text("Aspirin is"),))
    restarted.close()


def test_a_growing_text_replaces_itself_and_earlier_parts_stay(store):
    conversation = store.create_conversation()
    answer = store.add_message(conversation, "assistant", PARTS[:2], "running")
    answer = with_part(answer, Text("He"))
    store.save(answer, from_part=2)
    answer = replace(with_part(answer, Text("Hello"), replacing=True), status="complete", details={"model": "m"})
    store.save(answer, from_part=2)
    [kept] = store.messages(conversation)
    assert kept == answer


def test_the_first_question_becomes_the_title_cut_at_a_word(store):
    conversation = store.create_conversation()
    store.add_message(
        conversation, "user", [Text("What is the average mass of acetylsalicylic acid and of salicylic acid?")]
    )
    [listed] = store.conversations()
    assert listed.title == "What is the average mass of acetylsalicylic acid and of…"


def test_only_conversations_with_messages_are_listed_the_last_touched_first(store):
    first, second = store.create_conversation(), store.create_conversation()
    store.create_conversation()
    store.add_message(first, "user", [Text("one")])
    store.add_message(second, "user", [Text("two")])
    store.add_message(first, "user", [Text("three")])
    assert [conversation.id for conversation in store.conversations()] == [first, second]
    assert UNTITLED not in [conversation.title for conversation in store.conversations()]


def test_truncating_removes_a_message_and_all_after_it_in_that_conversation_only(store):
    one, other = store.create_conversation(), store.create_conversation()
    kept = store.add_message(one, "user", [Text("kept")])
    cut = store.add_message(one, "assistant", [Text("cut")])
    elsewhere = store.add_message(other, "user", [Text("elsewhere")])
    store.add_message(one, "user", [Text("cut too")])
    removed = store.truncate(one, cut.id)
    assert [message.parts[0].text for message in removed] == ["cut", "cut too"]
    assert store.messages(one) == [kept]
    assert store.messages(other) == [elsewhere]


def test_a_deleted_conversation_is_gone_and_an_answer_still_being_written_to_it_is_not_revived(store):
    conversation = store.create_conversation()
    answer = store.add_message(conversation, "assistant", (), "running")
    store.delete(conversation)
    store.save(with_part(answer, Text("late")))
    assert store.messages(conversation) == []
    assert not store.has_conversation(conversation)


def test_renaming_changes_the_title(store):
    conversation = store.create_conversation()
    store.add_message(conversation, "user", [Text("hi")])
    store.rename(conversation, "Salicylates")
    assert store.conversations()[0].title == "Salicylates"

"""The scripted model behaves as a real one: thinking, calls, counts, stop."""

from __future__ import annotations

import threading

from model.events import Finished, Options, TextDelta, ThinkingDelta
from model.messages import Message, Text, ToolCall
from model.scripted import ScriptedModel, merged

ASKED = [Message("user", (Text("What is water?"),))]


def played(model, stop=None):
    *events, finished = model.stream(ASKED, (), Options(), stop or threading.Event())
    assert isinstance(finished, Finished)
    return merged(events), finished


def test_each_question_is_answered_by_the_next_turn_and_then_from_the_first():
    model = ScriptedModel(["One.", "Two."])
    assert [played(model)[0] for _ in range(3)] == [[TextDelta("One.")], [TextDelta("Two.")], [TextDelta("One.")]]


def test_thinking_and_calls_come_as_from_a_model():
    model = ScriptedModel(['<think>hm</think>See: <tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>'])
    assert played(model)[0] == [ThinkingDelta("hm"), TextDelta("See: "), ToolCall("call_1", "f", {"a": 1})]


def test_a_prompt_that_opened_the_thinking_is_played_too():
    events, _ = played(ScriptedModel(["hm, water</think>H2O."], thinking_open=True))
    assert events == [ThinkingDelta("hm, water"), TextDelta("H2O.")]
    assert played(ScriptedModel(["H2O."]))[0] == [TextDelta("H2O.")]


def test_words_are_counted_as_tokens():
    _, finished = played(ScriptedModel(["Water is wet."]))
    assert (finished.usage.prompt_tokens, finished.usage.new_tokens, finished.reason) == (3, 3, "stop")
    assert 0 < finished.usage.first_token_s <= finished.usage.seconds


def test_stop_ends_it_with_what_was_said():
    stop = threading.Event()
    stream = ScriptedModel(["one two three four"]).stream(ASKED, (), Options(), stop)
    assert next(stream) == TextDelta("one")
    stop.set()
    [finished] = stream
    assert (finished.reason, finished.usage.new_tokens) == ("stopped", 1)

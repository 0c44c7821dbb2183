"""One turn: calls are dispatched, results go back to the model, budgets end it, and what is wrong is told."""

from __future__ import annotations

import threading

import pytest

from app.assistant import Assistant, Budget, BudgetEnded, Statement
from app.prompts import pointing_sentence
from app.transcript import for_model
from model.events import Abilities, BrokenCall, Finished, Options, TextDelta, ThinkingDelta
from model.messages import Image, Message, Text, Thinking, ToolCall, ToolResult
from tests.app.fakes import FakeModel, FakeTools, words

WITHOUT_TOOLS = Abilities()


def run(model, request="hi", tools=None, budget=None, stop=None):
    assistant = Assistant(tools or FakeTools(), budget)
    messages = [Message("user", (Text(request),))]
    return list(assistant.run(model, messages, Options(), stop or threading.Event()))


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def aspirin_call(id="call_1"):
    return ToolCall(id, "describe_molecule", {"molecule": "aspirin"})


def test_a_models_call_is_run_and_its_result_goes_back_to_the_model():
    model = FakeModel([ThinkingDelta("mass?"), aspirin_call()], words("It is 180.16 Da."))
    events = run(model)
    assert [event.ok for event in of(ToolResult, events)] == [True]
    result = model.asked[1][-1].parts[0]
    assert model.asked[1][-1].role == "tool"
    assert result.content == {
        "summary": "Aspirin, C9H8O4: average mass 180.16 Da.",
        "data": {"average_mass_da": 180.16},
        "notes": ["Average mass."],
    }
    assert model.asked[1][-2].parts[0] == Thinking("mass?")
    assert "".join(event.text for event in of(TextDelta, events)).strip() == "It is 180.16 Da."


def test_a_turn_ends_with_exactly_one_finished_that_counts_every_generation():
    events = run(FakeModel([aspirin_call()], words("one two three")))
    finished = of(Finished, events)
    assert len(finished) == 1
    assert finished[0] is events[-1]
    assert (finished[0].usage.prompt_tokens, finished[0].usage.new_tokens) == (20, 4)


def test_an_error_of_a_tool_is_shown_and_told_to_the_model():
    model = FakeModel([ToolCall("call_1", "describe_molecule", {"molecule": "C1CC"})], words("That ring is open."))
    events = run(model)
    failed = of(ToolResult, events)[0]
    assert not failed.ok
    assert failed.content["where"] == "molecule"
    assert "C1CC" in model.asked[1][-1].parts[0].content["error"]


def test_an_identical_call_is_not_run_twice():
    tools = FakeTools()
    events = run(FakeModel([aspirin_call()], [aspirin_call()], words("done")), tools=tools)
    assert len(tools.called) == 1
    assert [result.ok for result in of(ToolResult, events)] == [True, False]
    assert [call.id for call in of(ToolCall, events)] == ["call_1", "call_2"]


BROKEN = BrokenCall('<tool_call>{"name": </tool_call>', "its JSON is broken, so")


def test_a_broken_call_goes_back_to_the_model_once_with_the_reason():
    model, tools = FakeModel([BROKEN], [aspirin_call()], [BROKEN, *words("Sorry.")]), FakeTools()
    events = run(model, tools=tools)
    assert len(tools.called) == 1
    assert len(model.asked) == 3
    written, told = model.asked[1][-2:]
    assert (written.role, written.text) == ("assistant", BROKEN.text)
    assert told.role == "user"
    assert "its JSON is broken, so" in told.text
    assert events.count(BROKEN) == 2
    assert events[-1].reason == "stop"


def test_a_broken_call_beside_a_whole_one_keeps_the_whole_ones_result():
    model, tools = FakeModel([aspirin_call(), BROKEN], words("180.16 Da")), FakeTools()
    run(model, tools=tools)
    assert len(tools.called) == 1
    assert [message.role for message in model.asked[1][-3:]] == ["assistant", "tool", "user"]


def test_a_model_that_only_calls_is_ended_by_the_budget_which_is_named():
    turns = [[ToolCall("x", "describe_molecule", {"molecule": f"C{n}"})] for n in range(20)]
    tools = FakeTools()
    events = run(FakeModel(*turns), tools=tools, budget=Budget(tool_calls=3))
    assert len(tools.called) == 3
    assert "3 tool calls" in of(BudgetEnded, events)[0].sentence
    assert events[-1].reason == "length"


def test_the_time_budget_ends_a_turn_and_is_named():
    slow = threading.Event()
    model = FakeModel([*words("a b"), lambda: slow.wait(0.3), *words("c d")])
    events = run(model, budget=Budget(seconds=0.1))
    assert "the most for one answer" in of(BudgetEnded, events)[0].sentence
    assert events[-1].reason == "length"


def test_stop_ends_the_turn_and_no_further_tool_is_called():
    stop, tools = threading.Event(), FakeTools()
    model = FakeModel([*words("one two"), stop.set, aspirin_call()])
    events = run(model, tools=tools, stop=stop)
    assert tools.called == []
    assert events[-1].reason == "stopped"


def test_without_tool_calls_of_its_own_the_router_chooses_and_the_tools_sentence_leads():
    model = FakeModel(words("The weight of aspirin stands above."), abilities=WITHOUT_TOOLS)
    tools = FakeTools()
    events = run(model, "What is the molecular weight of aspirin?", tools=tools)
    assert tools.called == [("describe_molecule", {"molecule": "aspirin"})]
    kinds = [type(event) for event in events]
    assert kinds.index(Statement) < kinds.index(TextDelta)
    read = model.asked[0][-1].text
    assert "average mass" in read and "180" not in read, "the model reads what was shown, and no number to alter"


def test_when_every_routed_call_fails_such_a_model_is_not_asked_to_make_something_up():
    model = FakeModel(words("never said"), abilities=WITHOUT_TOOLS)
    events = run(model, "What is the molecular weight of C1CC(?")
    assert model.asked == []
    assert [result.ok for result in of(ToolResult, events)] == [False]
    assert isinstance(events[-1], Finished)


def test_small_talk_goes_to_the_model_alone():
    tools = FakeTools()
    events = run(FakeModel(words("Hello!"), abilities=WITHOUT_TOOLS), "Hello, who are you?", tools=tools)
    assert tools.called == []
    assert of(TextDelta, events)


def test_a_stored_answer_is_read_as_turns_of_assistant_and_tool_without_its_thinking():
    stored = Message(
        "assistant", (Thinking("hm"), aspirin_call(), ToolResult("call_1", "describe_molecule", False), Text("180.16"))
    )
    prompt = for_model([Message("user", (Text("mass?"),)), stored])
    assert [message.role for message in prompt] == ["user", "assistant", "tool", "assistant"]
    assert not any(isinstance(part, Thinking) for message in prompt for part in message.parts)


@pytest.mark.parametrize("calls", [1, 8])
def test_several_calls_of_one_message_are_all_answered_in_order(calls):
    made = [ToolCall("c", "describe_molecule", {"molecule": f"C{n}"}) for n in range(calls)]
    events = run(FakeModel(made, words("done")))
    assert [event.id for event in of(ToolResult, events)] == [f"call_{n + 1}" for n in range(calls)]


@pytest.mark.parametrize("abilities", [WITHOUT_TOOLS, Abilities(tools=True)])
def test_of_a_picture_a_blind_model_says_only_that_it_cannot_see(abilities):
    picture = Image("/tmp/flask.png", "0" * 64, "image/png", "flask.png")
    model = FakeModel(words("It is a flask."), abilities=abilities)
    message = Message("user", (picture, Text("What is in this picture?")))
    events = list(Assistant(FakeTools()).run(model, [message], Options(), threading.Event()))
    assert isinstance(events[0], Statement) and "cannot see pictures" in events[0].text
    assert isinstance(events[-1], Finished)
    if not abilities.tools:
        assert model.asked == [], "it would only invent"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("The formula stands above, with the average mass.", "The formula stands above, with the average mass."),
        ("The formula stands above. It is a sweet smelling liquid.", "The formula stands above."),
        ("Ethanol is a transition metal with the symbol Sn.", ""),
        ("The formula\nMn\nMn", ""),
    ],
)
def test_a_comment_of_a_model_without_tools_is_one_sentence_that_points_at_the_result_or_none(written, said):
    assert pointing_sentence(written, "What is the mass of ethanol?", ("formula", "average mass")) == said

"""Which tools a model is offered: a few at once, and the others when it asks for what they do."""

from __future__ import annotations

import threading

import pytest

from app.assistant import Assistant
from app.offering import FEW, Offering
from errors import ToolInputError
from model.events import Options
from model.messages import Message, Text, ToolCall, ToolResult
from tests.app.fakes import CATALOG, FakeModel, FakeTools, words


def tool(name: str, description: str = "Something else.", asks: tuple[str, ...] = ()) -> dict:
    return {"name": name, "description": description, "asks": list(asks), "parameters": {"type": "object"}}


MANY = [
    *CATALOG,
    tool("element", "Data of the periodic table for an element.", ("electronegativity", "osmium")),
    tool("nmr_signals", "Count the NMR signals of a molecule.", ("proton NMR", "carbon NMR")),
    *(tool(f"other_{number}") for number in range(FEW)),
]


def names(offering: Offering) -> list[str]:
    return [schema.name for schema in offering.schemas()]


def test_few_tools_are_offered_all_at_once():
    assert names(Offering(CATALOG)) == ["describe_molecule"]


def test_of_many_the_core_is_offered_and_a_way_to_find_the_others():
    assert names(Offering(MANY)) == ["find_tool", "describe_molecule"]


def test_what_was_found_is_offered_at_the_end_from_then_on():
    offering = Offering(MANY)
    found = offering.find({"task": "how many signals in the proton NMR spectrum"})
    assert found.data["tools"][0]["name"] == "nmr_signals"
    assert found.summary.startswith("These tools may do it: nmr_signals")
    assert names(offering)[:3] == ["find_tool", "describe_molecule", "nmr_signals"]


@pytest.mark.parametrize("arguments", [{}, {"task": ""}, {"task": 7}, {"task": "zzz qqq"}])
def test_what_no_tool_does_is_a_sentence(arguments):
    with pytest.raises(ToolInputError):
        Offering(MANY).find(arguments)


def test_a_conversation_keeps_the_tools_that_it_has_used_or_found():
    result = Offering(MANY).find({"task": "electronegativity of osmium"}).model_dump(mode="json")
    earlier = [
        Message("user", (Text("Signals?"),)),
        Message(
            "assistant",
            (ToolCall("call_1", "nmr_signals", {}), ToolResult("call_2", "find_tool", True, result)),
        ),
    ]
    assert names(Offering(MANY, earlier)) == ["find_tool", "describe_molecule", "nmr_signals", "element"]


def test_a_model_finds_a_tool_and_calls_it_in_the_same_turn():
    class ManyTools(FakeTools):
        def catalog(self):
            return MANY

    tools = ManyTools()
    model = FakeModel(
        [ToolCall("a", "find_tool", {"task": "data of an element"})],
        [ToolCall("b", "element", {"molecule": "aspirin"})],
        words("It is there."),
    )
    question = [Message("user", (Text("Electronegativity of osmium?"),))]
    events = list(Assistant(tools).run(model, question, Options(), threading.Event()))
    results = [event for event in events if isinstance(event, ToolResult)]
    assert [result.ok for result in results] == [True, True]
    assert tools.called == [("element", {"molecule": "aspirin"})]

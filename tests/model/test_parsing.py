"""The output parser: both dialects, what is seen in the wild, and the same events for any cut of the text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.events import BrokenCall, TextDelta, ThinkingDelta
from model.messages import ToolCall
from model.parsing import OutputParser
from model.scripted import merged

INTERN = '<|action_start|><|plugin|>\n{"name": "draw_molecules", "parameters": {"molecules": "CCO"}}\n<|action_end|>'
QWEN = '<tool_call>\n{"name": "draw_molecules", "arguments": {"molecules": "CCO"}}\n</tool_call>'
CALL = ToolCall("call_1", "draw_molecules", {"molecules": "CCO"})


def parse(text, cuts=(), **options):
    parser = OutputParser(**options)
    edges = [0, *sorted(cuts), len(text)]
    events = []
    for start, end in pairwise(edges):
        events += parser.feed(text[start:end])
    return merged(events + parser.close())


def test_thinking_and_text_are_told_apart():
    assert parse("<think>\nhm\n</think>\n\nEthanol.") == [ThinkingDelta("hm\n"), TextDelta("Ethanol.")]


def test_thinking_that_the_prompt_opened_needs_no_opening_tag():
    assert parse("hm</think>Ethanol.", thinking_open=True) == [ThinkingDelta("hm"), TextDelta("Ethanol.")]


@pytest.mark.parametrize("block", [INTERN, QWEN], ids=["Intern-S1", "Qwen"])
def test_both_dialects_give_the_same_call(block):
    assert parse(f"Let me draw it.{block}") == [TextDelta("Let me draw it."), CALL]


def test_white_space_between_the_markers_is_tolerated():
    assert parse(INTERN.replace("<|plugin|>", " \n<|plugin|>")) == [CALL]


def test_either_name_of_the_arguments_is_read_in_either_dialect():
    assert parse(INTERN.replace("parameters", "arguments")) == [CALL]
    assert parse(QWEN.replace("arguments", "parameters")) == [CALL]


def test_several_calls_of_one_message_are_numbered():
    events = parse(INTERN + "\n" + QWEN)
    assert [event.id for event in events] == ["call_1", "call_2"]


def test_a_call_inside_thinking_is_a_call_and_the_thinking_goes_on():
    assert parse(f"<think>first{INTERN}then</think>done") == [
        ThinkingDelta("first"),
        CALL,
        ThinkingDelta("then"),
        TextDelta("done"),
    ]


def test_unescaped_backslashes_of_a_smiles_are_repaired_and_valid_escapes_stay():
    # (Z)-1,2-difluoroethene; \F is no JSON escape, \n is one
    text = r'<tool_call>{"name": "f", "arguments": {"smiles": "F/C=C\F", "note": "a\nb", "t": "C/C=C\\C"}}</tool_call>'
    [call] = parse(text)
    assert call.arguments == {"smiles": "F/C=C\\F", "note": "a\nb", "t": "C/C=C\\C"}


@pytest.mark.parametrize(
    "text",
    [
        "Write <tool_call> and then the JSON.",
        "The marker <|action_start|> opens a call, <|action_end|> ends it.",
        "<|action_start|><|plugin|> is how it begins",
        "a < b and <thin ice> and <|action",
    ],
)
def test_prose_about_the_syntax_is_prose(text):
    assert parse(text) == [TextDelta(text)]


def test_a_block_that_is_no_call_is_told_as_it_was_written_with_the_reason():
    text = '<tool_call>{"nome": "x"}</tool_call>'
    assert parse(text) == [BrokenCall(text, 'it has no "name"')]


def test_a_block_inside_thinking_that_is_no_call_is_seen_outside_it():
    before, seen, after = parse('<think>first<tool_call>{"name": </tool_call>then')
    assert (before, after) == (ThinkingDelta("first"), ThinkingDelta("then"))
    assert isinstance(seen, BrokenCall)
    assert seen.text == '<tool_call>{"name": </tool_call>'
    assert seen.reason.startswith("its JSON is broken")


def test_prose_about_the_syntax_inside_thinking_stays_thinking():
    assert parse('<think>I may write <tool_call>, or <tool_call>{"na') == [
        ThinkingDelta('I may write <tool_call>, or <tool_call>{"na')
    ]


def test_a_block_that_never_ends_stays_visible():
    text = '<tool_call>{"name": "draw_molecules", "arg'
    assert parse(text) == [TextDelta(text)]


def test_text_is_not_held_back_longer_than_a_marker_could_need():
    assert OutputParser().feed("Ethanol is ") == [TextDelta("Ethanol is ")]
    assert OutputParser().feed("a <") == [TextDelta("a ")]


FRAGMENTS = st.sampled_from(
    ["<think>", "</think>", INTERN, QWEN, "<tool_call>", "</tool_call>", "<|action_start|>", "<|plugin|>", "<|action_end|>",
     "{", "}", " ", "\n", "<", "|", "CCO ", "F/C=C\\F", '{"name": "x"}', "<tool_call>{}</tool_call>", "プロピレン", "🧪"]
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(FRAGMENTS, max_size=12).map("".join), st.data())
def test_any_cut_of_the_same_text_gives_the_same_events(text, data):
    whole = parse(text)
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=20))
    assert parse(text, cuts) == whole
    assert parse(text, range(len(text))) == whole

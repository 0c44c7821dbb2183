"""Messages as plain values: what is written down is what is read back."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.messages import (
    File,
    Image,
    Message,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Video,
    from_dict,
    part_from_dict,
    part_to_dict,
    to_dict,
)

WORDS = st.text(max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(WORDS, JSON, max_size=3)
MEDIA = {"path": WORDS, "sha256": WORDS, "media_type": WORDS, "name": WORDS}
PARTS = st.one_of(
    st.builds(Text, WORDS, source=st.sampled_from(["author", "tool"])),
    st.builds(Thinking, WORDS, seconds=st.none() | st.floats(0, 1e6)),
    st.builds(Image, **MEDIA),
    st.builds(Video, **MEDIA),
    st.builds(File, **MEDIA),
    st.builds(ToolCall, WORDS, WORDS, OBJECTS),
    st.builds(ToolResult, WORDS, WORDS, st.booleans(), OBJECTS),
)
MESSAGES = st.builds(
    Message, st.sampled_from(["system", "user", "assistant", "tool"]), st.lists(PARTS, max_size=4).map(tuple)
)


@given(MESSAGES)
def test_a_message_written_as_json_is_read_back_equal(message):
    assert from_dict(json.loads(json.dumps(to_dict(message)))) == message


@given(PARTS)
def test_a_part_names_its_type_so_that_it_is_read_back_as_the_same(part):
    written = part_to_dict(part)
    assert written["type"] == part.type
    assert type(part_from_dict(written)) is type(part)
    assert part_from_dict(written) == part


def test_parts_that_were_written_before_a_field_was_added_take_its_default():
    assert part_from_dict({"type": "text", "text": "Water"}) == Text("Water", source="author")
    assert part_from_dict({"type": "thinking", "text": "hm"}) == Thinking("hm", seconds=None)


def test_the_text_of_a_message_is_its_words_alone():
    parts = (
        Thinking("hm"),
        Text("Ethanol, C2H6O", source="tool"),
        ToolCall("1", "f", {"a": 1}),
        ToolResult("1", "f", True, {"summary": "x"}),
        Image("/tmp/a.png", "00", "image/png", "a.png"),
        Text(": 46.07 Da."),
    )
    assert Message("assistant", parts).text == "Ethanol, C2H6O: 46.07 Da."
    assert Message("user").text == ""


def test_what_is_written_shares_nothing_with_the_message():
    call = ToolCall("1", "f", {"list": [1]})
    part_to_dict(call)["arguments"]["list"].append(2)
    assert call.arguments == {"list": [1]}


@pytest.mark.parametrize("value", [Message("user"), Text("x"), ToolCall("1", "f", {}), ToolResult("1", "f", True)])
def test_values_are_frozen(value):
    field = dataclasses.fields(value)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, field, "other")

"""What ``@tool`` makes of a typed function: its schema, strict arguments, and the provenance of a call."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from errors import ToolInputError
from tools.registry import TOOL_MODULES, Toolbox


@pytest.fixture(scope="module")
def samples() -> Toolbox:
    return Toolbox.load(["tests.tools.sample_tools"])


def test_the_schema_comes_from_the_type_hints_and_the_first_paragraph(samples):
    schema = samples["echo"].schema
    assert schema["name"] == "echo"
    assert schema["description"] == "Say a text again."
    parameters = schema["parameters"]
    assert parameters["required"] == ["text"]
    assert parameters["additionalProperties"] is False
    assert parameters["properties"]["times"] == {"default": 1, "type": "integer"}
    assert parameters["properties"]["style"]["enum"] == ["plain", "loud"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "echo needs the argument 'text'"),
        ({"text": "a", "volume": 3}, "echo has no argument 'volume'"),
        ({"text": 3}, "'3' cannot be used"),
        ({"text": "a", "times": "two"}, "'two' cannot be used"),
        ({"text": "a", "times": "2.5"}, "'2.5' cannot be used"),
        ({"text": "a", "times": ""}, "'' cannot be used"),
        ({"text": "a", "times": True}, "'True' cannot be used"),
        ({"text": "a", "times": 1.5}, "'1.5' cannot be used"),
        ({"text": "a", "style": "shrill"}, "'shrill' cannot be used"),
        ({"text": "a", "words": "b"}, "'b' cannot be used"),
        ({"text": "a", "words": ["b", 3]}, "'3' cannot be used"),
        ({"text": None}, "'None' cannot be used"),
    ],
)
def test_an_argument_that_is_missing_extra_or_mistyped_is_named(samples, arguments, told):
    with pytest.raises(ToolInputError) as caught:
        samples["echo"](arguments)
    assert caught.value.what.startswith(told)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"times": "2"}, "a a"),
        ({"times": 2.0}, "a a"),
        ({"times": " +2 "}, "a a"),
        ({"style": "LOUD"}, "A"),
        ({"words": '["b", "c"]'}, "a"),
    ],
)
def test_a_value_that_can_mean_one_thing_only_may_be_written_otherwise(samples, given, said):
    result = samples["echo"]({"text": "a", **given})
    assert result.summary == said
    (name,) = given
    in_the_schemas_form = {"times": 2, "style": "loud", "words": ["b", "c"]}
    assert result.provenance.arguments[name] == in_the_schemas_form[name]


@pytest.mark.parametrize(
    ("arguments", "where"),
    [({"text": "a", "words": ["b", 3]}, "words, item 2"), ({"text": "a", "times": [1]}, "times")],
)
def test_the_place_of_a_wrong_argument_is_its_name_and_item(samples, arguments, where):
    with pytest.raises(ToolInputError) as caught:
        samples["echo"](arguments)
    assert caught.value.where == where


def test_a_long_or_invisible_value_is_cut_and_spelled_out_in_the_sentence(samples):
    with pytest.raises(ToolInputError) as caught:
        samples["echo"]({"text": "a", "style": "\u202e" + "x" * 500})
    assert "<U+202E>" in caught.value.what and "\u202e" not in caught.value.what
    assert len(caught.value.what) < 200


def test_provenance_is_enough_to_run_the_call_again(samples):
    first = samples["echo"]({"text": "hi", "times": 2})
    assert first.provenance.tool == "echo"
    assert first.provenance.arguments == {"text": "hi", "times": 2, "style": "plain"}
    assert first.provenance.libraries == {"pydantic": version("pydantic")}
    assert first.provenance.host == "local"
    assert first.provenance.seconds >= 0
    again = samples[first.provenance.tool](first.provenance.arguments)
    assert again.summary == first.summary


def test_an_unknown_tool_is_refused_with_the_names_there_are(samples):
    with pytest.raises(ToolInputError, match="choose one of: echo, sleep"):
        samples["ehco"]


def test_every_tool_of_the_catalogue_describes_itself_and_its_arguments():
    toolbox = Toolbox.load(TOOL_MODULES)
    names = [tool.name for tool in toolbox]
    assert len(names) == len(set(names)) >= 10
    for tool in toolbox:
        assert tool.description.endswith("."), tool.name
        assert tool.libraries, f"{tool.name} does not say what computes it"
        assert all(version(library) for library in tool.libraries)
        assert tool.schema["parameters"]["additionalProperties"] is False
        assert 0 < tool.time_limit_s <= 120

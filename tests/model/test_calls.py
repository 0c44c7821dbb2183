"""Tool calls are valid whatever the model would rather write: random models, both dialects."""

from __future__ import annotations

import copy
import json
import threading

import pytest
import torch

from model.events import BrokenCall, Options, ToolSchema
from model.local.calls import CallGuides
from model.local.loading import load
from model.messages import Message, Text, ToolCall
from tests.model.interns1_checkpoint import VOCABULARY, write_checkpoint

TOOLS = [
    ToolSchema(
        "count_atoms",
        "Counts.",
        {
            "properties": {
                "molecule": {"type": "string", "maxLength": 30},
                "element": {"enum": ["C", "N", "O"]},
                "charge": {"type": "integer", "minimum": -3, "maximum": 3},
            },
            "required": ["molecule", "element"],
        },
    ),
    ToolSchema("list_tools", "Lists.", {"properties": {}}),
]
ASKED = [Message("user", (Text("How many carbons?"),))]


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    loaded = load(str(write_checkpoint(tmp_path_factory.mktemp("calls") / "Intern-S1-mini")), threads=1)
    yield loaded
    loaded.close()


@pytest.fixture
def with_tool_tokens(tokenizer):
    """The embedded model's tokenizer with the markers of Qwen's dialect."""
    tokenizer = copy.deepcopy(tokenizer)
    tokenizer.add_tokens(["<tool_call>", "</tool_call>"], special_tokens=True)
    return tokenizer


def check(name, arguments):
    """Against the two schemas above, by hand."""
    assert name in ("count_atoms", "list_tools")
    if name == "list_tools":
        return
    assert isinstance(arguments["molecule"], str) and len(arguments["molecule"]) <= 30
    assert arguments["element"] in ("C", "N", "O")
    assert set(arguments) <= {"molecule", "element", "charge"}
    assert isinstance(arguments.get("charge", 0), int) and -3 <= arguments.get("charge", 0) <= 3


def random_call(guide, opening, decode, rows, seed) -> str:
    """What a model of random logits writes after the opening, up to the end that it must come to."""
    generator = torch.Generator().manual_seed(seed)
    for token in opening:
        guide.take(token)
    ids = []
    for _ in range(2_000):
        logits = torch.randn(rows, generator=generator)
        token = int(guide.allowed(logits).argmax())
        guide.take(token)
        ids.append(token)
        if torch.equal(guide.allowed(logits), logits):  # it may write what it likes again
            return decode(ids)
    raise AssertionError("the call never ended")


@pytest.mark.parametrize("seed", range(8))
def test_intern_s1s_calls_are_valid_whatever_the_logits(local, seed):
    guide = CallGuides(local.tokenizer, VOCABULARY).guide(TOOLS)
    opening = local.tokenizer.encode("<|action_start|><|plugin|>")
    written = random_call(guide, opening, local.tokenizer.decode, VOCABULARY, seed)
    assert written.endswith("<|action_end|>")
    call = json.loads(written.removesuffix("<|action_end|>"))
    assert set(call) == {"name", "parameters"}
    check(call["name"], call["parameters"])


@pytest.mark.parametrize("seed", range(4))
def test_qwens_calls_are_valid_whatever_the_logits(with_tool_tokens, seed):
    rows = len(with_tool_tokens)
    guide = CallGuides(with_tool_tokens, rows).guide(TOOLS)
    opening = with_tool_tokens.encode("<tool_call>", add_special_tokens=False)
    written = random_call(guide, opening, with_tool_tokens.decode, rows, seed)
    call = json.loads(written.removesuffix("</tool_call>"))
    assert set(call) == {"name", "arguments"}
    check(call["name"], call["arguments"])


def test_nothing_is_held_outside_a_call_nor_without_tools_or_markers(local, tokenizer):
    guides = CallGuides(local.tokenizer, VOCABULARY)
    assert guides.guide([]) is None
    assert CallGuides(tokenizer, len(tokenizer)).guide(TOOLS) is None  # SmolLM2 has no such tokens
    guide, logits = guides.guide(TOOLS), torch.randn(VOCABULARY)
    for token in local.tokenizer.encode("A call begins with <|action_start|>, then <|plugin|>."):
        guide.take(token)
        assert guide.allowed(logits) is logits


def favour(model, ids):
    """Make the model choose these ids first, whatever it would choose."""
    steps = iter(ids)

    def boost(_module, _arguments, output):
        if (token := next(steps, None)) is not None:
            output.logits[..., token] += 1000

    return model.register_forward_hook(boost)


def events_of(local, **options):
    hook = favour(local.model, local.tokenizer.encode("</think><|action_start|><|plugin|>"))
    try:
        return list(local.stream(ASKED, TOOLS, Options(max_new_tokens=300, seed=5, **options), threading.Event()))
    finally:
        hook.remove()


def test_a_random_models_call_comes_out_of_the_engine_as_a_tool_call(local):
    calls = [event for event in events_of(local) if isinstance(event, ToolCall)]
    assert len(calls) >= 1
    for call in calls:
        check(call.name, call.arguments)


def test_without_it_the_same_model_writes_no_call(local):
    events = events_of(local, valid_calls=False)
    assert not [event for event in events if isinstance(event, (ToolCall, BrokenCall))]

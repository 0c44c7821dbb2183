"""Which models are read in blocks, and that each says what ``generate`` says of it, alone and beside others."""

from __future__ import annotations

import threading

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from errors import ModelError
from model.catalog import KnownModel
from model.events import Abilities, Options, TextDelta
from model.local.engine import LocalModel
from model.local.reader import BlockReader, PlainReader, reader_of
from model.messages import Message, Text
from tests.model.together import asking, together

SMALL = {
    "vocab_size": 49_152, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "max_position_embeddings": 512, "initializer_range": 0.4, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2,
}  # fmt: skip
SHARED = {"num_key_value_heads": 2}
LAYERS_OF_BOTH = {"layer_types": ["full_attention", "sliding_attention"], "sliding_window": 16}
IN_BLOCKS = {
    "llama": SHARED,
    "qwen2": SHARED,
    "qwen3": {**SHARED, "head_dim": 16},
    "mistral": {**SHARED, "sliding_window": None},
    "gemma": {**SHARED, "head_dim": 16},
    "olmo2": SHARED,
    "granite": {**SHARED, "attention_multiplier": 0.2, "logits_scaling": 2.0},
    "phi3": SHARED,
    "gpt_neox": {},
    "gpt2": {"n_positions": 512, "n_embd": 32, "n_layer": 2, "n_head": 4},
}
ONE_BY_ONE = {
    "mistral": {**SHARED, "sliding_window": 16},
    "gemma2": {**SHARED, "head_dim": 16, "sliding_window": 16},
    "gemma3_text": {**SHARED, "head_dim": 16, **LAYERS_OF_BOTH},
    "falcon": {"alibi": True, "new_decoder_architecture": False},
    "llama": {**SHARED, "rope_parameters": {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10_000.0}},
    "stablelm": SHARED,  # does not pass on what goes with a pass
}
QUESTIONS = ("What is water? " * 12, "Why?", "Name an acid, and a base. " * 5)


def small(kind, sizes):
    torch.manual_seed(3)
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **{**SMALL, **sizes})).eval()


def generated(model, prompt):
    ids = torch.tensor([prompt])
    made = model.generate(
        input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=12, do_sample=False, temperature=None, top_p=None,
        top_k=None,
    )  # fmt: skip
    return made[0, len(prompt) :].tolist()


@pytest.mark.parametrize(
    ("kind", "sizes", "reader"),
    [
        *((kind, sizes, BlockReader) for kind, sizes in IN_BLOCKS.items()),
        *((kind, sizes, PlainReader) for kind, sizes in ONE_BY_ONE.items()),
    ],
)
def test_each_kind_of_model_says_what_generate_says(kind, sizes, reader, tokenizer):
    reference, options = small(kind, sizes), Options(max_new_tokens=12, temperature=0.0, repetition_penalty=1.0)
    local = LocalModel(
        small(kind, sizes), tokenizer, KnownModel("tiny", "tiny", max_new_tokens=12), Abilities(), threads=1
    )
    assert type(local._scheduler.reader) is reader
    expected = []
    for question in QUESTIONS:
        ids = generated(reference, local.prompt_ids(asking(question)))
        said = tokenizer.decode([id for id in ids if id != 2], clean_up_tokenization_spaces=False)
        expected.append(said.lstrip())
    asked, _ = together(local, [(question, options) for question in QUESTIONS])
    assert [one.said for one in asked] == expected
    again = [
        "".join(
            event.text
            for event in local.stream(asking(question), (), options, threading.Event())
            if isinstance(event, TextDelta)
        )
        for question in QUESTIONS
    ]
    assert again == expected
    follow_up = [*asking(QUESTIONS[0]), Message("assistant", (Text(expected[0]),)), *asking("And gold?")]
    *events, finished = local.stream(follow_up, (), options, threading.Event())
    ids = generated(reference, local.prompt_ids(follow_up))
    said = tokenizer.decode([id for id in ids if id != 2], clean_up_tokenization_spaces=False).lstrip()
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == said
    assert (finished.usage.reused_tokens > 40) == (reader is BlockReader)
    local.close()


def test_what_cannot_be_cut_back_is_never_read_on_a_guess(tokenizer):
    reference = small("mistral", {**SHARED, "sliding_window": 16})
    model = small("mistral", {**SHARED, "sliding_window": 16})
    local = LocalModel(model, tokenizer, KnownModel("tiny", "tiny", max_new_tokens=40), Abilities(), threads=1)
    question, options = "water is wet " * 20, Options(max_new_tokens=40, temperature=0.0, repetition_penalty=1.0)
    asked, _ = together(local, [(question, options)])
    ids = reference.generate(
        torch.tensor([local.prompt_ids(asking(question))]), max_new_tokens=40, do_sample=False, temperature=None, top_p=None,
        top_k=None,
    )[0, len(local.prompt_ids(asking(question))) :].tolist()  # fmt: skip
    said = tokenizer.decode([id for id in ids if id != 2], clean_up_tokenization_spaces=False)
    assert asked[0].said == said.lstrip()
    assert local.figures().drafted_tokens == 0
    local.close()


def test_a_model_that_attends_in_its_own_way_is_found_out_by_its_logits():
    model = small("llama", SHARED)
    attention = model.model.layers[1].self_attn
    forward = attention.forward

    def with_a_sink(hidden_states, *args, reading=None, **named):
        return forward(hidden_states * (0.5 if reading else 1.0), *args, reading=reading, **named)

    attention.forward = with_a_sink
    assert type(reader_of(model, 512)) is PlainReader
    assert model.config._attn_implementation == "sdpa"


def test_a_model_that_does_not_go_on_from_what_it_has_read_is_refused():
    with pytest.raises(ModelError, match=r"type mamba does not go on .* choose another model\.$"):
        reader_of(small("mamba", {"state_size": 4}), 512)

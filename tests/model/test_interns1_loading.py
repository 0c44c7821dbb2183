"""Intern-S1-mini from its files, without any code of theirs: a small random checkpoint of the same shape."""

from __future__ import annotations

import json
import threading
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import Qwen3Config

from errors import ModelError
from model.events import Abilities, Finished, Options, TextDelta, ThinkingDelta
from model.local.loading import load
from model.local.memory import cache_bytes_per_token
from model.messages import Message, Text
from tests.model.interns1_checkpoint import VOCABULARY, internvl, write_checkpoint

QUESTION = [Message("user", (Text("What is CC(=O)Oc1ccccc1C(=O)O?"),))]


@pytest.fixture(scope="module", params=["modules", "saved"])
def folder(request, tmp_path_factory):
    return write_checkpoint(tmp_path_factory.mktemp(request.param) / "Intern-S1-mini", request.param)


@pytest.fixture
def spoiled(tmp_path):
    """A checkpoint whose weights a test may change."""
    folder = write_checkpoint(tmp_path / "Intern-S1-mini")
    return folder, load_file(folder / "model.safetensors")


@pytest.fixture(scope="module")
def local(folder):
    loaded = load(str(folder), threads=1)
    yield loaded
    loaded.close()


def test_its_logits_are_those_of_transformers_own_internvl_classes(local):
    ids = torch.tensor(
        [[*local.tokenizer.encode("A picture: <img>"), *[5032] * 256, *local.tokenizer.encode("</img>!")]]
    )
    pixels = torch.randn(1, 3, 448, 448, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        ours, theirs = (model(input_ids=ids, pixel_values=pixels).logits for model in (local.model, internvl()))
    assert ours.shape == (1, ids.shape[1], VOCABULARY)
    assert torch.equal(ours, theirs)


def test_a_question_is_answered_from_the_files_alone_and_the_same_seed_answers_the_same(local):
    assert local.name == "Intern-S1-mini"
    assert local.abilities == Abilities(tools=True, images=True, thinking=True)

    def answered(seed):
        events = list(local.stream(QUESTION, (), Options(max_new_tokens=12, seed=seed), threading.Event()))
        assert isinstance(events[-1], Finished)
        return events[:-1], events[-1].usage.new_tokens

    first = answered(seed=7)
    assert first[1] > 0
    assert answered(seed=7) == first
    assert answered(seed=8) != first


def test_its_sampling_is_the_cards(local):
    # https://huggingface.co/internlm/Intern-S1-mini: top_p 1.0, top_k 50, min_p 0.0, temperature 0.8
    sampling = local.sampling(Options())
    assert (sampling.temperature, sampling.top_p, sampling.top_k, sampling.min_p) == (0.8, 1.0, 50, 0.0)


def refusal(folder) -> str:
    with pytest.raises(ModelError) as raised:
        load(str(folder))
    sentence = str(raised.value)
    assert "\n" not in sentence and sentence.endswith(".") and len(sentence) < 400
    return sentence


def test_a_missing_weight_is_named(spoiled):
    folder, weights = spoiled
    del weights["model.multi_modal_projector.linear_1.weight"]
    save_file(weights, folder / "model.safetensors")
    assert "model.multi_modal_projector.linear_1.weight" in refusal(folder)


def test_an_unexpected_weight_is_named(spoiled):
    folder, weights = spoiled
    weights["model.vision_tower.encoder.layer.7.lambda_1"] = torch.zeros(32)
    save_file(weights, folder / "model.safetensors")
    assert "model.vision_tower.encoder.layer.7.lambda_1" in refusal(folder)


def test_a_weight_of_another_shape_is_named(spoiled):
    folder, weights = spoiled
    weights["lm_head.weight"] = weights["lm_head.weight"][:-1].contiguous()
    save_file(weights, folder / "model.safetensors")
    assert "lm_head.weight" in refusal(folder)


def test_a_config_without_its_parts_is_a_sentence(spoiled):
    folder, _ = spoiled
    config = json.loads((folder / "config.json").read_text())
    del config["vision_config"]
    (folder / "config.json").write_text(json.dumps(config))
    assert "vision_config" in refusal(folder)


def test_a_missing_tokenizer_file_is_named(spoiled):
    folder, _ = spoiled
    (folder / "tokenizer_FASTA.model").unlink()
    assert "tokenizer_FASTA.model" in refusal(folder)


def test_a_tokenizer_that_knows_more_tokens_than_the_model_is_refused(spoiled):
    folder, _ = spoiled
    added = json.loads((folder / "added_tokens.json").read_text())
    (folder / "added_tokens.json").write_text(json.dumps({**added, "<|one more|>": VOCABULARY}))
    assert "do not belong together" in refusal(folder)


def test_a_folder_without_a_generation_config_answers_too(spoiled):
    folder, _ = spoiled
    (folder / "generation_config.json").unlink()
    local = load(str(folder), threads=1)
    *_, finished = local.stream(QUESTION, (), Options(max_new_tokens=2), threading.Event())
    local.close()
    assert finished.usage.new_tokens > 0


def parts(events):
    """The text thought and said of a stream."""
    thought = "".join(event.text for event in events if isinstance(event, ThinkingDelta))
    return thought, "".join(event.text for event in events if isinstance(event, TextDelta))


def thought_tokens(events):
    return sum(event.tokens for event in events if isinstance(event, ThinkingDelta))


def test_a_thinking_budget_ends_the_thinking_and_lets_it_answer(local):
    options = Options(max_new_tokens=80, temperature=0.0, thinking_tokens=5)
    events = list(local.stream(QUESTION, (), options, threading.Event()))
    thought, said = parts(events)
    assert thought.endswith("My budget for thinking is used up, so I answer with what I have.\n")
    assert said
    assert events[-1].usage.thinking_tokens == thought_tokens(events) == 5
    assert events[-1].usage.new_tokens <= 80


def test_a_token_of_intern_s1_mini_takes_147_kb_of_cache():
    # 36 layers, 8 key-value heads of 128, keys and values, 2 bytes each: 147,456 bytes
    config = Qwen3Config(num_hidden_layers=36, num_key_value_heads=8, head_dim=128)
    model = SimpleNamespace(config=config, dtype=torch.bfloat16)
    assert cache_bytes_per_token(model) == 147_456


def test_out_of_memory_in_an_answer_says_what_would_fit_and_the_next_one_goes_on(local):
    def fail(module, inputs):
        raise torch.OutOfMemoryError("CUDA out of memory")

    hook = local.model.register_forward_pre_hook(fail)
    with pytest.raises(ModelError, match=r"about [\d,]+ would fit now"):
        list(local.stream(QUESTION, (), Options(max_new_tokens=4), threading.Event()))
    hook.remove()
    *_, finished = local.stream(QUESTION, (), Options(max_new_tokens=4), threading.Event())
    assert finished.usage.new_tokens == 4


def test_thinking_goes_on_without_a_budget_and_is_off_when_it_is_not_wanted(local):
    events = list(local.stream(QUESTION, (), Options(max_new_tokens=30, temperature=0.0), threading.Event()))
    thought, said = parts(events)
    assert thought and not said
    assert events[-1].usage.thinking_tokens == thought_tokens(events) == 30
    calm = Options(max_new_tokens=30, temperature=0.0, thinking=False)
    thought, said = parts(list(local.stream(QUESTION, (), calm, threading.Event())))
    assert said and not thought

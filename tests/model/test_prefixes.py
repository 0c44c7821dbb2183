"""The store of caches: the longest common beginning, nothing shared is written to, and a budget of bytes."""

from __future__ import annotations

import pytest
import torch
from transformers import Gemma2Config, LlamaConfig, MistralConfig, MistralForCausalLM, Qwen3Config

from model.local.memory import cache_bytes_per_token
from model.local.prefixes import Prefixes, can_be_cut_back
from tests.model.checkpoints import CONTEXT, tiny_model

#: 2 layers, 2 heads of 8, keys and values, 4 bytes each: 256 bytes.
A_TOKEN = 256


@pytest.fixture(scope="module")
def model():
    return tiny_model()


@pytest.fixture
def prefixes(model):
    return Prefixes(model, CONTEXT)


@torch.inference_mode()
def fed(model, read, keys):
    """The cache after these tokens, in one pass."""
    model(input_ids=torch.tensor([keys]), past_key_values=read.cache, use_cache=True)
    read.keys += keys
    return read


def keep(model, prefixes, keys):
    """Read a prompt as the engine does, and keep it; returns how many of its tokens were there already."""
    read = prefixes.take(keys)
    reused = len(read.keys)
    prefixes.keep(fed(model, read, keys[reused:]))
    return reused


def logits(model, read, keys):
    with torch.inference_mode():
        return model(input_ids=torch.tensor([keys]), past_key_values=read.cache, use_cache=True).logits[0, -1]


def test_the_longest_common_beginning_is_found_and_the_last_token_is_always_read_again(model, prefixes):
    assert keep(model, prefixes, [5, 6, 7, 8]) == 0
    assert keep(model, prefixes, [5, 6, 9, 9, 9]) == 2
    assert keep(model, prefixes, [5, 6, 9, 9, 4, 4]) == 4
    assert len(prefixes.take([5, 6, 7, 8]).keys) == 3
    assert len(prefixes.take([5]).keys) == 0
    assert len(prefixes.take([6, 5, 7]).keys) == 0


def test_what_is_cut_back_is_as_if_read_alone(model, prefixes):
    keep(model, prefixes, [*range(100, 140)])
    cut = prefixes.take([*range(100, 110), 7])
    assert cut.keys == [*range(100, 110)]
    anew = fed(model, Prefixes(model, CONTEXT).take([1]), [*range(100, 110)])
    assert torch.allclose(logits(model, cut, [7]), logits(model, anew, [7]), atol=1e-5)


def test_a_branch_leaves_the_kept_cache_as_it_was(model, prefixes):
    keep(model, prefixes, [*range(100, 140)])
    kept = prefixes.take([*range(100, 140), 7])
    before = [layer.keys.clone() for layer in kept.cache.layers]
    prefixes.keep(kept)
    keep(model, prefixes, [*range(100, 110), *range(20)])
    again = prefixes.take([*range(100, 140), 7])
    assert again.keys == [*range(100, 140)]
    assert all(torch.equal(layer.keys, old) for layer, old in zip(again.cache.layers, before, strict=True))


def test_a_conversation_that_goes_on_is_held_once(model, prefixes):
    keep(model, prefixes, [*range(40)])
    assert prefixes.held_bytes == 40 * A_TOKEN == 40 * cache_bytes_per_token(model)
    read = prefixes.take([*range(60)])
    assert prefixes.held_bytes == 0
    prefixes.keep(fed(model, read, [*range(40, 60)]))
    assert prefixes.held_bytes == 60 * A_TOKEN
    keep(model, prefixes, [*range(30)])  # all of it is there
    assert prefixes.held_bytes == 60 * A_TOKEN


def test_the_least_recently_used_goes_first(model):
    prefixes = Prefixes(model, CONTEXT, budget=100 * A_TOKEN)
    one, two, three = ([start, *range(39)] for start in (101, 102, 103))
    keep(model, prefixes, one)
    keep(model, prefixes, two)
    assert keep(model, prefixes, one) == 39  # used
    assert keep(model, prefixes, three) == 0
    assert prefixes.held_bytes == 80 * A_TOKEN
    assert [len(prefixes.take(keys).keys) for keys in (one, two, three)] == [39, 0, 39]


def test_what_a_later_one_mostly_holds_goes_before_another_chat(model):
    prefixes = Prefixes(model, CONTEXT, budget=130 * A_TOKEN)
    other, talk = [101, *range(39)], [*range(30)]
    keep(model, prefixes, other)
    keep(model, prefixes, [*talk, *range(200, 220)])  # an answer with its thinking
    keep(model, prefixes, [*talk, *range(300, 320)])  # the history without it
    assert prefixes.held_bytes == 90 * A_TOKEN
    assert len(prefixes.take(other).keys) == 39
    assert len(prefixes.take([*talk, *range(300, 320), 1]).keys) == 50
    assert len(prefixes.take([*talk, *range(200, 220), 1]).keys) <= 30


def test_one_that_is_beyond_the_budget_alone_is_not_kept(model):
    prefixes = Prefixes(model, CONTEXT, budget=10 * A_TOKEN)
    assert keep(model, prefixes, [*range(11)]) == 0
    assert prefixes.held_bytes == 0
    keep(model, prefixes, [*range(10)])
    assert prefixes.held_bytes == 10 * A_TOKEN


def test_a_cache_that_does_not_hold_what_it_should_is_not_kept(model, prefixes):
    read = fed(model, prefixes.take([1, 2, 3]), [1, 2, 3])
    read.cache.layers[1].crop(-1)  # a pass that failed between two layers
    prefixes.keep(read)
    assert prefixes.held_bytes == 0
    prefixes.keep(prefixes.take([1, 2, 3]))  # nothing at all
    assert prefixes.held_bytes == 0


def test_all_can_be_let_go(model, prefixes):
    keep(model, prefixes, [*range(40)])
    assert prefixes.clear() == 40 * A_TOKEN
    assert prefixes.held_bytes == 0
    assert prefixes.take([*range(40)]).keys == []


def test_on_the_cpu_the_budget_is_a_gigabyte_or_a_context_and_at_most_a_quarter_of_what_is_free(model, monkeypatch):
    free = 16 * 10**9
    monkeypatch.setattr("model.local.prefixes.usable_bytes", lambda device: free)
    assert Prefixes(model, CONTEXT)._room() == 10**9
    assert Prefixes(model, 10_000_000)._room() == 2_560_000_000
    free = 10**9
    assert Prefixes(model, CONTEXT)._room() == 250_000_000


def test_layers_that_cannot_be_cut_back_and_rotations_by_length_are_known():
    small = {"num_hidden_layers": 2, "hidden_size": 32, "num_attention_heads": 4}
    assert can_be_cut_back(LlamaConfig(**small))
    assert can_be_cut_back(Qwen3Config(**small))
    assert not can_be_cut_back(MistralConfig(**small, sliding_window=8))
    assert not can_be_cut_back(Gemma2Config(**small))
    rotation = {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10_000.0}
    assert not can_be_cut_back(LlamaConfig(**small, rope_parameters=rotation))


def test_a_model_with_a_sliding_window_reads_each_prompt_anew():
    sizes = {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    config = MistralConfig(**sizes, num_attention_heads=4, num_key_value_heads=2, sliding_window=8)
    sliding = MistralForCausalLM(config).eval()
    prefixes = Prefixes(sliding, CONTEXT)
    assert [keep(sliding, prefixes, [*range(20)]) for _ in range(2)] == [0, 0]
    assert prefixes.held_bytes == 0

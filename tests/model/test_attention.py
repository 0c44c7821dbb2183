"""Attention however a text is cut: what transformers' own computes, for every shape that the engine asks."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from model.local.attention import NAME, attend, attend_alike
from tests.model.checkpoints import tiny_model

SIZES = {"heads": 6, "shared": 2, "size": 16}


def drawn(tokens, length):
    torch.manual_seed(tokens * 1000 + length)
    query = torch.randn(1, SIZES["heads"], tokens, SIZES["size"])
    key, value = (torch.randn(1, SIZES["shared"], length, SIZES["size"]) for _ in range(2))
    return query, key, value


@pytest.mark.parametrize(
    ("tokens", "length"), [(1, 1), (1, 2), (1, 33), (2, 2), (3, 40), (16, 16), (17, 17), (31, 48), (70, 75)]
)
@pytest.mark.parametrize("masked", [False, True])
def test_it_is_transformers_own_attention(tokens, length, masked):
    query, key, value = drawn(tokens, length)
    mask = torch.ones(tokens, length, dtype=torch.bool).tril(length - tokens)[None, None]
    module = SimpleNamespace(num_key_value_groups=3, is_causal=True, training=False)
    theirs, _ = sdpa_attention_forward(module, query, key, value, mask, scaling=0.3)
    ours, _ = attend(module, query, key, value, mask if masked else None, scaling=0.3)
    assert ours.shape == (1, tokens, SIZES["heads"], SIZES["size"])
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_a_windows_mask_is_kept():
    query, key, value = drawn(5, 21)
    mask = (torch.ones(5, 21).tril(16).triu(10) > 0)[None, None]
    module = SimpleNamespace(num_key_value_groups=3, is_causal=True, training=False)
    theirs, _ = sdpa_attention_forward(module, query, key, value, mask)
    assert torch.allclose(attend(module, query, key, value, mask)[0], theirs, atol=1e-5)


def test_a_model_in_bf16_on_the_cpu_attends_so_and_one_in_float32_as_it_did():
    exact, coarse = tiny_model(), tiny_model().to(torch.bfloat16)
    ids = torch.arange(40)[None]

    def error():
        with torch.inference_mode():
            return (coarse(ids).logits.float() - exact(ids).logits).abs().mean()

    theirs = error()
    assert not attend_alike(exact)
    assert exact.config._attn_implementation == "sdpa"
    assert attend_alike(coarse)
    assert attend_alike(coarse)  # of which two engines may be made
    assert coarse.config._attn_implementation == NAME
    assert 0 < error() < 1.2 * theirs

"""Sampling: the same tokens may be drawn, with the same probabilities, as with transformers' own logits processors."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from model.local.sampling import FEW, Sampler, Sampling

CPU = torch.device("cpu")
VOCABULARY = 6000  # more than the sampler looks at first, and at second


def logits_of(seed: int, spread: float = 2.0, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return (torch.randn(VOCABULARY, generator=torch.Generator().manual_seed(seed)) * spread).to(dtype)


def probabilities(sampling: Sampling, logits: torch.Tensor) -> torch.Tensor:
    """Ours, over the whole vocabulary."""
    tokens, weights = Sampler(sampling, CPU).candidates(logits.float())
    spread = torch.zeros(VOCABULARY)
    spread[torch.arange(VOCABULARY) if tokens is None else tokens] = weights
    return spread / spread.sum()


def transformers_probabilities(sampling: Sampling, logits: torch.Tensor) -> torch.Tensor:
    """Those of ``GenerationMixin._get_logits_processor``, in its order."""
    processors = LogitsProcessorList([TemperatureLogitsWarper(sampling.temperature)])
    if sampling.top_k:
        processors.append(TopKLogitsWarper(sampling.top_k))
    if sampling.top_p < 1.0:
        processors.append(TopPLogitsWarper(sampling.top_p))
    if sampling.min_p > 0.0:
        processors.append(MinPLogitsWarper(sampling.min_p))
    return processors(torch.zeros((1, 1), dtype=torch.long), logits.float()[None])[0].softmax(0)


def test_temperature_0_takes_the_highest_logit_whatever_else_is_set():
    sampler = Sampler(Sampling(temperature=0.0, top_p=0.1, top_k=5, min_p=0.5, seed=1), CPU)
    for seed in range(5):
        assert sampler.choose(logits_of(seed)) == int(logits_of(seed).argmax())


@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(temperature=1.0),
        Sampling(temperature=0.8, top_k=50),  # Intern-S1-mini's card
        Sampling(temperature=0.2, top_p=0.9),  # SmolLM2-Instruct's card
        Sampling(temperature=1.5, top_p=0.999),
        Sampling(temperature=1.0, min_p=0.05),
        Sampling(temperature=0.6, top_p=0.95, top_k=20, min_p=0.02),
        Sampling(temperature=1.0, top_k=10 * VOCABULARY),
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_every_token_has_the_probability_that_transformers_gives_it(sampling, dtype):
    logits = logits_of(7, dtype=dtype)
    ours, theirs = probabilities(sampling, logits), transformers_probabilities(sampling, logits)
    if dtype is torch.float32:  # in bf16 many logits are equal, and which of equals comes first is nobody's promise
        assert torch.equal(ours > 0, theirs > 0)
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-7)
    torch.testing.assert_close(ours.sort().values, theirs.sort().values, rtol=1e-4, atol=1e-6)


@settings(max_examples=60)
@given(
    st.builds(
        Sampling,
        temperature=st.floats(0.1, 3.0),
        top_p=st.floats(0.01, 1.0),
        top_k=st.integers(0, 2000),
        min_p=st.floats(0.0, 0.5),
    ),
    st.integers(0, 1000),
)
def test_any_settings_agree_with_transformers(sampling, seed):
    logits = logits_of(seed)
    difference = (probabilities(sampling, logits) - transformers_probabilities(sampling, logits)).abs()
    # a sum in another order may move the edge of top-p by one token
    assert int((difference > 1e-3).sum()) <= 1 or float(difference.max()) < 0.01


def test_top_p_of_a_flat_distribution_looks_further_than_the_first_few():
    flat = logits_of(3, spread=0.01)
    kept = int((probabilities(Sampling(temperature=1.0, top_p=0.9), flat) > 0).sum())
    assert kept > FEW
    assert kept == pytest.approx(0.9 * VOCABULARY, rel=0.01)  # equal tokens: nine in ten of them


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_the_repetition_penalty_is_that_of_transformers_over_the_answers_own_tokens(dtype):
    sampler = Sampler(Sampling(temperature=0.0, repetition_penalty=1.3), CPU)
    chosen: list[int] = []
    for step in range(150):
        logits = logits_of(step % 75, dtype=dtype)  # the second time round the penalty decides
        expected = logits.float()
        if chosen:
            expected = RepetitionPenaltyLogitsProcessor(1.3)(torch.tensor([chosen]), expected[None])[0]
        chosen.append(sampler.choose(logits))
        assert chosen[-1] == int(expected.argmax())
    assert chosen[75:] != chosen[:75]
    assert len(set(chosen)) > 64  # more than there was room for at first


def test_the_logits_are_left_as_they_were():
    logits = logits_of(1)
    before = logits.clone()
    sampler = Sampler(Sampling(temperature=0.7, top_k=5, top_p=0.9, min_p=0.1, repetition_penalty=1.2), CPU)
    for _ in range(3):
        sampler.choose(logits)
    assert torch.equal(logits, before)


def test_the_same_seed_gives_the_same_tokens_and_another_seed_others():
    def drawn(seed):
        sampler = Sampler(Sampling(temperature=1.0, seed=seed), CPU)
        return [sampler.choose(logits_of(step)) for step in range(20)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_a_token_of_no_weight_is_never_drawn():
    logits = torch.full((1000,), -torch.inf)
    logits[[3, 500, 998]] = 0.0
    sampler = Sampler(Sampling(temperature=1.0, seed=0), CPU)
    assert {sampler.choose(logits) for _ in range(300)} == {3, 500, 998}


def test_tokens_are_drawn_as_often_as_their_probability_says():
    logits = torch.tensor([0.5, 0.3, 0.15, 0.05]).log()
    sampler = Sampler(Sampling(temperature=1.0, seed=0), CPU)
    counts = Counter(sampler.choose(logits) for _ in range(4000))
    for token, probability in enumerate([0.5, 0.3, 0.15, 0.05]):
        # four standard deviations of a binomial
        assert counts[token] / 4000 == pytest.approx(
            probability, abs=4 * (probability * (1 - probability) / 4000) ** 0.5
        )

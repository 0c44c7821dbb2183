"""The next token from the logits, for one sequence."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Sampling:
    """Settled sampling values; ``temperature`` 0 is greedy."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    seed: int | None = None


class Sampler:
    """Chooses tokens one after the other; the same seed and logits give the same tokens.

    The repetition penalty divides (or, below 0, multiplies) the logit of each token that the answer already holds, as
    Keskar et al. 2019 (arXiv:1909.05858) define it; here the prompt is not counted, so that a question may be echoed.
    """

    def __init__(self, sampling: Sampling, device: torch.device) -> None:
        self._sampling = sampling
        self._chosen: list[int] = []
        self._generator: torch.Generator | None = None
        if sampling.seed is not None:
            self._generator = torch.Generator(device).manual_seed(sampling.seed)

    def choose(self, logits: torch.Tensor) -> int:
        """The next token id for ``logits`` of shape (vocabulary,)."""
        sampling = self._sampling
        if sampling.repetition_penalty != 1.0 and self._chosen:
            logits = self._penalised(logits)
        if sampling.temperature <= 0:
            token = int(logits.argmax())
        else:
            token = self._drawn(logits.float() / sampling.temperature)
        self._chosen.append(token)
        return token

    def _penalised(self, logits: torch.Tensor) -> torch.Tensor:
        seen = torch.tensor(sorted(set(self._chosen)), device=logits.device)
        values = logits[seen]
        penalty = self._sampling.repetition_penalty
        logits = logits.clone()
        logits[seen] = torch.where(values > 0, values / penalty, values * penalty)
        return logits

    def _drawn(self, logits: torch.Tensor) -> int:
        sampling = self._sampling
        # the few best hold nearly all of the probability: sorting these is much cheaper than sorting the vocabulary
        kept = min(sampling.top_k or 1024, logits.numel())
        values, tokens = logits.topk(kept)
        probabilities = (values - torch.logsumexp(logits if not sampling.top_k else values, 0)).exp()
        if sampling.top_p < 1.0:
            before = probabilities.cumsum(0) - probabilities
            probabilities = probabilities * (before < sampling.top_p)
        if sampling.min_p > 0.0:
            probabilities = probabilities * (probabilities >= sampling.min_p * probabilities[0])
        return int(tokens[torch.multinomial(probabilities, 1, generator=self._generator)])

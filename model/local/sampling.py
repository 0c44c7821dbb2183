"""The next token from the logits, for one sequence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

#: Of the vocabulary, the best so many are looked at first: they nearly always hold ``top_p`` of the probability, and
#: finding them costs a fiftieth of sorting 50,000.
FEW = 256


@dataclass(frozen=True)
class Sampling:
    """Settled sampling values; ``temperature`` 0 is greedy, ``top_k`` 0, ``top_p`` 1 and ``min_p`` 0 keep every token."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    seed: int | None = None
    digits: bool = True


class Sampler:
    """Chooses tokens one after the other; the same seed and logits give the same tokens.

    The repetition penalty divides (or, below 0, multiplies) the logit of each token that the answer already holds, as
    Keskar et al. 2019 (arXiv:1909.05858) define it; here the prompt is not counted, so that a question may be echoed.
    Then temperature, top-k, top-p (Holtzman et al. 2019, arXiv:1904.09751) and min-p (Nguyen et al. 2024,
    arXiv:2407.01082) apply in this order, which is that of transformers' ``generate``.
    """

    def __init__(self, sampling: Sampling, device: torch.device, digit_ids: Sequence[int] = ()) -> None:
        """``digit_ids`` are the tokens that hold a digit; they are never chosen where ``sampling.digits`` is False."""
        self._sampling = sampling
        self._banned = None if sampling.digits else torch.tensor(digit_ids, dtype=torch.long, device=device)
        self._seen: set[int] = set()
        self._seen_ids = torch.empty(0, dtype=torch.long, device=device)
        self._generator: torch.Generator | None = None
        if sampling.seed is not None:
            self._generator = torch.Generator(device).manual_seed(sampling.seed)

    def choose(self, logits: torch.Tensor) -> int:
        """The next token id for ``logits`` of shape (vocabulary,), which are left as they are."""
        logits = logits.float()  # as ``generate`` does; and the highest of float32 is found in a quarter of bf16's time
        if self._banned is not None:
            logits = logits.index_fill(0, self._banned, float("-inf"))
        if self._sampling.repetition_penalty != 1.0 and self._seen:
            logits = self._penalised(logits)
        if self._sampling.temperature <= 0:
            token = int(logits.argmax())
        else:
            tokens, weights = self.candidates(logits)
            place = self._drawn(weights)
            token = place if tokens is None else int(tokens[place])
        self._remember(token)
        return token

    def candidates(self, logits: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor]:
        """The token ids that may be drawn (None: all, in order) and their weights, which need not add up to 1.

        ``logits`` are float32 of shape (vocabulary,).
        """
        sampling = self._sampling
        logits = logits / sampling.temperature
        if sampling.top_k:
            values, tokens = logits.topk(min(sampling.top_k, logits.numel()))
            weights = values.softmax(0)
        elif sampling.top_p < 1.0:
            weights, tokens = _nucleus(logits.softmax(0), sampling.top_p)
        else:
            weights, tokens = logits.softmax(0), None
        if sampling.top_p < 1.0:  # a token stays while those before it hold less than top_p
            weights = weights * (weights.cumsum(0) - weights < sampling.top_p)
        if sampling.min_p > 0.0:
            weights = weights * (weights >= sampling.min_p * weights.max())
        return tokens, weights

    def _drawn(self, weights: torch.Tensor) -> int:
        """A place, each as often as its weight says: where a random height falls in the sum of the weights so far.

        ``torch.multinomial`` does the same, in ten times the time for a whole vocabulary. The sums are float64, or the
        rarest tokens would be lost in them.
        """
        sums = weights.double().cumsum(0)
        height = torch.rand(1, generator=self._generator, dtype=torch.float64, device=weights.device) * sums[-1]
        return int(torch.searchsorted(sums, height, right=True).clamp(max=len(sums) - 1))

    def _penalised(self, logits: torch.Tensor) -> torch.Tensor:
        logits = logits.clone()
        seen = self._seen_ids[: len(self._seen)]
        values = logits[seen]
        penalty = self._sampling.repetition_penalty
        logits[seen] = torch.where(values > 0, values / penalty, values * penalty)
        return logits

    def _remember(self, token: int) -> None:
        if self._sampling.repetition_penalty == 1.0 or token in self._seen:
            return
        if len(self._seen) == len(self._seen_ids):  # room for twice as many, so that an answer's ids are copied seldom
            more = self._seen_ids.new_empty(max(64, len(self._seen_ids)))
            self._seen_ids = torch.cat((self._seen_ids, more))
        self._seen_ids[len(self._seen)] = token
        self._seen.add(token)


def _nucleus(probabilities: torch.Tensor, top_p: float) -> tuple[torch.Tensor, torch.Tensor]:
    """The highest probabilities, in falling order and at least ``top_p`` of the whole, with their token ids."""
    count = FEW
    while True:
        values, tokens = probabilities.topk(min(count, probabilities.numel()))
        if count >= probabilities.numel() or float(values.sum()) >= top_p:
            return values, tokens
        count *= 16

"""What weights of 8 bits cost the embedded model's answers, beside its bf16 original, on texts of our own (quality.txt).

Perplexity, the divergence of the two distributions of the next token, and how often they name the same likeliest token. In
bf16 several tokens can be the likeliest together: the numbers around 20 are 1/8 apart. To name any of these is to agree.
And the seconds of a pass of the model, by the number of answers that take a step together, and by the length of a prompt.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from bench.rows import Row
from model.embedded import embedded_path
from model.local.engine import default_threads
from model.local.int8 import quantize
from model.local.kernels import onednn, steps_with_onednn

TEXTS = Path(__file__).with_name("quality.txt")
#: Answers that take a step together, and their speed beside bf16 at least; and tokens of a prompt that is read at once.
STEPS, PROMPT = ((1, 1.0), (2, 1.2), (8, 1.2), (64, 0.75)), (512, 0.75)
BEFORE = 64  # tokens of each answer
ROUNDS = 7


@dataclass(frozen=True)
class Comparison:
    """Of two models over some texts; ``divergence`` is Kullback and Leibler's mean, in bits, ``same`` a share of tokens."""

    perplexity: float
    original_perplexity: float
    divergence: float
    same: float


def measure() -> list[Row]:
    torch.set_num_threads(default_threads())
    original, rounded = embedded_model(), embedded_model()
    quantize(rounded)
    compared = compare(original, rounded, texts())
    return [
        Row("int8: perplexity, beside bf16", compared.perplexity, compared.original_perplexity, "", 1.02, at_most=True),
        Row("int8: divergence of the next token, beside 0.02", compared.divergence, 0.02, "bits", 1.0, at_most=True),
        Row("int8: the same likeliest token, beside all", compared.same, 1.0, "", 0.95),
        *(_row(original, rounded, f"int8: a step of {count}, beside bf16", (count, 1), bar) for count, bar in STEPS),
        _row(original, rounded, f"int8: a prompt of {PROMPT[0]} tokens, beside bf16", (1, PROMPT[0]), PROMPT[1]),
    ]


def embedded_model() -> Any:
    """In bf16, as its file has it."""
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(embedded_path(), dtype="auto", local_files_only=True).eval()


def texts() -> list[torch.Tensor]:
    """Token ids of each text, of shape (1, tokens)."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(embedded_path(), local_files_only=True)
    return [torch.tensor([tokenizer.encode(text)]) for text in TEXTS.read_text(encoding="utf-8").split("---\n")]


@torch.inference_mode()
def compare(original: Any, other: Any, read: Sequence[torch.Tensor]) -> Comparison:
    """Over every token of every text but its last, whose next is not known."""
    surprise, original_surprise, divergence, same, count = 0.0, 0.0, 0.0, 0.0, 0
    for ids in read:
        expected, found = (model(ids).logits[0, :-1].float().log_softmax(-1) for model in (original, other))
        following, chosen = ids[0, 1:, None], found.argmax(-1, keepdim=True)
        original_surprise -= float(expected.gather(1, following).sum())
        surprise -= float(found.gather(1, following).sum())
        divergence += float((expected.exp() * (expected - found)).sum())
        same += float((expected.gather(1, chosen)[:, 0] == expected.amax(-1)).sum())
        count += len(following)
    return Comparison(
        math.exp(surprise / count),
        math.exp(original_surprise / count),
        divergence / count / math.log(2),
        same / count,
    )


def _row(original: Any, rounded: Any, what: str, shape: tuple[int, int], bar: float) -> Row:
    """Passes a second of the two, which take turns; a single token's with the kernels that the engine would choose."""
    own = shape[0] * shape[1] > 1 or steps_with_onednn(original)
    passes = {rounded: (True, _pass(rounded, shape)), original: (own, _pass(original, shape))}
    seconds: dict[Any, list[float]] = {model: [] for model in passes}
    for _ in range(ROUNDS):
        for model, (enabled, one) in passes.items():
            with onednn(enabled):
                seconds[model].append(one())
    speeds = [1 / statistics.median(seconds[model]) for model in (rounded, original)]
    return Row(what, speeds[0], speeds[1], "passes/s", bar)


def _pass(model: Any, shape: tuple[int, int]) -> Any:
    """What takes the seconds of one pass over so many rows of so many tokens, after ``BEFORE`` others where it is one."""
    from transformers import DynamicCache

    rows, tokens = shape
    before = BEFORE if tokens == 1 else 0

    @torch.inference_mode()
    def one() -> float:
        cache = DynamicCache(config=model.config)
        if before:
            model(torch.ones(rows, before, dtype=torch.long), past_key_values=cache, logits_to_keep=1)
        started = time.perf_counter()
        model(torch.ones(rows, tokens, dtype=torch.long), past_key_values=cache, logits_to_keep=1)
        return time.perf_counter() - started

    return one

"""Which kernels a one-token step uses on this CPU: measured once at load, because neither is always the quicker."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

ROUNDS = 3


@contextmanager
def onednn(enabled: bool) -> Iterator[None]:
    """oneDNN switched on or off for the whole process; ``mkldnn.flags`` would set more, and warn of it."""
    backend: Any = torch.backends.mkldnn  # a module that is really an object with properties
    before = backend.enabled
    backend.enabled = enabled
    try:
        yield
    finally:
        backend.enabled = before


@torch.inference_mode()
def steps_with_onednn(model: Any) -> bool:
    """Whether the model's matrix-vector products run quicker with oneDNN than with PyTorch's own kernels.

    oneDNN is made for matrices; for one row of bf16 it took twice as long on the machine where this was seen. A prompt's
    many rows always use it. On a GPU the answer changes nothing.
    """
    linears = [module.weight for module in model.modules() if isinstance(module, torch.nn.Linear)]
    weights = [
        weight for weight in linears if weight.device.type == "cpu" and weight.element_size() > 1
    ]  # fp8 has no product
    if not weights:
        return True
    seconds = {True: float("inf"), False: float("inf")}
    for _ in range(ROUNDS):
        for enabled in seconds:
            with onednn(enabled):
                seconds[enabled] = min(seconds[enabled], _one_pass(weights))
    return seconds[True] <= seconds[False]


def _one_pass(weights: list[torch.Tensor]) -> float:
    started = time.perf_counter()
    for weight in weights:
        torch.nn.functional.linear(torch.ones(1, weight.shape[1], dtype=weight.dtype), weight)
    return time.perf_counter() - started

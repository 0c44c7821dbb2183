"""Checkpoints in block-wise fp8, as Intern-S1-mini-FP8: what their weights become here.

Where memory allows, they are expanded to bf16 once, at loading: the same numbers, and the quickest step without kernels of
one's own. Where only fp8 fits, a matrix is expanded each time it is used. transformers' own fp8 kernels are compiled code that
it fetches from the hub while it computes, which Retort never does.
"""

from __future__ import annotations

import torch
from transformers.integrations.finegrained_fp8 import FP8Linear


class ExpandedWhenUsed(FP8Linear):
    """A linear layer that keeps its matrix (out, in) in fp8 and computes in its input's precision.

    A scale of ``weight_scale_inv`` belongs to each block of ``block_size`` (rows, columns), as DeepSeek-V3's checkpoints
    have introduced it: weight = fp8 number x scale (https://arxiv.org/abs/2412.19437, section 3.3).
    """

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        weight, scale = self.weight.to(torch.float32), self.weight_scale_inv.to(torch.float32)
        if self.block_size is not None:
            rows, columns = self.block_size
            scale = scale.repeat_interleave(rows, 0)[: weight.shape[0]]
            scale = scale.repeat_interleave(columns, 1)[:, : weight.shape[1]]
        return torch.nn.functional.linear(input, (weight * scale).to(input.dtype), self.bias)


def expand_when_used(model: torch.nn.Module) -> None:
    """Have every fp8 matrix of a loaded model computed here instead of by kernels from the hub."""
    for module in model.modules():
        if type(module) is FP8Linear:
            module.__class__ = ExpandedWhenUsed  # its parameters are there already

"""Attention on the CPU that gives the same bits however a text is cut into passes.

The CPU's kernel sums in another order where few queries or a length that is no multiple of its vectors is asked of it; in
bf16 such a last bit grows over the layers until another token is the likeliest. Rounded up, both are always the same
work. (A layer's other products are matrix products, which oneDNN rounds alike for two rows and for hundreds, but for one
number in some hundred thousand.) It is also several times quicker for one token after thousands.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.functional import pad, scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import sdpa_mask

NAME = "sdpa_however_cut"
#: Multiples that the number of keys and of queries is rounded up to, as was seen to be enough with AVX-512.
KEYS, QUERIES = 16, 4
#: Tokens from which to repeat keys for the heads that share them costs less than a mask for each head.
MANY = 16


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """transformers' attention: queries of shape (batch, heads, tokens, size), keys and values with a divisor of the heads.

    Returns (batch, tokens, heads, size). Of few tokens, the heads that share keys are queries of one head: nothing is
    repeated.
    """
    heads, tokens, length = query.shape[1], query.shape[2], key.shape[2]
    group, more_keys = heads // key.shape[1], -length % KEYS
    if attention_mask is None and tokens == length:  # the first pass: half of the work can be left out
        query, key, value = (_longer(tensor, more_keys) for tensor in (query, key, value))
        key, value = (tensor.repeat_interleave(group, 1) for tensor in (key, value))
        seen = scaled_dot_product_attention(query, key, value, is_causal=True, scale=scaling)[:, :, :tokens]
        return seen.transpose(1, 2).contiguous(), None
    if attention_mask is None:
        attention_mask = torch.ones(tokens, length, dtype=torch.bool).tril(length - tokens)[None, None]
    if tokens >= MANY:
        key, value = (tensor.repeat_interleave(group, 1) for tensor in (key, value))
        group = 1
    more_queries = -group * tokens % QUERIES
    mask = attention_mask.repeat(1, 1, group, 1) if group > 1 else attention_mask
    if more_keys or more_queries:
        mask = pad(pad(mask, (0, more_keys)), (0, 0, 0, more_queries), value=True)
    queries = _longer(query.unflatten(1, (-1, group)).flatten(2, 3), more_queries)
    key, value = (_longer(tensor, more_keys) for tensor in (key, value))
    seen = scaled_dot_product_attention(queries, key, value, attn_mask=mask, scale=scaling)
    seen = seen[:, :, : group * tokens].unflatten(2, (group, tokens)).flatten(1, 2)
    return seen.transpose(1, 2).contiguous(), None


def _longer(tensor: torch.Tensor, more: int) -> torch.Tensor:
    return pad(tensor, (0, 0, 0, more)) if more else tensor


def attend_alike(model: Any) -> bool:
    """Make a model in bf16 on the CPU compute its attention so; False for others, which stay as they are."""
    config = model.config.get_text_config()
    on_cpu = all(parameter.device.type == "cpu" for parameter in model.parameters())
    if not on_cpu or model.dtype != torch.bfloat16 or config._attn_implementation not in ("sdpa", NAME):
        return False
    config._attn_implementation = NAME
    return True


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, sdpa_mask)

"""Which model a person gets who names none: Intern-S1-mini where it is at home, else the embedded one."""

from __future__ import annotations

from errors import ModelError
from model.embedded import embedded_path
from model.local.checkpoint import find_checkpoint

PREFERRED = "internlm/Intern-S1-mini"
LEAST_GPU_BYTES = 20_000_000_000  # 17.08 GB of weights in bf16, and a cache of 147 kB a token


def default_model(gpu_bytes: int | None = None) -> str:
    """A spec for ``load``: the preferred model if a GPU has room for it and its files are on this machine.

    Nothing is fetched unasked. ``gpu_bytes`` is what the roomiest GPU has free, measured where it is not given.
    """
    if (free_gpu_bytes() if gpu_bytes is None else gpu_bytes) < LEAST_GPU_BYTES:
        return str(embedded_path())
    try:
        find_checkpoint(PREFERRED)
    except ModelError:
        return str(embedded_path())
    return PREFERRED


def free_gpu_bytes() -> int:
    """Of the GPU with the most free memory; 0 without one."""
    import torch

    if not torch.cuda.is_available():
        return 0
    return max(torch.cuda.mem_get_info(device)[0] for device in range(torch.cuda.device_count()))

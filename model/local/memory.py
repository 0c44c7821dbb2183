"""What a conversation costs in memory, and what there is."""

from __future__ import annotations

from typing import Any

import torch

from model.local.placing import FP8_CAPABILITY, Room


def cache_bytes_per_token(model: Any) -> int:
    """Keys and values of one token in every layer, in the model's own precision."""
    config = model.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return 2 * config.num_hidden_layers * heads * size * model.dtype.itemsize


def free_bytes(device: torch.device) -> int:
    """Free on a GPU, or available on this machine."""
    import psutil

    if device.type == "cuda":
        torch.cuda.empty_cache()
        return torch.cuda.mem_get_info(device)[0]
    return psutil.virtual_memory().available


def usable_bytes(device: torch.device) -> int:
    """Free, with what PyTorch holds ready on a GPU: giving that back would make the next steps slow."""
    if device.type != "cuda":
        return free_bytes(device)
    ready = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return torch.cuda.mem_get_info(device)[0] + ready


def room() -> Room:
    """What every GPU and the machine have free now."""
    gpus = [torch.device("cuda", index) for index in range(torch.cuda.device_count())]
    has_fp8 = bool(gpus) and all(torch.cuda.get_device_capability(gpu) >= FP8_CAPABILITY for gpu in gpus)
    return Room(tuple(map(free_bytes, gpus)), free_bytes(torch.device("cpu")), has_fp8)


def main_device(model: Any) -> torch.device:
    """Where a model's inputs go: weights that wait in main memory for their turn on a GPU count as nowhere (meta)."""
    devices = (parameter.device for parameter in model.parameters())
    return next((device for device in devices if device.type != "meta"), torch.device("cpu"))


def is_out_of_memory(error: Exception) -> bool:
    """A GPU's own error, or what torch raises where the machine itself gives no more."""
    told = str(error)
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "can't allocate memory" in told

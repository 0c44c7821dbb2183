"""Where a model's weights go: one GPU, several, a GPU and main memory, or the processor alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from errors import ModelMemoryError

HEADROOM = 1.15  # of the weights' size, for the cache and what a step needs besides
#: NVIDIA's compute capability from which fp8 is computed with.
FP8_CAPABILITY = (8, 9)


@dataclass(frozen=True)
class Room:
    """Free bytes of each GPU and of the machine's own memory, and whether the GPUs compute with fp8."""

    gpus: tuple[int, ...]
    machine: int
    has_fp8: bool = False


@dataclass(frozen=True)
class Placement:
    """``arguments`` are those of transformers' ``from_pretrained``; ``carried`` the bytes that a GPU has no room for, which
    are brought to it anew for each token.
    """

    arguments: dict[str, Any] = field(default_factory=dict)
    carried: int = 0


def place(name: str, weight_bytes: int, room: Room) -> Placement:
    """The roomiest GPU if all fits there, else all GPUs, else these and main memory; raises ``ModelMemoryError``.

    More than one device is transformers' and accelerate's own business; they are told how much each may hold.
    """
    needed = int(weight_bytes * HEADROOM)
    if not room.gpus:
        if needed > room.machine:
            raise ModelMemoryError(_too_large(name, needed, f"{_gb(room.machine)} are free"))
        return Placement()
    roomiest = max(range(len(room.gpus)), key=room.gpus.__getitem__)
    if needed <= room.gpus[roomiest]:
        return Placement({"device_map": {"": roomiest}})
    holds: dict[int | str, int] = {index: int(free / HEADROOM) for index, free in enumerate(room.gpus)}
    on_gpus = sum(holds.values())
    if weight_bytes <= on_gpus:
        return Placement({"device_map": "auto", "max_memory": holds})
    holds["cpu"] = int(room.machine / HEADROOM)
    if weight_bytes <= sum(holds.values()):
        return Placement({"device_map": "auto", "max_memory": holds}, carried=weight_bytes - on_gpus)
    free = f"{_listed(room.gpus)} on the GPU{'s' if len(room.gpus) > 1 else ''} and {_gb(room.machine)} of main memory are free"
    raise ModelMemoryError(_too_large(name, needed, free))


def caution(placement: Placement, weight_bytes: int, step_s: float) -> str:
    """What a person should know before asking, where a token takes ``step_s`` seconds; empty for a model that is quick."""
    if not placement.carried and step_s < 0.2:
        return ""
    speed = f"about {1 / step_s:.1f} tokens a second are to be expected"
    if placement.carried:
        carried = f"{_gb(placement.carried)} of its {_gb(weight_bytes)} do not fit on the GPU"
        return f"{carried} and are carried there for each token: {speed}."
    return f"It computes {_gb(weight_bytes)} of weights for each token on this machine: {speed}."


def _too_large(name: str, needed: int, free: str) -> str:
    return f"{name} needs about {_gb(needed)} of memory and {free}; close other programs, or choose a smaller model."


def _listed(amounts: Sequence[int]) -> str:
    return " + ".join(map(_gb, amounts))


def _gb(count: float) -> str:
    return f"{count / 1e9:.1f} GB"

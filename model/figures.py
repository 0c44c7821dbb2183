"""What an engine has done and is doing, in numbers: for the status page and for who watches the machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Figures:
    """Counts since the model was loaded, memory in bytes, and how it stands now."""

    context: int  # tokens that prompt and answer may have together
    answering: int = 0  # answers under way, those included whose prompt is being read
    most_answering: int = 1
    waiting: int = 0  # requests whose turn has not come
    most_waiting: int | None = None  # None: there is no limit
    tokens_per_s: float = 0.0  # new tokens of all answers together, over the last seconds in which there were any
    passes: int = 0  # of the model, each over one token or many of one answer or several
    finished: int = 0  # answers that came to an end, by whatever reason but a failure
    failed: int = 0
    restarts: int = 0  # of the thread that computes
    prompt_tokens: int = 0
    reused_tokens: int = 0  # of these, read before
    new_tokens: int = 0
    drafted_tokens: int = 0  # guessed from the text before them
    accepted_tokens: int = 0  # of these, right
    weight_bytes: int = 0
    cache_bytes: int = 0  # of what was read before and is kept
    answering_bytes: int = 0  # caches of the answers under way
    most_cache_bytes: int = 0  # both together at most


@runtime_checkable
class HasFigures(Protocol):
    def figures(self) -> Figures: ...

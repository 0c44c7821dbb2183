"""One generation as its reader sees it: what to do, when to stop, where the words go, and what has been counted."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from model.events import Event, Finished, FinishReason, ThinkingDelta, Usage
from model.local.calls import CallGuide
from model.local.outbox import Outbox
from model.local.sampling import Sampling
from model.parsing import OutputParser


@dataclass(eq=False)
class Request:
    """One generation: what to do, when to stop, where the words go."""

    prompt: list[int]
    keys: list[int]  # the same, with each picture's places told apart
    guide: CallGuide | None  # what keeps its tool calls valid
    pixels: list[torch.Tensor]  # of the pictures and videos in the prompt, in order
    parser: OutputParser
    sampling: Sampling
    max_new_tokens: int
    context: int  # tokens that prompt and answer may have together
    full: FinishReason  # why it ends after ``max_new_tokens``
    thinking_budget: int | None
    one_line: bool
    stop: threading.Event
    closing: threading.Event  # the model's own end
    asked_at: float
    outbox: Outbox = field(default_factory=Outbox)
    begun: bool = False  # its turn has come
    left: bool = False  # the reader has gone
    reused_tokens: int = 0
    new_tokens: int = 0
    thinking_tokens: int = 0
    told_thinking: int = 0
    first_token_s: float | None = None

    @property
    def is_over(self) -> bool:
        return self.left or self.stop.is_set() or self.closing.is_set()

    def tell(self, events: Sequence[Event], thinking_tokens: int) -> None:
        """Pass events on, the thinking with the tokens that it took since it was last told of."""
        counted = []
        for event in events:
            if isinstance(event, ThinkingDelta):
                event = ThinkingDelta(event.text, max(0, thinking_tokens - self.told_thinking))
                self.told_thinking = max(self.told_thinking, thinking_tokens)
            counted.append(event)
        self.outbox.put_all(counted)

    def finished(self, reason: FinishReason) -> Finished:
        seconds = time.perf_counter() - self.asked_at
        usage = Usage(
            prompt_tokens=len(self.prompt),
            new_tokens=self.new_tokens,
            first_token_s=self.first_token_s,
            seconds=seconds,
            thinking_tokens=self.thinking_tokens,
            reused_tokens=self.reused_tokens,
            context_tokens=self.context,
            used_tokens=len(self.prompt) + self.new_tokens,
        )
        return Finished(usage, reason)

    def has_thought_enough(self) -> bool:
        """Once: the thinking has used its budget up."""
        if not self.parser.is_thinking:
            return False
        self.thinking_tokens += 1
        if self.thinking_budget is None or self.thinking_tokens < self.thinking_budget:
            return False
        self.thinking_budget = None
        return True

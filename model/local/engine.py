"""One thread owns the model and decodes; everyone else waits for its words."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from transformers import DynamicCache

from errors import ModelError
from model.catalog import KnownModel
from model.events import Abilities, Event, Finished, FinishReason, Options, ToolSchema, Usage
from model.local.chat import ChatFormat
from model.local.detokenizing import Detokenizer
from model.local.kernels import steps_with_onednn
from model.local.outbox import Outbox
from model.local.sampling import Sampler, Sampling
from model.messages import Message
from model.parsing import OutputParser

PREFILL_CHUNK = 512  # tokens between two looks at the stop


def default_threads() -> int:
    """All cores but one, which is the page's and the tools': a busy neighbour slows every thread of a matrix product."""
    return max(1, (os.cpu_count() or 2) - 1)


@dataclass
class _Request:
    """One generation: what to do, when to stop, where the words go."""

    prompt: list[int]
    parser: OutputParser
    sampling: Sampling
    max_new_tokens: int
    stop: threading.Event
    asked_at: float
    outbox: Outbox = field(default_factory=Outbox)
    begun: bool = False  # its turn has come
    left: bool = False  # the reader has gone
    new_tokens: int = 0
    first_token_s: float | None = None

    @property
    def is_over(self) -> bool:
        return self.left or self.stop.is_set()

    def finished(self, reason: FinishReason) -> Finished:
        usage = Usage(len(self.prompt), self.new_tokens, self.first_token_s, time.perf_counter() - self.asked_at)
        return Finished(usage, reason)


class LocalModel:
    """A transformers model as a ``ChatModel``. Requests are answered one after the other, in order."""

    def __init__(
        self, model: Any, tokenizer: Any, known: KnownModel, abilities: Abilities, threads: int | None = None
    ) -> None:
        self.name = known.name
        self.abilities = abilities
        self.context = int(getattr(model.config.get_text_config(), "max_position_embeddings", 4096))
        self.model = model
        self.tokenizer = tokenizer
        self._known = known
        self._format = ChatFormat(tokenizer, abilities, self.context)
        self._ends = _end_ids(model, tokenizer)
        self.threads = threads or default_threads()
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._decoding = threading.Thread(target=self._run, name="decode", daemon=True)
        self._decoding.start()

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], options: Options, stop: threading.Event
    ) -> Iterator[Event]:
        """See ``ChatModel``; raises ``ModelError`` if the prompt does not fit or the generation fails."""
        asked_at = time.perf_counter()
        room = options.max_new_tokens or self._known.max_new_tokens
        prompt = self._format.prompt(messages, tools, options.thinking, room)
        request = _Request(
            prompt=prompt.ids,
            parser=OutputParser(thinking_open=prompt.thinking_open),
            sampling=self.sampling(options),
            max_new_tokens=min(room, self.context - len(prompt.ids)),
            stop=stop,
            asked_at=asked_at,
        )
        self._requests.put(request)
        try:
            closed = False
            while not closed:
                events, closed = request.outbox.take()
                yield from events
                if stop.is_set() and not request.begun:  # still in the queue: nobody waits for its turn
                    yield request.finished("stopped")
                    return
        finally:
            request.left = True

    def prompt_ids(self, messages: Sequence[Message]) -> list[int]:
        """The token ids of a conversation's prompt."""
        return self._format.prompt(messages, (), None, 1).ids

    def close(self) -> None:
        """End the decode thread after what is queued."""
        self._requests.put(None)
        self._decoding.join()

    def sampling(self, options: Options) -> Sampling:
        """The values that a generation uses: those asked for, else the catalog's, else the checkpoint's."""
        own, known = self.model.generation_config, self._known

        def first(*values: float | None) -> float:
            return next((value for value in values if value is not None), 0.0)

        return Sampling(
            temperature=first(options.temperature, known.temperature, _temperature(own)),
            top_p=first(options.top_p, known.top_p, getattr(own, "top_p", None), 1.0),
            top_k=int(first(options.top_k, known.top_k, getattr(own, "top_k", None), 0)),
            min_p=first(options.min_p, known.min_p, getattr(own, "min_p", None), 0.0),
            repetition_penalty=first(
                options.repetition_penalty, known.repetition_penalty, getattr(own, "repetition_penalty", None), 1.0
            ),
            seed=options.seed,
        )

    def _run(self) -> None:
        torch.set_num_threads(self.threads)
        self._onednn = steps_with_onednn(self.model)
        while (request := self._requests.get()) is not None:
            if request.left:
                continue
            request.begun = True
            try:
                with torch.inference_mode():
                    reason = self._generate(request)
                request.outbox.put(request.finished(reason))
                request.outbox.close()
            except torch.OutOfMemoryError:
                request.outbox.close(
                    ModelError("The machine ran out of memory for this answer; shorten the conversation.")
                )
            except Exception as error:  # this request fails; the thread and the others go on
                failed = ModelError(f"The model failed in this answer ({type(error).__name__}: {error}); ask again.")
                failed.__cause__ = error
                request.outbox.close(failed)

    def _generate(self, request: _Request) -> FinishReason:
        """Prefill, then a token a step until an end, the budget or a stop; the stop is seen before each step."""
        cache = DynamicCache(config=self.model.config.get_text_config())
        logits = self._prefill(request, cache)
        if logits is None:
            return "stopped"
        with torch.backends.mkldnn.flags(enabled=self._onednn, allow_tf32=False):
            return self._decode(request, cache, logits)

    def _decode(self, request: _Request, cache: DynamicCache, logits: torch.Tensor) -> FinishReason:
        sampler = Sampler(request.sampling, logits.device)
        detokenizer = Detokenizer(self.tokenizer)
        step = torch.empty((1, 1), dtype=torch.long, device=logits.device)
        reason: FinishReason = "length"
        while True:
            token = sampler.choose(logits)
            request.new_tokens += 1
            if request.first_token_s is None:
                request.first_token_s = time.perf_counter() - request.asked_at
            if token in self._ends:
                reason = "stop"
                break
            if piece := detokenizer.add(token):
                self._say(request, request.parser.feed(piece))
            if request.new_tokens >= request.max_new_tokens:
                break
            if request.is_over:
                reason = "stopped"
                break
            step.fill_(token)
            logits = self.model(input_ids=step, past_key_values=cache, use_cache=True, logits_to_keep=1).logits[0, -1]
        if piece := detokenizer.close():
            self._say(request, request.parser.feed(piece))
        self._say(request, request.parser.close())
        return reason

    def _prefill(self, request: _Request, cache: DynamicCache) -> torch.Tensor | None:
        """Logits after the prompt, of shape (vocabulary,); None if it was stopped before."""
        ids = torch.tensor([request.prompt], device=self.model.device)
        logits = None
        for start in range(0, ids.shape[1], PREFILL_CHUNK):
            if request.is_over:
                return None
            chunk = ids[:, start : start + PREFILL_CHUNK]
            logits = self.model(input_ids=chunk, past_key_values=cache, use_cache=True, logits_to_keep=1).logits[0, -1]
        return logits

    def _say(self, request: _Request, events: Sequence[Event]) -> None:
        for event in events:
            request.outbox.put(event)


def _temperature(configured: Any) -> float:
    """The checkpoint's own temperature; 0, which is greedy, where it says that it is not to be sampled."""
    if not getattr(configured, "do_sample", False):
        return 0.0
    return getattr(configured, "temperature", None) or 1.0


def _end_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    """The ids that end an answer: the generation config's and the tokenizer's."""
    ends = {tokenizer.eos_token_id}
    configured = getattr(model.generation_config, "eos_token_id", None)
    ends |= set(configured) if isinstance(configured, (list, tuple)) else {configured}
    return frozenset(end for end in ends if end is not None)

"""The engines that run in this process: this app's, transformers' ``generate``, and transformers' continuous batching.

Each has a model of its own in bf16, since each changes how its model attends; all compute with the same number of threads.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    ContinuousBatchingConfig,
    GenerationConfig,
    TextIteratorStreamer,
)

from bench.engines_way import ANSWER_WITHIN_S, Answer, Talk, Way
from model.embedded import embedded_path
from model.events import Finished, Options, TextDelta
from model.local.engine import LocalModel
from model.local.loading import load

#: Of 256 tokens each: eight short answers and a chat of 4,000 tokens fit twice. By default it takes 60 % of the free memory.
CACHE_BLOCKS = 64
#: Prompt tokens read between two steps: as many as ours reads.
TOKENS_AT_ONCE = 512


class Retort(Way):
    """``LocalModel.stream``, read as the page does."""

    def __init__(self, name: str, local: LocalModel) -> None:
        self.name, self.local = name, local
        self._passes = Passes(local.model)

    def answer(self, talk: Talk, new_tokens: int, left: threading.Event, answer: Answer) -> None:
        options = Options(max_new_tokens=new_tokens, temperature=0.0, repetition_penalty=1.0)
        for event in self.local.stream(talk, (), options, left):
            if isinstance(event, TextDelta):
                answer.hear(event.text)
            elif isinstance(event, Finished):
                answer.tokens, answer.prompt_tokens = event.usage.new_tokens, event.usage.prompt_tokens
        answer.ended_at = time.perf_counter()

    def worked(self) -> float:
        return self._passes.count + self.local.figures().passes

    def close(self) -> None:
        self.local.close()


def retorts(threads: int) -> list[Retort]:
    """Ours as it is by default and, where that is not how the checkpoint has them, with full weights."""
    ways = [Retort("Retort", load(str(embedded_path()), threads=threads))]
    if "weights" in inspect.signature(load).parameters:
        full: dict[str, Any] = {"weights": "full"}
        ways.append(Retort("Retort, full weights", load(str(embedded_path()), threads=threads, **full)))
    return ways


class Passes:
    """Counts the passes of a model; ``threads``, where given, is how many compute in each."""

    def __init__(self, model: Any, threads: int | None = None) -> None:
        self.count = 0
        if threads:  # holds for the calling thread alone, and the libraries compute in threads of their own
            model.register_forward_pre_hook(lambda *_: torch.set_num_threads(threads))
        model.register_forward_hook(self._counted)

    def _counted(self, *_: Any) -> None:
        self.count += 1


def fresh_model() -> Any:
    return AutoModelForCausalLM.from_pretrained(embedded_path(), dtype="auto", local_files_only=True).eval()


class _Generate(Way):
    """``generate`` computes to its end, whoever reads."""

    can_be_left = False
    remembers = False

    def __init__(self, local: LocalModel, model: Any, passes: Passes) -> None:
        self._tokenizer, self._prompt_ids, self._model, self._passes = local.tokenizer, local.prompt_ids, model, passes

    def _generate(self, prompts: torch.Tensor, new_tokens: int, **options: Any) -> list[int]:
        """The new tokens of each row, up to and with their end."""
        ends = self._model.generation_config.eos_token_id
        options.setdefault("attention_mask", torch.ones_like(prompts))
        with torch.inference_mode():
            made = self._model.generate(
                input_ids=prompts, max_new_tokens=new_tokens, do_sample=False, temperature=None, top_p=None, **options
            )
        return [length_until(row, ends) for row in made[:, prompts.shape[1] :].tolist()]

    def worked(self) -> float:
        return self._passes.count

    def close(self) -> None:
        pass


def length_until(ids: Sequence[int], end: int) -> int:
    """How many ids there are up to the end, which counts."""
    return ids.index(end) + 1 if end in ids else len(ids)


class Streamer(_Generate):
    """As most Gradio apps have it; several at once run in as many threads."""

    name = "`generate`, TextIteratorStreamer"
    shares_steps = False

    def answer(self, talk: Talk, new_tokens: int, left: threading.Event, answer: Answer) -> None:
        prompt = torch.tensor([self._prompt_ids(talk)])
        streamer = TextIteratorStreamer(self._tokenizer, skip_prompt=True, timeout=ANSWER_WITHIN_S)
        made: Future[list[int]] = Future()

        def run() -> None:
            try:
                made.set_result(self._generate(prompt, new_tokens, streamer=streamer))
            except Exception as error:  # told to the reader, who would wait for ever
                made.set_exception(error)
                streamer.end()

        threading.Thread(target=run, daemon=True).start()
        for text in streamer:
            answer.hear(text)
        answer.tokens, answer.prompt_tokens = made.result(ANSWER_WITHIN_S)[0], prompt.shape[1]
        answer.ended_at = time.perf_counter()


class Plain(_Generate):
    """Nothing is heard before the end; several at once are one padded batch."""

    name = "plain `generate` (not streamed)"
    streams = False

    def answer(self, talk: Talk, new_tokens: int, left: threading.Event, answer: Answer) -> None:
        prompt = torch.tensor([self._prompt_ids(talk)])
        (answer.tokens,), answer.prompt_tokens = self._generate(prompt, new_tokens), prompt.shape[1]
        answer.ended_at = time.perf_counter()

    def together(self, talks: Sequence[Talk], new_tokens: int) -> list[Answer]:
        asked_at = time.perf_counter()
        prompts, mask = padded([self._prompt_ids(talk) for talk in talks])
        lengths = self._generate(prompts, new_tokens, attention_mask=mask)
        ended_at = time.perf_counter()
        return [Answer(asked_at, ended_at=ended_at, tokens=length) for length in lengths]


def padded(prompts: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and attention mask, each of shape (prompts, longest), filled up on the left."""
    longest = max(map(len, prompts))
    ids = torch.tensor([[0] * (longest - len(prompt)) + list(prompt) for prompt in prompts])
    mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    return ids, mask


def generates(local: LocalModel) -> list[Way]:
    model = fresh_model()
    passes = Passes(model, local.threads)
    return [Streamer(local, model, passes), Plain(local, model, passes)]


class ContinuousBatching(Way):
    """transformers' engine in this process; its results come by handlers on one asyncio loop."""

    name = "transformers' continuous batching, in process"

    def __init__(self, local: LocalModel) -> None:
        self._tokenizer, self._prompt_ids = local.tokenizer, local.prompt_ids
        model = fresh_model()
        self._passes = Passes(model, local.threads)
        self._end = model.generation_config.eos_token_id
        self._engine = model.init_continuous_batching(
            generation_config=GenerationConfig(do_sample=False, eos_token_id=self._end, pad_token_id=self._end),
            continuous_batching_config=ContinuousBatchingConfig(
                num_blocks=CACHE_BLOCKS, max_batch_tokens=TOKENS_AT_ONCE
            ),
        )
        self._engine.start()
        self._loop = asyncio.new_event_loop()
        self._turning = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._turning.start()

    def answer(self, talk: Talk, new_tokens: int, left: threading.Event, answer: Answer) -> None:
        ids = self._prompt_ids(talk)
        asyncio.run_coroutine_threadsafe(self._answer(ids, new_tokens, left, answer), self._loop).result(
            ANSWER_WITHIN_S
        )

    async def _answer(self, ids: list[int], new_tokens: int, left: threading.Event, answer: Answer) -> None:
        request, ended = uuid.uuid4().hex, asyncio.Event()
        answer.prompt_tokens = len(ids)
        piece = self._pieces()

        def heard(output: Any) -> None:
            if answer.left_at is not None:
                return
            for token in output.generated_tokens[answer.tokens :]:
                answer.hear(piece(token) or "")
            answer.tokens = len(output.generated_tokens)
            if left.is_set() and not output.is_finished():
                self._engine.cancel_request(request)
                answer.left_at = time.perf_counter()
            if output.error is not None:
                failed.append(output.error)
            if output.is_finished() or answer.left_at is not None:  # who cancels is told no end
                ended.set()

        failed: list[str] = []
        self._engine.register_result_handler(request, heard)
        self._engine.add_request(
            ids, request_id=request, max_new_tokens=new_tokens, streaming=True, eos_token_id=self._end
        )
        await ended.wait()
        answer.ended_at = time.perf_counter()
        if failed:
            raise RuntimeError(failed[0])

    def _pieces(self) -> Callable[[int], str | None]:
        from tokenizers.decoders import DecodeStream

        stream = DecodeStream(skip_special_tokens=True)
        return lambda token: stream.step(self._tokenizer._tokenizer, token)

    def worked(self) -> float:
        return self._passes.count

    def close(self) -> None:
        self._engine.stop(block=True, timeout=5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._turning.join(5)
        self._loop.close()

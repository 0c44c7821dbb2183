"""One thread owns the model and computes all answers; everyone else waits for its words."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import cached_property
from typing import Any

import torch

from errors import ModelError, ModelMemoryError
from model.catalog import KnownModel
from model.events import Abilities, Event, Note, Options, ToolSchema, Waiting
from model.figures import Figures
from model.local.answer import Answer, Words
from model.local.blocks import BLOCK
from model.local.calls import CallGuides
from model.local.chat import ChatFormat, Eyes, Prompt
from model.local.int8 import is_quantized, weight_bytes, weights_of
from model.local.kernels import steps_with_onednn
from model.local.line import Line
from model.local.memory import cache_bytes_per_token, free_bytes, main_device
from model.local.pictures import Seeing, keyed
from model.local.reader import Reader, reader_of
from model.local.request import Request
from model.local.sampling import Sampling
from model.local.scheduler import Pace, Scheduler
from model.messages import Message
from model.parsing import OutputParser

#: Tokens of a prompt in one pass, some tenths of a second; fewer where others wait for their next word.
CHUNK, CHUNK_BESIDE = 512, 128
CHUNK_ON_GPU, CHUNK_BESIDE_ON_GPU = 8192, 1024
#: Answers that are made at once, and questions that may wait for their turn.
MOST_ANSWERING, MOST_WAITING = 8, 32
#: Of a long answer's tokens, so many are kept from thinking, so that it never ends before the answer has begun.
KEPT_FOR_ANSWER, LONG_ANSWER = 1024, 4096


def default_threads() -> int:
    """All cores but one, which is the page's and the tools': a busy neighbour slows every thread of a matrix product."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    return max(1, cores - 1)


class LocalModel:
    """A transformers model as a ``ChatModel``; questions asked at once are answered together.

    ``threads`` is the number of CPU threads that compute, ``cache_budget`` the bytes for what was read before (None: see
    ``reader_of``), ``most_answering`` how many answers are made at once and ``most_waiting`` how many more questions may
    wait. Raises what the model raises if it cannot take a single step.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        known: KnownModel,
        abilities: Abilities,
        threads: int | None = None,
        eyes: Eyes | None = None,
        cache_budget: int | None = None,
        most_answering: int | None = None,
        most_waiting: int | None = None,
    ) -> None:
        self.name = known.name
        self.abilities = abilities
        self.context = known.context or int(getattr(model.config.get_text_config(), "max_position_embeddings", 4096))
        self.caution = ""  #: what a person should know of it before asking
        self.weights = weights_of(model)  #: "int8", or the type that they are computed with
        self.step_s = 0.0  #: seconds of one step, as the second one took
        self.model = model
        self.device = main_device(model)
        self.tokenizer = tokenizer
        self.eyes = eyes
        self.threads = threads or default_threads()
        self._known = known
        self._format = ChatFormat(tokenizer, abilities, self.context, eyes)
        self._words = Words(model, tokenizer)
        self._calls = CallGuides(tokenizer, model.get_output_embeddings().weight.shape[0])
        if abilities.tools:
            self._calls.prepare()
        self._cache_budget, self._most_answering = cache_budget, most_answering or MOST_ANSWERING
        self._line: Line[Request] = Line(MOST_WAITING if most_waiting is None else most_waiting)
        self._closing = threading.Event()
        self._reviving = threading.Lock()
        self._restarts = 0
        warm: Future[Scheduler] = Future()
        self._begin_thread(self._warm_up, warm)
        self._scheduler = warm.result()

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], options: Options, stop: threading.Event
    ) -> Iterator[Event]:
        """See ``ChatModel``; raises ``ModelError`` if the prompt does not fit or the generation fails, and ``UploadError``
        for a picture that cannot be read.
        """
        asked_at = time.perf_counter()
        room = options.max_new_tokens or self._known.max_new_tokens
        context = min(self.context, options.context_tokens or self.context)
        prompt = self._format.prompt(messages, tools, options.thinking, room, options.image_tiles, context)
        max_new_tokens = min(room, context - len(prompt.ids))
        pictures = [glimpse.prepared() for glimpse in prompt.seen]  # decoded here: the decode thread is everybody's
        yield from (Note(note) for picture in pictures for note in picture.notes)
        pixels = [picture.pixel_values for picture in pictures]
        request = Request(
            prompt=prompt.ids,
            keys=keyed(prompt.ids, self.model.config.image_token_id, pixels) if pixels else prompt.ids,
            guide=self._calls.guide(tools) if options.valid_calls else None,
            pixels=pixels,
            parser=OutputParser(thinking_open=prompt.thinking_open),
            sampling=self.sampling(options),
            max_new_tokens=max_new_tokens,
            context=context,
            full="context" if max_new_tokens < room and context == self.context else "length",
            thinking_budget=self._thinking_budget(options, max_new_tokens),
            one_line=options.one_line,
            stop=stop,
            closing=self._closing,
            asked_at=asked_at,
        )
        self._revive()
        self._line.enter(request, self._scheduler.free_places)
        try:
            yield from self._told(request, options.tell_waiting)
        finally:
            request.left = True
            self._line.leave(request)

    def _thinking_budget(self, options: Options, max_new_tokens: int) -> int | None:
        if options.thinking_tokens is not None:  # the words that end it must have room
            return min(options.thinking_tokens, max(1, max_new_tokens - len(self._words.last_thought) - 1))
        return max_new_tokens - KEPT_FOR_ANSWER if max_new_tokens >= LONG_ANSWER else None

    def _told(self, request: Request, tell_waiting: bool) -> Iterator[Event]:
        """What the decode thread says of the request, and before that, its place in the line."""
        closed, last_told = False, 0
        while not closed:
            events, closed = request.outbox.take()
            yield from events
            if not (events or closed):
                self._revive()
                if self._closing.is_set() and not self._decoding.is_alive():
                    yield request.finished("stopped")
                    return
            if request.begun:
                continue
            if request.stop.is_set():  # nobody waits for its turn
                yield request.finished("stopped")
                return
            if tell_waiting and self._scheduler.is_full and (ahead := self._line.ahead_of(request) + 1) != last_told:
                yield Waiting(ahead)
                last_told = ahead

    def prompt_ids(self, messages: Sequence[Message]) -> list[int]:
        """The token ids of a conversation's prompt."""
        return self.prompt(messages).ids

    def prompt(self, messages: Sequence[Message], thinking: bool | None = None) -> Prompt:
        """What the model reads of a conversation without tools."""
        return self._format.prompt(messages, (), thinking, 1)

    @property
    def cache_bytes(self) -> int:
        """Memory that holds what was read, for what may be asked next."""
        return self._scheduler.reader.kept_bytes

    def figures(self) -> Figures:
        """What it has done and how it stands now."""
        scheduler, counts = self._scheduler, self._scheduler.counts
        reader = scheduler.reader
        return Figures(
            context=self.context,
            answering=len(scheduler.answers),
            most_answering=scheduler.most,
            waiting=len(self._line),
            most_waiting=self._line.most,
            tokens_per_s=counts.tokens_per_s(),
            passes=counts.passes,
            finished=counts.finished,
            failed=counts.failed,
            restarts=self._restarts,
            prompt_tokens=counts.prompt_tokens,
            reused_tokens=counts.reused_tokens,
            new_tokens=counts.new_tokens,
            drafted_tokens=counts.drafted_tokens,
            accepted_tokens=counts.accepted_tokens,
            weight_bytes=self._weight_bytes,
            cache_bytes=reader.kept_bytes,
            answering_bytes=reader.answering_bytes,
            most_cache_bytes=reader.most_bytes,
        )

    @cached_property
    def _weight_bytes(self) -> int:
        tensors = (*self.model.parameters(), *self.model.buffers())
        own = sum({tensor.data_ptr(): tensor.nbytes for tensor in tensors if tensor.device.type != "meta"}.values())
        return own + weight_bytes(self.model)

    def close(self) -> None:
        """Stop what is being generated, end the streams that wait, and the decode thread; let what was kept go."""
        self._closing.set()
        self._line.close()
        self._decoding.join()
        self._scheduler.reader.forget()

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
            digits=options.digits,
        )

    def _begin_thread(self, target: Callable[..., None], *arguments: Any) -> None:
        self._decoding = threading.Thread(target=target, args=arguments, name="decode", daemon=True)
        self._decoding.start()

    def _warm_up(self, warm: Future[Scheduler]) -> None:
        torch.set_num_threads(self.threads)  # counts for the calling thread
        try:
            scheduler = self._scheduler_of(reader_of(self.model, self.context, self._cache_budget))
            with torch.inference_mode():
                began = time.perf_counter()
                self.model(input_ids=torch.zeros((1, 1), dtype=torch.long, device=self.device)).logits.cpu()
                self.step_s = time.perf_counter() - began
        except Exception as error:  # whoever builds this model is told; there is no thread then
            warm.set_exception(error)
            return
        warm.set_result(scheduler)
        scheduler.run()

    def _scheduler_of(self, reader: Reader) -> Scheduler:
        on_cpu = self.device.type == "cpu"
        # exact sums make a token alone the same as among others; so nearly does float32
        rereads = on_cpu and self.model.dtype == torch.bfloat16 and not is_quantized(self.model)
        pace = Pace(
            chunk=CHUNK if on_cpu else CHUNK_ON_GPU,
            beside=CHUNK_BESIDE if on_cpu else CHUNK_BESIDE_ON_GPU,
            least=2 if rereads else 1,
            rereads=rereads,
            onednn_alone=steps_with_onednn(self.model),
        )
        return Scheduler(reader, self._line, self._most_answering, pace, self._begun, self._no_memory)

    def _run_again(self) -> None:
        torch.set_num_threads(self.threads)
        self._scheduler.fail_all(ModelError("The engine stopped in the middle and has been started anew; ask again."))
        self._scheduler.run()

    def _revive(self) -> None:
        """The thread that computes does not end by itself; if something ended it, its answers fail and another begins."""
        if self._decoding.is_alive() or self._closing.is_set():
            return
        with self._reviving:
            if self._decoding.is_alive() or self._closing.is_set():
                return
            self._restarts += 1
            self._begin_thread(self._run_again)

    def _begun(self, request: Request) -> Answer:
        seeing = Seeing(self.model, request.prompt, request.pixels) if request.pixels else None
        return Answer(request, self._words, self.device, seeing, drafts=self.device.type == "cpu")

    def _no_memory(self, reached: int) -> ModelMemoryError:
        """How long a conversation would fit now: as memory has room for, and well below what it was."""
        room = free_bytes(self.device) // (2 * cache_bytes_per_token(self.model))  # half: a step needs some, too
        fits = min(room, self._scheduler.reader.free_blocks * BLOCK, 3 * reached // 4)
        return ModelMemoryError(
            f"The machine ran out of memory at {reached:,} tokens; about {fits:,} would fit now: shorten the conversation, or "
            "retry with less.",
            fits,
        )


def _temperature(configured: Any) -> float:
    """The checkpoint's own temperature; 0, which is greedy, where it says that it is not to be sampled."""
    if not getattr(configured, "do_sample", False):
        return 0.0
    return getattr(configured, "temperature", None) or 1.0

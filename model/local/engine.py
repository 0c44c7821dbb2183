"""One thread owns the model and decodes; everyone else waits for its words."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from functools import cached_property
from typing import Any

import torch

from errors import ModelError, ModelMemoryError
from model.catalog import KnownModel
from model.events import Abilities, Event, FinishReason, Note, Options, ToolSchema, Waiting
from model.figures import Figures
from model.local.attention import attend_alike
from model.local.calls import CallGuides
from model.local.chat import ChatFormat, Eyes, Prompt
from model.local.detokenizing import Detokenizer
from model.local.kernels import onednn, steps_with_onednn
from model.local.line import Line
from model.local.memory import cache_bytes_per_token, free_bytes, is_out_of_memory, main_device
from model.local.pictures import embedded, keyed
from model.local.prefixes import Prefixes, Read
from model.local.request import Request
from model.local.sampling import Sampler, Sampling
from model.messages import Message
from model.parsing import OutputParser

#: Tokens between two looks at the stop, some tenths of a second each.
PREFILL_CHUNK, PREFILL_CHUNK_ON_GPU = 512, 8192
#: Where a single token's products would differ from those of many, which is on the CPU in bf16: so many are read at least,
#: and what was said is read again, so many at once, when nobody has asked for so long.
LEAST_AT_ONCE, REREAD_CHUNK, REREAD_AFTER_S = 2, 128, 0.25
LAST_THOUGHT = "\n\nMy budget for thinking is used up, so I answer with what I have.\n</think>\n\n"
#: Of a long answer's tokens, so many are kept from thinking, so that it never ends before the answer has begun.
KEPT_FOR_ANSWER, LONG_ANSWER = 1024, 4096


def default_threads() -> int:
    """All cores but one, which is the page's and the tools': a busy neighbour slows every thread of a matrix product."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    return max(1, cores - 1)


class LocalModel:
    """A transformers model as a ``ChatModel``. Requests are answered one after the other, in order.

    ``threads`` is the number of CPU threads that compute, ``cache_budget`` the bytes for caches of what was read before
    (None: see ``Prefixes``). Raises what the model raises if it cannot take a single step.
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
    ) -> None:
        self.name = known.name
        self.abilities = abilities
        self.context = known.context or int(getattr(model.config.get_text_config(), "max_position_embeddings", 4096))
        self.caution = ""  #: what a person should know of it before asking
        self.step_s = 0.0  #: seconds of one step, as the second one took
        self.model = model
        self.device = main_device(model)
        self.tokenizer = tokenizer
        self.eyes = eyes
        self.threads = threads or default_threads()
        self._known = known
        self._format = ChatFormat(tokenizer, abilities, self.context, eyes)
        self._ends = _end_ids(model, tokenizer)
        self._calls = CallGuides(tokenizer, model.get_output_embeddings().weight.shape[0])
        if abilities.tools:
            self._calls.prepare()
        self._prefixes = Prefixes(model, self.context, cache_budget)
        self._rereads = attend_alike(model)
        self._line: Line[Request] = Line()
        self._closing = threading.Event()
        warm: Future[bool] = Future()
        self._decoding = threading.Thread(target=self._run, args=(warm,), name="decode", daemon=True)
        self._decoding.start()
        warm.result()

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
            full="context" if max_new_tokens < room and context == self.context else "length",
            thinking_budget=self._thinking_budget(options, max_new_tokens),
            one_line=options.one_line,
            stop=stop,
            closing=self._closing,
            asked_at=asked_at,
        )
        self._line.enter(request)
        try:
            yield from self._told(request, options.tell_waiting)
        finally:
            request.left = True
            self._line.leave(request)

    def _thinking_budget(self, options: Options, max_new_tokens: int) -> int | None:
        if options.thinking_tokens is not None:
            return options.thinking_tokens
        return max_new_tokens - KEPT_FOR_ANSWER if max_new_tokens >= LONG_ANSWER else None

    def _told(self, request: Request, tell_waiting: bool) -> Iterator[Event]:
        """What the decode thread says of the request, and before that, its place in the line."""
        closed, last_told = False, 0
        while not closed:
            events, closed = request.outbox.take()
            yield from events
            if request.begun:
                continue
            if request.stop.is_set():  # nobody waits for its turn
                yield request.finished("stopped")
                return
            if tell_waiting and (ahead := self._line.ahead_of(request)) not in (0, last_told):
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
        """Memory of the caches that are kept for what may be asked next."""
        return self._prefixes.held_bytes

    def figures(self) -> Figures:
        """How it stands now."""
        return Figures(self.context, cache_bytes=self.cache_bytes)

    @cached_property
    def _last_thought(self) -> list[int]:
        return self.tokenizer.encode(LAST_THOUGHT, add_special_tokens=False)

    @cached_property
    def _digit_ids(self) -> list[int]:
        tokens = self.tokenizer.convert_ids_to_tokens(range(len(self.tokenizer)))
        return [id for id, token in enumerate(tokens) if any(letter.isdigit() for letter in token or "")]

    def close(self) -> None:
        """Stop what is being generated, end the streams that wait, and the decode thread; let the caches go."""
        self._closing.set()
        self._line.close()
        self._decoding.join()
        self._prefixes.clear()

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

    def _run(self, warm: Future[bool]) -> None:
        torch.set_num_threads(self.threads)  # counts for the calling thread
        try:
            for _ in range(2):  # the first makes ready what the others use
                began = time.perf_counter()
                with torch.inference_mode():
                    self.model(input_ids=torch.zeros((1, 1), dtype=torch.long, device=self.device)).logits.cpu()
                self.step_s = time.perf_counter() - began
            self._onednn = steps_with_onednn(self.model)
        except Exception as error:  # whoever builds this model is told; there is no thread then
            warm.set_exception(error)
            return
        warm.set_result(True)
        while (request := self._line.head()) is not None:
            self._answer(request)
            self._line.leave(request)
            self._read_again(request)

    def _answer(self, request: Request) -> None:
        request.begun = True
        try:
            with torch.inference_mode():
                reason = self._generate(request)
            request.outbox.put(request.finished(reason))
            request.outbox.close()
            return
        except Exception as error:  # this request fails; the thread and the others go on
            failed = ModelError(f"The model failed in this answer ({type(error).__name__}: {error}); ask again.")
            is_memory = is_out_of_memory(error)
            if not is_memory:
                failed.__cause__ = error
        # out here nothing holds the request's cache any more, so that what is free can be measured
        if is_memory and self._prefixes.clear() and request.new_tokens == 0:
            self._answer(request)  # with the memory of the other chats' caches
        else:
            request.outbox.close(self._out_of_memory(request) if is_memory else failed)

    def _out_of_memory(self, request: Request) -> ModelMemoryError:
        """How long a conversation would fit now: as memory has room for, and well below what it was."""
        room = free_bytes(self.device) // (2 * cache_bytes_per_token(self.model))  # half: a step needs some, too
        reached = len(request.prompt) + request.new_tokens
        fits = min(room, 3 * reached // 4)
        return ModelMemoryError(
            f"The machine ran out of memory at {reached:,} tokens; about {fits:,} would fit now: shorten the conversation, or "
            "retry with less.",
            fits,
        )

    def _generate(self, request: Request) -> FinishReason:
        """Prefill, then a token a step until an end, the budget or a stop; the stop is seen before each step."""
        read = self._prefixes.take(request.keys, LEAST_AT_ONCE if self._rereads else 1)
        request.reused_tokens = len(read.keys)
        logits = self._prefill(request, read)
        if logits is None:
            reason: FinishReason = "stopped"
        else:
            with onednn(self._onednn):
                reason = self._decode(request, read, logits)
        if self._rereads:
            request.said = read.keys[len(request.keys) :]
            read.cut_back(min(len(read.keys), len(request.keys)))
        self._prefixes.keep(read)
        return reason

    def _read_again(self, request: Request) -> None:
        """What was said, while nobody waits, as a later prompt would have it read: many tokens at once.

        A single token's products differ from these in their last bit, after which another token may be the likeliest.
        """
        said, request.said = request.said, []
        if not said or self._line.anyone_within(REREAD_AFTER_S):
            return
        keys = request.keys + said
        try:
            with torch.inference_mode():
                read = self._prefixes.take([*keys, said[-1]])
                while len(request.keys) <= len(read.keys) <= len(keys) - LEAST_AT_ONCE:
                    chunk = keys[len(read.keys) : len(read.keys) + REREAD_CHUNK]
                    self._logits(read, chunk, input_ids=torch.tensor([chunk], device=self.device))
                    if self._line.anyone_within(0):
                        break
                self._prefixes.keep(read)
        except Exception:  # nobody waits for it: what may be unsound goes, and is read anew when it is asked for
            self._prefixes.clear()

    def _prefill(self, request: Request, read: Read) -> torch.Tensor | None:
        """Logits after the prompt, of shape (vocabulary,); None if it was stopped before."""
        start = len(read.keys)
        if request.pixels:
            name = "inputs_embeds"
            rest = embedded(self.model, request.prompt, start, request.pixels, lambda: request.is_over)
            if rest is None:
                return None
        else:
            name, rest = "input_ids", torch.tensor([request.prompt[start:]], device=self.device)
        logits, length = None, PREFILL_CHUNK if self.device.type == "cpu" else PREFILL_CHUNK_ON_GPU
        if rest.shape[1] % length < LEAST_AT_ONCE:
            length += LEAST_AT_ONCE
        for chunk in rest.split(length, 1):
            if request.is_over:
                return None
            at = len(read.keys)
            keys = request.keys[at : at + chunk.shape[1]]
            logits = self._logits(read, keys, **{name: chunk})
        return logits

    def _decode(self, request: Request, read: Read, logits: torch.Tensor) -> FinishReason:
        sampler = Sampler(request.sampling, logits.device, () if request.sampling.digits else self._digit_ids)
        detokenizer, guide = Detokenizer(self.tokenizer), request.guide
        step = torch.empty((1, 1), dtype=torch.long, device=logits.device)
        while True:
            token = sampler.choose(guide.allowed(logits) if guide else logits)
            if guide:
                guide.take(token)
            request.new_tokens += 1
            if request.first_token_s is None:
                request.first_token_s = time.perf_counter() - request.asked_at
            if token in self._ends:
                reason: FinishReason = "stop"
                break
            if piece := detokenizer.add(token):
                line, line_break, _ = piece.partition("\n")
                request.tell(request.parser.feed(line if request.one_line else piece), request.thinking_tokens + 1)
                if request.one_line and line_break:
                    detokenizer = Detokenizer(self.tokenizer)  # what it holds back belongs to the next line
                    reason = "stop"
                    break
            step.fill_(token)
            taken, keys = step, [token]
            if request.has_thought_enough():
                request.new_tokens += len(self._last_thought)
                said = "".join(map(detokenizer.add, self._last_thought))
                request.tell(request.parser.feed(said), request.thinking_tokens)
                keys += self._last_thought
                taken = torch.tensor([keys], device=logits.device)
            if request.new_tokens >= request.max_new_tokens:
                reason = request.full
                break
            if request.is_over:
                reason = "stopped"
                break
            logits = self._logits(read, keys, input_ids=taken)
        if piece := detokenizer.close():
            request.tell(request.parser.feed(piece), request.thinking_tokens)
        request.tell(request.parser.close(), request.thinking_tokens)
        return reason

    def _logits(self, read: Read, keys: Sequence[int], **tokens: torch.Tensor) -> torch.Tensor:
        """Of the token after these (``input_ids`` or ``inputs_embeds``), which join what has been read."""
        after = self.model(**tokens, past_key_values=read.cache, use_cache=True, logits_to_keep=1).logits[0, -1]
        read.keys += keys
        return after


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

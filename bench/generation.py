"""Tokens a second of the app's stream, beside ``generate`` with a ``TextIteratorStreamer`` in a thread and plain ``generate``.

And the seconds of a stream beside those of the model's own passes in it: the rest of a step is ours.
One loaded model, one prompt, greedy, the same number of threads and of new tokens; the ways take turns, medians.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable

import torch

from bench.rows import Row
from model.embedded import embedded_path
from model.events import Finished, Options
from model.local.engine import LocalModel
from model.local.loading import load
from model.messages import Message, Text

QUESTION = [Message("user", (Text("Tell me a long story about a chemist and her garden."),))]
NEW_TOKENS = 128
REPEATS = 3


def measure() -> list[Row]:
    local = load(str(embedded_path()))
    torch.set_num_threads(local.threads)  # of this thread; a new one is told for itself below
    ways: dict[str, Callable[[LocalModel], float]] = {"stream": _stream, "streamer": _streamer, "plain": _plain}
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    for repeat in range(REPEATS + 1):
        for name, way in ways.items():
            speed = way(local)
            if repeat:  # the first round warms up
                speeds[name].append(speed)
    median = {name: statistics.median(values) for name, values in speeds.items()}
    pairs = sorted((_passes(local) for _ in range(REPEATS)), key=lambda pair: pair[0] / pair[1])
    whole, passes = pairs[REPEATS // 2]
    local.close()
    return [
        Row(
            "stream, against generate with a TextIteratorStreamer",
            median["stream"],
            median["streamer"],
            "tokens/s",
            1.4,
        ),
        Row("stream, against plain generate", median["stream"], median["plain"], "tokens/s", 0.9),
        Row("a whole stream, against the model's passes in it", whole, passes, "s", 1.05, at_most=True),
    ]


def _stream(local: LocalModel) -> float:
    options = Options(max_new_tokens=NEW_TOKENS, temperature=0.0, repetition_penalty=1.0)
    for event in local.stream(QUESTION, (), options, threading.Event()):
        if isinstance(event, Finished):
            return event.usage.new_tokens / event.usage.seconds
    raise RuntimeError("the stream did not finish")


def _generate(local: LocalModel, **options) -> torch.Tensor:
    prompt = torch.tensor([local.prompt_ids(QUESTION)])
    with torch.inference_mode():
        return local.model.generate(
            input_ids=prompt,
            attention_mask=torch.ones_like(prompt),
            max_new_tokens=NEW_TOKENS,
            do_sample=False,
            temperature=None,
            top_p=None,
            **options,
        )


def _plain(local: LocalModel) -> float:
    started = time.perf_counter()
    tokens = _generate(local).shape[1] - len(local.prompt_ids(QUESTION))
    return tokens / (time.perf_counter() - started)


def _passes(local: LocalModel) -> tuple[float, float]:
    """Seconds of one stream, and of the model's own passes in it."""
    began: list[float] = []
    spent: list[float] = []
    hooks = [
        local.model.register_forward_pre_hook(lambda *_: began.append(time.perf_counter())),
        local.model.register_forward_hook(lambda *_: spent.append(time.perf_counter() - began[-1])),
    ]
    seconds = NEW_TOKENS / _stream(local)
    for hook in hooks:
        hook.remove()
    return seconds, sum(spent)


def _streamer(local: LocalModel) -> float:
    from transformers import TextIteratorStreamer

    streamer = TextIteratorStreamer(local.tokenizer, skip_prompt=True)
    made: list[int] = []

    def run() -> None:
        torch.set_num_threads(local.threads)
        made.append(_generate(local, streamer=streamer).shape[1] - len(local.prompt_ids(QUESTION)))

    started = time.perf_counter()
    thread = threading.Thread(target=run)
    thread.start()
    text = "".join(streamer)
    seconds = time.perf_counter() - started
    thread.join()
    if not text:
        raise RuntimeError("the streamer gave no text")
    return made[0] / seconds

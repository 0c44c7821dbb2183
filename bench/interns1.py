"""Intern-S1-mini on this machine: ``python -m bench.interns1``, with random weights, which are as fast as trained ones.

On a GPU with room for it (and 20 GB of disk) the checkpoint has the original's sizes; elsewhere it is the small one of the
tests, whose rows show that the script runs and nothing of the model's speed. Each row is a pair of one run.
"""

from __future__ import annotations

import platform
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import PIL.Image
import torch

from bench.rows import Row, table
from model.events import Finished, Options, Usage
from model.local.choosing import free_gpu_bytes
from model.local.engine import LocalModel
from model.local.loading import load
from model.messages import Image, Message, Text
from tests.model.interns1_checkpoint import write_checkpoint, write_full_size

FULL_SIZE_BYTES = 40_000_000_000  # the weights being made, and then those that are loaded
NEW_TOKENS = 128
REPEATS = 3
STREAMS = 8


def measure() -> list[Row]:
    full = free_gpu_bytes() > FULL_SIZE_BYTES
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "Intern-S1-mini"
        write_full_size(folder) if full else write_checkpoint(folder)
        size = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
        started = time.perf_counter()
        local = load(str(folder))
        loaded = time.perf_counter() - started
        picture = Path(name) / "picture.png"
        PIL.Image.new("RGB", (448, 448), "navy").save(picture)
        shown = Image(str(picture), "0" * 64, "image/png", "picture.png")
        print(
            f"{_device(local)}; {'full size' if full else 'the small checkpoint'}, {size / 1e9:.2f} GB", file=sys.stderr
        )
        disk = _seconds_to_read(folder)
        torch.set_num_threads(local.threads)  # of this thread, so that generate has as many
        rows = [_first_token(local, tokens, seen) for tokens in (1_000, 8_000) for seen in ((), (shown,))]
        rows += _decoding(local, full)
        if full:  # of the small one it would measure the importing of libraries
            rows.append(Row("seconds to load, beside reading the files", loaded, disk, "s", 10.0, at_most=True))
        local.close()
    return rows


def _device(local: LocalModel) -> str:
    return torch.cuda.get_device_name() if local.device.type == "cuda" else f"CPU ({platform.machine()})"


def _seconds_to_read(folder: Path) -> float:
    started = time.perf_counter()
    for path in folder.glob("*.safetensors"):
        with path.open("rb") as file:
            while file.read(1 << 24):
                continue
    return time.perf_counter() - started


def _asking(tokens: int, seen: tuple[Image, ...], number: int = 0) -> list[Message]:
    """A question that no other number shares a beginning with; a token is a word."""
    return [Message("user", (Text(f"{number}"), *seen, Text(" water" * tokens)))]


def _usage(local: LocalModel, messages: list[Message], new_tokens: int) -> Usage:
    options = Options(max_new_tokens=new_tokens, temperature=0.0, thinking=False)
    for event in local.stream(messages, (), options, threading.Event()):
        if isinstance(event, Finished):
            return event.usage
    raise RuntimeError("the stream did not finish")


def _inputs(local: LocalModel, messages: list[Message]) -> dict[str, torch.Tensor]:
    prompt = local.prompt(messages, thinking=False)
    ids = torch.tensor([prompt.ids], device=local.device)
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if prompt.seen:
        inputs["pixel_values"] = torch.cat([glimpse.prepared().pixel_values for glimpse in prompt.seen]).to(
            local.device
        )
    return inputs


def _generated(local: LocalModel, inputs: dict[str, torch.Tensor], new_tokens: int) -> float:
    """Seconds of plain ``generate``, which makes as many tokens."""
    started = time.perf_counter()
    with torch.inference_mode():
        local.model.generate(
            **inputs, max_new_tokens=new_tokens, min_new_tokens=new_tokens, do_sample=False, temperature=None,
            top_p=None, top_k=None,
        )  # fmt: skip
    if local.device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - started


def _first_token(local: LocalModel, tokens: int, seen: tuple[Image, ...]) -> Row:
    ours, theirs = [], []
    for repeat in range(REPEATS + 1):
        messages = _asking(tokens, seen, repeat)  # what has been asked before is not read again
        inputs = _inputs(local, messages)
        first = _usage(local, messages, 1).first_token_s or 0.0
        plain = _generated(local, inputs, 1)
        if repeat:  # the first round warms up
            ours.append(first)
            theirs.append(plain)
    what = f"first token of {inputs['input_ids'].shape[1]:,}{' with a picture' if seen else ''}, beside plain generate"
    return Row(what, statistics.median(ours), statistics.median(theirs), "s", 1.2, at_most=True)


def _decoding(local: LocalModel, full: bool) -> list[Row]:
    messages = _asking(200, ())
    inputs = _inputs(local, messages)
    ours, theirs = [], []
    for repeat in range(REPEATS + 1):
        usage = _usage(local, messages, NEW_TOKENS)
        plain = _generated(local, inputs, NEW_TOKENS)
        if repeat:
            ours.append(usage.new_tokens / usage.seconds)
            theirs.append(NEW_TOKENS / plain)
    one, eight = statistics.median(ours), statistics.median(_together(local, STREAMS) for _ in range(REPEATS))
    rows = [
        Row("decode at batch 1, beside plain generate", one, statistics.median(theirs), "tokens/s", 1.0),
        Row(f"{STREAMS} answers at once, beside one", eight, one, "tokens/s", 6.0),
    ]
    if full:
        limit = _copied_bytes_per_s() / _bytes_per_token(local)
        rows.append(Row("decode at batch 1, beside what the memory's bandwidth allows", one, limit, "tokens/s", 0.7))
    if local.device.type == "cuda":
        reader: Any = local._scheduler.reader
        steps, reader.steps = reader.steps, None
        rows.append(Row("decode at batch 1, beside steps not recorded", one, _together(local, 1), "tokens/s", 1.0))
        reader.steps = steps
    return rows


def _together(local: LocalModel, streams: int) -> float:
    """Tokens a second of so many answers at once, each read by a thread of its own."""
    new: list[int] = []

    def ask(number: int) -> None:
        new.append(_usage(local, _asking(200 + number, ()), NEW_TOKENS).new_tokens)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(streams)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(new) / (time.perf_counter() - started)


def _bytes_per_token(local: LocalModel) -> int:
    """All weights but the input embedding, of which a token reads one row, and the vision tower."""
    model = local.model
    unread = {id(p) for module in (model.get_input_embeddings(), model.model.vision_tower) for p in module.parameters()}
    return sum(p.numel() * p.element_size() for p in model.parameters() if id(p) not in unread)


def _copied_bytes_per_s() -> float:
    """Bytes a second that a copy on the GPU reads and writes."""
    source = torch.empty(4 << 30, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    best = 0.0
    for _ in range(5):
        torch.cuda.synchronize()
        started = time.perf_counter()
        target.copy_(source)
        torch.cuda.synchronize()
        best = max(best, 2 * source.numel() / (time.perf_counter() - started))
    return best


if __name__ == "__main__":
    print(table(measure()))

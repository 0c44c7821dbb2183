"""What it costs a token of a tool call to be held to the schema, beside a step of the embedded model without it."""

from __future__ import annotations

import time

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache

from bench.rows import Row
from model.embedded import embedded_path
from model.events import ToolSchema
from model.local.calls import CallGuides
from tools.running import Workers

STEPS = 150
MOST = 1.05  # above this it would not be on by default


def measure() -> list[Row]:
    """The median step of each kind, taken in turns, with the schemas of all tools."""
    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(embedded_path(), local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(embedded_path(), dtype="auto", local_files_only=True).eval()
    tokenizer.add_tokens(["<tool_call>", "</tool_call>"], special_tokens=True)
    rows = len(tokenizer)
    workers = Workers(size=1)
    tools = [ToolSchema(tool["name"], tool["description"], tool["parameters"]) for tool in workers.catalog()]
    workers.close()
    guides = CallGuides(tokenizer, rows)
    guide = guides.guide(tools)
    assert guide is not None
    (opening,) = tokenizer.encode("<tool_call>", add_special_tokens=False)
    guide.take(opening)
    cache, token = DynamicCache(config=model.config), torch.tensor([[1]])
    free, held = [], []
    with torch.inference_mode():
        for _ in range(STEPS):
            started = time.perf_counter()
            logits = model(input_ids=token, past_key_values=cache, logits_to_keep=1).logits[0, -1].float()
            int(logits.argmax())
            stepped = time.perf_counter()
            padded = torch.nn.functional.pad(logits, (0, rows - logits.numel()))
            chosen = int(guide.allowed(padded).argmax())
            guide.take(chosen)
            held.append(time.perf_counter() - started)
            free.append(stepped - started)
            token = torch.tensor([[min(chosen, logits.numel() - 1)]])
            if guide.allowed(padded) is padded:  # the call has ended: another begins
                guide.take(opening)
    what = "a step within a tool call held to its schema, beside one that is not"
    return [Row(what, 1e3 * sorted(held)[STEPS // 2], 1e3 * sorted(free)[STEPS // 2], "ms", MOST, at_most=True)]

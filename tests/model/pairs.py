"""Two engines of one model, of which one reads each prompt anew: whatever is asked, they say the same."""

from __future__ import annotations

import threading
import time
from itertools import takewhile
from pathlib import Path

import PIL.Image
import PIL.ImageDraw
import torch

from model.events import Options, TextDelta, ThinkingDelta
from model.local.engine import LocalModel
from model.messages import Image, Message, Text


class Pair:
    """Two of one model: the first keeps what it has read, the second reads all anew; whatever is asked, they agree."""

    def __init__(self, local: LocalModel) -> None:
        self.local = local
        self.anew = LocalModel(
            local.model, local.tokenizer, local._known, local.abilities, 1, local.eyes, cache_budget=0
        )

    def answer(self, talk, tools=(), stop=None, **options):
        options = Options(**{"max_new_tokens": 16, "temperature": 0.0, "repetition_penalty": 1.0, **options})
        said, usage, reason = said_of(self.local, talk, tools, options, stop or threading.Event())
        if self.local.model.dtype == torch.bfloat16:
            time.sleep(1.5)  # which kernels compute is the whole process's: the other's steps would disturb it
        if stop is None:
            expected, full, _ = said_of(self.anew, talk, tools, options, threading.Event())
            assert said == expected
            assert full.reused_tokens == 0
            assert (usage.prompt_tokens, usage.new_tokens) == (full.prompt_tokens, full.new_tokens)
        return said, usage, reason

    def common(self, one, other):
        """Tokens of the common beginning of two prompts."""
        pairs = zip(self.local.prompt(one).ids, self.local.prompt(other).ids, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    def close(self):
        self.local.close()
        self.anew.close()


def said_of(local, talk, tools, options, stop):
    *events, finished = local.stream(talk, tools, options, stop)
    said = [(type(event).__name__, event.text) for event in events if isinstance(event, (TextDelta, ThinkingDelta))]
    kinds = dict.fromkeys(kind for kind, _ in said)
    return {kind: "".join(text for of, text in said if of == kind) for kind in kinds}, finished.usage, finished.reason


def user(*parts):
    return Message("user", tuple(Text(part) if isinstance(part, str) else part for part in parts))


def drawn(path: Path, colour, size=(448, 448)):
    picture = PIL.Image.new("RGB", size, colour)
    PIL.ImageDraw.Draw(picture).ellipse((10, 10, size[0] // 2, size[1] // 2), fill="red")
    picture.save(path)
    return Image(str(path), path.name, "image/png", path.name)

"""Questions that are asked at once of one engine, and what it did for them."""

from __future__ import annotations

import threading

from errors import ModelError
from model.catalog import KnownModel
from model.events import Abilities, Finished, Options, TextDelta
from model.local.engine import LocalModel
from model.messages import Message, Text
from tests.model.checkpoints import tiny_model

CONTEXT = 4096
KNOWN = KnownModel("tiny", "tiny", max_new_tokens=40)


def made(tokenizer, model=None, **more):
    model = model or tiny_model(max_position_embeddings=CONTEXT)
    return LocalModel(model, tokenizer, KNOWN, Abilities(), threads=1, **more)


def greedy(new_tokens=24, **more):
    return Options(temperature=0.0, repetition_penalty=1.0, max_new_tokens=new_tokens, **more)


def asking(text):
    return [Message("user", (Text(text),))]


class Asked:
    """A question whose answer is read in a thread of its own."""

    def __init__(self, local, talk, options=None, tools=()):
        self.stop = threading.Event()
        self.events: list = []
        self.error: Exception | None = None
        self._stream = local.stream(
            talk if isinstance(talk, list) else asking(talk), tools, options or greedy(), self.stop
        )
        self.thread = threading.Thread(target=self._read)
        self.thread.start()

    def _read(self):
        try:
            for event in self._stream:
                self.events.append(event)
        except ModelError as error:
            self.error = error

    def answered(self):
        self.thread.join(60)
        assert not self.thread.is_alive()
        return self

    @property
    def said(self):
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))

    @property
    def usage(self):
        assert isinstance(self.events[-1], Finished)
        return self.events[-1].usage

    @property
    def reason(self):
        return self.events[-1].reason


class Gate:
    """Holds every pass from number ``at`` on until it is opened; notes the tokens of each pass and the answers under way."""

    def __init__(self, local, at=1):
        self.tokens: list[int] = []
        self.answers: list[int] = []
        self._local = local
        self.reached, self._open, self._at = threading.Event(), threading.Event(), at
        self.hook = local.model.register_forward_pre_hook(self._pass, with_kwargs=True)

    def _pass(self, module, positional, named):
        tokens = named.get("input_ids", named.get("inputs_embeds"))
        self.tokens.append(tokens.shape[1])
        self.answers.append(len(self._local._scheduler.answers))
        if len(self.tokens) >= self._at:
            self.reached.set()
            assert self._open.wait(30)

    def open(self):
        self._open.set()


def beside(local, gate, *question):
    """Asked while ``gate`` holds a pass: it has come into the line when this returns."""
    before, asked = len(local._line), Asked(local, *question)
    while len(local._line) == before:
        gate.reached.wait(0.01)
    return asked


def held_at(local, at, questions):
    """All of these under way, held in pass number ``at``: the streams, and what holds them."""
    first, later = Gate(local), Gate(local, at=at)
    asked = [Asked(local, *questions[0])]
    assert first.reached.wait(10)
    asked += [Asked(local, *question) for question in questions[1:]]
    while len(local._line) < len(questions) - 1:
        first.reached.wait(0.01)
    first.open()
    assert later.reached.wait(30)
    first.hook.remove()
    return asked, later


def together(local, questions):
    """Answers whose first passes come when all have been asked."""
    gate = Gate(local)
    first = Asked(local, *questions[0])
    assert gate.reached.wait(10)
    asked = [first, *(Asked(local, *question) for question in questions[1:])]
    while len(local._line) < len(questions) - 1:
        gate.reached.wait(0.01)
    gate.open()
    for one in asked:
        one.answered()
    gate.hook.remove()
    return asked, gate


QUESTIONS = [
    "What is water?",
    "What is gold? " * 30,
    "Name an acid.",
    "水 👩‍🔬?",
    "aspirin and water " * 150,
    "Why?",
    "A",
    "Zinc.",
]

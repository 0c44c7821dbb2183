"""One answer under way: what of it has been read, and what its logits make of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import torch

from errors import ModelError
from model.events import FinishReason
from model.local.detokenizing import Detokenizer
from model.local.drafts import Drafts
from model.local.pictures import Seeing
from model.local.reader import Bite, Text
from model.local.request import Request
from model.local.sampling import Sampler

LAST_THOUGHT = "\n\nMy budget for thinking is used up, so I answer with what I have.\n</think>\n\n"


class Words:
    """What the tokens of one model mean for an answer."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.ends = _end_ids(model, tokenizer)

    @cached_property
    def last_thought(self) -> list[int]:
        return self.tokenizer.encode(LAST_THOUGHT, add_special_tokens=False)

    @cached_property
    def digit_ids(self) -> list[int]:
        tokens = self.tokenizer.convert_ids_to_tokens(range(len(self.tokenizer)))
        return [id for id, token in enumerate(tokens) if any(letter.isdigit() for letter in token or "")]


class Answer:
    """``ids`` and ``keys`` are those of the prompt and of what was said; ``text`` is what of it has been read.

    ``alone_from`` is the first place that was read in a pass of a single token, if there is one.
    """

    def __init__(
        self, request: Request, words: Words, device: torch.device, seeing: Seeing | None, drafts: bool
    ) -> None:
        self.request = request
        self.ids, self.keys = list(request.prompt), list(request.keys)
        self.text: Text | None = None
        self._seeing = seeing
        self.alone_from: int | None = None
        self.accepted_tokens = 0  # guesses that were right
        self.wrong = 0  # guesses at the end of what was read
        self._words = words
        self._sampler = Sampler(request.sampling, device, () if request.sampling.digits else words.digit_ids)
        self._detokenizer = Detokenizer(words.tokenizer)
        self._drafts = Drafts(request.prompt) if drafts else None
        self._guessed: list[int] = []

    @property
    def unread(self) -> int:
        """Tokens that are certain and have not been read."""
        return len(self.ids) - (len(self.text.keys) if self.text else 0)

    @property
    def is_saying(self) -> bool:
        """What is to be read are its own last words: one token, or those that end its thinking."""
        has_begun = self.text is not None and self.request.new_tokens > 0
        return has_begun and self.unread <= len(self._words.last_thought) + 1

    def bite(self, most: int, guesses: int = 0) -> Bite | None:
        """The next tokens, and if these are the last, guesses at what follows.

        None while a picture among them has to be looked at, some tiles a call, so that the others' words go on meanwhile.
        """
        assert self.text is not None
        at, prompt = len(self.text.keys), len(self.request.prompt)
        self._guessed = []
        if self._seeing is not None and at < prompt:
            count = min(most, prompt - at)
            if not self._seeing.look(at, count):
                return None
            end = at + count
            return Bite(self.text, self.ids[at:end], self.keys[at:end], self._seeing.embeds(at, count))
        ids, keys = self.ids[at : at + most], self.keys[at : at + most]
        if self._drafts is not None and guesses > 0 and at + len(ids) == len(self.ids):
            room = self.request.max_new_tokens - self.request.new_tokens - 1
            self._guessed = self._drafts.guess(min(guesses, room))
        return Bite(self.text, ids + self._guessed, keys + self._guessed, wanted=1 + len(self._guessed))

    def take(self, logits: torch.Tensor) -> FinishReason | None:
        """Choose tokens from the logits (1 + guesses, vocabulary) of the last bite; why it ends, if it does.

        A guess that was right has been read already; ``wrong`` says how many were not.
        """
        guessed, right, reason = self._guessed, 0, None
        for row, chosen_from in enumerate(logits):
            token = self._chosen(chosen_from)
            is_right = row < len(guessed) and token == guessed[row]
            right += is_right
            more, reason = self._say(token)
            self.ids += more
            self.keys += more
            if self._drafts is not None:
                self._drafts.add(more)
            if reason is not None or not is_right or len(more) > 1:
                break
        self.accepted_tokens += right
        if guessed and self._drafts is not None:
            self._drafts.were_right(right, len(guessed))
        self.wrong = len(guessed) - right
        return reason

    def was_read_alone(self) -> None:
        """The last token that was read was the only one of its pass."""
        if self.alone_from is None and self.text is not None:
            self.alone_from = len(self.text.keys) - 1

    def close(self) -> None:
        """Say what was held back."""
        request = self.request
        if piece := self._detokenizer.close():
            request.tell(request.parser.feed(piece), request.thinking_tokens)
        request.tell(request.parser.close(), request.thinking_tokens)

    def _chosen(self, logits: torch.Tensor) -> int:
        guide = self.request.guide
        token = self._sampler.choose(guide.allowed(logits) if guide else logits)
        if bool(logits[token].isnan()):
            raise ModelError("The model computed something that is no number; ask again, or load it anew.")
        if guide:
            guide.take(token)
        return token

    def _say(self, token: int) -> tuple[Sequence[int], FinishReason | None]:
        """The tokens that it adds to the text, and why the answer ends, if it does."""
        request = self.request
        request.new_tokens += 1
        if request.first_token_s is None:
            request.first_token_s = time.perf_counter() - request.asked_at
        if token in self._words.ends:
            return [], "stop"
        if piece := self._detokenizer.add(token):
            line, line_break, _ = piece.partition("\n")
            request.tell(request.parser.feed(line if request.one_line else piece), request.thinking_tokens + 1)
            if request.one_line and line_break:
                self._detokenizer = Detokenizer(self._words.tokenizer)  # what it holds back belongs to the next line
                return [], "stop"
        more = [token]
        if request.has_thought_enough():
            last = self._words.last_thought
            request.new_tokens += len(last)
            said = "".join(map(self._detokenizer.add, last))
            request.tell(request.parser.feed(said), request.thinking_tokens)
            more += last
        if request.new_tokens >= request.max_new_tokens:
            return more, request.full
        return more, "stopped" if request.is_over else None


def _end_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    """The ids that end an answer: the generation config's and the tokenizer's."""
    ends = {tokenizer.eos_token_id}
    configured = getattr(model.generation_config, "eos_token_id", None)
    ends |= set(configured) if isinstance(configured, (list, tuple)) else {configured}
    return frozenset(end for end in ends if end is not None)

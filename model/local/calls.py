"""Tool calls that cannot go wrong in their form: between its markers a call is valid against the schema of its tool.

llguidance (MIT) rather than xgrammar: it needs no Triton, which is most of xgrammar's download, and its slowest tokens
are half as slow. Only tokens between the markers are looked at; everywhere else a token costs one comparison.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from model.events import ToolSchema

#: Room for an indented object, and no more: without an end to it a small model writes spaces for ever.
SPACE = r"[ \n\t]{0,16}"


@dataclass(frozen=True)
class Dialect:
    """The tokens that open a call, the one that ends it, and what its arguments are called."""

    opening: tuple[str, ...]
    end: str
    arguments: str


DIALECTS = (
    Dialect(("<|action_start|>", "<|plugin|>"), "<|action_end|>", "parameters"),
    Dialect(("<tool_call>",), "</tool_call>", "arguments"),
)


class CallGuides:
    """For one model; ``guide`` makes what watches one answer."""

    def __init__(self, tokenizer: Any, rows: int) -> None:
        """``rows`` is the length of the logits."""
        self._tokenizer = tokenizer
        self._rows = rows
        self.dialect = next((dialect for dialect in DIALECTS if self._ids(dialect)), None)
        self._grammars: dict[str, str] = {}
        self._vocabulary: Any = None
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Read the vocabulary, about a second, in the background: the first call shall not wait for it."""
        if self.dialect is not None:
            threading.Thread(target=self._read_vocabulary, name="read vocabulary", daemon=True).start()

    def guide(self, tools: Sequence[ToolSchema]) -> CallGuide | None:
        """None where there are no tools, or where the model's markers are not tokens of their own."""
        if self.dialect is None or not tools:
            return None
        key = json.dumps([[tool.name, tool.parameters] for tool in tools])
        if key not in self._grammars:
            self._grammars[key] = _grammar(self.dialect, tools)
        return CallGuide(self._ids(self.dialect), self._grammars[key], self)

    def matcher(self, grammar: str) -> Any:
        from llguidance import LLMatcher

        return LLMatcher(self._read_vocabulary(), grammar, log_level=0)

    def _read_vocabulary(self) -> Any:
        with self._lock:
            if self._vocabulary is None:
                self._vocabulary = _llguidance_tokenizer(self._tokenizer, self._rows)
            return self._vocabulary

    def _ids(self, dialect: Dialect) -> tuple[int, ...]:
        """Of the opening; empty if a marker is not a single token."""
        encoded = [self._tokenizer.encode(mark, add_special_tokens=False) for mark in (*dialect.opening, dialect.end)]
        return tuple(ids[0] for ids in encoded[:-1]) if all(len(ids) == 1 for ids in encoded) else ()


class CallGuide:
    """Watches the tokens of one answer, and while a call is open leaves only those that keep it valid."""

    def __init__(self, opening: tuple[int, ...], grammar: str, guides: CallGuides) -> None:
        self._opening = opening
        self._grammar = grammar
        self._guides = guides
        self._last: tuple[int, ...] = ()
        self._matcher: Any = None

    def take(self, token: int) -> None:
        """A token that was chosen, in order."""
        if self._matcher is not None:
            self._matcher.consume_token(token)
            if self._matcher.is_stopped():  # the call has ended, or (never seen) the grammar gave up
                self._matcher = None
            return
        if token == self._opening[len(self._last)]:
            self._last = (*self._last, token)
        else:
            self._last = (token,) if token == self._opening[0] and len(self._opening) > 1 else ()
        if self._last == self._opening:
            self._last = ()
            self._matcher = self._guides.matcher(self._grammar)

    def allowed(self, logits: torch.Tensor) -> torch.Tensor:
        """``logits`` of shape (rows,), with -inf at what would break the call; themselves where no call is open."""
        if self._matcher is None:
            return logits
        bias = np.frombuffer(self._matcher.compute_logit_bias(), dtype=np.uint8)[: logits.numel()]
        if self._matcher.is_error():
            self._matcher = None
            return logits
        banned = torch.from_numpy(bias == 0).to(logits.device)
        return logits.masked_fill(banned, float("-inf"))


class _Vocabulary:
    """A tokenizer's bytes, as llguidance reads them."""

    def __init__(self, tokenizer: Any, rows: int) -> None:
        self.eos_token_id = tokenizer.eos_token_id
        self.bos_token_id = None
        self.tokens = tokenizer.token_bytes(rows)
        self.special_token_ids = sorted(tokenizer.added_tokens_decoder)
        self._tokenizer = tokenizer

    def __call__(self, text: str) -> list[int]:
        return self._tokenizer.encode(text)


def _llguidance_tokenizer(tokenizer: Any, rows: int) -> Any:
    if hasattr(tokenizer, "token_bytes"):
        from llguidance import LLTokenizer, TokenizerWrapper

        return LLTokenizer(TokenizerWrapper(_Vocabulary(tokenizer, rows)), n_vocab=rows)
    from llguidance.hf import from_tokenizer

    return from_tokenizer(tokenizer, n_vocab=rows)


def _grammar(dialect: Dialect, tools: Sequence[ToolSchema]) -> str:
    """White space, one object with the name of a tool and arguments of its schema, white space, the end."""
    strict = {"type": "object", "additionalProperties": False}
    calls = [
        {
            **strict,
            "properties": {"name": {"const": tool.name}, dialect.arguments: {**strict, **tool.parameters}},
            "required": ["name", dialect.arguments],
        }
        for tool in tools
    ]
    schema = {"anyOf": calls, "x-guidance": {"whitespace_pattern": SPACE}}
    return f"start: SPACE call SPACE {dialect.end}\nSPACE: /{SPACE}/\ncall: %json {json.dumps(schema)}\n"

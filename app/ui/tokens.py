"""How a model read a question: which stretches went to which vocabulary, and what that saved."""

from __future__ import annotations

import unicodedata
from typing import Protocol

from app.ui.views import escape
from model.interns1.tokenizer import Span

LONGEST_SHOWN = 5_000  # characters
NAMES = {
    "SMILES": "molecules (SMILES)",
    "IUPAC": "systematic names",
    "FASTA": "sequences",
    "special": "tags",
    "BPE": "prose",
}


class SpanTokenizer(Protocol):
    def spans(self, text: str) -> list[Span]: ...

    def plain_length(self, text: str) -> int: ...


def tokens_html(tokenizer: SpanTokenizer, text: str) -> str:
    """The question with its spans marked, the tokens of each vocabulary, and those that prose alone would have taken."""
    text = unicodedata.normalize("NFC", text)
    spans = tokenizer.spans(text)
    counts = {name: sum(len(span.ids) for span in spans if span.vocabulary == name) for name in NAMES}
    total, plain = sum(counts.values()), tokenizer.plain_length(text)
    marked = "".join(_marked(span, text[span.start : min(span.end, LONGEST_SHOWN)]) for span in spans)
    listed = "".join(
        f'<li><mark class="{name.lower()}">{NAMES[name]}</mark>: {count:,}</li>'
        for name, count in counts.items()
        if count
    )
    more = (
        f'<p class="quiet">The first {LONGEST_SHOWN:,} characters are shown.</p>' if len(text) > LONGEST_SHOWN else ""
    )
    saved = (
        f"{plain - total:,} fewer than"
        if total < plain
        else f"{total - plain:,} more than"
        if total > plain
        else "as many as"
    )
    return (
        f"<h2>{total:,} tokens, {saved} by the vocabulary of prose alone</h2>"
        f'<p class="tokenized">{marked}</p>{more}<ul>{listed}</ul>'
    )


def _marked(span: Span, text: str) -> str:
    if span.vocabulary == "BPE" or not text:
        return escape(text)
    return f'<mark class="{span.vocabulary.lower()}" title="{len(span.ids)} tokens">{escape(text)}</mark>'

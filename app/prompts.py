"""What the models are told. The instructions themselves are files in assets/prompts; what is built of them stands here."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from model.messages import Message, Text

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "prompts"
Prompt = Literal["system_with_tools", "system_without_tools", "system_with_results"]


@functools.cache
def our_prompt(name: Prompt) -> str:
    """As it is told to a model, byte for byte the same in every turn: what is read before is then not read again."""
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8").strip()


#: To a model whose call could not be read; once in a turn.
BROKEN_CALL = (
    "Your tool call was not run, since {reason}. Write it once more, as one valid JSON object between its markers."
)

#: What a model that cannot be trusted with a number is shown of results: their names, so that it can alter no value.
#: A question, the names of what a tool has shown, and a sentence that points at them.
COMMENT_EXAMPLES = (
    (
        "What is the molecular weight of ethanol?",
        ("formula", "average mass", "monoisotopic mass", "logp crippen"),
        "The average mass stands above, with the formula, the monoisotopic mass and the logP.",
    ),
    ("Draw benzene", ("drawing",), "The drawing is above."),
    (
        "GC content of this one",
        ("length", "composition", "gc fraction"),
        "The GC fraction stands above, with the length and the composition.",
    ),
    (
        "Show ethane in 3D",
        ("structure in space", "conformers", "force field"),
        "The structure is shown above in space, with its force field.",
    ),
    ("Which groups does it have?", ("drawing", "groups"), "The groups stand above, with a drawing."),
)
#: What a sentence that only points may hold besides the words of the examples, the question and the names.
_POINTING_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "below",
        "can",
        "drawn",
        "drawing",
        "found",
        "for",
        "from",
        "given",
        "has",
        "here",
        "in",
        "is",
        "it",
        "its",
        "listed",
        "of",
        "on",
        "or",
        "plot",
        "read",
        "see",
        "seen",
        "shown",
        "stand",
        "stands",
        "table",
        "that",
        "the",
        "there",
        "these",
        "this",
        "to",
        "two",
        "with",
        "you",
        "your",
        "above",
        "also",
    ]
)
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[^\n]*?[.!?](?=\s|$)")
#: A longer word is a SMILES or a sequence, which such a model would repeat wrongly.
LONGEST_WORD = 24
MOST_NAMES = 5


def comment_prompt(question: str, shown: Sequence[str]) -> list[Message]:
    """Asks for one sentence on results of which only the names are told: ``shown`` are they, in words."""
    prompt = [Message("system", (Text(our_prompt("system_with_results")),))]
    for asked, names, sentence in COMMENT_EXAMPLES:
        prompt += [_commented(asked, names), Message("assistant", (Text(sentence),))]
    words = (word if len(word) <= LONGEST_WORD else "this one" for word in question.split())
    return [*prompt, _commented(" ".join(words), shown[:MOST_NAMES])]


def _commented(question: str, names: Sequence[str]) -> Message:
    return Message("user", (Text(f"Question: {question}\nShown above: {', '.join(names)}"),))


def pointing_sentence(written: str, question: str, shown: Sequence[str]) -> str:
    """The first sentence of a comment where it only points at what is shown; else an empty text.

    A small model may go on and tell what it believes of the compound (that osmium's symbol is Sn, under the right one).
    """
    sentence = _SENTENCE.match(written.strip())
    if sentence is None:
        return ""
    known = {word for _, _, example in COMMENT_EXAMPLES for word in _words_of(example)} | _POINTING_WORDS
    known |= {word for text in (question, *shown) for word in _words_of(text)}
    return sentence[0] if _words_of(sentence[0]) <= known else ""


def _words_of(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}

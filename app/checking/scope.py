"""What a statement is about: the compound, sequence or element that its words belong to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.checking.finding import Thing
from app.checking.sentences import Sentence

#: Between words for a property, or its number, and the thing it is of.
_OF = re.compile(
    r"(?:\s*\([^()]{1,30}\))?\s*(?:of|for|in|:|is for)\s+(?:the\s+|a\s+|an\s+|pure\s+|anhydrous\s+|neutral\s+|one\s+mole\s+of\s+|compound\s+|molecule\s+|drug\s+|element\s+|peptide\s+|protein\s+|sequence\s+|primer\s+|amino acid\s+|free base\s+)*[`'\"“*(]*$",
    re.I,
)
_OPENED = re.compile(r"^[`'\"”*]*\s*[\[(][^()\[\]]*$")
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:its|the|this|that|their)\s+(?:sodium|hydrochloride|salt|anion|cation|conjugate|dimer|ester|metabolite|derivative|analog(?:ue)?|ion|hydrate|protonated|deprotonated|deuterated|labelled|fragment|monomer|residue|enantiomer)\b",
    re.I,
)


@dataclass(frozen=True)
class Subject:
    """``things`` that a statement may be about, the likeliest first. ``sure``: it is about the first and no other."""

    things: tuple[Thing, ...]
    sure: bool


class Scope:
    """Which things stand where in a text; ``asked`` are those of the question."""

    def __init__(
        self, text: str, sentences: Sequence[Sentence], things: Sequence[Thing], asked: Sequence[Thing] = ()
    ) -> None:
        self._text = text
        self._sentences = list(sentences)
        self._starts = [sentence.start for sentence in sentences]
        self._things = list(things)
        self._asked = list(asked)

    def sentence_at(self, place: int) -> Sentence:
        return self._sentences[max(0, bisect_right(self._starts, place) - 1)]

    def subject(
        self, sentence: Sentence, start: int, end: int, words: tuple[int, int] | None, kinds: frozenset[str]
    ) -> Subject:
        """Of what stands at ``start`` to ``end``, whose property is said at ``words``; only things of these ``kinds`` count."""
        all_things = [
            thing for thing in self._things if thing.kind in kinds and not (start < thing.end and thing.start < end)
        ]
        if sentence.row is not None and sentence.header is not None:
            return self._in_table(sentence, all_things, kinds)
        here = [thing for thing in all_things if sentence.start <= thing.start < sentence.end]
        if words and words[1] <= start:
            for thing in here:
                if (
                    thing.start >= words[1]
                    and _OF.search(self._text, words[1], thing.start)
                    and _is_close(self._text[words[1] : thing.start])
                ):
                    return Subject((thing, *_others(here, thing)), True)
        behind = next(
            (thing for thing in here if thing.start >= end and _OF.fullmatch(self._text, end, thing.start)), None
        )
        if behind is not None:
            return Subject((behind, *_others(here, behind)), True)
        before = [thing for thing in here if thing.end <= start]
        if before:
            nearest = before[-1]
            between = self._text[nearest.end : start]
            if _OPENED.match(between):  # caffeine (194.19 g/mol)
                return Subject(
                    (nearest, *_others(here, nearest)), not _RESPECTIVELY.search(self._text, start, sentence.end)
                )
        if here:
            ordered = [*reversed(before), *(thing for thing in here if thing.start >= end)]
            return Subject(tuple(ordered), False)
        return self._from_before(sentence, all_things, kinds)

    def _in_table(self, sentence: Sentence, things: list[Thing], kinds: frozenset[str]) -> Subject:
        """The things of the row; else those of the column's header; else what the table is about."""
        row = [thing for thing in things if self.sentence_at(thing.start).line == sentence.line]
        first = [thing for thing in row if sentence.row and sentence.row[0] <= thing.start < sentence.row[1]]
        if first:
            return Subject((first[0], *_others(row, first[0])), True)
        assert sentence.header is not None
        above = [thing for thing in things if sentence.header[0] <= thing.start < sentence.header[1]]
        if above:
            return Subject(tuple(above), True)
        if row:
            return Subject(tuple(row), len(row) == 1)
        return self._from_before(sentence, things, kinds)

    def _from_before(self, sentence: Sentence, things: list[Thing], kinds: frozenset[str]) -> Subject:
        """What the sentences before were about: the nearest first, of each its first thing; at the end the question's."""
        ordered: list[Thing] = []
        index = self._sentences.index(sentence)
        for earlier in reversed(self._sentences[:index]):
            inside = [thing for thing in things if earlier.start <= thing.start < earlier.end]
            if not inside:
                continue
            ordered += inside
            if len(ordered) > 12:
                break
        asked = [thing for thing in self._asked if thing.kind in kinds]
        return Subject((*ordered, *asked), False)

    def is_of_another(self, sentence: Sentence) -> bool:
        """Whether the sentence speaks of a relative that it does not name: "its sodium salt", "the dimer"."""
        return bool(_OTHER.search(self._text, sentence.start, sentence.end))

    def things(self, kinds: frozenset[str]) -> Iterator[Thing]:
        """All of the text."""
        return (thing for thing in self._things if thing.kind in kinds)

    def asked(self, kinds: frozenset[str]) -> Iterator[Thing]:
        """All of the question."""
        return (thing for thing in self._asked if thing.kind in kinds)

    def first_of(self, thing: Thing, things: Sequence[Thing]) -> Thing:
        """The first of these in the sentence of ``thing``: what that sentence is about."""
        sentence = self.sentence_at(thing.start)
        return next(one for one in things if sentence.start <= one.start)


def _is_close(gap: str) -> bool:
    return len(gap) <= 60


def _others(things: list[Thing], chosen: Thing) -> Iterator[Thing]:
    return (thing for thing in things if thing is not chosen)

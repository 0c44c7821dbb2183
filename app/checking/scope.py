"""What a statement is about: the compound, sequence or element that its words belong to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.checking.sentences import Sentence
from app.checking.things import Thing

#: Between the words for a property, or its number, and the thing it is of.
_OF = re.compile(
    r"(?:\s*\([^()]{1,30}\))?(?:\s+(?:value|calculated|computed|given|listed|found))?\s*(?:\bof\b|\bfor\b|\bin\b|:)\s+"
    r"(?:(?:the|a|an|pure|anhydrous|neutral|intact|natural|one|mole|of|compound|molecule|drug|element|peptide|protein|sequence|primer|amino acid|free base|residue)\s+)*"
    r"[`'\"“*(]*",
    re.IGNORECASE,
)
_TAKES = re.compile(r"\s*\([`'\"*]*")  # M(NaCl)
_OPENED = re.compile(r"[`'\"”*]*\s*[\[(][^()\[\]]*")
#: Between two ways to write one thing: "caffeine (C8H10N4O2", "benzocaine, C9H11NO2:".
_ALIAS = re.compile(
    r"[\s`'\"*)]*(?:[,(:=/–—-]|\bis\b|\bor\b|\balso\b|\bi\.e\.,?|\bhas\b|\bthe\b|\bformula\b|\bmolecular\b|\bcalled\b|\bknown as\b|\bwith\b|\bSMILES\b|[`'\"*(\s])*"
)
#: Of what is listed before a list of numbers.
_LISTED = frozenset(["name", "element", "dna", "rna", "protein"])
#: Between a thing and its number: "caffeine: 194.19", "water 18.02", "NaCl has".
_DIRECTLY = re.compile(
    r"[`'\"*)]*\s*(?:\([a-z ]{1,20}\)\s*)?(?:[:=,–—-]|is|has|weighs|with)?\s*(?:about|around|roughly|~|≈)?\s*",
    re.IGNORECASE,
)
#: A number so near behind a notation that was found wrong is of that.
NEAR = 12
#: Headers over the values of what the table is about, and the labels of its rows.
_GENERIC_HEADER = re.compile(
    r"\W*(?:(?:calculated |computed |typical |approx\w* )?(?:values?|results?|data|details?|number|amount|description|information|answer|count|property)(?:\s*\(.*\))?)?\W*",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"mass|weight|formula|MW|log\s?P|TPSA|surface|donor|acceptor|HB[DA]|bonds?|rings?|count|atoms?|CAS|InChI|SMILES|unsaturation|stereo|centre|center|length|GC|Tm|pI|isoelectric|number|charge|QED|refractivity|sp3|extinction|residues?|^\W*M\W*$|^\W*Z\W*$|DBE|group|period|electronegativity",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"[\s#*\d.()-]*([A-Z][a-z]{5,})[\s:*]*|[\s\"'{,-]*name[\"']?\s*:\s*[\"']?([A-Za-z][\w -]+)[\"',]*\s*"
)
_HEADINGS = frozenset(
    [
        "properties",
        "overview",
        "summary",
        "breakdown",
        "background",
        "structure",
        "synthesis",
        "mechanism",
        "identity",
        "calculation",
        "conclusion",
        "explanation",
        "reaction",
        "answer",
        "solution",
        "example",
        "examples",
        "notes",
        "chemistry",
        "safety",
        "applications",
        "identifiers",
        "identification",
        "formula",
        "result",
        "results",
        "method",
        "procedure",
        "composition",
        "description",
        "details",
        "stereochemistry",
        "descriptors",
        "reagents",
        "product",
        "products",
        "protocol",
        "steps",
        "numbers",
        "checks",
        "physical",
        "general",
        "biology",
        "pharmacology",
        "elements",
        "sequence",
        "preparation",
    ]
)
_ADDED = re.compile(r"\b(?:one|a|plus|add|adding|minus|loses|losing|each|of)\s+$", re.IGNORECASE)
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
#: Relatives of what is named, which have other numbers.
_OTHER = re.compile(
    r"·\s?n?(?:HCl|HBr|\d?H2O)|-d\d|\b(?:residue(?!\s+mass)|(?:potassium|sodium|calcium|magnesium|lithium|ammonium|disodium|hydrochloride|hydrobromide|sulfate|phosphate|acetate|tartrate|maleate|mesylate|HCl|the)\s+salts?|salts?|anions?|cations?|conjugate"
    r"|dimers?|trimers?|ions?|(?:di|tri)?hydrochloride|amidat\w+|amides?|acetylat\w+|besylate|mesylate|tosylate|maleate|fumarate|tartrate|citrate|hydrobromide|succinate|(?:mono|hemi|di|tri|tetra|penta|hexa|hepta|octa|nona|deca)?hydrates?|anhydrous|protonated|deprotonated|deuterated|labell?ed|fragments?|metabolites?|derivatives?|esters?|polymers?|units?|extra|additional|loses|losing|loss|lacks?|without)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Subject:
    """``things`` that a statement may be about, the likeliest first. ``sure``: it is about one of these and no other."""

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
        self._doubted: set[Thing] = set()
        self._renames: list[Sentence] | None = None

    def doubt(self, thing: Thing) -> None:
        """A notation that was found wrong says nothing of the numbers beside it."""
        self._doubted.add(thing)

    def is_part(self, thing: Thing) -> bool:
        """Whether a longer one of its kind holds it."""
        return any(
            thing.text in one.text and len(thing.text) < len(one.text) for one in self._things if one.kind == thing.kind
        )

    def is_doubted(self, thing: Thing) -> bool:
        return thing in self._doubted

    def sentence_at(self, place: int) -> Sentence:
        return self._sentences[max(0, bisect_right(self._starts, place) - 1)]

    def listed(
        self, sentence: Sentence, start: int, place: tuple[int, int], kinds: frozenset[str]
    ) -> tuple[Thing, ...]:
        """The thing at that place of as many names as there are numbers in a list, before it in its sentence or the one before."""
        names = [thing for thing in self._things if thing.kind in kinds & _LISTED and thing.end <= start]
        here = [thing for thing in names if thing.start >= sentence.start]
        if not here and names and _RESPECTIVELY.search(self._text, start, sentence.end):
            last = self.sentence_at(names[-1].start)
            here = [thing for thing in names if self.sentence_at(thing.start).line == last.line][-place[1] :]
        here = list({thing.text.lower(): thing for thing in here}.values())
        return (here[place[0]],) if len(here) == place[1] else ()

    def subject(
        self, sentence: Sentence, start: int, end: int, words: tuple[int, int] | None, kinds: frozenset[str]
    ) -> Subject:
        """Of what stands at ``start`` to ``end``, whose property is said at ``words``; only things of these ``kinds`` count."""
        things = [
            thing
            for thing in self._things
            if thing.kind in kinds and thing not in self._doubted and not (start < thing.end and thing.start < end)
        ]
        if sentence.header is not None:
            return self._in_table(sentence, things, kinds)
        if any(sentence.start <= thing.start and 0 <= start - thing.end < NEAR for thing in self._doubted):
            return Subject((), False)
        here = [thing for thing in things if sentence.start <= thing.start < sentence.end and not self._is_added(thing)]
        if words and words[1] <= start:
            for thing in here:
                if thing.start >= words[1] and (
                    _OF.fullmatch(self._text, words[1], thing.start)
                    or _TAKES.fullmatch(self._text, words[1], thing.start)
                ):
                    return Subject(self._group(thing, here), True)
        behind = next(
            (thing for thing in here if thing.start >= end and _OF.fullmatch(self._text, end, thing.start)), None
        )
        if behind is not None:
            return Subject(self._group(behind, here), True)
        before = [thing for thing in here if thing.end <= start]
        if before and _OPENED.fullmatch(self._text, before[-1].end, start):  # caffeine (194.19 g/mol)
            return Subject(self._group(before[-1], here), not _RESPECTIVELY.search(self._text, start, sentence.end))
        if before and words and self._is_only(before[-1], here) and not self.is_of_another(sentence):
            return Subject(self._group(before[-1], here), True)
        if before and _DIRECTLY.fullmatch(self._text, before[-1].end, start) and before[-1].kind != "element":
            return Subject(self._group(before[-1], here), True)
        ordered = [*reversed(before), *(thing for thing in here if thing.start >= end)]
        named = [thing for thing in ordered if thing.kind != "element" or "name" not in kinds]
        if not named and len({thing.text for thing in before}) == 1:
            return Subject((before[-1],), not self.is_of_another(sentence))
        return Subject(tuple(self._beyond(named, sentence, things, kinds)), False)

    def _group(self, thing: Thing, here: Sequence[Thing]) -> tuple[Thing, ...]:
        """The thing and what it is also written as, directly before or behind it."""
        place = here.index(thing)
        group = [thing]
        for one in reversed(here[:place]):
            if one.kind == group[-1].kind == "formula" or not _ALIAS.fullmatch(self._text, one.end, group[-1].start):
                break
            group.append(one)
        last = thing
        for one in here[place + 1 :]:
            if not _ALIAS.fullmatch(self._text, last.end, one.start) or one.kind == "name":
                break
            group.append(one)
            last = one
        return tuple(group)

    def _is_added(self, thing: Thing) -> bool:
        """Whether it is the water, or the proton, that is added to what the sentence is about, or taken from it."""
        return bool(_ADDED.search(self._text[max(0, thing.start - 14) : thing.start])) and thing.text.lower() in (
            "water",
            "h2o",
            "proton",
        )

    def _is_only(self, thing: Thing, here: Sequence[Thing]) -> bool:
        """Whether the sentence names nothing else."""
        group = self._group(thing, here)
        return thing.kind != "element" and all(one in group or one.kind == "element" for one in here)

    def _in_table(self, sentence: Sentence, things: list[Thing], kinds: frozenset[str]) -> Subject:
        """The things of the row; else those of the column's header; else what the table is about."""
        row = [thing for thing in things if self.sentence_at(thing.start).line == sentence.line]
        cells = [one for one in self._sentences if one.line == sentence.line]
        if row:
            of_another = any(_OTHER.search(self._text, one.start, one.end) for one in cells)
            return Subject(tuple(row), not of_another)
        assert sentence.header is not None
        above = [thing for thing in things if sentence.header[0] <= thing.start < sentence.header[1]]
        if above:
            return Subject(tuple(above), True)
        column = [thing for thing in things if self.sentence_at(thing.start).header == sentence.header]
        if column and column[0].kind not in ("cas", "formula"):
            return Subject((column[0],), True)
        header = self._text[slice(*sentence.header)]
        label = self._text[slice(*sentence.row)] if sentence.row else ""
        is_of_topic = _GENERIC_HEADER.fullmatch(header) and _LABEL.search(label)
        return Subject(tuple(self._beyond([], sentence, things, kinds)), False) if is_of_topic else Subject((), False)

    def _beyond(
        self, here: list[Thing], sentence: Sentence, things: list[Thing], kinds: frozenset[str]
    ) -> Iterator[Thing]:
        """Those of the sentence, then of the sentences before it, the nearest first, of the question, and of what follows."""
        yield from here
        records = (
            one.start
            for one in self._renaming()
            if one.start < sentence.start and ":" in self._text[one.start : one.end]
        )
        renamed = max(records, default=0)
        earlier = [
            thing
            for thing in things
            if renamed <= thing.start < sentence.start and (thing.kind != "element" or "name" not in kinds)
        ]
        by_sentence: dict[int, list[Thing]] = {}
        for thing in earlier:
            by_sentence.setdefault(self.sentence_at(thing.start).start, []).append(thing)
        for start in sorted(by_sentence, reverse=True):
            yield from by_sentence[start]
        yield from (thing for thing in self._asked if thing.kind in kinds)
        yield from (thing for thing in things if thing.start >= sentence.end and thing.kind != "element")

    def is_of_another(self, sentence: Sentence) -> bool:
        """Whether the sentence speaks of a relative of what is named: "its sodium salt", "the dimer"."""
        return bool(_OTHER.search(self._text, sentence.start, sentence.end))

    def is_of_a_relative(self, sentence: Sentence, start: int) -> bool:
        """Whether the words just before a number, behind all that is named, are of a relative."""
        last = max(
            (thing.end for thing in self._things if sentence.start <= thing.end <= start), default=sentence.start
        )
        return bool(_OTHER.search(self._text, max(last, start - 40), start))

    def things(self, kinds: frozenset[str]) -> Iterator[Thing]:
        """All of the text."""
        return (thing for thing in self._things if thing.kind in kinds)

    def asked(self, kinds: frozenset[str]) -> Iterator[Thing]:
        """All of the question."""
        return (thing for thing in self._asked if thing.kind in kinds)

    def has_between(self, first: Thing, last: Thing, kind: str = "name") -> bool:
        """Whether another thing of that kind stands between two."""
        return any(first.end <= thing.start and thing.end <= last.start for thing in self._things if thing.kind == kind)

    def is_renamed(self, start: int, end: int) -> bool:
        """Whether a heading of one word that no table knows stands between: from there on the text is about that."""
        return any(start <= sentence.start < end for sentence in self._renaming())

    def _renaming(self) -> list[Sentence]:
        """Headings of one word, and names of records, that are no thing which a table knows."""
        if self._renames is None:
            begun = {self.sentence_at(thing.start).start for thing in self._things}
            self._renames = [
                sentence
                for sentence in self._sentences
                if sentence.start not in begun
                and (found := _HEADING.fullmatch(self._text[sentence.start : sentence.end]))
                and (found[1] or found[2]).lower() not in _HEADINGS
            ]
        return self._renames

    def first_of(self, thing: Thing, things: Sequence[Thing]) -> Thing:
        """The first of these in the sentence of ``thing``: what that sentence is about."""
        sentence = self.sentence_at(thing.start)
        return next(one for one in things if sentence.start <= one.start)

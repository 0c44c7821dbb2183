"""Which tool a plain request means, for models that cannot call tools.

The request is cut into clauses; in each, the words that are neither entities nor grammar are weighed against the
vocabulary of every tool (its description, the words in which people ask for it, its parameters), rare words more. A tool
is called only if it accounts for most of the clause's weight and its arguments are there, as spans of the person's own
words. A word that no tool knows ("boiling", "poem") speaks against all of them, which leaves small talk alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.choices import measured_options
from app.entities import GRAMMAR, Entity, find_entities
from app.file_requests import OF_AN_EARLIER_FILE, tool_named, without_words_of_files
from app.filling import Routed, filled, fits
from app.identifiers import LOOKUP
from app.readings import lists_of_proteases, readings
from app.wording import (
    ACCEPTS,
    ASKED,
    DESCRIBED,
    EXPLAINED,
    GENERAL_VERBS,
    IN_A_PHRASE,
    TELLING,
    TOKEN,
    Candidate,
    Clause,
    as_word,
    contains,
    stem,
    without,
)

MOST_CALLS = 4
#: Of a clause's weight, what the chosen tool must account for: less where the clause names something to work on.
COVERAGE, COVERAGE_WITH_ENTITY = 0.6, 0.4
#: A verb that many things are done by weighs less; a word that asks for an explanation speaks against every tool.
GENERAL, EXPLAINING = 0.3, 2.5

LONGEST_BETWEEN_LISTS = 60
#: "Draw aspirin with its acid highlighted" is an order to draw.
ORDERED = 1.3
#: Who names a service wants its answer, and not what can be computed here.
SERVICE_NAMED = 3.0
#: So many words of a tool's description mean it, if they are most of the clause.
ENOUGH_DESCRIBED = 2
_PRONOUNS = frozenset(["it", "its", "this", "that", "these", "those", "they", "them", "their", "same", "one"])
_SPLIT = re.compile(
    r"[,;?!.\n]+(?=\s|$)|(?<![\w-])and(?![\w-])|\bthen\b|\balso\b|\bplus\b|\bfor (?=my|our)\b|\bbecause\b|\bso that\b|&",
    re.IGNORECASE,
)
#: What stands behind a cut and says only how: "…? Use SMARTS C(=O)O", "…, with atom numbers".
_GOES_ON = re.compile(
    r"\s*(?:please\s+)?(?:use|using|with|via|at|from|by|where|given|assuming|density|purity)\b", re.IGNORECASE
)
_ABBREVIATED = re.compile(r"\b(?:[A-Z]|e\.g|i\.e|approx|vs|no|ca)\.(?=\s+[a-z\d])")  # E. coli
_ORDER = re.compile(r"\W*(?:(?:please|kindly|then|now|also|can|could|would|you)\W+)*([A-Za-z][\w-]*)", re.IGNORECASE)
_ATOMS_COUNTED = re.compile(r"\b(?:how many|number of|count)\b", re.IGNORECASE)
#: Kinds of what a clause can be about.
_SUBJECTS = frozenset().union(*ACCEPTS.values()) - {
    "element",
    "unit",
    "temperature",
    "atom",
    "adduct",
    "nucleus",
    "ratio",
}
#: What is counted: a tool that does not know this noun counts something else.
_COUNTED = re.compile(
    r"\b(?:how many|number of|count(?: of)?(?: the)?)\s+"
    r"(?:(?:different|distinct|unique|total|possible|chemically|non-?equivalent|equivalent|\w+-\w+)\s+)*([A-Za-z][\w-]*)",
    re.IGNORECASE,
)


class Router:
    """Built from the catalog of ``tools.running.Workers``; ``route`` never raises and never calls anything."""

    def __init__(self, catalog: Sequence[Mapping[str, Any]]) -> None:
        self._candidates = [
            candidate for candidate in map(Candidate, catalog) if candidate.required and not candidate.unfillable
        ]
        computing = [candidate for candidate in self._candidates if candidate.group != LOOKUP]
        total = len(computing)
        holders: dict[str, int] = {}
        for candidate in computing:
            for word in candidate.words:
                holders[word] = holders.get(word, 0) + 1
        self._rarity = {word: math.log(1 + total / count) for word, count in holders.items()}
        self._unknown = math.log(1 + total)
        for candidate in self._candidates:  # a lookup must be named, and so makes no word of the others less telling
            self._rarity = dict.fromkeys(candidate.words, self._unknown) | self._rarity
        spoken = {
            word
            for tool in catalog
            for phrase in (*tool.get("asks", ()), tool["name"].replace("_", " "))
            for word in TOKEN.findall(
                re.sub(r"\bwith \S+", "", phrase.lower())
            )  # the water of "reacts with water" is a compound
        }
        #: Phrases that hold a conjunction ("ball and stick"), which does not cut them.
        self._whole = re.compile(
            "|".join(re.escape(phrase) for phrase in _joined_phrases(catalog)) or r"(?!)", re.IGNORECASE
        )
        self._known_words = frozenset(GRAMMAR | spoken | {word + "s" for word in spoken})

    def route(
        self,
        request: str,
        context: Sequence[str] = (),
        files: Sequence[str] = (),
        contents: Mapping[str, str] | None = None,
    ) -> list[Routed]:
        """The calls that the request means, in its order; empty for small talk. ``context`` holds entities of earlier
        turns, the newest last: what "it" and "its" mean when the request names nothing itself. ``files`` came with the
        request: it is about them where it names nothing else, and one that no call takes is read. ``contents`` says of
        each file whether it holds "molecules", "sequences" or a "structure".
        """
        entities = [_filled(entity, contents or {}) for entity in find_entities(request, self._known_words)]
        clauses = _clauses(request, entities, self._whole)
        earlier = [_filled(Entity(_context_kind(text), text, 0, 0), contents or {}) for text in context[-1:]]
        attached = [_filled(Entity("file", handle, 0, 0), contents or {}) for handle in files]
        calls: list[Routed] = []
        lost = False  # the sentence began with something that no tool does: what "and" adds to it belongs to that
        for index, clause in enumerate(clauses):
            if not clause.words and _are_used(clause.entities, calls):
                continue  # "which is heavier, toluene or benzene": what stands after the comma was meant before it
            subjects = self._subjects(clauses, index, attached, earlier)
            of_file = any(subject.kind == "file" for subject in subjects)
            found = self._calls(without_words_of_files(clause), subjects) if of_file else []
            found = found or self._calls(clause, subjects)
            lost = bool(clause.words) and not found if not clause.joined else lost
            if lost and clause.joined and not (clause.entities or self._begins_anew(clause)):
                continue
            for call in found:
                calls = [other for other in calls if not _says_less(other, call)]
                if not any(call == other or _says_less(call, other) for other in calls):
                    calls.append(call)
        taken = [value for call in calls for value in call.arguments.values()]
        unread = [Routed("read_file", {"file": handle}) for handle in files if handle not in taken]
        return [*unread, *calls][:MOST_CALLS]

    def _begins_anew(self, clause: Clause) -> bool:
        """Whether a clause after "and" begins with a word by which people ask for a tool: "and draw …"."""
        first = stem(clause.words[0]) if clause.words else ""
        return any(candidate.words.get(first) == ASKED for candidate in self._candidates)

    def _subjects(
        self, clauses: list[Clause], index: int, attached: list[Entity], earlier: list[Entity]
    ) -> list[Entity]:
        """What a clause speaks of: its own entities, else those before it, else those after it, else the files that came
        with it, else the context's.
        """
        clause = clauses[index]
        if any(entity.kind in _SUBJECTS for entity in clause.entities):
            return clause.entities
        before = next((found for other in reversed(clauses[:index]) if (found := _subjects_in(other))), None)
        after = next((found for other in clauses[index + 1 :] if (found := _subjects_in(other))), None)
        others = before or after
        if others:
            return [*others, *clause.entities]
        if attached:
            return [*attached, *clause.entities]
        spoken = set(map(str.lower, TOKEN.findall(clause.text)))
        of_file = bool(earlier) and earlier[0].kind == "file" and bool(spoken & OF_AN_EARLIER_FILE)
        if earlier and (of_file or spoken & _PRONOUNS):
            return [*earlier, *clause.entities]
        return clause.entities

    def _calls(self, clause: Clause, subjects: list[Entity]) -> list[Routed]:
        if not clause.words and not any(entity.kind in TELLING for entity in clause.entities):
            return _default(subjects) if clause.entities or any(one.kind == "file" for one in subjects) else []
        best: tuple[float, Candidate, list[Entity], dict[str, Any]] | None = None
        named = tool_named(clause, self._candidates)
        for candidate in [named] if named else self._candidates:
            read = readings(candidate, clause, subjects, self._asked_of_others(candidate), self._rarity)
            measured, beside = measured_options(candidate, clause, clause.entities)
            usable = [entity for entity in (*subjects, *read) if entity not in beside]
            fit = fits(candidate, clause, usable) * candidate.narrowness
            if not fit:
                continue
            score = 1.0 if candidate is named else self._score(clause, candidate, read, beside)
            if score > 0 and (best is None or score * fit > best[0]):
                best = (score * fit, candidate, usable, measured)
        if not best:
            return []
        return [Routed(call.tool, call.arguments | best[3]) for call in filled(best[1], clause, best[2])]

    def _asked_of_others(self, candidate: Candidate) -> frozenset[str]:
        return frozenset(
            word
            for other in self._candidates
            if other is not candidate
            for word, weight in other.words.items()
            if weight == ASKED
        )

    def _score(self, clause: Clause, candidate: Candidate, read: list[Entity], beside: list[Entity]) -> float:
        """The weight of the words that the tool accounts for; 0 if that is too little of the clause."""
        accounted = {
            stem(part) for entity in read for word in TOKEN.findall(entity.text) for part in (word, *word.split("-"))
        }
        words = [word for word in self._stems(clause) if word not in accounted]
        if _ATOMS_COUNTED.search(clause.text) and any(entity.kind == "element" for entity in clause.entities):
            words.append("atom")  # "how many carbons" asks for carbon atoms
        words += {
            as_word(entity.kind)
            for entity in (*clause.entities, *read)
            if entity.kind in TELLING and entity not in beside
        }
        weight = sum(map(self._weight, words))
        matched = sum(self._weight(word) for word in words if word in candidate.words)
        counted = _COUNTED.search(clause.text)
        if counted and not _is_known(counted.group(1), clause, candidate, read):
            return 0.0
        elements = [stem(entity.text) for entity in clause.entities if entity.kind == "element"]
        in_phrases = candidate.spoken_phrases([*words, *elements])
        described = [word for word in words if word in candidate.words]
        strong = (
            bool(in_phrases)
            or any(candidate.words.get(word, 0.0) > DESCRIBED for word in words)
            or (len(described) >= ENOUGH_DESCRIBED and matched >= COVERAGE * weight)
        )
        is_said = bool(in_phrases) or any(candidate.words.get(word) == ASKED for word in words)
        if candidate.group == LOOKUP and not is_said:
            return 0.0
        wanted = _SUBJECTS | ({"element"} if "element" in map(candidate.entities.get, candidate.required) else set())
        named = any(entity.kind in wanted for entity in clause.entities)
        if not strong or matched < (COVERAGE_WITH_ENTITY if named else COVERAGE) * weight:
            return 0.0
        order = _ORDER.match(clause.text)
        ordered = stem(order[1]) if order and candidate.words.get(stem(order[1])) == ASKED else ""
        score = sum(
            self._weight(word)
            * max(candidate.words[word], IN_A_PHRASE if word in in_phrases else 0.0)
            * (ORDERED if word == ordered else 1.0)
            for word in words
            if word in candidate.words
        )
        score += sum(
            0.5 * len(phrase)
            for phrase in candidate.phrases
            if contains(list(map(stem, TOKEN.findall(clause.text))), phrase)
        )
        return score * (SERVICE_NAMED if candidate.group == LOOKUP else 1.0)

    def _stems(self, clause: Clause) -> list[str]:
        """Of the clause's words; a word with a hyphen that no tool knows is several: "six-membered"."""
        found: list[str] = []
        for word in clause.words:
            parts = [word] if stem(word) in self._rarity or "-" not in word else word.split("-")
            found += [stem(part) for part in parts if part.lower() not in GRAMMAR and not part.isdigit()]
        return found

    def _weight(self, word: str) -> float:
        if word in EXPLAINED:
            return EXPLAINING * self._unknown
        return self._rarity.get(word, self._unknown) * (GENERAL if word in GENERAL_VERBS else 1.0)


def _filled(entity: Entity, contents: Mapping[str, str]) -> Entity:
    """A file with what it holds."""
    return replace(entity, value=contents.get(entity.text, "")) if entity.kind == "file" else entity


def _says_less(call: Routed, other: Routed) -> bool:
    """Whether another call of the same tool has all its arguments, and more."""
    return call.tool == other.tool and call != other and call.arguments.items() <= other.arguments.items()


def _is_known(noun: str, clause: Clause, candidate: Candidate, read: list[Entity]) -> bool:
    return stem(noun) in candidate.words or any(noun in entity.text for entity in (*clause.entities, *read))


def _subjects_in(clause: Clause) -> list[Entity]:
    """What is spoken of, with the elements beside it; amounts belong to their own clause."""
    if not any(entity.kind in _SUBJECTS for entity in clause.entities):
        return []
    return [entity for entity in clause.entities if entity.kind not in TELLING]


def _joined_phrases(catalog: Sequence[Mapping[str, Any]]) -> list[str]:
    return [phrase for tool in catalog for phrase in tool.get("asks", ()) if _SPLIT.search(phrase)]


def _clauses(request: str, entities: list[Entity], whole: re.Pattern[str]) -> list[Clause]:
    """The request cut at conjunctions and punctuation outside entities and ``whole`` phrases; a list stays together."""
    kept = [(entity.start, entity.end) for entity in entities] + [match.span() for match in whole.finditer(request)]
    kept += [*lists_of_proteases(request), *(match.span() for match in _ABBREVIATED.finditer(request))]
    cuts = [
        match
        for match in _SPLIT.finditer(request)
        if not any(start <= match.start() < end for start, end in kept)
        and not _joins(request, match, entities)
        and not _GOES_ON.match(request, match.end())
    ]
    starts = [0, *(match.end() for match in cuts)]
    ends = [*(match.start() for match in cuts), len(request)]
    marks = [".", *(match.group() for match in cuts)]
    clauses: list[Clause] = []
    for start, end, mark in zip(starts, ends, marks, strict=True):
        own = [entity for entity in entities if start <= entity.start < end]
        words = _content_words(request, start, end, own)
        if own or words:
            clauses.append(Clause(request, start, end, own, words, joined=mark[0] not in ".?!;\n"))
    return clauses


def _joins(request: str, cut: re.Match[str], entities: list[Entity]) -> bool:
    """Whether a comma or an "and" stands between two entities and nothing else does: the parts of one list."""
    before = max(
        (entity for entity in entities if entity.end <= cut.start()), key=lambda entity: entity.end, default=None
    )
    after = min(
        (entity for entity in entities if entity.start >= cut.end()), key=lambda entity: entity.start, default=None
    )
    if before is None or after is None:
        return False
    if before.kind == after.kind == "numbers":
        return after.start - before.end < LONGEST_BETWEEN_LISTS
    if cut.group()[0] in ".?!;":
        return False
    between = request[before.end : cut.start()] + request[cut.end() : after.start]
    return not re.sub(r"\W|\b(?:and|or|to|the|atoms?|number|y|x)\b", "", between)


def _content_words(request: str, start: int, end: int, entities: list[Entity]) -> list[str]:
    text = without(request, start, end, entities)
    words = [word for word in TOKEN.findall(text) if word.lower() not in GRAMMAR]
    return [word for word in words if not re.fullmatch(r"[-+]?[\d\-]+", word) and word.lower() not in ("s", "how")]


def _are_used(entities: list[Entity], calls: list[Routed]) -> bool:
    used = [value for call in calls for value in call.arguments.values()]
    return bool(entities) and all(entity.text in used for entity in entities)


def _context_kind(text: str) -> Any:
    found = find_entities(text, frozenset())
    return found[0].kind if found and found[0].kind != "element" else "name"


def _default(subjects: list[Entity]) -> list[Routed]:
    """A structure, a name or a sequence with nothing asked: say what it is."""
    calls: list[Routed] = []
    if any(entity.kind in ("formula", "reaction", "element", "adduct") for entity in subjects):
        return calls
    for entity in subjects:
        if entity.kind == "file":
            calls.append(Routed("read_file", {"file": entity.text}))
        elif entity.kind in ACCEPTS["notation"]:
            calls.append(Routed("resolve_structure", {"text": entity.text}))
        elif entity.kind == "protein":
            calls.append(Routed("protein_report", {"sequence": entity.text}))
        elif entity.kind in ACCEPTS["sequence"]:
            calls.append(Routed("sequence_report", {"sequence": entity.text}))
    return calls

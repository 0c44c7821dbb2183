"""Which tool a plain request means, for models that cannot call tools.

The request is cut into clauses; in each, the words that are neither entities nor grammar are weighed against the
vocabulary of every tool (its description, the words in which people ask for it, its parameters), rare words more. A tool
is called only if it accounts for most of the clause's weight and its arguments are there, as spans of the person's own
words. A word that no tool knows ("boiling", "poem") speaks against all of them, which leaves small talk alone.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.entities import GRAMMAR, Entity, find_entities, may_be_a_misspelt_name

MOST_CALLS = 4
#: Of a clause's weight, what the chosen tool must account for: less where the clause names something to work on.
COVERAGE, COVERAGE_WITH_ENTITY = 0.6, 0.4
#: Of a word by where it stands: asked for by itself, in the tool's name, in a phrase, in the description only.
ASKED, NAMED, IN_A_PHRASE, DESCRIBED = 1.0, 0.8, 0.7, 0.4
WRONG_SEQUENCE = 0.7  # DNA where a protein is wanted: the tool refuses it in a sentence, which helps more than silence

_PRONOUNS = frozenset(["it", "its", "this", "that", "these", "those", "they", "them", "their", "same", "one"])
_SPLIT = re.compile(
    r"[,;?!.\n]+(?=\s|$)|\band\b|\bthen\b|\balso\b|\bplus\b|\bfor (?=my|our)\b|\bbecause\b|\bso that\b|&", re.IGNORECASE
)
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-'’]*")
#: What is counted: a tool that does not know this noun counts something else.
_COUNTED = re.compile(r"\b(?:how many|number of|count(?: of)?(?: the)?)\s+([A-Za-z][\w-]*)", re.IGNORECASE)
#: Which kinds of entity an argument takes.
_ACCEPTS: dict[str, frozenset[str]] = {
    "molecule": frozenset(("structure", "cas", "name", "inchikey")),
    "molecules": frozenset(("structure", "cas", "name", "inchikey")),
    "name": frozenset(("name", "cas")),
    "notation": frozenset(("structure", "cas", "name", "inchikey")),
    "element": frozenset(("element",)),
    "sequence": frozenset(("dna", "rna", "protein")),
    "nucleotides": frozenset(("dna", "rna")),
    "protein": frozenset(("protein",)),
}
_SEQUENCES = _ACCEPTS["sequence"]
#: Arguments that want just this kind: their tool goes before one that takes others, too.
_SPECIFIC: dict[str, frozenset[str]] = {
    "name": frozenset(("name",)),
    "protein": _ACCEPTS["protein"],
    "nucleotides": _ACCEPTS["nucleotides"],
}


@dataclass(frozen=True)
class Routed:
    """A call that the request means; every value is a span of the request, a number in it, or an element's symbol."""

    tool: str
    arguments: dict[str, Any]


@dataclass
class _Clause:
    text: str
    entities: list[Entity]
    words: list[str]
    joined: bool  # to the clause before it, by "and" or a comma


class _Candidate:
    """A tool as the router sees it: its words with their weights, and what it must be given."""

    def __init__(self, tool: Mapping[str, Any]) -> None:
        self.name = tool["name"]
        properties = tool["parameters"].get("properties", {})
        self.entities = {name: _entity(schema) for name, schema in properties.items()}
        self.properties = properties
        self.required = [name for name in tool["parameters"].get("required", []) if self.entities.get(name)]
        self.words: dict[str, float] = {}
        asks = [_TOKEN.findall(phrase) for phrase in tool.get("asks", ())]
        self._weigh((_TOKEN.findall(tool["description"]), *(name.split("_") for name in properties), *asks), DESCRIBED)
        self._weigh((tool["name"].split("_"),), NAMED)
        self._weigh((phrase for phrase in asks if len(phrase) == 1), ASKED)
        self.phrases = [tuple(map(stem, phrase)) for phrase in asks if len(phrase) > 1]

    def spoken_phrases(self, words: Sequence[str]) -> frozenset[str]:
        """The words (as stems) of those phrases that are all there, grammar aside: of "polar surface area", not "area"."""
        said = set(words)
        contents = [
            frozenset(word for word in phrase if word not in _GRAMMAR_STEMS and not word.isdigit())
            for phrase in self.phrases
        ]
        return frozenset().union(*(content for content in contents if content and content <= said))

    def _weigh(self, phrases: Iterable[Sequence[str]], weight: float) -> None:
        for phrase in phrases:
            for word in map(stem, phrase):
                self.words[word] = max(weight, self.words.get(word, 0.0))


def _entity(schema: Mapping[str, Any]) -> str:
    """The entity of a parameter, also of an optional one."""
    inner = [schema, *schema.get("anyOf", ())]
    return next((option["entity"] for option in inner if "entity" in option), "")


class Router:
    """Built from the catalog of ``tools.running.Workers``; ``route`` never raises and never calls anything."""

    def __init__(self, catalog: Sequence[Mapping[str, Any]]) -> None:
        self._candidates = [candidate for candidate in map(_Candidate, catalog) if candidate.required]
        total = len(self._candidates)
        holders: dict[str, int] = {}
        for candidate in self._candidates:
            for word in candidate.words:
                holders[word] = holders.get(word, 0) + 1
        self._rarity = {word: math.log(1 + total / count) for word, count in holders.items()}
        self._unknown = math.log(1 + total)
        spoken = {
            word
            for tool in catalog
            for phrase in (*tool.get("asks", ()), tool["name"].replace("_", " "))
            for word in _TOKEN.findall(phrase.lower())
        }
        #: Phrases that hold a conjunction ("ball and stick"), which does not cut them.
        self._whole = re.compile(
            "|".join(re.escape(phrase) for phrase in _joined_phrases(catalog)) or r"(?!)", re.IGNORECASE
        )
        self._known_words = frozenset(GRAMMAR | spoken | {word + "s" for word in spoken})

    def route(self, request: str, context: Sequence[str] = ()) -> list[Routed]:
        """The calls that the request means, in its order; empty for small talk. ``context`` holds entities of earlier
        turns, the newest last: what "it" and "its" mean when the request names nothing itself.
        """
        entities = find_entities(request, self._known_words)
        clauses = _clauses(request, entities, self._whole)
        earlier = [Entity(_context_kind(text), text, 0, 0) for text in context[-1:]]
        calls: list[Routed] = []
        lost = False  # the sentence began with something that no tool does: what "and" adds to it belongs to that
        for index, clause in enumerate(clauses):
            if not clause.words and _are_used(clause.entities, calls):
                continue  # "which is heavier, toluene or benzene": what stands after the comma was meant before it
            found = self._calls(clause, self._subjects(clauses, index, earlier))
            lost = bool(clause.words) and not found if not clause.joined else lost
            if lost and clause.joined and not (clause.entities or self._begins_anew(clause)):
                continue
            calls += [call for call in found if call not in calls]
        return calls[:MOST_CALLS]

    def _begins_anew(self, clause: _Clause) -> bool:
        """Whether a clause after "and" begins with a word by which people ask for a tool: "and draw …"."""
        first = stem(clause.words[0]) if clause.words else ""
        return any(candidate.words.get(first) == ASKED for candidate in self._candidates)

    def _subjects(self, clauses: list[_Clause], index: int, earlier: list[Entity]) -> list[Entity]:
        """What a clause speaks of: its own entities, else those before it, else those after it, else the context's."""
        clause = clauses[index]
        if any(entity.kind != "element" for entity in clause.entities):
            return clause.entities
        before = next((other.entities for other in reversed(clauses[:index]) if other.entities), None)
        after = next((other.entities for other in clauses[index + 1 :] if other.entities), None)
        others = before or after
        if others:
            return [*others, *clause.entities]
        if earlier and set(map(str.lower, _TOKEN.findall(clause.text))) & _PRONOUNS:
            return [*earlier, *clause.entities]
        return clause.entities

    def _calls(self, clause: _Clause, subjects: list[Entity]) -> list[Routed]:
        if not clause.words:
            return _default(subjects) if clause.entities else []
        best: tuple[float, _Candidate, list[Entity]] | None = None
        for candidate in self._candidates:
            score = self._score(clause, candidate)
            if score <= 0:
                continue
            usable = subjects
            if not _fits(candidate, usable):
                usable = [*subjects, *_misspelt(clause, candidate)]
            fit = _fits(candidate, usable)
            if fit and (best is None or score * fit > best[0]):
                best = (score * fit, candidate, usable)
        return _filled(best[1], clause, best[2]) if best else []

    def _score(self, clause: _Clause, candidate: _Candidate) -> float:
        """The weight of the words that the tool accounts for; 0 if that is too little of the clause."""
        misspelt = {stem(entity.text) for entity in _misspelt(clause, candidate)}
        words = [word for word in map(stem, clause.words) if word not in misspelt]
        if any(entity.kind == "element" for entity in clause.entities):
            words.append("atom")  # "how many carbons" asks for carbon atoms
        weight = sum(self._rarity.get(word, self._unknown) for word in words)
        matched = sum(self._rarity[word] for word in words if word in candidate.words)
        counted = _COUNTED.search(clause.text)
        if counted and not _is_known(counted.group(1), clause, candidate):
            return 0.0
        in_phrases = candidate.spoken_phrases(words)
        strong = bool(in_phrases) or any(candidate.words.get(word, 0.0) > DESCRIBED for word in words)
        coverage = COVERAGE_WITH_ENTITY if clause.entities else COVERAGE
        if not strong or matched < coverage * weight:
            return 0.0
        score = sum(
            self._rarity[word] * max(candidate.words[word], IN_A_PHRASE if word in in_phrases else 0.0)
            for word in words
            if word in candidate.words
        )
        return score + sum(
            0.5 * len(phrase)
            for phrase in candidate.phrases
            if _contains(list(map(stem, _TOKEN.findall(clause.text))), phrase)
        )


def _is_known(noun: str, clause: _Clause, candidate: _Candidate) -> bool:
    return stem(noun) in candidate.words or any(noun in entity.text for entity in clause.entities)


def stem(word: str) -> str:
    """A word without its common endings: draw, draws, drawing and drawn are one; enough for a small vocabulary."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    if word in ("drawn", "drew"):
        return "draw"
    for ending, kept in (
        ("ities", "ity"),
        ("ies", "y"),
        ("sses", "ss"),
        ("ations", "at"),
        ("ation", "at"),
        ("ates", "at"),
        ("ated", "at"),
        ("ating", "at"),
        ("ate", "at"),
        ("ings", ""),
        ("ing", ""),
        ("ed", ""),
        ("s", ""),
    ):
        if (
            word.endswith(ending)
            and len(word) - len(ending) + len(kept) >= 3
            and not (ending == "s" and word.endswith(("ss", "us", "is")))
        ):
            return word[: len(word) - len(ending)] + kept
    return word


_GRAMMAR_STEMS = frozenset(map(stem, GRAMMAR)) | {"how", "s"}


def _joined_phrases(catalog: Sequence[Mapping[str, Any]]) -> list[str]:
    return [phrase for tool in catalog for phrase in tool.get("asks", ()) if _SPLIT.search(phrase)]


def _clauses(request: str, entities: list[Entity], whole: re.Pattern[str]) -> list[_Clause]:
    """The request cut at conjunctions and punctuation outside entities and ``whole`` phrases; a list stays together."""
    kept = [(entity.start, entity.end) for entity in entities] + [match.span() for match in whole.finditer(request)]
    cuts = [
        match
        for match in _SPLIT.finditer(request)
        if not any(start <= match.start() < end for start, end in kept) and not _joins(request, match, entities)
    ]
    starts = [0, *(match.end() for match in cuts)]
    ends = [*(match.start() for match in cuts), len(request)]
    marks = [".", *(match.group() for match in cuts)]
    clauses: list[_Clause] = []
    for start, end, mark in zip(starts, ends, marks, strict=True):
        own = [entity for entity in entities if start <= entity.start < end]
        words = _content_words(request, start, end, own)
        if own or words:
            clauses.append(_Clause(request[start:end], own, words, joined=mark[0] not in ".?!;\n"))
    return clauses


def _joins(request: str, cut: re.Match[str], entities: list[Entity]) -> bool:
    """Whether a comma or an "and" stands between two entities and nothing else does: the parts of one list."""
    if cut.group()[0] in ".?!;":
        return False
    before = max((entity.end for entity in entities if entity.end <= cut.start()), default=None)
    after = min((entity.start for entity in entities if entity.start >= cut.end()), default=None)
    if before is None or after is None:
        return False
    return not re.sub(r"\W|and|or", "", request[before : cut.start()] + request[cut.end() : after])


def _content_words(request: str, start: int, end: int, entities: list[Entity]) -> list[str]:
    text = request[start:end]
    for entity in entities:
        text = text.replace(entity.text, " ", 1)
    words = [word for word in _TOKEN.findall(text) if word.lower() not in GRAMMAR]
    return [word for word in words if not re.fullmatch(r"[-+]?\d+", word) and word.lower() not in ("s", "how")]


def _are_used(entities: list[Entity], calls: list[Routed]) -> bool:
    used = [value for call in calls for value in call.arguments.values()]
    return bool(entities) and all(entity.text in used for entity in entities)


def _context_kind(text: str) -> Any:
    found = find_entities(text, frozenset())
    return found[0].kind if found and found[0].kind != "element" else "name"


def _default(subjects: list[Entity]) -> list[Routed]:
    """A structure, a name or a sequence with nothing asked: say what it is."""
    calls: list[Routed] = []
    if any(entity.kind in ("formula", "reaction", "element") for entity in subjects):
        return calls
    for entity in subjects:
        if entity.kind in _ACCEPTS["notation"]:
            calls.append(Routed("resolve_structure", {"text": entity.text}))
        elif entity.kind == "protein":
            calls.append(Routed("protein_report", {"sequence": entity.text}))
        elif entity.kind in _SEQUENCES:
            calls.append(Routed("sequence_report", {"sequence": entity.text}))
    return calls


def _misspelt(clause: _Clause, candidate: _Candidate) -> list[Entity]:
    """Words that no tool knows and that may be meant as names, for a tool that wants a molecule."""
    if any(entity.kind in _ACCEPTS["notation"] for entity in clause.entities):
        return []
    if not any(
        candidate.entities[name] in ("molecule", "molecules", "name", "notation") for name in candidate.required
    ):
        return []
    unknown = [word for word in clause.words if stem(word) not in candidate.words and may_be_a_misspelt_name(word)]
    return [Entity("name", word, 0, 0) for word in unknown]


def _fits(candidate: _Candidate, subjects: list[Entity]) -> float:
    """How well the entities fill the required arguments: 0 not at all, 1 exactly, a little more where one is specific."""
    fit = 1.0
    for name in candidate.required:
        wanted = candidate.entities[name]
        accepted = [entity for entity in subjects if entity.kind in _ACCEPTS.get(wanted, frozenset())]
        if accepted:
            fit *= 1.15 if wanted in _SPECIFIC and all(entity.kind in _SPECIFIC[wanted] for entity in accepted) else 1.0
        elif wanted in ("protein", "nucleotides") and any(entity.kind in _SEQUENCES for entity in subjects):
            fit *= WRONG_SEQUENCE
        else:
            return 0.0
    return fit


def _filled(candidate: _Candidate, clause: _Clause, subjects: list[Entity]) -> list[Routed]:
    """The calls of one tool: a list argument takes all subjects, any other one call for each."""
    main = candidate.required[0]
    wanted = candidate.entities[main]
    accepted = _ACCEPTS[wanted] if any(entity.kind in _ACCEPTS[wanted] for entity in subjects) else _SEQUENCES
    own = [entity for entity in subjects if entity.kind in accepted]
    options = _options(candidate, clause, own)
    used = {json.dumps(value) for value in options.values()}
    texts = list(dict.fromkeys(entity.text for entity in own if json.dumps(entity.text) not in used))
    if wanted == "molecules":
        return [Routed(candidate.name, {main: texts if len(texts) > 1 else texts[0], **options})] if texts else []
    element = next((name for name, kind in candidate.entities.items() if kind == "element"), "")
    symbols = dict.fromkeys(entity.value for entity in subjects if entity.kind == "element") if element else {}
    choices = [{element: symbol} for symbol in symbols] or [{}]
    return [Routed(candidate.name, {main: text, **choice, **options}) for text in texts for choice in choices]


def _options(candidate: _Candidate, clause: _Clause, own: list[Entity]) -> dict[str, Any]:
    """Optional arguments that the clause names: flags, numbers beside their name, a structure after its name."""
    options: dict[str, Any] = {}
    said = [stem(word) for word in _TOKEN.findall(clause.text)]
    for name, schema in candidate.properties.items():
        if name in candidate.required or candidate.entities[name]:
            continue
        words = [stem(part) for part in name.split("_")]
        kinds = {schema.get("type"), *(option.get("type") for option in schema.get("anyOf", ()))}
        if not _contains(said, tuple(words)):
            continue
        spoken = r"\W+".join(re.escape(part.removesuffix("s")) + r"\w*" for part in name.split("_"))
        if "boolean" in kinds:
            options[name] = True
        elif "integer" in kinds or schema.get("enum"):
            after = re.search(rf"{spoken}\s{{0,3}}(-?\d+)", clause.text, re.IGNORECASE)
            beside = after or re.search(rf"(-?\d+)\s{{0,3}}{spoken}", clause.text, re.IGNORECASE)
            if beside:
                options[name] = int(beside.group(1))
        elif "string" in kinds:
            place = re.search(spoken, clause.text, re.IGNORECASE)
            following = [entity for entity in own if place and clause.text.find(entity.text) > place.start()]
            if following and len(own) > 1:
                options[name] = following[-1].text
    return options


def _contains(words: list[str], phrase: tuple[str, ...]) -> bool:
    return any(tuple(words[start : start + len(phrase)]) == phrase for start in range(len(words) - len(phrase) + 1))

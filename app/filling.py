"""Arguments for the tool that a request means: spans of the person's own words, in the order in which they stand."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.amounts import number_in, numbers_in
from app.choices import chosen_option, options
from app.entities import Entity
from app.solutions import amounts_of_solution, is_of_solutions
from app.wording import ACCEPTS, ACCEPTS_AFTER_ALL, IN_A_FILE, Candidate, Clause

WRONG_SEQUENCE = 0.7  # DNA where a protein is wanted: the tool refuses it in a sentence, which helps more than silence
AFTER_ALL = 0.85
#: A tool that takes all that was named goes before one that must be called for each of it.
ONE_BY_ONE = 0.9
SEQUENCES = ACCEPTS["sequence"]
_MOLECULE = ACCEPTS["molecule"]
#: Kinds of argument that share molecules out.
_SHARING = frozenset(("molecule", "molecules", "smarts", "core", "molecule_or_formula"))
_OF_SEQUENCES = frozenset(("sequence", "nucleotides", "protein"))
_IN_SEQUENCES = _OF_SEQUENCES | {"sequences"}
_LISTS = frozenset(("molecules", "restriction_enzymes", "sequences", "nucleotides_list"))
#: Fewer than this are for another tool.
_LEAST = {"sequences": 3, "nucleotides_list": 2}
#: Arguments that want just this kind: their tool goes before one that takes others, too.
_SPECIFIC: dict[str, frozenset[str]] = {
    "name": frozenset(("name",)),
    "protein": ACCEPTS["protein"],
    "nucleotides": ACCEPTS["nucleotides"],
}
#: Words right before an entity that say which argument it is.
_ROLES = {
    "smarts": re.compile(
        r"\b(?:smarts|pattern|substructure|motif|contain(?:s|ing)?|match(?:es|ing)?|for|with)\s*(?:is|=|:|the|a|an|of)?\s*[\"'`]?$",
        re.IGNORECASE,
    ),
    "core": re.compile(r"\b(?:core|scaffold)\s*(?:is|=|:|of|the)?\s*[\"'`]?$", re.IGNORECASE),
    "forward": re.compile(r"\bforward(?:\s+primer)?\s*(?:is|=|:)?\s*$|\bfwd\s*(?:=|:)?\s*$", re.IGNORECASE),
    "reverse": re.compile(r"\breverse(?:\s+primer)?\s*(?:is|=|:)?\s*$|\brev\s*(?:=|:)?\s*$", re.IGNORECASE),
    "template": re.compile(r"\btemplate(?:\s+DNA)?\s*(?:is|=|:)?\s*$", re.IGNORECASE),
    "query": re.compile(r"\b(?:to|with|against|query|reference|like)\s*(?:is|=|:)?\s*[\"'`]?$", re.IGNORECASE),
}
_WITHIN = re.compile(r"\b(?:in|of|within|inside|on)\s+(?:the\s+)?(?:molecules?\s+)?[\"'`]?$", re.IGNORECASE)


@dataclass(frozen=True)
class Routed:
    """A call that the request means; every value is a span of the request, a number in it, or an element's symbol."""

    tool: str
    arguments: dict[str, Any]


def fits(candidate: Candidate, clause: Clause, subjects: Sequence[Entity]) -> float:
    """How well the entities fill the required arguments: 0 not at all, 1 exactly, a little more where one is specific."""
    fit = 1.0
    for name in candidate.required:
        wanted = candidate.entities[name]
        accepted = [entity for entity in subjects if entity.kind in ACCEPTS.get(wanted, frozenset())]
        if len({entity.text for entity in accepted}) >= _LEAST.get(wanted, 1):
            fit *= 1.15 if wanted in _SPECIFIC and all(entity.kind in _SPECIFIC[wanted] for entity in accepted) else 1.0
        elif _after_all(wanted, subjects):
            fit *= AFTER_ALL
        elif wanted in ("protein", "nucleotides") and any(entity.kind in SEQUENCES for entity in subjects):
            fit *= WRONG_SEQUENCE
        else:
            return 0.0
    if not all(chosen_option(candidate, clause, name) for name in candidate.chosen):
        return 0.0
    needed = sum(candidate.entities[name] in _SHARING for name in candidate.required)
    named = {entity.text for entity in subjects if entity.kind in _MOLECULE | IN_A_FILE}
    if len(named) < needed and needed > 1:
        return 0.0  # two molecules are compared, and one was named
    sequences = {entity.text for entity in subjects if entity.kind in SEQUENCES | IN_A_FILE}
    if len(sequences) < sum(candidate.entities[name] in _OF_SEQUENCES for name in candidate.required):
        return 0.0
    lists = {entity.start for entity in subjects if entity.kind == "numbers"}
    if 0 < len(lists) < sum(candidate.entities[name] == "numbers" for name in candidate.required) and not _pairs(
        subjects
    ):
        return 0.0
    if (
        "quantity" in candidate.entities.values()
        and sum(entity.kind in ACCEPTS["quantity"] for entity in subjects) != 1
    ):
        return 0.0
    if is_of_solutions(candidate) and not amounts_of_solution(clause, subjects):
        return 0.0
    if needed == 1 and len(named) > 1 and not _takes_a_list(candidate):
        fit *= ONE_BY_ONE
    return fit


def filled(candidate: Candidate, clause: Clause, subjects: list[Entity]) -> list[Routed]:
    """The calls of one tool: a list argument takes all subjects, any other one call for each."""
    if len(candidate.required) > 1:
        return _shared_out(candidate, clause, subjects)
    main = candidate.required[0]
    wanted = candidate.entities[main]
    own = _accepted(wanted, subjects)
    said = {name: chosen_option(candidate, clause, name) for name in candidate.chosen} | options(candidate, clause, own)
    used = {json.dumps(value) for value in said.values()}
    kept = list({entity.text: entity for entity in own if json.dumps(entity.text) not in used}.values())
    if wanted in _LISTS:
        texts = [entity.text for entity in kept]
        return [Routed(candidate.name, {main: texts if len(texts) > 1 else texts[0], **said})] if texts else []
    element = next((name for name, kind in candidate.entities.items() if kind == "element" and name != main), "")
    symbols = dict.fromkeys(entity.value for entity in subjects if entity.kind == "element") if element else {}
    choices = [{element: symbol} for symbol in symbols] or [{}]
    if is_of_solutions(candidate):
        amounts = amounts_of_solution(clause, subjects)
        return [Routed(candidate.name, {main: kept[0].text, **amounts, **said})] if kept and amounts else []
    extras = _extras(candidate, [main, element], [entity for entity in subjects if entity not in own])
    return [
        Routed(candidate.name, {main: _value(entity, wanted), **choice, **extras, **said})
        for entity in kept
        for choice in choices
    ]


def _shared_out(candidate: Candidate, clause: Clause, subjects: list[Entity]) -> list[Routed]:
    """One call of a tool that needs several things: what its words point at first, then in the order of the naming."""
    left = list({(entity.text, entity.kind): entity for entity in subjects}.values())
    taken: dict[str, list[Entity]] = {}
    for name in candidate.required:
        if role := _by_role(candidate, name, clause, left):
            taken[name] = [role]
            left.remove(role)
    for place, name in enumerate(candidate.required):
        if name in taken:
            continue
        wanted = candidate.entities[name]
        fitting = _accepted(wanted, left)
        rivals = [
            other
            for other in candidate.required[place + 1 :]
            if other not in taken and ACCEPTS[candidate.entities[other]] & ACCEPTS[wanted]
        ]
        if not fitting:
            return []
        if wanted in _LISTS:
            taken[name] = fitting[: len(fitting) - len(rivals)]
        else:
            taken[name] = [next((entity for entity in fitting if entity.value == name), fitting[0])]
        if wanted != "quantity" and not _pairs(
            taken[name]
        ):  # its unit, and the other half of the pairs, are still to be taken
            left = [entity for entity in left if entity not in taken[name]]
    arguments: dict[str, Any] = {}
    for name, entities in taken.items():
        wanted = candidate.entities[name]
        values = [_value(entity, wanted, second=name != candidate.required[0]) for entity in entities]
        arguments[name] = values if len(values) > 1 else values[0] if values else ""
    if "" in arguments.values() or [] in arguments.values():
        return []
    used = {id(entity) for entities in taken.values() for entity in entities}
    extras = _extras(candidate, candidate.required, [entity for entity in left if id(entity) not in used])
    chosen = {name: chosen_option(candidate, clause, name) for name in candidate.chosen}
    return [Routed(candidate.name, {**arguments, **chosen, **extras, **options(candidate, clause, [])})]


def _by_role(candidate: Candidate, name: str, clause: Clause, left: Sequence[Entity]) -> Entity | None:
    """The entity that stands behind the words of this argument: "with the core c1ccccc1", "SMARTS [OH]"."""
    wanted = candidate.entities[name]
    role = _ROLES.get(wanted) or _ROLES.get(name)
    fitting = [entity for entity in _accepted(wanted, left) if entity.end]
    if not role or not fitting:
        return None
    if name == "query" and len(fitting) < 3:
        return None  # of two, either may be the query
    if wanted == "core" and len(fitting) < 2:
        return None
    meant = [entity for entity in fitting if role.search(clause.request[: entity.start])]
    if wanted == "smarts" and not meant and len(fitting) > 1:
        meant = [entity for entity in fitting if not _WITHIN.search(clause.request[: entity.start])]
    return meant[-1] if meant else None


def _extras(candidate: Candidate, done: Sequence[str], left: Sequence[Entity]) -> dict[str, Any]:
    """Optional arguments that what else was named can fill, in the order in which it stands."""
    remaining, extras = list(left), {}
    for name, wanted in candidate.entities.items():
        if name in done or not wanted or wanted in ("element", "numbers"):
            continue
        fitting = [entity for entity in remaining if entity.kind in ACCEPTS.get(wanted, frozenset())]
        if fitting:
            extras[name] = _value(fitting[0], wanted)
            remaining.remove(fitting[0])
    return extras


def _accepted(wanted: str, subjects: Sequence[Entity]) -> list[Entity]:
    own = [entity for entity in subjects if entity.kind in ACCEPTS[wanted]]
    if own or (own := _after_all(wanted, subjects)):
        return own
    return [entity for entity in subjects if entity.kind in SEQUENCES] if wanted in ("protein", "nucleotides") else []


def _after_all(wanted: str, subjects: Sequence[Entity]) -> list[Entity]:
    """What the argument takes where nothing better was named; a formula for a molecule only if a table names it."""
    if wanted in ("molecule", "molecules"):
        named = [entity for entity in subjects if entity.kind == "formula" and entity.value == "named"]
        if named:
            return named
    return [
        entity
        for entity in subjects
        if entity.kind in ACCEPTS_AFTER_ALL.get(wanted, frozenset())
        and (entity.kind != "file" or entity.value in ("", "sequences" if wanted in _IN_SEQUENCES else "molecules"))
    ]


def _takes_a_list(candidate: Candidate) -> bool:
    return any(kind in _LISTS for kind in candidate.entities.values())


def _pairs(entities: Sequence[Entity]) -> bool:
    return any(entity.kind == "numbers" and entity.value == "pairs" for entity in entities)


def _value(entity: Entity, wanted: str, second: bool = False) -> Any:
    """An entity as the argument is given: a number, a unit, an element's symbol; else the span itself."""
    if wanted == "quantity":
        return number_in(entity.text.removesuffix(entity.value))
    if wanted == "unit of the quantity":
        return entity.value
    if wanted == "element":
        return entity.value or entity.text
    if wanted == "numbers":
        numbers = numbers_in(entity.text)
        return numbers[int(second) :: 2] if entity.value == "pairs" else numbers
    if wanted in ("atom", "ratio"):
        return number_in(entity.value or entity.text)
    if wanted == "reaction_name":
        return entity.value or entity.text
    return entity.text

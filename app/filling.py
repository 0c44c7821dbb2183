"""Arguments for the tool that a request means: spans of the person's own words, in the order in which they stand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from app.entities import Entity
from app.wording import TOKEN, Candidate, Clause, contains, stem

WRONG_SEQUENCE = 0.7  # DNA where a protein is wanted: the tool refuses it in a sentence, which helps more than silence
_MOLECULE = frozenset(("structure", "cas", "name", "inchikey"))
#: Which kinds of entity an argument takes.
ACCEPTS: dict[str, frozenset[str]] = {
    "molecule": _MOLECULE,
    "molecules": _MOLECULE,
    "name": frozenset(("name", "cas")),
    "notation": _MOLECULE,
    "formula": frozenset(("formula",)),
    "molecule_or_formula": _MOLECULE | {"formula"},
    "reaction": frozenset(("reaction",)),
    "smarts": frozenset(("structure",)),
    "element": frozenset(("element",)),
    "sequence": frozenset(("dna", "rna", "protein")),
    "nucleotides": frozenset(("dna", "rna")),
    "protein": frozenset(("protein",)),
}
SEQUENCES = ACCEPTS["sequence"]
_SHARING = frozenset(
    ("molecule", "molecules", "smarts", "molecule_or_formula")
)  # kinds of argument that share molecules out
#: Arguments that want just this kind: their tool goes before one that takes others, too.
_SPECIFIC: dict[str, frozenset[str]] = {
    "name": frozenset(("name",)),
    "protein": ACCEPTS["protein"],
    "nucleotides": ACCEPTS["nucleotides"],
}


@dataclass(frozen=True)
class Routed:
    """A call that the request means; every value is a span of the request, a number in it, or an element's symbol."""

    tool: str
    arguments: dict[str, Any]


def fits(candidate: Candidate, subjects: list[Entity]) -> float:
    """How well the entities fill the required arguments: 0 not at all, 1 exactly, a little more where one is specific."""
    fit = 1.0
    for name in candidate.required:
        wanted = candidate.entities[name]
        accepted = [entity for entity in subjects if entity.kind in ACCEPTS.get(wanted, frozenset())]
        if accepted:
            fit *= 1.15 if wanted in _SPECIFIC and all(entity.kind in _SPECIFIC[wanted] for entity in accepted) else 1.0
        elif wanted in ("protein", "nucleotides") and any(entity.kind in SEQUENCES for entity in subjects):
            fit *= WRONG_SEQUENCE
        else:
            return 0.0
    needed = sum(candidate.entities[name] in _SHARING for name in candidate.required)
    if len({entity.text for entity in subjects if entity.kind in _MOLECULE}) < needed:
        return 0.0  # two molecules are compared, and one was named
    return fit


def filled(candidate: Candidate, clause: Clause, subjects: list[Entity]) -> list[Routed]:
    """The calls of one tool: a list argument takes all subjects, any other one call for each."""
    if len(candidate.required) > 1:
        return _shared_out(candidate, clause, subjects)
    main = candidate.required[0]
    wanted = candidate.entities[main]
    accepted = ACCEPTS[wanted] if any(entity.kind in ACCEPTS[wanted] for entity in subjects) else SEQUENCES
    own = [entity for entity in subjects if entity.kind in accepted]
    options = _options(candidate, clause, own)
    used = {json.dumps(value) for value in options.values()}
    texts = list(dict.fromkeys(entity.text for entity in own if json.dumps(entity.text) not in used))
    if wanted == "molecules":
        return [Routed(candidate.name, {main: texts if len(texts) > 1 else texts[0], **options})] if texts else []
    element = next((name for name, kind in candidate.entities.items() if kind == "element" and name != main), "")
    symbols = dict.fromkeys(entity.value for entity in subjects if entity.kind == "element") if element else {}
    choices = [{element: symbol} for symbol in symbols] or [{}]
    return [Routed(candidate.name, {main: text, **choice, **options}) for text in texts for choice in choices]


def _shared_out(candidate: Candidate, clause: Clause, subjects: list[Entity]) -> list[Routed]:
    """One call of a tool that needs several things: they are taken in the order in which they were named."""
    left = list({entity.text: entity for entity in subjects}.values())
    arguments: dict[str, Any] = {}
    for place, name in enumerate(candidate.required):
        fitting = [entity for entity in left if entity.kind in ACCEPTS[candidate.entities[name]]]
        later = len(candidate.required) - place - 1
        if not fitting:
            return []
        taken = fitting[: len(fitting) - later] if candidate.entities[name] == "molecules" else fitting[:1]
        texts = [entity.text for entity in taken]
        arguments[name] = texts if len(texts) > 1 else texts[0]
        left = [entity for entity in left if entity not in taken]
    return [Routed(candidate.name, {**arguments, **_options(candidate, clause, [])})]


def _options(candidate: Candidate, clause: Clause, own: list[Entity]) -> dict[str, Any]:
    """Optional arguments that the clause names: flags, choices, numbers beside their name, a structure after its name."""
    options: dict[str, Any] = {}
    said = [stem(word) for word in TOKEN.findall(clause.text)]
    for name, schema in candidate.properties.items():
        if name in candidate.required or candidate.entities[name]:
            continue
        words = [stem(part) for part in name.split("_")]
        inner = [schema, *schema.get("anyOf", ())]
        kinds = {option.get("type") for option in inner}
        choices = [choice for option in inner for choice in option.get("enum", ()) if isinstance(choice, str)]
        if chosen := [choice for choice in choices if contains(said, tuple(map(stem, TOKEN.findall(choice))))]:
            options[name] = max(chosen, key=len)
            continue
        if not contains(said, tuple(words)):
            continue
        spoken = r"\W+".join(re.escape(part.removesuffix("s")) + r"\w*" for part in name.split("_"))
        if "boolean" in kinds:
            options[name] = True
        elif kinds & {"integer", "number"}:
            number = r"(-?\d+(?:\.\d+)?)" if "number" in kinds else r"(-?\d+)"
            after = re.search(rf"{spoken}\s{{0,3}}{number}", clause.text, re.IGNORECASE)
            beside = after or re.search(rf"{number}\s{{0,3}}{spoken}", clause.text, re.IGNORECASE)
            if beside:
                options[name] = float(beside[1]) if "." in beside[1] else int(beside[1])
        elif "string" in kinds and not choices:
            place = re.search(spoken, clause.text, re.IGNORECASE)
            following = [entity for entity in own if place and clause.text.find(entity.text) > place.start()]
            if following and len(own) > 1:
                options[name] = following[-1].text
    return options

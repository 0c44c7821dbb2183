"""Options of a tool that a clause names: flags, choices, numbers beside their name, a structure behind its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from app.entities import Entity
from app.wording import TOKEN, Candidate, Clause, choices_of, contains, stem

#: What a choice is called, too.
_CALLED = {
    "molfile": ("mol file", "mol block", "molblock", "MDL"),
    "linear": ("straight line", "line", "slope", "calibration", "regression"),
    "michaelis-menten": ("Michaelis", "Km", "Vmax", "enzyme kinetics"),
    "4pl": ("dose response", "dose-response", "IC50", "EC50", "four parameter", "sigmoid"),
    "exponential decay": ("first order", "first-order", "decay", "half-life"),
    "arrhenius": ("activation energy",),
    "quadratic": ("parabola",),
    "constitutional": ("structural isomers", "structural isomer"),
    "stereoisomers": ("enantiomers", "diastereomers", "stereoisomer"),
    "tautomers": ("tautomer", "keto-enol"),
    "ring_systems": ("ring system",),
    "macrocycles": ("macrocycle",),
    "heterocyclic": ("heterocycles", "heterocycle"),
}
_TOWARDS = re.compile(r"\b(?:to|into|as|in)\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)
_AWAY = re.compile(r"\bfrom\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)


def options(candidate: Candidate, clause: Clause, own: Sequence[Entity]) -> dict[str, Any]:
    """The optional arguments without an entity that the clause names. ``own``: the entities of the main argument."""
    found: dict[str, Any] = {}
    said = [stem(word) for word in TOKEN.findall(clause.text)]
    for name, schema in candidate.properties.items():
        if name in (*candidate.required, *candidate.chosen) or candidate.entities[name]:
            continue
        choices = choices_of(schema)
        if choices:
            if choice := chosen_option(candidate, clause, name):
                found[name] = choice
            continue
        if not contains(said, tuple(stem(part) for part in name.split("_"))):
            continue
        kinds = {option.get("type") for option in (schema, *schema.get("anyOf", ()))}
        spoken = r"\W+".join(re.escape(part.removesuffix("s")) + r"\w*" for part in name.split("_"))
        if "boolean" in kinds:
            found[name] = True
        elif kinds & {"integer", "number"}:
            number = r"(-?\d+(?:\.\d+)?)" if "number" in kinds else r"(-?\d+)"
            after = re.search(rf"{spoken}(?:\s+of)?[\s=:]{{0,3}}{number}", clause.text, re.IGNORECASE)
            beside = after or re.search(rf"{number}\s{{0,3}}{spoken}", clause.text, re.IGNORECASE)
            if beside:
                found[name] = float(beside[1]) if "." in beside[1] else int(beside[1])
        elif "string" in kinds:
            place = re.search(spoken, clause.text, re.IGNORECASE)
            following = [entity for entity in own if place and clause.text.find(entity.text) > place.start()]
            if following and len(own) > 1:
                found[name] = following[-1].text
    return found


def chosen_option(candidate: Candidate, clause: Clause, name: str) -> str:
    """The choice of a parameter that the clause names, by its own word first; the one behind "to" or "as" if several are."""
    choices = choices_of(candidate.properties[name])
    text = clause.without_entities()
    by_word = _named(choices, text, own_words=True) or _named(choices, text, own_words=False)
    meant = [choice for choice, place in by_word.items() if not _AWAY.search(text[:place])]
    towards = [choice for choice in meant if _TOWARDS.search(text[: by_word[choice]])]
    return max(towards or meant, key=len, default="")


def _named(choices: Sequence[str], text: str, *, own_words: bool) -> dict[str, int]:
    """The choices that the text names, with the places where."""
    found: dict[str, int] = {}
    tokens = [(match.start(), stem(match.group())) for match in TOKEN.finditer(text)]
    for choice in choices:
        for called in (choice,) if own_words else _CALLED.get(choice, ()):
            phrase = [stem(word) for word in TOKEN.findall(called)]
            for start in range(len(tokens) - len(phrase) + 1):
                if [word for _, word in tokens[start : start + len(phrase)]] == phrase:
                    found.setdefault(choice, tokens[start][0])
    return found

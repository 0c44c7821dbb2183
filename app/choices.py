"""Options of a tool that a clause names: flags, choices, numbers beside their name, a structure behind its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from app.amounts import number_in, unit_readings
from app.entities import Entity
from app.schemas import choices_of
from app.wording import TOKEN, Candidate, Clause, contains, stem

#: What a choice is called, too.
_CALLED = {
    "molfile": ("SDF", "mol file", "mol block", "molblock", "MDL"),
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
#: How the names of measured numbers are spoken.
_SPOKEN = {
    "density": "density|d|ρ",
    "molar_mass": "molar mass|molecular weight|MW|Mr",
    "temperature": "temperature|at",
    "tm": "Tm",
    "purity": "purity|pure",
    "sodium": r"sodium|Na\+|NaCl|salt|monovalent",
    "magnesium": r"magnesium|Mg2\+|Mg\^?2\+|MgCl2|Mg\+\+|Mg",
    "dntps": "dNTPs?",
    "oligo": r"oligo\w*|primers?|strands?",
}
_TOWARDS = re.compile(r"\b(?:to|into|as|in)\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)
_AWAY = re.compile(r"\bfrom\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)


def options(candidate: Candidate, clause: Clause, own: Sequence[Entity]) -> dict[str, Any]:
    """The optional arguments without an entity that the clause names. ``own``: the entities of the main argument."""
    found: dict[str, Any] = {}
    said = [stem(word) for word in TOKEN.findall(clause.text)]
    for name, schema in candidate.properties.items():
        if name in (*candidate.required, *candidate.chosen, *candidate.measured) or candidate.entities[name]:
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


def measured_options(
    candidate: Candidate, clause: Clause, entities: Sequence[Entity]
) -> tuple[dict[str, Any], list[Entity]]:
    """Numbers with units beside their name, in the tool's unit ("density 0.79 g/mL", "0.1 M sodium"), and where they stand."""
    found: dict[str, Any] = {}
    used: list[Entity] = []
    for name, unit in candidate.measured.items():
        head = "_".join(
            part for part in name.split("_") if part not in re.split(r"\W+", unit.lower()) and part != "per"
        )
        called = rf"(?:{_SPOKEN.get(head) or head.replace('_', ' ')})"
        for entity in entities:
            before, behind = clause.request[: entity.start], clause.request[entity.end :]
            if entity.value and (
                re.search(rf"\b{called}\s*(?:of|is|=|:)?\s*$", before, re.IGNORECASE)
                or re.match(rf"\s*(?:of\s+|in\s+)?{called}(?!\w)", behind, re.IGNORECASE)
            ):
                number = in_unit(entity, unit)
                if number is not None:
                    found[name] = number
                    used.append(entity)
                    break
    return found, used


def in_unit(entity: Entity, unit: str) -> int | float | None:
    """A quantity's number in another unit of its dimension; None where there is no such number."""
    number = number_in(entity.text.removesuffix(entity.value))
    if isinstance(number, str):
        return None
    if entity.value == unit:
        return number
    for start in unit_readings(entity.value):
        for end in unit_readings(unit):
            if start.dimensions == end.dimensions and not start.absolute:
                return float(f"{number * float(start.factor / end.factor):.9g}")
    return None


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

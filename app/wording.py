"""The words of a request and those of a tool, as the router weighs them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.entities import GRAMMAR, Entity

#: Of a word by where it stands: asked for by itself, in the tool's name, in a phrase, in the description only.
ASKED, NAMED, IN_A_PHRASE, DESCRIBED = 1.0, 0.8, 0.7, 0.4
TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-'’]*")


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


GRAMMAR_STEMS = frozenset(map(stem, GRAMMAR)) | {"how", "s"}


@dataclass
class Clause:
    text: str
    entities: list[Entity]
    words: list[str]
    joined: bool  # to the clause before it, by "and" or a comma


class Candidate:
    """A tool as the router sees it: its words with their weights, and what it must be given."""

    def __init__(self, tool: Mapping[str, Any]) -> None:
        self.name = tool["name"]
        properties = tool["parameters"].get("properties", {})
        self.entities = {name: entity_of(schema) for name, schema in properties.items()}
        self.properties = properties
        self.required = [name for name in tool["parameters"].get("required", []) if self.entities.get(name)]
        #: It needs something that no words of a request can be recognised as: its calls are left to models.
        self.unfillable = len(self.required) < len(tool["parameters"].get("required", []))
        self.words: dict[str, float] = {}
        asks = [TOKEN.findall(phrase) for phrase in tool.get("asks", ())]
        self._weigh((TOKEN.findall(tool["description"]), *(name.split("_") for name in properties), *asks), DESCRIBED)
        self._weigh((tool["name"].split("_"),), NAMED)
        self._weigh((phrase for phrase in asks if len(phrase) == 1), ASKED)
        self.phrases = [tuple(map(stem, phrase)) for phrase in asks if len(phrase) > 1]

    def spoken_phrases(self, words: Sequence[str]) -> frozenset[str]:
        """The words (as stems) of those phrases that are all there, grammar aside: of "polar surface area", not "area"."""
        said = set(words)
        contents = [
            frozenset(word for word in phrase if word not in GRAMMAR_STEMS and not word.isdigit())
            for phrase in self.phrases
        ]
        return frozenset().union(*(content for content in contents if content and content <= said))

    def _weigh(self, phrases: Iterable[Sequence[str]], weight: float) -> None:
        for phrase in phrases:
            for word in map(stem, phrase):
                self.words[word] = max(weight, self.words.get(word, 0.0))


def entity_of(schema: Mapping[str, Any]) -> str:
    """The entity of a parameter, also of an optional one."""
    inner = [schema, *schema.get("anyOf", ())]
    return next((option["entity"] for option in inner if "entity" in option), "")


def contains(words: list[str], phrase: tuple[str, ...]) -> bool:
    return any(tuple(words[start : start + len(phrase)]) == phrase for start in range(len(words) - len(phrase) + 1))

"""The words of a request and those of a tool, as the router weighs them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.amounts import unit_readings
from app.entities import GRAMMAR, Entity
from app.schemas import choices_of, entity_of

#: Of a word by where it stands: asked for by itself, in the tool's name, in a phrase, in the description only.
ASKED, NAMED, IN_A_PHRASE, DESCRIBED = 1.0, 0.8, 0.7, 0.4
#: Verbs of which the noun beside them says more: "compare the masses", "convert to an InChI".
GENERAL_VERBS = frozenset(
    (
        "compare",
        "convert",
        "show",
        "count",
        "check",
        "look",
        "run",
        "apply",
        "make",
        "prepare",
        "identify",
        "describe",
        "export",
        "write",
        "rewrite",
        "express",
    )
)
#: Words that ask for reasons, people, writings or opinions: no tool has those.
EXPLAINED = frozenset(
    ("why", "explain", "define", "definition", "mean", "meaning", "who", "whom", "discover", "invent", "history", "recommend",
     "opinion", "literature", "paper", "cite", "citat", "poem", "story", "haiku", "essay", "joke", "textbook")
)  # fmt: skip
TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-'’]*")


_SHORTENED = {"temp": "temperature", "pt": "point", "conc": "concentration", "struct": "structure", "calc": "calculated",
              "mol-weight": "mw", "molwt": "mw", "m.w": "mw", "spec": "spectrum", "config": "configuration"}  # fmt: skip


def stem(word: str) -> str:
    """A word without its common endings: draw, draws, drawing and drawn are one; enough for a small vocabulary."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    word = _SHORTENED.get(word, word)
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
        ("ous", ""),
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


_MOLECULE = frozenset(("structure", "cas", "name", "inchikey"))
_AMOUNTS = frozenset(("concentration", "volume", "mass", "molar mass", "temperature", "quantity"))
#: Which kinds of entity an argument takes, by the ``entity`` of its schema.
ACCEPTS: dict[str, frozenset[str]] = {
    "molecule": _MOLECULE,
    "molecules": _MOLECULE,
    "compound": _MOLECULE,
    "name": frozenset(("name", "cas")),
    "notation": _MOLECULE,
    "formula": frozenset(("formula",)),
    "molecule_or_formula": _MOLECULE | {"formula"},
    "solute": _MOLECULE | {"formula"},
    "reaction": frozenset(("reaction",)),
    "reaction_name": frozenset(("reaction_name", "reaction")),
    "reactants": frozenset(("reactants",)),
    "products": frozenset(("products",)),
    "smarts": frozenset(("structure",)),
    "core": frozenset(("structure",)),
    "element": frozenset(("element",)),
    "sequence": frozenset(("dna", "rna", "protein")),
    "nucleotides": frozenset(("dna", "rna")),
    "protein": frozenset(("protein",)),
    "sequences": frozenset(("dna", "rna", "protein")),
    "nucleotides_list": frozenset(("dna", "rna")),
    "restriction_enzymes": frozenset(("restriction enzyme",)),
    "quantity": _AMOUNTS,
    "unit of the quantity": _AMOUNTS,
    **{
        kind: frozenset((kind,))
        for kind in (
            "unit",
            "concentration",
            "volume",
            "mass",
            "temperature",
            "ratio",
            "numbers",
            "atom",
            "adduct",
            "nucleus",
            "protease",
            "mutation",
            "host",
            "file",
            "selection",
            "uniprot",
            "uniprot accession",
            "pdb",
            "doi",
            "ncbi",
            "search words",
        )
    },
}
#: What each record of a file may hold, or the whole of it.
IN_A_FILE = frozenset(("file",))
#: What else an argument takes where nothing of ``ACCEPTS`` was named.
ACCEPTS_AFTER_ALL: dict[str, frozenset[str]] = {
    "compound": frozenset(("formula", "element", "file")),
    "solute": frozenset(("element",)),
    **dict.fromkeys(
        ("molecule", "molecules", "molecule_or_formula", "name", "notation", "formula", "reaction"), IN_A_FILE
    ),
    **dict.fromkeys(("sequence", "nucleotides", "protein", "sequences"), IN_A_FILE),
}
#: Kinds that few tools take: to name one says much about which tool is meant.
TELLING = frozenset(
    ("reactants", "products", "concentration", "volume", "mass", "molar mass", "temperature", "quantity", "unit", "numbers",
     "adduct", "ratio", "reaction_name", "reaction", "restriction enzyme", "mutation")
)  # fmt: skip

GRAMMAR_STEMS = frozenset(map(stem, GRAMMAR)) | {"how", "s"}


@dataclass
class Clause:
    """A stretch of the request from ``start``; ``words`` are neither entities nor grammar."""

    request: str
    start: int
    end: int
    entities: list[Entity]
    words: list[str]
    joined: bool  # to the clause before it, by "and" or a comma

    @property
    def text(self) -> str:
        return self.request[self.start : self.end]

    def without_entities(self) -> str:
        return without(self.request, self.start, self.end, self.entities)


def without(request: str, start: int, end: int, entities: Iterable[Entity]) -> str:
    """The stretch with a blank in the place of every entity."""
    text = list(request[start:end])
    for entity in entities:
        if start <= entity.start < entity.end <= end:
            text[entity.start - start : entity.end - start] = " " * (entity.end - entity.start)
    return "".join(text)


class Candidate:
    """A tool as the router sees it: its words with their weights, and what it must be given."""

    def __init__(self, tool: Mapping[str, Any]) -> None:
        self.name = tool["name"]
        self.group = tool.get("group", "")
        properties = tool["parameters"].get("properties", {})
        self.entities = {name: entity_of(schema) for name, schema in properties.items()}
        self.properties = properties
        needed = tool["parameters"].get("required", [])
        self.required = [name for name in needed if self.entities.get(name)]
        #: Required choices, which the words of the request must name.
        self.chosen = [name for name in needed if name not in self.required and choices_of(properties[name])]
        #: It needs something that no words of a request can be recognised as: its calls are left to models.
        self.unfillable = len(self.required) + len(self.chosen) < len(needed)
        #: Numbers that have a unit of their own, by name: density_g_per_ml, or one whose description ends in ", mM".
        self.measured = {
            name: unit
            for name, schema in properties.items()
            if not self.entities[name] and (unit := unit_of(name, schema))
        }
        self.words: dict[str, float] = {
            as_word(kind): ASKED if name in self.required else NAMED
            for name, wanted in self.entities.items()
            for kind in TELLING & ACCEPTS.get(wanted, frozenset())
        }
        asks = [TOKEN.findall(phrase) for phrase in tool.get("asks", ())]
        self._weigh((TOKEN.findall(tool["description"]), *(name.split("_") for name in properties), *asks), DESCRIBED)
        self._weigh((tool["name"].split("_"),), NAMED)
        self._weigh((phrase for phrase in asks if len(phrase) == 1), ASKED)
        #: Of two tools that know a word equally, the one that knows fewer others is meant; never more than 10 %.
        self.narrowness = 1 - 0.01 * math.log2(len(self.words))
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


def unit_of(name: str, schema: Mapping[str, Any]) -> str:
    """The unit in which a number is given, by the end of its name or of its description; "" for a pure number."""
    inner = [schema, *schema.get("anyOf", ())]
    if "number" not in {option.get("type") for option in inner}:
        return ""
    parts = name.split("_")
    for start in range(1, len(parts)):
        unit = " ".join(parts[start:]).replace(" per ", "/")
        unit = unit.upper() if unit == "k" else unit
        if unit_readings(unit):
            return unit
    said = re.search(r"(?:^|,\s)(mM|nM|µM|M|°C)(?!\w)", schema.get("description", ""))
    return said[1] if said else ""


def as_word(kind: str) -> str:
    """A kind of entity as a word of a tool: one that few tools take says as much as a rare word."""
    return f"<{kind}>"


def contains(words: list[str], phrase: tuple[str, ...]) -> bool:
    return any(tuple(words[start : start + len(phrase)]) == phrase for start in range(len(words) - len(phrase) + 1))

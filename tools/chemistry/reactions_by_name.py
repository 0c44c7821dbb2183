"""The table of named reactions: reaction SMARTS with the roles of the reactants, and the names they go by."""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem import AllChem

from errors import ToolInputError, shown

TABLE = Path(__file__).resolve().parents[2] / "assets" / "tables" / "named_reactions.json"
SMALLEST_RING = 5
LARGEST_RING = 40
_LONGEST_NAME = 200
_MACRO = re.compile(r"\{([A-Z\d]+)\}")
#: Words that do not tell one reaction from another; "rearrangement" or "reduction" would.
_EMPTY_WORDS = frozenset(
    ["a", "an", "the", "of", "to", "via", "by", "reaction", "reactions", "conditions", "protocol", "method", "procedure",
     "step", "named"]
)  # fmt: skip
_TAIL = re.compile(r"\s*\([^()]*\)|\s+(?:with|using|under|in the presence of)\s.*$")
_SUBSTRATE = re.compile(r"\s+of\s.*$")
_CHOICES_SHOWN = 12


@dataclass(frozen=True)
class Variant:
    """One reaction SMARTS. ``mains``: how many of its product templates, from the first, are products; the others
    are by-products. ``twice``: two of its templates are meant for two molecules of one reactant.
    """

    roles: tuple[str, ...]
    smarts: str
    mains: int = 1
    twice: bool = False

    @property
    def sides(self) -> tuple[list[str], list[str]]:
        left, _, right = self.smarts.partition(">>")
        return split_templates(left), split_templates(right)

    @functools.cached_property
    def templates(self) -> tuple[Chem.Mol, ...]:
        """The reactant templates, to be matched one by one."""
        return tuple(self.between.GetReactants())

    @functools.cached_property
    def between(self) -> AllChem.ChemicalReaction:
        """The reaction of one molecule for each template. All products come in one ``Mol``: in several, RDKit would
        copy what hangs between two of them (the ring of a lactone) into both.
        """
        left, right = self.sides
        return compiled(f"{'.'.join(left)}>>({'.'.join(right)})")

    @functools.cached_property
    def within(self) -> AllChem.ChemicalReaction:
        """The reaction in which one molecule holds all templates."""
        left, right = self.sides
        return compiled(f"({'.'.join(left)})>>({'.'.join(right)})")

    @functools.cached_property
    def main_maps(self) -> frozenset[int]:
        """The atom map numbers of the products, by-products left out."""
        _, right = self.sides
        return frozenset(int(number) for part in right[: self.mains] for number in re.findall(r":(\d+)\]", part))


@dataclass(frozen=True)
class NamedReaction:
    """One row of the table; see its "about" for what the columns mean."""

    name: str
    aliases: tuple[str, ...]
    variants: tuple[Variant, ...]
    retro: tuple[str, ...]
    conditions: str
    source: str
    limits: str
    invert: frozenset[int] = frozenset()
    retain: frozenset[int] | None = frozenset()
    anti: tuple[int, ...] = ()
    intramolecular: str = "yes"
    smallest_ring: int = SMALLEST_RING
    largest_ring: int = LARGEST_RING
    reagents: frozenset[str] = frozenset()
    cautions: tuple[tuple[str, str], ...] = ()
    surcharge: float = 0.0
    clashes: tuple[tuple[str, str], ...] = ()
    implied: tuple[tuple[str, str, str], ...] = ()
    with_reagent: tuple[str, ...] = ()

    def implied_by(self, name: str) -> list[tuple[str, str]]:
        """SMILES and name of the reactants that this name of the reaction brings along: HBr for "HBr addition"."""
        key = name_key(name)
        return [(smiles, called) for pattern, smiles, called in self.implied if re.search(pattern, key)]

    def needs_reagent(self, name: str) -> bool:
        """Whether the name means this reaction only beside one of its reagents: a Grignard reagent alone takes up no CO2."""
        return name_key(name) in {name_key(alias) for alias in self.with_reagent}

    @property
    def most_reactants(self) -> int:
        return max(len(variant.sides[0]) for variant in self.variants)


def split_templates(side: str) -> list[str]:
    """The templates of one side of a reaction SMARTS: between the dots outside brackets and parentheses."""
    parts, depth = [""], 0
    for sign in side:
        depth += (sign in "([") - (sign in ")]")
        if sign == "." and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def compiled(smarts: str) -> AllChem.ChemicalReaction:
    """A reaction SMARTS of the table, ready to run; raises ``ValueError`` where the table is wrong."""
    with rdBase.BlockLogs():
        reaction = AllChem.ReactionFromSmarts(smarts)  # type: ignore[attr-defined]
        reaction.Initialize()
        _, errors = reaction.Validate(silent=True)
    if errors:
        raise ValueError(f"the table's reaction SMARTS is broken: {smarts}")
    return reaction


@functools.cache
def named_reactions() -> tuple[NamedReaction, ...]:
    """The table's reactions, in its order."""
    table = _table()
    return tuple(_reaction(row, table["definitions"]) for row in table["reactions"])


@functools.cache
def inert_reagents() -> frozenset[str]:
    """Canonical SMILES of bases, acids, catalysts and solvents that bring no atoms into a product."""
    return frozenset(_canonical(smiles) for smiles in _table()["inert"].values())


@functools.cache
def _table() -> dict[str, Any]:
    return json.loads(TABLE.read_text(encoding="utf-8"))


def _reaction(row: dict[str, Any], definitions: dict[str, str]) -> NamedReaction:
    def written_out(smarts: str) -> str:
        while _MACRO.search(smarts):
            smarts = _MACRO.sub(lambda found: definitions[found[1]], smarts)
        return smarts

    sets: dict[str, Any] = {key: frozenset(row[key]) for key in ("invert", "retain") if key in row}
    plain: dict[str, Any] = {
        key: row[key] for key in ("intramolecular", "smallest_ring", "largest_ring", "surcharge") if key in row
    }
    return NamedReaction(
        name=row["name"],
        aliases=tuple(row["aliases"]),
        variants=tuple(
            Variant(
                tuple(variant["roles"]),
                written_out(variant["smarts"]),
                variant.get("mains", 1),
                variant.get("twice", False),
            )
            for variant in row["variants"]
        ),
        retro=tuple(written_out(smarts) for smarts in row.get("retro", ())),
        conditions=row["conditions"],
        source=row["source"],
        limits=row["limits"],
        anti=tuple(row.get("anti", ())),
        reagents=frozenset(_canonical(smiles) for smiles in row.get("reagents", ())),
        cautions=tuple((smarts, says) for smarts, says in row.get("cautions", ())),
        clashes=tuple((first, second) for first, second in row.get("clashes", ())),
        implied=tuple((pattern, smiles, called) for pattern, smiles, called in row.get("implied", ())),
        with_reagent=tuple(row.get("with_reagent", ())),
        **sets,
        **plain,
    )


def _canonical(smiles: str) -> str:
    with rdBase.BlockLogs():
        return Chem.CanonSmiles(smiles)


def name_key(name: str) -> str:
    """A name as it is compared: no accents, dashes, case, spelling of -ise, or words such as "reaction"."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(sign))
    plain = plain.replace("'s", "").replace("’s", "").replace("+", " ")
    plain = re.sub(r"(?<=[a-z])ys(?=(?:e|ed|is)\b)", "yz", plain) if "catalys" in plain else plain
    plain = re.sub(r"is(?=(?:e|ed|ation|ing)\b)", "iz", plain)
    words = re.findall(r"[a-z\d,\[\]]+", re.sub(r"[-‐‑‒–—−_/]", " ", plain))
    return " ".join(word for word in words if word not in _EMPTY_WORDS)


@functools.cache
def _by_key() -> dict[str, tuple[NamedReaction, ...]]:
    """Compared name to the reactions that bear it; a reaction's own name belongs to it alone."""
    found: dict[str, list[NamedReaction]] = {}
    for reaction in named_reactions():
        for alias in (*reaction.aliases, *reaction.with_reagent):
            bearers = found.setdefault(name_key(alias), [])
            if reaction not in bearers:
                bearers.append(reaction)
    own = {name_key(reaction.name): [reaction] for reaction in named_reactions()}
    return {key: tuple(reactions) for key, reactions in {**found, **own}.items()}


def find_reactions(name: str, where: str = "reaction_or_name") -> tuple[NamedReaction, ...]:
    """The reactions that go by a name, several where it is shared ("oxidation"); raises ``ToolInputError`` for none.

    What stands in parentheses or after "with", "using" or "of" is left out if the name is not known as it stands.
    """
    if not name.strip():
        raise ToolInputError(
            "The reaction is empty", where, "name one, such as amide coupling, or give a reaction SMARTS"
        )
    if len(name) > _LONGEST_NAME:
        raise ToolInputError(
            f"{shown(name)} is longer than a name", where, "name one reaction, such as Suzuki coupling"
        )
    known = _by_key()
    for spelling in (name, _TAIL.sub("", name), _SUBSTRATE.sub("", name)):
        key = name_key(spelling)
        for written in (key, key.replace("cross coupling", "coupling")):
            if written in known:
                return known[written]
    raise ToolInputError(
        f"{shown(name)} is none of the {len(named_reactions())} named reactions here",
        where,
        f"{_suggestion(name)}, or write it as a reaction SMARTS; the list is assets/tables/named_reactions.json",
    )


def _suggestion(name: str) -> str:
    from rapidfuzz import fuzz, process  # loaded only for names that are not known

    known = _by_key()
    close = process.extract(name_key(name), list(known), scorer=fuzz.token_sort_ratio, score_cutoff=75, limit=8)
    names = list(dict.fromkeys(reaction.name for key, _, _ in close for reaction in known[key]))[:4]
    return f"did you mean {' or '.join(names)}" if names else "name one such as amide coupling or Suzuki coupling"


def reaction_names_in(text: str) -> list[tuple[str, tuple[NamedReaction, ...]]]:
    """Every name of the table that stands in a text, as (compared form, its reactions), the most telling first:
    borne by the fewest reactions, then the longest. "Couple A and B to an amide" gives "amide" before "couple".
    """
    said = f" {name_key(text)} "
    found = [(key, reactions) for key, reactions in _by_key().items() if key and f" {key} " in said]
    return sorted(found, key=lambda entry: (len(entry[1]), -len(entry[0])))

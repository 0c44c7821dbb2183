"""Strict reading of a reaction SMARTS that a person wrote.

RDKit runs templates without atom maps with two warnings and gives molecules that have nothing to do with the
reactants. Here such templates are refused, and whatever a template adds, drops or turns into another element is said.
"""

from __future__ import annotations

import re
from collections import Counter

from rdkit import Chem, rdBase
from rdkit.Chem import AllChem

from errors import ToolInputError, shown
from tools.chemistry.reactions_by_name import NamedReaction, Variant, split_templates
from tools.inputs.notations import refuse_odd_characters

LONGEST_SMARTS = 2_000
MOST_TEMPLATES = 6
_EXAMPLE = "write it as in [C:1](=[O:2])[OH].[N;H2:3]>>[C:1](=[O:2])[N:3], each kept atom with its map number"


def is_reaction_smarts(text: str) -> bool:
    """Whether a text is meant as a reaction SMARTS and not as a name; a dative arrow alone is none."""
    return ">" in text.replace("->", "--") or ">>" in text


def parse_reaction_smarts(text: str, where: str) -> tuple[NamedReaction, list[str]]:
    """The reaction of a SMARTS, nameless and with its stereochemistry left to the template, and notes on what it does.

    Raises ``ToolInputError`` for a text that is no reaction SMARTS, has a side without templates, no atom maps, a map
    number twice on a side or only among the products, or a product atom that stands for several elements.
    """
    bare = text.strip()
    if len(bare) > LONGEST_SMARTS:
        raise ToolInputError(f"{shown(text)} is longer than {LONGEST_SMARTS:,} characters", where, "give one step")
    refuse_odd_characters(bare, where)
    if blank := re.search(r"\s", bare):
        raise ToolInputError(
            f"{shown(text)} goes on after a blank", f"{where}, character {blank.start() + 1}", _EXAMPLE
        )
    signs = [found.start() for found in re.finditer(r"(?<!-)>|(?<=->)>", bare)]
    if len(signs) != 2:
        raise ToolInputError(f"{shown(text)} does not have exactly one reaction arrow (>>)", where, _EXAMPLE)
    left, agents, right = bare[: signs[0]], bare[signs[0] + 1 : signs[1]], bare[signs[1] + 1 :]
    for side, kind in ((left, "reactants"), (right, "products")):
        if not side:
            raise ToolInputError(f"{shown(text)} has no {kind}", where, _EXAMPLE)
    with rdBase.BlockLogs():
        try:
            reaction = AllChem.ReactionFromSmarts(f"{left}>>{right}")  # type: ignore[attr-defined]
            reaction.Initialize()
        except (ValueError, RuntimeError) as error:
            raise ToolInputError(
                f"{shown(text)} is not a valid reaction SMARTS: {' '.join(str(error).split())[:200]}", where, _EXAMPLE
            ) from None
        _, errors = reaction.Validate(silent=True)
    if reaction.GetNumReactantTemplates() > MOST_TEMPLATES:
        raise ToolInputError(
            f"{shown(text)} has {reaction.GetNumReactantTemplates()} reactants; at most {MOST_TEMPLATES} are taken",
            where,
            "give one step at a time",
        )
    before, after = _atoms(reaction.GetReactants()), _atoms(reaction.GetProducts())
    _refuse_maps(before, after, text, where)
    if errors:
        raise ToolInputError(f"{shown(text)} is refused by RDKit's check of reactions", where, _EXAMPLE)
    parts = [_ungrouped(part) for part in split_templates(right)]
    roles = tuple(f"what matches {template}" for template in split_templates(left))
    variant = Variant(roles, f"{left}>>{'.'.join(parts)}", mains=len(parts))
    notes = _effects(before, after)
    if agents:
        notes.append("What stands between the arrows (agents) was not used.")
    named = NamedReaction(
        name="reaction SMARTS", aliases=(), variants=(variant,), retro=(), conditions="", source="", limits="",
        retain=None, intramolecular="no",
    )  # fmt: skip
    return named, notes


def _atoms(templates: list[Chem.Mol]) -> list[Chem.Atom]:
    return [atom for template in templates for atom in template.GetAtoms()]


def _refuse_maps(before: list[Chem.Atom], after: list[Chem.Atom], text: str, where: str) -> None:
    maps = [Counter(atom.GetAtomMapNum() for atom in side if atom.GetAtomMapNum()) for side in (before, after)]
    if not set(maps[0]) & set(maps[1]):
        raise ToolInputError(
            f"{shown(text)} has no atom maps that join its two sides, so that the products would not be made of the "
            "reactants",
            where,
            _EXAMPLE,
        )
    for found, side in zip(maps, ("reactants", "products"), strict=True):
        if twice := [number for number, count in found.items() if count > 1]:
            raise ToolInputError(
                f"{shown(text)} has atom map {twice[0]} more than once among its {side}", where, "number each atom once"
            )
    if new := sorted(set(maps[1]) - set(maps[0])):
        raise ToolInputError(
            f"{shown(text)} has atom map {new[0]} among its products but not among its reactants",
            where,
            "map it on both sides, or leave the number out for an atom that is added",
        )
    for atom in after:
        if not atom.GetAtomMapNum() and (atom.GetAtomicNum() == 0 or "AtomOr" in atom.DescribeQuery()):
            raise ToolInputError(
                f"{shown(text)} adds an atom to its products that stands for several elements ({atom.GetSmarts()})",
                where,
                "write the element, or map it to an atom of the reactants",
            )


def _effects(before: list[Chem.Atom], after: list[Chem.Atom]) -> list[str]:
    """What the template adds, drops and changes, in words."""
    notes = []
    kept = {atom.GetAtomMapNum(): atom for atom in after if atom.GetAtomMapNum()}
    added = [atom.GetSymbol() for atom in after if not atom.GetAtomMapNum()]
    if added:
        notes.append(f"The template adds atoms that come from no reactant: {', '.join(added)}.")
    lost = [atom for atom in before if atom.GetAtomMapNum() not in kept]
    if lost:
        written = ", ".join(atom.GetSmarts() for atom in lost)
        notes.append(f"The template drops atoms of the reactants, and what hangs on them alone: {written}.")
    for atom in before:
        other = kept.get(atom.GetAtomMapNum())
        if other is not None and 0 not in (atom.GetAtomicNum(), other.GetAtomicNum()) and (
            atom.GetAtomicNum() != other.GetAtomicNum()
        ):  # fmt: skip
            notes.append(
                f"Atom map {atom.GetAtomMapNum()} turns {atom.GetSymbol()} into {other.GetSymbol()}, which no "
                "reaction does."
            )
    return notes


def _ungrouped(template: str) -> str:
    """A product template without the parentheses that hold several components together."""
    if not template.startswith("("):
        return template
    depth = 0
    for place, sign in enumerate(template):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return template[1:-1] if place == len(template) - 1 else template
    return template

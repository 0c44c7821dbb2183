"""A reaction applied to molecules: ``apply_reaction``."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError, shown
from tools.chemistry.reaction_checking import formula, side_of
from tools.chemistry.reaction_drawing import is_legible, reaction_svg
from tools.chemistry.reaction_notes import Run, listed, notes_of, with_article
from tools.chemistry.reaction_running import Outcome, react, ready
from tools.chemistry.reaction_smarts import is_reaction_smarts, parse_reaction_smarts
from tools.chemistry.reactions_by_name import NamedReaction, find_reactions, inert_reagents
from tools.inputs import MoleculesText, ReactionName
from tools.inputs.molecules import LONGEST_TEXT, ParsedMolecule, parse_molecule, parse_molecules
from tools.outputs import Table, ToolOutput, View
from tools.registry import tool

MOST_REACTANTS = 60
MOST_AT_ONCE = 10  # that a reaction is tried with, reagents included
MOST_DRAWN = 6
_BETWEEN = re.compile(r"\s*;\s*|,\s+(?:and\s+)?|\s+and\s+|\s+with\s+|\s+\+\s+")


@tool(
    group="reaction",
    libraries=("rdkit",),
    asks=(
        "react", "reaction", "product", "what is the product", "product of the reaction", "apply", "apply the reaction", "run the reaction",
        "couple", "coupling", "react with", "amide coupling", "couple to an amide", "amide", "amide bond", "esterification", "esterify", "Suzuki", "Suzuki coupling", "Heck",
        "Sonogashira", "Stille", "Negishi", "Buchwald-Hartwig", "click reaction", "CuAAC", "Diels-Alder", "Wittig", "aldol", "Claisen", "Michael addition",
        "Mannich", "Knoevenagel", "Grignard", "reductive amination", "Williamson", "Mitsunobu", "sulfonamide formation", "Boc protection", "Boc deprotection",
        "protect", "deprotect", "saponification", "saponify", "hydrolyse", "hydrolyze", "hydrolysis", "oxidise", "oxidize", "hydrogenate", "hydrogenation",
        "epoxidation", "hydroboration", "bromination", "chlorination", "nitration", "nitrate", "brominate", "Friedel-Crafts", "acylate", "acylation", "alkylate",
        "alkylation", "SNAr", "SN2", "Baeyer-Villiger", "Beckmann", "Fischer indole", "Paal-Knorr", "Pictet-Spengler", "Strecker", "Ugi", "Biginelli",
        "Hantzsch", "metathesis", "ring-closing metathesis", "ozonolysis", "Sandmeyer", "named reaction", "reaction SMARTS", "forward synthesis",
    ),
)  # fmt: skip
def apply_reaction(reaction_or_name: ReactionName, reactants: MoleculesText) -> ToolOutput:
    """Apply a reaction to molecules and give the products: a named reaction (amide coupling, esterification, Suzuki,
    click, Diels-Alder, Wittig, reductive amination, Boc protection, oxidation, nitration and some 90 others) or a
    reaction SMARTS.

    The reactants may stand in any order. Raises ``ToolInputError`` for an unknown reaction, a SMARTS that would give
    nonsense, or reactants that lack the groups the reaction needs.
    """
    if not isinstance(reaction_or_name, str):
        raise ToolInputError(f"{shown(reaction_or_name)} is not text", "reaction_or_name", "name a reaction")
    if is_reaction_smarts(reaction_or_name):
        smarts, notes = parse_reaction_smarts(reaction_or_name, "reaction_or_name")
        choices: tuple[NamedReaction, ...] = (smarts,)
    else:
        choices, notes = find_reactions(reaction_or_name), []
    parsed, said = _reactants(reactants, choices)
    if len(parsed) > MOST_AT_ONCE:
        raise ToolInputError(
            f"{len(parsed)} reactants were given; a reaction is tried with at most {MOST_AT_ONCE}", "reactants",
            "give those of one reaction",
        )  # fmt: skip
    run, parsed, implied = _chosen(choices, parsed, reaction_or_name)
    notes += implied
    if len(choices) > 1:
        notes.append(
            f"{shown(reaction_or_name)} is a name of {len(choices)} reactions here; of them only {run.reaction.name} "
            "fits these reactants."
        )
    for number, one in enumerate(parsed, 1):
        notes += [f"Reactant {number} ({one.label}): {note}" if len(parsed) > 1 else note for note in one.notes]
    return _output(run, parsed, [*said, *notes])


def _reactants(given: str | list[str], choices: Sequence[NamedReaction]) -> tuple[list[ParsedMolecule], list[str]]:
    """The molecules; one text may hold several, with " + ", "and", commas, or the dots of a SMILES between them."""
    if not isinstance(given, str):
        return parse_molecules(given, "reactants", MOST_REACTANTS), []
    try:
        one = parse_molecule(given, "reactants")
    except ToolInputError as complaint:
        if not given.strip() or len(given) > LONGEST_TEXT:
            raise  # a million blanks take minutes to be split at
        if len(parts := [part for part in _BETWEEN.split(given) if part]) < 2:
            raise
        read = f"The reactants were read as {len(parts)}: {', '.join(parts)}."
        try:
            return parse_molecules(parts, "reactants", MOST_REACTANTS), [read]
        except ToolInputError:
            raise complaint from None
    components = Chem.GetMolFrags(one.mol, asMols=True)
    neutral = [Chem.MolToSmiles(part) for part in components if not Chem.GetFormalCharge(part)]
    charged = [Chem.MolToSmiles(part) for part in components if Chem.GetFormalCharge(part)]
    if one.notation != "smiles" or not neutral or len(components) == 1:
        return [one], []
    texts = [*neutral, *([".".join(charged)] if charged else [])]
    several = [replace(parse_molecule(text, "reactants"), notes=()) for text in texts]
    return several, [f"The components of the one SMILES were read as {len(several)} reactants: {', '.join(texts)}."]


def _chosen(
    choices: Sequence[NamedReaction], parsed: list[ParsedMolecule], name: str
) -> tuple[Run, list[ParsedMolecule], list[str]]:
    """The one reaction of that name that these reactants can do, the reactants, and notes on one that the name brought along.

    Raises ``ToolInputError`` for no such reaction or several.
    """
    runs = [run for reaction in choices if (run := _run(reaction, parsed)) is not None]
    runs = [run for run in runs if run.reagents or not run.reaction.needs_reagent(name)]
    notes: list[str] = []
    if not runs:
        for smiles, called in dict.fromkeys(one for reaction in choices for one in reaction.implied_by(name)):
            more = [*parsed, replace(as_parsed(smiles), label=called)]
            bearers = [reaction for reaction in choices if (smiles, called) in reaction.implied_by(name)]
            if runs := [run for reaction in bearers if (run := _run(reaction, more)) is not None]:
                parsed, notes = (
                    more,
                    [f"{called[:1].upper()}{called[1:]} was not given and was taken from the reaction's name."],
                )
                break
    if not runs:
        raise _no_match(choices, parsed, name)
    products = {tuple(outcome.products for outcome in run.reacted.outcomes) for run in runs}
    if len(products) > 1:
        listed = "; ".join(
            f"{run.reaction.name} would give {'.'.join(run.reacted.outcomes[0].products)}" for run in runs[:5]
        )
        raise ToolInputError(
            f"{shown(name)} can mean {len(runs)} reactions of these reactants: {listed}", "reaction_or_name",
            f"name one of them: {', '.join(run.reaction.name for run in runs)}",
        )  # fmt: skip
    return runs[0], parsed, notes


def _run(reaction: NamedReaction, parsed: Sequence[ParsedMolecule]) -> Run | None:
    """The reaction of all the molecules, or of all but the fewest that are reagents; None where none of it goes."""
    mols = [ready(one.mol) for one in parsed]
    known = inert_reagents() | reaction.reagents
    spare = [place for place, mol in enumerate(mols) if Chem.MolToSmiles(mol) in known]
    for count in range(len(spare) + 1):
        for left in itertools.combinations(spare, count):
            used = tuple(place for place in range(len(mols)) if place not in left)
            if not used:
                continue
            reacted = react(reaction, [mols[place] for place in used])
            if reacted.outcomes:
                return Run(reaction, used, left, reacted)
    return None


def _no_match(choices: Sequence[NamedReaction], parsed: Sequence[ParsedMolecule], name: str) -> ToolInputError:
    """Which group is missing, or that there are too many reactants, in one sentence."""
    labels = ", ".join(one.label for one in parsed)
    if len(choices) > 1:
        return ToolInputError(
            f"None of the {len(choices)} reactions that {shown(name)} can mean fits {labels}",
            "reactants",
            f"they are: {', '.join(reaction.name for reaction in choices)}",
        )
    (reaction,) = choices
    mols = [ready(one.mol) for one in parsed]
    known = inert_reagents() | reaction.reagents
    needed = [place for place, mol in enumerate(mols) if Chem.MolToSmiles(mol) not in known]
    missing: list[tuple[int, list[str]]] = []
    for variant in reaction.variants:
        lacking = [
            role
            for role, template in zip(variant.roles, variant.templates, strict=True)
            if not any(mol.HasSubstructMatch(template) for mol in mols)
        ]
        missing.append((len(lacking), list(dict.fromkeys(lacking))))
    takes = reaction.most_reactants
    words = f"The {reaction.name}" if reaction.source else "This reaction SMARTS"
    fewest = min(missing, key=lambda entry: entry[0])
    if fewest[0]:
        several, lacking = len(parsed) > 1, fewest[1]
        has = f"none of the reactants ({labels}) has" if several else f"{labels} has"
        those = {(True, 1): "one", (True, 2): "either", (False, 1): "none", (False, 2): "neither"}
        return ToolInputError(
            f"{words} needs {' and '.join(with_article(role) for role in lacking)}, and {has} "
            f"{those[several, min(2, len(lacking))]}",
            "reactants", "give reactants with these groups, or another reaction",
        )  # fmt: skip
    if len(needed) > takes:
        extra = [
            parsed[place].label
            for place in needed
            if not any(mols[place].HasSubstructMatch(t) for variant in reaction.variants for t in variant.templates)
        ]
        odd = f"; {', '.join(extra)}: no part in it, and no reagent known here" if extra else ""
        return ToolInputError(
            f"{words} takes {takes} reactant{'s' * (takes > 1)}, and {len(needed)} were given ({labels}){odd}",
            "reactants", "give only the molecules that are joined",
        )  # fmt: skip
    idle = [
        one.label
        for one, mol in zip(parsed, mols, strict=True)
        if not any(mol.HasSubstructMatch(t) for variant in reaction.variants for t in variant.templates)
    ]
    if idle:
        return ToolInputError(
            f"{words} has no part for {', '.join(idle)}", "reactants", "leave it out, or give another reactant"
        )
    if reaction.intramolecular == "only":
        return ToolInputError(
            f"{words} joins two groups of one molecule, and {labels} cannot close a ring of at least "
            f"{reaction.smallest_ring} atoms so", "reactants", "give one molecule with both groups",
        )  # fmt: skip
    return ToolInputError(
        f"{words} gives no product from {labels}: its groups do not fit together, or the products are no possible molecules",
        "reactants", f"it needs {' and '.join(with_article(role) for role in reaction.variants[0].roles)}",
    )  # fmt: skip


def as_parsed(smiles: str) -> ParsedMolecule:
    """A computed structure in the form in which molecules are drawn."""
    return ParsedMolecule(Chem.MolFromSmiles(smiles), smiles, smiles, "smiles", smiles, ())


def _output(run: Run, parsed: Sequence[ParsedMolecule], notes: list[str]) -> ToolOutput:
    reaction, outcomes = run.reaction, run.reacted.outcomes
    used = [parsed[place] for place in run.used]
    products = list(dict.fromkeys(smiles for outcome in outcomes for smiles in outcome.products))
    by_products = list(dict.fromkeys(smiles for outcome in outcomes for smiles in outcome.by_products))
    title = reaction.name[0].upper() + reaction.name[1:]
    data: dict[str, Any] = {
        "reaction": reaction.name,
        "reactants": [one.smiles for one in used],
        "products": products,
        "count": len(products),
        "by_products": by_products,
    }
    if len(products) == 1:
        data["smiles"] = products[0]
        data["formula"] = CalcMolFormula(Chem.MolFromSmiles(products[0]))
    if len(outcomes) > 1:
        data["outcomes"] = [list(outcome.products) for outcome in outcomes]
    data["roles"] = _roles(outcomes[0], used)
    if run.reagents:
        data["reagents"] = [parsed[place].smiles for place in run.reagents]
    brought, taken = _balance(outcomes[0], used)
    if brought:
        data["brought_by_reagents"] = brought
    if taken:
        data["taken_by_reagents"] = taken
    rows = tuple(
        (number, ".".join(outcome.products), ", ".join(CalcMolFormula(Chem.MolFromSmiles(smiles)) for smiles in outcome.products),
         ".".join(outcome.by_products), f"ring of {outcome.ring}" if outcome.ring else "")
        for number, outcome in enumerate(outcomes, 1)
    )  # fmt: skip
    table = Table(
        title=f"Products: {reaction.name}",
        columns=("No.", "Products", "Formula", "By-products", "Intramolecular"),
        rows=rows,
    )
    views, undrawn = _drawn(run, parsed, title)
    return ToolOutput(
        summary=_summary(title, used, outcomes),
        data=data,
        views=(*views, table),
        notes=tuple(dict.fromkeys([*notes_of(run, parsed, used, brought, taken), *undrawn, *notes])),
    )


def _roles(outcome: Outcome, used: Sequence[ParsedMolecule]) -> dict[str, str]:
    roles: dict[str, str] = {}
    for role, place in zip(outcome.variant.roles, outcome.roles, strict=True):
        roles[role] = used[place].smiles
    return roles


def _balance(outcome: Outcome, used: Sequence[ParsedMolecule]) -> tuple[str, str]:
    """The atoms that reagents must bring and take, as formulas; of a reaction that needs none, two empty texts."""
    places = [0] if outcome.ring else list(outcome.roles)
    left = side_of([used[place] for place in places], [1] * len(places))
    after = [as_parsed(smiles) for smiles in (*outcome.products, *outcome.by_products, *outcome.spectators)]
    right = side_of(after, [1] * len(after))
    brought: Counter[str] = Counter(right.atoms)
    brought.subtract(left.atoms)
    gained = {symbol: count for symbol, count in brought.items() if count > 0}
    lost = {symbol: -count for symbol, count in brought.items() if count < 0}
    return formula(gained) if gained else "", formula(lost) if lost else ""


def _summary(title: str, used: Sequence[ParsedMolecule], outcomes: Sequence[Outcome]) -> str:
    subject = f"{title}: {listed([one.label for one in used])}"
    if len(outcomes) == 1:
        formulas = ", ".join(CalcMolFormula(Chem.MolFromSmiles(smiles)) for smiles in outcomes[0].products)
        verb = "gives" if len(used) == 1 else "give"
        return f"{subject} {verb} {listed(list(outcomes[0].products))} ({formulas})."
    sets = [".".join(outcome.products) for outcome in outcomes]
    shown_sets = "; ".join(sets[:6]) + (f"; and {len(sets) - 6} more" if len(sets) > 6 else "")
    return (
        f"{subject} can give {len(outcomes)} different products: {shown_sets}. Which of them forms is not decided here."
    )


def _drawn(run: Run, parsed: Sequence[ParsedMolecule], title: str) -> tuple[list[View], list[str]]:
    views: list[View] = []
    agents = [parsed[place] for place in run.reagents]
    outcomes = run.reacted.outcomes
    for number, outcome in enumerate(outcomes[:MOST_DRAWN], 1):
        places = [0] if outcome.ring else list(outcome.roles)
        left = [parsed[run.used[place]] for place in places]
        right = [as_parsed(smiles) for smiles in outcome.products]
        if not is_legible((*left, *right)):
            return views, ["Not drawn: its molecules have more than 300 heavy atoms together."]
        label = f"{title}, product {number} of {len(outcomes)}" if len(outcomes) > 1 else title
        views.append(reaction_svg(left, right, agents, title=label, caption=run.reaction.conditions))
    if len(outcomes) > MOST_DRAWN:
        return views, [f"The first {MOST_DRAWN} of {len(outcomes)} are drawn."]
    return views, []

"""What is said beside an applied reaction: how its molecules were read, what it leaves open, what it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rdkit import Chem

from tools.chemistry.reaction_running import MOST_OUTCOMES, Reacted
from tools.chemistry.reactions_by_name import NamedReaction
from tools.inputs.molecules import ParsedMolecule

_CALLED = {
    "O": "water", "Cl": "hydrogen chloride", "Br": "hydrogen bromide", "I": "hydrogen iodide", "F": "hydrogen fluoride",
    "N": "ammonia", "N#N": "nitrogen", "O=C=O": "carbon dioxide", "C=C": "ethene", "C=C(C)C": "isobutene",
    "CCO": "ethanol", "CO": "methanol", "CC(=O)O": "acetic acid", "OB(O)O": "boric acid", "[Br-]": "bromide",
    "[Cl-]": "chloride", "[I-]": "iodide", "O=P(c1ccccc1)(c1ccccc1)c1ccccc1": "triphenylphosphine oxide",
}  # fmt: skip


@dataclass(frozen=True)
class Run:
    """A reaction that went: with which of the given molecules (by place), and which were taken for reagents."""

    reaction: NamedReaction
    used: tuple[int, ...]
    reagents: tuple[int, ...]
    reacted: Reacted


def notes_of(
    run: Run, parsed: Sequence[ParsedMolecule], used: Sequence[ParsedMolecule], brought: str, taken: str
) -> list[str]:
    """Sentences, the most telling first; ``brought`` and ``taken`` are formulas of what the equation lacks on either side."""
    reaction, outcomes, first = run.reaction, run.reacted.outcomes, run.reacted.outcomes[0]
    notes = []
    if len(first.variant.roles) > 1:
        pairs = "; ".join(
            f"{used[place].label} as {with_article(role)}"
            for role, place in zip(first.variant.roles, first.roles, strict=True)
        )
        notes.append(f"Read as: {pairs}." if len(outcomes) == 1 else f"The first product was made with {pairs}.")
    if len(first.roles) > len(used) and not first.ring:
        notes.append("A molecule stands in more than one role: two molecules of it react with each other.")
    if any(outcome.ring for outcome in outcomes):
        notes.append(
            "Intramolecular: one molecule holds both groups and closes a ring; at high concentration molecules also join "
            "with each other."
        )
    if len(outcomes) > 1:
        notes.append("All distinct products of one application are listed; site and orientation are not decided.")
    elif len(used) == 1 or len(outcomes) == 1:
        notes.append("The reaction is applied once; equal groups that are left may react again.")
    if run.reacted.capped:
        notes.append(f"More products are possible; the first {MOST_OUTCOMES} are listed.")
    if run.reacted.dropped:
        notes.append(f"{run.reacted.dropped} products were no possible molecules (a wrong valence) and were left out.")
    if unassigned := max(outcome.unassigned for outcome in outcomes):
        notes.append(
            f"{unassigned} stereo element{'s' * (unassigned > 1)} made or changed by the reaction "
            f"{'are' if unassigned > 1 else 'is'} left unassigned; centres that it does not touch are kept."
        )
    if reaction.invert:
        notes.append("Where the attacked carbon is a stereocentre, it is inverted.")
    if run.reagents:
        notes.append(
            f"Taken as reagent and not as reactant: {', '.join(parsed[place].label for place in run.reagents)}."
        )
    if brought or taken:
        parts = [f"bring {brought}" if brought else "", f"take away {taken}" if taken else ""]
        notes.append(f"For a balanced equation reagents {' and '.join(part for part in parts if part)}.")
    elif first.by_products:
        formed = [_CALLED.get(smiles, smiles) for smiles in first.by_products]
        notes.append(f"Balanced with the by-product{'s' * (len(formed) > 1)} {listed(formed)}.")
    if first.spectators:
        notes.append(f"Takes no part and is left out: {', '.join(first.spectators)}.")
    for smarts, says in reaction.cautions:
        pattern = Chem.MolFromSmarts(smarts)
        if any(one.mol.HasSubstructMatch(pattern) for one in used):
            notes.append(says)
    if reaction.source:
        notes += [
            f"Usual conditions: {reaction.conditions}.",
            reaction.limits,
            f"Source of the reaction: {reaction.source}.",
        ]
    notes.append("Products follow from the pattern alone: yield, selectivity and whether it goes are not checked.")
    return notes


def with_article(role: str) -> str:
    if role.startswith(("ammonia", "what ", "the ", "second ", "urea", "tetra")):
        return role
    return f"{'an' if role[0] in 'aeioN' or role.startswith('α') else 'a'} {role}"


def listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]

"""Is a reaction balanced? Atoms and charge on both sides, and what is missing where: ``check_reaction``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

from rdkit import Chem

from tools.chemistry.counting import atom_counts
from tools.chemistry.reaction_drawing import is_legible, reaction_svg
from tools.inputs import ReactionText
from tools.inputs.molecules import ParsedMolecule
from tools.inputs.reactions import ParsedReaction, parse_reaction, without_maps
from tools.outputs import Table, ToolOutput, View
from tools.registry import tool

#: Small molecules and ions that equations leave out most: what a sentence calls them, their composition and charge.
_COMMON: tuple[tuple[str, dict[str, int], int], ...] = (
    ("water (H2O)", {"H": 2, "O": 1}, 0),
    ("hydrogen (H2)", {"H": 2}, 0),
    ("oxygen (O2)", {"O": 2}, 0),
    ("hydrogen chloride (HCl)", {"H": 1, "Cl": 1}, 0),
    ("hydrogen bromide (HBr)", {"H": 1, "Br": 1}, 0),
    ("hydrogen iodide (HI)", {"H": 1, "I": 1}, 0),
    ("hydrogen fluoride (HF)", {"H": 1, "F": 1}, 0),
    ("carbon dioxide (CO2)", {"C": 1, "O": 2}, 0),
    ("carbon monoxide (CO)", {"C": 1, "O": 1}, 0),
    ("nitrogen (N2)", {"N": 2}, 0),
    ("ammonia (NH3)", {"N": 1, "H": 3}, 0),
    ("methanol (CH3OH)", {"C": 1, "H": 4, "O": 1}, 0),
    ("ethanol (C2H5OH)", {"C": 2, "H": 6, "O": 1}, 0),
    ("acetic acid (CH3COOH)", {"C": 2, "H": 4, "O": 2}, 0),
    ("boric acid (B(OH)3)", {"B": 1, "O": 3, "H": 3}, 0),
    ("sodium chloride (NaCl)", {"Na": 1, "Cl": 1}, 0),
    ("sodium bromide (NaBr)", {"Na": 1, "Br": 1}, 0),
    ("sodium iodide (NaI)", {"Na": 1, "I": 1}, 0),
    ("sodium hydroxide (NaOH)", {"Na": 1, "O": 1, "H": 1}, 0),
    ("potassium chloride (KCl)", {"K": 1, "Cl": 1}, 0),
    ("potassium bromide (KBr)", {"K": 1, "Br": 1}, 0),
    ("chlorine (Cl2)", {"Cl": 2}, 0),
    ("bromine (Br2)", {"Br": 2}, 0),
    ("iodine (I2)", {"I": 2}, 0),
    ("sulfur dioxide (SO2)", {"S": 1, "O": 2}, 0),
    ("hydrogen sulfide (H2S)", {"S": 1, "H": 2}, 0),
    ("hydrogen cyanide (HCN)", {"H": 1, "C": 1, "N": 1}, 0),
    ("isobutene (C4H8)", {"C": 4, "H": 8}, 0),
    ("triphenylphosphine oxide (C18H15OP)", {"C": 18, "H": 15, "O": 1, "P": 1}, 0),
    ("the proton (H+)", {"H": 1}, 1),
    ("hydroxide (OH-)", {"O": 1, "H": 1}, -1),
    ("chloride (Cl-)", {"Cl": 1}, -1),
    ("bromide (Br-)", {"Br": 1}, -1),
    ("iodide (I-)", {"I": 1}, -1),
    ("the sodium ion (Na+)", {"Na": 1}, 1),
    ("the potassium ion (K+)", {"K": 1}, 1),
)
MOST_OF_ONE = 6


@dataclass(frozen=True)
class Side:
    """Element to count, charge and isotope labels of everything on one side, the coefficients counted in."""

    atoms: Counter[str]
    charge: int
    isotopes: Counter[str]


def side_of(molecules: Sequence[ParsedMolecule], counts: Sequence[int]) -> Side:
    """The sum over molecules, each as often as its coefficient says."""
    atoms: Counter[str] = Counter()
    isotopes: Counter[str] = Counter()
    charge = 0
    for molecule, count in zip(molecules, counts, strict=True):
        for symbol, number in atom_counts(molecule.mol).items():
            atoms[symbol] += number * count
        for atom in molecule.mol.GetAtoms():
            if atom.GetIsotope():
                isotopes[f"{atom.GetIsotope()}{atom.GetSymbol()}"] += count
        charge += Chem.GetFormalCharge(molecule.mol) * count
    return Side(atoms, charge, isotopes)


@tool(
    group="reaction",
    libraries=("rdkit",),
    asks=(
        "balanced", "is this reaction balanced", "is it balanced", "mass balance", "atom balance", "charge balance", "check the reaction",
        "check the equation", "what is missing", "by-product", "byproduct", "unbalanced", "stoichiometry", "atom mapping", "conserve atoms",
    ),
)  # fmt: skip
def check_reaction(reaction: ReactionText) -> ToolOutput:
    """Check whether a reaction is balanced: atoms of each element and charge on both sides, what is missing on which
    side, and whether its atom map numbers are consistent.

    ``difference`` is reactants minus products. Agents are not counted. Raises ``ToolInputError`` for anything that is
    not one reaction with both sides.
    """
    parsed = parse_reaction(reaction)
    left = side_of(parsed.reactants, parsed.reactant_counts)
    right = side_of(parsed.products, parsed.product_counts)
    difference = _difference(left.atoms, right.atoms)
    charge = left.charge - right.charge
    balanced = not difference and not charge
    lost = {symbol: number for symbol, number in difference.items() if number > 0}
    gained = {symbol: -number for symbol, number in difference.items() if number < 0}
    data: dict[str, Any] = {
        "reaction": parsed.smiles if len(parsed.smiles) <= 2000 else reaction,
        "balanced": balanced,
        "difference": difference,
        "charge_difference": charge,
        "reactant_atoms": _in_hills_order(left.atoms),
        "product_atoms": _in_hills_order(right.atoms),
        "reactant_charge": left.charge,
        "product_charge": right.charge,
    }
    if lost:
        data["missing_from_products"] = formula(lost)
    if gained:
        data["missing_from_reactants"] = formula(gained)
    guess = "" if balanced else suggestion(difference, charge)
    if guess:
        data["suggestion"] = guess
    mapping, complaints = _atom_maps(parsed)
    data["atom_maps"] = mapping
    notes = [*_scope(parsed, left, right), *complaints, *parsed.notes]
    views: list[View] = []
    if is_legible((*parsed.reactants, *parsed.products)):
        views.append(
            reaction_svg(
                parsed.reactants,
                parsed.products,
                parsed.agents,
                counts=(parsed.reactant_counts, parsed.product_counts),
                title="Reaction: balanced" if balanced else "Reaction: not balanced",
            )
        )
    else:
        notes.append("Not drawn: its molecules have more than 300 heavy atoms together.")
    views.append(_table(left, right, difference, charge))
    return ToolOutput(
        summary=_summary(left, lost, gained, charge, guess, mapping), data=data, views=tuple(views), notes=tuple(notes)
    )


def formula(atoms: dict[str, int]) -> str:
    """Composition in Hill's order, as in C2H6O."""
    return "".join(
        f"{symbol}{number if number > 1 else ''}" for symbol, number in _in_hills_order(Counter(atoms)).items()
    )


def suggestion(difference: dict[str, int], charge: int) -> str:
    """Common small molecules that would balance it, in words; empty where none or no short list does."""
    if not difference:
        electrons = abs(charge)
        side = "product" if charge < 0 else "reactant"
        return f"{_several(electrons, 'electron')} on the {side} side" if electrons else ""
    signs = {number > 0 for number in difference.values()}
    if len(signs) == 1:
        where, sign = ("product", 1) if signs == {True} else ("reactant", -1)
        wanted = {symbol: number * sign for symbol, number in difference.items()}
        found = _composed(wanted, charge * sign)
        return f"{found} on the {where} side" if found else ""
    return _on_both_sides(difference, charge)


def _composed(wanted: dict[str, int], charge: int) -> str:
    """One of the common small molecules, up to six times, or two of them, with this composition and charge."""
    for name, atoms, own in _COMMON:
        for times in range(1, MOST_OF_ONE + 1):
            if _same(wanted, charge, [(atoms, own)] * times):
                return f"{times} × {name}" if times > 1 else name
    for (first, atoms, own), (second, others, other) in combinations_with_replacement(_COMMON, 2):
        if _same(wanted, charge, [(atoms, own), (others, other)]):
            return f"{first} and {second}"
    return ""


def _on_both_sides(difference: dict[str, int], charge: int) -> str:
    """Up to three of one common small molecule on each side, the fewest first."""
    elements = set(difference)
    near = [entry for entry in _COMMON if set(entry[1]) <= elements | {"O", "H"}]
    tries = sorted(
        (
            (times, more, left, right)
            for left in near
            for right in near
            if left is not right
            for times in (1, 2, 3)
            for more in (1, 2, 3)
        ),
        key=lambda entry: entry[0] + entry[1],
    )
    for times, more, (given, atoms, own), (formed, others, other) in tries:
        total = Counter(difference)
        for symbol, number in atoms.items():
            total[symbol] += number * times
        for symbol, number in others.items():
            total[symbol] -= number * more
        if not any(total.values()) and charge + own * times - other * more == 0:
            left_words = f"{times} × {given}" if times > 1 else given
            right_words = f"{more} × {formed}" if more > 1 else formed
            return f"{left_words} on the reactant side and {right_words} on the product side"
    return ""


def _same(wanted: dict[str, int], charge: int, parts: Iterable[tuple[dict[str, int], int]]) -> bool:
    total: Counter[str] = Counter()
    for atoms, own in parts:
        total.update(atoms)
        charge -= own
    return charge == 0 and dict(total) == wanted


def _difference(left: Counter[str], right: Counter[str]) -> dict[str, int]:
    found = {symbol: left[symbol] - right[symbol] for symbol in set(left) | set(right)}
    ordered = _in_hills_order(Counter({symbol: 1 for symbol, number in found.items() if number}))
    return {symbol: found[symbol] for symbol in ordered}


def _in_hills_order(atoms: Counter[str]) -> dict[str, int]:
    first = ("C", "H") if atoms["C"] else ()
    present = [symbol for symbol in atoms if atoms[symbol]]
    return {symbol: atoms[symbol] for symbol in sorted(present, key=lambda symbol: (symbol not in first, symbol))}


def _atom_maps(parsed: ParsedReaction) -> tuple[str, list[str]]:
    """ "none", "consistent" or "inconsistent", and what is wrong or incomplete, in words."""
    maps: list[dict[int, list[Chem.Atom]]] = []
    unmapped = []
    for side in (parsed.reactants, parsed.agents, parsed.products):
        found: dict[int, list[Chem.Atom]] = {}
        unmapped.append(0)
        for molecule in side:
            for atom in molecule.mol.GetAtoms():
                if atom.GetAtomMapNum():
                    found.setdefault(atom.GetAtomMapNum(), []).append(atom)
                elif atom.GetAtomicNum() > 1:
                    unmapped[-1] += 1
        maps.append(found)
    reactants, agents, products = maps
    if not any(maps):
        return "none", []
    wrong = []
    for found, side_name in ((reactants, "reactants"), (products, "products")):
        twice = sorted(number for number, atoms in found.items() if len(atoms) > 1)
        if twice:
            wrong.append(f"Atom map {_numbers(twice)} is on more than one atom of the {side_name}.")
    known = {**agents, **reactants}
    new = sorted(number for number in products if number not in known)
    if new:
        wrong.append(f"Atom map {_numbers(new)} is in the products but not in the reactants.")
    for number in sorted(set(products) & set(known)):
        before, after = known[number][0], products[number][0]
        if before.GetAtomicNum() != after.GetAtomicNum():
            wrong.append(f"Atom map {number} is {before.GetSymbol()} in the reactants and {after.GetSymbol()} after.")
        elif before.GetIsotope() != after.GetIsotope():
            wrong.append(f"Atom map {number} has another isotope label in the products.")
    notes = list(wrong)
    left_over = sorted(set(reactants) - set(products))
    if left_over:
        notes.append(f"Atom map {_numbers(left_over)} is in the reactants but not in the products.")
    if unmapped[2]:
        notes.append(f"{_several(unmapped[2], 'heavy atom')} of the products has no map number; maps are incomplete.")
    return ("inconsistent" if wrong else "consistent"), notes


def _scope(parsed: ParsedReaction, left: Side, right: Side) -> list[str]:
    notes = ["Counted as written, hydrogens that the notation leaves out included; difference is reactants − products."]
    if parsed.agents:
        notes.append("What stands between the arrows (agents: catalyst, solvent) is not counted.")
    if left.isotopes or right.isotopes:
        notes.append("Isotopes count as their element (D as H).")
        if left.isotopes != right.isotopes:
            notes.append("The isotope labels of the two sides differ.")
    same = Counter(_written(parsed.reactants, parsed.reactant_counts)) == Counter(
        _written(parsed.products, parsed.product_counts)
    )
    if same:
        notes.append("Both sides hold the same molecules: nothing reacts.")
    notes.append("A balanced reaction is not one that happens: whether it does is not checked.")
    return notes


def _written(molecules: Sequence[ParsedMolecule], counts: Sequence[int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for molecule, count in zip(molecules, counts, strict=True):
        found[without_maps(molecule).smiles] += count
    return dict(found)


def _summary(left: Side, lost: dict[str, int], gained: dict[str, int], charge: int, guess: str, mapping: str) -> str:
    if not lost and not gained and not charge:
        words = (
            f"The reaction is balanced: {formula(dict(left.atoms))} and a total charge of {left.charge:+d} on each side"
            if left.charge
            else f"The reaction is balanced: {formula(dict(left.atoms))} on each side, no net charge"
        )
        return f"{words}{'; its atom map numbers are inconsistent' if mapping == 'inconsistent' else ''}."
    parts = []
    if lost:
        parts.append(f"the products lack {formula(lost)}")
    if gained:
        parts.append(f"the reactants lack {formula(gained)}")
    if charge:
        parts.append(f"the charge of the reactants minus that of the products is {charge:+d}")
    words = f"The reaction is not balanced: {', and '.join(parts)}"
    if guess:
        words += f"; it would balance with, for example, {guess}"
    if mapping == "inconsistent":
        words += "; its atom map numbers are inconsistent"
    return f"{words}."


def _table(left: Side, right: Side, difference: dict[str, int], charge: int) -> Table:
    symbols = _in_hills_order(left.atoms + right.atoms)
    rows = [(symbol, left.atoms[symbol], right.atoms[symbol], difference.get(symbol, 0)) for symbol in symbols]
    rows.append(("charge", left.charge, right.charge, charge))
    return Table(
        title="Atoms and charge on both sides",
        columns=("Element", "Reactants", "Products", "Difference"),
        rows=tuple(rows),
    )


def _several(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"


def _numbers(values: Sequence[int]) -> str:
    return ", ".join(map(str, values[:8])) + (" and others" if len(values) > 8 else "")

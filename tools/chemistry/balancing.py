"""Exact coefficients of a reaction, or why there are none or too many: ``balance_reaction``."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field

from errors import ToolInputError, shown
from tools.chemistry.stoichiometry import extreme_reactions, null_space
from tools.inputs.elements import ELEMENT_NAMES
from tools.inputs.equations import ParsedEquation, Species, parse_equation
from tools.inputs.formulas import hill_order
from tools.outputs import Table, ToolOutput
from tools.registry import tool

CONVENTIONS = (
    "The coefficients are the smallest whole numbers that conserve every element and the charge; whether the reaction "
    "happens is not checked.",
)
MOST_LISTED = 8
_WATER = Species("H2O", {"H": 2, "O": 1}, 0, "H2O", Fraction(1), ())
_PROTON = Species("H^+", {"H": 1}, 1, "H+", Fraction(1), ())
_HYDROXIDE = Species("OH^-", {"H": 1, "O": 1}, -1, "HO-", Fraction(1), ())
_ELECTRON = Species("e^-", {}, -1, "e-", Fraction(1), ())
#: What an equation may lack, simplest first: acid before base, electrons last.
_RESERVOIRS = (
    (_ELECTRON,), (_WATER,), (_WATER, _PROTON), (_WATER, _HYDROXIDE), (_WATER, _PROTON, _ELECTRON),
    (_WATER, _HYDROXIDE, _ELECTRON),
)  # fmt: skip
ReactantsText = Annotated[
    str | list[str],
    Field(
        description="Formulas (or names) of the reactants, as 'H2 + O2' or a list; or a whole equation with an arrow",
        json_schema_extra={"entity": "reactants"},
    ),
]
ProductsText = Annotated[
    str | list[str],
    Field(
        description="Formulas (or names) of the products; empty where reactants holds the whole equation",
        json_schema_extra={"entity": "products"},
    ),
]


@tool(
    group="reaction",
    libraries=("rdkit",),
    asks=(
        "balance", "balance the equation", "balanced equation", "coefficients", "stoichiometric coefficients",
        "stoichiometry", "half-reaction", "redox equation", "chemical equation", "combustion equation",
    ),
)  # fmt: skip
def balance_reaction(reactants: ReactantsText, products: ProductsText = "") -> ToolOutput:
    """Balance a chemical equation: the smallest whole coefficients from the formulas of reactants and products, with
    charges (MnO4^-, Fe^3+) and electrons (e^-) where there are any.

    ``coefficients`` maps each species to its number; where several independent reactions fit, it is null and
    ``independent_reactions`` lists them. Raises ``ToolInputError`` where no coefficients balance it.
    """
    equation = parse_equation(reactants, products)
    left, right, notes = _distinct(equation)
    species = (*left, *right)
    elements = hill_order(Counter(symbol for one in species for symbol in one.atoms))
    rows = _composition(left, right, elements)
    basis = null_space(rows, len(species))
    if len(basis) != 1 or not all(basis[0]):  # else a species on the wrong side explains it better
        _refuse_one_sided(left, right, elements, notes)
    if not basis:
        raise _impossible(left, right, rows)
    possible = extreme_reactions(rows, len(species))
    if possible is None:
        raise ToolInputError(
            f"The equation has {len(basis)} independent solutions and too many ways to combine them", "reactants",
            "give fewer species, or one reaction at a time",
        )  # fmt: skip
    _refuse_without(left, right, possible, basis)
    notes += equation.notes
    if any(one.coefficient != 1 for one in species):
        notes.append(_written(left, right, rows, possible[0] if len(possible) == 1 else None))
    notes += CONVENTIONS
    if len(basis) > 1:
        return _several(left, right, possible, len(basis), notes)
    return _balanced(left, right, possible[0], elements, notes)


def equation_text(left: Sequence[Species], right: Sequence[Species], vector: Sequence[int]) -> str:
    """``2 H2 + O2 -> 2 H2O``: coefficients of 1 unwritten, those of 0 left out."""
    sides = (zip(left, vector[: len(left)], strict=True), zip(right, vector[len(left) :], strict=True))
    written = [
        " + ".join(f"{number} {one.label}" if number > 1 else one.label for one, number in side if number)
        for side in sides
    ]
    return f"{written[0]} -> {written[1]}"


def _distinct(equation: ParsedEquation) -> tuple[list[Species], list[Species], list[str]]:
    """Both sides without repeats and without what stands unchanged on both."""
    notes: list[str] = []
    sides = []
    for side, name in ((equation.reactants, "reactants"), (equation.products, "products")):
        once: dict[tuple[str, str], Species] = {}
        for one in side:
            before = once.get(_key(one))
            if before:
                notes.append(f"{one.label} stands more than once among the {name} and was taken as one species.")
                one = replace(before, coefficient=before.coefficient + one.coefficient)
            once[_key(one)] = one
        sides.append(once)
    first, second = sides
    common = [key for key in first if key in second]
    for key in common:
        notes.append(
            f"{first[key].label} stands on both sides and was left out: what is not consumed (a catalyst, a solvent, a "
            "spectator) has no coefficient."
        )
        del first[key], second[key]
    for rest, name in ((first, "reactants"), (second, "products")):
        if not rest:
            raise ToolInputError(
                f"Without what stands on both sides ({', '.join(key[0] for key in common[:6])}) there are no {name}",
                name,
                "give what reacts and what forms",
            )
    return list(first.values()), list(second.values()), notes


def _key(one: Species) -> tuple[str, str]:
    """Equal for the same species: a formula by its composition, a name by itself, since isomers share a formula."""
    is_name = any("not as a formula" in note for note in one.notes)
    plain = re.sub(r"[\s^{}]", "", unicodedata.normalize("NFKC", one.label))
    return one.label.casefold() if is_name else plain, one.formula


def _composition(left: Sequence[Species], right: Sequence[Species], elements: Sequence[str]) -> list[list[int]]:
    """A row for each element and one for the charge, a column for each species, products negative."""
    signed = [(one, 1) for one in left] + [(one, -1) for one in right]
    rows = [[sign * one.atoms.get(symbol, 0) for one, sign in signed] for symbol in elements]
    return [*rows, [sign * one.charge for one, sign in signed]]


def _refuse_one_sided(
    left: Sequence[Species], right: Sequence[Species], elements: Sequence[str], left_out: Sequence[str]
) -> None:
    missing = []
    for symbol in elements:
        on_left, on_right = (any(symbol in one.atoms for one in side) for side in (left, right))
        if on_left != on_right:
            holder = next(one.label for one in (*left, *right) if symbol in one.atoms)
            missing.append((symbol, "reactants" if on_left else "products", holder))
    if not missing:
        return
    listed = "; ".join(
        f"{_element(symbol)} is only among the {side} ({holder})" for symbol, side, holder in missing[:4]
    )
    other = "products" if missing[0][1] == "reactants" else "reactants"
    hint = f"add the species with {_element(missing[0][0])} to the {other}"
    if {symbol for symbol, *_ in missing} <= {"H", "O"}:
        hint = _completed(left, right) or f"{hint}, such as H2O, H^+ or OH^-"
    apart = [note.split(" stands on both sides")[0] for note in left_out if " stands on both sides" in note]
    if apart:
        listed += f"; {', '.join(apart)}, on both sides, was not counted"
    raise ToolInputError(f"The equation cannot be balanced: {listed}", other, hint)


def _completed(left: Sequence[Species], right: Sequence[Species]) -> str:
    """How it balances with water, protons or hydroxide, and electrons, as a hint; empty where it does not."""
    found: list[str] = []
    for extras in _RESERVOIRS:
        known = {one.formula for one in (*left, *right)}
        added = [one for one in extras if one.formula not in known]
        species = [*left, *right, *added]
        elements = hill_order(Counter(symbol for one in species for symbol in one.atoms))
        basis = null_space(_composition(species, [], elements), len(species))
        if len(basis) != 1:
            continue
        vector = basis[0] if basis[0][0] > 0 else [-number for number in basis[0]]
        if any(number <= 0 for number in vector[: len(left)]) or any(
            number >= 0 for number in vector[len(left) : len(left) + len(right)]
        ):
            continue
        reactants = [(one, number) for one, number in zip(species, vector, strict=True) if number > 0]
        products = [(one, -number) for one, number in zip(species, vector, strict=True) if number < 0]
        names = [one.label for one, number in zip(species, vector, strict=True) if one in added and number]
        text = equation_text(
            [one for one, _ in reactants], [one for one, _ in products], [n for _, n in (*reactants, *products)]
        )
        found.append(f"with {' and '.join(names)} it is {text}")
        if len(found) == 2 or not any("H" in one.atoms for one in added):
            break
    return f"add what is missing: {', or '.join(found)}" if found else ""


def _element(symbol: str) -> str:
    name = ELEMENT_NAMES.get(symbol)
    return f"{name} ({symbol})" if name else f"the isotope {symbol}"


def _impossible(left: Sequence[Species], right: Sequence[Species], rows: list[list[int]]) -> ToolInputError:
    """No coefficients but 0: because of the charge, or because of the elements themselves."""
    text = shown(equation_text(left, right, [1] * (len(left) + len(right))))
    conserved = f"every element{' and the charge' if any(rows[-1]) else ''}"
    if null_space(rows[:-1], len(left) + len(right)):
        conserved = "the charge together with the elements"
    return ToolInputError(
        f"{text} cannot be balanced: no coefficients conserve {conserved}",
        "reactants",
        _completed(left, right) or "check the formulas, and whether a species such as H2O, H^+, OH^- or e^- is missing",
    )


def _positive(vector: list[int]) -> list[int]:
    """With the sign that makes most coefficients positive; of a tie, the first."""
    more = sum(n > 0 for n in vector) - sum(n < 0 for n in vector)
    flip = more < 0 or (more == 0 and next((n for n in vector if n), 1) < 0)
    return [-n for n in vector] if flip else vector


def _refuse_without(
    left: Sequence[Species], right: Sequence[Species], possible: list[list[int]], basis: list[list[int]]
) -> None:
    """Raise where a species takes part in no reaction from left to right."""
    species = (*left, *right)
    idle = [place for place in range(len(species)) if not any(ray[place] for ray in possible)]
    if not idle:
        return
    names = ", ".join(species[place].label for place in idle[:6])
    if possible:
        raise ToolInputError(
            f"The equation cannot be balanced with {names}, which would need the coefficient 0; without "
            f"{'it' if len(idle) == 1 else 'them'} it is {equation_text(left, right, possible[0])}",
            "reactants" if idle[0] < len(left) else "products",
            "leave it out, or add what it reacts to or comes from",
        )
    vector = _positive(basis[0])
    wrong = [place for place, number in enumerate(vector) if number < 0]
    if len(basis) == 1 and wrong:
        moved = [one for place, one in enumerate(species) if place in wrong]
        new_left = [(species[p], abs(n)) for p, n in enumerate(vector) if n and (p < len(left)) == (n > 0)]
        new_right = [(species[p], abs(n)) for p, n in enumerate(vector) if n and (p < len(left)) != (n > 0)]
        text = equation_text(
            [one for one, _ in new_left], [one for one, _ in new_right], [n for _, n in (*new_left, *new_right)]
        )
        raise ToolInputError(
            f"The equation balances only with {', '.join(one.label for one in moved[:6])} on the other side: {text}",
            "reactants" if wrong[0] < len(left) else "products",
            "move it there, if that reaction is meant",
        )
    raise ToolInputError(
        f"{shown(equation_text(left, right, [1] * len(species)))} cannot be balanced with positive coefficients",
        "reactants",
        "check the formulas and on which side each species belongs",
    )


def _written(left: Sequence[Species], right: Sequence[Species], rows: list[list[int]], found: list[int] | None) -> str:
    """What became of the coefficients that were in the text."""
    given = [one.coefficient for one in (*left, *right)]
    balances = all(sum(a * b for a, b in zip(row, given, strict=True)) == 0 for row in rows)
    if found and [Fraction(number) for number in found] == given:
        return "The coefficients as written balance the equation."
    if balances and found is None:
        return "The coefficients as written balance the equation; they are one of its many solutions."
    if balances:
        return "The coefficients as written balance the equation, too; those given here are the smallest whole numbers."
    return "The coefficients as written do not balance the equation and were not used."


def _balanced(
    left: list[Species], right: list[Species], vector: list[int], elements: Sequence[str], notes: list[str]
) -> ToolOutput:
    text = equation_text(left, right, vector)
    numbers = (vector[: len(left)], vector[len(left) :])
    charge = sum(n * one.charge for n, one in zip(numbers[0], left, strict=True))
    electrons = sum(n for n, one in zip(vector, (*left, *right), strict=True) if one.formula == "e-")
    data: dict[str, Any] = {
        "balanced": True,
        "determined": True,
        "equation": text,
        "coefficients": {one.label: n for one, n in zip((*left, *right), vector, strict=True)},
        "reactants": [one.label for one in left],
        "reactant_coefficients": numbers[0],
        "products": [one.label for one in right],
        "product_coefficients": numbers[1],
        "charge_each_side": charge,
    }
    if electrons:
        data["electrons"] = electrons
        notes.append(f"A half-reaction: {electrons} electron{'s' * (electrons != 1)} as written.")
    coefficients = Table(
        title="Coefficients",
        columns=("Coefficient", "Species", "Side", "Composition"),
        rows=tuple(
            (n, one.label, "reactant" if place < len(left) else "product", one.formula)
            for place, (n, one) in enumerate(zip(vector, (*left, *right), strict=True))
        ),
    )
    totals = [
        (symbol, sum(n * one.atoms.get(symbol, 0) for n, one in zip(numbers[0], left, strict=True)))
        for symbol in elements
    ]
    conserved = Table(
        title="Conserved on each side",
        columns=("Element", "Reactants", "Products"),
        rows=tuple((symbol, total, total) for symbol, total in (*totals, ("charge", charge))),
    )
    return ToolOutput(
        summary=f"Balanced: {text}.", data=data, views=(coefficients, conserved), notes=tuple(dict.fromkeys(notes))
    )


def _of_isomers_together(left: list[Species], right: list[Species]) -> list[str]:
    """The equation with the isomers of each side counted as one, where that determines it."""
    first, second = (
        list({one.formula: replace(one, label=one.formula) for one in side}.values()) for side in (left, right)
    )
    species = (*first, *second)
    elements = hill_order(Counter(symbol for one in species for symbol in one.atoms))
    basis = null_space(_composition(first, second, elements), len(species))
    if len(basis) != 1 or not all(number > 0 for number in _positive(basis[0])):
        return []
    return [f"With isomers counted together the equation is {equation_text(first, second, _positive(basis[0]))}."]


def _several(
    left: list[Species], right: list[Species], possible: list[list[int]], dimension: int, notes: list[str]
) -> ToolOutput:
    """Under-determined: the reactions of which every solution is a sum; none is the answer."""
    texts = [equation_text(left, right, ray) for ray in possible]
    listed = "; ".join(texts[:MOST_LISTED]) + (
        f"; and {len(texts) - MOST_LISTED} more" if len(texts) > MOST_LISTED else ""
    )
    species = (*left, *right)
    alike = Counter(one.formula for one in species)
    same = [one.label for one in species if alike[one.formula] > 1]
    if same:
        notes.append(f"{', '.join(dict.fromkeys(same))}: equal compositions, which no balance can tell apart.")
        notes += _of_isomers_together(left, right)
    notes.append(
        f"Conservation of atoms and charge leaves {dimension} coefficients free, so that there is no one set of smallest "
        "coefficients; every positive sum of the listed reactions balances. How they are combined is a matter of "
        "measurement or mechanism (such as which species the oxygen comes from)."
    )
    data: dict[str, Any] = {
        "balanced": False,
        "determined": False,
        "equation": None,
        "coefficients": None,
        "free_coefficients": dimension,
        "independent_reactions": texts,
        "reactants": [one.label for one in left],
        "products": [one.label for one in right],
    }
    table = Table(
        title="Reactions that the equation is a sum of",
        columns=("Number", "Equation"),
        rows=tuple((number, text) for number, text in enumerate(texts, 1)),
    )
    summary = (
        f"The equation is under-determined: infinitely many sets of coefficients balance it, sums of {len(texts)} "
        f"reactions: {listed}."
    )
    return ToolOutput(summary=summary, data=data, views=(table,), notes=tuple(dict.fromkeys(notes)))

"""What a molecular formula says by itself: ``formula_report``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from errors import ToolInputError, shown
from tools.chemistry.atomic_masses import (
    ELECTRON_MASS_DA,
    WEIGHTS_NOTE,
    atom_weight,
    average_mass,
    labelled_mass,
    monoisotopic_mass,
    nominal_mass,
    nuclide_mass,
    unlabelled,
    weight_notes,
)
from tools.chemistry.isotope_distributions import most_abundant
from tools.inputs import FormulaText
from tools.inputs.formulas import ATOMIC_NUMBERS, MOST_CHARGE, ParsedFormula, hill_formula
from tools.inputs.named_formulas import parse_formula_or_name
from tools.outputs import Table, ToolOutput
from tools.registry import tool

#: Elements with one valence that the degrees of unsaturation are counted with (Pretsch et al., Structure Determination).
_VALENCES = {
    "H": 1, "F": 1, "Cl": 1, "Br": 1, "I": 1, "O": 2, "S": 2, "Se": 2, "Te": 2, "B": 3, "N": 3, "P": 3, "As": 3, "Sb": 3,
    "C": 4, "Si": 4, "Ge": 4,
}  # fmt: skip
UNSATURATION_NOTE = "Degrees of unsaturation (rings + π bonds): 1 + Σ n(v − 2)/2 with the valences C, Si 4; N, P, B 3; O, S 2; H, halogen 1"
_SIGNED = re.compile(r"\+?\s*(\d+)\s*\+?|(\+)|[-−–]\s*(\d+)|(\d+)\s*[-−–]|([-−–])")


@tool(
    group="formula and lab",
    libraries=("molmass", "IsoSpecPy", "mendeleev"),
    asks=(
        "formula", "molecular formula", "molar mass", "molecular weight", "mass of", "composition", "elemental analysis",
        "mass percent", "percent composition", "percentage of carbon", "degrees of unsaturation", "double bond equivalents",
        "DBE", "index of hydrogen deficiency", "how many electrons", "electrons", "nominal mass", "exact mass", "ion mass",
        "mw", "weigh", "heavy", "mass of one mole", "formula weight", "grams per mole",
    ),
)  # fmt: skip
def formula_report(formula: FormulaText, charge: int | str | None = None) -> ToolOutput:
    """Report on a molecular formula: average (molar) and monoisotopic mass, mass percent of each element, number of electrons,
    degrees of unsaturation (double bond equivalents), nominal mass, m/z of an ion.

    ``charge`` in elementary charges where the formula does not write it. Masses in dalton. Raises ``ToolInputError`` for a text
    that is no formula, and for two charges that contradict each other.
    """
    parsed = _with_charge(parse_formula_or_name(formula), charge)
    if not parsed.counts:
        raise ToolInputError(
            f"{shown(formula)} has no atoms, so there is nothing to report on",
            "formula",
            "give the formula of an ion or molecule",
        )
    data = _numbers(parsed)
    degrees, unsaturation_note = _unsaturation(parsed)
    data["degrees_of_unsaturation"] = degrees
    composition = _composition(parsed)
    data["composition"] = composition
    ion = f", m/z {data['mz']:.5f}" if parsed.charge else ""
    percentages = ", ".join(f"{symbol} {part['mass_percent']:g} %" for symbol, part in composition.items())
    summary = (
        f"{_called(parsed)}: average mass {data['average_mass_da']:.3f} Da, monoisotopic mass "
        f"{data['monoisotopic_mass_da']:.5f} Da{ion}, {data['electrons']:,} electrons; by mass {percentages}."
    )
    notes = [*parsed.notes, WEIGHTS_NOTE, *weight_notes(unlabelled(parsed.counts, parsed.isotopes))]
    if parsed.isotopes:
        notes.append("Labelled atoms weigh what their isotope does, in the average mass, too.")
    if parsed.charge:
        notes.append(
            f"Masses and m/z are of the ion: {abs(parsed.charge)} electron{'s' * (abs(parsed.charge) > 1)} of "
            f"{ELECTRON_MASS_DA:.6f} Da {'taken off' if parsed.charge > 0 else 'added'}."
        )
    notes.append(unsaturation_note)
    return ToolOutput(
        summary=summary, data=data, views=(_properties(data), _elements(parsed, composition)), notes=tuple(notes)
    )


def _with_charge(parsed: ParsedFormula, charge: int | str | None) -> ParsedFormula:
    if charge is None or (isinstance(charge, str) and not charge.strip()):
        return parsed
    number = _number(charge)
    if parsed.charge and number != parsed.charge:
        raise ToolInputError(
            f"{shown(parsed.text)} has a charge of {parsed.charge:+d}, but the charge given is {number:+d}",
            "charge",
            "leave the argument out, or correct one of them",
        )
    if abs(number) > MOST_CHARGE:
        raise ToolInputError(
            f"{shown(charge)} is a charge of {number:+,}", "charge", f"at most {MOST_CHARGE} charges are taken"
        )
    if parsed.counts and parsed.electrons + parsed.charge - number < 0:
        raise ToolInputError(
            f"{shown(parsed.text)} cannot have a charge of {number:+d}: it has no more than {parsed.electrons + parsed.charge} "
            f"electron{'s' * (parsed.electrons + parsed.charge != 1)}",
            "charge",
            "correct the charge",
        )
    return replace(parsed, charge=number, hill=hill_formula(parsed.counts, number, parsed.isotopes))


def _number(charge: int | str) -> int:
    """``2``, ``"2"``, ``"+2"``, ``"2+"``, ``"-"``."""
    if isinstance(charge, int):
        return int(charge)
    found = _SIGNED.fullmatch(charge.strip())
    if not found or len(charge) > 12:
        raise ToolInputError(f"{shown(charge)} is not a charge", "charge", "give a whole number such as 2 or -1")
    positive, plus, negative, before, minus = found.groups()
    if positive or plus:
        return int(positive or 1)
    return -int(negative or before or (1 if minus else 0))


def _numbers(parsed: ParsedFormula) -> dict[str, Any]:
    """Masses of the neutral atoms less the electrons of the charge, rounded to the digits that mean something."""
    exact = monoisotopic_mass(parsed)
    likeliest = most_abundant(unlabelled(parsed.counts, parsed.isotopes)).mass + labelled_mass(parsed.isotopes)
    data: dict[str, Any] = {
        "formula": parsed.hill,
        "charge": parsed.charge,
        "average_mass_da": round(average_mass(parsed), 3),
        "monoisotopic_mass_da": round(exact, 5),
        "nominal_mass_da": nominal_mass(parsed),
        "most_abundant_mass_da": round(likeliest - parsed.charge * ELECTRON_MASS_DA, 5),
        "electrons": parsed.electrons,
        "atom_count": parsed.atoms,
    }
    if parsed.charge:
        data["mz"] = round(exact / abs(parsed.charge), 5)
    return data


def _composition(parsed: ParsedFormula) -> dict[str, dict[str, Any]]:
    """Element to its number of atoms and its mass percent, in Hill's order; electrons are left out of the percentages."""
    plain = unlabelled(parsed.counts, parsed.isotopes)
    masses = {
        symbol: plain.get(symbol, 0) * atom_weight(symbol)
        + sum(nuclide_mass(symbol, number) * n for (one, number), n in parsed.isotopes.items() if one == symbol)
        for symbol in parsed.counts
    }
    total = sum(masses.values())
    return {
        symbol: {"atoms": count, "mass_percent": _percent(100 * masses[symbol] / total)}
        for symbol, count in parsed.counts.items()
    }


def _percent(value: float) -> float:
    """Two decimals, as elemental analyses are printed, and two digits of what is less than 0.1."""
    return round(value, 2) if value >= 0.1 else float(f"{value:.2g}")


def _unsaturation(parsed: ParsedFormula) -> tuple[float | None, str]:
    """The degrees of unsaturation and a note of the convention, or None and why there are none."""
    foreign = [symbol for symbol in parsed.counts if symbol not in _VALENCES]
    if foreign:
        return None, (
            f"No degrees of unsaturation: {', '.join(sorted(foreign, key=ATOMIC_NUMBERS.__getitem__))} "
            f"{'has' if len(foreign) == 1 else 'have'} no single standard valence."
        )
    if not any(_VALENCES[symbol] > 1 for symbol in parsed.counts) and parsed.atoms > 2:
        return None, "No degrees of unsaturation: no atom here can bind two others."
    twice = 2 + sum((_VALENCES[symbol] - 2) * count for symbol, count in parsed.counts.items())
    degrees = twice / 2
    if degrees < -0.5 or (degrees < 0 and parsed.charge <= 0):
        return None, (
            f"No degrees of unsaturation: the count comes to {degrees:g}, below zero; this is a salt or several molecules, or an "
            "atom exceeds its standard valence."
        )
    note = UNSATURATION_NOTE
    if parsed.counts.keys() & {"S", "P", "N"}:
        note += "; bonds of S, P and N beyond these valences, as in sulfonyl and phosphoryl, are not counted"
    if twice % 2:
        kind = "an ion" if parsed.charge else "a radical"
        note += f"; counted for the formula as it stands, so that {kind} gets half of one"
    elif parsed.charge:
        note += "; counted for the formula as it stands, without its charge"
    return (int(degrees) if degrees == int(degrees) else degrees), f"{note}."


def _called(parsed: ParsedFormula) -> str:
    given = parsed.text.strip()
    return parsed.hill if given == parsed.hill or len(given) > 40 else f"{given} ({parsed.hill})"


def _properties(data: dict[str, Any]) -> Table:
    named = (
        ("formula", "Formula (Hill)", ""),
        ("charge", "Charge", "e"),
        ("average_mass_da", "Average mass", "Da"),
        ("monoisotopic_mass_da", "Monoisotopic mass", "Da"),
        ("most_abundant_mass_da", "Mass of the most abundant isotopologue", "Da"),
        ("nominal_mass_da", "Nominal mass", "Da"),
        ("mz", "m/z (monoisotopic)", ""),
        ("electrons", "Electrons", ""),
        ("atom_count", "Atoms", ""),
        ("degrees_of_unsaturation", "Degrees of unsaturation", ""),
    )
    rows = tuple((name, data[key], unit) for key, name, unit in named if data.get(key) is not None)
    return Table(title=f"The formula {data['formula']}", columns=("Property", "Value", "Unit"), rows=rows)


def _elements(parsed: ParsedFormula, composition: dict[str, dict[str, Any]]) -> Table:
    return Table(
        title=f"Composition of {parsed.hill}",
        columns=("Element", "Atoms", "Mass"),
        rows=tuple((symbol, part["atoms"], part["mass_percent"]) for symbol, part in composition.items()),
        units=("", "", "%"),
    )

"""Adducts of mass spectrometry, ``[2M+Na-2H]-``: what is added to and taken from the molecule, and the charge that must follow.

adduct := "[" [number] "M" (("+" | "-") [number] species)* "]" [number] sign ["."]. The charge is no free choice: each species
brings its own (H+, Na+, Cl-, water none), and the sum must be what is written. Only neutral molecules lose or gain an
electron by themselves, as in ``[M]+.`` and in the fragments ``[M-CH3]+`` of such ions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from errors import ToolInputError, shown
from tools.inputs.elements import ELEMENT_NAMES, is_known_nuclide
from tools.inputs.formulas import ParsedFormula, charge_text, hill_formula, hill_order, parse_formula

EXAMPLES = "write it as [M+H]+, [M+Na]+, [M-H]-, [M+2H]2+, [2M+H]+ or [M]+."
LONGEST_ADDUCT = 100
MOST_MOLECULES = 20
MOST_SPECIES = 8
#: Abbreviations in use for adducts, and their formulas.
_ABBREVIATIONS = {
    "ACN": "CH3CN", "MeCN": "CH3CN", "FA": "HCOOH", "HFA": "HCOOH", "HCOO": "CHO2", "OFo": "CHO2", "HAc": "C2H4O2",
    "HOAc": "C2H4O2", "AcOH": "C2H4O2", "Hac": "C2H4O2", "OAc": "C2H3O2", "AcO": "C2H3O2", "Ac": "C2H3O2", "TFA": "C2HF3O2",
    "DMSO": "C2H6OS", "DMF": "C3H7NO", "THF": "C4H8O", "iPrOH": "C3H8O", "IsoProp": "C3H8O", "isoprop": "C3H8O", "IPA": "C3H8O",
    "TEA": "C6H15N", "e": "e-",
}  # fmt: skip
#: Charge of a species as it attaches to a molecule, by its formula in Hill's order; several where both ions occur.
_CHARGES: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("H", "[2H]", "Li", "Na", "K", "Rb", "Cs", "Ag", "H4N", "H3O", "Tl", "C6H16N", "NO"), (1,)),
    **dict.fromkeys(("Mg", "Ca", "Sr", "Ba", "Zn", "Cd", "Ni", "O2U"), (2,)),
    **dict.fromkeys(("Al", "Ga", "In", "La", "Sc", "Y"), (3,)),
    **dict.fromkeys(("Fe", "Co"), (2, 3)), **dict.fromkeys(("Mn", "Pd", "Pt"), (2,)), "Cr": (3,), "Cu": (1, 2), "Au": (1, 3),
    "Hg": (2,), "Pb": (2,),
    **dict.fromkeys(
        ("F", "Cl", "Br", "I", "CHO2", "C2H3O2", "C2F3O2", "NO3", "HO4S", "H2O4P", "HO", "CN", "CNS", "ClO4", "BF4", "F6P", "CHO3",
         "CH3O", "C3H5O3", "N3"), (-1,)
    ),
}  # fmt: skip
_WORDS = {
    "protonated": "[M+H]+", "deprotonated": "[M-H]-", "proton": "[M+H]+", "sodium": "[M+Na]+", "sodiated": "[M+Na]+",
    "potassium": "[M+K]+", "ammonium": "[M+NH4]+", "formate": "[M+HCOO]-", "acetate": "[M+CH3COO]-", "chloride": "[M+Cl]-",
    "radical cation": "[M]+.", "molecular ion": "[M]+.",
}  # fmt: skip
_NO_ADDUCT = frozenset(("", "none", "neutral", "m", "[m]", "no adduct"))
_SHAPE = re.compile(r"\[\s*(\d*)\s*M\s*((?:[+-][^\[\]]*)?)\](.*)|\(\s*(\d*)\s*M\s*((?:[+-].*)?)\)([^()]*)", re.DOTALL)
_TERM = re.compile(r"([+-])(\d*)((?:\[\d+[A-Z][a-z]?\]|[A-Za-z(])[A-Za-z\d()\[\]]*)")
_CHARGE = re.compile(r"\^?\{?(?:(\d*)(\++|-+)|([+-])(\d+))\}?")


@dataclass(frozen=True)
class Adduct:
    """``molecules`` of M with ``added`` and ``removed`` atoms ((symbol, mass number or 0) to count); ``text`` in usual form.

    ``charges``: what the species alone may bring; ``ionic``: whether any of them is an ion. ``charge``: what is written, None
    where nothing is. ``radical``: marked so.
    """

    text: str
    molecules: int
    added: Counter[tuple[str, int]]
    removed: Counter[tuple[str, int]]
    charges: frozenset[int]
    ionic: bool
    charge: int | None
    radical: bool


def parse_adduct(text: str | None, where: str = "adduct") -> Adduct | None:
    """The adduct that ``text`` writes; None for none. Raises ``ToolInputError`` for what is no adduct."""
    if text and len(text) > LONGEST_ADDUCT:
        raise ToolInputError(
            f"{shown(text)} has {len(text):,} characters; at most {LONGEST_ADDUCT} are read", where, EXAMPLES
        )
    plain = _plain(text or "")
    if plain.lower() in _NO_ADDUCT:
        return None
    plain = _WORDS.get(re.sub(r"\s+(?:adduct|ion)$", "", plain.lower()), plain)
    found = _SHAPE.fullmatch(_bracketed(plain))
    if not found:
        raise ToolInputError(f"{shown(text)} is not an adduct", where, EXAMPLES)
    number, terms, ending = (found[1], found[2], found[3]) if found[3] is not None else (found[4], found[5], found[6])
    molecules = int(number[:6] or 1) if number else 1
    if not 1 <= molecules <= MOST_MOLECULES:
        raise ToolInputError(
            f"{shown(text)} holds {molecules} molecules", where, f"from 1 to {MOST_MOLECULES} are taken"
        )
    terms = re.sub(r"\s", "", terms)
    added, removed, options = _species(terms, text or "", where)
    charges = frozenset(sum(choice) for choice in product(*options))
    ionic = any(any(one) for one in options)
    charge, radical = _ending(ending, text or "", where)
    shown_number = str(molecules) if molecules > 1 else ""
    return Adduct(f"[{shown_number}M{terms}]", molecules, added, removed, charges, ionic, charge, radical)


def ion_of(molecule: ParsedFormula, adduct: Adduct, where: str = "adduct") -> tuple[ParsedFormula, str, list[str]]:
    """The formula of the ion, the adduct in usual form, and notes.

    Raises ``ToolInputError`` where the written charge is not that of the species, or atoms are taken that are not there.
    """
    charge, notes = _charge(molecule, adduct, where)
    atoms: Counter[tuple[str, int]] = Counter()
    for symbol, count in molecule.counts.items():
        labelled = {key: n for key, n in molecule.isotopes.items() if key[0] == symbol}
        atoms[symbol, 0] += adduct.molecules * (count - sum(labelled.values()))
        for key, n in labelled.items():
            atoms[key] += adduct.molecules * n
    atoms.update(adduct.added)
    atoms.subtract(adduct.removed)
    lacking = sorted({symbol for (symbol, _), count in atoms.items() if count < 0})
    if lacking:
        labelled_too = any(symbol in lacking for symbol, _ in molecule.isotopes)
        raise ToolInputError(
            f"{adduct.text} takes more {', '.join(lacking)} than {shown(molecule.hill)} has{' unlabelled' * labelled_too}",
            where,
            "give the formula of the ion itself, without an adduct"
            if labelled_too
            else "check the formula and the adduct",
        )
    counts: Counter[str] = Counter()
    for (symbol, _), count in atoms.items():
        counts[symbol] += count
    ordered = {symbol: counts[symbol] for symbol in hill_order(counts)}
    isotopes = {key: count for key, count in sorted(atoms.items()) if key[1] and count}
    if not ordered:
        raise ToolInputError(f"{adduct.text} leaves no atoms of {shown(molecule.hill)}", where, "check the adduct")
    ion = ParsedFormula(ordered, charge, molecule.text, hill_formula(ordered, charge, isotopes), (), isotopes)
    if adduct.radical and ion.electrons % 2 == 0:
        raise ToolInputError(
            f"{shown(adduct.text + _written(charge) + '.')} marks an unpaired electron, but {ion.hill} has {ion.electrons} electrons, "
            "an even number",
            where,
            f"write {adduct.text}{_written(charge)}, or check the formula",
        )
    return ion, f"{adduct.text}{_written(charge)}{'.' * adduct.radical}", notes


def _charge(molecule: ParsedFormula, adduct: Adduct, where: str) -> tuple[int, list[str]]:
    """The charge of the ion, checked against its species, and what was assumed."""
    own = adduct.molecules * molecule.charge
    possible = sorted({own + charge for charge in adduct.charges})
    if adduct.charge is None:
        if len(possible) > 1 or not possible[0]:
            raise ToolInputError(f"{adduct.text} says no charge", where, f"write it behind the bracket; {EXAMPLES}")
        return possible[0], [f"The charge {possible[0]:+d} was taken from the species of the adduct."]
    if adduct.charge in possible and adduct.charge:
        notes = (
            [f"The charge of the formula, {molecule.charge:+d}, is part of that of the ion."] if molecule.charge else []
        )
        return adduct.charge, notes
    neutral = not molecule.charge and not adduct.ionic
    if neutral and abs(adduct.charge) <= 3:
        electrons = abs(adduct.charge)
        said = f"{electrons} electron{'s' * (electrons > 1)}"
        return adduct.charge, [f"{said} {'taken from' if adduct.charge > 0 else 'added to'} the neutral molecule."]
    if adduct.radical and any(abs(adduct.charge - charge) == 1 for charge in possible):
        return adduct.charge, ["Read as a radical ion: one electron besides the ions of the adduct, as its dot says."]
    if adduct.text == "[M-H]" and adduct.charge == 1 and not molecule.charge:
        return 1, ["[M-H]+ was read as the loss of a hydride (H with both electrons), not of a proton."]
    if molecule.charge:
        raise ToolInputError(
            f"The formula {shown(molecule.hill)} has a charge already, {molecule.charge:+d}, and with "
            f"{adduct.text} the ion would have {' or '.join(f'{one:+d}' for one in possible)}, not {adduct.charge:+d}",
            where,
            "leave the adduct out for the ion as it is, or give the formula of the neutral molecule",
        )
    likely = next((one for one in possible if one), None)
    if likely is None:
        raise ToolInputError(
            f"The species of {shown(adduct.text)} have no charge in all, but {adduct.charge:+d} is written",
            where,
            EXAMPLES,
        )
    raise ToolInputError(
        f"{shown(adduct.text + _written(adduct.charge))} does not add up: its species bring a charge of "
        f"{' or '.join(f'{one:+d}' for one in possible)}",
        where,
        f"write {adduct.text}{_written(likely)}, or change the species",
    )


def _plain(text: str) -> str:
    for signs, plain in (("−–‒⁻", "-"), ("⁺＋", "+"), ("•·∙˙", ".")):
        text = re.sub(f"[{signs}]", plain, text)
    raised = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789", strict=True))
    return "".join(raised.get(character, character) for character in text).strip().strip("'\"`")


def _bracketed(text: str) -> str:
    """``M+H``, ``M+H+``, ``+H``, ``Na+`` and ``-H`` as ``[M+H]``, ``[M+H]+``, …; anything else as it is."""
    if text.startswith(("[", "(")):
        return text
    found = re.fullmatch(r"(\d*M)\s*((?:[+-]\s*\d*\s*[A-Z\[][A-Za-z\d\[\]]*?\s*)*?)\s*(\d?[+-]+\.?|\.?[+-]|)", text)
    if found and (found[2] or found[3]):
        return f"[{found[1]}{found[2]}]{found[3]}"
    if found := re.fullmatch(r"([+-]?)\s*(\d?[A-Z][A-Za-z\d]*?)([+-]?)", text):
        return f"[M{found[1] or '+'}{found[2]}]{'' if found[1] else found[3]}"
    return text


def _species(
    terms: str, given: str, where: str
) -> tuple[Counter[tuple[str, int]], Counter[tuple[str, int]], list[tuple[int, ...]]]:
    """What the terms add and remove, and the charges that each can bring."""
    added: Counter[tuple[str, int]] = Counter()
    removed: Counter[tuple[str, int]] = Counter()
    options: list[tuple[int, ...]] = []
    at = 0
    while at < len(terms):
        found = _TERM.match(terms, at)
        if not found:
            raise ToolInputError(
                f"{shown(given)} has {shown(terms[at:])} where a species should stand", where, EXAMPLES
            )
        sign, number = (1 if found[1] == "+" else -1), int(found[2][:4] or 1)
        if number > 9 and found[3] != "H" and found[3] in ELEMENT_NAMES and is_known_nuclide(found[3], number):
            raise ToolInputError(
                f"{shown(given)} has {number}{found[3]}, which could be an isotope or {number} atoms", where,
                f"write [{number}{found[3]}] for the isotope",
            )  # fmt: skip
        if not 1 <= number <= 999:
            raise ToolInputError(
                f"{shown(given)} has {number} of {shown(found[3])}", where, "give a number from 1 to 999"
            )
        atoms, charges = _one(found[3], given, where)
        (added if sign > 0 else removed).update({key: number * count for key, count in atoms.items()})
        options.append(tuple(sign * number * charge for charge in charges))
        at = found.end()
    if len(options) > MOST_SPECIES:
        raise ToolInputError(f"{shown(given)} has {len(options)} species", where, f"at most {MOST_SPECIES} are taken")
    return added, removed, options


def _one(name: str, given: str, where: str) -> tuple[dict[tuple[str, int], int], Iterable[int]]:
    """Atoms of a species and the charges it may have: those of the table, else none."""
    if name in ("e", "electron"):
        return {}, (-1,)
    formula = parse_formula(_ABBREVIATIONS.get(name, name), f"{where}, species {name}")
    if formula.counts == {"H": 2} and not formula.isotopes:
        raise ToolInputError(
            f"{shown(given)} has H2, which could be two protons or a hydrogen molecule",
            where,
            "write 2H for two protons",
        )
    atoms: Counter[tuple[str, int]] = Counter({(symbol, 0): count for symbol, count in formula.counts.items()})
    for key, count in formula.isotopes.items():
        atoms[key] += count
        atoms[key[0], 0] -= count
    return dict(+atoms), _CHARGES.get(hill_formula(formula.counts, 0, formula.isotopes), (0,))


def _ending(ending: str, given: str, where: str) -> tuple[int | None, bool]:
    """The charge behind the bracket, and whether a dot marks a radical."""
    bare = re.sub(r"\s", "", ending)
    radical = "." in bare or "*" in bare
    bare = re.sub(r"[.*]", "", bare)
    if not bare:
        return None, radical
    found = _CHARGE.fullmatch(bare)
    if not found:
        raise ToolInputError(f"{shown(given)} has {shown(ending)} where its charge should stand", where, EXAMPLES)
    before, signs, sign, after = found.groups()
    number = int((before or after or str(len(signs)))[:4])
    if not 1 <= number <= 200:
        raise ToolInputError(f"{shown(given)} has a charge of {number}", where, "give a charge from 1 to 200")
    return (number if (signs or sign)[0] == "+" else -number), radical


def _written(charge: int) -> str:
    """``+``, ``-``, ``2+``: behind a bracket the number comes first."""
    number = charge_text(charge)
    return number[1:] + number[:1]

"""A formula, or a compound whose formula is known: what a tool of formulas takes where somebody writes "caffeine".

The formula comes first. Only a text that the strict parser refuses is looked up, and only where nothing else can be
meant: a name, a CAS number, an InChI, or a SMILES that shows its bonds. "co" and "CCO" stay refused.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from errors import ToolInputError, shown
from tools.inputs.elements import element_called
from tools.inputs.formula_complaints import cased
from tools.inputs.formulas import ParsedFormula, hill_formula, hill_order, parse_formula
from tools.inputs.notations import cas_number, is_selfies

if TYPE_CHECKING:
    from tools.inputs.molecules import ParsedMolecule

_SHORTEST_WORD = 6
_BONDS = re.compile(r"[=#@\\/]|(?<![A-Z])[bcnops]\d.*[bcnops]\d")  # double bonds, stereo marks, an aromatic ring


def parse_formula_or_name(text: str, where: str = "formula") -> ParsedFormula:
    """The formula that ``text`` is, or that of the compound it names; ``notes`` say which.

    Raises ``ToolInputError`` with the complaint of the formula parser, or of the parser of molecules for a text in words.
    """
    try:
        return parse_formula(text, where)
    except ToolInputError as complaint:
        bare = text.strip() if isinstance(text, str) else ""
        if is_selfies(bare):
            return formula_of_structure(bare, where)
        if not _says_something_else(bare) or _may_be_miswritten(bare):
            raise
        found = _of_compound(bare, complaint, where)
    return found


def _says_something_else(text: str) -> bool:
    """Whether a name, a CAS number, an InChI or bonds can be seen; looking up anything else would take a second for nothing."""
    words = re.search(r"[A-Za-z]{3}", text) and not re.search(r"[$^{}·]|\[(?![a-z])", text)
    return bool(words or cas_number(text) or _BONDS.search(text))


def _may_be_miswritten(text: str) -> bool:
    """Whether it would be a formula in another case: ``co2``, ``nacl``; not a long word such as ``silica``."""
    word = text.isalpha() and len(text) >= _SHORTEST_WORD
    return not word and not _BONDS.search(text) and bool(cased(text))


def _of_compound(text: str, complaint: ToolInputError, where: str) -> ParsedFormula:
    from tools.inputs.molecules import parse_molecule  # the tables of names: only for texts that are no formula

    try:
        parsed = parse_molecule(text, where)
    except ToolInputError as unknown:
        if symbol := element_called(text):  # of which no molecule is known: sulfur
            return replace(
                parse_formula(symbol, where), text=text, notes=(f"{text} was read as the element, {symbol}.",)
            )
        in_words = re.search(r"[a-z]{4}", text) and not re.search(r"\d[a-z]|[()]", text)
        raise (unknown if in_words or cas_number(text) else complaint) from None
    if parsed.notation == "smiles" and not _BONDS.search(text):
        raise complaint
    return _counted(parsed)


def formula_of_structure(text: str, where: str) -> ParsedFormula:
    """The formula of a text that is a structure or a name, whatever it may be as a formula; raises ``ToolInputError``."""
    from tools.inputs.molecules import parse_molecule

    return _counted(parse_molecule(text, where))


def _counted(parsed: ParsedMolecule) -> ParsedFormula:
    counts: Counter[str] = Counter()
    isotopes: Counter[tuple[str, int]] = Counter()
    charge = 0
    for atom in list(parsed.mol.GetAtoms()):
        counts[atom.GetSymbol()] += 1
        counts["H"] += atom.GetTotalNumHs()
        charge += atom.GetFormalCharge()
        if atom.GetIsotope():
            isotopes[atom.GetSymbol(), atom.GetIsotope()] += 1
    ordered = {symbol: counts[symbol] for symbol in hill_order(counts)}
    hill = hill_formula(ordered, charge, isotopes)
    kind = {"name": "a name", "cas": "a CAS number", "inchi": "an InChI", "smiles": "a SMILES"}.get(
        parsed.notation, f"a {parsed.notation}"
    )
    note = f"{shown(parsed.text)} was read as {kind}, not as a formula: {hill}."
    return ParsedFormula(ordered, charge, parsed.text, hill, (note, *parsed.notes), dict(sorted(isotopes.items())))

"""The strict parser of molecular formulas: element counts, isotopes and charge out, or one sentence that says what is wrong.

Other programs take "CO" and "Co", "ATG" (as DNA) or "13C" with a coefficient as it comes. Here a text is brought to plain characters
(``tools.inputs.formula_writing``), refused where it is something else (``tools.inputs.formula_complaints``), relieved
of its charge (``tools.inputs.formula_charges``) and read by the grammar below; every choice of a reading is in ``notes``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from errors import ToolInputError, shown
from tools.inputs import formula_complaints as complaints
from tools.inputs.elements import ELEMENT_NAMES, is_known_nuclide
from tools.inputs.formula_charges import without_charge
from tools.inputs.formula_writing import PlainText, closed_up, plain_text

LONGEST_FORMULA = 300
MOST_ATOMS = 1_000_000
MOST_CHARGE = 200
DEEPEST = 12
ATOMIC_NUMBERS = {symbol: number for number, symbol in enumerate(ELEMENT_NAMES, 1)}
EXAMPLES = "give a molecular formula such as C8H10N4O2, CuSO4.5H2O or SO4^2-"
#: Groups of atoms with one meaning; others (Ac, Pr, Bu, Boc) are refused with what to write.
GROUPS = {"Me": {"C": 1, "H": 3}, "Et": {"C": 2, "H": 5}, "Ph": {"C": 6, "H": 5}}
_HYDROGENS = {"D": 2, "T": 3}
_CLOSING = {"(": ")", "[": "]", "{": "}"}
#: What stands after a dot with a number: with any other formula, "Fe2.5O4" would rather be a fraction.
_SOLVATES = re.compile(
    r"H2O2?|D2O|NH3|H(?:Cl|Br|I|F)|HNO3|H2SO4|H3PO4|CO2|CH3OH|CH4O|MeOH|C2H5OH|CH3CH2OH|C2H6O|EtOH|Et2O|C3H7NO|C2H6OS"
    r"|C4H8O2?|CHCl3|CH2Cl2|C6H6|C7H8|CH3CN|C2H3N|C3H6O|CH3COOH|C2H4O2|C4H4O4|C4H6O6|C2H2O4|H2C2O4"
)

Atoms = Counter[tuple[str, int]]  # (symbol, mass number or 0) to count


@dataclass(frozen=True)
class ParsedFormula:
    """A formula and how it was read.

    ``counts``: element symbol to number of atoms in Hill's order, isotopes counted with their element; empty for an
    electron. ``isotopes``: the labelled atoms among them, (symbol, mass number) to number. ``charge`` in elementary
    charges. ``hill``: Hill's formula with isotopes and charge as PubChem writes them (``"NO3-"``, ``"O4S-2"``,
    ``"[2H]2O"``); ``text`` what was given; ``notes`` says in words everything that was changed or assumed.
    """

    counts: dict[str, int]
    charge: int
    text: str
    hill: str
    notes: tuple[str, ...]
    isotopes: dict[tuple[str, int], int]

    @property
    def atoms(self) -> int:
        return sum(self.counts.values())

    @property
    def electrons(self) -> int:
        return sum(ATOMIC_NUMBERS[symbol] * count for symbol, count in self.counts.items()) - self.charge


def parse_formula(text: str, where: str = "formula") -> ParsedFormula:
    """Read one molecular formula with its charge, if any: ``C8H10N4O2``, ``NO3^-``, ``Fe^{3+}``, ``CuSO4.5H2O``, ``e^-``.

    Raises ``ToolInputError`` for everything that is not exactly one formula of at most a million atoms.
    """
    if not isinstance(text, str):
        raise ToolInputError(f"{shown(text)} is not text", where, EXAMPLES)
    if not text.strip():
        raise ToolInputError("The formula is empty", where, EXAMPLES)
    if len(text) > LONGEST_FORMULA:
        raise ToolInputError(
            f"{shown(text)} has {len(text):,} characters; at most {LONGEST_FORMULA} are read", where,
            "write repeated parts once, as in (C2H4)50",
        )  # fmt: skip
    plain, notes = plain_text(text, where)
    if re.fullmatch(r"e\s*(?:\^?\{?(?:1?-|-1)\}?|\(-\))", plain.text):
        return ParsedFormula({}, -1, text, "e-", (*notes, "Read as one electron."), {})
    complaints.refuse_other_kinds(plain, text, where)
    plain, closed = closed_up(plain, text, where)
    notes += closed
    if found := re.search(r"(?<=·)\d+\.(?=\d)", plain.text):  # half a water: ·0.5H2O
        raise complaints.fraction(plain, found.end() - 1, "", text, where)
    atoms, charge, read = _added_up(_parts(plain), text, where)
    parsed = _finished(atoms, charge, text, (*notes, *read, *complaints.doubts(plain)))
    _refuse_impossible(parsed, where)
    complaints.refuse_smiles(plain.text, parsed.hill, text, where)
    return parsed


def _added_up(parts: list[PlainText], text: str, where: str) -> tuple[Atoms, int, list[str]]:
    """Atoms, charge and notes of all parts of a formula with dots."""
    atoms: Atoms = Counter()
    charges, notes = [], []
    for part in parts:
        grammar = _Grammar(text, where)
        bare = without_charge(part, grammar.total, text, where)
        atoms.update(grammar.atoms(bare.body, coefficient=len(parts) > 1))
        charges.append(bare.charge)
        notes += [bare.note, *grammar.notes]
    if len(parts) > 1:
        notes.append(f"The {len(parts)} parts that the dots separate were added up.")
    return atoms, sum(charges), [note for note in dict.fromkeys(notes) if note]


def hill_formula(
    counts: Mapping[str, int], charge: int = 0, isotopes: Mapping[tuple[str, int], int] | None = None
) -> str:
    """Hill's order: C, H, then by the alphabet; by the alphabet alone without carbon. The charge as ``-2`` at the end."""
    labelled = isotopes or {}
    written = []
    for symbol in hill_order(counts):
        heavy = sorted((mass, count) for (one, mass), count in labelled.items() if one == symbol)
        plain = counts[symbol] - sum(count for _, count in heavy)
        pieces = ([(symbol, plain)] if plain else []) + [(f"[{mass}{symbol}]", count) for mass, count in heavy]
        written += [name + (str(count) if count > 1 else "") for name, count in pieces]
    return "".join(written) + charge_text(charge)


def hill_order(counts: Mapping[str, int]) -> list[str]:
    """The symbols that occur, in Hill's order."""
    first = ("C", "H") if counts.get("C") else ()
    return sorted((symbol for symbol, n in counts.items() if n), key=lambda symbol: (symbol not in first, symbol))


def charge_text(charge: int) -> str:
    """``""``, ``"+"``, ``"-"``, ``"+2"``, ``"-3"``: how PubChem and RDKit end the formula of an ion."""
    if not charge:
        return ""
    return ("+" if charge > 0 else "-") + (str(abs(charge)) if abs(charge) > 1 else "")


def _finished(atoms: Atoms, charge: int, text: str, notes: tuple[str, ...]) -> ParsedFormula:
    totals: Counter[str] = Counter()
    for (symbol, _), count in atoms.items():
        totals[symbol] += count
    counts = {symbol: totals[symbol] for symbol in hill_order(totals)}
    isotopes = {key: count for key, count in sorted(atoms.items()) if key[1]}
    return ParsedFormula(counts, charge, text, hill_formula(counts, charge, isotopes), notes, isotopes)


def _refuse_impossible(parsed: ParsedFormula, where: str) -> None:
    if abs(parsed.charge) > MOST_CHARGE:
        raise ToolInputError(
            f"{shown(parsed.text)} has a charge of {parsed.charge:+,}", where, f"at most {MOST_CHARGE} charges are read"
        )
    if parsed.electrons < 0:
        electrons = parsed.electrons + parsed.charge
        raise ToolInputError(
            f"{shown(parsed.text)} has a charge of {parsed.charge:+}, but its atoms have only {electrons} "
            f"electron{'s' * (electrons != 1)}",
            where,
            "check the charge; write a subscript before a '^', as in H2^+",
        )


def _parts(plain: PlainText) -> list[PlainText]:
    """The formula cut at the dots outside all brackets."""
    parts, start, depth = [], 0, 0
    for at, character in enumerate(plain.text):
        depth += (character in "([{") - (character in ")]}")
        if character in "·." and depth == 0:
            parts.append(plain[start:at])
            start = at + 1
    return [*parts, plain[start:]]


class _Grammar:
    """formula := part (dot part)*; part := [number] unit+; unit := (symbol | isotope | bracketed formula) [number]."""

    def __init__(self, given: str, where: str) -> None:
        self.given, self.where = given, where
        self.notes: list[str] = []

    def total(self, body: PlainText) -> int:
        """The number of atoms of a formula."""
        return sum(self.atoms(body, coefficient=True).values())

    def atoms(self, body: PlainText, *, coefficient: bool) -> Atoms:
        """The atoms of a formula without charge; ``coefficient`` allows a number before its first part."""
        self.body, self.at, self.notes = body, 0, []
        found = self._formula("", 0, coefficient)
        if self.at < len(body.text):
            raise self._wrong(f"closes the bracket '{body.text[self.at]}' that was not opened", self.at, "remove it")
        return found

    def _formula(self, closing: str, depth: int, coefficient: bool) -> Atoms:
        if depth > DEEPEST:
            raise self._wrong(f"has brackets nested more than {DEEPEST} deep", self.at, "multiply some of them out")
        text, opened = self.body.text, self.at - 1
        found: Atoms = Counter()
        found.update(self._part(closing, depth, coefficient))
        while self.at < len(text) and text[self.at] in "·.":
            self.at += 1
            found.update(self._part(closing, depth, True))
        if not closing:
            return found
        if self.at >= len(text):
            raise self._wrong(f"opens a bracket '{text[opened]}' that is never closed", opened, f"add a '{closing}'")
        if text[self.at] != closing:
            raise self._wrong(
                f"closes '{text[opened]}' with '{text[self.at]}'", self.at, f"write '{closing}' or check the brackets"
            )
        self.at += 1
        return found

    def _part(self, closing: str, depth: int, coefficient: bool) -> Atoms:
        start, before = self.at, self.body.character_before(self.at)
        found: Atoms = Counter(self._mass_number())
        factor = 1 if found else self._coefficient(coefficient, before)
        while self.at < len(self.body.text) and self.body.text[self.at] not in ")]}·.":
            found.update(self._unit(depth))
        if not found:
            if self.at < len(self.body.text) and self.body.text[self.at] in ")]}" and not closing:
                return found
            what = "has empty brackets" if closing else "has a part without an element"
            raise self._wrong(what, min(start, len(self.body.text) - 1), EXAMPLES)
        return self._times(found, factor, start)

    def _mass_number(self) -> Mapping[tuple[str, int], int]:
        """The isotope at the beginning of ``[13CH4]``, if any; a mass number below 10 could be meant as a count."""
        found = re.compile(r"(\d{2,3})([A-Z][a-z]?)").match(self.body.text, self.at)
        if not found or self.body.character_before(self.at) != "[" or found[2] not in ELEMENT_NAMES:
            return {}
        if not is_known_nuclide(found[2], int(found[1])):
            return {}
        self.at = found.end()
        return self._times(Counter({(found[2], int(found[1])): 1}), self._count(), found.start())

    def _coefficient(self, allowed: bool, before: str) -> int:
        found = re.compile(r"\d+").match(self.body.text, self.at)
        if not found:
            return 1
        rest = self.body.text[found.end() :]
        if not allowed:
            raise complaints.leading_number(
                self.given, found[0], rest, f"{self.where}, character {self.body.place(found.start())}"
            )
        written = re.split(r"[·.)\]}]", rest)[0]
        if before == "." and not _SOLVATES.fullmatch(written):
            raise complaints.fraction(self.body, found.start() - 1, written, self.given, self.where)
        number = self._number(found)
        self.notes.append(f"The number {number} before {written} multiplies that part alone.")
        return number

    def _unit(self, depth: int) -> Atoms:
        text, start = self.body.text, self.at
        if isotope := re.compile(r"[\[(]\^?(\d{1,3})([A-Z][a-z]?)(\d*)[\])]|\^\{?(\d{1,3})\}?([A-Z][a-z]?)").match(
            text, start
        ):
            self.at = isotope.end()
            mass, symbol = int(isotope[1] or isotope[4]), isotope[2] or isotope[5]
            symbol = "H" if symbol in _HYDROGENS else symbol
            self._known(symbol, start)
            if not is_known_nuclide(symbol, mass):
                raise self._wrong(
                    f"names the isotope {mass}{symbol}, which does not exist or is not known", start, "check its number"
                )
            inside = self._times(Counter({(symbol, mass): 1}), self._number_of(isotope[3], isotope.start(3)), start)
            return self._times(inside, self._count(), start)
        if text[start] in _CLOSING:
            self.at += 1
            inside = self._formula(_CLOSING[text[start]], depth + 1, False)
            return self._times(inside, self._count(), start)
        symbol = self._symbol()
        if symbol in GROUPS and symbol not in ELEMENT_NAMES:
            atoms: Atoms = Counter({(one, 0): count for one, count in GROUPS[symbol].items()})
            formula = hill_formula(GROUPS[symbol])
            self.notes.append(f"{symbol} was read as the group {formula}.")
        elif symbol in _HYDROGENS:
            atoms = Counter({("H", _HYDROGENS[symbol]): 1})
            name = "deuterium" if symbol == "D" else "tritium"
            self.notes.append(f"{symbol} was read as {name}, {_HYDROGENS[symbol]}H, and is counted as hydrogen.")
        else:
            atoms = Counter({(symbol, 0): 1})
        return self._times(atoms, self._count(), start)

    def _symbol(self) -> str:
        found = re.compile(r"[A-Z][a-z]?").match(self.body.text, self.at)
        if not found:
            raise complaints.odd_character(self.body, self.at, self.given, self.where)
        symbol = found[0]
        self._known(symbol, self.at)
        self.at = found.end()
        return symbol

    def _known(self, symbol: str, start: int) -> None:
        if symbol not in ELEMENT_NAMES and symbol not in _HYDROGENS and symbol not in GROUPS:
            raise complaints.unknown_symbol(self.body, start, symbol, self.given, self.where)

    def _count(self) -> int:
        found = re.compile(r"\d+").match(self.body.text, self.at)
        if not found:
            return 1
        self.at = found.end()
        return self._number(found)

    def _number(self, found: re.Match[str]) -> int:
        self.at = found.end()
        return self._number_of(found[0], found.start())

    def _number_of(self, digits: str, start: int) -> int:
        if not digits:
            return 1
        if digits.startswith("0"):
            raise complaints.zero(self.body, start, digits, self.given, self.where)
        if len(digits) > len(str(MOST_ATOMS)):
            raise self._wrong(f"counts more than {MOST_ATOMS:,} atoms", start, "give a smaller formula")
        return int(digits)

    def _times(self, atoms: Atoms, factor: int, start: int) -> Atoms:
        found = Counter({key: count * factor for key, count in atoms.items()})
        if sum(found.values()) > MOST_ATOMS:
            raise self._wrong(f"counts more than {MOST_ATOMS:,} atoms", start, "give a smaller formula")
        return found

    def _wrong(self, what: str, at: int, hint: str) -> ToolInputError:
        return ToolInputError(f"{shown(self.given)} {what}", f"{self.where}, character {self.body.place(at)}", hint)

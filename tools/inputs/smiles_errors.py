"""Where a SMILES is wrong: its own reading of the grammar, so that a complaint can name a character.

RDKit reports one position inside its parser at best, and none for rings, valence or aromaticity. This reads the text
first (OpenSMILES specification 1.0, sections 3.1 to 3.9, and RDKit's dative arrows), refuses what is not grammatical,
and keeps where each atom stands, in RDKit's atom order, to translate the complaints that only RDKit can make.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rdkit import Chem

from errors import ToolInputError, shown
from tools.inputs.elements import ELEMENT_NAMES, is_known_nuclide

MOST_HEAVY_ATOMS = 1_000
#: OpenSMILES asks for charges of -15 to +15; no atom is known below -4, or with fewer than 0 electrons.
LOWEST_ATOM_CHARGE, HIGHEST_ATOM_CHARGE = -4, 15

_TABLE = Chem.GetPeriodicTable()
_ORGANIC = re.compile(r"Br|Cl|[BCNOPSFI]|[bcnops]|\*")
_BOND = re.compile(r"->|<-|[-=#$:/\\]")
_RING = re.compile(r"%\((\d{1,5})\)|%(\d\d)|(\d)")
_BRACKET = re.compile(
    r"(?P<isotope>0|[1-9]\d{0,2})?(?P<symbol>[A-Z][a-z]?|se|as|te|si|[bcnops]|\*)"
    r"(?P<chiral>@(?:@|TH[12]|AL[12]|SP[1-3]|TB\d{1,2}|OH\d{1,2})?)?"
    r"(?P<hydrogens>H\d*)?(?P<charge>\+{1,2}|-{1,2}|[+-]\d+)?(?::(?P<map>\d{1,4}))?"
)


class WrittenAtom(NamedTuple):
    """One atom as the text has it; ``position`` is the 1-based character of ``written`` in what the user gave."""

    written: str
    symbol: str
    position: int
    isotope: int | None = None
    charge: int = 0
    chiral: bool = False


class SmilesReading:
    """One pass over a SMILES. ``atoms`` are in RDKit's order; raises ``ToolInputError`` at the first wrong character.

    ``shift`` is how many characters stood before the SMILES in the text as given.
    """

    def __init__(self, smiles: str, where: str, shift: int = 0) -> None:
        self.smiles, self.where, self.shift = smiles, where, shift
        self.atoms: list[WrittenAtom] = []
        self._heavy_atoms = 0
        self._previous: int | None = None
        self._bond: tuple[str, int] | None = None
        self._branches: list[tuple[int, int]] = []
        self._rings: dict[int, tuple[int, int, str]] = {}
        self._bonded: set[frozenset[int]] = set()
        self._read()

    def refuse(self, what: str, index: int, hint: str) -> ToolInputError:
        return ToolInputError(f"{shown(self.smiles)} {what}", f"{self.where}, character {index + 1 + self.shift}", hint)

    def _read(self) -> None:
        index = 0
        while index < len(self.smiles):
            index = self._read_one(index)
        if self._bond:
            raise self.refuse("ends in a bond that leads to nothing", self._bond[1], "add the atom or remove the bond")
        if self._branches:
            raise self.refuse("has a parenthesis that is never closed", self._branches[-1][1], "add the missing ')'")
        if self._rings:
            digit, (_, start, _) = next(iter(self._rings.items()))
            raise self.refuse(
                f"opens ring bond {digit} and never closes it", start, f"write {digit} again after the atom that closes"
            )

    def _read_one(self, index: int) -> int:
        character = self.smiles[index]
        if found := _ORGANIC.match(self.smiles, index):
            self._add(WrittenAtom(found[0], found[0].capitalize(), index + 1 + self.shift), index)
            return found.end()
        if character == "[":
            return self._read_bracket(index)
        if found := _BOND.match(self.smiles, index):
            return self._read_bond(found[0], index)
        if found := _RING.match(self.smiles, index):
            if (found[2] or "").startswith("0"):
                raise self.refuse(f"writes ring bond {found[2][1]} as {found[0]}", index, f"write {found[2][1]} alone")
            self._read_ring(int(found[1] or found[2] or found[3]), index)
            return found.end()
        if character in "().":
            self._read_structure(character, index)
            return index + 1
        raise self._unknown(index)

    def _add(self, atom: WrittenAtom, index: int) -> None:
        self._heavy_atoms += atom.symbol != "H"
        if self._heavy_atoms > MOST_HEAVY_ATOMS:
            raise self.refuse(
                f"has more than {MOST_HEAVY_ATOMS:,} heavy atoms", index, "give a smaller molecule or a part of it"
            )
        self.atoms.append(atom)
        here = len(self.atoms) - 1
        if self._previous is not None:
            self._bonded.add(frozenset((self._previous, here)))
        self._previous, self._bond = here, None

    def _read_bond(self, bond: str, index: int) -> int:
        if self._bond:
            raise self.refuse("has two bonds in a row", index, "leave one of them")
        if self._previous is None:
            raise self.refuse(f"has a bond '{bond}' that starts at no atom", index, "put an atom before the bond")
        self._bond = (bond, index)
        return index + len(bond)

    def _read_ring(self, digit: int, index: int) -> None:
        if self._previous is None:
            raise self.refuse(f"has ring bond {digit} before any atom", index, "put the digit after an atom")
        bond = self._bond[0] if self._bond else ""
        self._bond = None
        if digit not in self._rings:
            self._rings[digit] = (self._previous, index, bond)
            return
        partner, _, first_bond = self._rings.pop(digit)
        pair = frozenset((partner, self._previous))
        if len(pair) == 1:
            raise self.refuse(f"closes ring bond {digit} on the atom that opened it", index, "remove one of the two")
        if pair in self._bonded:
            raise self.refuse(
                f"closes ring bond {digit} between two atoms that are bonded already",
                index,
                "a ring needs three atoms; write a double or triple bond as = or #",
            )
        if bond and first_bond and bond != first_bond and {bond, first_bond} != {"/", "\\"}:
            raise self.refuse(
                f"opens ring bond {digit} as '{first_bond}' and closes it as '{bond}'", index, "write one bond order"
            )
        self._bonded.add(pair)

    def _read_structure(self, character: str, index: int) -> None:
        if self._bond:
            raise self.refuse(f"has a bond before '{character}' that leads to nothing", self._bond[1], "complete it")
        if character == "(":
            if self._previous is None or self.smiles[index - 1] == "(":
                raise self.refuse("opens a parenthesis that follows no atom", index, "put the atom before its branch")
            if self.smiles[index + 1 : index + 2] == ".":
                raise self.refuse("has a branch that starts with a dot", index + 1, "write the component at the end")
            self._branches.append((self._previous, index))
        elif character == ")":
            if not self._branches:
                raise self.refuse("closes a parenthesis that was never opened", index, "remove it or add the '('")
            if self.smiles[index - 1] == "(":
                raise self.refuse("has an empty branch ()", index, "remove the parentheses or fill them")
            self._previous = self._branches.pop()[0]
        else:
            if self._previous is None or index + 1 == len(self.smiles):
                raise self.refuse("has a dot with no component beside it", index, "remove the dot")
            self._previous = None

    def _read_bracket(self, index: int) -> int:
        end = self.smiles.find("]", index)
        if end < 0 or "[" in self.smiles[index + 1 : end]:
            raise self.refuse("has a bracket that is never closed", index, "add the missing ']'")
        inside = self.smiles[index + 1 : end]
        found = _BRACKET.fullmatch(inside)
        if not found:
            raise self.refuse(f"has the bracket atom [{inside[:20]}], which is none", index, _bracket_form(inside))
        symbol = found["symbol"].capitalize()
        if symbol not in ELEMENT_NAMES and symbol != "*":
            raise self.refuse(f"names no element with [{inside[:20]}]", index, _bracket_hint(found["symbol"]))
        atom = WrittenAtom(
            f"[{inside[:20]}]", symbol, index + 1 + self.shift,
            isotope=_number(found["isotope"]) if found["isotope"] else None, charge=_charge(found["charge"]), chiral=bool(found["chiral"]),
        )  # fmt: skip
        self._check_nuclide(atom, index)
        self._add(atom, index)
        return end + 1

    def _check_nuclide(self, atom: WrittenAtom, index: int) -> None:
        if atom.symbol == "*":
            return
        protons = _TABLE.GetAtomicNumber(atom.symbol)
        name = ELEMENT_NAMES[atom.symbol]
        if atom.isotope is not None and not is_known_nuclide(atom.symbol, atom.isotope):
            common = _TABLE.GetMostCommonIsotope(protons)
            raise self.refuse(
                f"has {atom.written}, but {name} has no known isotope of mass number {atom.isotope}",
                index,
                f"use one of RDKit's isotope table, such as {common}{atom.symbol}",
            )
        if not LOWEST_ATOM_CHARGE <= atom.charge <= min(protons, HIGHEST_ATOM_CHARGE):
            raise self.refuse(
                f"gives {name} the charge {atom.charge:+d}",
                index,
                f"{name} can carry {LOWEST_ATOM_CHARGE} to +{min(protons, HIGHEST_ATOM_CHARGE)} here",
            )

    def _unknown(self, index: int) -> ToolInputError:
        character = self.smiles[index]
        pairs = [self.smiles[index : index + 2], self.smiles[max(index - 1, 0) : index + 1]]
        for symbol in (*pairs, *(pair.capitalize() for pair in reversed(pairs))):  # as it is cased first: Mg in CMgBr
            if len(symbol) == 2 and symbol in ELEMENT_NAMES:
                way = symbol if symbol in ("Cl", "Br") else f"[{symbol}]"
                hint = f"if {ELEMENT_NAMES[symbol]} is meant, write {way}"
                return self.refuse(f"has '{character}' where an atom or bond should be", index, hint)
        if character == "]":
            return self.refuse("closes a bracket that was never opened", index, "remove it or add the '['")
        if character == "%":
            return self.refuse("has a % without two digits", index, "write ring bonds above 9 as %10")
        if character in ("D", "T"):
            return self.refuse(f"has '{character}' where an atom should be", index, _bracket_hint(character))
        if character == "H":
            hint = "in SMILES hydrogens are implied: leave them out, or write them in brackets as in [NH4+] or [H]"
            return self.refuse("has an 'H' outside brackets", index, hint)
        hint = "outside brackets only B C N O P S F Cl Br I are atoms; others stand in brackets, as in [Na+]"
        if character in ELEMENT_NAMES:
            hint = f"if {ELEMENT_NAMES[character]} is meant, write [{character}]"
        elif character in ",;":
            hint = "give several molecules as a list; the components of one are separated by '.'"
        return self.refuse(f"has '{character}' where an atom or bond should be", index, hint)


def _number(digits: str | None) -> int:
    return int(digits[:9]) if digits else 0


def _charge(text: str | None) -> int:
    if not text:
        return 0
    size = _number(text[1:]) if text[1:].isdecimal() else len(text)
    return size if text[0] == "+" else -size


def _bracket_form(inside: str) -> str:
    if signs := re.search(r"(\+{3,}|-{3,})$", inside):
        return f"write the charge as a number, as in [{inside[: signs.start()][:10]}{signs[0][0]}{len(signs[0])}]"
    cased = inside[:1].upper() + inside[1:].lower()
    if cased in ELEMENT_NAMES:
        return f"symbols are case-sensitive: write [{cased}] for {ELEMENT_NAMES[cased]}"
    return "write [isotope symbol chirality hydrogens charge], as in [13CH3] or [Fe+2]"


def _bracket_hint(symbol: str) -> str:
    if symbol in ("D", "T"):
        return f"write [{2 if symbol == 'D' else 3}H] for this isotope of hydrogen"
    return "use a symbol of the periodic table, as in [Na+]"


def refuse_problems(mol: Chem.Mol, reading: SmilesReading) -> None:
    """Raise ``ToolInputError`` for RDKit's first complaint about an unsanitized molecule, at the character it means."""
    problems = Chem.DetectChemistryProblems(mol)
    if not problems:
        return
    problem = problems[0]
    kind, text = problem.GetType(), problem.Message()
    if kind == "AtomValenceException":
        raise _valence_error(mol.GetAtomWithIdx(problem.GetAtomIdx()), text, reading)
    if kind == "AtomKekulizeException":
        atom = reading.atoms[problem.GetAtomIdx()]
        raise reading.refuse(
            f"has the lower-case (aromatic) atom {atom.written} outside a ring",
            atom.position - 1 - reading.shift,
            _aromatic_hint(reading.smiles),
        )
    if kind == "KekulizeException":
        atoms = [reading.atoms[index] for index in problem.GetAtomIndices()]
        places = ", ".join(f"{atom.written} at {atom.position}" for atom in atoms[:8])
        hint = "check the ring size and hydrogens"
        if any(atom.written == "n" for atom in atoms):
            hint += "; a pyrrole-type nitrogen is written [nH]"
        raise reading.refuse(
            f"has an aromatic ring for which no alternating double bonds exist ({places})",
            atoms[0].position - 1 - reading.shift,
            hint,
        )
    raise reading.refuse(f"cannot be a molecule: {text}", 0, "correct the structure")


def _valence_error(atom: Chem.Atom, text: str, reading: SmilesReading) -> ToolInputError:
    written = reading.atoms[atom.GetIdx()]
    valence = re.search(r", (\d+), is greater", text)
    allowed = [value for value in _TABLE.GetValenceList(atom.GetAtomicNum()) if value >= 0]
    name = ELEMENT_NAMES.get(written.symbol, "dummy")
    charge = f" with charge {atom.GetFormalCharge():+d}" if atom.GetFormalCharge() else ""
    most = f"; neutral {name} has {' or '.join(map(str, allowed))}" if allowed else ""
    return reading.refuse(
        f"gives the {name} atom {written.written}{charge} a valence of {valence[1] if valence else 'too many'}{most}",
        written.position - 1 - reading.shift,
        "remove a bond or hydrogen there, or write the charge it carries",
    )


def _aromatic_hint(smiles: str) -> str:
    hint = "aromatic atoms stand in rings, as in c1ccccc1"
    if len(smiles) <= 12 and smiles.isalpha():
        hint = f"write {smiles.upper()} if single-bonded atoms are meant"
        if smiles.capitalize() in ELEMENT_NAMES:
            hint += f", or [{smiles.capitalize()}] for the element {ELEMENT_NAMES[smiles.capitalize()]}"
    return hint

"""The strict reader of units: ``kcal/mol``, ``J mol⁻¹ K⁻¹``, ``g/100 mL``, ``µM``, ``cm-1``, ``kilojoules per mole``.

A text may have several readings (``C``: degree Celsius or coulomb; ``J/mol K``): all are returned, and the conversion
takes the pair that fits. Nothing is evaluated: a small grammar over the symbols of ``tools.inputs.unit_table``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from errors import ToolInputError, shown
from tools.inputs.unit_names import EXAMPLES, NAME, only_alone, plain_unit, unit_options
from tools.inputs.unit_table import APART, PREFIXES, Dimensions, UnitEntry, by_symbol, size

LONGEST_UNIT = 80
MOST_TERMS = 10
MOST_READINGS = 48
LARGEST_EXPONENT = 9
LARGEST_POWER_OF_TEN = 30
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_EXPONENT = re.compile(r"\s*(?:\^|\*\*)\s*(?:\(\s*([+-]?\d+)\s*\)|\{\s*([+-]?\d+)\s*\}|([+-]?\d+))|([+-]?\d+)")


@dataclass(frozen=True)
class Term:
    """One factor of a unit: an entry of the table with its prefix and power; a plain number has no entry."""

    entry: UnitEntry | None
    prefix: str
    power: int
    number: Fraction = Fraction(1)

    @property
    def size(self) -> Fraction:
        """In SI base units, the power not counted in."""
        if self.entry is None:
            return self.number
        return size(self.entry.definition)[0] * Fraction(10) ** PREFIXES.get(self.prefix, 0)

    @property
    def dimensions(self) -> Dimensions:
        if self.entry is None:
            return ()
        return ((f"[{self.entry.kind}]", 1),) if self.entry.kind in APART else size(self.entry.definition)[1]


@dataclass(frozen=True)
class UnitReading:
    """One reading of a unit text: its size in SI base units, its dimensions, and what was assumed, in words.

    A lone ``°C`` or ``K`` is ``absolute``: it has a zero of its own. ``basis`` of a fraction is "mass", "volume",
    "amount" or "" for one that does not say. ``particle``: a unit of single particles (eV, Da, Å).
    """

    text: str
    terms: tuple[Term, ...]
    notes: tuple[str, ...]

    @property
    def factor(self) -> Fraction:
        result = Fraction(1)
        for term in self.terms:
            result *= term.size**term.power
        return result

    @property
    def dimensions(self) -> Dimensions:
        powers: Counter[str] = Counter()
        for term in self.terms:
            for name, power in term.dimensions:
                powers[name] += power * term.power
        return tuple(sorted((name, power) for name, power in powers.items() if power))

    @property
    def kind(self) -> str:
        """The kind of a unit that stands alone; "" for a product."""
        units = [term for term in self.terms if term.entry]
        return units[0].entry.kind if len(units) == 1 and units[0].power == 1 and units[0].entry else ""

    @property
    def absolute(self) -> bool:
        return self.kind == "absolute"

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(term.entry.kind for term in self.terms if term.entry)

    @property
    def particle(self) -> bool:
        """Whether it measures single particles: eV, Da, Å; J too, but not kJ."""
        large = any(
            term.entry and term.entry.kind == "particle?" and PREFIXES.get(term.prefix, 0) > 0 for term in self.terms
        )
        return bool(self.kinds & {"particle", "particle?"}) and not large

    @property
    def basis(self) -> str:
        if self.dimensions:
            return ""
        if self.kind.endswith(" fraction"):
            return self.kind.removesuffix(" fraction")
        first = next((dict(term.dimensions) for term in self.terms if term.dimensions), {})
        named: dict[Dimensions, str] = {
            (("[mass]", 1),): "mass",
            (("[length]", 3),): "volume",
            (("[substance]", 1),): "amount",
        }
        return named.get(tuple(sorted(first.items())), "")

    def has(self, symbol: str) -> bool:
        """Whether the unit of this symbol is one of its factors."""
        return any(term.entry and symbol in term.entry.symbols for term in self.terms)


def parse_unit(text: str, where: str = "unit") -> list[UnitReading]:
    """Every reading of a unit text, the most usual first; raises ``ToolInputError`` where there is none."""
    if not isinstance(text, str) or not text.strip():
        raise ToolInputError("The unit is empty", where, EXAMPLES)
    if len(text) > LONGEST_UNIT:
        raise ToolInputError(
            f"{shown(text)} has {len(text):,} characters; a unit has at most {LONGEST_UNIT}", where, EXAMPLES
        )
    plain = plain_unit(text)
    structures = _structures(plain, text, where)
    readings: list[UnitReading] = []
    for structure in structures:
        options = [unit_options(name, text, where) if isinstance(name, str) else [(name, ())] for name, _ in structure]
        if len(structure) > 1 or structure[0][1] != 1:  # m is molal, S a svedberg, where it stands alone
            options = [[one for one in several if not only_alone(one)] for several in options]
        powers = [power for _, power in structure]
        for chosen in product(*options):
            if len(readings) >= MOST_READINGS:
                break
            terms: list[Term] = []
            notes: list[str] = []
            for (found, said), power in zip(chosen, powers, strict=True):
                if isinstance(found, Fraction):
                    terms.append(Term(None, "", power, found))
                else:
                    terms.append(Term(found[0], found[1], power))
                notes += said
            readings.append(
                UnitReading(text.strip(), tuple(terms), tuple(dict.fromkeys(note for note in notes if note)))
            )
    return readings


Structure = list[tuple["str | Fraction", int]]


def _structures(plain: str, given: str, where: str) -> list[Structure]:
    """The names and numbers with their powers: one list, or two where a product follows a slash (``J/mol K``)."""
    reader = _Grammar(plain, given, where)
    usual = reader.read(denominator_goes_on=True)
    literal = _Grammar(plain, given, where).read(denominator_goes_on=False)
    if len(usual) > MOST_TERMS:
        raise ToolInputError(f"{shown(given)} has more than {MOST_TERMS} factors", where, EXAMPLES)
    return [usual] if usual == literal else [usual, literal]


class _Grammar:
    """unit := factor ((blank | '*' | '.' | '-' | '/') factor)*; factor := (name | number | '(' unit ')') [exponent]."""

    def __init__(self, plain: str, given: str, where: str) -> None:
        self.text, self.given, self.where, self.at = plain, given, where, 0

    def read(self, *, denominator_goes_on: bool) -> Structure:
        self.goes_on = denominator_goes_on
        found = self._unit(0)
        if self.at < len(self.text):
            raise self._wrong(f"has a '{self.text[self.at]}' that belongs to no unit")
        return found

    def _unit(self, depth: int) -> Structure:
        if depth > 3:
            raise self._wrong("has brackets nested too deep")
        found: Structure = []
        below = False
        first = True
        while True:
            self._skip_blanks()
            if self.at >= len(self.text) or self.text[self.at] == ")":
                break
            sign = self.text[self.at]
            if sign == "/":
                below = True
                self.at += 1
            elif sign == "*" or (sign in "-." and re.match(r"[-.]\s*[A-Za-zµ(°]", self.text[self.at :])):
                if first:
                    raise self._wrong(f"begins with a '{sign}'")
                self.at += 1
                below = below and self.goes_on
            elif not first:
                below = below and self.goes_on
            factor = self._factor(depth)
            found += [(name, -power if below else power) for name, power in factor]
            first = False
        if not found:
            raise self._wrong("names no unit")
        return found

    def _factor(self, depth: int) -> Structure:
        self._skip_blanks()
        if self.at >= len(self.text):
            raise self._wrong("ends where a unit should follow")
        if self.text[self.at] == "(":
            self.at += 1
            inside = self._unit(depth + 1)
            if self.at >= len(self.text):
                raise self._wrong("opens a bracket that is never closed")
            self.at += 1
            power = self._exponent()
            return [(name, inner * power) for name, inner in inside]
        if number := _NUMBER.match(self.text, self.at):
            self.at = number.end()
            return [(self._sized(number[0]), 1)]
        name = self._name()
        return [(name, self._exponent())]

    def _name(self) -> str:
        with_digits = [one for one in by_symbol() if re.search(r"\d", one) and self.text.startswith(one, self.at)]
        found = NAME.match(self.text, self.at)
        name = max(with_digits, key=len) if with_digits else found[0] if found else ""
        if not name:
            raise self._wrong(f"has a '{self.text[self.at]}' that belongs to no unit")
        self.at += len(name)
        return name

    def _exponent(self) -> int:
        found = _EXPONENT.match(self.text, self.at)
        if not found:
            return 1
        digits = next(group for group in found.groups() if group is not None)
        self.at = found.end()
        if re.match(r"\s*(?:\^|\*\*|\.\d|\d)", self.text[self.at :]):
            raise self._wrong("has an exponent that is no whole number")
        if len(digits) > 3 or not 1 <= abs(int(digits)) <= LARGEST_EXPONENT:
            raise self._wrong(f"has the exponent {digits[:12]}; it must be a whole number up to {LARGEST_EXPONENT}")
        return int(digits)

    def _sized(self, digits: str) -> Fraction:
        if len(digits) > 15:
            raise self._wrong("has too long a number")
        value = Fraction(re.sub(r"[eE].*", "", digits))
        power = int(digits.lower().split("e")[1]) if "e" in digits.lower() else 0
        if found := _EXPONENT.match(self.text, self.at):
            exponent = next(group for group in found.groups() if group is not None)
            self.at = found.end()
            if value != 10 or power:
                raise self._wrong("has a number with an exponent that is no power of ten")
            value, power = Fraction(1), int(exponent[:6])
        if abs(power) > LARGEST_POWER_OF_TEN or not value:
            raise self._wrong("has a number that is too large or too small")
        return value * Fraction(10) ** power

    def _skip_blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at] == " ":
            self.at += 1

    def _wrong(self, what: str) -> ToolInputError:
        return ToolInputError(f"{shown(self.given)} {what}", self.where, EXAMPLES)

"""The charge at the end of a formula, in all the ways it is written, and whose digit stands before a bare sign.

``Fe3+`` is Fe³⁺ but ``NO3-`` is NO₃⁻: without a ``^`` the digit can be either. What a chemist reads at once is read so,
with a note; where two ions exist (``O2-``: oxide or superoxide) the text is refused with both spellings.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from errors import ToolInputError, shown
from tools.inputs.elements import is_known_nuclide
from tools.inputs.formula_writing import PlainText

_CARET = re.compile(r"\^\s*(?:[{(]\s*)?(?:(\d*)(\++|-+)|([+-])(\d+))(?:\s*[})])?$")
_BRACKETED = re.compile(r"(?<=.)[({\[]\s*(?:(\d*)(\++|-+)|([+-])(\d+))\s*[)}\]]$")
_SIGN_FIRST = re.compile(r"(?<=.)([+-])(\d+)$")
_SIGNS = re.compile(r"(?<=.)(\++|-+)$")
_LAST_UNIT = re.compile(r"(?:([A-Z][a-z]?)|([)\]}]))(\d+)$")
_LONE = re.compile(r"([A-Z][a-z]?)(\d+)")
_NONMETALS = frozenset(
    ("H", "He", "C", "N", "O", "F", "Ne", "P", "S", "Cl", "Ar", "Se", "Br", "Kr", "I", "Xe", "At", "Rn")
)
_NOBLE_GASES = frozenset(("He", "Ne", "Ar", "Kr", "Xe", "Rn"))
_ALKALI = frozenset(("Li", "Na", "K", "Rb", "Cs", "Fr"))
#: Monatomic anions that are written with their digit and have no well-known cluster of the same look.
_ANIONS = frozenset(
    [("S", "2-"), ("Se", "2-"), ("Te", "2-"), ("P", "3-"), ("As", "3-"), ("Sb", "3-"), ("C", "4-"), ("Si", "4-")]
)
#: Clusters that everybody knows, where the charge of one atom would be unheard of.
_CLUSTERS = frozenset(
    [("H", "2+"), ("H", "3+"), ("H", "2-"), ("N", "2+"), ("N", "5+"), ("O", "2+"), ("O", "3-"), ("N", "2-")]
)
_METALLOIDS = frozenset(("B", "Si", "Ge", "As", "Sb", "Te", "D", "Me", "Et", "Ph"))
_HALOGENS = frozenset(("F", "Cl", "Br", "I", "At"))


@dataclass(frozen=True)
class Charged:
    """A formula without its charge, the charge, and how an unclear digit was read."""

    body: PlainText
    charge: int
    note: str = ""


def without_charge(plain: PlainText, total: Callable[[PlainText], int], given: str, where: str) -> Charged:
    """Split the charge off the end; ``total`` counts the atoms of a formula. Raises ``ToolInputError`` if it is unclear."""
    text = plain.text
    if re.fullmatch(r"[(\[{][A-Za-z][^()\[\]]*[+-]+\}?[)\]}]", text):  # [SO4^2-], [NH4+]
        return without_charge(plain[1:-1], total, given, where)
    if found := _CARET.search(text) or _BRACKETED.search(text):
        return Charged(plain[: found.start()], _charge(found))
    if (found := _SIGN_FIRST.search(text)) and found.start():
        return Charged(plain[: found.start()], _sign_first(found, plain, given, where))
    found = _SIGNS.search(text)
    if not found:
        return Charged(plain, 0)
    body, signs = plain[: found.start()], found[1]
    sign = 1 if signs[0] == "+" else -1
    if len(signs) > 1 or not body.text[-1:].isdecimal():
        return Charged(body, sign * len(signs))
    return _digit_before_sign(body, sign, total, given, where)


def _charge(found: re.Match[str]) -> int:
    """The charge of a match of (digits)(signs) or (sign)(digits)."""
    before, signs, sign, after = found.groups()
    if signs:
        return (1 if signs[0] == "+" else -1) * (int(before[:6]) if before else len(signs))
    return int(sign + after[:6])


def _sign_first(found: re.Match[str], plain: PlainText, given: str, where: str) -> int:
    element = plain.text[: found.start()]
    if found[1] == "-" and re.fullmatch(r"[A-Z][a-z]?", element) and is_known_nuclide(element, int(found[2][:4])):
        raise ToolInputError(
            f"{shown(given)} reads like the nuclide {found[2]}{element}", where,
            f"write [{found[2]}{element}] for the isotope, or a charge as in SO4^2-",
        )  # fmt: skip
    return int(found[1] + found[2][:6])


def _digit_before_sign(
    body: PlainText, sign: int, total: Callable[[PlainText], int], given: str, where: str
) -> Charged:
    mark = "+" if sign > 0 else "-"
    unit = _LAST_UNIT.search(body.text)
    if not unit:
        return Charged(body, sign)
    digits, stem = unit[3], body[: unit.start(3)]
    whole = Charged(body, sign, _said(f"{body.text}^{mark}", sign))
    as_charge = Charged(stem, sign * int(digits[:6]), _said(f"{stem.text}^{digits}{mark}", sign * int(digits[:6])))
    if unit[2] and _is_one_bracket(stem.text):
        if unit[2] == "]" or len(digits) == 1:
            return as_charge  # [Fe(CN)6]4-
        raise _unclear(given, where, whole, as_charge, mark)
    if len(digits) == 1:
        return _one_digit(unit, body, whole, as_charge, mark, given, where)
    split = body[: len(body.text) - 1]
    last = int(digits[-1])
    if not last or digits[:-1] in ("0", "1"):
        return whole  # C60+, C12H10+, C6H12+: no charge of zero, and nobody writes a count of 1
    separate = Charged(split, sign * last, _said(f"{split.text}^{last}{mark}", sign * last))
    if _LONE.fullmatch(body.text):
        if unit[1] == "C":
            raise _unclear(given, where, whole, separate, mark)
        return separate  # Hg22+, O22-
    others = total(body[: unit.start()]) if unit[1] else 0
    if not _is_plausible(unit[1] or "", int(digits[:6]), others):
        return separate  # SO42-, Cr2O72-
    if unit[1] == "H":
        return whole  # C10H22+
    raise _unclear(given, where, whole, separate, mark)


def _one_digit(
    unit: re.Match[str], body: PlainText, whole: Charged, as_charge: Charged, mark: str, given: str, where: str
) -> Charged:
    if not _LONE.fullmatch(body.text):
        metal = any(one not in _NONMETALS | _METALLOIDS for one in re.findall(r"[A-Z][a-z]?", body.text))
        if metal and unit[1] and unit[3] in "23" and mark == "+":
            raise _unclear(given, where, whole, as_charge, mark)  # VO2+, FeSCN2+, AlF2+: both ions exist
        return whole  # NO3-, NH4+, MnO4-
    symbol, kind = unit[1], (unit[1], unit[3] + mark)
    if unit[3] == "1" or kind in _ANIONS:
        return as_charge
    if kind in _CLUSTERS or (symbol in _HALOGENS and (mark == "-" or unit[3] == "2")):
        return whole
    if symbol in _NOBLE_GASES or (symbol not in _NONMETALS | _ALKALI and mark == "+"):
        return as_charge
    raise _unclear(given, where, whole, as_charge, mark)


def _is_plausible(symbol: str, count: int, others: int) -> bool:
    """Whether so many atoms could follow the others: hydrogens up to saturation, other atoms up to one for each."""
    return count <= (2 * others + 3 if symbol == "H" else others)


def _is_one_bracket(text: str) -> bool:
    """Whether one pair of brackets holds the whole text."""
    depth = 0
    for at, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0:
            return at == len(text) - 1 and text[:1] in "([{"
    return False


def _said(reading: str, charge: int) -> str:
    return f"Read as {reading}, with a charge of {charge:+d}."


def _unclear(given: str, where: str, whole: Charged, separate: Charged, mark: str) -> ToolInputError:
    number = abs(separate.charge)
    first, second = f"{whole.body.text}^{mark}", f"{separate.body.text}^{number}{mark}"
    return ToolInputError(f"{shown(given)} could be {first} or {second}", where, f"write {first} or {second}")

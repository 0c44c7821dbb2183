"""The strict reader of chemical equations: the species of each side, with composition and charge, in the order written.

``2 H2 + O2 -> 2 H2O`` as one text, as two sides, or as lists. A plus sign is a charge or a separator by where it
stands; a species is a formula (``tools.inputs.formulas``), else a name or a structure (``tools.inputs.named_formulas``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from errors import ToolInputError, shown
from tools.inputs.named_formulas import formula_of_structure, parse_formula_or_name
from tools.inputs.unreadable import is_smiles

LONGEST_SIDE = 4_000
MOST_SPECIES = 30
EXAMPLE = "give formulas such as 'H2 + O2' and 'H2O', or one equation such as 'H2 + O2 -> H2O'"
_ARROW = re.compile(r"<?[-–—−]{1,3}>|<?={1,2}>|[→⟶⟹⇒⇌⇄⇋⟷↔]|>>|(?<=\s)={1,2}(?=\s)|\\(?:long)?rightarrow\b|\\to\b")
_TIGHT_EQUALS = re.compile(r"(?<=[\w)\]}+-])={1,2}(?=[A-Z\d(\[])")  # H2+O2=H2O; elsewhere it may be a bond of a SMILES
_SAID = re.compile(
    r",?\s+(?:(?:reacts?\s+)?to\s+(?:give|form|make|yield|produce)|gives?|yields?|forms?|produces?|goes\s+to|to)\s+",
    re.IGNORECASE,
)
_REACTION_SMILES = re.compile(r"([^>\s]+)>([^>\s]*)>([^>\s]+)")
#: Behind a blank a plus always separates; without one it does where a species begins behind it: not in Fe3+, [NH4+].
_PLUS = re.compile(r"\s+\+\s*(?=\S)|(?<=\S)\+(?=[A-Za-z(\[]|\d+\s*[A-Z(\[])")
_LOCANTS = r"(?:(?:[A-Z]|\d+)['′]*,)*(?:[A-Z]|\d+)['′]*-[a-z(\[]"  # N,N-dimethyl…, 1,2-di…
_LIST = re.compile(
    rf"\s*[;\n]\s*|,\s+(?=\S)|,(?!{_LOCANTS})(?!(?<=\d,)\d)|\s+(?:and|und|et|(?:reacts?|combines?)\s+with)\s+"
)
_COEFFICIENT = re.compile(r"(\d+\s*/\s*\d+|\d*[.,]\d+|\d+|[½¼¾⅓⅔])\s*[*×·]?\s*(?=[A-Za-z(\[{\\^])")
_VULGAR = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4), "⅓": Fraction(1, 3), "⅔": Fraction(2, 3)}
_MARKS = re.compile(r"(?:\s*(?:[↑↓]|\((?:s|l|g|aq|solid|liquid|gas|aqueous)\)))+\s*$")
_ATTACHED = re.compile(r"([^+\-−–]*\w)\+\s+(\d*\s*[A-Z(\[][^+\-−–]*(?:\+\s+\d*\s*[A-Z(\[][^+\-−–]*)*)")
_BETWEEN = re.compile(r"\+\s+\S")


@dataclass(frozen=True)
class Species:
    """One formula or compound of an equation: ``label`` as written, without coefficient and state.

    ``atoms``: element symbol, or mass number and symbol of a labelled isotope ("2H"), to number; empty for an electron.
    ``charge`` in elementary charges; ``formula`` is Hill's; ``coefficient`` the number written before it, or 1.
    """

    label: str
    atoms: dict[str, int]
    charge: int
    formula: str
    coefficient: Fraction
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ParsedEquation:
    """Both sides as written, and what was assumed, in words."""

    reactants: tuple[Species, ...]
    products: tuple[Species, ...]
    notes: tuple[str, ...]


def parse_equation(reactants: str | list[str], products: str | list[str]) -> ParsedEquation:
    """Read both sides; ``products`` may be empty where ``reactants`` is a whole equation with an arrow.

    Raises ``ToolInputError`` for an empty side, more than one arrow, more than 30 species, and whatever is wrong with one.
    """
    notes = []
    left, right = _texts(reactants, "reactants"), _texts(products, "products")
    if not left:
        raise ToolInputError("There are no reactants", "reactants", EXAMPLE)
    sides = ((left, "reactants"), (right, "products"))
    if not right and len(left) == 1 and (sides_of_smiles := _sides_of_smiles(left[0])):
        said = f"{shown(left[0])} was read as a reaction SMILES."
        return _parsed(*sides_of_smiles, [said], structures=True)
    arrows = [(text, where) for side, where in sides for text in side if _ARROW.search(text)]
    arrow = _ARROW
    if not arrows and len(left) == 1 and not right:
        arrow = next((one for one in (_TIGHT_EQUALS, _SAID) if one.search(left[0])), arrow)
        arrows = [(left[0], "reactants")] if arrow.search(left[0]) else []
    if arrows and (right or len(left) > 1):
        text, where = arrows[0]
        raise ToolInputError(
            f"{shown(text)} is an equation with an arrow, beside other species", where,
            "give the whole equation as reactants and leave products empty, or give each side without the arrow",
        )  # fmt: skip
    if arrows:
        found = list(arrow.finditer(left[0]))
        if len(found) > 1:
            raise ToolInputError(f"{shown(left[0])} has more than one arrow", "reactants", "give one step at a time")
        left, right = _texts(left[0][: found[0].start()], "reactants"), _texts(left[0][found[0].end() :], "products")
        notes.append(f"The equation was split at its {found[0][0].strip()!r}: reactants before it, products after it.")
    for side, name in ((left, "reactants"), (right, "products")):
        if not side:
            raise ToolInputError(f"There are no {name}", name, EXAMPLE)
    return _parsed(left, right, notes)


def _parsed(left: list[str], right: list[str], notes: list[str], *, structures: bool = False) -> ParsedEquation:
    """The species of both sides. ``structures``: all are SMILES, which is also so where all can be and a bond is written."""
    split = [(_apart(side, name), name) for side, name in ((left, "reactants"), (right, "products"))]
    bare = [_COEFFICIENT.sub("", text) for texts, _ in split for text in texts]
    if not structures and any(re.search(r"[=#]", text) for text in bare) and all(map(is_smiles, bare)):
        structures = True
        notes = [*notes, "All species were read as SMILES: O is water, C is methane."]
    read = [
        [_species(text, f"{name}, species {number}", structures) for number, text in enumerate(texts, 1)]
        for texts, name in split
    ]
    count = sum(map(len, read))
    if count > MOST_SPECIES:
        raise ToolInputError(
            f"The equation has {count} species; at most {MOST_SPECIES} are taken",
            "reactants",
            "give one step at a time",
        )
    for one in (*read[0], *read[1]):
        notes += [f"{one.label}: {note}" for note in one.notes]
    return ParsedEquation(tuple(read[0]), tuple(read[1]), tuple(dict.fromkeys(notes)))


def _texts(value: str | list[str], where: str) -> list[str]:
    """The non-empty texts of an argument."""
    texts = [value] if isinstance(value, str) else value
    for text in texts:
        if len(text) > LONGEST_SIDE:
            raise ToolInputError(
                f"{shown(text)} has {len(text):,} characters; at most {LONGEST_SIDE:,} are read", where,
                "give one reaction at a time",
            )  # fmt: skip
    if not isinstance(value, str) and any(not text.strip() for text in texts):
        raise ToolInputError("A species in the list is empty", where, "remove it")
    bare = [re.sub(r"^([\"'`$])(.*)\1$", r"\2", text.strip(), flags=re.DOTALL) for text in texts]
    return [re.sub(r"^\\ce\{(.*)\}$", r"\1", text, flags=re.DOTALL) for text in bare if text.strip()]


def _sides_of_smiles(text: str) -> tuple[list[str], list[str]] | None:
    """Both sides of a reaction SMILES, agents left out; None for any other text."""
    found = _REACTION_SMILES.fullmatch(text)
    sides = [re.split(r"\.(?![^\[]*\])", side) for side in (found[1], found[3])] if found else []
    if not sides or not all(is_smiles(one) for side in sides for one in side):
        return None
    return sides[0], sides[1]


def _apart(texts: list[str], where: str) -> list[str]:
    found: list[str] = []
    for text in texts:
        parts = [part for piece in _PLUS.split(f" {text} ") for part in _LIST.split(piece.strip())]
        for part in parts:
            if not part.strip():
                raise ToolInputError(f"{shown(text)} has an empty place between its separators", where, EXAMPLE)
            found += _at_attached_plus(part.strip())
    return found


def _at_attached_plus(text: str) -> list[str]:
    """``N2+ 3H2`` in two: blanks separate no species, and nothing behind the plus has a charge that it could balance."""
    if found := _ATTACHED.fullmatch(text):
        return [found[1], *_at_attached_plus(found[2])]
    return [text]


def _species(text: str, where: str, structure: bool) -> Species:
    if _BETWEEN.search(text):
        raise ToolInputError(
            f"{shown(text)} has a plus sign that could be a charge or stand between two species", where,
            "put a blank on both sides of a plus that separates species",
        )  # fmt: skip
    if re.search(r"(?:^|\s)\+$|^\+", text):
        raise ToolInputError(f"{shown(text)} has a plus sign with nothing on one side", where, EXAMPLE)
    bare = _MARKS.sub("", text)
    written = _COEFFICIENT.match(bare)
    if not written:
        return _read(bare, Fraction(1), where, structure)
    rest = bare[written.end() :].strip()
    try:
        return _read(rest, _number(written[1], text, where), where, structure)
    except ToolInputError as complaint:
        try:  # a name that begins with a number: 2H-pyran
            return _read(bare, Fraction(1), where, structure)
        except ToolInputError:
            raise complaint from None


def _number(text: str, given: str, where: str) -> Fraction:
    if text in _VULGAR:
        return _VULGAR[text]
    compact = re.sub(r"\s", "", text).replace(",", ".")
    if len(compact) > 12 or re.fullmatch(r"[0.]+(?:/.*)?|.*/0+", compact):
        raise ToolInputError(f"{shown(given)} has a coefficient that cannot be used", where, "leave coefficients out")
    return Fraction(compact)


def _read(text: str, coefficient: Fraction, where: str, structure: bool) -> Species:
    """A formula; where it is none, a name or a structure."""
    formula = formula_of_structure(text, where) if structure else parse_formula_or_name(text, where)
    atoms = dict(formula.counts)
    for (symbol, mass), number in formula.isotopes.items():
        atoms[symbol] -= number
        atoms[f"{mass}{symbol}"] = number
    atoms = {symbol: number for symbol, number in atoms.items() if number}
    return Species(_label(text), atoms, formula.charge, formula.hill, coefficient, formula.notes)


def _label(text: str) -> str:
    return "e-" if re.fullmatch(r"e\s*(?:\^?\{?(?:1?[-−–]|-1)\}?|\(-\)|⁻)", text) else text

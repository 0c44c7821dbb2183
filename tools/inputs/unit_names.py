"""The words and symbols of units: how people write them, in which case, with which prefix, and what they can mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction

from errors import ToolInputError, shown
from tools.inputs.unit_table import PREFIX_NAMES, PREFIXES, UnitEntry, by_name, by_symbol

EXAMPLES = "write a unit such as kJ/mol, mg/mL, µM, cm^-1 or °C"
NAME = re.compile(r"(?:[^\W\d]|[°%‰])+")
_PLAIN = str.maketrans({"−": "-", "–": "-", "⁻": "-", "·": "*", "⋅": "*", "•": "*", "∙": "*", "×": "*", "∕": "/", "⁄": "/",
                        "÷": "/", "℃": "°C", "℉": "°F", "μ": "µ", "Ω": "Ω", "º": "°", "˚": "°", "ℓ": "L",
                        "\u00a0": " ", "\u202f": " ", "\u2009": " "})  # fmt: skip
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
#: Whole texts that are one unit.
_WHOLE = tuple(
    (re.compile(pattern, re.IGNORECASE), symbol)
    for pattern, symbol in (
        (r"(?:wt|weight|mass|w/w|m/m|w)\s*-?%|%\s*\(?(?:w/w|m/m|wt/wt|by (?:weight|mass)|wt|w)\)?", "%ww"),
        (r"(?:vol|v/v|v)\s*-?%|%\s*\(?(?:v/v|vol/vol|by volume|vol|v)\)?", "%vv"),
        (r"(?:w/v|m/v)\s*%|%\s*\(?(?:w/v|m/v|wt/vol)\)?", "%wv"),
        (r"mol\s*-?%|%\s*\(?mol(?:/mol)?\)?", "mol_pct"),
        (r"pp([mb])\s*\(?\s*(?:w/w|by (?:weight|mass)|w|mass|m/m)\)?", r"pp\1w"),
        (r"pp([mb])\s*\(?\s*(?:v/v|by volume|v|vol)\)?", r"pp\1v"),
    )
)
#: One unit that is written with blanks, wherever it stands.
_SPACED = tuple(
    (re.compile(rf"(?<![A-Za-z%_])(?:{pattern})(?![A-Za-z])", re.IGNORECASE), symbol)
    for pattern, symbol in (
        (r"mm\s*(?:of\s+)?Hg", "mmHg"),
        (r"in\s*(?:of\s+)?Hg", "inHg"),
        (r"cm\s*(?:of\s+)?H2O", "cmH2O"),
        (r"U\.?S\.?\s*fl\.?\s*oz\.?", "US_fl_oz"),
        (r"(?:imp\.?|imperial|UK)\s*fl\.?\s*oz\.?", "imp_fl_oz"),
        (r"fl\.?\s*oz\.?", "fl_oz"),
        (r"U\.?S\.?\s*gal(?:lons?)?|gal(?:lons?)?\s*\(?U\.?S\.?\)?", "US_gal"),
        (r"(?:imp\.?|imperial|UK)\s*gal(?:lons?)?|gal(?:lons?)?\s*\(?(?:imp|imperial|UK)\)?", "imp_gal"),
        (r"(?:°|deg\.?|degrees?)\s*([CFR])", r"°\1"),
    )
)
_KILO = frozenset(("g", "J", "cal", "Da", "Pa", "Hz", "V", "W", "eV"))  # written with a capital K, and nothing else
_USUAL_PREFIXES = ("", "c", "m", "µ", "u", "n", "p", "k", "M", "G")
_MEGA = {"g": ("megagram (tonne)", "milligram", "mg"), "L": ("megalitre", "millilitre", "mL"),
         "mol": ("megamole", "millimole", "mmol"), "m": ("megametre", "millimetre", "mm")}  # fmt: skip


def plain_unit(text: str) -> str:
    """Typographic characters and words brought to symbols, blanks and the signs ``* / ^ ( )``."""
    raised = re.sub(
        r"[⁺⁻]?[⁰¹²³⁴-⁹]+", lambda m: "^" + "".join(_RAISED.get(c, {"⁻": "-", "⁺": ""}.get(c, c)) for c in m[0]), text
    )
    plain = unicodedata.normalize("NFC", raised).translate(_PLAIN)
    plain = " ".join(plain.split()).strip("[]" if plain.strip().startswith("[") else " ")
    plain = re.sub(r"\bper ?cent\b", "%", plain, flags=re.IGNORECASE)
    for pattern, symbol in _WHOLE:
        if found := pattern.fullmatch(plain):
            return found.expand(symbol)
    for pattern, symbol in _SPACED:
        plain = pattern.sub(symbol, plain)
    for name in sorted((name for name in by_name() if " " in name), key=len, reverse=True):
        if name in plain.lower():
            plain = re.sub(rf"\b{re.escape(name)}\b", by_name()[name].symbols[0], plain, flags=re.IGNORECASE)
    plain = re.sub(
        r"\b(square|cubic)\s+([A-Za-z]+)",
        lambda m: f"{m[2]}^{2 if m[1].lower() == 'square' else 3}",
        plain,
        flags=re.IGNORECASE,
    )
    plain = re.sub(
        r"\b([A-Za-z]+)\s+(squared|cubed)",
        lambda m: f"{m[1]}^{2 if m[2].lower() == 'squared' else 3}",
        plain,
        flags=re.IGNORECASE,
    )
    return re.sub(r"\bper\b", "/", plain, flags=re.IGNORECASE)


def case_variants(text: str) -> Iterator[str]:
    """The same unit text with one of its names in another case that is also a unit: mg for Mg, mL for ML."""
    plain = plain_unit(text)
    for found in NAME.finditer(plain):
        for other in _variants(found[0]):
            yield plain[: found.start()] + other + plain[found.end() :]


Option = tuple["tuple[UnitEntry, str] | Fraction", tuple[str, ...]]


def unit_options(name: str, given: str, where: str) -> list[Option]:
    """The units that a name can be, most usual first, each with what must be said of it."""
    exact = _exact(name)
    if exact and exact[0][0].kind == "refused":
        raise ToolInputError(f"{shown(name)} cannot be converted as a unit", where, exact[0][0].note)
    if exact:
        return [((entry, prefix), _said(entry, prefix, name)) for entry, prefix in exact]
    others = _variants(name)
    readings = {(found[0][0].definition, PREFIXES.get(found[0][1], 0)): one for one in others if (found := _exact(one))}
    if len(readings) == 1:
        one = others[0]
        found = _exact(one)
        note = f"'{name}' was read as {one}."
        return [((entry, prefix), (note, *_said(entry, prefix, one))) for entry, prefix in found]
    if others:
        raise ToolInputError(
            f"{shown(name)} is no unit in this case", where, f"write {' or '.join(sorted(set(others))[:6])}"
        )
    within = "" if name == given.strip() else f" in {shown(given)}"
    raise ToolInputError(f"{shown(name)}{within} is no unit that is known here", where, EXAMPLES)


def only_alone(option: Option) -> bool:
    found = option[0]
    return (
        not isinstance(found, Fraction)
        and (found[0].symbols == ("m",) or found[0].symbols == ("S",))
        and (found[0].kind == "molality" or found[0].definition == "svedberg")
    )


def _exact(name: str) -> list[tuple[UnitEntry, str]]:
    """Entries of this symbol, or of this symbol behind a prefix, or of this English name."""
    found = [(entry, "") for entry in by_symbol().get(name, ())]
    if found:
        return found
    for prefix in PREFIXES:
        if name.startswith(prefix):
            found += [(entry, prefix) for entry in by_symbol().get(name[len(prefix) :], ()) if entry.takes(prefix)]
    if found:
        return found
    lower = name.lower()
    if lower in by_name():
        return [(by_name()[lower], "")]
    for word, prefix in PREFIX_NAMES.items():
        rest = lower.removeprefix(word)
        if rest != lower and rest in by_name() and by_name()[rest].takes(prefix):
            return [(by_name()[rest], prefix)]
    if name[:1] == "K" and name[1:] in _KILO:
        return _exact("k" + name[1:])
    if name[:2] == "mc" and (micro := _exact("µ" + name[2:])):
        return micro
    return []


def _variants(name: str) -> list[str]:
    """Units, with and without a prefix, that differ from the name in nothing but case."""
    lower = name.lower()
    found = [
        prefix + symbol
        for symbol, several in by_symbol().items()
        for prefix in _USUAL_PREFIXES
        if (prefix + symbol).lower() == lower and prefix + symbol != name
        and any(entry.kind != "refused" and entry.takes(prefix) for entry in several)
    ]  # fmt: skip
    return list(dict.fromkeys(found))


def _said(entry: UnitEntry, prefix: str, name: str) -> tuple[str, ...]:
    notes = [entry.note] if entry.note else []
    if not prefix and name in ("A", "C", "F") and name != entry.symbols[0]:
        notes.append(f"{name} was read as {entry.symbols[0]}.")
    if prefix == "M" and entry.symbols[0] in _MEGA and entry.kind != "molality":
        large, small, symbol = _MEGA[entry.symbols[0]]
        notes.append(f"{name} was read as the {large}; the {small} is {symbol}.")
    if name[:1] == "K" and prefix == "k":
        notes.append(f"{name} was read with the prefix k, kilo.")
    return tuple(notes)

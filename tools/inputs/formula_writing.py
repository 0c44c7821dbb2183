"""How people write a formula: subscripts, superscripts, TeX, HTML, dots and blanks, brought to plain characters.

``PlainText`` remembers where each of its characters stood in the text that was given, so that a complaint can say so.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from errors import ToolInputError, shown
from tools.inputs.notations import refuse_odd_characters

_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
_MINUSES = "−–‒‐‑﹣－"
_DOTS = "·•∙⋅・‧*"  # an ASCII dot stays one: it may be a decimal point
_RAISED = re.compile(r"[⁰¹²³⁴-⁹⁺⁻]+[+\-−–]?")
_LOWERED = re.compile(r"[₀-₉]+|_\{\d+\}|_\d+|<sub>\d+</sub>", re.IGNORECASE)
_RAISED_HTML = re.compile(r"<sup>([^<>]{1,6})</sup>", re.IGNORECASE)
_STATE = re.compile(r"\s*\((?:s|l|g|aq|cr|am|liq|solid|liquid|gas|aqueous)\)\s*$")
_RADICAL_ION = re.compile(r"(?<=.)[·.](?=\s*\^?\s*[({]?\d*[+-]+[)}]?$)")  # O2·-
_EDGE_DOTS = tuple(re.compile(one) for one in (r"^·(?=[A-Z\[(])", r"(?<=[\w)\]+}-])[·.]$", r"\^\{?[·.]\}?$"))
_RADICAL = "The dot of an unpaired electron was left out: it changes neither the composition nor the charge."
_WRAPPINGS = (
    (re.compile(r"(```|`|\"|'|\$)(.*)\1", re.DOTALL), 2, "quotation marks"),
    (re.compile(r"\\ce\{(.*)\}", re.DOTALL), 1, "\\ce{}"),
    (re.compile(r"\\(?:mathrm|text)\{([^{}]*)\}"), 1, "\\mathrm{}"),
    (re.compile(r"(?:(?:molecular|empirical|chemical) )?formula\s*:\s*(\S.*)", re.IGNORECASE | re.DOTALL), 1, "label"),
)


@dataclass(frozen=True)
class PlainText:
    """``text`` in plain characters; ``places`` the 1-based position of each in what was given; ``before`` what precedes."""

    text: str
    places: tuple[int, ...]
    before: str = ""

    def __getitem__(self, part: slice) -> PlainText:
        start, stop, _ = part.indices(len(self.text))
        before = self.text[start - 1] if start else self.before
        return PlainText(self.text[start:stop], self.places[start:stop], before)

    def place(self, at: int) -> int:
        """The 1-based position of a character in the text as it was given."""
        return self.places[min(at, len(self.places) - 1)] if self.places else 1

    def character_before(self, at: int) -> str:
        return self.text[at - 1] if at else self.before

    def without(self, start: int, stop: int, instead: str = "") -> PlainText:
        """The text with a stretch replaced."""
        places = (self.places[min(start, len(self.places) - 1)],) * len(instead)
        kept = self.text[:start] + instead + self.text[stop:]
        return PlainText(kept, self.places[:start] + places + self.places[stop:], self.before)


def plain_text(text: str, where: str) -> tuple[PlainText, list[str]]:
    """The text without wrappings, typographic characters and state symbols, and notes of what was converted.

    A charge that stands raised becomes ``^{2-}``, every raised or centred dot ``·``. Raises ``ToolInputError`` at
    the first character that has no place in a formula.
    """
    notes: list[str] = []
    start, bare = _unwrapped(text, notes)
    written: list[tuple[str, int]] = []
    at, typeset = start, False
    stop = start + len(bare)
    while at < stop:
        lowered, raised, html = (pattern.match(text, at, stop) for pattern in (_LOWERED, _RAISED, _RAISED_HTML))
        if found := lowered or raised or html:
            inside = html[1] if html else found[0]
            plain = "".join(_plain_character(character) for character in inside)
            plain = re.sub(r"[^\d]", "", plain) if lowered else f"^{{{plain.strip()}}}"
            written += [(character, at + 1) for character in plain]
            at, typeset = found.end(), True
            continue
        character = _plain_character(text[at])
        if not (" " <= character <= "~" or character == "·"):
            raise _odd(text, at, where)
        written.append((character, at + 1))
        at += 1
    if typeset:
        notes.append("Subscripts and superscripts were read as counts and charges.")
    plain_text = PlainText("".join(one for one, _ in written), tuple(place for _, place in written))
    return _without_marks(plain_text, notes), notes


def closed_up(plain: PlainText, given: str, where: str) -> tuple[PlainText, list[str]]:
    """The text without the blanks that mean nothing: round a dot, before a charge, between the elements of C6 H12 O6."""
    notes: list[str] = []
    while found := re.search(r"\s+[·.]\s*|[·.]\s+", plain.text):
        plain = plain.without(found.start(), found.end(), "·")
    while found := re.search(r"(?<=·)(\d+)(\s+)(?=[A-Z(\[])", plain.text):
        plain = plain.without(found.start(2), found.end(2))
    if found := re.search(r"(\s+)(?:\d*[+-]+|\^\S+)$", plain.text):
        plain = plain.without(found.start(1), found.end(1), "" if "^" in found[0] else "^")
    words = plain.text.split()
    if len(words) > 1:
        elements = [re.fullmatch(r"([A-Z][a-z]?)\d*", re.sub(r"\^?\d*[+-]+$", "", word)) for word in words]
        symbols = [found[1] for found in elements if found]
        if len(symbols) < len(words) or len(set(symbols)) < len(symbols):
            at = plain.text.find(" ")
            raise ToolInputError(
                f"{shown(given)} has a blank inside", f"{where}, character {plain.place(at)}",
                "give one formula without blanks, with '.' before water or other adducts",
            )  # fmt: skip
        while found := re.search(r"\s+", plain.text):
            plain = plain.without(found.start(), found.end())
        notes.append("The blanks between the elements were left out.")
    return plain, notes


def _plain_character(character: str) -> str:
    if character in _SUBSCRIPTS:
        return _SUBSCRIPTS[character]
    if character in _SUPERSCRIPTS:
        return _SUPERSCRIPTS[character]
    if character in _MINUSES:
        return "-"
    if character in _DOTS:
        return "·"
    return {"＋": "+", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ", "\n": " ", "\r": " "}.get(
        character, character
    )


def _unwrapped(text: str, notes: list[str]) -> tuple[int, str]:
    """Where the bare formula begins, and the formula without blanks, quotes, dollar signs and labels around it."""
    start, bare = len(text) - len(text.lstrip()), text.strip()
    for pattern, group, name in _WRAPPINGS:
        found = pattern.fullmatch(bare)
        if found and found[group].strip():
            inside = found[group]
            start += found.start(group) + len(inside) - len(inside.lstrip())
            bare = inside.strip()
            notes.append(f"The {name} around {shown(bare)} {'was' if name == 'label' else 'were'} removed.")
    return start, bare


def _without_marks(plain: PlainText, notes: list[str]) -> PlainText:
    """Without a state such as ``(aq)`` at the end, and without the dot of a radical, which changes no count."""
    if (found := _STATE.search(plain.text)) and found.start():
        plain = plain.without(found.start(), found.end())
        notes.append(f"The state {found[0].strip()} was left out.")
    if found := _RADICAL_ION.search(plain.text):
        plain = plain.without(found.start(), found.end(), "" if "^" in plain.text else "^")
        notes.append(_RADICAL)
    for pattern in _EDGE_DOTS:
        if found := pattern.search(plain.text):
            plain = plain.without(found.start(), found.end())
            notes.append(_RADICAL if found[0] != "." else "The dot at the end was left out.")
    return plain


def _odd(text: str, at: int, where: str) -> ToolInputError:
    character = text[at]
    if "\u2044" in unicodedata.normalize("NFKD", character):  # ½ comes apart at its slash
        return ToolInputError(
            f"{shown(text)} has the fraction {character} in it",
            f"{where}, character {at + 1}",
            "multiply all counts until they are whole numbers, as in 2CaSO4.H2O",
        )
    try:
        refuse_odd_characters(character, where)
        hint = "remove it"
    except ToolInputError as error:
        hint = error.hint
    name = unicodedata.name(character, "a control character")
    return ToolInputError(
        f"{shown(text)} contains U+{ord(character):04X} ({name}), which is no character of a formula",
        f"{where}, character {at + 1}",
        hint,
    )

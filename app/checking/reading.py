"""An answer as plain text: without Markdown, LaTeX and code, each character knowing where it stood.

What is read of "$\\text{C}_9\\text{H}_8\\text{O}_4$", "C₉H₈O₄", "**C9H8O4**" and "C<sub>9</sub>H<sub>8</sub>O<sub>4</sub>" is one
formula, and a mark lies on what was written. Code of programs, addresses and DOIs are left out: nothing in them is a statement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Stands for what is left out, so that nothing is read across it.
LEFT_OUT = "\ufffc"

_FENCE = re.compile(
    r"^[ \t>]*(?P<run>`{3,}|~{3,})[ \t]*(?P<info>[^\n`]*)\n(?P<body>.*?)(?:^[ \t>]*(?P=run)[`~]*[ \t]*$|\Z)",
    re.M | re.S,
)
#: What a fence may be called that holds notations and sequences instead of a program.
_NOTATION_FENCES = frozenset(["", "text", "txt", "smiles", "smi", "inchi", "fasta", "fa", "seq", "dna", "rna", "protein", "chem",  "plaintext"])  # fmt: skip
_DATA_FENCES = frozenset(["yaml", "yml", "json", "csv", "tsv", "toml"])
_PROGRAM = re.compile(r"[;{}]|\b(?:import|def|print|return|function|var|const|include|SELECT|echo|sudo|pip|for|while|if)\b|==|\+=|^\s*[#$%]|^\s*\w+\s*=\s", re.M)  # fmt: skip
_QUOTED = re.compile(r"[;{}]|[\"'].*[\"']|\w\(\)")
_LEFT_OUT = re.compile(
    r"https?://\S+|www\.\S+|\bdoi:\s?\S+|(?<![\w.])10\.\d{4,9}/\S+|[\w.+-]+@[\w-]+\.[\w.]+|<!--.{0,2000}?-->",
    re.I | re.S,
)
_MATH = re.compile(
    r"\$\$(?P<a>.{1,4000}?)\$\$|\\\[(?P<b>[^\[]{1,4000}?)\\\]|\\\((?P<c>.{1,2000}?)\\\)|(?<![\\$])\$(?P<d>[^$\n]{1,600}?)\$(?!\$)",
    re.S,
)
_LOOKS_MATH = re.compile(r"[\\^_{→]|^[A-Za-z]$|^[A-Za-z] ?= ?\S")
_EMPHASIS = re.compile(r"(?<![\w*\\])([*_])(?=[^\s*_])(?:[^*_\n]|(?<=\w)_(?=\w)){0,300}?(?<=[^\s*_])\1(?![\w*])")
_WORDS = {
    "times": "×", "cdot": "·", "approx": "≈", "simeq": "≈", "sim": "~", "rightarrow": "→", "to": "→", "longrightarrow": "→",
    "Rightarrow": "⇒", "rightleftharpoons": "⇌", "leftrightarrow": "↔", "mu": "µ", "Delta": "Δ", "circ": "°", "degree": "°",
    "pm": "±", "leq": "≤", "geq": "≥", "le": "≤", "ge": "≥", "div": "/", "quad": " ", "qquad": " ", "alpha": "α", "beta": "β",
    "gamma": "γ", "delta": "δ", "lambda": "λ", "Omega": "Ω", "rho": "ρ", "angstrom": "Å", "AA": "Å", "equiv": "≡", "ldots": "…",
    "celsius": "°C", "bullet": "·", "longleftrightarrow": "⇌", "textdegree": "°",
}  # fmt: skip
_TEX = re.compile(
    r"\\(?P<word>[A-Za-z]+)\*?(?P<options>\[[^\]\n]{0,60}\])?|\\(?P<sign>[^A-Za-z])|(?P<up>\^)(?=[{\\\d+\-A-Za-z])|(?P<drop>[_{}&])|(?P<tie>~)"
)
_TEX_WORD = re.compile(r"\\(?:ce|text|textbf|textit|emph|mathrm|mathbf)\{[^{}\n]{1,200}\}")
#: Outside of LaTeX: marks of emphasis, code spans, links, entities, tags, and small digits.
_MARKDOWN = re.compile(
    r"(?P<escaped>\\(?=[*_`#|~$.!()\[\]{}+-]))(?P<kept>[*_`#|~$.!()\[\]{}+-])"
    r"|(?P<tick>`+)"
    r"|(?P<strong>\*\*|__(?=\S)|(?<=\S)__)"
    r"|(?P<tag></?(?:su[bp]|b|i|em|strong|code|span|br|p|u|mark)\b[^<>\n]{0,80}>)"
    r"|(?P<link>\]\((?:https?://|mailto:|\#)[^\s()]{0,500}\))"
    r"|(?P<entity>&(?:nbsp|amp|lt|gt|deg|micro|middot|rarr|times|minus|thinsp);)"
    r"|(?P<small>[₀-₉₊₋])"
)
_ENTITIES = {"nbsp": " ", "amp": "&", "lt": "<", "gt": ">", "deg": "°", "micro": "µ", "middot": "·", "rarr": "→", "times": "×", "minus": "−", "thinsp": " "}  # fmt: skip
_SMALL = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-", strict=True))
MOST_BLANKS = 4
_BLANKS = dict.fromkeys("\u00a0\u2009\u202f\u2002\u2003\u200a\u2007\t\u3000", " ")
_UNSEEN = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


@dataclass(frozen=True)
class Reading:
    """``origins[i]`` is where character i of ``text`` stood, and ``ends[i]`` where what it stands for ended.

    ``code``: start and end in ``text`` of what was written as code.
    """

    text: str
    origins: tuple[int, ...]
    ends: tuple[int, ...]
    code: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters ``start`` to ``end`` (not included, at least one) of ``text`` stood."""
        return self.origins[start], self.ends[end - 1]


def read(answer: str) -> Reading:
    """The plain text of a Markdown answer."""
    plain = _Plain(answer)
    at = 0
    for fence in _FENCE.finditer(answer):
        plain.prose(at, fence.start())
        if _is_notation(fence["info"], fence["body"]):
            plain.code(fence.start("body"), fence.end("body"))
        else:
            plain.put(LEFT_OUT + "\n", fence.start(), fence.end())
        at = fence.end()
    plain.prose(at, len(answer))
    return plain.reading()


def _is_notation(info: str, body: str) -> bool:
    name = info.strip().lower()
    if name in _DATA_FENCES:
        return True
    if name not in _NOTATION_FENCES or _QUOTED.search(body):
        return False
    return all(" " not in line.strip() or not _PROGRAM.search(line) for line in body.splitlines())


class _Plain:
    """The plain text as it grows."""

    def __init__(self, answer: str) -> None:
        self._answer = answer
        self._characters: list[str] = []
        self._origins: list[int] = []
        self._ends: list[int] = []
        self._code: list[tuple[int, int]] = []
        self._opened: tuple[str, int] | None = None

    def reading(self) -> Reading:
        return Reading("".join(self._characters), tuple(self._origins), tuple(self._ends), tuple(self._code))

    def put(self, text: str, start: int, end: int) -> None:
        """``text`` for what stood at ``start`` to ``end``; of many blanks in a row a few are enough."""
        if text == " " and self._characters[-MOST_BLANKS:] == [" "] * MOST_BLANKS:
            return
        for character in text:
            self._characters.append(character)
            self._origins.append(start)
            self._ends.append(end)

    def code(self, start: int, end: int) -> None:
        """As it is, line by line a piece of code."""
        for line in re.finditer(r"[^\n]*\n?", self._answer[start:end]):
            before = len(self._characters)
            self.as_is(start + line.start(), start + line.end())
            self._code.append((before, len(self._characters)))

    def _tick(self, ticks: str) -> None:
        """The beginning or the end of a code span."""
        here = len(self._characters)
        if self._opened is not None and self._opened[0] == ticks:
            self._code.append((self._opened[1], here))
            self._opened = None
        else:
            self._opened = (ticks, here)

    def as_is(self, start: int, end: int) -> None:
        for place in range(start, end):
            character = self._answer[place]
            if character not in _UNSEEN:
                self.put(_BLANKS.get(character, character), place, place + 1)

    def prose(self, start: int, end: int) -> None:
        at = start
        for left in _LEFT_OUT.finditer(self._answer, start, end):
            self._with_math(at, left.start())
            self.put(LEFT_OUT, *left.span())
            at = left.end()
        self._with_math(at, end)

    def _with_math(self, start: int, end: int) -> None:
        at = start
        for math in _MATH.finditer(self._answer, start, end):
            name = math.lastgroup or "a"
            if name == "d" and not _LOOKS_MATH.search(math["d"]):
                continue
            self._markdown(at, math.start())
            self._tex(*math.span(name))
            at = math.end()
        self._markdown(at, end)

    def _markdown(self, start: int, end: int) -> None:
        """Emphasis by one star or line: only in pairs, since a star alone is an atom or a product."""
        at = start
        for found in _EMPHASIS.finditer(self._answer, start, end):
            self._signs(at, found.start())
            self._signs(found.start() + 1, found.end() - 1)
            at = found.end()
        self._signs(at, end)

    def _signs(self, start: int, end: int) -> None:
        at = start
        for found in _MARKDOWN.finditer(self._answer, start, end):
            self._tex_words(at, found.start())
            if found["escaped"] is not None:
                self.put(found["kept"], *found.span())
            elif found["entity"]:
                self.put(_ENTITIES[found["entity"][1:-1]], *found.span())
            elif found["small"]:
                self.put(_SMALL[found["small"]], *found.span())
            elif found["tick"]:
                self._tick(found["tick"])
            elif found["tag"]:
                self._tag(found["tag"], *found.span())
            at = found.end()
        self._tex_words(at, end)

    def _tag(self, tag: str, start: int, end: int) -> None:
        if tag.startswith("<sup"):
            self.put("^", start, end)
        elif tag.startswith(("<br", "<p", "</p")):
            self.put("\n", start, end)

    def _tex_words(self, start: int, end: int) -> None:
        """``\\ce{…}`` and the like also outside of what is marked as LaTeX; else the characters as they are."""
        at = start
        for found in _TEX_WORD.finditer(self._answer, start, end):
            self.as_is(at, found.start())
            self._tex(*found.span())
            at = found.end()
        self.as_is(at, end)

    def _tex(self, start: int, end: int) -> None:
        at = start
        while (found := _TEX.search(self._answer, at, end)) is not None:
            self._tex_plain(at, found.start())
            at = found.end()
            if word := found["word"]:
                if word in ("frac", "dfrac", "tfrac"):
                    at = self._fraction(found.end(), end)
                    continue
                sign = "→" if word.startswith("xrightarrow") else _WORDS.get(word, "")
                self.put(sign, *found.span())
                if found["options"] and not sign:
                    self.as_is(*found.span("options"))
            elif sign := found["sign"]:
                self.put(" " if sign in ",;:! \n" else "\n" if sign == "\\" else sign, *found.span())
            elif found["up"]:
                is_degree = self._answer.startswith(("^\\circ", "^{\\circ"), found.start())
                if not is_degree:
                    self.put("^", *found.span())
            elif found["tie"]:
                self.put(" ", *found.span())
        self._tex_plain(at, end)

    def _tex_plain(self, start: int, end: int) -> None:
        for place in range(start, end):
            character = self._answer[place]
            if character not in _UNSEEN:
                self.put(_SMALL.get(character, _BLANKS.get(character, character)), place, place + 1)

    def _fraction(self, start: int, end: int) -> int:
        """``{a}{b}`` behind a ``\\frac`` as (a)/(b); returns where it ends."""
        parts = []
        at = start
        for _ in range(2):
            if at >= end or self._answer[at] != "{":
                return start
            close = self._closing(at, end)
            parts.append((at + 1, close))
            at = close + 1
        for number, (first, last) in enumerate(parts):
            self.put("/(" if number else "(", first, first + 1)
            self._tex(first, last)
            self.put(")", last, last + 1)
        return at

    def _closing(self, start: int, end: int) -> int:
        depth = 0
        for place in range(start, end):
            depth += (self._answer[place] == "{") - (self._answer[place] == "}")
            if depth == 0:
                return place
        return end - 1

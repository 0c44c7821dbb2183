"""What a model writes, as Markdown that is safe to show and that leaves chemistry alone.

A model's prose is untrusted: what it read in a file may have told it what to write. It is rewritten so that the
browser's Markdown reader finds no raw HTML, no image and no link but a web or mail one, and shows SMILES as they are.
Nothing is decided by guessing how that reader will split the text: fences are put at the margin and closed, a code
span lies in one line, and any other backtick is escaped, so both readers must agree where code is.

The page sets ``latex_delimiters`` to ``LATEX_DELIMITERS``: a single dollar is money.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from app.ui.marked_text import Piece, Placed, code_lines, with_marks

LATEX_DELIMITERS: tuple[dict[str, str | bool], ...] = (
    {"left": "$$", "right": "$$", "display": True},
    {"left": r"\[", "right": r"\]", "display": True},
    {"left": r"\(", "right": r"\)", "display": False},
)

_FENCE = re.compile(
    r"(?P<quote>(?:[ \t]*>)*)[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?P<run>`{3,}(?=[^`]*$)|~{3,})(?P<info>[^\n]*)$"
)
_INFO = re.compile(r"[\w+#.-]{1,30}")

# One pass over the prose; the first alternative that fits wins. Every quantifier is bounded or excludes what ends it.
_PIECE = re.compile(
    r"""
      (?P<code>(?<![`\\])(?P<ticks>`{1,8})(?!`)(?P<inner>[^`\n]{1,4000})(?P=ticks)(?!`))
    | (?P<stray>`+)
    | (?P<math>\$\$[^$`]{1,4000}\$\$
        | (?<![^\s(])\\\[(?:[^`$\\]|\\[^\[]){1,1500}?\\\]
        | (?<!\w)\\\((?:[^`$\n\\]|\\[^(\n]){1,300}?\\\))
    | (?<![\w$\\])\$(?=[^\s$])(?P<tex>[^$`\n]{0,200}?[\\^_{][^$`\n]{0,200}?)(?<=\S)\$(?![\w$])
    | !\[(?P<alt>[^\[\]\n]{0,500})\]\((?P<source>[^)\n]{0,2000})\)
    | (?<![\w\])])\[(?P<text>[^\[\]`\n]{1,500})\]
        \((?P<target>(?:https?://|mailto:)(?:[^\s()<>\[\]"'`\\]|\([^\s()<>\[\]"'`\\]{0,200}\)){1,2000})
        (?:[ ]+"[^"\n]{0,200}")?\)
    | <(?P<auto>(?:https?://|mailto:)[^\s<>`\[\]]{1,2000})>
    | (?P<script><(?P<tag>su[bp])>[^<>`\n\s$\\\[\]!]{1,30}</(?P=tag)>)
    | (?P<url>https?://[^\s<>`"\[\]|$\\]{1,2000})
    | (?P<word>(?<![^\s(\[{"'“‘:;,|>])[^\s`<|$"“”‘’]{2,2000})
    | (?P<single><|!(?=\[)|\](?=[(\[:])|\$(?=\$)|\\(?=[\[(]))
    """,
    re.VERBOSE,
)

# The grammar of SMILES (opensmiles.org) as far as an expression goes: branches and rings are counted afterwards.
_BRACKET_ATOM = (
    r"\[\d{0,3}(?:[A-Z][a-z]?|b|c|n|o|p|s|se|as|te|\*|\#\d{1,3})(?:@(?:@|(?:TH|AL|SP|TB|OH)\d{1,2})?)?"
    r"(?:H\d?)?(?:[+-]\d{1,2}|[+-]{1,3})?(?::\d{1,4})?\]"
)
_ATOM = rf"(?:{_BRACKET_ATOM}|Cl|Br|[BCNOPSFI]|[bcnops]|\*)"
_NEXT = r"(?=[\[A-Za-z*])"
_SMILES = re.compile(
    rf"{_ATOM}(?:{_ATOM}|[-=\#:/\\]?(?:\d|%\d\d)|\([-=\#$:/\\~]?{_NEXT}|\)|[-=\#$:/\\~]{_NEXT}|\.{_NEXT}|>>{_NEXT})*"
)
_IN_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_RING_LABEL = re.compile(r"%\d\d|\d")
# What a SMILES has and a word or a formula has not; a slash alone ("I/O") is no such thing.
_TELL = re.compile(r"\[[^\[\]]*[-+@\d*H][^\[\]]*\]|\[[^\[\]]+\].|.\[[^\[\]]+\]|[=#*%]|[A-Za-z]\d.*\d|\([A-Z=#]")
_LEAD = re.compile(r"(?:\(|\*\*|__|')+")
_STOPS = ".,;:!?"
_CLOSERS = _STOPS + "*_'"
_ENTITY = str.maketrans({c: f"&#{ord(c)};" for c in "<>&\\`*_[]()!|$~"})


def safe_markdown(text: str, marks: Sequence[Placed] = ()) -> str:
    """``text`` for a chat bubble. Linear in its length, and any prefix of a growing text may be given.

    Fences keep their contents letter for letter; a fence in a list or a quote is moved to the margin. Paragraphs are
    remembered, so a text that grows costs what has been added. ``marks`` become elements as far as Markdown has room for
    them: none lies in a fence, and without the elements the text is what it is without marks.
    """
    shown: list[str] = []
    prose: list[str] = []
    lines = _normal(text).split("\n")
    marked = _Marked(
        lines, [replace(m, start=len(_normal(text[: m.start])), end=len(_normal(text[: m.end]))) for m in marks]
    )
    position = 0
    while position < len(lines):
        line = lines[position]
        opening = _opening(line)
        if opening is None:
            prose.append(line)
            position += 1
            continue
        if prose:
            shown.append(_safe_prose("\n".join(prose), marked, position - len(prose)))
            prose = []
        position = _copy_fence(lines, position, opening, shown)
    if prose:
        shown.append(_safe_prose("\n".join(prose), marked, position - len(prose)))
    return "\n".join(shown)


def _normal(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _opening(line: str) -> re.Match[str] | None:
    return _FENCE.match(line) if "```" in line or "~~~" in line else None


class _Marked:
    """The marks of a text by the lines in which they lie."""

    def __init__(self, lines: Sequence[str], marks: Sequence[Placed]) -> None:
        self.marks = sorted((mark for mark in marks if mark.start < mark.end), key=lambda mark: mark.start)
        self._starts = [0]
        self._code: frozenset[int] = frozenset()
        if marks:
            for line in lines:
                self._starts.append(self._starts[-1] + len(line) + 1)
            self._code = code_lines(_without_fences(lines))

    def of_paragraph(self, first: int, last: int) -> tuple[tuple[Placed, ...], tuple[bool, ...]]:
        """What lies in the lines ``first`` to ``last``, counted from there, and which of the lines take none."""
        start, end = self._starts[first], self._starts[last] - 1
        inside = [
            replace(mark, start=max(mark.start, start) - start, end=min(mark.end, end) - start)
            for mark in self.marks
            if max(mark.start, start) < min(mark.end, end)  # an empty paragraph holds none
        ]
        return tuple(inside), tuple(line in self._code for line in range(first, last)) if inside else ()


def _without_fences(lines: Sequence[str]) -> list[str | None]:
    prose: list[str | None] = list(lines)
    position = 0
    while position < len(lines):
        opening = _opening(lines[position])
        after = position + 1 if opening is None else _copy_fence(lines, position, opening, [])
        if opening is not None:
            prose[position:after] = [None] * (after - position)
        position = after
    return prose


def _copy_fence(lines: Sequence[str], position: int, opening: re.Match[str], shown: list[str]) -> int:
    """Puts the fence opened at ``position`` into ``shown``, at the margin and closed; returns the next position."""
    run, quotes = opening["run"], opening["quote"].count(">")
    info = _INFO.match(opening["info"].strip())
    language = info[0] if info else ""
    # The page's reader would run a mermaid drawing, whose labels are HTML; as text it is only read.
    language = "text" if language.lower() == "mermaid" else language
    indent = opening.start("run") if not quotes else 0
    closing = re.compile(rf"[ \t]*{re.escape(run[0])}{{{len(run)},}}[ \t]*$")
    contents: list[str] = []
    position += 1
    while position < len(lines):
        line = lines[position]
        if quotes:
            stripped = re.sub(rf"^(?:[ \t]*>){{{quotes}}} ?", "", line)
            if stripped == line:  # the quote ended, and the fence with it
                break
            line = stripped
        elif indent:
            line = line[min(indent, len(line) - len(line.lstrip(" \t"))) :]
        position += 1
        if closing.match(line):
            break
        contents.append(line)
    code = "\n".join(contents)
    if _opens_math(code):
        shown.append(f"<pre><code>{code.translate(_ENTITY)}</code></pre>\n")
    else:
        shown.extend([run + language, *contents, run])
    return position


def _opens_math(code: str) -> bool:
    """Whether ``code`` holds a LaTeX delimiter without its partner.

    The page looks for LaTeX before it looks for code, so such a delimiter would pair with one outside and take the
    fence's end with it.
    """
    for delimiters in LATEX_DELIMITERS:
        left, right = str(delimiters["left"]), str(delimiters["right"])
        rest = re.sub(f"{re.escape(left)}[\\s\\S]+?{re.escape(right)}", "", code) if left in code else ""
        if left in rest:
            return True
    return False


def _safe_prose(prose: str, marked: _Marked, first: int) -> str:
    """Paragraphs whose first line is the text's line ``first``."""
    if not marked.marks:
        return "\n\n".join(_safe_paragraph(paragraph) for paragraph in prose.split("\n\n"))
    shown = []
    for paragraph in prose.split("\n\n"):
        after = first + paragraph.count("\n") + 1
        marks, closed = marked.of_paragraph(first, after)
        shown.append(_marked_paragraph(paragraph, marks, closed) if marks else _safe_paragraph(paragraph))
        first = after + 1
    return "\n\n".join(shown)


@lru_cache(maxsize=4096)
def _safe_paragraph(paragraph: str) -> str:
    return _PIECE.sub(_piece, paragraph)


@lru_cache(maxsize=1024)
def _marked_paragraph(paragraph: str, marks: tuple[Placed, ...], closed: tuple[bool, ...]) -> str:
    return with_marks(list(_pieces(paragraph)), marks, closed)


def _pieces(paragraph: str) -> Iterator[Piece]:
    """What ``_safe_paragraph`` makes of a paragraph, piece by piece."""
    done = 0
    for match in _PIECE.finditer(paragraph):
        start, end = match.span()
        yield Piece(done, start, paragraph[done:start])
        if match.lastgroup == "word":
            yield from _pieces_of_word(match)
        else:
            yield Piece(start, end, _piece(match), whole=True, literal=match.lastgroup != "url")
        done = end
    yield Piece(done, len(paragraph), paragraph[done:])


def _piece(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "word":
        return _word(match)
    if kind == "code":
        return _code(match["inner"], match["ticks"])
    if kind == "stray":
        before = match.string[: match.start()]
        is_escaped = (len(before) - len(before.rstrip("\\"))) % 2 == 1
        return "`" * is_escaped + "&#96;" * (len(match[0]) - is_escaped)
    if kind == "math":
        return _math(match[0])
    if kind == "tex":
        return _math(rf"\({match['tex']}\)")
    if kind == "source":
        return f"{_plain(match['alt'] or 'picture')} ({_code(match['source'].strip() or 'no address', '`')})"
    if kind == "target":
        return _link(match["text"], match["target"])
    if kind == "single":
        return f"&#{ord(match[0])};"
    return match[0]  # an address, or a subscript


def _math(latex: str) -> str:
    """LaTeX in which no tag, link or image can be read, should the page not take it for LaTeX."""
    return latex.replace("<", r"\lt ").replace("](", "] (").replace("![", "! [").replace("][", "] [")


def _code(inner: str, ticks: str) -> str:
    """A code span; as an element with entities where a table cell or LaTeX could break the span open."""
    inner = inner.replace("`", "")
    if "|" in inner or "$$" in inner or "\\[" in inner or "\\(" in inner or "\\]" in inner or "\\)" in inner:
        return _element(inner.strip())
    return f"{ticks}{inner}{ticks}"


def _element(code: str) -> str:
    return f"<code>{code.translate(_ENTITY)}</code>"


def _plain(text: str) -> str:
    return text.translate(_ENTITY)


def _link(text: str, target: str) -> str:
    """A link that says where it goes: its host stands behind the text, unless the text is the address."""
    if text.strip() == target:
        return f"<{target}>"
    place = target.split(":", 1)[1] if target.startswith("mailto:") else target.split("//", 1)[1].split("/", 1)[0]
    return f"[{_plain(text)}]({target}) ({_plain(place)})"


def _word(match: re.Match[str]) -> str:
    return "".join(piece.shown for piece in _pieces_of_word(match))


def _pieces_of_word(match: re.Match[str]) -> Iterator[Piece]:
    word, at = match[0], match.start()
    start, end = _smiles_in(word) or (0, 0)
    yield Piece(at, at + start, word[:start])
    if end:
        # the ticks of a code span that follows at once would run together with those of this one
        meets_ticks = match.string.startswith("`", at + end)
        smiles = _element(word[start:end]) if meets_ticks else _code(word[start:end], "`")
        yield Piece(at + start, at + end, smiles, whole=True, literal=True)
    rest = _unlinked(word[end:])
    yield Piece(at + end, match.end(), rest, whole=rest != word[end:])


def _smiles_in(word: str) -> tuple[int, int] | None:
    """Where a SMILES lies in a word that has the marks of its sentence, too."""
    lead = _LEAD.match(word)
    start = lead.end() if lead else 0
    # "*CC*" is a polymer before it is an emphasis, so the stars go last.
    for closers in (_CLOSERS,) if start and "**" in word[:start] else (_STOPS, _CLOSERS):
        core = word[start:].rstrip(closers)
        while core.endswith(")") and core.count(")") > core.count("("):  # the sentence's bracket, not the molecule's
            core = core[:-1].rstrip(closers)
        if is_smiles_like(core):
            return start, start + len(core)
    return None


def _unlinked(word: str) -> str:
    """``word`` where nothing can make a link, an image or LaTeX that the patterns above did not let through."""
    if "[" in word or "]" in word or "\\" in word:
        word = word.replace("![", "&#33;[").replace("](", "]&#40;").replace("]:", "]&#58;").replace("][", "]&#91;")
        word = word.replace("\\(", "&#92;(").replace("\\[", "&#92;[")
    return word


def is_smiles_like(word: str) -> bool:
    """Whether ``word`` can only sensibly be a SMILES: it follows the grammar, and has what no English word has.

    Not a check of the chemistry, which costs too much for a text that is still being written.
    """
    if len(word) < 3 or not _TELL.search(word) or not _SMILES.fullmatch(word):
        return False
    depth = 0
    for letter in word:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return False
    labels = _RING_LABEL.findall(_IN_BRACKETS.sub("", word))
    return depth == 0 and all(labels.count(label) % 2 == 0 for label in set(labels))

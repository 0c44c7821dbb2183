"""What a model writes, as Markdown that is safe to show and that leaves chemistry alone.

A model's prose is untrusted: what it read in a file may have told it what to write. It is rewritten so that the
browser's Markdown reader finds no raw HTML, no image and no link but a web or mail one, and shows SMILES as they are.
Nothing is decided by guessing how that reader will split the text: fences are put at the margin and closed, a code
span lies in one line, and any other backtick is escaped, so both readers must agree where code is.

The page sets ``latex_delimiters`` to ``LATEX_DELIMITERS``: a single dollar is money.
"""

from __future__ import annotations

import re
from functools import lru_cache

LATEX_DELIMITERS: tuple[dict[str, str | bool], ...] = (
    {"left": "$$", "right": "$$", "display": True},
    {"left": r"\[", "right": r"\]", "display": True},
    {"left": r"\(", "right": r"\)", "display": False},
)

_FENCE = re.compile(
    r"(?P<quote>(?:[ \t]*>)*)[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?P<run>`{3,}|~{3,})(?P<info>[^`\n]*)$"
)
_INFO = re.compile(r"[\w+#.-]{1,30}")

# One pass over the prose; the first alternative that fits wins. Every quantifier is bounded or excludes what ends it.
_PIECE = re.compile(
    r"""
      (?P<code>(?<!`)(?P<ticks>`{1,8})(?!`)(?P<inner>[^`\n]{1,4000})(?P=ticks)(?!`))
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


def safe_markdown(text: str) -> str:
    """``text`` for a chat bubble. Linear in its length, and any prefix of a growing text may be given.

    Fences keep their contents letter for letter; a fence in a list or a quote is moved to the margin. Paragraphs are
    remembered, so a text that grows costs what has been added.
    """
    shown: list[str] = []
    prose: list[str] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").split("\n")
    position = 0
    while position < len(lines):
        line = lines[position]
        opening = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if opening is None:
            prose.append(line)
            position += 1
            continue
        if prose:
            shown.append(_safe_prose("\n".join(prose)))
            prose = []
        position = _copy_fence(lines, position, opening, shown)
    if prose:
        shown.append(_safe_prose("\n".join(prose)))
    return "\n".join(shown)


def _copy_fence(lines: list[str], position: int, opening: re.Match[str], shown: list[str]) -> int:
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


def _safe_prose(prose: str) -> str:
    return "\n\n".join(_safe_paragraph(paragraph) for paragraph in prose.split("\n\n"))


@lru_cache(maxsize=4096)
def _safe_paragraph(paragraph: str) -> str:
    return _PIECE.sub(_piece, paragraph)


def _piece(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "word":
        return _word(match[0])
    if kind == "code":
        return _code(match["inner"], match["ticks"])
    if kind == "stray":
        return "&#96;" * len(match[0])
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
        return f"<code>{inner.strip().translate(_ENTITY)}</code>"
    return f"{ticks}{inner}{ticks}"


def _plain(text: str) -> str:
    return text.translate(_ENTITY)


def _link(text: str, target: str) -> str:
    """A link that says where it goes: its host stands behind the text, unless the text is the address."""
    if text.strip() == target:
        return f"<{target}>"
    place = target.split(":", 1)[1] if target.startswith("mailto:") else target.split("//", 1)[1].split("/", 1)[0]
    return f"[{_plain(text)}]({target}) ({_plain(place)})"


def _word(word: str) -> str:
    lead = _LEAD.match(word)
    start = lead.end() if lead else 0
    # "*CC*" is a polymer before it is an emphasis, so the stars go last.
    for closers in (_CLOSERS,) if start and "**" in word[:start] else (_STOPS, _CLOSERS):
        core = word[start:].rstrip(closers)
        while core.endswith(")") and core.count(")") > core.count("("):  # the sentence's bracket, not the molecule's
            core = core[:-1].rstrip(closers)
        if is_smiles_like(core):
            return f"{word[:start]}{_code(core, '`')}{_unlinked(word[start + len(core) :])}"
    return _unlinked(word)


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

"""A model's Markdown as HTML that is safe in a file of its own: no script, no picture from elsewhere, links only to the web."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from app.ui.markdown import LATEX_DELIMITERS, safe_markdown
from app.ui.marked_text import Placed
from app.ui.views import escape

#: What ``safe_markdown`` itself writes as HTML; any other tag is shown as the text that it is.
_INLINE = re.compile(
    r'</?(?:code|su[bp])>|<span class="checked [a-z0-9 -]{1,4000}" role="button" tabindex="0">|</span>'
)
_BLOCK = re.compile(r"<pre><code>[^<>]*</code></pre>\s*")
_MARK = re.compile(r'<span class="checked ([a-z0-9 -]+)" role="button" tabindex="0">')
_LATEX = [(str(one["left"]), str(one["right"])) for one in LATEX_DELIMITERS]
_ADDRESS = re.compile(r"https?://|mailto:", re.IGNORECASE)


def prose_html(text: str, marks: Sequence[Placed] = ()) -> str:
    """``text`` as HTML; LaTeX stays as it was written. ``marks`` are spans of the class ``checked``, which do nothing."""
    return _MARK.sub(r'<span class="checked \1">', str(_reader().render(safe_markdown(text, marks))))


@cache
def _reader() -> Any:
    from markdown_it import MarkdownIt  # not needed by the page

    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable("image")
    reader.validateLink = lambda url: _ADDRESS.match(url) is not None  # type: ignore[method-assign]
    reader.inline.ruler.before("escape", "latex", _latex)
    reader.add_render_rule("latex", _latex_html)
    reader.add_render_rule("html_inline", _inline)
    reader.add_render_rule("html_block", _block)
    return reader


def _latex(state: Any, silent: bool) -> bool:
    """LaTeX as one piece: its backslashes, underscores and stars are not Markdown's."""
    for left, right in _LATEX:
        if state.src.startswith(left, state.pos):
            end = state.src.find(right, state.pos + len(left), state.posMax)
            if end < 0:
                return False
            if not silent:
                state.push("latex", "code", 0).content = state.src[state.pos : end + len(right)]
            state.pos = end + len(right)
            return True
    return False


def _latex_html(_renderer: Any, tokens: Sequence[Any], index: int, _options: Any, _env: Any) -> str:
    return f'<code class="latex">{escape(tokens[index].content)}</code>'


def _inline(_renderer: Any, tokens: Sequence[Any], index: int, _options: Any, _env: Any) -> str:
    html = tokens[index].content
    return html if _INLINE.fullmatch(html) else escape(html)


def _block(_renderer: Any, tokens: Sequence[Any], index: int, _options: Any, _env: Any) -> str:
    html = tokens[index].content
    if _BLOCK.fullmatch(html):
        return html
    # a line that begins with one of the tags above is a block to the reader, whatever follows
    parts = re.split(rf"({_INLINE.pattern})", html)
    return "<p>" + "".join(part if _INLINE.fullmatch(part) else escape(part) for part in parts if part) + "</p>"

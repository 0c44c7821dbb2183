"""What names a view below it; SMILES, keys and sequences in it are set in a monospace, each letter to be told apart."""

from __future__ import annotations

import re

from app.ui.markdown import is_smiles_like
from app.ui.views.markup import escape

_WORDS = re.compile(r"(\s+)")
_STOPS = ".,;:!?"
_SEQUENCE = re.compile(r"[A-Z*-]{12,}|[acgtu]{12,}")
_KEY = re.compile(r"InChI=\S+|[A-Z]{14}-[A-Z]{10}-[A-Z]")


def notation_html(text: str) -> str:
    """``text`` escaped, each word that is a notation as ``<code>``."""
    return "".join(_word(word) for word in _WORDS.split(text))


def _word(word: str) -> str:
    core = word.rstrip(_STOPS)
    if is_smiles_like(core) or _SEQUENCE.fullmatch(core) or _KEY.fullmatch(core):
        return f"<code>{escape(core)}</code>{escape(word[len(core) :])}"
    return escape(word)


def figure(kind: str, body: str, title: str, caption: str = "", show_title: bool = True) -> str:
    """``body`` with what names it below. ``body`` is HTML already; ``title`` and ``caption`` are plain text."""
    lines = []
    if title and show_title:
        lines.append(f'<span class="view-title">{notation_html(title)}</span>')
    if caption and caption != title:
        lines.append(f'<span class="view-note">{notation_html(caption)}</span>')
    below = f"<figcaption>{' '.join(lines)}</figcaption>" if lines else ""
    return f'<figure class="view {kind}">{body}{below}</figure>'

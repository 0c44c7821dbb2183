"""Lines that keep their blanks and breaks, such as a molfile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.ui.views.markup import escape
from app.ui.views.notation import figure


def text_html(view: Mapping[str, Any]) -> str:
    """A ``Text``, to be scrolled with the keyboard, too.

    HTML leaves out a line break right after ``<pre>``: without one of our own a molfile would lose its empty first line.
    """
    title = str(view.get("title", ""))
    named = escape(title or "Text")
    return figure("text", f'<pre tabindex="0" role="region" aria-label="{named}">\n{escape(view["text"])}</pre>', title)

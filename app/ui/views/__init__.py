"""A tool's views as HTML: the only place where what a tool returned becomes part of a page.

``gr.HTML`` is not sanitized, so whatever comes out of a tool or a file is escaped here, or rebuilt from an allow-list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.ui.views.drawing import drawing_html
from app.ui.views.frames import plot_html, structure_html
from app.ui.views.lines import text_html
from app.ui.views.markup import escape
from app.ui.views.notation import notation_html
from app.ui.views.sequence import alignment_html, sequence_html, viewer_head
from app.ui.views.table import table_html

__all__ = ["escape", "notation_html", "view_html", "viewer_head"]


def view_html(view: Mapping[str, Any], vendor_url: str = "/vendor", *, source: str = "") -> str:
    """One view, as ``model_dump()`` of a class in ``tools.outputs`` gives it, as an HTML fragment.

    ``vendor_url`` is where ``assets/vendor`` is served, ``source`` the name by which the conversation knows the file. A kind that this page does not know is named in a sentence.
    """
    kind = view.get("kind")
    if kind == "svg":
        return drawing_html(view)
    if kind == "structure3d":
        return structure_html(view, vendor_url, source)
    if kind == "table":
        return table_html(view)
    if kind == "plot":
        return plot_html(view, vendor_url)
    if kind == "sequence":
        return sequence_html(view)
    if kind == "alignment":
        return alignment_html(view)
    if kind == "text":
        return text_html(view)
    return f'<p class="view unshown">This page cannot show a result of the kind “{escape(kind)}”.</p>'

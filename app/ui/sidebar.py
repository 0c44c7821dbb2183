"""The list of conversations, as buttons that assets/page.js turns into actions, and what takes one away or in."""

from __future__ import annotations

from app.store import Conversation
from app.ui.views import escape

EXPORTS = (("md", "Markdown"), ("html", "HTML"), ("ipynb", "Notebook"), ("json", "JSON"))
#: Beside the list and not in it, which is drawn anew while an answer streams. The status line is there before it says anything, so
#: that a screen reader hears it.
IMPORT = (
    '<p class="import"><button type="button" id="import-conversation">Import a conversation</button></p>'
    '<p id="import-status" class="quiet" role="status"></p>'
)


def sidebar_html(conversations: list[Conversation], current: str) -> str:
    """A list whose current conversation is marked, with its exports before it; an empty one says what will stand there."""
    return f"{_export(current)}{_list(conversations, current)}"


def _export(current: str) -> str:
    if not current:
        return ""
    links = "".join(f'<a href="export/{escape(current)}.{kind}" download>{name}</a>' for kind, name in EXPORTS)
    return f'<details id="export"><summary>Export this conversation</summary><p>{links}</p></details>'


def _list(conversations: list[Conversation], current: str) -> str:
    if not conversations:
        return '<nav id="conversations"><p class="quiet">Your conversations will be listed here.</p></nav>'
    rows = "".join(
        f"<li{' class=current' if conversation.id == current else ''}>"
        f'<button data-action="open" data-id="{conversation.id}"{" aria-current=page" if conversation.id == current else ""}>'
        f"{escape(conversation.title)}</button>"
        f'<button class="delete" data-action="delete" data-id="{conversation.id}" '
        f'aria-label="Delete {escape(conversation.title)}" title="Delete">×</button></li>'
        for conversation in conversations
    )
    return f'<nav id="conversations" aria-label="Conversations"><ul>{rows}</ul></nav>'

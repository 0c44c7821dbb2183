"""The list of conversations, as buttons that assets/page.js turns into actions."""

from __future__ import annotations

from app.store import Conversation
from app.ui.views import escape


def sidebar_html(conversations: list[Conversation], current: str) -> str:
    """A list whose current conversation is marked; an empty one says what will stand there."""
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

"""The question whether a lookup may ask a host, as a quiet card in the answer that needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.ui.views import escape


def permission_card(question: Mapping[str, Any]) -> str:
    """Of ``details["asks"]`` of a running answer: who wants to ask whom for what, what exactly is sent, and the choice."""
    host = escape(question["host"])
    wishes = [
        f'<p role="alert"><span class="tool-name">{escape(wish["tool"])}</span> wants to ask <b>{host}</b> for: '
        f"{escape(wish['words'])}.</p><p><code>{escape(wish['request'])}</code></p>"
        for wish in question["wishes"]
    ]
    choices = [("once", "Once"), ("always", "Always this host"), ("no", "No")]
    buttons = "".join(
        f'<button data-action="permit" data-id="{escape(question["id"])}" data-text="{decision}">{words}</button>'
        for decision, words in choices
        if decision != "always" or question["may_be_always"]
    )
    return (
        f'<section class="permission" aria-label="May {host} be asked?">{"".join(wishes)}'
        f'<p class="decide">{buttons}</p>'
        '<p class="quiet">Nothing has been sent yet. What is sent is listed under “What left this machine”.</p></section>'
    )

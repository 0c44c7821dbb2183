"""The table of a batch: ``assets/rows.js`` reads the rows that are seen, so that ten thousand cost as little as ten."""

from __future__ import annotations

from app.ui.views.markup import escape


def rows_of_batch(address: str, title: str) -> str:
    """``address`` is where the server tells its rows (``app.serving``); the files to download lie beside them."""
    return (
        f'<figure class="view rows" data-rows="{escape(address)}" data-title="{escape(title)}">'
        f'<p class="view-note" role="status">The table is being read …</p></figure>'
    )

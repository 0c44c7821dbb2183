"""One line about the model: how far it is loaded, its name, and what it is not good for."""

from __future__ import annotations

from app.loading import ModelStatus
from app.ui.views import escape


def status_html(status: ModelStatus) -> str:
    if status.state == "failed":
        return f'<p class="tool-error" role="alert">{escape(status.sentence)}</p>'
    if status.state == "ready":
        can = f"data-thinks={status.abilities.thinking:d} data-sees={status.abilities.images:d} data-spans={status.shows_spans:d}"
        told = " ".join(filter(None, (status.cannot, status.memory)))
        return f'<p class="quiet" role="status" {can}><b>{escape(status.name)}</b> is ready. {escape(told)}</p>'
    if status.state == "unloaded":
        return f'<p class="quiet" role="status">{escape(status.sentence)}</p>'
    percent = round(100 * status.progress)
    return (
        f'<p class="quiet" role="status">{escape(status.sentence)}</p>'
        f'<progress max="100" value="{percent}" aria-label="Loading the model">{percent} %</progress>'
    )

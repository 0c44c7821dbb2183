"""One line about the model: how far it is loaded, its name, and what it is not good for."""

from __future__ import annotations

from app.loading import ModelStatus
from app.ui.views import escape

#: Where the status page is opened: in a tab of its own, since leaving the chat would stop its answer.
STATUS_LINK = 'href="status" target="_blank" rel="noopener"'


def status_html(status: ModelStatus) -> str:
    offers = "".join(
        f'<button data-action="{offer.action}" data-text="{escape(offer.model)}">{escape(offer.words)}</button>'
        for offer in status.offers
    )
    if offers:
        offers = f'<p class="offers">{offers}</p>'
    if status.state == "failed":
        return f'<p class="tool-error" role="alert">{escape(status.sentence)}</p>{offers}'
    if status.state == "ready":
        can = f"data-thinks={status.abilities.thinking:d} data-sees={status.abilities.images:d} data-spans={status.shows_spans:d}"
        told = " ".join(filter(None, (status.cannot, status.memory, status.kept)))
        ready = f'<p class="quiet" role="status" {can}><a {STATUS_LINK} title="How it stands: speed, memory, queue"><b>{escape(status.name)}</b></a> is ready. {escape(told)}</p>'
        if not status.fetching:
            return ready + offers
        bar = "" if status.is_settled else _bar(status.progress, "Fetching another model")
        return f'{ready}<p class="quiet" role="status">{escape(status.fetching)}</p>{bar}{offers}'
    if status.state == "unloaded":
        return f'<p class="quiet" role="status">{escape(status.sentence)}</p>'
    return f'<p class="quiet" role="status">{escape(status.sentence)}</p>{_bar(status.progress, "Loading the model")}{offers}'


def _bar(fraction: float, label: str) -> str:
    percent = round(100 * fraction)
    return f'<progress max="100" value="{percent}" aria-label="{label}">{percent} %</progress>'

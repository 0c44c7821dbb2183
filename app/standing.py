"""How Retort stands now, in numbers: what the status page and the metrics tell. Nobody's words are in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from app.counts import Tally
from app.loading import State
from app.services import Services
from model.figures import Figures, HasFigures


@dataclass(frozen=True)
class Standing:
    """``figures`` are None without a model, and of one that keeps none; ``totals`` are those of all models since the start."""

    started_at: float  # seconds since 1970
    state: State
    model: str
    weights: str  # how they are kept, such as bf16; empty if the model does not say
    figures: Figures | None
    tally: Tally
    totals: Counter[str]
    tools_busy: int
    tools: int  # processes that run them, at most
    requests_sent: int  # to other machines, ever


def standing(services: Services) -> Standing:
    counts, model = services.turns.counts, services.model.loaded
    tally = counts.now()
    return Standing(
        started_at=counts.started_at,
        state=services.model.status().state,
        model=model.name if model is not None else "",
        weights=str(getattr(model, "weights", "")),
        figures=model.figures() if isinstance(model, HasFigures) else None,
        tally=tally,
        totals=services.model.counted() + tally.tokens,
        tools_busy=services.tools.busy,
        tools=services.tools.size,
        requests_sent=services.outward.ledger.count(),
    )

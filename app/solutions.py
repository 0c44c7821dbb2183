"""Which amount of a request is which of a solution: the target, the stock, the volume made, the mass weighed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from app.amounts import number_in, unit_readings
from app.entities import Entity
from app.wording import Candidate, Clause

_AMOUNTS = ("concentration", "volume", "mass", "ratio")
_FROM = re.compile(
    r"\b(?:from|stock|stock of|using|dilut(?:e|ing))\s+(?:an?\s+|the\s+|my\s+)?$|\bstock\s*(?:is|=|:|of|solution of)\s*$",
    re.IGNORECASE,
)
_STOCK_BEHIND = re.compile(r"^\s*(?:\S+\s+){0,3}stock\b", re.IGNORECASE)
_DILUTING = re.compile(r"\bdilut|\bstock\b", re.IGNORECASE)


def is_of_solutions(candidate: Candidate) -> bool:
    """Whether a tool takes a concentration, also that of a stock: it finds an amount from the others."""
    kinds = list(candidate.entities.values())
    return kinds.count("concentration") > 1


def amounts_of_solution(clause: Clause, subjects: Sequence[Entity]) -> dict[str, Any]:
    """Arguments by name; empty where fewer than two amounts were named, or more than can be told apart.

    Of two concentrations the stock's is what "from" or "stock" points at, else the larger: nothing is diluted to more. Of two
    volumes the stock's is the smaller.
    """
    by_kind = {kind: [entity for entity in subjects if entity.kind == kind] for kind in _AMOUNTS}
    total = sum(map(len, by_kind.values()))
    if total < 2 or not by_kind["concentration"] + by_kind["mass"] or any(len(found) > 2 for found in by_kind.values()):
        return {}
    amounts: dict[str, Any] = {}
    diluting = bool(_DILUTING.search(clause.request))
    concentrations, volumes = by_kind["concentration"], by_kind["volume"]
    if len(concentrations) == 2:
        stock = _stock(concentrations, clause, smaller=False)
        if stock is None:
            return {}
        other = concentrations[1 - concentrations.index(stock)]
        amounts |= {"stock_concentration": stock.text, "concentration": other.text}
    elif concentrations:
        of_stock = (
            (len(volumes) == 2 and diluting) or bool(by_kind["ratio"]) or _points_at_stock(concentrations[0], clause)
        )
        amounts["stock_concentration" if of_stock else "concentration"] = concentrations[0].text
    if len(volumes) == 2:
        stock = _stock(volumes, clause, smaller=True)
        if stock is None:
            return {}
        amounts |= {"stock_volume": stock.text, "volume": volumes[1 - volumes.index(stock)].text}
    elif volumes:
        amounts["volume"] = volumes[0].text
    if by_kind["mass"]:
        amounts["mass"] = by_kind["mass"][0].text
    if by_kind["ratio"]:
        amounts["dilution_factor"] = number_in(by_kind["ratio"][0].value)
    return amounts


def _points_at_stock(entity: Entity, clause: Clause) -> bool:
    return bool(
        _FROM.search(clause.request[: entity.start])
        or _STOCK_BEHIND.search(clause.request[entity.end : entity.end + 60])
    )


def _stock(pair: list[Entity], clause: Clause, *, smaller: bool) -> Entity | None:
    """The stock's of two amounts, by words that point at one of them or else by size; None if neither tells."""
    pointed = [entity for entity in pair if _points_at_stock(entity, clause)] if not smaller else []
    if len(pointed) == 1:
        return pointed[0]
    sizes = [_size(entity) for entity in pair]
    if None in sizes or sizes[0] == sizes[1] or sizes[0][0] != sizes[1][0]:  # type: ignore[index]
        return None
    return (min if smaller else max)(pair, key=lambda entity: _size(entity)[1])  # type: ignore[index]


def _size(entity: Entity) -> tuple[Any, float] | None:
    """Dimensions and size; an x-fold stock is compared with another."""
    number = number_in(entity.text.removesuffix(entity.value))
    if isinstance(number, str):
        return None
    if entity.value == "x":
        return "x", float(number)
    readings = unit_readings(entity.value)
    return (readings[0].dimensions, float(number) * float(readings[0].factor)) if readings else None

"""Coefficients that conserve atoms and charge: the exact rational null space of the composition matrix.

A column is a species, a row an element or the charge; products are entered with the opposite sign. All arithmetic is
in whole numbers and fractions, so that a coefficient is exact however large.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

MOST_RAYS = 400
MOST_MIXED = 4_000  # combinations in one step, of which the simplest are kept

Row = list[int]


def null_space(rows: Sequence[Row], columns: int) -> list[list[int]]:
    """A basis of the x with ``rows · x = 0``, each vector in smallest whole numbers (Gauss and Jordan over fractions)."""
    reduced: list[list[Fraction]] = []
    pivots: list[int] = []
    left = [[Fraction(value) for value in row] for row in rows]
    for column in range(columns):
        place = next((number for number, row in enumerate(left) if row[column]), None)
        if place is None:
            continue
        pivot = left.pop(place)
        pivot = [value / pivot[column] for value in pivot]
        left = [_less(row, pivot, row[column]) for row in left]
        reduced = [_less(row, pivot, row[column]) for row in reduced]
        reduced.append(pivot)
        pivots.append(column)
    basis = []
    for free in (column for column in range(columns) if column not in pivots):
        vector = [Fraction(0)] * columns
        vector[free] = Fraction(1)
        for row, pivot_column in zip(reduced, pivots, strict=True):
            vector[pivot_column] = -row[free]
        basis.append(whole(vector))
    return basis


def whole(vector: Sequence[Fraction]) -> list[int]:
    """The smallest whole numbers in the same ratio."""
    scale = lcm(*(value.denominator for value in vector))
    numbers = [int(value * scale) for value in vector]
    divisor = gcd(*numbers) or 1
    return [number // divisor for number in numbers]


def extreme_reactions(rows: Sequence[Row], columns: int) -> list[list[int]] | None:
    """The balanced reactions with no negative coefficient of which every other is a sum: none can be simplified further.

    The extreme rays of the cone ``rows · x = 0, x >= 0``, by the double description method (Motzkin et al. 1953) as
    Schuster and Hilgetag 1994 use it for elementary modes. None where there are too many.
    """
    rays = [[int(number == place) for number in range(columns)] for place in range(columns)]
    for row in rows:
        values = [sum(factor * number for factor, number in zip(row, ray, strict=True)) for ray in rays]
        kept = [ray for ray, value in zip(rays, values, strict=True) if value == 0]
        above = [(ray, value) for ray, value in zip(rays, values, strict=True) if value > 0]
        below = [(ray, -value) for ray, value in zip(rays, values, strict=True) if value < 0]
        if len(kept) + len(above) * len(below) > MOST_MIXED:
            return None
        for ray, value in above:
            for other, against in below:
                mixed = [against * a + value * b for a, b in zip(ray, other, strict=True)]
                divisor = gcd(*mixed)
                kept.append([number // divisor for number in mixed])
        rays = _minimal(kept)
        if len(rays) > MOST_RAYS:
            return None
    return rays


def _less(row: list[Fraction], pivot: list[Fraction], factor: Fraction) -> list[Fraction]:
    return [a - factor * b for a, b in zip(row, pivot, strict=True)] if factor else row


def _minimal(rays: list[list[int]]) -> list[list[int]]:
    """Without the rays whose species include all those of another one."""
    by_support = {frozenset(place for place, number in enumerate(ray) if number): ray for ray in rays}
    supports = list(by_support)
    return [by_support[one] for one in supports if not any(other < one for other in supports)]

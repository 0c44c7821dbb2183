"""Free-Wilson analysis: an activity as the sum of what each substituent adds, by ordinary least squares."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

HYDROGEN = "H"
_NOISE = 11  # digits of the largest activity that mean something in double precision


@dataclass(frozen=True)
class Term:
    """What a substituent at a position adds to the activity, against that position's reference; in the activity's unit."""

    position: str
    substituent: str
    value: float
    standard_error: float | None


@dataclass(frozen=True)
class Fit:
    """``why_not`` says in words why there is no fit; then only ``parameters``, ``rank`` and ``references`` are set.

    ``r_squared`` and standard errors are None where no degree of freedom is left (or the activity is constant).
    """

    parameters: int
    rank: int
    references: dict[str, str]
    why_not: str = ""
    intercept: Term | None = None
    terms: tuple[Term, ...] = ()
    fitted: tuple[float, ...] = ()
    degrees_of_freedom: int = 0
    r_squared: float | None = None
    residual_standard_error: float | None = None


def free_wilson(rows: Sequence[dict[str, str]], activities: Sequence[float]) -> Fit:
    """Fit ``activity = intercept + sum of the substituents' contributions`` (Free and Wilson 1964, Fujita and Ban 1971).

    ``rows`` give the substituent at each position. Reference coding: the most frequent substituent of a position (hydrogen among
    equals, else the first) contributes 0. A design that does not determine every contribution is not solved.
    """
    import numpy as np

    positions = list(rows[0]) if rows else []
    references = {position: _reference([row[position] for row in rows]) for position in positions}
    columns = [
        (position, substituent)
        for position in positions
        for substituent in dict.fromkeys(row[position] for row in rows)
        if substituent != references[position]
    ]
    parameters = 1 + len(columns)
    design = np.array(
        [[1.0] + [float(row[position] == substituent) for position, substituent in columns] for row in rows]
    ).reshape(len(rows), parameters)
    rank = int(np.linalg.matrix_rank(design)) if len(rows) else 0
    if not columns:
        return Fit(parameters, rank, references, why_not="no position varies among the molecules")
    if rank < parameters:
        few = f"{len(rows)} molecules cannot determine {parameters} parameters" if len(rows) < parameters else (
            f"the {parameters} parameters are not independent (rank {rank}): some substituents always occur together"
        )  # fmt: skip
        return Fit(parameters, rank, references, why_not=few)
    measured = np.array(activities, dtype=float)
    solution, *_ = np.linalg.lstsq(design, measured, rcond=None)
    digits = _NOISE - math.ceil(math.log10(max(float(np.abs(measured).max()), 1e-300)))
    solution = np.array([round(float(value), digits) + 0.0 for value in solution])  # 1e-16 is rounding, no contribution
    fitted = np.array([round(float(value), digits) for value in design @ solution])
    residual = float(((measured - fitted) ** 2).sum())
    total = float(((measured - measured.mean()) ** 2).sum())
    free = len(rows) - parameters
    errors: list[float | None] = [None] * parameters
    if free:
        variances = np.diag(np.linalg.inv(design.T @ design)) * residual / free
        errors = [math.sqrt(max(float(variance), 0.0)) for variance in variances]
    terms = [
        Term(position, substituent, float(value), error)
        for (position, substituent), value, error in zip(
            [("intercept", "all references"), *columns], solution, errors, strict=True
        )
    ]
    return Fit(
        parameters, rank, references,
        intercept=terms[0],
        terms=tuple(terms[1:]),
        fitted=tuple(float(value) for value in fitted),
        degrees_of_freedom=free,
        r_squared=1 - residual / total if free and total > 0 else None,
        residual_standard_error=math.sqrt(residual / free) if free else None,
    )  # fmt: skip


def _reference(substituents: Sequence[str]) -> str:
    counts = Counter(substituents)
    most = max(counts.values())
    best = [substituent for substituent in dict.fromkeys(substituents) if counts[substituent] == most]
    return HYDROGEN if HYDROGEN in best else best[0]

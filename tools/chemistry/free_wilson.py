"""Free-Wilson analysis: an activity as the sum of what each substituent adds, by ordinary least squares."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class Prediction:
    """The activity of a row that was not measured, or None and ``why_not`` in words."""

    value: float | None
    why_not: str = ""


def free_wilson(rows: Sequence[dict[str, str]], activities: Sequence[float]) -> Fit:
    """Fit ``activity = intercept + sum of the substituents' contributions`` (Free and Wilson 1964, Fujita and Ban 1971).

    ``rows`` give the substituent at each position. Reference coding: the most frequent substituent of a position (hydrogen among
    equals, else the first) contributes 0. A design that does not determine every contribution is not solved.
    """
    import numpy as np

    references, columns = _parameters(rows)
    parameters = 1 + len(columns)
    design = _design(rows, columns)
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
    digits = _digits(activities)
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


def predictions(
    rows: Sequence[dict[str, str]], activities: Sequence[float], wanted: Sequence[dict[str, str]]
) -> list[Prediction]:
    """The least-squares activity of each of the ``wanted`` rows, where the measured ``rows`` determine it.

    They do where the row is a combination of theirs, even if not every contribution is determined by itself.
    """
    import numpy as np

    _, columns = _parameters(rows)
    design = _design(rows, columns)
    rank = np.linalg.matrix_rank(design)
    solution, *_ = np.linalg.lstsq(design, np.array(activities, dtype=float), rcond=None)
    found = []
    for row in wanted:
        unseen = [
            f"{group} at {position}" for position, group in row.items() if group not in {one[position] for one in rows}
        ]
        if unseen:
            found.append(Prediction(None, f"no measured molecule has {' or '.join(unseen)}"))
            continue
        one = _design([row], columns)
        if np.linalg.matrix_rank(np.vstack([design, one])) > rank:
            found.append(Prediction(None, "its substituents never vary apart from others among the measured molecules"))
            continue
        found.append(Prediction(round(float((one @ solution)[0]), _digits(activities)) + 0.0))
    return found


def _parameters(rows: Sequence[dict[str, str]]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The reference of each position, and the (position, substituent) that have a contribution of their own."""
    positions = list(rows[0]) if rows else []
    references = {position: _reference([row[position] for row in rows]) for position in positions}
    columns = [
        (position, substituent)
        for position in positions
        for substituent in dict.fromkeys(row[position] for row in rows)
        if substituent != references[position]
    ]
    return references, columns


def _design(rows: Sequence[dict[str, str]], columns: Sequence[tuple[str, str]]) -> Any:
    """The matrix of zeros and ones, shape (rows, 1 + columns); the first column is the intercept's."""
    import numpy as np

    return np.array(
        [[1.0] + [float(row[position] == substituent) for position, substituent in columns] for row in rows]
    ).reshape(len(rows), 1 + len(columns))


def _digits(activities: Sequence[float]) -> int:
    """Decimals of an activity that mean something in double precision."""
    return _NOISE - math.ceil(math.log10(max(*map(abs, activities), 1e-300)))


def _reference(substituents: Sequence[str]) -> str:
    counts = Counter(substituents)
    most = max(counts.values())
    best = [substituent for substituent in dict.fromkeys(substituents) if counts[substituent] == most]
    return HYDROGEN if HYDROGEN in best else best[0]

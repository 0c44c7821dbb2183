"""What is said of a fit: estimates with their errors and doubts, the quality of the fit, the plots."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tools.chemistry.curve_models import Array, CurveModel, Parameter
from tools.inputs.quantities import nine_digits
from tools.outputs import Plot, Series, Table, ToolOutput, View

MOST_LISTED = 200
CURVE_POINTS = 201
#: A standard error above this part of its value is said to leave the parameter undetermined.
POOR = 0.5


@dataclass(frozen=True)
class Estimate:
    """One parameter: value, standard error, 95 % confidence interval, unit (empty if none was given) and meaning."""

    name: str
    value: float
    error: float
    low: float
    high: float
    unit: str
    what: str
    is_shape: bool = False


@dataclass(frozen=True)
class Points:
    """The points, the curve at them, and their weights (relative)."""

    x: Array
    y: Array
    fitted: Array
    weights: Array

    @property
    def rss(self) -> float:
        residual = (self.y - self.fitted) * self.weights
        return float(residual @ residual)

    @property
    def r_squared(self) -> float | None:
        """1 − RSS/TSS about the (weighted) mean; None where all y are equal."""
        squares = self.weights**2
        centred = self.y - float(squares @ self.y) / float(squares.sum())
        total = float(squares @ centred**2)
        return 1 - self.rss / total if total > 0 else None


def estimates_of(
    parameters: Sequence[Parameter],
    shape: int,
    values: Array,
    covariance: Array,
    freedom: int,
    units: tuple[str, str],
    logarithmic: frozenset[str],
) -> list[Estimate]:
    """Estimates with intervals from Student's t; on the logarithm of the parameter for those in ``logarithmic``.

    The last ``shape`` parameters are those that bend the curve; ``units`` are those of x and y.
    """
    quantile = student_t(freedom)
    found = []
    for place, one in enumerate(parameters):
        value, error = float(values[place]), math.sqrt(max(float(covariance[place, place]), 0.0))
        low, high = value - quantile * error, value + quantile * error
        if one.name in logarithmic:
            factor = math.exp(min(quantile * error / value, 300.0))
            low, high = value / factor, value * factor
        unit = unit_of(one.x_power, one.y_power, *units)
        bends = place >= len(parameters) - shape
        found.append(Estimate(one.name, value, error, low, high, unit, one.what, bends))
    return found


def student_t(freedom: int) -> float:
    """The two-sided 95 % point of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))


def unit_of(x_power: int, y_power: int, x_unit: str, y_unit: str) -> str:
    """The unit of x^x_power · y^y_power; empty where a unit that it needs was not given."""
    if (x_power and not x_unit) or (y_power and not y_unit):
        return ""
    above = y_unit if y_power else ""
    if x_power == 1:
        return x_unit
    if x_power < 0:
        below = f"({x_unit})" if re.search(r"[/ ·*]", x_unit) else x_unit
        return f"{above or '1'}/{below}{'²' if x_power == -2 else ''}"
    return above


def plus_minus(estimate: Estimate) -> str:
    """``212.7 ± 6.9 mM/s``: the error with two digits, the value to its last one."""
    unit = f" {estimate.unit}" if estimate.unit else ""
    value, error = estimate.value, estimate.error
    if not error or not math.isfinite(error) or abs(value) / error > 1e9:
        return f"{value:.6g}{unit}"
    place = 1 - math.floor(math.log10(error))
    size = math.floor(math.log10(max(abs(value), error)))
    if -4 <= size < 6 and place <= 8:
        return f"{value:.{max(place, 0)}f} ± {error:.{max(place, 0)}f}{unit}"
    power = 10.0**size
    return f"({value / power:.{max(place + size, 0)}f} ± {error / power:.{max(place + size, 0)}f})·10^{size}{unit}"


def doubts(estimates: Sequence[Estimate], points: Points, sum_of: str) -> list[str]:
    """What these points leave open."""
    notes = []
    for one in estimates:
        if one.is_shape and one.value and one.error > POOR * abs(one.value):
            percent = 100 * one.error / abs(one.value)
            notes.append(
                f"{one.name} is hardly determined by these points: its standard error is {percent:.0f} % of it."
            )
        if one.name in ("km", "kd", "k_half", "ec50"):
            positive = points.x[points.x > 0]
            if len(positive) and one.value > positive.max():
                notes.append(f"{one.name} is above the highest x: the plateau is an extrapolation.")
            if len(positive) and one.value < positive.min():
                notes.append(f"{one.name} is below the lowest x above 0: it is an extrapolation.")
    total = float(np.sum(np.abs(points.y)))
    if points.rss <= (1e-12 * total) ** 2:
        notes.append("The curve goes through all points: errors of 0 say that these are no measurements.")
    freedom = len(points.x) - len(estimates)
    if freedom < 3:
        notes.append(f"Only {freedom} degree{'s' * (freedom != 1)} of freedom: the errors are themselves uncertain.")
    if sum_of == "nonlinear":
        notes.append("R² is no measure of fit for a curve that is not linear in its parameters: look at the residuals.")
    return notes


def quality(points: Points, parameters: int, weighted: bool) -> dict[str, Any]:
    """R², residual standard error, degrees of freedom; of the weighted residuals where there are weights."""
    freedom = len(points.x) - parameters
    r_squared = points.r_squared
    key = "weighted_residual_sum_of_squares" if weighted else "residual_sum_of_squares"
    found: dict[str, Any] = {
        "r_squared": None if r_squared is None else round(r_squared, 12),
        "degrees_of_freedom": freedom,
        "points": len(points.x),
        key: nine_digits(points.rss),
    }
    if weighted:
        found["reduced_chi_squared"] = nine_digits(points.rss / freedom)
    else:
        found["residual_standard_error"] = nine_digits(math.sqrt(points.rss / freedom))
    if len(points.x) <= MOST_LISTED:
        found["residuals"] = [float(f"{value:.6g}") for value in points.y - points.fitted]
    return found


def report(
    title: str,
    summary: str,
    data: dict[str, Any],
    estimates: Sequence[Estimate],
    points: Points,
    curve: tuple[Array, Array],
    labels: tuple[str, str],
    notes: Sequence[str],
) -> ToolOutput:
    """The output: data of the estimates beside ``data``, a plot of points and curve, one of the residuals, two tables."""
    x_label, y_label = labels
    units = {one.name: one.unit for one in estimates if one.unit}
    known = {
        **data,
        **{one.name: nine_digits(one.value) for one in estimates},
        "parameters": {one.name: nine_digits(one.value) for one in estimates},
        "standard_errors": {one.name: nine_digits(one.error) for one in estimates},
        "confidence_intervals_95": {one.name: [nine_digits(one.low), nine_digits(one.high)] for one in estimates},
        **({"units": units} if units else {}),
        **quality(points, len(estimates), not np.all(points.weights == points.weights[0])),
    }
    table = Table(
        title=f"Parameters of the {title}",
        columns=("Parameter", "Value", "Standard error", "95 % from", "95 % to", "Unit", "Meaning"),
        rows=tuple(
            (one.name, *(float(f"{n:.6g}") for n in (one.value, one.error, one.low, one.high)), one.unit, one.what)
            for one in estimates
        ),
    )
    views: list[View] = [
        Plot(
            title=f"Points and fitted {title}",
            x_label=x_label,
            y_label=y_label,
            series=(
                Series(name="points", x=tuple(points.x), y=tuple(points.y), style="points"),
                Series(name=title, x=tuple(curve[0]), y=tuple(curve[1]), style="line"),
            ),
        ),
        Plot(
            title="Residuals",
            style="points",
            x_label=x_label,
            y_label=f"residual of {y_label}",
            series=(Series(name="point less curve", x=tuple(points.x), y=tuple(points.y - points.fitted)),),
            caption="A pattern instead of scatter means that the model or the weights do not suit.",
        ),
        table,
    ]
    if len(points.x) <= MOST_LISTED:
        rows = zip(points.x, points.y, points.fitted, points.y - points.fitted, strict=True)
        views.append(
            Table(
                title="Points",
                columns=(x_label, y_label, "Fitted", "Residual"),
                rows=tuple(tuple(float(f"{value:.6g}") for value in row) for row in rows),
            )
        )
    return ToolOutput(summary=summary, data=known, views=tuple(views), notes=tuple(dict.fromkeys(notes)))


def curve_places(x: Array, model: CurveModel | None) -> Array:
    """Where the curve is drawn: evenly, or evenly in the logarithm for concentrations over several decades."""
    low, high = float(x.min()), float(x.max())
    positive = x[x > 0]
    if model and model.from_zero and len(positive) and high / float(positive.min()) > 50:
        return np.unique(np.concatenate([[low], np.geomspace(float(positive.min()), high, CURVE_POINTS)]))
    return np.linspace(low, high, CURVE_POINTS)

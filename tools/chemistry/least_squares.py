"""The least-squares fit of one curve: every promising start is tried, the best minimum is kept, its errors are exact.

Levenberg and Marquardt's method as MINPACK has it, by way of lmfit; derivatives by complex steps (Squire and Trapp
1998), which have no rounding error; standard errors from the curvature at the minimum (Bates and Watts 1988, 2.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from tools.chemistry.curve_models import Array, CurveModel

STARTS_REFINED = 5
#: A parameter this far beyond the starts that were tried runs away to 0 or infinity.
FAR = 8
WORST_CONDITION = 1e10
ROUNDING = 1e-14  # of the largest |y|: what floating-point arithmetic leaves of a 0
UNFELT = 1e-7  # a change of the curve, relative to the largest |y|, that no point shows
_STEP = 1e-30


@dataclass(frozen=True)
class Fit:
    """``values`` and ``covariance`` in the order of the model's parameters, in the units of x and y.

    ``fitted`` is the curve at the points; ``rss`` the (weighted) residual sum of squares. ``determined`` is False where
    the points do not fix all parameters, ``runaway`` names one that the fit drives towards 0 or infinity.
    """

    values: Array
    covariance: Array
    fitted: Array
    rss: float
    determined: bool
    runaway: str = ""


def fit_model(model: CurveModel, x: Array, y: Array, weights: Array) -> Fit | None:
    """Minimise the sum of ``(weights·(y − curve))²``; None where no start converges."""
    x_scale, y_scale = float(np.max(np.abs(x))) or 1.0, float(np.max(np.abs(y))) or 1.0
    weights = weights / np.max(weights)
    scaled_x, scaled_y = x / x_scale, y / y_scale
    if not model.shape:
        found: Array | None = _linear_part(model.columns(scaled_x, np.array([])), scaled_y, weights)
    else:
        with np.errstate(over="ignore", invalid="ignore"):  # starts far from the points, which are left out
            found = _best(model, scaled_x, scaled_y, weights)
    if found is None:
        return None
    jacobian = _derivatives(model, scaled_x, found) * weights[:, None]
    norms = np.linalg.norm(jacobian, axis=0)
    found[: len(model.linear)][np.abs(found)[: len(model.linear)] * norms[: len(model.linear)] < ROUNDING] = 0
    residual = (scaled_y - _curve(model, scaled_x, found)) * weights
    rss = float(residual @ residual)
    rss = 0.0 if rss < len(x) * ROUNDING**2 else rss
    felt = norms.copy()
    felt[len(model.linear) :] *= np.abs(found[len(model.linear) :])
    determined = bool(np.all(felt > UNFELT)) and bool(np.linalg.cond(jacobian / norms) < WORST_CONDITION)
    covariance = np.full((len(found), len(found)), np.inf)
    if determined:
        _, r = np.linalg.qr(jacobian / norms)
        inverse = np.linalg.inv(r) / norms[:, None]
        covariance = inverse @ inverse.T * (rss / (len(x) - len(found)))
    units = np.array([x_scale**one.x_power * y_scale**one.y_power for one in model.parameters])
    return Fit(
        found * units,
        covariance * np.outer(units, units),
        _curve(model, scaled_x, found) * y_scale,
        rss * y_scale**2,
        determined,
        _runaway(model, found),
    )


def curve_at(model: CurveModel, x: Array, values: Array) -> Array:
    """The curve at any x, in the units of the points."""
    return _curve(model, x, values)


def _curve(model: CurveModel, x: Array, values: Array) -> Array:
    linear = len(model.linear)
    return model.columns(x, values[linear:]) @ values[:linear]


def _derivatives(model: CurveModel, x: Array, values: Array) -> Array:
    """d curve / d parameter, one column each."""
    columns = []
    for place, value in enumerate(values):
        step = _STEP * max(abs(value), 1e-12)
        moved = values.astype(complex)
        moved[place] += 1j * step
        columns.append(np.imag(_curve(model, x, moved)) / step)  # type: ignore[arg-type]
    return np.column_stack(columns)


def _linear_part(columns: Array, y: Array, weights: Array) -> Array:
    return np.linalg.lstsq(columns * weights[:, None], y * weights, rcond=None)[0]


def _best(model: CurveModel, x: Array, y: Array, weights: Array) -> Array | None:
    found: list[tuple[float, Array]] = []
    for start in _starts(model, x, y, weights):
        refined = _refined(model, x, y, weights, start)
        if refined is not None:
            residual = (y - _curve(model, x, refined)) * weights
            found.append((float(residual @ residual), refined))
    return min(found, key=lambda one: one[0])[1] if found else None


def _starts(model: CurveModel, x: Array, y: Array, weights: Array) -> list[Array]:
    """Parameters at the best local minima of a search over the shape parameters alone."""
    sizes = tuple(len(axis) for axis in model.starts)
    sums = np.full(sizes, np.inf)
    linear: dict[tuple[int, ...], Array] = {}
    for place in product(*map(range, sizes)):
        shape = np.array([axis[at] for axis, at in zip(model.starts, place, strict=True)])
        columns = model.columns(x, shape)
        if not np.all(np.isfinite(columns)) or not np.any(columns):
            continue
        linear[place] = _linear_part(columns, y, weights)
        residual = (y - columns @ linear[place]) * weights
        sums[place] = residual @ residual
    order = sorted(linear, key=lambda place: sums[place])
    minima = [place for place in order if _is_lowest_around(sums, place)]
    return [
        np.concatenate([linear[place], [axis[at] for axis, at in zip(model.starts, place, strict=True)]])
        for place in minima[:STARTS_REFINED]
    ]


def _is_lowest_around(sums: NDArray[np.float64], place: tuple[int, ...]) -> bool:
    around = tuple(slice(max(at - 1, 0), at + 2) for at in place)
    return bool(sums[place] <= np.min(sums[around]))


def _refined(model: CurveModel, x: Array, y: Array, weights: Array, start: Array) -> Array | None:
    """Where this start leads: a minimum, or far away (``_runaway``); None where the search ends anywhere else.

    Shape parameters move as their logarithms unless they may be negative.
    """
    import lmfit  # a second of import that only this needs

    linear = len(model.linear)
    as_logarithm = not model.signed
    names = [f"p{place}" for place in range(len(start))]
    inner = start.copy()
    if as_logarithm:
        inner[linear:] = np.log(inner[linear:])
    parameters = lmfit.Parameters()
    for name, value in zip(names, inner, strict=True):
        parameters.add(name, value=float(value))

    def outer(varied: lmfit.Parameters) -> Array:
        values = np.array([varied[name].value for name in names])
        if as_logarithm:
            values[linear:] = np.exp(np.clip(values[linear:], -200, 200))
        return values

    def residual(varied: lmfit.Parameters) -> Array:
        return np.nan_to_num((_curve(model, x, outer(varied)) - y) * weights, nan=1e30, posinf=1e30, neginf=-1e30)

    def jacobian(varied: lmfit.Parameters) -> Array:
        values = outer(varied)
        columns = _derivatives(model, x, values) * weights[:, None]
        if as_logarithm:
            columns[:, linear:] *= values[linear:]
        return np.nan_to_num(columns, nan=0.0, posinf=1e30, neginf=-1e30)

    fit = lmfit.Minimizer(residual, parameters, calc_covar=False, max_nfev=4000)
    with np.errstate(all="ignore"):
        result = fit.leastsq(Dfun=jacobian, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    values = outer(result.params)
    # MINPACK's codes 6 to 8: no further progress is possible in floating point, which is a minimum too
    reached = result.success or getattr(result, "ier", 0) in (1, 2, 3, 4, 6, 7, 8)
    return values if np.all(np.isfinite(values)) and (reached or _runaway(model, values)) else None


def _runaway(model: CurveModel, values: Array) -> str:
    for parameter, axis, value in zip(model.shape, model.starts, values[len(model.linear) :], strict=True):
        size = abs(value)
        lowest, highest = np.min(np.abs(axis)), np.max(np.abs(axis))
        if size > highest * FAR or (size < lowest / FAR and not model.signed):
            return parameter.name
    return ""

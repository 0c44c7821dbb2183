"""The curves that ``fit_curve`` knows: equation, parameters and what each is worth in units of x and y.

Each is a sum of columns with linear coefficients, the columns depending on at most two further parameters (Golub and
Pereyra 1973). So a start needs a search over those alone: the coefficients that belong to them are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Parameter:
    """``x_power`` and ``y_power``: its unit is x^x_power · y^y_power. ``what`` says in words what it is."""

    name: str
    what: str
    x_power: int
    y_power: int


@dataclass(frozen=True)
class CurveModel:
    """``columns(x, shape)`` are the columns for x and the values of ``shape``, which are all positive (so their
    logarithms are varied) unless ``signed``; ``starts`` are their values to be tried for x scaled to a largest |x| of 1.
    """

    name: str
    title: str
    equation: str
    linear: tuple[Parameter, ...]
    shape: tuple[Parameter, ...]
    columns: Callable[[Array, Array], Array]
    starts: tuple[Array, ...]
    signed: bool = False
    from_zero: bool = False  # x below 0 has no meaning

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return self.linear + self.shape


def _straight(x: Array, shape: Array) -> Array:
    return np.column_stack([np.ones_like(x), x])


def _proportional(x: Array, shape: Array) -> Array:
    return x[:, None]


def _quadratic(x: Array, shape: Array) -> Array:
    return np.column_stack([np.ones_like(x), x, x * x])


def _saturation(x: Array, shape: Array) -> Array:
    return (x / (shape[0] + x))[:, None]


def _hill(x: Array, shape: Array) -> Array:
    return _logistic(x, shape)[:, None]


def _four_parameters(x: Array, shape: Array) -> Array:
    fraction = _logistic(x, shape)
    return np.column_stack([np.ones_like(fraction), fraction])


def _decay(x: Array, shape: Array) -> Array:
    return np.exp(-shape[0] * x)[:, None]


def _decay_to_plateau(x: Array, shape: Array) -> Array:
    decay = np.exp(-shape[0] * x)
    return np.column_stack([decay, np.ones_like(decay)])


def _rise(x: Array, shape: Array) -> Array:
    return (1 - np.exp(-shape[0] * x))[:, None]


def _logistic(x: Array, shape: Array) -> Array:
    """``x^n / (K^n + x^n)``, written with tanh: no overflow, and defined for complex steps; 0 at x = 0."""
    positive = x > 0
    exponent = shape[1] * (np.log(np.where(positive, x, 1.0)) - np.log(shape[0]))
    return np.where(positive, (1 + np.tanh(exponent / 2)) / 2, 0.0)


_CONCENTRATIONS = np.geomspace(1e-5, 1e3, 49)
_STEEPNESS = np.array([0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 14.0])
_RATES = np.geomspace(1e-3, 1e4, 71)

CURVES = {
    one.name: one
    for one in (
        CurveModel(
            "linear", "straight line", "y = intercept + slope·x",
            (Parameter("intercept", "y at x = 0", 0, 1), Parameter("slope", "slope", -1, 1)), (), _straight, (),
        ),
        CurveModel(
            "proportional", "straight line through the origin", "y = slope·x",
            (Parameter("slope", "slope", -1, 1),), (), _proportional, (),
        ),
        CurveModel(
            "quadratic", "parabola", "y = c0 + c1·x + c2·x²",
            (Parameter("c0", "y at x = 0", 0, 1), Parameter("c1", "slope at x = 0", -1, 1),
             Parameter("c2", "half the curvature", -2, 1)), (), _quadratic, (),
        ),
        CurveModel(
            "michaelis-menten", "Michaelis-Menten curve", "y = vmax·x/(km + x)",
            (Parameter("vmax", "limiting rate Vmax", 0, 1),), (Parameter("km", "Michaelis constant Km", 1, 0),),
            _saturation, (_CONCENTRATIONS,), from_zero=True,
        ),
        CurveModel(
            "binding", "one-site binding curve", "y = bmax·x/(kd + x), x being the free ligand",
            (Parameter("bmax", "capacity Bmax", 0, 1),), (Parameter("kd", "dissociation constant Kd", 1, 0),),
            _saturation, (_CONCENTRATIONS,), from_zero=True,
        ),
        CurveModel(
            "hill", "Hill curve", "y = vmax·x^n/(k_half^n + x^n)",
            (Parameter("vmax", "limiting value", 0, 1),),
            (Parameter("k_half", "x at half of the limiting value", 1, 0), Parameter("n", "Hill coefficient", 0, 0)),
            _hill, (_CONCENTRATIONS, _STEEPNESS), from_zero=True,
        ),
        CurveModel(
            "4pl", "four-parameter logistic", "y = bottom + (top − bottom)/(1 + (ec50/x)^hill)",
            (Parameter("bottom", "lower plateau", 0, 1), Parameter("top", "upper plateau", 0, 1)),
            (Parameter("ec50", "x halfway between the plateaus", 1, 0), Parameter("hill", "Hill slope", 0, 0)),
            _four_parameters, (_CONCENTRATIONS, _STEEPNESS), from_zero=True,
        ),
        CurveModel(
            "exponential decay", "exponential decay to 0 (first order)", "y = y0·exp(−k·x)",
            (Parameter("y0", "y at x = 0", 0, 1),), (Parameter("k", "rate constant", -1, 0),),
            _decay, (np.concatenate([-np.geomspace(50, 1e-3, 25), _RATES]),), signed=True,
        ),
        CurveModel(
            "exponential decay to plateau", "exponential decay to a plateau", "y = plateau + span·exp(−k·x)",
            (Parameter("span", "y at x = 0 less the plateau", 0, 1), Parameter("plateau", "y at x → ∞", 0, 1)),
            (Parameter("k", "rate constant", -1, 0),), _decay_to_plateau, (_RATES,),
        ),
        CurveModel(
            "exponential rise", "exponential rise from 0 (first order)", "y = plateau·(1 − exp(−k·x))",
            (Parameter("plateau", "y at x → ∞", 0, 1),), (Parameter("k", "rate constant", -1, 0),), _rise, (_RATES,),
        ),
    )
}  # fmt: skip

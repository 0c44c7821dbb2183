"""Fit a curve to points, with errors that mean something: ``fit_curve``."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from errors import ToolInputError, shown
from tools.chemistry.curve_models import CURVES, Array, CurveModel, Parameter
from tools.chemistry.fit_report import (
    Estimate,
    Points,
    curve_places,
    doubts,
    estimates_of,
    plus_minus,
    report,
)
from tools.chemistry.least_squares import Fit, curve_at, fit_model
from tools.inputs.number_lists import Numbers, parse_numbers
from tools.inputs.quantities import nine_digits
from tools.outputs import ToolOutput
from tools.registry import tool

GAS_CONSTANT = 8.314462618  # J/(mol K), exact in the SI of 2019; CODATA 2018
ZERO_CELSIUS_K = 273.15
#: Below this, temperatures without a unit could be in °C: they are refused.
COLDEST_UNSAID_K = 200.0
LARGEST_LOG10 = 100
MODELS = (*CURVES, "arrhenius")
_ALIASES = {
    "line": "linear", "straight line": "linear", "linear regression": "linear", "lin": "linear", "linear fit": "linear",
    "least squares": "linear", "calibration": "linear", "through origin": "proportional",
    "linear through origin": "proportional", "beer lambert": "proportional", "mm": "michaelis-menten",
    "michaelis": "michaelis-menten", "enzyme": "michaelis-menten", "one site binding": "binding", "langmuir": "binding",
    "four parameter logistic": "4pl", "4 parameter logistic": "4pl", "dose response": "4pl", "sigmoid": "4pl",
    "sigmoidal": "4pl", "logistic": "4pl", "4 pl": "4pl", "fourpl": "4pl", "four pl": "4pl", "ic50": "4pl",
    "ec50": "4pl", "hill equation": "hill", "parabola": "quadratic", "exponential": "exponential decay",
    "first order": "exponential decay", "first order decay": "exponential decay", "decay": "exponential decay",
    "exp decay": "exponential decay", "one phase decay": "exponential decay to plateau",
    "exponential decay with plateau": "exponential decay to plateau", "one phase association": "exponential rise",
    "exponential association": "exponential rise", "arrhenius equation": "arrhenius",
}  # fmt: skip
_ARRHENIUS = (
    Parameter("ln_a", "logarithm of the pre-exponential factor, in the unit of y", 0, 0),
    Parameter("ea_kj_per_mol", "activation energy", 0, 0),
)
ModelName = Annotated[
    str, Field(description="The curve: " + ", ".join(MODELS), json_schema_extra={"enum": list(MODELS)})
]


@tool(
    group="formula and lab",
    libraries=("lmfit", "scipy", "numpy"),
    asks=(
        "fit", "fitting", "curve fit", "regression", "linear regression", "slope", "intercept", "Michaelis-Menten", "Km",
        "Vmax", "dose response", "IC50", "EC50", "Hill", "4PL", "Arrhenius", "activation energy", "calibration curve",
        "least squares", "rate constant", "half-life", "standard error", "R squared",
    ),
    time_limit_s=30,
)  # fmt: skip
def fit_curve(
    x: Numbers,
    y: Numbers,
    model: ModelName,
    sigma: Numbers | None = None,
    x_unit: str = "",
    y_unit: str = "",
    x_is_log10: bool = False,
) -> ToolOutput:
    """Fit a curve to points by least squares: linear, Michaelis-Menten (Km, Vmax), Hill, 4PL dose-response (EC50), Arrhenius
    (activation energy), exponential decay; parameters with standard errors and 95 % confidence intervals.

    ``sigma``: standard deviations of the y; ``x_is_log10``: the x of a 4PL are log10 of concentrations. Temperatures of
    Arrhenius are in kelvin, or in °C with ``x_unit`` "°C". Raises ``ToolInputError`` for too few points, values that are
    no numbers, and where the points do not determine the curve.
    """
    name = _model_name(model)
    xs, ys = np.array(parse_numbers(x, "x")), np.array(parse_numbers(y, "y"))
    if len(xs) != len(ys):
        raise ToolInputError(f"x has {len(xs)} values but y has {len(ys)}", "y", "give one y for each x")
    sigmas = None if sigma is None else _sigmas(sigma, len(xs))
    units = (_unit(x_unit, "x_unit"), _unit(y_unit, "y_unit"))
    if x_is_log10 and name != "4pl":
        raise ToolInputError(f"x_is_log10 has no meaning for {name}", "x_is_log10", "give x itself, or choose 4pl")
    if name == "arrhenius":
        return _arrhenius(xs, ys, sigmas, *units)
    curve = CURVES[name]
    concentrations = _powers(xs) if x_is_log10 else xs
    _refuse_points(concentrations, ys, len(curve.parameters), curve.title)
    _refuse_for(curve, concentrations, ys)
    weights = np.ones(len(xs)) if sigmas is None else 1 / sigmas
    fit = _settled(curve, fit_model(curve, concentrations, ys, weights))
    values, covariance = _plateaus(fit) if name == "4pl" else (fit.values, fit.covariance)
    freedom = len(xs) - len(values)
    logarithmic = frozenset(["ec50"])
    estimates = estimates_of(curve.parameters, len(curve.shape), values, covariance, freedom, units, logarithmic)
    points = Points(concentrations, ys, fit.fitted, weights)
    kind = "nonlinear" if curve.shape else "linear"
    notes = [
        f"{curve.title[:1].upper()}{curve.title[1:]}: {curve.equation}.",
        *_conventions(curve, values, x_is_log10),
        *_weighting(sigmas),
        *doubts(estimates, points, kind),
    ]
    data: dict[str, Any] = {"model": name, "equation": curve.equation, **_derived(curve, estimates)}
    places = curve_places(concentrations, curve)
    drawn = (places, curve_at(curve, places, fit.values))
    labels = (_label("x", units[0]), _label("y", units[1]))
    if name == "4pl":
        points, drawn, labels = _on_log_axis(points, drawn, units)
    return report(curve.title, _summary(curve.title, estimates, points), data, estimates, points, drawn, labels, notes)


def _model_name(text: str) -> str:
    plain = " ".join(re.sub(r"[-–—_/]", " ", text.strip().lower()).split())
    plain = re.sub(r" (?:model|kinetics|fit|curve)$", "", plain)
    found = {one.replace("-", " "): one for one in MODELS}.get(plain) or _ALIASES.get(plain)
    if not found:
        raise ToolInputError(
            f"{shown(text)} is no model that is known here", "model", f"choose of: {', '.join(MODELS)}"
        )
    return found


def _unit(text: str, where: str) -> str:
    if len(text) > 40 or not text.isprintable():
        raise ToolInputError(f"{shown(text)} is no unit", where, "give a short text such as mM or 1/s")
    return text.strip()


def _label(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


def _sigmas(sigma: Any, count: int) -> Array:
    values = np.array(parse_numbers(sigma, "sigma"))
    if len(values) != count:
        raise ToolInputError(f"sigma has {len(values)} values for {count} points", "sigma", "give one for each point")
    if np.any(values <= 0):
        place = int(np.argmax(values <= 0))
        raise ToolInputError(
            f"'{values[place]:g}' is no standard deviation", f"sigma, value {place + 1}", "give numbers above 0"
        )
    return values


def _weighting(sigmas: Array | None) -> list[str]:
    if sigmas is None:
        return ["All points have equal weight; standard errors come from the scatter about the curve."]
    return [
        "Points are weighted by 1/sigma². Only the ratios of the sigmas count: standard errors are scaled by the scatter "
        "found (divide them by the root of reduced_chi_squared where the sigmas are absolute)."
    ]


def _powers(x: Array) -> Array:
    if np.any(np.abs(x) > LARGEST_LOG10):
        place = int(np.argmax(np.abs(x) > LARGEST_LOG10))
        raise ToolInputError(
            f"'{x[place]:g}' is no log10 of a concentration", f"x, value {place + 1}", "set x_is_log10 to false"
        )
    return 10.0**x


def _refuse_points(x: Array, y: Array, parameters: int, title: str) -> None:
    if len(x) <= parameters:
        raise ToolInputError(
            f"{len(x)} point{'s' * (len(x) != 1)} cannot fix the {parameters} parameters of the {title} and their errors",
            "x", f"give at least {parameters + 1} points",
        )  # fmt: skip
    if (different := len(np.unique(x))) < parameters:
        raise ToolInputError(
            f"The x have only {different} different value{'s' * (different != 1)} for the {parameters} parameters of the "
            f"{title}", "x", f"give points at {parameters} or more different x",
        )  # fmt: skip


def _refuse_for(curve: CurveModel, x: Array, y: Array) -> None:
    if curve.from_zero and np.any(x < 0):
        place = int(np.argmax(x < 0))
        hint = "give concentrations, or set x_is_log10 for logarithms" if curve.name == "4pl" else "give x of 0 or more"
        raise ToolInputError(
            f"'{x[place]:g}' is below 0, where the {curve.title} has no meaning", f"x, value {place + 1}", hint
        )
    if curve.shape and np.all(y == y[0]):
        raise ToolInputError(
            f"All y are {y[0]:g}, which determines no {curve.title}",
            "y",
            "give points that differ, or fit a straight line",
        )


def _settled(curve: CurveModel, fit: Fit | None) -> Fit:
    """The fit, or a refusal in words where it has no answer."""
    if fit is None:
        raise ToolInputError(
            f"The fit of the {curve.title} did not converge from any start", "y",
            "check the points, or choose another model",
        )  # fmt: skip
    if fit.runaway or not fit.determined:
        what = f" ({fit.runaway} runs away to 0 or infinity)" if fit.runaway else ""
        raise ToolInputError(
            f"These points do not determine the parameters of the {curve.title}{what}", "x",
            "add points where the curve bends and levels off, or choose a model with fewer parameters",
        )  # fmt: skip
    return fit


def _plateaus(fit: Fit) -> tuple[Array, Array]:
    """From (start, span, ec50, slope) to (bottom, top, ec50, hill), hill being negative where the curve falls."""
    rising = fit.values[1] >= 0
    to_bottom, to_top = ([1, 0, 0, 0], [1, 1, 0, 0]) if rising else ([1, 1, 0, 0], [1, 0, 0, 0])
    change = np.array([to_bottom, to_top, [0, 0, 1, 0], [0, 0, 0, 1 if rising else -1]], dtype=float)
    return change @ fit.values, change @ fit.covariance @ change.T


def _conventions(curve: CurveModel, values: Array, x_is_log10: bool) -> list[str]:
    if curve.name == "4pl":
        falling = values[3] < 0
        read = "as log10 of concentrations, and ec50 is given as a concentration" if x_is_log10 else "as concentrations"
        return [
            f"x was read {read}; the Hill slope is {'negative: the curve falls, and ec50 is the (relative) IC50' if falling else 'positive: the curve rises'}.",
            "The interval of ec50 is symmetric in its logarithm.",
        ]
    if curve.name in ("michaelis-menten", "hill", "binding"):
        return ["Fitted as it is, not through a linearized plot such as Lineweaver and Burk's."]
    if curve.name == "exponential decay" and values[1] < 0:
        return ["k is negative: the curve grows."]
    if curve.name == "proportional":
        return ["R² is about the mean of y, so that it can be negative where a line through 0 does not suit."]
    return []


def _derived(curve: CurveModel, estimates: list[Estimate]) -> dict[str, Any]:
    by_name = {one.name: one for one in estimates}
    if curve.name == "4pl":
        ec50 = by_name["ec50"]
        return {
            "log10_ec50": nine_digits(math.log10(ec50.value)),
            "log10_ec50_standard_error": nine_digits(ec50.error / ec50.value / math.log(10)),
        }
    if "k" in by_name and by_name["k"].value > 0:
        return {"half_life": nine_digits(math.log(2) / by_name["k"].value)}
    return {}


def _on_log_axis(
    points: Points, drawn: tuple[Array, Array], units: tuple[str, str]
) -> tuple[Points, tuple[Array, Array], tuple[str, str]]:
    """Points and curve over log10 of x; a point at 0 has no place there and is drawn one decade below the lowest."""
    lowest = float(points.x[points.x > 0].min()) / 10
    label = f"log10 of x{f' ({units[0]})' if units[0] else ''}"
    label += ", x = 0 drawn one decade below the lowest" if np.any(points.x == 0) else ""
    on_axis = Points(np.log10(np.maximum(points.x, lowest)), points.y, points.fitted, points.weights)
    return on_axis, (np.log10(np.maximum(drawn[0], lowest)), drawn[1]), (label, _label("y", units[1]))


def _summary(title: str, estimates: list[Estimate], points: Points) -> str:
    fitted = ", ".join(f"{'Ea' if one.name == 'ea_kj_per_mol' else one.name} = {plus_minus(one)}" for one in estimates)
    r_squared = points.r_squared
    quality = "" if r_squared is None else f", R² {r_squared:.4f}" if r_squared < 0.9999 else f", R² {r_squared:.7f}"
    return f"Fit of the {title} to {len(points.x)} points: {fitted} (± standard error){quality}."


def _arrhenius(x: Array, y: Array, sigmas: Array | None, x_unit: str, y_unit: str) -> ToolOutput:
    """ln k on 1/T, a straight line: the errors of k are taken as relative."""
    kelvin, read = _temperatures(x, x_unit)
    title = "Arrhenius equation"
    _refuse_points(kelvin, y, 2, title)
    if np.any(y <= 0):
        place = int(np.argmax(y <= 0))
        raise ToolInputError(
            f"'{y[place]:g}' is no rate constant: it must be above 0", f"y, value {place + 1}", "give k, not ln k"
        )
    # 1000/R·T, centred by the fit's own scaling: the slope is −Ea in kJ/mol
    inverse = 1000 / (GAS_CONSTANT * kelvin)
    weights = np.ones(len(x)) if sigmas is None else y / sigmas
    line = CURVES["linear"]
    fit = _settled(line, fit_model(line, inverse, np.log(y), weights))
    change = np.array([[1.0, 0.0], [0.0, -1.0]])
    estimates = estimates_of(
        _ARRHENIUS, 0, change @ fit.values, change @ fit.covariance @ change.T, len(x) - 2, ("", ""), frozenset()
    )
    energy = Estimate(**{**estimates[1].__dict__, "unit": "kJ/mol"})
    estimates = [estimates[0], energy]
    ln_a = estimates[0]
    data: dict[str, Any] = {"model": "arrhenius", "equation": "k = A·exp(−Ea/(R·T))"}
    if abs(ln_a.value) < 600:
        data["a"] = nine_digits(math.exp(ln_a.value))
        data["a_interval_95"] = [nine_digits(math.exp(max(ln_a.low, -690))), nine_digits(math.exp(min(ln_a.high, 690)))]
    if y_unit:
        data["a_unit"] = y_unit
    places = np.linspace(float((1000 / kelvin).min()), float((1000 / kelvin).max()), 51)
    drawn = (places, fit.values[0] + fit.values[1] * places / GAS_CONSTANT)
    points = Points(1000 / kelvin, np.log(y), fit.fitted, weights)
    notes = [
        "Arrhenius: k = A·exp(−Ea/(R·T)), fitted as the straight line of ln k over 1/T, which gives equal weight to "
        "equal relative errors of k; a fit of k itself would weigh the highest temperatures most.",
        read,
        f"R = {GAS_CONSTANT} J/(mol·K); A has the unit of y; R² and residuals are of ln k.",
        *_weighting(sigmas),
        *doubts(estimates, points, "linear"),
    ]
    if energy.value < 0:
        notes.append("The activation energy is negative: k falls as the temperature rises.")
    summary = _summary(title, [energy], points)
    if "a" in data:
        summary = summary.replace(
            " (± standard error)", f" (± standard error), A = {data['a']:.3g}{f' {y_unit}' if y_unit else ''}"
        )
    return report(title, summary, data, estimates, points, drawn, ("1000/T (1/K)", "ln k"), notes)


def _temperatures(x: Array, unit: str) -> tuple[Array, str]:
    """In kelvin; without a unit only where they cannot be meant in °C."""
    plain = unit.strip().lower().replace(" ", "").replace("degrees", "deg")
    celsius = plain in ("°c", "c", "degc", "celsius", "degcelsius", "℃", "ºc")
    if plain and not celsius and plain not in ("k", "kelvin", "degk"):
        raise ToolInputError(f"{shown(unit)} is no unit of temperature here", "x_unit", "give K or °C")
    kelvin = x + ZERO_CELSIUS_K if celsius else x
    if np.any(kelvin <= 0):
        place = int(np.argmax(kelvin <= 0))
        raise ToolInputError(
            f"'{x[place]:g}{' °C' if celsius else ' K'}' is not above absolute zero", f"x, value {place + 1}",
            "give temperatures in kelvin, or set x_unit to °C",
        )  # fmt: skip
    if not plain and np.any(x < COLDEST_UNSAID_K):
        place = int(np.argmax(x < COLDEST_UNSAID_K))
        raise ToolInputError(
            f"'{x[place]:g}' as a temperature could be in °C", f"x, value {place + 1}", "set x_unit to K or °C"
        )
    read = "x was read as temperatures in °C." if celsius else "x was read as temperatures in kelvin."
    return kelvin, read

"""``fit_curve``: certified results of the NIST, published fits, and scipy as an independent program."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import curve_fit

from errors import ToolInputError
from tools.chemistry.fitting import fit_curve

# NIST StRD, linear regression, Norris (y, x)
NORRIS = np.fromstring(
    """0.1 0.2 338.8 337.4 118.1 118.2 888.0 884.6 9.2 10.1 228.1 226.5 668.5 666.3 998.5 996.3 449.1 448.6 778.9 777.0
    559.2 558.2 0.3 0.4 0.1 0.6 778.1 775.5 668.8 666.9 339.3 338.0 448.9 447.5 10.8 11.6 557.7 556.0 228.3 228.1
    998.0 995.8 888.8 887.6 119.6 120.2 0.3 0.3 0.6 0.3 557.6 556.8 339.3 339.1 888.0 887.2 998.5 999.0 778.9 779.0
    10.2 11.1 117.6 118.3 228.9 229.2 668.4 669.1 449.2 448.9 0.2 0.5""", sep=" "
)  # fmt: skip
# NIST StRD, nonlinear regression, Misra1a and BoxBOD, both y = b1·(1 − exp(−b2·x))
MISRA_X = [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0]
MISRA_Y = [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78]
# Bates and Watts 1988, table A1.3: puromycin, treated and untreated cells
PUROMYCIN_X = [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10]
TREATED = [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200]
UNTREATED = [67, 51, 84, 86, 98, 115, 131, 124, 144, 158, 160]
# R, datasets::DNase, run 1 (Davidian and Giltinan 1995)
DNASE_X = np.repeat([0.04882812, 0.1953125, 0.390625, 0.78125, 1.5625, 3.125, 6.25, 12.5], 2).tolist()
DNASE_Y = [
    0.017,
    0.018,
    0.121,
    0.124,
    0.206,
    0.215,
    0.377,
    0.374,
    0.614,
    0.609,
    1.019,
    1.001,
    1.334,
    1.364,
    1.730,
    1.710,
]
# Atkins, Physical Chemistry: decomposition of acetaldehyde, k in L/(mol s)
ALDEHYDE_T = [700, 730, 760, 790, 810, 840, 910, 1000]
ALDEHYDE_K = [0.011, 0.035, 0.105, 0.343, 0.789, 2.17, 20.0, 145]


def test_norris_as_the_nist_certifies_it():
    data = fit_curve(NORRIS[1::2].tolist(), NORRIS[0::2].tolist(), "linear").data
    assert data["slope"] == pytest.approx(1.00211681802045, rel=1e-8)
    assert data["intercept"] == pytest.approx(-0.262323073774029, rel=1e-8)
    assert data["standard_errors"]["slope"] == pytest.approx(0.429796848199937e-3, rel=1e-8)
    assert data["standard_errors"]["intercept"] == pytest.approx(0.232818234301152, rel=1e-8)
    assert data["residual_standard_error"] == pytest.approx(0.884796396144373, rel=1e-8)
    assert data["r_squared"] == pytest.approx(0.999993745883712, abs=1e-12)
    assert data["degrees_of_freedom"] == 34


@pytest.mark.parametrize(
    ("x", "y", "plateau", "plateau_error", "k", "k_error", "rss"),
    [
        (MISRA_X, MISRA_Y, 2.3894212918e2, 2.7070075241, 5.5015643181e-4, 7.2668688436e-6, 1.2455138894e-1),
        ([1, 2, 3, 5, 7, 10], [109, 149, 149, 191, 213, 224], 2.1380940889e2, 1.2354515176e1, 5.4723748542e-1,
         1.0455993237e-1, 1.1680088766e3),
    ],
)  # fmt: skip
def test_misra1a_and_boxbod_as_the_nist_certifies_them(x, y, plateau, plateau_error, k, k_error, rss):
    data = fit_curve(x, y, "exponential rise").data
    assert data["plateau"] == pytest.approx(plateau, rel=1e-8)
    assert data["k"] == pytest.approx(k, rel=1e-8)
    assert data["standard_errors"]["plateau"] == pytest.approx(plateau_error, rel=1e-7)
    assert data["standard_errors"]["k"] == pytest.approx(k_error, rel=1e-7)
    assert data["residual_sum_of_squares"] == pytest.approx(rss, rel=1e-8)


@pytest.mark.parametrize(
    ("y", "vmax", "vmax_error", "km", "km_error", "scatter"),
    [(TREATED, 212.7, 6.947, 0.06412, 0.008281, 10.93), (UNTREATED, 160.3, 6.480, 0.04771, 0.007782, 9.773)],
)
def test_puromycin_as_bates_and_watts_and_r_fit_it(y, vmax, vmax_error, km, km_error, scatter):
    output = fit_curve(PUROMYCIN_X[: len(y)], y, "Michaelis-Menten", x_unit="ppm", y_unit="counts/min²")
    data = output.data
    assert data["vmax"] == pytest.approx(vmax, abs=0.05)
    assert data["km"] == pytest.approx(km, abs=5e-6)
    assert data["standard_errors"]["vmax"] == pytest.approx(vmax_error, abs=5e-4)
    assert data["standard_errors"]["km"] == pytest.approx(km_error, abs=5e-7)
    assert data["residual_standard_error"] == pytest.approx(scatter, abs=5e-3)
    assert data["units"] == {"vmax": "counts/min²", "km": "ppm"}


def test_the_confidence_interval_is_students():
    data = fit_curve(PUROMYCIN_X, TREATED, "mm").data
    low, high = data["confidence_intervals_95"]["vmax"]  # t(0.975; 10) = 2.228, Abramowitz and Stegun table 26.10
    assert (high - low) / 2 == pytest.approx(2.228 * 6.947, rel=3e-4)


def test_dnase_as_r_fits_it_with_sslogis_and_ssfpl():
    hill = fit_curve(DNASE_X, DNASE_Y, "hill").data
    # Asym 2.34518 (0.07815), xmid 1.48309 (0.08135), scal 1.04146 (0.03227): K = exp(xmid), n = 1/scal
    assert hill["vmax"] == pytest.approx(2.34518, abs=1e-5)
    assert np.log(hill["k_half"]) == pytest.approx(1.48309, abs=1e-5)
    assert 1 / hill["n"] == pytest.approx(1.04146, abs=1e-5)
    assert hill["standard_errors"]["k_half"] / hill["k_half"] == pytest.approx(0.08135, abs=1e-5)
    logistic = fit_curve(DNASE_X, DNASE_Y, "4PL").data
    # A −0.007897 (0.017200), B 2.377239 (0.109516), xmid 1.507403 (0.102080), scal 1.062579 (0.056996)
    assert logistic["bottom"] == pytest.approx(-0.007897, abs=1e-6)
    assert logistic["top"] == pytest.approx(2.377239, abs=1e-6)
    assert np.log(logistic["ec50"]) == pytest.approx(1.507403, abs=1e-6)
    assert 1 / logistic["hill"] == pytest.approx(1.062579, abs=1e-6)
    assert logistic["standard_errors"]["top"] == pytest.approx(0.109516, abs=1e-6)
    assert logistic["residual_standard_error"] == pytest.approx(0.01981, abs=1e-5)


def test_arrhenius_as_atkins_has_it():
    output = fit_curve(ALDEHYDE_T, ALDEHYDE_K, "Arrhenius", y_unit="L/(mol·s)")
    assert output.data["ea_kj_per_mol"] == pytest.approx(188, abs=0.5)
    assert output.data["ln_a"] == pytest.approx(27.7, abs=0.05)
    assert output.data["a"] == pytest.approx(1.1e12, rel=0.03)
    assert any("in kelvin" in note for note in output.notes)
    celsius = fit_curve([t - 273.15 for t in ALDEHYDE_T], ALDEHYDE_K, "arrhenius", x_unit="°C")
    assert celsius.data["ea_kj_per_mol"] == pytest.approx(output.data["ea_kj_per_mol"], rel=1e-9)


def test_scipy_finds_the_same_decay_and_its_errors():
    x, y = [0, 1, 2, 3, 4, 5, 8], [10.2, 6.4, 4.1, 2.9, 2.0, 1.6, 1.1]
    values, covariance = curve_fit(lambda x, a, c, k: c + a * np.exp(-k * x), x, y, p0=(9, 1, 0.5))
    data = fit_curve(x, y, "exponential decay to plateau").data
    assert [data["span"], data["plateau"], data["k"]] == pytest.approx(values, rel=1e-6)
    assert list(data["standard_errors"].values()) == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-4)
    assert data["half_life"] == pytest.approx(np.log(2) / values[2], rel=1e-6)


def test_weights_are_those_of_scipy():
    x, y, sigma = [1, 2, 3, 4, 5], [2.1, 3.9, 6.2, 7.8, 10.3], [0.1, 0.1, 0.3, 0.3, 1.0]
    values, covariance = curve_fit(lambda x, a, b: a + b * x, x, y, sigma=sigma)
    data = fit_curve(x, y, "linear", sigma=sigma).data
    assert [data["intercept"], data["slope"]] == pytest.approx(values, rel=1e-6)
    assert list(data["standard_errors"].values()) == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-5)


@pytest.mark.parametrize("hill", [-3.0, -1.0, 0.6, 1.0, 2.5])
@pytest.mark.parametrize("ec50", [3e-9, 0.2, 70.0])
def test_a_dose_response_is_found_again_whatever_its_scale(hill, ec50):
    x = ec50 * np.geomspace(0.003, 300, 12)
    y = 5 + 90 / (1 + (ec50 / x) ** hill)
    data = fit_curve(x.tolist(), y.tolist(), "4pl").data
    assert data["ec50"] == pytest.approx(ec50, rel=1e-6)
    assert data["hill"] == pytest.approx(hill, rel=1e-6)
    assert (data["bottom"], data["top"]) == (pytest.approx(5, abs=1e-5), pytest.approx(95, abs=1e-5))
    logs = fit_curve(np.log10(x).tolist(), y.tolist(), "4pl", x_is_log10=True).data
    assert logs["log10_ec50"] == pytest.approx(np.log10(ec50), abs=1e-6)


def test_a_falling_curve_gives_an_ic50_and_a_dose_of_0_is_a_point():
    output = fit_curve([0, 0.001, 0.01, 0.1, 1, 10, 100], [98, 99, 97, 80, 40, 8, 3], "dose-response")
    assert output.data["hill"] < 0 and output.data["top"] > output.data["bottom"]
    assert any("IC50" in note for note in output.notes)


def test_straight_lines_of_all_kinds():
    assert fit_curve([1, 2, 3, 4], [2, 4, 6, 8], "proportional").data["slope"] == pytest.approx(2)
    data = fit_curve("0, 1, 2, 3, 4", "1 2 5 10 17", "quadratic").data
    assert (data["c0"], data["c1"], data["c2"]) == (pytest.approx(1), pytest.approx(0, abs=1e-12), pytest.approx(1))
    flat = fit_curve([1, 2, 3], [2, 2, 2], "linear").data
    assert flat["slope"] == 0 and flat["intercept"] == 2 and flat["r_squared"] is None


def test_the_views_are_points_with_their_curve_residuals_and_tables():
    plot, residuals, *tables = fit_curve(PUROMYCIN_X, TREATED, "mm").views
    assert [series.style for series in plot.series] == ["points", "line"]
    assert len(plot.series[0].x) == 12 and len(plot.series[1].x) > 100
    assert sum(residuals.series[0].y) == pytest.approx(0, abs=30)
    assert tables[0].rows[1][0] == "km"


@pytest.mark.parametrize(
    ("x", "y", "model", "says"),
    [
        ([1, 2], [1, 2], "linear", "2 points cannot fix the 2 parameters"),
        ([1, 2, 3, 4], [1, 2, 3, 4], "4pl", "4 points cannot fix the 4 parameters"),
        ([1, 2, 3], [1, 2], "linear", "x has 3 values but y has 2"),
        ([1, 1, 1], [1, 2, 3], "linear", "only 1 different value"),
        ([1, 1, 2, 2, 3, 3], [1, 1, 2, 2, 3, 3], "4pl", "only 3 different values"),
        ([1, 2, float("nan")], [1, 2, 3], "linear", "nan"),
        ([1, 2, float("inf")], [1, 2, 3], "linear", "inf"),
        (["1", "2", "three"], [1, 2, 3], "linear", "x, value 3"),
        ([], [], "linear", "no numbers"),
        ([1, 2, 3], [1, 2, 3], "spline", "no model that is known"),
        ([1, 2, 3, 4], [5, 5, 5, 5], "mm", "All y are 5"),
        ([1, 2, 3, 4, 5], [2, 4, 6, 8, 10], "mm", "km runs away"),  # no saturation in sight
        ([0.001, 0.01, 0.1, 1, 10, 100], [0, 0, 0, 100, 100, 100], "4pl", "do not determine"),  # a step has no slope
        ([-1, 1, 2], [1, 2, 3], "mm", "below 0"),
        ([-9, -8, -7, -6, -5], [1, 2, 50, 98, 99], "4pl", "x_is_log10"),
        ([25, 35, 45], [1, 2, 3], "arrhenius", "could be in °C"),
        ([-300, 300, 310], [1, 2, 3], "arrhenius", "absolute zero"),
        ([300, 310, 320], [1, 0, 3], "arrhenius", "no rate constant"),
        ("1,5 2,5 3,5", "1 2 3", "linear", "decimal marks"),
    ],
)  # fmt: skip
def test_what_has_no_fit_is_one_sentence(x, y, model, says):
    with pytest.raises(ToolInputError, match=says) as raised:
        fit_curve(x, y, model)
    assert "\n" not in str(raised.value)


def test_sigma_must_be_positive_and_as_many():
    with pytest.raises(ToolInputError, match="sigma, value 2"):
        fit_curve([1, 2, 3], [1, 2, 3], "linear", sigma=[1, 0, 1])
    with pytest.raises(ToolInputError, match="2 values for 3 points"):
        fit_curve([1, 2, 3], [1, 2, 3], "linear", sigma=[1, 1])


def test_a_parameter_that_the_points_hardly_determine_is_named():
    rng = np.random.default_rng(1)
    x = np.linspace(0.05, 0.5, 8)
    y = 10 * x / (1 + x) + rng.normal(0, 0.1, 8)
    notes = " ".join(fit_curve(x.tolist(), y.tolist(), "mm").notes)
    assert "km is above the highest x" in notes or "hardly determined" in notes

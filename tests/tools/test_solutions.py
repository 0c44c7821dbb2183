"""``prepare_solution``: recipes of textbooks and laboratory manuals, and what must not be mixed."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.solutions import prepare_solution


@pytest.mark.parametrize(
    ("compound", "concentration", "volume", "grams"),
    [
        ("NaCl", "1 M", "1 L", 58.44),  # Harris, Quantitative Chemical Analysis, 1-3
        ("NaCl", "0.1 M", "250 mL", 1.461),
        ("sodium chloride", "5 M", "1 L", 292.2),  # Sambrook and Russell, Molecular Cloning, A1
        ("EDTA disodium dihydrate", "0.5 M", "1 L", 186.1),  # Sambrook and Russell
        ("Tris base", "1 M", "1 L", 121.1),  # Sambrook and Russell
        ("MgCl2.6H2O", "1 M", "1 L", 203.3),  # Sambrook and Russell
        ("CaCl2·2H2O", "1 M", "1 L", 147.0),
        ("KCl", "1 M", "1 L", 74.55),
        ("DTT", "1 M", "20 mL", 3.085),  # Sambrook and Russell: 3.09 g in 20 mL
        ("ammonium acetate", "10 M", "1 L", 770.8),  # Sambrook and Russell
        ("CuSO4.5H2O", "0.100 M", "500 mL", 12.48),  # Harris: 249.69 g/mol
        ("K2Cr2O7", "0.02 M", "250 mL", 1.471),
        ("glucose", "5 % w/v", "1 L", 50.0),
        ("agarose", "1 % (w/v)", "100 mL", 1.0),
        ("SDS", "10 % w/v", "1 L", 100.0),
        ("BSA", "10 mg/mL", "50 mL", 0.5),
        ("ampicillin", "50 mg/mL", "10 mL", 0.5),
        ("NaOH", "500 mM", "2 L", 40.0),
        ("caffeine", "10 µM", "1 L", 0.00194194),
    ],
)
def test_what_to_weigh(compound, concentration, volume, grams):
    output = prepare_solution(compound, concentration, volume)
    assert output.data["mass_g"] == pytest.approx(grams, rel=6e-4)


def test_numbers_with_units_beside_them():
    data = prepare_solution("NaCl", 0.1, 250, concentration_unit="M", volume_unit="mL").data
    assert data["mass_g"] == pytest.approx(1.461, rel=1e-3)
    assert data["final_volume_ml"] == 250
    assert data["molar_mass_g_per_mol"] == pytest.approx(58.44, abs=0.005)
    assert data["amount_mol"] == pytest.approx(0.025)


@pytest.mark.parametrize(
    ("compound", "percent", "density", "molarity"),
    [  # Merck Index and CRC Handbook: commercial acids and bases
        ("HCl", "37 % w/w", 1.19, 12.1), ("H2SO4", "96 % w/w", 1.84, 18.0), ("HNO3", "70 % w/w", 1.42, 15.8),
        ("acetic acid", "99.7 %", 1.05, 17.4), ("H3PO4", "85 %", 1.70, 14.7), ("NH3", "28 % w/w", 0.90, 14.8),
        ("HClO4", "70 wt%", 1.67, 11.6),
    ],
)  # fmt: skip
def test_concentrated_acids(compound, percent, density, molarity):
    data = prepare_solution(compound, "1 M", "1 L", stock_concentration=percent, density_g_per_ml=density).data
    assert data["stock_concentration_mol_per_l"] == pytest.approx(molarity, rel=5e-3)
    assert data["stock_volume_ml"] == pytest.approx(1000 / molarity, rel=5e-3)
    assert data["diluent_volume_ml"] == pytest.approx(1000 - data["stock_volume_ml"])


def test_hydrochloric_acid_with_the_density_of_its_label():
    output = prepare_solution("HCl", "1 M", "1 L", stock_concentration="37 %", density_g_per_ml=1.18)
    assert output.data["stock_volume_ml"] == pytest.approx(83.5, abs=0.1)  # 11.97 M
    said = " ".join(output.notes)
    assert "% w/w" in said and "never the water to the acid" in said and "not additive" in said


@pytest.mark.parametrize(
    ("stock", "target", "volume", "take"),
    [  # C1·V1 = C2·V2
        ("5 M", "150 mM", "1 L", 30.0), ("10x", "1x", "500 mL", 50.0), ("50x", "1x", "1 L", 20.0), ("6X", "1X", "60 µL", 0.01),
        ("100 mg/mL", "100 µg/mL", "1 L", 1.0), ("20 % w/v", "0.4 % w/v", "1 L", 20.0), ("96 % v/v", "70 % v/v", "1 L", 729.17),
        ("10 mM", "10 µM", "5 mL", 0.005), ("1000 U/mL", "50 U/mL", "1 mL", 0.05), ("1e6 cells/mL", "1e4 cells/mL", "10 mL", 0.1), ("1 M", "1 M", "10 mL", 10.0),
    ],
)  # fmt: skip
def test_dilutions(stock, target, volume, take):
    data = prepare_solution("buffer X", target, volume, stock_concentration=stock).data
    assert data["stock_volume_ml"] == pytest.approx(take, rel=1e-5)


def test_a_stock_by_mass_for_a_molar_target_takes_the_molar_mass():
    data = prepare_solution("glucose", "10 mM", "1 L", stock_concentration="20 % w/v").data
    assert data["stock_volume_ml"] == pytest.approx(0.01 * 180.156 / 200 * 1000, rel=1e-6)
    with pytest.raises(ToolInputError, match="molar_mass_g_per_mol"):
        prepare_solution("BSA", "10 µM", "1 L", stock_concentration="10 mg/mL")
    data = prepare_solution("BSA", "10 µM", "1 L", stock_concentration="10 mg/mL", molar_mass_g_per_mol=66_430.0).data
    assert data["stock_volume_ml"] == pytest.approx(66.43)


def test_the_third_of_concentration_volume_and_mass_is_found():
    assert prepare_solution("NaCl", volume="1 L", mass="5.844 g").data["concentration_mol_per_l"] == pytest.approx(
        0.1, rel=1e-4
    )
    assert prepare_solution("NaCl", "0.1 M", mass="5.844 g").data["final_volume_ml"] == pytest.approx(1000, rel=1e-4)
    data = prepare_solution("HEPES", volume="100 mL", stock_concentration="1 M", stock_volume="5 mL").data
    assert data["concentration_mol_per_l"] == pytest.approx(0.05)
    data = prepare_solution("HEPES", "50 mM", stock_concentration="1 M", stock_volume="5 mL").data
    assert data["final_volume_ml"] == pytest.approx(100)


def test_purity_hydrates_and_liquids():
    data = prepare_solution("NaOH", "1 M", "1 L", purity_percent=97.0).data
    assert data["mass_g"] == pytest.approx(39.997 / 0.97, rel=1e-4)
    hydrate = prepare_solution("CuSO4.5H2O", "0.1 M", "1 L")
    assert hydrate.data["mass_g"] == pytest.approx(24.97, rel=1e-3)
    assert any("of the hydrate, with its water" in note for note in hydrate.notes)
    anhydrous = prepare_solution("CuSO4", "0.1 M", "1 L")
    assert anhydrous.data["mass_g"] == pytest.approx(15.96, rel=1e-3)  # PubChem: 159.61 g/mol
    liquid = prepare_solution("ethanol", "0.1 M", "1 L", density_g_per_ml=0.789).data
    assert liquid["liquid_volume_ml"] == pytest.approx(5.839, rel=1e-3)
    assert prepare_solution("ethanol", "70 % v/v", "1 L").data["liquid_volume_ml"] == 700
    # 10 % w/w NaCl has 1.0707 g/mL and 1.832 mol/L: CRC Handbook, concentrative properties
    by_mass = prepare_solution("NaCl", "10 % w/w", "1 L", density_g_per_ml=1.0707).data
    assert by_mass["concentration_mol_per_l"] == pytest.approx(1.832, rel=5e-4)


def test_a_molal_solution_is_made_by_the_mass_of_the_solvent():
    data = prepare_solution("NaCl", "0.5 molal", "2 kg").data
    assert data["mass_g"] == pytest.approx(58.44, rel=1e-4)
    assert data["solvent_mass_g"] == 2000
    with pytest.raises(ToolInputError, match="counts the mass of the solvent"):
        prepare_solution("NaCl", "0.5 molal", "2 L")


def test_a_serial_dilution():
    output = prepare_solution("inhibitor", volume="1 mL", stock_concentration="10 mM", dilution_factor=10.0, steps=4)
    assert output.data["concentrations_mol_per_l"] == [1e-3, 1e-4, 1e-5, 1e-6]
    assert output.data["transfer_volume_ml"] == 0.1 and output.data["diluent_volume_ml"] == 0.9
    assert output.data["total_dilution_factor"] == 1e4
    assert len(output.views[0].rows) == 4


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"concentration": "1 M", "volume": "1 L", "stock_concentration": "0.1 M"}, "above the stock"),
        ({"concentration": "2x", "volume": "1 L", "stock_concentration": "1x"}, "above the stock"),
        ({"concentration": "1x", "volume": "1 L", "stock_concentration": "1 M"}, "cannot be compared"),
        ({"concentration": "1x", "volume": "1 L"}, "made from a stock"),
        ({"concentration": "0 M", "volume": "1 L"}, "above 0"),
        ({"concentration": "-1 M", "volume": "1 L"}, "above 0"),
        ({"concentration": "1 M", "volume": "0 L"}, "no volume"),
        ({"concentration": "1 M", "volume": "-5 mL"}, "no volume"),
        ({"concentration": "1 M", "volume": "1e12 L"}, "no volume"),
        ({"concentration": "1 M"}, "missing"),
        ({"volume": "1 L"}, "missing"),
        ({}, "missing"),
        ({"concentration": "1 M", "volume": "1 L", "mass": "58 g"}, "all given"),
        ({"concentration": 1.0, "volume": "1 L"}, "no unit"),
        ({"concentration": "1 M", "volume": 250.0}, "no unit"),
        ({"concentration": "one M", "volume": "1 L"}, "begin with a number"),
        ({"concentration": "1,500 mM", "volume": "1 L"}, "comma"),
        ({"concentration": float("nan"), "concentration_unit": "M", "volume": "1 L"}, "nan"),
        ({"concentration": "1 %", "volume": "1 L"}, "does not say of what"),
        ({"concentration": "1 N", "volume": "1 L"}, "normality"),
        ({"concentration": "50 U/mL", "volume": "1 L"}, "nothing of a mass"),
        ({"concentration": "50 U/mL", "volume": "1 L", "stock_concentration": "1e6 cells/mL"}, "cannot be compared"),
        ({"concentration": "5 % w/w", "volume": "1 L"}, "density"),
        ({"concentration": "100 ppm", "volume": "1 L"}, "about 1.00"),
        ({"concentration": "120 % w/w", "volume": "1 L", "density_g_per_ml": 1.0}, "more than the whole"),
        ({"concentration": "500 M", "volume": "1 L"}, "more than any solution holds"),
        ({"volume": "1 mL", "mass": "1 kg"}, "more than any solution holds"),
        ({"concentration": "1 kJ", "volume": "1 L"}, "no unit of concentration"),
        ({"concentration": "1 M", "volume": "5 g"}, "is a mass"),
        ({"concentration": "1 M", "volume": "5 m"}, "no unit of volume"),
        ({"concentration": "1 M", "volume": "1 L", "purity_percent": 0.0}, "purity"),
        ({"concentration": "1 M", "volume": "1 L", "purity_percent": 120.0}, "purity"),
        ({"concentration": "1 M", "volume": "1 L", "purity_percent": 0.98}, "fraction or percent"),
        ({"concentration": "1 M", "volume": "1 L", "molar_mass_g_per_mol": -5.0}, "no molar mass"),
        ({"concentration": "1 M", "volume": "1 L", "density_g_per_ml": 0.0}, "no density"),
        ({"concentration": "1 M", "volume": "1 L", "stock_concentration": "37 %"}, "does not say of what"),
        ({"concentration": "1 M", "volume": "1 L", "stock_concentration": "37 % w/w"}, "density"),
        ({"concentration": "1 M", "volume": "1 L", "stock_concentration": "2 M", "purity_percent": 98.0}, "belongs to a solid"),
        ({"volume": "1 mL", "stock_concentration": "2 M", "stock_volume": "5 mL"}, "do not fit"),
        ({"volume": "1 mL", "dilution_factor": 10.0, "steps": 3}, "needs stock_concentration"),
        ({"volume": "1 mL", "stock_concentration": "1 M", "dilution_factor": 1.0, "steps": 3}, "no dilution factor"),
        ({"volume": "1 mL", "stock_concentration": "1 M", "dilution_factor": 10.0, "steps": 99}, "cannot be made"),
    ],
)  # fmt: skip
def test_what_cannot_be_prepared_is_one_sentence(arguments, says):
    with pytest.raises(ToolInputError, match=says) as raised:
        prepare_solution("NaCl", **arguments)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("compound", "says"),
    [
        ("", "empty"),
        ("hello", "molar_mass_g_per_mol"),
        ("sodium phosphate", "NaH2PO4"),
        ("PBS", "several solutes"),
        ("BSA", "no single"),
        ("Fe^3+", "is an ion"),
        ("sulfate", "is an ion"),
        ("OCO", "could be"),
    ],
)
def test_what_has_no_mass_to_weigh(compound, says):
    with pytest.raises(ToolInputError, match=says):
        prepare_solution(compound, "1 M", "1 L")


def test_small_amounts_and_reagents_sold_in_water_are_pointed_out():
    assert any("hard to weigh" in note for note in prepare_solution("caffeine", "1 µM", "1 mL").notes)
    assert any("two steps" in note for note in prepare_solution("X", "1x", "0.5 mL", stock_concentration="1000x").notes)
    assert any("sold as a solution" in note for note in prepare_solution("HCl", "1 M", "1 L").notes)

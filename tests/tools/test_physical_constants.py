"""``physical_constants``: values of the CRC Handbook (97th ed.), the NIST WebBook, IAPWS and the Merck Index, named beside them."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.phase_points import heated_compounds
from tools.chemistry.physical_constants import physical_constants
from tools.chemistry.source_values import Reading, agreed
from tools.inputs.temperatures import parse_temperature

#: Boiling and melting point (°C) in the CRC Handbook; None where it gives none at 1 atm.
CRC_POINTS = {
    "toluene": (110.6, -95.0), "acetone": (56.1, -94.7), "water": (100.0, 0.0), "ethanol": (78.3, -114.1),
    "benzene": (80.1, 5.5), "naphthalene": (217.9, 80.3), "phenol": (181.9, 40.9), "acetic acid": (117.9, 16.6),
    "DMSO": (189, 18.5), "DMF": (153, -60.5), "THF": (66, -108.4), "chloroform": (61.2, -63.5), "hexane": (68.7, -95.3),
    "methanol": (64.6, -97.5), "2-propanol": (82.3, -88), "1-butanol": (117.7, -88.6), "tert-butanol": (82.4, 25.7),
    "diethyl ether": (34.5, -116.2), "carbon tetrachloride": (76.8, -22.6), "acetonitrile": (81.6, -43.8),
    "ethyl acetate": (77.1, -83.8), "pyridine": (115.2, -41.7), "triethylamine": (89, -114.7),
    "1,4-dioxane": (101.5, 11.8), "cyclohexane": (80.7, 6.6), "heptane": (98.4, -90.6), "pentane": (36.1, -129.7),
    "octane": (125.6, -56.8), "decane": (174.1, -29.6), "aniline": (184.2, -6.0), "nitrobenzene": (210.8, 5.7),
    "benzoic acid": (249.2, 122.4), "formic acid": (101, 8.3), "ethylene glycol": (197.3, -12.7),
    "glycerol": (290, 18.1), "caffeine": (None, 236), "aspirin": (None, 135), "sodium chloride": (1465, 801),
    "urea": (None, 133), "o-xylene": (144.5, -25.2), "m-xylene": (139.1, -47.8), "p-xylene": (138.4, 13.3),
    "styrene": (145.3, -30.7), "anthracene": (341, 216), "carbon disulfide": (46.2, -112), "bromine": (58.8, -7.2),
    "iodine": (184.4, 113.7), "mercury": (356.6, -38.8), "sulfuric acid": (337, 10.3), "nitric acid": (83, -41.6),
    "ammonia": (-33.3, -77.7), "chlorine": (-34, -101.5), "hydrogen sulfide": (-59.6, -85.5),
    "sulfur dioxide": (-10, -75.5), "hydrogen chloride": (-85, -114.2), "hydrogen fluoride": (20, -83.4),
    "methane": (-161.5, -182.5), "propane": (-42.1, -187.6), "butane": (-0.5, -138.3), "ethylene": (-103.8, -169.2),
    "nitrogen": (-195.8, -210), "oxygen": (-183, -218.8), "argon": (-185.8, -189.3), "formaldehyde": (-19.1, -92),
    "acetaldehyde": (20.1, -123.4), "aluminium": (2519, 660.3), "iron": (2861, 1538), "gold": (2836, 1064.2),
    "lead": (1749, 327.5), "zinc": (907, 419.5), "sodium": (882.9, 97.8), "sodium hydroxide": (1388, 323),
    "vanillin": (285, 81.5), "thymol": (232.5, 49.5), "citric acid": (None, 153), "ibuprofen": (None, 76),
    "2-butanone": (79.6, -86.6), "acrylonitrile": (77.3, -83.5), "hydrazine": (113.6, 1.5), "morpholine": (128, -4.8),
    "trifluoroacetic acid": (73, -15.2), "phosphorus trichloride": (76, -93), "titanium tetrachloride": (136.5, -24.1),
    "benzophenone": (305.4, 47.9), "indole": (254, 52.5), "imidazole": (257, 89.5), "NMP": (202, -24),
    "MTBE": (55, -108.6), "lithium chloride": (1383, 610), "silver nitrate": (None, 210),
}  # fmt: skip


@pytest.mark.parametrize(("compound", "points"), CRC_POINTS.items())
def test_boiling_and_melting_points_are_those_of_the_crc_handbook(compound, points):
    data = physical_constants(compound).data
    for key, value in zip(("boiling_point_c", "melting_point_c"), points, strict=True):
        if value is None:
            assert data.get(key) is None
        else:
            assert data[key] == pytest.approx(value, abs=1.25), key
            assert data[key.replace("_c", "_k")] == pytest.approx(data[key] + 273.15, abs=0.06)


@pytest.mark.parametrize(
    ("compound", "kpa", "relative"),
    [  # at 25 °C: IAPWS for water, else the CRC Handbook's and the NIST WebBook's vapour pressures
        ("water", 3.1699, 1e-4), ("ethanol", 7.87, 0.01), ("methanol", 16.9, 0.01), ("toluene", 3.79, 0.01),
        ("benzene", 12.7, 0.01), ("acetone", 30.8, 0.01), ("mercury", 0.00026, 0.03), ("hexane", 20.2, 0.01),
        ("heptane", 6.09, 0.01), ("cyclohexane", 13.0, 0.01), ("chloroform", 26.2, 0.01), ("diethyl ether", 71.7, 0.01),
        ("dichloromethane", 58.2, 0.01), ("THF", 21.6, 0.01), ("2-propanol", 6.02, 0.01), ("ethyl acetate", 12.6, 0.01),
        ("acetic acid", 2.07, 0.02), ("carbon disulfide", 48.2, 0.01), ("bromine", 28.7, 0.01), ("propane", 953, 0.01),
        ("ammonia", 1003, 0.01), ("carbon dioxide", 6434, 0.01), ("iodine", 0.041, 0.02), ("acetonitrile", 11.9, 0.02),
    ],
)  # fmt: skip
def test_vapour_pressures_at_25_degrees(compound, kpa, relative):
    data = physical_constants(compound).data
    assert data["temperature_c"] == 25
    assert data["vapour_pressure_kpa"] == pytest.approx(kpa, rel=relative)
    low, high = data["vapour_pressure_fit_range_c"]
    assert low <= 25.01 and high >= 24.99
    assert data["vapour_pressure_source"]


@pytest.mark.parametrize(
    ("compound", "density", "tolerance"),
    [  # CRC Handbook and NIST WebBook at 25 °C; iron, gold and salt are solids
        ("water", 0.99705, 2e-5), ("ethanol", 0.7852, 0.002), ("toluene", 0.8622, 0.002), ("benzene", 0.8737, 0.002),
        ("acetone", 0.7845, 0.002), ("chloroform", 1.4788, 0.005), ("dichloromethane", 1.3168, 0.003), ("DMSO", 1.0955, 0.002),
        ("hexane", 0.6548, 0.002), ("glycerol", 1.2567, 0.003), ("carbon tetrachloride", 1.5844, 0.003), ("mercury", 13.534, 0.002),
        ("sulfuric acid", 1.83, 0.002), ("bromine", 3.1028, 0.003), ("iron", 7.87, 0.01), ("gold", 19.3, 0.05),
        ("sodium chloride", 2.17, 0.01),
    ],
)  # fmt: skip
def test_densities_at_25_degrees(compound, density, tolerance):
    assert physical_constants(compound).data["density_g_per_ml"] == pytest.approx(density, abs=tolerance)


def test_water_changes_with_temperature_as_iapws_has_it():
    # IAPWS-95: 12.352 kPa and 0.98803 g/mL at 50 °C, 476.16 kPa at 150 °C; IAPWS R14-08: ice at -10 °C 0.2599 kPa
    assert physical_constants("water", 50).data["vapour_pressure_kpa"] == pytest.approx(12.352, abs=0.002)
    assert physical_constants("water", "50 °C").data["density_g_per_ml"] == pytest.approx(0.98803, abs=2e-5)
    assert physical_constants("water", 423.15, "K").data["vapour_pressure_kpa"] == pytest.approx(476.16, abs=0.05)
    ice = physical_constants("water", "-10 °C").data
    assert (ice["phase_at_1_atm"], ice["vapour_pressure_of"]) == ("solid", "solid")
    assert ice["vapour_pressure_kpa"] == pytest.approx(0.2599, abs=0.0003)


@pytest.mark.parametrize(
    ("compound", "critical_c", "critical_kpa"),
    [("water", 373.95, 22064), ("carbon dioxide", 30.98, 7377), ("benzene", 288.9, 4895), ("methane", -82.6, 4599)],
)  # NIST WebBook, fluid properties
def test_critical_points(compound, critical_c, critical_kpa):
    data = physical_constants(compound).data
    assert data["critical_temperature_c"] == pytest.approx(critical_c, abs=0.5)
    assert data["critical_pressure_kpa"] == pytest.approx(critical_kpa, rel=0.01)


def test_heats_of_vaporisation_and_fusion():
    # CRC Handbook: water 40.65 at the boiling point, 43.98 at 25 °C, fusion 6.01; benzene 30.72, 33.83 and 9.87 kJ/mol
    for compound, at_boiling, at_25, fusion in (("water", 40.65, 43.98, 6.01), ("benzene", 30.72, 33.83, 9.87)):
        data = physical_constants(compound).data
        assert data["heat_of_vaporization_at_boiling_point_kj_per_mol"] == pytest.approx(at_boiling, abs=0.02)
        assert data["heat_of_vaporization_kj_per_mol"] == pytest.approx(at_25, abs=0.1)
        assert data["heat_of_fusion_kj_per_mol"] == pytest.approx(fusion, abs=0.02)


def test_the_range_of_all_sources_is_given_and_an_outlier_is_named():
    output = physical_constants("hexane")
    assert output.data["boiling_point_sources"] >= 5
    assert output.data["boiling_point_min_c"] <= 68.7 <= output.data["boiling_point_max_c"]
    # Wikidata's melting point of hexane, -139 °C, is 44 K from the CRC Handbook's
    assert any("outlier" in note and "Wikidata" in note for note in output.notes)
    assert "sources" in output.summary


@pytest.mark.parametrize(
    ("compound", "sublimes_at"),  # CRC Handbook ("sp")
    [("carbon dioxide", -78.5), ("sulfur hexafluoride", -63.8), ("uranium hexafluoride", 56.5), ("arsenic", 615)],
)
def test_what_sublimes_has_no_boiling_point(compound, sublimes_at):
    output = physical_constants(compound)
    assert output.data["boiling_point_c"] is None
    assert output.data["sublimation_point_c"] == pytest.approx(sublimes_at, abs=1.2)
    assert any("sublimes" in note for note in output.notes)


def test_what_decomposes_is_said_to_and_its_points_are_left_out():
    output = physical_constants("potassium permanganate")  # Merck Index: decomposes at 240 °C
    assert output.data["melting_point_c"] is None and "decomposes" in output.summary
    assert physical_constants("sodium bicarbonate").data["melting_point_c"] is None
    assert "decomposes" in physical_constants("sucrose").data["on_heating"]


def test_predicted_boiling_points_are_never_given_as_measured():
    # Joback gives caffeine 367 °C and glucose 572 °C; Yaws' collection gives citric acid 386 °C, where it has decomposed
    for compound in ("caffeine", "glucose", "citric acid", "paracetamol"):
        assert physical_constants(compound).data["boiling_point_c"] is None


@pytest.mark.parametrize(
    ("compound", "temperature"), [("toluene", 400), ("naphthalene", 25), ("carbon dioxide", -90), ("DMSO", -20)]
)
def test_no_vapour_pressure_outside_the_range_of_a_fit(compound, temperature):
    output = physical_constants(compound, temperature)
    assert output.data["vapour_pressure_kpa"] is None
    said = " ".join(output.notes)
    assert "none was extrapolated" in said or "above the critical temperature" in said or "is tabulated" in said


def test_a_solid_has_no_density_of_a_liquid_and_a_gas_says_under_which_pressure():
    assert physical_constants("naphthalene").data["density_of"] == "solid"
    assert physical_constants("water", -5).data["density_g_per_ml"] is None
    propane = physical_constants("propane")  # NIST WebBook: saturated liquid at 25 °C 0.492 g/mL
    assert propane.data["phase_at_1_atm"] == "gas"
    assert propane.data["density_g_per_ml"] == pytest.approx(0.492, abs=0.003)
    assert any("under its own vapour pressure" in note for note in propane.notes)


def test_a_fit_that_misses_the_boiling_point_is_not_used():
    # the table's Antoine fit for 2-methylpropanal gives 7.5 atm at its boiling point, 64 °C (CRC Handbook)
    output = physical_constants("78-84-2", 60)
    assert any("was not used" in note for note in output.notes)
    assert output.data["vapour_pressure_kpa"] is None or output.data["vapour_pressure_kpa"] < 101


@pytest.mark.parametrize(
    ("compound", "cas"),
    [
        ("CCO", "64-17-5"), ("64-17-5", "64-17-5"), ("InChI=1S/CH4O/c1-2/h2H,1H3", "67-56-1"), ("Hg", "7439-97-6"),
        ("sulfur", "7704-34-9"), ("[Na+].[Cl-]", "7647-14-5"), ("C[C@H](N)C(=O)O", "56-41-7"), ("CC(N)C(=O)O", "302-72-7"),
        (r"OC(=O)/C=C\C(=O)O", "110-16-7"), ("OC(=O)/C=C/C(=O)O", "110-17-8"), ("C/C=C/C", "624-64-6"),
        (r"C/C=C\C", "590-18-1"), ("potassium chlorate", "3811-04-9"), ("[K+].[O-]Cl(=O)=O", "3811-04-9"),
    ],
)  # fmt: skip  # CAS Common Chemistry
def test_a_structure_is_looked_up_by_its_whole_inchikey(compound, cas):
    assert physical_constants(compound).data["cas"] == cas


def test_a_relative_is_never_answered_for():
    with pytest.raises(ToolInputError, match="maleic acid"):
        physical_constants("OC(=O)C=CC(=O)O")  # neither maleic nor fumaric acid
    with pytest.raises(ToolInputError, match="none of the tables"):
        physical_constants("CC(C)CC(F)(Cl)CCCCCC(Br)CCN")


@pytest.mark.parametrize(
    "compound", ["CO", "NO", "xylene", "red phosphorus", "gasoline", "not a compound", "", "7732-18-6"]
)
def test_what_is_ambiguous_or_no_compound_is_refused(compound):
    with pytest.raises(ToolInputError):
        physical_constants(compound)


def test_a_solution_is_said_to_be_read_as_the_pure_compound():
    output = physical_constants("hydrochloric acid")
    assert output.data["boiling_point_c"] == pytest.approx(-85, abs=0.5)
    assert any("pure compound" in note for note in output.notes)


@pytest.mark.parametrize(
    ("written", "unit", "kelvin"),
    [(25, None, 298.15), ("80 °C", None, 353.15), ("353 K", None, 353), (353, "K", 353), ("77 F", None, 298.15),
     ("-10C", None, 263.15), ("room temperature", None, 298.15), (300.5, None, 573.65), ("−78 °C", None, 195.15)],
)  # fmt: skip
def test_temperatures_in_their_units(written, unit, kelvin):
    assert parse_temperature(written, unit)[0] == pytest.approx(kelvin)


@pytest.mark.parametrize(
    ("written", "unit"),
    [(-300, None), (298.15, None), (298, None), ("80 °C", "K"), ("warm", None), ("20 g", None), (0, "K"), (1e9, None), ("", None),
     (float("nan"), None)],
)  # fmt: skip
def test_temperatures_that_are_refused(written, unit):
    with pytest.raises(ToolInputError):
        parse_temperature(written, unit)


def test_sources_that_contradict_each_other_give_no_value():
    two = [Reading("CAS Common Chemistry", 400.0), Reading("NIST WebBook", 500.0)]
    assert agreed(two, 5.0, 0.015).value is None
    reviewed = agreed([Reading("CRC Handbook", 400.0), *two[1:]], 5.0, 0.015)
    assert (reviewed.value, len(reviewed.outliers)) == (400.0, 1)
    assert agreed([Reading("Yaws' collection", 400.0, estimates=True)], 5.0, 0.015).doubt == "estimate"


def test_the_plot_ends_where_the_fit_does():
    plot = physical_constants("toluene").views[1]
    low, high = physical_constants("toluene").data["vapour_pressure_fit_range_c"]
    (series,) = plot.series
    assert low - 0.06 <= min(series.x) and max(series.x) <= high + 0.06 and "kPa" in plot.y_label
    assert list(series.y) == sorted(series.y)


def test_every_row_of_the_table_of_decompositions_has_a_source():
    for cas, heated in heated_compounds().items():
        first, second, check = cas.split("-")
        digits = first + second
        assert sum(place * int(digit) for place, digit in enumerate(reversed(digits), 1)) % 10 == int(check)
        assert heated.what and ("CRC" in heated.sentence or "Merck" in heated.sentence)


def test_the_table_view_names_a_source_for_each_value():
    table = physical_constants("ethanol").views[0]
    assert table.columns[3] == "Source" and all(row[3] for row in table.rows)


def test_an_ion_has_no_constants_of_its_own():
    with pytest.raises(ToolInputError, match="is an ion"):  # the tables give a salt's melting point to Na+
        physical_constants("[Na+]")

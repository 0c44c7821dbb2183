"""``convert_units``: constants of CODATA 2018, factors of NIST SP 811, and the traps in how units are written."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.molar_masses import molar_mass_of
from tools.chemistry.units import convert_units
from tools.inputs.units import parse_unit


@pytest.mark.parametrize(
    ("value", "start", "end", "expected"),
    [
        # CODATA 2018 (Tiesinga et al., Rev. Mod. Phys. 2021, 93, 025010), conversion factors for energy equivalents
        (1, "hartree", "eV", 27.211386245988),
        (1, "Eh", "cm^-1", 219474.63136320),
        (1, "hartree", "kJ/mol", 2625.4996394799),  # E_h · N_A
        (1, "hartree", "kcal/mol", 627.5094740631),
        (1, "eV", "cm-1", 8065.543937),
        (1, "eV", "kJ/mol", 96.48533212),
        (1, "eV", "J", 1.602176634e-19),
        (1, "eV", "K", 11604.51812),
        (1, "K", "cm^-1", 0.695034800),
        (1, "eV", "THz", 241.7989242),
        (1, "cm^-1", "GHz", 29.9792458),
        (1, "u", "MeV", 931.49410242),
        (1, "m_e", "MeV", 0.51099895000),
        (1, "a0", "Å", 0.529177210903),
        (1, "u", "kg", 1.66053906660e-27),
        (1, "e a0", "C m", 8.4783536255e-30),  # atomic unit of dipole moment
        (1, "e", "C/mol", 96485.33212),  # Faraday constant
        # wavelength of a photon: hc = 1239.841984 eV nm
        (1239.841984, "nm", "eV", 1.0),
        (500, "nm", "cm^-1", 20000.0),
        (532, "nm", "kJ/mol", 224.860),  # N_A h c / λ = 119.626565 J m/mol / 532 nm
        (10000, "cm-1", "nm", 1000.0),
        # NIST SP 811, appendix B
        (1, "cal", "J", 4.184),
        (5, "kcal/mol", "kJ/mol", 20.92),
        (1, "Btu", "J", 1055.05585262),
        (1, "atm", "Pa", 101325.0),
        (760, "Torr", "atm", 1.0),
        (1, "mmHg", "Pa", 133.322387415),
        (1, "psi", "Pa", 6894.757293168),
        (1, "inHg", "Pa", 3386.38864034),  # the conventional inch, 25.4 mmHg
        (1, "lb", "g", 453.59237),
        (1, "oz", "g", 28.349523125),
        (1, "gr", "mg", 64.79891),
        (1, "gal", "L", 3.785411784),
        (1, "imp gal", "L", 4.54609),
        (1, "fl oz", "mL", 29.5735295625),
        (1, "ft", "cm", 30.48),
        (1, "nmi", "m", 1852.0),
        (1, "acre", "m^2", 4046.8564224),
        (1, "hp", "W", 745.69987158),
        (1, "dyn", "N", 1e-5),
        (1, "erg", "J", 1e-7),
        (1, "P", "Pa s", 0.1),
        (1, "P", "Pa.s", 0.1),
        (1, "barn", "m^2", 1e-28),
        (1, "Gy", "rad", 100.0),
        (1, "cSt", "mm^2/s", 1.0),
        (1, "Ci", "Bq", 3.7e10),
        (1, "D", "C m", 3.33564095198e-30),  # 1e-21/299792458 C m
        (1, "U", "nkat", 16.6666666667),
        (1, "kWh", "MJ", 3.6),
        (1, "L atm", "J", 101.325),
        (0.082057366080960, "L atm/(mol K)", "J/(mol K)", 8.31446261815324),  # CODATA: the gas constant
        (8.31446261815324, "J/(mol K)", "cal/(mol K)", 1.98720425864083),
        # by definition
        (6.02214076e23, "molecules", "mol", 1.0),
        (1, "mM", "µM", 1000.0),
        (5, "g/100 mL", "mg/mL", 50.0),
        (0.9, "% (w/v)", "g/L", 9.0),
        (1, "M^-1 cm^-1", "L/(mol cm)", 1.0),
        (3, "ppm", "mg/kg", 3.0),
        (1, "mg/dL", "mg/L", 10.0),
        (1, "kcal/(mol Å)", "pN", 69.4769546),  # 4184/N_A/1e-10 N
        (1, "kJ/(mol nm^2)", "N/m", 1.66053907e-3),
        (1, "e Å", "D", 4.80320471),  # Jensen, Introduction to Computational Chemistry, appendix
    ],
)
def test_factors_as_nist_and_codata_have_them(value, start, end, expected):
    assert convert_units(value, start, end).data["value"] == pytest.approx(
        expected, rel=2e-9 if expected != 224.860 else 1e-5
    )


@pytest.mark.parametrize(
    ("value", "start", "end", "expected"),
    [
        (25, "°C", "K", 298.15),
        (5, "°C", "°F", 41.0),
        (98.6, "°F", "°C", 37.0),
        (-40, "C", "F", -40.0),
        (0, "K", "°F", -459.67),
        (491.67, "°R", "°C", 0.0),
        (37, "degrees Celsius", "kelvin", 310.15),
        (5, "Δ°C", "Δ°F", 9.0),
        (5, "Δ°C", "K", 5.0),
        (1, "cal/°C", "J/K", 4.184),
    ],
)
def test_temperatures_are_absolute_and_differences_are_written_so(value, start, end, expected):
    assert convert_units(value, start, end).data["value"] == pytest.approx(expected, abs=1e-9)


def test_a_temperature_says_that_it_was_read_as_one():
    notes = " ".join(convert_units(5, "°C", "°F").notes)
    assert "absolute temperature" in notes and "9 °F" in notes


@pytest.mark.parametrize(
    ("written", "as_"),
    [
        ("kJ mol-1", "kJ/mol"), ("kJ·mol⁻¹", "kJ/mol"), ("kJ mol**-1", "kJ/mol"), ("KJ/mol", "kJ/mol"),
        ("kilojoules per mole", "kJ/mol"), ("Kcal/mol", "kcal/mol"), ("kCal/mol", "kcal/mol"), ("cm⁻¹", "1/cm"),
        ("cm-1", "1/cm"), ("/cm", "1/cm"), ("wavenumbers", "1/cm"), ("uM", "µM"), ("μM", "µM"), ("micromolar", "µM"),
        ("Å", "Å"), ("Å", "Å"), ("ångström", "Å"), ("cc", "mL"), ("cubic centimetres", "mL"), ("mcg", "µg"),
        ("ug", "µg"), ("mm Hg", "mmHg"), ("PSI", "psi"), ("pounds per square inch", "psi"), ("ATM", "atm"),
        ("mol dm-3", "M"), ("mol/l", "M"), ("wt%", "%ww"), ("% w/w", "%ww"), ("percent", "%"), ("parts per million", "ppm"),
        ("Hartree", "Ha"), ("M-1cm-1", "1/(M cm)"), ("kW-h", "kWh"), ("US gal", "gal"), ("square metre", "m2"),
        ("J/(mol·K)", "J/mol/K"), ("J/mol K", "J/mol/K"), ("hrs", "h"), ("degree Celsius", "°C"), ("℃", "°C"), ("KG", "kg"),
    ],
)  # fmt: skip
def test_one_unit_is_written_in_many_ways(written, as_):
    first, second = parse_unit(written)[0], parse_unit(as_)[0]
    assert (first.factor, first.dimensions, first.basis) == (second.factor, second.dimensions, second.basis)


@pytest.mark.parametrize(
    ("start", "end", "value", "note"),
    [
        ("A", "nm", 0.1, "A was read as Å"),
        ("A", "mA", 1000, "ampere"),
        ("C", "e", 6.241509074e18, "coulomb"),
        ("kT", "T", 1000, "kilotesla"),
        ("kD", "kDa", 1, "dalton"),
        ("oz", "mL", 29.5735295625, "US fluid ounce"),
        ("gal", "L", 3.785411784, "imperial gallon"),
        ("pt", "mL", 473.176473, "imperial pint"),
        ("Cal", "kJ", 4.184, "large calorie"),
        ("cal", "J", 4.184, "thermochemical"),
        ("Mg", "kg", 1000, "milligram is mg"),
        ("ML", "L", 1e6, "millilitre is mL"),
        ("m", "mol/kg", 1, "molal"),
        ("t", "kg", 1000, "metric tonne"),
        ("yr", "d", 365.25, "Julian"),
        ("ev", "J", 1.602176634e-19, "'ev' was read as eV"),
    ],
)
def test_what_could_be_meant_otherwise_is_said(start, end, value, note):
    output = convert_units(1, start, end)
    assert output.data["value"] == pytest.approx(value, rel=1e-9)
    assert note in " ".join(output.notes)


@pytest.mark.parametrize(
    ("arguments", "expected", "tolerance"),
    [
        # molar masses: PubChem
        ({"value": 5.844, "from_unit": "g", "to_unit": "mol", "molecule": "NaCl"}, 0.1, 1e-4),
        ({"value": 1, "from_unit": "mg/mL", "to_unit": "mM", "molecule": "caffeine"}, 5.1495, 1e-4),
        ({"value": 100, "from_unit": "mg/dL", "to_unit": "mmol/L", "molecule": "glucose"}, 5.551, 1e-4),  # clinical factor 0.0555
        ({"value": 200, "from_unit": "mg/dL", "to_unit": "mmol/L", "molecule": "cholesterol"}, 5.172, 1e-3),  # 0.02586
        ({"value": 1, "from_unit": "mg/mL", "to_unit": "µM", "molar_mass_g_per_mol": 150_000}, 6.66667, 1e-5),
        ({"value": 10, "from_unit": "g", "to_unit": "mL", "density_g_per_ml": 0.789}, 12.674, 1e-4),
        ({"value": 37, "from_unit": "% w/w", "to_unit": "M", "molecule": "HCl", "density_g_per_ml": 1.18}, 11.97, 1e-3),
        ({"value": -1367, "from_unit": "kJ/mol", "to_unit": "kJ/g", "molecule": "ethanol"}, -29.67, 1e-3),
        ({"value": 10, "from_unit": "ppm", "to_unit": "mg/L", "density_g_per_ml": 1.0}, 10, 1e-9),
        # kT and RT at 298.15 K: 2.479 kJ/mol, 0.5925 kcal/mol, 25.69 meV, 207.2 cm^-1
        ({"value": 1, "from_unit": "kT", "to_unit": "kJ/mol", "temperature_k": 298.15}, 2.478957, 1e-6),
        ({"value": 1, "from_unit": "RT", "to_unit": "kcal/mol", "temperature_k": 298.15}, 0.592485, 1e-6),
        ({"value": 1, "from_unit": "kT", "to_unit": "meV", "temperature_k": 298.15}, 25.6926, 1e-5),
        ({"value": 1, "from_unit": "kT", "to_unit": "cm^-1", "temperature_k": 298.15}, 207.2246, 1e-5),
        # CRC Handbook, concentrative properties: 10 % NaCl is 1.901 mol/kg and 1.832 mol/L at 1.0707 g/mL
        ({"value": 10, "from_unit": "% w/w", "to_unit": "molal", "molecule": "NaCl"}, 1.901, 5e-4),
        ({"value": 1.901, "from_unit": "molal", "to_unit": "M", "molecule": "NaCl", "density_g_per_ml": 1.0707}, 1.832, 5e-4),
    ],
)  # fmt: skip
def test_what_a_property_of_the_compound_makes_possible(arguments, expected, tolerance):
    assert convert_units(**arguments).data["value"] == pytest.approx(expected, rel=tolerance)


@pytest.mark.parametrize(
    ("value", "start", "end", "says"),
    [
        (1, "g", "mol", "needs the molar mass"),
        (1, "mg", "mL", "needs the density"),
        (1, "mol", "mL", "needs the molar mass .* and the density"),
        (1, "mg/mL", "mM", "needs the molar mass"),
        (1, "ppm", "mg/L", "needs the density"),
        (1, "ppm", "mg/m3", "in air ppm is by volume"),
        (1, "kT", "kJ/mol", "needs the temperature"),
        (1, "kcal", "kJ/mol", "write kcal/mol if"),
        (1, "m", "kg", "cannot be converted"),
        (1, "N", "M", "normality"),
        (1, "mol/kg", "M", "write molal"),
        (1, "Hz", "Bq", "not a frequency"),
        (1, "rad", "%", "angle"),
        (1, "% v/v", "% w/w", "differ by the compound"),
        (1, "MM", "M", "mM or mm"),
        (1, "mpa", "bar", "MPa or mPa"),
        (1, "ton", "kg", "short_ton"),
        (1, "rpm", "Hz", "radius"),
        (1, "ppt", "ppm", "trillion"),
        (1, "IU", "mg", "substance by substance"),
        (1, "mEq/L", "mM", "equivalents"),
        (1, "pH", "M", "logarithm"),
        (1, "pet", "m", "no unit that is known"),
        (1, "", "m", "empty"),
        (1, "m**9**9**9**9", "m", "exponent"),
        (1, "m^999999999999", "m", "exponent"),
        (1, "((((((m))))))", "m", "nested too deep"),
        (1, "1e999 m", "m", "too large"),
        (1, "m " * 30, "m", "more than 10 factors"),
        (1, "m" * 500, "m", "at most 80"),
        (1, "__import__('os').system('ls')", "m", "belongs to no unit|no unit that is known"),
        (-300, "°C", "K", "below absolute zero"),
        (-1, "K", "°C", "below absolute zero"),
        (0, "nm", "eV", "no counterpart"),
        (-5, "nm", "cm^-1", "no counterpart"),
        (float("nan"), "m", "cm", "nan"),
        (float("inf"), "m", "cm", "inf"),
        ("1,500", "m", "cm", "comma"),
        ("five", "m", "cm", "does not begin with a number"),
        ("5 ± 1", "m", "cm", "no single number"),
        ("1e999", "m", "cm", "cannot|computed"),
    ],
)
def test_what_cannot_be_converted_is_one_sentence(value, start, end, says):
    with pytest.raises(ToolInputError, match=says) as raised:
        convert_units(value, start, end)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("written", "unit", "metres"),
    [("1,5", "m", 1.5), ("0,125", "m", 0.125), ("1,234,567", "m", 1234567), ("1,234.5", "m", 1234.5),
     ("1.234,5", "m", 1234.5), ("-1,5e3", "m", -1500), ("2.5 km", "kilometre", 2500)],
)  # fmt: skip
def test_a_comma_that_can_mean_one_thing_and_a_unit_said_twice_are_read(written, unit, metres):
    assert convert_units(written, unit, "m").data["value"] == metres


def test_a_value_with_another_unit_than_its_own_is_refused():
    with pytest.raises(ToolInputError, match="'25 kg' is a number with the unit 'kg', and from_unit is 'g'"):
        convert_units("25 kg", "g", "mg")
    with pytest.raises(ToolInputError, match="1,234"):
        convert_units("1,234", "g", "mg")


def test_properties_that_cannot_be_are_refused():
    for arguments in (
        {"molar_mass_g_per_mol": 0.0}, {"molar_mass_g_per_mol": float("nan")}, {"molecule": "NaCl", "molar_mass_g_per_mol": 58.44},
        {"molecule": "hello"},
    ):  # fmt: skip
        with pytest.raises(ToolInputError):
            convert_units(1, "g", "mol", **arguments)
    for density in (0.0, -1.0, 1000.0, float("nan")):
        with pytest.raises(ToolInputError):
            convert_units(1, "g", "mL", density_g_per_ml=density)


def test_numbers_are_exact_however_they_are_written():
    assert convert_units("2.5 × 10^-3", "g", "mg").data["value"] == 2.5
    assert convert_units(0.1, "km", "m").data["value"] == 100.0  # not 100.00000000000001
    assert convert_units(3, "mL", "L").data["value"] == 0.003


@pytest.mark.parametrize(
    ("name", "mass"),
    [  # PubChem
        ("NaCl", 58.44), ("EDTA disodium dihydrate", 372.24), ("Na2EDTA.2H2O", 372.24), ("EDTA", 292.24), ("Tris", 121.14),
        ("Tris-HCl", 157.60), ("SDS", 288.38), ("DTT", 154.25), ("MES", 195.24), ("HEPES", 238.31), ("IPTG", 238.30),
        ("TCEP", 250.19), ("TCEP-HCl", 286.65), ("GuHCl", 95.53), ("NaOAc", 82.03), ("sodium acetate trihydrate", 136.08),
        ("CuSO4.5H2O", 249.69), ("copper(II) sulfate pentahydrate", 249.69), ("CuSO4 pentahydrate", 249.69),
        ("MgCl2 hexahydrate", 203.30), ("CaCl2 2H2O", 147.01), ("MgSO4·7H2O", 246.47), ("anhydrous MgSO4", 120.37),
        ("CaSO4 hemihydrate", 145.15), ("KHP", 204.22), ("APS", 228.20), ("ATP disodium", 551.14), ("imidazole", 68.08),
        ("50-99-7", 180.16), ("NADH", 665.4), ("K2Cr2O7", 294.18), ("ammonium sulfate", 132.14), ("D2O", 20.028), ("CCO", 46.07), ("CC(C)O", 60.10), ("ClCCl", 84.93),
    ],
)  # fmt: skip
def test_molar_masses_of_what_stands_in_a_laboratory(name, mass):
    assert molar_mass_of(name).value == pytest.approx(mass, rel=2e-4)


@pytest.mark.parametrize("name", ["sodium phosphate", "PBS", "agarose", "CCO and more", "", "e-", "OCO"])
def test_what_has_no_single_molar_mass_is_refused(name):
    with pytest.raises(ToolInputError):
        molar_mass_of(name)

"""``element``: periodic data against the CRC Handbook, IUPAC, NIST and NUBASE."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.element_report import element
from tools.inputs.elements import ELEMENT_NAMES


@pytest.mark.parametrize(
    ("symbol", "melting", "boiling"),
    [  # °C, CRC Handbook of Chemistry and Physics, 97th ed., Properties of the Elements and Inorganic Compounds
        ("H", -259.16, -252.88), ("Li", 180.5, 1342), ("Be", 1287, 2468), ("B", 2077, 4000), ("N", -210.0, -195.8),
        ("O", -218.79, -182.96), ("F", -219.67, -188.11), ("Ne", -248.59, -246.05), ("Na", 97.79, 882.94), ("Mg", 650, 1090),
        ("Al", 660.32, 2519), ("Si", 1414, 3265), ("P", 44.15, 280.5), ("S", 115.21, 444.61), ("Cl", -101.5, -34.04),
        ("Ar", -189.34, -185.85), ("K", 63.5, 759), ("Ca", 842, 1484), ("Ti", 1670, 3287), ("V", 1910, 3407), ("Cr", 1907, 2671),
        ("Mn", 1246, 2061), ("Fe", 1538, 2861), ("Co", 1495, 2927), ("Ni", 1455, 2913), ("Cu", 1084.62, 2560), ("Zn", 419.53, 907),
        ("Ga", 29.76, 2229), ("Ge", 938.25, 2833), ("Se", 220.8, 685), ("Br", -7.2, 58.8), ("Kr", -157.37, -153.42),
        ("Rb", 39.3, 688), ("Sr", 777, 1377), ("Zr", 1854, 4406), ("Mo", 2622, 4639), ("Pd", 1554.8, 2963), ("Ag", 961.78, 2162),
        ("Cd", 321.07, 767), ("In", 156.6, 2027), ("Sn", 231.93, 2586), ("Sb", 630.63, 1587), ("Te", 449.51, 988),
        ("I", 113.7, 184.4), ("Xe", -111.75, -108.1), ("Cs", 28.5, 671), ("Ba", 727, 1845), ("La", 920, 3464), ("Hf", 2233, 4600),
        ("Ta", 3017, 5455), ("W", 3414, 5555), ("Re", 3185, 5590), ("Os", 3033, 5008), ("Ir", 2446, 4428), ("Pt", 1768.2, 3825),
        ("Au", 1064.18, 2836), ("Hg", -38.83, 356.62), ("Tl", 304, 1473), ("Pb", 327.46, 1749), ("Bi", 271.4, 1564),
        ("Rn", -71, -61.7), ("Th", 1750, 4785), ("U", 1135, 4131), ("Pu", 640, 3228),
    ],
)  # fmt: skip
def test_melting_and_boiling_points_are_those_of_the_crc_handbook(symbol, melting, boiling):
    data = element(symbol).data
    assert data["melting_point_c"] == pytest.approx(melting, abs=0.02)
    assert data["boiling_point_c"] == pytest.approx(boiling, abs=0.02)
    assert data["melting_point_k"] == pytest.approx(melting + 273.15, abs=0.02)


@pytest.mark.parametrize(
    ("symbol", "density"),
    [  # g/cm³, CRC Handbook; potassium: Kirk-Othmer and its lattice constant; gases at 25 °C from p M / R T
        ("Li", 0.534), ("Na", 0.97), ("K", 0.862), ("Mg", 1.74), ("Al", 2.70), ("Si", 2.3296), ("Ti", 4.506), ("Cr", 7.15),
        ("Fe", 7.87), ("Co", 8.86), ("Ni", 8.90), ("Cu", 8.96), ("Zn", 7.134), ("Br", 3.1028), ("Ag", 10.5), ("Sn", 7.287),
        ("I", 4.933), ("W", 19.3), ("Os", 22.587), ("Ir", 22.562), ("Pt", 21.5), ("Au", 19.3), ("Hg", 13.5336), ("Pb", 11.3),
        ("U", 19.1), ("C", 2.2), ("P", 1.823), ("S", 2.07), ("H", 2 * 1.008 / 24465), ("O", 2 * 15.999 / 24465),
        ("Cl", 2 * 35.45 / 24465), ("Xe", 131.293 / 24465), ("He", 4.0026 / 24465),
    ],
)  # fmt: skip
def test_densities_are_those_of_the_crc_handbook(symbol, density):
    assert element(symbol).data["density_g_cm3"] == pytest.approx(density, rel=0.006)


@pytest.mark.parametrize(
    ("symbol", "configuration"),
    [  # NIST Atomic Spectra Database, ground states: the exceptions to the order of filling
        ("Cr", "[Ar] 3d5 4s1"), ("Cu", "[Ar] 3d10 4s1"), ("Nb", "[Kr] 4d4 5s1"), ("Mo", "[Kr] 4d5 5s1"), ("Ru", "[Kr] 4d7 5s1"),
        ("Rh", "[Kr] 4d8 5s1"), ("Pd", "[Kr] 4d10"), ("Ag", "[Kr] 4d10 5s1"), ("La", "[Xe] 5d1 6s2"), ("Ce", "[Xe] 4f1 5d1 6s2"),
        ("Gd", "[Xe] 4f7 5d1 6s2"), ("Pt", "[Xe] 4f14 5d9 6s1"), ("Au", "[Xe] 4f14 5d10 6s1"), ("Ac", "[Rn] 6d1 7s2"),
        ("Th", "[Rn] 6d2 7s2"), ("Pa", "[Rn] 5f2 6d1 7s2"), ("U", "[Rn] 5f3 6d1 7s2"), ("Np", "[Rn] 5f4 6d1 7s2"),
        ("Cm", "[Rn] 5f7 6d1 7s2"), ("Lr", "[Rn] 5f14 7s2 7p1"), ("Fe", "[Ar] 3d6 4s2"), ("H", "1s1"), ("C", "[He] 2s2 2p2"),
    ],
)  # fmt: skip
def test_electron_configurations_are_those_of_nist(symbol, configuration):
    assert element(symbol).data["electron_configuration"] == configuration


def test_every_element_has_its_electrons_its_place_and_its_name():
    for number, symbol in enumerate(ELEMENT_NAMES, 1):
        data = element(symbol).data
        shells = data["electron_configuration_full"].split()
        assert sum(int(shell[2:]) for shell in shells) == number == data["atomic_number"]
        assert data["block"] in "spdf" and (data["group"] is None) == (data["block"] == "f")
        period = sum(number > noble for noble in (2, 10, 18, 36, 54, 86)) + 1
        assert data["period"] == period
        assert data["isotopes"] and all(one["mass_da"] > 0 for one in data["isotopes"])
        natural = [one["abundance_percent"] for one in data["isotopes"] if "abundance_percent" in one]
        assert not natural or sum(natural) == pytest.approx(100, abs=1e-3)


@pytest.mark.parametrize(
    ("symbol", "group", "period", "block"),
    [("H", 1, 1, "s"), ("He", 18, 1, "s"), ("Fe", 8, 4, "d"), ("Zn", 12, 4, "d"), ("Cl", 17, 3, "p"), ("Al", 13, 3, "p"),
     ("Eu", None, 6, "f"), ("La", None, 6, "f"), ("Lu", 3, 6, "d"), ("Lr", 3, 7, "d"), ("Og", 18, 7, "p")],
)  # fmt: skip
def test_places_in_iupacs_periodic_table(
    symbol, group, period, block
):  # group 3: Scerri et al., Chem. Int. 2021, 43, 31
    data = element(symbol).data
    assert (data["group"], data["period"], data["block"]) == (group, period, block)


@pytest.mark.parametrize(
    ("symbol", "energy"),
    # eV, NIST Ground Levels and Ionization Energies for the Neutral Atoms
    [("H", 13.5984), ("He", 24.5874), ("Li", 5.3917), ("C", 11.2603), ("N", 14.5341), ("O", 13.6181), ("F", 17.4228),
     ("Na", 5.1391), ("Cl", 12.9676), ("Fe", 7.9025), ("Cu", 7.7264), ("Au", 9.2256), ("Hg", 10.4375), ("Cs", 3.8939)],
)  # fmt: skip
def test_first_ionisation_energies_are_those_of_nist(symbol, energy):
    data = element(symbol).data
    assert data["first_ionization_energy_ev"] == pytest.approx(energy, abs=2e-4)
    assert data["first_ionization_energy_kj_mol"] == pytest.approx(energy * 96.485, abs=0.1)


@pytest.mark.parametrize(
    ("symbol", "value"),
    # Pauling's scale, CRC Handbook
    [("H", 2.20), ("Li", 0.98), ("C", 2.55), ("N", 3.04), ("O", 3.44), ("F", 3.98), ("Na", 0.93), ("Cl", 3.16), ("K", 0.82),
     ("Fe", 1.83), ("Cu", 1.90), ("Br", 2.96), ("I", 2.66), ("Cs", 0.79), ("He", None), ("Ar", None)],
)  # fmt: skip
def test_electronegativities_are_paulings(symbol, value):
    assert element(symbol).data["electronegativity_pauling"] == value


@pytest.mark.parametrize(
    ("symbol", "states"),
    # Greenwood and Earnshaw, Chemistry of the Elements, 2nd ed.
    [("Na", [1]), ("Ca", [2]), ("Al", [3]), ("Fe", [2, 3]), ("Cu", [1, 2]), ("Ag", [1]), ("Sn", [-4, 2, 4]), ("Au", [1, 3]),
     ("F", [-1]), ("O", [-2]), ("Cr", [3, 6])],
)  # fmt: skip
def test_common_oxidation_states(symbol, states):
    assert element(symbol).data["common_oxidation_states"] == states


@pytest.mark.parametrize(
    ("text", "isotope", "abundance", "half_life"),
    [  # IUPAC compositions; NUBASE 2020
        ("13C", "13C", 1.07, "stable"),
        ("C-14", "14C", 0, "5,700 years"),
        ("carbon-14", "14C", 0, "5,700 years"),
        ("deuterium", "2H", 0.0115, "stable"),
        ("D", "2H", 0.0115, "stable"),
        ("tritium", "3H", 0, "12.32 years"),
        ("uranium-235", "235U", 0.7204, "7.04 × 10⁸ years"),
        ("I-131", "131I", 0, "8.0249 d"),
        ("40K", "40K", 0.0117, "1.248 × 10⁹ years"),
        ("Tc-99", "99Tc", 0, "211,100 years"),
        ("[18F]", "18F", 0, "109.734 min"),
    ],
)
def test_a_nuclide_can_be_asked_for(text, isotope, abundance, half_life):
    found = element(text).data["nuclide"]
    assert found["isotope"] == isotope
    assert found["abundance_percent"] == pytest.approx(abundance, abs=1e-4)
    assert found["half_life"] == half_life


@pytest.mark.parametrize(
    ("text", "symbol"),
    [("iron", "Fe"), ("Iron", "Fe"), ("aluminum", "Al"), ("aluminium", "Al"), ("cesium", "Cs"), ("caesium", "Cs"),
     ("sulphur", "S"), ("sulfur", "S"), ("26", "Fe"), ("Z = 79", "Au"), ("element 8", "O"), ("iron (Fe)", "Fe"), (" Co ", "Co")],
)  # fmt: skip
def test_an_element_is_found_by_symbol_name_or_number(text, symbol):
    assert element(text).data["symbol"] == symbol


@pytest.mark.parametrize(
    ("text", "hint"),
    [("co", "Co for cobalt"), ("CO", "carbon and oxygen"), ("fe", "Fe"), ("irn", "iron"), ("", "symbol"), ("119", "118"), ("0", "118"),
     ("999C", "nuclide"), ("iron (Co)", "two elements"), ("Xx", "symbol"), ("water", "symbol")],
)  # fmt: skip
def test_what_is_no_element_is_refused_with_a_hint(text, hint):
    with pytest.raises(ToolInputError) as raised:
        element(text)
    assert hint in str(raised.value)


def test_what_was_never_measured_is_not_given():
    assert element("He").data["melting_point_k"] is None  # it freezes only under pressure
    assert element("He").data["boiling_point_c"] == pytest.approx(-268.93, abs=0.01)
    assert element("Og").data["density_g_cm3"] is None and element("Fr").data["density_g_cm3"] is None
    assert element("Tc").data["atomic_weight"] is None and element("Tc").data["standard_atomic_weight"] == "[97]"


def test_carbon_and_arsenic_sublime():
    # CRC Handbook: graphite 3825 °C, arsenic 616 °C
    for symbol, point in (("C", 3825), ("As", 616)):
        data = element(symbol).data
        assert data["sublimation_point_c"] == pytest.approx(point, abs=0.1)
        assert data["melting_point_c"] is None and data["boiling_point_c"] is None


def test_states_at_room_temperature():
    liquids = [symbol for symbol in ELEMENT_NAMES if element(symbol).data["state_at_25_c"] == "liquid"]
    gases = [symbol for symbol in ELEMENT_NAMES if element(symbol).data["state_at_25_c"] == "gas"]
    assert liquids == ["Br", "Hg"]
    assert gases == ["H", "He", "N", "O", "F", "Ne", "Cl", "Ar", "Kr", "Xe", "Rn"]


def test_radii_are_named_and_those_of_their_sources():
    # Cordero et al. 2008; Bondi 1964
    assert element("C").data["covalent_radius_pm"] == 76
    assert element("Fe").data["covalent_radius_pm"] == 132
    assert element("N").data["vdw_radius_pm"] == 155
    assert any("Cordero" in note for note in element("C").notes)

"""``formula_report``: masses, percentages and electrons against PubChem, IUPAC, NIST and textbooks."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tests.tools.test_proteins import INSULIN_A, LYSOZYME
from tools.biology import masses
from tools.chemistry.atomic_masses import atomic_weights, natural_isotopes
from tools.chemistry.description import describe_molecule
from tools.chemistry.formula_report import formula_report


@pytest.mark.parametrize(
    ("formula", "average", "monoisotopic"),
    [  # PubChem, CID in the comment
        ("C8H10N4O2", 194.19, 194.08037557),  # 2519, caffeine
        ("C9H8O4", 180.16, 180.04225873),  # 2244, aspirin
        ("C6H12O6", 180.16, 180.06338810),  # 5793, glucose
        ("CuSO4.5H2O", 249.69, 248.934139),  # 24463
        ("C33H40N2O9", 608.7, 608.27338086),  # 5770, reserpine
        ("CCl4", 153.8, 151.875411),  # 5943
        ("C6H5Br", 157.01, 155.957462),  # 7961
        ("CH3(CH2)4CH3", 86.18, 86.109550447),  # 8058, hexane
        ("K4[Fe(CN)6]", 368.34, 367.808227),  # 26129
        ("UF6", 352.019, 352.041207),  # 24560
        ("HAuCl4", 339.8, 337.849811),  # 28133
    ],
)
def test_masses_are_those_of_pubchem(formula, average, monoisotopic):
    data = formula_report(formula).data
    assert data["average_mass_da"] == pytest.approx(average, abs=0.06)
    assert data["monoisotopic_mass_da"] == pytest.approx(monoisotopic, abs=5e-5)


@pytest.mark.parametrize(
    ("formula", "mass"),
    [  # summed by hand from IUPAC's table of 2021
        ("H2SO4", 2 * 1.008 + 32.06 + 4 * 15.999),
        ("AgNO3", 107.8682 + 14.007 + 3 * 15.999),
        ("PbO2", 207.2 + 2 * 15.999),
        ("ZnSe", 65.38 + 78.971),
        ("YbHf", 173.045 + 178.486),
        ("C60", 60 * 12.011),
    ],
)
def test_the_average_mass_adds_iupacs_weights_of_2021(formula, mass):
    assert formula_report(formula).data["average_mass_da"] == pytest.approx(mass, abs=0.0006)


def test_the_table_of_weights_is_iupacs():
    weights = atomic_weights()
    assert len(weights) == 118
    for symbol, one in weights.items():
        if one.weight is None:
            assert one.mass_number
            continue
        numbers = one.standard.strip("[]").split(", ")
        if len(numbers) == 2:  # a conventional weight is rounded, 204.38 of Tl out of its interval by 0.002
            assert float(numbers[0]) - 0.003 < one.weight < float(numbers[1])
        # what the isotopes average to, within what IUPAC leaves open
        average = sum(isotope.mass * isotope.abundance for isotope in natural_isotopes(symbol))
        assert one.weight == pytest.approx(average, abs=0.02 if symbol == "Pb" else 0.011)
        assert sum(isotope.abundance for isotope in natural_isotopes(symbol)) == pytest.approx(1, abs=1e-6)


def test_proteins_and_formulas_are_weighed_alike():
    for symbol, weight in masses.ATOMIC_WEIGHTS.items():
        assert atomic_weights()[symbol].weight == pytest.approx(weight, abs=0.0005)
    for chain in (LYSOZYME, INSULIN_A):
        atoms = masses.composition(chain, "protein")
        data = formula_report(masses.formula(atoms)).data
        assert data["average_mass_da"] == pytest.approx(masses.average_mass(atoms), abs=0.001)
        assert data["monoisotopic_mass_da"] == pytest.approx(masses.monoisotopic_mass(atoms), abs=1e-4)


@pytest.mark.parametrize(
    ("formula", "charge", "mz", "electrons"),
    [  # PubChem's formula of the ion; m/z by hand: neutral mass ± 0.00054858 (CODATA)
        ("NO3^-", -1, 61.98837, 32),
        ("Fe^{3+}", 3, 55.934936 / 3 - 0.000549, 23),
        ("SO4 2-", -2, 95.951730 / 2 + 0.000549, 50),
        ("[Fe(CN)6]4-", -4, (55.934936 + 72 + 6 * 14.003074) / 4 + 0.000549, 108),
        ("NH4+", 1, 18.033826, 10),
        ("C8H11N4O2+", 1, 195.087652, 102),  # MassBank, [M+H]+ of caffeine: 195.0877
        ("H+", 1, 1.007276, 0),  # CODATA, the proton
    ],
)
def test_an_ion_is_weighed_without_the_electrons_that_left(formula, charge, mz, electrons):
    data = formula_report(formula).data
    assert (data["charge"], data["electrons"]) == (charge, electrons)
    assert data["mz"] == pytest.approx(mz, abs=2e-5)


def test_a_charge_can_be_an_argument_but_not_contradict_the_formula():
    assert formula_report("Fe", 3).data["formula"] == formula_report("Fe^3+").data["formula"] == "Fe+3"
    assert formula_report("SO4", "2-").data["electrons"] == 50
    assert formula_report("NO3-", -1).data["charge"] == -1
    for formula, charge in (("Fe^3+", 2), ("NO3-", 1), ("NO3-", 0), ("H", 2), ("C", 7), ("O2", "many")):
        with pytest.raises(ToolInputError):
            formula_report(formula, charge)


@pytest.mark.parametrize(
    ("formula", "degrees"),
    [  # Pretsch, Bühlmann, Badertscher, Structure Determination of Organic Compounds; textbooks
        ("C6H6", 4), ("C8H10N4O2", 6), ("C6H12O6", 1), ("C2H6O", 0), ("CH4", 0), ("C6H5Cl", 4), ("C5H5N", 4), ("CO2", 2),
        ("H2O", 0), ("C60", 61), ("N2", 2), ("HCl", 0), ("C8H11N4O2+", 5.5), ("CH3", 0.5), ("NH4+", -0.5), ("C2H3O2-", 1.5),
        ("C18H15P", 12), ("C27H46O", 5), ("C6D6", 4),
    ],
)  # fmt: skip
def test_degrees_of_unsaturation_are_those_of_the_textbook(formula, degrees):
    assert formula_report(formula).data["degrees_of_unsaturation"] == degrees


@pytest.mark.parametrize("formula", ["NaCl", "Pt(NH3)2Cl2", "PCl5", "SF6", "XeF4", "NH4Cl", "He"])
def test_no_degrees_of_unsaturation_where_there_is_no_standard_valence(formula):
    output = formula_report(formula)
    assert output.data["degrees_of_unsaturation"] is None
    assert any(note.startswith("No degrees of unsaturation") for note in output.notes)


def test_mass_percentages_are_those_of_elemental_analysis():
    # caffeine: European Pharmacopoeia / Merck Index, C 49.48, H 5.19, N 28.85, O 16.48
    composition = formula_report("C8H10N4O2").data["composition"]
    assert {symbol: part["mass_percent"] for symbol, part in composition.items()} == {
        "C": 49.48, "H": 5.19, "N": 28.85, "O": 16.48,
    }  # fmt: skip
    assert composition["H"]["atoms"] == 10
    # Merck Index, copper sulfate pentahydrate: Cu 25.45, S 12.84 %
    blue = formula_report("CuSO4.5H2O").data["composition"]
    assert (blue["Cu"]["mass_percent"], blue["S"]["mass_percent"]) == (25.45, 12.84)


def test_isotopes_weigh_what_they_do():
    # PubChem: heavy water (CID 24602) 20.0276, 20.023118; [13C6]glucose 186.08351714
    assert formula_report("D2O").data["average_mass_da"] == pytest.approx(20.0276, abs=0.001)
    assert formula_report("D2O").data["monoisotopic_mass_da"] == pytest.approx(20.023118, abs=1e-5)
    assert formula_report("[13C]6H12O6").data["monoisotopic_mass_da"] == pytest.approx(186.08351714, abs=1e-5)
    assert formula_report("[14C]").data["monoisotopic_mass_da"] == pytest.approx(14.003242, abs=5e-6)  # AME 2020


def test_an_element_without_a_weight_is_its_longest_lived_isotope_and_said_to_be():
    output = formula_report("TcO4-")
    assert output.data["average_mass_da"] == pytest.approx(
        96.906361 + 4 * 15.999 + 0.000549, abs=0.001
    )  # 97Tc, AME 2020
    assert any("97Tc" in note for note in output.notes)


def test_nominal_and_most_abundant_masses():
    # C54H90N6O18 valinomycin 1110; CBr4: 79Br2 81Br2 is the likeliest (NIST WebBook: 332 the base peak of the cluster)
    assert formula_report("C54H90N6O18").data["nominal_mass_da"] == 1110
    carbon_tetrabromide = formula_report("CBr4").data
    assert carbon_tetrabromide["monoisotopic_mass_da"] == pytest.approx(327.6734, abs=1e-4)
    assert carbon_tetrabromide["most_abundant_mass_da"] == pytest.approx(331.6693, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "formula"),
    [("caffeine", "C8H10N4O2"), ("50-78-2", "C9H8O4"), ("c1ccccc1", "C6H6"), ("sulfate", "O4S-2"), ("TNT", "C7H5N3O6"),
     ("C=C", "C2H4"), ("InChI=1S/CH4/h1H4", "CH4"), ("Iron", "Fe")],
)  # fmt: skip
def test_a_name_stands_for_its_formula_and_is_said_to(text, formula):
    output = formula_report(text)
    assert output.data["formula"] == formula
    assert "not as a formula" in output.notes[0]


@pytest.mark.parametrize(
    ("text", "hint"),
    [("co2", "CO2"), ("nacl", "NaCl"), ("CCO", "C2H6O"), ("ATG", "sequence"), ("caffiene", "caffeine"), ("NACL", "NaCl"),
     ("VO2+", "VO2^+"), ("NaN", "missing number"), ("", ""), ("e-", ""), ("Fe(III)2", "charge"), ("CaSO4·½H2O", "whole numbers"), ("insulin", "protein")],
)  # fmt: skip
def test_what_could_be_two_things_or_none_is_refused_with_what_to_write(text, hint):
    with pytest.raises(ToolInputError) as raised:
        formula_report(text)
    assert hint in str(raised.value) and "\n" not in str(raised.value)


def test_cobalt_is_not_carbon_monoxide():
    assert formula_report("Co").data["average_mass_da"] == pytest.approx(58.933, abs=0.001)
    assert formula_report("CO").data["average_mass_da"] == pytest.approx(28.010, abs=0.001)


@pytest.mark.parametrize(
    ("smiles", "formula"),
    [("CS(C)=O", "C2H6OS"), ("Clc1ccccc1", "C6H5Cl"), ("[2H]C([2H])([2H])O", "CD3OH"), ("FC(F)(F)C(F)(F)F", "C2F6"),
     ("[Na+].[Cl-]", "NaCl"), ("C[Se]C", "C2H6Se"), ("[Zn+2].[O-2]", "ZnO"), ("O=[99Tc](=O)(=O)O", "H[99Tc]O4")],
)  # fmt: skip
def test_structures_and_formulas_are_weighed_alike(smiles, formula):
    described, reported = describe_molecule(smiles).data, formula_report(formula).data
    assert reported["average_mass_da"] == pytest.approx(described["average_mass_da"], abs=0.0011)
    assert reported["monoisotopic_mass_da"] == pytest.approx(described["monoisotopic_mass_da"], abs=2e-5)

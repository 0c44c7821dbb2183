"""``balance_reaction``: equations whose coefficients textbooks print, and those that have none or too many."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.balancing import balance_reaction
from tools.chemistry.stoichiometry import extreme_reactions, null_space


@pytest.mark.parametrize(
    ("reactants", "products", "coefficients"),
    [
        ("H2 + O2", "H2O", [2, 1, 2]),
        ("C3H8 + O2", "CO2 + H2O", [1, 5, 3, 4]),  # Atkins and Jones, Chemical Principles: combustion
        ("C8H18 + O2", "CO2 + H2O", [2, 25, 16, 18]),  # Zumdahl, Chemistry: octane
        ("CO2 + H2O", "C6H12O6 + O2", [6, 6, 1, 6]),  # photosynthesis
        ("FeS2 + O2", "Fe2O3 + SO2", [4, 11, 2, 8]),  # roasting of pyrite, Greenwood and Earnshaw
        ("NH3 + O2", "NO + H2O", [4, 5, 4, 6]),  # Ostwald process
        ("(NH4)2Cr2O7", "N2 + Cr2O3 + H2O", [1, 1, 1, 4]),
        ("KClO3", "KCl + KClO4", [4, 1, 3]),
        ("KMnO4 + HCl", "KCl + MnCl2 + H2O + Cl2", [2, 16, 2, 2, 8, 5]),
        ("Cu + HNO3", "Cu(NO3)2 + NO + H2O", [3, 8, 3, 2, 4]),  # dilute acid
        ("Cu + HNO3", "Cu(NO3)2 + NO2 + H2O", [1, 4, 1, 2, 2]),  # concentrated acid
        ("K2Cr2O7 + KI + H2SO4", "Cr2(SO4)3 + I2 + K2SO4 + H2O", [1, 6, 7, 1, 3, 4, 7]),
        ("As2S3 + HNO3 + H2O", "H3AsO4 + H2SO4 + NO", [3, 28, 4, 6, 9, 28]),
        ("Ca3(PO4)2 + SiO2 + C", "CaSiO3 + CO + P4", [2, 6, 10, 6, 10, 1]),  # Woehler process
        ("Au + NaCN + O2 + H2O", "Na[Au(CN)2] + NaOH", [4, 8, 1, 2, 4, 4]),  # Elsner equation
        ("Pb(N3)2 + Cr(MnO4)2", "Cr2O3 + MnO2 + NO + Pb3O4", [15, 44, 22, 88, 90, 5]),
        (  # the standard hard case of balancing programs
            "K4Fe(CN)6 + KMnO4 + H2SO4", "KHSO4 + Fe2(SO4)3 + MnSO4 + HNO3 + CO2 + H2O",
            [10, 122, 299, 162, 5, 122, 60, 60, 188],
        ),
        (  # Stout, J. Chem. Educ. 1995, 72, 1125
            "[Cr(N2H4CO)6]4[Cr(CN)6]3 + KMnO4 + H2SO4", "K2Cr2O7 + KNO3 + CO2 + K2SO4 + MnSO4 + H2O",
            [10, 1176, 1399, 35, 660, 420, 223, 1176, 1879],
        ),
    ],
)  # fmt: skip
def test_textbook_equations(reactants, products, coefficients):
    data = balance_reaction(reactants, products).data
    assert list(data["coefficients"].values()) == coefficients
    assert data["determined"] and data["balanced"]


@pytest.mark.parametrize(
    ("reactants", "products", "coefficients", "charge"),
    [
        ("MnO4^- + Fe^2+ + H^+", "Mn^2+ + Fe^3+ + H2O", [1, 5, 8, 1, 5, 4], 17),
        ("MnO4- + Fe2+ + H+", "Mn2+ + Fe3+ + H2O", [1, 5, 8, 1, 5, 4], 17),
        ("Fe2++MnO4-+H+", "Fe3++Mn2++H2O", [5, 1, 8, 5, 1, 4], 17),  # without blanks
        ("MnO4^- + H^+ + e^-", "Mn^2+ + H2O", [1, 8, 5, 1, 4], 2),  # CRC Handbook, reduction potentials
        ("Cr2O7^2- + H^+ + e^-", "Cr^3+ + H2O", [1, 14, 6, 2, 7], 6),
        ("Pb^2+ + H2O", "PbO2 + H^+ + e^-", [1, 2, 1, 4, 2], 2),
        ("P4 + OH^- + H2O", "PH3 + H2PO2^-", [1, 3, 3, 1, 3], -3),  # white phosphorus in lye
        ("I2 + OH^-", "I^- + IO3^- + H2O", [3, 6, 5, 1, 3], -6),
        (
            "H2C2O4 + MnO4^- + H^+",
            "CO2 + Mn^2+ + H2O",
            [5, 2, 6, 10, 2, 8],
            4,
        ),  # Harris, Quantitative Chemical Analysis
        ("Cr2O7^2- + C2H5OH + H^+", "Cr^3+ + CO2 + H2O", [2, 1, 16, 4, 2, 11], 12),  # breath alcohol
    ],
)
def test_ions_and_half_reactions_conserve_charge(reactants, products, coefficients, charge):
    data = balance_reaction(reactants, products).data
    assert list(data["coefficients"].values()) == coefficients
    assert data["charge_each_side"] == charge


@pytest.mark.parametrize(
    ("reactants", "products"),
    [
        ("H2 + O2 -> H2O", ""),
        ("2 H2 + O2 → 2 H2O", ""),
        ("H2+O2=H2O", ""),
        ("H2, O2", "H2O"),
        ("H2; O2", "H2O"),
        ("H2 and O2", "H2O"),
        (["H2", "O2"], ["H2O"]),
        (["2 H2", "O2"], "2H2O"),
        ("H2(g) + O2(g)", "H2O(l)"),
        ("H₂ + ½ O₂ ⇌ H₂O", ""),
        ("hydrogen + oxygen", "water"),
        ("H2+ O2", "H2O"),
        ("H2 +O2", "H2O"),
        ("H2 + O2 yields H2O", ""),
        ("hydrogen reacts with oxygen to give water", ""),
        ("[H][H].O=O>>O", ""),
        (["[H][H]", "O=O"], ["O"]),
    ],
)
def test_one_equation_written_in_many_ways(reactants, products):
    assert list(balance_reaction(reactants, products).data["coefficients"].values()) == [2, 1, 2]


def test_names_are_read_as_their_formulas_and_that_is_said():
    output = balance_reaction("propane + O2", "carbon dioxide + water")
    assert output.data["equation"] == "propane + 5 O2 -> 3 carbon dioxide + 4 water"
    assert any("propane: 'propane' was read as a name, not as a formula: C3H8" in note for note in output.notes)
    assert list(balance_reaction("N,N-dimethylformamide, O2", "CO2, H2O, N2").data["coefficients"].values()) == [
        4, 17, 12, 14, 2,
    ]  # fmt: skip


def test_elements_are_balanced_by_name():
    for name, coefficients in (("sulfur", [1, 1, 1]), ("white phosphorus", [1, 5, 1]), ("phosphorus", [4, 5, 1])):
        product = "SO2" if name == "sulfur" else "P4O10"
        assert list(balance_reaction([name, "oxygen"], product).data["coefficients"].values()) == coefficients


def test_species_are_smiles_together_or_not_at_all():
    output = balance_reaction(["C", "O=O"], ["O=C=O", "O"])
    assert output.data["reactant_coefficients"] == [1, 2]
    assert output.data["product_coefficients"] == [1, 2]
    assert "All species were read as SMILES: O is water, C is methane." in output.notes
    assert balance_reaction("CCO>[H+]>C=C.O").data["equation"] == "CCO -> C=C + O"
    assert balance_reaction("C + O2 -> CO2").data["equation"] == "C + O2 -> CO2"


def test_water_of_crystallization_and_isotopes():
    assert list(balance_reaction("CuSO4.5H2O", "CuSO4 + H2O").data["coefficients"].values()) == [1, 1, 5]
    assert list(balance_reaction("D2O + H2O", "HDO").data["coefficients"].values()) == [1, 1, 2]
    with pytest.raises(ToolInputError, match="isotope 2H is only among the reactants"):
        balance_reaction("D2 + O2", "H2O")


@pytest.mark.parametrize(
    ("reactants", "products", "reactions"),
    [
        # hydrogen peroxide is oxidized, and decomposes as well
        ("KMnO4 + H2O2 + H2SO4", "K2SO4 + MnSO4 + H2O + O2", {"2 H2O2 -> 2 H2O + O2",
         "4 KMnO4 + 6 H2SO4 -> 2 K2SO4 + 4 MnSO4 + 6 H2O + 5 O2"}),
        ("C + O2", "CO + CO2", {"2 C + O2 -> 2 CO", "C + O2 -> CO2"}),
        ("CH4 + O2", "CO + CO2 + H2O", {"2 CH4 + 3 O2 -> 2 CO + 4 H2O", "CH4 + 2 O2 -> CO2 + 2 H2O"}),
    ],
)  # fmt: skip
def test_an_under_determined_equation_is_said_to_be_so(reactants, products, reactions):
    output = balance_reaction(reactants, products)
    assert output.data["coefficients"] is None and output.data["equation"] is None
    assert set(output.data["independent_reactions"]) == reactions
    assert output.data["free_coefficients"] == 2
    assert "under-determined" in output.summary


def test_isomers_cannot_be_told_apart_but_together_they_can_be_balanced():
    output = balance_reaction("sucrose + water", "glucose + fructose")
    assert not output.data["determined"]
    assert any("C12H22O11 + H2O -> 2 C6H12O6" in note for note in output.notes)


def test_what_is_written_twice_or_on_both_sides():
    assert balance_reaction("C12H22O11 + H2O", "C6H12O6 + C6H12O6").data["equation"] == "C12H22O11 + H2O -> 2 C6H12O6"
    output = balance_reaction("H2O2 + MnO2", "H2O + O2 + MnO2")
    assert output.data["equation"] == "2 H2O2 -> 2 H2O + O2"
    assert any("MnO2 stands on both sides" in note for note in output.notes)
    with pytest.raises(ToolInputError, match=r"Without what stands on both sides .H2O. there are no reactants"):
        balance_reaction("H2O", "H₂O")


def test_written_coefficients_are_checked_and_replaced():
    assert "as written balance" in " ".join(balance_reaction("2 H2 + O2 -> 2 H2O").notes)
    output = balance_reaction("H2 + 3 O2 -> H2O")
    assert output.data["equation"] == "2 H2 + O2 -> 2 H2O"
    assert "do not balance the equation and were not used" in " ".join(output.notes)
    assert "one of its many" in " ".join(
        balance_reaction("2 KMnO4 + 5 H2O2 + 3 H2SO4", "K2SO4 + 2 MnSO4 + 8 H2O + 5 O2").notes
    )


@pytest.mark.parametrize(
    ("reactants", "products", "says"),
    [
        ("NaCl", "KCl", "potassium .K. is only among the products"),
        ("MnO4^- + Fe^2+", "Mn^2+ + Fe^3+", "8 H.. -> Mn.2. . 5 Fe.3. . 4 H2O"),
        ("MnO4^-", "Mn^2+", "MnO4.- . 8 H.. . 5 e.- -> Mn.2. . 4 H2O"),
        ("Fe", "Fe^3+", "Fe -> Fe.3. . 3 e.-"),
        ("CH4", "CO + H2", "only among the products"),
        ("Fe + HCl", "FeCl2 + H2 + Fe", "Fe, on both sides, was not counted"),
        ("H2 +", "H2O", "nothing on one side"),
        ("Na+ Cl-", "NaCl", "could be a charge"),
        ("", "H2O", "no reactants"),
        ("H2", "", "no products"),
        ("H2 -> H2O -> O2", "", "more than one arrow"),
        ("H2 + O2 -> H2O", "H2O", "beside other species"),
        (["H2", ""], "H2O", "empty"),
        ("CCO + O2", "CO2 + H2O", "could be the formula C2O or the SMILES"),
        ("Xx + O2", "XxO", "Xx"),
        ("O2-", "O2", "could be"),
        ("H2 + 0 O2", "H2O", "coefficient"),
        (" + ".join(f"C{n}H{n}" for n in range(1, 40)), "CO2", "at most 30"),
        ("H" * 5000, "H2", "at most 4,000"),
    ],
)
def test_what_cannot_be_balanced_is_one_sentence(reactants, products, says):
    with pytest.raises(ToolInputError, match=says) as raised:
        balance_reaction(reactants, products)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("reactants", "products", "says"),
    [
        ("CO + H2O + H2", "CO2", "only with H2 on the other side: CO . H2O -> H2 . CO2"),
        ("H2O + H2", "O2", "only with H2 on the other side: 2 H2O -> 2 H2 . O2"),
        ("Fe2O3 + CO2", "Fe + CO", "only with CO2, CO on the other side: Fe2O3 . 3 CO -> 3 CO2 . 2 Fe"),
    ],
)
def test_a_species_on_the_wrong_side_is_named(reactants, products, says):
    with pytest.raises(ToolInputError, match=says):
        balance_reaction(reactants, products)


def test_the_null_space_is_exact_in_large_numbers():
    # x1 · p = x2 · q with primes has only the solution (q, p)
    assert null_space([[1_000_003, -998_244_353]], 2) == [[998_244_353, 1_000_003]]


def test_extreme_reactions_are_those_that_no_other_is_part_of():
    # C + O2 -> CO, CO2 by hand: carbon, oxygen
    rows = [[1, 0, -1, -1], [0, 2, -1, -2]]
    assert sorted(extreme_reactions(rows, 4)) == [[1, 1, 0, 1], [2, 1, 2, 0]]

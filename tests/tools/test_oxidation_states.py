"""``oxidation_states``: textbook values of elements, ions, salts, complexes and molecules, and what is refused.

Sources: GE = Greenwood & Earnshaw, Chemistry of the Elements, 2nd ed. (1997); HS = Housecroft & Sharpe, Inorganic
Chemistry, 5th ed. (2018); IUPAC = Karen, McArdle & Takats, Pure Appl. Chem. 2014, 86, 1017 and 2016, 88, 831; CGW = Clayden,
Greeves & Warren, Organic Chemistry, 2nd ed. (2012), by the bonds of its drawn structures.
"""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.oxidation_states import oxidation_states
from tools.registry import Toolbox


def states(text: str) -> dict[str, list[float]]:
    return oxidation_states(text).data["oxidation_states"]


def approx(expected: dict[str, list[float]]) -> dict:
    return {symbol: pytest.approx(values, abs=1e-4) for symbol, values in expected.items()}


BY_FORMULA = [
    # IUPAC and GE: oxoanions and oxides
    ("KMnO4", {"K": [1], "Mn": [7], "O": [-2]}),
    ("K2MnO4", {"K": [1], "Mn": [6], "O": [-2]}),
    ("K2Cr2O7", {"K": [1], "Cr": [6], "O": [-2]}),
    ("CrO2Cl2", {"Cr": [6], "O": [-2], "Cl": [-1]}),
    ("K2FeO4", {"K": [1], "Fe": [6], "O": [-2]}),
    ("OsO4", {"Os": [8], "O": [-2]}),
    ("IrO4^+", {"Ir": [9], "O": [-2]}),  # Wang et al., Nature 2014, 514, 475
    ("SO4^2-", {"S": [6], "O": [-2]}),
    ("HClO4", {"H": [1], "Cl": [7], "O": [-2]}),
    ("NaClO", {"Na": [1], "Cl": [1], "O": [-2]}),
    ("Ca(OCl)2", {"Ca": [2], "O": [-2], "Cl": [1]}),
    ("CaOCl2", {"Ca": [2], "O": [-2], "Cl": [-1, 1]}),
    ("KIO3", {"K": [1], "I": [5], "O": [-2]}),
    ("H5IO6", {"H": [1], "I": [7], "O": [-2]}),
    ("Cl2O7", {"Cl": [7], "O": [-2]}),
    ("ClO2", {"Cl": [4], "O": [-2]}),
    ("P4O10", {"P": [5], "O": [-2]}),
    ("H3PO2", {"H": [1], "P": [1], "O": [-2]}),
    ("H3PO3", {"H": [1], "P": [3], "O": [-2]}),
    ("Na2HPO4", {"Na": [1], "H": [1], "P": [5], "O": [-2]}),
    ("PbO2", {"Pb": [4], "O": [-2]}),
    ("MnO2", {"Mn": [4], "O": [-2]}),
    ("BaTiO3", {"Ba": [2], "Ti": [4], "O": [-2]}),
    ("LiCoO2", {"Li": [1], "Co": [3], "O": [-2]}),
    ("LiFePO4", {"Li": [1], "Fe": [2], "P": [5], "O": [-2]}),
    ("CuO4S", {"Cu": [2], "O": [-2], "S": [6]}),  # Hill's order hides the sulfate
    ("VO2^+", {"V": [5], "O": [-2]}),
    ("VO^2+", {"V": [4], "O": [-2]}),
    ("UO2^2+", {"U": [6], "O": [-2]}),
    ("H3PW12O40", {"H": [1], "P": [5], "W": [6], "O": [-2]}),
    # GE, chapter 14: peroxides, superoxides, ozonides, oxygen fluorides
    ("H2O2", {"H": [1], "O": [-1]}),
    ("Na2O2", {"Na": [1], "O": [-1]}),
    ("BaO2", {"Ba": [2], "O": [-1]}),
    ("KO2", {"K": [1], "O": [-1 / 2]}),
    ("KO3", {"K": [1], "O": [-1 / 3]}),
    ("OF2", {"O": [2], "F": [-1]}),
    ("O2F2", {"O": [1], "F": [-1]}),
    ("O2PtF6", {"O": [1 / 2], "Pt": [5], "F": [-1]}),
    ("CrO5", {"Cr": [6], "O": [-2, -1]}),
    # GE: peroxo acids
    ("S2O8^2-", {"S": [6], "O": [-2, -1]}),
    ("H2SO5", {"H": [1], "S": [6], "O": [-2, -1]}),
    # GE: hydrides; H is the more electronegative beside B, Al, Si
    ("NaH", {"Na": [1], "H": [-1]}),
    ("CaH2", {"Ca": [2], "H": [-1]}),
    ("LiAlH4", {"Li": [1], "Al": [3], "H": [-1]}),
    ("NaBH4", {"Na": [1], "B": [3], "H": [-1]}),
    ("B2H6", {"B": [3], "H": [-1]}),
    ("SiH4", {"Si": [4], "H": [-1]}),
    ("HSiCl3", {"H": [-1], "Si": [4], "Cl": [-1]}),
    ("Mg2FeH6", {"Mg": [2], "Fe": [2], "H": [-1]}),
    ("K2ReH9", {"K": [1], "Re": [7], "H": [-1]}),
    ("PH3", {"P": [-3], "H": [1]}),
    ("HCo(CO)4", {"H": [-1], "Co": [1], "C": [2], "O": [-2]}),  # HS, organometallic hydrides
    # GE, chapter 11: nitrogen
    ("NH3", {"N": [-3], "H": [1]}),
    ("NH4NO3", {"N": [-3, 5], "H": [1], "O": [-2]}),
    ("N2O", {"N": [1], "O": [-2]}),
    ("NO2", {"N": [4], "O": [-2]}),
    ("NaN3", {"Na": [1], "N": [-1 / 3]}),
    ("HN3", {"H": [1], "N": [-1 / 3]}),
    ("Pb(N3)2", {"Pb": [2], "N": [-1 / 3]}),
    ("N2H4", {"N": [-2], "H": [1]}),
    ("NH2OH", {"N": [-1], "H": [1], "O": [-2]}),
    ("NH2Cl", {"N": [-3], "H": [1], "Cl": [1]}),
    ("HCN", {"H": [1], "C": [2], "N": [-3]}),
    ("CN^-", {"C": [2], "N": [-3]}),
    ("SCN^-", {"S": [-2], "C": [4], "N": [-3]}),
    ("OCN^-", {"O": [-2], "C": [4], "N": [-3]}),
    # GE, chapters 15 to 18: sulfur, halogens, noble gases
    ("S8", {"S": [0]}),
    ("Na2S2", {"Na": [1], "S": [-1]}),
    ("FeS2", {"Fe": [2], "S": [-1]}),
    ("S2O3^2-", {"S": [2], "O": [-2]}),
    ("S4O6^2-", {"S": [0, 5], "O": [-2]}),
    ("SO2Cl2", {"S": [6], "O": [-2], "Cl": [-1]}),
    ("HSO3Cl", {"H": [1], "S": [6], "O": [-2], "Cl": [-1]}),
    ("ICl3", {"I": [3], "Cl": [-1]}),
    ("ClF3", {"Cl": [3], "F": [-1]}),
    ("I3-", {"I": [-1 / 3]}),
    ("XeF4", {"Xe": [4], "F": [-1]}),
    ("XeO3", {"Xe": [6], "O": [-2]}),
    ("Hg2Cl2", {"Hg": [1], "Cl": [-1]}),
    ("TlI3", {"Tl": [1], "I": [-1 / 3]}),
    # GE: carbides, nitrides, mixed valence
    ("CaC2", {"Ca": [2], "C": [-1]}),
    ("Al4C3", {"Al": [3], "C": [-4]}),
    ("Mg3N2", {"Mg": [2], "N": [-3]}),
    ("Fe3O4", {"Fe": [2, 3], "O": [-2]}),
    ("Pb3O4", {"Pb": [2, 4], "O": [-2]}),
    ("Mn3O4", {"Mn": [2, 3], "O": [-2]}),
    ("Co3O4", {"Co": [2, 3], "O": [-2]}),
    ("CuFeS2", {"Cu": [1], "Fe": [3], "S": [-2]}),
    ("YBa2Cu3O7", {"Y": [3], "Ba": [2], "Cu": [7 / 3], "O": [-2]}),
    ("CsAu", {"Cs": [1], "Au": [-1]}),
    # HS: complexes and organometallic compounds
    ("[Fe(CN)6]4-", {"Fe": [2], "C": [2], "N": [-3]}),
    ("K3[Fe(CN)6]", {"K": [1], "Fe": [3], "C": [2], "N": [-3]}),
    ("Fe4[Fe(CN)6]3", {"Fe": [2, 3], "C": [2], "N": [-3]}),
    ("[Co(NH3)6]Cl3", {"Co": [3], "N": [-3], "H": [1], "Cl": [-1]}),
    ("[Co(en)3]Cl3", {"Co": [3], "C": [-1], "N": [-3], "H": [1], "Cl": [-1]}),
    ("[Co(NH3)5(NO2)]Cl2", {"Co": [3], "N": [-3, 3], "H": [1], "O": [-2], "Cl": [-1]}),
    ("NH4[Cr(NH3)2(SCN)4]", {"N": [-3], "H": [1], "Cr": [3], "S": [-2], "C": [4]}),
    ("[PtCl4]2-", {"Pt": [2], "Cl": [-1]}),
    ("Pt(NH3)2Cl2", {"Pt": [2], "N": [-3], "H": [1], "Cl": [-1]}),
    ("[Cu(NH3)4]SO4", {"Cu": [2], "N": [-3], "H": [1], "S": [6], "O": [-2]}),
    ("Ni(CO)4", {"Ni": [0], "C": [2], "O": [-2]}),
    ("Fe(CO)5", {"Fe": [0], "C": [2], "O": [-2]}),
    ("Na2[Fe(CO)4]", {"Na": [1], "Fe": [-2], "C": [2], "O": [-2]}),
    ("Fe(C5H5)2", {"Fe": [2], "C": [-6 / 5], "H": [1]}),
    ("RhCl(CO)(PPh3)2", {"Rh": [1], "Cl": [-1], "C": [-1, 2], "O": [-2], "P": [3], "H": [1]}),
    ("Rh2(OAc)4", {"Rh": [2], "C": [-3, 3], "H": [1], "O": [-2]}),
    ("HAuCl4", {"H": [1], "Au": [3], "Cl": [-1]}),
    ("Na2[Fe(CN)5NO]", {"Na": [1], "Fe": [2], "C": [2], "N": [-3, 3], "O": [-2]}),
    ("CH3NH3PbI3", {"C": [-2], "H": [1], "N": [-3], "Pb": [2], "I": [-1]}),
    # hydrates, alums, double salts
    ("CuSO4.5H2O", {"Cu": [2], "S": [6], "O": [-2], "H": [1]}),
    ("KAl(SO4)2.12H2O", {"K": [1], "Al": [3], "S": [6], "O": [-2], "H": [1]}),
    ("(NH4)2Fe(SO4)2", {"N": [-3], "H": [1], "Fe": [2], "S": [6], "O": [-2]}),
    ("2Na2CO3.3H2O2", {"Na": [1], "C": [4], "O": [-2, -1], "H": [1]}),
    ("2KHSO5.KHSO4.K2SO4", {"K": [1], "H": [1], "S": [6], "O": [-2, -1]}),
    # ions of one atom, elements, alloys
    ("Fe^{3+}", {"Fe": [3]}),
    ("Hf", {"Hf": [0]}),
    ("Cu3Au", {"Cu": [0], "Au": [0]}),
    # organic formulas
    ("CH4", {"C": [-4], "H": [1]}),
    ("CH3OH", {"C": [-2], "H": [1], "O": [-2]}),
    ("CH2O", {"C": [0], "H": [1], "O": [-2]}),
    ("HCOOH", {"C": [2], "H": [1], "O": [-2]}),
    ("C6H12O6", {"C": [0], "H": [1], "O": [-2]}),
    ("H2C2O4", {"H": [1], "C": [3], "O": [-2]}),
    ("CHCl3", {"C": [2], "H": [1], "Cl": [-1]}),
    ("C2H2", {"C": [-1], "H": [1]}),
    ("CO", {"C": [2], "O": [-2]}),
    ("CO2", {"C": [4], "O": [-2]}),
    ("CH3MgBr", {"C": [-4], "H": [1], "Mg": [2], "Br": [-1]}),
]


@pytest.mark.parametrize(("text", "expected"), BY_FORMULA)
def test_a_formula_has_the_textbook_states(text, expected):
    found = states(text)
    assert found == approx(expected)
    assert set(found) == set(expected)


BY_STRUCTURE = [
    ("CCO", {"C": [-3, -1], "H": [1], "O": [-2]}),  # CGW
    ("CC(=O)O", {"C": [-3, 3], "H": [1], "O": [-2]}),
    ("c1ccccc1", {"C": [-1], "H": [1]}),
    ("CS(C)=O", {"C": [-2], "H": [1], "S": [0], "O": [-2]}),
    ("[O-][N+](=O)c1ccccc1", {"C": [-1, 1], "H": [1], "N": [3], "O": [-2]}),
    ("CP(C)C", {"C": [-4], "H": [1], "P": [3]}),
    ("O[PH2]=O", {"H": [1], "P": [1], "O": [-2]}),  # GE
    ("[SiH4]", {"Si": [4], "H": [-1]}),
    ("[K+].[O-][Mn](=O)(=O)=O", {"K": [1], "Mn": [7], "O": [-2]}),
    ("[O-][N+]#N", {"N": [1], "O": [-2]}),  # IUPAC: 0 and +2 or +3 and -1 by the Lewis formula
    ("[N-]=[N+]=O", {"N": [1], "O": [-2]}),
    ("[Na+].[N-]=[N+]=[N-]", {"Na": [1], "N": [-1 / 3]}),
    ("[O-]S(=O)(=O)[S-]", {"S": [2], "O": [-2]}),
    ("[O-]S([O-])(=O)=S", {"S": [2], "O": [-2]}),
    ("[O-]S(=O)(=O)SSS([O-])(=O)=O", {"S": [0, 5], "O": [-2]}),
    ("[O-]S(=O)(=O)OOS([O-])(=O)=O", {"S": [6], "O": [-2, -1]}),
    ("[Fe+2].[cH-]1cccc1.[cH-]1cccc1", {"Fe": [2], "C": [-6 / 5], "H": [1]}),
    ("[NH3]->[Pt](Cl)(Cl)<-[NH3]", {"Pt": [2], "N": [-3], "H": [1], "Cl": [-1]}),
    ("O=[O+][O-]", {"O": [0]}),
    ("I[I-]I", {"I": [-1 / 3]}),
    ("FOF", {"O": [2], "F": [-1]}),
    ("O=Cl[O]", {"Cl": [4], "O": [-2]}),
    ("Cl[Hg][Hg]Cl", {"Hg": [1], "Cl": [-1]}),
    ("ClN(Cl)Cl", {"N": [-3], "Cl": [1]}),  # Allen's scale: GE gives the hydrolysis to NH3 and HOCl
    ("CI", {"C": [-2], "H": [1], "I": [-1]}),
    ("c1ccncc1", {"C": [-1, 1 / 2], "H": [1], "N": [-3]}),  # two Kekulé forms
]


@pytest.mark.parametrize(("smiles", "expected"), BY_STRUCTURE)
def test_a_structure_has_the_textbook_states(smiles, expected):
    found = states(smiles)
    assert found == approx(expected)
    assert set(found) == set(expected)


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("potassium permanganate", "KMnO4"),
        ("hydrogen peroxide", "H2O2"),
        ("sodium azide", "NaN3"),
        ("sodium thiosulfate", "Na2S2O3"),
        ("pyrite", "FeS2"),
        ("magnetite", "Fe3O4"),
        ("chlorine dioxide", "ClO2"),
        ("nitrous oxide", "N2O"),
        ("mercury(I) chloride", "Hg2Cl2"),
        ("ferrocene", "Fe(C5H5)2"),
        ("cisplatin", "Pt(NH3)2Cl2"),
        ("lithium aluminium hydride", "LiAlH4"),
        ("hypophosphorous acid", "H3PO2"),
        ("manganese heptoxide", "Mn2O7"),
        ("dichromate ion", "Cr2O7^2-"),
        ("chlorite", "ClO2^-"),
        ("superoxide ion", "O2^-"),
        ("vanadate ion", "VO4^3-"),
        ("cis-[PtCl2(NH3)2]", "PtCl2(NH3)2"),
        ("mer-[RhCl3(py)3]", "[RhCl3(C5H5N)3]"),
    ],
)
def test_a_name_and_the_formula_agree(name, formula):
    assert states(name) == states(formula)


@pytest.mark.parametrize(
    ("text", "element", "average"),
    [("Fe3O4", "Fe", 8 / 3), ("S4O6^2-", "S", 5 / 2), ("CCO", "C", -2), ("CH3COOH", "C", 0), ("NH4NO3", "N", 1)],
)
def test_averages_are_given_beside_the_values(text, element, average):
    assert oxidation_states(text).data["average_oxidation_states"][element] == pytest.approx(average, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "metal", "state"),
    [  # Housecroft & Sharpe: bis(dimethylglyoximato)nickel(II), tris(dibenzylideneacetone)dipalladium(0), iron(III) porphyrin
        ("Ni(dmg)2", "Ni", 2),
        ("Pd2(dba)3", "Pd", 0),
        ("Fe(salen)Cl", "Fe", 3),
        ("[Fe(TPP)Cl]", "Fe", 3),
        ("[Ni(cyclam)]2+", "Ni", 2),
        ("manganese(IV) sulfide", "Mn", 4),  # by its name, though MnS2 of the formula is a disulfide of Mn(II)
        ("MnS2", "Mn", 2),
    ],
)
def test_abbreviated_ligands_and_stock_numbers(text, metal, state):
    assert states(text)[metal] == [state]


def test_an_unknown_abbreviation_of_a_ligand_is_named():
    with pytest.raises(ToolInputError, match=r"holds \(xyz\), which is no abbreviation of a ligand"):
        oxidation_states("Ni(xyz)2")


def test_the_states_of_atoms_are_in_the_order_of_the_structure():
    assert oxidation_states("OC(=O)C").data["atom_oxidation_states"] == [-2, 3, -2, -3]


@pytest.mark.parametrize("text", [text for text, _ in BY_FORMULA + BY_STRUCTURE])
def test_the_states_add_up_to_the_charge(text):
    output = oxidation_states(text)
    table = next(view for view in output.views if view.kind == "table")
    assert sum(_value(row[1]) * row[2] for row in table.rows) == pytest.approx(output.data["charge"], abs=1e-9)


def _value(written: str) -> float:
    top, _, bottom = written.replace("−", "-").partition("/")
    return int(top) / int(bottom or 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SiH4", "hydride"),
        ("OF2", "F is the more electronegative"),
        ("PH3", "Exception"),
        ("NCl3", "Pauling"),
        ("CuFeS2", "would balance as well"),
        ("S2O3^2-", "−1 and +5"),
        ("CO", "not as the SMILES of CH4O"),
        ("CCl", "SMILES of CH3Cl"),
        ("C6H12O6", "average of all its atoms"),
        ("Fe(C5H5)2", "anion C5H5"),
        ("SO3", "sulfite has a charge"),
        ("[Co(en)3]Cl3", "ligand C2H8N2"),
    ],
)
def test_conventions_that_decide_are_said(text, words):
    assert words in " ".join(oxidation_states(text).notes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("C6H5NO2", "N and C"),  # nitrobenzene or nicotinic acid
        ("C2H5NO2", "N and C"),
        ("C10H10Fe", "Fe and C"),
        ("XePtF6", "Xe and Pt"),
        ("H2NO3S^-", "N and S"),  # sulfamate, no nitrate
        ("C2N3^-", "C and N"),  # dicyanamide, no azide
        ("SO4", "sulfate, but no charge"),
        ("Cr2O7", "dichromate, but no charge"),
        ("NH4", "ammonium, but no charge"),
        ("CN", "cyanide without its charge"),
        ("SCN", "thiocyanate without its charge"),
        ("[Ru(NO)Cl5]^2-", "ligand NO"),
        ("[Os(NO)Cl5]^2-", "ligand NO"),
        ("AgCNO", "C and N"),  # cyanate or fulminate
        ("Fe3C", "without definite states"),
        ("VO2+", "VO2^+ or VO^2+"),
        ("kmno4", "KMnO4"),
        ("HSnCl3", "H could be"),
        ("[Fe](=C=O)(=C=O)(=C=O)(=C=O)=C=O", "would make Fe +10"),
        ("e-", "electron"),
        ("xyzzy", "neither a structure nor a name"),
        ("", "empty"),
    ],
)
def test_what_a_formula_does_not_tell_is_refused(text, words):
    with pytest.raises(ToolInputError) as refusal:
        oxidation_states(text)
    assert words in str(refusal.value)


def test_a_structure_is_drawn_with_its_states_and_a_large_one_without():
    kinds = [view.kind for view in oxidation_states("CCO").views]
    assert kinds == ["svg", "table", "table"]
    assert "labelled up to" in " ".join(oxidation_states("C" * 80).notes)


def test_a_long_formula_comes_to_an_end():
    with pytest.raises(ToolInputError):
        oxidation_states("Fe" + "(PPh3)(NO3)(SO4)" * 12)


def test_it_is_in_the_toolbox():
    assert "oxidation_states" in Toolbox.load(("tools.chemistry.oxidation_states",))


@pytest.mark.parametrize(
    ("formula", "smiles"),
    [
        ("H6OSi2", "[SiH3]O[SiH3]"),
        ("C6H12O6", "OCC(O)C(O)C(O)C(O)C=O"),
        ("C2HCl3O2", "OC(=O)C(Cl)(Cl)Cl"),
        ("CH3SO3H", "CS(=O)(=O)O"),
        ("C2H5ONO2", "CCO[N+](=O)[O-]"),
        ("PO3F^2-", "[O-]P([O-])(=O)F"),
        ("S4N4", "N1=S=NS2=NS1=NS2"),
    ],
)
def test_a_formula_agrees_with_its_structure_on_average(formula, smiles):
    structure = oxidation_states(smiles).data["average_oxidation_states"]
    assert oxidation_states(formula).data["average_oxidation_states"] == pytest.approx(structure, abs=1e-3)


def test_a_list_of_bare_atoms_is_no_structure():
    with pytest.raises(ToolInputError, match="lone atom"):
        oxidation_states("[Fe].[Fe].[O].[O].[O]")

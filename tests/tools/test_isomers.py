"""``enumerate_isomers``: counts from the literature; the sources stand beside them."""

from __future__ import annotations

import pytest
from rdkit import Chem

from errors import ToolInputError
from tools.chemistry import constitutional, formula_isomers
from tools.chemistry.isomers import enumerate_isomers


def counted(text, kind=None):
    return enumerate_isomers(text, kind).data["count"]


@pytest.mark.parametrize(
    ("formula", "count"),
    [
        # alkanes: OEIS A000602
        ("CH4", 1), ("C2H6", 1), ("C3H8", 1), ("C4H10", 2), ("C5H12", 3), ("C6H14", 5), ("C7H16", 9), ("C8H18", 18),
        ("C9H20", 35), ("C10H22", 75), ("C12H26", 355),
        # alkenes and cycloalkanes together, counted by hand in textbooks (McMurry; Clayden)
        ("C3H6", 2), ("C4H8", 5), ("C5H10", 10), ("C6H12", 25),
        # alcohols (OEIS A000598: 1, 1, 2, 4, 8) and ethers (1, 1, 3, 6) together
        ("CH4O", 1), ("C2H6O", 2), ("C3H8O", 3), ("C4H10O", 7), ("C5H12O", 14),
        # amines: textbook counts
        ("CH5N", 1), ("C2H7N", 2), ("C3H9N", 4), ("C4H11N", 8),
        # MOLGEN (mathe2.uni-bayreuth.de/molgen; 217 also at fiehnlab.ucdavis.edu, Molecular Isomer Generator)
        ("C4H6", 9), ("C6H6", 217), ("C3H6O", 9), ("C4H8O", 26), ("C2H5NO2", 84), ("C3H7NO2", 391),
        # halides: textbook counts
        ("C4H9Cl", 4), ("C3H6Cl2", 4), ("C2H4Br2", 2), ("C3H5Cl3", 5), ("C2H2Cl2", 2),
    ],
)  # fmt: skip
def test_constitutional_isomers_are_as_many_as_the_literature_has(formula, count):
    data = enumerate_isomers(formula).data
    assert data["kind"] == "constitutional"
    assert data["complete"] is True
    assert data["count"] == count
    assert len(data["smiles"]) == len(set(data["smiles"])) == min(count, 100)


@pytest.mark.parametrize(
    ("formula", "smiles"),
    [("H2", "[H][H]"), ("H2O", "O"), ("HCN", "C#N"), ("N2", "N#N"), ("HF", "F"), ("Br2", "BrBr"), ("CO2", "O=C=O")],
)
def test_the_smallest_molecules_have_one_form(formula, smiles):
    assert enumerate_isomers(formula).data["smiles"] == [smiles]


@pytest.mark.parametrize(
    ("formula", "count"),
    [
        # alkanes with stereoisomers: OEIS A000628
        ("C4H10", 2), ("C5H12", 3), ("C6H14", 5), ("C7H16", 11), ("C8H18", 24), ("C9H20", 55), ("C10H22", 136),
        # alkyl chlorides with stereoisomers, as alcohols: OEIS A000625
        ("C3H7Cl", 2), ("C4H9Cl", 5), ("C5H11Cl", 11), ("C6H13Cl", 28), ("C7H15Cl", 74),
        # textbook counts: six C4H8, thirteen C5H10
        ("C4H8", 6), ("C5H10", 13), ("C2H2Cl2", 3), ("C4H10O", 8),
    ],
)  # fmt: skip
def test_isomers_with_their_stereoisomers_are_as_many_as_the_literature_has(formula, count):
    output = enumerate_isomers(formula)
    assert output.data["count_with_stereoisomers"] == count
    assert any(f"they are {count}" in note for note in output.notes)


def test_connected_graphs_of_degree_4_are_as_many_as_in_the_oeis():
    # OEIS A005965: connected graphs with n nodes of degree at most 4
    sizes = [len(constitutional.connected_graphs(size, 99, float("inf"))) for size in range(1, 8)]
    assert sizes == [1, 1, 2, 6, 21, 78, 353]


@pytest.mark.parametrize("formula", [{"C": 8, "H": 10}, {"C": 6, "H": 7, "N": 1}, {"C": 4, "H": 4, "N": 2}])
def test_kekule_forms_are_one_isomer_as_rdkits_aromatic_smiles_are(formula):
    found = [one.smiles() for one in constitutional.constitutional_isomers(formula, float("inf"))]
    assert len(set(found)) == len(found)
    if formula == {"C": 8, "H": 10}:  # the xylenes and ethylbenzene, each once
        assert {"Cc1ccccc1C", "Cc1cccc(C)c1", "Cc1ccc(C)cc1", "CCc1ccccc1"} <= set(found)


def test_every_isomer_has_the_formula():
    from rdkit.Chem.rdMolDescriptors import CalcMolFormula

    smiles = enumerate_isomers("C3H5NOS").data["smiles"]
    assert {CalcMolFormula(Chem.MolFromSmiles(one)) for one in smiles} == {"C3H5NOS"}


def test_a_search_that_was_stopped_has_no_count(monkeypatch):
    monkeypatch.setattr(formula_isomers, "SEARCH_S", 0.05)
    output = enumerate_isomers("C5H4N2O")
    assert output.data["count"] is None
    assert output.data["complete"] is False
    assert output.data["at_least"] >= 0
    assert "more than" in output.summary
    assert any("no count" in note for note in output.notes)


@pytest.mark.parametrize("text", ["C_4H_{10}", "C₄H₁₀", "CH3CH2CH2CH3", "butane", "CCCC"])
def test_a_formula_or_a_molecule_without_stereo_gives_constitutional_isomers(text):
    assert enumerate_isomers(text).data["smiles"] == ["CCCC", "CC(C)C"]


def test_how_an_ambiguous_text_was_read_is_said():
    output = enumerate_isomers("CO", "constitutional")
    assert output.data["formula"] == "CH4O"
    assert any("not as the formula CO" in note for note in output.notes)
    assert any("formula" in note for note in enumerate_isomers("C2H6O").notes)


def test_what_other_valences_would_add_is_said():
    output = enumerate_isomers("C[N+](=O)[O-]", "constitutional")
    assert "nitrogen trivalent" in output.summary
    assert any("not among them" in note for note in output.notes)
    assert "sulfur divalent" in enumerate_isomers("CH4OS").summary


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("CH5", "radical"),
        ("CH6", "more than the valences"),
        ("SF6", "more than the valences"),
        ("SiH4", "Si"),
        ("C60", "at most 8"),
        ("C20H42", "at most 12"),
        ("NO3-", "charge"),
        ("BH3", "B"),
    ],
)
def test_formulas_without_a_count_are_refused(formula, words):
    with pytest.raises(ToolInputError) as caught:
        enumerate_isomers(formula)
    assert words in str(caught.value)
    assert caught.value.where.startswith("molecule_or_formula")


def test_carbon_monoxide_has_no_form_with_standard_valences():
    with pytest.raises(ToolInputError, match="standard valences"):
        enumerate_isomers("[C-]#[O+]", "constitutional")


@pytest.mark.parametrize("kind", ["stereoisomers", "tautomers"])
def test_a_formula_has_no_stereoisomers_or_tautomers(kind):
    with pytest.raises(ToolInputError, match="formula"):
        enumerate_isomers("C6H12O6", kind)


@pytest.mark.parametrize("text", ["", "foo bar", "C1CC", "CC*", "CCO>>CC=O", "[Na+].[Cl-]"])
def test_what_is_neither_molecule_nor_formula_is_refused(text):
    with pytest.raises(ToolInputError):
        enumerate_isomers(text, "constitutional")


@pytest.mark.parametrize(
    ("smiles", "count", "achiral"),
    [
        ("OC(=O)C(O)C(O)C(=O)O", 3, 1),  # tartaric acid: Eliel and Wilen, Stereochemistry of Organic Compounds
        ("CC(Br)C(Br)C", 3, 1),
        ("CC(O)C(=O)O", 2, 0),
        ("OC1C(O)C(O)C(O)C(O)C1O", 9, 7),  # the inositols: IUPAC cyclitol nomenclature
        ("ClC1C(Cl)C(Cl)C(Cl)C(Cl)C1Cl", 9, 7),  # hexachlorocyclohexane
        ("OCC(O)C(O)C(O)C(O)C=O", 16, 0),  # aldohexoses
        ("OCC(O)C(O)C(O)CO", 4, 2),  # pentitols: D- and L-arabinitol, ribitol, xylitol
        ("OCC(O)C(O)C(O)C(O)CO", 10, 2),  # hexitols
        ("CC1CC1C", 3, 1),
        ("CC1CC(C)C1", 2, 2),
        ("CC1CCC(C)CC1", 2, 2),
        ("ClC1CCCC(Cl)C1", 3, 1),
        ("CC=CC", 2, 2),
        ("CC=CC=CC", 3, 3),
        ("CC=CC(O)C=CC", 4, 2),
        ("OC(=O)C1C(c2ccccc2)C(C(=O)O)C1c1ccccc1", 5, 5),  # truxillic acids
        ("CC=C=CC", 2, 0),  # an allene is chiral
        ("CC=C=C=CC", 2, 2),  # a butatriene is cis or trans
        ("CC=C1CCC(C)CC1", 2, 0),  # 4-methylcyclohexylidene: axial chirality
        ("CC1CC2(C1)CC(C)C2", 2, 0),  # 2,6-dimethylspiro[3.3]heptane
        ("O=C1CCCC12CCCC2=O", 2, 0),  # spiro[4.4]nonane-1,6-dione: resolved by Gerlach 1968
        ("Oc1cccc2CCC3(c12)CCc1cccc(O)c13", 2, 0),  # SPINOL: Birman, Rheingold and Lam 1999
        ("C1CCC2(C1)CCCC2", 1, 1),
        ("CC[GeH3]", 1, 1),
        ("COP(=S)(S)OCC", 1, 1),
        ("C1COCCOCCN2CCOCCOCCN1CCOCCOCC2", 1, 1),
        ("CCS(C)=O", 2, 0),
        ("CCOP(=O)(O)OC", 1, 1),  # P(=O)OH: the proton moves
        ("CC[NH+](C)CCC", 1, 1),
        ("CN=C=NC", 1, 1),
        ("CC(C)=CC", 1, 1),
        ("CC(C)(C)C(O)C(C)(C)C", 1, 1),
        ("C1CCC=CCCC1", 2, 2),  # cyclooctene
        ("C1CCC=CC1", 1, 1),  # cyclohexene
        ("Cc1ccc2c(c1)CN1CN2Cc2cc(C)ccc21", 2, 0),  # Tröger's base: resolved by Prelog and Wieland 1944
        ("[2H]C(C)O", 2, 0),
    ],
)
def test_stereoisomers_are_each_counted_once(smiles, count, achiral):
    data = enumerate_isomers(smiles, "stereoisomers").data
    assert (data["count"], data["achiral"], data["complete"]) == (count, achiral, True)
    assert data["enantiomer_pairs"] == (count - achiral) // 2


@pytest.mark.parametrize(
    ("smiles", "count"),
    [
        ("CC1(C)C2CCC1(C)C(=O)C2", 2),  # camphor: two of four (textbooks)
        ("CC1=CCC2CC1C2(C)C", 2),  # alpha-pinene
        ("OC1CC2CCC1C2", 4),  # norborneol: exo and endo
        ("C1C2CC3CC1CC(C2)C3", 1),  # adamantane
        ("C12C3C4C1C5C2C3C45", 1),  # cubane
        ("C1CCC2CC2C1", 1),  # norcarane
        ("C1CCC2CCCCC2C1", 2),  # decalin: cis and trans
        ("C1CCN2CC3CC(C2C1)CN4C3CCCC4", 6),  # sparteine and its alpha and beta isomers
        ("CN1CCC23C4C1CC5=C2C(=C(C=C5)O)OC3C(C=C4)O", 16),  # morphine: 32 on paper, 16 with the bridge
        ("COC(=O)C1C(OC(=O)c2ccccc2)CC2CCC1N2C", 8),  # cocaine: Findlay 1957, four pairs of enantiomers
    ],
)
def test_small_rings_allow_only_some_stereoisomers(smiles, count):
    output = enumerate_isomers(smiles, "stereoisomers")
    assert output.data["count"] == count == len(output.data["smiles"])
    if output.data["count_on_paper"] > count:
        assert any("do not allow" in note for note in output.notes)


def test_lycopene_has_1056_geometric_isomers():
    # 11 double bonds in a symmetrical chain: (2^11 + 2^6) / 2, Zechmeister 1962
    lycopene = "CC(C)=CCCC(C)=CC=CC(C)=CC=CC(C)=CC=CC=C(C)C=CC=C(C)C=CC=C(C)CCC=C(C)C"
    data = enumerate_isomers(lycopene, "stereoisomers").data
    assert data["count"] == 1056
    assert len(data["smiles"]) == 100


def test_many_centres_are_counted_but_not_listed():
    output = enumerate_isomers("vancomycin", "stereoisomers")
    assert output.data["count"] == 2**18  # PubChem CID 14969: 18 stereocentres
    assert output.data["smiles"] == []
    assert any("not listed" in note for note in output.notes)


def test_isomers_that_smiles_cannot_tell_apart_are_said_to_share_one():
    output = enumerate_isomers("CC=C=CC")
    assert output.data["smiles"] == ["CC=C=CC"]
    assert any("share a SMILES" in note for note in output.notes)


def test_marks_of_the_input_are_set_aside_and_this_is_said():
    output = enumerate_isomers("C[C@H](O)C(=O)O")
    assert output.data["count"] == 2
    assert any("set aside" in note for note in output.notes)


@pytest.mark.parametrize("smiles", ["N[Pt](N)(Cl)Cl", "FS(F)(F)(F)(F)F", "cisplatin"])
def test_other_geometries_than_the_tetrahedron_are_refused(smiles):
    with pytest.raises(ToolInputError, match="not counted here"):
        enumerate_isomers(smiles, "stereoisomers")


def test_keto_and_enol_are_tautomers():
    output = enumerate_isomers("acetone", "tautomers")
    assert set(output.data["smiles"]) == {"CC(C)=O", "C=C(C)O"}
    assert any("energies" in note for note in output.notes)


def test_pyridone_and_hydroxypyridine_are_tautomers():
    assert {"O=c1cccc[nH]1", "Oc1ccccn1"} <= set(enumerate_isomers("Oc1ccccn1", "tautomers").data["smiles"])


def test_benzene_has_no_tautomer_but_itself():
    assert counted("c1ccccc1", "tautomers") == 1


def test_tautomers_that_were_cut_off_have_no_count():
    output = enumerate_isomers("doxycycline", "tautomers")
    assert output.data["count"] is None
    assert output.data["complete"] is False
    assert "at least" in output.summary


def test_too_large_a_molecule_has_no_tautomers_here():
    with pytest.raises(ToolInputError, match="heavy atoms"):
        enumerate_isomers("C" * 100, "tautomers")

"""``describe_molecule``: each number against PubChem, or against the paper that defines it."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.description import describe_molecule

#: name: formula, average mass, monoisotopic mass, InChIKey, defined stereocentres, rings; PubChem, CID in the comment.
PUBCHEM = {
    "aspirin": ("C9H8O4", 180.16, 180.04225873, "BSYNRYMUTXBXSQ-UHFFFAOYSA-N", 0, 1),  # 2244
    "caffeine": ("C8H10N4O2", 194.19, 194.08037557, "RYYVLZVUVIJVGH-UHFFFAOYSA-N", 0, 2),  # 2519
    "paracetamol": ("C8H9NO2", 151.16, 151.063328530, "RZVAJINKPMORJF-UHFFFAOYSA-N", 0, 1),  # 1983
    "ibuprofen": ("C13H18O2", 206.28, 206.130679813, "HEFNNWSXXWATRW-UHFFFAOYSA-N", 0, 1),  # 3672
    "glucose": ("C6H12O6", 180.16, 180.06338810, "GZCGUPFRVQAUEE-SLPGGIOYSA-N", 4, 0),  # 107526, the open form
    "cholesterol": ("C27H46O", 386.65, 386.354866087, "HVYWMOMLDIMFJA-DPAQBDIFSA-N", 8, 4),  # 5997
    "penicillin G": ("C16H18N2O4S", 334.4, 334.09872823, "JGSARLDLIJGVTE-MBNYWOFBSA-N", 3, 3),  # 5904
    "morphine": ("C17H19NO3", 285.34, 285.13649347, "BQJCRHHNABKAKU-KBQPJGBKSA-N", 5, 5),  # 5288826
    "imatinib": ("C29H31N7O", 493.6, 493.25900863, "KTUFNOKKBVMGRW-UHFFFAOYSA-N", 0, 5),  # 5291
    "ethanol": ("C2H6O", 46.07, 46.041864811, "LFQSCWFLJHTTHZ-UHFFFAOYSA-N", 0, 0),  # 702
}


@pytest.mark.parametrize("name", PUBCHEM)
def test_identity_and_masses_are_those_of_pubchem(name):
    formula, average, monoisotopic, key, stereocentres, rings = PUBCHEM[name]
    data = describe_molecule(name).data
    assert data["formula"] == formula
    assert data["average_mass_da"] == pytest.approx(average, abs=0.05)  # PubChem prints three to five digits
    assert data["monoisotopic_mass_da"] == pytest.approx(monoisotopic, abs=2e-5)
    assert data["inchikey"] == key
    assert data["stereocentres_assigned"] == stereocentres
    assert data["ring_count"] == rings


@pytest.mark.parametrize(
    ("smiles", "tpsa"),
    [  # P. Ertl, B. Rohde, P. Selzer, J. Med. Chem. 2000, 43, 3714, table 3
        ("COCCc1ccc(OCC(O)CNC(C)C)cc1", 50.7),  # metoprolol
        ("CC(C)NCC(O)COc1ccc(CC(N)=O)cc1", 84.6),  # atenolol
        ("CN1C(=O)CN=C(c2ccccc2)c2cc(Cl)ccc21", 32.7),  # diazepam
        ("NC[C@H]1CC[C@H](C(=O)O)CC1", 63.3),  # tranexamic acid
        ("OC[C@@H](O)[C@@H](O)[C@H](O)[C@H](O)CO", 121.4),  # mannitol
        ("CC(C)NCC(O)COc1cccc2[nH]ccc12", 57.3),  # pindolol
    ],
)
def test_the_polar_surface_area_is_that_of_ertls_paper(smiles, tpsa):
    assert describe_molecule(smiles).data["tpsa_a2"] == pytest.approx(tpsa, abs=0.06)


@pytest.mark.parametrize(
    ("smiles", "logp"),
    [  # summed by hand from S. A. Wildman, G. M. Crippen, J. Chem. Inf. Comput. Sci. 1999, 39, 868, table 1
        ("c1ccccc1", 6 * 0.1581 + 6 * 0.1230),  # six C18, six H1
        ("C", 0.1441 + 4 * 0.1230),  # C1, four H1
        ("CCO", 0.1441 - 0.2035 + 5 * 0.1230 - 0.2893 - 0.2677),  # C1, C3, five H1, O2, H2
    ],
)
def test_logp_is_the_sum_of_wildman_and_crippens_contributions(smiles, logp):
    assert describe_molecule(smiles).data["logp_crippen"] == pytest.approx(logp, abs=0.006)


@pytest.mark.parametrize(
    ("molecule", "donors", "acceptors", "rotatable", "aromatic_rings"),
    [  # counted by hand after the definitions in the notes
        ("aspirin", 1, 3, 2, 1),  # the acid's O-H; C=O twice and the ester oxygen; the ring-O and ring-C bonds
        ("ethanol", 1, 1, 0, 0),
        ("CCCC", 0, 0, 1, 0),  # bonds to CH3 do not count
        ("CC(=O)Nc1ccccc1", 1, 1, 1, 1),  # acetanilide: the amide C-N does not count
        ("c1ccncc1", 0, 1, 0, 1),
        ("c1cc[nH]c1", 1, 0, 0, 1),  # pyrrole's pair is part of the ring
    ],
)
def test_donors_acceptors_and_rotatable_bonds_follow_the_definitions_that_the_notes_name(
    molecule, donors, acceptors, rotatable, aromatic_rings
):
    output = describe_molecule(molecule)
    keys = ("h_bond_donors", "h_bond_acceptors", "rotatable_bonds", "aromatic_ring_count")
    assert tuple(output.data[key] for key in keys) == (donors, acceptors, rotatable, aromatic_rings)
    assert any("rotatable bonds by" in note for note in output.notes)


def test_the_sentence_tells_both_masses_by_name():
    summary = describe_molecule("aspirin").summary
    assert "average mass 180.16 Da" in summary
    assert "monoisotopic mass 180.0423 Da" in summary
    assert "logP (Crippen) 1.31" in summary


def test_heavy_water_has_the_mass_of_its_deuterium():
    data = describe_molecule("[2H]O[2H]").data
    assert data["monoisotopic_mass_da"] == pytest.approx(20.02311817, abs=2e-5)  # PubChem CID 24602
    assert data["average_mass_da"] == pytest.approx(20.028, abs=0.002)


def test_a_racemate_without_marks_has_an_unassigned_stereocentre():
    data = describe_molecule("CC(C(=O)O)c1ccccc1").data
    assert (data["stereocentres_assigned"], data["stereocentres_unassigned"]) == (0, 1)


@pytest.mark.parametrize(
    ("molecule", "words"),
    [
        ("[Na+]", "electrons of the charge"),
        ("CC(=O)[O-].[Na+]", "2 components"),
        ("CC(=O)[O-].[Na+]", "rough sum"),
        ("C[Si](C)(C)C", "not fitted for Si"),
        ("[13CH4]", "mass of that isotope"),
        ("C" * 301, "Not drawn: it has 301 heavy atoms"),
    ],
)
def test_what_limits_a_number_is_said(molecule, words):
    assert any(words in note for note in describe_molecule(molecule).notes)


def test_a_neutral_organic_compound_needs_no_warning_beyond_the_conventions():
    from tools.chemistry.description import CONVENTIONS

    assert describe_molecule("CCO").notes == CONVENTIONS


def test_the_table_holds_the_same_numbers_as_the_data():
    output = describe_molecule("caffeine")
    drawing, table = output.views
    assert (drawing.kind, table.kind) == ("svg", "table")
    assert set(output.data.values()) == {row[1] for row in table.rows}


@pytest.mark.parametrize(
    "molecule", ["", "C1CC", "C*", "[#6]~[#7]", "CCO and more", "CC\nO", "[999C]", "C6H12O6", "CCO>>CC=O"]
)
def test_what_is_no_molecule_is_not_described(molecule):
    with pytest.raises(ToolInputError):
        describe_molecule(molecule)


def test_a_cage_has_as_many_rings_as_its_name_says():
    assert (
        describe_molecule("C12C3C4C1C5C2C3C45").data["ring_count"] == 5
    )  # cubane is a pentacyclo compound (von Baeyer)
    assert describe_molecule("C1C2CC3CC1CC(C2)C3").data["ring_count"] == 3  # adamantane, tricyclo[3.3.1.1^3,7]decane


@pytest.mark.parametrize(
    ("smiles", "formula"),
    # PubChem: hydrogen chloride, hydrogen bromide, borane, arsine, hydrogen iodide, sulfuric acid, ammonium
    [
        ("Cl", "ClH"),
        ("Br", "BrH"),
        ("B", "BH3"),
        ("[AsH3]", "AsH3"),
        ("I", "HI"),
        ("OS(=O)(=O)O", "H2O4S"),
        ("[NH4+]", "H4N+"),
    ],
)
def test_a_formula_without_carbon_is_in_hills_order_as_pubchem_writes_it(smiles, formula):
    assert describe_molecule(smiles).data["formula"] == formula


@pytest.mark.parametrize(
    ("molecule", "unassigned"),
    [("C1C2CC3CC1CC(C2)C3", 0), ("C1CC2CCC1C2", 0), ("COP(=O)(O)OCC", 0), ("CC(O)C(O)C", 2), ("C12C3C4C1C5C2C3C45", 0)],
)
def test_a_cage_or_a_phosphate_has_no_unassigned_centre(molecule, unassigned):
    # adamantane, norbornane, cubane and the phosphate have one form alone; butane-2,3-diol has three (CID 262: 2 centres)
    assert describe_molecule(molecule).data["stereocentres_unassigned"] == unassigned

"""``stereo_report``: descriptors of IUPAC names as PubChem and IUPAC print them; structures are PubChem's isomeric SMILES."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from rdkit import Chem

from errors import ToolInputError
from tools.chemistry.other_chirality import other_chirality
from tools.chemistry.stereo import stereo_report


def labels(molecule):
    data = stereo_report(molecule).data
    return "".join(sorted(one["label"] for one in data["stereocentres"] + data["double_bonds"]))


@pytest.mark.parametrize(
    ("molecule", "descriptors"),
    [  # PubChem, CID and the descriptors of its IUPAC name in the comment, here in alphabetical order
        ("C[C@@H](C(=O)O)N", "S"),  # 5950, L-alanine: 2S
        ("C([C@@H](C(=O)O)N)S", "R"),  # 5862, L-cysteine: 2R
        ("CC[C@H](C)[C@@H](C(=O)O)N", "SS"),  # 6306, L-isoleucine: 2S,3S
        ("C[C@H]([C@@H](C(=O)O)N)O", "RS"),  # 6288, L-threonine: 2S,3R
        ("[C@@H]([C@H](C(=O)O)O)(C(=O)O)O", "RR"),  # 444305, L-tartaric acid: 2R,3R
        ("[C@@H]([C@@H](C(=O)O)O)(C(=O)O)O", "RS"),  # 447315, meso-tartaric acid: 2R,3S
        ("C([C@@H]1[C@H]([C@@H]([C@H]([C@H](O1)O)O)O)O)O", "RSSSR"),  # 79025, alpha-D-glucose: 2S,3R,4S,5S,6R
        ("C[C@H](CCCC(C)C)[C@H]1CC[C@@H]2[C@@]1(CC[C@H]3[C@H]2CC=C4[C@@]3(CC[C@@H](C4)O)C)C", "RRRRSSSS"),
        # 5997, cholesterol: 3S,8S,9S,10R,13R,14S,17R and 2R
        (
            "CN1CC[C@]23[C@@H]4[C@H]1CC5=C2C(=C(C=C5)O)O[C@H]3[C@H](C=C4)O",
            "RRRSS",
        ),  # 5288826, morphine: 4R,4aR,7S,7aR,12bS
        ("CC1([C@@H](N2[C@H](S1)[C@@H](C2=O)NC(=O)CC3=CC=CC=C3)C(=O)O)C", "RRS"),  # 5904, penicillin G: 2S,5R,6R
        ("COC1=CC2=C(C=CN=C2C=C1)[C@H]([C@@H]3C[C@@H]4CCN3C[C@@H]4C=C)O", "RRSS"),  # 3034034, quinine: R and 2S,4S,5R
        ("CN1[C@H]2CC[C@@H]1[C@H]([C@H](C2)OC(=O)C3=CC=CC=C3)C(=O)OC", "RRSS"),  # 446220, cocaine: 1R,2R,3S,5S
        ("CC1=CC[C@H](CC1=O)C(=C)C", "R"),  # 439570, (-)-carvone: 5R
        ("C(=C\\C(=O)O)\\C(=O)O", "Z"),  # 444266, maleic acid
        ("C(=C/C(=O)O)\\C(=O)O", "E"),  # 444972, fumaric acid
        ("CC1=C(C(CCC1)(C)C)/C=C/C(=C/C=C/C(=C/C=O)/C)/C", "EEEE"),  # 638015, retinal: 2E,4E,6E,8E
        ("CC1=C(C(CCC1)(C)C)/C=C/C(=C/C=C\\C(=C\\C=O)\\C)/C", "EEEZ"),  # 5280490, 11-cis-retinal: 2E,4Z,6E,8E
        ("CCCCCCCC/C=C\\CCCCCCCC(=O)O", "Z"),  # 445639, oleic acid: 9Z
        ("[2H][C@@H](C)O", "S"),  # a hydrogen isotope makes a centre: O, C, D, H (CIP, sequence rule 2)
    ],
)
def test_descriptors_are_those_of_the_names_that_pubchem_gives(molecule, descriptors):
    assert labels(molecule) == "".join(sorted(descriptors))


@pytest.mark.parametrize(
    ("molecule", "descriptors"),
    [
        ("O[C@H]1CC[C@@H](O)CC1", "ss"), ("O[C@H]1CC[C@H](O)CC1", "rr"),  # cis is (1s,4s), trans (1r,4r): P-31.1.4.3.4
        ("OC[C@H](O)[C@@H](O)[C@H](O)CO", "RSr"),  # xylitol: (2R,3r,4S)-pentane-1,2,3,4,5-pentol
        ("OC[C@H](O)[C@H](O)[C@H](O)CO", "RSs"),  # ribitol: (2R,3s,4S)
        ("OC[C@H](O)C(O)[C@@H](O)CO", "SS"), ("OC[C@H](O)[C@@H](O)[C@@H](O)CO", "SS"),  # arabinitol, 3 marked or not
        ("O[C@@H](C(=O)O)C(O)[C@@H](O)C(=O)O", "RR"),  # between like neighbours C3 is no centre, marked or not
    ],
)  # fmt: skip
def test_pseudo_asymmetric_centres_have_small_letters(molecule, descriptors):
    # IUPAC Recommendations 2013; the pentitols by their InChIKeys HEBKCHPVOIAQTA-SCDXWVJYSA-N and -ZXFHETKHSA-N
    assert sorted(labels(molecule)) == sorted(descriptors)


def test_inositol_has_the_descriptors_of_its_name():
    # myo-inositol, CHEBI:17268: (1R,2S,3r,4R,5S,6s)-cyclohexane-1,2,3,4,5,6-hexol
    myo = "O[C@H]1[C@H](O)[C@@H](O)[C@H](O)[C@H](O)[C@@H]1O"
    assert Chem.MolToInchiKey(Chem.MolFromSmiles(myo)) == "CDAISMWEOUEBRE-GPIVLXJGSA-N"
    assert Counter(labels(myo)) == Counter("RSrRSs")
    assert stereo_report(myo).data["chiral"] is False


@pytest.mark.parametrize(
    ("molecule", "count", "unassigned"),
    [
        ("CCO", 0, 0), ("CC(N)C(=O)O", 1, 1), ("OC(=O)C(O)C(O)C(=O)O", 2, 2), ("C[C@H](O)C(O)CC", 2, 1),
        ("C1CCC2CCCCC2C1", 2, 2),  # decalin: cis and trans
        ("OC1CCC(O)CC1", 2, 2), ("CC1CCCC1", 0, 0), ("CC1CCC(C)C1", 2, 2),
        ("C1C2CC3CC1CC(C2)C3", 0, 0), ("C1CC2CCC1C2", 0, 0), ("CC12CC3CC(C1)(CC(C3)(C2)N)C", 0, 0),  # memantine: adamantane cages
        ("C1C[C@H](N(C1)C(=O)CNC23CC4CC(C2)CC(C4)(C3)O)C#N", 1, 0),  # 6918537, vildagliptin
        ("FC12CC3(Cl)CC(Br)(C1)CC(I)(C2)C3", 4, 4),
        ("C1CN2CCC1CC2", 0, 0), ("C1N2CN3CN1CN(C2)C3", 0, 0), ("C1COCCOCCN2CCOCCOCCN1CCOCCOCC2", 0, 0),  # a cryptand turns over
        ("Cc1ccc2c(c1)CN1CN2Cc2cc(C)ccc21", 2, 2),  # Troeger's base: resolved by Prelog and Wieland, 1944
        ("CN(CC)CCC", 0, 0), ("C[N+](CC)(CCC)CCCC", 1, 1), ("C[NH+](CC)CCC", 0, 0),
        ("CS(=O)CC", 1, 1), ("CS(=O)C", 0, 0), ("CS(=O)(=O)CC", 0, 0), ("CP(CC)c1ccccc1", 1, 1), ("CP(C)c1ccccc1", 0, 0),
        ("COP(=O)(O)OCC", 0, 0), ("COP(=S)(S)OCC", 0, 0), ("COP(=S)([O-])OCC", 1, 1),  # the proton of P(=O)OH moves
        ("CC[GeH3]", 0, 0), ("CC[SiH](C)Cl", 1, 1), ("c1ccccc1P1(F)=NP(F)(F)=NP(F)(F)=N1", 0, 0),
        ("C1CC2CCC1CN(C2)C(=O)CI", 0, 0), ("[Fe+2].[cH-]1cccc1.[cH-]1cccc1", 0, 0),
        ("[CH]12[CH]3[CH]4[CH]5[CH]1[Fe]23451678[CH]2[CH]1[CH]6[CH]7[CH]28", 0, 0), ("F[Pt](Cl)(Br)I", 0, 0),
        ("CC1=C2[C@H](C(=O)[C@@]3([C@H](C[C@@H]4[C@]([C@H]3[C@@H]([C@@](C2(C)C)(C[C@@H]1OC(=O)[C@@H]([C@H](C5=CC=CC=C5)NC(=O)C6=CC=CC=C6)"
         "O)O)OC(=O)C7=CC=CC=C7)(CO4)OC(=O)C)O)C)OC(=O)C", 11, 0),  # 36314, paclitaxel
        ("CCC1C(C(C(C(=O)C(CC(C(C(C(C(C(=O)O1)C)OC2CC(C(C(O2)C)O)(C)OC)C)OC3C(C(CC(O3)C)N(C)C)O)(C)O)C)C)O)(C)O", 18, 18),
        ("O=C1CCCC12CCCC2=O", 1, 1),  # spiro[4.4]nonane-1,6-dione: resolved by Gerlach, 1968
        ("C1CCC2(C1)CCCC2", 0, 0), ("C[C@H]([CH3:1])O", 0, 0),  # a map number makes no difference
    ],
)  # fmt: skip
def test_how_many_centres_and_how_many_unassigned(molecule, count, unassigned):
    data = stereo_report(molecule).data
    assert (data["count"], data["unassigned"]) == (count, unassigned)
    assert data["assigned"] == count - unassigned


@pytest.mark.parametrize(
    ("molecule", "chiral", "meso"),
    [
        ("C[C@@H](C(=O)O)N", True, False), ("CC(N)C(=O)O", True, False), ("CCO", False, False),
        ("[C@@H]([C@@H](C(=O)O)O)(C(=O)O)O", False, True), ("[C@@H]([C@H](C(=O)O)O)(C(=O)O)O", True, False),
        ("OC(=O)C(O)C(O)C(=O)O", None, None),  # D, L or meso
        ("C[C@H]1CCCC[C@H]1C", False, True), ("C[C@H]1CCCC[C@@H]1C", True, False),  # cis- and trans-1,2-dimethylcyclohexane
        ("O[C@H]1CC[C@@H](O)CC1", False, False), ("OC1CCC(O)CC1", False, False),  # no isomer of it is chiral: none is meso
        ("C1CC[C@H]2CCCC[C@H]2C1", False, False),
        ("C1CC[C@H]2O[C@H]2C1", False, True), ("C1CCC2OC2C1", False, True),  # cyclohexene oxide, the textbooks' meso epoxide
        ("CN1C2CCC1CC(=O)C2", False, True),  # tropinone, (1R,5S)
        ("CC=C=CC", True, False), ("CC=C=C", False, False), ("C/C=C/C", False, False),  # penta-2,3-diene
        ("C[C@H](O)C(=O)O.C[C@@H](O)C(=O)O", False, False), ("C[C@H](O)C(=O)O.C[C@H](O)C(=O)O", True, False),
        ("C[C@H](N)C(=O)O.Cl", True, False), ("O[C@@H](C(=O)[O-])[C@H](O)C(=O)[O-].[Na+].[K+].O.O.O.O", False, True),
        ("CC1CCC(CC1)=CC(=O)O", True, False),  # (4-methylcyclohexylidene)acetic acid: resolved by Perkin, Pope and Wallach, 1909
        ("OC(=O)C1CC2(C1)CC(C2)C(=O)O", True, False),  # Fecht acid: resolved by Backer and Schurink, 1931
        ("Oc1ccc2ccccc2c1-c1c(O)ccc2ccccc12", None, None), ("c1ccc2c(c1)ccc1ccc3ccc4ccc5ccccc5c4c3c12", None, None),  # BINOL, hexahelicene
        ("C1CCC/C=C/CC1", None, None), ("C1CCC/C=C\\CC1", False, False), ("c1ccccc1-c1ccccc1", False, False),
        ("N[Pt](N)(Cl)Cl", None, None), ("Cc1cc(C)cc(C)c1-c1c(C)cc(C)cc1C", False, False),
    ],
)  # fmt: skip
def test_chiral_achiral_meso_or_open(molecule, chiral, meso):
    data = stereo_report(molecule).data
    assert (data["chiral"], data["meso"]) == (chiral, meso)


def test_rings_say_what_a_mark_does_not():
    # camphor has (1R,4R) and (1S,4S) alone; with one centre marked the other follows
    output = stereo_report("CC1(C)[C@@H]2CC[C@@]1(C)C(=O)C2")
    one, other = output.data["stereocentres"]
    assert one["label"] == other["label"]
    half = stereo_report("CC1(C)[C@@H]2CCC1(C)C(=O)C2")
    assert [centre["label"] for centre in half.data["stereocentres"]] == [one["label"]] * 2
    assert half.data["unassigned"] == 0
    assert any("rings leave no other" in note for note in half.notes)


def test_the_bridgehead_nitrogen_of_quinine_is_named_but_not_counted():
    output = stereo_report("COc1ccc2nccc(C(O)C3CC4CCN3CC4C=C)c2c1")
    assert (output.data["count"], output.data["unassigned"]) == (4, 4)
    assert any("bridgehead N" in note for note in output.notes)


@pytest.mark.parametrize(
    ("molecule", "bonds", "unassigned"),
    [
        ("CC=CC", 1, 1), ("CC=C", 0, 0), ("CC(C)=CC", 0, 0), ("CC(C)=NO", 0, 0), ("CC=NO", 1, 1), ("CC=N", 0, 0), ("c1ccccc1N=Nc1ccccc1", 1, 1),
        ("C1CCCCC=C1", 0, 0), ("C1CCCC=CCC1", 1, 1), ("CN=[N+]=[N-]", 0, 0), ("CC=C=C=CC", 1, 1), ("c1ccccc1C=Cc1ccccc1", 1, 1),
        ("C/C=C/C=CC", 2, 1), ("CC(=O)/C=C(/C)O", 1, 0),
    ],
)  # fmt: skip
def test_double_bonds_that_have_two_configurations(molecule, bonds, unassigned):
    data = stereo_report(molecule).data
    assert (len(data["double_bonds"]), data["unassigned_double_bonds"]) == (bonds, unassigned)


@pytest.mark.parametrize(
    "molecule",
    [  # where no cage and no nitrogen is in question, InChI counts the same (an independent program, with undefined ones: SUU)
        "CC(N)C(=O)NC(CO)C(=O)O", "OCC1OC(O)C(O)C(O)C1O", "CC(C)CC(NC(=O)C(N)CC)C(O)=O", "CC12CCC3C(CCC4CC(O)CCC34C)C1CCC2=O",
        "CC1CCC(C(C)C)C(O)C1", "CCC(C)C(C)C(C)CC", "CC(O)C(O)C(C)O", "OC1C(O)C(O)C(O)C(O)C1O", "CC(Cl)C(Br)F", "CC1CC(C)CC(C)C1",
        "CS(=O)CC(C)O", "CC=CC(C)C=CC", "CC(=NO)C=CC",
    ],
)  # fmt: skip
def test_the_count_is_that_of_inchi(molecule):
    inchi = Chem.MolToInchi(Chem.MolFromSmiles(molecule), options="/SUU")
    layers = {name: re.search(rf"/{name}([^/]*)", inchi) for name in "tb"}
    data = stereo_report(molecule).data
    assert data["count"] == (len(layers["t"][1].split(",")) if layers["t"] else 0)
    assert len(data["double_bonds"]) == (len(layers["b"][1].split(",")) if layers["b"] else 0)


def test_sentences_and_notes():
    assert stereo_report("C[C@@H](C(=O)O)N").summary == "C[C@@H](C(=O)O)N has 1 stereocentre (C1 S); it is chiral."
    assert stereo_report("CCO").summary == "CCO has no stereocentre and no stereo double bond; it is achiral."
    meso = stereo_report("[C@@H]([C@@H](C(=O)O)O)(C(=O)O)O")
    assert meso.summary.endswith("2 stereocentres (C0 R, C1 S); it is a meso form, achiral.")
    assert any("racemate" in note for note in stereo_report("C[C@H](O)F.C[C@@H](O)F").notes)
    assert any("axis is not read" in note for note in stereo_report("CC=C=CC").notes)
    assert any("around Pt" in note for note in stereo_report("N[Pt](N)(Cl)Cl").notes)


def test_a_symmetric_cage_and_a_long_chain_end_in_time():
    dodecahedrane = stereo_report("C12C3C4C5C1C6C7C2C8C3C9C4C1C5C6C2C7C8C9C12")
    assert dodecahedrane.data["chiral"] is None
    assert any("too symmetric" in note for note in dodecahedrane.notes)
    chain = stereo_report("C[C@H](O)" + "C" * 400 + "[C@H](O)C")  # the ends face each other: R and S
    assert (chain.data["count"], chain.data["meso"]) == (2, True)


def test_planar_chirality_needs_another_substituent():
    paracyclophane, bromo = "C1Cc2ccc(cc2)CCc2ccc1cc2", "C1Cc2cc(Br)c(cc2)CCc2ccc1cc2"
    assert other_chirality(Chem.MolFromSmiles(paracyclophane)) == []
    assert other_chirality(Chem.MolFromSmiles(bromo))


@pytest.mark.parametrize("molecule", ["", "*C(O)C", "CCO>>CC=O"])
def test_what_is_no_molecule_is_refused(molecule):
    with pytest.raises(ToolInputError):
        stereo_report(molecule)


def test_a_sentence_begins_with_a_capital_and_a_smiles_keeps_its_small_letters():
    inchi = "InChI=1S/C3H7NO2/c1-2(4)3(5)6/h2H,4H2,1H3,(H,5,6)/t2-/m0/s1"
    assert stereo_report(inchi).summary == "The compound of this InChI has 1 stereocentre (C1 S); it is chiral."
    assert stereo_report("c1ccccc1").summary.startswith("c1ccccc1 has")


def test_a_biaryl_by_name_is_left_open_too():
    output = stereo_report("BINOL")  # its atoms are renumbered, which had cost it its rings
    assert output.data["chiral"] is None

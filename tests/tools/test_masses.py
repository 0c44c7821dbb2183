"""Masses from the elements against residue tables, drug labels and calibration standards."""

from __future__ import annotations

import pytest

from tests.tools.test_proteins import INSULIN_A, INSULIN_B, LYSOZYME, PREPROINSULIN, UBIQUITIN
from tools.biology.masses import average_mass, composition, formula, monoisotopic_mass

#: Average residue masses in Da, ExPASy (FindMod, "average amino acid masses").
EXPASY = {
    "A": 71.0788, "R": 156.1875, "N": 114.1038, "D": 115.0886, "C": 103.1388, "E": 129.1155, "Q": 128.1307,
    "G": 57.0519, "H": 137.1411, "I": 113.1594, "L": 113.1594, "K": 128.1741, "M": 131.1926, "F": 147.1766,
    "P": 97.1167, "S": 87.0782, "T": 101.1051, "W": 186.2132, "Y": 163.1760, "V": 99.1326, "O": 237.3018,
}  # fmt: skip
WATER = 18.01524


@pytest.mark.parametrize("residue", EXPASY)
def test_each_residue_weighs_what_expasys_table_says(residue):
    # the table was made with atomic weights before IUPAC's revision of 2009, hence the third decimal
    residues = average_mass(composition(residue, "protein")) - average_mass(composition("", "protein"))
    assert residues == pytest.approx(EXPASY[residue], abs=0.002)


@pytest.mark.parametrize("protein", [LYSOZYME, UBIQUITIN, PREPROINSULIN, INSULIN_A, INSULIN_B])
def test_whole_proteins_weigh_what_expasys_table_adds_up_to(protein):
    expected = sum(EXPASY[residue] for residue in protein) + WATER
    assert average_mass(composition(protein, "protein")) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize(
    ("protein", "expected"),
    [
        (LYSOZYME, "C613H959N193O185S10"),  # ExPASy ProtParam, P00698 without its signal
        (UBIQUITIN, "C378H629N105O118S"),  # ExPASy ProtParam
        ("HSQGTFTSDYSKYLDSRRAQDFVQWLMNT", "C153H225N43O49S"),  # glucagon, its label (FDA)
        ("DRVYIHPF", "C50H71N13O12"),  # angiotensin II, PubChem
        ("RPPGFSPFR", "C50H73N15O11"),  # bradykinin, PubChem
        ("YGGFL", "C28H37N5O7"),  # leucine enkephalin, PubChem
        ("U", "C3H7NO2Se"),  # selenocysteine, PubChem
        ("O", "C12H21N3O3"),  # pyrrolysine, PubChem
    ],
)
def test_formulas_of_known_chains(protein, expected):
    assert formula(composition(protein, "protein")) == expected


def test_insulins_two_chains_and_three_bridges_weigh_what_the_drug_does():
    # human insulin, C257H383N65O77S6, 5807.6 (Ph. Eur.; PubChem); each disulfide takes two hydrogens
    chains = composition(INSULIN_A, "protein") + composition(INSULIN_B, "protein")
    chains["H"] -= 6
    assert formula(chains) == "C257H383N65O77S6"
    assert average_mass(chains) == pytest.approx(5807.6, abs=0.1)


@pytest.mark.parametrize(
    ("peptide", "protonated"),
    # [M+H]+ of Bruker's peptide calibration standard II: angiotensin II and I, ACTH 1-17 and 18-39
    [("DRVYIHPF", 1046.5418), ("DRVYIHPFHL", 1296.6848), ("SYSMEHFRWGKPVGKKR", 2093.0862),
     ("RPVKVYPNGAEDESAEAFPLEF", 2465.1983)],
)  # fmt: skip
def test_monoisotopic_masses_of_calibration_peptides(peptide, protonated):
    proton = 1.007276  # Da, CODATA
    assert monoisotopic_mass(composition(peptide, "protein")) + proton == pytest.approx(protonated, abs=0.0005)


@pytest.mark.parametrize(
    ("nucleotide", "alphabet", "mass"),
    # monophosphates, PubChem: dAMP, dCMP, dGMP, TMP; AMP, CMP, GMP, UMP
    [("A", "dna", 331.22), ("C", "dna", 307.20), ("G", "dna", 347.22), ("T", "dna", 322.21),
     ("A", "rna", 347.22), ("C", "rna", 323.20), ("G", "rna", 363.22), ("U", "rna", 324.18)],
)  # fmt: skip
def test_each_nucleotide_is_its_monophosphate(nucleotide, alphabet, mass):
    assert average_mass(composition(nucleotide, alphabet)) == pytest.approx(mass, abs=0.011)


def test_an_oligonucleotide_agrees_with_oligocalc():
    # OligoCalc (Kibbe 2007), 5' hydroxyl: 313.21 A + 304.2 T + 289.18 C + 329.21 G - 61.96; the M13 (-20) primer
    expected = 6 * 313.21 + 2 * 304.2 + 4 * 289.18 + 5 * 329.21 - 61.96
    phosphate = 79.98  # HPO3
    assert average_mass(composition("GTAAAACGACGGCCAGT", "dna")) - phosphate == pytest.approx(expected, abs=0.1)

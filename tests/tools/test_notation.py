"""``convert_notation``: InChIKeys as PubChem prints them, and notations that read back as the same molecule."""

from __future__ import annotations

import pytest
from rdkit import Chem

from errors import ToolInputError
from tools.chemistry.inchi_writing import inchi_of
from tools.chemistry.notation import convert_notation
from tools.inputs.molecules import parse_molecule
from tools.registry import Toolbox

RETINAL = "CC1=C(C(CCC1)(C)C)/C=C/C(=C/C=C/C(=C/C=O)/C)/C"
MORPHINE = "CN1CC[C@]23[C@@H]4[C@H]1CC5=C2C(=C(C=C5)O)O[C@H]3[C@H](C=C4)O"


@pytest.mark.parametrize(
    ("molecule", "key"),
    [  # PubChem, CID in the comment
        ("CC(=O)Oc1ccccc1C(=O)O", "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"),  # 2244, aspirin
        ("CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "RYYVLZVUVIJVGH-UHFFFAOYSA-N"),  # 2519, caffeine
        ("C[C@@H](C(=O)O)N", "QNAYBMKLOCPYGJ-REOHCLBHSA-N"),  # 5950, L-alanine
        ("C[C@H](C(=O)O)N", "QNAYBMKLOCPYGJ-UWTATZPHSA-N"),  # 71080, D-alanine
        ("CC(C(=O)O)N", "QNAYBMKLOCPYGJ-UHFFFAOYSA-N"),  # 602, alanine
        ("C(=C\\C(=O)O)\\C(=O)O", "VZCYOOQTPOCHFL-UPHRSURJSA-N"),  # 444266, maleic acid
        ("C(=C/C(=O)O)\\C(=O)O", "VZCYOOQTPOCHFL-OWOJBTEDSA-N"),  # 444972, fumaric acid
        (MORPHINE, "BQJCRHHNABKAKU-KBQPJGBKSA-N"),  # 5288826
        (RETINAL, "NCYCYZXNIZJOKI-OVSJKPMPSA-N"),  # 638015
        ("[2H]O[2H]", "XLYOFNOQVPJJNP-ZSJDYOACSA-N"),  # 24602, heavy water
        ("[Na+].[Cl-]", "FAPWRFPIFSIZLT-UHFFFAOYSA-M"),  # 5234
        ("OCl(=O)=O", "XTEGARKTQYYJKE-UHFFFAOYSA-N"),  # 19654, chloric acid
        ("[O-]Cl(=O)=O.[K+]", "VKJKEPKFPUWCAS-UHFFFAOYSA-M"),  # 6426889, potassium chlorate
        ("OI(=O)=O", "ICIWUVCWSCSTAQ-UHFFFAOYSA-N"),  # 24345, iodic acid
        ("[O-][Cl+3]([O-])([O-])[O-]", "VLTRZXGMWDSKGL-UHFFFAOYSA-M"),  # 123351, perchlorate
        ("OS(=O)(=O)O", "QAOWNCQODCNURD-UHFFFAOYSA-N"),  # 1118
        ("CS(=O)C", "IAZDPXIOMUYVGZ-UHFFFAOYSA-N"),  # 679, DMSO
    ],
)
def test_inchikeys_are_those_of_pubchem(molecule, key):
    assert convert_notation(molecule, "inchikey").data["inchikey"] == key


@pytest.mark.parametrize(
    ("molecule", "inchi"),
    [  # PubChem
        ("CCO", "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3"), ("O", "InChI=1S/H2O/h1H2"),
        ("[O-]Cl(=O)(=O)=O", "InChI=1S/ClHO4/c2-1(3,4)5/h(H,2,3,4,5)/p-1"),
        ("OI(=O)(=O)=O", "InChI=1S/HIO4/c2-1(3,4)5/h(H,2,3,4,5)"),
    ],
)  # fmt: skip
def test_inchis_are_those_of_pubchem(molecule, inchi):
    assert convert_notation(molecule, "inchi").data["inchi"] == inchi


def test_selfies_are_those_of_the_papers_examples():
    # Krenn et al., Mach. Learn.: Sci. Technol. 1, 045024 (2020), and the README of its library: benzene
    assert convert_notation("c1ccccc1", "selfies").data["selfies"] == "[C][=C][C][=C][C][=C][Ring1][=Branch1]"


@pytest.mark.parametrize("to", ["smiles", "inchi", "selfies", "molfile"])
@pytest.mark.parametrize(
    "molecule",
    [
        "CC(=O)Oc1ccccc1C(=O)O", RETINAL, MORPHINE, "C[C@@H](C(=O)O)N", "F/C=C/C=C\\F", "C1CCC/C=C\\CC1", "C[C@H]1CC[C@@H](C)CC1",
        "C[S@](=O)c1ccccc1", "C[P@](CC)c1ccccc1", "C/C(CC)=N\\O", "[2H]C([2H])O", "[13CH3]C(=O)O", "C[N+](C)(C)CC(=O)[O-]",
        "c1ccc2c(c1)[nH]c1ccccc12", "OC(=O)[C@H](O)[C@H](O)C(=O)O", "C#CC=C=C", "O=[N+]([O-])c1ccccc1", "[CH3]", "[O][O]",
        "C[C@]12CC[C@H]3[C@@H](CC=C4C[C@@H](O)CC[C@]34C)[C@@H]1CC[C@@H]2[C@H](C)CCCC(C)C",
    ],
)  # fmt: skip
def test_what_is_written_reads_back_as_the_same_molecule(molecule, to):
    text = convert_notation(molecule, to).data[to]
    assert parse_molecule(text).smiles == parse_molecule(molecule).smiles


@pytest.mark.parametrize("to", ["selfies", "molfile"])
@pytest.mark.parametrize(
    "molecule",
    [
        "[Na+].[Cl-]", "[Fe+2].[cH-]1cccc1.[cH-]1cccc1", "CC(=O)[O-].[Zn+2].[O-]C(C)=O", "[H]/N=C/C", "CC=CC",
        "F[B-](F)(F)F.[K+]", "C[Si](C)(C)C", "C[Hg]C", "[O-]Cl(=O)(=O)=O", "[C-]#[O+]",
    ],
)  # fmt: skip
def test_salts_metals_and_open_configurations_survive(molecule, to):
    text = convert_notation(molecule, to).data[to]
    if to == "selfies":
        import selfies

        assert Chem.CanonSmiles(selfies.decoder(text)) == parse_molecule(molecule).smiles
    else:
        assert parse_molecule(text).smiles == parse_molecule(molecule).smiles


def test_a_double_bond_without_configuration_gets_none_by_its_coordinates():
    output = convert_notation("CC=CC", "molfile")
    bonds = [line.split() for line in output.data["molfile"].splitlines() if len(line.split()) in (3, 4)]
    assert ["2", "3", "2", "3"] in bonds  # CTfile Formats, bond block: stereo 3, cis or trans
    assert any("crossed" in note for note in output.notes)


def test_a_molfile_is_shown_line_by_line_and_says_its_version():
    output = convert_notation("CCO", "molfile")
    lines = output.views[0].text.splitlines()
    assert lines[3] == "  3  2  0  0  0  0  0  0  0  0999 V2000"
    assert lines[-1] == "M  END"
    assert "V2000 molfile" in output.summary
    dative = convert_notation("N->[Pt](<-N)(Cl)Cl", "molfile")  # V2000 has no dative bond
    assert "V3000 molfile" in dative.summary
    assert parse_molecule(dative.data["molfile"]).smiles == parse_molecule("N->[Pt](<-N)(Cl)Cl").smiles


def test_what_an_inchi_loses_is_said():
    amide = convert_notation("CC(=O)NC", "inchi")
    assert any("tautomers" in note for note in amide.notes)
    assert any("does not hold all" in note for note in convert_notation("CCCC[Li]", "inchi").notes)
    assert not any("does not hold all" in note for note in convert_notation("CCO", "inchi").notes)
    assert any("not in InChI" in note for note in convert_notation("[CH3:1]O", "inchi").notes)
    assert any("a hash" in note for note in convert_notation("CCO", "inchikey").notes)


def test_a_selfies_that_could_be_a_smiles_says_so():
    assert any("say that it is SELFIES" in note for note in convert_notation("C[TeH]", "selfies").notes)


@pytest.mark.parametrize(
    ("molecule", "to", "words"),
    [
        ("N->[Pt](<-N)(Cl)Cl", "inchi", "cannot be written as InChI"), ("N->[Pt](<-N)(Cl)Cl", "inchikey", "cannot be written as InChIKey"),
        ("N->[Pt](<-N)(Cl)Cl", "selfies", "cannot be written as SELFIES"), ("*CC", "smiles", "dummy atom"), ("", "inchi", "empty"),
    ],
)  # fmt: skip
def test_what_has_no_such_notation_is_refused(molecule, to, words):
    with pytest.raises(ToolInputError, match=words):
        convert_notation(molecule, to)


def test_a_wrong_notation_is_told_the_ones_there_are():
    tool = Toolbox.load(("tools.chemistry.notation",))["convert_notation"]
    with pytest.raises(ToolInputError, match="'smiles', 'inchi', 'inchikey', 'selfies' or 'molfile'"):
        tool.validated({"molecule": "CCO", "to": "IUPAC name"})


def test_a_molecule_without_positive_halogens_is_written_as_it_is():
    mol = Chem.MolFromSmiles("c1ccccc1[I+]c1ccccc1")  # an iodonium has no oxygen to take the charge
    assert inchi_of(mol) == Chem.MolToInchi(mol)


def test_every_selfies_written_is_recognised_as_one():
    assert parse_molecule("[C-1][#O+1]").notation == "selfies"
    assert parse_molecule("[O][=13C][=O]").notation == "selfies"

"""The strict molecule parser: what it reads, what it says it changed, and what it refuses and where.

Expected structures and formulas are textbook ones; isotope and valence limits are those of the periodic table.
"""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from rdkit import Chem
from rdkit.Chem import AllChem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError
from tools.inputs.elements import parse_element
from tools.inputs.molecules import parse_molecule, parse_molecules

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
ASPIRIN_INCHI = "InChI=1S/C9H8O4/c1-6(10)13-8-5-3-2-4-7(8)9(11)12/h2-5H,1H3,(H,11,12)"
ETHANOL_MOLFILE = """
  drawn by hand

  3  2  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.0000 C   0  0
    1.5000    0.0000    0.0000 C   0  0
    2.2000    1.2000    0.0000 O   0  0
  1  2  1  0
  2  3  1  0
M  END
"""


FORMALDEHYDE_V3000 = """
  drawn by hand

  0  0  0     0  0            999 V3000
M  V30 BEGIN CTAB
M  V30 COUNTS 2 1 0 0 0
M  V30 BEGIN ATOM
M  V30 1 C 0 0 0 0
M  V30 2 O 1.2 0 0 0
M  V30 END ATOM
M  V30 BEGIN BOND
M  V30 1 2 1 2
M  V30 END BOND
M  V30 END CTAB
M  END
"""


def refusal(text: str, **options) -> ToolInputError:
    with pytest.raises(ToolInputError) as caught:
        parse_molecule(text, **options)
    return caught.value


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        (ASPIRIN, "smiles"),
        (ASPIRIN_INCHI, "inchi"),
        ("aspirin", "name"),
        ("Aspirin", "name"),
        ("50-78-2", "cas"),
        ("CAS 50-78-2", "cas"),
        ("2-acetyloxybenzoic acid", "name"),
    ],
)
def test_every_notation_of_aspirin_is_the_same_molecule(text, notation):
    parsed = parse_molecule(text)
    assert parsed.smiles == Chem.CanonSmiles(ASPIRIN)
    assert parsed.notation == notation
    assert parsed.text == text


def test_ethanol_is_read_from_a_molfile_and_from_selfies():
    assert parse_molecule(ETHANOL_MOLFILE).smiles == "CCO"
    selfies = parse_molecule("[C][C][O]")
    assert (selfies.smiles, selfies.notation) == ("CCO", "selfies")
    assert any("SELFIES" in note for note in selfies.notes)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_molfiles_are_read_with_the_line_ends_of_every_system(line_end):
    assert parse_molecule(ETHANOL_MOLFILE.replace("\n", line_end)).smiles == "CCO"
    assert parse_molecule(FORMALDEHYDE_V3000.replace("\n", line_end)).smiles == "C=O"


@pytest.mark.parametrize("smiles", ["C[C@H](N)C(=O)O", "C/C=C/C", "C/C=C\\C", "CN1CCC[C@H]1c1cccnc1"])
@pytest.mark.parametrize("v3000", [False, True])
def test_a_molfile_and_an_inchi_keep_the_stereochemistry_that_was_drawn(smiles, v3000):
    drawn = Chem.MolFromSmiles(smiles)
    AllChem.Compute2DCoords(drawn)
    assert parse_molecule(Chem.MolToMolBlock(drawn, forceV3000=v3000)).smiles == Chem.CanonSmiles(smiles)
    assert parse_molecule(Chem.MolToInchi(drawn)).smiles == Chem.CanonSmiles(smiles)


@pytest.mark.parametrize(
    "smiles", ["CCCC", "CCO", "NCC(=O)O", "CNCN", "[2H]O[2H]", "C1CC1", "[NH3]->[Pt]", "C/C=C/C", "[H][H]"]
)
def test_true_smiles_are_read_as_smiles(smiles):
    assert parse_molecule(smiles).notation == "smiles"


@pytest.mark.parametrize(
    ("text", "words", "place"),
    [
        ("", "empty", "molecule"),
        (" \n\t", "empty", "molecule"),
        ("CC\nO", "line break", "character 3"),
        ("CCO and more words", "'and more words' after the SMILES 'CCO'", "character 5"),
        ("CCO ethanol", "'ethanol' after the SMILES", "character 5"),
        ("CCO CCN", "more than one SMILES", "character 5"),
        ("[#6]~[#7]", "SMARTS pattern", "character 1"),
        ("[C,N]C", "SMARTS pattern", "character 1"),
        ("C~N", "SMARTS pattern", "character 2"),
        ("CC*", "dummy atom", "character 3"),
        ("CC[999C]", "no known isotope", "character 3"),
        ("[C+20]", "charge +20", "character 1"),
        ("CCO>>CC=O", "reaction", "character 4"),
        ("C8H10N4O2", "molecular formula", "molecule"),
        ("C6H12O6", "molecular formula", "molecule"),
        ("BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "InChIKey", "molecule"),
        ("ATGGCCATTGTAATG", "DNA sequence", "molecule"),
        ("AUGGCC", "RNA sequence", "molecule"),
        ("MKTAYIAKQRQISFVK", "protein sequence", "molecule"),
        ("Ala-Gly-Ser", "protein sequence", "molecule"),
        ("\u0421CO", "U+0421 (CYRILLIC CAPITAL LETTER ES)", "character 1"),
        ("C\u2212C", "U+2212 (MINUS SIGN)", "character 2"),
        ("CC\u00a0O", "U+00A0 (NO-BREAK SPACE)", "character 3"),
        ("\u200bCCO", "U+200B (ZERO WIDTH SPACE)", "character 1"),
        ("CC\uff08O\uff09", "U+FF08", "character 3"),
        ("CC\x00O", "U+0000", "character 3"),
        ("CC1CC", "opens ring bond 1", "character 3"),
        ("CC11", "on the atom that opened it", "character 4"),
        ("C=1CC#1", "opens ring bond 1 as '='", "character 7"),
        ("CC(O", "never closed", "character 3"),
        ("CCO)", "never opened", "character 4"),
        ("C()C", "empty branch", "character 3"),
        ("CC[NH3", "bracket that is never closed", "character 3"),
        ("CC]", "bracket that was never opened", "character 3"),
        ("C[Xx]", "names no element", "character 2"),
        ("CXC", "'X'", "character 2"),
        ("CCBR", "if bromine is meant, write Br", "character 4"),
        ("C=", "leads to nothing", "character 2"),
        ("C==C", "two bonds", "character 3"),
        ("CC(C)(C)(C)C", "carbon atom C a valence of 5", "character 2"),
        ("c1cccc1", "no alternating double bonds", "character 1"),
        ("co", "[Co] for the element cobalt", "character 1"),
        ("CMgBr", "if magnesium is meant, write [Mg]", "character 2"),
        ("CCcl", "if chlorine is meant, write Cl", "character 4"),
        ("CC[008CH3]", "[008CH3], which is none", "character 3"),
        ("C1CC%01", "writes ring bond 1 as %01", "character 5"),
        ("air", "a mixture", "molecule"),
        ("[Fe+++]", "[Fe+3]", "character 1"),
        ("[CL]C", "write [Cl] for chlorine", "character 1"),
        ("CC[0C]", "no known isotope of mass number 0", "character 3"),
        ("D", "write [2H]", "character 1"),
        ("K", "if potassium is meant, write [K]", "character 1"),
        ("C[CH3:99999]", "bracket atom", "character 2"),
        ("CC(.C)C", "branch that starts with a dot", "character 4"),
        ("CCO;CCN", "several molecules as a list", "character 4"),
        ("CN(C)(C)->O", "dative bond to oxygen", "character 11"),  # RDKit would give that oxygen two hydrogens
        ("CC:C", "aromatic bond outside a ring", "character 4"),
        ("2244", "is a number", "molecule"),
        ("CID 2244", "is a number", "molecule"),
        ("BSYNRYMUTXBXSQ-UHFFFAOYSA", "InChIKey", "molecule"),
        ("CCO\u202e", "<U+202E>", "character 4"),
        ("caf\u00e9ine", "write 'e' instead", "character 4"),
        ("CuSO4\u00b75H2O", "write '.' instead", "character 6"),
        ("InChI=1S/CH4", "its formula is CH4, its structure C", "molecule"),  # the hydrogen layer is missing
        ("InChI=2S/CH4/h1H4", "no version", "character 7"),
        ("InChI=1S/Xx/h1H4", "'Xx' is no element", "character 10"),
        ("InChI=1S/CH4/z1H4", "no layer is named 'z'", "character 14"),
        ("InChI=1S/CH4/h1H4 methane", "text after its InChI", "character 18"),
        (ASPIRIN_INCHI[:-1], "parentheses of its /h layer", "character 50"),
        ("50-78-3", "check digit is 3, which should be 2", "last digit"),
        ("InChI=1S/nonsense", "not a valid InChI", "molecule"),
        ("asprin", "near: aspirin", "molecule"),
        ("xylene", "3 different compounds", "molecule"),
        ("C" * 1_001, "more than 1,000 heavy atoms", "character 1001"),
        ("C" * 10_001, "10,001 characters", "molecule"),
        (ETHANOL_MOLFILE.replace("  2  3  1  0", "  2  9  1  0"), "joins 2 and 9", "line 9"),
        (ETHANOL_MOLFILE.replace("  2  3  1  0", "  2  2  1  0"), "to itself", "line 9"),
        (ETHANOL_MOLFILE.replace("  2  3  1  0", "  1  2  1  0"), "second bond", "line 9"),
        (ETHANOL_MOLFILE.replace("  2  3  1  0", "  2  3  8  0"), "bond type '8'", "line 9"),
        (ETHANOL_MOLFILE.replace("  2  3  1  0", "  2  3  3  0"), "valence", "molecule"),
        (ETHANOL_MOLFILE.replace("  2  3  1  0", "  2  3  4  0"), "aromatic bond outside a ring", "atom 3"),
        (ETHANOL_MOLFILE.replace(" O  ", " Xx "), "'Xx' is no element", "line 7"),
        (ETHANOL_MOLFILE.replace(" O  ", " A  "), "query atom", "atom 3"),
        (ETHANOL_MOLFILE.replace("1.2000", "1.2x00"), "no three coordinates", "line 7"),
        (ETHANOL_MOLFILE.replace("  3  2  0", "  0  0  0"), "no atoms", "line 4"),
        (ETHANOL_MOLFILE.replace("  3  2  0", "  3  1  0"), "follows the 3 atoms and 1 bonds", "line 9"),
        (ETHANOL_MOLFILE.replace("M  END", "M  ISO  1   3  99\nM  END"), "isotope that is not known", "atom 3"),
        (ETHANOL_MOLFILE.replace("M  END", "M  CHG  1   9  -1\nM  END"), "property is of atom 9", "line 10"),
        (FORMALDEHYDE_V3000.replace("COUNTS 2 1", "COUNTS 3 1"), "promises 3 atoms and 1 bonds", "line 6"),
        (FORMALDEHYDE_V3000.replace("1 2 1 2", "1 2 1 7"), "atom that is not there", "line 12"),
        (FORMALDEHYDE_V3000.replace("V30 2 O", "V30 1 O"), "two atoms of the number 1", "line 9"),
        (ETHANOL_MOLFILE.replace("M  END", ""), "before 'M  END'", "line"),
        (ETHANOL_MOLFILE.replace("  3  2  0", "  9  8  0"), "promises 9 atoms", "line 4"),
        (ETHANOL_MOLFILE + "$$$$\n" + ETHANOL_MOLFILE + "$$$$\n", "2 records", "molecule"),
    ],
)  # fmt: skip
def test_a_wrong_text_is_refused_with_its_value_its_place_and_what_to_do(text, words, place):
    error = refusal(text)
    assert words in str(error)
    assert place in error.where
    assert error.hint
    assert len(str(error)) < 500


def test_positions_count_from_the_start_of_the_text_as_given():
    assert "character 5" in refusal("  CCX").where


def test_a_dummy_atom_is_allowed_only_where_asked_for():
    assert parse_molecule("*CC*", dummies=True).mol.GetNumAtoms() == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("CO", "not as the formula CO"),
        ('"CCO"', "quotation marks"),
        ("[Na+].[Cl-]", "2 components"),
        ("C[C@H](C)C", "[C@H] at character 2"),
        ("C/C=C", "no stereo double bond"),
        ("CN(=O)=O", "charge-separated"),
        ("[13CH4]", "Isotope labels"),
        ("[CH3]C[CH2]", "Unpaired electrons"),
        ("alanine", "natural L form"),
        (ASPIRIN_INCHI, "Converted from InChI, which does not keep which tautomer"),
        ("SMILES: CCO", "The label 'SMILES:' was removed"),
        ("[Cl]", "the bare atom"),
    ],
)
def test_whatever_was_changed_or_assumed_is_said(text, words):
    assert any(words in note for note in parse_molecule(text).notes)


def test_plain_ethanol_needs_no_note():
    assert parse_molecule("CCO").notes == ()


def test_a_list_names_the_item_that_is_wrong():
    assert [parsed.smiles for parsed in parse_molecules(["CCO", "water"])] == ["CCO", "O"]
    with pytest.raises(ToolInputError, match="item 2"):
        parse_molecules(["CCO", "C1CC"])
    with pytest.raises(ToolInputError, match="at most 60"):
        parse_molecules(["C"] * 61)
    with pytest.raises(ToolInputError, match="empty"):
        parse_molecules([])


def test_element_symbols_are_case_sensitive_and_names_are_not():
    assert [parse_element(text) for text in ("C", "carbon", "Sulphur", "tungsten")] == ["C", "C", "S", "W"]
    with pytest.raises(ToolInputError, match="write Co for cobalt; CO would be"):
        parse_element("co")
    with pytest.raises(ToolInputError, match="carbon"):
        parse_element("carbn")


def test_importing_the_parser_loads_no_tables_and_no_second_library():
    script = (
        "import sys, tools.inputs.molecules\n"
        "print([name for name in ('chemicals', 'selfies', 'rapidfuzz', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_two_thousand_hostile_texts_get_a_molecule_or_a_refusal():
    random.seed(20)
    seeds = [
        ASPIRIN, "Cn1c(=O)c2c(ncn2C)n(C)c1=O", ASPIRIN_INCHI, "[C][=C][Branch1][C][O]", "F/C=C/F", "50-78-2",
        "[Na+].[Cl-]", "C[C@H](N)C(=O)O", "[13CH4]", "CC%12CC%12", ETHANOL_MOLFILE,
        "OC[C@H]1OC(O)[C@H](O)[C@@H](O)[C@@H]1O",
    ]  # fmt: skip
    letters = "CNOPSFIclrnos[]()=#@/\\+-.:%0123456789*$~&;,!<>{}|^ \n\t\x00'\"`éСα−\u200b"
    for _ in range(2_000):
        text = list(random.choice(seeds))
        for _ in range(random.randint(1, 6)):
            at = random.randrange(len(text) + 1)
            text[at : at + random.randint(0, 2)] = random.choice(letters) * random.choice((1, 1, 1, 2, 40))
        hostile = "".join(text)
        try:
            parsed = parse_molecule(hostile)
        except ToolInputError as error:
            assert error.what and "\n" not in str(error)
        else:
            assert parsed.mol.GetNumAtoms() and CalcMolFormula(parsed.mol)


@pytest.mark.parametrize(
    ("with_hydrogens", "without"),
    [  # RDKit itself turns a double bond of these over; InChI of the text with its hydrogens kept agrees with the right side
        ("[H]/C1=C(\\[H])C(/C(=C(\\C(/C([H])=C(/[H])C1([H])[H])([H])[H])[H])[H])([H])[H]", "C1=C\\C/C=C\\C/C=C\\C/1"),
        ("[H]/C(C)=C(/[H])C", "C/C=C/C"),
        ("[H]/C(C)=C(\\[H])C", "C/C=C\\C"),
    ],
)
def test_double_bonds_keep_their_configuration_when_written_hydrogens_are_merged(with_hydrogens, without):
    assert parse_molecule(with_hydrogens).smiles == parse_molecule(without).smiles


@pytest.mark.parametrize("text", ["CCO, O", "CCO,O", "CCO; O", "ethanol, water", "CCO; water"])
def test_a_text_with_commas_is_a_list_where_each_part_is_a_molecule_and_the_whole_is_none(text):
    parsed = parse_molecules(text)
    assert [one.smiles for one in parsed] == ["CCO", "O"]
    assert "list of 2 molecules" in parsed[0].notes[0]


@pytest.mark.parametrize("text", ["CCO, C1CC", "CC\nO", "CCO, ", "CCO and O", "1,2-dichloroethene, foo"])
def test_a_text_that_is_no_list_of_molecules_is_refused_as_one(text):
    with pytest.raises(ToolInputError) as caught:
        parse_molecules(text)
    assert "item" not in caught.value.where


def test_a_name_with_commas_is_one_molecule():
    assert [one.smiles for one in parse_molecules("1,2-dichloroethane")] == ["ClCCCl"]
    assert [one.smiles for one in parse_molecules("1,2-dichloroethane, CCO")] == ["ClCCCl", "CCO"]

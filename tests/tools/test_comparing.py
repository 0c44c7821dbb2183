"""``compare_structures``: relations as textbooks give them, notations of one molecule, and random writings against InChI."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from rdkit import Chem, rdBase

from errors import ToolInputError
from tools.chemistry.comparing import compare_structures
from tools.chemistry.structure_relations import relation
from tools.inputs.molecules import parse_molecule

TABLE = Path(__file__).parents[2] / "assets" / "tables" / "common_names.csv"
IMATINIB = "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(-c2cccnc2)n1"
CENTRES = (Chem.ChiralType.CHI_TETRAHEDRAL_CW, Chem.ChiralType.CHI_TETRAHEDRAL_CCW)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("CCO", "OCC"),
        ("c1ccccc1C", "CC1=CC=CC=C1"),
        ("Cc1ccccc1C", "CC1=CC=CC=C1C"),  # the two Kekulé forms of o-xylene
        ("[H]OC([H])([H])C", "CCO"),
        ("aspirin", "CC(=O)Oc1ccccc1C(=O)O"),
        ("50-78-2", "aspirin"),
        ("InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3", "ethanol"),
        ("CN(=O)=O", "C[N+](=O)[O-]"),
        ("CN1C=NC2=C1C(=O)N(C)C(=O)N2C", "caffeine"),
        ("C[C@H](N)C(=O)O", "OC(=O)[C@H](C)N"),
        ("C/C=C/C", "C(\\C)=C/C"),
        ("[CH3:1][OH:2]", "CO"),
        ("OC(=O)[C@@H](O)[C@@H](O)C(=O)O", "OC(=O)[C@H](O)[C@H](O)C(=O)O"),  # meso-tartaric acid written from both ends
        ("C[C@@H](O)[C@@H](O)C", "C[C@H](O)[C@H](O)C"),  # meso-butane-2,3-diol
        ("C[C@H]1CC[C@@H](C)CC1", "C[C@@H]1CC[C@H](C)CC1"),  # an achiral ring
        ("CP(=O)(O)OC", "CO[P@@](C)(=O)O"),  # a phosphonic acid whose proton moves is no stereocentre
        ("Cl[Pt@SP1](Cl)(<-N)<-N", "N->[Pt@SP1](<-N)(Cl)Cl"),  # cisplatin from both ends (OpenSMILES)
        ("Cl[Pt@SP1](Cl)(<-N)<-N", "Cl[Pt@SP3](Cl)(<-N)<-N"),
    ],
)
def test_one_molecule_in_two_notations_is_identical(a, b):
    for one, other in ((a, b), (b, a)):
        data = compare_structures(one, other).data
        assert (data["same"], data["decided"], data["relation"]) == (True, True, "identical")
        assert data["differing_atoms_a"] == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("CS(C)=O", "C[S+](C)[O-]"),
        ("CN=[N+]=[N-]", "C[N-][N+]#N"),
        ("[N-]=[N+]=O", "N#[N+][O-]"),
        ("C=P(C)(C)C", "[CH2-][P+](C)(C)C"),
        ("O=c1cccc[nH]1", "[O-]c1cccc[nH+]1"),
        ("CC(=O)[CH2-]", "CC([O-])=C"),
        ("CC(=O)O[Na]", "CC(=O)[O-].[Na+]"),
        ("Cl[Mg]Cl", "[Mg+2].[Cl-].[Cl-]"),
        ("N->[Pt](Cl)(Cl)<-N", "[NH3+][Pt-2](Cl)(Cl)[NH3+]"),
        ("N.N.Cl[Pt]Cl", "N->[Pt](Cl)(Cl)<-N"),
        ("CN(C)C.Cl", "C[NH+](C)C.[Cl-]"),
        ("NCC(=O)O.Cl", "[NH3+]CC(=O)O.[Cl-]"),
    ],
)
def test_resonance_forms_and_other_drawings_are_the_same_and_the_verdict_says_how(a, b):
    for one, other in ((a, b), (b, a)):
        data = compare_structures(one, other).data
        assert data["same"] and data["decided"]
        assert data["relation"].startswith("identical (")


#: Pairs, the relation, and terms that belong to it; textbook examples.
RELATIONS = [
    ("C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O", "enantiomers", {"stereoisomers"}),
    ("L-alanine", "D-alanine", "enantiomers", set()),
    ("C[C@H](O)[C@@H](O)C", "C[C@@H](O)[C@H](O)C", "enantiomers", set()),  # (2S,3S) and (2R,3R)
    ("CC[S@](C)=O", "CC[S@@](C)=O", "enantiomers", set()),  # a sulfoxide
    ("C[C@H]([2H])O", "C[C@@H]([2H])O", "enantiomers", set()),  # 1-deuterioethanol (Westheimer)
    ("C[C@@H](O)[C@@H](O)C", "C[C@@H](O)[C@H](O)C", "diastereomers (epimers)", {"diastereomers"}),  # meso and (R,R)
    ("N[C@@H]([C@@H](C)O)C(=O)O", "N[C@@H]([C@H](C)O)C(=O)O", "diastereomers (epimers)", set()),  # threonine, allothreonine
    ("maleic acid", "fumaric acid", "diastereomers (E/Z isomers)", {"E/Z isomers"}),
    ("C/C=C/C", "C/C=C\\C", "diastereomers (E/Z isomers)", set()),
    ("C[C@H]1CC[C@@H](C)CC1", "C[C@H]1CC[C@H](C)CC1", "diastereomers (cis/trans isomers)", set()),
    ("Cl[Pt@SP1](Cl)(<-N)<-N", "Cl[Pt@SP2](Cl)(<-N)<-N", "diastereomers (cis/trans isomers)", set()),  # transplatin
    ("F[Pt@SP1](F)(Cl)Cl", "F[Pt@SP2](F)(Cl)Cl", "diastereomers (cis/trans isomers)", set()),  # OpenSMILES: U and 4 shapes
    # α- and β-D-glucopyranose; D-glucose and D-galactose in their open forms, epimers at C4
    ("OC[C@H]1O[C@H](O)[C@H](O)[C@@H](O)[C@@H]1O", "OC[C@H]1O[C@@H](O)[C@H](O)[C@@H](O)[C@@H]1O", "diastereomers (anomers)", {"epimers"}),
    ("O=C[C@H](O)[C@@H](O)[C@H](O)[C@H](O)CO", "O=C[C@H](O)[C@@H](O)[C@@H](O)[C@H](O)CO", "diastereomers (epimers)", set()),
    ("CC(C)=O", "CC(=C)O", "tautomers", set()),
    ("Oc1ccccn1", "O=c1cccc[nH]1", "tautomers", set()),
    ("N[C@@H](Cc1c[nH]cn1)C(=O)O", "N[C@@H](Cc1cnc[nH]1)C(=O)O", "tautomers", set()),  # histidine
    ("Cc1c[nH]cn1", "Cc1cnc[nH]1", "tautomers", set()),
    ("CC(C)N=O", "CC(C)=NO", "tautomers", set()),
    ("C[N+](=O)[O-]", "C=[N+](O)[O-]", "tautomers", set()),  # nitromethane and its aci form
    ("CC(=O)CC(C)=O", "CC(=O)C=C(C)O", "tautomers", set()),
    ("warfarin", "CC(=O)CC(c1ccccc1)C1C(=O)Oc2ccccc2C1=O", "tautomers", set()),
    ("O=c1[nH]cnc2nc[nH]c12", "Oc1ncnc2nc[nH]c12", "tautomers", set()),  # hypoxanthine
    ("NCC(=O)O", "[NH3+]CC(=O)[O-]", "tautomers (zwitterion and uncharged form)", {"tautomers"}),
    ("CC(=O)O", "CC(=O)[O-]", "protonation states", set()),
    ("NCC(=O)O", "[NH3+]CC(=O)O", "protonation states", set()),
    ("c1c[nH]cn1", "c1c[nH]c[nH+]1", "protonation states", set()),
    ("[Fe+2]", "[Fe+3]", "redox states", set()),
    ("CCO", "[2H]OCC", "isotopologues", set()),
    ("O", "[2H]O[2H]", "isotopologues", set()),
    ("[13CH3]CO", "C[13CH2]O", "isotopomers", set()),
    ("CN(C)C", "CN(C)C.Cl", "same parent, different salt or solvate", {"same parent"}),
    ("CC(=O)O", "CC(=O)[O-].[Na+]", "same parent, different salt or solvate", set()),
    ("CC(=O)[O-].[K+]", "CC(=O)[O-].[Na+]", "same parent, different salt or solvate", set()),
    (IMATINIB, f"{IMATINIB}.CS(=O)(=O)O", "same parent, different salt or solvate", set()),
    ("CN.Cl", "CN.Cl.O", "same parent, different salt or solvate", set()),
    ("C[C@H](N)C(=O)O", "C[C@H](N)C(=O)O.C[C@@H](N)C(=O)O", "one is a component of the other", set()),
    ("CCCC", "CC(C)C", "constitutional isomers", set()),
    ("CC(C)=O", "CCC=O", "constitutional isomers", set()),
    ("C=CCC", "CC=CC", "constitutional isomers", set()),  # a shift of a proton that no base would do
    ("ethanol", "dimethyl ether", "constitutional isomers", set()),
    ("O=C[C@H](O)[C@@H](O)[C@H](O)[C@H](O)CO", "OC[C@H]1OC(O)[C@H](O)[C@@H](O)[C@@H]1O", "constitutional isomers (ring-chain tautomers)", set()),
    ("O=C[C@H](O)[C@@H](O)[C@@H](O)[C@H](O)CO", "OC[C@H]1OC(O)[C@H](O)[C@@H](O)[C@@H]1O", "constitutional isomers", set()),  # galactose
    ("glucose", "fructose", "constitutional isomers (interconvertible through an enol)", set()),
    ("CC1=C(C)C=CC=CC=C1", "CC1=CC=CC=CC=C1C", "constitutional isomers", set()),  # bond-shift isomers of a cyclooctatetraene
    ("caffeine", "theophylline", "different compounds", set()),
    ("O=C1C=CC(=O)C=C1", "Oc1ccc(O)cc1", "different compounds", set()),  # quinone and hydroquinone
    ("Oc1ccccc1", "[O]c1ccccc1", "different compounds", set()),  # phenol and its radical
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "name", "terms"), RELATIONS)
def test_relations_that_textbooks_name(a, b, name, terms):
    for one, other in ((a, b), (b, a)):
        output = compare_structures(one, other)
        assert output.data["relation"] == name
        assert terms <= set(output.data["kinds"])
        assert output.data["same"] is False and output.data["decided"] is True
        assert "not the same molecule" in output.summary


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("CC(N)C(=O)O", "C[C@H](N)C(=O)O"),  # no configuration given: the racemate or either form
        ("ibuprofen", "CC(C)Cc1ccc(cc1)[C@H](C)C(=O)O"),
        ("CC=CC", "C/C=C/C"),
        ("CC(O)[C@H](C)O", "C[C@H](O)[C@H](C)O"),
        ("CC(N)C(=O)O", "C[C@H](N)C(=O)O.C[C@@H](N)C(=O)O"),
        ("CC=[C@]=CC", "CC=[C@@]=CC"),  # RDKit reads no axis
        ("InChI=1S/C5H8/c1-3-5-4-2/h3-4H,1-2H3/t5-/m0/s1", "InChI=1S/C5H8/c1-3-5-4-2/h3-4H,1-2H3/t5-/m1/s1"),
        ("(R)-BINOL", "(S)-BINOL"),  # its axis is in no SMILES
        ("Cl[Pt@SP1](Cl)(<-N)<-N", "Cl[Pt](Cl)(<-N)<-N"),
    ],
)
def test_what_unassigned_stereo_leaves_open_is_neither_the_same_nor_different(a, b):
    for one, other in ((a, b), (b, a)):
        output = compare_structures(one, other)
        assert output.data["same"] is False and output.data["decided"] is False
        assert output.data["relation"].startswith("not decided")
        assert "cannot be decided" in output.summary


def test_stereoisomers_with_an_open_centre_are_no_certain_enantiomers():
    data = compare_structures("C[C@@H](O)C(O)CC", "C[C@H](O)C(O)CC").data
    assert data["same"] is False and data["decided"] is True
    assert data["relation"] == "stereoisomers (mirror images as far as assigned)"


def test_the_differing_centres_are_named_with_their_labels():
    data = compare_structures("C[C@H](N)C(=O)O", "OC(=O)[C@@H](C)N").data
    assert data["relation"] == "enantiomers"
    assert data["stereo_differences"] == [
        {"kind": "centre", "atoms_a": (1,), "atoms_b": (3,), "label_a": "S", "label_b": "R"}
    ]


def test_differences_of_stereo_and_of_something_else_are_both_said():
    histidines = compare_structures("N[C@@H](Cc1c[nH]cn1)C(=O)O", "N[C@H](Cc1cnc[nH]1)C(=O)O").data
    assert {"tautomers", "enantiomers"} <= set(histidines["kinds"]) and not histidines["same"]
    parents = compare_structures("Oc1ccccn1", "O=c1cccc[nH]1.Cl").data
    assert {"same parent", "tautomers"} <= set(parents["kinds"]) and not parents["same"]
    salts = compare_structures("C[C@H](N)c1ccccc1.Cl", "C[C@@H](N)c1ccccc1.Br").data
    assert salts["relation"] == "enantiomers, as different salts or solvates"
    open_parents = compare_structures("CC(N)c1ccccc1", "C[C@@H](N)c1ccccc1.Cl")
    assert open_parents.data["relation"] == "different salts or solvates, parents not decided (stereo unassigned)"
    assert "are not the same molecule" in open_parents.summary
    labels = compare_structures("[2H]OC(=O)[C@H](C)N", "OC(=O)[C@@H](C)N").data
    assert labels["relation"] == "enantiomers, with other isotope labels"


def test_salt_and_co_crystal_are_not_told_apart_where_the_acid_is_weak():
    data = compare_structures("c1ccncc1.CC(=O)O", "c1cc[nH+]cc1.CC(=O)[O-]").data
    assert data["same"] is False and data["decided"] is False


def test_many_waters_of_a_hydrate_do_not_hide_that_both_ends_of_meso_tartrate_are_alike():
    hydrate = ".O" * 12 + ".[Na+].[Na+]"
    data = compare_structures(
        f"[O-]C(=O)[C@@H](O)[C@@H](O)C(=O)[O-]{hydrate}", f"[O-]C(=O)[C@H](O)[C@H](O)C(=O)[O-]{hydrate}"
    ).data
    assert data["same"] and data["relation"] == "identical"


def test_other_ligands_at_the_metal_are_isomers():
    # pentaamminebromocobalt sulfate and pentaamminesulfatocobalt bromide (Werner's ionization isomers)
    bromo = "Br[Co+2](<-N)(<-N)(<-N)(<-N)<-N.[O-]S(=O)(=O)[O-]"
    sulfato = "O=S(=O)([O-])O[Co+2](<-N)(<-N)(<-N)(<-N)<-N.[Br-]"
    data = compare_structures(bromo, sulfato).data
    assert "coordination isomers" in data["kinds"] and not data["same"]


def test_the_numbers_beside_the_verdict():
    data = compare_structures("morphine", "codeine").data
    assert data["monoisotopic_mass_difference_da"] == pytest.approx(14.01565, abs=1e-5)  # CH2, IUPAC masses
    assert data["inchikey_a"] == "BQJCRHHNABKAKU-KBQPJGBKSA-N"  # PubChem CID 5288826
    assert data["inchikey_b"] == "OROGSEYTTFOCAN-DNJOTXNNSA-N"  # PubChem CID 5284371
    assert data["same_inchikey_first_block"] is False
    tautomers = compare_structures("Oc1ccccn1", "O=c1cccc[nH]1")
    assert tautomers.data["same_inchikey"] is True
    assert any("merges tautomers" in note for note in tautomers.notes)
    assert compare_structures("C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O").data["tanimoto"] == 1.0


@pytest.mark.parametrize("number", range(8))
def test_random_writings_of_compounds_of_the_table_are_identical_and_turned_centres_never_are(number):
    """The table of common names, an eighth at a time; InChI, another program, says which turned centres give a meso form back."""
    generator = random.Random(number)
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [row["smiles"] for row in csv.DictReader(file)][number::8]
    assert len(rows) >= 25
    for smiles in rows:
        mol = parse_molecule(smiles).mol
        with_hydrogens = Chem.AddHs(mol) if mol.GetNumHeavyAtoms() < 60 else mol
        for written in (Chem.MolToSmiles(mol, doRandom=True), Chem.MolToSmiles(with_hydrogens, doRandom=True)):
            assert relation(mol, parse_molecule(written).mol).name == "identical", (smiles, written)
        centres = [atom.GetIdx() for atom in mol.GetAtoms() if atom.GetChiralTag() in CENTRES]
        for turned in (generator.sample(centres, 1), centres) if centres else ():
            other = Chem.Mol(mol)
            for centre in turned:
                other.GetAtomWithIdx(centre).InvertChirality()
            Chem.AssignStereochemistry(other, cleanIt=True, force=True)  # rings of inositols keep the old marks else
            found = relation(mol, parse_molecule(Chem.MolToSmiles(other, doRandom=True)).mol)
            with rdBase.BlockLogs():
                equal = Chem.MolToInchi(mol) == Chem.MolToInchi(other)
            assert found.same == equal, (smiles, turned)
            if turned is centres and not equal:
                assert found.name in ("enantiomers", "stereoisomers (mirror images as far as assigned)"), smiles


def test_both_are_drawn_with_what_differs_marked():
    views = compare_structures("C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O").views
    assert [view.kind for view in views] == ["svg", "svg", "table"]
    assert all(view.legend for view in views[:2])
    assert not any(view.legend for view in compare_structures("CCO", "OCC").views[:2])


@pytest.mark.parametrize(("a", "b", "where"), [("", "CCO", "a"), ("CCO", "C1CC", "b"), ("CC*", "CCO", "a")])
def test_wrong_molecules_are_refused_with_their_side(a, b, where):
    with pytest.raises(ToolInputError) as caught:
        compare_structures(a, b)
    assert caught.value.where.startswith(where)

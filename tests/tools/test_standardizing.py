"""``standardize``: parents of drug salts by their InChIKeys (PubChem, ChEMBL), what is taken away and what must stay."""

from __future__ import annotations

import pytest
from chembl_structure_pipeline import get_parent_mol
from rdkit import Chem

from errors import ToolInputError
from tools.chemistry.standardizing import standardize

IMATINIB = "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(-c2cccnc2)n1"
ATORVASTATIN_ION = "CC(C)c1c(C(=O)Nc2ccccc2)c(-c2ccccc2)c(-c2ccc(F)cc2)n1CC[C@@H](O)C[C@@H](O)CC(=O)[O-]"
ESOMEPRAZOLE_ION = "COc1ccc2[n-]c([S@@](=O)Cc3ncc(C)c(OC)c3C)nc2c1"
TETRACYCLINE = "CN(C)[C@@H]1C(=O)C(C(N)=O)=C(O)[C@@]2(O)C(=O)C3=C(O)c4c(O)cccc4[C@@](C)(O)[C@H]3C[C@@H]12"

#: Salt, what is removed (formula to count), and the InChIKey of the parent as PubChem and ChEMBL give it.
SALTS = [
    (f"{IMATINIB}.CS(=O)(=O)O", {"CH4O3S": 1}, "KTUFNOKKBVMGRW-UHFFFAOYSA-N"),  # imatinib mesylate
    ("CN(C)C(=N)NC(=N)N.Cl", {"HCl": 1}, "XZWYZXLIPXDOLR-UHFFFAOYSA-N"),  # metformin hydrochloride
    ("[Na+].[O-]C(=O)c1ccccc1", {"Na+": 1}, "WPYMKLBDIGXBTP-UHFFFAOYSA-N"),  # sodium benzoate
    ("sildenafil citrate", {"C6H8O7": 1}, "BNRNXUUZRGQAQC-UHFFFAOYSA-N"),
    (
        f"[Ca+2].{ATORVASTATIN_ION}.{ATORVASTATIN_ION}",
        {"Ca+2": 1, "C33H34FN2O5-": 1},
        "XUKUURHRXDUEBC-KAYWLYCHSA-N",
    ),
    (
        f"[Ca+2].{ATORVASTATIN_ION}.{ATORVASTATIN_ION}.O.O.O",  # the trihydrate, as it is sold
        {"Ca+2": 1, "C33H34FN2O5-": 1, "H2O": 3},
        "XUKUURHRXDUEBC-KAYWLYCHSA-N",
    ),
    (f"{TETRACYCLINE}.Cl", {"HCl": 1}, "NWXMGUDVXFXRIG-WESIUVDSSA-N"),
    ("CC(=O)[O-].[Na+]", {"Na+": 1}, "QTBSBXVTEAMEQO-UHFFFAOYSA-N"),  # sodium acetate
    ("CC(=O)O[Na]", {"Na+": 1}, "QTBSBXVTEAMEQO-UHFFFAOYSA-N"),  # written with a bond
    ("CC(=O)O.[Na+].[OH-]", {"Na+": 1, "HO-": 1}, "QTBSBXVTEAMEQO-UHFFFAOYSA-N"),
    (f"[Mg+2].{ESOMEPRAZOLE_ION}.{ESOMEPRAZOLE_ION}", {"Mg+2": 1, "C17H18N3O3S-": 1}, "SUBDBMMJDZJVOS-DEOSSOPVSA-N"),
    ("CCOC(=O)C1=C(COCCN)NC(C)=C(C(=O)OC)C1c1ccccc1Cl.OS(=O)(=O)c1ccccc1", {"C6H6O3S": 1}, "HTIQEAQVCYTUBX-UHFFFAOYSA-N"),
    ("[Na+].OC(=O)Cc1ccccc1Nc1c(Cl)cccc1Cl", {"Na+": 1}, "DCOPUUMXTXDBNB-UHFFFAOYSA-N"),  # diclofenac, drawn as the acid
    ("[K+].[O-]C(=O)Cc1ccccc1Nc1c(Cl)cccc1Cl", {"K+": 1}, "DCOPUUMXTXDBNB-UHFFFAOYSA-N"),
    ("CNCCC(Oc1ccc(cc1)C(F)(F)F)c1ccccc1.Cl", {"HCl": 1}, "RTHCYVBBDHJXIQ-UHFFFAOYSA-N"),  # fluoxetine
    ("C[NH+](C)CCOC(c1ccccc1)c1ccccc1.[Cl-]", {"Cl-": 1}, "ZZVUWRFHKOJYTH-UHFFFAOYSA-N"),  # diphenhydramine, ionized
    ("CCN(CC)CC(=O)Nc1c(C)cccc1C.Cl.O", {"HCl": 1, "H2O": 1}, "NNJVILVZKWQKPM-UHFFFAOYSA-N"),  # lidocaine, hydrate
    ("CCCC(CCC)C(=O)O.CCCC(CCC)C(=O)[O-].[Na+]", {"Na+": 1, "C8H15O2-": 1}, "NIJJYAXOARWZEE-UHFFFAOYSA-N"),  # divalproex
    ("COc1ccc2cc(ccc2c1)[C@H](C)C(=O)[O-].[Na+]", {"Na+": 1}, "CMWTZPSULFXXJA-VIFPVBQESA-N"),  # naproxen
    ("CC1(C)S[C@@H]2[C@H](NC(=O)Cc3ccccc3)C(=O)N2[C@H]1C(=O)[O-].[K+]", {"K+": 1}, "JGSARLDLIJGVTE-MBNYWOFBSA-N"),  # penicillin G
    ("CN1CC[C@]23c4c5ccc(O)c4O[C@H]2[C@@H](O)C=C[C@H]3[C@H]1C5.CN1CC[C@]23c4c5ccc(O)c4O[C@H]2[C@@H](O)C=C[C@H]3[C@H]1C5"
     ".OS(=O)(=O)O.O.O.O.O.O", {"H2O4S": 1, "C17H19NO3": 1, "H2O": 5}, "BQJCRHHNABKAKU-KBQPJGBKSA-N"),  # morphine sulfate
    ("C#Cc1cccc(Nc2ncnc3cc(OCCOC)c(OCCOC)cc23)c1.Cl", {"HCl": 1}, "AAKJLRGGTJKAMG-UHFFFAOYSA-N"),  # erlotinib
    ("CNC(=O)c1cc(Oc2ccc(NC(=O)Nc3ccc(Cl)c(C(F)(F)F)c3)cc2)ccn1.Cc1ccc(cc1)S(=O)(=O)O", {"C7H8O3S": 1}, "MLDQJTXFUGDVEO-UHFFFAOYSA-N"),
    ("C[N+](C)(C)CCO.[Cl-]", {"Cl-": 1}, "OEYIOHPDSNJKLS-UHFFFAOYSA-N"),  # choline chloride: stays a cation
]  # fmt: skip


@pytest.mark.parametrize(("salt", "removed", "inchikey"), SALTS)
def test_the_parent_of_a_salt_and_everything_that_was_removed(salt, removed, inchikey):
    data = standardize(salt).data
    assert data["inchikey"] == inchikey
    assert {one["formula"]: one["count"] for one in data["removed"]} == removed
    assert data["components"] == 1


def test_a_solvent_is_the_parent_where_nothing_else_is_organic():
    """ChEMBL's own program keeps the hydrogen chloride of CCO.Cl.Cl; a chemist's parent is ethanol."""
    data = standardize("CCO.Cl.Cl").data
    assert data["inchikey"] == "LFQSCWFLJHTTHZ-UHFFFAOYSA-N"  # ethanol, PubChem
    assert standardize("O.[Na+].[Cl-]").data["smiles"] == "[Cl-].[Na+]"


@pytest.mark.parametrize("salt", [salt for salt, *_ in SALTS if "." in salt])
def test_parents_agree_with_chembls_own_program_where_that_strips_the_salt(salt):
    theirs, excluded = get_parent_mol(Chem.MolFromSmiles(salt))
    assert not excluded
    theirs = Chem.MolToSmiles(Chem.MolFromSmiles(Chem.MolToSmiles(theirs)))
    if "." in theirs:  # a salt of nothing but counter-ions is left whole by ChEMBL: said in a note here
        assert any("leaves this salt whole" in note for note in standardize(salt).notes)
    else:
        assert standardize(salt, ["parent", "neutral"]).data["smiles"] == theirs


def test_what_is_removed_bears_its_name_formula_and_role():
    removed = standardize(f"{IMATINIB}.CS(=O)(=O)O.O").data["removed"]
    assert removed == [
        {"smiles": "CS(=O)(=O)O", "formula": "CH4O3S", "name": "Mesylate", "role": "salt", "count": 1},
        {"smiles": "O", "formula": "H2O", "name": "Water", "role": "solvent", "count": 1},
    ]


@pytest.mark.parametrize(
    ("molecule", "kept"),
    [
        ("c1ccncc1.c1cc[nH]c1", 2),  # neither is a salt former
        ("Cc1cc(NS(=O)(=O)c2ccc(N)cc2)no1.COc1cc(Cc2cnc(N)nc2N)cc(OC)c1OC", 2),  # co-trimoxazole: two drugs
        ("C[C@H](N)C(=O)O.C[C@@H](N)C(=O)O", 2),  # a racemate written out
        ("NC(CO)(CO)CO.CC(=O)O", 2),  # tris acetate: both are on the list
        ("C1CNCCN1.OC(=O)CC(O)(CC(=O)O)C(=O)O", 2),  # piperazine citrate: the drug is on the list, too
        ("[Na+].[Cl-]", 2),
        ("O=C([O-])/C=C/C(=O)[O-].[Fe+2]", 2),  # ferrous fumarate
        ("N.N.Cl[Pt]Cl", 3),  # cisplatin
        (
            "CCCC[n+]1ccn(C)c1.O=S(=O)([N-]S(=O)(=O)C(F)(F)F)C(F)(F)F",
            2,
        ),  # an ionic liquid, whose anion is not on the list
        ("CCCCCC.CCO.CC#N", 2),  # ethanol is on the list of solvents; hexane and acetonitrile are not
    ],
)
def test_nothing_is_dropped_that_could_be_meant_and_it_is_said(molecule, kept):
    output = standardize(molecule)
    assert output.data["components"] == kept
    assert f"{kept} components" in output.summary
    assert any(word in note for note in output.notes for word in ("stay,", "were kept", "left whole"))


def test_a_lone_solvent_or_salt_former_is_kept():
    for molecule in ("O", "ethanol", "CC(=O)O", "CS(=O)(=O)O", "CCO.O"):
        assert standardize(molecule, "parent").data["components"] in (1, 2)
        assert standardize(molecule, "parent").data["smiles"] != ""
    assert standardize("O.O", "parent").data["smiles"] == "O"


@pytest.mark.parametrize(
    ("molecule", "neutral"),
    [
        ("[NH3+]CC(=O)[O-]", "NCC(=O)O"),  # glycine
        ("C[N+](C)(C)CC(=O)[O-]", "C[N+](C)(C)CC(=O)[O-]"),  # betaine: its nitrogen has no proton to give
        ("O=[N+]([O-])c1ccc([O-])cc1", "O=[N+]([O-])c1ccc(O)cc1"),  # a nitro group is no pair of ions
        ("C[n+]1ccccc1", "C[n+]1ccccc1"),
        ("F[B-](F)(F)c1ccccc1", "F[B-](F)(F)c1ccccc1"),  # a trifluoroborate
        ("F[P-](F)(F)(F)(F)F", "F[P-](F)(F)(F)(F)F"),  # HPF6 would be a made-up phosphorus
        ("[BH4-]", "[BH4-]"),
        ("[CH3+]", "[CH3+]"),  # no hydride is added
        ("I[I-]I", "I[I-]I"),
        ("CC1(C)CCCC(C)(C)N1[O]", "CC1(C)CCCC(C)(C)N1[O]"),  # TEMPO
        ("[O-]c1ccccc1", "Oc1ccccc1"),
        ("C[NH+]=C(N)N", "CN=C(N)N"),
        ("[O-]S(=O)(=O)[O-]", "O=S(=O)(O)O"),
        ("[13CH3]C(=O)[O-]", "[13CH3]C(=O)O"),
    ],
)
def test_the_neutral_form_takes_and_gives_protons_only(molecule, neutral):
    output = standardize(molecule, ["neutral"])
    assert output.data["smiles"] == Chem.CanonSmiles(neutral)
    assert output.data["changed"] == (Chem.CanonSmiles(molecule) != Chem.CanonSmiles(neutral))
    if output.data["charge"]:
        assert any("remains" in note for note in output.notes)


@pytest.mark.parametrize(
    ("molecule", "tautomer"),
    [  # the keto forms and the lactams, as RDKit's scoring prefers them (Sitzmann 2010 has the same order)
        ("C=C(C)O", "CC(C)=O"),
        ("Oc1ccccn1", "O=c1cccc[nH]1"),
        ("OC1=NC(=O)NC=C1", "O=c1cc[nH]c(=O)[nH]1"),  # uracil
        ("C=CO", "CC=O"),
    ],
)
def test_canonical_tautomers(molecule, tautomer):
    assert standardize(molecule, "tautomer").data["smiles"] == Chem.CanonSmiles(tautomer)


def test_the_tautomer_is_only_taken_on_request():
    output = standardize("Oc1ccccn1")
    assert output.data["smiles"] == Chem.CanonSmiles("Oc1ccccn1")
    assert any("only on request" in note for note in output.notes)


def test_stereo_that_the_canonical_tautomer_loses_is_said():
    output = standardize("C[C@H](N)C(=O)O", ["canonical tautomer"])
    assert output.data["smiles"] == "CC(N)C(=O)O"
    assert output.data["stereo_lost"] == ["C1 (S)"]
    assert output.data["smiles_with_stereo_kept"] == Chem.CanonSmiles("C[C@H](N)C(=O)O")
    assert "stereo marks were lost" in output.summary
    assert "stereo_lost" not in standardize("C[C@H](O)CC", "tautomer").data


def test_sulfoxides_keep_their_configuration_when_they_are_written_with_charges():
    omeprazole = "COc1ccc2[nH]c([S@@](=O)Cc3ncc(C)c(OC)c3C)nc2c1"
    output = standardize(omeprazole)
    assert output.data["inchikey"] == "SUBDBMMJDZJVOS-DEOSSOPVSA-N"  # esomeprazole, PubChem CID 9568614
    assert any("S+–O−" in note for note in output.notes)


def test_isotopes_and_stereo_are_dropped_only_on_request():
    assert standardize("[2H]C([2H])([2H])N.Cl").data["smiles"] == "[2H]C([2H])([2H])N"
    assert standardize("[2H]C([2H])([2H])N.Cl", ["isotopes", "parent"]).data["smiles"] == "CN"
    assert standardize("[2H]O[2H].NCC").data["removed"][0]["formula"] == "D2O"
    assert standardize("C[C@H](O)CC", "stereo").data["smiles"] == "CCC(C)O"


@pytest.mark.parametrize(
    ("steps", "read"),
    [
        (None, ["normalize", "parent", "neutral"]),
        ("parent", ["parent"]),
        (["neutralise", "strip salts"], ["parent", "neutral"]),
        ("parent, neutral and canonical tautomer", ["parent", "neutral", "tautomer"]),
        ("all", ["normalize", "parent", "neutral", "tautomer"]),
        (["Normalization", "uncharge"], ["normalize", "neutral"]),
    ],
)
def test_steps_are_read_in_many_words_and_taken_in_one_order(steps, read):
    assert [row["step"] for row in standardize("CC(=O)[O-].[Na+]", steps).data["steps"]] == read


@pytest.mark.parametrize("steps", ["boil", ["parent", "boil"], [], "parent tautomer", ["", "parent"]])
def test_other_steps_are_refused(steps):
    with pytest.raises(ToolInputError) as caught:
        standardize("CCO", steps)
    assert caught.value.where == "steps"


def test_tautomers_of_large_molecules_are_refused():
    with pytest.raises(ToolInputError, match="61 heavy atoms"):
        standardize("C" * 60 + "O", "tautomer")


@pytest.mark.parametrize("molecule", ["", "CC*", "[#6]", "C1CC"])
def test_wrong_molecules_are_refused(molecule):
    with pytest.raises(ToolInputError):
        standardize(molecule)


def test_both_forms_are_drawn():
    kinds = [view.kind for view in standardize("CN.Cl").views]
    assert kinds == ["svg", "svg", "table"]
    assert [view.kind for view in standardize("CN").views] == ["svg", "table"]

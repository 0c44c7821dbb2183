"""Names and CAS numbers: found, listed when several compounds bear one, and never guessed.

Formulas are those of the literature (the ``formula`` column was written from it, apart from the SMILES).
"""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError
from tools.inputs import names, opsin
from tools.inputs.molecules import parse_molecule
from tools.inputs.names import close_names, look_up_name
from tools.inputs.notations import cas_check_digit
from tools.running import Workers

TABLE = Path(names.__file__).parents[2] / "assets" / "tables" / "common_names.csv"
with TABLE.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))

#: Rows whose carbon atoms look like centres but have one form only (a cage).
NO_STEREOISOMERS = ("memantine",)

needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="OPSIN needs Java")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["names"].split("|")[0])
def test_every_row_of_the_common_names_has_the_formula_of_its_structure_and_a_valid_cas_number(row):
    mol = Chem.MolFromSmiles(row["smiles"])
    assert CalcMolFormula(mol) == row["formula"]
    assert int(row["cas"][-1]) == cas_check_digit(row["cas"])
    assert row["source"]


@pytest.mark.parametrize(
    "row", [row for row in ROWS if "published InChIKey" in row["source"]], ids=lambda row: row["names"].split("|")[0]
)
def test_a_row_has_the_published_inchikey_that_it_cites(row):
    assert Chem.MolToInchiKey(Chem.MolFromSmiles(row["smiles"])) == row["source"].split()[-1]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["names"].split("|")[0])
def test_a_row_without_a_configuration_says_so_unless_it_has_no_stereocentre(row):
    mol = Chem.MolFromSmiles(row["smiles"])  # of N, P and I too RDKit sees centres, which no name speaks of
    found = Chem.FindMolChiralCenters(mol, includeUnassigned=True, useLegacyImplementation=False)
    unset = [at for at, label in found if label == "?" and mol.GetAtomWithIdx(at).GetSymbol() in "CS"]
    if unset and row["names"].split("|")[0] not in NO_STEREOISOMERS:
        assert re.search("racemate|No configuration", row["note"]), row["note"]


@pytest.mark.parametrize(
    ("name", "inchikey"),
    [  # InChIKeys of PubChem, as drug and metabolite data sets cite them: names that the tables had without configuration
        ("quinine", "LOUPRKONTZGTKE-WZBLMQSHSA-N"),
        ("quinidine", "LOUPRKONTZGTKE-LHHVKLHASA-N"),
        ("scopolamine", "STECJAGHUSJQJN-FWXGHANASA-N"),
        ("hyoscine", "STECJAGHUSJQJN-FWXGHANASA-N"),
        ("atropine", "RKUNBYITZUJHSG-SPUOUPEWSA-N"),
        ("ephedrine", "KWGRBVOPPLSCSI-WPRPVWTQSA-N"),
        ("D-galactose", "GZCGUPFRVQAUEE-KCDKBNATSA-N"),
        ("coenzyme A", "RGJOEKWQDUBAIZ-IBOSZNHHSA-N"),
        ("vitamin K1", "MBWXNTAXLNYFJB-NKFFZRIASA-N"),
        ("aflatoxin B1", "OQIQSTLJSLGHID-WNWIJWBNSA-N"),
        ("dieldrin", "DFBKLUNHFCTMDC-PICURKEMSA-N"),
        ("lindane", "JLYXXMFPNIAWKQ-GNIYUCBRSA-N"),
        ("lanosterol", "CAHGCLMLTWQZNJ-BQNIITSRSA-N"),
        ("myo-inositol", "CDAISMWEOUEBRE-GPIVLXJGSA-N"),
        ("(-)-camphor", "DSSYKIVIOFKYAU-OIBJUYFYSA-N"),
        ("empagliflozin", "OBWASQILIWPZMG-QZMOQZSNSA-N"),
        ("ezetimibe", "OLNTVTPDXPETLC-XPWALMASSA-N"),
        ("cefotaxime", "GPRBEKHLDVQUJE-QSWIMTSFSA-N"),
    ],
)
def test_names_that_imply_a_configuration_have_it(name, inchikey):
    assert Chem.MolToInchiKey(parse_molecule(name).mol) == inchikey


@pytest.mark.parametrize("name", ["citral", "EDC", "DME"])
def test_abbreviations_and_names_of_two_compounds_are_listed_and_not_chosen_from(name):
    with pytest.raises(ToolInputError, match="2 different compounds"):
        parse_molecule(name)


def test_the_common_names_hold_at_least_420_compounds_each_once():
    assert len(ROWS) >= 420
    assert len({row["cas"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    ("name", "inchikey"),
    [  # InChIKeys as PubChem prints them
        ("aspirin", "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"),
        ("Paracetamol", "RZVAJINKPMORJF-UHFFFAOYSA-N"),
        ("ACETAMINOPHEN", "RZVAJINKPMORJF-UHFFFAOYSA-N"),
        ("caffeine", "RYYVLZVUVIJVGH-UHFFFAOYSA-N"),
        ("58-08-2", "RYYVLZVUVIJVGH-UHFFFAOYSA-N"),
        ("imatinib", "KTUFNOKKBVMGRW-UHFFFAOYSA-N"),
        ("water", "XLYOFNOQVPJJNP-UHFFFAOYSA-N"),
        ("glucose", "GZCGUPFRVQAUEE-SLPGGIOYSA-N"),
        ("L-alanine", "QNAYBMKLOCPYGJ-REOHCLBHSA-N"),
        ("artemisinin", "BLUAFEHZUWYNDE-NNWCWBAJSA-N"),
        ("cholesterol", "HVYWMOMLDIMFJA-DPAQBDIFSA-N"),
        ("toluene", "YXFVVABEGXRONW-UHFFFAOYSA-N"),
        ("sodium chloride", "FAPWRFPIFSIZLT-UHFFFAOYSA-M"),
        ("cocaine", "ZPUCINDJVBIVPJ-LJISPDSOSA-N"),
        ("remdesivir", "RWWYLEGWBNMMLJ-YSOARWBDSA-N"),
        ("S-limonene", "XMGQYMWWDOXHJM-SNVBAGLBSA-N"),
        ("meso-tartaric acid", "FEWJPZIEWOKRBE-XIXRPRMCSA-N"),
        ("meso-2,3-dibromobutane", "BXXWFOGWXLJPPA-ZXZARUISSA-N"),
        ("sulfate anion", "QAOWNCQODCNURD-UHFFFAOYSA-L"),
        ("perchlorate anion", "VLTRZXGMWDSKGL-UHFFFAOYSA-M"),
    ],
)
def test_known_names_give_the_published_structure(name, inchikey):
    assert Chem.MolToInchiKey(parse_molecule(name).mol) == inchikey


@pytest.mark.parametrize("name", ["foobarine", "asprin", "unobtainium", "CCO", "", "  ", "c1ccccc1"])
def test_what_is_no_name_gives_no_structure(name):
    assert look_up_name(name) == []


def test_three_xylenes_bear_the_name_xylene():
    assert {entry.cas for entry in look_up_name("xylene")} == {"95-47-6", "108-38-3", "106-42-3"}
    with pytest.raises(ToolInputError, match="3 different compounds"):
        parse_molecule("xylene")


def test_a_misspelt_name_is_suggested_and_not_used():
    assert "caffeine" in close_names("cafeine")
    with pytest.raises(ToolInputError, match="near: aspirin"):
        parse_molecule("asprin")


def test_rows_that_contradict_themselves_are_left_out():
    """The tables draw cadmium nitrate tetrahydrate (10022-68-1) as one water, one nitric acid and bare cadmium."""
    assert look_up_name("10022-68-1") == []


def test_the_source_and_the_number_are_said():
    assert any("CAS 58-08-2" in note for note in parse_molecule("caffeine").notes)


@needs_java
def test_a_systematic_name_is_parsed_by_opsin():
    parsed = parse_molecule("3-chloro-4-ethylpyridine")
    assert parsed.smiles == Chem.CanonSmiles("CCc1ccncc1Cl")
    assert any("OPSIN" in note for note in parsed.notes)


def test_without_java_a_systematic_name_is_refused_with_how_to_get_it(monkeypatch):
    monkeypatch.setattr(opsin.shutil, "which", lambda program: None)
    opsin.find_opsin.cache_clear()
    opsin.parse_systematic_name.cache_clear()
    try:
        with pytest.raises(ToolInputError, match="install Java 8 or newer"):
            parse_molecule("4-bromo-3-propylquinoline")
    finally:
        opsin.find_opsin.cache_clear()
        opsin.parse_systematic_name.cache_clear()


@needs_java
def test_a_systematic_name_is_parsed_inside_the_memory_limit_of_a_worker_too():
    workers = Workers(modules=("tools.chemistry.structures",), size=1)
    try:
        result = workers.call("name_to_structure", {"name": "3-chloro-4-ethylpyridine"})
    finally:
        workers.close()
    assert result.data["smiles"] == Chem.CanonSmiles("CCc1ccncc1Cl")


@needs_java
def test_opsin_is_started_once_and_again_only_when_it_has_ended():
    program = opsin.find_opsin()
    assert program.smiles("3-chloro-4-ethylpyridine")[0]
    first = program._process
    assert program.smiles("4-bromo-3-propylquinoline")[0]
    assert program._process is first
    first.kill()
    first.wait()
    assert Chem.CanonSmiles(program.smiles("3-chloro-4-ethylpyridine")[0]) == Chem.CanonSmiles("CCc1ccncc1Cl")
    program.close()


@needs_java
def test_opsin_that_does_not_answer_in_time_is_ended(monkeypatch, tmp_path):
    monkeypatch.setattr(opsin, "NAME_LIMIT_S", 0.0)
    program = opsin.Opsin(shutil.which("java"), opsin.find_opsin().command[-2], tmp_path / "none.jsa")
    assert program.smiles("3-chloro-4-ethylpyridine") == ("", "OPSIN gave no answer within 0 s")
    assert program._process is None


@needs_java
def test_opsin_starts_from_an_archive_of_its_classes_and_without_one(tmp_path):
    archive = tmp_path / "new" / "opsin.jsa"
    assert opsin.prepare(archive) and opsin.prepare(archive), "and again, over the first"
    java, jar = opsin.find_opsin().command[0], opsin.find_opsin().command[-2]
    for place in (archive, tmp_path / "none.jsa"):
        program = opsin.Opsin(java, jar, place)
        assert any("SharedArchiveFile" in part for part in program.command) == (place == archive)
        assert Chem.CanonSmiles(program.smiles("3-chloro-4-ethylpyridine")[0]) == Chem.CanonSmiles("CCc1ccncc1Cl")
        program.close()


@needs_java
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("7-methylhexane", "locant 7"),  # hexane ends at 6
        ("bicyclo[2.2.2]heptane", "lengths of bridges"),  # 2 + 2 + 2 + 2 bridgeheads are 8 carbons
        ("methyl", "open ends"),
    ],
)
def test_a_systematic_name_that_names_nothing_is_refused_with_the_reason(name, reason):
    with pytest.raises(ToolInputError, match=reason):
        parse_molecule(name)


@needs_java
def test_a_configuration_that_a_name_gives_is_in_the_structure_or_the_name_is_refused():
    # PubChem CID 5460024, L-glucose as aldehydo form: the mirror image of D-glucose
    mirror = parse_molecule("L-glucose").smiles
    assert mirror == Chem.CanonSmiles("O=C[C@@H](O)[C@H](O)[C@@H](O)[C@@H](O)CO")
    with pytest.raises(ToolInputError):
        parse_molecule("(+)-fenchone")  # the tables have it flat, which is not what was asked for


@pytest.mark.parametrize(
    ("formula", "smiles"),
    [
        ("H2O", "O"),
        ("CO2", "O=C=O"),
        ("H2SO4", "O=S(=O)(O)O"),
        ("COCl2", "O=C(Cl)Cl"),
        ("D2O", "[2H]O[2H]"),
        ("O2", "O=O"),
    ],
)
def test_a_formula_that_is_one_compounds_everyday_name_is_that_compound_and_said_so(formula, smiles):
    parsed = parse_molecule(formula)
    assert parsed.smiles == Chem.CanonSmiles(smiles)
    assert any(formula in note for note in parsed.notes)


@pytest.mark.parametrize("text", ["Hf", "hi", "CoCl2", "cs", "No2"])
def test_a_formula_in_other_capitals_is_not_that_compound(text):
    assert [
        entry.name for entry in look_up_name(text) if entry.name in ("hydrogen fluoride", "hydrogen iodide", "phosgene")
    ] == []


def test_pentane_is_pentane_and_not_its_radicals():
    assert {entry.smiles for entry in look_up_name("pentane")} == {"CCCCC"}


def test_heavy_water_is_found_though_the_tables_write_its_formula_with_d():
    assert parse_molecule("heavy water").smiles == Chem.CanonSmiles("[2H]O[2H]")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("aspirin and caffeine", "give one of 'aspirin', 'caffeine', or a list"),
        ("aspirin, caffeine", "or a list"),
        ("draw aspirin", "give 'aspirin' alone"),
        ("ethanol (64-17-5)", "a list"),
    ],
)
def test_a_name_among_other_words_is_pointed_out_and_not_used(text, hint):
    with pytest.raises(ToolInputError) as caught:
        parse_molecule(text)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("petroleum ether", "a mixture"),  # the chemicals tables list it with benzene
        ("wood", "a mixture"),  # and this with methanol
        ("starch", "a polymer of no fixed size"),
        ("polystyrene", "a polymer of no fixed size"),
        ("insulin", "give its sequence to protein_report"),
        ("DNA", "give its sequence to sequence_report"),
        ("steel", "an alloy"),
    ],
)
def test_a_name_of_no_single_compound_is_refused_with_what_it_is(name, words):
    assert look_up_name(name) == []
    with pytest.raises(ToolInputError) as caught:
        parse_molecule(name)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("EDTA disodium", "edetic acid"),  # the structure has no sodium
        ("citrate", "citric acid"),  # the name is of the anion
        ("sulfur", "hydrogen sulfide"),
        ("meso-tartaric acid", "meso-tartrate"),  # the name is of the acid, the structure of the dianion
        ("polyethylene", "ethene"),
        ("L-glucose", "galactose, d-"),  # the structure has no configuration
        ("pentane", "pentyl"),
        ("copper(I) hydroxide", "copper hydroxide"),  # Cu(OH)2
        ("thallium(III) sulfide", "dithallium(1+) sulfide"),
    ],
)
def test_a_table_entry_that_contradicts_the_name_is_not_used(name, wrong):
    assert wrong not in [entry.name.lower() for entry in look_up_name(name, systematic=False)]


def _tabulated_iupac_names(most: int) -> list[tuple[str, str]]:
    """IUPAC names by PubChem's own program and InChIKeys, spread over the large table of the chemicals package.

    The table has its names in small letters; those that this destroys (n- for N-) are left out, and so are radicals.
    """
    path = next(path for path in names.table_paths() if "large" in path.name)
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    named = [row for row in rows if len(row) > 7 and len(row[7]) >= 8 and "." not in row[4]]
    whole = [row for row in named if not re.search(r"(?<![a-z])\(?[chnops]\d*'*[,-]|\(n[ez]\)|\$l", row[7])]
    picked = []
    for row in whole[:: len(whole) // most]:
        mol = Chem.MolFromSmiles(row[4])
        if mol is not None and not any(atom.GetNumRadicalElectrons() for atom in mol.GetAtoms()):
            picked.append((row[7], row[6]))
    return picked


@needs_java
def test_of_systematic_names_99_in_100_give_the_structure_that_pubchem_has_and_hardly_any_another():
    tried = _tabulated_iupac_names(2000)
    found = {name: names._parsed_by_opsin(name) for name, _ in tried}
    keys = {name: [Chem.MolToInchiKey(Chem.MolFromSmiles(one.smiles)) for one in found[name]] for name, _ in tried}
    right = [name for name, key in tried if keys[name] == [key]]
    wrong = [name for name, key in tried if keys[name] and key[:14] not in {one[:14] for one in keys[name]}]
    assert len(tried) > 1900
    assert len(right) >= 0.99 * len(tried)
    assert len(wrong) <= 0.002 * len(tried), wrong


@needs_java
def test_a_formula_in_small_letters_is_no_name_of_one_isomer():
    assert look_up_name("c2h6o") == []
    assert [entry.name for entry in look_up_name("ch2cl2")] == ["dichloromethane"]


@pytest.mark.parametrize("name", ["manganese heptoxide", "dimanganese heptoxide", "vanadium trioxide"])
def test_ions_that_opsin_puts_together_wrongly_are_no_compound(name):
    # Mn7O7, [Mn2O7]10- and [VO3]- instead of Mn2O7 and V2O3
    assert look_up_name(name) == []


def test_the_word_ion_asks_for_a_charge_and_a_meso_form_for_centres():
    assert look_up_name("methanol ion") == look_up_name("sulfate cation") == look_up_name("meso-ethanol") == []


def test_a_small_locant_stays_small_in_a_sentence():
    assert parse_molecule("n-butyllithium").label == "n-Butyllithium"


def test_a_salt_that_two_tables_draw_differently_is_one_compound():
    # SnCl2, as [Sn+2] with chloride and as Cl[Sn]Cl
    assert parse_molecule("tin(II) chloride").mol.GetNumAtoms() == 3
    assert parse_molecule("aluminum fluoride").mol.GetNumAtoms() == 4


def test_a_small_n_that_may_be_a_locant_is_read_as_one_or_refused_where_both_readings_are_compounds():
    parsed = parse_molecule("n-(4-bromo-2-propylphenyl)butanamide")
    assert parsed.smiles == Chem.CanonSmiles("CCCC(=O)Nc1ccc(Br)cc1CCC")
    assert any("read as capitals" in note for note in parsed.notes)
    with pytest.raises(ToolInputError, match="2 different compounds"):
        parse_molecule("n-hexyl-5-nitropyridin-2-amine")


@needs_java
@pytest.mark.parametrize(
    "name",  # OPSIN 2.8 fuses both at other bonds than the name says; the tables have their right structures
    ["8-bromo-6-(4-propylpiperazin-1-yl)benzo[b][1,4]benzothiazepine", "dithieno[3,2-b:3',2'-e]azepine"],
)
def test_fused_names_that_opsin_misreads_are_refused(name):
    with pytest.raises(ToolInputError, match="misread by OPSIN"):
        parse_molecule(name)


@needs_java
def test_citrate_is_the_anion():
    assert parse_molecule("citrate").smiles == Chem.CanonSmiles(
        "OC(CC(=O)[O-])(CC(=O)[O-])C(=O)[O-]"
    )  # PubChem CID 31348


def test_a_synonym_is_shown_with_the_compounds_own_name():
    assert parse_molecule("ibuprophen").label == "Ibuprophen (ibuprofen)"


def test_primes_and_plus_minus_signs_as_printed_belong_to_names():
    assert parse_molecule("N,N\u2032-dicyclohexylcarbodiimide").smiles == Chem.CanonSmiles("C1CCC(CC1)N=C=NC1CCCCC1")


@pytest.mark.parametrize(
    ("name", "formula"),
    [  # compositions: naltrexone hydrochloride C20H24ClNO4 (CAS 16676-29-2), losartan potassium C22H22ClKN6O (124750-99-8),
        # rosuvastatin calcium C44H54CaF2N6O12S2 (147098-20-2), iron(II) sulfate heptahydrate FeH14O11S (7782-63-0)
        ("naltrexone hydrochloride", "C20H24ClNO4"),
        ("losartan potassium", "C22H22ClKN6O"),
        ("rosuvastatin calcium", "C44H54CaF2N6O12S2"),
        ("FeSO4 heptahydrate", "H14FeO11S"),
        ("morphine sulfate", "C34H40N2O10S"),  # CAS 64-31-3
    ],
)
def test_a_salt_or_hydrate_is_put_together_where_its_name_leaves_one_composition(name, formula):
    assert CalcMolFormula(parse_molecule(name).mol) == formula


@pytest.mark.parametrize("name", ["quinine sulfate", "imatinib hydrochloride", "cetirizine hydrochloride"])
def test_a_salt_of_which_the_name_does_not_say_how_many_is_refused(name):
    # quinine sulfate is two to one, cetirizine hydrochloride as sold is the dihydrochloride
    with pytest.raises(ToolInputError):
        parse_molecule(name)


def test_a_salt_that_a_table_lists_with_its_bare_base_is_not_that_base():
    assert "morphine" not in [entry.name for entry in look_up_name("morphine sulfate", systematic=False)]

"""``apply_reaction``: named reactions against products known from the literature, and reaction SMARTS held to what they say."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from rdkit import Chem, rdBase

from errors import ToolInputError
from tools.chemistry.applying import apply_reaction
from tools.chemistry.reactions_by_name import find_reactions, named_reactions, reaction_names_in

EXAMPLES = Path(__file__).with_name("named_reaction_examples.tsv")


def _examples() -> list[dict[str, str]]:
    with EXAMPLES.open(encoding="utf-8") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _canonical(smiles: str) -> list[str]:
    return sorted(Chem.MolToSmiles(Chem.MolFromSmiles(part)) for part in smiles.split("."))


def _outcomes(data: dict) -> list[list[str]]:
    """The sets of products, from the data; one outcome with several products lists them one by one."""
    return [sorted(products) for products in data.get("outcomes", [data["products"]])]


def test_every_named_reaction_has_three_examples_from_the_literature():
    counts = Counter(row["reaction"] for row in _examples())
    assert len(named_reactions()) >= 45
    assert {reaction.name: counts[reaction.name] for reaction in named_reactions()} == {
        reaction.name: 3 for reaction in named_reactions()
    }
    assert all(row["source"] for row in _examples())


@pytest.mark.parametrize("row", _examples(), ids=lambda row: f"{row['reaction']}: {row['source']}")
def test_a_named_reaction_gives_the_product_of_the_literature(row):
    data = apply_reaction(row["reaction"], row["reactants"].split(" + ")).data
    expected = _canonical(row["products"])
    found = _outcomes(data)
    if len(set(expected)) < len(expected):  # two molecules of the same
        expected = sorted(set(expected))
    assert data["reaction"] == row["reaction"]
    assert expected in [sorted(set(one)) for one in found]
    assert (len(found) == 1) == (row["one"] == "yes")


@pytest.mark.parametrize(
    ("name", "reactants", "product", "brought"),
    [  # Clayden: Markovnikov's rule, tosylates, acetanilide, anisole; Greene: Cbz
        ("HBr addition", ["propene"], "CC(C)Br", "Hydrogen bromide"),
        ("hydrochlorination", ["1-methylcyclohexene"], "CC1(Cl)CCCCC1", "Hydrogen chloride"),
        ("tosylation", ["ethanol"], "CCOS(=O)(=O)c1ccc(C)cc1", "Tosyl chloride"),
        ("acetylation", ["aniline"], "CC(=O)Nc1ccccc1", "Acetic anhydride"),
        ("O-methylation", ["phenol"], "COc1ccccc1", "Iodomethane"),
        ("Cbz protection", ["benzylamine"], "O=C(NCc1ccccc1)OCc1ccccc1", "Benzyl chloroformate"),
    ],
)
def test_a_name_brings_along_the_reactant_that_it_names(name, reactants, product, brought):
    output = apply_reaction(name, reactants)
    assert output.data["products"] == _canonical(product)
    assert f"{brought} was not given and was taken from the reaction's name." in output.notes


def test_a_shared_name_may_need_the_reagent():
    assert apply_reaction("Grignard", ["Br[Mg]c1ccccc1", "O=C=O"]).data["products"] == ["O=C(O)c1ccccc1"]
    assert apply_reaction("Grignard", ["Br[Mg]c1ccccc1", "CC(C)=O"]).data["reaction"] == "Grignard addition"
    with pytest.raises(ToolInputError, match="None of the 2 reactions"):
        apply_reaction("Grignard", ["Br[Mg]c1ccccc1"])


def test_only_benzyl_groups_on_something_are_taken_off():
    assert apply_reaction("debenzylation", ["COCc1ccccc1"]).data["products"] == ["CO"]
    with pytest.raises(ToolInputError, match="needs a benzyl ether"):
        apply_reaction("debenzylation", ["OCc1ccccc1"])


@pytest.mark.parametrize(
    ("name", "reactant", "product"),
    [  # Clayden, chapters 23 and 19
        ("NaBH4", "cyclohexanone", "OC1CCCCC1"),
        ("LiAlH4", "benzoic acid", "OCc1ccccc1"),
        ("mCPBA", "cyclohexanone", "O=C1CCCCCO1"),
        ("mCPBA", "cyclohexene", "C1CCC2OC2C1"),
        ("nitration of benzene", "benzene", "O=[N+]([O-])c1ccccc1"),
    ],
)
def test_a_reaction_may_be_called_by_its_reagent_or_with_its_substrate(name, reactant, product):
    assert apply_reaction(name, [reactant]).data["products"] == _canonical(product)


def test_names_are_suggested_only_where_they_are_spelt_alike():
    with pytest.raises(ToolInputError, match="did you mean Suzuki"):
        apply_reaction("suzuky", ["CCO"])
    with pytest.raises(ToolInputError) as caught:
        apply_reaction("Robinson annulation", ["CCO"])
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize(
    "row", [row for row in _examples() if " + " in row["reactants"]], ids=lambda row: row["source"]
)
def test_the_order_of_the_reactants_does_not_matter(row):
    reactants = row["reactants"].split(" + ")
    forward = apply_reaction(row["reaction"], reactants).data
    backward = apply_reaction(row["reaction"], reactants[::-1]).data
    assert sorted(forward["products"]) == sorted(backward["products"])


def test_the_table_compiles_without_a_warning_of_rdkit_and_names_a_role_for_each_template():
    for reaction in named_reactions():
        for variant in reaction.variants:
            assert len(variant.roles) == len(variant.templates), reaction.name
            assert variant.main_maps, reaction.name
            with rdBase.BlockLogs():
                assert variant.between.Validate(silent=True)[1] == 0
            if len(variant.templates) > 1:
                assert variant.within.GetNumReactantTemplates() == 1


@pytest.mark.parametrize(
    ("name", "reaction"),
    [
        ("Suzuki", "Suzuki–Miyaura coupling"),
        ("suzuki-miyaura cross coupling", "Suzuki–Miyaura coupling"),
        ("SUZUKI COUPLING", "Suzuki–Miyaura coupling"),
        ("Diels-Alder", "Diels–Alder reaction"),
        ("the Horner-Wadsworth-Emmons olefination", "Horner–Wadsworth–Emmons reaction"),
        ("amide coupling (HATU)", "amide coupling"),
        ("Suzuki coupling with Pd(PPh3)4", "Suzuki–Miyaura coupling"),
        ("copper-catalysed azide–alkyne cycloaddition", "CuAAC click reaction"),
        ("Béchamp reduction", "nitro reduction"),
        ("saponification", "ester hydrolysis"),
    ],
)
def test_names_are_read_whatever_their_case_dashes_and_accents(name, reaction):
    assert [found.name for found in find_reactions(name)] == [reaction]


def test_an_unknown_name_suggests_others_and_says_where_the_list_is():
    with pytest.raises(ToolInputError, match=r"Wittig reaction.*named_reactions\.json"):
        apply_reaction("Witig", ["benzaldehyde"])


@pytest.mark.parametrize("name", ["Birch reduction", "Claisen rearrangement", "Curtius rearrangement", "Cope"])
def test_a_reaction_that_is_not_in_the_table_is_not_taken_for_one_with_a_like_name(name):
    with pytest.raises(ToolInputError, match="none of the"):
        apply_reaction(name, ["acetophenone"])


def test_a_shared_name_goes_to_the_one_reaction_that_fits():
    assert apply_reaction("couple", ["benzoic acid", "aniline"]).data["reaction"] == "amide coupling"
    assert (
        apply_reaction("coupling", ["bromobenzene", "phenylboronic acid"]).data["reaction"] == "Suzuki–Miyaura coupling"
    )
    assert apply_reaction("oxidation", ["cyclohexanol"]).data["products"] == ["O=C1CCCCC1"]


def test_a_shared_name_that_fits_twice_is_refused_with_the_choices():
    with pytest.raises(ToolInputError, match="alkene bromination, aromatic bromination"):
        apply_reaction("bromination", ["styrene"])


def test_names_of_reactions_are_found_in_a_sentence_the_most_telling_first():
    found = reaction_names_in("Couple benzoic acid and aniline to an amide")
    assert found[0][0] == "amide"
    assert found[0][1][0].name == "amide coupling"
    assert reaction_names_in("Draw caffeine") == []


def test_a_glycine_couples_with_another_but_a_five_carbon_amino_acid_closes_its_lactam():
    assert apply_reaction("amide coupling", ["NCC(=O)O"]).data["products"] == ["NCC(=O)NCC(=O)O"]  # glycylglycine
    assert apply_reaction("amide coupling", ["NCCCCC(=O)O"]).data["products"] == ["O=C1CCCCN1"]  # 2-piperidone


def test_stereo_that_is_not_touched_is_kept_and_what_is_made_is_said_to_be_open():
    dipeptide = apply_reaction("amide coupling", ["CC(C)(C)OC(=O)N[C@@H](C)C(=O)O", "N[C@@H](Cc1ccccc1)C(=O)OC"])
    expected = "C[C@H](NC(=O)OC(C)(C)C)C(=O)N[C@@H](Cc1ccccc1)C(=O)OC"  # Boc-L-Ala-L-Phe-OMe
    assert dipeptide.data["products"] == _canonical(expected)
    aldol = apply_reaction("aldol addition", ["acetone", "benzaldehyde"])
    assert any("1 stereo element" in note and "unassigned" in note for note in aldol.notes)


def test_a_centre_that_loses_its_hydrogen_loses_its_configuration():
    enolised = apply_reaction("aldol addition", ["CC[C@H](C)C(=O)c1ccccc1", "C=O"]).data["products"]
    assert enolised == _canonical("CCC(C)(CO)C(=O)c1ccccc1")


def test_salts_bases_and_solvents_are_reagents_and_counter_ions_are_left_out():
    output = apply_reaction("Suzuki", ["bromobenzene", "phenylboronic acid", "potassium carbonate", "water"])
    assert output.data["products"] == ["c1ccc(-c2ccccc2)cc1"]
    assert sorted(output.data["reagents"]) == sorted(["O=C([O-])[O-].[K+].[K+]", "O"])
    azide = apply_reaction("SN2", ["sodium azide", "bromoethane"])
    assert azide.data["products"] == ["CCN=[N+]=[N-]"]
    assert any("[Na+]" in note for note in azide.notes)


def test_by_products_balance_the_equation_or_the_reagents_share_is_said():
    coupling = apply_reaction("amide coupling", ["benzoic acid", "aniline"])
    assert coupling.data["by_products"] == ["O"]
    assert "brought_by_reagents" not in coupling.data
    reduction = apply_reaction("ketone reduction", ["acetophenone"])
    assert reduction.data["brought_by_reagents"] == "H2"


def test_several_reactants_may_stand_in_one_text():
    for text in ("benzoic acid and aniline", "benzoic acid + aniline", "OC(=O)c1ccccc1.Nc1ccccc1"):
        assert apply_reaction("amide coupling", text).data["smiles"] == "O=C(Nc1ccccc1)c1ccccc1"


def test_competing_sites_are_listed_and_not_decided():
    output = apply_reaction("nitration", ["toluene"])
    assert output.data["count"] == 3  # ortho, meta, para
    assert "not decided" in output.summary


@pytest.mark.parametrize(
    ("reaction", "reactants", "says"),
    [
        ("amide coupling", ["acetic acid", "benzene"], "needs ammonia or primary or secondary amine, and none"),
        ("Suzuki", ["bromobenzene", "aniline"], "boronic acid"),
        ("amide coupling", ["acetic acid", "aniline", "benzene"], "takes 2 reactants, and 3 were given"),
        ("RCM", ["C=CCC=C"], "ring of at least 5"),
        ("amide coupling", [], "empty"),
        ("", ["C"], "empty"),
        ("amide coupling", ["CCO", "C1CC"], "never closes"),
    ],
)
def test_what_cannot_react_is_one_sentence_that_names_what_is_missing(reaction, reactants, says):
    with pytest.raises(ToolInputError, match=says) as raised:
        apply_reaction(reaction, reactants)
    assert "\n" not in str(raised.value)


def test_a_reaction_smarts_is_applied_and_what_it_adds_and_drops_is_said():
    output = apply_reaction("[C:1](=[O:2])[OH].[N;H2:3]>>[C:1](=[O:2])[N:3]", ["aniline", "acetic acid"])
    assert output.data["products"] == ["CC(=O)Nc1ccccc1"]  # acetanilide
    assert any("drops atoms" in note for note in output.notes)
    ring = apply_reaction("[C:1](=[O:2])[O:3][C:4]>>[C:1](=[O:2])O.[O:3][C:4]", ["O=C1CCCCO1"])
    assert ring.data["products"] == ["O=C(O)CCCCO"]  # RDKit alone gives each half with the whole chain
    olefin = apply_reaction("[C:1]=[O:2]>>[C:1]/C=C/C", ["CC=O"])
    assert olefin.data["products"] == ["C/C=C/CC"]


@pytest.mark.parametrize(
    ("smarts", "says"),
    [
        ("CCO>>CC=O", "no atom maps"),
        ("[C:1]>>[C:2]", "no atom maps"),
        ("[C:1][O:2]>>[C:1][O:3]", "among its products but not"),
        ("[C:1][O:1]>>[C:1]", "more than once"),
        ("[C:1]>>[C:1]*", "several elements"),
        ("[C:1]>>[C:1][N,O]", "several elements"),
        ("[C:1>>[C:1]", "not a valid reaction SMARTS"),
        ("[C:1]>>", "no products"),
        (">>[C:1]", "no reactants"),
        ("[C:1]>>[C:1]>>[C:1]", "exactly one reaction arrow"),
        ("[C:1]>>[C:1] O", "blank"),
    ],
)
def test_a_smarts_that_would_give_nonsense_is_refused(smarts, says):
    with pytest.raises(ToolInputError, match=says) as raised:
        apply_reaction(smarts, ["CCO"])
    assert "\n" not in str(raised.value)


def test_products_that_no_molecule_can_be_are_dropped_and_said():
    with pytest.raises(ToolInputError, match="no possible molecules"):
        apply_reaction("[CH3:1]>>[CH3:1](F)(F)(F)(F)F", ["CC"])


def test_the_reaction_is_drawn():
    drawing, table = apply_reaction("amide coupling", ["benzoic acid", "aniline"]).views
    assert drawing.kind == "svg" and "<title>Amide coupling</title>" in drawing.svg
    assert table.kind == "table"

"""``hazards``: NFPA 497 and the NIOSH Pocket Guide for fire, IARC's and the NTP's lists, Prudent Practices and Bretherick."""

from __future__ import annotations

import pytest
from rdkit import Chem

from errors import ToolInputError
from tools.chemistry.hazards import hazards
from tools.chemistry.reactive_groups import find_reactive_groups, known_reactive_groups


@pytest.mark.parametrize(
    ("compound", "flash_c", "lower", "upper"),
    [  # NIOSH Pocket Guide to Chemical Hazards (flash point converted from °F); None for gases
        ("acetone", -18, 2.5, 12.8), ("benzene", -11, 1.2, 7.8), ("toluene", 4, 1.1, 7.1), ("methanol", 11, 6.0, 36),
        ("ethanol", 13, 3.3, 19), ("diethyl ether", -45, 1.9, 36), ("hexane", -22, 1.1, 7.5), ("THF", -14, 2.0, 11.8),
        ("carbon disulfide", -30, 1.3, 50), ("styrene", 31, 0.9, 6.8), ("pyridine", 20, 1.8, 12.4),
        ("acrylonitrile", -1, 3.0, 17), ("carbon monoxide", None, 12.5, 74), ("hydrogen sulfide", None, 4.0, 44),
        ("ammonia", None, 15, 28), ("formaldehyde", None, 7.0, 73), ("hydrogen", None, 4.0, 75), ("methane", None, 5, 15),
        ("acetylene", None, 2.5, 100),
    ],
)  # fmt: skip
def test_flash_points_and_limits_of_flammability(compound, flash_c, lower, upper):
    data = hazards(compound).data
    if flash_c is None:
        assert data["flash_point_c"] is None and "flash point" in data["not_in_the_tables"]
    else:
        assert data["flash_point_c"] == pytest.approx(flash_c, abs=3)
        assert data["flash_point_min_c"] <= data["flash_point_c"] <= data["flash_point_max_c"]
    assert data["lfl_percent"] == pytest.approx(lower, abs=0.2)
    assert data["ufl_percent"] == pytest.approx(upper, abs=0.3)
    assert data["lfl_source"]


@pytest.mark.parametrize(
    ("compound", "autoignition_c"),
    [("carbon disulfide", 90), ("diethyl ether", 160), ("acetone", 465), ("methane", 600), ("hydrogen sulfide", 260)],
)  # NFPA 497
def test_autoignition_temperatures(compound, autoignition_c):
    assert hazards(compound).data["autoignition_c"] == pytest.approx(autoignition_c, abs=2)


@pytest.mark.parametrize(
    ("compound", "key", "value"),
    [  # Ontario Regulation 833; ACGIH gives the same for these: toluene 20, CO 25, benzene 0.5, H2S 10 (of 2009)
        ("toluene", "twa_ppm", 20), ("carbon monoxide", "twa_ppm", 25), ("benzene", "twa_ppm", 0.5),
        ("benzene", "stel_ppm", 2.5), ("acetone", "twa_ppm", 500), ("methanol", "stel_ppm", 250),
        ("hydrogen fluoride", "ceiling_ppm", 2), ("ammonia", "stel_ppm", 35), ("formaldehyde", "ceiling_ppm", 1.5),
        ("sodium hydroxide", "ceiling_mg_per_m3", 2), ("sulfuric acid", "twa_mg_per_m3", 0.2), ("phosgene", "twa_ppm", 0.1),
        ("chlorine", "twa_ppm", 0.5), ("arsine", "twa_ppm", 0.005),
    ],
)  # fmt: skip
def test_exposure_limits_name_their_list(compound, key, value):
    output = hazards(compound)
    assert output.data[key] == pytest.approx(value)
    assert "Ontario" in output.data["exposure_limits_source"] and "Ontario" in output.summary
    assert any("current list of your own country" in note for note in output.notes)


def test_a_limit_in_ppm_is_converted_at_25_degrees():
    # NIOSH Pocket Guide: 1 ppm of toluene is 3.77 mg/m³
    assert hazards("toluene").data["twa_mg_per_m3"] == pytest.approx(20 * 3.77, rel=0.005)


def test_skin_notations():
    assert hazards("benzene").data["skin_notation"] is True
    assert hazards("acetone").data["skin_notation"] is False


@pytest.mark.parametrize(
    ("compound", "group"),
    [  # IARC Monographs, list of classifications (vol. 1 to 136)
        ("benzene", "1"), ("formaldehyde", "1"), ("vinyl chloride", "1"), ("ethylene oxide", "1"), ("1,3-butadiene", "1"),
        ("benzo[a]pyrene", "1"), ("trichloroethylene", "1"), ("acrylonitrile", "1"), ("beryllium", "1"),
        ("cadmium chloride", "1"), ("nickel sulfate", "1"), ("chromium trioxide", "1"), ("potassium dichromate", "1"),
        ("arsenic trioxide", "1"), ("dichloromethane", "2A"), ("styrene", "2A"), ("tetrachloroethylene", "2A"), ("aniline", "2A"),
        ("lead acetate", "2A"), ("acrolein", "2A"), ("chloroform", "2B"), ("THF", "2B"), ("pyridine", "2B"), ("naphthalene", "2B"),
        ("nickel", "2B"), ("anthracene", "2B"), ("dimethylmercury", "2B"), ("toluene", "3"), ("phenol", "3"), ("caffeine", "3"),
        ("tetraethyllead", "3"), ("acetone", None), ("hexane", None), ("sodium chloride", None), ("chromium", "3"),
    ],
)  # fmt: skip
def test_iarc_groups(compound, group):
    assert hazards(compound).data["iarc_group"] == group


@pytest.mark.parametrize(
    ("compound", "listing"),  # NTP 15th Report on Carcinogens
    [("benzene", "known"), ("formaldehyde", "known"), ("styrene", "reasonably anticipated"), ("cadmium chloride", "known"),
     ("chloroform", "reasonably anticipated"), ("lead acetate", "reasonably anticipated"), ("toluene", None)],
)  # fmt: skip
def test_ntp_listings(compound, listing):
    assert hazards(compound).data["ntp_listing"] == listing


@pytest.mark.parametrize(
    ("compound", "group", "keep_from"),
    [  # Prudent Practices 2011, ch. 6 and appendices; Bretherick's Handbook
        ("THF", "ether that forms peroxides", "air"), ("diethyl ether", "ether that forms peroxides", "air"),
        ("diisopropyl ether", "ether with a secondary alkyl group", "air"), ("1,4-dioxane", "ether that forms peroxides", "air"),
        ("tetralin", "hydrocarbon with an allylic or benzylic C-H that forms peroxides", "air"),
        ("sodium azide", "azide ion", "lead"), ("benzyl azide", "organic azide", "metals"), ("diazomethane", "diazo compound", "ground"),
        ("benzoyl peroxide", "organic peroxide", "amines"), ("hydrogen peroxide", "hydrogen peroxide", "ketones"),
        ("nitrobenzene", "aromatic nitro compound", "bases"), ("picric acid", "polynitro aromatic compound", "metals"),
        ("TNT", "polynitro aromatic compound", "shock"), ("nitroglycerin", "nitrate ester", "shock"), ("nitromethane", "nitroalkane", "amines"),
        ("acetyl chloride", "acyl halide", "water"), ("thionyl chloride", "halide that water decomposes", "water"),
        ("titanium tetrachloride", "halide salt that water decomposes", "water"), ("acetic anhydride", "acid anhydride", "water"),
        ("phenyl isocyanate", "isocyanate", "amines"), ("ethylene oxide", "epoxide", "acids"), ("formaldehyde", "aldehyde", "oxidisers"),
        ("styrene", "alkene that polymerises", "inhibitor"), ("acrylonitrile", "alkene that polymerises", "inhibitor"),
        ("1,3-butadiene", "conjugated diene", "peroxides"), ("acetylene", "terminal alkyne", "copper"),
        ("potassium cyanide", "cyanide ion", "acids"), ("hydrazine", "hydrazine", "oxidisers"), ("sodium perchlorate", "perchlorate", "organic"),
        ("perchloric acid", "perchlorate", "organic"), ("potassium chlorate", "chlorate, bromate, iodate or chlorite", "sulfur"),
        ("sodium hypochlorite", "hypochlorite", "ammonia"), ("bleach", "hypochlorite", "acids"), ("nitric acid", "nitric acid", "organic"),
        ("potassium permanganate", "chromate, permanganate, osmium tetroxide or a like oxidiser", "glycerol"),
        ("ammonium nitrate", "nitrate salt", "organic"), ("sodium nitrite", "nitrite salt", "acids"), ("chlorine", "halogen", "ammonia"),
        ("iodine", "halogen", "ammonia"), ("sulfuric acid", "strong acid", "water"), ("HF", "hydrogen fluoride or a bifluoride", "glass"),
        ("sodium hydroxide", "strong base", "chloroform"), ("ammonia", "ammonia or an amine", "hypochlorite"),
        ("lithium aluminium hydride", "metal hydride", "water"), ("sodium hydride", "metal hydride", "DMSO"),
        ("n-butyllithium", "organometallic compound that burns in air or with water", "air"),
        ("trimethylaluminium", "organometallic compound that burns in air or with water", "air"),
        ("CC(C)[Mg]Cl", "organometallic compound that burns in air or with water", "water"),
        ("sodium", "alkali or alkaline earth metal", "halogenated"), ("white phosphorus", "white phosphorus", "air"),
        ("hydrogen sulfide", "sulfide or hydrogen sulfide", "oxidisers"), ("carbon monoxide", "carbon monoxide", "air"),
        ("dichloromethane", "polyhalogenated alkane or alkene", "alkali metals"), ("chloroform", "chloroform or bromoform", "acetone"),
        ("acetone", "ketone", "chloroform"), ("methyl iodide", "alkylating halide, sulfate or sulfonate", "bases"),
        ("dimethyl sulfate", "alkylating halide, sulfate or sulfonate", "bases"), ("DMSO", "dialkyl sulfoxide", "perchloric"),
        ("DMF", "N,N-dialkylformamide", "sodium hydride"), ("carbon disulfide", "carbon disulfide", "hot surfaces"),
    ],
)  # fmt: skip
def test_reactive_groups_and_what_they_must_not_meet(compound, group, keep_from):
    data = hazards(compound).data
    assert group in data["reactive_groups"]
    (entry,) = [one for one in data["keep_from"] if one["group"] == group]
    assert any(keep_from in phrase for phrase in entry["keep_from"]) and entry["source"]


@pytest.mark.parametrize(
    ("compound", "absent"),
    [  # methyl tert-butyl ether resists autoxidation; sulfur hexafluoride is inert to water; DMF is no aldehyde
        ("MTBE", "ether that forms peroxides"), ("sulfur hexafluoride", "halide that water decomposes"), ("DMF", "aldehyde"),
        ("sucrose", "ether that forms peroxides"), ("sodium chloride", "halide salt that water decomposes"),
        ("acetamide", "ammonia or an amine"), ("sodium perchlorate", "hypochlorite"), ("sodium acetate", "strong base"),
        ("aspirin", "acid anhydride"), ("ethyl acetate", "ether that forms peroxides"), ("anisole", "ether that forms peroxides"),
        ("chlorobenzene", "alkylating halide, sulfate or sulfonate"), ("ethylene oxide", "ether that forms peroxides"),
        ("sodium chloride", "strong base"), ("nitrobenzene", "polynitro aromatic compound"), ("carbon dioxide", "ketone"),
    ],
)  # fmt: skip
def test_groups_that_a_compound_has_not(compound, absent):
    assert absent not in hazards(compound).data["reactive_groups"]


@pytest.mark.parametrize("compound", ["water", "argon", "acetone", "sucrose", "hexane", "sodium chloride", "toluene"])
def test_no_answer_implies_safety(compound):
    output = hazards(compound)
    summary = output.summary.lower()
    assert "says nothing about safety" in summary or "unknown, not harmless" in summary
    for claim in (
        "is safe",
        "no hazard",
        "not hazardous",
        "non-toxic",
        "nontoxic",
        "not carcinogenic;",
        "harmless substance",
    ):
        assert claim not in summary.replace("which is not the same as not carcinogenic", "")
    assert any("GHS classes are not in the offline tables" in note for note in output.notes)
    assert output.data["ghs"] == "not in the offline tables"


def test_a_structure_that_no_table_knows_still_shows_its_reactive_groups():
    output = hazards("CCCCCCCC(F)C(C)N=[N+]=[N-]")
    assert output.data["cas"] == "" and output.data["reactive_groups"] == ["organic azide"]
    assert any("none of the tables" in note for note in output.notes)


def test_a_cas_number_without_a_structure_is_looked_up_by_itself():
    output = hazards("8006-61-9")  # gasoline, NFPA 497: flash point -46 °C, 1.4 to 7.6 %
    assert (output.data["flash_point_c"], output.data["lfl_percent"], output.data["ufl_percent"]) == (-46, 1.4, 7.6)
    assert any("Without a structure" in note for note in output.notes)


def test_the_flash_point_of_a_solution_is_not_that_of_the_gas():
    # IEC 60079-20-1 lists 60 °C for formaldehyde, which boils at -19 °C: it is of the aqueous solution
    output = hazards("formaldehyde")
    assert output.data["flash_point_c"] is None
    assert any("of a solution" in note for note in output.notes)


def test_a_listing_of_a_class_is_said_to_be_one():
    output = hazards("nickel sulfate")
    assert any("does not name this compound" in note for note in output.notes)
    assert output.data["exposure_limits_of_a_class"] is True and "class of compounds" in output.summary


def test_ethanol_is_listed_as_a_drink():
    assert "alcoholic beverages" in hazards("ethanol").data["iarc_agent"].lower()


@pytest.mark.parametrize(
    "compound", ["CO", "xylene", "petroleum ether", "nonsense name", "", "71-43-3", "red phosphorus"]
)
def test_what_is_ambiguous_or_no_compound_is_refused(compound):
    with pytest.raises(ToolInputError):
        hazards(compound)


def test_every_group_of_the_table_is_sourced_and_has_something_to_keep_from():
    groups = known_reactive_groups()
    assert len(groups) >= 40 and len({group.name for group in groups}) == len(groups)
    for group in groups:
        assert group.what and group.keep_from
        assert any(name in group.source for name in ("Prudent Practices", "Bretherick", "CAMEO"))


def test_atoms_of_a_group_are_in_input_order():
    ((group, atoms),) = find_reactive_groups(Chem.MolFromSmiles("CCN=[N+]=[N-]"))
    assert group.name == "organic azide" and atoms == (1, 2, 3, 4)


def test_each_row_of_the_table_view_has_its_source_where_it_has_a_value():
    for row in hazards("benzene").views[0].rows:
        assert row[3] or "not in the" in str(row[1])

"""Functional groups of known compounds, as textbooks (Clayden, Greeves and Warren, 2nd ed., ch. 2) and the Gold Book name them."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.groups import functional_groups, known_groups

EXPECTED = {
    "aspirin": {"carboxylic acid": 1, "ester": 1},
    "ibuprofen": {"carboxylic acid": 1},
    "paracetamol": {"amide": 1, "phenol": 1},
    "CC(N)C(=O)O": {"carboxylic acid": 1, "primary amine": 1},
    "CCO": {"alcohol": 1},
    "CCOCC": {"ether": 1},
    "CC(C)=O": {"ketone": 1},
    "CC=O": {"aldehyde": 1},
    "C=O": {"aldehyde": 1},
    "CC(=O)OC(C)=O": {"acid anhydride": 1},
    "CC(=O)Cl": {"acyl halide": 1},
    "CC#N": {"nitrile": 1},
    "C[N+](=O)[O-]": {"nitro": 1},
    "O=C1CCCCCN1": {"lactam": 1},  # caprolactam
    "O=C1CCCO1": {"lactone": 1},  # gamma-butyrolactone
    "NC(N)=O": {"urea": 1},
    "NC(N)=S": {"thiourea": 1},
    "NC(N)=N": {"guanidine": 1},
    "CCOC(N)=O": {"carbamate": 1},  # urethane
    "COC(=O)OC": {"carbonate ester": 1},
    "C1CO1": {"epoxide": 1},
    "CS(C)=O": {"sulfoxide": 1},
    "CS(C)(=O)=O": {"sulfone": 1},
    "CSC": {"thioether": 1},
    "CSSC": {"disulfide": 1},
    "CS": {"thiol": 1},
    "C=C": {"alkene": 1},
    "C#C": {"alkyne": 1},
    "C=C=C": {"allene": 1},
    "CN": {"primary amine": 1},
    "CNC": {"secondary amine": 1},
    "CN(C)C": {"tertiary amine": 1},
    "Nc1ccccc1": {"aromatic amine": 1},
    "C[N+](C)(C)C": {"quaternary ammonium": 1},
    "CC(C)=NO": {"oxime": 1},
    "OB(O)c1ccccc1": {"boronic acid": 1},
    "CN=C=O": {"isocyanate": 1},
    "Clc1ccccc1": {"aryl halide": 1},
    "CCBr": {"alkyl halide": 1},
    "CN=[N+]=[N-]": {"azide": 1},
    "COC(C)OC": {"acetal": 1},
    "NS(=O)(=O)c1ccccc1": {"sulfonamide": 1},
    "CC(=O)[O-]": {"carboxylate": 1},
    "COP(=O)(OC)OC": {"phosphate": 1},
    "CC(=O)NC(C)=O": {"imide": 1},
    "CC(=O)SC": {"thioester": 1},
    "CC=N": {"imine": 1},
    "CC(=O)[O-].[Na+]": {"carboxylate": 1},
    "CN(=O)=O": {"nitro": 1},  # the other way to write nitromethane
    "CO[N+](=O)[O-]": {"nitrate ester": 1},
    "CON=O": {"nitrite ester": 1},
    "CN(C)N=O": {"nitrosamine": 1},  # NDMA
    "O=[N+]([O-])[O-]": {},  # the nitrate ion is no nitro compound
    "O=C1OC(=O)c2ccccc12": {"acid anhydride": 1},  # phthalic anhydride, not two lactones
    "O=C1CCC(=O)N1": {"imide": 1},  # succinimide, not two lactams
    "O=C1NCCO1": {"carbamate": 1},  # oxazolidinone
    "O=C1NCCN1": {"urea": 1},  # imidazolidinone
    "O=C1OCCO1": {"carbonate ester": 1},  # ethylene carbonate
    "O=C1CCN1": {"lactam": 1},  # a beta-lactam
    "C=COC": {"enol ether": 1},
    "C=COC(C)=O": {"ester": 1, "alkene": 1},  # vinyl acetate
    "C=C(O)C": {"enol": 1},
    "Oc1ccccc1": {"phenol": 1},
    "OCc1ccccc1": {"alcohol": 1},  # benzyl alcohol
    "Oc1cccnc1": {"hydroxyheteroarene": 1},  # 3-hydroxypyridine: phenols are of arenes (Gold Book)
    "OC1CCCCO1": {"hemiacetal": 1},
    "COC(C)O": {"hemiacetal": 1},
    "c1ccncc1": {},  # an aromatic N is no amine
    "CN(c1ccccc1)c1ccccc1": {"aromatic amine": 1},  # one nitrogen, two aryl groups
    "OS(=O)(=O)O": {},  # sulfuric acid is no sulfonic acid
    "COS(=O)(=O)OC": {"sulfate ester": 1},
    "CS(=O)(=O)[O-]": {"sulfonate": 1},
    "CC(=O)OO": {"peroxy acid": 1},
    "CC(C)(C)OO": {"hydroperoxide": 1},
    "CP(C)(C)=O": {"phosphine oxide": 1},
    "C[P+](C)(C)C": {"phosphonium": 1},
    "CON": {"hydroxylamine": 1},
    "C1CCCCC1N=C=NC1CCCCC1": {"carbodiimide": 1},  # DCC
    "C=[N+]=[N-]": {"diazo": 1},
    "C=C=O": {"ketene": 1},
    "CC(C)=S": {"thioketone": 1},
    "C[S-]": {"thiolate": 1},
    "CO[Si](C)(C)C": {"silyl ether": 1},
    "OC(=O)[O-]": {"carbonic acid or carbonate": 1},
    "CCCC": {},
    "c1ccccc1N=Nc1ccccc1": {"azo": 1},
}


@pytest.mark.parametrize(("molecule", "groups"), EXPECTED.items(), ids=list(EXPECTED))
def test_the_groups_of_a_known_compound_and_no_others_are_found(molecule, groups):
    assert functional_groups(molecule).data["groups"] == groups


def test_penicillin_g_has_its_beta_lactam_amide_thioether_and_acid():
    # PubChem CID 5904
    found = functional_groups("CC1([C@@H](N2[C@H](S1)[C@@H](C2=O)NC(=O)Cc3ccccc3)C(=O)O)C").data
    assert found["groups"] == {"carboxylic acid": 1, "lactam": 1, "amide": 1, "thioether": 1}
    assert found["aromatic_rings"] == 1


@pytest.mark.parametrize(
    ("molecule", "groups"),
    [
        ("morphine", {"phenol": 1, "alcohol": 1, "ether": 1, "tertiary amine": 1, "alkene": 1}),
        ("imatinib", {"amide": 1, "aromatic amine": 1, "tertiary amine": 2}),
        ("biotin", {"carboxylic acid": 1, "urea": 1, "thioether": 1}),
        ("thalidomide", {"imide": 2}),
        ("glucose", {"aldehyde": 1, "alcohol": 5}),
        ("paclitaxel", {"amide": 1, "ester": 4, "ketone": 1, "alcohol": 3, "ether": 1, "alkene": 1}),
        ("remdesivir", {"phosphoramidate": 1, "ester": 1, "nitrile": 1, "alcohol": 2, "ether": 1, "aromatic amine": 1}),
    ],
)
def test_the_groups_of_a_drug_are_those_that_its_structure_in_pubchem_shows(molecule, groups):
    assert functional_groups(molecule).data["groups"] == groups


def test_the_atoms_of_a_group_are_those_of_the_input():
    (ester,) = [entry for entry in functional_groups("COC(C)=O").data["atoms"] if entry["group"] == "ester"]
    assert set(ester["atoms"]) >= {1, 2, 4}  # O, C and =O, counted from 0


def test_aromatic_rings_with_a_heteroatom_are_told_apart():
    # nicotine, PubChem CID 89594: one pyridine; quinoline, CID 7047: one of its two rings
    assert functional_groups("nicotine").data["heteroaromatic_rings"] == 1
    quinoline = functional_groups("c1ccc2ncccc2c1")
    assert (quinoline.data["aromatic_rings"], quinoline.data["heteroaromatic_rings"]) == (2, 1)
    assert quinoline.summary.endswith("2 aromatic rings (1 with a heteroatom).")


@pytest.mark.parametrize("molecule", ["caffeine", "O=c1cccc[nH]1", "O=c1ccc2ccccc2o1"])
def test_a_carbonyl_of_an_aromatic_ring_is_said_to_be_left_to_the_ring(molecule):
    assert any("belong to that ring" in note for note in functional_groups(molecule).notes)


@pytest.mark.parametrize("molecule", ["", "C1CC", "C*", "CCO and more", "C6H12O6"])
def test_what_is_no_molecule_has_no_groups(molecule):
    with pytest.raises(ToolInputError):
        functional_groups(molecule)


def test_every_pattern_of_the_table_is_valid_and_there_are_more_than_sixty_names():
    assert len({group.name for group in known_groups()}) >= 60

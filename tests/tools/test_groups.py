"""Functional groups of known compounds, as textbooks (Clayden, Greeves and Warren, 2nd ed., ch. 2) and the Gold Book name them."""

from __future__ import annotations

import pytest

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


def test_every_pattern_of_the_table_is_valid_and_there_are_more_than_sixty_names():
    assert len({group.name for group in known_groups()}) >= 60

"""``disconnect``: the textbook's disconnection of a target is among those found, and every one found was run forward."""

from __future__ import annotations

import pytest
from rdkit import Chem

from errors import ToolInputError
from tools.chemistry.applying import apply_reaction
from tools.chemistry.disconnecting import disconnect

#: Target, the reaction of its textbook or patent synthesis, and a piece of it (written by hand).
KNOWN = [
    ("CC(=O)Nc1ccccc1", "amide coupling", ["Nc1ccccc1", "CC(=O)OC(C)=O"], "acetanilide, OS 1, 82 (analogue)"),
    ("CC(=O)Oc1ccccc1C(=O)O", "acylation of an alcohol", ["OC(=O)c1ccccc1O", "CC(=O)OC(C)=O"], "aspirin"),
    ("CC(=O)Nc1ccc(O)cc1", "amide coupling", ["Nc1ccc(O)cc1", "CC(=O)OC(C)=O"], "paracetamol"),
    ("c1ccc(cc1)-c1ccccc1", "Suzuki–Miyaura coupling", ["Brc1ccccc1", "OB(O)c1ccccc1"], "biphenyl (Suzuki)"),
    ("Cc1ccc(cc1)-c1ccccc1C#N", "Suzuki–Miyaura coupling", ["Cc1ccc(cc1)B(O)O", "N#Cc1ccccc1Br"], "sartan biphenyl"),
    ("CC(C)Cc1ccc(cc1)C(C)C(=O)O", "nitrile hydrolysis", ["CC(C)Cc1ccc(cc1)C(C)C#N"], "ibuprofen"),
    (
        "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(n1)-c1cccnc1",
        "amide coupling",
        ["CN1CCN(Cc2ccc(cc2)C(=O)O)CC1", "Cc1ccc(N)cc1Nc1nccc(n1)-c1cccnc1"],
        "imatinib",
    ),
    (
        "CCCc1nn(C)c2c1nc([nH]c2=O)-c1cc(ccc1OCC)S(=O)(=O)N1CCN(C)CC1",
        "sulfonamide formation",
        ["CCCc1nn(C)c2c1nc([nH]c2=O)-c1cc(ccc1OCC)S(=O)(=O)Cl", "CN1CCNCC1"],
        "sildenafil",
    ),
    ("C(c1ccccc1)n1cc(nn1)-c1ccccc1", "CuAAC click reaction", ["C#Cc1ccccc1", "[N-]=[N+]=NCc1ccccc1"], "Rostovtsev 2002"),
    ("CC(=O)CC(O)c1ccccc1", "aldol addition", ["CC(C)=O", "O=Cc1ccccc1"], "aldol, textbook"),
    ("COC(=O)C1CCC=CC1", "Diels–Alder reaction", ["C=CC=C", "C=CC(=O)OC"], "cyclohexene, textbook"),
    ("O=C(/C=C/c1ccccc1)c1ccccc1", "aldol condensation", ["CC(=O)c1ccccc1", "O=Cc1ccccc1"], "chalcone, OS 1, 78"),
    ("C=C1CCCCC1", "Wittig reaction", ["O=C1CCCCC1", "C=P(c1ccccc1)(c1ccccc1)c1ccccc1"], "OS 5, 751"),
    ("c1ccc2c(c1)[nH]c1CCCCc12", "Fischer indole synthesis", ["NNc1ccccc1", "O=C1CCCCC1"], "OS 4, 884"),
    (
        "COC(=O)C1=C(C)NC(C)=C(C1c1ccccc1[N+](=O)[O-])C(=O)OC",
        "Hantzsch dihydropyridine synthesis",
        ["COC(=O)CC(C)=O", "COC(=O)CC(C)=O", "O=Cc1ccccc1[N+](=O)[O-]"],
        "nifedipine",
    ),
    ("CCOC(=O)C1=C(C)NC(=S)NC1c1cccc(O)c1", "Biginelli reaction", ["NC(N)=S", "O=Cc1cccc(O)c1", "CCOC(=O)CC(C)=O"], "monastrol"),
    ("CCN(CC)CC(=O)Nc1c(C)cccc1C", "N-alkylation", ["CCNCC", "O=C(CBr)Nc1c(C)cccc1C"], "lidocaine"),
    ("CCOC(=O)C1CCCC1=O", "Dieckmann condensation", ["CCOC(=O)CCCCC(=O)OCC"], "OS 2, 116"),
    ("CC(C)NCC(O)COc1cccc2ccccc12", "epoxide opening by an amine", ["CC(C)N", "C1OC1COc1cccc2ccccc12"], "propranolol"),
    ("Cc1ccc(C)[nH]1", "Paal–Knorr pyrrole synthesis", ["CC(=O)CCC(C)=O", "N"], "OS 2, 219"),
    ("C1C=CCN1C(C)=O", "ring-closing metathesis", ["C=CCN(CC=C)C(C)=O"], "Grubbs type pyrroline"),
]  # fmt: skip


def _pieces(smiles: list[str]) -> list[str]:
    return sorted(Chem.CanonSmiles(one) for one in smiles)


@pytest.mark.parametrize(("target", "reaction", "pieces", "source"), KNOWN, ids=[row[3] for row in KNOWN])
def test_the_disconnection_of_the_literature_is_found(target, reaction, pieces, source):
    found = [(one["reaction"], one["pieces"]) for one in disconnect(target).data["disconnections"]]
    assert (reaction, _pieces(pieces)) in found, source


@pytest.mark.parametrize("target", [row[0] for row in KNOWN], ids=[row[3] for row in KNOWN])
def test_every_disconnection_gives_the_target_when_run_forward(target):
    smiles = Chem.CanonSmiles(target)
    flat = Chem.MolToSmiles(Chem.MolFromSmiles(target), isomericSmiles=False)
    for one in disconnect(target).data["disconnections"]:
        products = apply_reaction(one["reaction"], one["pieces"]).data["products"]
        if one["stereo_set"]:
            assert smiles in products
        else:
            assert flat in [Chem.MolToSmiles(Chem.MolFromSmiles(p), isomericSmiles=False) for p in products]


def test_the_best_comes_first_and_the_classics_beat_the_exotic():
    assert disconnect("acetanilide").data["disconnections"][0]["reaction"] == "amide coupling"
    data = disconnect("CC(=O)CC(O)c1ccccc1").data["disconnections"]
    assert data[0]["reaction"] == "aldol addition"
    assert [one["score"] for one in data] == sorted(one["score"] for one in data)


def test_an_inverted_centre_comes_from_the_other_enantiomer():
    data = disconnect("CC[C@H](C)Oc1ccccc1").data["disconnections"]
    alcohols = [one["pieces"] for one in data if one["reaction"] == "Mitsunobu reaction"]
    assert alcohols == [_pieces(["CC[C@@H](C)O", "Oc1ccccc1"])]


def test_stereo_that_the_reaction_does_not_set_is_said():
    output = disconnect("CC(=O)C[C@@H](O)c1ccccc1")
    aldol = next(one for one in output.data["disconnections"] if one["reaction"] == "aldol addition")
    assert aldol["stereo_set"] is False
    assert any("need a selective method" in note for note in output.notes)


def test_no_set_of_pieces_is_listed_twice_and_there_are_ten_at_most():
    target = "CC(C)c1c(C(=O)Nc2ccccc2)c(-c2ccccc2)c(-c2ccc(F)cc2)n1CC[C@@H](O)C[C@@H](O)CC(=O)O"  # atorvastatin
    pieces = [tuple(one["pieces"]) for one in disconnect(target).data["disconnections"]]
    assert len(pieces) == len(set(pieces)) == 10


@pytest.mark.parametrize("target", ["methane", "benzene", "water"])
def test_a_target_of_no_disconnection_is_said_to_have_none(target):
    output = disconnect(target)
    assert output.data["count"] == 0
    assert output.summary.startswith("None of the named reactions")


def test_brics_fragments_are_labelled_as_unchecked_and_their_dummies_explained():
    output = disconnect("CC(=O)Nc1ccccc1")
    assert output.data["brics_fragments"] == [
        "[1*]C(C)=O",
        "[16*]c1ccccc1",
        "[5*]N[5*]",
    ]  # RDKit's BRICS.BreakBRICSBonds
    assert any("not checked" in note and "dummy atom" in note for note in output.notes)


@pytest.mark.parametrize(
    ("target", "says"),
    [("C" * 200, "heavy atoms"), ("CC(=O)[O-].[Na+]", "several components"), ("C1CC", "never closes"), ("", "empty")],
)
def test_what_cannot_be_disconnected_is_one_sentence(target, says):
    with pytest.raises(ToolInputError, match=says):
        disconnect(target)

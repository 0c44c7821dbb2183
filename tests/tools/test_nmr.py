"""``nmr_signals``: counts from assigned spectra and from the symmetry of the molecules, never from the function.

Sources, by the short names used below:
Fulmer - the assigned lists of G. R. Fulmer et al., Organometallics 2010, 29, 2176, tables 1 and 2.
HMDB - the assigned spectra in water of the Human Metabolome Database.
Silverstein - R. M. Silverstein, F. X. Webster, D. J. Kiemle, Spectrometric Identification of Organic Compounds, 7th ed.,
chapters 3 (chemical shift equivalence; diastereotopic protons) and 4.
Clayden - J. Clayden, N. Greeves, S. Warren, Organic Chemistry, 2nd ed., chapters 3, 13 and 31.
Eliel - E. L. Eliel, S. H. Wilen, Stereochemistry of Organic Compounds, chapter 8 (homotopic, enantiotopic, diastereotopic).
Symmetry - counted by hand from the point group of the averaged molecule.
"""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.chemistry.nmr import nmr_signals
from tools.chemistry.nuclei import parse_nucleus
from tools.running import Workers


def count(molecule: str, nucleus: str = "1H", **more) -> int | None:
    return nmr_signals(molecule, nucleus, **more).data["signals"]


PROTONS = [
    # Fulmer
    ("CC(=O)O", 2),  # with the acid proton
    ("CC(C)=O", 1),
    ("CC#N", 1),
    ("c1ccccc1", 1),
    ("CC(C)(C)O", 2),
    ("Cc1cc(c(O)c(c1)C(C)(C)C)C(C)(C)C", 4),  # BHT
    ("ClC(Cl)Cl", 1),
    ("C1COCCOCCOCCOCCOCCO1", 1),  # 18-crown-6
    ("C1CCCCC1", 1),
    ("ClCCCl", 1),
    ("CCOCC", 2),
    ("COCCOCCOC", 3),  # diglyme
    ("COCCOC", 2),
    ("CC(=O)N(C)C", 3),  # dimethylacetamide: CH3CO, NCH3, NCH3
    ("CN(C)C=O", 3),  # dimethylformamide: CH, CH3, CH3
    ("CS(C)=O", 1),
    ("C1COCCO1", 1),
    ("CCO", 3),
    ("CCOC(C)=O", 3),
    ("C=C", 1),
    ("OCCO", 2),
    ("CN(C)P(=O)(N(C)C)N(C)C", 1),  # HMPA
    ("c1c[nH]cn1", 3),  # imidazole: CH(2), CH(4,5), NH
    ("CO", 2),
    ("C[N+](=O)[O-]", 1),
    ("CC=C", 4),  # propene: CH3, CH2(1), CH2(2), CH
    ("CC(C)O", 3),
    ("c1ccncc1", 3),
    ("c1cc[nH]c1", 3),
    ("C1CCNC1", 3),
    ("C1CCOC1", 2),
    ("Cc1ccccc1", 4),
    ("CCN(CC)CC", 2),
    ("O", 1),
    # HMDB
    ("OCC(O)CO", 5),  # glycerol: CHaHb 3.55 and 3.64, CH 3.77, and two kinds of OH
    ("OC(=O)CC(O)(CC(O)=O)C(O)=O", 5),  # citric acid: CHaHb 2.53 and 2.65; OH, two kinds of COOH
    ("CC(C)[C@H](N)C(=O)O", 6),  # valine: two CH3, CH, CH, NH2, COOH
    ("CC(C)C[C@H](N)C(=O)O", 8),  # leucine: two CH3, CH, CHaHb, CH, NH2, COOH
    ("N[C@@H](CO)C(=O)O", 6),  # serine: CHaHb
    ("NCC(=O)O", 3),
    ("C[C@H](O)C(=O)O", 4),
    ("OC(=O)CCC(=O)O", 2),
    ("O=C(O)C[C@H](O)C(=O)O", 6),  # malic acid
    # Clayden, Silverstein, Eliel
    ("CC(C)Br", 2),
    ("CCC", 2),
    ("Cc1ccc(C)cc1", 2),
    ("Cc1cc(C)cc(C)c1", 2),
    ("CC(=O)Oc1ccccc1C(=O)O", 6),  # aspirin, with COOH
    ("Cn1cnc2c1c(=O)n(C)c(=O)n2C", 4),  # caffeine
    ("C=Cc1ccccc1", 6),  # styrene: three vinyl, o, m, p
    ("C=CCl", 3),
    ("C=C(Cl)Cl", 1),
    ("C=CC(=O)OC", 4),  # methyl acrylate
    ("CC(C)=C", 2),
    ("CCOC(C)OCC", 5),  # the OCH2 protons of an acetal are diastereotopic
    ("CCOCOCC", 3),  # and those of a formal are not
    ("CC(O)CC", 6),  # butan-2-ol: CH3, OH, CH, CHaHb, CH3
    ("ClCC(Cl)C", 4),  # 1,2-dichloropropane
    ("CCS(=O)CC", 3),
    ("CCS(=O)(=O)CC", 2),
    ("CC(=C=C(C)C)C", 1),
    ("C[C@H](Br)C[C@@H](C)Br", 4),  # meso-2,4-dibromopentane: diastereotopic CH2
    ("C[C@H](Br)C[C@H](C)Br", 3),  # and the chiral form: homotopic CH2
    ("C[C@H]1C[C@H]1C", 4),  # cis-1,2-dimethylcyclopropane: the CH2 protons differ
    ("C[C@H]1C[C@@H]1C", 3),  # trans: a twofold axis exchanges them
    ("CC1(C)CC1", 2),
    ("C1CC1", 1),
    ("CC(C)=NO", 3),  # acetone oxime: two CH3, OH
    ("CN(C)N=O", 2),  # N-nitrosodimethylamine: two CH3 at 25 °C
    ("CCN(CC)C(=O)c1cccc(C)c1", 9),  # DEET: both ethyl groups
    ("CC(C)(C)OC(=O)N(C)C", 2),  # carbamates turn fast
    ("CN(C)C(=O)N(C)C", 1),
    # Symmetry
    ("CC(C)(C)C", 1),
    ("c1ccc2ccccc2c1", 2),
    ("c1ccc2cc3ccccc3cc2c1", 3),
    ("c1ccc2c(c1)ccc1ccccc12", 5),
    ("c1ccc(-c2ccccc2)cc1", 3),
    ("C12C3C4C1C5C2C3C45", 1),  # cubane
    ("C1C2CC3CC1CC(C2)C3", 2),  # adamantane
    ("C1CC2CCC1C2", 4),  # norbornane: bridgehead, exo, endo, bridge
    ("C1CC2CCC1CC2", 2),
    ("C1CN2CCN1CC2", 1),
    ("C1=CC2C=CC1C2", 3),  # norbornadiene
    ("[Fe+2].[CH-]1C=CC=C1.[CH-]1C=CC=C1", 1),  # ferrocene
    ("C=C=C", 1),
    ("C[Si](C)(C)C", 1),
    ("C[C@H]1CC[C@@H](C)CC1", 4),  # cis-1,4-dimethylcyclohexane
    ("CC1(C)CCCCC1", 4),
    ("CC(C)[C@@H]1CC[C@@H](C)C[C@H]1O", 14),  # menthol: 3 CH3, OH, 4 CH, 3 CH2 of two each
    ("CC1(C)C2CCC1(C)C(=O)C2", 10),  # camphor: 3 CH3, CH, 3 CH2 of two each
    ("C1=CC=CC=CC=C1", 1),
    ("[NH4+]", 1),
    ("Cc1ccc2c(c1)CN1CN2Cc2cc(C)ccc12", 7),  # Tröger's base: an AB pair at ArCH2N, one NCH2N
]  # fmt: skip


@pytest.mark.parametrize(("molecule", "signals"), PROTONS)
def test_protons(molecule, signals):
    assert count(molecule) == signals


CARBONS = [
    # Fulmer
    ("CC(=O)O", 2), ("CC(C)=O", 2), ("CC#N", 2), ("c1ccccc1", 1), ("CC(C)(C)O", 2), ("COC(C)(C)C", 3),
    ("Cc1cc(c(O)c(c1)C(C)(C)C)C(C)(C)C", 7), ("C1CCCCC1", 1), ("CCOCC", 2), ("COCCOCCOC", 3), ("CC(=O)N(C)C", 4),
    ("CN(C)C=O", 3), ("CCO", 2), ("CCOC(C)=O", 4), ("CC(=O)CC", 4), ("CCCCCC", 3), ("CCCCC", 3), ("c1c[nH]cn1", 2),
    ("CC=C", 3), ("CC(C)O", 2), ("c1ccncc1", 3), ("c1cc[nH]c1", 2), ("C1CCNC1", 2), ("C1CCOC1", 2), ("Cc1ccccc1", 5),
    ("CCN(CC)CC", 2), ("Cc1c(C)c(C)c(C)c(C)c1C", 2),
    # Silverstein, Clayden
    ("Cc1ccccc1C", 4), ("Cc1cccc(C)c1", 5), ("Cc1ccc(C)cc1", 3), ("Cc1cc(C)cc(C)c1", 3), ("CC(=O)Oc1ccccc1C(=O)O", 9),
    ("Cn1cnc2c1c(=O)n(C)c(=O)n2C", 8), ("CC(=O)Nc1ccc(O)cc1", 6), ("C=Cc1ccccc1", 6), ("OC(=O)c1ccccc1", 5),
    ("CCOC(=O)CC(=O)OCC", 4), ("CC(=O)CC(C)=O", 3), ("CC1=CCC(CC1)C(C)=C", 10), ("CC1(C)C2CCC1(C)C(=O)C2", 10),
    ("CC(C)[C@@H]1CC[C@@H](C)C[C@H]1O", 10),
    ("C[C@H](CCCC(C)C)[C@H]1CC[C@@H]2[C@@]1(CC[C@H]3[C@H]2CC=C4[C@@]3(CC[C@@H](C4)O)C)C", 27),  # cholesterol
    ("CC(C)[C@H](N)C(=O)O", 5), ("CC(C)C[C@H](N)C(=O)O", 6), ("OCC(O)CO", 2), ("OC(=O)CC(O)(CC(O)=O)C(O)=O", 4),
    ("CC(C)C(O)c1ccccc1", 8),  # 2-methyl-1-phenylpropanol: two CH3
    ("CC(C)CO", 3), ("CCN(CC)C(=O)c1cccc(C)c1", 12), ("OC1CCCCC1", 4), ("O=C1CCCCC1", 4), ("CC1CCCCC1", 5),
    # Symmetry
    ("c1ccc2ccccc2c1", 3), ("c1ccc2cc3ccccc3cc2c1", 4), ("c1ccc2c(c1)ccc1ccccc12", 7), ("c1ccc(-c2ccccc2)cc1", 4),
    ("C12C3C4C1C5C2C3C45", 1), ("C1C2CC3CC1CC(C2)C3", 2), ("C1CC2CCC1C2", 3), ("buckminsterfullerene", 1),
    ("OC1=CC=CC=CC1=O", 4),  # tropolone: the proton moves fast
    ("CC(=O)C=C(C)O", 3),  # enol of acetylacetone
    ("C[n+]1ccn(C)c1", 3), ("[CH-]1C=CC=C1", 1), ("OC(=O)CCC([O-])=O", 2),
    ("CN(C)c1ccc(cc1)C(c1ccc(cc1)N(C)C)=C1C=CC(C=C1)=[N+](C)C", 6),  # crystal violet
    ("C1=CC2=NC1=CC1=CC=C(N1)C=C1C=CC(=N1)C=C1C=CC(N1)=C2", 3),  # porphine: alpha, beta, meso
]  # fmt: skip


@pytest.mark.parametrize(("molecule", "signals"), CARBONS)
def test_carbons(molecule, signals):
    assert count(molecule, "13C") == signals


@pytest.mark.parametrize(
    ("molecule", "nucleus", "signals"),
    [
        ("FS(F)(F)(F)(F)F", "19F", 1),
        (
            "FP(F)(F)(F)F",
            "19F",
            1,
        ),  # one doublet: the five places interchange (R. S. Berry, J. Chem. Phys. 1960, 32, 933)
        ("F[P-](F)(F)(F)(F)F", "31P", 1),
        ("OCC(F)(F)F", "19F", 1),
        ("CC(O)C(F)(F)c1ccccc1", "19F", 2),  # diastereotopic
        ("FC(Cl)(Br)C(F)(F)Cl", "19F", 3),
        ("Fc1ccc(F)cc1", "19F", 1),
        ("FC(F)=C(F)Cl", "19F", 3),  # chlorotrifluoroethene, Silverstein chapter 6
        ("O=P(OP(=O)(O)O)(O)OP(=O)(O)O", "31P", 2),  # triphosphate: one alpha, two end groups
        ("CCOP(=O)(OCC)OCC", "31P", 1),
        ("CN1C=NC2=C1C(=O)N(C)C(=O)N2C", "15N", 4),
        ("C[Si](C)(C)O[Si](C)(C)C", "29Si", 1),
        ("CCO", "17O", 1),
        ("[2H]C(Cl)(Cl)Cl", "1H", 0),
        ("[2H]C(Cl)(Cl)Cl", "2H", 1),
        ("ClC(Cl)(Cl)Cl", "1H", 0),
    ],
)
def test_other_nuclei(molecule, nucleus, signals):
    assert count(molecule, nucleus) == signals


@pytest.mark.parametrize(
    ("molecule", "nucleus", "signals"),
    [  # by constitution alone: Silverstein's examples of diastereotopic groups, put together
        ("OCC(O)CO", "1H", 4),
        ("CC(C)[C@H](N)C(=O)O", "13C", 4),
        ("CC(C)Cc1ccc(cc1)C(C)C(=O)O", "13C", 10),  # ibuprofen; 11 with both CH3 of the isobutyl group
        ("CN(C)C=O", "1H", 2),
        ("C=CCl", "1H", 2),
        ("CC(C)[C@@H]1CC[C@@H](C)C[C@H]1O", "1H", 10),
    ],
)
def test_topological_counts_on_request(molecule, nucleus, signals):
    output = nmr_signals(molecule, nucleus, method="topological")
    assert output.data["signals"] == signals
    assert "constitution alone" in output.summary
    assert nmr_signals(molecule, nucleus).data["signals_topological"] == signals


def test_ibuprofen_has_diastereotopic_methyl_groups_only_on_paper_and_they_are_said():
    output = nmr_signals("CC(C)Cc1ccc(cc1)C(C)C(=O)O", "13C")
    assert output.data["signals"] == 11
    assert any("told apart by stereochemistry: a (CH3), c (CH3)" in note for note in output.notes)


def test_the_sets_their_areas_and_the_exchangeable_ones():
    data = nmr_signals("CCO").data
    assert data["relative_areas"] == [3, 2, 1]
    assert [group["kind"] for group in data["groups"]] == ["CH3", "CH2", "OH"]
    assert [group["atoms"] for group in data["groups"]] == [[0], [1], [2]]
    assert data["exchangeable_signals"] == 1 and data["nuclei"] == 6


def test_slow_turning_of_an_amide_is_said_with_both_numbers():
    notes = " ".join(nmr_signals("CN(C)C=O").notes)
    assert "there are 2 signals instead of 3" in notes


def test_rotamers_of_two_amides_are_not_chosen_among():
    output = nmr_signals("CC(=O)N1CCN(CC1)C(C)=O")
    assert output.data["signals"] == 2
    assert any("rotamers" in note for note in output.notes)


def test_where_unmarked_centres_decide_every_count_is_given():
    data = nmr_signals("CC(Br)CC(C)Br").data
    assert data["signals"] is None and data["signals_possible"] == [3, 4]
    assert {(row["smiles"], row["signals"]) for row in data["isomers"]} >= {("C[C@H](Br)C[C@@H](C)Br", 4)}
    assert nmr_signals("CC(Br)C(C)Br").data["signals"] == 2  # meso and chiral alike: CH3, CHBr


def test_averaging_of_protons_is_said_with_the_number_as_drawn():
    assert any("3 signals instead of 2" in note for note in nmr_signals("c1c[nH]cn1", "13C").notes)


def test_equal_components_count_once_and_others_apart():
    assert count("O.O.CCO") == 4
    assert count("C[C@H](O)F.C[C@@H](O)F") == 3  # enantiomers look alike
    assert count("[NH4+].CC(=O)[O-]") == 2


def test_the_drawing_bears_the_letters_and_none_is_made_of_huge_molecules():
    output = nmr_signals("Cc1ccccc1")
    assert output.views[0].kind == "svg" and len(output.views[0].legend) == 4
    assert output.views[1].rows[0] == ("a", "CH3", 3, "0", "no")


@pytest.mark.parametrize(
    ("text", "nucleus"),
    [
        ("13C", "13C"), ("C-13", "13C"), ("carbon", "13C"), ("Carbon-13 NMR", "13C"), ("¹³C", "13C"), ("13C{1H}", "13C"),
        ("proton", "1H"), ("H", "1H"), ("1h", "1H"), ("fluorine", "19F"), ("31p", "31P"), ("N", "15N"), ("D", "2H"), ("^13C", "13C"),
    ],
)  # fmt: skip
def test_names_of_nuclei(text, nucleus):
    assert str(parse_nucleus(text)) == nucleus


@pytest.mark.parametrize("text", ["", "12C", "16O", "32S", "co", "X", "13C1", "argon", "13", "C H"])
def test_what_is_no_nucleus_is_refused(text):
    with pytest.raises(ToolInputError):
        parse_nucleus(text)


@pytest.mark.parametrize(
    ("molecule", "says"),
    [
        ("FI(F)(F)(F)F", "does not tell"),
        ("FS(F)(F)(F)(F)Cl", "does not tell"),
        ("", "empty"),
        ("CCO>>CC=O", "reaction"),
    ],
)
def test_what_cannot_be_counted_is_refused(molecule, says):
    with pytest.raises(ToolInputError, match=says):
        nmr_signals(molecule, "19F")


def test_large_molecules_are_counted_in_a_worker():
    workers = Workers(modules=("tools.chemistry.nmr",), size=1)
    try:
        result = workers.call("nmr_signals", {"molecule": "N[C@@H](C)C(=O)" * 100 + "O", "nucleus": "13C"})
        assert result.data["signals"] == 300
    finally:
        workers.close()

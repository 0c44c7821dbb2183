"""``fold_rna`` against ViennaRNA 2.8.0 (RNAfold, default options) and structures that are known from crystals."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.biology.rna_energies import BASES, energies
from tools.biology.rna_folding import fold_rna
from tools.biology.rna_mfe import Folder
from tools.biology.rna_traceback import least_energy_folding

#: Sequence, temperature in °C, structure and free energy in kcal/mol by ViennaRNA 2.8.0. Among them tRNAPhe of yeast and
#: tRNAAla of E. coli (unmodified), 5S rRNA of E. coli, and random sequences.
VIENNA = [
    ("GGGAAAUCCC", 37.0, "(((....)))", -2.50),
    ("GGGGAAAACCCC", 37.0, "((((....))))", -5.40),
    ("GGGGAAAACCCC", 25.0, "((((....))))", -6.76),
    ("CUACGGCGCGGCGCCCUUGGCGA", 37.0, "...........((((...)))).", -5.00),
    ("CACUACUCCAAGGACCGUAUCUUUCUCAGUGCGACAGUAA", 37.0, "...............(((((........))))).......", -3.50),
    ("GGCUACGGCC", 37.0, "(((....)))", -3.90),
    ("GGCCUUCGGGCC", 37.0, "((((....))))", -6.30),
    (
        "GCGGAUUUAGCUCAGUUGGGAGAGCGCCAGACUGAAGAUCUGGAGGUCCUGUGUUCGAUCCACAGAAUUCGCACCA",
        37.0,
        "(((((((..((((........)))).(((((.......))))).....(((((.......))))))))))))....",
        -22.40,
    ),
    (
        "GCGGAUUUAGCUCAGUUGGGAGAGCGCCAGACUGAAGAUCUGGAGGUCCUGUGUUCGAUCCACAGAAUUCGCACCA",
        60.0,
        "((((((((........((((.((((((..((((...........))))..))))))..))))..))))))))....",
        -9.48,
    ),
    (
        "GGGGCUAUAGCUCAGCUGGGAGAGCGCCUGCUUUGCACGCAGGAGGUCUGCGGUUCGAUCCCGCAUAGCUCCACCA",
        37.0,
        "((((((((.(((((((((..(((.(.(((((.......))))).).))).))))).))....))))))))))....",
        -31.80,
    ),
    ("AAAAAAAAAA", 37.0, "..........", 0.00),
    (
        "UGCCUGGCGGCCGUAGCGCGGUGGUCCCACCUGACCCCAUGCCGAACUCAGAAGUGAAACGCCGUAGCGCCGAUGGUAGUGUGGGGUCUCCCCAUGCGAGAGUAGGGAACUGCCAGGCAU",
        37.0,
        "((((((((((((((...)))).(((...))).((((((((((...((.((...(((..((...))..)))...)))).))))))))))..(((.(((....))))))..)))))))))).",
        -50.90,
    ),
    ("CUUGUCUCCAAGUACCCAUUUAGUAGACAAAUCGUUCCAU", 37.0, ".(((((((.((((....)))).).))))))..........", -5.20),
    (
        "GAGGAUCCUAGCCUAGCUACGCGUUUGCGCAUCAGGCUGUCCCAUACAUCAAGCGGUUCCCCUCAAAUUAUCCGGACUCGGUAAGGGCAG",
        25.0,
        "........((((((.(...(((....)))...))))))).(((.(((......(((...............)))......))).)))...",
        -24.61,
    ),
    (
        "CGAGUAAAUAUUUUACAAUACGUUUCUUGUCAAUCUGCUGCUUUGUACGCGUCACAGUUACUCGGCGAAGGCCCGUCUUUUUGCUGACCAGGAAAUUUCACAGCUGAGCCUAGCUUCCUA",
        50.0,
        ".....................((((((((......((((((...))).)))..........(((((((((........))))))))).)))))))).....(((((....))))).....",
        -12.78,
    ),
]
TRNA_PHE = VIENNA[7][0]


@pytest.mark.parametrize(("sequence", "temperature", "structure", "energy"), VIENNA)
def test_viennarna_folds_the_same(sequence, temperature, structure, energy):
    data = fold_rna(sequence, temperature).data
    assert data["free_energy_kcal_mol"] == pytest.approx(energy, abs=0.011)
    assert data["dot_bracket"] == structure


def test_the_trna_of_yeast_is_a_cloverleaf():
    # Kim et al. 1974; Robertus et al. 1974: acceptor stem 1-7 with 66-72, D stem from 10, anticodon stem from 27, T stem from 49
    data = fold_rna(TRNA_PHE).data
    pairs = dict(map(tuple, data["base_pairs"]))
    assert all(pairs[at] == 73 - at for at in range(1, 8))
    assert all(pairs[at] == 35 - at for at in range(10, 14))
    assert all(pairs[at] == 70 - at for at in range(27, 32))
    assert all(pairs[at] == 114 - at for at in range(49, 54))
    assert data["hairpins"] == 3 and data["multiloops"] == 1


def test_a_hairpin_adds_up_by_hand():
    # Turner 2004 (NNDB): GG over CC -3.3 kcal/mol, three times; hairpin of 4 bases 5.6, its mismatch GA-AC -1.1
    table = fold_rna("GGGGAAAACCCC").views[-1]
    assert [row[2] for row in table.rows] == [0.0, -3.3, -3.3, -3.3, 4.5]
    assert fold_rna("GGGGAAAACCCC").data["free_energy_kcal_mol"] == pytest.approx(-5.4)


def test_the_energies_of_the_loops_add_up_to_that_of_the_structure():
    for sequence, temperature, *_ in VIENNA:
        folder = Folder(sequence, [BASES.index(letter) for letter in sequence], energies(temperature))
        folding = least_energy_folding(folder)
        assert folding.energy == folder.upto[-1] == sum(loop.energy for loop in folding.loops)


@pytest.mark.parametrize("sequence", ["A", "GC", "GGCC", "GAAAC", "GGAAACC", "UUUUUUUUUU"])
def test_short_chains_stay_open(sequence):
    output = fold_rna(sequence)
    assert output.data["dot_bracket"] == "." * len(sequence)
    assert output.data["free_energy_kcal_mol"] == 0
    assert "stays open" in output.summary


def test_a_hotter_rna_is_less_stable_and_melts():
    energies_by_temperature = [
        fold_rna(TRNA_PHE, at).data["free_energy_kcal_mol"] for at in (20.0, 37.0, 55.0, 75.0, 95.0)
    ]
    assert energies_by_temperature == sorted(energies_by_temperature)
    assert fold_rna("GGGGAAAACCCC", 95.0).data["count"] == 0


def test_model_and_limits_are_said():
    notes = " ".join(fold_rna("GGGGAAAACCCC").notes)
    assert "Turner 2004" in notes and "pseudoknots" in notes and "could be DNA" in notes


@pytest.mark.parametrize(
    ("sequence", "temperature", "where"),
    [
        ("GGGGTTTTCCCC", 37.0, "sequence"),
        ("GGGGNAAACCCC", 37.0, "sequence"),
        ("MKTAYIAKQR", 37.0, "sequence"),
        ("", 37.0, "sequence"),
        ("GGGAAAUCCC" * 101, 37.0, "sequence"),
        ("GGGAAAUCCC", 310.15, "temperature"),
        ("GGGAAAUCCC", -5.0, "temperature"),
    ],
)
def test_what_is_not_folded_is_refused(sequence, temperature, where):
    with pytest.raises(ToolInputError) as caught:
        fold_rna(sequence, temperature)
    assert caught.value.where.startswith(where)

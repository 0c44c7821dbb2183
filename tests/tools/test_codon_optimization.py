"""Coding sequences: they translate back, keep to their constraints, and use the codons that Kazusa's tables say."""

from __future__ import annotations

import itertools
import random

import pytest
from Bio.Restriction import BamHI, BsaI, BsmBI, EcoRI
from Bio.Seq import Seq

from errors import ToolInputError
from tools.biology.codon_optimization import codon_optimize
from tools.biology.codon_usage import adaptation_index, parse_host

#: Green fluorescent protein, UniProt P42212.
GFP = (
    "MSKGEELFTGVVPILVELDGDVNGHKFSVSGEGEGDATYGKLTLKFICTTGKLPVPWPTLVTTFSYGVQCFSRYPDHMKQHDFFKSAMPEGYVQERTIFFKDDGNYKTRAEVKFEGD"
    "TLVNRIELKGIDFKEDGNILGHKLEYNYNSHNVYIMADKQKNGIKVNFKIRHNIEDGSVQLADHYQQNTPIGDGPVLLPDNHYLSTQSALSKDPNEKRDHMVLLEFVTAAGITHGMDELYK"
)


@pytest.mark.parametrize(
    ("host", "codons"),
    [
        # the most used codons of Kazusa's tables, taxa 316407, 4932 and 9606, as its pages print them
        (
            "E. coli",
            {
                "A": "GCG",
                "L": "CTG",
                "R": "CGC",
                "G": "GGC",
                "P": "CCG",
                "T": "ACC",
                "V": "GTG",
                "K": "AAA",
                "*": "TAA",
            },
        ),
        (
            "yeast",
            {
                "A": "GCT",
                "L": "TTG",
                "R": "AGA",
                "G": "GGT",
                "P": "CCA",
                "S": "TCT",
                "V": "GTT",
                "K": "AAA",
                "*": "TAA",
            },
        ),
        (
            "human",
            {
                "A": "GCC",
                "L": "CTG",
                "R": "AGA",
                "G": "GGC",
                "P": "CCC",
                "S": "AGC",
                "V": "GTG",
                "K": "AAG",
                "*": "TGA",
            },
        ),
    ],
)
def test_the_most_used_codons_are_kazusas(host, codons):
    found = parse_host(host)
    assert {residue: found.best(residue) for residue in codons} == codons


def test_the_codons_preferred_by_pichia_are_those_of_its_highly_expressed_genes():
    # Gurkan and Ellar, Microb. Cell Fact. 2005, 4, 33, table 2: first preferences; of Asp, Glu and His the table of all
    # genes (Kazusa) prefers the other codon
    first = {"A": "GCT", "R": "AGA", "N": "AAC", "C": "TGT", "Q": "CAA", "G": "GGT", "I": "ATT", "L": "TTG", "K": "AAG",
             "P": "CCA", "S": "TCT", "T": "ACT", "Y": "TAC", "V": "GTT"}  # fmt: skip
    host = parse_host("P. pastoris")
    assert {residue: host.best(residue) for residue in first} == first


@pytest.mark.parametrize(
    "host", ["e_coli", "yeast", "human", "mouse", "b_subtilis", "c_elegans", "fly", "chicken", "cho", "pichia"]
)
def test_every_table_has_the_standard_codons_in_shares_that_add_up(host):
    usage = parse_host(host).usage
    assert {codon: residue for residue, codons in usage.items() for codon in codons} == {
        codon: str(Seq(codon).translate())
        for codon in ("".join(triple) for triple in itertools.product("ACGT", repeat=3))
    }
    assert all(sum(codons.values()) == pytest.approx(1, abs=0.03) for codons in usage.values())


@pytest.mark.parametrize(
    "host",
    [
        "e_coli",
        "S. cerevisiae",
        "human",
        "mouse",
        "B. subtilis",
        "C. elegans",
        "Drosophila melanogaster",
        "chicken",
        "CHO",
        "Pichia pastoris",
    ],
)
@pytest.mark.parametrize("method", ["best codon", "match usage"])
def test_the_cds_translates_back(host, method):
    output = codon_optimize(GFP, host, method=method)
    assert str(Seq(output.data["sequence"]).translate()) == GFP
    assert output.data["length"] == 3 * len(GFP)


def test_a_stop_only_on_request():
    assert codon_optimize("MKT", "E. coli").data["sequence"] == "ATGAAAACC"
    assert codon_optimize("MKT", "E. coli", stop=True).data["sequence"] == "ATGAAAACCTAA"
    assert codon_optimize("MKT*", "E. coli").data["sequence"] == "ATGAAAACCTAA"


def test_avoided_sites_are_on_neither_strand():
    # a protein whose best human codons hold sites: EF reads GAGTTC, GS GGCAGC, ETL GAGACC (BsaI on the other strand)
    protein = "MEFGSETLRRWEFKLGSETLVSRDETLEFGS"
    plain = codon_optimize(protein, "human").data["sequence"]
    assert BsaI.search(Seq(plain))
    output = codon_optimize(protein, "human", avoid="EcoRI, BamHI, BsaI, BsmBI")
    bases = Seq(output.data["sequence"])
    assert not any(enzyme.search(bases) for enzyme in (EcoRI, BamHI, BsaI, BsmBI))
    assert str(bases.translate()) == protein
    assert output.data["codons_not_the_most_used"] > 0
    assert output.data["avoided"] == ["EcoRI", "BamHI", "BsaI", "BsmBI"]


def test_bases_to_avoid_are_on_neither_strand():
    bases = codon_optimize("MKKKKKKKKFFFFFK", "E. coli", avoid=["AAAAAA"]).data["sequence"]
    assert "AAAAAA" not in bases and "TTTTTT" not in bases


@pytest.mark.parametrize(("least", "most"), [(40, 50), (0.6, None), (None, 0.35)])
def test_the_gc_content_is_within_its_range(least, most):
    bases = codon_optimize(GFP, "human", gc_min=least, gc_max=most).data["sequence"]
    gc = (bases.count("G") + bases.count("C")) / len(bases)
    assert ((least or 0) / (100 if (least or 0) > 1 else 1)) <= gc <= ((most or 1) / (100 if (most or 1) > 1 else 1))
    assert str(Seq(bases).translate()) == GFP


def test_matched_usage_has_the_hosts_shares():
    # 100 Leu in yeast, by Kazusa: TTA 0.28, TTG 0.29, CTT 0.13, CTC 0.06, CTA 0.14, CTG 0.11, of 1.01 in sum
    bases = codon_optimize("M" + "L" * 100, "yeast", method="match usage").data["sequence"]
    codons = [bases[place : place + 3] for place in range(3, len(bases), 3)]
    assert {codon: codons.count(codon) for codon in ("TTA", "TTG", "CTT", "CTC", "CTA", "CTG")} == pytest.approx(
        {"TTA": 28, "TTG": 29, "CTT": 13, "CTC": 6, "CTA": 14, "CTG": 11}, abs=1
    )


def test_the_same_seed_gives_the_same_sequence():
    arguments = {"host": "human", "method": "match usage", "avoid": "BsaI", "gc_max": 0.5}
    first = codon_optimize(GFP, seed=3, **arguments).data["sequence"]
    assert codon_optimize(GFP, seed=3, **arguments).data["sequence"] == first
    assert codon_optimize(GFP, seed=4, **arguments).data["sequence"] != first


def test_the_adaptation_index_by_hand():
    # E. coli by Kazusa: Ala GCT 0.16 and GCG 0.36; Lys AAA is the best; Met and Trp do not count
    host = parse_host("E. coli")
    assert adaptation_index(["ATG", "GCT", "AAA", "TGG"], host) == pytest.approx((0.16 / 0.36) ** 0.5, abs=0.01)
    assert adaptation_index(["ATG", "TGG"], host) is None
    assert codon_optimize(GFP, "E. coli").data["cai"] == 1.0


def test_random_proteins_keep_to_their_constraints():
    draw = random.Random(2)
    for _ in range(8):
        protein = "M" + "".join(draw.choices("ACDEFGHIKLMNPQRSTVWY", k=120))
        bases = Seq(
            codon_optimize(protein, "E. coli", avoid=["BsaI", "BsmBI", "EcoRI"], gc_min=0.4, gc_max=0.55).data[
                "sequence"
            ]
        )
        assert str(bases.translate()) == protein
        assert not any(enzyme.search(bases) for enzyme in (BsaI, BsmBI, EcoRI))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"protein": "MKTAYIAK", "host": "Vero"}, "no codon usage table for the host 'Vero'.*h_sapiens"),
        ({"protein": "MKTAYIAK", "host": "Arabidopsis"}, "no codon usage table"),
        ({"protein": "MKTAYIAK", "host": ""}, "no codon usage table"),
        ({"protein": "MKT*AYIAK", "host": "human"}, "stop"),
        ({"protein": "MKTUAYIAK", "host": "human"}, "U has no codon"),
        ({"protein": "MKTXAYIAK", "host": "human"}, "X has no codon"),
        ({"protein": "ATGGCCATGGCCAAA", "host": "human"}, "not as a protein"),
        ({"protein": "MKTAYIAK", "host": "human", "avoid": "EcoR1"}, "did you mean EcoRI"),
        ({"protein": "MKTAYIMW", "host": "human", "avoid": "ATGTGG"}, "No coding sequence was found"),
        ({"protein": "MKTAYIAK", "host": "human", "gc_min": 0.9}, "allow"),
        ({"protein": "MKTAYIAK", "host": "human", "gc_min": 60, "gc_max": 40}, "above the greatest"),
        ({"protein": "MKTAYIAK", "host": "human", "gc_min": 400}, "not a GC content"),
    ],
)
def test_what_cannot_be_designed_is_refused(arguments, message):
    with pytest.raises(ToolInputError, match=message):
        codon_optimize(**arguments)

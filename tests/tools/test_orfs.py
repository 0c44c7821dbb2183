"""Open reading frames against annotated genes, Biopython's tutorial and frames counted by hand."""

from __future__ import annotations

import random

import pytest
from Bio.Seq import Seq

from errors import ToolInputError
from tests.tools.sequences import phage_lambda, puc19
from tools.biology.orfs import find_orfs

_BLA = (  # UniProt P62593 as in the annotation of pUC19 (Val 84 to Ile and Ala 184 to Val)
    "MSIQHFRVALIPFFAAFCLPVFAHPETLVKVKDAEDQLGARVGYIELDLNSGKILESFRPEERFPMMSTFKVLLCGAVLSRIDAGQEQLGRRIHYSQNDLVEYSPVTEKHLT"
    "DGMTVRELCSAAITMSDNTAANLLLTTIGGPKELTAFLHNMGDHVTRLDRWEPELNEAIPNDERDTTMPVAMATTLRKLLTGELLTLASRQQLIDWMEADKVAGPLLRSALP"
    "AGWFIADKSGAGERGSRGIIAALGPDGKPSRIVVIYTTGSQATMDERNRQIAEIGASLIKHW"
)


def places(sequence: str, **arguments) -> list[tuple[int, int, int]]:
    return [(orf["start"], orf["end"], orf["strand"]) for orf in find_orfs(sequence, **arguments).data["orfs"]]


@pytest.mark.parametrize("circular", [False, True])
def test_the_genes_of_puc19_are_where_its_record_has_them(circular):
    # GenBank L09137 as NEB and SnapGene annotate it: bla complement(1626..2486), lacZ-alpha complement(146..469)
    output = find_orfs(puc19(), table=11, minimum=100, circular=circular)
    assert (1626, 2486, -1) in [(o["start"], o["end"], o["strand"]) for o in output.data["orfs"]]
    assert (146, 469, -1) in [(o["start"], o["end"], o["strand"]) for o in output.data["orfs"]]
    assert output.data["protein"] == _BLA
    assert output.data["longest_length_nt"] == 861


@pytest.mark.parametrize(
    ("gene", "start", "end", "strand"),
    [
        # coding sequences of NC_001416 as its record annotates them; that of A begins with GTG
        ("nu1", 191, 736, 1),
        ("A", 711, 2636, 1),
        ("W", 2633, 2839, 1),
        ("J", 15505, 18903, 1),
        ("int", 27812, 28882, -1),
        ("cro", 38041, 38241, 1),
        ("cII", 38360, 38653, 1),
        ("O", 38686, 39585, 1),
        ("P", 39582, 40283, 1),
        ("Q", 43886, 44509, 1),
        ("R", 45493, 45969, 1),
    ],
)
def test_genes_of_phage_lambda_are_found(gene, start, end, strand):
    table = find_orfs(phage_lambda(), table=11, minimum=30, starts="ATG, GTG").views[1]
    rows = [(row[0], row[1], 1 if row[2] == "+" else -1) for row in table.rows]
    upstream = [row for row in rows if row[2] == strand and (row[1] == end if strand == 1 else row[0] == start)]
    assert upstream, gene  # the stop of the gene ends one ORF
    first, last = upstream[0][:2]
    assert first <= start and last >= end and (start - first) % 3 == 0, gene  # its first ATG may lie before the gene's


def by_hand() -> str:
    #       1  4  7  10 13 16
    return "CCATGAAATGGTAACC"


def test_a_frame_counted_by_hand():
    # frame 3: ATG AAA TGG TAA from base 3 to 14; on the other strand GGTTACCATTTCATGG has ATG only before its end
    output = find_orfs(by_hand())
    assert output.data["count"] == 1
    assert output.data["orfs"] == [
        {
            "start": 3,
            "end": 14,
            "strand": 1,
            "frame": 3,
            "length_nt": 12,
            "length_aa": 3,
            "partial": "no",
            "protein": "MKW",
        }
    ]
    # frame 2: CAT GAA ATG GTA ACC has a start and no stop, and so has the last ATG of the other strand
    open_end, shorter = output.data["without_stop"]
    assert (shorter["strand"], shorter["protein"]) == (-1, "M")
    assert (open_end["start"], open_end["end"], open_end["frame"], open_end["protein"]) == (8, 16, 2, "MVT")


def test_the_reverse_complement_has_the_same_frames_mirrored():
    mirrored = str(Seq(by_hand()).reverse_complement())
    (orf,) = find_orfs(mirrored).data["orfs"]
    assert (orf["start"], orf["end"], orf["strand"], orf["frame"], orf["protein"]) == (3, 14, -1, -3, "MKW")


def test_nested_starts_belong_to_the_longest_frame():
    # ATG GCC ATG GCC TAA: one ORF from the first ATG, as in ORFfinder without nested ORFs
    output = find_orfs("ATGGCCATGGCCTAA")
    assert places("ATGGCCATGGCCTAA") == [(1, 15, 1)]
    assert any("nested" in note for note in output.notes)


def test_mycoplasma_reads_on_where_the_standard_code_stops():
    # NCBI code 4: UGA is Trp
    sequence = "ATGTGAGCCTAA"
    assert find_orfs(sequence, table=1).data["protein"] == "M"
    assert find_orfs(sequence, table=4).data["protein"] == "MWA"
    assert places(sequence, table=4) == [(1, 12, 1)]


def test_a_frame_without_its_stop_is_partial_and_not_counted():
    output = find_orfs("CCGATGGCCGCC")
    assert output.data["count"] == 0
    assert output.data["partial_count"] == 1
    assert output.data["without_stop"][0]["partial"] == "at its 3' end"
    assert output.data["without_stop"][0]["protein"] == "MAA"


def test_other_start_codons_on_request_only():
    # NCBI code 11 lists GTG, TTG, CTG, ATT, ATC, ATA and ATG as starts; each is translated as Met there
    sequence = "CCCGTGGCCGCCTAACCC"
    assert find_orfs(sequence, table=11).data["count"] == 0
    assert find_orfs(sequence, table=11, starts="table").data["protein"] == "MAA"
    assert find_orfs(sequence, table=11, starts="ATG, GTG").data["protein"] == "MAA"
    assert find_orfs(sequence, table=11, starts=["AUG", "GUG"]).data["protein"] == "MAA"


def test_stop_to_stop_finds_what_the_recipe_of_biopythons_tutorial_finds():
    # Biopython tutorial, "Identifying open reading frames": six frames, split at each stop
    draw = random.Random(3)
    for length in (300, 301, 302):
        sequence = "".join(draw.choices("ACGT", k=length))
        expected = []
        for strand, text in ((1, Seq(sequence)), (-1, Seq(sequence).reverse_complement())):
            for frame in range(3):
                whole = 3 * ((length - frame) // 3)
                expected += [
                    (strand * (frame + 1), protein)
                    for protein in str(text[frame : frame + whole].translate(11)).split("*")
                    if len(protein) >= 5
                ]
        found = find_orfs(sequence, table=11, minimum=5, convention="stop-to-stop").views[1]
        assert sorted((row[3], row[8]) for row in found.rows) == sorted(expected)


def test_stop_to_stop_by_hand():
    # TAA GCC GCC TGA: bases 4 to 9 between the two stops, none of them included
    output = find_orfs("TAAGCCGCCTGA", convention="stop-to-stop", minimum=2)
    assert {
        "start": 4,
        "end": 9,
        "strand": 1,
        "frame": 1,
        "length_nt": 6,
        "length_aa": 2,
        "partial": "no",
        "protein": "AA",
    } in (output.data["orfs"])


def test_every_start_to_stop_frame_reads_from_start_to_stop():
    draw = random.Random(11)
    sequence = "".join(draw.choices("ACGT", k=3000))
    output = find_orfs(sequence, minimum=1)
    for row in output.views[1].rows[: output.data["count"]]:
        start, end, strand, protein = row[0], row[1], row[2], row[8]
        read = Seq(sequence[start - 1 : end])
        read = read if strand == "+" else read.reverse_complement()
        assert str(read[:3]) == "ATG"
        assert str(read.translate(cds=True)) == protein


@pytest.mark.parametrize("length", [300, 301, 302])
def test_a_circle_has_the_same_frames_wherever_its_origin_is(length):
    draw = random.Random(length)
    sequence = "".join(draw.choices("ACGT", k=length))
    for convention in ("start-to-stop", "stop-to-stop"):
        proteins = [
            sorted(
                (row[2], row[8])
                for row in find_orfs(turned, minimum=3, circular=True, convention=convention).views[1].rows
            )
            for turned in (sequence[shift:] + sequence[:shift] for shift in (0, 1, 50, 211))
        ]
        assert all(found == proteins[0] for found in proteins)


def test_an_orf_over_the_origin_of_a_circle():
    # ATG GCC GCC TAA with its origin inside: bases 13 to 18, then 1 to 6
    assert places("GCCTAACCCCCGATGGCC", circular=True) == [(13, 6, 1)]
    assert find_orfs("GCCTAACCCCCGATGGCC", circular=False).data["count"] == 0


def test_minimum_in_codons_or_nucleotides():
    sequence = "ATG" + "GCC" * 8 + "TAA"  # 9 codons, 30 nt with the stop
    assert find_orfs(sequence, minimum=9).data["count"] == 1
    assert find_orfs(sequence, minimum=10).data["count"] == 0
    assert find_orfs(sequence, minimum="30 nt").data["count"] == 1
    assert find_orfs(sequence, minimum="31 nt").data["count"] == 0
    assert find_orfs(sequence, minimum="9 aa").data["count"] == 1


def test_rna_is_read_as_well():
    assert find_orfs("AUGGCCUAA").data["protein"] == "MA"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sequence": "MKTAYIAKQR"}, "not DNA or RNA"),
        ({"sequence": "ATGGCCTAA", "table": 7}, "no NCBI genetic code 7"),
        ({"sequence": "ATGGCCTAA", "table": 28}, "every stop codon"),
        ({"sequence": "AT"}, "no codon"),
        ({"sequence": "ATGGCCTAA", "minimum": 0}, "not a least length"),
        ({"sequence": "ATGGCCTAA", "minimum": "long"}, "not a least length"),
        ({"sequence": "ATGGCCTAA", "starts": "TAA"}, "is a stop"),
        ({"sequence": "ATGGCCTAA", "starts": "AT"}, "not a codon"),
    ],
)
def test_what_has_no_frames_is_refused(arguments, message):
    with pytest.raises(ToolInputError, match=message):
        find_orfs(**arguments)

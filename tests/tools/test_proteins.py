"""A protein's numbers against ExPASy ProtParam, UniProt and published sources."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.biology.proteins import aliphatic_index, protein_report

# hen egg-white lysozyme, UniProt P00698, residues 19-147
LYSOZYME = "KVFGRCELAAAMKRHGLDNYRGYSLGNWVCAAKFESNFNTQATNRNTDGSTDYGILQINSRWWCNDGRTPGSRNLCNIPCSALLSSDITASVNCAKKIVSDGNGMNAWVAWRNRCKGTDVQAWIRGCRL"
# human ubiquitin, UniProt P0CG48, residues 1-76
UBIQUITIN = "MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG"
# human preproinsulin, UniProt P01308, and the two chains of the hormone (residues 90-110 and 25-54)
PREPROINSULIN = (
    "MALWMRLLPLLALLALWGPDPAAAFVNQHLCGSHLVEALYLVCGERGFFYTPKTRREAEDLQVGQVELGGGPGAGSLQPLALEGSLQKRGIVEQCCTSICSLYQLENYCN"
)
INSULIN_A, INSULIN_B = "GIVEQCCTSICSLYQLENYCN", "FVNQHLCGSHLVEALYLVCGERGFFYTPKT"
# green fluorescent protein, UniProt P42212
GFP = (
    "MSKGEELFTGVVPILVELDGDVNGHKFSVSGEGEGDATYGKLTLKFICTTGKLPVPWPTLVTTFSYGVQCFSRYPDHMKQHDFFKSAMPEGYVQERTIFFKDDGNYKTRA"
    "EVKFEGDTLVNRIELKGIDFKEDGNILGHKLEYNYNSHNVYIMADKQKNGIKVNFKIRHNIEDGSVQLADHYQQNTPIGDGPVLLPDNHYLSTQSALSKDPNEKRDHMVL"
    "LEFVTAAGITHGMDELYK"
)


def test_lysozyme_agrees_with_expasy_protparam():
    data = protein_report(LYSOZYME).data
    assert data["length"] == 129
    assert data["average_mass_da"] == pytest.approx(14313.1, abs=0.1)
    assert data["formula"] == "C613H959N193O185S10"
    assert data["isoelectric_point"] == pytest.approx(9.32, abs=0.01)
    assert data["extinction_coefficient_oxidized"] == 37970
    assert data["extinction_coefficient_reduced"] == 37470
    assert data["absorbance_1_g_per_l_oxidized"] == pytest.approx(2.653, abs=0.001)
    assert data["gravy"] == pytest.approx(-0.472, abs=0.001)
    assert data["instability_index"] == pytest.approx(16.09, abs=0.01)
    assert data["aliphatic_index"] == pytest.approx(65.12, abs=0.01)


def test_ubiquitin_agrees_with_expasy_protparam():
    data = protein_report(UBIQUITIN).data
    assert data["length"] == 76
    assert data["average_mass_da"] == pytest.approx(8564.8, abs=0.1)
    assert data["isoelectric_point"] == pytest.approx(6.56, abs=0.01)
    assert data["extinction_coefficient_reduced"] == 1490  # one Tyr, no Trp, no Cys
    assert data["extinction_coefficient_oxidized"] == 1490


def test_preproinsulin_agrees_with_uniprot_and_expasy():
    data = protein_report(f">sp|P01308|INS_HUMAN\n{PREPROINSULIN}").data
    assert data["length"] == 110
    assert data["average_mass_da"] == pytest.approx(11981, abs=0.5)  # UniProt gives whole daltons
    assert data["isoelectric_point"] == pytest.approx(5.22, abs=0.01)


def test_green_fluorescent_protein_agrees_with_uniprot_and_expasy():
    data = protein_report(GFP).data
    assert data["length"] == 238
    assert data["average_mass_da"] == pytest.approx(26886, abs=0.5)
    assert data["isoelectric_point"] == pytest.approx(5.67, abs=0.01)
    assert data["extinction_coefficient_oxidized"] == 22015  # one Trp, eleven Tyr, one pair of Cys
    assert data["extinction_coefficient_reduced"] == 21890


@pytest.mark.parametrize(
    ("sequence", "pi"),
    # zeros of the charge by hand, pK values of Bjellqvist et al. 1993/1994; Biopython's search ends at 4.05 and at 12, and gives these
    [(INSULIN_A, 3.79), ("DDDD", 3.52), ("PRRRRSSSRPVRRRRRPRVSRRRRRRGGRRRR", 13.30)],  # the last: salmon protamine
)
def test_very_acidic_and_very_basic_chains_have_their_own_isoelectric_point(sequence, pi):
    assert protein_report(sequence).data["isoelectric_point"] == pytest.approx(pi, abs=0.02)


def test_a_single_cysteine_makes_no_cystine():
    # Pace et al. 1995: Trp 5500, cystine 125; three Cys make one cystine
    assert protein_report("WACK").data["extinction_coefficient_oxidized"] == 5500
    assert protein_report("WCACKC").data["extinction_coefficient_oxidized"] == 5625


def test_selenocysteine_is_weighed_and_what_is_assumed_is_said():
    # Sec has selenium where Cys has sulfur: 78.971 - 32.06 (IUPAC 2021)
    with_sec, with_cys = protein_report("MKUEL"), protein_report("MKCEL")
    assert with_sec.data["average_mass_da"] - with_cys.data["average_mass_da"] == pytest.approx(46.911, abs=0.011)
    assert with_sec.data["gravy"] is None
    assert with_sec.data["instability_index"] is None
    assert any("selenol of Sec" in note for note in with_sec.notes)


def test_residues_that_are_not_certain_are_refused_with_their_place():
    with pytest.raises(ToolInputError, match="holds B, X") as refused:
        protein_report("MKTXAYBIK")
    assert refused.value.where == "sequence, position 4"


def test_one_residue_is_singular():
    assert "Protein of 1 residue:" in protein_report("W").summary


def test_leucine_enkephalin_has_its_published_monoisotopic_mass():
    # YGGFL, C28H37N5O7: 555.2693 (PubChem CID 461776)
    assert protein_report("YGGFL").data["monoisotopic_mass_da"] == pytest.approx(555.2693, abs=0.002)


def test_the_aliphatic_index_is_ikais_formula():
    # one residue each of A, V, I, L: 25 + 2.9 x 25 + 3.9 x 50 = 292.5 (Ikai 1980)
    assert aliphatic_index("AVIL") == pytest.approx(292.5)


def test_gravy_is_the_mean_of_kyte_and_doolittles_values():
    # I 4.5, R -4.5 (Kyte and Doolittle 1982, table 2)
    assert protein_report("IIRR").data["gravy"] == 0.0
    assert protein_report("IIII").data["gravy"] == 4.5


@pytest.mark.parametrize("sequence", ["ATGGCCATTGTAATGGGCC", "MKX", "MK*T", "insulin", "CCO", "AUGGCUUAA" * 3, ""])
def test_what_is_no_protein_with_definite_numbers_is_refused(sequence):
    with pytest.raises(ToolInputError):
        protein_report(sequence)


def test_hydropathy_is_the_mean_of_kyte_and_doolittles_values_and_the_composition_is_drawn():
    # Kyte and Doolittle 1982: Ile 4.5, Arg -4.5, Ala 1.8
    output = protein_report("I" * 9 + "R" * 9 + "A")
    hydropathy, composition = [view for view in output.views if view.kind == "plot"]
    assert (hydropathy.series[0].x[0], hydropathy.series[0].y[0]) == (5.0, 4.5)
    assert hydropathy.series[0].y[9] == -4.5 and hydropathy.series[0].y[10] == -3.8  # (8 * -4.5 + 1.8) / 9
    counts = dict(zip(composition.x_names, composition.series[0].y, strict=True))
    assert len(counts) == 20 and {letter: n for letter, n in counts.items() if n} == {"A": 1.0, "I": 9.0, "R": 9.0}

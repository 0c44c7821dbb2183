"""A protein's numbers against ExPASy ProtParam, UniProt and published sources."""

from __future__ import annotations

import pytest

from errors import ToolInputError
from tools.biology.proteins import aliphatic_index, protein_report

# hen egg-white lysozyme, UniProt P00698, residues 19-147
LYSOZYME = "KVFGRCELAAAMKRHGLDNYRGYSLGNWVCAAKFESNFNTQATNRNTDGSTDYGILQINSRWWCNDGRTPGSRNLCNIPCSALLSSDITASVNCAKKIVSDGNGMNAWVAWRNRCKGTDVQAWIRGCRL"
# human ubiquitin, UniProt P0CG48, residues 1-76
UBIQUITIN = "MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG"


def test_lysozyme_agrees_with_expasy_protparam():
    data = protein_report(LYSOZYME).data
    assert data["length"] == 129
    assert data["average_mass_da"] == pytest.approx(14313.1, abs=1)
    assert data["isoelectric_point"] == pytest.approx(9.32, abs=0.05)
    assert data["extinction_coefficient_oxidized"] == 37970
    assert data["extinction_coefficient_reduced"] == 37470


def test_ubiquitin_agrees_with_expasy_protparam():
    data = protein_report(UBIQUITIN).data
    assert data["length"] == 76
    assert data["average_mass_da"] == pytest.approx(8564.8, abs=1)
    assert data["isoelectric_point"] == pytest.approx(6.56, abs=0.05)
    assert data["extinction_coefficient_reduced"] == 1490  # one Tyr, no Trp, no Cys
    assert data["extinction_coefficient_oxidized"] == 1490


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

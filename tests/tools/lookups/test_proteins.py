"""UniProt, the PDB, AlphaFold DB and NCBI through the tools."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import gemmi
import pytest

from errors import ToolError, ToolInputError
from tests.tools.lookups.stand_in import Reply, recorded
from tests.tools.sequences import puc19
from tools.registry import Toolbox

STRUCTURES = Path(__file__).resolve().parents[1] / "structures"
UNIPROT, DATA, FILES = "rest.uniprot.org", "data.rcsb.org", "files.rcsb.org"
ALPHAFOLD, NCBI = "alphafold.ebi.ac.uk", "eutils.ncbi.nlm.nih.gov"
TOOLS = Toolbox.load(("tools.lookups.uniprot", "tools.lookups.rcsb", "tools.lookups.alphafold", "tools.lookups.ncbi"))
INSULIN = (
    "MALWMRLLPLLALLALWGPDPAAAFVNQHLCGSHLVEALYLVCGERGFFYTPKTRREAEDLQVGQVELGGGPGAGSLQPLALEGSLQKRGIVEQCCTSICSLYQLENYCN"
)


def called(name, **arguments):
    return TOOLS[name](arguments)


def views_of(result, kind):
    return [view for view in result.views if view.kind == kind]


# UniProt ------------------------------------------------------------------------------------------------------------


def test_an_entry_is_told_with_sequence_and_features(stand_in, gate):
    stand_in.answers(UNIPROT, r"/uniprotkb/P01308\.json", "uniprot_insulin.json")
    result = called("uniprot_entry", protein="p01308")
    assert result.summary == "P01308 (INS_HUMAN, reviewed) is Insulin of Homo sapiens, gene INS, 110 residues."
    assert result.data["sequence"] == INSULIN
    assert result.data["average_mass_da"] == 11981
    assert result.data["pdb_ids"] == ["1A7F"]
    assert "protein" not in result.data, "which the conversation would take for residues"
    assert result.data["function"] == ["Insulin decreases blood glucose concentration."]
    [view] = views_of(result, "sequence")
    assert [(one.group, one.start, one.end) for one in view.features] == [
        ("Signal", 1, 24),
        ("Propeptide", 57, 87),
        ("Disulfide bond", 31, 96),
    ]
    assert any("CC BY 4.0" in note for note in result.notes)


def test_a_gene_symbol_without_organism_is_refused_and_not_sent(stand_in, gate):
    with pytest.raises(ToolInputError, match=r"^'INS' is a gene symbol, and many organisms have a gene of that name \(organism\); name the organism, such as human\.$"):  # fmt: skip
        called("uniprot_entry", protein="INS")
    assert stand_in.connections == 0


def test_a_gene_of_an_organism_is_sought_among_reviewed_entries_first(stand_in, gate):
    stand_in.answers(UNIPROT, r"/uniprotkb/search\?query=.*", "uniprot_search_insulin.json")
    stand_in.answers(UNIPROT, r"/uniprotkb/P01308\.json", "uniprot_insulin.json")
    result = called("uniprot_entry", protein="INS", organism="human")
    assert result.data["accession"] == "P01308"
    assert "query=%28gene_exact%3AINS+AND+organism_id%3A9606%29+AND+%28reviewed%3Atrue%29" in stand_in.asked[0].path


@pytest.mark.parametrize(
    ("organism", "term"),
    [
        ("Mus musculus", "organism_id%3A10090"),
        ("83333", "organism_id%3A83333"),
        ("Vitis vinifera", "organism_name%3A%22vitis+vinifera%22"),
    ],
)
def test_an_organism_is_a_name_or_a_number(stand_in, gate, organism, term):
    stand_in.answers(UNIPROT, ".*", {"results": []})
    with pytest.raises(ToolInputError, match="UniProt has no entry for 'INS of"):
        called("uniprot_entry", protein="INS", organism=organism)
    assert all(term in request.path for request in stand_in.asked)
    assert len(stand_in.asked) == 2, "reviewed entries, then all"
    with pytest.raises(ToolInputError, match="is no organism's name"):
        called("uniprot_entry", protein="INS", organism='x" OR *')


def test_several_entries_are_listed(stand_in, gate):
    one = {"entryType": "UniProtKB reviewed (Swiss-Prot)", "primaryAccession": "P0DP23", "uniProtkbId": "CALM1_HUMAN"}
    stand_in.answers(
        UNIPROT, ".*", {"results": [one, {**one, "primaryAccession": "P0DP24", "uniProtkbId": "CALM2_HUMAN"}]}
    )
    result = called("uniprot_entry", protein="CALM", organism="human")
    assert result.summary == "'CALM of human' fits 2 entries of UniProt: P0DP23 (CALM1_HUMAN), P0DP24 (CALM2_HUMAN)."
    assert [hit["accession"] for hit in result.data["hits"]] == ["P0DP23", "P0DP24"]


def test_an_accession_that_is_no_more_is_said_with_what_took_its_place(stand_in, gate):
    stand_in.answers(UNIPROT, r"/uniprotkb/P00001\.json", "uniprot_demerged.json")
    with pytest.raises(ToolInputError) as caught:
        called("uniprot_entry", protein="P00001")
    assert str(caught.value) == (
        "The UniProt entry P00001 is no longer active: it was split into P99999, P99998 (protein); ask for the one that is meant."
    )
    deleted = {
        "entryType": "Inactive",
        "primaryAccession": "A0A008APQ8",
        "inactiveReason": {"inactiveReasonType": "DELETED", "deletedReason": "Not part of a reference proteome"},
    }
    stand_in.answers(UNIPROT, r"/uniprotkb/A0A008APQ8\.json", deleted)
    with pytest.raises(ToolInputError, match=r"it was deleted \(Not part of a reference proteome\)"):
        called("uniprot_entry", protein="A0A008APQ8")


def test_a_merged_accession_leads_to_its_heir_and_says_so(stand_in, gate):
    stand_in.answers(
        UNIPROT, r"/uniprotkb/Q5EEX2\.json", Reply(b"", 303, headers=(("Location", "/uniprotkb/P01308?from=Q5EEX2"),))
    )
    stand_in.answers(UNIPROT, r"/uniprotkb/P01308\?from=Q5EEX2", "uniprot_insulin.json")
    result = called("uniprot_entry", protein="Q5EEX2")
    assert "Q5EEX2 was merged into P01308, which is shown." in result.notes


def test_an_isoform_has_its_own_residues(stand_in, gate):
    isoforms = {"commentType": "ALTERNATIVE PRODUCTS", "isoforms": [
        {"name": {"value": "1"}, "isoformIds": ["P01308-1"], "isoformSequenceStatus": "Displayed"},
        {"name": {"value": "2"}, "isoformIds": ["P01308-2"], "isoformSequenceStatus": "Described"}]}  # fmt: skip
    entry = json.loads(recorded("uniprot_insulin.json").body)
    entry["comments"].append(isoforms)
    stand_in.answers(UNIPROT, r"/uniprotkb/P01308\.json", entry)
    stand_in.answers(
        UNIPROT,
        r"/uniprotkb/P01308-2\.fasta",
        Reply(b">sp|P01308-2|INS_HUMAN\nMALWMRLLPLLALLALWGPDPAAA\n", content_type="text/plain"),
    )
    stand_in.answers(UNIPROT, r"/uniprotkb/P01308-9\.fasta", Reply(b"", 404))
    canonical = called("uniprot_entry", protein="P01308")
    assert "The sequence is the canonical one (P01308-1) of 2 isoforms; name another as P01308-2." in canonical.notes
    isoform = called("uniprot_entry", protein="P01308-2")
    assert isoform.data["sequence"] == "MALWMRLLPLLALLALWGPDPAAA"
    assert isoform.data["accession"] == "P01308-2"
    assert views_of(isoform, "sequence")[0].features == ()
    with pytest.raises(
        ToolInputError, match=r"P01308 has no isoform 'P01308-9' \(protein\); it has P01308-1, P01308-2"
    ):
        called("uniprot_entry", protein="P01308-9")


def test_unreviewed_entries_are_called_so_and_strange_sequences_do_not_pass(stand_in, gate):
    body = recorded("uniprot_insulin.json").body
    stand_in.answers(
        UNIPROT, ".*", Reply(body.replace(b"UniProtKB reviewed (Swiss-Prot)", b"UniProtKB unreviewed (TrEMBL)"))
    )
    result = called("uniprot_entry", protein="P01308")
    assert "unreviewed" in result.summary
    assert any("no curator has read them" in note for note in result.notes)
    stand_in.answers(UNIPROT, ".*", Reply(body.replace(b"MALWMRL", b"<svg>RL")))
    with pytest.raises(ToolError, match=r"JSON of another shape at sequence\.value"):
        called("uniprot_entry", protein="P01308", refresh=True)


@pytest.mark.parametrize("bad", ["", "P0130", "../P01308", "P01308/../x", "P01308 P01309", "hello world"])
def test_what_is_no_accession_is_refused_and_not_sent(stand_in, gate, bad):
    for name, argument in (("uniprot_entry", "protein"), ("alphafold_model", "accession")):
        with pytest.raises(ToolInputError):
            called(name, **{argument: bad})
    assert stand_in.connections == 0


# RCSB ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def entry_1pfe(stand_in):
    file = gzip.decompress((STRUCTURES / "1pfe.cif.gz").read_bytes())
    stand_in.answers(DATA, "/rest/v1/core/entry/1PFE", "rcsb_1pfe.json")
    stand_in.answers(FILES, r"/download/1PFE(-assembly1)?\.cif", Reply(file, content_type="text/plain"))
    return stand_in


def test_a_structure_is_fetched_from_two_hosts_and_shown(entry_1pfe, gate):
    result = called("fetch_structure", pdb_id="1pfe")
    assert result.summary.startswith(
        "1PFE, Echinomycin-(GCGTACGC)2 complex: X-ray diffraction at 1.1 Å, asymmetric unit, "
    )
    assert result.data["resolution_a"] == 1.1
    assert (result.data["deposited"], result.data["doi"]) == ("2003-05-26", "10.1107/S090744490500137X")
    [view] = views_of(result, "structure3d")
    assert view.format == "mmcif"
    assert [host for host, *_ in gate.asked] == [DATA, FILES]
    assert result.provenance.host == f"{DATA}, {FILES}"
    assert result.notes[0] == (
        "This is the asymmetric unit, as it was deposited; what is active in the cell may be more or less of it: "
        "1 biological assembly is told, and form 'assembly' fetches the first."
    )
    assert any("CC0" in note for note in result.notes)


def test_the_assembly_is_another_file_and_is_called_so(entry_1pfe, gate):
    result = called("fetch_structure", pdb_id="1PFE", form="assembly")
    assert entry_1pfe.asked[1].path == "/download/1PFE-assembly1.cif"
    assert any(note.startswith("This is biological assembly 1") for note in result.notes)
    assert result.data["form"] == "assembly"


def test_an_obsolete_entry_is_refused_with_its_successors(stand_in, gate):
    stand_in.answers(DATA, "/rest/v1/core/entry/1HHB", Reply(b"", 404))
    stand_in.answers(DATA, "/rest/v1/holdings/removed/1HHB", "rcsb_removed_1hhb.json")
    with pytest.raises(ToolInputError) as caught:
        called("fetch_structure", pdb_id="1HHB")
    assert str(caught.value) == (
        "The PDB entry 1HHB is obsolete: it was withdrawn on 1984-07-17 and replaced by 2HHB, 3HHB, 4HHB (pdb_id); ask for 2HHB."
    )
    stand_in.answers(DATA, "/rest/v1/holdings/removed/9ZZZ", Reply(b"", 404))
    stand_in.answers(DATA, "/rest/v1/core/entry/9ZZZ", Reply(b"", 404))
    with pytest.raises(ToolInputError, match="The PDB has no entry '9ZZZ'"):
        called("fetch_structure", pdb_id="9ZZZ")


def test_a_file_that_is_no_structure_is_said(entry_1pfe, gate):
    for body, content_type, sentence in (
        (b"data_x\nloop_\n_a.b\n", "text/plain", "RCSB PDB answered with a file that cannot be read: "),
        (
            b"<html>",
            "text/html",
            "RCSB PDB answered with something that cannot be read (a web page in place of a file)",
        ),
    ):
        entry_1pfe.answers(FILES, ".*", Reply(body, content_type=content_type))
        with pytest.raises(ToolError) as caught:
            called("fetch_structure", pdb_id="1PFE", refresh=True)
        assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(("given", "asked"), [("pdb_00001pfe", "1PFE"), ("1PFE", "1PFE")])
def test_both_forms_of_an_identifier_are_one(entry_1pfe, gate, given, asked):
    assert called("fetch_structure", pdb_id=given).data["pdb_id"] == asked


@pytest.mark.parametrize("bad", ["", "PFE1", "1PF", "1PFE.cif", "1PF/", "crambin"])
def test_what_is_no_pdb_identifier_is_refused(stand_in, gate, bad):
    with pytest.raises(ToolInputError):
        called("fetch_structure", pdb_id=bad)
    assert stand_in.connections == 0


# AlphaFold ----------------------------------------------------------------------------------------------------------


def predicted_model() -> tuple[bytes, list[float]]:
    """The atoms of 1ORC with made-up confidences: the first ten residues at 45, five more at 65, the others at 95."""
    structure = gemmi.read_pdb_string(gzip.decompress((STRUCTURES / "1orc.pdb.gz").read_bytes()).decode())
    structure.remove_ligands_and_waters()
    confidence = []
    for place, residue in enumerate(structure[0][0]):
        confidence.append(45.0 if place < 10 else 65.0 if place < 15 else 95.0)
        for atom in residue:
            atom.b_iso = confidence[-1]
    structure.setup_entities()
    return structure.make_mmcif_document().as_string().encode(), confidence


@pytest.fixture
def cro(stand_in):
    stand_in.answers(ALPHAFOLD, "/api/prediction/P03040", "alphafold_prediction.json")
    stand_in.answers(
        ALPHAFOLD, r"/files/AF-P03040-F1-model_v6\.cif", Reply(predicted_model()[0], content_type="chemical/x-mmcif")
    )
    return stand_in


def test_what_is_below_70_is_not_presented_as_fact(cro, gate):
    _, confidence = predicted_model()
    count, mean = len(confidence), sum(confidence) / len(confidence)
    result = called("alphafold_model", accession="P03040")
    assert cro.asked[1].path == "/files/AF-P03040-F1-model_v6.cif", "not the isoform's, which is listed first"
    assert result.data["residues"] == count
    assert result.data["plddt_mean"] == pytest.approx(mean, abs=0.01)
    assert result.data["plddt_below_70_fraction"] == pytest.approx(15 / count, abs=1e-4)
    assert result.data["plddt_below_50_fraction"] == pytest.approx(10 / count, abs=1e-4)
    [uncertain], [confident] = result.data["uncertain_ranges"], result.data["confident_ranges"]
    assert result.notes[0] == f"Not to be relied on (pLDDT below 70): residues {uncertain}."
    assert confident != uncertain
    assert f"{100 * 15 / count:.0f} % of its {count} residues are below 70 and no fact." in result.summary
    assert "(P03040, v6)" in result.summary
    [view] = views_of(result, "structure3d")
    assert view.b_column == "plddt"
    [plot] = views_of(result, "plot")
    assert plot.series[0].y == tuple(confidence)
    assert plot.series[1].y == (70.0, 70.0)
    [table] = views_of(result, "table")
    assert [row[1:] for row in table.rows] == [
        (15, round((450 + 325) / 15, 1), "below 70, no fact"),
        (count - 15, 95.0, "confident"),
    ]


@pytest.mark.parametrize("url", ["https://evil.example/files/AF-P03040-F1-model_v6.cif", "http://alphafold.ebi.ac.uk/files/a.cif",
                                 "https://alphafold.ebi.ac.uk/files/../../etc/x.cif", "https://alphafold.ebi.ac.uk@evil.example/files/a.cif", ""])  # fmt: skip
def test_a_file_elsewhere_is_not_fetched(cro, gate, url):
    cro.answers(ALPHAFOLD, "/api/prediction/P03040", [{"modelEntityId": "AF-P03040-F1", "cifUrl": url}])
    with pytest.raises(ToolError, match="which is none of its own; it was not fetched"):
        called("alphafold_model", accession="P03040")
    assert cro.connections == 1


def test_a_protein_without_a_model_is_said(stand_in, gate):
    stand_in.answers(ALPHAFOLD, "/api/prediction/P12345", Reply(b'{"error": "none"}', 404))
    with pytest.raises(ToolInputError, match="AlphaFold DB has no model of 'P12345'"):
        called("alphafold_model", accession="P12345")


# NCBI ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def plasmid(stand_in):
    fasta = f">L09137.2 Cloning vector pUC19c, complete sequence\n{puc19()}\n".encode()
    stand_in.answers(NCBI, r"/entrez/eutils/esummary\.fcgi\?.*", "ncbi_puc19_summary.json")
    stand_in.answers(
        NCBI,
        r"/entrez/eutils/efetch\.fcgi\?db=nuccore&id=L09137\.2&rettype=fasta&retmode=text&tool=retort",
        Reply(fasta, content_type="text/plain"),
    )
    return stand_in


def test_a_sequence_without_a_version_says_which_version_came(plasmid, gate):
    result = called("ncbi_sequence", accession="L09137")
    assert result.data["accession"] == "L09137.2"
    assert result.data["length"] == 2686
    assert result.summary == "L09137.2 is Cloning vector pUC19c, complete sequence, 2,686 nt."
    assert (
        "L09137 names no version; the newest, L09137.2, was taken. Cite it with its version: another may differ."
        in result.notes
    )
    [view] = views_of(result, "sequence")
    assert (view.residues, view.circular) == (puc19(), True)
    assert not any("names no version" in note for note in called("ncbi_sequence", accession="L09137.2").notes)
    assert all("email" not in request.path for request in plasmid.asked)


def test_a_stretch_is_asked_for_as_such(plasmid, gate):
    plasmid.answers(
        NCBI,
        r".*efetch.*&seq_start=10&seq_stop=19",
        Reply(f">L09137.2:10-19\n{puc19()[9:19]}\n".encode(), content_type="text/plain"),
    )
    result = called("ncbi_sequence", accession="L09137.2", start=10, end=19)
    assert result.data["sequence"] == puc19()[9:19]
    assert views_of(result, "sequence")[0].circular is False
    with pytest.raises(ToolInputError, match="2,600 to 2,700 is no stretch of it"):
        called("ncbi_sequence", accession="L09137.2", start=2600, end=2700)


def test_a_chromosome_is_not_fetched_whole(plasmid, gate):
    body = recorded("ncbi_puc19_summary.json").body.replace(b'"slen": 2686', b'"slen": 248956422')
    plasmid.answers(NCBI, r"/entrez/eutils/esummary\.fcgi\?.*", Reply(body))
    with pytest.raises(ToolInputError, match="has 248,956,422 residues, and at most 100,000 are read"):
        called("ncbi_sequence", accession="NC_000001.11")
    assert plasmid.connections == 1


def test_an_accession_that_ncbi_does_not_have_is_said(stand_in, gate):
    stand_in.answers(NCBI, ".*", "ncbi_nothing.json")
    with pytest.raises(ToolInputError, match=r"NCBI has no sequence 'NM_999999999\.1'"):
        called("ncbi_sequence", accession="NM_999999999.1")
    assert "db=nuccore" in stand_in.asked[0].path
    with pytest.raises(ToolInputError):
        called("ncbi_sequence", accession="NP_999999999.1")
    assert "db=protein" in stand_in.asked[1].path


def test_fewer_residues_than_were_told_are_no_answer(plasmid, gate):
    plasmid.answers(NCBI, ".*efetch.*", Reply(b">L09137.2\nACGTACGT\n", content_type="text/plain"))
    with pytest.raises(ToolError, match=r"NCBI sent 8 residues of L09137\.2 in place of 2,686"):
        called("ncbi_sequence", accession="L09137.2")


def test_a_replaced_or_suppressed_record_is_called_so(plasmid, gate):
    body = recorded("ncbi_puc19_summary.json").body.replace(
        b'"strand": ""', b'"strand": "", "status": "suppressed", "replacedby": "L09137.3"'
    )
    plasmid.answers(NCBI, r"/entrez/eutils/esummary\.fcgi\?.*", Reply(body))
    notes = called("ncbi_sequence", accession="L09137.2").notes
    assert "NCBI says of this record: suppressed." in notes
    assert "It is replaced by L09137.3." in notes

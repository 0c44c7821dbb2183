"""Files in the page: attached, read, asked about row by row, stopped, downloaded; a long paste; a wrong file."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.test_conversation import A_WHILE, ask, finished, open_page

STRUCTURES = Path(__file__).parents[1] / "tools" / "structures"
#: Average molecular weights of PubChem: ethanol CID 702, benzene 241, aspirin 2244.
MASSES = {"ethanol": ("CCO", 46.07), "benzene": ("c1ccccc1", 78.11), "aspirin": ("CC(=O)Oc1ccccc1C(=O)O", 180.16)}


def table(path: Path, rows: int) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "smiles"])
        named = list(MASSES)
        for number in range(rows):
            name = named[number % 3]
            writer.writerow([f"{name} {number + 1}", "C1CC" if number == 4 else MASSES[name][0]])
    return path


def attach(page, path):
    page.locator("#composer input[type=file]").set_input_files(str(path))
    expect(page.locator("#composer .thumbnail-item")).to_be_visible(timeout=A_WHILE)


def test_a_table_is_read_and_a_tool_is_run_over_it_and_the_results_are_downloaded(page, server, tmp_path):
    open_page(page, server.url)
    attach(page, table(tmp_path / "compounds.csv", 300))
    ask(page, "What is in this file?")
    finished(page)
    expect(page.locator(".tool-summary")).to_have_text("compounds.csv: a CSV file with 300 rows and 2 columns.")
    expect(page.locator(".question .attached")).to_have_text("compounds.csv")
    page.locator(".offers select").select_option("describe_molecule")
    page.locator("[data-action=over]").click()
    expect(page.locator(".tool-summary").last).to_have_text(
        "describe_molecule over 300 records of compounds.csv: 299 answered, 1 refused.", timeout=A_WHILE
    )
    rows = page.locator(".view.rows")
    expect(rows.locator(".view-note")).to_have_text("300 records · 1 refused")
    expect(rows.locator("tbody tr").nth(1)).to_contain_text("46.069")
    expect(rows.locator("tr.refused")).to_contain_text("C1CC")
    assert rows.locator("tbody tr").count() < 60  # of 300: only those in sight, and a few beyond
    with page.expect_download() as downloading:
        rows.get_by_role("link", name="CSV").click()
    with open(downloading.value.path(), newline="", encoding="utf-8-sig") as file:
        written = list(csv.DictReader(file))
    assert len(written) == 300
    for number, row in enumerate(written):
        name = row["name"].split()[0]
        assert row["name"] == f"{name} {number + 1}"  # in the order of the file
        if number == 4:
            assert "ring" in row["error"] and row["average_mass_da"] == ""
        else:
            assert float(row["average_mass_da"]) == pytest.approx(MASSES[name][1], abs=0.01)
    page.reload()
    expect(page.locator(".view.rows tbody tr").nth(1)).to_contain_text("46.069", timeout=A_WHILE)


def test_a_batch_is_stopped_and_keeps_what_is_done(page, server, tmp_path):
    open_page(page, server.url)
    attach(page, table(tmp_path / "many.csv", 20_000))
    ask(page, "Compute the logP of every compound")
    rows = page.locator(".view.rows")
    expect(rows.locator("tbody td").first).to_be_visible(timeout=A_WHILE)
    expect(rows.locator(".view-note")).to_contain_text("of 20,000 records")
    page.locator("#composer .stop-button").click()
    finished(page)
    expect(rows.locator(".view-note")).to_contain_text("stopped; what is done is kept", timeout=A_WHILE)
    done = int(re.match(r"[\d,]+", rows.locator(".view-note").inner_text())[0].replace(",", ""))
    assert 0 < done < 20_000
    with page.expect_download() as downloading:
        rows.get_by_role("link", name="CSV").click()
    assert len(Path(downloading.value.path()).read_text(encoding="utf-8").splitlines()) == done + 1


def test_a_long_paste_becomes_a_file_and_is_translated(page, server):
    open_page(page, server.url)
    page.locator("#composer textarea").focus()
    page.evaluate(
        """letters => {
             const pasted = new DataTransfer();
             pasted.setData("text/plain", letters);
             document.activeElement.dispatchEvent(
               new ClipboardEvent("paste", {clipboardData: pasted, bubbles: true, cancelable: true}));
           }""",
        "ATG" + "GCTGAAAAA" * 500 + "TAA",
    )
    expect(page.locator("#composer .thumbnail-item")).to_be_visible(timeout=A_WHILE)
    ask(page, "Translate it")
    finished(page)
    expect(page.locator(".tool-summary")).to_contain_text("codes for 1,501 residues (MAEKAEKAEK")


def test_a_structure_is_attached_and_asked_about(page, server, tmp_path):
    (tmp_path / "capsid.pdb").write_bytes(gzip.decompress((STRUCTURES / "1a8o.pdb.gz").read_bytes()))
    open_page(page, server.url)
    attach(page, tmp_path / "capsid.pdb")
    ask(page, "How many chains does it have?")
    finished(page)
    # RCSB entry 1A8O: one protein chain of 70 residues, X-ray diffraction at 1.70 Å
    expect(page.locator(".tool-summary")).to_contain_text("1 chain (1 protein), 70 residues")
    ask(page, "What is around GLN A 155 in file_1?")
    finished(page)
    expect(page.locator(".tool-card").last).to_contain_text("select: GLN A 155")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"%PDF-1.7 rest", "is a PDF; attach a picture"), (b"MZ\0\0\0", "is neither text nor a table; attach a picture")],
)
def test_a_file_that_nobody_here_reads_is_refused_and_stays_in_the_composer(page, server, tmp_path, content, said):
    (tmp_path / "data.csv").write_bytes(content)
    open_page(page, server.url)
    attach(page, tmp_path / "data.csv")
    ask(page, "What is in it?")
    expect(page.locator(".toast-body")).to_contain_text(said)
    expect(page.locator("#composer .thumbnail-item")).to_be_visible()


def test_a_broken_file_is_told_by_its_record_and_line(page, server, tmp_path):
    (tmp_path / "broken.fasta").write_text(">a\nMKTAYIAK\n>b\nMKT4AYI\n", encoding="utf-8")
    open_page(page, server.url)
    attach(page, tmp_path / "broken.fasta")
    ask(page, "What is in it?")
    finished(page)
    expect(page.locator(".tool-summary")).to_contain_text("1 broken, the first is record 2 (line 4), which holds '4'")

"""``read_file``: each format by its content, what is wrong in it by record and line, and the caps."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from rdkit import Chem
from rdkit.Chem import AllChem

from errors import ToolInputError
from tools.files import read_file
from tools.inputs import opened_files

FOLDER = Path(__file__).parent / "structures"
CSV = "id,smiles,activity\nm1,CCO,5.1\nm2,CCN,6.2\nm3,c1ccccc1,7.0\n"
FASTA = ">sp|P69905 alpha\nMVLSPADKTNVKAAWGK\n>dna\nATGGCCTAA\n"
XYZ = "3\nwater\nO 0.000 0.000 0.117\nH 0.000 0.757 -0.469\nH 0.000 -0.757 -0.469\n"
# after GenBank U49845, its first 30 bases
GENBANK = """LOCUS       SCU49845                  30 bp    DNA     linear   PLN 21-JUN-1999
DEFINITION  Saccharomyces cerevisiae TCP1-beta gene, partial cds.
ACCESSION   U49845
VERSION     U49845.1
SOURCE      Saccharomyces cerevisiae (baker's yeast)
  ORGANISM  Saccharomyces cerevisiae
FEATURES             Location/Qualifiers
     source          1..30
     CDS             <1..30
ORIGIN
        1 gatcctccat atacaacggt atctccacct
//
"""


def molblock(smiles: str, name: str = "", *, deep: bool = False) -> str:
    mol = Chem.MolFromSmiles(smiles)
    if deep:
        mol = Chem.AddHs(mol)
        AllChem.EmbedMolecule(mol, randomSeed=7)
    else:
        AllChem.Compute2DCoords(mol)
    mol.SetProp("_Name", name)
    return Chem.MolToMolBlock(mol)


SDF = "".join(
    f"{molblock(smiles, name)}> <activity>\n{activity}\n\n$$$$\n"
    for smiles, name, activity in (
        ("CCO", "ethanol", "5.1"),
        ("CC(=O)O", "acetic acid", "6.2"),
        ("c1ccccc1", "benzene", "7.0"),
    )
)


def workbook(rows: list[list], *, sheet_name: str = "Data") -> bytes:
    """A minimal XLSX by ECMA-376: shared strings, inline strings, numbers, a date style, booleans."""
    strings: list[str] = []
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for place, value in enumerate(row):
            reference = f"{chr(65 + place)}{number}"
            if value is None:
                continue
            if isinstance(value, bool):
                cells.append(f'<c r="{reference}" t="b"><v>{int(value)}</v></c>')
            elif isinstance(value, (int, float)):
                cells.append(f'<c r="{reference}"><v>{value}</v></c>')
            elif value.startswith("date:"):
                cells.append(f'<c r="{reference}" s="1"><v>{value[5:]}</v></c>')
            elif value.startswith("inline:"):
                cells.append(f'<c r="{reference}" t="inlineStr"><is><t>{value[7:]}</t></is></c>')
            else:
                strings.append(value)
                cells.append(f'<c r="{reference}" t="s"><v>{len(strings) - 1}</v></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    parts = {
        "xl/workbook.xml": f'<workbook {main} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        f'<sheet name="{sheet_name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{''.join(lines)}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {main}>{''.join(f'<si><r><t>{s[:1]}</t></r><r><t>{s[1:]}</t></r></si>' for s in strings)}</sst>",
        "xl/styles.xml": f'<styleSheet {main}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as book:
        for path, text in parts.items():
            book.writestr(path, text)
    return held.getvalue()


@pytest.mark.parametrize(
    ("text", "kind", "count"),
    [(CSV, "CSV", 3), (CSV.replace(",", "\t"), "TSV", 3), (CSV.replace(",", ";"), "CSV", 3), (FASTA, "FASTA", 2), (XYZ, "XYZ", 1), (XYZ * 3, "XYZ", 3),
     (GENBANK, "GenBank", 1), (GENBANK * 2, "GenBank", 2), (SDF, "SDF", 3), (molblock("CCO", "ethanol"), "MOL", 1), ("CCO ethanol\nCCN amine\n", "list of lines", 2),
     ("CCO\nCCN\nCCC\n", "list of lines", 3)],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.csv", "b.pdb", "no_ending"])
def test_the_kind_is_told_by_the_content_and_not_by_the_name(tmp_path, text, kind, count, name):
    (path := tmp_path / name).write_text(text)
    data = read_file(str(path)).data
    assert (data["kind"], data["count"], data["broken_count"]) == (kind, count, 0)


@pytest.mark.parametrize("text", [CSV, FASTA, XYZ, GENBANK, SDF])
@pytest.mark.parametrize("form", ["dos", "mac", "mark", "gzip", "utf-16", "blank lines"])
def test_other_line_ends_marks_and_packings_change_nothing(tmp_path, text, form):
    plain = read_file(text).data
    data = {
        "dos": text.replace("\n", "\r\n").encode(),
        "mac": text.replace("\n", "\r").encode(),
        "mark": b"\xef\xbb\xbf" + text.encode(),
        "gzip": gzip.compress(text.encode()),
        "utf-16": text.encode("utf-16"),
        "blank lines": text.encode() if "M  END" in text else ("\n\n" + text + "\n\n").encode(),
    }[form]
    (path := tmp_path / "file").write_bytes(data)
    found = read_file(str(path)).data
    assert {key: found[key] for key in ("kind", "count", "broken", "columns")} == {
        key: plain[key] for key in ("kind", "count", "broken", "columns")
    }


def test_structures_are_read_as_such():
    output = read_file(str(FOLDER / "1orc.pdb.gz"))
    assert (output.data["kind"], output.data["models"]) == ("PDB", 1)
    assert output.data["chains"] == [{"chain": "A", "kind": "protein", "residues": 64, "ligands": 0, "waters": 57}]
    assert output.views[0].kind == "structure3d"
    assert read_file(str(FOLDER / "1pfe.cif.gz")).data["kind"] == "mmCIF"


def test_columns_are_told_by_what_they_hold():
    columns = {one["name"]: one for one in read_file(CSV).data["columns"]}
    assert [one["holds"] for one in columns.values()] == ["text", "SMILES", "numbers"]
    assert (columns["activity"]["least"], columns["activity"]["most"]) == (5.1, 7.0)


def test_a_missing_header_is_seen():
    output = read_file("CCO,5.1\nCCN,6.2\nCCC,7.0\n")
    assert output.data["count"] == 3
    assert [one["name"] for one in output.data["columns"]] == ["column 1", "column 2"]
    assert any("No header" in note for note in output.notes)
    assert read_file("CCO,ethanol\nCCN,ethylamine\nCCC,propane\n").data["count"] == 3


def test_broken_rows_keep_their_number_and_line():
    output = read_file('id,value\na,1\n\nb\nc,3,4\n"d,e",5\n,\nf,6\n')
    assert output.data["broken"] == [
        {"record": 2, "line": 4, "what": "has 1 field, and the table has 2 columns"},
        {"record": 3, "line": 5, "what": "has 3 fields, and the table has 2 columns"},
        {"record": 5, "line": 7, "what": "is empty"},
    ]
    assert (output.data["count"], output.data["good_count"]) == (6, 3)
    assert "record 2 (line 4)" in output.summary


def test_a_field_with_line_breaks_is_one_field():
    output = read_file('id,text\na,"one\ntwo"\nb,x\nc\n')
    assert output.data["count"] == 3
    assert output.data["broken"][0]["line"] == 5


def test_an_open_quote_is_told_at_its_line():
    broken = read_file('id,value\na,1\nb,"2\nc,3\n').data["broken"]
    assert broken == [
        {"record": 2, "line": 3, "what": "opens a quote that is never closed; what follows cannot be told apart"}
    ]


def test_repeated_names_and_columns_are_told():
    output = read_file("id,value,value\na,1,2\nb,3,4\na,5,6\n")
    assert output.data["repeated_names"] == {"a": [1, 3]}
    assert [one["name"] for one in output.data["columns"]] == ["id", "value", "value (2)"]
    assert read_file(">x\nMKT\n>x\nMKT\n").data["repeated_names"] == {"x": [1, 2]}
    assert read_file(SDF + SDF).data["repeated_names"]["ethanol"] == [1, 4]


def test_a_comma_that_may_mark_thousands_or_decimals_gives_no_range():
    (_, column) = read_file("id;x\na;1,234\nb;2,345\n").data["columns"]
    assert column["holds"] == "numbers" and "least" not in column
    (_, column) = read_file("id;x\na;1,5\nb;2,25\n").data["columns"]
    assert (column["least"], column["most"]) == (1.5, 2.25)


def test_broken_sequences_are_told():
    output = read_file("; comment\n>a\nMKT\n>b\n>c\nMKT\nAC1GT\n>d\n---\n")
    assert output.data["broken"] == [
        {"record": 2, "line": 4, "what": "has a header and no sequence"},
        {"record": 3, "line": 7, "what": "holds '1', which is no letter of a sequence"},
        {"record": 4, "line": 8, "what": "holds gaps alone"},
    ]


def test_broken_genbank_records_are_told():
    cut = GENBANK + GENBANK.replace("//\n", "") + GENBANK.replace("30 bp", "40 bp")
    found = read_file(cut).data["broken"]
    assert [(one["record"], one["line"]) for one in found] == [(2, 23), (3, 24)]
    assert "truncated" in found[0]["what"] and "announces 40 residues, but 30" in found[1]["what"]
    assert (
        "no sequence"
        in read_file(GENBANK + GENBANK.replace("        1 gatcctccat atacaacggt atctccacct\n", "")).data["broken"][0][
            "what"
        ]
    )


def test_broken_sd_records_are_told():
    one = molblock("CCO", "ethanol")
    lines = one.splitlines()
    broken = "\n".join([*lines[:4], lines[4].replace("C ", "Xq", 1), *lines[5:]]) + "\n"
    text = f"{one}$$$$\n$$$$\n{broken}$$$$\n{one[:-10]}\n$$$$\n{one}"
    found = read_file(text).data
    assert found["count"] == 5
    first = len(lines) + 1
    assert [(entry["record"], entry["line"]) for entry in found["broken"]][:2] == [(2, first + 1), (3, first + 2 + 4)]
    assert [entry["what"][:20] for entry in found["broken"]] == [
        "is empty",
        "cannot be read: 'Xq'",
        "ends before 'M  END'",
        "ends without $$$$: i",
    ]


def test_sd_data_fields_are_columns():
    output = read_file(SDF)
    assert [one["name"] for one in output.data["columns"]] == ["atoms", "activity"]
    (table,) = [view for view in output.views if view.kind == "table" and view.title == "Records"]
    assert table.rows[1][:6] == (2, table.rows[1][1], "acetic acid", "CC(=O)O", "4", "6.2")


def test_molecules_in_three_dimensions_are_shown_so():
    assert read_file(molblock("CCO", "x", deep=True)).views[0].kind == "structure3d"
    assert read_file(molblock("CCO", "x")).views[0].kind == "svg"


def test_a_broken_frame_ends_an_xyz_file():
    found = read_file(XYZ + XYZ.replace("H 0.000 0.757", "H 0.000 x")).data
    assert found["broken"] == [{"record": 2, "line": 9, "what": "has a line that is no element with three coordinates"}]
    assert (
        "truncated" in read_file(XYZ + XYZ[:-30]).data["broken"][0]["what"]
        or read_file(XYZ + XYZ[:-30]).data["broken_count"] == 1
    )


def test_frames_have_formulas():
    (table,) = [view for view in read_file(XYZ).views if view.kind == "table"]
    assert "H2O" in table.rows[0]


def test_workbooks_are_read_with_dates_and_gaps(tmp_path):
    # ECMA-376 part 1, 18.17.4.1: serial date 45292 is 1 January 2024
    rows = [
        ["id", "smiles", "day", "ok"],
        ["m1", "CCO", "date:45292", True],
        ["inline:m2", "CCN", "date:45292.5", False],
        ["m3", None, None, True],
    ]
    (path := tmp_path / "x.txt").write_bytes(workbook(rows))
    output = read_file(str(path))
    assert (output.data["kind"], output.data["count"], output.data["broken_count"]) == ("XLSX", 3, 0)
    (table,) = [view for view in output.views if view.kind == "table" and view.title == "Records"]
    assert table.rows[0][2:6] == ("m1", "CCO", "2024-01-01", "TRUE")
    assert table.rows[1][2:6] == ("m2", "CCN", "2024-01-01 12:00:00", "FALSE")
    assert table.rows[2][3] == ""


def test_a_workbook_that_swells_or_is_damaged_is_refused(tmp_path, monkeypatch):
    data = workbook([["id", "x"], *([["a", 1]] * 5000)])
    (path := tmp_path / "x.xlsx").write_bytes(data[:-200])
    with pytest.raises(ToolInputError, match="damaged"):
        read_file(str(path))
    path.write_bytes(data)
    monkeypatch.setattr("tools.inputs.workbooks.MOST_BYTES", 100_000)
    with pytest.raises(ToolInputError, match="unpacks to"):
        read_file(str(path))


def test_a_document_type_in_a_workbook_is_refused(tmp_path):
    held = io.BytesIO(workbook([["id"], ["a"]]))
    with zipfile.ZipFile(held) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/sharedStrings.xml"] = (
        b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "aaaa">]>' + parts["xl/sharedStrings.xml"]
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    (path := tmp_path / "x.xlsx").write_bytes(held.getvalue())
    with pytest.raises(ToolInputError, match="damaged"):
        read_file(str(path))


@pytest.mark.parametrize("beginning", [FASTA, CSV, SDF, XYZ, "HEADER    X\n", "data_x\n", "PK\x03\x04"])
def test_a_file_of_200_mb_is_refused_unread(tmp_path, monkeypatch, beginning):
    with (path := tmp_path / "large").open("wb") as file:
        file.write(beginning.encode())
        file.truncate(200_000_000)  # a hole, which takes no space
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    with pytest.raises(ToolInputError, match="has 200 MB"):
        read_file(str(path))


def test_more_lines_than_can_be_read_in_time_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(opened_files, "MOST_LINES", 1000)
    (path := tmp_path / "long.csv").write_text("id,x\n" + "a,1\n" * 1000)
    with pytest.raises(ToolInputError, match="1,001 lines"):
        read_file(str(path))
    path.write_text("id,x\n" + "a,1\n" * 999)
    assert read_file(str(path)).data["count"] == 999


def test_a_gzip_bomb_stops_at_the_cap(tmp_path):
    (path := tmp_path / "bomb.gz").write_bytes(gzip.compress(b"\n" * (opened_files.MOST_BYTES + 10)))
    with pytest.raises(ToolInputError, match="unpacks to more than 100 MB"):
        read_file(str(path))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b"  \n \n", "is empty"),
        (gzip.compress(CSV.encode())[:-12], "ends in the middle"),
        (b"\x1f\x8b" + b"\x00" * 40, "damaged"),
        (gzip.compress(gzip.compress(b"a,b\n1,2\n")), "packed twice"),
        (b"%PDF-1.7\n", "PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"\x89PNG\r\n", "picture"),
        (b"a,b\n1,\x002\n", "zero byte"),
        (b"PK\x03\x04 broken", "damaged ZIP"),
        (b"$RXN\n\n\n", "reaction file"),
        (b"@<TRIPOS>MOLECULE\n", "MOL2"),
        (b"@read1\nACGT\n+\nIIII\n", "FASTQ"),
        (b"CLUSTAL W\n\na ACGT\n", "Clustal"),
        (b"ID   LYSC_CHICK  Reviewed; 30 AA.\n", "EMBL or UniProt"),
        (b"<!DOCTYPE html>\n<html></html>\n", "HTML"),
        (b"<?xml version='1.0'?>\n<a/>\n", "XML"),
        (b'[{"id": 1}]\n', "JSON"),
        (b"This is a letter, and no data.\nIt has sentences.\nIt ends here.\n", "no format known"),
        (b"data_x\nloop_\n_atom_site_label\n_atom_site_fract_x\nC1 0.1\n", "small molecule"),
        (b"\xff\xfea", "UTF-16"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_records_is_a_sentence(tmp_path, data, what):
    (path := tmp_path / "file").write_bytes(data)
    with pytest.raises(ToolInputError, match=what) as caught:
        read_file(str(path))
    assert caught.value.where.startswith("file") and caught.value.hint


def test_a_zip_archive_is_told_from_a_workbook(tmp_path):
    with zipfile.ZipFile(path := tmp_path / "x.xlsx", "w") as book:
        book.writestr("a.csv", CSV)
    with pytest.raises(ToolInputError, match="a ZIP archive"):
        read_file(str(path))


def test_latin_letters_of_windows_are_read_and_said(tmp_path):
    (path := tmp_path / "x.csv").write_bytes("id,name\n1,Käse\n2,Öl\n".encode("cp1252"))
    output = read_file(str(path))
    assert any("Windows-1252" in note and "line 2" in note for note in output.notes)
    assert output.views[0].rows[0][3] == "Käse"


@pytest.mark.parametrize("file", ["", "/nowhere/x.csv", "x" * 5000, "a\0b", "4HHB"])
def test_what_is_no_path_is_a_sentence(file):
    with pytest.raises(ToolInputError):
        read_file(file)


def test_a_single_broken_record_is_a_sentence_with_its_line():
    with pytest.raises(ToolInputError, match="no letter of a sequence") as caught:
        read_file(">a\nMKT\nA7T\n")
    assert caught.value.where == "file, line 3"


@pytest.mark.parametrize(
    ("text", "kind", "count"),
    [
        ("aspirin\ncaffeine\nibuprofen\n", "list of lines", 3),
        ("ATGGCCATTGTAATGGGCCG\nCTATCGGGCACCCTTTCAGC\n", "list of lines", 2),  # primers
        ("DRVYIHPFHLVIHNKLM\nRPPGFSPFRWETDAC\n", "list of lines", 2),
        (("ATGGCCATTG" * 6 + "\n") * 3 + "TAA\n", "FASTA", 1),
        ("MEEPQSDPSVEPPLSQETFSDLWKLLPENNVL", "FASTA", 1),
    ],
)
def test_lines_of_letters_are_one_sequence_only_where_they_are_wrapped(tmp_path, text, kind, count):
    (path := tmp_path / "a.txt").write_text(text)
    data = read_file(str(path)).data
    assert (data["kind"], data["count"]) == (kind, count)

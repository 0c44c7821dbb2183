"""``python -m tools over``: one row out for each record of a file, in its order, and files that are whole however it ends."""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from rdkit import Chem

from errors import ToolError, ToolInputError
from tests.tools.test_files import GENBANK, SDF, molblock, workbook
from tools.batch_output import BatchOutput, RowAnswer, flat
from tools.in_order import LOOK_AHEAD
from tools.inputs.opened_files import open_file
from tools.over_files import read_rows, read_state
from tools.over_progress import Progress
from tools.over_records import records_of
from tools.over_running import Batch

ROOT = Path(__file__).resolve().parents[2]
THREADS = 3
#: PubChem, computed by PubChem: CID 702, 2244, 2519, 241: molecular weight, monoisotopic mass.
ETHANOL, ASPIRIN, CAFFEINE, BENZENE = (
    (46.07, 46.041864811),
    (180.16, 180.04225873),
    (194.19, 194.08037557),
    (78.11, 78.046950192),
)


def over(file: Path, tool: str, out: Path, *more: str) -> tuple[int, list[dict], dict, str]:
    """The exit status, the rows, the state, and what stands on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "tools", "over", str(file), "--tool", tool, "--out", str(out), *more],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
    )  # fmt: skip
    return done.returncode, read_rows(out, 0, 1_000_000), read_state(out), done.stderr.decode()


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def sd_records(folder: Path) -> list[Chem.Mol | None]:
    return list(Chem.SDMolSupplier(str(folder / "results.sdf")))


class Caller:
    """Stands for the workers: answers from ``answer(arguments)`` after a pause, and counts what is under way."""

    def __init__(self, answer, pause=lambda: 0.0) -> None:
        self.answer, self.pause = answer, pause

    def call_as_json(self, name, arguments, *, cancel, views, network):
        assert views in ("molfile", "none")
        time.sleep(self.pause())
        if cancel.is_set():
            raise ToolError(f"{name} was stopped.")
        if name == "convert_notation":
            raise ToolInputError("Not drawn here")
        data, notes = self.answer(arguments)
        return json.dumps(
            {"summary": "Said.", "data": data, "notes": notes, "views": [], "provenance": {"libraries": {"rdkit": "1"}}}
        ).encode()


def run(plan, caller, folder: Path, stop=None) -> int:
    folder.mkdir(exist_ok=True)
    progress = Progress(folder, {"tool": plan.tool, "arguments": {}, "file": "given"}, to_program=False)
    return Batch(plan, caller, THREADS, folder).run(progress, stop or SimpleNamespace(came=False))


# --- every kind of file, through the command line


def test_a_table_of_windows_comes_out_row_by_row_with_its_errors_in_their_rows(tmp_path):
    file = written(
        tmp_path, "drugs.txt",
        b"\xef\xbb\xbfid,canonical_smiles,comment\r\n1,CCO,\"two\r\nlines\"\r\n2,,nothing\r\n3,C1CC,open ring\r\n4,CC(=O)Oc1ccccc1C(=O)O\r\n"
        b"5,CC(=O)Oc1ccccc1C(=O)O,=1+1\r\n6,Cn1c(=O)c2c(ncn2C)n(C)c1=O,-3.5\r\n",
    )  # fmt: skip
    status, rows, state, said = over(file, "describe_molecule", tmp_path / "out", "--progress")
    assert (status, said) == (0, "")
    assert [row["row"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row["line"] for row in rows] == [2, 4, 5, 6, 7, 8]
    assert [row["ok"] for row in rows] == [True, False, False, False, True, True]
    assert [row["name"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert "The cell is empty (column 'canonical_smiles', line 4)" in rows[1]["sentence"]
    assert rows[2]["error"]["where"] == "molecule, character 2"
    assert "has 2 fields, and the table has 3 columns (row 4, line 6)" in rows[3]["sentence"]
    for row, (mass, exact) in ((rows[0], ETHANOL), (rows[4], ASPIRIN), (rows[5], CAFFEINE)):
        assert row["data"]["average_mass_da"] == pytest.approx(mass, abs=0.01)
        assert row["data"]["monoisotopic_mass_da"] == pytest.approx(exact, abs=1e-4)
    assert (state["state"], state["done"], state["failed"], state["total"]) == ("done", 6, 3, 6)
    assert (state["column"], state["kind"], state["file"]) == ("canonical_smiles", "CSV", "drugs.txt")
    assert state["columns"] == list(rows[0]["data"])
    assert "The column 'canonical_smiles' was taken for 'molecule': by its header." in state["notes"]
    out = table(tmp_path / "out")
    assert [row["row"] for row in out] == ["1", "2", "3", "4", "5", "6"]
    assert [row["comment"] for row in out] == ["two\nlines", "nothing", "open ring", "", "'=1+1", "-3.5"]
    assert [bool(row["error"]) for row in out] == [False, True, True, True, False, False]
    assert any("an apostrophe stands before 1 text" in note for note in state["notes"])
    mols = sd_records(tmp_path / "out")
    assert [mol.GetProp("row") for mol in mols] == ["1", "5", "6"]
    assert [Chem.MolToSmiles(mol) for mol in mols] == [rows[at]["data"]["smiles"] for at in (0, 4, 5)]
    assert all(any(abs(x) > 0.1 for x in mol.GetConformer().GetPositions()[:, 0]) for mol in mols)


def test_the_records_of_an_sd_file_keep_their_blocks_and_a_broken_one_its_place(tmp_path):
    broken = molblock("CCN", "ethylamine").replace("  3  2", "  9  2", 1)
    first, *others = SDF.split("$$$$\n")
    content = f"{first}$$$$\n{broken}\n$$$$\n" + "$$$$\n".join(others)
    file = written(tmp_path, "named.csv", gzip.compress(content.encode()))  # the name says nothing
    status, rows, state, _ = over(file, "describe_molecule", tmp_path / "out")
    assert status == 0
    assert [(row["name"], row["ok"]) for row in rows] == [
        ("ethanol", True), ("ethylamine", False), ("acetic acid", True), ("benzene", True),
    ]  # fmt: skip
    counts_line = content.split("\n").index(next(line for line in content.split("\n") if line.startswith("  9  2"))) + 1
    assert f"record 2, line {counts_line}" in rows[1]["sentence"]
    assert rows[3]["data"]["monoisotopic_mass_da"] == pytest.approx(BENZENE[1], abs=1e-4)
    assert rows[0]["values"] == {"activity": "5.1"}
    mols = sd_records(tmp_path / "out")
    assert [mol.GetProp("_Name") for mol in mols] == ["ethanol", "acetic acid", "benzene"]
    assert [mol.GetProp("activity") for mol in mols] == ["5.1", "6.2", "7.0"]
    assert (tmp_path / "out" / "results.sdf").read_text().startswith(first.split("M  END")[0])
    assert any("It was unpacked from gzip" in note for note in state["notes"])


def test_sequences_and_a_workbook(tmp_path):
    fasta = written(tmp_path, "a.fasta", ">angiotensin II\nDRVYI\nHPF\n>nothing\n>what\nMKT1AYIAK\n>brady\nRPPGFSPFR\n")
    status, rows, state, _ = over(fasta, "protein_report", tmp_path / "one")
    assert (status, [row["ok"] for row in rows]) == (0, [True, False, False, True])
    assert [row["line"] for row in rows] == [1, 4, 5, 7]
    assert rows[0]["input"] == "DRVYIHPF"
    # PubChem CID 172198 (angiotensin II): 1045.53449661 Da; CID 439201 (bradykinin): 1059.56139
    assert rows[0]["data"]["monoisotopic_mass_da"] == pytest.approx(1045.5345, abs=1e-3)
    assert rows[3]["data"]["monoisotopic_mass_da"] == pytest.approx(1059.5614, abs=1e-3)
    assert not (tmp_path / "one" / "results.sdf").exists()
    assert state["files"] == ["results.csv"]
    book = written(tmp_path, "b", workbook([["Code", "Formula"], ["w", "H2O"], ["x", ""], ["g", "C6H12O6"]]))
    status, rows, _, _ = over(book, "formula_report", tmp_path / "two")
    assert (status, [row["ok"] for row in rows]) == (0, [True, False, True])
    # PubChem CID 962 and 5793: 18.015 and 180.16 g/mol
    assert [rows[at]["data"]["average_mass_da"] for at in (0, 2)] == pytest.approx([18.015, 180.16], abs=0.01)


def test_what_cannot_be_run_is_one_sentence_and_exit_status_2(tmp_path):
    file = written(tmp_path, "a.pdf", b"%PDF-1.7 \0")
    status, rows, state, said = over(file, "describe_molecule", tmp_path / "out")
    assert (status, rows, state["state"]) == (2, [], "failed")
    assert said == f"Retort: {state['sentence']}\n"
    assert state["sentence"] == "'a.pdf' is a PDF document (file); export the data as a text file."
    assert state["error"]["where"] == "file"


def test_a_refusal_leaves_no_results_of_an_earlier_run(tmp_path):
    file = written(tmp_path, "a.csv", "symbol\nFe\nXx\n")
    status, rows, _, _ = over(file, "element", tmp_path / "out")
    assert (status, [row["ok"] for row in rows]) == (0, [True, False])
    (tmp_path / "out" / "mine.txt").write_text("kept")
    status, rows, state, _ = over(file, "element", tmp_path / "out", "--column", "none")
    assert (status, rows, state["state"]) == (2, [], "failed")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["mine.txt", "state.json"]
    status, _, _, said = over(file, "element", tmp_path / "a.csv")
    assert (status, said.startswith("Retort: Nothing can be written to")) == (2, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_what_is_done_stays(tmp_path, number):
    smiles = ["CCO", "c1ccccc1O", "CC(=O)O", "oops"]
    file = written(tmp_path, "a.csv", "smiles\n" + "\n".join(smiles[at % 4] for at in range(50_000)))
    process = subprocess.Popen(
        [sys.executable, "-m", "tools", "over", str(file), "--tool", "describe_molecule", "--out", str(tmp_path), "--progress"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["done"] >= 20:
            break
    process.send_signal(number)
    last = process.stdout.read().splitlines()[-1]
    assert process.wait(30) == 130
    state = read_state(tmp_path)
    assert json.loads(last) == state
    assert (state["state"], state["total"]) == ("stopped", 50_000)
    assert 20 <= state["done"] < 50_000
    rows = read_rows(tmp_path, 0, 1_000_000)
    assert [row["row"] for row in rows] == list(range(1, state["done"] + 1))
    assert [row["ok"] for row in rows] == [row["row"] % 4 != 0 for row in rows]
    assert [int(row["row"]) for row in table(tmp_path)] == [row["row"] for row in rows]
    mols = sd_records(tmp_path)
    assert [int(mol.GetProp("row")) for mol in mols] == [row["row"] for row in rows if row["ok"]]
    assert not list(tmp_path.glob("*.part"))


# --- order, memory, faults


def test_ten_thousand_rows_keep_their_order_and_little_of_them_is_held(plan, tmp_path):
    pauses = random.Random(3)
    under_way, most, lock = 0, 0, threading.Lock()
    made = plan("code,symbol\n" + "".join(f"c{at},X{at}\n" for at in range(10_000)), "element")
    read = made.records.read

    def counted():
        nonlocal under_way, most
        for record in read():
            with lock:
                under_way += 1
                most = max(most, under_way)
            yield record

    object.__setattr__(made.records, "read", counted)
    add = BatchOutput.add

    def answer(arguments):
        return {"said": arguments["symbol"]}, []

    def given(self, row):
        nonlocal under_way
        add(self, row)
        with lock:
            under_way -= 1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BatchOutput, "add", given)
        assert run(made, Caller(answer, lambda: pauses.random() / 5000), tmp_path / "out") == 0
    assert most <= LOOK_AHEAD * THREADS + 1
    rows = read_rows(tmp_path / "out", 0, 10_000)
    assert [(row["row"], row["name"], row["data"]["said"]) for row in rows] == [
        (at + 1, f"c{at}", f"X{at}") for at in range(10_000)
    ]
    assert read_rows(tmp_path / "out", 9_998, 50) == rows[9_998:]
    assert read_rows(tmp_path / "out", 10_000, 50) == []
    assert [row["said"] for row in table(tmp_path / "out")] == [f"X{at}" for at in range(10_000)]


def test_a_row_whose_worker_dies_is_an_error_in_its_row(plan, tmp_path):
    def answer(arguments):
        if arguments["molecule"] == "CCN":
            raise ToolError("describe_molecule ended without an answer (its process died); give it something smaller.")
        return {"x": 1}, []

    assert run(plan("smiles\nCCO\nCCN\nCCC\n"), Caller(answer), tmp_path / "out") == 0
    rows = read_rows(tmp_path / "out", 0, 9)
    assert [row["ok"] for row in rows] == [True, False, True]
    assert "its process died" in rows[1]["sentence"]


def test_output_has_a_limit_which_ends_it_with_whole_files(plan, tmp_path, monkeypatch):
    monkeypatch.setattr("tools.batch_output.MOST_OUTPUT_BYTES", 20_000)
    made = plan("symbol\n" + "Fe\n" * 2_000, "element")
    assert run(made, Caller(lambda _: ({"text": "x" * 500}, []), lambda: 0.001), tmp_path / "out") == 130
    state = read_state(tmp_path / "out")
    assert state["state"] == "stopped"
    assert "It ended early" in state["notes"][-1]
    assert len(table(tmp_path / "out")) == state["done"] < 2_000


def test_reading_before_anything_is_written(tmp_path):
    assert read_rows(tmp_path / "none", 0, 10) == []
    assert read_state(tmp_path / "none") == {}


# --- what is written


def test_notes_of_every_row_are_told_once_and_the_others_beside_their_rows(plan, tmp_path):
    def answer(arguments):
        return {"x": 1}, ["Masses by IUPAC.", *(["2 components."] if "." in arguments["molecule"] else [])]

    run(plan("smiles\nCCO\nCCN.Cl\n"), Caller(answer), tmp_path / "out")
    assert [row["notes"] for row in table(tmp_path / "out")] == ["", "2 components."]
    notes = read_state(tmp_path / "out")["notes"]
    assert "Of every row: Masses by IUPAC." in notes
    assert not any("2 components" in note for note in notes)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("@SUM(1)", "'@SUM(1)"), ("+alpha", "'+alpha"), ("-CH3", "'-CH3"),
        ("-1.5", "-1.5"), ("+2", "+2"), (-1.5, "-1.5"), ("(-)-menthol", "(-)-menthol"), ("[Na+]", "[Na+]"), (None, ""), (True, "true"),
    ],
)  # fmt: skip
def test_no_text_of_a_table_is_a_formula_and_numbers_stay_numbers(tmp_path, value, cell):
    output = BatchOutput(tmp_path, ("given",))
    row = {"row": 1, "line": 2, "name": "", "input": "", "values": {"given": "x"}, "ok": True}
    output.add(RowAnswer({**row, "summary": "", "data": {"said": value}, "notes": []}))
    output.finish()
    assert table(tmp_path)[0]["said"] == cell


def test_a_value_cannot_end_its_field_or_its_record(tmp_path):
    output = BatchOutput(tmp_path, ("a<b>",))
    row = {
        "row": 1,
        "line": 1,
        "name": "x",
        "input": "",
        "values": {"a<b>": "one\n\n$$$$\n> <forged>\nend"},
        "ok": True,
    }
    answer = {**row, "summary": "", "data": {"x": True}, "notes": []}
    output.add(RowAnswer(answer, molblock("CCO", "ethanol")))
    output.add(RowAnswer({**answer, "row": 2}, molblock("CCN", "")))
    output.finish()
    one, two = sd_records(tmp_path)
    assert (one.GetProp("_Name"), two.GetProp("_Name")) == ("ethanol", "x")
    assert one.GetPropsAsDict() == {"row": 1, "a_b_": "one\n $$$$\n > <forged>\nend", "x": "true"}
    assert two.GetProp("row") == "2"


def test_lists_and_objects_are_json_in_a_cell_and_what_is_too_long_is_counted(tmp_path):
    assert flat({"states": {"C": [-3, -1]}, "many": ["abcdefgh"] * 9_000, "x": 1.5}) == {
        "states": '{"C":[-3,-1]}', "many": "(9,000 values, too long for a cell)", "x": 1.5,
    }  # fmt: skip


def test_columns_of_the_file_that_are_called_as_a_result_are_told_apart(plan, tmp_path):
    run(plan("smiles,error\nCCO,none\n"), Caller(lambda _: ({"smiles": "OCC"}, [])), tmp_path / "out")
    [row] = table(tmp_path / "out")
    assert (row["smiles (in the file)"], row["smiles"], row["error (in the file)"], row["error"]) == (
        "CCO",
        "OCC",
        "none",
        "",
    )


# --- which column, which argument


def test_too_many_records_are_refused_before_any_is_answered(tmp_path):
    file = written(tmp_path, "a.smi", "C\n" * 200_001)
    with pytest.raises(ToolInputError, match="has 200,001 records; at most 200,000 are taken at once"):
        records_of(open_file(str(file)))


@pytest.mark.parametrize(
    "content",
    [
        SDF, SDF.removesuffix("$$$$\n"), f"$$$$\n{SDF}", molblock("CCO"), ">a\nACGT\n;x\n>b\n", "x\n>a\nACGT\n>b\nTTT", ";old\n>a\nACGT\n",
        GENBANK, GENBANK * 3, GENBANK.removesuffix("//\n") + GENBANK, "a,b\n\n1,2\n\"3\n4\",5\n6\n", "CCO\nCCN\n",
    ],
)  # fmt: skip
def test_the_number_that_is_told_first_is_the_number_of_records(tmp_path, content):
    records = records_of(open_file(str(written(tmp_path, "given", content))))
    assert records.total == sum(1 for _ in records.read())

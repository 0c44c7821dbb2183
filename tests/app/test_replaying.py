"""Saved conversations are replayed with the libraries of today: what is equal, what differs, what is not made again."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app import batches, offering, rerunning
from app.exporting.as_notebook import as_notebook
from app.exporting.writing import as_json, document_of
from app.replaying import read_recording, replay
from app.rerunning import Rerun
from errors import UploadError
from model.messages import Text, ToolCall, ToolResult
from tests.app.conversations import (
    CALLS,
    Place,
    called,
    conversation_with_a_table,
    long_conversation,
    over_file,
    picture,
)

ROOT = Path(__file__).resolve().parents[2]
MEMORY_MB = 2048


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return Place.under(tmp_path_factory.mktemp("replayed"))


@pytest.fixture(scope="module")
def long(place):
    return document_of(place.store, long_conversation(place))


@pytest.fixture(scope="module")
def with_table(place, tmp_path_factory):
    return document_of(place.store, conversation_with_a_table(place, tmp_path_factory.mktemp("attached")))


def results_of(document):
    return [part for message in document["messages"] for part in message["parts"] if part["type"] == "tool_result"]


def replayed(document, folder, write=as_json):
    path = folder / ("saved.ipynb" if write is as_notebook else "saved.json")
    path.write_text(write(document), encoding="utf-8")
    return list(replay(read_recording(path), MEMORY_MB))


def command(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "app", "replay", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
    )
    return done.returncode, done.stdout.splitlines(), done.stderr


@pytest.mark.parametrize("write", [as_json, as_notebook])
def test_every_call_is_had_again(long, with_table, write, tmp_path):
    reports = replayed(long, tmp_path, write)
    assert [report.tool for report in reports] == [tool for tool, _ in CALLS]
    assert {report.outcome for report in reports} == {"equal"}
    assert [str(report) for report in replayed(with_table, tmp_path, write)] == ["equal", "equal"]


@pytest.mark.skipif(shutil.which("osra") is None, reason="OSRA is not installed: apt install osra")
def test_a_picture_is_read_again(place, tmp_path):
    conversation_id = place.store.create_conversation()
    (tmp_path / "blank.png").write_bytes(picture("white"))
    blank = place.attach(conversation_id, tmp_path / "blank.png")
    place.ask(conversation_id, blank, Text("?"))
    place.answer(conversation_id, *called(1, "read_structure_image", {"image": blank.path}, {"image": "img_1"}))
    document = document_of(place.store, conversation_id)
    assert [result["ok"] for result in results_of(document)] == [False]  # nothing is drawn in it
    for write in (as_json, as_notebook):
        assert [str(report) for report in replayed(document, tmp_path, write)] == ["equal"]


def test_a_tool_of_many_gets_all_records_of_a_file_again(place, tmp_path):
    conversation_id = place.store.create_conversation()
    (tmp_path / "four.csv").write_text("smiles\nCCO\nCCN\nc1ccccc1\nCc1ccccc1\n")
    four = place.attach(conversation_id, tmp_path / "four.csv")
    place.ask(conversation_id, four, Text("?"))
    place.answer(conversation_id, *over_file(1, four, {"file": "file_1", "tool": "cluster", "column": "smiles"}))
    document = document_of(place.store, conversation_id)
    assert [result["content"]["tool"] for result in results_of(document)] == ["cluster"]
    for write in (as_json, as_notebook):
        assert [str(report) for report in replayed(document, tmp_path, write)] == ["equal"]


def test_a_changed_value_another_version_and_a_lost_result_are_told_and_the_status_is_one(long, tmp_path):
    document = copy.deepcopy(long)
    aspirin, _, atoms = (result["content"] for result in results_of(document)[:3])
    aspirin["data"]["average_mass_da"] = 180.16
    aspirin["provenance"]["libraries"]["rdkit"] = "2025.9.1"
    atoms["provenance"]["arguments"]["element"] = "Xx"
    path = tmp_path / "saved.json"
    path.write_text(as_json(document), encoding="utf-8")
    status, lines, errors = command(path)
    assert (status, errors) == (1, "")
    assert lines[0] == "1. describe_molecule: different: data.average_mass_da: 180.16 → 180.159"
    assert lines[1] == "2. draw_molecules: equal"
    assert lines[2].startswith("3. count_atoms: failed: 'Xx' ")
    assert lines[-2].startswith("Another version now: rdkit 2025.9.1 → ")
    assert lines[-1] == f"{len(CALLS)} calls: {len(CALLS) - 2} equal, 1 different, 1 failed."


@pytest.mark.parametrize("name", ["saved.json", "saved.ipynb"])
def test_the_command_line_gives_json_lines_and_zero_where_all_is_equal(with_table, name, tmp_path):
    (tmp_path / name).write_text((as_json if name.endswith("json") else as_notebook)(with_table), encoding="utf-8")
    status, lines, _ = command(tmp_path / name, "--json")
    assert status == 0
    first, second, summary = map(json.loads, lines)
    assert first == {
        "type": "call",
        "number": 1,
        "tool": "read_file",
        "outcome": "equal",
        "detail": "",
        "libraries": [],
    }
    assert second["tool"] == "run_over_file"
    assert summary == {"type": "sum", "calls": 2, "sentence": "2 calls: 2 equal", "libraries": []}


def test_a_changed_value_in_a_notebooks_cell_is_different(long, tmp_path):
    path = tmp_path / "saved.ipynb"
    path.write_text(as_notebook(long).replace("'atomic_number': 35", "'atomic_number': 36", 1), encoding="utf-8")
    outcomes = {str(report) for report in replay(read_recording(path), MEMORY_MB)}
    assert outcomes == {"equal", "different: data.atomic_number: 36 → 35"}


def test_what_is_not_made_again_says_why_and_is_no_difference(place, tmp_path):
    conversation_id = place.store.create_conversation()
    place.ask(conversation_id, Text("?"))
    content = called(1, "element", {"symbol": "Br"})[1].content
    kept = copy.deepcopy(content)
    kept["provenance"]["host"] = "pubchem.ncbi.nlm.nih.gov"
    found = {**content, "tool": "find_tool", "data": {"tools": []}}
    stopped = {
        "what": "show_3d was stopped",
        "where": "",
        "hint": "",
        "sentence": "show_3d was stopped.",
        "arguments": {"molecule": "CCO"},
    }
    place.answer(
        conversation_id,
        ToolCall("call_1", "pubchem_lookup", {"compound": "aspirin"}),
        ToolResult("call_1", "pubchem_lookup", True, kept),
        ToolCall("call_2", "find_tool", {"task": "mass"}),
        ToolResult("call_2", "find_tool", True, found),
        ToolCall("call_3", "show_3d", {"molecule": "CCO"}),
        ToolResult("call_3", "show_3d", False, stopped),
        ToolCall("call_4", "element", {"symbol": "Br"}),
        *called(5, "element", {"symbol": "Br"}),
    )
    reports = [str(report) for report in replayed(document_of(place.store, conversation_id), tmp_path)]
    assert reports == [
        "not rerun: asks pubchem.ncbi.nlm.nih.gov",
        "not rerun: it finds tools for a model and computes nothing",
        "not rerun: it ended without an answer",
        "not rerun: it had not ended when it was exported",
        "equal",
    ]


def test_a_lookup_is_never_made_again_even_where_the_file_says_that_it_was_local(place, tmp_path):
    content = called(1, "element", {"symbol": "Br"})[1].content
    conversation_id = place.store.create_conversation()
    place.ask(conversation_id, Text("?"))
    content["provenance"]["arguments"] = {"doi": "10.1038/171737a0"}
    place.answer(conversation_id, ToolCall("call_1", "check_doi", {}), ToolResult("call_1", "check_doi", True, content))
    [report] = replayed(document_of(place.store, conversation_id), tmp_path)
    assert str(report) == "not rerun: asks api.crossref.org"


def test_a_replay_reads_no_file_that_did_not_come_along(with_table, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("word,smiles\nsecret,CCO\n", encoding="utf-8")
    without = copy.deepcopy(with_table)
    without["files"][0]["base64"] = None
    assert [str(report) for report in replayed(without, tmp_path)] == ["not rerun: its file did not come along"] * 2
    for write in (as_json, as_notebook):
        document = copy.deepcopy(with_table)
        for result in results_of(document):
            result["content"]["provenance"]["arguments"]["file"] = str(secret)
        assert [str(report) for report in replayed(document, tmp_path, write)] == [
            "not rerun: its file did not come along"
        ] * 2
    document = copy.deepcopy(with_table)
    over = results_of(document)[1]["content"]["provenance"]["arguments"]
    over |= {"tool": "read_file", "arguments": {"file": str(secret)}}
    assert str(replayed(document, tmp_path)[1]) == "not rerun: read_file reads files that did not come along"


@pytest.mark.parametrize("name", ["../../../secret.csv", "..", ".hidden", "a/b", "x" * 200, "a\0b"])
def test_a_reference_leads_out_of_no_folder(name):
    rerun = Rerun(only_kept=True)
    sha256 = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"  # of "hello world"
    rerun.keep_contents(sha256, b"hello world")
    again = rerun.call("read_file", {"file": f"sha256:{sha256}/{name}"})
    assert again.reason == "its file did not come along"
    assert rerun.call("read_file", {"file": f"sha256:{sha256}/fine.txt"}).reason == ""
    rerun.close()


BROKEN = {
    "missing.json": None,
    "other.json": "{}",
    "other.ipynb": "[]",
    "empty.ipynb": '{"cells": []}',
    "words.ipynb": '{"cells": [{"cell_type": "code", "metadata": {}, "source": 7}]}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_no_export_is_a_sentence_and_status_two(name, tmp_path):
    if BROKEN[name] is not None:
        (tmp_path / name).write_text(BROKEN[name])
    status, lines, errors = command(tmp_path / name)
    assert (status, lines) == (2, [])
    assert errors.startswith("Retort: The") and len(errors.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "source",
    [
        "result_1 = rerun.call('element', __import__('os')._exit(7))",
        "result_1 = rerun.call('element', {'symbol': open('/etc/passwd').read()})",
        "import os",
        "result_1 = rerun.call(",
        "rerun.call(" + "[" * 5_000 + "]" * 5_000 + ")",
        "result_1 = rerun.call('element', 'Br')",
    ],
)
def test_a_notebook_is_read_and_not_run(source, long, tmp_path):
    notebook = json.loads(as_notebook(long))
    first = next(cell for cell in notebook["cells"] if cell["metadata"].get("retort", {}).get("part") == "call")
    first["source"] = [source]
    path = tmp_path / "changed.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(UploadError, match="A cell of the notebook"):
        read_recording(path)


def test_what_is_not_a_tool_is_called_here_as_where_it_is_answered():
    # written out in app.rerunning, which a notebook imports without the router's tables
    assert (rerunning.OVER_FILE, rerunning.FIND_TOOL) == (batches.OVER_FILE, offering.FIND_TOOL)

"""``python -m app ask`` as a person types it, with the embedded model: events as JSON lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from app.egress import Ledger
from app.store import sqlite_url
from tests.browser.stand_in import PUBCHEM, standing_in

ROOT = Path(__file__).resolve().parents[2]


def ask(*arguments, lines=None):
    done = subprocess.run(
        [sys.executable, "-m", "app", "ask", *arguments],
        cwd=ROOT,
        input=lines,
        capture_output=True,
        text=True,
        timeout=180,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_one_request_prints_its_call_its_result_and_exact_counts():
    status, events, _ = ask("How many carbon atoms are in CCOC(=O)c1ccccc1?", "--json")
    assert status == 0
    [call] = [event for event in events if event["type"] == "tool_call"]
    assert (call["name"], call["arguments"]) == ("count_atoms", {"molecule": "CCOC(=O)c1ccccc1", "element": "C"})
    [result] = [event for event in events if event["type"] == "tool_result"]
    assert result["result"]["data"]["count"] == 9  # ethyl benzoate is C9H10O2 (PubChem CID 7165)
    assert events[-1]["type"] == "finished"
    assert events[-1]["usage"]["prompt_tokens"] > 10


def test_many_requests_are_answered_in_order_each_ended_by_a_line_that_repeats_it():
    requests = ["Thanks!", "Draw CC(C", "What is the molecular weight of caffeine?"]
    lines = "".join(json.dumps({"request": request}) + "\n" for request in requests)
    status, events, _ = ask("--json", "-", lines=lines + "not json\n")
    assert status == 0
    assert [event["request"] for event in events if event["type"] == "finished"] == requests
    assert [event["name"] for event in events if event["type"] == "tool_call"] == [
        "draw_molecules",
        "describe_molecule",
    ]
    assert [event["ok"] for event in events if event["type"] == "tool_result"] == [False, True]
    assert events[-1]["type"] == "error"


def test_a_model_that_is_not_there_is_one_sentence():
    status, events, said = ask("hello", "--json", "--model", "/no/such/folder")
    assert status == 2
    assert events == []
    assert "/no/such/folder" in said
    assert len(said.strip().splitlines()) == 1


def test_a_lookup_sends_nothing_unless_its_host_is_allowed_and_then_the_ledger_has_it(tmp_path, monkeypatch):
    monkeypatch.setenv("RETORT_FOLDER", str(tmp_path))
    with standing_in() as stand_in:
        monkeypatch.setenv("RETORT_STAND_IN", stand_in.address)
        question = "Look up aspirin in PubChem"
        status, events, _ = ask(question, "--json")
        assert status == 0
        [told] = [event["text"] for event in events if event["type"] == "notice"]
        assert told.startswith(f"pubchem_lookup would send GET https://{PUBCHEM}/rest/pug/compound/name/aspirin/")
        assert told.endswith(f"; allow it with --allow {PUBCHEM}.")
        assert [event["ok"] for event in events if event["type"] == "tool_result"] == [False]
        assert stand_in.asked == []

        _, events, _ = ask(question, "--json", "--allow", PUBCHEM)
        [result] = [event["result"] for event in events if event["type"] == "tool_result"]
        assert result["data"]["cid"] == 2244  # aspirin at PubChem
        ledger = Ledger(sqlite_url(tmp_path))
        assert [(entry.method, entry.url, entry.body) for entry in ledger.all_entries()] == stand_in.asked
        ledger.close()

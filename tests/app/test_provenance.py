"""What a card says of where its result comes from, and the call that is copied from it, run as it is."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.call_text import call_as_json, call_as_python
from app.calling import failed
from app.ui.cards import tool_card
from errors import RetortError
from model.messages import ToolCall, ToolResult
from tests.app.conversations import TABLE
from tools.rerun import call
from tools.version import ROOT, retort_version

SHA256 = "c" * 64


def card(tool, arguments, asked=None):
    made = ToolCall("call_1", tool, asked or arguments)
    try:
        result = ToolResult(made.id, tool, True, call(tool, arguments).model_dump(mode="json"))
    except RetortError as error:
        result = failed(made, error, arguments)
    return tool_card(made, result, False, set(), "c" * 32, 7)


def copied(shown, name):
    """What a click on this button of a card puts on the clipboard."""
    [text] = re.findall(rf'<button data-action="copy" data-text="([^"]*)">{name}</button>', shown)
    return html.unescape(text)


def run(script, tmp_path, how="file"):
    """The script as a person runs it in Retort's folder: from a file elsewhere, or from standard input."""
    if how == "file":
        (tmp_path / "copied.py").write_text(script, encoding="utf-8")
        arguments, given = [str(tmp_path / "copied.py")], None
    else:
        arguments, given = ["-"], script
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        input=given,
        env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


@pytest.fixture
def table(tmp_path):
    kept = tmp_path / "files" / SHA256 / "drugs 'of' mine.csv"
    kept.parent.mkdir(parents=True)
    kept.write_text(TABLE, encoding="utf-8")
    return str(kept)


def test_a_card_names_call_libraries_place_time_and_who_computed_it():
    shown = card("describe_molecule", {"molecule": "CCO"})
    assert 'class="tool-card" data-call="7-call_1"' in shown
    told = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", shown))
    assert html.unescape(told["Call"]) == '<code>{"tool": "describe_molecule", "arguments": {"molecule": "CCO"}}</code>'
    assert re.fullmatch(
        rf"rdkit \d{{4}}\.\d+\.\d+, Retort {re.escape(retort_version())}, Python 3\.\d+\.\d+", told["Computed by"]
    )
    assert told["Where"] == "local: nothing left this machine"
    assert re.fullmatch(r"\d+\.\d{3} s", told["Took"])
    assert re.fullmatch(r'<time datetime="20\d\d-[-\dT:]+Z">20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC</time>', told["When"])
    assert "standard atomic weights of IUPAC 2021" in shown  # a convention, among the notes


def test_a_result_from_another_host_names_it_its_service_and_when_it_came():
    result = call("element", {"symbol": "Br"}).model_dump(mode="json")
    result["provenance"] |= {
        "host": "pubchem.ncbi.nlm.nih.gov",
        "source": "PubChem",
        "retrieved_at": "2026-11-25T10:00:00Z",
        "from_cache": True,
    }
    made = ToolCall("call_1", "element", {"symbol": "Br"})
    shown = tool_card(made, ToolResult("call_1", "element", True, result), False, set())
    assert (
        "<dt>Where</dt><dd>pubchem.ncbi.nlm.nih.gov (PubChem), answered 2026-11-25 10:00:00 UTC; "
        "kept on this machine, nothing was sent</dd>" in shown
    )


def test_a_failed_call_says_what_was_called_and_is_copied_too(tmp_path):
    shown = card("describe_molecule", {"molecule": "C1CC"}, {"molecule": "mol_1"})
    assert 'data-state="failed"' in shown
    assert json.loads(copied(shown, "Copy call")) == {"tool": "describe_molecule", "arguments": {"molecule": "C1CC"}}
    done = run(copied(shown, "Copy as Python"), tmp_path)
    assert done.returncode == 1
    assert "ring" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_file_is_named_by_its_sha256(table):
    shown = card("read_file", {"file": table}, {"file": "file_1"})
    assert f"<dt>File</dt><dd>drugs &#x27;of&#x27; mine.csv, SHA-256 <code>{SHA256}</code></dd>" in shown


@pytest.mark.parametrize("how", ["file", "input"])
@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("describe_molecule", {"molecule": "CC(=O)Oc1ccccc1C(=O)O"}, '"average_mass_da": 180.159'),  # PubChem, CID 2244
        ("draw_molecules", {"molecules": ["CCO", "acetic acid"]}, '"count": 2'),
        ("sequence_report", {"sequence": ">it's \"β-globin\" — part\r\nATGGTGCATCTGACT\r\n"}, '"length": 15'),
        ("align_many", {"sequences": ">été\nMKVLA\n>β \"q\"\nMKVA\n>c\\n\nMKLA\n"}, '"columns": 5'),
        ("fit_curve", {"x": [1, 2, 3], "y": [2.0, 4.0, 6.5], "model": "linear", "sigma": None}, '"slope'),
        ("translate", {"sequence": "ATGGCCATTGTAATGGGCCGCTGA", "to_stop": True}, '"protein": "MAIVMGR'),
    ],
)  # fmt: skip
def test_the_copied_python_runs_as_it_is_and_prints_the_result(tool, arguments, said, how, tmp_path):
    shown = card(tool, arguments)
    done = run(copied(shown, "Copy as Python"), tmp_path, how)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    summary, data = done.stdout.split("\n", 1)
    assert summary == call(tool, arguments).summary
    assert said in data


def test_the_copied_python_reads_the_kept_file(table, tmp_path):
    done = run(copied(card("read_file", {"file": table}), "Copy as Python"), tmp_path)
    assert done.stdout.splitlines()[0] == "drugs 'of' mine.csv: a CSV file with 3 rows and 2 columns."


def test_a_batch_is_copied_as_a_script_that_runs_it(table, tmp_path):
    script = call_as_python("run_over_file", {"file": table, "tool": "count_rings", "column": "smiles"})
    script = script.replace('os.path.abspath("results")', repr(str(tmp_path / "out")))
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "results.csv").read_text(encoding="utf-8-sig").count("\n") == 4


@pytest.mark.parametrize("hostile", ["rdkit\nimport os; os._exit(7)", "a\r\nos._exit(7)", "a\x0cb\x85os._exit(7)"])
def test_what_a_file_brought_cannot_add_a_line_to_the_script(hostile, tmp_path):
    provenance = {"libraries": {hostile: hostile}, "host": hostile, "seconds": 0.1, "at": hostile, "retort": hostile}
    name = "@ARGUMENTS@{arguments}' + __import__('os')._exit(7) + '"
    for script in (
        call_as_python("element", {"symbol": "Br"}, provenance),
        call_as_python(name, {"'+__import__('os')._exit(7)+'": hostile}),
    ):
        assert run(script, tmp_path).returncode in (0, 1)
        assert "os._exit(7)\n" not in re.sub(r"(?m)^#.*\n", "", script).replace("'", "").split("try:")[0]


def test_the_copied_call_is_a_line_of_the_command_line(tmp_path):
    line = call_as_json("element", {"symbol": "Br"})
    done = subprocess.run(
        [sys.executable, "-m", "tools", "batch"], cwd=ROOT, input=line, capture_output=True, text=True, timeout=120
    )
    assert json.loads(done.stdout)["data"]["atomic_number"] == 35


def test_the_version_names_the_commit_that_git_names():
    retort_version.cache_clear()  # someone may have committed since it was read
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        assert retort_version() == f"0.1.0 ({done.stdout[:10]})"
    else:
        assert retort_version() == "0.1.0"
    assert Path(ROOT, "pyproject.toml").is_file()

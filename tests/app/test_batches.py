"""A batch as the assistant runs it: a process of its own, one at a time, stopped with what is done."""

from __future__ import annotations

import shlex
import threading

import pytest

from app.assistant import Assistant
from app.attachments import Attachments
from app.batches import OVER_FILE, Batches, Progress, again, batch_key
from app.offering import Offering
from app.uploads import Uploads, batch_folder
from errors import ToolInputError
from model.events import Options
from model.messages import Message, Text, ToolCall, ToolResult
from tests.app.fakes import CATALOG, FakeModel, FakeTools, words
from tools.over_files import read_rows

ASKED = {"file": "file_1", "tool": "count_atoms", "column": "smiles"}


@pytest.fixture
def kept(tmp_path):
    def take(text, name="a.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return Uploads(tmp_path / "uploads", 1_000_000, 1_000_000).take("1" * 32, tmp_path / name)

    return take


def run(file, arguments=ASKED, stop=None):
    told, running = [], Batches().run(file, arguments, stop or threading.Event())
    while True:
        try:
            told.append(next(running))
        except StopIteration as ended:
            return told, ended.value


def test_each_record_has_its_row_in_the_file_s_order_and_what_is_wrong_stands_in_its_own(kept):
    file = kept("smiles\nCCO\nnonsense\nc1ccccc1\n\n")
    told, result = run(file)
    assert all(isinstance(progress, Progress) for progress in told)
    rows = read_rows(batch_folder(file, batch_key(ASKED)), 0, 10)
    assert [row["input"] for row in rows] == ["CCO", "nonsense", "c1ccccc1"]
    assert [row["ok"] for row in rows] == [True, False, True]
    assert result.data["count"] == 3 and result.data["failed_count"] == 1
    assert result.summary == "count_atoms over 3 records of a.csv: 2 answered, 1 refused."
    assert "rdkit" in result.provenance.libraries


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"file": "file_1"}, "needs a 'tool'"),
        ({"file": "file_1", "tool": "count_atoms", "column": 3}, "names no column"),
        ({"file": "file_1", "tool": "no_such_tool"}, "no_such_tool"),
        ({**ASKED, "column": "mass"}, "mass"),
        ({"file": "file_1", "tool": "structure_report"}, "structure_report takes no one molecule"),
        ({"file": "file_1", "tool": "align_many"}, "sequence"),
    ],
)
def test_what_cannot_be_run_is_refused_with_a_sentence(kept, arguments, complaint):
    with pytest.raises(ToolInputError, match=complaint):
        run(kept("smiles\nCCO\n"), arguments)


def test_a_tool_that_compares_gets_all_records_at_once(kept):
    """Butina clusters at a distance of 0.4: the two toluenes of the file are one, benzoic acid stands alone."""
    file = kept("name,smiles\na,Cc1ccccc1\nb,c1ccccc1C\nc,OC(=O)c1ccccc1\n")
    _, result = run(file, {"file": "file_1", "tool": "cluster"})
    assert result.tool == "cluster" and result.data["count"] == 2
    assert result.provenance.arguments == {"file": file.path, "tool": "cluster"}
    with pytest.raises(ToolInputError, match="C1CC"):
        run(kept("smiles\nCCO\nC1CC\n"), {"file": "file_1", "tool": "cluster"})


def test_a_batch_that_is_stopped_keeps_its_rows_and_says_so(kept):
    file, stop = kept("smiles\n" + "CCO\n" * 50_000), threading.Event()
    running = Batches().run(file, ASKED, stop)
    for progress in running:
        if progress.done:
            break
    stop.set()
    with pytest.raises(StopIteration) as ended:
        while True:
            next(running)
    result = ended.value.value
    assert result.data["state"] == "stopped"
    assert 0 < result.data["count"] < 50_000
    assert result.summary.startswith(f"count_atoms over the first {result.data['count']:,} of 50,000 records of a.csv:")


def test_a_column_may_have_any_name(kept):
    _, result = run(kept("id,-smiles\n1,CCO\n"), {"file": "file_1", "tool": "count_atoms", "column": "-smiles"})
    assert result.data["count"] == 1 and result.data["failed_count"] == 0


def test_who_no_longer_follows_a_batch_ends_it(kept):
    file = kept("smiles\n" + "CCO\n" * 50_000)
    batches = Batches()
    running = batches.run(file, ASKED, threading.Event())
    next(running)
    running.close()
    _, result = run(kept("smiles\nCCO\n", "b.csv"))  # the next one is not held up
    assert result.data["count"] == 1


def test_the_same_asked_again_is_the_same_batch_and_can_be_run_by_hand():
    assert batch_key(ASKED) == batch_key(dict(reversed(ASKED.items())))
    assert batch_key(ASKED) != batch_key({**ASKED, "arguments": {"element": "C"}})
    command = again({**ASKED, "file": "/kept/my drugs.csv", "arguments": {"element": "C"}})
    assert shlex.split(command) == [
        *["python", "-m", "tools", "over"],
        "/kept/my drugs.csv",
        *["--tool=count_atoms", "--column=smiles", '--arguments={"element": "C"}'],
        "--out",
        "results",
    ]


def test_a_model_is_offered_batches_once_a_file_is_attached(kept):
    message = Message("user", (kept("smiles\nCCO\n"), Text("?")))
    assert OVER_FILE not in {tool.name for tool in Offering(CATALOG, []).schemas()}
    assert OVER_FILE in {tool.name for tool in Offering(CATALOG, [message]).schemas()}
    assert Attachments([message], CATALOG).file("file_1").name == "a.csv"


def test_a_model_runs_a_batch_and_reads_its_first_rows(kept):
    asked = [Message("user", (kept("name,smiles\nethanol,CCO\nbenzene,c1ccccc1\n"), Text("Count the atoms of each.")))]
    model = FakeModel([ToolCall("a", OVER_FILE, ASKED)], words("It is in the table."))
    events = list(Assistant(FakeTools()).run(model, asked, Options(), threading.Event()))
    result = next(event for event in events if isinstance(event, ToolResult))
    assert result.ok and result.content["data"]["count"] == 2
    read = model.asked[1][-1].parts[0].content["data"]["first_rows"]
    assert [row["input"] for row in read] == ["CCO", "c1ccccc1"]
    assert any(isinstance(event, Progress) for event in events)

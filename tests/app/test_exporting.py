"""What an export holds, that it holds nothing else, and that an exported notebook gives what was recorded."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import jsonschema
import nbclient
import nbformat
import pytest

from app.exporting.as_html import POLICY, as_html
from app.exporting.as_markdown import as_markdown
from app.exporting.as_notebook import as_notebook
from app.exporting.document import Details, schema
from app.exporting.writing import as_json, document_of, filename
from app.importing import read_document
from app.settings import ROOT
from app.turns import Turns
from errors import RetortError
from model.messages import Text, Thinking, ToolCall, ToolResult
from tests.app.conversations import CALLS, TABLE, Place, called, conversation_with_a_table, long_conversation

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`]]>&--></style></title><svg onload=alert(3)>"
EXPORTS = {"md": as_markdown, "json": as_json, "html": as_html, "ipynb": as_notebook}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return Place.under(tmp_path_factory.mktemp("exported"))


@pytest.fixture(scope="module")
def long(place):
    return document_of(place.store, long_conversation(place))


@pytest.fixture(scope="module")
def with_table(place, tmp_path_factory):
    return document_of(place.store, conversation_with_a_table(place, tmp_path_factory.mktemp("attached")))


@pytest.fixture
def run(tmp_path):
    """Executes a notebook as a person runs it in a folder."""

    def run(notebook, folder=ROOT, **environment):
        resources = {"metadata": {"path": folder}}
        client = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources)
        return client.execute(env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **environment})

    return run


def printed(notebook, part):
    """What the cells of this kind printed."""
    return [
        "".join(output.get("text", "") for output in cell.outputs)
        for cell in notebook.cells
        if cell.metadata.get("retort", {}).get("part") == part
    ]


def test_the_document_is_as_its_schema_says_and_the_same_each_time(place, long, with_table):
    described = schema()
    jsonschema.Draft202012Validator.check_schema(described)
    for document in (long, with_table):
        jsonschema.validate(json.loads(as_json(document)), described)
    assert {"Message", "ToolResult", "Provenance", "SequenceView", "CheckedStatement"} <= set(described["$defs"])
    assert as_json(long) == as_json(json.loads(as_json(long)))


def test_the_document_is_complete(long):
    question, answer = long["messages"]
    assert [part["type"] for part in question["parts"]] == ["text"]
    kinds = [part["type"] for part in answer["parts"]]
    assert kinds == ["thinking", *["tool_call", "tool_result"] * len(CALLS), "text"]
    assert answer["parts"][0] == {
        "type": "thinking",
        "text": "The person wants <b>numbers</b>; I call tools.",
        "seconds": 3.2,
        "tokens": 12,
    }
    aspirin = answer["parts"][2]["content"]
    assert aspirin["data"]["average_mass_da"] == 180.159  # PubChem, CID 2244
    assert aspirin["provenance"]["arguments"] == {"molecule": "CC(=O)Oc1ccccc1C(=O)O"}
    refused = answer["parts"][2 * len(CALLS) - 2]
    assert (refused["ok"], refused["content"]["arguments"]) == (False, {"molecule": "C1CC"})
    assert answer["details"]["seed"] == 7
    assert answer["details"]["usage"]["new_tokens"] == 40


def test_all_that_is_known_of_an_answer_comes_along_but_what_is_true_only_while_it_is_written():
    told = set(re.findall(r'``details\["(\w+)"\]``', Turns.answer.__doc__ or ""))
    assert len(told) >= 12
    assert set(Details.model_fields) == told - {"notice", "asks"}


def test_what_json_has_no_form_for_is_written_as_words(place):
    conversation_id = place.store.create_conversation()
    place.ask(conversation_id, Text("?"))
    arguments = {"x": float("nan"), "y": [float("inf")], "z": "a\ud800b\0"}
    place.answer(conversation_id, ToolCall("call_1", "fit_curve", arguments))
    document = document_of(place.store, conversation_id)
    [made] = json.loads(as_json(document).encode())["messages"][1]["parts"]
    assert made["arguments"] == {"x": "nan", "y": ["inf"], "z": "a\ufffdb\ufffd"}
    assert read_document(as_json(document).encode()).messages[1].parts[0].arguments == made["arguments"]


def test_the_models_instructions_and_what_was_checked_come_along(place):
    conversation_id = place.store.create_conversation()
    place.ask(conversation_id, Text("?"))
    first = place.answer(conversation_id, *called(1, "element", {"symbol": "Br"}))
    place.ask(conversation_id, Text("?"))
    mark = {"start": 0, "end": 7, "span": "bromine", "verdict": "tool", "ours": "Br", "call": {}, "kind": "element"}
    marks = [{**mark, "card": f"{first}-call_1", "smiles": "", "part": 0}]
    prompt = place.store.keep_prompt("Call tools.")
    place.answer(conversation_id, Text("bromine"), marks=marks, prompt=prompt, asks={"host": "x"}, notice="…")
    document = document_of(place.store, conversation_id)
    jsonschema.validate(json.loads(as_json(document)), schema())
    assert document["instructions"] == [{"sha256": prompt, "text": "Call tools."}]
    details = document["messages"][3]["details"]
    assert details["marks"][0]["card"] == "2-call_1"  # messages of a document count from 1
    assert set(details) == {"marks", "prompt"}  # what was only true while it was written stays behind
    assert '<a href="#call-2-call_1">its card</a>' in as_html(document)
    assert 'id="call-2-call_1"' in as_html(document)
    for write in (as_markdown, as_notebook):
        assert "1 checked: 1 from tools" in write(document)
        assert "- “bromine”: from a tool: a result of this conversation" in write(document)


def test_a_correction_that_retort_asked_for_is_not_said_to_be_a_persons_question(place):
    conversation_id = place.store.create_conversation()
    place.ask(conversation_id, Text("Write the corrected answer.", source="retort"))
    document = document_of(place.store, conversation_id)
    for write in (as_markdown, as_html, as_notebook):
        assert "Retort asks for a correction" in write(document)


def test_an_attached_file_comes_along_once_and_no_folder_of_this_machine_does(place, with_table, tmp_path_factory):
    [file] = with_table["files"]
    assert file["bytes"] == len(TABLE) == 71
    text = as_json(with_table)
    assert text.count(file["base64"]) == 1
    reference = f"sha256:{file['sha256']}/drugs of mine.csv"
    arguments = [
        part["content"]["provenance"]["arguments"]["file"]
        for part in with_table["messages"][1]["parts"]
        if part["type"] == "tool_result"
    ]
    assert arguments == [reference, reference]
    for write in EXPORTS.values():
        assert str(tmp_path_factory.getbasetemp()) not in write(with_table)


def test_files_beyond_the_cap_are_named_and_stay_behind(place, with_table):
    [conversation] = [one.id for one in place.store.conversations() if one.title.startswith("What is in the table")]
    document = document_of(place.store, conversation, most_file_bytes=70)
    assert [(file["bytes"], file["base64"]) for file in document["files"]] == [(71, None)]
    assert "(not in this page)" in as_html(document)


def test_a_conversation_that_is_gone_is_a_sentence(place):
    with pytest.raises(RetortError, match="no such conversation"):
        document_of(place.store, "0" * 32)


@pytest.mark.parametrize(
    ("title", "name"),
    [("Mass of aspirin?", "mass-of-aspirin.md"), ("../../etc/\"x\"\r\n", "etc-x.md"), ("α β", "conversation.md"), ("x" * 99, "x" * 60 + ".md")],
)  # fmt: skip
def test_a_file_is_called_as_its_conversation_in_plain_letters(title, name):
    assert filename({"title": title}, "md") == name


class _Page(HTMLParser):
    """The tags, attributes and addresses of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.addresses = set(), set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self.addresses |= {value for name, value in attributes if name in ("href", "src", "srcset", "action", "data")}


@pytest.fixture(scope="module")
def hostile(place):
    """Whatever a model, a file or a tool's text may hold, everywhere it may stand."""
    conversation_id = place.store.create_conversation(HOSTILE)
    place.ask(conversation_id, Text(HOSTILE))
    content = called(1, "describe_molecule", {"molecule": "CCO"})[1].content
    content = json.loads(json.dumps(content))
    content["summary"] = content["notes"][0] = HOSTILE
    content["data"] = {HOSTILE: HOSTILE}
    content["provenance"] |= {
        "libraries": {HOSTILE: HOSTILE},
        "arguments": {HOSTILE: HOSTILE},
        "host": HOSTILE,
        "at": HOSTILE,
    }
    content["views"] = [
        {"kind": "svg", "svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script><a href='javascript:alert(1)'><path d='M0 0' onload='alert(1)'/></a><foreignObject><iframe src='x'/></foreignObject></svg>", "title": HOSTILE, "caption": HOSTILE, "legend": [HOSTILE]},
        {"kind": "svg", "svg": HOSTILE, "title": HOSTILE, "caption": "", "legend": []},
        {"kind": "table", "title": HOSTILE, "columns": [HOSTILE], "rows": [[HOSTILE], [None]], "units": [HOSTILE]},
        {"kind": "plot", "title": HOSTILE, "style": "line", "x_label": HOSTILE, "y_label": "$\\frac", "x_names": [HOSTILE], "series": [{"name": HOSTILE, "x": [1.0, 1e308], "y": [1.0, -1e308], "style": None, "labels": [HOSTILE]}, {"name": "_b", "x": [1.0], "y": [2.0], "style": "bar", "labels": []}], "caption": HOSTILE},
        {"kind": "text", "text": HOSTILE, "title": HOSTILE},
        {"kind": "sequence", "alphabet": "dna", "residues": HOSTILE, "title": HOSTILE, "features": [], "circular": False},
        {"kind": "structure3d", "format": "sdf", "models": [HOSTILE], "labels": [], "style": "stick", "title": HOSTILE, "caption": HOSTILE, "chains": [], "secondary_source": "", "b_column": "", "conformations": {}, "selected": [], "near": []},
    ]  # fmt: skip
    place.answer(
        conversation_id,
        Thinking(HOSTILE),
        ToolCall("call_1", HOSTILE, {HOSTILE: HOSTILE}),
        ToolResult("call_1", HOSTILE, True, content),
        ToolCall('"><b>', "element", {}),
        ToolResult('"><b>', "element", False, {"what": HOSTILE, "where": HOSTILE, "hint": HOSTILE, "sentence": HOSTILE}),
        Text(f"{HOSTILE}\n\n{HOSTILE} [a](javascript:alert(1)) ![b](http://x/y.png)\n\n```html\n{HOSTILE}\n```\n"),
        model=HOSTILE,
        ended=HOSTILE,
        notes=[HOSTILE],
    )  # fmt: skip
    return document_of(place.store, conversation_id)


def test_a_hostile_conversation_is_a_page_that_runs_loads_and_sends_nothing(hostile):
    text = as_html(hostile)
    page = _Page(text)
    assert not page.tags & {
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "base",
        "foreignobject",
        "link",
        "video",
        "audio",
    }
    assert page.tags >= {"svg", "table", "details", "a"}
    assert not {name for name in page.attributes if name.startswith("on")}
    assert all(address.startswith(("data:", "#", "https://", "http://", "mailto:")) for address in page.addresses)
    assert not [address for address in page.addresses if address.startswith("http")]
    assert text.index(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">') < text.index("<style>")
    assert "default-src 'none'" in POLICY
    assert "alert(1)" in text  # shown, and as text only


def test_a_hostile_conversation_is_markdown_without_html_of_its_own(hostile):
    text = as_markdown(hostile)
    outside_code = re.sub(r"(?ms)^(`{3,}).*?^\1$", "", text)
    assert set(re.findall(r"(?<!\\)<(/?\w+)", outside_code)) <= {"details", "summary", "/summary", "/details"}
    assert "](javascript" not in outside_code
    assert "![" not in outside_code.replace("\\!\\[", "")


def test_a_hostile_conversation_is_a_notebook_whose_code_is_the_calls_alone(hostile, run):
    notebook = nbformat.reads(as_notebook(hostile), 4)
    nbformat.validate(notebook)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) == 4  # the first, a call with its comparison, the sum
    run(notebook)
    [compared] = printed(notebook, "comparison")
    assert compared.startswith("failed: There is no tool '<script>")


def test_an_executed_notebook_gives_what_was_recorded(long, run):
    assert len({tool for tool, _ in CALLS}) >= 12
    written = nbformat.reads(as_notebook(long), 4)
    recorded = [cell for cell in written.cells if cell.metadata.get("retort", {}).get("part") == "call"]
    assert len(recorded) == len(CALLS)
    assert '"average_mass_da": 180.159' in recorded[0].outputs[0].data["text/plain"]
    assert "<svg" in recorded[0].outputs[0].data["text/html"]
    executed = run(nbformat.reads(as_notebook(long), 4))
    assert printed(executed, "comparison") == ["equal\n"] * len(CALLS)
    assert executed.cells[-1].outputs[0].text == f"{len(CALLS)} calls: {len(CALLS)} equal\n"
    again = [cell for cell in executed.cells if cell.metadata.get("retort", {}).get("part") == "call"]
    for before, after in zip(recorded, again, strict=True):
        assert after.outputs[0].data["text/plain"] == before.outputs[0].data["text/plain"]


def test_an_executed_notebook_reads_the_files_that_came_with_it_and_goes_over_them(with_table, run):
    executed = run(nbformat.reads(as_notebook(with_table), 4))
    assert printed(executed, "comparison") == ["equal\n", "equal\n"]


def test_a_notebook_with_a_changed_value_says_what_is_different(long, run):
    changed = as_notebook(long).replace("'average_mass_da': 180.159", "'average_mass_da': 180.16", 1)
    first, *others = printed(run(nbformat.reads(changed, 4)), "comparison")
    assert first == "different: data.average_mass_da: 180.16 → 180.159\n"
    assert others == ["equal\n"] * (len(CALLS) - 1)


def test_a_notebook_away_from_retort_says_so_in_a_sentence_and_finds_it_by_its_address(long, tmp_path, run):
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="set RETORT_HOME to its folder"):
        run(nbformat.reads(as_notebook(long), 4), tmp_path)
    executed = run(nbformat.reads(as_notebook(long), 4), tmp_path, RETORT_HOME=str(ROOT))
    assert set(printed(executed, "comparison")) == {"equal\n"}


def test_a_lookup_and_a_call_that_never_ended_are_told_and_not_made_again(place):
    conversation_id = place.store.create_conversation()
    place.ask(conversation_id, Text("?"))
    place.answer(
        conversation_id,
        ToolCall("call_1", "pubchem_lookup", {"compound": "aspirin"}),
        ToolResult("call_1", "pubchem_lookup", False, {"what": "Nothing was sent", "where": "", "hint": "", "sentence": "Nothing was sent."}),
        ToolCall("call_2", "element", {"symbol": "Br"}),
    )  # fmt: skip
    text = as_notebook(document_of(place.store, conversation_id))
    assert "Not made again: it ended without an answer: Nothing was sent." in text
    assert "Not made again: it had not ended when it was exported." in text
    assert "rerun.call" not in text


def test_a_lookup_that_was_answered_is_in_the_notebook_and_is_not_made_again(place, run):
    conversation_id = place.store.create_conversation()
    place.ask(conversation_id, Text("?"))
    content = called(1, "element", {"symbol": "Br"})[1].content
    content["provenance"] |= {"host": "api.crossref.org", "arguments": {"doi": "10.1038/171737a0"}}
    place.answer(conversation_id, ToolCall("call_1", "check_doi", {}), ToolResult("call_1", "check_doi", True, content))
    notebook = nbformat.reads(as_notebook(document_of(place.store, conversation_id)), 4)
    assert printed(run(notebook), "comparison") == ["not rerun: asks api.crossref.org\n"]

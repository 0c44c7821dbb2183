"""An exported conversation comes back as it was, and a file that is none, or worse, is refused in a sentence."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.exporting.as_html import as_html
from app.exporting.document import VERSION
from app.exporting.writing import as_json, document_of
from app.importing import DEEPEST, import_conversation, read_document
from app.ui.cards import tool_card
from app.ui.rendering import message_parts
from errors import UploadError
from model.messages import File, Image, Text, ToolCall, ToolResult, Video
from tests.app.conversations import Place, called, conversation_with_a_table, long_conversation, picture

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return Place.under(tmp_path_factory.mktemp("imported"))


@pytest.fixture(scope="module")
def with_table(place, tmp_path_factory):
    return document_of(place.store, conversation_with_a_table(place, tmp_path_factory.mktemp("attached")))


@pytest.fixture(scope="module")
def short(place):
    """One question, one answer with a call: to be spoiled."""
    conversation_id = place.store.create_conversation()
    place.ask(conversation_id, Text("Bromine?"))
    place.answer(conversation_id, *called(1, "element", {"symbol": "Br"}), Text("It is liquid."))
    return document_of(place.store, conversation_id)


def take_in(document, place):
    return import_conversation(read_document(as_json(document).encode()), place.store, place.uploads)


def held(place):
    return len(place.store.conversations())


def spoiled(document, change):
    copied = copy.deepcopy(document)
    change(copied)
    return json.dumps(copied).encode()


def test_export_import_and_export_are_equal(place, with_table, tmp_path):
    other = Place.under(tmp_path / "elsewhere")
    long = document_of(place.store, long_conversation(place))
    for document in (long, with_table):
        for into in (place, other):
            again = document_of(into.store, take_in(document, into))
            assert as_json(again) == as_json(document)


def test_an_imported_answer_says_that_it_was_computed_elsewhere(place, short):
    [_, answer] = place.store.messages(take_in(short, place))
    assert answer.details["imported"] is True
    shown = "".join(str(part["content"]) for part in message_parts("c" * 32, answer))
    assert "Imported: what stands here was computed elsewhere" in shown


def test_an_imported_file_is_there_and_its_calls_name_it_where_it_is_now(with_table, tmp_path):
    place = Place.under(tmp_path / "elsewhere")
    messages = place.store.messages(take_in(with_table, place))
    [file] = [part for part in messages[0].parts if isinstance(part, File)]
    assert Path(file.path).read_text(encoding="utf-8").startswith("name,smiles\naspirin,")
    assert str(tmp_path) in file.path
    results = [part for part in messages[1].parts if isinstance(part, ToolResult)]
    assert [result.content["provenance"]["arguments"]["file"] for result in results] == [file.path, file.path]


def test_pictures_of_two_names_and_one_content_come_back_as_two(place, tmp_path):
    conversation_id = place.store.create_conversation()
    parts = []
    for name in ("one.png", "two.png"):
        (tmp_path / name).write_bytes(picture("red"))
        parts.append(place.attach(conversation_id, tmp_path / name))
    place.ask(conversation_id, *parts, Text("The same?"))
    document = document_of(place.store, conversation_id)
    assert len(document["files"]) == 1
    again = take_in(document, place)
    assert as_json(document_of(place.store, again)) == as_json(document)
    shown = [part for part in place.store.messages(again)[0].parts if isinstance(part, Image)]
    assert [part.name for part in shown] == ["one.png", "two.png"]
    assert all(place.uploads.find(again, part.sha256) for part in shown)


def test_marks_lead_to_the_cards_of_the_imported_messages(place):
    conversation_id = place.store.create_conversation()
    place.ask(conversation_id, Text("?"))
    first = place.answer(conversation_id, *called(1, "element", {"symbol": "Br"}))
    place.ask(conversation_id, Text("?"))
    mark = {
        "start": 0,
        "end": 7,
        "span": "bromine",
        "verdict": "tool",
        "ours": "",
        "call": {},
        "card": f"{first}-call_1",
        "part": 0,
    }
    place.answer(conversation_id, Text("bromine"), marks=[mark, {**mark, "card": "999999-call_1"}])
    document = document_of(place.store, conversation_id)
    again = take_in(document, place)
    messages = place.store.messages(again)
    marks = messages[3].details["marks"]
    assert [mark["card"] for mark in marks] == [f"{messages[1].id}-call_1", ""]
    assert as_json(document_of(place.store, again)) == as_json(document)


def test_an_answer_that_was_being_written_comes_back_as_stopped(place, short):
    document = copy.deepcopy(short)
    document["messages"][1]["status"] = "running"
    assert place.store.messages(take_in(document, place))[1].status == "stopped"


def test_a_file_that_did_not_come_along_is_a_sentence_in_its_place(place, with_table):
    document = copy.deepcopy(with_table)
    document["files"][0]["base64"] = None
    messages = place.store.messages(take_in(document, place))
    assert messages[0].parts[0] == Text("[drugs of mine.csv did not come along with the import.]\n")
    assert not any(isinstance(part, (File, Image, Video)) for message in messages for part in message.parts)


REFUSED = {
    "no JSON": (b"\x89PNG\r\n", "is not JSON"),
    "nothing": (b"", "is not JSON"),
    "not UTF-8": (b'{"format": "\xff"}', "is not JSON"),
    "a list": (b"[1]", "is no conversation that Retort exported"),
    "another format": (b'{"format": "chatgpt", "version": 1}', "is no conversation that Retort exported"),
    "a later version": (
        json.dumps({"format": "retort-conversation", "version": VERSION + 1}).encode(),
        f"has version '{VERSION + 1}' of the format and this Retort reads {VERSION}",
    ),
    "not a number": (b'{"format": "retort-conversation", "version": NaN}', "is not JSON"),
    "too deep for a reader": (b'{"format":' * 100_000, "is not JSON"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_export_is_refused_in_a_sentence(name):
    contents, sentence = REFUSED[name]
    with pytest.raises(UploadError, match=sentence) as refusal:
        read_document(contents)
    assert "\n" not in str(refusal.value)


def _result(document):
    return document["messages"][1]["parts"][1]


def _set(part, key, value):
    part[key] = value


SPOILED = {
    "an unknown key": lambda d: d.update(extra=1),
    "a role": lambda d: _set(d["messages"][0], "role", "system"),
    "a status": lambda d: _set(d["messages"][0], "status", "done"),
    "a part": lambda d: _set(d["messages"][0]["parts"][0], "type", "html"),
    "words that are none": lambda d: _set(d["messages"][0]["parts"][0], "text", 7),
    "a source": lambda d: _set(d["messages"][0]["parts"][0], "source", "system"),
    "details": lambda d: d["messages"][1]["details"].update(fits="1 onload=alert(1)"),
    "a detail that is none": lambda d: d["messages"][1]["details"].update(asks={}),
    "a seed beyond all numbers": lambda d: d["messages"][1]["details"].update(seed=10**40),
    "marks": lambda d: d["messages"][1]["details"].update(marks=[{"part": 0}]),
    "a result without a view's fields": lambda d: _set(_result(d)["content"], "views", [{"kind": "svg"}]),
    "a view of no kind": lambda d: _set(_result(d)["content"], "views", [{"kind": "html", "html": "<script>"}]),
    "seconds that are words": lambda d: _set(_result(d)["content"]["provenance"], "seconds", "1"),
    "a result that is none": lambda d: _set(_result(d), "content", {}),
    "a failure that is called a result": lambda d: _set(_result(d), "ok", False),
    "a summary that is none": lambda d: _set(_result(d)["content"], "summary", None),
    "libraries": lambda d: _set(_result(d)["content"]["provenance"], "libraries", [1]),
    "half a character": lambda d: _set(d["messages"][0]["parts"][0], "text", "\ud800"),
    "half a character as a key": lambda d: _result(d)["content"]["data"].update({"\udfff": 1}),
    "a NUL": lambda d: _set(d["messages"][0]["parts"][0], "text", "a\0b"),
    "a hash that is none": lambda d: d["files"].append({"sha256": "../../x", "bytes": 1, "base64": "AA=="}),
    "a title of a page": lambda d: _set(d, "title", "x" * 201),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_export_is_refused_in_a_sentence_that_names_the_place(name, short):
    with pytest.raises(UploadError) as refusal:
        read_document(spoiled(short, SPOILED[name]))
    sentence = str(refusal.value)
    assert "\n" not in sentence
    assert len(sentence) < 400
    assert sentence.endswith("export the conversation again as JSON.")


def test_values_within_values_are_taken_to_a_depth(place, short):
    def nested(depth):
        value = []
        for _ in range(depth):
            value = [value]
        return value

    fine = spoiled(short, lambda d: _result(d)["content"]["data"].update(deep=nested(40)))
    assert import_conversation(read_document(fine), place.store, place.uploads)
    for depth in (DEEPEST, 400):
        with pytest.raises(UploadError, match=f"more than {DEEPEST} deep"):
            read_document(
                spoiled(short, lambda d, depth=depth: _result(d)["content"]["data"].update(deep=nested(depth)))
            )


def _swap(document, contents):
    document["files"][0]["base64"] = base64.b64encode(contents).decode()
    document["files"][0]["bytes"] = len(contents)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: _swap(d, b"other"), "is not the one of its SHA-256"),
        (lambda d: _set(d["files"][0], "bytes", 3), "is not the one of its SHA-256"),
        (lambda d: _set(d["files"][0], "base64", "§"), "is no base64"),
        (lambda d: d["instructions"].append({"sha256": "0" * 64, "text": "Obey."}), "Instructions in the file"),
    ],
)
def test_files_that_are_not_what_they_say_are_refused_and_nothing_is_left(place, with_table, change, sentence):
    before = held(place)
    folders = sorted(os.listdir(place.uploads._folder))
    document = read_document(spoiled(with_table, change))
    with pytest.raises(UploadError, match=sentence):
        import_conversation(document, place.store, place.uploads)
    assert held(place) == before
    assert sorted(os.listdir(place.uploads._folder)) == folders


def test_a_program_that_says_it_is_a_picture_is_refused_as_if_it_were_attached(place, with_table):
    contents = b"#!/bin/sh\nexit\n"
    document = copy.deepcopy(with_table)
    _swap(document, contents)
    document["files"][0]["sha256"] = hashlib.sha256(contents).hexdigest()
    part = document["messages"][0]["parts"][0]
    part.update(type="image", sha256=document["files"][0]["sha256"], media_type="image/svg+xml", name="../../x.svg")
    with pytest.raises(UploadError, match="is not the image that it says"):
        take_in(document, place)


def test_an_argument_that_names_a_file_of_this_machine_stays_words(place, short):
    document = copy.deepcopy(short)
    _result(document)["content"]["provenance"]["arguments"] = {"file": "/etc/passwd", "other": f"sha256:{'0' * 64}/x"}
    [_, answer] = place.store.messages(take_in(document, place))
    html = tool_card(answer.parts[0], answer.parts[1], False, set())
    assert "root:" not in html
    assert "root:" not in as_html(document)


#: What a result's data may be, where the page reads more in it than words: each as wrong as JSON can be.
ODD = ({"structures": 5}, {"structures": [1, {"smiles": {}}]}, {"columns": [1]}, {"columns": {"name": []}}, {"kind": []}, {"count": "x", "kind": "SDF"})  # fmt: skip


@pytest.mark.parametrize("data", ODD)
@pytest.mark.parametrize("tool", ["read_file", "read_structure_image", "element", "run_over_file"])
def test_a_card_shows_data_of_any_shape(tool, data, short):
    content = copy.deepcopy(_result(short)["content"])
    content["data"] = {"needs_confirmation": True, **data}
    content["tool"] = tool
    made = ToolCall("call_1", tool, {"file": [], "tool": {}, "column": 3, "arguments": "x"})
    assert 'class="tool-card"' in tool_card(made, ToolResult("call_1", tool, True, content), False, set(), "c" * 32)


def test_the_command_line_takes_a_file_in_and_refuses_another(short, tmp_path):
    (tmp_path / "bromine.json").write_text(as_json(short), encoding="utf-8")
    environment = {**os.environ, "RETORT_FOLDER": str(tmp_path / "data")}

    def run(name):
        command = [sys.executable, "-m", "app", "import", str(tmp_path / name)]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)

    served = Place.under(tmp_path / "data").store  # as of a server that is answering meanwhile
    asked = served.create_conversation()
    served.add_message(asked, "assistant", (), "running")
    done = run("bromine.json")
    assert served.messages(asked)[0].status == "running"
    assert (done.returncode, done.stderr) == (0, "")
    conversation_id = done.stdout.strip().rpartition("=")[2]
    place = Place.under(tmp_path / "data")
    assert as_json(document_of(place.store, conversation_id)) == as_json(short)
    missing = run("missing.json")
    assert missing.returncode == 2
    assert "There is no file" in missing.stderr
    assert len(missing.stderr.strip().splitlines()) == 1

"""Attached pictures as arguments of tools: by name, and no other file."""

from __future__ import annotations

import threading

import pytest

from app.assistant import Assistant
from app.attachments import Attachments
from app.ui.cards import tool_card
from errors import ToolInputError
from model.events import Abilities, Finished, Options
from model.messages import File, Image, Message, Text, ToolCall, ToolResult
from tests.app.fakes import CATALOG, FakeModel, FakeTools, words
from tools.outputs import Provenance, Svg
from tools.outputs import ToolResult as Output

READS = {
    "name": "read_structure_image",
    "description": "Read the structure drawn in a picture.",
    "asks": [],
    "parameters": {"type": "object", "properties": {"image": {"type": "string", "entity": "image"}}},
}
PICTURE = Image("/kept/" + "a" * 64, "a" * 64, "image/png", "scan.png")
OTHER = Image("/kept/" + "b" * 64, "b" * 64, "image/png", "other.png")
ASKED = [Message("user", (PICTURE, Text("What is this?")))]


FILES = {
    "name": "read_file",
    "description": "Read an attached file.",
    "asks": [],
    "parameters": {
        "type": "object",
        "properties": {"file": {"type": "string", "entity": "file"}},
        "required": ["file"],
    },
}
TRANSLATES = {
    "name": "translate",
    "description": "Translate.",
    "asks": [],
    "parameters": {"type": "object", "properties": {"sequence": {"type": "string", "entity": "sequence"}}},
}


class ReadingTools(FakeTools):
    def catalog(self):
        return [*CATALOG, READS]

    def call(self, name, arguments, *, cancel=None):
        self.called.append((name, arguments))
        return Output(
            tool=name,
            summary="Read as CCO; compare it with the picture before using it.",
            data={"needs_confirmation": True, "structures": [{"smiles": "CCO"}]},
            views=(Svg(svg="<svg xmlns='http://www.w3.org/2000/svg'><title>x</title></svg>", title="x"),),
            provenance=Provenance(tool=name, arguments=arguments, libraries={}, seconds=0.5),
        )


def test_a_picture_is_numbered_by_its_content_and_found_by_name_or_number():
    pictures = Attachments([*ASKED, Message("user", (OTHER, PICTURE))], [READS])
    assert pictures.names_in(ASKED[0], "image") == ["img_1"]
    assert pictures.resolved("read_structure_image", {"image": "img_2"}) == {"image": OTHER.path}
    assert pictures.resolved("read_structure_image", {"image": "scan.png"}) == {"image": PICTURE.path}
    assert pictures.resolved("describe_molecule", {"image": "img_1"}) == {"image": "img_1"}


@pytest.mark.parametrize("value", ["/etc/passwd", PICTURE.path, "img_3", "", None, 1])
def test_no_other_file_is_let_through(value):
    with pytest.raises(ToolInputError, match="no picture of this conversation"):
        Attachments(ASKED, [READS]).resolved("read_structure_image", {"image": value})


def test_a_model_that_cannot_see_has_an_attached_drawing_read_by_the_tool():
    tools, model = ReadingTools(), FakeModel(abilities=Abilities())
    said = list(Assistant(tools).run(model, ASKED, Options(), threading.Event()))
    assert tools.called == [("read_structure_image", {"image": PICTURE.path})]
    assert "cannot see pictures; a structure that is drawn in one is read by a tool" in said[0].text
    assert any(getattr(event, "text", "").startswith("Read as CCO; compare it") for event in said)
    assert isinstance(said[-1], Finished)
    assert model.asked == []  # nothing is said of a reading that nobody has confirmed


def test_a_model_with_tools_is_told_the_pictures_name_and_may_hand_it_to_the_tool():
    tools = ReadingTools()
    model = FakeModel([ToolCall("a", "read_structure_image", {"image": "img_1"})], words("Ethanol."))
    list(Assistant(tools).run(model, ASKED, Options(), threading.Event()))
    assert "[Attached: img_1 (scan.png)]" in model.asked[0][-1].text
    assert tools.called == [("read_structure_image", {"image": PICTURE.path})]


def test_the_page_shows_the_picture_beside_its_reading_and_asks_for_the_word_of_a_person():
    content = ReadingTools().call("read_structure_image", {"image": PICTURE.path}).model_dump(mode="json")
    call = ToolCall("call_1", "read_structure_image", {"image": "img_1"})
    html = tool_card(call, ToolResult("call_1", call.name, True, content), False, set(), "c" * 32)
    assert f'src="/files/{"c" * 32}/{"a" * 64}"' in html
    assert 'data-action="compose" data-text="CCO">It is right: use <code>CCO</code>' in html


@pytest.fixture
def table(tmp_path):
    kept = tmp_path / "drugs.csv"
    kept.write_text("name,smiles\naspirin,CC(=O)Oc1ccccc1C(=O)O\n", encoding="utf-8")
    return File(str(kept), "c" * 64, "text/plain", "drugs.csv")


def test_a_file_is_handed_to_a_tool_by_its_handle_or_its_name_and_no_other_path_is(table):
    attachments = Attachments([Message("user", (table, Text("?")))], [FILES, TRANSLATES])
    assert attachments.resolved("read_file", {"file": "file_1"}) == {"file": table.path}
    assert attachments.resolved("read_file", {"file": "drugs.csv"}) == {"file": table.path}
    assert (
        attachments.in_words("what is in drugs.csv, and in my_drugs.csv?") == "what is in file_1, and in my_drugs.csv?"
    )
    for other in ("/etc/passwd", table.path, "file_2", "../drugs.csv", "", None, "img_1"):
        with pytest.raises(ToolInputError, match="no file of this conversation"):
            attachments.resolved("read_file", {"file": other})


def test_a_tool_of_sequences_gets_the_text_of_a_file_up_to_a_megabyte(table):
    attachments = Attachments([Message("user", (table,))], [FILES, TRANSLATES])
    assert attachments.resolved("translate", {"sequence": "file_1"})["sequence"].startswith("name,smiles")
    assert attachments.resolved("translate", {"sequence": "ATGGCC"}) == {"sequence": "ATGGCC"}
    with open(table.path, "a", encoding="utf-8") as file:
        file.write("A" * 1_000_000)
    with pytest.raises(ToolInputError, match="each of its records"):
        attachments.resolved("translate", {"sequence": "file_1"})


def test_a_model_with_tools_is_told_the_handle_of_a_file_and_offered_what_reads_it(table):
    class FileTools(ReadingTools):
        def catalog(self):
            return [*CATALOG, FILES]

    model = FakeModel(words("It is a table."))
    list(
        Assistant(FileTools()).run(
            model, [Message("user", (table, Text("What is this?")))], Options(), threading.Event()
        )
    )
    assert "[Attached: file_1 (drugs.csv)]" in model.asked[0][-1].text
    assert not any(isinstance(part, File) for message in model.asked[0] for part in message.parts)

"""The instructions of a model: ours, or a person's own in a file; the same bytes in every turn, and kept with each answer."""

from __future__ import annotations

import hashlib
import os
import threading

import pytest
from fastapi.testclient import TestClient

from app.assistant import Assistant
from app.instructions import LONGEST_PROMPT, PromptFile, what_differs
from app.loading import ModelSlot
from app.prompts import our_prompt
from app.services import Services
from app.serving import build_app
from app.settings import Settings
from app.store import Store, sqlite_url
from app.turns import Turns
from app.ui.rendering import message_parts
from app.uploads import Uploads
from model.events import Abilities
from model.messages import Text
from tests.app.fakes import FakeModel, FakeTools, outward_of, words

OURS = our_prompt("system_with_tools")
OWN = "You are Retort. Answer in French."


class Site:
    """One conversation with a scripted model, whose instructions are in this folder."""

    def __init__(self, folder, model=None, is_locked=False):
        self.model = model or FakeModel(*[words("Oui.")] * 9)
        self.prompt, self.store = PromptFile(folder, is_locked), Store(sqlite_url(folder))
        self.turns = Turns(
            self.store,
            Assistant(FakeTools(), prompt=self.prompt),
            ModelSlot(lambda tell: self.model, lambda model: ""),
        )
        self.conversation = self.store.create_conversation()
        uploads = Uploads(folder / "up", 1000, 1000)
        slot = ModelSlot(lambda tell: self.model, lambda model: "")
        services = Services(self.store, self.turns, uploads, slot, FakeTools(), outward_of(folder), self.prompt)
        self.client = TestClient(build_app(services, Settings(folder=folder)), base_url="http://localhost:7860")

    def ask(self, question="What is the mass of aspirin?"):
        self.store.add_message(self.conversation, "user", [Text(question)])
        return list(self.turns.answer(self.conversation, threading.Event()))[-1]

    def told(self):
        """What the model was told at the beginning of each turn."""
        return [asked[0].text for asked in self.model.asked]


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_ours_says_to_call_tools_to_name_units_and_conventions_and_that_a_lookup_asks_first():
    assert "Call a tool for whatever a tool can compute" in OURS
    assert "Give the unit with each number" in OURS and "name the convention" in OURS
    assert "the person is asked first" in OURS and "only when the person asks" in OURS


def test_without_a_file_of_ones_own_the_model_is_told_ours_and_the_footer_says_nothing_of_it(site):
    answer = site.ask()
    assert site.told() == [OURS]
    assert answer.details["prompt"] == hashlib.sha256(OURS.encode()).hexdigest()
    assert "Instructions" not in str(list(message_parts(site.conversation, answer)))


def test_the_same_bytes_stand_at_the_beginning_of_every_turn(site, tmp_path):
    for text in (OURS, OWN + "\r\n\r\nUnits: SI. \n"):
        site.prompt.save(text)
        before = len(site.told())
        site.ask()
        if text != OURS:
            os.utime(tmp_path / "prompt.md")  # touched and not changed
        site.ask()
        first, second = site.told()[before:]
        assert first.encode() == second.encode()
    assert second == OWN + "\n\nUnits: SI."


def test_an_edited_file_holds_from_the_next_question_on_also_when_it_was_written_by_hand(site, tmp_path):
    site.ask()
    (tmp_path / "prompt.md").write_text(OWN, encoding="utf-8")
    site.ask()
    (tmp_path / "prompt.md").unlink()
    site.ask()
    assert site.told() == [OURS, OWN, OURS]


def test_it_is_read_once_for_each_change(site, tmp_path, monkeypatch):
    site.prompt.save(OWN)
    assert site.prompt.current().text == OWN
    monkeypatch.setattr("pathlib.Path.read_text", lambda *_, **__: pytest.fail("read again"))
    assert site.prompt.current().text == OWN


def test_each_answer_keeps_its_instructions_which_are_stored_once(site):
    site.prompt.save(OWN)
    first, second = site.ask(), site.ask()
    site.prompt.reset()
    assert first.details["prompt"] == second.details["prompt"]
    assert site.store.prompt(first.details["prompt"]) == OWN
    assert site.client.get(f"/prompts/{first.details['prompt']}").text == OWN
    footer = str(list(message_parts(site.conversation, first)))
    assert f'<a href="prompt?of={first.details["prompt"]}"' in footer
    assert site.client.get("/prompts/" + "0" * 64).status_code == 404


@pytest.mark.parametrize("request_of", ["Hello, who are you?", "What is the molecular weight of aspirin?"])
def test_a_model_without_tools_is_told_its_own_fixed_instructions(tmp_path, request_of):
    site = Site(tmp_path, FakeModel(words("The weight of aspirin stands above."), abilities=Abilities()))
    site.prompt.save(OWN)
    answer = site.ask(request_of)
    name = "system_without_tools" if request_of.startswith("Hello") else "system_with_results"
    assert site.told() == [our_prompt(name)]
    assert site.store.prompt(answer.details["prompt"]) == our_prompt(name)
    assert "prompt_edited" not in answer.details


def test_the_page_reads_saves_and_takes_ours_again(site, tmp_path):
    assert site.client.get("/prompt").status_code == 200
    told = site.client.get("/prompt.json").json()
    assert (told["text"], told["is_edited"], told["is_locked"], told["differs"]) == (OURS, False, False, [])
    changed = OURS.replace("You are Retort", "You are Retorte")
    told = site.client.put("/prompt.json", json={"text": changed + "\n"}).json()
    first = OURS.splitlines()[0]
    assert told["differs"] == [f"- {first}", f"+ {first.replace('Retort', 'Retorte')}"]
    assert (tmp_path / "prompt.md").read_text(encoding="utf-8") == changed + "\n"
    told = site.client.delete("/prompt.json").json()
    assert (told["text"], told["is_edited"]) == (OURS, False)
    assert not (tmp_path / "prompt.md").exists()


def test_nothing_or_ours_saved_is_ours(site, tmp_path):
    site.prompt.save(OWN)
    site.prompt.save("  \n")
    assert not (tmp_path / "prompt.md").exists()
    site.prompt.save(OURS + "\n\n")
    assert not (tmp_path / "prompt.md").exists()


def test_more_than_is_taken_is_refused_with_a_sentence_and_changes_nothing(site):
    site.prompt.save(OWN)
    answer = site.client.put("/prompt.json", json={"text": "x" * (LONGEST_PROMPT + 1)})
    assert (answer.status_code, answer.text) == (
        422,
        "The instructions have 8,001 characters; at most 8,000 are taken.",
    )
    assert site.prompt.current().text == OWN


def test_where_the_model_is_locked_so_are_its_instructions(tmp_path):
    site = Site(tmp_path, is_locked=True)
    assert site.client.get("/prompt.json").json()["is_locked"] is True
    for answer in (site.client.put("/prompt.json", json={"text": OWN}), site.client.delete("/prompt.json")):
        assert answer.status_code == 422
        assert "cannot be changed from the page" in answer.text
    assert site.prompt.current().text == OURS


@pytest.mark.parametrize(("content", "told"), [(b"\xff\xfe", "is not UTF-8 text"), (b"x" * 9000, "9,000 characters")])
def test_a_file_that_cannot_be_used_fails_the_answer_with_a_sentence_and_ours_mend_it(site, tmp_path, content, told):
    (tmp_path / "prompt.md").write_bytes(content)
    answer = site.ask()
    assert answer.status == "failed"
    assert told in answer.details["error"]
    assert told in site.client.get("/prompt.json").text
    assert site.client.delete("/prompt.json").status_code == 200
    assert site.ask().status == "complete"


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:3000", "null"])
def test_a_page_of_another_site_changes_nothing(site, origin):
    for method in ("put", "delete"):
        asked = {"json": {"text": OWN}} if method == "put" else {}
        answer = getattr(site.client, method)("/prompt.json", headers={"Origin": origin}, **asked)
        assert answer.status_code == 403
    assert site.prompt.current().text == OURS
    own = {"Origin": "http://localhost:7860"}
    assert site.client.put("/prompt.json", json={"text": OWN}, headers=own).json()["is_edited"] is True


def test_what_differs_is_told_by_lines_of_ours_and_of_the_other():
    assert what_differs(OURS) == []
    lines = OURS.splitlines()
    assert what_differs("\n".join([*lines[:-1], "Be brief."])) == [f"- {lines[-1]}", "+ Be brief."]

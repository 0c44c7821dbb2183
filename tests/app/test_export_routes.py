"""What the server gives of a conversation, and what it takes for one."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import importing
from app.exporting.routes import MEDIA_TYPES, export_routes
from model.messages import Text
from tests.app.conversations import Place, called


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return Place.under(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="module")
def conversation(place):
    conversation_id = place.store.create_conversation()
    place.ask(conversation_id, Text("What is\nbromine?"))
    place.answer(conversation_id, *called(1, "element", {"symbol": "Br"}))
    return conversation_id


@pytest.fixture(scope="module")
def client(place):
    app = FastAPI()
    app.include_router(export_routes(SimpleNamespace(store=place.store, uploads=place.uploads)))
    return TestClient(app, base_url="http://localhost")


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_each_kind_is_a_file_to_be_kept_and_not_shown(client, conversation, kind):
    answer = client.get(f"/export/{conversation}.{kind}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == MEDIA_TYPES[kind]
    assert answer.headers["content-disposition"] == f'attachment; filename="what-is.{kind}"'
    assert answer.headers["cache-control"] == "no-store"
    assert "79.904" in answer.text  # the standard atomic weight of bromine, IUPAC 2021


@pytest.mark.parametrize("name", ["0" * 32 + ".json", "x.json", "%2e%2e%2fsecret.json", "{id}.exe", "{id}.", "{id}.py"])
def test_another_conversation_or_kind_is_a_sentence(client, conversation, name):
    answer = client.get(f"/export/{name.format(id=conversation)}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith(("text/plain", "application/json"))


def test_an_export_that_is_sent_back_is_a_new_conversation(client, conversation, place):
    exported = client.get(f"/export/{conversation}.json")
    taken = client.put("/import", content=exported.content)
    assert taken.status_code == 200
    assert taken.json()["id"] != conversation
    assert client.get(f"/export/{taken.json()['id']}.json").content == exported.content


def test_what_is_none_is_refused_in_a_sentence_and_so_is_what_another_site_could_send(client, place):
    before = len(place.store.conversations())
    refused = client.put("/import", content=b"{}")
    assert (refused.status_code, refused.text) == (
        422,
        "The file is no conversation that Retort exported; export the conversation again as JSON.",
    )
    # a form of another site's page can be posted without asking, and a PUT cannot
    assert client.post("/import", content=json.dumps({})).status_code == 405
    assert len(place.store.conversations()) == before


def test_more_than_the_most_is_refused_before_all_of_it_has_come(client, monkeypatch):
    monkeypatch.setattr(importing, "MOST_BYTES", 1_000_000)
    refused = client.put("/import", content=b"x" * 1_000_001)
    assert (refused.status_code, refused.text) == (413, "The file has more than 1 MB, the most that is taken.")

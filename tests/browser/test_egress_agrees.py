"""The ledger and the network agree: every connection that a process of the server opens is one that the ledger lists.

An audit hook (``watched/sitecustomize.py``) in the server, in each tool's process and in the one that fetches models writes down what they
connect to; a stand-in for the services and a hub, both on loopback, note each request that comes.
"""

from __future__ import annotations

import json
import os
import threading
import urllib.error
import urllib.request
from collections import Counter

import pytest
from playwright.sync_api import expect

from tests.app.fakes import outward_of
from tests.browser.server import WATCHED, Server
from tests.browser.stand_in import PUBCHEM, standing_in
from tests.browser.test_conversation import A_WHILE, open_page
from tests.model.checkpoints import write_tiny_checkpoint
from tests.model.hub import Hub, serving
from tools.running import ROOT, Workers


class Watch:
    """What the processes of a server have connected to so far, an address each time."""

    def __init__(self, folder, monkeypatch) -> None:
        self._file = folder / "connections.txt"
        monkeypatch.setenv("RETORT_TEST_CONNECTIONS", str(self._file))

    def connections(self) -> list[str]:
        return self._file.read_text().splitlines() if self._file.exists() else []


@pytest.fixture
def watch(tmp_path, monkeypatch):
    return Watch(tmp_path, monkeypatch)


@pytest.fixture
def stand_in(monkeypatch):
    with standing_in() as standing:
        monkeypatch.setenv("RETORT_STAND_IN", standing.address)
        yield standing


def rows(server):
    """The ledger's, the first first."""
    with urllib.request.urlopen(f"{server.url}/ledger.json", timeout=10) as answer:
        return json.load(answer)["entries"][::-1]


def unlisted(connections, listed):
    """Connections that no row of the ledger accounts for; each row is one request, and each request at most one connection."""
    return list((Counter(connections) - Counter(listed)).elements())


def ask(page, question, choice=""):
    """A question to its end; ``choice`` is what is said when a lookup asks for leave."""
    ended = page.locator(".answer-actions").count()
    page.locator("#composer textarea").fill(question)
    page.keyboard.press("Enter")
    if choice:
        page.locator(".permission").get_by_role("button", name=choice, exact=True).click(timeout=A_WHILE)
    expect(page.locator(".answer-actions")).to_have_count(ended + 1, timeout=A_WHILE)
    expect(page.locator("#composer .stop-button")).to_be_hidden(timeout=A_WHILE)


def test_every_connection_of_questions_lookups_and_a_fetched_model_is_one_of_the_ledger(
    page, tmp_path, monkeypatch, watch, stand_in
):
    with serving(Hub(), monkeypatch, tmp_path / "cache") as hub:
        hub.add("someone/Tiny", write_tiny_checkpoint(tmp_path / "tiny"))
        running = Server(tmp_path / "served")
        open_page(page, running.url)
        ask(page, "What is the molecular weight of caffeine?")
        for refused in ("file=https://outside.invalid/x", "proxy=https://outside.invalid/x"):
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(f"{running.url}/gradio_api/{refused}", timeout=10)
        ask(page, "Look up aspirin in PubChem", "No")
        # nothing allowed: nothing asked, nothing listed, and not one connection
        assert (stand_in.asked, hub.asked, rows(running), watch.connections()) == ([], [], [], [])

        ask(page, "Look up aspirin in PubChem", "Once")
        ask(page, "Look up caffeine in PubChem", "Always this host")
        ask(page, "Look up aspirin in PubChem")  # kept since the first time
        ask(page, "Look up frobnicatol in PubChem")  # 404
        lookups = rows(running)
        assert [(row["method"], row["url"], row["body"]) for row in lookups] == stand_in.asked
        assert [row["url"].partition("/name/")[2].partition("/")[0] for row in lookups] == [
            "aspirin",
            "caffeine",
            "frobnicatol",
        ]
        assert [(row["host"], row["status"]) for row in lookups] == [(PUBCHEM, 200), (PUBCHEM, 200), (PUBCHEM, 404)]
        stand_in_address = stand_in.address.removeprefix("http://")
        assert watch.connections() == [stand_in_address] * len(stand_in.asked)

        page.locator("#model-choice summary").click()
        page.locator("#model-choice input").fill("someone/Tiny")
        page.get_by_role("button", name="Load it").click()
        page.get_by_role("button", name="Fetch someone/Tiny").click(timeout=A_WHILE)
        expect(page.locator("#model-status")).to_contain_text("Tiny is ready", timeout=A_WHILE)
        fetched = rows(running)[len(lookups) :]
        told = [f"{row['method']} {row['url'].removeprefix(hub.address).partition('?')[0]}" for row in fetched]
        assert Counter(told) == Counter(hub.asked)
        assert hub.asked != []
        hub_address = hub.address.removeprefix("http://")
        listed = [stand_in_address] * len(lookups) + [hub_address] * len(fetched)
        assert unlisted(watch.connections(), listed) == []
        assert set(watch.connections()) == {stand_in_address, hub_address}
        running.stop()


def test_a_lookup_that_passes_by_the_gate_is_seen(tmp_path, monkeypatch, watch, stand_in):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(WATCHED), str(ROOT))))
    outward = outward_of(tmp_path)
    workers = Workers(["tests.browser.lookup_beside_the_gate"], size=1)
    assert workers.call("lookup_beside_the_gate", {}, cancel=threading.Event()).summary == "200"
    workers.close()
    assert outward.ledger.count() == 0
    assert unlisted(watch.connections(), []) == [stand_in.address.removeprefix("http://")]

"""The ledger: written before anything leaves, never taken back, told in pages and as a table; and nothing passes it by."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app.assistant import Assistant
from app.egress import MODEL_FETCH, Ledger, Recorded, RecordedFetch, Sender
from app.instructions import PromptFile
from app.loading import ModelSlot
from app.services import Services
from app.serving import build_app
from app.settings import Settings
from app.store import Store, sqlite_url
from app.turns import Turns
from app.ui.ledger_page import ledger_csv, ledger_link
from app.uploads import Uploads
from errors import ModelError, ToolError
from model.local.fetching import fetch
from model.messages import Text
from tests.app.fakes import FakeModel, FakeTools, outward_of
from tests.model.checkpoints import write_tiny_checkpoint
from tests.model.hub import Hub, serving
from tools.network import OutgoingRequest

ROOT = Path(__file__).resolve().parents[2]
HOST = "pubchem.ncbi.nlm.nih.gov"


class Site:
    """A site whose ledger a test fills."""

    def __init__(self, folder, may_be_always=True):
        self.store, self.outward = Store(sqlite_url(folder)), outward_of(folder, may_be_always)
        slot, tools = ModelSlot(lambda tell: FakeModel(), lambda model: ""), FakeTools()
        turns, uploads = Turns(self.store, Assistant(tools), slot), Uploads(folder / "up", 1000, 1000)
        self.services = Services(self.store, turns, uploads, slot, tools, self.outward, PromptFile(folder))
        self.client = TestClient(build_app(self.services, Settings(folder=folder)), base_url="http://localhost:7860")

    @property
    def ledger(self) -> Ledger:
        return self.outward.ledger

    def sent(self, name, conversation="", message=0, body=""):
        sender = Sender("pubchem_lookup", "call_1", conversation, message)
        return self.ledger.record(HOST, "POST" if body else "GET", f"https://{HOST}/{name}", body, sender)

    def rows(self, **asked):
        return self.client.get("/ledger.json", params=asked).json()


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_where_nothing_has_left_the_ledger_is_empty_and_the_margin_says_so(site):
    assert site.rows() == {"count": 0, "entries": [], "allowed": [], "may_revoke": True}
    assert ">Nothing has left this machine<" in ledger_link(0)
    assert "What left this machine (1,204)" in ledger_link(1204)
    assert site.client.get("/status.json").json()["left"] == 0


def test_a_request_is_on_the_disk_before_its_leave_is_given(site, tmp_path):
    seen = []

    class LookingLedger(Ledger):
        def record(self, *told):
            id = super().record(*told)
            with sa.create_engine(sqlite_url(tmp_path)).connect() as other:  # as another process would see it now
                seen.append(other.execute(sa.text("select id, host, status from requests")).all())
            return id

    ledger = LookingLedger(sqlite_url(tmp_path))
    network = Recorded(ledger, Sender("pubchem_lookup"), lambda: frozenset([HOST]))
    id = network.about_to_send(OutgoingRequest(HOST, "GET", f"https://{HOST}/x", "", "pubchem_lookup"))
    assert seen == [[(int(id), HOST, None)]]
    network.answered(id, 404, 17, "")
    [entry] = ledger.entries(5)
    assert (entry.status, entry.received_bytes, entry.ended_at >= entry.sent_at) == (404, 17, True)


def test_what_cannot_be_written_down_is_not_sent(site, tmp_path):
    with sa.create_engine(sqlite_url(tmp_path)).begin() as database:
        database.execute(sa.text("drop table requests"))
    network = Recorded(site.ledger, Sender("pubchem_lookup"), lambda: frozenset([HOST]))
    with pytest.raises(ToolError, match=f"nothing was sent to {HOST}; see that the disk has room"):
        network.about_to_send(OutgoingRequest(HOST, "GET", f"https://{HOST}/x", "", "pubchem_lookup"))


def test_a_request_stays_when_its_answer_or_its_conversation_goes_and_then_says_so(site):
    conversation = site.store.create_conversation()
    site.store.add_message(conversation, "user", [Text("Look aspirin up")])
    answer = site.store.add_message(conversation, "assistant", [Text("It is there.")])
    site.sent("aspirin", conversation, answer.id)
    [row] = site.rows()["entries"]
    assert row["for"] == {"words": "Look aspirin up", "href": f"./?c={conversation}&call={answer.id}-call_1"}
    site.store.truncate(conversation, answer.id)
    [row] = site.rows()["entries"]
    assert row["for"]["words"] == "Look aspirin up (the answer was removed since)"
    site.store.delete(conversation)
    [row] = site.rows()["entries"]
    assert row["for"] == {"words": "a conversation that was deleted since", "href": ""}
    assert row["url"] == f"https://{HOST}/aspirin"


def test_requests_are_told_in_pages_the_newest_first(site):
    for number in range(1, 121):
        site.sent(str(number))
    first = site.rows()
    assert (first["count"], [row["number"] for row in first["entries"]]) == (120, list(range(120, 70, -1)))
    second = site.rows(before=71)
    assert [row["number"] for row in second["entries"]] == list(range(70, 20, -1))
    assert [row["number"] for row in site.rows(before=21)["entries"]] == list(range(20, 0, -1))


def test_as_a_table_every_request_is_a_line_in_order_and_none_is_a_formula(site):
    site.sent("aspirin", "c" * 32, 7)
    site.sent("search", body='=HYPERLINK("https://evil.example")\nsecond line')
    rows = list(csv.DictReader(site.client.get("/ledger.csv").text.splitlines(keepends=True)))
    assert [row["url"].rpartition("/")[2] for row in rows] == ["aspirin", "search"]
    assert rows[0]["conversation"] == "c" * 32
    assert (rows[0]["answer"], rows[0]["status"], rows[0]["body"]) == ("7", "", "")
    assert rows[1]["body"] == '\'=HYPERLINK("https://evil.example")\nsecond line'
    assert len(list(ledger_csv(site.services))) == 3


def test_hosts_allowed_for_good_are_listed_and_can_be_taken_back(site):
    site.outward.permissions.allow(HOST)
    [allowed] = site.rows()["allowed"]
    assert (allowed["host"], allowed["since"][-1]) == (HOST, "Z")
    assert site.client.delete(f"/ledger/allowed/{HOST}").status_code == 204
    assert site.rows()["allowed"] == []


def test_where_strangers_are_let_in_nobody_revokes_from_the_page(tmp_path):
    site = Site(tmp_path, may_be_always=False)
    site.outward.permissions.allow(HOST)
    assert site.client.delete(f"/ledger/allowed/{HOST}").status_code == 403
    assert site.rows()["may_revoke"] is False
    assert site.outward.permissions.lasting() == {HOST}


def test_the_page_of_the_ledger_asks_nothing_of_another_host(site):
    page = site.client.get("/ledger")
    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "https://" not in page.text and "http://" not in page.text


@pytest.fixture
def hub(monkeypatch, tmp_path):
    with serving(Hub(), monkeypatch, tmp_path / "cache") as served:
        yield served


def test_each_request_of_a_fetched_model_is_in_the_ledger_and_no_other(hub, site, tmp_path):
    hub.add("someone/Tiny", write_tiny_checkpoint(tmp_path / "tiny"))
    fetch("someone/Tiny", recorder=RecordedFetch(site.ledger, "someone/Tiny"))
    entries = list(site.ledger.all_entries())
    told = [f"{entry.method} {entry.url.removeprefix(hub.address).partition('?')[0]}" for entry in entries]
    assert sorted(told) == sorted(hub.asked)
    assert len(told) > 5
    assert {(entry.host, entry.sender.tool, entry.sender.call_id) for entry in entries} == {
        ("127.0.0.1", MODEL_FETCH, "someone/Tiny")
    }
    assert {(entry.status, entry.problem) for entry in entries} == {(200, "")}
    weights = next(entry for entry in entries if entry.method == "GET" and entry.url.endswith("model.safetensors"))
    assert weights.received_bytes == len(hub.files["someone/Tiny"]["model.safetensors"])
    assert site.rows()["entries"][0]["for"]["words"] == "the files of someone/Tiny"


def test_a_download_that_cannot_be_written_down_sends_nothing(hub, site, tmp_path):
    hub.add("someone/Tiny", write_tiny_checkpoint(tmp_path / "tiny"))
    with sa.create_engine(sqlite_url(tmp_path)).begin() as database:
        database.execute(sa.text("drop table requests"))
    with pytest.raises(ModelError, match=r"nothing was sent to 127\.0\.0\.1"):
        fetch("someone/Tiny", recorder=RecordedFetch(site.ledger, "someone/Tiny"))
    assert hub.asked == []


def test_a_hub_that_is_not_there_is_listed_as_asked_without_an_answer(site, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # the discard port: nobody listens
    with pytest.raises(ModelError, match="cannot be reached"):
        fetch("someone/Tiny", recorder=RecordedFetch(site.ledger, "someone/Tiny"))
    [entry] = [entry for entry in site.ledger.all_entries() if entry.id == 1]
    assert (entry.status, entry.received_bytes, entry.problem) == (None, 0, "no answer came")


@pytest.mark.parametrize(
    "would_ask",
    [
        "import socket; socket.getaddrinfo('outside.invalid', 443)",
        "import socket; socket.gethostbyname('outside.invalid')",
        "import socket; socket.gethostbyaddr('192.0.2.1')",
        "import socket; socket.getnameinfo(('192.0.2.1', 80), 0)",
        "import socket; socket.create_connection(('192.0.2.1', 9), 1)",  # TEST-NET-1, RFC 5737: never routed
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
        "import asyncio, gradio.processing_utils as g; asyncio.run(g.async_ssrf_protected_get('https://outside.invalid/x'))",
    ],
)
def test_the_process_of_the_page_can_reach_no_other_machine(would_ask):
    script = f"from app.confinement import confine_to_this_machine\nconfine_to_this_machine()\n{would_ask}"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "PermissionError: Retort's page reaches no other machine" in done.stderr


def test_it_still_reaches_its_own_machine_and_what_was_named_for_it():
    with Listening() as port:
        script = (
            "import socket\nfrom app.confinement import confine_to_this_machine\nconfine_to_this_machine(['192.0.2.1'])\n"
            f"socket.create_connection(('localhost', {port}), 5).close()\nsocket.getaddrinfo('192.0.2.9', 80)\n"
            "one, other = socket.socketpair()\none.sendmsg([b'x'])\n"
            "try:\n    socket.socket(socket.AF_UNIX).connect('/no/such/socket')\nexcept FileNotFoundError: pass\n"
            "probe = socket.socket(type=socket.SOCK_DGRAM)\n"
            "try:\n    probe.sendto(b'x', ('192.0.2.1', 9))\nexcept PermissionError: raise\nexcept OSError: pass\n"
        )
        done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


class Listening:
    def __enter__(self) -> int:
        import socket

        self._socket = socket.create_server(("127.0.0.1", 0))
        return self._socket.getsockname()[1]

    def __exit__(self, *_):
        self._socket.close()


@pytest.mark.parametrize(
    "address", ["file=https://outside.invalid/x", "proxy=https://outside.invalid/x", "file=HTTP://h/"]
)
def test_gradio_fetches_nothing_for_who_names_an_address(site, address):
    answer = site.client.get(f"/gradio_api/{address}")
    assert (answer.status_code, answer.text) == (404, "Retort fetches nothing from other hosts for a page.")

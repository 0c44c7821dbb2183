"""Through real worker processes: nothing is sent before its host is allowed and the request is recorded."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from errors import NetworkNotAllowedError, ToolError
from tests.tools.lookups.conftest import Record
from tests.tools.lookups.stand_in import Reply, dripping
from tools.network import LONGEST_RECORDED_BODY, NOT_WAITED_FOR, Border, OutgoingRequest
from tools.outputs import Provenance
from tools.pacing import Pace
from tools.running import Workers

ROOT = Path(__file__).resolve().parents[3]
PUBCHEM = "pubchem.ncbi.nlm.nih.gov"
ASPIRIN = r"/rest/pug/compound/name/aspirin/property/.*"
HERE = "announced.example"


@pytest.fixture
def workers(stand_in):
    pool = Workers(("tests.tools.lookups.asking_tools", "tools.lookups.pubchem"), size=1)
    yield pool
    pool.close()


def test_without_leave_nothing_connects_and_the_refusal_names_host_and_request(stand_in, workers):
    for network in (None, Record(), Record(frozenset({"www.ebi.ac.uk"}))):
        with pytest.raises(NetworkNotAllowedError) as caught:
            workers.call("pubchem_lookup", {"compound": "aspirin"}, network=network)
        assert caught.value.host == PUBCHEM
        assert caught.value.would_send.startswith(
            f"pubchem_lookup would send it GET https://{PUBCHEM}/rest/pug/compound/name/aspirin/"
        )
        assert str(caught.value).startswith(
            f"{PUBCHEM} is not allowed yet, and nothing was sent: pubchem_lookup would send it GET "
        )
        assert network is None or network.log == []
    assert stand_in.connections == 0


def test_a_request_is_recorded_before_anything_connects_and_answered_for_after(stand_in, workers):
    stand_in.answers(PUBCHEM, ASPIRIN, "pubchem_aspirin.json")
    connected = []
    network = Record(frozenset({PUBCHEM}), on_record=lambda request: connected.append(stand_in.connections))
    result = workers.call("pubchem_lookup", {"compound": "aspirin"}, network=network)
    assert connected == [0], "at the time of the record nothing had connected"
    assert stand_in.connections == 1
    [request] = network.requests
    assert (request.host, request.method, request.body, request.tool) == (PUBCHEM, "GET", "", "pubchem_lookup")
    sent = stand_in.asked[0]
    assert request.url == f"https://{sent.host}{sent.path}", "the record has what was really sent"
    size = len((ROOT / "tests/tools/lookups/replies/pubchem_aspirin.json").read_bytes())
    assert network.log == [("recorded", PUBCHEM), ("answered", "request 1", 200, size, "")]
    assert result.provenance.host == PUBCHEM
    assert result.provenance.source == "PubChem"
    assert result.provenance.from_cache is False
    assert result.provenance.retrieved_at.startswith("20")


def test_a_body_is_recorded_as_it_is_sent(stand_in, workers):
    stand_in.answers(PUBCHEM, r"/rest/pug/compound/name/property/.*", "pubchem_aspirin.json")
    network = Record(frozenset({PUBCHEM}))
    workers.call("pubchem_lookup", {"compound": "aspirin/caffeine mixture"}, network=network)
    assert network.requests[0].method == "POST"
    assert network.requests[0].body == stand_in.asked[0].body == "name=aspirin%2Fcaffeine+mixture"


def test_what_cannot_be_recorded_is_not_sent(stand_in, workers):
    def refuse(request: OutgoingRequest) -> None:
        raise ToolError("The ledger cannot be written.")

    with pytest.raises(ToolError, match=r"^The ledger cannot be written\.$"):
        workers.call("pubchem_lookup", {"compound": "aspirin"}, network=Record(frozenset({PUBCHEM}), on_record=refuse))
    assert stand_in.connections == 0


def test_what_is_kept_needs_no_leave(stand_in, workers):
    stand_in.answers(PUBCHEM, ASPIRIN, "pubchem_aspirin.json")
    first = workers.call("pubchem_lookup", {"compound": "aspirin"}, network=Record(frozenset({PUBCHEM})))
    again = workers.call("pubchem_lookup", {"compound": "aspirin"})
    assert again.provenance.from_cache is True
    assert (again.provenance.host, again.provenance.retrieved_at) == (PUBCHEM, first.provenance.retrieved_at)
    assert again.data == first.data
    with pytest.raises(NetworkNotAllowedError):
        workers.call("pubchem_lookup", {"compound": "aspirin", "refresh": True})
    assert stand_in.connections == 1


def test_a_host_that_the_tool_never_announced_is_not_asked_even_if_it_is_allowed(stand_in, workers):
    network = Record(frozenset({HERE, "other.example"}))
    with pytest.raises(
        ToolError, match=r"^ask_path wanted to send to 'https://other\.example/', which it never asks; it was ended\.$"
    ):
        workers.call("ask_path", {"host": "other.example", "path": "/"}, network=network)
    assert (stand_in.connections, network.log) == (0, [])


@pytest.mark.parametrize(
    "host", ["announced.example:8443", "user@announced.example", "announced.example@other.example"]
)
def test_an_address_that_only_looks_like_the_host_is_not_asked(stand_in, workers, host):
    with pytest.raises(ToolError):
        workers.call("ask_path", {"host": host, "path": "/"}, network=Record(frozenset({HERE, host})))
    assert stand_in.connections == 0


@pytest.mark.parametrize(
    "told",
    [
        {"host": HERE, "method": "GET", "url": "http://announced.example/", "body": ""},
        {"host": HERE, "method": "GET", "url": "https://other.example/", "body": ""},
        {"host": "other.example", "method": "GET", "url": "https://other.example/", "body": ""},
        {"host": HERE, "method": "GET", "url": "https://announced.example@other.example/", "body": ""},
    ],
)
def test_the_parent_does_not_believe_a_worker(told):
    network = Record(frozenset({HERE, "other.example"}))
    with pytest.raises(ToolError, match="which it never asks"):
        Border("ask_path", (HERE,), network, Pace()).asked(told)
    assert network.log == []


def test_a_long_body_is_cut_for_the_record():
    network = Record(frozenset({HERE}))
    told = {"host": HERE, "method": "POST", "url": f"https://{HERE}/", "body": "x" * 50_000}
    assert Border("ask_path", (HERE,), network, Pace()).asked(told) == {"go": True, "id": "request 1", "after_s": 0.0}
    assert len(network.requests[0].body) == LONGEST_RECORDED_BODY


def test_every_request_of_a_call_passes_the_gate(stand_in, workers):
    stand_in.answers(HERE, "/x", Reply(b"yes"))
    network = Record(frozenset({HERE}))
    result = workers.call("ask_path", {"host": HERE, "path": "/x", "times": 3}, network=network)
    assert result.data["bodies"] == ["yes"] * 3
    assert [entry[0] for entry in network.log] == ["recorded", "answered"] * 3
    assert [entry[1] for entry in network.log[1::2]] == ["request 1", "request 2", "request 3"]


def test_leave_that_is_taken_back_holds_for_the_next_request(stand_in, workers):
    stand_in.answers(HERE, "/x", Reply(b"yes"))
    network = Record(frozenset({HERE}))
    network.on_record = lambda request: setattr(network, "allowed", frozenset())
    with pytest.raises(NetworkNotAllowedError):
        workers.call("ask_path", {"host": HERE, "path": "/x", "times": 2}, network=network)
    assert stand_in.connections == 1


def test_a_tool_that_swallows_the_refusal_has_sent_nothing(stand_in, workers):
    assert workers.call("swallow_refusal", {}).summary == "NetworkNotAllowedError"
    assert stand_in.connections == 0


def test_the_time_limit_counts_while_a_service_drips_and_the_request_is_answered_for(stand_in, workers):
    stand_in.answers(HERE, "/slow", Reply(pieces=dripping(b"x" * 500, every_s=0.05)))
    network = Record(frozenset({HERE}))
    with pytest.raises(ToolError, match=r"^ask_path was stopped after 1 s; "):
        workers.call("ask_path", {"host": HERE, "path": "/slow"}, network=network, time_limit_s=1)
    assert network.log == [("recorded", HERE), ("answered", "request 1", None, 0, NOT_WAITED_FOR)]


def test_a_call_that_is_cancelled_while_it_waits_is_answered_for(stand_in, workers):
    stand_in.answers(HERE, "/slow", Reply(pieces=dripping(b"x" * 500, every_s=0.05)))
    cancel = threading.Event()
    network = Record(frozenset({HERE}), on_record=lambda request: threading.Timer(0.3, cancel.set).start())
    with pytest.raises(ToolError, match=r"^ask_path was stopped\.$"):
        workers.call("ask_path", {"host": HERE, "path": "/slow"}, network=network, cancel=cancel)
    assert network.log == [("recorded", HERE), ("answered", "request 1", None, 0, NOT_WAITED_FOR)]
    sent = stand_in.sent_bytes
    time.sleep(0.3)
    assert stand_in.sent_bytes <= sent + 2, "the process that read it is gone"


def test_a_worker_goes_on_after_a_refusal_and_after_an_answer(stand_in, workers):
    stand_in.answers(HERE, "/x", Reply(b"yes"))
    with pytest.raises(NetworkNotAllowedError):
        workers.call("ask_path", {"host": HERE, "path": "/x"})
    for _ in range(2):
        assert workers.call("ask_path", {"host": HERE, "path": "/x"}, network=Record(frozenset({HERE}))).data[
            "bodies"
        ] == ["yes"]
    assert workers.busy == 0


def test_a_fault_of_the_service_is_answered_for_with_its_sentence(stand_in, workers):
    stand_in.answers(PUBCHEM, ASPIRIN, Reply(b"", 503))
    network = Record(frozenset({PUBCHEM}))
    with pytest.raises(ToolError, match=r"^PubChem is overloaded or closed for a while \(503\)"):
        workers.call("pubchem_lookup", {"compound": "aspirin"}, network=network)
    assert network.log == [("recorded", PUBCHEM), ("answered", "request 1", 503, 0, "")]


def test_the_catalog_tells_hosts_and_a_refusal_crosses_processes_whole(workers):
    import pickle

    hosts = {tool["name"]: tool["hosts"] for tool in workers.catalog()}
    assert hosts == {"ask_path": [HERE], "swallow_refusal": [HERE], "pubchem_lookup": [PUBCHEM]}
    error = pickle.loads(pickle.dumps(NetworkNotAllowedError("a.example", "it would send it GET https://a.example/")))
    assert (error.host, error.would_send) == ("a.example", "it would send it GET https://a.example/")


def test_results_of_before_there_were_lookups_still_validate():
    stored = {"tool": "echo", "arguments": {}, "libraries": {}, "seconds": 0.1, "host": "local"}
    read = Provenance.model_validate(stored)
    assert (read.source, read.retrieved_at, read.from_cache) == ("", "", False)


def test_one_module_alone_can_open_a_connection():
    opening = {
        "httpx",
        "httpcore",
        "requests",
        "socket",
        "ssl",
        "http",
        "urllib3",
        "aiohttp",
        "ftplib",
        "smtplib",
        "asyncio",
    }
    users: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tools").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found = {name for name in names if name.split(".")[0] in opening or name.startswith("urllib.request")}
            if found:
                users.setdefault(str(path.relative_to(ROOT)), set()).update(found)
    assert users == {"tools/lookups/sending.py": {"httpx", "socket", "ssl", "urllib.request"}}


def test_starting_the_tools_imports_no_client():
    program = "import sys, tools.registry as r; r.Toolbox.load(); print([m for m in ('httpx', 'httpcore') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )  # fmt: skip
    assert done.stdout == "[]\n"


def command(stand_in, *arguments: str, given: bytes = b"") -> tuple[int, list[dict], str]:
    done = subprocess.run(
        [sys.executable, "-m", "tools", *arguments],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, input=given, capture_output=True, timeout=120,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def test_the_command_line_needs_a_flag_and_says_what_it_sends(stand_in):
    stand_in.answers(PUBCHEM, ASPIRIN, "pubchem_aspirin.json")
    call = ("call", "pubchem_lookup", '{"compound": "aspirin"}')
    status, [refused], said = command(stand_in, *call)
    assert (status, refused["ok"], said) == (2, False, "")
    assert refused["error"]["hint"] == f"add --allow {PUBCHEM}"
    assert stand_in.connections == 0
    status, [answered], said = command(stand_in, *call, "--allow", PUBCHEM)
    assert (status, answered["ok"], answered["data"]["cid"]) == (0, True, 2244)
    sent, got = said.splitlines()
    assert sent.startswith(
        f"request 1 for pubchem_lookup: GET https://{PUBCHEM}/rest/pug/compound/name/aspirin/property/"
    )
    assert got.startswith("request 1: 200, ")
    assert got.endswith(" bytes")


def test_batches_of_lookups_need_the_flag_too(stand_in, tmp_path):
    stand_in.answers(PUBCHEM, ASPIRIN, "pubchem_aspirin.json")
    row = b'{"tool": "pubchem_lookup", "arguments": {"compound": "aspirin", "refresh": true}}\n'
    _, [refused], _ = command(stand_in, "batch", given=row)
    assert refused["error"]["hint"] == f"add --allow {PUBCHEM}"
    _, [answered], _ = command(stand_in, "batch", "--allow", PUBCHEM, given=row)
    assert answered["ok"]
    table = tmp_path / "names.csv"
    table.write_text("name\naspirin\n")
    over = (
        "over",
        str(table),
        "--tool",
        "pubchem_lookup",
        "--column",
        "name",
        "--arguments",
        '{"refresh": true}',
        "--out",
    )
    command(stand_in, *over, str(tmp_path / "refused"))
    [refused] = [json.loads(line) for line in (tmp_path / "refused" / "rows.jsonl").read_text().splitlines()]
    assert refused["error"]["hint"] == f"add --allow {PUBCHEM}"
    assert stand_in.connections == 1
    command(stand_in, *over, str(tmp_path / "allowed"), "--allow", PUBCHEM)
    [answered] = [json.loads(line) for line in (tmp_path / "allowed" / "rows.jsonl").read_text().splitlines()]
    assert answered["data"]["cid"] == 2244
    assert stand_in.connections == 2

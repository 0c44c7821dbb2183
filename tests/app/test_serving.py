"""What the server lets in and out: known hosts, one policy for the page, files of their own conversation."""

from __future__ import annotations

import io

import PIL.Image
import pytest
from fastapi.testclient import TestClient

from app.assistant import Assistant
from app.instructions import PromptFile
from app.loading import ModelSlot
from app.services import Services
from app.serving import build_app
from app.settings import Settings
from app.store import Store, sqlite_url
from app.turns import Turns
from app.uploads import Uploads
from tests.app.fakes import FakeModel, FakeTools, outward_of


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    store, tools = Store(sqlite_url(folder)), FakeTools()
    slot = ModelSlot(lambda progress: FakeModel(), lambda model: "")
    uploads = Uploads(folder / "up", 100_000, 1_000_000)
    turns = Turns(store, Assistant(tools), slot)
    return Services(store, turns, uploads, slot, tools, outward_of(folder), PromptFile(folder))


@pytest.fixture(scope="module")
def client(services, tmp_path_factory):
    app = build_app(services, Settings(folder=tmp_path_factory.mktemp("data"), upload_mb=1, video_mb=1, file_mb=1))
    return TestClient(app, base_url="http://localhost:7860")


def test_the_page_is_served_with_a_policy_that_lets_nothing_leave(client):
    answer = client.get("/")
    assert answer.status_code == 200
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == "'none'"
    for directive, sources in policy.items():
        assert "http" not in sources, f"{directive} names a host"
        assert "*" not in sources


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "169.254.169.254"])
def test_a_strange_host_header_is_refused(client, host):
    assert client.get("/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1:7860"])
def test_this_machines_own_names_are_answered(client, host):
    assert client.get("/health", headers={"host": host}).json()["status"] == "ok"


def test_a_picture_is_served_to_its_conversation_and_under_no_other(client, services, tmp_path):
    conversation, other = services.store.create_conversation(), services.store.create_conversation()
    buffer = io.BytesIO()
    PIL.Image.new("RGB", (8, 8)).save(buffer, "PNG")
    path = tmp_path / "p.png"
    path.write_bytes(buffer.getvalue())
    kept = services.uploads.take(conversation, path)
    answer = client.get(f"/files/{conversation}/{kept.sha256}")
    assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == ("image/png", "nosniff")
    assert client.get(f"/files/{other}/{kept.sha256}").status_code == 404
    assert client.get(f"/files/..%2f{conversation}/{kept.sha256}").status_code == 404


def test_gradios_own_file_route_does_not_serve_the_database_or_the_source(client):
    for path in ("app.py", "requirements.txt", "data/conversations.db"):
        assert client.get(f"/gradio_api/file={path}").status_code in (403, 404)


def test_a_file_over_the_cap_is_refused_by_the_server(client):
    answer = client.post("/gradio_api/upload", files={"files": ("big.png", b"\0" * 1_500_000)})
    assert answer.status_code == 413

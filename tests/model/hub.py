"""A hub on loopback, as far as a download needs one: what it has, what it refuses, and how slowly it gives."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """``files`` by id and name; ``refusals`` are the status and error code of an id; ``pace`` in bytes a second."""

    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    pace: float | None = None
    sizes: dict[str, int] = field(default_factory=dict)  # of files that claim to be larger than they are
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def add(self, spec: str, folder: Path) -> None:
        self.files[spec] = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@contextmanager
def serving(hub: Hub, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Iterator[Hub]:
    """The library finds this hub, and an empty cache, in this process and in those it starts."""
    server = _Server(("127.0.0.1", 0), _handler(hub))
    hub.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    monkeypatch.setenv("HF_HUB_CACHE", str(cache))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.address)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Who breaks a download off is no error."""


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, with_body: bool) -> None:
            path = self.path.split("?")[0]
            hub.asked.append(f"{self.command} {path}")
            words = path.strip("/").split("/")
            spec = "/".join(words[2:4] if words[0] == "api" else words[:2])
            if spec in hub.refusals:
                return self._refuse(*hub.refusals[spec])
            if spec not in hub.files:
                return self._refuse(401, "RepoNotFound")
            files = hub.files[spec]
            if words[0] == "api" and "tree" in words:
                entries = [
                    {"type": "file", "path": name, "size": hub.sizes.get(name, len(body)), "oid": _sha1(body)}
                    for name, body in files.items()
                ]
                return self._send(json.dumps(entries).encode(), with_body)
            if words[0] == "api":
                told = {"id": spec, "sha": COMMIT, "siblings": [{"rfilename": name} for name in files]}
                return self._send(json.dumps(told).encode(), with_body)
            name = words[-1]
            if name not in files:
                return self._refuse(404, "EntryNotFound")
            return self._send(files[name], with_body, size=hub.sizes.get(name), ETag=f'"{_sha1(files[name])}"')

        def _send(self, body: bytes, with_body: bool, size: int | None = None, **headers: str) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(size or len(body)))
            self.send_header("X-Repo-Commit", COMMIT)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if not with_body:
                return
            pace = hub.pace if "ETag" in headers else None
            piece = max(1, int((pace or len(body) or 1) / 20))
            for start in range(0, len(body), piece):
                self.wfile.write(body[start : start + piece])
                if pace:
                    self.wfile.flush()
                    time.sleep(0.05)

        def _refuse(self, status: int, code: str) -> None:
            self.send_response(status)
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _sha1(body: bytes) -> str:
    return hashlib.sha1(body, usedforsecurity=False).hexdigest()

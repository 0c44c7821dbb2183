"""A server on loopback that answers in the place of every service, as it was told to, and knows what it was asked."""

from __future__ import annotations

import gzip
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

REPLIES = Path(__file__).parent / "replies"
CHUNK = b"x" * 65_536


@dataclass(frozen=True)
class Reply:
    """``body`` is sent with its length unless ``pieces`` makes it bit by bit, until the other side goes away."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    pieces: Callable[[], Iterator[bytes]] | None = None


@dataclass(frozen=True)
class Asked:
    host: str
    method: str
    path: str
    body: str
    headers: dict[str, str]


@dataclass
class StandIn:
    """``replies``: (host, pattern of the whole path with its query, reply), the last that fits counts."""

    port: int = 0
    connections: int = 0
    sent_bytes: int = 0
    asked: list[Asked] = field(default_factory=list)
    replies: list[tuple[str, re.Pattern[str], Reply]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self, host: str, path: str, reply: Reply | dict | list | str) -> None:
        """``path`` is a regular expression; a text is the name of a file in ``replies``."""
        if isinstance(reply, str):
            reply = recorded(reply)
        elif not isinstance(reply, Reply):
            reply = Reply(json.dumps(reply).encode())
        self.replies.append((host, re.compile(path), reply))

    def reply_to(self, host: str, path: str) -> Reply:
        for told_host, pattern, reply in reversed(self.replies):
            if told_host == host and pattern.fullmatch(unquote(path)):
                return reply
        return Reply(b'{"error": "nothing was told for this path"}', 418)


_TYPES = {
    ".json": "application/json;charset=UTF-8",
    ".xml": "application/atom+xml; charset=utf-8",
    ".cif": "text/plain",
    ".fasta": "text/plain",
}


def recorded(name: str, status: int = 200) -> Reply:
    path = REPLIES / name
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return Reply(body, status, _TYPES[Path(name.removesuffix(".gz")).suffix])


@contextmanager
def serving() -> Iterator[StandIn]:
    told = StandIn()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            told.connections += 1
            super().setup()

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            host = self.headers.get("Host", "")
            told.asked.append(Asked(host, self.command, self.path, body, dict(self.headers)))
            reply = told.reply_to(host, self.path)
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Connection", "close")
            for name, value in reply.headers:
                self.send_header(name, value)
            if reply.pieces is None:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.close_connection = True
            try:
                for piece in reply.pieces() if reply.pieces else (reply.body,):
                    self.wfile.write(piece)
                    told.sent_bytes += len(piece)
            except OSError:  # the other side went away
                return

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


def a_gigabyte() -> Iterator[bytes]:
    for _ in range(1_000_000_000 // len(CHUNK)):
        yield CHUNK


def dripping(beginning: bytes, every_s: float) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        for byte in beginning:
            time.sleep(every_s)
            yield bytes([byte])

    return pieces

"""Over https as it is in earnest: a certificate that nobody vouches for is refused, the limits hold, and a named proxy is used."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from errors import ToolError
from tools.lookups import asking
from tools.lookups.asking import Service, ask
from tools.lookups.reading import Told, as_json

HOST = "service.example"
SERVICE = Service("Example", HOST, "Do as you like.")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class _Thing(Told):
    name: str


def asked():
    return ask(SERVICE, "/thing", as_json(_Thing), refresh=True)


@pytest.fixture(autouse=True)
def no_stand_in(gate, monkeypatch):
    monkeypatch.delenv("RETORT_STAND_IN")
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here to make a certificate")
    folder = tmp_path_factory.mktemp("certificate")
    files = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
         "-addext", f"subjectAltName=DNS:{HOST}", "-out", files[0], "-keyout", files[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return files


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    taken, _ = server.accept()
                except OSError:  # closed: the test is over
                    return
                with taken:
                    try:
                        serve(taken)
                    except OSError:  # the other side went away
                        continue

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]


@contextmanager
def over_tls(certificate, monkeypatch, pieces: Callable[[], Iterator[bytes]]) -> Iterator[list[bytes]]:
    """Serves ``pieces`` as ``service.example``, which is looked up as loopback; yields what was received."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    received: list[bytes] = []

    def serve(taken: socket.socket) -> None:
        with context.wrap_socket(taken, server_side=True) as secure:
            received.append(secure.recv(4096))
            for piece in pieces():
                secure.sendall(piece)

    with listening(serve) as port:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        yield received


def test_a_certificate_that_nobody_vouches_for_is_refused_before_the_request(certificate, gate, monkeypatch):
    with over_tls(certificate, monkeypatch, lambda: iter(())) as received:
        with pytest.raises(
            ToolError,
            match=r"^The certificate of service\.example cannot be trusted \('.*'\); check this machine's network",
        ):
            asked()
        assert received == []
    assert gate.told[0][1] is None


def test_a_service_with_a_good_certificate_is_read(certificate, gate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    body = b'{"name": "water"}'
    with over_tls(
        certificate, monkeypatch, lambda: iter((HEAD + b"Content-Length: %d\r\n\r\n" % len(body), body))
    ) as received:
        answer = asked()
        assert answer.value.name == "water"
        assert "stands in" not in answer.note
        assert received[0].startswith(b"GET /thing HTTP/1.1\r\nHost: service.example\r\n")


def test_the_limit_for_the_whole_holds_over_tls(certificate, gate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setattr(asking, "TOTAL_S", 0.8)

    def drip() -> Iterator[bytes]:
        yield HEAD + b"\r\n"
        for _ in range(400):
            time.sleep(0.05)
            yield b"{"

    with over_tls(certificate, monkeypatch, drip), pytest.raises(ToolError, match="did not answer in time"):
        asked()
    assert 0 < gate.told[0][2] < 100


def test_a_proxy_that_the_environment_names_is_asked_and_the_host_is_not_looked_up_here(gate, monkeypatch):
    said: list[bytes] = []

    def refuse(taken: socket.socket) -> None:
        said.append(taken.recv(4096))
        taken.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    looked_up: list[str] = []
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: looked_up.append(str(host)) or real(host, *a, **k))
    with listening(refuse) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        with pytest.raises(ToolError, match="cannot be reached from here"):
            asked()
    assert said[0].startswith(b"CONNECT service.example:443 HTTP/1.1\r\n")
    assert HOST not in looked_up

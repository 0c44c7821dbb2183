"""No process of the server asks a host beyond this machine; and a test that the watch itself sees one that would."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.browser.server import WATCHED, Server
from tests.browser.test_conversation import ask, finished, open_page


@pytest.mark.parametrize(
    "would_ask",
    [
        "import socket; socket.getaddrinfo('outside.invalid', 443)",
        "import socket; socket.socket().connect(('192.0.2.1', 9))",  # TEST-NET-1, RFC 5737: never routed
        "import urllib.request; urllib.request.urlopen('http://outside.invalid/')",
    ],
)
def test_the_watch_sees_a_process_that_would_ask_elsewhere(tmp_path, would_ask):
    noted = tmp_path / "outside.txt"
    guarded = f"import socket; socket.setdefaulttimeout(0.5)\ntry:\n    {would_ask}\nexcept OSError:\n    pass"
    subprocess.run(
        [sys.executable, "-c", guarded],
        env={"PYTHONPATH": str(WATCHED), "RETORT_TEST_OUTSIDE": str(noted), "PATH": ""},
        check=True,
        timeout=30,
    )
    assert "outside.invalid" in noted.read_text() or "192.0.2.1" in noted.read_text()


def test_a_server_from_start_over_loading_asking_and_drawing_to_its_end_asks_no_other_host(page, tmp_path):
    server = Server(tmp_path)
    open_page(page, server.url)
    ask(page, "Show ethanol in 3D")
    finished(page)
    server.stop()
    assert server.asked_outside == ""

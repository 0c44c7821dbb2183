"""Tool calls in processes of their own: limited in time and memory, cancellable, replaced when they hang or die."""

from __future__ import annotations

import atexit
import json
import os
import queue
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from errors import NetworkNotAllowedError, ToolError, ToolInputError, shown
from tools.network import Border, Network
from tools.outputs import ToolResult
from tools.pacing import Pace
from tools.registry import DEFAULT_TIME_LIMIT_S, TOOL_MODULES

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT_S = 60.0  # importing the libraries on a cold disk
MOST_ARGUMENT_BYTES = 1_000_000
LOOKED_AT_EVERY_S = 0.05
PIPE_BYTES = 1 << 16  # as much as a pipe of Linux holds
#: How a worker's line begins that holds a result, asks for leave to send, or tells how that ended.
RESULT, REQUEST, ANSWERED = b'{"result": ', b'{"request": ', b'{"answered": '
Views = Literal["all", "molfile", "none"]
CACHE_VARIABLE = "RETORT_CACHE"
_SECRETS = ("KEY", "TOKEN", "SECRET", "PASSWORD")


class _Cancelled(Exception):
    pass


class _OutOfTime(Exception):
    pass


class _Died(Exception):
    pass


def child_environment() -> dict[str, str]:
    """What a process that reads other people's input is told: no secrets, and one thread, since there is a process a core."""
    kept = {name: value for name, value in os.environ.items() if not any(word in name.upper() for word in _SECRETS)}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    return {**kept, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class _Worker:
    """One child process and its two pipes."""

    def __init__(self, modules: Sequence[str], memory_mb: int, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.worker", str(memory_mb), *modules],
            cwd=ROOT,
            env={**child_environment(), **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the parent, which then ends its workers
        )
        self._selector = selectors.DefaultSelector()
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)
        self._selector.register(self._process.stdout, selectors.EVENT_READ)
        self._unread = bytearray()
        self.catalog: list[dict[str, Any]] | None = None

    def greet(self, cancel: threading.Event | None) -> list[dict[str, Any]]:
        """What the worker can do; waits until its libraries are imported."""
        if self.catalog is None:
            self.catalog = json.loads(self._read_line(time.monotonic() + START_LIMIT_S, cancel))["tools"]
        return self.catalog

    def ask(self, request: bytes, limit_s: float, cancel: threading.Event | None, border: Border) -> bytes:
        """The line that answers the request; until then what the tool would send is for the ``border`` to let pass."""
        deadline = time.monotonic() + limit_s
        self._write(request)
        while True:
            line = self._read_line(deadline, cancel)
            if line.startswith(REQUEST):
                self._write(json.dumps(border.asked(json.loads(line)["request"])).encode())
            elif line.startswith(ANSWERED):
                border.answered(json.loads(line)["answered"])
            else:
                return line

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._selector.close()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                pipe.close()  # type: ignore[union-attr]
            except BrokenPipeError:  # a request that was never read
                continue

    def _write(self, line: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise _Died from None

    def _read_line(self, deadline: float, cancel: threading.Event | None) -> bytes:
        assert self._process.stdout is not None
        line, searched = self._unread, 0
        while (end := line.find(b"\n", searched)) < 0:
            searched = len(line)
            if cancel is not None and cancel.is_set():
                raise _Cancelled
            if time.monotonic() > deadline:
                raise _OutOfTime
            if self._selector.select(LOOKED_AT_EVERY_S):
                chunk = os.read(self._process.stdout.fileno(), PIPE_BYTES)
                if not chunk:
                    raise _Died
                line += chunk
        self._unread = line[end + 1 :]
        return bytes(line[: end + 1])


class Workers:
    """A pool of ``size`` worker processes; ``call`` may be used from any number of threads.

    ``kept_in`` is the folder where answers of lookups are kept; None: where ``RETORT_CACHE`` says.
    """

    def __init__(
        self,
        modules: Sequence[str] = TOOL_MODULES,
        size: int = 2,
        memory_limit_mb: int = 2048,
        kept_in: Path | None = None,
    ) -> None:
        self._modules = tuple(modules)
        self._memory_limit_mb = memory_limit_mb
        self._environment = {} if kept_in is None else {CACHE_VARIABLE: str(kept_in)}
        #: Free places, each with its worker or None where one must be started; the last used is the first taken.
        self._places: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(size):
            self._places.put(None)
        self.size = size
        self._catalog: list[dict[str, Any]] | None = None
        self._limits: dict[str, float] = {}
        self._hosts: dict[str, list[str]] = {}
        self._pace = Pace()
        self._closed = False
        atexit.register(self.close)

    @property
    def busy(self) -> int:
        """Places that hold a call, or a worker that is being started."""
        return self.size - self._places.qsize()

    def warm_up(self) -> None:
        """Start every worker in the background; returns at once."""
        for _ in range(self.size):
            threading.Thread(target=self._warm_one, name="warm up tools", daemon=True).start()

    def catalog(self) -> list[dict[str, Any]]:
        """Name, description, parameters, group, asks, time limit and hosts of every tool, as a worker tells them."""
        if self._catalog is None:
            worker = self._take(None)
            try:
                self._learn(worker.greet(None))
            except (_OutOfTime, _Died):
                worker.end()
                self._places.put(None)
                raise ToolError("The tools could not be started; see the console, and run make setup again.") from None
            self._places.put(worker)
        assert self._catalog is not None
        return self._catalog

    def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        *,
        cancel: threading.Event | None = None,
        time_limit_s: float | None = None,
        network: Network | None = None,
    ) -> ToolResult:
        """Run one call in a worker; raises ``ToolInputError`` as the tool does, ``ToolError`` if there is no answer.

        What the tool would send over the network passes if ``network`` allows its host and has recorded it, else the call ends in
        ``NetworkNotAllowedError``.
        """
        return ToolResult.model_validate_json(
            self.call_as_json(name, arguments, cancel=cancel, time_limit_s=time_limit_s, network=network)
        )

    def call_as_json(
        self,
        name: str,
        arguments: Mapping[str, Any],
        *,
        cancel: threading.Event | None = None,
        time_limit_s: float | None = None,
        views: Views = "all",
        network: Network | None = None,
    ) -> bytes:
        """``call`` whose ``ToolResult`` stays the JSON that the worker wrote: who passes it on need not read it.

        Where not all ``views`` are wanted, drawings are not made, and the only view is the molfile of ``data["smiles"]``, or none.
        """
        request = _request(name, arguments, views)
        worker = self._take(cancel)
        place: _Worker | None = None
        limit_s = time_limit_s or 0.0
        try:
            self._learn(worker.greet(cancel))
            limit_s = time_limit_s or self._limits.get(name, DEFAULT_TIME_LIMIT_S)
            border = Border(name, self._hosts.get(name, ()), network, self._pace)
            try:
                answer = worker.ask(request, limit_s, cancel, border)
            finally:
                border.ended()
            place = worker
        except _Cancelled:
            raise ToolError(f"{name} was stopped.") from None
        except _OutOfTime:
            raise ToolError(
                f"{name} was stopped after {limit_s or START_LIMIT_S:g} s; give it something smaller."
            ) from None
        except _Died:
            raise ToolError(f"{name} ended without an answer (its process died); give it something smaller.") from None
        finally:
            if place is None:
                worker.end()
            self._places.put(place)
            if self._closed:
                self.close()
        if answer.startswith(RESULT):
            return answer[len(RESULT) : answer.rindex(b"}")]
        told = json.loads(answer)
        if "input_error" in told:
            raise ToolInputError(**told["input_error"])
        if "not_allowed" in told:
            raise NetworkNotAllowedError(**told["not_allowed"])
        raise ToolError(told["tool_error"])

    def close(self) -> None:
        """End the free workers; a busy one ends with its call."""
        self._closed = True
        for _ in range(self.size):
            try:
                worker = self._places.get_nowait()
            except queue.Empty:
                return
            if worker is not None:
                worker.end()

    def _learn(self, catalog: list[dict[str, Any]]) -> None:
        if self._catalog is None:
            self._limits = {tool["name"]: tool["time_limit_s"] for tool in catalog}
            self._hosts = {tool["name"]: tool["hosts"] for tool in catalog}
            self._catalog = catalog

    def _take(self, cancel: threading.Event | None) -> _Worker:
        while True:
            if self._closed:
                raise ToolError("Retort is ending; no tool is started any more.")
            if cancel is not None and cancel.is_set():
                raise ToolError("The call was stopped before it began.")
            try:
                worker = self._places.get(timeout=LOOKED_AT_EVERY_S)
            except queue.Empty:
                continue
            return worker or _Worker(self._modules, self._memory_limit_mb, self._environment)

    def _warm_one(self) -> None:
        try:
            place = self._places.get_nowait()
        except queue.Empty:
            return  # all are in use, which is as warm as can be
        worker = place or _Worker(self._modules, self._memory_limit_mb, self._environment)
        try:
            self._learn(worker.greet(None))
        except (_OutOfTime, _Died):  # the next call starts another and says so if that fails, too
            worker.end()
            self._places.put(None)
            return
        self._places.put(worker)
        if self._closed:
            self.close()


def _request(name: str, arguments: Mapping[str, Any], views: Views) -> bytes:
    try:
        request = json.dumps({"name": name, "arguments": dict(arguments), "views": views}, allow_nan=False).encode()
    except ValueError:
        raise ToolInputError(
            f"The arguments of {shown(name)} hold a number that is not finite", "arguments", "give numbers"
        ) from None
    if len(request) > MOST_ARGUMENT_BYTES:
        raise ToolInputError(
            f"The arguments of {shown(name)} have {len(request):,} bytes",
            "arguments",
            f"give at most {MOST_ARGUMENT_BYTES:,}",
        )
    return request

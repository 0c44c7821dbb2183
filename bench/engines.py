"""This app's engine beside others on the same model, prompts and threads, in one run: a table of figures, and the bars.

The ways take turns within each round, each from rest; medians. See ``bench/README.md``.
"""

from __future__ import annotations

import queue
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import httpx
import psutil

from bench.engines_here import ContinuousBatching, Retort, generates, retorts
from bench.engines_llama import llama_cpp_python, llama_server
from bench.engines_quantities import ROUNDS_OF, turn_6
from bench.engines_served import Served, transformers_serve
from bench.engines_table import Line, bars, engines_table, machine
from bench.engines_way import Reader, Way, at_rest
from bench.prefixes import conversation
from bench.rows import Row
from errors import RetortError
from model.local.engine import default_threads

SERVED: dict[str, Callable[[str, int], Served]] = {
    "`transformers serve`": partial(transformers_serve, continuous_batching=False),
    "`transformers serve --continuous-batching`": partial(transformers_serve, continuous_batching=True),
    "llama.cpp, `llama-server`, 8 slots": llama_server,
    "llama.cpp, llama-cpp-python's server, one slot": llama_cpp_python,
}
ROUNDS = 3
#: No round is begun, and nothing more is measured, after so long: what then has no figure has a dash.
BEGIN_WITHIN_S, GO_ON_WITHIN_S = 300.0, 430.0
#: What took a way longer is measured of it in the first round alone.
SLOW_S = 8.0
FAILS = (OSError, RuntimeError, ValueError, queue.Empty, httpx.HTTPError, psutil.Error, RetortError)


def measure() -> list[Row]:
    began = time.monotonic()
    threads = default_threads()
    where = machine(threads)
    with ExitStack() as closing:
        # a bench that is ended ends its servers, too
        closing.callback(signal.signal, signal.SIGTERM, signal.signal(signal.SIGTERM, lambda *_: sys.exit(143)))
        lines, ways = _ready(threads, closing)
        measure_rounds(range(1), lines, ways, began)
        _turn_6(lines, ways, began)
        measure_rounds(range(1, ROUNDS), lines, ways, began)
    prompts = [tokens for line in lines for tokens in line.values["turn 6 prompt"]]
    print(f"{engines_table(lines)}\n\n{where}")
    print(f"Turn 6 had up to {max(prompts, default=0):,.0f} tokens. {time.monotonic() - began:.0f} s in all.\n")
    plain = next(line for line in lines if line.name.startswith("plain"))
    return bars(lines[0], plain, [line for line in lines if line.name.startswith("llama.cpp")])


def _ready(threads: int, closing: ExitStack) -> tuple[list[Line], dict[str, Way]]:
    """A line for each way, ours first, and the ways that can be asked; what runs is ended by ``closing``."""
    served: dict[str, Served] = {}
    absent: dict[str, Line] = {name: Line(name) for name in SERVED}
    for name, start in SERVED.items():  # they load while the others do
        with _or_left_out(absent[name]):
            served[name] = start(name, threads)
            closing.callback(served[name].close)
    mine: list[Retort] = retorts(threads)
    local = mine[0].local
    ways: list[Way] = [*mine, *generates(local), ContinuousBatching(local)]
    for way in ways:
        closing.callback(way.close)
    for name, way in served.items():
        with _or_left_out(absent[name]):
            way.wait_until_ready()
    lines = [*(Line(way.name) for way in ways), *absent.values()]
    return lines, {way.name: way for way in (*ways, *served.values())}


def _running(lines: list[Line], ways: dict[str, Way], began: float) -> Iterator[tuple[Line, Way]]:
    """Those that have not failed, as long as there is time."""
    for line in lines:
        if not line.reason and time.monotonic() - began < GO_ON_WITHIN_S:
            yield line, ways[line.name]


@contextmanager
def _or_left_out(line: Line) -> Iterator[None]:
    """A way that fails has the reason in its line, and is not asked again."""
    try:
        yield
    except FAILS as error:
        line.reason = " ".join(str(error).split()) or type(error).__name__


def measure_rounds(rounds: range, lines: list[Line], ways: dict[str, Way], began: float) -> None:
    """Fills in the lines, until ``began`` is too long ago."""
    for number in rounds:
        if number and time.monotonic() - began > BEGIN_WITHIN_S:
            return
        for place, quantity in enumerate(ROUNDS_OF):
            for line, way in _running(lines, ways, began):
                if not quantity.applies(way) or quantity.name in line.slow:
                    continue
                _told(f"round {number + 1}, {quantity.name}, {line.name}", began)
                started = time.monotonic()
                with _or_left_out(line):
                    line.add(quantity.measured(way, number * len(ROUNDS_OF) + place))
                    at_rest(way)
                if time.monotonic() - started > SLOW_S:
                    line.slow.add(quantity.name)


def _turn_6(lines: list[Line], ways: dict[str, Way], began: float) -> None:
    if time.monotonic() - began > GO_ON_WITHIN_S:
        return
    ours = ways[lines[0].name]
    talk = conversation(lambda asked: Reader(ours, asked, 32).finish().text)
    at_rest(ours)
    for line, way in _running(lines, ways, began):
        _told(f"turn 6, {line.name}", began)
        with _or_left_out(line):
            for values in turn_6(way, talk):
                line.add(values)


def _told(what: str, began: float) -> None:
    print(f"{time.monotonic() - began:4.0f} s: {what}", file=sys.stderr, flush=True)

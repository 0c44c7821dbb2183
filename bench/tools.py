"""Each tool that takes one molecule, beside the bare library calls that do the same, on 200 drugs.

A call of a tool goes through a worker, as in the app; the bare calls run in this process, in turns with it, so that whatever else the
machine does hits both. Tools whose answer is computed by rules of their own stand beside their bare function, here as well:
then the difference is what the way costs (checks, worker, JSON). ``python -m bench.tools`` counts the processor's
time instead, of the worker's side in this process: it holds on a machine that has more to do. ``point_group``, which searches conformers for
seconds, is not here. ``bench/drugs.tsv`` holds approved drugs of 16 heavy atoms and more,
the structures as the tables of the ``chemicals`` package have them.
"""

from __future__ import annotations

import csv
import functools
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rdkit import rdBase

from bench import bare
from bench.rows import Row, table
from errors import ToolInputError
from tools.registry import Toolbox
from tools.running import Workers
from tools.worker import answer

DRUGS = Path(__file__).with_name("drugs.tsv")
MOST_MORE_MS = 5.0
WARMING = 8
SLOW_MS = 40.0  # of a tool that takes longer, every fourth molecule is measured
PROCESSOR_EVERY = 5
LISTED = 4  # molecules that a similarity is ranked over

Arguments = Callable[[str], dict[str, Any]]


def drugs() -> list[str]:
    with DRUGS.open(encoding="utf-8", newline="") as file:
        return [row["smiles"] for row in csv.DictReader(file, delimiter="\t")]


def one(name: str) -> Arguments:
    return lambda smiles: {name: smiles}


def twice(smiles: str) -> dict[str, Any]:
    return {"a": smiles, "b": bare.written_anew(smiles)}


def ends(smiles: str) -> dict[str, Any]:
    return {"molecule": smiles, "start": 0, "end": bare.last_atom(smiles)}


OTHERS = drugs()[:LISTED]
#: Tool, its arguments for a molecule, and the bare calls; None where there are none.
MEASURED: tuple[tuple[str, Arguments, Callable[[str], Any] | None], ...] = (
    ("resolve_structure", one("text"), bare.resolve_structure),
    ("describe_molecule", one("molecule"), bare.describe_molecule),
    ("convert_notation", lambda smiles: {"molecule": smiles, "to": "inchi"}, bare.convert_notation),
    ("draw_molecules", one("molecules"), bare.draw_molecules),
    ("show_3d", one("molecule"), bare.show_3d),
    ("count_atoms", one("molecule"), bare.count_atoms),
    ("find_substructure", lambda smiles: {"smarts": bare.AMINE, "molecules": smiles}, bare.find_substructure),
    ("functional_groups", one("molecule"), bare.functional_groups),
    ("count_rings", one("molecule"), bare.count_rings),
    ("shortest_path", ends, bare.shortest_path),
    ("map_atoms", twice, bare.map_atoms),
    ("stereo_report", one("molecule"), bare.stereo_report),
    (
        "enumerate_isomers",
        lambda smiles: {"molecule_or_formula": smiles, "kind": "stereoisomers"},
        bare.enumerate_isomers,
    ),
    (
        "similarity",
        lambda smiles: {"query": smiles, "molecules": OTHERS},
        lambda smiles: bare.similarity(smiles, OTHERS),
    ),
    ("drug_likeness", one("molecule"), bare.drug_likeness),
    ("structural_alerts", one("molecule"), bare.structural_alerts),
    ("standardize", one("molecule"), bare.standardize),
    ("compare_structures", twice, bare.compare_structures),
    ("protonation_states", one("molecule"), bare.protonation_states),
    ("nmr_signals", one("molecule"), bare.nmr_signals),
    ("disconnect", one("target"), None),
    ("oxidation_states", one("molecule_or_formula"), None),
    ("formula_report", one("formula"), None),
    ("isotope_pattern", one("formula"), None),
    ("physical_constants", one("compound"), None),
    ("hazards", one("compound"), None),
)


def measure() -> list[Row]:
    toolbox = Toolbox.load()
    workers = Workers(size=1)
    try:
        with rdBase.BlockLogs():
            return [beside(workers, toolbox, *measured, drugs()) for measured in MEASURED if measured[0] in toolbox]
    finally:
        workers.close()


def measure_processor() -> list[Row]:
    """What a worker computes for a call, from the line that asks to the line that answers, and the bare calls."""
    toolbox, inputs = Toolbox.load(), drugs()[::PROCESSOR_EVERY]
    with rdBase.BlockLogs():
        return [computed(toolbox, name, arguments, library, inputs) for name, arguments, library in MEASURED if library]


def computed(
    toolbox: Toolbox,
    name: str,
    arguments: Arguments,
    library: Callable[[str], Any],
    inputs: Sequence[str],
    what: str = "",
) -> Row:
    """The processor's time of one tool over these inputs, beside the bare library."""
    asks = {given: json.dumps({"name": name, "arguments": arguments(given)}) for given in inputs}
    ours = sorted(computed_ms(functools.partial(answer, toolbox), ask) for ask in asks.values())
    theirs = sorted(computed_ms(library, given) for given in asks)
    last = int(0.95 * len(ours))
    said = f"{name}{what}: p50 of {len(asks)} (p95 {ours[last]:.2f} beside {theirs[last]:.2f} ms)"
    middle = statistics.median(ours), statistics.median(theirs)
    return Row(said, *middle, "ms", MOST_MORE_MS, at_most=True, added=True)


def computed_ms(work: Callable[[str], Any], given: str) -> float:
    """The shorter of two runs, the first of which finds its tables unread."""
    times = []
    for _ in range(2):
        started = time.process_time()
        work(given)
        times.append(time.process_time() - started)
    return 1e3 * min(times)


def beside(
    workers: Workers,
    toolbox: Toolbox,
    name: str,
    arguments: Arguments,
    library: Callable[[str], Any] | None,
    given: Sequence[str],
    what: str = "",
) -> Row:
    """A tool through a worker beside ``library``, or beside its own function, over ``given``; ``what`` says more than its name."""

    def called(smiles: str) -> None:
        workers.call(name, arguments(smiles), time_limit_s=120)

    def itself(smiles: str) -> None:
        toolbox[name].function(**toolbox[name].validated(arguments(smiles)))

    other = library or itself
    warm = [pair for pair in (_pair(called, other, smiles) for smiles in given[:WARMING]) if pair]
    slow = not warm or statistics.median(ours for ours, _ in warm) > SLOW_MS
    taken = given[WARMING :: 4 if slow else 1]
    pairs = [pair for pair in (_pair(called, other, smiles) for smiles in taken) if pair]
    ours, theirs = sorted(pair[0] for pair in pairs), sorted(pair[1] for pair in pairs)
    said = (
        f"{name}{what}: p50 of {len(pairs)} (p95 {_at(ours, 0.95):.1f} beside {_at(theirs, 0.95):.1f} ms), against "
        f"{'the bare library' if library else 'its function alone'}"
    )
    return Row(said, _at(ours, 0.5), _at(theirs, 0.5), "ms", MOST_MORE_MS, at_most=True, added=True)


def _pair(called: Callable[[str], None], beside: Callable[[str], Any], smiles: str) -> tuple[float, float] | None:
    """Milliseconds of both; None for a molecule that the tool refuses, as the tables do not have each drug."""
    try:
        started = time.perf_counter()
        called(smiles)
        between = time.perf_counter()
        beside(smiles)
        return 1e3 * (between - started), 1e3 * (time.perf_counter() - between)
    except ToolInputError:
        return None


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


if __name__ == "__main__":
    print(table(measure_processor()))

"""Each tool of sequences and proteins beside the bare library calls that do the same, on 100 sequences of 300 to 1,500 residues.

The way of ``bench.tools``: a call of a tool goes through a worker, as in the app; the bare calls run in this process, in turns with it.
``python -m bench.biology`` counts the processor's time instead, of the worker's side in this process: it holds on a machine that has
more to do. What it writes for a list goes to a folder of temporary files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from Bio.Seq import Seq
from rdkit import rdBase

from bench import sequences
from bench.rows import Row, table
from bench.tools import Arguments, beside, computed, one
from tools.registry import Toolbox
from tools.running import Workers


def _pair(protein: str) -> dict[str, Any]:
    return {"a": protein[:400], "b": sequences.relative(protein)}


def _pcr(gene: str) -> dict[str, Any]:
    return {"template": gene, "forward": gene[20:40], "reverse": str(Seq(gene[-40:-20]).reverse_complement())}


def _file(kind: str) -> Arguments:
    return lambda given: {"file": sequences.written(kind, given)}


#: What, tool, inputs, its arguments for one of them, and the bare calls.
MEASURED: tuple[tuple[str, str, Callable[[], Sequence[str]], Arguments, Callable[[str], Any]], ...] = (
    ("", "sequence_report", sequences.genes, one("sequence"), sequences.sequence_report),
    ("", "translate", sequences.genes, one("sequence"), sequences.translate),
    ("", "find_orfs", sequences.genes, one("sequence"), sequences.find_orfs),
    ("", "mutate", sequences.genes, lambda gene: {"sequence": gene, "change": sequences.point_change(gene)}, sequences.mutate),
    ("", "protein_report", sequences.proteins, one("sequence"), sequences.protein_report),
    ("", "digest_protein", sequences.proteins, one("sequence"), sequences.digest_protein),
    (" of 400 and 400 residues", "align_pair", sequences.proteins, _pair, sequences.align_pair),
    (
        " by three enzymes",
        "restriction_digest",
        sequences.genes,
        lambda gene: {"sequence": gene, "enzymes": ["EcoRI", "HindIII", "HaeIII"]},
        sequences.restriction_digest,
    ),
    ("", "melting_temperature", sequences.primers, one("sequence"), sequences.melting_temperature),
    ("", "simulate_pcr", sequences.genes, _pcr, sequences.simulate_pcr),
    (" of a FASTA file of 20 records", "read_file", sequences.genes, _file("fasta"), sequences.read_fasta),
    (" of a CSV file of 20 rows", "read_file", sequences.genes, _file("csv"), sequences.read_csv),
    (" of an SDF of 10 molecules", "read_file", sequences.sdf_files, one("file"), sequences.read_sdf),
    (" of a PDB file of 70 residues", "read_file", lambda: [str(sequences.STRUCTURE)] * 20, one("file"), sequences.read_pdb),
)  # fmt: skip


def measure() -> list[Row]:
    toolbox = Toolbox.load()
    workers = Workers(size=1)
    try:
        return [
            beside(workers, toolbox, name, arguments, library, inputs(), what)
            for what, name, inputs, arguments, library in MEASURED
        ]
    finally:
        workers.close()


def measure_processor() -> list[Row]:
    """What a worker computes for a call, from the line that asks to the line that answers, and the bare calls."""
    toolbox = Toolbox.load()
    with rdBase.BlockLogs():
        return [
            computed(toolbox, name, arguments, library, inputs(), what)
            for what, name, inputs, arguments, library in MEASURED
        ]


if __name__ == "__main__":
    print(table(measure_processor()))

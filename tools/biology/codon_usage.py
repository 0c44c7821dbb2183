"""Codon usage of hosts, by the Kazusa database (Nakamura, Gojobori and Ikemura 2000), and indices made with it.

python_codon_tables carries eight of its tables; ``assets/tables/codon_usage.csv`` has those of CHO cells and of Pichia.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz import process

from errors import ToolInputError, shown

TABLE = Path(__file__).resolve().parents[2] / "assets" / "tables" / "codon_usage.csv"
#: Table: species, NCBI taxon, other names.
_HOSTS = {
    "e_coli": ("Escherichia coli (K-12 W3110)", 316407, "escherichia coli|ecoli|e coli k12|k12|k-12|w3110|mg1655|bl21|bl21(de3)|dh5a"),
    "s_cerevisiae": ("Saccharomyces cerevisiae", 4932, "yeast|bakers yeast|baker's yeast|brewers yeast|budding yeast"),
    "h_sapiens": ("Homo sapiens", 9606, "human|homo|hek293|hek293t|hek 293|hela"),
    "m_musculus": ("Mus musculus", 10090, "mouse|mice"),
    "b_subtilis": ("Bacillus subtilis", 1423, "b subtilis 168"),
    "c_elegans": ("Caenorhabditis elegans", 6239, "nematode|worm"),
    "d_melanogaster": ("Drosophila melanogaster", 7227, "fruit fly|drosophila|fly"),
    "g_gallus": ("Gallus gallus", 9031, "chicken"),
    "c_griseus": ("Cricetulus griseus", 10029, "cho|cho k1|cho cells|cho-s|chinese hamster|chinese hamster ovary"),
    "p_pastoris": ("Pichia pastoris (Komagataella)", 4922, "pichia|komagataella|komagataella pastoris|komagataella phaffii"),
}  # fmt: skip
_ONE_CODON = frozenset("MW")


@dataclass(frozen=True)
class Host:
    """``usage``: residue (``*`` for stop) to codon to its share among the codons of that residue."""

    key: str
    species: str
    taxon: int
    usage: Mapping[str, Mapping[str, float]]

    @property
    def source(self) -> str:
        return f"Codon usage of {self.species}, Kazusa database, NCBI taxon {self.taxon}."

    def best(self, residue: str) -> str:
        """The most used codon; of equally used ones the first by the alphabet."""
        codons = self.usage[residue]
        return min(codons, key=lambda codon: (-codons[codon], codon))

    def share(self, codon: str) -> float:
        return next(codons[codon] for codons in self.usage.values() if codon in codons)


def parse_host(text: str, where: str = "host") -> Host:
    """A species with a table; raises ``ToolInputError`` that lists them for any other."""
    names = _names()
    key = names.get(_plain(text))
    if key is None:
        close = process.extractOne(_plain(text), list(names), score_cutoff=85) if _plain(text) else None
        listed = ", ".join(f"{name} ({species})" for name, (species, _, _) in _HOSTS.items())
        meant = f"did you mean {names[close[0]]}? " if close else ""
        raise ToolInputError(
            f"There is no codon usage table for the host {shown(text)}", where, f"{meant}choose one of: {listed}"
        )
    species, taxon, _ = _HOSTS[key]
    return Host(key, species, taxon, _usage(key))


def adaptation_index(codons: list[str], host: Host) -> float | None:
    """Codon adaptation index (Sharp and Li 1987) with the weights of the host's whole table; None without a codon to choose.

    The geometric mean of each codon's share over that of the most used one for its residue; Met, Trp and stops are left
    out, and a codon that the table never has counts as 0.005.
    """
    logarithms = []
    for residue, shares in host.usage.items():
        if residue in _ONE_CODON or residue == "*":
            continue
        most = max(shares.values())
        logarithms += [math.log(max(shares[codon], 0.005) / most) for codon in codons if codon in shares]
    return math.exp(sum(logarithms) / len(logarithms)) if logarithms else None


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for key, (species, taxon, others) in _HOSTS.items():
        binomial = re.sub(r" \(.*", "", species)
        names |= {_plain(name): key for name in (key, species, binomial, str(taxon), *others.split("|"))}
    return names


@cache
def _usage(key: str) -> dict[str, dict[str, float]]:
    if key in _written():
        return _written()[key]
    import python_codon_tables

    return {
        residue: {codon.replace("U", "T"): share for codon, share in codons.items()}
        for residue, codons in python_codon_tables.get_codons_table(key).items()
    }


@cache
def _written() -> dict[str, dict[str, dict[str, float]]]:
    tables: dict[str, dict[str, dict[str, float]]] = {}
    with TABLE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            tables.setdefault(row["host"], {}).setdefault(row["residue"], {})[row["codon"]] = float(row["share"])
    return tables


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())

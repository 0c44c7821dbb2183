"""Reactive groups of a structure and what they must not meet, by the SMARTS of a sourced table."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

from rdkit import Chem

TABLE = Path(__file__).resolve().parents[2] / "assets" / "tables" / "reactive_groups.tsv"


@dataclass(frozen=True)
class ReactiveGroup:
    """``what`` it does, what to ``keep_from`` it (phrases), and the ``source`` of both.

    Where ``only_elements`` names elements, a compound of others does not belong to the group.
    """

    name: str
    patterns: tuple[Chem.Mol, ...]
    only_elements: frozenset[str]
    what: str
    keep_from: tuple[str, ...]
    source: str


@functools.cache
def known_reactive_groups() -> tuple[ReactiveGroup, ...]:
    """The table's rows in its order; raises ``ValueError`` for a broken SMARTS."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    groups = []
    for line in rows:
        patterns = [Chem.MolFromSmarts(smarts) for smarts in line["smarts"].split(" | ")]
        if None in patterns:
            raise ValueError(f"the table's SMARTS for {line['group']} is broken: {line['smarts']}")
        keep_from = tuple(line["keep_from"].split("; "))
        groups.append(
            ReactiveGroup(
                line["group"],
                tuple(patterns),
                frozenset(line["only_elements"].split()),
                line["what"],
                keep_from,
                line["source"],
            )
        )
    return tuple(groups)


def find_reactive_groups(mol: Chem.Mol) -> list[tuple[ReactiveGroup, tuple[int, ...]]]:
    """The groups that occur, in the table's order, each with all its atoms (0-based, in input order)."""
    found = []
    elements = {atom.GetSymbol() for atom in mol.GetAtoms()}
    for group in known_reactive_groups():
        if group.only_elements and not elements <= group.only_elements:
            continue
        atoms: set[int] = set()
        for pattern in group.patterns:
            for match in mol.GetSubstructMatches(pattern, maxMatches=200):
                atoms.update(match)
        if atoms:
            found.append((group, tuple(sorted(atoms))))
    return found

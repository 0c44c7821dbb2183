"""The atoms of one model as flat arrays, in one conformation: what distances, surfaces and secondary structure are computed from."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Part = Literal["polymer", "ligand", "water"]
DIFFER_BELOW = 1e-3  # occupancies nearer than this are one


@dataclass(frozen=True)
class ResidueRow:
    """``number`` is the author's residue number with its insertion code; ``altlocs`` are the letters of its conformations, and
    ``taken`` is the one of which the atoms are, where its place has several."""

    chain: str
    name: str
    number: str
    part: Part
    altlocs: str
    taken: str = ""

    @property
    def label(self) -> str:
        """``A/HIS 87``."""
        return f"{self.chain or '-'}/{self.name} {self.number}"


@dataclass(frozen=True, eq=False)
class ModelAtoms:
    """``coordinates`` in ångström, shape (atoms, 3); ``residue_of`` indexes ``residues``; B factors in Å²."""

    residues: tuple[ResidueRow, ...]
    coordinates: np.ndarray
    residue_of: np.ndarray
    names: tuple[str, ...]
    elements: tuple[str, ...]
    b_factors: np.ndarray

    def part_mask(self, *parts: Part) -> np.ndarray:
        """Which atoms belong to residues of these parts."""
        of_residue = np.array([residue.part in parts for residue in self.residues], dtype=bool)
        return of_residue[self.residue_of]

    def heavy(self) -> np.ndarray:
        """Which atoms are no hydrogen."""
        return np.array([element not in ("H", "D") for element in self.elements], dtype=bool)

    def chain_mask(self, chain: str) -> np.ndarray:
        """Which atoms are in a chain."""
        of_residue = np.array([residue.chain == chain for residue in self.residues], dtype=bool)
        return of_residue[self.residue_of]


def atoms_of(model: Any) -> ModelAtoms:
    """Flat arrays of a ``gemmi.Model``; of alternative conformations the one with the highest occupancy, else the first."""
    residues: list[ResidueRow] = []
    coordinates: list[tuple[float, float, float]] = []
    residue_of: list[int] = []
    names: list[str] = []
    elements: list[str] = []
    b_factors: list[float] = []
    for chain in model:
        for _, alternatives in itertools.groupby(chain, key=lambda residue: str(residue.seqid)):
            group = list(alternatives)  # several where one place holds different residues, each in its own conformation
            chosen = _conformation(group)
            for residue in group:
                altlocs = "".join(dict.fromkeys(atom.altloc for atom in residue if atom.has_altloc()))
                residues.append(
                    ResidueRow(chain.name, residue.name, str(residue.seqid), _part(residue), altlocs, chosen)
                )
                for atom in residue:
                    if atom.has_altloc() and atom.altloc != chosen:
                        continue
                    coordinates.append((atom.pos.x, atom.pos.y, atom.pos.z))
                    residue_of.append(len(residues) - 1)
                    names.append(atom.name)
                    elements.append(atom.element.name)
                    b_factors.append(atom.b_iso)
    return ModelAtoms(
        tuple(residues),
        np.array(coordinates, dtype=np.float64).reshape(-1, 3),
        np.array(residue_of, dtype=np.int64),
        tuple(names),
        tuple(elements),
        np.array(b_factors, dtype=np.float64),
    )


def _conformation(residues: list[Any]) -> str:
    """The letter of the conformation with the highest occupancy, of several the first; empty where there are none."""
    occupied: defaultdict[str, float] = defaultdict(float)
    for residue in residues:
        for atom in residue:
            if atom.has_altloc():
                occupied[atom.altloc] += atom.occ
    highest = max(occupied.values(), default=0.0)
    return next((letter for letter in occupied if occupied[letter] > highest - DIFFER_BELOW), "")


def _part(residue: Any) -> Part:
    import gemmi

    if residue.entity_type == gemmi.EntityType.Polymer:
        return "polymer"
    if residue.entity_type == gemmi.EntityType.Water or residue.is_water():
        return "water"
    return "ligand"

"""A selection in words (``A``, ``A:45-60``, ``HEM``, ``ligands``) as residues of a model, and what touches them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from errors import ToolInputError, shown
from tools.biology.structure_atoms import ModelAtoms, ResidueRow

CONTACT_A = 4.0
POLAR_A = 3.5
BONDED_A = 1.95
_POLAR = frozenset(("N", "O", "S", "F"))
_PARTS = {
    "ligand": "ligand",
    "ligands": "ligand",
    "het": "ligand",
    "hetero": "ligand",
    "water": "water",
    "waters": "water",
    "polymer": "polymer",
}
_NUMBERS = r"(-?\d+)([A-Za-z]?)(?:\s*(?:-|to|\.\.)\s*(-?\d+)([A-Za-z]?))?"
_WHERE = "select"
_HOW = "write a chain (A), residues (A:45 or A:45-60), a residue name (HEM) or both (HIS A 87), ligands, or water"


@dataclass(frozen=True)
class Contact:
    """The nearest pair of heavy atoms of two residues, in Å.

    ``kind`` is ``bonded`` (nearer than 1.95 Å), ``polar`` (a hydrogen bond or a metal could join them) or empty.
    """

    selected: ResidueRow
    other: ResidueRow
    distance_a: float
    atoms: str
    kind: Literal["bonded", "polar", ""]


def select_residues(text: str, atoms: ModelAtoms) -> list[int]:
    """Indices of the residues that a selection names, in the file's order; raises ``ToolInputError`` where it names none."""
    found: set[int] = set()
    for part in re.split(r"\s*[,;]\s*|\s+and\s+|\s*\+\s*", text.strip()):
        if part:
            found |= set(_one(part, atoms))
    if not found:
        raise ToolInputError(f"{shown(text)} selects nothing", _WHERE, _HOW)
    return sorted(found)


def contacts_of(atoms: ModelAtoms, selected: list[int]) -> list[Contact]:
    """Residues within 4.0 Å of the selection, heavy atoms counted; neighbours along a chain are left out."""
    from biotite.structure import CellList

    chosen = np.isin(atoms.residue_of, selected)
    heavy = atoms.heavy()
    inside, outside = np.flatnonzero(chosen & heavy), np.flatnonzero(~chosen & heavy)
    if not len(inside) or not len(outside):
        return []
    cells = CellList(atoms.coordinates[outside].astype(np.float32), CONTACT_A)
    near = cells.get_atoms(atoms.coordinates[inside].astype(np.float32), CONTACT_A)
    best: dict[tuple[int, int], tuple[float, int, int]] = {}
    for row, columns in zip(inside.tolist(), near, strict=True):
        for column in columns[columns >= 0].tolist():
            other = int(outside[column])
            pair = (int(atoms.residue_of[row]), int(atoms.residue_of[other]))
            if _are_neighbours(atoms, *pair):
                continue
            distance = float(np.linalg.norm(atoms.coordinates[row] - atoms.coordinates[other]))
            if distance <= CONTACT_A and distance < best.get(pair, (np.inf, 0, 0))[0]:
                best[pair] = (distance, row, other)
    contacts = [
        Contact(
            atoms.residues[one],
            atoms.residues[other],
            round(distance, 2),
            f"{atoms.names[row]}–{atoms.names[column]}",
            _kind(distance, atoms.elements[row], atoms.elements[column]),
        )
        for (one, other), (distance, row, column) in best.items()
    ]
    return sorted(contacts, key=lambda contact: contact.distance_a)


def _kind(distance: float, one: str, other: str) -> Literal["bonded", "polar", ""]:
    if distance < BONDED_A:
        return "bonded"
    return "polar" if distance <= POLAR_A and _is_polar(one) and _is_polar(other) else ""


def _is_polar(element: str) -> bool:
    return element in _POLAR or element not in ("C", "H", "D", "P", "Cl", "Br", "I", "Se", "Si", "B")


def _are_neighbours(atoms: ModelAtoms, one: int, other: int) -> bool:
    first, second = atoms.residues[one], atoms.residues[other]
    return abs(one - other) == 1 and first.chain == second.chain and first.part == second.part == "polymer"


def _one(part: str, atoms: ModelAtoms) -> list[int]:
    """The first way to read the part that names something in the model."""
    chains = {residue.chain for residue in atoms.residues}
    names = {residue.name for residue in atoms.residues}
    plain = re.sub(r"^(?:chain|residue|residues|resi|resn)\s+", "", part.strip(), flags=re.IGNORECASE)
    if plain.lower() in _PARTS:
        return _those(atoms, lambda residue: residue.part == _PARTS[plain.lower()])
    if plain in chains:
        return _those(atoms, lambda residue: residue.chain == plain)
    if plain.upper() in names:
        return _those(atoms, lambda residue: residue.name == plain.upper())
    if found := re.fullmatch(_NUMBERS, plain):
        return _in_the_only_chain(atoms, found.groups(), part)
    if found := re.fullmatch(rf"(\w+?)\s*[:/ ]?\s*{_NUMBERS}", plain):
        if found[1] in chains:
            return _numbered(atoms, found.groups()[1:], part, chain=found[1])
        if found[1].upper() in names:
            return _numbered(atoms, found.groups()[1:], part, name=found[1].upper())
    if found := re.fullmatch(rf"(\w+)[\s:/]+(\w+)[\s:/]*{_NUMBERS}", plain):
        for name, chain in ((found[1], found[2]), (found[2], found[1])):
            if name.upper() in names and chain in chains:
                return _numbered(atoms, found.groups()[2:], part, chain=chain, name=name.upper())
    if found := re.fullmatch(r"(\w+)[\s:/]+(\w+)", plain):
        for name, chain in ((found[1], found[2]), (found[2], found[1])):
            if name.upper() in names and chain in chains:
                return _those(atoms, lambda r, name=name, chain=chain: r.name == name.upper() and r.chain == chain)  # type: ignore[misc]
    raise ToolInputError(
        f"{shown(part)} names nothing in the structure: its chains are {', '.join(sorted(chains)) or 'without names'}",
        _WHERE,
        _HOW,
    )


def _in_the_only_chain(atoms: ModelAtoms, numbers: tuple, part: str) -> list[int]:
    chains = list(dict.fromkeys(residue.chain for residue in atoms.residues if residue.part == "polymer"))
    if len(chains) > 1:
        raise ToolInputError(
            f"{shown(part)} could be in chain {', '.join(chains[:8])}",
            _WHERE,
            f"name the chain, such as {chains[0]}:{numbers[0]}",
        )
    return _numbered(atoms, numbers, part, chain=chains[0] if chains else None)


def _numbered(
    atoms: ModelAtoms, numbers: tuple, part: str, chain: str | None = None, name: str | None = None
) -> list[int]:
    first, first_code, last, last_code = numbers
    low = (int(first), first_code.upper() if first_code else "")
    high = (int(last), (last_code or "~").upper()) if last else (low[0], low[1] if low[1] else "")
    found = []
    for index, residue in enumerate(atoms.residues):
        split = re.fullmatch(r"(-?\d+)(\w?)", residue.number)
        if (
            split is None
            or (chain is not None and residue.chain != chain)
            or (name is not None and residue.name != name)
        ):
            continue
        if low <= (int(split[1]), split[2].upper()) <= high:
            found.append(index)
    if not found:
        raise ToolInputError(
            f"{shown(part)} names no residue of the structure",
            _WHERE,
            "check the chain and the numbers, which are the file's",
        )
    return found


def _those(atoms: ModelAtoms, wanted: Callable[[ResidueRow], bool]) -> list[int]:
    found = [index for index, residue in enumerate(atoms.residues) if wanted(residue)]
    if not found:
        raise ToolInputError("The structure has no such residues", _WHERE, _HOW)
    return found

"""How many bonds lie between two atoms: ``shortest_path``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from rdkit import Chem

from errors import ToolInputError, shown
from tools.chemistry.atom_choice import two_atoms
from tools.chemistry.drawing import drawn_if_legible
from tools.chemistry.numbering import in_said_order
from tools.inputs import MoleculeText
from tools.inputs.molecules import parse_molecule
from tools.outputs import ToolOutput
from tools.registry import tool

AtomChoice = Annotated[
    int | str,
    Field(
        description="An atom: its index counted from 0, an atom map such as :3, or * for a dummy atom",
        json_schema_extra={"entity": "atom"},
    ),
]


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "shortest path", "bonds between", "distance in bonds", "topological distance", "path between atoms", "how many bonds apart",
        "bonds from atom", "number of bonds between", "linker length",
    ),
)  # fmt: skip
def shortest_path(molecule: MoleculeText, start: AtomChoice = "*", end: AtomChoice = "*") -> ToolOutput:
    """Count the bonds on the shortest path between two atoms of a molecule, given by index, atom map (:3) or as dummy atoms (*).

    ``*`` at both ends means the two dummy atoms. ``bonds`` is the number of bonds, ``path`` the atoms from end to end. Raises
    ``ToolInputError`` for an atom that is not there or could be several, and for atoms of different components.
    """
    parsed, numbering = in_said_order(parse_molecule(molecule, dummies=True))
    first, last = two_atoms(parsed, start, end)
    if first == last:
        path: tuple[int, ...] = (first,)
    else:
        path = Chem.GetShortestPath(parsed.mol, first, last)
        if not path:
            raise ToolInputError(
                f"Atoms {first} and {last} of {shown(parsed.label)} are in different components, so no bonds join them",
                "start, end",
                "choose two atoms of one component",
            )
    bonds = len(path) - 1
    symbols = "–".join(parsed.mol.GetAtomWithIdx(atom).GetSymbol() for atom in path)
    words = f"{bonds} bond{'s' * (bonds != 1)}"
    symbols = symbols if len(symbols) <= 120 else f"{symbols[:119]}…"
    summary = f"The shortest path from atom {first} to atom {last} of {parsed.label} has {words} ({symbols})."
    drawings, undrawn = drawn_if_legible(
        parsed,
        highlight=path,
        legend=(f"shortest path, {words}",),
        caption=f"atoms {first} to {last}: {words}",
        atom_numbers=True,
    )
    notes = [*parsed.notes, *undrawn, numbering, "Every bond counts as one, whatever its order."]
    if (ways := _ways(parsed.mol, first, last, bonds)) > 1:
        notes.append(f"{ways} paths are equally short; one of them is shown.")
    data = {
        "smiles": parsed.smiles,
        "bonds": bonds,
        "start": first,
        "end": last,
        "path": list(path),
        "atoms_between": max(bonds - 1, 0),
    }
    return ToolOutput(summary=summary, data=data, views=drawings, notes=tuple(notes))


def _ways(mol: Chem.Mol, first: int, last: int, bonds: int) -> int:
    """How many shortest paths there are, counted layer by layer."""
    ways, seen = {first: 1}, {first}
    for _ in range(bonds):
        following: dict[int, int] = {}
        for atom, count in ways.items():
            for near in mol.GetAtomWithIdx(atom).GetNeighbors():
                if near.GetIdx() not in seen:
                    following[near.GetIdx()] = following.get(near.GetIdx(), 0) + count
        seen |= following.keys()
        ways = following
    return ways[last]

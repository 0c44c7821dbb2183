"""Functional groups, the larger hiding the simpler ones inside them: ``functional_groups``."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

from rdkit import Chem

from tools.chemistry.drawing import HIGHLIGHTS, drawn_if_legible
from tools.chemistry.numbering import in_said_order
from tools.inputs import MoleculeText
from tools.inputs.molecules import parse_molecule
from tools.outputs import Table, ToolOutput, View
from tools.registry import tool

TABLE = Path(__file__).resolve().parents[2] / "assets" / "tables" / "functional_groups.tsv"
#: "amine" in the table's last column stands for every amine.
_FAMILIES = {"amine": ("primary amine", "secondary amine", "tertiary amine", "aromatic amine", "enamine")}
_IN_AROMATIC_RING = Chem.MolFromSmarts("c=[O,S,N;!R]")


@dataclass(frozen=True)
class Group:
    name: str
    smarts: str
    pattern: Chem.Mol
    hides: frozenset[str]


@functools.cache
def known_groups() -> tuple[Group, ...]:
    """The table's rows, in its order."""
    with TABLE.open(encoding="utf-8") as file:
        rows = list(
            csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        )
    groups = []
    for row in rows:
        pattern = Chem.MolFromSmarts(row["smarts"])
        if pattern is None:
            raise ValueError(f"the table's SMARTS for {row['name']} is broken: {row['smarts']}")
        hidden = [name for hide in row["hides"].split(";") if hide for name in _FAMILIES.get(hide, (hide,))]
        groups.append(Group(row["name"], row["smarts"], pattern, frozenset(hidden)))
    return tuple(groups)


def find_groups(mol: Chem.Mol) -> list[tuple[str, tuple[int, ...]]]:
    """Each group found with its atoms (0-based, in input order), the larger first."""
    found: list[tuple[str, tuple[int, ...]]] = []
    hiding: list[tuple[frozenset[str], frozenset[int]]] = []
    for group in known_groups():
        seen: set[frozenset[int]] = {frozenset(atoms) for name, atoms in found if name == group.name}
        for match in mol.GetSubstructMatches(group.pattern, maxMatches=1000):
            atoms = frozenset(match)
            hidden = any(group.name in names and len(atoms & larger) >= min(2, len(atoms)) for names, larger in hiding)
            if hidden or atoms in seen:
                continue
            seen.add(atoms)
            found.append((group.name, match))
            hiding.append((group.hides, atoms))
    return found


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "functional groups", "functional group", "which groups", "moieties", "groups", "ester", "amide", "amine", "alcohol",
        "ketone", "aldehyde", "carboxylic acid", "carbamate", "nitrile", "nitro", "thiol", "sulfonamide", "lactone", "lactam",
        "epoxide", "imine", "anhydride", "halide",
    ),
)  # fmt: skip
def functional_groups(molecule: MoleculeText) -> ToolOutput:
    """Find the functional groups of a molecule, with their atoms.

    Atom indices count from 0 in input order. Raises ``ToolInputError`` for a wrong molecule.
    """
    parsed, numbering = in_said_order(parse_molecule(molecule))
    found = find_groups(parsed.mol)
    counts: dict[str, int] = {}
    for name, _ in found:
        counts[name] = counts.get(name, 0) + 1
    rings, with_heteroatom = _aromatic_rings(parsed.mol)
    colours: dict[int, str] = {}
    names = list(counts)
    for name, atoms in found:
        colours.update(dict.fromkeys(atoms, HIGHLIGHTS[names.index(name) % len(HIGHLIGHTS)]))
    listed = ", ".join(f"{count} × {name}" if count > 1 else name for name, count in counts.items())
    summary = (
        f"{parsed.label} has {listed}." if counts else f"{parsed.label} has none of the functional groups in the table."
    )
    if rings:
        of_these = f" ({with_heteroatom} with a heteroatom)" if with_heteroatom else ""
        summary = summary[:-1] + f"; and {rings} aromatic ring{'s' if rings > 1 else ''}{of_these}."
    rows = tuple((name, " ".join(map(str, atoms))) for name, atoms in found)
    drawings, undrawn = drawn_if_legible(
        parsed,
        highlight=colours,
        caption=f"{parsed.label}: {listed}" if listed else parsed.label,
        legend=[", ".join(names[index :: len(HIGHLIGHTS)]) for index in range(min(len(names), len(HIGHLIGHTS)))],
    )
    views: tuple[View, ...] = (
        *drawings,
        Table(title="Functional groups", columns=("Group", "Atoms"), rows=rows),
    )
    notes = (
        *parsed.notes,
        *undrawn,
        numbering,
        "A group inside a larger one (the ether oxygen of an ester, say) is not listed again; "
        f"{len({group.name for group in known_groups()})} groups are looked for.",
    )
    if parsed.mol.HasSubstructMatch(_IN_AROMATIC_RING):
        notes += (
            "C=O, C=S and C=N at a ring that RDKit takes for aromatic (as in pyridones, coumarins and purines) belong to "
            "that ring here and are not listed as ketone, amide or lactone.",
        )
    data = {
        "smiles": parsed.smiles,
        "groups": counts,
        "atoms": [{"group": name, "atoms": list(atoms)} for name, atoms in found],
        "aromatic_rings": rings,
        "heteroaromatic_rings": with_heteroatom,
    }
    return ToolOutput(summary=summary, data=data, views=views, notes=notes)


def _aromatic_rings(mol: Chem.Mol) -> tuple[int, int]:
    """The aromatic rings of the smallest set, and how many of them have an atom other than carbon."""
    rings = [
        atoms
        for atoms, bonds in zip(mol.GetRingInfo().AtomRings(), mol.GetRingInfo().BondRings(), strict=True)
        if all(mol.GetBondWithIdx(bond).GetIsAromatic() for bond in bonds)
    ]
    return len(rings), sum(any(mol.GetAtomWithIdx(atom).GetAtomicNum() != 6 for atom in ring) for ring in rings)

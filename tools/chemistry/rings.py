"""How many rings, of which kind: ``count_rings``."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field
from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from tools.argument_forms import also_called
from tools.chemistry.drawing import HIGHLIGHTS, drawn_if_legible
from tools.chemistry.numbering import in_said_order
from tools.chemistry.structures import subject
from tools.inputs import MoleculeText
from tools.inputs.graph import bonds_of
from tools.inputs.molecules import parse_molecule
from tools.outputs import Cell, Table, ToolOutput
from tools.registry import tool

Kind = Annotated[
    Literal[
        "all", "aromatic", "aliphatic", "saturated", "carbocyclic", "heterocyclic", "aromatic_carbocyclic",
        "aromatic_heterocyclic", "spiro", "bridged", "fused", "ring_systems", "macrocycles",
    ],
    also_called(
        {
            "all": "any|total|sssr|rings|all rings|ring",
            "aromatic": "aromatic rings|aromatic ring|arene",
            "aliphatic": "aliphatic rings|aliphatic ring|non-aromatic|non-aromatic rings",
            "saturated": "saturated rings|saturated ring",
            "carbocyclic": "carbocycle|carbocycles|carbocyclic rings",
            "heterocyclic": "heterocycle|heterocycles|heterocyclic rings|hetero",
            "aromatic_carbocyclic": "aromatic carbocycle|aromatic carbocycles",
            "aromatic_heterocyclic": "aromatic heterocycle|aromatic heterocycles|heteroaromatic|heteroaromatic rings",
            "spiro": "spiro atoms",
            "bridged": "bridgehead|bridgeheads|bridgehead atoms",
            "fused": "fused bonds",
            "ring_systems": "ring system|systems",
            "macrocycles": "macrocycle|macrocyclic",
        }
    ),
]  # fmt: skip
MACROCYCLE = 12
#: What a count of each kind is called in a sentence: one, several.
_WORDS = {
    "all": ("ring", "rings"),
    "aromatic": ("aromatic ring", "aromatic rings"),
    "aliphatic": ("aliphatic ring", "aliphatic rings"),
    "saturated": ("saturated ring", "saturated rings"),
    "carbocyclic": ("carbocycle", "carbocycles"),
    "heterocyclic": ("heterocycle", "heterocycles"),
    "aromatic_carbocyclic": ("aromatic carbocycle", "aromatic carbocycles"),
    "aromatic_heterocyclic": ("aromatic heterocycle", "aromatic heterocycles"),
    "spiro": ("spiro atom", "spiro atoms"),
    "bridged": ("bridgehead atom", "bridgehead atoms"),
    "fused": ("bond at which two rings are fused", "bonds at which two rings are fused"),
    "ring_systems": ("ring system", "ring systems"),
    "macrocycles": (f"ring of {MACROCYCLE} atoms or more", f"rings of {MACROCYCLE} atoms or more"),
}
_MEANINGS = {
    "aliphatic": "An aliphatic ring is one that is not aromatic.",
    "saturated": "A saturated ring has single bonds alone.",
    "spiro": "Counted are atoms, not rings: those that alone hold two parts of a ring system together (IUPAC's free spiro union).",
    "bridged": "Counted are atoms, not rings: the ends of the bridges, where two rings share two bonds or more.",
    "fused": "Counted are bonds, not rings: those that are all that two rings share.",
    "ring_systems": "Rings that share an atom or a bond are one system, spiro rings included.",
}


@dataclass(frozen=True)
class Ring:
    """``atoms`` in order around the ring, ``bonds`` their indices."""

    atoms: tuple[int, ...]
    bonds: tuple[int, ...]
    aromatic: bool
    saturated: bool
    hetero: bool


#: The kinds of rings that one ring alone is or is not.
_TESTS: dict[str, Callable[[Ring], bool]] = {
    "aromatic": lambda ring: ring.aromatic,
    "aliphatic": lambda ring: not ring.aromatic,
    "saturated": lambda ring: ring.saturated,
    "carbocyclic": lambda ring: not ring.hetero,
    "heterocyclic": lambda ring: ring.hetero,
    "aromatic_carbocyclic": lambda ring: ring.aromatic and not ring.hetero,
    "aromatic_heterocyclic": lambda ring: ring.aromatic and ring.hetero,
    "macrocycles": lambda ring: len(ring.atoms) >= MACROCYCLE,
}


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "how many rings", "number of rings", "count the rings", "ring count", "rings", "aromatic rings", "heterocycles", "ring systems",
        "ring sizes", "membered rings", "spiro", "bridgehead", "fused rings", "macrocycle",
    ),
)  # fmt: skip
def count_rings(
    molecule: MoleculeText,
    kind: Annotated[
        Kind,
        Field(description="Which rings; aliphatic: not aromatic; bridged and spiro count atoms; fused counts bonds"),
    ] = "all",
) -> ToolOutput:
    """Count the rings of a molecule: all, aromatic, aliphatic, saturated, heterocyclic, or its ring systems, with the size and
    the atoms of each.

    ``count`` of "all" is the number of rings in the smallest set of smallest rings (SSSR), bonds − atoms + components.
    Raises ``ToolInputError`` for a wrong molecule.
    """
    parsed, numbering = in_said_order(parse_molecule(molecule, dummies=True))
    mol = parsed.mol
    every = smallest_rings(mol)
    rings = independent_rings(every)
    counts, doubtful = ring_counts(mol, every)
    one, several = _WORDS[kind]
    count = counts[kind]
    sizes = [len(ring.atoms) for ring in rings]
    summary = f"{subject(parsed)} has {count if count else 'no'} {one if count == 1 else several}"
    if kind == "all" and count:
        summary += (
            f" of {_listed(sizes)} atoms; {counts['aromatic']} aromatic, {counts['heterocyclic']} with a heteroatom"
        )
    data: dict[str, Any] = {
        "smiles": parsed.smiles,
        "kind": kind,
        "count": count,
        "counts": counts,
        "ring_sizes": sizes,
        "rings": [list(ring.atoms) for ring in rings],
    }
    rows: list[tuple[Cell, ...]] = [
        (number, len(ring.atoms), " ".join(map(str, ring.atoms)), _yes(ring.aromatic), _yes(ring.hetero))
        for number, ring in enumerate(rings, 1)
    ]
    table = Table(
        title=f"Rings of {parsed.label}",
        columns=("Ring", "Atoms", "Which", "Aromatic", "Heteroatom"),
        rows=tuple(rows),
    )
    colours = {
        atom: HIGHLIGHTS[number % len(HIGHLIGHTS)]
        for number, ring in reversed(list(enumerate(rings)))
        for atom in ring.atoms
    }
    drawings, undrawn = drawn_if_legible(parsed, highlight=colours, atom_numbers=bool(rings))
    notes = [*parsed.notes, *undrawn]
    notes.append("Rings are those of the smallest set (SSSR): naphthalene has 2, its outer ring of 10 is none.")
    if len(every) > len(rings):
        data["equally_good_rings"] = len(every)
        notes.append(
            f"{len(every)} rings are equally good for the set (as the faces of a cage are); {len(rings)} of them are independent, "
            "which is the count."
        )
    if kind in doubtful:
        low, high = doubtful[kind]
        notes.append(
            f"Which of the equally good rings belong to the set is open: it has {low} to {high} {several}, and the most are given."
        )
    if kind in _MEANINGS:
        notes.append(_MEANINGS[kind])
    if counts["aromatic"] or any(atom.GetIsAromatic() for atom in mol.GetAtoms()):
        notes.append("Aromatic by RDKit's model: every bond of the ring is aromatic.")
    if partly := _partly_aromatic(mol, every):
        rings_are = "1 ring has" if partly == 1 else f"{partly} rings have"
        notes.append(
            f"{rings_are} aromatic atoms alone, but a bond that RDKit does not count as aromatic (as between the rings of azulene), "
            "and so are not among the aromatic rings."
        )
    if any(bond.GetBondType() == Chem.BondType.DATIVE for bond in mol.GetBonds()):
        notes.append("Dative bonds close no rings here: chelate and haptic rings through them are not counted.")
    return ToolOutput(
        summary=f"{summary}.", data=data, views=(*drawings, table), notes=(*notes, numbering) if rings else tuple(notes)
    )


def smallest_rings(mol: Chem.Mol) -> list[Ring]:
    """Every ring that is in some smallest set of smallest rings (RDKit's symmetrized SSSR), small ones first."""
    info = mol.GetRingInfo()
    rings = []
    for atoms, bonds in zip(info.AtomRings(), info.BondRings(), strict=True):
        types = [mol.GetBondWithIdx(bond).GetBondType() for bond in bonds]
        rings.append(
            Ring(
                tuple(atoms),
                tuple(bonds),
                aromatic=all(mol.GetBondWithIdx(bond).GetIsAromatic() for bond in bonds),
                saturated=all(one == Chem.BondType.SINGLE for one in types),
                hetero=any(mol.GetAtomWithIdx(atom).GetAtomicNum() not in (0, 6) for atom in atoms),
            )
        )
    return sorted(rings, key=lambda ring: len(ring.atoms))


def _partly_aromatic(mol: Chem.Mol, rings: list[Ring]) -> int:
    """How many rings are of aromatic atoms alone, without being aromatic themselves."""
    return sum(
        not ring.aromatic and all(mol.GetAtomWithIdx(atom).GetIsAromatic() for atom in ring.atoms) for ring in rings
    )


def independent_rings(rings: list[Ring]) -> list[Ring]:
    """The first of ``rings`` that are no sum of earlier ones: a smallest set of smallest rings, if small ones come first.

    Rings are added as sets of bonds, of which a bond in both is in neither (Berger, Gritzmann and de Vries, Algorithmica
    40, 51, 2004).
    """
    basis: dict[
        int, int
    ] = {}  # lowest bond to the sum of rings in which no other basis ring's lowest bond comes earlier
    chosen = []
    for ring in rings:
        rest = sum(1 << bond for bond in ring.bonds)
        while rest and (lowest := rest & -rest) in basis:
            rest ^= basis[lowest]
        if rest:
            basis[rest & -rest] = rest
            chosen.append(ring)
    return chosen


def ring_counts(mol: Chem.Mol, rings: list[Ring]) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
    """Each kind to its count, and the fewest and most of those kinds that depend on the choice of the smallest set."""
    counts = {"all": cyclomatic_number(mol)}
    doubtful = {}
    for kind, is_of in _TESTS.items():
        most, fewest = (
            sum(map(is_of, independent_rings(sorted(rings, key=lambda ring: (len(ring.atoms), is_of(ring) != wanted)))))
            for wanted in (True, False)
        )
        counts[kind] = most
        if most != fewest:
            doubtful[kind] = (fewest, most)
    pairs = [one & other for one, other in itertools.combinations([set(ring.bonds) for ring in rings], 2)]
    blocks = _joined([set(ring.atoms) for ring in rings], [set(ring.bonds) for ring in rings])
    counts["spiro"] = sum(number > 1 for number in Counter(itertools.chain.from_iterable(blocks)).values())
    counts["bridged"] = rdMolDescriptors.CalcNumBridgeheadAtoms(mol)
    counts["fused"] = len({bond for shared in pairs if len(shared) == 1 for bond in shared})
    counts["ring_systems"] = len(_joined([set(ring.atoms) for ring in rings], [set(ring.atoms) for ring in rings]))
    return counts, doubtful


def cyclomatic_number(mol: Chem.Mol) -> int:
    """Bonds − atoms + components, without dative bonds: how many rings a smallest set has."""
    loose = [bond for bond in bonds_of(mol) if bond.GetBondType() in (Chem.BondType.DATIVE, Chem.BondType.ZERO)]
    plain = Chem.RWMol(mol) if loose else mol
    for bond in loose:
        plain.RemoveBond(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
    return plain.GetNumBonds() - plain.GetNumAtoms() + len(Chem.GetMolFrags(plain))


def _joined(atoms: list[set[int]], links: list[set[int]]) -> list[set[int]]:
    """The atoms of each group of rings that hang together by common ``links``, which are atoms or bonds of each ring."""
    groups: list[tuple[set[int], set[int]]] = []
    for ring, own in zip(atoms, links, strict=True):
        apart = [group for group in groups if not group[1] & own]
        together = [group for group in groups if group[1] & own]
        groups = [*apart, (ring.union(*(one for one, _ in together)), own.union(*(one for _, one in together)))]
    return [ring for ring, _ in groups]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _listed(sizes: list[int]) -> str:
    """ "5 and 6", and "6 × 5, 25 × 6" where there are many."""
    if len(sizes) > 8:
        return ", ".join(f"{sizes.count(size)} × {size}" for size in dict.fromkeys(sizes))
    words = [str(size) for size in sizes]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

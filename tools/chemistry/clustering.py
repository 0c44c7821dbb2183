"""Groups of similar molecules: ``cluster``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from rdkit import DataStructs

from errors import ToolInputError, shown
from tools.chemistry.drawing import MOST_ATOMS_DRAWN, molecule_svg
from tools.chemistry.fingerprints import DESCRIBED, Fingerprint, fingerprints, prefixed_notes
from tools.inputs import MoleculesText
from tools.inputs.molecules import parse_molecules
from tools.outputs import Table, ToolOutput, View
from tools.registry import tool

MOST_MOLECULES = 1000
MOST_DRAWN = 24


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "cluster", "clusters", "clustering", "Butina", "group by similarity", "group similar molecules", "diverse",
        "diversity", "representatives", "centroids", "chemical series",
    ),
    time_limit_s=60,
)  # fmt: skip
def cluster(
    molecules: MoleculesText,
    cutoff: Annotated[
        float, Field(description="Largest Tanimoto distance (1 - similarity) of a member from its centroid", ge=0, le=1)
    ] = 0.4,
    fingerprint: Fingerprint = "morgan",
) -> ToolOutput:
    """Cluster molecules by similarity (Butina, Taylor-Butina): each member is within a Tanimoto distance, the cutoff, of its
    cluster's centroid.

    ``cutoff`` is a distance: 0.4 is a similarity of at least 0.6. Raises ``ToolInputError`` for over 1,000 molecules, fewer than
    two, or a wrong one.
    """
    parsed = parse_molecules(molecules, most=MOST_MOLECULES)
    if len(parsed) < 2:
        raise ToolInputError("One molecule makes no clusters", "molecules", "give a list of at least two")
    bits = fingerprints([molecule.mol for molecule in parsed], fingerprint)
    for number, (molecule, one) in enumerate(zip(parsed, bits, strict=True), 1):
        if not one.GetNumOnBits():
            raise ToolInputError(
                f"{shown(molecule.label)} sets no bit in the {DESCRIBED[fingerprint]}, so that it has no distance to others",
                f"molecules, item {number}",
                "leave it out or choose another fingerprint",
            )
    clusters = butina(bits, cutoff)
    single = sum(len(members) == 1 for members in clusters)
    groups = "1 cluster" if len(clusters) == 1 else f"{len(clusters)} clusters"
    name = DESCRIBED[fingerprint]
    summary = (
        f"{len(parsed)} molecules fall into {groups} ({single} of a single molecule) at a Tanimoto distance of at most {cutoff:g} "
        f"from the centroid, {name}."
    )
    rows, views, described = [], [], []
    for number, members in enumerate(clusters, 1):
        centroid = parsed[members[0]]
        described.append(
            {
                "cluster": number,
                "size": len(members),
                "centroid": centroid.smiles,
                "items": [member + 1 for member in members],
                "molecules": [parsed[member].label for member in members],
            }
        )
        for member in members:
            near = DataStructs.TanimotoSimilarity(bits[members[0]], bits[member])
            rows.append(
                (number, member + 1, parsed[member].label, parsed[member].smiles, round(near, 4), member == members[0])
            )
        if number <= MOST_DRAWN and centroid.mol.GetNumHeavyAtoms() <= MOST_ATOMS_DRAWN:
            amount = "1 molecule" if len(members) == 1 else f"{len(members)} molecules"
            views.append(molecule_svg(centroid, caption=f"Cluster {number} ({amount}), centroid {centroid.label}"))
    table = Table(
        title="Clusters",
        columns=("Cluster", "Item", "Molecule", "SMILES", "Similarity to the centroid", "Centroid"),
        rows=tuple(rows),
    )
    notes = [
        *prefixed_notes(parsed),
        f"Butina clustering (1999) by the {name}; the cutoff {cutoff:g} is a Tanimoto distance, a similarity of at least "
        f"{1 - cutoff:.4g}.",
        "The molecule with most neighbours within the cutoff comes first and takes them as its cluster, then the next that is not "
        "taken; neighbours are counted once, and of equals the later item comes first, as in RDKit. The first item of a cluster is "
        "its centroid. Members of different clusters can be within the cutoff of each other.",
        "Items are numbered from 1 in the order given. Stereochemistry is not part of the fingerprint.",
    ]
    if alike := _same_bits(bits, [molecule.smiles for molecule in parsed]):
        pairs = ", ".join(f"{one + 1} and {other + 1}" for one, other in alike[:5])
        notes.append(f"Different structures with the same fingerprint: items {pairs}{' and more' * (len(alike) > 5)}.")
    if len(clusters) > MOST_DRAWN:
        notes.append(f"Drawn are the centroids of the first {MOST_DRAWN} clusters.")
    data = {
        "count": len(clusters),
        "molecules": len(parsed),
        "singletons": single,
        "cutoff_distance": cutoff,
        "fingerprint": name,
        "clusters": described,
    }
    all_views: tuple[View, ...] = (*views, table)
    return ToolOutput(summary=summary, data=data, views=all_views, notes=tuple(notes))


def butina(bits: list, cutoff: float) -> list[list[int]]:
    """Clusters as lists of indices, centroid first, then members by their distance; larger clusters first.

    As RDKit's Butina.ClusterData without reordering, but for distances equal to the cutoff up to rounding: 0.3 takes in 1 - 0.7.
    """
    near: list[set[int]] = [set() for _ in bits]
    similar: list[list[float]] = []
    for at, one in enumerate(bits):
        values = DataStructs.BulkTanimotoSimilarity(one, bits)
        similar.append(values)
        near[at] = {other for other, value in enumerate(values) if 1 - value <= cutoff + 1e-9 and other != at}
    left = set(range(len(bits)))
    clusters = []
    for centroid in sorted(left, key=lambda at: (-len(near[at]), -at)):
        if centroid not in left:
            continue
        members = sorted(near[centroid] & left, key=lambda other: (-similar[centroid][other], other))
        clusters.append([centroid, *members])
        left -= {centroid, *members}
    return sorted(clusters, key=lambda members: (-len(members), min(members)))


def _same_bits(bits: list, smiles: list[str]) -> list[tuple[int, int]]:
    """Pairs of different structures that no bit tells apart, each later item with the first of its kind."""
    first: dict[str, int] = {}
    pairs = []
    for at, one in enumerate(bits):
        text = one.ToBase64()
        if text in first and smiles[first[text]] != smiles[at]:
            pairs.append((first[text], at))
        first.setdefault(text, at)
    return pairs

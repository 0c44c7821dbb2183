"""Which atoms and bonds have a configuration, and which one: ``stereo_report``."""

from __future__ import annotations

from typing import Any

from tools.chemistry.configurations import (
    UNASSIGNED,
    UNNAMED,
    Configuration,
    Configurations,
    configurations_of_all,
)
from tools.chemistry.drawing import drawn_if_legible
from tools.chemistry.numbering import in_said_order
from tools.chemistry.other_chirality import other_chirality
from tools.chemistry.structures import subject
from tools.inputs import MoleculeText
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.inputs.reactions import without_maps
from tools.outputs import Table, ToolOutput
from tools.registry import tool

MOST_SAID = 12
_KINDS = {
    "centre": ("stereocentre", "stereocentres"),
    "double bond": ("stereo double bond", "stereo double bonds"),
    "axis": ("stereo axis", "stereo axes"),
}
CONVENTIONS = (
    "R, S, E and Z by the CIP rules (RDKit's new labeller); small r and s are pseudo-asymmetric.",
    "An element is listed where its other configuration would be another molecule. A nitrogen that inverts, a proton that moves "
    "and a double bond in a ring of fewer than 8 atoms make none; axes of biaryls, planes and helices are not listed.",
)


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "stereocentres", "stereocenters", "stereocentre", "chiral centres", "chiral centers", "R or S", "R/S", "E or Z", "E/Z", "CIP",
        "configuration", "chirality", "is it chiral", "chiral", "stereochemistry", "absolute configuration", "meso", "stereogenic",
    ),
    time_limit_s=30.0,  # rings whose bridgeheads must be tried in space
)  # fmt: skip
def stereo_report(molecule: MoleculeText) -> ToolOutput:
    """List the stereocentres (R/S) and stereo double bonds (E/Z) of a molecule, what is unassigned, and whether it is chiral.

    ``count`` is the number of stereocentres, assigned or not; ``chiral`` and ``meso`` are None where that is open. Raises
    ``ToolInputError`` for a wrong molecule.
    """
    parsed, numbering = in_said_order(without_maps(parse_molecule(molecule)))
    result = configurations_of_all(parsed.mol)
    other = other_chirality(parsed.mol) if not result.chiral else []
    if other:
        result.chiral = result.meso = None
    by_kind = {kind: [one for one in result.found if one.kind == kind] for kind in _KINDS}
    centres = by_kind["centre"]
    data: dict[str, Any] = {
        "smiles": parsed.smiles,
        "count": len(centres),
        "assigned": sum(one.label != UNASSIGNED for one in centres),
        "unassigned": sum(one.label == UNASSIGNED for one in centres),
        "stereocentres": [
            {"atom": one.atoms[0], "element": _symbol(parsed, one.atoms[0]), "label": one.label} for one in centres
        ],
        "double_bonds": [{"atoms": list(one.atoms), "label": one.label} for one in by_kind["double bond"]],
        "axes": [{"atoms": list(one.atoms), "label": one.label} for one in by_kind["axis"]],
        "unassigned_double_bonds": sum(one.label == UNASSIGNED for one in by_kind["double bond"]),
        "chiral": result.chiral,
        "meso": result.meso,
    }
    table = Table(
        title=f"Stereo elements of {parsed.label}",
        columns=("Kind", "Atoms", "Elements", "Configuration"),
        rows=tuple(
            (
                one.kind,
                " ".join(map(str, one.atoms)),
                " ".join(_symbol(parsed, at) for at in one.atoms),
                one.label + " (by the rings)" * one.by_rings,
            )
            for one in result.found
        ),
    )
    drawings, undrawn = drawn_if_legible(
        parsed,
        highlight=sorted({atom for one in result.found for atom in one.atoms}),
        stereo_labels=True,
        atom_numbers=bool(result.found),
        caption=parsed.smiles[:200],
    )
    notes = [*parsed.notes, *undrawn, *_notes(result, by_kind, other), *CONVENTIONS, numbering]
    return ToolOutput(
        summary=_summary(parsed, result, by_kind, other),
        data=data,
        views=(*drawings, table) if result.found else drawings,
        notes=tuple(dict.fromkeys(notes)),
    )


def _symbol(parsed: ParsedMolecule, atom: int) -> str:
    return parsed.mol.GetAtomWithIdx(atom).GetSymbol()


def _notes(result: Configurations, by_kind: dict[str, list[Configuration]], other: list[str]) -> list[str]:
    notes = list(result.notes)
    if result.nitrogens:
        listed = ", ".join(f"N{at}" for at in result.nitrogens)
        notes.append(
            f"The bridgehead {listed} has the configuration that the ring's carbons leave it and is not counted."
        )
    if any(one.by_rings for one in result.found):
        notes.append("A configuration without a mark is given where the rings leave no other.")
    if any(one.label == UNASSIGNED for one in by_kind["axis"]):
        notes.append("The configuration of an allene's axis is not read from SMILES.")
    if any(one.label == UNNAMED for one in result.found):
        notes.append("'assigned' is a configuration that has marks but no letter here.")
    if other:
        notes.append(f"Not judged, and so whether it is chiral is left open: {'; '.join(other)}.")
    return notes


def _summary(
    parsed: ParsedMolecule, result: Configurations, by_kind: dict[str, list[Configuration]], other: list[str]
) -> str:
    parts = []
    for kind, (one, several) in _KINDS.items():
        if elements := by_kind[kind]:
            labels = ", ".join(f"{_where(parsed, element)} {element.label}" for element in elements[:MOST_SAID])
            more = ", …" * (len(elements) > MOST_SAID)
            parts.append(f"{len(elements)} {one if len(elements) == 1 else several} ({labels}{more})")
    verdict = _verdict(result, other)
    if not parts:
        return f"{subject(parsed)} has no stereocentre and no stereo double bond; {verdict}."
    return f"{subject(parsed)} has {' and '.join(parts)}; {verdict}."


def _verdict(result: Configurations, other: list[str]) -> str:
    if other:
        return "whether it is chiral depends on more than these"
    if result.meso:
        return "it is a meso form, achiral"
    if result.chiral is None:
        return "whether it is chiral depends on what is unassigned" if result.found else "whether it is chiral is open"
    open_centres = any(one.label == UNASSIGNED and one.kind != "double bond" for one in result.found)
    if result.chiral and open_centres:
        return "it is chiral, whatever the unassigned ones are"
    return "it is chiral" if result.chiral else "it is achiral"


def _where(parsed: ParsedMolecule, one: Configuration) -> str:
    return "=".join(f"{_symbol(parsed, at)}{at}" for at in one.atoms)

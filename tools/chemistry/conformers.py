"""Conformers in three dimensions: ``show_3d``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from rdkit import Chem
from rdkit.Chem import AllChem, rdDistGeom, rdForceFieldHelpers

from errors import ToolInputError
from tools.inputs import MoleculeText
from tools.inputs.molecules import parse_molecule
from tools.outputs import Structure3D, Table, ToolOutput
from tools.registry import tool

MOST_HEAVY_ATOMS = 150
SEED = 0xF00D  # fixed, so that the same call gives the same coordinates
MOST_STEPS = 2000


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=("3D", "3-D", "three dimensional", "conformer", "conformation", "geometry", "rotate", "ball and stick", "spatial"),
    time_limit_s=30,
)  # fmt: skip
def show_3d(molecule: MoleculeText, conformers: Annotated[int, Field(ge=1, le=20)] = 1) -> ToolOutput:
    """Show a molecule in 3D: conformers from ETKDGv3, minimised, with relative energies and their force field.

    Coordinates in ångström, energies in kcal/mol. Raises ``ToolInputError`` for several components, more than 150 heavy
    atoms, or a molecule that cannot be embedded.
    """
    parsed = parse_molecule(molecule)
    if len(Chem.GetMolFrags(parsed.mol)) > 1:
        raise ToolInputError(
            f"{parsed.label} has several components and their places to each other are unknown",
            "molecule",
            "give one of them",
        )
    if parsed.mol.GetNumHeavyAtoms() > MOST_HEAVY_ATOMS:
        raise ToolInputError(
            f"{parsed.label} has {parsed.mol.GetNumHeavyAtoms()} heavy atoms; at most {MOST_HEAVY_ATOMS} are embedded",
            "molecule",
            "give a smaller one",
        )
    mol = Chem.AddHs(parsed.mol)
    settings = rdDistGeom.ETKDGv3()
    settings.randomSeed = SEED
    settings.useSmallRingTorsions = True
    embedded = list(rdDistGeom.EmbedMultipleConfs(mol, conformers, settings))
    if not embedded:
        settings.useRandomCoords = True
        embedded = list(rdDistGeom.EmbedMultipleConfs(mol, conformers, settings))
    if not embedded:
        raise ToolInputError(
            f"No 3D structure of {parsed.label} could be built", "molecule", "check its stereochemistry"
        )
    field, energies, unfinished = _minimised(mol)
    order = sorted(embedded, key=lambda conformer: energies[conformer])
    relative = [energies[conformer] - energies[order[0]] for conformer in order]
    mol.SetProp("_Name", parsed.label[:80])
    models = tuple(Chem.MolToMolBlock(mol, confId=conformer) + "\n$$$$\n" for conformer in order)
    labels = tuple(f"conformer {n}: +{energy:.2f} kcal/mol" for n, energy in enumerate(relative, start=1))
    notes = list(parsed.notes)
    notes.append(
        f"Embedded by ETKDGv3 (seed {SEED}), hydrogens added, minimised with {field}; low conformers, not proven the lowest."
    )
    notes.append("Relative energies are of the force field, in vacuum; they are not free energies.")
    if unfinished:
        notes.append(f"{unfinished} of {len(order)} minimisations had not converged after {MOST_STEPS} steps.")
    unassigned = [
        index
        for index, label in Chem.FindMolChiralCenters(parsed.mol, includeUnassigned=True, useLegacyImplementation=False)
        if label == "?"
    ]
    if unassigned:
        built = Chem.Mol(mol)
        Chem.AssignStereochemistryFrom3D(built, order[0])
        notes.append(
            f"Stereocentres left open were built as {Chem.MolToSmiles(Chem.RemoveHs(built))}, one of the possible isomers."
        )
    found = f"{len(order)} conformer{'s' if len(order) > 1 else ''}"
    if len(order) < conformers:
        notes.append(f"{conformers} were asked for and {len(order)} could be embedded.")
    summary = f"3D structure of {parsed.label}: {found}, minimised with {field}"
    summary += f", spanning {relative[-1]:.2f} kcal/mol." if len(order) > 1 else "."
    data = {
        "smiles": parsed.smiles,
        "conformers": len(order),
        "force_field": field,
        "relative_energies_kcal_mol": [round(energy, 2) for energy in relative],
    }
    views: list[Structure3D | Table] = [
        Structure3D(
            format="sdf",
            models=models,
            labels=labels,
            style="ballstick",
            title=parsed.label,
            caption=f"{parsed.label}, {field}",
        )
    ]
    if len(order) > 1:
        rows = tuple((n, round(energy, 2)) for n, energy in enumerate(relative, start=1))
        views.append(
            Table(title="Conformers", columns=("Conformer", "Relative energy"), rows=rows, units=("", "kcal/mol"))
        )
    return ToolOutput(summary=summary, data=data, views=tuple(views), notes=tuple(notes))


def _minimised(mol: Chem.Mol) -> tuple[str, list[float], int]:
    """Minimise in place; the force field's name, energies in kcal/mol, and how many did not converge."""
    if rdForceFieldHelpers.MMFFHasAllMoleculeParams(mol):
        results = AllChem.MMFFOptimizeMoleculeConfs(mol, maxIters=MOST_STEPS, mmffVariant="MMFF94s")  # type: ignore[attr-defined]
        field = "MMFF94s"
    elif rdForceFieldHelpers.UFFHasAllMoleculeParams(mol):
        results = AllChem.UFFOptimizeMoleculeConfs(mol, maxIters=MOST_STEPS)  # type: ignore[attr-defined]
        field = "UFF (MMFF94s has no parameters for it)"
    else:
        raise ToolInputError(
            "Neither MMFF94s nor UFF has parameters for this molecule", "molecule", "draw it in 2D instead"
        )
    return field, [energy for _, energy in results], sum(state != 0 for state, _ in results)

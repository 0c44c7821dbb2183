"""Conformers in three dimensions: ``show_3d``."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from rdkit import Chem, rdBase
from rdkit.Chem import rdDistGeom, rdForceFieldHelpers

from errors import ToolInputError
from tools.inputs import MoleculeText
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.outputs import Structure3D, Table, ToolOutput
from tools.registry import tool

MOST_HEAVY_ATOMS = 150
SEED = 0xF00D  # fixed, so that the same call gives the same coordinates
MOST_STEPS = 2000
STEPS_AT_ONCE = 500
TIME_LIMIT_S = 30.0
LATEST_START_S = 16.0  # no conformer is begun, and no minimisation goes on, after this
EMBEDDING_LIMIT_S = 5  # for each of the three ways to embed
WAYS = ("ETKDGv3", "ETKDGv3 from random coordinates", "plain distance geometry")
_CLOSED_SHELL = "The force field knows no unpaired electrons: the geometry around them is as of a closed shell."

_NON_METALS = frozenset(
    ("B", "C", "N", "O", "F", "Ne", "Si", "P", "S", "Cl", "Ar", "As", "Se", "Br", "Kr", "Te", "I", "Xe")
)


@dataclass(frozen=True)
class Conformer:
    """Coordinates (ångström, hydrogens included) and the force field's energy in kcal/mol."""

    mol: Chem.Mol
    energy: float
    converged: bool


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=("3D", "3-D", "three dimensional", "conformer", "conformation", "geometry", "rotate", "ball and stick", "spatial", "3D model", "3D view", "3D coordinates", "lowest energy", "minimise", "minimize", "optimise the geometry", "looks like in 3D"),
    time_limit_s=TIME_LIMIT_S,
)  # fmt: skip
def show_3d(molecule: MoleculeText, conformers: Annotated[int, Field(ge=1, le=20)] = 1) -> ToolOutput:
    """Show a molecule in 3D: conformers from ETKDGv3, minimised, with relative energies and their force field.

    Coordinates in ångström, energies in kcal/mol. Raises ``ToolInputError`` for several components, a single atom,
    more than 150 heavy atoms, or a molecule that cannot be embedded or has no force field.
    """
    deadline = time.monotonic() + LATEST_START_S
    parsed = parse_molecule(molecule)
    refuse_shapeless(parsed)
    mol = Chem.AddHs(parsed.mol)
    field = force_field_name(mol, parsed.label)
    first, way = first_embedding(mol, parsed.label)
    found = [_minimised(first, field, deadline)]
    for number in range(1, conformers):
        if time.monotonic() > deadline:
            break
        if (embedded := embed(first, way, SEED + number)) is not None:
            found.append(_minimised(embedded, field, deadline))
    found.sort(key=lambda conformer: conformer.energy)
    relative = [conformer.energy - found[0].energy for conformer in found]
    many = f"{len(found)} conformer{'s' if len(found) > 1 else ''}"
    summary = f"3D structure of {parsed.label}: {many}, minimised with {field}"
    summary += f", spanning {relative[-1]:.2f} kcal/mol." if len(found) > 1 else "."
    data = {
        "smiles": parsed.smiles,
        "conformers": len(found),
        "force_field": field,
        "relative_energies_kcal_mol": [round(energy, 2) for energy in relative],
    }
    views: list[Structure3D | Table] = [
        Structure3D(
            format="sdf",
            models=tuple(sdf_record(conformer.mol, parsed.label) for conformer in found),
            labels=tuple(f"conformer {n}: +{energy:.2f} kcal/mol" for n, energy in enumerate(relative, start=1)),
            style="ballstick",
            title=parsed.label,
            caption=f"{parsed.label}, {field}",
        )
    ]
    if len(found) > 1:
        rows = tuple((n, round(energy, 2)) for n, energy in enumerate(relative, start=1))
        views.append(
            Table(title="Conformers", columns=("Conformer", "Relative energy"), rows=rows, units=("", "kcal/mol"))
        )
    notes = (*parsed.notes, *_notes(parsed, found, field, way, conformers))
    return ToolOutput(summary=summary, data=data, views=tuple(views), notes=notes)


def refuse_shapeless(parsed: ParsedMolecule) -> None:
    mol = parsed.mol
    if len(Chem.GetMolFrags(mol)) > 1:
        raise ToolInputError(
            f"{parsed.label} has several components and their places to each other are unknown",
            "molecule",
            "give one of them",
        )
    if mol.GetNumHeavyAtoms() > MOST_HEAVY_ATOMS:
        raise ToolInputError(
            f"{parsed.label} has {mol.GetNumHeavyAtoms()} heavy atoms; at most {MOST_HEAVY_ATOMS} are embedded",
            "molecule",
            "give a smaller one",
        )
    if Chem.AddHs(mol).GetNumAtoms() == 1:
        raise ToolInputError(
            f"{parsed.label} is a single atom, which has no shape", "molecule", "give a molecule of two atoms or more"
        )


def force_field_name(mol: Chem.Mol, label: str) -> str:
    """MMFF94s where it has parameters, else UFF (Halgren 1999; Rappé et al. 1992)."""
    with rdBase.BlockLogs():
        if rdForceFieldHelpers.MMFFHasAllMoleculeParams(mol):
            return "MMFF94s"
        if rdForceFieldHelpers.UFFHasAllMoleculeParams(mol):
            return "UFF (MMFF94s has no parameters for it)"
    elements = ", ".join(sorted({atom.GetSymbol() for atom in mol.GetAtoms()}))
    raise ToolInputError(
        f"Neither MMFF94s nor UFF has parameters for the atoms of {label} as they are bonded ({elements})",
        "molecule",
        "draw it in 2D instead",
    )


def first_embedding(mol: Chem.Mol, label: str) -> tuple[Chem.Mol, str]:
    """The first conformer, its open stereo elements fixed as it happens to have them, and the way that embedded it.

    All further ones then are conformers of one isomer; else their energies could not be compared.
    """
    for way in WAYS:
        if (embedded := embed(mol, way, SEED)) is not None:
            Chem.AssignStereochemistryFrom3D(embedded, 0, replaceExistingTags=False)
            return embedded, way
    raise ToolInputError(
        f"No 3D structure of {label} could be built within {EMBEDDING_LIMIT_S * len(WAYS)} s",
        "molecule",
        "check its stereochemistry and rings, or draw it in 2D",
    )


def embed(mol: Chem.Mol, way: str, seed: int) -> Chem.Mol | None:
    """A copy with one conformer, or None where the way does not lead to one in time."""
    settings = rdDistGeom.ETKDGv3()
    settings.randomSeed = seed
    settings.timeout = EMBEDDING_LIMIT_S
    settings.useSmallRingTorsions = True
    settings.useRandomCoords = way != WAYS[0]
    if way == WAYS[2]:  # the torsion knowledge forbids some cages, fullerenes among them
        settings.useExpTorsionAnglePrefs = settings.useBasicKnowledge = settings.useSmallRingTorsions = False
    copy = Chem.Mol(mol)
    with rdBase.BlockLogs():
        try:
            return copy if rdDistGeom.EmbedMolecule(copy, settings) == 0 else None
        except (
            RuntimeError
        ):  # its minimiser fails now and then, on cyclopentane with this seed, say; another way may do
            return None


def _minimised(mol: Chem.Mol, field: str, deadline: float) -> Conformer:
    """Minimise a copy, for at most 2,000 steps and not far beyond the deadline."""
    relaxed = Chem.Mol(mol)
    with rdBase.BlockLogs():
        if field == "MMFF94s":
            typed = rdForceFieldHelpers.MMFFGetMoleculeProperties(relaxed, mmffVariant=field)
            force_field = rdForceFieldHelpers.MMFFGetMoleculeForceField(relaxed, typed)
        else:
            force_field = rdForceFieldHelpers.UFFGetMoleculeForceField(relaxed)
    force_field.Initialize()
    converged = False
    for _ in range(MOST_STEPS // STEPS_AT_ONCE):
        converged = force_field.Minimize(maxIts=STEPS_AT_ONCE) == 0
        if converged or time.monotonic() > deadline:
            break
    return Conformer(relaxed, force_field.CalcEnergy(), converged)


def sdf_record(mol: Chem.Mol, label: str) -> str:
    named = Chem.Mol(mol)
    named.SetProp("_Name", " ".join(label.split())[:80])
    return Chem.MolToMolBlock(named) + "\n$$$$\n"


def _notes(parsed: ParsedMolecule, found: list[Conformer], field: str, way: str, asked: int) -> list[str]:
    notes = [
        f"Embedded by {way} (seed {SEED}), hydrogens added, minimised with {field}; low conformers, not proven the lowest.",
        "Relative energies are of the force field, in vacuum; they are not free energies.",
    ]
    built = Chem.MolToSmiles(Chem.RemoveHs(found[0].mol))
    if built != parsed.smiles:
        notes.append(f"Stereo elements left open were built as {built}, one of the possible isomers.")
    if unfinished := sum(not conformer.converged for conformer in found):
        notes.append(f"{unfinished} of {len(found)} minimisations had not converged when they were ended.")
    if len(found) < asked:
        notes.append(f"{asked} conformers were asked for and {len(found)} found in the {LATEST_START_S:g} s allowed.")
    if any(atom.GetNumRadicalElectrons() for atom in parsed.mol.GetAtoms()):
        notes.append(_CLOSED_SHELL)
    if field != "MMFF94s" and any(is_metal(atom) for atom in parsed.mol.GetAtoms()):
        notes.append("UFF is rough for metals: take bond lengths and angles around them as a sketch.")
    return notes


def is_metal(atom: Chem.Atom) -> bool:
    return Chem.GetPeriodicTable().GetRow(atom.GetAtomicNum()) > 1 and atom.GetSymbol() not in _NON_METALS

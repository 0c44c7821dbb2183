"""The symmetry of a molecule's lowest conformer: ``point_group``."""

from __future__ import annotations

from typing import Any

import numpy as np
from rdkit import Chem
from rdkit.Geometry import Point3D

from errors import ToolInputError
from tools.chemistry.averaged_structure import AveragedMolecule, TooManyOpen, averaged
from tools.chemistry.conformers import refuse_shapeless, sdf_record
from tools.chemistry.point_groups import group_order, schoenflies
from tools.chemistry.relaxed_geometry import Shape, lowest_shapes
from tools.chemistry.star_formulas import star_of_formula
from tools.chemistry.stereo_elements import stereo_elements
from tools.chemistry.vsepr import is_star, star_places
from tools.inputs import MoleculeText
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.outputs import Structure3D, Table, ToolOutput
from tools.registry import tool

TOLERANCE_A = 0.03
OTHER_TOLERANCES_A = (0.01, 0.1, 0.3)
NEAR_KCAL_MOL = 1.0
EQUAL_KCAL_MOL = 0.005
#: Groups of molecules that are not superposable on their mirror images have rotations alone.
_CHIRAL = ("C1", "T", "O", "I")
CONVENTIONS = (
    "The point group is that of one conformer in vacuum, the lowest found; another conformer, a crystal or the average over all "
    "conformers may have another.",
    "Schoenflies symbols; a star stands for ∞: C*v and D*h are the groups of straight molecules. Isotope labels tell atoms apart.",
)


@tool(
    group="molecule",
    libraries=("rdkit", "numpy"),
    asks=(
        "point group", "symmetry", "symmetry group", "Schoenflies", "symmetry elements", "symmetry operations", "molecular symmetry",
        "how symmetric", "rotation axis", "mirror plane", "inversion centre", "D6h", "C2v", "Td", "Oh",
    ),
    time_limit_s=60,
)  # fmt: skip
def point_group(molecule: MoleculeText) -> ToolOutput:
    """Find the point group (Schoenflies symbol such as C2v, D6h, Td) of a molecule from the 3D geometry of its lowest conformer.

    Raises ``ToolInputError`` for several components, for metals and other shapes that no force field here tells, and for
    stereo elements without a mark of which diastereomers exist.
    """
    parsed = star_of_formula(molecule, "molecule") or parse_molecule(molecule)
    mol = Chem.AddHs(parsed.mol)
    if mol.GetNumAtoms() == 1:
        return _of_atom(parsed)
    if len(Chem.GetMolFrags(mol)) > 1:
        refuse_shapeless(parsed)
    if is_star(mol):
        places, shape = star_places(mol, parsed.label)
        mol = _with_places(mol, places)
        how, field = f"The atoms stand as {shape} by electron-pair repulsion (VSEPR), with idealised angles.", "VSEPR"
        groups = {TOLERANCE_A: _group(mol, places, TOLERANCE_A)}
        others: list[dict[str, Any]] = []
        notes: tuple[str, ...] = (how,)
    else:
        average = averaged(parsed.mol)
        _refuse_open_stereo(parsed, average)
        shapes, field, notes = lowest_shapes(parsed, average)
        shapes = _symmetric_first(shapes)
        mol = shapes[0].mol
        groups = {one: _group(mol, shapes[0].places, one) for one in (TOLERANCE_A, *OTHER_TOLERANCES_A)}
        others = _near(shapes)
    symbol = groups[TOLERANCE_A]
    if symbol is None:
        raise ToolInputError(
            f"The operations found for {parsed.label} make no group, so that its geometry is too rough to tell the symmetry",
            "molecule",
            "take its point group from a measured structure",
        )
    data: dict[str, Any] = {
        "smiles": parsed.smiles,
        "point_group": symbol,
        "chiral": _is_chiral(symbol),
        "tolerance_a": TOLERANCE_A,
        "geometry": field,
        "point_groups_by_tolerance": {str(one): group for one, group in sorted(groups.items())},
        "other_conformers": others,
    }
    said = [*parsed.notes, *notes, *_doubts(groups, others), *CONVENTIONS]
    summary = (
        f"{parsed.label} has the point group {_spoken(symbol)} (lowest conformer found by {field}, tolerance {TOLERANCE_A:g} Å); "
        "it depends on the conformer."
    )
    if field == "VSEPR":
        summary = (
            f"{parsed.label} has the point group {_spoken(symbol)}, from its shape by electron-pair repulsion (VSEPR)."
        )
    view = Structure3D(
        format="sdf",
        models=(sdf_record(mol, parsed.label),),
        title=f"{parsed.label}: {_spoken(symbol)}",
        caption=f"{parsed.label}, {_spoken(symbol)}, {field}",
    )
    rows = tuple((one, group) for one, group in sorted(groups.items()))
    table = Table(title="Point group by tolerance", columns=("Tolerance", "Point group"), rows=rows, units=("Å", ""))
    return ToolOutput(summary=summary, data=data, views=(view, table) if len(rows) > 1 else (view,), notes=tuple(said))


def _of_atom(parsed: ParsedMolecule) -> ToolOutput:
    data = {"smiles": parsed.smiles, "point_group": "Kh", "chiral": False}
    summary = f"{parsed.label} is a single atom: its point group is Kh, that of the sphere."
    return ToolOutput(summary=summary, data=data, notes=parsed.notes)


def _group(mol: Chem.Mol, places: np.ndarray, tolerance: float) -> str | None:
    return schoenflies([(atom.GetSymbol(), atom.GetIsotope()) for atom in mol.GetAtoms()], places, tolerance)


def _symmetric_first(shapes: list[Shape]) -> list[Shape]:
    """The most symmetric of the conformers that are as low as the lowest, such as those of a free rotor, before the others."""
    level = [shape for shape in shapes if shape.energy - shapes[0].energy < EQUAL_KCAL_MOL]
    best = max(level, key=lambda shape: group_order(_group(shape.mol, shape.places, TOLERANCE_A) or "C1"))
    return [best, *(shape for shape in shapes if shape is not best)]


def _near(shapes: list[Shape]) -> list[dict[str, Any]]:
    """Other groups among the conformers within 1 kcal/mol, each with the lowest energy that has it."""
    found: dict[str, float] = {}
    lowest = _group(shapes[0].mol, shapes[0].places, TOLERANCE_A)
    for shape in shapes[1:]:
        above = shape.energy - shapes[0].energy
        if above > NEAR_KCAL_MOL:
            break
        group = _group(shape.mol, shape.places, TOLERANCE_A)
        if group is not None and group != lowest:
            found.setdefault(group, above)
    return [{"point_group": group, "above_kcal_mol": round(above, 2)} for group, above in found.items()]


def _with_places(mol: Chem.Mol, places: np.ndarray) -> Chem.Mol:
    placed = Chem.Mol(mol)
    conformer = Chem.Conformer(mol.GetNumAtoms())
    for at, place in enumerate(places):
        conformer.SetAtomPosition(at, Point3D(*place.tolist()))
    placed.AddConformer(conformer, assignId=True)
    return placed


def _refuse_open_stereo(parsed: ParsedMolecule, average: AveragedMolecule) -> None:
    """Where no mark tells between diastereomers that may differ in symmetry, one must be named."""
    bare = Chem.Mol(average.heavy)
    open_bonds = [
        element
        for element in stereo_elements(bare)
        if element.kind == "double bond"
        and len(element.at) == 2
        and element.bond >= 0
        and bare.GetBondWithIdx(element.bond).GetStereo() <= Chem.BondStereo.STEREOANY
    ]
    forms: set[str] = set()
    if not open_bonds:
        try:
            forms = {_either_hand(isomer) for isomer, _ in average.with_fast_amides().isomers()}
        except TooManyOpen:
            forms = {"", parsed.smiles}
    if open_bonds or len(forms) > 1:
        raise ToolInputError(
            f"{parsed.label} stands for several stereoisomers, which may differ in symmetry",
            "molecule",
            "mark its stereocentres (@, @@) and double bonds (/, \\)",
        )


def _either_hand(mol: Chem.Mol) -> str:
    """One text for a molecule and its mirror image."""
    image = Chem.Mol(mol)
    for atom in image.GetAtoms():
        atom.InvertChirality()
    return min(Chem.CanonSmiles(Chem.MolToSmiles(one)) for one in (mol, image))


def _is_chiral(symbol: str) -> bool:
    return symbol in _CHIRAL or (symbol[0] in "CD" and symbol[1:].isdigit())


def _doubts(groups: dict[float, str | None], others: list[dict[str, Any]]) -> list[str]:
    notes = []
    differing = {one: group for one, group in sorted(groups.items()) if group != groups[TOLERANCE_A]}
    if differing:
        listed = ", ".join(f"{group or 'no group'} at {one:g} Å" for one, group in differing.items())
        notes.append(f"The symbol depends on the tolerance: {groups[TOLERANCE_A]} at {TOLERANCE_A:g} Å, {listed}.")
    if others:
        listed = ", ".join(f"{one['point_group']} (+{one['above_kcal_mol']:g} kcal/mol)" for one in others)
        notes.append(f"Conformers within {NEAR_KCAL_MOL:g} kcal/mol have other groups: {listed}.")
    return notes


def _spoken(symbol: str) -> str:
    return symbol.replace("*", "∞")

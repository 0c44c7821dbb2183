"""The lowest conformers of a molecule, minimised so far that their symmetry shows.

MMFF94s and UFF do not know some things that symmetry depends on: that cumulated double bonds stand across or in one plane, that
hydrazines are gauche, and that resonance makes bonds equal which one formula draws as single and double. The first two are held
by torsions; for the third the geometry is minimised again with bonds of order 1.5.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from rdkit import Chem, rdBase
from rdkit.Chem import rdForceFieldHelpers, rdMolDescriptors

from errors import ToolInputError
from tools.chemistry.averaged_structure import AveragedMolecule, is_metal
from tools.chemistry.conformers import SEED, WAYS, embed, first_embedding, force_field_name, refuse_shapeless
from tools.chemistry.equivalence import refined_classes
from tools.chemistry.exchange import exchange_of, labelled_graph
from tools.inputs.molecules import ParsedMolecule

LATEST_START_S = 14.0
FEWEST_FLAT, FEWEST, PER_ROTOR, MOST = 4, 12, 6, 60
STEPS = 2000
FORCE_TOLERANCES = (1e-4, 1e-5, 1e-6)  # kcal/mol/Å; the minimiser gives up on a tighter one where it can go no lower
HOLD_KCAL_MOL = 200.0  # force constant of a held torsion, per degree squared
UNEQUAL_A = 0.015  # bonds that resonance makes equal differ by more where the force field draws one formula
GAUCHE = Chem.MolFromSmarts("[NX3;!R;!$(N~[*;^2,^1]);+0]-!@[NX3;!R;!$(N~[*;^2,^1]);+0]")
PHOSPHAZENE = Chem.MolFromSmarts("[P,S;R]=[#7;R]")
TOLANE = Chem.MolFromSmarts("cC#Cc:c")  # flat, by some 0.6 kcal/mol (K. Okuyama et al., J. Phys. Chem. 1984, 88, 1711)
GAUCHE_DEGREES = 91.0  # of hydrazine (K. Kohata et al., J. Phys. Chem. 1982, 86, 602)
DISTORTED_A = 0.06
_KNOWN_TO_MMFF = frozenset(("H", "C", "N", "O", "F", "Si", "P", "S", "Cl", "Br", "I"))

Torsion = tuple[int, int, int, int, float]


@dataclass(frozen=True)
class Shape:
    """A minimised conformer with hydrogens; ``energy`` in kcal/mol."""

    mol: Chem.Mol
    energy: float

    @property
    def places(self) -> np.ndarray:
        return self.mol.GetConformer().GetPositions()


def lowest_shapes(parsed: ParsedMolecule, average: AveragedMolecule) -> tuple[list[Shape], str, tuple[str, ...]]:
    """Conformers by rising energy, the force field's name, and notes; ``average`` is the averaged structure of ``parsed``.

    Raises ``ToolInputError`` where there is no shape, or no force field that could tell its symmetry.
    """
    deadline = time.monotonic() + LATEST_START_S
    refuse_shapeless(parsed)
    _refuse_metals(parsed)
    mol = average.mol
    field = force_field_name(mol, parsed.label)
    _refuse_unknown(mol, field, parsed.label)
    first, _ = first_embedding(mol, parsed.label)
    torsions = list(_held_torsions(average, first))
    tries = _tries(parsed.mol)
    shapes = [_minimised(first, field, torsions)]
    for number in range(1, tries):
        if time.monotonic() > deadline:
            break
        # a way that fails on a cage may leave another that embeds it inside out: all ways are taken in turn
        if (embedded := embed(mol, WAYS[number % len(WAYS)], SEED + number)) is not None:
            shapes.append(_minimised(embedded, field, torsions))
    shapes.sort(key=lambda shape: shape.energy)
    notes = [
        f"{len(shapes)} conformers by distance geometry (ETKDGv3 and plain), minimised with {field} in vacuum; the lowest found is not proven the lowest."
    ]
    if torsions:
        notes.append(
            "Torsions that the force field does not know (cumulated double bonds, hydrazines, diarylalkynes) were held at known values."
        )
    delocalised = _delocalised_bonds(mol)
    if _unequal(shapes[0], delocalised):
        shapes = [_with_equal_bonds(shapes[0], delocalised)]
        field = "UFF with bonds of order 1.5"
        notes.append(
            "Resonance makes bonds equal that the force field draws as single and double: minimised again with bonds of order 1.5."
        )
    _refuse_distorted(shapes[0], parsed.label)
    built = Chem.MolToSmiles(Chem.RemoveHs(shapes[0].mol))
    if built != parsed.smiles:
        notes.append(f"Stereo elements left open were built as {built}, one of the possible isomers.")
    return shapes, field, tuple(notes)


def _tries(mol: Chem.Mol) -> int:
    rotors = rdMolDescriptors.CalcNumRotatableBonds(mol)
    bends = any(atom.IsInRing() and atom.GetHybridization() == Chem.HybridizationType.SP3 for atom in mol.GetAtoms())
    return min(MOST, FEWEST + PER_ROTOR * rotors) if rotors or bends else FEWEST_FLAT


def _refuse_metals(parsed: ParsedMolecule) -> None:
    metals = sorted({atom.GetSymbol() for atom in parsed.mol.GetAtoms() if is_metal(atom)})
    if metals:
        raise ToolInputError(
            f"{parsed.label} has {', '.join(metals)}, around which force fields do not tell the geometry",
            "molecule",
            "take its point group from a measured structure",
        )


def _refuse_unknown(mol: Chem.Mol, field: str, label: str) -> None:
    """UFF's torsions and planes at elements that MMFF does not know are guesses (B(OH)3 and borazine would be bowls), and both
    draw the P=N rings of phosphazenes as polyenes."""
    unknown = sorted({atom.GetSymbol() for atom in mol.GetAtoms()} - _KNOWN_TO_MMFF)
    if field != "MMFF94s" and unknown:
        why = f"tells how the groups around {unknown[0]} stand"
    elif mol.HasSubstructMatch(PHOSPHAZENE):
        why = "knows that the bonds of its ring are equal,"
    else:
        return
    raise ToolInputError(
        f"No force field here {why} in {label}", "molecule", "take its point group from a measured structure"
    )


def _minimised(mol: Chem.Mol, field: str, torsions: list[Torsion]) -> Shape:
    relaxed = Chem.Mol(mol)
    mmff = field == "MMFF94s"
    with rdBase.BlockLogs():
        if mmff:
            typed = rdForceFieldHelpers.MMFFGetMoleculeProperties(relaxed, mmffVariant=field)
            force_field = rdForceFieldHelpers.MMFFGetMoleculeForceField(relaxed, typed)
        else:
            force_field = rdForceFieldHelpers.UFFGetMoleculeForceField(relaxed)
        force_field.Initialize()
        for *atoms, angle in torsions:
            hold = force_field.MMFFAddTorsionConstraint if mmff else force_field.UFFAddTorsionConstraint
            hold(*atoms, False, angle, angle, HOLD_KCAL_MOL)
        _settle(force_field)
    return Shape(relaxed, force_field.CalcEnergy())


def _settle(force_field) -> None:
    for tolerance in FORCE_TOLERANCES:
        try:
            for _ in range(3):
                if force_field.Minimize(maxIts=STEPS, forceTol=tolerance, energyTol=1e-12) == 0:
                    break
        except RuntimeError:  # the line search finds nothing lower: as far down as the arithmetic goes
            return


def _held_torsions(average: AveragedMolecule, embedded: Chem.Mol) -> Iterator[Torsion]:
    for bond in average.structure.rigid_bonds:
        if len(bond.atoms) > 2:
            (one, _), (other, _) = bond.ligands
            angle = 90.0 if bond.axis else 0.0
            yield one, bond.ends[0], bond.ends[1], other, angle
    for one, *_, other, last in embedded.GetSubstructMatches(TOLANE):
        start = next(at.GetIdx() for at in embedded.GetAtomWithIdx(one).GetNeighbors() if at.GetIsAromatic())
        yield start, one, other, last, 0.0
    for one, other in embedded.GetSubstructMatches(GAUCHE):
        outer = [
            [near.GetIdx() for near in embedded.GetAtomWithIdx(at).GetNeighbors() if near.GetIdx() not in (one, other)]
            for at in (one, other)
        ]
        yield outer[0][0], one, other, outer[1][0], GAUCHE_DEGREES


def _delocalised_bonds(mol: Chem.Mol) -> dict[int, tuple[int, ...]]:
    """The aromatic bonds and those of shared charges, each with a key that resonance gives to all like it."""
    exchange = exchange_of(mol, protons=False)
    labels, near = labelled_graph(mol, exchange)
    classes = refined_classes(labels, near)
    wanted = {bond.GetIdx() for bond in mol.GetBonds() if bond.GetIsAromatic()} | exchange.bonds
    for ring in mol.GetRingInfo().BondRings():
        atoms = {at for bond in ring for at in _ends(mol.GetBondWithIdx(bond))}
        flat = all(mol.GetAtomWithIdx(at).GetHybridization() == Chem.HybridizationType.SP2 for at in atoms)
        if flat and wanted & set(ring) and exchange.bonds & set(ring):
            wanted |= set(ring)
    return {number: tuple(sorted(classes[at] for at in _ends(mol.GetBondWithIdx(number)))) for number in wanted}


def _ends(bond: Chem.Bond) -> tuple[int, int]:
    return bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()


def _unequal(shape: Shape, delocalised: dict[int, tuple[int, ...]]) -> bool:
    return _spread(shape, delocalised) > UNEQUAL_A


def _spread(shape: Shape, keys: Mapping[int, tuple[int, ...]]) -> float:
    """The largest difference in length (Å) among bonds of one key."""
    lengths: dict[tuple[int, ...], list[float]] = defaultdict(list)
    for number, key in keys.items():
        one, other = _ends(shape.mol.GetBondWithIdx(number))
        lengths[key].append(float(np.linalg.norm(shape.places[one] - shape.places[other])))
    return max((max(values) - min(values) for values in lengths.values()), default=0.0)


def _refuse_distorted(shape: Shape, label: str) -> None:
    """Bonds that the constitution makes alike differ little in any conformer, but in what a force field was not made for."""
    labels, near = labelled_graph(shape.mol, exchange_of(shape.mol, protons=False))
    classes = refined_classes(labels, near)
    single = {
        bond.GetIdx(): tuple(sorted(classes[at] for at in _ends(bond)))
        for bond in shape.mol.GetBonds()
        if bond.GetBondType() == Chem.BondType.SINGLE and not bond.GetIsConjugated()
    }
    if _spread(shape, single) > DISTORTED_A:
        raise ToolInputError(
            f"The force field distorts {label}: bonds that are alike differ by more than {DISTORTED_A:g} Å in length",
            "molecule",
            "take its point group from a measured structure",
        )


def _with_equal_bonds(shape: Shape, delocalised: dict[int, tuple[int, ...]]) -> Shape:
    """Minimised by UFF with all those bonds of order 1.5 and their atoms flat."""
    mol = Chem.RWMol(shape.mol)
    for atom in mol.GetAtoms():
        atom.SetIsAromatic(False)
    for bond in mol.GetBonds():
        bond.SetIsAromatic(False)
    for number in delocalised:
        bond = mol.GetBondWithIdx(number)
        bond.SetBondType(Chem.BondType.AROMATIC)
        bond.SetIsConjugated(True)
        for end in (bond.GetBeginAtom(), bond.GetEndAtom()):
            end.SetHybridization(Chem.HybridizationType.SP2)
    with rdBase.BlockLogs():
        force_field = rdForceFieldHelpers.UFFGetMoleculeForceField(mol)
        force_field.Initialize()
        _settle(force_field)
    settled = Chem.Mol(shape.mol)
    for at, place in enumerate(mol.GetConformer().GetPositions()):
        settled.GetConformer().SetAtomPosition(at, place.tolist())
    return Shape(settled, force_field.CalcEnergy())

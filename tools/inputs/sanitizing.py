"""Sanitizing a molecule that was read, refusing what has no answer, and saying in words what was changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from rdkit import Chem, rdBase

from errors import ToolInputError, shown
from tools.inputs.elements import ELEMENT_NAMES, is_known_nuclide
from tools.inputs.graph import atoms_of, bonds_of
from tools.inputs.smiles_errors import MOST_HEAVY_ATOMS, SmilesReading

MOST_RINGS = 400
#: Elements that receive no dative bond in the line notations of chemistry (OpenSMILES has none at all, RDKit extends it
#: for metals; boron and aluminium take pairs, too).
_NO_ACCEPTORS = frozenset(("H", "C", "N", "O", "F", "P", "S", "Cl", "Se", "Br", "I"))
_BARE_ATOMS = frozenset(("H", "B", "C", "N", "O", "P", "S", "F", "Cl", "Br", "I"))
MERGED_HYDROGENS = "Hydrogens written as atoms were merged into their neighbours."


def sanitized(
    mol: Chem.Mol, text: str, where: str, *, dummies: bool, reading: SmilesReading | None = None
) -> tuple[Chem.Mol, tuple[str, ...]]:
    """The molecule sanitized, and notes; raises ``ToolInputError`` on dummies, over 1,000 heavy atoms or 400 rings."""
    if mol.GetNumHeavyAtoms() > MOST_HEAVY_ATOMS:
        raise ToolInputError(
            f"{shown(text)} has {mol.GetNumHeavyAtoms():,} heavy atoms; at most {MOST_HEAVY_ATOMS:,} are taken",
            where, "give a smaller molecule",
        )  # fmt: skip
    if mol.GetNumBonds() - mol.GetNumAtoms() + 1 > MOST_RINGS:
        raise ToolInputError(f"{shown(text)} has more than {MOST_RINGS} rings", where, "give a smaller molecule")
    atoms, bonds = atoms_of(mol), bonds_of(mol)
    _refuse_atoms(atoms, text, where, dummies, reading)
    _refuse_bonds(bonds, text, where, reading)
    charges = [atom.GetFormalCharge() for atom in atoms]
    marks = [atom.GetIdx() for atom in atoms if atom.GetChiralTag() != Chem.ChiralType.CHI_UNSPECIFIED]
    for mark in marks:
        atoms[mark].SetIntProp("_written", mark)
    with rdBase.BlockLogs(), _in_a_sentence(text, where):
        Chem.SanitizeMol(mol)
        changed = {
            atom.GetSymbol() for atom, charge in zip(atoms, charges, strict=True) if atom.GetFormalCharge() > charge
        }
        _refuse_open_aromatics(bonds, text, where, reading)
        written_atoms = mol.GetNumAtoms()
        if any(atom.GetAtomicNum() == 1 and atom.GetDegree() for atom in atoms) and _has_directions(bonds):
            # RDKit turns double bonds of rings over when a hydrogen that bears a / or \ goes, unless all bonds bear them
            Chem.AssignStereochemistry(mol, cleanIt=True, force=True)
            Chem.SetDoubleBondNeighborDirections(mol)
        mol = Chem.RemoveHs(mol)
        Chem.AssignStereochemistry(mol, cleanIt=True, force=True)
    atoms = atoms_of(mol)
    kept = set()
    for atom in atoms if marks else ():
        if atom.HasProp("_written"):
            if atom.GetChiralTag() != Chem.ChiralType.CHI_UNSPECIFIED:
                kept.add(atom.GetIntProp("_written"))
            atom.ClearProp("_written")
    found: list[str] = []
    if changed:
        found.append(
            f"The charge-separated form was used for a hypervalent group ({', '.join(sorted(changed))}), as in "
            "[N+](=O)[O-] for N(=O)=O."
        )
    if dropped := [mark for mark in marks if mark not in kept]:
        found.append(f"{_places(dropped, reading)} carried a stereo mark but is no stereocentre; the mark was dropped.")
    if reading and re.search(r"[/\\]", reading.smiles) and not _has_double_bond_stereo(mol):
        found.append("The / and \\ marks define no stereo double bond here and were dropped.")
    if mol.GetNumAtoms() < written_atoms:
        found.append(MERGED_HYDROGENS)
    found += _composition_notes(mol, atoms)
    return mol, tuple(found)


@contextmanager
def _in_a_sentence(text: str, where: str) -> Iterator[None]:
    """For what RDKit only refuses once it sanitizes, such as double bonds between aromatic atoms in one ring."""
    try:
        yield
    except Chem.MolSanitizeException as error:
        complaint = " ".join(str(error).split())
        raise ToolInputError(
            f"{shown(text)} cannot be a molecule: {complaint}",
            where,
            "check its aromatic (lower-case) atoms and write the ring with single and double bonds",
        ) from None


def _refuse_atoms(atoms: list[Chem.Atom], text: str, where: str, dummies: bool, reading: SmilesReading | None) -> None:
    """Raise for dummies, unless they are wanted, and for isotopes that nobody knows."""
    for atom in atoms:
        if atom.GetAtomicNum() == 0 and not dummies:
            raise ToolInputError(
                f"{shown(text)} contains the dummy atom *, which has no mass or valence",
                f"{where}, {_place(atom.GetIdx(), reading)}",
                "replace it with an atom, such as C or [H]",
            )
        if atom.GetAtomicNum() and atom.GetIsotope() and not is_known_nuclide(atom.GetSymbol(), atom.GetIsotope()):
            name = ELEMENT_NAMES[atom.GetSymbol()]
            raise ToolInputError(
                f"{shown(text)} holds {name} of mass number {atom.GetIsotope()}, an isotope that is not known",
                f"{where}, atom {atom.GetIdx() + 1}",
                "correct the mass number",
            )


def _refuse_bonds(bonds: list[Chem.Bond], text: str, where: str, reading: SmilesReading | None) -> None:
    """Raise for a bond that stands for several, and for an arrow to an atom that takes no electron pair.

    RDKit gives the oxygen of ``CN(C)(C)->O`` two hydrogens, so that the mass would be wrong.
    """
    for bond in bonds:
        kind = bond.GetBondType()
        if bond.HasQuery() or kind in (Chem.BondType.UNSPECIFIED, Chem.BondType.ZERO):
            raise ToolInputError(
                f"{shown(text)} has a bond that stands for several kinds",
                f"{where}, atoms {bond.GetBeginAtomIdx() + 1} and {bond.GetEndAtomIdx() + 1}",
                "draw it as single, double, triple, aromatic or dative",
            )
        if kind == Chem.BondType.DATIVE and (taker := bond.GetEndAtom()).GetSymbol() in _NO_ACCEPTORS:
            raise ToolInputError(
                f"{shown(text)} has a dative bond to {ELEMENT_NAMES[taker.GetSymbol()]}, which takes none",
                f"{where}, {_place(taker.GetIdx(), reading)}",
                "write an N-oxide as [N+][O-], a plain bond without '>'",
            )


def _refuse_open_aromatics(bonds: list[Chem.Bond], text: str, where: str, reading: SmilesReading | None) -> None:
    for bond in bonds:
        if bond.GetBondType() == Chem.BondType.AROMATIC and not bond.IsInRing():
            raise ToolInputError(
                f"{shown(text)} has an aromatic bond outside a ring",
                f"{where}, {_place(bond.GetEndAtomIdx(), reading)}",
                "write it as a single or double bond",
            )


def _place(index: int, reading: SmilesReading | None) -> str:
    return f"character {reading.atoms[index].position}" if reading else f"atom {index + 1}"


def _places(indices: list[int], reading: SmilesReading | None) -> str:
    if reading is None:
        return "Atom " + ", ".join(str(index + 1) for index in indices)
    return ", ".join(
        f"{reading.atoms[index].written} at character {reading.atoms[index].position}" for index in indices
    )


def _has_directions(bonds: list[Chem.Bond]) -> bool:
    return any(bond.GetBondDir() in (Chem.BondDir.ENDUPRIGHT, Chem.BondDir.ENDDOWNRIGHT) for bond in bonds)


def _has_double_bond_stereo(mol: Chem.Mol) -> bool:
    return any(bond.GetStereo() > Chem.BondStereo.STEREOANY for bond in bonds_of(mol))


def _composition_notes(mol: Chem.Mol, atoms: list[Chem.Atom]) -> list[str]:
    """What a chemist may not have meant: several components, unpaired electrons, isotope labels, atom maps."""
    notes = []
    components = len(Chem.GetMolFrags(mol))
    if components > 1:
        notes.append(f"{components} components (a salt, hydrate or mixture); values are for all of them together.")
    open_shells = [atom for atom in atoms if atom.GetNumRadicalElectrons()]
    radicals = {atom.GetSymbol() for atom in open_shells if atom.GetDegree() + atom.GetTotalNumHs()}
    if radicals:
        notes.append(f"Unpaired electrons, or hydrogens left out of brackets, on: {', '.join(sorted(radicals))}.")
    alone = [atom.GetSymbol() for atom in open_shells if not atom.GetDegree() and not atom.GetTotalNumHs()]
    if named := sorted(set(alone) & _BARE_ATOMS):
        notes.append(f"A bracketed atom such as [{named[0]}] has no hydrogens: it is the bare atom.")
    if any(atom.GetIsotope() for atom in atoms):
        notes.append("Isotope labels are kept.")
    if any(atom.GetAtomMapNum() for atom in atoms):
        notes.append("Atom map numbers are kept and appear in the SMILES.")
    return notes

"""The parts of a constitution that may have two configurations: tetrahedral centres, double bonds, allene axes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from rdkit import Chem, rdBase

from tools.inputs.graph import atoms_of

LARGEST_STIFF_RING = 8  # a nitrogen that bridges larger rings turns over
_NONE = 4294967295  # RDKit's index for a ligand that is no atom: a hydrogen or lone pair


@dataclass(frozen=True)
class Element:
    """``kind``: "centre" (atom ``at[0]``, ``ligands`` in the order of its bonds), "double bond" or "axis" (the end atoms
    ``at``, and at each end the ligand that the state refers to)."""

    kind: str
    at: tuple[int, ...]
    ligands: tuple[int, ...]
    bond: int = -1


def stereo_elements(bare: Chem.Mol) -> tuple[Element, ...]:
    """What may have two configurations; one that symmetry makes idle does no harm, the orbits see to that."""
    with rdBase.BlockLogs():
        found = list(Chem.FindPotentialStereo(Chem.Mol(bare)))
    cumulated = list(_cumulated_chains(bare))
    in_chain = {bond for _, bonds in cumulated for bond in bonds}
    elements = []
    for one in found:
        if one.type == Chem.StereoType.Atom_Tetrahedral:
            atom = bare.GetAtomWithIdx(one.centeredOn)
            hydrogens = atom.GetTotalNumHs()
            if hydrogens < 2 and atom.GetDegree() + hydrogens > 2 and not _turns_over(atom):
                ligands = tuple(neighbour.GetIdx() for neighbour in _neighbours_by_bond(atom))
                elements.append(Element("centre", (atom.GetIdx(),), ligands))
        elif one.type == Chem.StereoType.Bond_Double and one.centeredOn not in in_chain:
            bond = bare.GetBondWithIdx(one.centeredOn)
            ends = (bond.GetBeginAtom(), bond.GetEndAtom())
            if any(_is_linear(end) or (end.GetSymbol() == "N" and end.GetTotalNumHs()) for end in ends):
                continue  # an azide; C=N-H, whose proton exchanges
            first, second, third, fourth = one.controllingAtoms
            ligands = (first if first != _NONE else second, third if third != _NONE else fourth)
            if _NONE in ligands:
                continue
            elements.append(
                Element("double bond", (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()), ligands, bond.GetIdx())
            )
    known = {element.at[0] for element in elements if element.kind == "centre"}
    elements += [
        Element("centre", (at,), tuple(near.GetIdx() for near in _neighbours_by_bond(bare.GetAtomWithIdx(at))))
        for at in sorted((_bridgehead_nitrogens(bare) | _spiro_atoms(bare)) - known)
    ]
    for ends, bonds in cumulated:
        references = []
        for end in ends:
            atom = bare.GetAtomWithIdx(end)
            outer = [
                other.GetIdx() for other in atom.GetNeighbors() if not _joined_by(bare, end, other.GetIdx(), bonds)
            ]
            if outer and atom.GetSymbol() == "C" and atom.GetTotalNumHs() < 2:  # a nitrogen would swing through
                references.append(outer[0])
        if len(references) == 2:
            kind = "axis" if len(bonds) % 2 == 0 else "double bond"
            elements.append(Element(kind, ends, tuple(references)))
    return tuple(elements)


def _turns_over(atom: Chem.Atom) -> bool:
    """Whether an atom that RDKit takes for a centre has no lasting configuration: a mobile proton, a nitrogen that inverts."""
    neighbours = atom.GetNeighbors()
    if atom.GetSymbol() == "N":
        by_proton = atom.GetTotalNumHs() > 0
        if atom.GetDegree() == 3 and _is_bridgehead(atom) and not _is_stiff(atom):
            return True
        in_aziridine = atom.IsInRingSize(3) and all(other.GetSymbol() == "C" for other in neighbours)
        return by_proton or (in_aziridine and atom.GetDegree() == 3 and not _is_bridgehead(atom))
    if atom.GetSymbol() in ("P", "S", "As", "Se"):
        ends = [
            (
                other.GetSymbol(),
                atom.GetOwningMol().GetBondBetweenAtoms(atom.GetIdx(), other.GetIdx()).GetBondTypeAsDouble(),
            )
            for other in neighbours
            if other.GetDegree() == 1
        ]
        # P(=O)OH, P(=S)SH: the two ends are one by exchange of the proton
        return any((element, 2.0) in ends and (element, 1.0) in ends for element in ("O", "S", "Se"))
    return False


def _is_stiff(atom: Chem.Atom) -> bool:
    """Whether two small rings hold a bridgehead; a cryptand's bridges are long enough to let its nitrogens through."""
    rings = [ring for ring in atom.GetOwningMol().GetRingInfo().AtomRings() if atom.GetIdx() in ring]
    return sum(len(ring) <= LARGEST_STIFF_RING for ring in rings) > 1


def _is_linear(atom: Chem.Atom) -> bool:
    """Whether an atom has two double bonds: nothing stands to a side (or, at sulfur, for long)."""
    return sum(bond.GetBondType() == Chem.BondType.DOUBLE for bond in atom.GetBonds()) > 1


def _bridgehead_nitrogens(mol: Chem.Mol) -> set[int]:
    """Nitrogens that a bridge holds, so that they cannot turn over (Tröger's base); RDKit passes by those on an arene."""
    rings = [set(ring) for ring in mol.GetRingInfo().AtomRings()]
    bridged = [(one, other) for one, other in itertools.combinations(rings, 2) if len(one & other) >= 3]
    return {
        atom.GetIdx()
        for atom in atoms_of(mol)
        if atom.GetSymbol() == "N" and atom.GetDegree() == 3 and _is_bridgehead(atom) and not atom.GetIsAromatic()
        if _is_stiff(atom)
        if any(atom.GetIdx() in one & other for one, other in bridged)
    }


def _spiro_atoms(mol: Chem.Mol) -> set[int]:
    """Atoms that alone hold two rings together; RDKit passes by those with twice the same two arms (SPINOL)."""
    return {
        atom.GetIdx()
        for atom in atoms_of(mol)
        if atom.GetDegree() == 4 and all(bond.IsInRing() for bond in atom.GetBonds()) and _parts_beside(atom) == 2
        if all(bond.GetBondType() == Chem.BondType.SINGLE for bond in atom.GetBonds())
    }


def _parts_beside(atom: Chem.Atom) -> int:
    """Into how many parts the neighbours of an atom fall when it is taken away."""
    mol = atom.GetOwningMol()
    parts, seen = 0, {atom.GetIdx()}
    for start in atom.GetNeighbors():
        parts += start.GetIdx() not in seen
        waiting = [start.GetIdx()]
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                waiting += [near.GetIdx() for near in mol.GetAtomWithIdx(at).GetNeighbors()]
    return parts


def _is_bridgehead(atom: Chem.Atom) -> bool:
    return sum(bond.IsInRing() for bond in atom.GetBonds()) == 3


def _neighbours_by_bond(atom: Chem.Atom) -> list[Chem.Atom]:
    return [bond.GetOtherAtom(atom) for bond in atom.GetBonds()]


def _joined_by(mol: Chem.Mol, one: int, other: int, bonds: tuple[int, ...]) -> bool:
    return mol.GetBondBetweenAtoms(one, other).GetIdx() in bonds


def _cumulated_chains(mol: Chem.Mol) -> Iterator[tuple[tuple[int, int], tuple[int, ...]]]:
    """The two end atoms and the bonds of each run of two or more double bonds in a row, outside small rings."""
    middles = {
        atom.GetIdx()
        for atom in atoms_of(mol)
        if atom.GetSymbol() == "C"
        and atom.GetDegree() == 2
        and all(bond.GetBondType() == Chem.BondType.DOUBLE for bond in atom.GetBonds())
        and not atom.IsInRing()
    }
    while middles:
        waiting, bonds, reached = [middles.pop()], set(), set()
        while waiting:
            atom = mol.GetAtomWithIdx(waiting.pop())
            for bond in atom.GetBonds():
                bonds.add(bond.GetIdx())
                other = bond.GetOtherAtomIdx(atom.GetIdx())
                if other in middles:
                    middles.remove(other)
                    waiting.append(other)
                reached.add(other)
        ends = [at for at in reached if sum(bond.GetIdx() in bonds for bond in mol.GetAtomWithIdx(at).GetBonds()) == 1]
        if len(ends) == 2:
            yield (min(ends), max(ends)), tuple(sorted(bonds))

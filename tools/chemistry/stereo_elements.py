"""The parts of a constitution that may have two configurations: tetrahedral centres, double bonds, allene axes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from rdkit import Chem, rdBase

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
            if not _turns_over(atom):
                ligands = tuple(neighbour.GetIdx() for neighbour in _neighbours_by_bond(atom))
                elements.append(Element("centre", (atom.GetIdx(),), ligands))
        elif one.type == Chem.StereoType.Bond_Double and one.centeredOn not in in_chain:
            bond = bare.GetBondWithIdx(one.centeredOn)
            if any(end.GetSymbol() == "N" and end.GetTotalNumHs() for end in (bond.GetBeginAtom(), bond.GetEndAtom())):
                continue  # C=N-H: the proton exchanges
            first, second, third, fourth = one.controllingAtoms
            ligands = (first if first != _NONE else second, third if third != _NONE else fourth)
            elements.append(
                Element("double bond", (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()), ligands, bond.GetIdx())
            )
    known = {element.at[0] for element in elements if element.kind == "centre"}
    elements += [
        Element("centre", (at,), tuple(near.GetIdx() for near in _neighbours_by_bond(bare.GetAtomWithIdx(at))))
        for at in sorted(_bridgehead_nitrogens(bare) - known)
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
        in_aziridine = atom.IsInRingSize(3) and all(other.GetSymbol() == "C" for other in neighbours)
        return by_proton or (in_aziridine and atom.GetDegree() == 3 and not _is_bridgehead(atom))
    if atom.GetSymbol() in ("P", "S", "As", "Se"):
        ends = [other for other in neighbours if other.GetSymbol() == "O" and other.GetDegree() == 1]
        orders = [
            atom.GetOwningMol().GetBondBetweenAtoms(atom.GetIdx(), end.GetIdx()).GetBondTypeAsDouble() for end in ends
        ]
        return 2.0 in orders and 1.0 in orders  # P(=O)OH: the two oxygens are one by exchange of the proton
    return False


def _bridgehead_nitrogens(mol: Chem.Mol) -> set[int]:
    """Nitrogens that a bridge holds, so that they cannot turn over (Tröger's base); RDKit passes by those on an arene."""
    rings = [set(ring) for ring in mol.GetRingInfo().AtomRings()]
    bridged = [(one, other) for one, other in itertools.combinations(rings, 2) if len(one & other) >= 3]
    return {
        atom.GetIdx()
        for atom in mol.GetAtoms()
        if atom.GetSymbol() == "N" and atom.GetDegree() == 3 and _is_bridgehead(atom) and not atom.GetIsAromatic()
        if any(atom.GetIdx() in one & other for one, other in bridged)
    }


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
        for atom in mol.GetAtoms()
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

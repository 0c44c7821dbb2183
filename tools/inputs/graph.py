"""The atoms and bonds of a molecule as lists, each looked up once.

RDKit's own sequences ask the molecule's size anew for every item, three times as long: in a small call, where Python's loops over
atoms are most of what is done, that was a third of the time.
"""

from __future__ import annotations

from rdkit import Chem


def atoms_of(mol: Chem.Mol) -> list[Chem.Atom]:
    return [mol.GetAtomWithIdx(index) for index in range(mol.GetNumAtoms())]


def bonds_of(mol: Chem.Mol) -> list[Chem.Bond]:
    return [mol.GetBondWithIdx(index) for index in range(mol.GetNumBonds())]

"""The strict parser of molecules."""

from __future__ import annotations

from dataclasses import dataclass

from rdkit import Chem

from errors import ToolInputError, shown


@dataclass(frozen=True)
class ParsedMolecule:
    mol: Chem.Mol
    smiles: str
    text: str
    notation: str
    label: str
    notes: tuple[str, ...]


def parse_molecule(text: str, where: str = "molecule", *, dummies: bool = False) -> ParsedMolecule:
    mol = Chem.MolFromSmiles(text) if text.strip() else None
    if mol is None:
        raise ToolInputError(f"{shown(text)} is not a molecule", where, "give a SMILES")
    return ParsedMolecule(mol, Chem.MolToSmiles(mol), text, "smiles", text, ())


def parse_molecules(value: str | list[str], where: str = "molecules", most: int = 60) -> list[ParsedMolecule]:
    texts = [value] if isinstance(value, str) else value
    return [parse_molecule(text, f"{where} {number}") for number, text in enumerate(texts, 1)]

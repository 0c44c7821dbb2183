"""Salts and hydrates by the name of their base: "naltrexone hydrochloride", "losartan potassium", "FeSO4 heptahydrate".

They are put together only where the name leaves one composition: with the number of waters said, or of a base with one
basic nitrogen or an acid with one acidic hydrogen. "Quinine sulfate" (two to one) and "ethambutol hydrochloride" (with
two of HCl) show why nothing else is.
"""

from __future__ import annotations

import re

from rdkit import Chem

_WATERS = ("mono", "di", "tri", "tetra", "penta", "hexa", "hepta", "octa", "nona", "deca")
_HYDRATE = re.compile(rf"(.+?)[ -]({'|'.join(_WATERS)})hydrate", re.IGNORECASE)
_SALT = re.compile(r"(.+?) (?:mono)?(hydrochloride|hydrobromide|sodium|potassium|calcium)", re.IGNORECASE)
_PARTNERS = {
    "hydrochloride": "Cl",
    "hydrobromide": "Br",
    "sodium": "[Na+]",
    "potassium": "[K+]",
    "calcium": "[Ca+2]",
}
#: Nitrogen that takes up no proton from an acid in water: of amides and their like, at S=O, nitro, nitrile, azide, pyrrole.
_NOT_BASIC = tuple(
    Chem.MolFromSmarts(pattern)
    for pattern in ("[NX3][C,S,P]=[O,S]", "[$([NX3](=O)=O),$([NX3+](=O)[O-])]", "[NX1]#C", "[nX3]", "[N]~[N+]~[N]")
)
_ACIDIC = Chem.MolFromSmarts("[$([OX2H]C=O),$([OX2H][S,P]=O),$([nH]1nnnc1),$([nH]1ncnn1)]")
#: Other acidic hydrogen that a strong base may take: of phenols, enols, imides, sulfonamides, thiols; then none is the one.
_ALSO_ACIDIC = Chem.MolFromSmarts(
    "[$([OX2H]c),$([OX2H]C=C),$([NH](C=O)C=O),$([NX3;H]S(=O)=O),$([SX2H]),$([OX2H][N,n])]"
)


def base_of_salt(name: str) -> str:
    """The name of what is made into a salt or hydrate; an empty text for names of no such form."""
    found = _HYDRATE.fullmatch(name) or _SALT.fullmatch(name)
    return found[1] if found else ""


def put_together(smiles: str, name: str) -> tuple[str, str]:
    """SMILES of the salt or hydrate that ``name`` calls so, of a base's SMILES, and a note; two empty texts for none."""
    mol = Chem.MolFromSmiles(smiles)
    base = base_of_salt(name)
    if hydrate := _HYDRATE.fullmatch(name):
        if (
            "O" in smiles.split(".")
            or len({atom.GetSymbol() for atom in mol.GetAtoms()} | ({"H"} if _has_hydrogen(mol) else set())) < 2
        ):
            return "", ""  # of a hydrate, or of an element
        waters = _WATERS.index(hydrate[2].lower()) + 1
        return ".".join((smiles, *"O" * waters)), f"It was put together of {base} and {waters} H2O."
    salt = _SALT.fullmatch(name)
    if not salt or "." in smiles or any(atom.GetFormalCharge() and not _balanced(atom) for atom in mol.GetAtoms()):
        return "", ""
    word = salt[2].lower()
    if word.startswith("hydro"):
        if _basic_nitrogens(mol) != 1:
            return "", ""
        note = f"It was put together of {base} and H{_PARTNERS[word]}, one to one: {base} has one basic nitrogen."
        return f"{smiles}.{_PARTNERS[word]}", note
    acidic = mol.GetSubstructMatches(_ACIDIC)
    if len(acidic) != 1 or mol.HasSubstructMatch(_ALSO_ACIDIC):
        return "", ""
    mol.GetAtomWithIdx(acidic[0][0]).SetFormalCharge(-1)
    mol.GetAtomWithIdx(acidic[0][0]).SetNumExplicitHs(0)
    mol.GetAtomWithIdx(acidic[0][0]).SetNoImplicit(True)
    anion = Chem.MolToSmiles(mol)
    note = f"It was put together of {base} and {word} ions: {base} has one acidic hydrogen."
    return ".".join((*((anion,) * (2 if word == "calcium" else 1)), _PARTNERS[word])), note


def _has_hydrogen(mol: Chem.Mol) -> bool:
    return any(atom.GetTotalNumHs() for atom in mol.GetAtoms())


def _balanced(atom: Chem.Atom) -> bool:
    """Whether a charge is met by the opposite one beside it, as in a nitro group."""
    return any(neighbour.GetFormalCharge() * atom.GetFormalCharge() < 0 for neighbour in atom.GetNeighbors())


def _basic_nitrogens(mol: Chem.Mol) -> int:
    never = {at for pattern in _NOT_BASIC for match in mol.GetSubstructMatches(pattern) for at in match}
    return sum(atom.GetSymbol() == "N" and atom.GetIdx() not in never for atom in mol.GetAtoms())

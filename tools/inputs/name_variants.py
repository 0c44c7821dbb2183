"""Names written in another way than the tables and OPSIN have them: "dichromate ion", "S-limonene", "meso-butane-2,3-diol"."""

from __future__ import annotations

import re

from rdkit import Chem
from rdkit.Chem.EnumerateStereoisomers import EnumerateStereoisomers, StereoEnumerationOptions

MOST_CENTRES = 8
_ION = re.compile(r"(.+?)[ -](ion|anion|cation)s?", re.IGNORECASE)
_DESCRIPTOR = re.compile(r"([RSEZ])-([a-z].+)")
_MESO = re.compile(r"meso-(.+)", re.IGNORECASE)


def without_ion(name: str) -> tuple[str, str]:
    """The name before "ion", "anion" or "cation", and that word in lower case; two empty texts for other names."""
    found = _ION.fullmatch(name)
    return (found[1], found[2].lower()) if found else ("", "")


def is_that_ion(smiles: str, word: str) -> bool:
    charge = Chem.GetFormalCharge(Chem.MolFromSmiles(smiles))
    return {"ion": charge != 0, "anion": charge < 0, "cation": charge > 0}[word]


def with_bracketed_descriptor(name: str) -> str:
    """ "(S)-limonene" for "S-limonene"; an empty text where no descriptor begins the name."""
    found = _DESCRIPTOR.fullmatch(name)
    return f"({found[1]})-{found[2]}" if found else ""


def without_meso(name: str) -> str:
    found = _MESO.fullmatch(name)
    return found[1] if found else ""


def meso_form(smiles: str) -> str:
    """The one stereoisomer that has centres and is its own mirror image, as SMILES; empty where there is none or several."""
    mol = Chem.MolFromSmiles(smiles)
    for atom in mol.GetAtoms():
        atom.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    mol = Chem.MolFromSmiles(Chem.MolToSmiles(mol))
    if (
        not 2
        <= len(Chem.FindMolChiralCenters(mol, includeUnassigned=True, useLegacyImplementation=False))
        <= MOST_CENTRES
    ):
        return ""
    options = StereoEnumerationOptions(unique=True, onlyUnassigned=True)
    isomers = {Chem.MolToSmiles(isomer) for isomer in EnumerateStereoisomers(mol, options=options)}
    meso = [one for one in isomers if "@" in one and Chem.CanonSmiles(_mirrored(one)) == Chem.CanonSmiles(one)]
    return meso[0] if len(meso) == 1 else ""


def _mirrored(smiles: str) -> str:
    return smiles.replace("@@", "\0").replace("@", "@@").replace("\0", "@")

"""Synonyms of the tables against what the name itself says, as OPSIN reads it.

Of the tables' synonyms with locants that OPSIN reads, some 3 % stand with another compound: 2-amino-6-bromobenzoic acid with the
5-bromo acid, 3-methylbenzylthiophene with 3-methylbenzothiophene. Which of both is wrong is not decided here: both are listed.
"""

from __future__ import annotations

import re

from rdkit import Chem
from rdkit.Chem import rdMolHash

_LOCANT = re.compile(r"\d[,\-'()]|-\d")
_LONGEST_SPOKEN = 200
_HASH = rdMolHash.HashFunction.HetAtomTautomerv2
#: Metals and silicon: OPSIN writes salts and silanes in other forms than the tables do.
_WRITTEN_OTHERWISE = re.compile(r"\[(?!nH|[CNOSPBIcnosp][@H+\-\]]|Cl|Br|[1-9]*H\+?\]|\d*[CNOH][@H\]])")


def says_its_structure(name: str) -> bool:
    """Whether a name has locants, so that it can be held against a structure."""
    return len(name) <= _LONGEST_SPOKEN and bool(_LOCANT.search(name))


def is_another_compound(smiles: str, other: str) -> bool:
    """Whether two structures differ in more than tautomers, charges and configuration; False where that cannot be told."""
    if _WRITTEN_OTHERWISE.search(smiles) or _WRITTEN_OTHERWISE.search(other):
        return False
    first, second = (Chem.MolFromSmiles(one) for one in (smiles, other))
    if first is None or second is None or "." in smiles + other:
        return False
    return _skeleton(first) != _skeleton(second)


def _skeleton(mol: Chem.Mol) -> str:
    """The same for all tautomers of a molecule, whatever its configuration."""
    flat = Chem.Mol(mol)
    Chem.RemoveStereochemistry(flat)
    return rdMolHash.MolHash(flat, _HASH).split("_")[0]

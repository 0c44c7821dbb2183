"""Hydrogens that the chemicals tables leave out of hydrides: triethylsilane stands there as Et3Si, a radical.

So do phenylsilane, pinacolborane, benzeneselenol and some two hundred more: the hydrogens at Si, Ge, Sn, B, As, Sb, Se and Te
are lost, in the formula, too. A name that ends in a parent hydride says that they are there (IUPAC 2013, P-21).
"""

from __future__ import annotations

import re

from rdkit import Chem

_ELEMENTS = frozenset(("Si", "B", "As", "Sb", "Se", "Te"))  # Sn and Ge have compounds of the open valence, as SnCl2
_PARENT_HYDRIDE = re.compile(
    r"(?:silane|siloxane|silazane|silanol|silanamine|silacyclo\w+|siletane|borane|borolane|borinane|diazaborolidine|borole"
    r"|borabicyclo\w*|boroxin|borazine?|arsine|arsane|stibine|selenol|selenourea|selenophenol|selone|tellurol)e?s?\b",
    re.IGNORECASE,
)
_OPEN_VALENCE = re.compile(
    r"radical|lambda|\$l\^|yl$|ylene$|ylidene$|(?:silicon|boron|arsenic|selenium|tellurium)\b", re.IGNORECASE
)
_NOTE = "The table leaves out the hydrogen at {}; it was added, as the name says."


def with_its_hydrogens(smiles: str, wanted: str, names: list[str]) -> tuple[str, str]:
    """The SMILES with the open valences of Si, B, Se and the like filled, and a note; else as it was, and no note.

    ``names``: all that the table calls it, of which one has to be a hydride's. ``wanted``: the one that was asked for,
    which must not be that of a radical.
    """
    if _OPEN_VALENCE.search(wanted) or not any(_is_hydride(name) for name in (wanted, *names)):
        return smiles, ""
    mol = Chem.MolFromSmiles(smiles)
    open_atoms = [atom for atom in mol.GetAtoms() if atom.GetNumRadicalElectrons()]
    symbols = sorted({atom.GetSymbol() for atom in open_atoms})
    if mol.GetNumAtoms() < 2 or not symbols or not _ELEMENTS.issuperset(symbols):
        return smiles, ""
    for atom in open_atoms:
        atom.SetNumExplicitHs(atom.GetNumExplicitHs() + atom.GetNumRadicalElectrons())
        atom.SetNumRadicalElectrons(0)
    return Chem.MolToSmiles(mol), _NOTE.format(" and ".join(symbols))


def _is_hydride(name: str) -> bool:
    return bool(_PARENT_HYDRIDE.search(name)) and not _OPEN_VALENCE.search(name)

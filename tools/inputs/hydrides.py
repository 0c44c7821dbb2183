"""Hydrogens that the chemicals tables leave out of hydrides: triethylsilane stands there as Et3Si, a radical.

So do phenylsilane, pinacolborane, benzeneselenol and some two hundred more: the hydrogens at Si, Ge, Sn, B, As, Sb, Se and Te
are lost, in the formula, too. A name that ends in a parent hydride says that they are there (IUPAC 2013, P-21). Diethyl phosphite,
HP(=O)(OEt)2, stands there as the cation without its H.
"""

from __future__ import annotations

import re

from rdkit import Chem

_ELEMENTS = frozenset(("Si", "B", "As", "Sb", "Se", "Te"))
#: These have compounds of the open valence, too, as SnCl2: only the name asked for says that there is hydrogen.
_METALS = frozenset(("Sn", "Ge", "Al"))
_METAL_HYDRIDE = re.compile(r"stannane|germane|alumane|hydride\b", re.IGNORECASE)
_PARENT_HYDRIDE = re.compile(
    r"(?:silane|siloxane|silazane|silanol|silanamine|silacyclo\w+|siletane|borane|borolane|borinane|diazaborolidine|borole"
    r"|borabicyclo\w*|boroxin|borazine?|borohydride|boranuide|arsine|arsane|stibine|selenol|selenourea|selenophenol"
    r"|selone|tellurol)e?s?\b",
    re.IGNORECASE,
)
_OPEN_VALENCE = re.compile(
    r"radical|lambda|\$l\^|yl$|ylene$|ylidene$|(?:silicon|boron|arsenic|selenium|tellurium)\b", re.IGNORECASE
)
#: Phosphorus drawn without its hydrogens, how many they are, and what its name then has in it.
_BARE_PHOSPHORUS = (
    (
        Chem.MolFromSmarts("[P+;D3;H0;X3](=[OX1])"),
        1,
        re.compile(r"phosph(?:ite|onate|inate|onic|inic|ine oxide)|2-oxide", re.IGNORECASE),
    ),
    (Chem.MolFromSmarts("[P+0;D2;H0;X2](=[OX1])[OX1-,OX2H]"), 2, re.compile("hypophosph", re.IGNORECASE)),
)
_NOTE = "The table leaves out the hydrogen at {}; it was added, as the name says."


def with_its_hydrogens(smiles: str, wanted: str, names: list[str]) -> tuple[str, str]:
    """The SMILES with the open valences of Si, B, Se and the like filled, and a note; else as it was, and no note.

    ``names``: all that the table calls it, of which one has to be a hydride's. ``wanted``: the one that was asked for,
    which must not be that of a radical.
    """
    mol = Chem.MolFromSmiles(smiles)
    for pattern, hydrogens, word in _BARE_PHOSPHORUS:
        if mol.HasSubstructMatch(pattern) and any(map(word.search, (wanted, *names))):
            for match in mol.GetSubstructMatches(pattern):
                atom = mol.GetAtomWithIdx(match[0])
                atom.SetFormalCharge(0)
                atom.SetNumExplicitHs(hydrogens)
            return Chem.MolToSmiles(mol), _NOTE.format("P")
    if _OPEN_VALENCE.search(wanted):
        return smiles, ""
    elements = _ELEMENTS if any(_is_hydride(name) for name in (wanted, *names)) else frozenset()
    if _METAL_HYDRIDE.search(wanted):
        elements |= _METALS
    open_atoms = [atom for atom in mol.GetAtoms() if atom.GetNumRadicalElectrons()]
    symbols = sorted({atom.GetSymbol() for atom in open_atoms})
    if mol.GetNumAtoms() < 2 or not symbols or not elements.issuperset(symbols):
        return smiles, ""
    for atom in open_atoms:
        atom.SetNumExplicitHs(atom.GetNumExplicitHs() + atom.GetNumRadicalElectrons())
        atom.SetNumRadicalElectrons(0)
    return Chem.MolToSmiles(mol), _NOTE.format(" and ".join(symbols))


def lacks_hydrogen(smiles: str) -> bool:
    """Whether a structure has unpaired electrons or such a phosphorus atom: it may be drawn without its hydrogens."""
    mol = Chem.MolFromSmiles(smiles)
    bare = any(mol.HasSubstructMatch(pattern) for pattern, _, _ in _BARE_PHOSPHORUS)
    return bare or any(atom.GetNumRadicalElectrons() for atom in mol.GetAtoms())


def _is_hydride(name: str) -> bool:
    return bool(_PARENT_HYDRIDE.search(name)) and not _OPEN_VALENCE.search(name)

"""What the name of a salt or oxide says about its composition, held against the structure that a source gives for it.

Tables list thallium(III) iodide as a synonym of TlI; OPSIN makes Mn7O7 of manganese heptoxide and ions that do not
balance of dimanganese heptoxide. A name is looked at as far as it speaks: its Stock numbers, and that it is neutral.
"""

from __future__ import annotations

import math
import re
from collections import Counter

from rdkit import Chem

from tools.inputs.elements import element_called

_STOCK = re.compile(r"\b([a-z]+)\s?\(((?:[IVX]+|0)(?:,\s?(?:[IVX]+|0))*)\)", re.IGNORECASE)
_FREE_DIACID = {"O=S(=O)(O)O"}
_ONE_TO_ONE = re.compile(r"sul(?:f|ph)uric acid|bisul|hydrogen|mono", re.IGNORECASE)
_SALT_WORD = re.compile(r"[a-z]+(?:ate|ide)|sodium|potassium|calcium")
_ROMAN = {"0": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}
_NONMETALS = frozenset(
    ("H", "B", "C", "N", "O", "F", "Si", "P", "S", "Cl", "Ge", "As", "Se", "Br", "Sb", "Te", "I", "Xe")
)
_ELECTRONEGATIVE = frozenset(("O", "S", "Se", "F", "Cl", "Br", "I"))
_MULTIPLIED = re.compile(r"(?:di|tri|tetra|hexa|bis|hemi|sesqui)", re.IGNORECASE)


def contradicts_stock_numbers(smiles: str, name: str) -> bool:
    """Whether a metal has another oxidation state in the structure than in the name: copper(I) hydroxide as Cu(OH)2."""
    said = {element.lower(): states.lower() for element, states in _STOCK.findall(name)}
    if not said:
        return False
    mol = Chem.MolFromSmiles(smiles)
    for element, states in said.items():
        symbol = element_called(element)
        allowed = {_ROMAN.get(one.strip()) for one in states.split(",")}
        if symbol and symbol not in _NONMETALS:
            found = {_ionic_state(atom) for atom in mol.GetAtoms() if atom.GetSymbol() == symbol} - {None}
            if not found <= allowed:
                return True
    return False


def is_the_bare_base(smiles: str, name: str, others: list[str]) -> bool:
    """Whether a row gives "morphine sulfate" the structure of morphine, by which name it goes in the row, too."""
    base, _, salt = name.lower().rpartition(" ")
    return bool(base and _SALT_WORD.fullmatch(salt)) and "." not in smiles and base in map(str.lower, others)


def _ionic_state(atom: Chem.Atom) -> int | None:
    """The oxidation state of a metal atom that stands alone or holds single anions only; None where that is left open."""
    state = atom.GetFormalCharge()
    for bond in atom.GetBonds():
        other = bond.GetOtherAtom(atom)
        if other.GetSymbol() not in _ELECTRONEGATIVE or other.GetFormalCharge() > 0:
            return None
        if bond.GetBondType() not in (Chem.BondType.SINGLE, Chem.BondType.DOUBLE, Chem.BondType.TRIPLE):
            return None
        state += int(bond.GetBondTypeAsDouble())
    return state


def is_no_salt_of_that_name(mol: Chem.Mol, name: str) -> bool:
    """Whether ions were put together that are not neutral, or more of each than the name's formula has (Mn7O7)."""
    parts = Counter(Chem.MolToSmiles(part) for part in Chem.GetMolFrags(mol, asMols=True, sanitizeFrags=False))
    if len(parts) < 2:
        return False
    if _FREE_DIACID & set(parts) and _ONE_TO_ONE.search(name) is None:
        return True  # morphine sulfate is two of morphine to one of the acid, OPSIN puts it together one to one
    charges = {sum(atom.GetFormalCharge() for atom in part.GetAtoms()) for part in Chem.GetMolFrags(mol, asMols=True)}
    if not (min(charges) < 0 < max(charges)):
        return False
    return Chem.GetFormalCharge(mol) != 0 or (math.gcd(*parts.values()) > 1 and not _MULTIPLIED.match(name))


def as_ions(mol: Chem.Mol) -> str:
    """Canonical SMILES with the bonds of metals to O, S, Se and halogens as ions: Cl[Sn]Cl is the [Sn+2] of another table."""
    apart = Chem.RWMol(mol)
    cut = []
    for bond in apart.GetBonds():
        ends = (bond.GetBeginAtom(), bond.GetEndAtom())
        for metal, other in (ends, ends[::-1]):
            if metal.GetSymbol() not in _NONMETALS and other.GetSymbol() in _ELECTRONEGATIVE:
                cut.append((metal.GetIdx(), other.GetIdx(), int(bond.GetBondTypeAsDouble())))
    for metal, other, order in cut:
        apart.RemoveBond(metal, other)
        for at, change in ((metal, order), (other, -order)):
            atom = apart.GetAtomWithIdx(at)
            atom.SetFormalCharge(atom.GetFormalCharge() + change)
            atom.SetNoImplicit(True)
    return Chem.MolToSmiles(apart)

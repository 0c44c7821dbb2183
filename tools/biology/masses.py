"""Masses of chains from the elements that they are made of.

A residue is the free molecule less one water: amino acids by IUPAC-IUB (Nomenclature and Symbolism for Amino Acids and
Peptides, 1983), nucleotides as 5'-monophosphates (PubChem). Average masses use the abridged standard atomic weights of
IUPAC 2021 (Prohaska et al., Pure Appl. Chem. 2022, 94, 573), monoisotopic masses the most abundant isotopes, of selenium
80Se, in AME 2020 (Wang et al., Chin. Phys. C 2021, 45, 030003). Both in dalton.
"""

from __future__ import annotations

import re
from collections import Counter
from types import MappingProxyType

from tools.inputs.alphabets import Alphabet

ATOMIC_WEIGHTS = MappingProxyType(
    {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "P": 30.974, "S": 32.06, "Se": 78.971}
)
ISOTOPE_MASSES = MappingProxyType(
    {"H": 1.00782503190, "C": 12.0, "N": 14.00307400425, "O": 15.99491461926, "P": 30.97376199768, "S": 31.97207117354,
     "Se": 79.91652178}
)  # fmt: skip
_PROTEIN = MappingProxyType(
    {"A": "C3H5NO", "R": "C6H12N4O", "N": "C4H6N2O2", "D": "C4H5NO3", "C": "C3H5NOS", "E": "C5H7NO3", "Q": "C5H8N2O2",
     "G": "C2H3NO", "H": "C6H7N3O", "I": "C6H11NO", "L": "C6H11NO", "K": "C6H12N2O", "M": "C5H9NOS", "F": "C9H9NO",
     "P": "C5H7NO", "S": "C3H5NO2", "T": "C4H7NO2", "W": "C11H10N2O", "Y": "C9H9NO2", "V": "C5H9NO", "U": "C3H5NOSe",
     "O": "C12H19N3O2"}
)  # fmt: skip
_RESIDUES: MappingProxyType[Alphabet, MappingProxyType[str, str]] = MappingProxyType(
    {
        "protein": _PROTEIN,
        "dna": MappingProxyType({"A": "C10H12N5O5P", "C": "C9H12N3O6P", "G": "C10H12N5O6P", "T": "C10H13N2O7P"}),
        "rna": MappingProxyType({"A": "C10H12N5O6P", "C": "C9H12N3O7P", "G": "C10H12N5O7P", "U": "C9H11N2O8P"}),
    }
)


def _atoms(written: str) -> Counter[str]:
    return Counter({element: int(number or 1) for element, number in re.findall(r"([A-Z][a-z]?)(\d*)", written)})


_WATER = _atoms("H2O")
_ATOMS = {
    alphabet: {letter: _atoms(written) for letter, written in residues.items()}
    for alphabet, residues in _RESIDUES.items()
}


def has_mass(residues: str, alphabet: Alphabet) -> bool:
    """Whether each letter stands for one residue."""
    return set(residues) <= _RESIDUES[alphabet].keys()


def composition(residues: str, alphabet: Alphabet) -> Counter[str]:
    """Atoms of the linear, uncharged chain with free ends (a nucleic acid's: a 5' phosphate and a 3' hydroxyl)."""
    atoms = Counter(_WATER)
    for letter, count in Counter(residues).items():
        for element, number in _ATOMS[alphabet][letter].items():
            atoms[element] += count * number
    return atoms


def formula(atoms: Counter[str]) -> str:
    """In Hill order: C, H, then the others by the alphabet."""
    order = sorted(atoms, key=lambda element: (element != "C", element != "H", element))
    return "".join(element + (str(atoms[element]) if atoms[element] > 1 else "") for element in order if atoms[element])


def average_mass(atoms: Counter[str]) -> float:
    """In Da, with standard atomic weights."""
    return sum(ATOMIC_WEIGHTS[element] * number for element, number in atoms.items())


def monoisotopic_mass(atoms: Counter[str]) -> float:
    """In Da, of the most abundant isotope of each element."""
    return sum(ISOTOPE_MASSES[element] * number for element, number in atoms.items())

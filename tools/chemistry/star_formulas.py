"""Formulas whose structure is plain: one atom with single-bonded atoms of one kind around it (SiF4, ClF3), and known ions.

A formula says nothing of the structure, and structures are asked for elsewhere; but shapes are taught by formulas, and
of PF5 there is one structure with all five fluorine atoms on the phosphorus atom.
"""

from __future__ import annotations

import re
from collections import Counter

from rdkit import Chem

from errors import ToolInputError
from tools.chemistry.oxidation_groups import ion_of
from tools.inputs.elements import element_called
from tools.inputs.formulas import ParsedFormula, parse_formula
from tools.inputs.molecules import ParsedMolecule, parse_molecule

_BINARY_NAME = re.compile(r"([a-z]+) (di|tri|tetra|penta|hexa|hepta)(fluoride|chloride|bromide|iodide)")
_COUNTS = {"di": 2, "tri": 3, "tetra": 4, "penta": 5, "hexa": 6, "hepta": 7}
_HALIDES = {"fluoride": "F", "chloride": "Cl", "bromide": "Br", "iodide": "I"}
_LIGANDS = frozenset(("H", "F", "Cl", "Br", "I"))
MOST_LIGANDS = 7


def star_of_formula(text: str, where: str) -> ParsedMolecule | None:
    """The molecule or ion of such a formula; None for any other text."""
    written = _formula_named(text) if isinstance(text, str) else ""
    if not re.search(r"\d", written):  # HCl and ICl are SMILES, too, or names
        return None
    try:
        formula = parse_formula(written, where)
    except ToolInputError:
        return None
    if formula.isotopes:
        return None
    ion = ion_of(Counter(formula.counts))
    if ion and formula.charge == ion.charge:
        parsed = parse_molecule(ion.smiles, where)
        return ParsedMolecule(parsed.mol, parsed.smiles, text, "formula", text.strip(), (f"Read as {ion.name}.",))
    return _star(formula, text)


def _formula_named(text: str) -> str:
    """ "ClF3" for "chlorine trifluoride", any other text as it is."""
    named = _BINARY_NAME.fullmatch(text.strip().lower())
    symbol = element_called(named[1]) if named else ""
    return f"{symbol}{_HALIDES[named[3]]}{_COUNTS[named[2]]}" if named and symbol else text.strip()


def _star(formula: ParsedFormula, text: str) -> ParsedMolecule | None:
    counts = formula.counts
    ligands = [symbol for symbol in counts if symbol in _LIGANDS and counts[symbol] > 1]
    if len(counts) != 2 or len(ligands) != 1 or counts[ligands[0]] > MOST_LIGANDS:
        return None
    ligand = ligands[0]
    (centre,) = counts.keys() - {ligand}
    if counts[centre] != 1 or centre == "H":
        return None
    mol = Chem.RWMol()
    middle = Chem.Atom(centre)
    middle.SetFormalCharge(formula.charge)
    middle.SetNoImplicit(True)
    mol.AddAtom(middle)
    for _ in range(counts[ligand]):
        outer = Chem.Atom(ligand)
        outer.SetNoImplicit(True)
        mol.AddBond(0, mol.AddAtom(outer), Chem.BondType.SINGLE)
    made = mol.GetMol()
    made.UpdatePropertyCache(strict=False)  # RDKit knows no ClF3
    Chem.SanitizeMol(made, Chem.SANITIZE_ALL ^ Chem.SANITIZE_PROPERTIES)  # type: ignore[arg-type]
    note = f"{text.strip()} was read as one molecule with all {counts[ligand]} {ligand} atoms on {centre}."
    return ParsedMolecule(
        made, Chem.MolToSmiles(made), text, "formula", text.strip()[:1].upper() + text.strip()[1:], (note,)
    )

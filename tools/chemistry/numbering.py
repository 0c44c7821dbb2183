"""Which number an atom has in an answer, and the note that says so."""

from __future__ import annotations

from dataclasses import replace

from rdkit import Chem

from tools.inputs.molecules import ParsedMolecule

NUMBERING = (
    "Atoms are numbered from 0 in the order of the input; hydrogens merged into their neighbours have no number."
)


def in_said_order(parsed: ParsedMolecule) -> tuple[ParsedMolecule, str]:
    """The molecule with its atoms in an order that can be said, and the note that says it.

    A name or a CAS number gives its atoms no order; they get that of the canonical SMILES.
    """
    if parsed.notation not in ("name", "cas"):
        return parsed, NUMBERING
    mol = Chem.Mol(parsed.mol)
    smiles = Chem.MolToSmiles(mol)
    order = list(mol.GetPropsAsDict(includePrivate=True, includeComputed=True)["_smilesAtomOutputOrder"])
    note = f"A name gives its atoms no order: they are numbered from 0 in the order of the SMILES {smiles}."
    numbered = Chem.RenumberAtoms(mol, order)
    Chem.GetSymmSSSR(numbered)  # type: ignore[attr-defined]  # else ranking its atoms would leave it without rings
    return replace(parsed, mol=numbered), note

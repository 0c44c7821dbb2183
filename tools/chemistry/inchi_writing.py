"""InChI and InChIKey of a molecule, as other programs write them."""

from __future__ import annotations

from rdkit import Chem, rdBase

from tools.inputs.graph import atoms_of

_HALOGENS = frozenset((17, 35, 53, 85))


def inchi_of(mol: Chem.Mol) -> str:
    """The standard InChI, or an empty text where InChI has no way to say the structure (a dative complex, for one)."""
    with rdBase.BlockLogs():
        return Chem.MolToInchi(_with_halogen_double_bonds(mol))


def inchikey_of(mol: Chem.Mol) -> str:
    """The InChIKey, or an empty text where there is no InChI."""
    inchi = inchi_of(mol)
    return Chem.InchiToInchiKey(inchi) if inchi else ""


def _with_halogen_double_bonds(mol: Chem.Mol) -> Chem.Mol:
    """Chlorate as O=Cl(=O)[O-] and its like.

    RDKit sanitizes it to [O-][Cl+2]([O-])[O-], for which InChI finds no mobile hydrogens and no charge by a lost proton: the
    key would be another than that of PubChem (chlorate, iodate, periodic acid).
    """
    centres = [
        atom.GetIdx() for atom in atoms_of(mol) if atom.GetAtomicNum() in _HALOGENS and atom.GetFormalCharge() > 0
    ]
    if not centres:
        return mol
    changed = Chem.RWMol(mol)
    for index in centres:
        centre = changed.GetAtomWithIdx(index)
        for bond in centre.GetBonds():
            oxygen = bond.GetOtherAtom(centre)
            if centre.GetFormalCharge() and (oxygen.GetSymbol(), oxygen.GetFormalCharge(), oxygen.GetDegree()) == (
                "O",
                -1,
                1,
            ):
                bond.SetBondType(Chem.BondType.DOUBLE)
                oxygen.SetFormalCharge(0)
                centre.SetFormalCharge(centre.GetFormalCharge() - 1)
    changed.UpdatePropertyCache(strict=False)
    return changed.GetMol()

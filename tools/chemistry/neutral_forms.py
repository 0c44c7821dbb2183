"""Plainer forms of a molecule: one way of writing groups, no charges that protons can take away, no isotope labels."""

from __future__ import annotations

from rdkit import Chem, rdBase

#: Metals of groups 1 and 2 whose bonds to O, S and halogens are ionic; beryllium's are not.
_ELECTROPOSITIVE = frozenset((3, 11, 12, 19, 20, 37, 38, 55, 56, 87, 88))
_ANIONIC = frozenset((8, 9, 16, 17, 35, 53))
#: Elements at which a proton may be added or taken; at others (B, Al, hypervalent I and P) no acid or base would result.
_PROTIC = frozenset((6, 7, 8, 9, 15, 16, 17, 34, 35, 52, 53))


def without_isotopes(mol: Chem.Mol) -> Chem.Mol:
    """All labels dropped; deuterium and tritium become hydrogens like others, and centres that only labels made are none."""
    bare = Chem.Mol(mol)
    for atom in bare.GetAtoms():
        atom.SetIsotope(0)
    with rdBase.BlockLogs():
        Chem.SetDoubleBondNeighborDirections(bare)  # on all bonds: RDKit may lose those of a hydrogen that goes
        bare = Chem.RemoveHs(bare)
        Chem.AssignStereochemistry(bare, cleanIt=True, force=True)
    return bare


def ionized_metals(mol: Chem.Mol) -> Chem.Mol:
    """The molecule with bonds such as Na-O and Ca-Cl written as ions; Grignard compounds stay as they are."""
    cut = []
    for bond in mol.GetBonds():
        metal, other = bond.GetBeginAtom(), bond.GetEndAtom()
        if other.GetAtomicNum() in _ELECTROPOSITIVE:
            metal, other = other, metal
        organometallic = any(near.GetAtomicNum() == 6 for near in metal.GetNeighbors())
        if (
            metal.GetAtomicNum() in _ELECTROPOSITIVE
            and other.GetAtomicNum() in _ANIONIC
            and bond.GetBondType() == Chem.BondType.SINGLE
            and not organometallic
            and not other.GetFormalCharge()
        ):
            cut.append((metal.GetIdx(), other.GetIdx()))
    if not cut:
        return mol
    ionic = Chem.RWMol(mol)
    for metal, other in cut:
        ionic.RemoveBond(metal, other)
        for at, charge in ((metal, 1), (other, -1)):
            atom = ionic.GetAtomWithIdx(at)
            atom.SetFormalCharge(atom.GetFormalCharge() + charge)
            atom.SetNoImplicit(True)
    result = ionic.GetMol()
    Chem.SanitizeMol(result)
    return result


def normalized(mol: Chem.Mol) -> Chem.Mol:
    """Groups in the one form of ChEMBL's rules: nitro, azide, diazo, sulfoxide and others; alkali salts as ions.

    The atoms may come in another order.
    """
    from chembl_structure_pipeline.standardizer import normalize_mol

    with rdBase.BlockLogs():
        work = Chem.Mol(ionized_metals(mol))
        Chem.Kekulize(work)  # ChEMBL's rules are written for Kekulé forms
        result = Chem.Mol(normalize_mol(work))
        Chem.SanitizeMol(result)
        Chem.AssignStereochemistry(result, cleanIt=True, force=True)
    return result


def neutralized(mol: Chem.Mol) -> Chem.Mol:
    """The molecule without the charges that adding or taking protons removes, by RDKit's Uncharger (as in ChEMBL).

    Charges that no proton moves stay: quaternary nitrogen, metals, both ends of a nitro group, what balances them. A component
    where the result would be no acid or base (HPF6, HI3, an aromatic carbanion) stays as it was.
    """
    from rdkit.Chem.MolStandardize import rdMolStandardize

    if not any(atom.GetFormalCharge() for atom in mol.GetAtoms()):
        return mol
    with rdBase.BlockLogs():
        uncharger = rdMolStandardize.Uncharger(canonicalOrder=True, force=False, protonationOnly=True)
        result = Chem.Mol(uncharger.uncharge(mol))
        result.UpdatePropertyCache(strict=False)
        spoilt = {atom.GetIdx() for atom in mol.GetAtoms() if _spoilt(atom, result)}
        if spoilt:
            result = _put_back(mol, result, spoilt)
        Chem.SanitizeMol(result)
        Chem.AssignStereochemistry(result, cleanIt=True, force=True)
    return result


def _spoilt(atom: Chem.Atom, result: Chem.Mol) -> bool:
    after = result.GetAtomWithIdx(atom.GetIdx())
    if after.GetFormalCharge() == atom.GetFormalCharge():
        return False
    hypervalent = (atom.GetDegree() > 0 and atom.GetAtomicNum() in (9, 17, 35, 53)) or atom.GetDegree() > 4
    aromatic_carbon = atom.GetAtomicNum() == 6 and atom.GetIsAromatic()
    protons = after.GetTotalNumHs() - atom.GetTotalNumHs() == after.GetFormalCharge() - atom.GetFormalCharge()
    return hypervalent or aromatic_carbon or not protons or atom.GetAtomicNum() not in _PROTIC


def _put_back(mol: Chem.Mol, result: Chem.Mol, spoilt: set[int]) -> Chem.Mol:
    """The result with the components of the atoms in ``spoilt`` as they were in ``mol``."""
    mixed = Chem.RWMol(result)
    for component in Chem.GetMolFrags(mol):
        if spoilt.isdisjoint(component):
            continue
        for at in component:
            before, after = mol.GetAtomWithIdx(at), mixed.GetAtomWithIdx(at)
            after.SetFormalCharge(before.GetFormalCharge())
            after.SetNumExplicitHs(before.GetTotalNumHs())
            after.SetNoImplicit(True)
    return mixed.GetMol()

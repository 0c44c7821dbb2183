"""The open-chain form of cyclic hemiacetals and hemiketals, such as those of sugars."""

from __future__ import annotations

from rdkit import Chem, rdBase

#: Ring O (or S) on a carbon that bears OH: the bond between the first two opens, the second pair becomes C=O.
_HEMIACETAL = Chem.MolFromSmarts("[O,S;X2;R]-;@[CX4;!$(C([OH])[OH])]-;!@[OX2H]")


def opened(mol: Chem.Mol) -> Chem.Mol:
    """Every cyclic hemiacetal opened to its carbonyl and hydroxyl group; other centres keep their configuration."""
    current = Chem.Mol(mol)
    for _ in range(mol.GetNumHeavyAtoms()):
        match = current.GetSubstructMatch(_HEMIACETAL)
        if not match:
            break
        ring, carbon, hydroxyl = match
        work = Chem.RWMol(current)
        work.RemoveBond(ring, carbon)
        work.GetBondBetweenAtoms(carbon, hydroxyl).SetBondType(Chem.BondType.DOUBLE)
        work.GetAtomWithIdx(carbon).SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
        for at in match:
            work.GetAtomWithIdx(at).SetNoImplicit(False)
            if at == hydroxyl:
                work.GetAtomWithIdx(at).SetNumExplicitHs(0)
        current = work.GetMol()
        with rdBase.BlockLogs():
            Chem.SanitizeMol(current)
    with rdBase.BlockLogs():
        Chem.AssignStereochemistry(current, cleanIt=True, force=True)
    return current

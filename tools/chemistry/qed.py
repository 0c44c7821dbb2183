"""The quantitative estimate of drug-likeness (Bickerton et al., Nat. Chem. 2012, 4, 90), from what else is known of a molecule.

RDKit's own function makes a copy and computes logP, TPSA, donors and rotatable bonds for it once more: a third of its time.
"""

from __future__ import annotations

from rdkit import Chem
from rdkit.Chem import QED, Crippen, Descriptors, rdMolDescriptors


def estimate(mol: Chem.Mol) -> float:
    """0 to 1, with RDKit's mean weights, of a molecule without hydrogens as atoms.

    Aromatic rings are those that are left once the aliphatic ones are cut out, as in the paper. Crippen's logP stays with the
    molecule once computed.
    """
    aromatic = Chem.DeleteSubstructs(Chem.Mol(mol), QED.AliphaticRings)
    known = QED.QEDproperties(
        MW=Descriptors.MolWt(mol),  # type: ignore[attr-defined]
        ALOGP=Crippen.MolLogP(mol),  # type: ignore[attr-defined]
        HBA=sum(len(mol.GetSubstructMatches(acceptor)) for acceptor in QED.Acceptors),
        HBD=rdMolDescriptors.CalcNumHBD(mol),
        PSA=rdMolDescriptors.CalcTPSA(mol),
        ROTB=rdMolDescriptors.CalcNumRotatableBonds(mol),
        AROM=len(Chem.GetSSSR(aromatic)),
        ALERTS=sum(mol.HasSubstructMatch(alert) for alert in QED.StructuralAlerts),
    )
    return QED.qed(mol, qedProperties=known)

"""RDKit's canonical tautomer of a molecule, with what it loses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem import rdCIPLabeler

from tools.chemistry.tautomers import MOST_TAUTOMERS


@dataclass(frozen=True)
class CanonicalTautomer:
    """``lost``: stereo elements that the input has and the canonical form has not ("C2 (S)", "C3=C4 (E)"); atoms count from 0
    in the order of ``mol``. ``smiles_with_stereo`` is the same form with the marks kept where they still mean something, empty
    where nothing was lost or could be kept."""

    mol: Chem.Mol
    complete: bool
    lost: list[str]
    smiles_with_stereo: str


def canonical_tautomer(mol: Chem.Mol) -> CanonicalTautomer:
    """The form that RDKit's scoring prefers among those its transforms reach."""
    with rdBase.BlockLogs():
        canonical, complete = _canonical(mol, keep_stereo=False)
        lost = _lost(mol, canonical)
        kept = ""
        if lost:
            marked, _ = _canonical(mol, keep_stereo=True)
            if _flat(marked) == _flat(canonical):
                kept = Chem.MolToSmiles(marked)
    return CanonicalTautomer(canonical, complete, lost, "" if kept == Chem.MolToSmiles(canonical) else kept)


def _canonical(mol: Chem.Mol, *, keep_stereo: bool) -> tuple[Chem.Mol, bool]:
    from rdkit.Chem.MolStandardize import rdMolStandardize

    enumerator = rdMolStandardize.TautomerEnumerator()
    enumerator.SetMaxTautomers(MOST_TAUTOMERS)
    enumerator.SetMaxTransforms(MOST_TAUTOMERS)
    enumerator.SetRemoveSp3Stereo(not keep_stereo)
    enumerator.SetRemoveBondStereo(not keep_stereo)
    found = enumerator.Enumerate(mol)
    picked: Any = Chem.Mol(enumerator.PickCanonical(found))
    Chem.AssignStereochemistry(picked, cleanIt=True, force=True)
    return picked, found.status == rdMolStandardize.TautomerEnumeratorStatus.Completed


def _flat(mol: Chem.Mol) -> str:
    return Chem.MolToSmiles(mol, isomericSmiles=False)


def _lost(mol: Chem.Mol, canonical: Chem.Mol) -> list[str]:
    labelled = Chem.Mol(mol)
    rdCIPLabeler.AssignCIPLabels(labelled)
    lost = []
    for atom in labelled.GetAtoms():
        after = canonical.GetAtomWithIdx(atom.GetIdx())
        unmarked = after.GetChiralTag() == Chem.ChiralType.CHI_UNSPECIFIED
        if atom.GetChiralTag() != Chem.ChiralType.CHI_UNSPECIFIED and unmarked:
            lost.append(f"{atom.GetSymbol()}{atom.GetIdx()}{_label(atom)}")
    for bond in labelled.GetBonds():
        begin, end = bond.GetBeginAtom(), bond.GetEndAtom()
        after = canonical.GetBondBetweenAtoms(begin.GetIdx(), end.GetIdx())
        if bond.GetStereo() > Chem.BondStereo.STEREOANY and after.GetStereo() <= Chem.BondStereo.STEREOANY:
            ends = f"{begin.GetSymbol()}{begin.GetIdx()}={end.GetSymbol()}{end.GetIdx()}"
            lost.append(ends + _label(bond))
    return lost


def _label(marked: Any) -> str:
    return f" ({marked.GetProp('_CIPCode')})" if marked.HasProp("_CIPCode") else ""

"""The least that a person would write with the libraries alone to get what a tool answers: no checks, no notes, no limits."""

from __future__ import annotations

import functools
import importlib.util
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import dimorphite_dl
from chembl_structure_pipeline import get_parent_mol, standardize_mol
from rdkit import Chem, DataStructs, RDConfig, rdBase
from rdkit.Chem import QED, AllChem, Crippen, Descriptors, rdDepictor, rdFingerprintGenerator, rdMolDescriptors
from rdkit.Chem.Draw import rdMolDraw2D
from rdkit.Chem.EnumerateStereoisomers import EnumerateStereoisomers, StereoEnumerationOptions
from rdkit.Chem.FilterCatalog import FilterCatalog, FilterCatalogParams

from tools.chemistry.groups import known_groups

AMINE = "[NX3;H2,H1,H0;!$(N-C=[O,S,N])]"
MOST_DRAWN_ISOMERS = 12


def drawing(mol: Chem.Mol, atoms: Iterable[int] = (), numbers: bool = False, labels: bool = False) -> str:
    """With these atoms and the bonds between them highlighted, and atom numbers or R, S, E, Z as the tool's drawing has."""
    mol = Chem.Mol(mol)
    rdDepictor.Compute2DCoords(mol)
    drawer = rdMolDraw2D.MolDraw2DSVG(-1, -1)
    options = drawer.drawOptions()
    options.fixedBondLength = 30
    options.addAtomIndices = numbers
    options.addStereoAnnotation = labels
    marked = set(atoms)
    bonds = [bond.GetIdx() for bond in mol.GetBonds() if {bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()} <= marked]
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, mol, highlightAtoms=list(marked), highlightBonds=bonds)
    drawer.FinishDrawing()
    return drawer.GetDrawingText()


def resolve_structure(smiles: str) -> Any:
    mol = Chem.MolFromSmiles(smiles)
    inchi = Chem.MolToInchi(mol)
    return (
        Chem.MolToSmiles(mol), rdMolDescriptors.CalcMolFormula(mol), inchi, Chem.InchiToInchiKey(inchi),
        Chem.GetFormalCharge(mol), Descriptors.MolWt(mol), Descriptors.ExactMolWt(mol), len(Chem.GetMolFrags(mol)), drawing(mol),
    )  # fmt: skip


def describe_molecule(smiles: str) -> Any:
    mol = Chem.MolFromSmiles(smiles)
    centres = Chem.FindMolChiralCenters(mol, includeUnassigned=True, useLegacyImplementation=False)
    return {
        "smiles": Chem.MolToSmiles(mol),
        "formula": rdMolDescriptors.CalcMolFormula(mol),
        "inchikey": Chem.MolToInchiKey(mol),
        "average_mass_da": Descriptors.MolWt(mol),
        "monoisotopic_mass_da": Descriptors.ExactMolWt(mol),
        "charge": Chem.GetFormalCharge(mol),
        "logp_crippen": Crippen.MolLogP(mol),
        "tpsa_a2": rdMolDescriptors.CalcTPSA(mol),
        "h_bond_donors": rdMolDescriptors.CalcNumHBD(mol),
        "h_bond_acceptors": rdMolDescriptors.CalcNumHBA(mol),
        "rotatable_bonds": rdMolDescriptors.CalcNumRotatableBonds(mol),
        "ring_count": rdMolDescriptors.CalcNumRings(mol),
        "aromatic_ring_count": rdMolDescriptors.CalcNumAromaticRings(mol),
        "heavy_atom_count": mol.GetNumHeavyAtoms(),
        "fraction_csp3": rdMolDescriptors.CalcFractionCSP3(mol),
        "stereocentres_assigned": sum(label != "?" for _, label in centres),
        "stereocentres_unassigned": sum(label == "?" for _, label in centres),
        "qed": QED.qed(mol),
        "molar_refractivity": Crippen.MolMR(mol),
        "svg": drawing(mol),
    }


def count_atoms(smiles: str) -> Any:
    mol = Chem.MolFromSmiles(smiles)
    counts = Counter(atom.GetSymbol() for atom in mol.GetAtoms())
    counts["H"] = sum(atom.GetTotalNumHs() for atom in mol.GetAtoms())
    return {"smiles": Chem.MolToSmiles(mol), "counts": counts}


def convert_notation(smiles: str) -> Any:
    mol = Chem.MolFromSmiles(smiles)
    return Chem.MolToInchi(mol), drawing(mol)


def draw_molecules(smiles: str) -> Any:
    return drawing(Chem.MolFromSmiles(smiles))


def show_3d(smiles: str) -> Any:
    mol = Chem.AddHs(Chem.MolFromSmiles(smiles))
    AllChem.EmbedMolecule(mol, AllChem.ETKDGv3())
    AllChem.MMFFOptimizeMolecule(mol, maxIters=2000)
    return Chem.MolToMolBlock(mol)


def find_substructure(smiles: str) -> Any:
    mol = Chem.MolFromSmiles(smiles)
    matches = mol.GetSubstructMatches(Chem.MolFromSmarts(AMINE))
    return matches, drawing(mol, [atom for match in matches for atom in match], numbers=True)


def functional_groups(smiles: str) -> Any:
    mol = Chem.MolFromSmiles(smiles)
    found = [mol.GetSubstructMatches(pattern) for pattern in (group.pattern for group in known_groups())]
    return found, drawing(mol, {atom for matches in found for match in matches for atom in match})


def count_rings(smiles: str) -> Any:
    mol = Chem.MolFromSmiles(smiles)
    kinds = (
        rdMolDescriptors.CalcNumRings, rdMolDescriptors.CalcNumAromaticRings, rdMolDescriptors.CalcNumAliphaticRings,
        rdMolDescriptors.CalcNumSaturatedRings, rdMolDescriptors.CalcNumHeterocycles, rdMolDescriptors.CalcNumSpiroAtoms,
        rdMolDescriptors.CalcNumBridgeheadAtoms,
    )  # fmt: skip
    atoms = [atom.GetIdx() for atom in mol.GetAtoms() if atom.IsInRing()]
    return [kind(mol) for kind in kinds], drawing(mol, atoms)


def shortest_path(smiles: str) -> Any:
    mol = Chem.MolFromSmiles(smiles)
    path = Chem.GetShortestPath(mol, 0, last_atom(smiles))
    return len(path) - 1, drawing(mol, path, numbers=True)


def map_atoms(smiles: str) -> Any:
    one, other = Chem.MolFromSmiles(smiles), Chem.MolFromSmiles(written_anew(smiles))
    mapping = other.GetSubstructMatch(one, useChirality=True)
    return mapping, drawing(one, mapping, numbers=True), drawing(other, mapping, numbers=True)


@functools.cache
def last_atom(smiles: str) -> int:
    return Chem.MolFromSmiles(smiles).GetNumAtoms() - 1


@functools.cache
def written_anew(smiles: str) -> str:
    """The same molecule in another SMILES, from its last atom."""
    mol = Chem.MolFromSmiles(smiles)
    return Chem.MolToSmiles(mol, rootedAtAtom=mol.GetNumAtoms() - 1, canonical=False)


def stereo_report(smiles: str) -> Any:
    mol = Chem.MolFromSmiles(smiles)
    found = Chem.FindMolChiralCenters(mol, includeUnassigned=True, useLegacyImplementation=False)
    bonds = [str(bond.GetStereo()) for bond in mol.GetBonds() if bond.GetStereo() != Chem.BondStereo.STEREONONE]
    return found, bonds, drawing(mol, labels=True)


def enumerate_isomers(smiles: str) -> Any:
    mol = Chem.MolFromSmiles(smiles)
    options = StereoEnumerationOptions(unique=True, onlyUnassigned=False, maxIsomers=256)
    isomers = list(EnumerateStereoisomers(mol, options=options))
    return [Chem.MolToSmiles(isomer) for isomer in isomers], [
        drawing(isomer) for isomer in isomers[:MOST_DRAWN_ISOMERS]
    ]


def similarity(smiles: str, others: Sequence[str]) -> Any:
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    query = Chem.MolFromSmiles(smiles)
    mols = [Chem.MolFromSmiles(other) for other in others]
    prints = [generator.GetFingerprint(mol) for mol in mols]
    ranked = sorted(
        zip(DataStructs.BulkTanimotoSimilarity(generator.GetFingerprint(query), prints), others, strict=True)
    )
    return ranked, [drawing(mol) for mol in (query, *mols)]


@functools.cache
def _sa_scorer() -> Any:
    spec = importlib.util.spec_from_file_location("sascorer", Path(RDConfig.RDContribDir) / "SA_Score" / "sascorer.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def drug_likeness(smiles: str) -> Any:
    mol = Chem.MolFromSmiles(smiles)
    return (
        Descriptors.MolWt(mol), Crippen.MolLogP(mol), Crippen.MolMR(mol), rdMolDescriptors.CalcTPSA(mol),
        rdMolDescriptors.CalcNumLipinskiHBD(mol), rdMolDescriptors.CalcNumLipinskiHBA(mol),
        rdMolDescriptors.CalcNumRotatableBonds(mol), QED.qed(mol), _sa_scorer().calculateScore(mol),
    )  # fmt: skip


@functools.cache
def _alert_catalogue() -> FilterCatalog:
    params = FilterCatalogParams()
    for name in ("PAINS", "BRENK", "NIH"):
        params.AddCatalog(getattr(FilterCatalogParams.FilterCatalogs, name))
    return FilterCatalog(params)


def structural_alerts(smiles: str) -> Any:
    mol = Chem.MolFromSmiles(smiles)
    found = [
        (entry.GetDescription(), [[atom for _, atom in match.atomPairs] for match in entry.GetFilterMatches(mol)])
        for entry in _alert_catalogue().GetMatches(mol)
    ]
    return found, drawing(mol, {atom for _, matches in found for match in matches for atom in match})


def standardize(smiles: str) -> Any:
    mol = Chem.MolFromSmiles(smiles)
    with rdBase.BlockLogs():
        parent, _ = get_parent_mol(standardize_mol(mol))
    return Chem.MolToSmiles(parent), Chem.MolToInchiKey(parent), drawing(parent)


def protonation_states(smiles: str) -> Any:
    forms = dimorphite_dl.protonate_smiles(smiles, ph_min=7.4, ph_max=7.4, precision=1.0)
    return forms, [drawing(Chem.MolFromSmiles(form)) for form in forms]


def nmr_signals(smiles: str) -> Any:
    """By graph symmetry alone: RDKit does not tell diastereotopic hydrogens apart."""
    mol = Chem.AddHs(Chem.MolFromSmiles(smiles))
    ranks = list(Chem.CanonicalRankAtoms(mol, breakTies=False, includeChirality=True))
    return Counter(ranks[atom.GetIdx()] for atom in mol.GetAtoms() if atom.GetAtomicNum() == 1), drawing(
        Chem.RemoveHs(mol)
    )


def compare_structures(smiles: str) -> Any:
    one, other = Chem.MolFromSmiles(smiles), Chem.MolFromSmiles(written_anew(smiles))
    return [(Chem.MolToSmiles(mol), Chem.MolToInchiKey(mol), drawing(mol)) for mol in (one, other)]


if (
    __name__ == "__main__"
):  # SMILES lines in, JSON lines out, the loop's seconds and processor's seconds to standard error
    import sys
    import time

    function = globals()[sys.argv[1]]
    started, computed = time.perf_counter(), time.process_time()
    for line in sys.stdin:
        print(json.dumps(function(line.strip())))
    print(time.perf_counter() - started, time.process_time() - computed, file=sys.stderr)

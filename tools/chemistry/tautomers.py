"""The tautomers that RDKit's transforms reach from a molecule."""

from __future__ import annotations

from rdkit import Chem, rdBase

MOST_TAUTOMERS = 1000  # and as many transforms
CONVENTIONS = (
    "These are the forms that RDKit's transforms (proton shifts up to 1,11, keto-enol and more; after Sitzmann 2010) reach, not "
    "those that energies favour; the input itself is one of them.",
    "Stereo marks at atoms and bonds that take part in a shift are dropped, as RDKit does by default.",
    "The canonical tautomer is the one that RDKit's scoring prefers: a convention, and not the most stable form.",
)


def tautomers(mol: Chem.Mol) -> tuple[list[str], bool]:
    """The SMILES of the tautomers, RDKit's canonical one first, and whether the enumeration came to its end."""
    from rdkit.Chem.MolStandardize import rdMolStandardize

    enumerator = rdMolStandardize.TautomerEnumerator()
    enumerator.SetMaxTautomers(MOST_TAUTOMERS)
    enumerator.SetMaxTransforms(MOST_TAUTOMERS)
    with rdBase.BlockLogs():
        result = enumerator.Enumerate(mol)
        canonical = Chem.MolToSmiles(enumerator.PickCanonical(result))
    smiles = {Chem.MolToSmiles(one) for one in result}
    complete = result.status == rdMolStandardize.TautomerEnumeratorStatus.Completed
    return [canonical, *sorted(smiles - {canonical})], complete

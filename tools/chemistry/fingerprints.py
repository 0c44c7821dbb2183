"""The fingerprints that similarity and clusters are measured by, and how they are named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from rdkit import Chem

from tools.argument_forms import also_called
from tools.inputs.molecules import ParsedMolecule

Fingerprint = Annotated[
    Literal["morgan", "maccs", "rdkit", "atom pairs"],
    also_called(
        {
            "morgan": "ecfp4|ecfp-4|morgan2|morgan fingerprint|morgan (radius 2)|circular",
            "maccs": "maccs keys|maccs166",
            "rdkit": "rdkit fingerprint|rdk|rdkfp|rdkit path",
            "atom pairs": "atom pair|ap|atom pair fingerprint",
        }
    ),
]
BITS = 2048

#: What a sentence calls each, with the settings that change the numbers.
DESCRIBED = {
    "morgan": f"Morgan fingerprint (radius 2, {BITS} bits, as ECFP4)",
    "maccs": "MACCS keys (166 bits)",
    "rdkit": f"RDKit path fingerprint (paths of 1 to 7 bonds, {BITS} bits)",
    "atom pairs": f"atom-pair fingerprint ({BITS} bits, counts simulated)",
}


def fingerprints(molecules: Sequence[Chem.Mol], kind: Fingerprint) -> list[Any]:
    """One bit vector a molecule; stereochemistry is not part of any of them."""
    if kind == "maccs":
        from rdkit.Chem import MACCSkeys

        return [MACCSkeys.GenMACCSKeys(mol) for mol in molecules]  # type: ignore[attr-defined]
    from rdkit.Chem import rdFingerprintGenerator

    if kind == "morgan":
        generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=BITS)
    elif kind == "rdkit":
        generator = rdFingerprintGenerator.GetRDKitFPGenerator(fpSize=BITS)
    else:
        generator = rdFingerprintGenerator.GetAtomPairGenerator(fpSize=BITS)
    return [generator.GetFingerprint(mol) for mol in molecules]


def prefixed_notes(molecules: Sequence[ParsedMolecule], most: int = 20) -> list[str]:
    """The parser's notes, each with the molecule that it is about, and at most ``most`` of them."""
    notes = [
        note if len(molecules) == 1 else f"{molecule.label}: {note}"
        for molecule in molecules
        for note in molecule.notes
    ]
    notes = list(dict.fromkeys(notes))
    return notes[:most] + (
        [f"{len(notes) - most} more notes on single molecules are left out."] if len(notes) > most else []
    )

"""How alike molecules are: ``similarity``."""

from __future__ import annotations

from rdkit import DataStructs

from errors import ToolInputError, shown
from tools.chemistry.drawing import MOST_ATOMS_DRAWN, molecule_svg
from tools.chemistry.fingerprints import DESCRIBED, Fingerprint, fingerprints, prefixed_notes
from tools.inputs import MoleculesText, MoleculeText
from tools.inputs.molecules import parse_molecule, parse_molecules
from tools.outputs import Table, ToolOutput, View
from tools.registry import tool

MOST_MOLECULES = 1000
MOST_DRAWN = 6


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "similarity", "similar", "Tanimoto", "how similar", "most similar", "nearest", "fingerprint", "ECFP4", "Morgan",
        "MACCS", "alike", "rank by similarity", "closest analogue", "resemble",
    ),
    time_limit_s=60,
)  # fmt: skip
def similarity(query: MoleculeText, molecules: MoleculesText, fingerprint: Fingerprint = "morgan") -> ToolOutput:
    """Rank molecules by their similarity to a query: Tanimoto coefficient of fingerprints (Morgan/ECFP4, MACCS, RDKit, atom
    pairs), from 0 to 1.

    Tanimoto: bits in common over bits in either. Raises ``ToolInputError`` for over 1,000 molecules or a wrong one.
    """
    wanted = parse_molecule(query, "query")
    others = parse_molecules(molecules, most=MOST_MOLECULES)
    bits, *known = fingerprints([wanted.mol, *(other.mol for other in others)], fingerprint)
    if not bits.GetNumOnBits():
        raise ToolInputError(
            f"{shown(wanted.label)} sets no bit in the {DESCRIBED[fingerprint]}, so that no similarity is defined",
            "fingerprint",
            "choose another fingerprint",
        )
    values = DataStructs.BulkTanimotoSimilarity(bits, known)
    order = sorted(range(len(others)), key=lambda place: -values[place])
    best = others[order[0]]
    name = DESCRIBED[fingerprint]
    if len(others) == 1:
        summary = f"The Tanimoto similarity of {wanted.label} and {best.label} is {values[0]:.3f}, {name}."
    else:
        itself = " (the same structure)" if best.smiles == wanted.smiles else ""
        summary = (
            f"Of {len(others)} molecules {best.label}{itself} is most similar to {wanted.label}: Tanimoto {values[order[0]]:.3f}, "
            f"{name}."
        )
    notes = [
        *wanted.notes,
        *prefixed_notes(others),
        f"Tanimoto coefficient of the {name}; other fingerprints give other numbers.",
        "Stereochemistry is not part of the fingerprint.",
    ]
    same = [others[place].label for place in order if values[place] == 1 and others[place].smiles != wanted.smiles]
    if same:
        listed = ", ".join(same[:5]) + (f" and {len(same) - 5} more" if len(same) > 5 else "")
        notes.append(
            f"A similarity of 1 is not identity: {listed} has the fingerprint of {wanted.label}, but is another structure."
        )
    ranking = [
        {
            "rank": rank,
            "item": place + 1,
            "molecule": others[place].label,
            "smiles": others[place].smiles,
            "tanimoto": round(values[place], 4),
            "same_structure": others[place].smiles == wanted.smiles,
        }
        for rank, place in enumerate(order, 1)
    ]
    rows = tuple((row["rank"], row["item"], row["molecule"], row["smiles"], row["tanimoto"]) for row in ranking)
    views: list[View] = [
        Table(
            title=f"Similarity to {wanted.label}",
            columns=("Rank", "Item", "Molecule", "SMILES", "Tanimoto"),
            rows=rows,  # type: ignore[arg-type]
        )
    ]
    for one, caption in [(wanted, f"{wanted.label} (query)")] + [
        (others[place], f"{others[place].label} · Tanimoto {values[place]:.3f}") for place in order[:MOST_DRAWN]
    ]:
        if one.mol.GetNumHeavyAtoms() <= MOST_ATOMS_DRAWN:
            views.append(molecule_svg(one, caption=caption))
    data = {
        "query": wanted.smiles,
        "fingerprint": name,
        "count": len(others),
        "tanimoto": round(values[0], 4) if len(others) == 1 else None,
        "ranking": ranking,
    }
    return ToolOutput(summary=summary, data=data, views=tuple(views), notes=tuple(notes))

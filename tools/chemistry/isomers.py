"""The isomers of a molecule or of a formula: ``enumerate_isomers``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from rdkit import Chem

from errors import ToolInputError, shown
from tools.argument_forms import also_called
from tools.chemistry import stereoisomers as stereo
from tools.chemistry.formula_isomers import formula_counts, is_countable, isomers_of_counts, isomers_of_the_formula
from tools.chemistry.isomer_views import MOST_LISTED, isomer_views
from tools.chemistry.tautomers import CONVENTIONS as TAUTOMER_CONVENTIONS
from tools.chemistry.tautomers import MOST_TAUTOMERS, tautomers
from tools.inputs import MoleculeOrFormula
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.outputs import ToolOutput
from tools.registry import tool

MOST_TAUTOMER_ATOMS = 60
#: Neutral atoms whose stereo is tetrahedral or none: what else is bonded to three or more atoms may have a geometry of its own.
_TETRAHEDRAL = frozenset((1, 5, 6, 7, 8, 9, 14, 15, 16, 17, 32, 33, 34, 35, 53))

Kind = Annotated[
    Literal["stereoisomers", "tautomers", "constitutional"],
    also_called(
        {
            "stereoisomers": "stereo|stereoisomer|stereochemical",
            "tautomers": "tautomer|tautomeric",
            "constitutional": "constitutional isomers|constitutional isomer|structural|structural isomers|structural isomer|constitution",
        }
    ),
]


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "isomers", "isomer", "stereoisomers", "enantiomers", "diastereomers", "tautomers", "tautomer", "constitutional isomers",
        "structural isomers", "how many isomers", "possible isomers", "cis-trans isomers", "geometric isomers", "meso",
        "keto-enol", "enumerate", "possible structures",
    ),
    time_limit_s=60,
)  # fmt: skip
def enumerate_isomers(molecule_or_formula: MoleculeOrFormula, kind: Kind | None = None) -> ToolOutput:
    """Count and list the isomers of a molecule (stereoisomers or tautomers) or of a small molecular formula (constitutional
    isomers).

    Without ``kind``: constitutional isomers for a formula, stereoisomers for a molecule, and where it has none its
    constitutional isomers. Raises ``ToolInputError`` for what is neither, and for what is too large to be counted.
    """
    counts, notes = formula_counts(molecule_or_formula)
    if counts is not None:
        if kind in ("stereoisomers", "tautomers"):
            raise ToolInputError(
                f"{shown(molecule_or_formula)} is a formula, and {kind} belong to one structure",
                "molecule_or_formula",
                "give a SMILES or a name, or ask for constitutional isomers",
            )
        return isomers_of_counts(counts, molecule_or_formula, notes)
    parsed = parse_molecule(molecule_or_formula, "molecule_or_formula")
    if kind == "tautomers":
        return _tautomers(parsed)
    if kind == "constitutional":
        return isomers_of_the_formula(parsed)
    if kind is None and not stereo.stereo_elements(_bare(parsed.mol)) and is_countable(parsed.mol):
        output = isomers_of_the_formula(parsed)
        said = f"{parsed.label} has no stereoisomers, so its constitutional isomers were counted."
        return output.model_copy(update={"notes": (said, *output.notes)})
    return _stereoisomers(parsed)


def _bare(mol: Chem.Mol) -> Chem.Mol:
    bare = Chem.Mol(mol)
    Chem.RemoveStereochemistry(bare)
    return bare


def _stereoisomers(parsed: ParsedMolecule) -> ToolOutput:
    _refuse_other_geometries(parsed)
    try:
        found = stereo.stereoisomers(parsed.mol)
    except stereo.TooSymmetric:
        raise ToolInputError(
            f"{shown(parsed.label)} has more than {stereo.MOST_SYMMETRIES:,} symmetries, too many to go through",
            "molecule_or_formula",
            "give a smaller or less symmetric molecule",
        ) from None
    listed = stereo.isomer_smiles(parsed.mol, found, MOST_LISTED)
    elements = _counted(found)
    notes = [*parsed.notes]
    if found.count is None:
        summary = (
            f"{parsed.label} has {elements}, which makes {found.formal:,} stereoisomers on paper; its rings allow fewer, and how "
            "many was not found out."
        )
    elif found.count == 1:
        summary = f"{parsed.label} has no stereoisomers but itself" + (
            f", though it has {elements}." if found.elements else "."
        )
    else:
        summary = f"{parsed.label} has {found.count:,} stereoisomers ({elements}){_mirror_words(found)}."
    notes += _stereo_notes(parsed, found, listed)
    data: dict[str, Any] = {
        "kind": "stereoisomers",
        "count": found.count,
        "count_on_paper": found.formal,
        "achiral": found.achiral,
        "enantiomer_pairs": None if found.achiral is None else ((found.count or 0) - found.achiral) // 2,
        "stereo_elements": len(found.elements),
        "smiles": listed,
        "complete": found.count is not None,
    }
    return ToolOutput(
        summary=summary, data=data, views=isomer_views(listed, f"Stereoisomers of {parsed.label}"), notes=tuple(notes)
    )


def _refuse_other_geometries(parsed: ParsedMolecule) -> None:
    for atom in parsed.mol.GetAtoms():
        bonded = atom.GetDegree() + atom.GetTotalNumHs()
        if bonded > 4 or (bonded > 1 and atom.GetAtomicNum() not in _TETRAHEDRAL):
            raise ToolInputError(
                f"{shown(parsed.label)} has {atom.GetSymbol()} bonded to {bonded} atoms, whose stereoisomers (square planar, octahedral, "
                "…) are not counted here",
                "molecule_or_formula",
                "give a molecule whose centres are tetrahedral",
            )


def _counted(found: stereo.Stereoisomers) -> str:
    """ "2 possible stereocentres and 1 possible stereo double bond"."""
    names = {"centre": "stereocentre", "double bond": "stereo double bond", "axis": "allene axis"}
    parts = []
    for kind, name in names.items():
        n = sum(element.kind == kind for element in found.elements)
        if n:
            plural = "axes" if kind == "axis" and n > 1 else name.rsplit(" ", 1)[-1] + ("s" if n > 1 else "")
            parts.append(f"{n} possible {' '.join([*name.split()[:-1], plural])}")
    return " and ".join(parts) if parts else "no stereo elements"


def _mirror_words(found: stereo.Stereoisomers) -> str:
    if found.achiral is None or found.count is None:
        return ""
    pairs = (found.count - found.achiral) // 2
    words = [f"{pairs} pair{'s' * (pairs > 1)} of enantiomers"] if pairs else []
    if found.achiral:
        chiral_elements = any(element.kind != "double bond" for element in found.elements)
        words.append(f"{found.achiral} achiral{' (meso)' * bool(chiral_elements and pairs)}")
    return f": {' and '.join(words)}"


def _stereo_notes(parsed: ParsedMolecule, found: stereo.Stereoisomers, listed: list[str]) -> list[str]:
    notes = []
    marked = any(a.GetChiralTag() != Chem.ChiralType.CHI_UNSPECIFIED for a in parsed.mol.GetAtoms()) or any(
        bond.GetStereo() > Chem.BondStereo.STEREOANY for bond in parsed.mol.GetBonds()
    )
    if marked:
        notes.append(
            "All stereoisomers of the constitution are counted, the given one included; its stereo marks were set aside."
        )
    notes.append(
        "Counted: tetrahedral centres, double bonds (in rings from 8 atoms on) and allene axes, each molecule once (symmetry "
        "included, so that a meso form is one). Not counted: hindered rotation, helices, planar chirality, inverting nitrogen, C=N-H."
    )
    if found.count is not None and found.count < found.formal:
        notes.append(
            f"{found.formal:,} differ on paper; the others need a configuration that small rings do not allow, as far as RDKit's "
            "3D embedding and force field can tell."
        )
    if found.untested_rings:
        notes.append("RDKit could embed none of them in 3D, so that those which the rings allow could not be counted.")
    if found.count is not None and not found.listed:
        notes.append(f"With more than {stereo.MOST_LISTED_ELEMENTS} stereo elements they are counted, but not listed.")
    elif found.count is not None and len(listed) < min(found.count, MOST_LISTED):
        notes.append(
            "Some of them share a SMILES, since RDKit writes no stereo axes and drops marks that its rules do not see."
        )
    elif found.count is not None and found.count > len(listed):
        notes.append(f"Listed are the first {len(listed)}.")
    if len(Chem.GetMolFrags(parsed.mol)) > 1:
        notes.append("All components were counted together.")
    return notes


def _tautomers(parsed: ParsedMolecule) -> ToolOutput:
    if parsed.mol.GetNumHeavyAtoms() > MOST_TAUTOMER_ATOMS:
        raise ToolInputError(
            f"{shown(parsed.label)} has {parsed.mol.GetNumHeavyAtoms()} heavy atoms; tautomers are enumerated up to "
            f"{MOST_TAUTOMER_ATOMS}",
            "molecule_or_formula",
            "give a part of it",
        )
    smiles, complete = tautomers(parsed.mol)
    count = len(smiles)
    amount = "1 tautomer, itself" if count == 1 else f"{count:,} tautomers, itself included"
    if complete:
        summary = f"{parsed.label} has {amount}, by RDKit's tautomer transforms."
    else:
        summary = f"{parsed.label} has at least {count:,} tautomers by RDKit's transforms; the enumeration stopped at its limit."
    notes = [*parsed.notes, *TAUTOMER_CONVENTIONS, f"RDKit's canonical tautomer is {smiles[0]}, listed first."]
    data: dict[str, Any] = {"kind": "tautomers", "count": count if complete else None}
    if not complete:
        data["at_least"] = count
        notes.append(
            f"The enumeration stopped at {MOST_TAUTOMERS:,} tautomers or transforms, so that there is no count."
        )
    if count > MOST_LISTED:
        notes.append(f"Listed are {MOST_LISTED} of them.")
    listed = smiles[:MOST_LISTED]
    data |= {"smiles": listed, "complete": complete, "canonical_tautomer": smiles[0]}
    views = isomer_views(listed, f"Tautomers of {parsed.label}")
    return ToolOutput(summary=summary, data=data, views=views, notes=tuple(notes))

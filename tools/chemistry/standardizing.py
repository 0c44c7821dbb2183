"""The parent, the neutral form and the canonical tautomer of a molecule, step by step: ``standardize``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, get_args

from pydantic import Field
from rdkit import Chem, rdBase
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError, shown
from tools.chemistry.atomic_masses import molecule_average_mass
from tools.chemistry.canonical_tautomers import canonical_tautomer
from tools.chemistry.drawing import drawn_if_legible
from tools.chemistry.isomers import MOST_TAUTOMER_ATOMS
from tools.chemistry.neutral_forms import neutralized, normalized, without_isotopes
from tools.chemistry.salts import parent
from tools.inputs import MoleculeText
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.inputs.reactions import without_maps
from tools.outputs import Table, ToolOutput
from tools.registry import tool

Step = Literal["normalize", "isotopes", "parent", "neutral", "tautomer", "stereo"]
STEPS: tuple[Step, ...] = get_args(Step)  # in the order in which they are taken
DEFAULT_STEPS: tuple[Step, ...] = ("normalize", "parent", "neutral")
#: First letters by which a word for a step is known, whatever its ending: "normalisation", "neutralized", "desalting".
_WORDS: tuple[tuple[str, Step], ...] = (
    ("normal", "normalize"), ("clean", "normalize"), ("parent", "parent"), ("salt", "parent"), ("desalt", "parent"),
    ("solvent", "parent"), ("fragment", "parent"), ("neutral", "neutral"), ("uncharge", "neutral"), ("charge", "neutral"),
    ("tautomer", "tautomer"), ("isotope", "isotopes"), ("stereo", "stereo"),
)  # fmt: skip
_FILLER = frozenset(
    ("a", "the", "of", "canonical", "canonicalize", "canonicalise", "form", "forms", "strip", "stripping", "remove", "removal",
     "counter", "ions", "ion", "largest", "labels", "chemistry", "groups", "functional", "flatten", "ize", "up", "pick")
)  # fmt: skip


@dataclass
class _Taken:
    """What a step made of a molecule, and what it says of it."""

    mol: Chem.Mol
    words: str
    removed: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)


@tool(
    group="molecule",
    libraries=("chembl_structure_pipeline", "rdkit"),
    asks=(
        "standardize", "standardise", "standardization", "parent compound", "parent structure", "free base", "free acid", "strip salts",
        "remove the salt", "desalt", "salt form", "counter-ion", "counterion", "neutral form", "neutralize", "neutralise", "uncharge",
        "canonical tautomer", "normalize", "normalise", "clean up the structure", "remove solvent",
    ),
    time_limit_s=30,
)  # fmt: skip
def standardize(
    molecule: MoleculeText,
    steps: Annotated[
        list[str] | str | None,
        Field(
            description="Steps to take, of: normalize (one way of writing groups), isotopes (drop labels), parent (strip salts and "
            "solvents), neutral, tautomer (canonical), stereo (drop). Default: normalize, parent, neutral"
        ),
    ] = None,
) -> ToolOutput:
    """Standardize a molecule: normalise its groups, take its parent (salts and solvents stripped), its neutral form, and on
    request its canonical tautomer, each step shown with what it removed.

    Steps are taken in the order of ``STEPS``. Raises ``ToolInputError`` for a wrong molecule or step, and for the tautomers of
    more than 60 heavy atoms.
    """
    parsed = without_maps(parse_molecule(molecule))
    chosen, notes = _chosen(steps)
    mol = parsed.mol
    rows: list[dict[str, Any]] = []
    removed: list[dict[str, Any]] = []
    data: dict[str, Any] = {}
    for step in chosen:
        before = Chem.MolToSmiles(mol)
        taken = _STEPS[step](mol, parsed)
        mol = taken.mol
        after = Chem.MolToSmiles(mol)
        rows.append({"step": step, "changed": after != before, "smiles": after, "what": taken.words})
        removed += taken.removed
        notes += taken.notes
        data |= taken.data
    smiles = Chem.MolToSmiles(mol)
    charge = Chem.GetFormalCharge(mol)
    data = {
        "smiles": smiles,
        "input_smiles": parsed.smiles,
        "changed": smiles != parsed.smiles,
        "formula": CalcMolFormula(mol),
        "inchikey": _inchikey(mol),
        "average_mass_da": round(molecule_average_mass(mol), 3),
        "charge": charge,
        "components": len(Chem.GetMolFrags(mol)),
        "removed": removed,
        "steps": rows,
    } | data
    if charge and "neutral" in chosen:
        notes.append(f"A charge of {charge:+d} remains: no proton can be taken or added where it stands.")
    notes += [note for note in parsed.notes if "components (a salt" not in note and "labels are kept" not in note]
    if any(atom.GetIsotope() for atom in parsed.mol.GetAtoms()) and "isotopes" not in chosen:
        notes.append("Isotope labels are kept; the step isotopes drops them.")
    result = replace(parsed, mol=mol, smiles=smiles, label=f"{parsed.label}, standardized")
    views, undrawn = _drawings(parsed, result, data["changed"])
    table = Table(
        title=f"Steps taken with {parsed.label}",
        columns=("Step", "Changed", "What", "SMILES"),
        rows=tuple((row["step"], row["changed"], row["what"], row["smiles"]) for row in rows),
    )
    notes += [
        *undrawn,
        "By ChEMBL's rules (chembl_structure_pipeline, Bento 2020: lists of salts and solvents, normalisation) and RDKit.",
    ]
    return ToolOutput(
        summary=_summary(parsed, data, chosen), data=data, views=(*views, table), notes=tuple(dict.fromkeys(notes))
    )


def _chosen(steps: list[str] | str | None) -> tuple[list[Step], list[str]]:
    """The steps in the order in which they are taken, and how they were read."""
    if steps is None or (isinstance(steps, str) and steps.strip().lower() in ("", "default")):
        return list(DEFAULT_STEPS), ["The default steps were taken; tautomer, isotopes and stereo only on request."]
    texts = re.split(r"[,;+/]|\band\b|\bthen\b", steps) if isinstance(steps, str) else list(steps)
    named: list[Step] = []
    for text in texts:
        if not text.strip() and isinstance(steps, str):
            continue
        if text.strip().lower() == "all":
            named += ["normalize", "parent", "neutral", "tautomer"]
            continue
        named.append(_step(text))
    if not named:
        raise ToolInputError("No step is named", "steps", f"choose of: {', '.join(STEPS)}")
    chosen = [step for step in STEPS if step in named]
    if chosen != list(dict.fromkeys(named)):
        return chosen, [f"The steps are taken in this order: {', '.join(chosen)}."]
    return chosen, []


def _step(text: str) -> Step:
    words = [word for word in re.findall(r"[a-z]+", text.lower()) if word not in _FILLER]
    found = {step for word in words for start, step in _WORDS if word.startswith(start)}
    unknown = [word for word in words if not any(word.startswith(start) for start, _ in _WORDS)]
    if len(found) != 1 or unknown:
        raise ToolInputError(f"{shown(text)} is not a step", "steps", f"choose of: {', '.join(STEPS)}")
    return found.pop()


def _normalize(mol: Chem.Mol, parsed: ParsedMolecule) -> _Taken:
    result = normalized(mol)
    if Chem.MolToSmiles(result) == Chem.MolToSmiles(mol):
        return _Taken(mol, "nothing to write in another way")
    notes = []
    sulfoxide = Chem.MolFromSmarts("[SX3+][O-]")
    if len(result.GetSubstructMatches(sulfoxide)) > len(mol.GetSubstructMatches(sulfoxide)):
        notes.append("A sulfoxide is written S+–O− by ChEMBL's rules, not S=O: the same compound.")
    return _Taken(result, "groups written in the one form of ChEMBL's rules", notes=notes)


def _isotopes(mol: Chem.Mol, parsed: ParsedMolecule) -> _Taken:
    labels = sum(1 for atom in mol.GetAtoms() if atom.GetIsotope())
    if not labels:
        return _Taken(mol, "no isotope label")
    return _Taken(without_isotopes(mol), f"{labels} isotope label{'s' * (labels > 1)} dropped")


def _parent(mol: Chem.Mol, parsed: ParsedMolecule) -> _Taken:
    found = parent(mol)
    notes = list(found.reasons)
    if not found.removed and not found.several:
        return _Taken(found.mol, "one component, no salt or solvent", notes=notes)
    if found.several and not notes:
        kept = Chem.MolToSmiles(found.mol).split(".")
        notes.append(
            f"{len(kept)} components stay, since none of them is on ChEMBL's lists of salts and solvents: {shown('.'.join(kept))} "
            "may be a mixture or co-crystal. Give the one that you mean alone."
        )
    words = f"removed {_listed(found.removed)}" if found.removed else "nothing removed"
    return _Taken(found.mol, words, found.removed, notes)


def _neutral(mol: Chem.Mol, parsed: ParsedMolecule) -> _Taken:
    result = neutralized(mol)
    charged = [sum(atom.GetFormalCharge() != 0 for atom in one.GetAtoms()) for one in (mol, result)]
    if Chem.MolToSmiles(result) == Chem.MolToSmiles(mol):
        return _Taken(mol, "no charge" if not charged[0] else "no charge that a proton can take away")
    protons = Chem.GetFormalCharge(result) - Chem.GetFormalCharge(mol)
    if protons:
        many = f"{abs(protons)} proton{'s' * (abs(protons) > 1)}"
        words = f"{many} {'added' if protons > 0 else 'taken'} in all"
    else:
        words = "protons moved from positive to negative groups"
    return _Taken(result, words)


def _tautomer(mol: Chem.Mol, parsed: ParsedMolecule) -> _Taken:
    if mol.GetNumHeavyAtoms() > MOST_TAUTOMER_ATOMS:
        raise ToolInputError(
            f"{shown(parsed.label)} has {mol.GetNumHeavyAtoms()} heavy atoms; a canonical tautomer is found up to {MOST_TAUTOMER_ATOMS}",
            "steps",
            "leave the step tautomer out",
        )
    found = canonical_tautomer(mol)
    notes = [
        "The canonical tautomer is the one that RDKit's scoring prefers: a convention, and not the most stable form."
    ]
    if not found.complete:
        notes.append(
            "The enumeration of tautomers stopped at its limit, so that another drawing may give another canonical one."
        )
    data: dict[str, Any] = {}
    words = "already the canonical tautomer"
    if found.lost:
        words = f"stereo marks lost at {', '.join(found.lost)}"
        data = {"stereo_lost": found.lost, "smiles_with_stereo_kept": found.smiles_with_stereo}
        kept = f" With the marks kept it is {found.smiles_with_stereo}." if found.smiles_with_stereo else ""
        notes.append(
            f"RDKit drops stereo marks at atoms that may take part in a proton shift, here {', '.join(found.lost)}; that is no "
            f"statement that such a centre (the α-carbon of an amino acid) racemizes.{kept}"
        )
    moved = Chem.MolToSmiles(found.mol, isomericSmiles=False) != Chem.MolToSmiles(mol, isomericSmiles=False)
    if moved:
        words = "a proton moved to RDKit's canonical tautomer" + (f"; {words}" if found.lost else "")
    return _Taken(found.mol, words, notes=notes, data=data)


def _stereo(mol: Chem.Mol, parsed: ParsedMolecule) -> _Taken:
    bare = Chem.Mol(mol)
    Chem.RemoveStereochemistry(bare)
    changed = Chem.MolToSmiles(bare) != Chem.MolToSmiles(mol)
    return _Taken(bare, "stereo marks dropped" if changed else "no stereo marks")


_STEPS: dict[Step, Callable[[Chem.Mol, ParsedMolecule], _Taken]] = {
    "normalize": _normalize,
    "isotopes": _isotopes,
    "parent": _parent,
    "neutral": _neutral,
    "tautomer": _tautomer,
    "stereo": _stereo,
}


def _listed(removed: list[dict[str, Any]]) -> str:
    """ "1 Mesylate (CH4O3S), 2 Water (H2O)"."""
    parts = []
    for one in removed:
        name = "more of the parent" if one["role"] == "copy of the parent" else one["name"].lower()
        parts.append(f"{one['count']} {name} ({one['formula']})")
    return ", ".join(parts)


def _inchikey(mol: Chem.Mol) -> str | None:
    with rdBase.BlockLogs():
        return Chem.MolToInchiKey(mol) or None


def _summary(parsed: ParsedMolecule, data: dict[str, Any], chosen: list[Step]) -> str:
    taken = ", ".join(chosen)
    if not data["changed"]:
        several = f", {data['components']} components" if data["components"] > 1 else ""
        return f"{parsed.label} is in standard form already: {data['smiles']} ({data['formula']}{several}; steps: {taken})."
    gone = f"; removed: {_listed(data['removed'])}" if data["removed"] else ""
    several = f", {data['components']} components" if data["components"] > 1 else ""
    lost = "; stereo marks were lost" if data.get("stereo_lost") else ""
    return f"{parsed.label} standardized ({taken}) is {data['smiles']}, {data['formula']}{several}{gone}{lost}."


def _drawings(parsed: ParsedMolecule, result: ParsedMolecule, changed: bool) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    before, undrawn = drawn_if_legible(parsed, f"{parsed.label}, as given", caption=f"As given: {parsed.smiles}"[:200])
    if not changed:
        return before, undrawn
    after, also = drawn_if_legible(result, result.label, caption=f"Standardized: {result.smiles}"[:200])
    return (*before, *after), (*undrawn, *also)

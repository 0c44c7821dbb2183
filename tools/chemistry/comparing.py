"""The same molecule, and if not, what differs: ``compare_structures``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from rdkit import Chem, DataStructs, rdBase
from rdkit.Chem import Descriptors
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from tools.chemistry.drawing import HIGHLIGHTS, MOST_ATOMS_DRAWN, NUMBERING, molecule_svg
from tools.chemistry.fingerprints import DESCRIBED, fingerprints
from tools.chemistry.relation import NOT_DECIDED, Relation
from tools.chemistry.structure_relations import relation
from tools.inputs import MoleculeText
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.inputs.reactions import without_maps
from tools.outputs import Table, ToolOutput, View
from tools.registry import tool

MOST_STEREO_LISTED = 60
#: A name that tells a configuration: (R)-, (1S,2R)-, (E)-, (+)-, cis-, D-.
_CONFIGURED = re.compile(r"(?:^|[\s(,-])(?:[DL]|cis|trans|fac|mer|\([+-]\)|\(?\d*[RSEZMP]a?(?:,\d*[RSEZMP]a?)*\)?)-")
_CUMULATED = Chem.MolFromSmarts("*=C=*")
#: Two aromatic rings with three positions beside their bond taken, so that it may not turn.
_HINDERED = Chem.MolFromSmarts("[a;R;$(a(:[cX3;H0]):[cX3;H0])]-!@[a;R;$(a:[cX3;H0])]")
_DROPPED_MARK = "carried a stereo mark"
_LOST_OF_INCHI = "not all of what was given could be kept"
_LIMITS = (
    "Compared are tetrahedral centres, double bonds and square-planar metals, exactly, by the symmetry of the molecule (a meso form "
    "drawn in two ways is one). Not compared: hindered rotation (atropisomers), allene axes, helices, planar chirality."
)


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "same molecule", "the same compound", "same structure", "identical", "compare", "compare structures", "difference between",
        "what differs", "are these the same", "enantiomers or diastereomers", "relationship between", "related", "isomers of each other",
        "same InChIKey", "duplicate", "are they tautomers", "equivalent SMILES", "stereoisomers of each other", "epimers",
        "same", "differ", "enantiomers", "diastereomers",
    ),
    time_limit_s=60,
)  # fmt: skip
def compare_structures(a: MoleculeText, b: MoleculeText) -> ToolOutput:
    """Compare two structures: the same molecule or not, and how they are related (identical, enantiomers, diastereomers, E/Z
    isomers, tautomers, protonation states, salts of one parent, isotopologues, constitutional isomers, different compounds).

    ``same`` is true for another drawing of one molecule only; ``decided`` is false where unassigned stereo leaves it open. Raises
    ``ToolInputError`` for a wrong molecule.
    """
    first, second = (without_maps(parse_molecule(text, name)) for text, name in ((a, "a"), (b, "b")))
    found = _without_lost_stereo(relation(first.mol, second.mol), first, second)
    facts = _facts(first, second)
    data = _verdict(found) | facts
    notes = [
        *_prefixed(first, "a"),
        *_prefixed(second, "b"),
        *found.notes,
        *_about_inchi(found, facts),
        *_about_axes(first, second),
    ]
    if facts["charge_a"] or facts["charge_b"]:
        notes.append("Masses are of the atoms; the electrons of a charge (0.00055 Da each) are not counted.")
    notes += [f"Tanimoto coefficient of the {DESCRIBED['morgan']}, which holds no stereochemistry.", NUMBERING, _LIMITS]
    views = (*_drawings(first, second, found), _table(first, second, facts))
    return ToolOutput(
        summary=_summary(first, second, found, facts), data=data, views=views, notes=tuple(dict.fromkeys(notes))
    )


def _without_lost_stereo(found: Relation, first: ParsedMolecule, second: ParsedMolecule) -> Relation:
    """Not decided where the two only look the same because what told them apart could not be read.

    SMILES marks of allenes, axes in InChIs and the (R) of a binaphthol's name have no place in the structures.
    """
    texts = {" ".join(one.text.split()).casefold() for one in (first, second)}
    lost = [name for name, one in (("a", first), ("b", second)) if _has_lost_stereo(one)]
    if not found.same or not lost or len(texts) == 1:
        return found
    reason = f"The configuration that {' and '.join(lost)} {'give' if len(lost) > 1 else 'gives'} could not be kept in the structure."
    return replace(
        found, name=NOT_DECIDED, kinds=("not decided",), same=False, decided=False, reasons=(*found.reasons, reason)
    )


def _has_lost_stereo(parsed: ParsedMolecule) -> bool:
    if any(_LOST_OF_INCHI in note for note in parsed.notes):
        return True
    if any(_DROPPED_MARK in note for note in parsed.notes) and parsed.mol.HasSubstructMatch(_CUMULATED):
        return True
    named = parsed.notation == "name" and bool(_CONFIGURED.search(parsed.text))
    return named and Chem.MolToSmiles(parsed.mol) == Chem.MolToSmiles(parsed.mol, isomericSmiles=False)


def _verdict(found: Relation) -> dict[str, Any]:
    return {
        "same": found.same,
        "decided": found.decided,
        "relation": found.name,
        "kinds": list(found.kinds),
        "reasons": list(found.reasons),
        "stereo_differences": [asdict(one) for one in found.stereo[:MOST_STEREO_LISTED]],
        "differing_atoms_a": sorted(found.atoms_a),
        "differing_atoms_b": sorted(found.atoms_b),
    }


def _facts(first: ParsedMolecule, second: ParsedMolecule) -> dict[str, Any]:
    """What can be read off without any judgement; differences are b minus a."""
    bits = fingerprints([first.mol, second.mol], "morgan")
    keys = [_inchikey(one.mol) for one in (first, second)]
    known = None not in keys
    exact = [Descriptors.ExactMolWt(one.mol) for one in (first, second)]  # type: ignore[attr-defined]
    average = [Descriptors.MolWt(one.mol) for one in (first, second)]  # type: ignore[attr-defined]
    both = {
        "smiles": [first.smiles, second.smiles],
        "formula": [CalcMolFormula(one.mol, True) for one in (first, second)],
        "charge": [Chem.GetFormalCharge(one.mol) for one in (first, second)],
        "inchikey": keys,
    }
    return {
        f"{name}_{side}": value for name, values in both.items() for side, value in zip("ab", values, strict=True)
    } | {
        "same_canonical_smiles": first.smiles == second.smiles,
        "same_formula": both["formula"][0] == both["formula"][1],
        "same_inchikey": keys[0] == keys[1] if known else None,
        "same_inchikey_first_block": str(keys[0])[:14] == str(keys[1])[:14] if known else None,
        "monoisotopic_mass_difference_da": round(exact[1] - exact[0], 5) + 0.0,
        "average_mass_difference_da": round(average[1] - average[0], 3) + 0.0,
        "tanimoto": round(DataStructs.TanimotoSimilarity(*bits), 4),
    }


def _inchikey(mol: Chem.Mol) -> str | None:
    with rdBase.BlockLogs():
        return Chem.MolToInchiKey(mol) or None


def _prefixed(parsed: ParsedMolecule, name: str) -> list[str]:
    return [f"{name}: {note}" for note in parsed.notes]


def _about_inchi(found: Relation, facts: Mapping[str, Any]) -> list[str]:
    """What the InChIKeys say, and why that may not be the verdict."""
    if facts["same_inchikey"] is None:
        return ["InChI cannot express one of the structures, so that InChIKeys could not be compared."]
    if facts["same_inchikey"]:
        words = "The standard InChIKeys are the same."
        if found.same:
            return [words]
        if "tautomers" in found.kinds or "protonation states" in found.kinds:
            return [f"{words[:-1]}: standard InChI merges tautomers and mobile protons, and cannot tell the two apart."]
        return [f"{words[:-1]}: standard InChI does not hold what tells them apart."]
    if found.same:
        return [
            "The standard InChIKeys differ, though it is one molecule: InChI takes the two drawings for different ones."
        ]
    if facts["same_inchikey_first_block"]:
        return [
            "The first blocks of the InChIKeys are the same (formula and connections, mobile hydrogens merged), the others are not."
        ]
    return ["The InChIKeys differ from their first block on."]


def _about_axes(first: ParsedMolecule, second: ParsedMolecule) -> list[str]:
    if any(one.mol.HasSubstructMatch(_HINDERED) for one in (first, second)):
        return [
            "The bond between two crowded aromatic rings may not turn: whether there are atropisomers, and which they are, is not compared."
        ]
    return []


def _summary(first: ParsedMolecule, second: ParsedMolecule, found: Relation, facts: Mapping[str, Any]) -> str:
    one, other = (first.label, second.label) if first.label != second.label else ("a", "b")
    formulas = facts["formula_a"] if facts["same_formula"] else f"{facts['formula_a']} and {facts['formula_b']}"
    if found.same:
        how = found.name.removeprefix("identical").strip(" ()")
        return f"{one} and {other} are the same molecule, {formulas}{f' ({how})' if how else ''}."
    if found.name.startswith("not decided"):
        return f"Whether {one} and {other} are the same cannot be decided ({formulas}): {found.reasons[-1][:1].lower()}{found.reasons[-1][1:]}"
    words = next((words for start, words in _SENTENCES if found.name.startswith(start)), f"they are {found.name}")
    return f"{one} and {other} are not the same molecule: {words} ({formulas})."


#: For names of a relation that do not go with "they are".
_SENTENCES = (
    ("same parent", "they are different salts or solvates of one parent"),
    ("one is a component", "one is a component of the other"),
    ("electronic states", "they differ in the number of unpaired electrons"),
)


def _drawings(first: ParsedMolecule, second: ParsedMolecule, found: Relation) -> Sequence[View]:
    drawings: list[View] = []
    for name, parsed, atoms in (("a", first, found.atoms_a), ("b", second, found.atoms_b)):
        if parsed.mol.GetNumHeavyAtoms() > MOST_ATOMS_DRAWN:
            continue
        marked = dict.fromkeys(sorted(atoms), HIGHLIGHTS[0])
        drawings.append(
            molecule_svg(
                parsed,
                f"{name}: {parsed.label}",
                marked,
                caption=f"{name}: {parsed.smiles}"[:200],
                legend=("differs from the other structure",) if marked else (),
                stereo_labels=bool(found.stereo),
                atom_numbers=bool(found.stereo),
            )
        )
    return drawings


def _table(first: ParsedMolecule, second: ParsedMolecule, facts: Mapping[str, Any]) -> Table:
    rows = [("Given as", first.label, second.label)]
    for key, name in (
        ("smiles", "Canonical SMILES"),
        ("formula", "Formula"),
        ("charge", "Charge"),
        ("inchikey", "InChIKey"),
    ):
        rows.append((name, facts[f"{key}_a"], facts[f"{key}_b"]))
    return Table(title="Side by side", columns=("", "a", "b"), rows=tuple(rows))

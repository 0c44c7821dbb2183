"""Where a pattern occurs: ``find_substructure``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rdkit import Chem, rdBase

from errors import ToolInputError, shown
from tools.chemistry.drawing import drawn_if_legible
from tools.chemistry.groups import known_groups
from tools.chemistry.numbering import NUMBERING, in_said_order
from tools.inputs import MoleculesText, SmartsText
from tools.inputs.molecules import ParsedMolecule, parse_molecules
from tools.inputs.smarts import names_hydrogens, parse_smarts
from tools.outputs import Table, ToolOutput, View
from tools.registry import tool

MOST_MATCHES = 1000
MOST_MOLECULES = 500
MOST_DRAWN = 12
MOST_SHOWN = 100  # matches of one molecule that are listed in the table


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "SMARTS", "substructure", "substructure search", "contains the pattern", "find the pattern", "where is", "match", "matches",
        "which of these contain", "how many times does", "occurrences", "pattern",
    ),
)  # fmt: skip
def find_substructure(smarts: SmartsText, molecules: MoleculesText) -> ToolOutput:
    """Find a SMARTS pattern in one molecule or several: how many times it occurs, and at which atoms.

    ``count`` is matches that differ in at least one atom, of several molecules the number that contain the pattern; stereo
    marks in the pattern are heeded. Raises ``ToolInputError`` for a wrong pattern or molecule, and for more than 500 molecules.
    """
    pattern = _pattern(smarts)
    ordered = [in_said_order(one) for one in parse_molecules(molecules, most=MOST_MOLECULES)]
    parsed = [one for one, _ in ordered]
    written = smarts.strip()
    found = [_Found(molecule, *_matches(pattern, molecule.mol)) for molecule in parsed]
    containing = sum(bool(one.matches) for one in found)
    data: dict[str, Any] = {
        "smarts": written,
        "count": len(found[0].matches) if len(found) == 1 else containing,
        "containing": containing,
        "complete": all(one.complete for one in found),
    }
    if len(found) == 1:
        data |= {"smiles": parsed[0].smiles, "matches": found[0].listed}
    if len(found) > 1 or not isinstance(molecules, str):
        data["molecules"] = [
            {"item": number, "smiles": one.molecule.smiles, "count": len(one.matches), "matches": one.listed}
            for number, one in enumerate(found, 1)
        ]
    drawings, undrawn = _drawings(found, written)
    table = Table(
        title=f"Matches of {written}",
        columns=("Item", "Molecule", "Matches", "Atoms"),
        rows=tuple(
            (number, one.molecule.label, len(one.matches), "; ".join(" ".join(map(str, match)) for match in one.listed))
            for number, one in enumerate(found, 1)
        ),
    )
    notes = [note if len(parsed) == 1 else f"{one.label}: {note}" for one in parsed for note in one.notes]
    notes += [
        *undrawn,
        *(note if len(parsed) == 1 else f"{one.label}: {note}" for one, note in ordered if note != NUMBERING),
    ]
    if any(note == NUMBERING for _, note in ordered):
        notes.append(NUMBERING)
    notes += _conventions(pattern, written, found)
    return ToolOutput(
        summary=_summary(found, written, containing),
        data=data,
        views=(*drawings, table),
        notes=tuple(dict.fromkeys(notes)),
    )


@dataclass(frozen=True)
class _Found:
    """The matches of one molecule, each in the order of the pattern's atoms; ``complete`` if the search came to its end."""

    molecule: ParsedMolecule
    matches: list[tuple[int, ...]]
    complete: bool

    @property
    def listed(self) -> list[list[int]]:
        return [list(match) for match in self.matches[:MOST_SHOWN]]


def _pattern(smarts: str) -> Chem.Mol:
    """The parsed pattern; the name of a known group is refused with the pattern that it stands for."""
    patterns = {group.name.lower(): group.smarts for group in known_groups()}
    name = " ".join(smarts.lower().split())
    if name in patterns:
        raise ToolInputError(
            f"{shown(smarts)} is a name, not a pattern",
            "smarts",
            f"write it as SMARTS, such as {patterns[name]}, or use functional_groups, which knows names",
        )
    return parse_smarts(smarts)


def _matches(pattern: Chem.Mol, mol: Chem.Mol) -> tuple[list[tuple[int, ...]], bool]:
    target = Chem.AddHs(mol) if names_hydrogens(pattern) else mol
    matches = target.GetSubstructMatches(pattern, uniquify=True, useChirality=True, maxMatches=MOST_MATCHES + 1)
    return sorted(matches[:MOST_MATCHES], key=sorted), len(matches) <= MOST_MATCHES


def _summary(found: list[_Found], written: str, containing: int) -> str:
    if len(found) > 1:
        return f"{containing} of {len(found)} molecules contain the pattern {written}."
    one = found[0]
    if not one.matches:
        return f"The pattern {written} does not occur in {one.molecule.label}."
    times = "once" if len(one.matches) == 1 else f"{len(one.matches):,} times"
    return f"The pattern {written} occurs {'' if one.complete else 'at least '}{times} in {one.molecule.label}."


def _drawings(found: list[_Found], written: str) -> tuple[list[View], list[str]]:
    """The first twelve molecules with a match, its atoms highlighted, and notes on what is too large."""
    views: list[View] = []
    notes: list[str] = []
    for one in [one for one in found if one.matches][:MOST_DRAWN]:
        own = one.molecule.mol.GetNumAtoms()  # hydrogens of a match are not drawn
        drawings, undrawn = drawn_if_legible(
            one.molecule,
            highlight=sorted({atom for match in one.matches for atom in match if atom < own}),
            legend=(f"{written} (found {len(one.matches)} times)" if len(one.matches) > 1 else written,),
            caption=one.molecule.label,
            atom_numbers=True,
        )
        views += drawings
        notes += [f"{one.molecule.label}: {note}" for note in undrawn]
    return views, notes


def _conventions(pattern: Chem.Mol, written: str, found: list[_Found]) -> list[str]:
    notes = [
        "The atoms of a match stand in the order of the pattern.",
        "Matches over the same atoms are counted once.",
        "As SMARTS, capitals are aliphatic and small letters aromatic atoms, and whatever the pattern does not name, hydrogens and "
        "further neighbours included, is free: CO is any aliphatic carbon bonded to an oxygen.",
    ]
    if names_hydrogens(pattern):
        notes.append(
            "The pattern names hydrogens, so they were made atoms, which D counts, too; their numbers follow those of the others."
        )
    if not all(one.complete for one in found):
        notes.append(f"The search ends at {MOST_MATCHES:,} matches of a molecule; there are more.")
    if aromatic := _aromatic_reading(pattern, written):
        with_it = sum(one.molecule.mol.HasSubstructMatch(aromatic, useChirality=True) for one in found)
        said = Chem.MolToSmiles(aromatic)
        where = "it occurs" if len(found) == 1 else f"{with_it} of {len(found)} molecules contain it"
        notes.append(
            f"Single and double bonds in turn do not match aromatic rings. Read as a SMILES the pattern would be {said}: "
            + (f"{where}." if with_it else "that does not occur either.")
        )
    return notes


def _aromatic_reading(pattern: Chem.Mol, written: str) -> Chem.Mol | None:
    """The pattern as a molecule, where it is a SMILES whose rings RDKit takes for aromatic although it names no such atom."""
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(written)
    if mol is None or mol.GetNumAtoms() != pattern.GetNumAtoms():
        return None
    kekule = any(
        atom.GetIsAromatic() and not asked.GetIsAromatic()
        for atom, asked in zip(mol.GetAtoms(), pattern.GetAtoms(), strict=True)
    )
    return mol if kekule else None

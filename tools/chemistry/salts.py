"""The parent of a salt or solvate: counter-ions and solvents of ChEMBL's lists are taken away, each one named."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from tools.chemistry.neutral_forms import neutralized, without_isotopes

#: Entries of ChEMBL's list that hold carbon and are inorganic all the same.
_INORGANIC_CARBON = frozenset(("Carbonate", "Thiocyanic acid"))


@dataclass(frozen=True)
class Component:
    """``kind`` "solvent", "salt" (a counter-ion or salt former of the list) or "" ; ``name`` is the list's."""

    mol: Chem.Mol
    smiles: str
    kind: str
    name: str


@dataclass(frozen=True)
class Parent:
    """``mol`` is what stays; ``removed`` are {"smiles", "formula", "name", "role", "count"}; ``reasons`` say what was decided.

    ``several`` is true where more than one kind of component stays.
    """

    mol: Chem.Mol
    removed: list[dict[str, Any]]
    reasons: list[str]
    several: bool


def parent(mol: Chem.Mol) -> Parent:
    """The component or components left when solvents and counter-ions are gone and equal ones are kept once.

    Nothing is dropped that is on neither list. Where everything is on the list of salts, the one organic component is the
    parent (ChEMBL's own program leaves such a salt whole); where there is none or more than one, all of it stays.
    """
    if len(Chem.GetMolFrags(mol)) == 1:
        return Parent(mol, [], [], False)
    everything = components(mol)
    kept = [one for one in everything if one.kind != "solvent"]
    reasons: list[str] = []
    if not kept:
        reasons.append("All components are solvents of ChEMBL's list, so that none was taken away as the solvent.")
        return _without_copies(everything, everything, reasons)
    if not _carbon(kept) and _carbon(everything) and not any(one.kind == "" for one in kept):
        kept = everything  # ethanol beside hydrogen chloride is no solvent of it but what is left when the acid is gone
    others = [one for one in kept if not one.kind]
    if not others:
        others, reason = _organic_one(kept)
        reasons += [reason] if reason else []
    elif excluded := _excluded(others):
        others = kept
        reasons.append(f"{excluded}, so that its salt was left whole, as ChEMBL's rules do (solvents aside).")
    return _without_copies(everything, others, reasons)


def components(mol: Chem.Mol) -> list[Component]:
    """Each component in its order, with what ChEMBL's lists of solvents and salts call it."""
    found = []
    for piece in Chem.GetMolFrags(mol, asMols=True):
        bare = without_isotopes(piece)  # the lists know no labels: D2O is water and DCl a chloride
        kind, name = next(
            ((kind, name) for kind, name, pattern in _lists() if _is(bare, pattern)),
            ("", ""),
        )
        smiles = Chem.MolToSmiles(piece)
        found.append(Component(piece, smiles, kind, "Hydroxide" if smiles == "[OH-]" else name))
    return found


def _is(mol: Chem.Mol, pattern: Chem.Mol) -> bool:
    return (
        mol.GetNumAtoms() == pattern.GetNumAtoms()
        and mol.GetNumBonds() == pattern.GetNumBonds()
        and mol.HasSubstructMatch(pattern)
    )


@lru_cache(maxsize=1)
def _lists() -> tuple[tuple[str, str, Chem.Mol], ...]:
    """(kind, name, pattern) of each line of the two lists that come with chembl_structure_pipeline."""
    from importlib.resources import files

    found = []
    for kind, file in (("solvent", "solvents.smi"), ("salt", "salts.smi")):
        for line in (files("chembl_structure_pipeline") / "data" / file).read_text(encoding="utf-8").splitlines():
            name, _, smarts = line.partition("\t")
            if smarts and not line.startswith("#"):
                name = name.capitalize() if kind == "solvent" and name != "DMSO" else name
                found.append((kind, name, Chem.MolFromSmarts(smarts)))
    return tuple(found)


def _organic_one(salts: list[Component]) -> tuple[list[Component], str]:
    """Of components that are all on the list of salts, the organic ones where they are of one kind, else all of them."""
    organic = _carbon(salts)
    kinds = {_neutral_smiles(one) for one in organic}
    if len({_neutral_smiles(one) for one in salts}) == 1:
        return salts, ""
    if not kinds:
        return salts, "All components are inorganic ions or acids of ChEMBL's list of salts, so that it was left whole."
    if excluded := _excluded(salts):
        return salts, f"{excluded}, so that its salt was left whole, as ChEMBL's rules do (solvents aside)."
    if len(kinds) == 1:
        return organic, (
            "Every component is on ChEMBL's list of salts, so that its own program leaves this salt whole; here its one organic "
            "component was taken as the parent."
        )
    return salts, (
        f"Each of its {len(kinds)} organic components is on ChEMBL's list of salts: which one is the parent cannot be told, and "
        "all were kept."
    )


def _carbon(found: list[Component]) -> list[Component]:
    """The organic components."""
    return [
        one
        for one in found
        if one.name not in _INORGANIC_CARBON and any(atom.GetAtomicNum() == 6 for atom in one.mol.GetAtoms())
    ]


def _excluded(found: list[Component]) -> str:
    """Why ChEMBL's rules leave these alone (a metal that is no simple counter-ion, a boron cluster), or nothing."""
    from chembl_structure_pipeline.exclude_flag import METAL_LIST

    metals = {atom.GetSymbol() for one in found for atom in one.mol.GetAtoms()} & METAL_LIST
    if metals:
        return f"It holds {', '.join(sorted(metals))}"
    boron = sum(atom.GetSymbol() == "B" for one in found for atom in one.mol.GetAtoms())
    return f"It has {boron} boron atoms" if boron > 7 else ""


def _without_copies(everything: list[Component], kept: list[Component], reasons: list[str]) -> Parent:
    """One of each kind of what is kept where that is one kind; what is gone, counted."""
    kinds = {_neutral_smiles(one) for one in kept}
    copies: list[Component] = []
    if len(kinds) == 1:
        neutral_first = sorted(kept, key=lambda one: Chem.GetFormalCharge(one.mol) != 0)
        copies = [one for one in kept if one is not neutral_first[0]]
        kept = neutral_first[:1]
    stays = {id(one) for one in kept}
    copied = {id(one) for one in copies}
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for one in everything:
        if id(one) not in stays:
            role = "copy of the parent" if id(one) in copied else one.kind
            name = one.name.split(" form")[0] if role != "copy of the parent" else ""
            counts[one.smiles, CalcMolFormula(one.mol, True), name, role] += 1
    removed = [
        {"smiles": smiles, "formula": formula, "name": name, "role": role, "count": count}
        for (smiles, formula, name, role), count in counts.items()
    ]
    joined = kept[0].mol
    for one in kept[1:]:
        joined = Chem.CombineMols(joined, one.mol)
    joined = Chem.Mol(joined)
    with rdBase.BlockLogs():
        Chem.SanitizeMol(joined)
    return Parent(joined, removed, reasons, len(kinds) > 1)


def _neutral_smiles(one: Component) -> str:
    return Chem.MolToSmiles(neutralized(one.mol))

"""How two structures are related: the first of these steps that makes them equal.

identical constitution           the same, or stereoisomers
other bond orders and charges    resonance forms, bonds to a metal drawn in another way: the same
isotope labels                   isotopologues
hydrogens and charges            protonation states, tautomers, redox states
counter-ions and solvents        salts of one parent
formula                          constitutional isomers
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from tools.chemistry import atom_frames
from tools.chemistry.counting import atom_counts
from tools.chemistry.drawing_relations import metal_bonds, other_drawing, same_constitution
from tools.chemistry.neutral_forms import ionized_metals, neutralized, normalized, without_isotopes
from tools.chemistry.proton_relations import hydrogens_and_charges, proton_makes_equal
from tools.chemistry.relation import NOT_DECIDED, Relation
from tools.chemistry.ring_chain import opened
from tools.chemistry.salts import parent

_COMMON_PART_S = 3  # for the search of the largest common part
_COMMON_PART_ATOMS = 150


def relation(a: Chem.Mol, b: Chem.Mol) -> Relation:
    """The relation of two sanitized molecules, each of one or more components."""
    found = _one_constitution(a, b)
    if found or not any(atom.GetIsotope() for mol in (a, b) for atom in mol.GetAtoms()):
        return found or _unlabelled(a, b)
    return _isotopes(a, b, _unlabelled(without_isotopes(a), without_isotopes(b)))


def _one_constitution(a: Chem.Mol, b: Chem.Mol) -> Relation | None:
    found = same_constitution(a, b) or other_drawing(a, b) or metal_bonds(a, b)
    if found and "stereoisomers" in found.kinds and proton_makes_equal(a, b):
        reason = (
            "As drawn the configurations differ; once a mobile proton has moved to its other place, one is the other."
        )
        return replace(found, name="tautomers", kinds=("tautomers",), reasons=(found.reasons[0], reason))
    return found


def _unlabelled(a: Chem.Mol, b: Chem.Mol) -> Relation:
    return _one_constitution(a, b) or hydrogens_and_charges(a, b) or _salts(a, b) or _constitution(a, b)


def _isotopes(a: Chem.Mol, b: Chem.Mol, bare: Relation) -> Relation:
    """What labels add to the relation of the molecules without them, whose atoms are numbered otherwise."""
    labels = [
        Counter(f"{atom.GetIsotope()}{atom.GetSymbol()}" for atom in mol.GetAtoms() if atom.GetIsotope())
        for mol in (a, b)
    ]
    written = [", ".join(f"{count} × {label}" for label, count in sorted(one.items())) or "none" for one in labels]
    marked = [frozenset(atom.GetIdx() for atom in mol.GetAtoms() if atom.GetIsotope()) for mol in (a, b)]
    alike = labels[0] == labels[1]
    if not bare.same:
        other = "" if alike else ", with other isotope labels"
        reasons = bare.reasons if alike else (*bare.reasons, f"Isotope labels: {written[0]} in a, {written[1]} in b.")
        kinds = bare.kinds if alike else (*bare.kinds, "isotopologues")
        name = bare.name + other if bare.decided or alike else f"isotopologues, otherwise {bare.name}"
        return Relation(name, kinds, False, bare.decided, reasons, notes=bare.notes)
    if alike:
        reason = f"The same labels ({written[0]}) are at other atoms."
        return Relation(
            "isotopomers", ("isotopomers",), reasons=(reason,), atoms_a=marked[0], atoms_b=marked[1], notes=bare.notes
        )
    reason = f"The same molecule with other isotope labels: {written[0]} in a, {written[1]} in b."
    return Relation(
        "isotopologues", ("isotopologues",), reasons=(reason,), atoms_a=marked[0], atoms_b=marked[1], notes=bare.notes
    )


def _salts(a: Chem.Mol, b: Chem.Mol) -> Relation | None:
    """Salts and solvates of one parent, or of parents that are related; a component and the mixture that it is in."""
    if all(len(Chem.GetMolFrags(ionized_metals(mol))) == 1 for mol in (a, b)):
        return None
    parents = [parent(ionized_metals(mol)) for mol in (a, b)]
    if any(one.removed for one in parents):
        neutral = [normalized(neutralized(one.mol)) for one in parents]
        inner = _one_constitution(*neutral) or hydrogens_and_charges(*neutral)
        if inner:
            reason = f"The parent {Chem.MolToSmiles(neutral[0])} comes with {_beside(parents[0].removed)} in a and with {_beside(parents[1].removed)} in b."
            if inner.same:
                kinds: tuple[str, ...] = ("same parent", "different salt or solvate")
                beside = [_atoms_beside(mol, one.removed) for mol, one in zip((a, b), parents, strict=True)]
                return Relation(
                    "same parent, different salt or solvate", kinds, False, inner.decided, (reason,), beside[0], beside[1],
                    notes=inner.notes,
                )  # fmt: skip
            if (
                inner.decided
                and inner.kinds[0] in ("tautomers", "charge states")
                and "stereoisomers" not in inner.kinds
            ):
                name = f"same parent, different salt or solvate (parents drawn as {inner.kinds[-1]})"
                kinds = ("same parent", "different salt or solvate", *inner.kinds)
                return Relation(name, kinds, reasons=(reason, *inner.reasons), notes=inner.notes)
            name = f"{inner.name}, as different salts or solvates"
            if not inner.decided:
                name = f"different salts or solvates, parents {inner.name}"
            kinds = (*inner.kinds, "different salt or solvate")
            reasons = (*inner.reasons, "They come with other counter-ions or solvents, too.")
            return Relation(name, kinds, False, inner.decided, reasons, notes=inner.notes)
    return _components(a, b)


def _components(a: Chem.Mol, b: Chem.Mol) -> Relation | None:
    """A component and the mixture that it is in; a racemate written out and its compound without configuration."""
    first, second = Counter(_neutral_components(a)), Counter(_neutral_components(b))
    for name, other, here, there in (("a", "b", first, second), ("b", "a", second, first)):
        if here <= there:
            more = list((there - here).elements())
            reasons = [f"{other} holds all of {name}, and {', '.join(sorted(more))} besides."]
            pair = [Chem.MolFromSmiles(smiles) for smiles in (*here, *more)] if len(here) == len(more) == 1 else []
            image = same_constitution(*pair) if pair else None
            if image and image.name == "enantiomers":
                reasons.append(f"{other} is the racemate, of which {name} is one enantiomer.")
            return Relation("one is a component of the other", ("component",), reasons=tuple(reasons))
    flat = [{_without_stereo(smiles) for smiles in one} for one in (first, second)]
    unassigned = flat[0] & (first.keys() ^ second.keys())
    if flat[0] == flat[1] and unassigned:
        reason = f"{', '.join(sorted(unassigned))} has no configuration in one of them; the other gives it, as in a racemate written out."
        return Relation(NOT_DECIDED, ("not decided",), False, False, (reason,))
    return None


def _atoms_beside(mol: Chem.Mol, removed: list[dict[str, Any]]) -> frozenset[int]:
    """The atoms of the components that are not the parent."""
    gone = {one["smiles"] for one in removed}
    ions = ionized_metals(mol)
    pieces: list[tuple[int, ...]] = []
    found = Chem.GetMolFrags(ions, asMols=True, fragsMolAtomMapping=pieces)
    return frozenset(
        at for piece, atoms in zip(found, pieces, strict=True) if Chem.MolToSmiles(piece) in gone for at in atoms
    )


def _without_stereo(smiles: str) -> str:
    mol = Chem.MolFromSmiles(smiles)
    Chem.RemoveStereochemistry(mol)
    return Chem.MolToSmiles(mol)


def _beside(removed: list[dict[str, Any]]) -> str:
    return ", ".join(f"{one['count']} {one['smiles']}" for one in removed) or "nothing"


def _neutral_components(mol: Chem.Mol) -> list[str]:
    return [
        Chem.MolToSmiles(normalized(neutralized(one))) for one in Chem.GetMolFrags(ionized_metals(mol), asMols=True)
    ]


def _constitution(a: Chem.Mol, b: Chem.Mol) -> Relation:
    """Constitutional isomers where the formulas are the same, else different compounds; marked is what is not in common."""
    if CalcMolFormula(a) != CalcMolFormula(b):
        reason = f"Their formulas differ: {CalcMolFormula(a)} and {CalcMolFormula(b)}."
        found = Relation("different compounds", ("different compounds",), reasons=(reason, *_skeleton(a, b)))
    else:
        found = _constitutional_isomers(a, b)
    outside = _outside_the_common_part(a, b, rings="ring-chain tautomers" not in found.kinds)
    return replace(found, atoms_a=outside[0], atoms_b=outside[1])


def _constitutional_isomers(a: Chem.Mol, b: Chem.Mol) -> Relation:
    name = "constitutional isomers"
    first = f"Both are {CalcMolFormula(a)}, with their atoms bonded otherwise."
    chains = [opened(mol) for mol in (a, b)]
    changed = any(chain.GetNumBonds() != mol.GetNumBonds() for chain, mol in zip(chains, (a, b), strict=True))
    inner = same_constitution(*chains) if changed else None
    if inner is None:
        return Relation(name, (name,), reasons=(first,))
    if not inner.same and inner.decided:
        return Relation(
            name, (name,), reasons=(first, f"Their open-chain forms, hemiacetals opened, are {inner.name}.")
        )
    second = "Opened at its hemiacetal the ring form has the same chain: they are ring-chain tautomers, or rings of other sizes."
    return Relation(
        f"{name} (ring-chain tautomers)", (name, "ring-chain tautomers"), False, inner.decided, (first, second)
    )


def _skeleton(a: Chem.Mol, b: Chem.Mol) -> tuple[str, ...]:
    """Whether compounds of other formulas share their skeleton, so that hydrogens make the difference."""
    numbers = [[atom.GetAtomicNum() for atom in mol.GetAtoms()] for mol in (a, b)]
    if atom_frames.mapping(*atom_frames.frames(a, b, (numbers[0], numbers[1]))) is None:
        return ()
    more = atom_counts(b).get("H", 0) - atom_counts(a).get("H", 0)
    return (
        f"They have the same skeleton of heavy atoms; b has {abs(more)} hydrogen{'s' * (abs(more) > 1)} {'more' if more > 0 else 'fewer'}.",
    )


def _outside_the_common_part(a: Chem.Mol, b: Chem.Mol, *, rings: bool) -> tuple[frozenset[int], frozenset[int]]:
    """Atoms that are not in the largest part that both have, as far as RDKit finds one in three seconds.

    ``rings``: a ring is in it as a whole or not at all.
    """
    from rdkit.Chem import rdFMCS

    if max(a.GetNumAtoms(), b.GetNumAtoms()) > _COMMON_PART_ATOMS:
        return frozenset(), frozenset()
    found = rdFMCS.FindMCS([a, b], timeout=_COMMON_PART_S, ringMatchesRingOnly=rings, completeRingsOnly=rings)
    if found.numAtoms < 2:
        return frozenset(), frozenset()
    outside = []
    for mol in (a, b):
        match = set(mol.GetSubstructMatch(found.queryMol))
        outside.append(frozenset(atom.GetIdx() for atom in mol.GetAtoms()) - match)
    return outside[0], outside[1]

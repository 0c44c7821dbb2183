"""How two structures are related, in the terms of chemistry; and the relation that stereochemistry alone makes."""

from __future__ import annotations

from dataclasses import dataclass

from tools.chemistry.stereo_comparison import Difference, StereoComparison

NOT_DECIDED = "not decided (stereo unassigned)"


@dataclass(frozen=True)
class Relation:
    """``name`` in words; ``kinds`` are its terms, from the general to the special; ``same``: one molecule, whatever the drawing.

    ``decided`` is false where a drawing leaves open what would decide. ``atoms_a`` and ``atoms_b`` are the atoms that differ
    (indices of the inputs); ``stereo`` the stereo elements that do.
    """

    name: str
    kinds: tuple[str, ...]
    same: bool = False
    decided: bool = True
    reasons: tuple[str, ...] = ()
    atoms_a: frozenset[int] = frozenset()
    atoms_b: frozenset[int] = frozenset()
    stereo: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()


def of_stereo(stereo: StereoComparison, first_reason: str) -> Relation:
    """The relation of two drawings of one constitution."""
    notes = list(stereo.uncompared)
    if stereo.unassigned:
        many = f"{stereo.unassigned} stereo element{'s are' if stereo.unassigned > 1 else ' is'}"
        notes.append(f"{many} unassigned in both: each drawing stands for several stereoisomers or a mixture of them.")
    atoms_a = frozenset(at for one in stereo.differences for at in one.atoms_a)
    atoms_b = frozenset(at for one in stereo.differences for at in one.atoms_b)
    shared = {"atoms_a": atoms_a, "atoms_b": atoms_b, "stereo": stereo.differences, "notes": tuple(notes)}
    if stereo.outcome == "same":
        return Relation("identical", ("identical",), True, True, (first_reason,), notes=tuple(notes))
    if stereo.outcome == "open":
        reasons = (first_reason, _left_open(stereo))
        return Relation(NOT_DECIDED, ("not decided",), False, False, reasons, **shared)  # type: ignore[arg-type]
    elements = [f"{_place(one.atoms_a)} is {one.label_a} in a and {one.label_b} in b" for one in stereo.differences[:8]]
    more = ", …" if len(stereo.differences) > 8 else ""
    reasons = (first_reason, f"The configuration differs{': ' if elements else ''}{', '.join(elements)}{more}.")
    name: str = stereo.outcome
    kinds: tuple[str, ...] = ("stereoisomers",)
    if stereo.outcome == "enantiomers":
        kinds = ("stereoisomers", "enantiomers")
        why = "With every centre turned over one is the other: they are mirror images that cannot be superimposed."
    elif stereo.outcome == "diastereomers":
        special = ("epimers", "anomers") if stereo.detail == "anomers" else (stereo.detail,) if stereo.detail else ()
        kinds = ("stereoisomers", "diastereomers", *special)
        name = f"diastereomers ({stereo.detail})" if stereo.detail else "diastereomers"
        why = "They are no mirror images of each other."
    else:
        name = "stereoisomers (mirror images as far as assigned)"
        why = "What is assigned is turned over in the other; whether all of it is, is left open by elements that are unassigned."
    return Relation(name, kinds, False, True, (*reasons, why), **shared)  # type: ignore[arg-type]


def _left_open(stereo: StereoComparison) -> str:
    only_a = [one for one in stereo.differences if one.label_b == "unassigned"]
    only_b = [one for one in stereo.differences if one.label_a == "unassigned"]
    if not stereo.differences:
        return "Elements are unassigned in at least one of them."
    parts = [
        f"Unassigned in {there}: {', '.join(_place(getattr(one, f'atoms_{here}')) for one in found[:8])} (as numbered in {here})."
        for here, there, found in (("a", "b", only_a), ("b", "a", only_b))
        if found
    ]
    return f"{' '.join(parts)} An unassigned element may be either form or both, as in a racemate."


def _place(atoms: tuple[int, ...]) -> str:
    return f"atom {atoms[0]}" if len(atoms) == 1 else f"the bond {atoms[0]}={atoms[1]}"

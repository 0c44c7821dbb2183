"""A structure for the viewer: one text a model, and its chains as they are to be drawn and named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from tools.biology.structure_atoms import ModelAtoms, ResidueRow, atoms_of
from tools.biology.structure_contents import Gap, gaps_of, kinds_of
from tools.biology.structure_quality import is_predicted
from tools.biology.structure_selection import Contact
from tools.biology.structure_surface import secondary_structure
from tools.inputs.structure_files import ParsedStructure
from tools.outputs import Chain3D, Structure3D, View

MOST_CHARACTERS = 6_000_000
MOST_MODELS = 20
MOST_LOOKED_AT = 30  # selected residues
MOST_NAMED = 6  # alternative conformations in the caption
LISTED, P_SEA = "as the file lists it", "P-SEA (Labesse 1997)"
_LETTERS = str.maketrans("abc?", "hscc")


def structure_view(
    parsed: ParsedStructure,
    title: str,
    *,
    atoms: ModelAtoms | None = None,
    gaps: Sequence[Gap] | None = None,
    secondary: Mapping[str, str] | None = None,
) -> tuple[list[View], list[str]]:
    """The 3D view, or none of a file that is too large for one, and notes.

    What the caller has computed of the first model is taken over: its ``atoms``, ``gaps``, and ``secondary`` structure by chain
    (a helix, b strand, c coil), which counts where the file lists neither helices nor sheets.
    """
    structure = parsed.structure
    notes: list[str] = []
    if len(structure) == 1:
        models: tuple[str, ...] = (parsed.text,)
    else:
        models = tuple(_alone(structure, place, parsed.format) for place in range(min(len(structure), MOST_MODELS)))
        if len(structure) > MOST_MODELS:
            notes.append(f"The first {MOST_MODELS} of {len(structure)} models are shown.")
    if sum(map(len, models)) > MOST_CHARACTERS:
        if len(models[0]) > MOST_CHARACTERS:
            return [], ["The structure is too large to be shown here."]
        models = models[: max(1, MOST_CHARACTERS // len(models[0]))]
        notes.append(f"The first {len(models)} models are shown.")
    atoms = atoms_of(structure[0]) if atoms is None else atoms
    present = [
        residue
        for residue, count in zip(
            atoms.residues, np.bincount(atoms.residue_of, minlength=len(atoms.residues)), strict=True
        )
        if count
    ]
    letters, source = _secondary(structure, atoms, present, secondary)
    chains = _chains(structure, present, gaps_of(structure) if gaps is None else gaps, letters)
    several = [residue for residue in present if residue.altlocs]
    at_place: dict[str, str] = {}
    for residue in atoms.residues:
        if residue.altlocs:
            place = f"{residue.chain}/{residue.number}"
            at_place[place] = "".join(dict.fromkeys(at_place.get(place, residue.taken) + residue.altlocs))
    view = Structure3D(
        format=parsed.format,
        models=models,
        labels=tuple(f"model {number}" for number in range(1, len(models) + 1)) if len(models) > 1 else (),
        style="cartoon" if any(chain.residues for chain in chains) else "ballstick",
        title=title[:120],
        caption=_caption(chains, [one for one in several if one.part != "water"], len(structure)),
        chains=chains,
        secondary_source=source,
        b_column=_b_column(atoms, parsed),
        conformations=at_place,
    )
    return [view], notes


def looked_at(view: View, selected: Sequence[ResidueRow], contacts: Sequence[Contact]) -> View:
    """The view turned to a selection and what touches it; of a long one nothing stands out, and the view stays as it is."""
    if not isinstance(view, Structure3D) or len(selected) > MOST_LOOKED_AT:
        return view
    near = dict.fromkeys(_label(contact.other) for contact in contacts)
    return view.model_copy(update={"selected": tuple(map(_label, selected)), "near": tuple(near)})


def _label(residue: ResidueRow) -> str:
    return f"{residue.chain}/{residue.name} {residue.number}"


def _chains(
    structure: Any, present: Sequence[ResidueRow], gaps: Sequence[Gap], letters: Mapping[str, str]
) -> tuple[Chain3D, ...]:
    kinds = kinds_of(structure)
    after_gap = {(gap.chain, gap.after, gap.before) for gap in gaps}
    chains = []
    for name in dict.fromkeys(residue.chain for residue in present):
        residues = [f"{one.name} {one.number}" for one in present if one.chain == name and one.part == "polymer"]
        ligands = [f"{one.name} {one.number}" for one in present if one.chain == name and one.part == "ligand"]
        breaks = [
            place for place in range(1, len(residues)) if (name, residues[place - 1], residues[place]) in after_gap
        ]
        if residues or ligands:
            chains.append(
                Chain3D(
                    name=name,
                    kind=kinds.get(name, ""),
                    residues=tuple(residues),
                    secondary=letters.get(name, ""),
                    breaks=tuple(breaks),
                    ligands=tuple(ligands),
                )
            )
    return tuple(chains)


def _secondary(
    structure: Any, atoms: ModelAtoms, present: Sequence[ResidueRow], computed: Mapping[str, str] | None
) -> tuple[dict[str, str], str]:
    """Letters h, s and c for the residues of each chain's polymer, and where they come from."""
    polymers: dict[str, list[ResidueRow]] = {}
    for residue in present:
        if residue.part == "polymer":
            polymers.setdefault(residue.chain, []).append(residue)
    stretches = [(helix.start, helix.end, "h") for helix in structure.helices]
    stretches += [(strand.start, strand.end, "s") for sheet in structure.sheets for strand in sheet.strands]
    found = {}
    if stretches:
        for name, residues in polymers.items():
            places = {residue.number: place for place, residue in enumerate(residues)}
            letters = ["c"] * len(residues)
            for start, end, letter in stretches:
                first, last = places.get(str(start.res_id.seqid)), places.get(str(end.res_id.seqid))
                if start.chain_name == name == end.chain_name and first is not None and last is not None:
                    letters[first : last + 1] = letter * (last + 1 - first)
            found[name] = "".join(letters)
        return found, LISTED
    proteins = [name for name, kind in kinds_of(structure).items() if kind.startswith("protein")]
    for name in proteins:
        told = computed.get(name, "") if computed is not None else secondary_structure(atoms, name)
        if len(told) == len(polymers.get(name, ())):  # empty where P-SEA has no answer
            found[name] = told.translate(_LETTERS)
    return found, P_SEA if any(set(told) - {"c"} for told in found.values()) else ""


def _b_column(atoms: ModelAtoms, parsed: ParsedStructure) -> Literal["", "b_factor", "plddt"]:
    """What the B column holds; nothing where all atoms have the same."""
    mask = atoms.part_mask("polymer", "ligand") & atoms.heavy()
    values = atoms.b_factors[mask]
    if not len(values) or values.min() == values.max():
        return ""
    return "plddt" if is_predicted(parsed) else "b_factor"


def _caption(chains: Sequence[Chain3D], several: Sequence[ResidueRow], models: int) -> str:
    said = []
    if models > 1:
        said.append(f"One of {models} models at a time; all numbers are of the first.")
    if breaks := sum(len(chain.breaks) for chain in chains):
        said.append(f"{breaks} gap{'s' if breaks > 1 else ''} inside the chains, dashed.")
    if several:
        named = ", ".join(f"{residue.label} {residue.taken}" for residue in several[:MOST_NAMED])
        more = f" and {len(several) - MOST_NAMED} more" if len(several) > MOST_NAMED else ""
        said.append(f"Of alternative conformations the fullest is shown: {named}{more}.")
    return " ".join(said)


def _alone(structure: Any, place: int, file_format: str) -> str:
    """The text of one model; its own helices and sheets go with it."""
    one = structure.clone()
    for index in reversed(range(len(one))):
        if index != place:
            del one[index]
    return one.make_pdb_string() if file_format == "pdb" else one.make_mmcif_document().as_string()

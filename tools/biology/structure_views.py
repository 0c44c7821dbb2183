"""A structure for the viewer: one text a model, cartoon where there is a polymer."""

from __future__ import annotations

from typing import Any

from tools.inputs.structure_files import ParsedStructure
from tools.outputs import Structure3D, View

MOST_CHARACTERS = 6_000_000
MOST_MODELS = 20


def structure_view(parsed: ParsedStructure, title: str) -> tuple[list[View], list[str]]:
    """The 3D view, or none of a file that is too large for one, and notes."""
    structure = parsed.structure
    polymer = any(len(chain.get_polymer()) for chain in structure[0])
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
    labels = tuple(f"model {number}" for number in range(1, len(models) + 1)) if len(models) > 1 else ()
    view = Structure3D(
        format=parsed.format,
        models=models,
        labels=labels,
        style="cartoon" if polymer else "ballstick",
        title=title[:120],
    )
    return [view], notes


def _alone(structure: Any, place: int, file_format: str) -> str:
    """The text of one model; its own helices and sheets go with it."""
    one = structure.clone()
    for index in reversed(range(len(one))):
        if index != place:
            del one[index]
    return one.make_pdb_string() if file_format == "pdb" else one.make_mmcif_document().as_string()

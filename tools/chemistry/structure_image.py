"""A drawn structure in a picture, read and drawn anew to be compared: ``read_structure_image``."""

from __future__ import annotations

from typing import Any

import numpy as np
from rdkit import Chem

from errors import ToolInputError
from tools.chemistry import osra
from tools.chemistry.drawing import drawn_if_legible
from tools.chemistry.picture_contents import kind_of
from tools.inputs import ImageText
from tools.inputs.molecules import parse_molecule
from tools.inputs.pictures import open_picture
from tools.outputs import Table, ToolOutput, View
from tools.registry import tool

MOST_STRUCTURES = 12
_NOT_A_DRAWING = {
    "empty": "The picture is empty",
    "photograph": "The picture looks like a photograph, not like a drawing on a plain ground",
    "text": "The picture looks like a page of text, without a drawn structure",
    "scheme": "The picture has a reaction arrow, and a reaction scheme is not read",
}


@tool(
    group="molecule",
    libraries=("rdkit", "pillow"),
    asks=(
        "picture", "image", "photo", "screenshot", "scan", "drawn structure", "read the structure", "what molecule is this", "figure",
        "recognise the structure", "structure in the picture", "image to SMILES", "OCSR", "which structure is drawn",
    ),
    time_limit_s=60.0,
)  # fmt: skip
def read_structure_image(image: ImageText) -> ToolOutput:
    """Read the structure drawn in a picture, with OSRA, and draw it anew beside it; a person has to confirm it before it is used.

    The picture is read several times at several sizes; a structure is given where readings agree, with how many did. Raises
    ``ToolInputError`` for a file that is no picture, for a photograph, a text, a reaction scheme or an empty picture, where no
    readings agree, and where OSRA is not installed.
    """
    if osra.find_osra() is None:
        raise ToolInputError(
            "Reading drawn structures needs the program OSRA, which is not on this machine",
            "image",
            osra.HOW_TO_INSTALL,
        )
    picture = open_picture(image)
    kind = kind_of(np.asarray(picture.grey))
    if kind in _NOT_A_DRAWING:
        raise ToolInputError(
            _NOT_A_DRAWING[kind], "image", "give a picture of one or several drawn structures, cut out"
        )
    found = osra.read_structures(picture.grey)
    if not found:
        raise ToolInputError(
            "No structure could be read in the picture: no two readings of it agree", "image",
            "give a larger or cleaner picture of the structure alone, or draw it",
        )  # fmt: skip
    return _output(found[:MOST_STRUCTURES], len(found), picture.notes)


def _output(found: list[osra.Found], in_all: int, notes: tuple[str, ...]) -> ToolOutput:
    structures: list[dict[str, Any]] = []
    views: list[View] = []
    said = [*notes]
    for number, one in enumerate(found, 1):
        parsed = parse_molecule(one.smiles)
        confidence = "high" if one.agreeing >= max(2, 2 * one.against) else "low"
        agree = f"{one.agreeing} of {one.readings} readings agree"
        caption = f"{parsed.smiles} ({confidence} confidence: {agree})"
        drawings, undrawn = drawn_if_legible(parsed, caption=caption if in_all == 1 else f"{number}: {caption}")
        views += drawings
        said += undrawn
        structures.append(
            {"smiles": parsed.smiles, "confidence": confidence, "agreeing": one.agreeing, "readings": one.readings, "box_px": list(one.box)}
        )  # fmt: skip
    if in_all > 1:
        views.append(_places(structures))
    said.append(
        f"Read by OSRA {osra.version()} in {found[0].readings} sizes and shades. About one drawing in ten is misread: compare letter by "
        "letter with the picture, bonds too."
    )
    if any(Chem.FindMolChiralCenters(Chem.MolFromSmiles(one["smiles"]), includeUnassigned=True) for one in structures):
        said.append("Wedges are OSRA's weak side: compare each configuration.")
    if in_all > len(found):
        said.append(f"{in_all} structures were read; the first {len(found)} are given.")
    data = {
        "needs_confirmation": True,
        "count": len(structures),
        "smiles": structures[0]["smiles"],
        "structures": structures,
    }
    return ToolOutput(summary=_summary(structures), data=data, views=tuple(views), notes=tuple(said))


def _places(structures: list[dict[str, Any]]) -> Table:
    rows = tuple((number, one["smiles"], one["confidence"], *one["box_px"]) for number, one in enumerate(structures, 1))
    return Table(
        title="What was read, and where",
        columns=("Structure", "SMILES", "Confidence", "Left", "Top", "Right", "Bottom"),
        rows=rows,
        units=("", "", "", "px", "px", "px", "px"),
    )


def _summary(structures: list[dict[str, Any]]) -> str:
    low = sum(one["confidence"] == "low" for one in structures)
    if len(structures) == 1:
        said = f"The picture was read as {structures[0]['smiles']}{', with low confidence' if low else ''}"
    else:
        listed = ", ".join(one["smiles"] for one in structures[:4])
        said = f"{len(structures)} structures were read in the picture: {listed}{' …' * (len(structures) > 4)}"
        said += f"; {low} of them with low confidence" if low else ""
    return f"{said}; compare with the picture before using it."

"""2D drawings as SVG: one bond length, colours by CSS variables, a title for screen readers. ``draw_molecules``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated
from xml.sax.saxutils import escape

from pydantic import Field
from rdkit import Chem
from rdkit.Chem import rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D

from errors import ToolInputError, shown
from tools.chemistry.cip_labels import label_by_cip
from tools.chemistry.counting import molecular_formula
from tools.chemistry.numbering import NUMBERING
from tools.inputs import MoleculesText
from tools.inputs.graph import bonds_of
from tools.inputs.molecules import ParsedMolecule, parse_molecules
from tools.inputs.smarts import names_hydrogens, parse_smarts
from tools.outputs import Svg, ToolOutput
from tools.registry import tool
from tools.views_wanted import VIEWS_WANTED

BOND_LENGTH_PX = 30.0  # of every drawing: a small molecule is small
MOST_DRAWN = 60
MOST_ATOMS_DRAWN = 300  # heavy atoms of one molecule: laying out 1,000 takes seconds, and nobody could read them
MOST_ATOMS_IN_ALL = 3_000
HIGHLIGHTS = ("#f3d98b", "#a8d5dc", "#d9c7f0", "#bfe0b0", "#f2bcbc", "#f6cf9f")

#: Atomic number to the page's CSS variable and the colour that stands where the page defines none.
_ATOM_COLOURS = {
    1: ("h", "#5d5a53"),
    5: ("b", "#8c4a3c"),
    6: ("c", "#2b2a27"),
    7: ("n", "#2a50b8"),
    8: ("o", "#b3261e"),
    9: ("f", "#2c6e2f"),
    15: ("p", "#9a4d00"),
    16: ("s", "#7a5c00"),
    17: ("cl", "#2c6e30"),
    35: ("br", "#8a3a1c"),
    53: ("i", "#6d3a94"),
}
_OTHER = ("other", "#4d4a63")
_VARIABLE = {colour: f"var(--atom-{name}, {colour})" for name, colour in (*_ATOM_COLOURS.values(), _OTHER)}
_VARIABLE |= {colour: f"var(--highlight-{index}, {colour})" for index, colour in enumerate(HIGHLIGHTS)}
_VARIABLE["#000000"] = _VARIABLE[_ATOM_COLOURS[6][1]]  # RDKit's colour of numbers and stereo labels
_HEX = re.compile("#[0-9A-Fa-f]{6}")


def _rgb(colour: str) -> tuple[float, float, float]:
    return tuple(int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))  # type: ignore[return-value]


_PALETTE = {-1: _rgb(_OTHER[1]), **{number: _rgb(colour) for number, (_, colour) in _ATOM_COLOURS.items()}}


def molecule_svg(
    parsed: ParsedMolecule,
    title: str = "",
    highlight: Sequence[int] | Mapping[int, str] = (),
    *,
    caption: str = "",
    legend: Sequence[str] = (),
    atom_numbers: bool = False,
    stereo_labels: bool = False,
) -> Svg:
    """The molecule drawn at a bond length of 30 px; ``highlight`` are atom indices, as a mapping with their colours.

    ``legend`` says what the colours of ``HIGHLIGHTS`` mark, in their order.
    """
    mol = Chem.Mol(parsed.mol)
    if stereo_labels:
        label_by_cip(mol)
    rdDepictor.SetPreferCoordGen(False)
    rdDepictor.Compute2DCoords(mol)
    rdDepictor.StraightenDepiction(mol)
    drawer = rdMolDraw2D.MolDraw2DSVG(-1, -1)
    options = drawer.drawOptions()
    options.fixedBondLength = BOND_LENGTH_PX
    options.bondLineWidth = 1.6
    options.clearBackground = False
    options.padding = 0.04
    options.minFontSize = 11
    options.addAtomIndices = atom_numbers
    options.addStereoAnnotation = stereo_labels
    options.setAtomPalette(_PALETTE)
    colours = dict(highlight) if isinstance(highlight, Mapping) else dict.fromkeys(highlight, HIGHLIGHTS[0])
    bonds = [
        bond.GetIdx()
        for bond in (bonds_of(mol) if colours else ())
        if colours.get(bond.GetBeginAtomIdx(), "begin") == colours.get(bond.GetEndAtomIdx(), "end")
    ]
    rdMolDraw2D.PrepareAndDrawMolecule(
        drawer,
        mol,
        highlightAtoms=list(colours),
        highlightBonds=bonds,
        highlightAtomColors={atom: _rgb(colour) for atom, colour in colours.items()},
        highlightBondColors={bond: _rgb(colours[mol.GetBondWithIdx(bond).GetBeginAtomIdx()]) for bond in bonds},
        kekulize=True,
    )
    drawer.FinishDrawing()
    label = title or parsed.label
    described = f"Structural formula of {label}: {molecular_formula(mol)}, SMILES {parsed.smiles}."
    if colours:
        described += f" {len(colours)} atoms are highlighted."
    return Svg(
        svg=_styled(drawer.GetDrawingText(), label, described), title=label, caption=caption, legend=tuple(legend)
    )


def drawn_if_legible(
    parsed: ParsedMolecule,
    title: str = "",
    highlight: Sequence[int] | Mapping[int, str] = (),
    *,
    caption: str = "",
    legend: Sequence[str] = (),
    atom_numbers: bool = False,
    stereo_labels: bool = False,
) -> tuple[tuple[Svg, ...], tuple[str, ...]]:
    """The drawing as the only view, or none and a note where the molecule has more than 300 heavy atoms.

    None, and no note, where nobody will see it (``tools.views_wanted``).
    """
    if not VIEWS_WANTED.get():
        return (), ()
    atoms = parsed.mol.GetNumHeavyAtoms()
    if atoms > MOST_ATOMS_DRAWN:
        return (), (f"Not drawn: it has {atoms} heavy atoms, and at most {MOST_ATOMS_DRAWN} are.",)
    drawing = molecule_svg(
        parsed, title, highlight, caption=caption, legend=legend, atom_numbers=atom_numbers, stereo_labels=stereo_labels
    )
    return (drawing,), ()


def _styled(text: str, title: str, described: str) -> str:
    """RDKit's SVG without its prolog, with a title and description, each colour replaced by the page's variable."""
    svg = text[text.index("<svg") :]
    svg = _HEX.sub(lambda found: _VARIABLE.get(found.group().lower(), found.group()), svg)
    opening = svg.index(">") + 1
    return f"{svg[:opening]}<title>{escape(title)}</title><desc>{escape(described)}</desc>{svg[opening:]}"


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=("draw", "drawing", "sketch", "depict", "picture", "image", "2D structure", "show the structure", "skeletal formula", "visualise", "visualize", "looks like", "look", "plot the structure", "chemical structure", "display", "illustrate", "diagram", "render", "see the structure"),
)  # fmt: skip
def draw_molecules(
    molecules: MoleculesText,
    highlight: Annotated[str | None, Field(description="SMARTS or SMILES of a substructure to highlight")] = None,
    atom_numbers: Annotated[bool, Field(description="Write each atom's number, counted from 0")] = False,
    stereo_labels: Annotated[bool, Field(description="Write R, S, E and Z")] = False,
) -> ToolOutput:
    """Draw one molecule or several as 2D structures, with a substructure (SMARTS) highlighted, atom numbers or stereo
    labels on request.

    Atom numbers count from 0 in input order. Raises ``ToolInputError`` for more than 60 molecules, one of more than 300
    heavy atoms, or a bad pattern.
    """
    parsed = parse_molecules(molecules, most=MOST_DRAWN)
    _refuse_illegible(parsed)
    pattern = None if highlight is None else parse_smarts(highlight, "highlight")
    views, matches, notes = [], [], []
    for molecule in parsed:
        found = molecule.mol.GetSubstructMatches(pattern, maxMatches=1000) if pattern is not None else ()
        matches.append(len(found))
        atoms = sorted({atom for match in found for atom in match})
        caption = molecule.smiles if len(molecule.smiles) <= 120 else ""
        if len(parsed) > 1 or molecule.label != molecule.text:
            caption = f"{molecule.label} · {caption}" if caption and caption != molecule.label else molecule.label
        views.append(
            molecule_svg(
                molecule,
                highlight=atoms,
                caption=caption,
                legend=[f"{highlight} (found {len(found)} times)" if len(found) > 1 else str(highlight)]
                if found
                else (),
                atom_numbers=atom_numbers,
                stereo_labels=stereo_labels,
            )
        )
        notes += [note if len(parsed) == 1 else f"{molecule.label}: {note}" for note in molecule.notes]
        if pattern is not None and not found:
            notes.append(f"The pattern {shown(highlight)} does not occur in {molecule.label}.")
    if pattern is not None and names_hydrogens(pattern):
        notes.append(
            "Hydrogens are no atoms of the drawing: a pattern with [H] finds only those that carry an isotope."
        )
    if atom_numbers:
        notes.append(NUMBERING)
    labels = [molecule.label for molecule in parsed]
    listed = ", ".join(labels[:6]) + (f" and {len(labels) - 6} more" if len(labels) > 6 else "")
    data = {"count": len(parsed), "molecules": [molecule.smiles for molecule in parsed]}
    if len(parsed) == 1:
        data["smiles"] = parsed[0].smiles
    if pattern is not None:
        data["matches"] = matches
    summary = f"Drawn: {listed}."
    return ToolOutput(summary=summary, data=data, views=tuple(views), notes=tuple(notes))


def _refuse_illegible(parsed: Sequence[ParsedMolecule]) -> None:
    sizes = [molecule.mol.GetNumHeavyAtoms() for molecule in parsed]
    for number, (molecule, atoms) in enumerate(zip(parsed, sizes, strict=True), 1):
        if atoms > MOST_ATOMS_DRAWN:
            raise ToolInputError(
                f"{shown(molecule.label)} has {atoms} heavy atoms; at most {MOST_ATOMS_DRAWN} are drawn",
                f"molecules, item {number}" if len(parsed) > 1 else "molecules",
                "draw a part of it",
            )
    if sum(sizes) > MOST_ATOMS_IN_ALL:
        raise ToolInputError(
            f"The molecules have {sum(sizes):,} heavy atoms together; at most {MOST_ATOMS_IN_ALL:,} are drawn at once",
            "molecules",
            "draw fewer at a time",
        )
